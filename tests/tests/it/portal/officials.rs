//! Officials at work with pages alone: list, case, steps, messages, documents, identity.

use axum::http::{StatusCode, header};
use donthu_tests::Province;
use donthu_tests::pages::{Page, Visitor};
use serde_json::{Value, json};

const COMMUNE: &str = "c21040";
const COOKIE: &str = "__Host-donthu-official";

/// A petition that reception has entered, with its id and number.
async fn registered(province: &Province, petition: Value) -> (String, String) {
    let head = province.bearer("head", COMMUNE).await;
    let paper = json!({ "petition": petition, "channel": "counter" });
    let answer = province.send("POST", "/v1/cases", &[("authorization", &head)], Some(paper)).await;
    assert_eq!(answer.status, StatusCode::CREATED, "{}", answer.body);
    (answer.text("/case_id"), answer.text("/case_number"))
}

async fn complaint(province: &Province) -> (String, String) {
    registered(
        province,
        json!({ "kind": "complaint", "text": "Quyết định thu hồi đất tính sai diện tích.", "area": "21040",
                "petitioner": { "name": "Nguyễn Thị Kín" }, "against": { "agency": COMMUNE, "position": "agency" } }),
    )
    .await
}

fn case(id: &str) -> String {
    format!("/can-bo/vu-viec/{id}")
}

fn step(id: &str, name: &str) -> String {
    format!("/can-bo/vu-viec/{id}/buoc/{name}")
}

/// What a form of a page sends, with what somebody types into it.
fn filled<'a>(hidden: &'a [(String, String)], typed: &[(&'a str, &'a str)]) -> Vec<(&'a str, &'a str)> {
    hidden.iter().map(|(name, value)| (name.as_str(), value.as_str())).chain(typed.iter().copied()).collect()
}

/// Opens a step's form, fills it in and sends it.
async fn sent(visitor: &Visitor<'_>, id: &str, name: &str, typed: &[(&str, &str)]) -> Page {
    let form = visitor.get(&step(id, name)).await;
    assert_eq!(form.status, StatusCode::OK, "{name}: {}", form.text);
    visitor.post(&step(id, name), &filled(&form.hidden(), typed)).await
}

#[tokio::test]
async fn a_handler_goes_from_the_list_to_the_resolution_by_pages_alone() {
    let province = Province::open().await;
    province.advise_dialogues().await;
    let (id, number) = complaint(&province).await;
    let handler = Visitor::official(&province, "handler", COMMUNE).await;

    let list = handler.get("/can-bo").await;
    assert_eq!(list.status, StatusCode::OK, "{}", list.text);
    list.says(&number).says(&case(&id)).says("Đã vào sổ, chờ thụ lý").says("<b>1</b> đang giải quyết").says("còn ");
    let english = handler.get("/ngon-ngu?sang=en&ve=%2Fcan-bo").await;
    handler.get(&english.location()).await.says("Registered; waits to be accepted").says("days left");
    handler.get("/ngon-ngu?sang=vi&ve=%2Fcan-bo").await;

    let shown = handler.get(&case(&id)).await;
    assert_eq!(shown.status, StatusCode::OK, "{}", shown.text);
    shown
        .says("Quyết định thu hồi đất tính sai diện tích.")
        .says("Ủy ban nhân dân xã Bình Sơn")
        .says("Thụ lý hoặc thông báo không thụ lý")
        .says("Cách tính")
        .says("không tính vào thời hạn")
        .says(&step(&id, "acceptance"))
        .does_not_say(&step(&id, "resolution"))
        .does_not_say("Nguyễn Thị Kín");

    let form = handler.get(&step(&id, "acceptance")).await;
    form.says("Nghị định 124/2020/NĐ-CP, Điều 16.1").says("Số, ký hiệu").says("Ngày ban hành").says("Ghi nhận");
    form.says("Người bị khiếu nại").does_not_say("Người bị tố cáo");
    let typed = [
        ("document.number", "15/TB-UBND"),
        ("document.date", "2026-10-05"),
        ("document.signer", "deputy"),
        ("document.recipients", "petitioner"),
        ("document.recipients", "superior"),
    ];
    let accepted = handler.submit(&step(&id, "acceptance"), &filled(&form.hidden(), &typed)).await;
    accepted.says("Đã ghi nhận: Thụ lý.").says("Đã thụ lý, đang giải quyết").says("15/TB-UBND");

    let document = format!("{}/van-ban/03?so=15%2FTB-UBND", case(&id));
    accepted.says(&document);
    let printed = handler.get(&document).await;
    assert_eq!(printed.status, StatusCode::OK, "{}", printed.text);
    printed.says("15/TB-UBND").says("THÔNG BÁO");
    let policy = printed.headers[header::CONTENT_SECURITY_POLICY].to_str().unwrap();
    assert!(policy.contains("style-src 'unsafe-inline'") && policy.contains("form-action 'none'"), "{policy}");
    assert_eq!(printed.headers[header::CACHE_CONTROL], "no-store");
    assert_eq!(handler.get(&format!("{}/van-ban/14", case(&id))).await.status, StatusCode::NOT_FOUND);

    let begun = sent(&handler, &id, "verification", &[]).await;
    assert_eq!((begun.status, begun.location()), (StatusCode::SEE_OTHER, format!("{}?xong=verification", case(&id))));
    let form = handler.get(&case(&id)).await;
    let written = filled(&form.hidden(), &[("text", "Mời ông/bà đến làm việc.\r\nTrân trọng.")])
        .into_iter()
        .map(|(name, value)| (name.to_owned(), value.to_owned()))
        .collect::<Vec<_>>();
    let written: Vec<_> = written.iter().map(|(name, value)| (name.as_str(), value.as_str())).collect();
    let told = handler.post(&format!("{}/tin-nhan", case(&id)), &written).await;
    assert_eq!(told.status, StatusCode::SEE_OTHER, "{}", told.text);
    handler.post(&format!("{}/tin-nhan", case(&id)), &written).await;
    let talked = handler.get(&case(&id)).await;
    talked.says("Mời ông/bà đến làm việc.");
    assert_eq!(talked.text.matches("Trân trọng.").count(), 1, "sent twice, written once");

    let resolved = sent(
        &handler,
        &id,
        "resolution",
        &[("result", "founded"), ("document.number", "7/QĐ-UBND"), ("document.date", "2026-10-05")],
    )
    .await;
    assert_eq!(resolved.status, StatusCode::SEE_OTHER, "{}", resolved.text);
    handler
        .get(&resolved.location())
        .await
        .says("Đã có quyết định giải quyết")
        .says("Đã ghi nhận: Ghi kết quả giải quyết.")
        .says("7/QĐ-UBND")
        .says("Bắt đầu xác minh")
        .says("Ủy ban nhân dân xã Bình Sơn (thụ lý)");
}

#[tokio::test]
async fn what_is_not_possible_is_not_offered_and_a_forged_form_is_told_why() {
    let province = Province::open().await;
    let (id, _) = complaint(&province).await;
    let reception = Visitor::official(&province, "reception", COMMUNE).await;
    reception.get(&case(&id)).await.says(&step(&id, "filing")).does_not_say(&step(&id, "acceptance"));
    let form = reception.get(&step(&id, "acceptance")).await;
    assert_eq!(form.status, StatusCode::CONFLICT);
    form.says("không thực hiện được bước này").does_not_say("Ghi nhận</button>");
    let forged = reception.post(&step(&id, "acceptance"), &[("version", "1"), ("document.number", "15/TB")]).await;
    assert!(forged.status.is_client_error(), "{}", forged.status);
    forged.says("class=\"errors\"").says("15/TB");

    let handler = Visitor::official(&province, "handler", COMMUNE).await;
    let early = handler.post(&step(&id, "resolution"), &[("version", "1"), ("result", "founded")]).await;
    assert_eq!(early.status, StatusCode::CONFLICT, "{}", early.text);
    early.says("class=\"errors\"");
    for nowhere in [step(&id, "khong-co"), step(&"0".repeat(32), "acceptance"), case("x"), case("..%2Fpetitions")] {
        assert_eq!(handler.get(&nowhere).await.status, StatusCode::NOT_FOUND, "{nowhere}");
    }
    let stranger = Visitor::official(&province, "handler", "c21028").await;
    for hidden in [case(&id), step(&id, "acceptance"), format!("{}/van-ban/03", case(&id))] {
        assert_eq!(stranger.get(&hidden).await.status, StatusCode::NOT_FOUND, "{hidden}");
    }
    assert_eq!(stranger.post(&step(&id, "acceptance"), &[("version", "1")]).await.status, StatusCode::NOT_FOUND);
}

#[tokio::test]
async fn a_wrong_form_is_shown_again_with_what_was_typed_and_all_that_is_missing() {
    let province = Province::open().await;
    let (id, _) = complaint(&province).await;
    let handler = Visitor::official(&province, "handler", COMMUNE).await;
    let empty = sent(&handler, &id, "refusal", &[("document.number", "<script>alert(1)</script>")]).await;
    assert_eq!(empty.status, StatusCode::UNPROCESSABLE_ENTITY);
    empty.says("href=\"#ground\"").says("id=\"ground\"").does_not_say("<script>alert");
    assert_eq!(empty.input("document.number"), "<script>alert(1)</script>");
    let undated = [("ground", "no_signature"), ("document.number", "15/TB"), ("document.recipients", "related")];
    let wrong = sent(&handler, &id, "refusal", &undated).await;
    assert_eq!(wrong.status, StatusCode::UNPROCESSABLE_ENTITY);
    wrong.says("href=\"#document.date\"").says("value=\"no_signature\" checked").says("value=\"related\" checked");
    let future = [("ground", "no_signature"), ("document.number", "15/TB"), ("document.date", "2027-01-01")];
    let refused = sent(&handler, &id, "refusal", &future).await;
    assert_eq!(refused.status, StatusCode::UNPROCESSABLE_ENTITY);
    assert_eq!(refused.input("document.date"), "2027-01-01");
    refused.says("id=\"document.date-error\"");
    let message = handler.post(&format!("{}/tin-nhan", case(&id)), &[("text", " ")]).await;
    assert_eq!(message.status, StatusCode::UNPROCESSABLE_ENTITY, "{}", message.text);
    message.says("href=\"#text\"");
}

#[tokio::test]
async fn two_at_once_the_second_is_told_what_the_first_did_and_loses_nothing() {
    let province = Province::open().await;
    let (id, _) = complaint(&province).await;
    let handler = Visitor::official(&province, "handler", COMMUNE).await;
    let head = Visitor::official(&province, "head", COMMUNE).await;
    let form = handler.get(&step(&id, "refusal")).await;
    let assigned = sent(&head, &id, "assignment", &[("handler", "an@c21040")]).await;
    assert_eq!(assigned.status, StatusCode::SEE_OTHER, "{}", assigned.text);

    let typed = [("ground", "no_signature"), ("document.number", "9/TB-UBND"), ("document.date", "2026-10-05")];
    let stale = handler.post(&step(&id, "refusal"), &filled(&form.hidden(), &typed)).await;
    assert_eq!(stale.status, StatusCode::PRECONDITION_FAILED, "{}", stale.text);
    stale
        .says("Vụ việc đã thay đổi")
        .says("Ủy ban nhân dân xã Bình Sơn (thủ trưởng)")
        .says("Phân công người thụ lý: an@c21040")
        .does_not_say("<li>Đơn đến")
        .says("value=\"no_signature\" checked");
    assert_eq!((stale.input("document.number").as_str(), stale.input("version").as_str()), ("9/TB-UBND", "2"));
    assert_eq!(stale.input("key"), form.input("key"), "the same wish is sent again");

    // Meanwhile the head does the very thing: there is no form for it any more, and what was typed can still be read.
    let refused = sent(&head, &id, "refusal", &[("ground", "time_expired")]).await;
    assert_eq!(refused.status, StatusCode::SEE_OTHER, "{}", refused.text);
    let late = handler.post(&step(&id, "refusal"), &filled(&stale.hidden(), &typed)).await;
    assert_eq!(late.status, StatusCode::PRECONDITION_FAILED, "{}", late.text);
    late.says("Không thụ lý:")
        .says("không thực hiện được bước này")
        .says("9/TB-UBND")
        .does_not_say("Ghi nhận</button>");
}

#[tokio::test]
async fn a_form_outlives_the_session_and_is_sent_after_signing_in_again() {
    let province = Province::open().await;
    let (id, _) = complaint(&province).await;
    let handler = Visitor::official(&province, "handler", COMMUNE).await;
    let form = handler.get(&step(&id, "acceptance")).await;
    let session = handler.cookies()[COOKIE].clone();
    handler.keep(COOKIE, "");
    let typed = [("document.number", "1/TB-UBND"), ("document.date", "2026-10-05"), ("note", "\"><b>")];
    let over = handler.post(&step(&id, "acceptance"), &filled(&form.hidden(), &typed)).await;
    assert_eq!(over.status, StatusCode::UNAUTHORIZED);
    over.says("Phiên làm việc đã hết")
        .says("href=\"/dang-nhap?ve=%2Fcan-bo\" target=\"_blank\"")
        .does_not_say("\"><b>");
    let kept = over.hidden();
    assert!(kept.contains(&("note".to_owned(), "\"><b>".to_owned())), "{kept:?}");
    handler.keep(COOKIE, &session);
    let sent = handler.post(&step(&id, "acceptance"), &filled(&kept, &[])).await;
    assert_eq!(sent.status, StatusCode::SEE_OTHER, "{}", sent.text);
    let again = handler.post(&step(&id, "acceptance"), &filled(&kept, &[])).await;
    assert_eq!(again.status, StatusCode::SEE_OTHER, "sent twice, done once: {}", again.text);

    handler.keep(COOKIE, "");
    let message = handler.post(&format!("{}/tin-nhan", case(&id)), &[("text", "Thư dài")]).await;
    assert_eq!(message.status, StatusCode::UNAUTHORIZED);
    assert_eq!(message.input("text"), "Thư dài");
    // The token itself is over, or the account was closed: the API says so and the page is the same.
    let expired = handler.post(&format!("{}/danh-tinh", case(&id)), &[("to", "x")]).await;
    assert_eq!(expired.status, StatusCode::UNAUTHORIZED);
}

#[tokio::test]
async fn what_a_petition_says_is_text_and_nothing_else() {
    let province = Province::open().await;
    let hostile = "</p><script>alert('x')</script>\"><img src=x onerror=alert(1)> {{ 7*7 }}";
    let (id, _) = registered(
        &province,
        json!({ "kind": "feedback", "text": hostile, "request": hostile, "area": "21040",
                "against": { "agency": COMMUNE, "person": hostile.chars().take(60).collect::<String>() },
                "petitioner": { "name": "Nguyễn Thị Kín" } }),
    )
    .await;
    let handler = Visitor::official(&province, "handler", COMMUNE).await;
    let written = handler.post(&format!("{}/tin-nhan", case(&id)), &[("text", hostile)]).await;
    assert_eq!(written.status, StatusCode::SEE_OTHER, "{}", written.text);
    let shown = handler.get(&case(&id)).await;
    shown.says("{{ 7*7 }}").does_not_say("<script>alert").does_not_say("<img src=x").does_not_say("</p><script");
    assert_eq!(shown.text.matches("onerror=alert(1)&#62;").count(), 3, "{}", shown.text);
}

#[tokio::test]
async fn whoever_is_not_signed_in_is_led_to_the_sign_in_and_sees_nothing() {
    let province = Province::open().await;
    let (id, number) = complaint(&province).await;
    let visitor = Visitor::new(&province);
    for address in [
        "/can-bo".to_owned(),
        case(&id),
        step(&id, "acceptance"),
        format!("{}/van-ban/03", case(&id)),
        format!("{}/danh-tinh", case(&id)),
    ] {
        let page = visitor.get(&address).await;
        assert_eq!(page.status, StatusCode::UNAUTHORIZED, "{address}");
        page.says("Cần đăng nhập").says("/dang-nhap?ve=%2Fcan-bo").does_not_say(&number);
    }
}

#[tokio::test]
async fn the_list_counts_what_is_late_and_near_and_is_narrowed_by_its_filters() {
    let province = Province::open().await;
    let (id, number) = complaint(&province).await;
    let head = Visitor::official(&province, "head", COMMUNE).await;
    let found = head.get(&format!("/can-bo?number={}", number.to_lowercase())).await;
    assert_eq!(found.status, StatusCode::OK, "{}", found.text);
    found.says(&case(&id));
    let wrong = head.get("/can-bo?number=%3Cb%3E").await;
    assert_eq!(wrong.status, StatusCode::UNPROCESSABLE_ENTITY);
    wrong.says("id=\"number-error\"").does_not_say("<b>\"");
    let by_id = head.get(&format!("/can-bo?number={id}")).await;
    assert_eq!((by_id.status, by_id.location()), (StatusCode::SEE_OTHER, case(&id)));

    province.advance("P30D").await;
    let head = Visitor::official(&province, "head", COMMUNE).await;
    let late = head.get("/can-bo").await;
    late.says("<b>1</b> quá hạn").says("<b>0</b> đến hạn trong 7 ngày").says("badge bad\">quá hạn");
    head.get("/can-bo?due=near").await.says("Không có vụ việc nào.").does_not_say(&number);
    head.get("/can-bo?due=overdue&kind=complaint").await.says(&number);
    head.get("/can-bo?kind=feedback").await.does_not_say(&number);
    head.get("/can-bo?state=closed").await.says("Không có vụ việc nào.");
    head.get("/can-bo?compartment=denunciations").await.says("Không có vụ việc nào.");
    let handler = Visitor::official(&province, "handler", COMMUNE).await;
    handler.get("/can-bo").await.does_not_say("name=\"compartment\"").does_not_say("name=\"agency\"");
    assert_eq!(handler.get("/can-bo?compartment=denunciations").await.status, StatusCode::FORBIDDEN);
    assert_eq!(handler.get("/can-bo?agency=c21028").await.status, StatusCode::FORBIDDEN);
    let statistician = Visitor::official(&province, "statistician", "chair").await;
    statistician.get("/can-bo").await.says("không có danh sách vụ việc").says("/lanh-dao");
}

#[tokio::test]
async fn a_custodian_opens_an_identity_once_for_somebody_and_for_a_reason() {
    let province = Province::open().await;
    let (id, _) = complaint(&province).await;
    let custodian = Visitor::official(&province, "identity_custodian", COMMUNE).await;
    let way = custodian.get(&format!("/can-bo?number={id}")).await.location();
    assert_eq!(way, format!("{}/danh-tinh", case(&id)));
    let form = custodian.get(&way).await;
    form.says("Mỗi lần mở đều được ghi vào nhật ký").does_not_say("Nguyễn Thị Kín");
    let hidden = form.hidden();
    let wrong = custodian.post(&way, &filled(&hidden, &[("to", "handler@c21040")])).await;
    assert_eq!(wrong.status, StatusCode::UNPROCESSABLE_ENTITY, "{}", wrong.text);
    wrong.says("href=\"#reason\"").does_not_say("Nguyễn Thị Kín");
    assert_eq!(wrong.input("to"), "handler@c21040");
    let opened = custodian.post(&way, &filled(&hidden, &[("to", "handler@c21040"), ("reason", "invitation")])).await;
    assert_eq!(opened.status, StatusCode::OK, "{}", opened.text);
    opened.says("Nguyễn Thị Kín");
    assert_eq!(opened.headers[header::CACHE_CONTROL], "no-store");
    custodian.get(&way).await.does_not_say("Nguyễn Thị Kín");
    let handler = Visitor::official(&province, "handler", COMMUNE).await;
    handler.get(&case(&id)).await.says("Mời làm việc, đối thoại").does_not_say("Nguyễn Thị Kín");
    let refused = handler.post(&way, &[("to", "handler@c21040"), ("reason", "invitation")]).await;
    assert!(refused.status.is_client_error(), "{}", refused.status);
    refused.does_not_say("Nguyễn Thị Kín");
}

#[tokio::test]
async fn a_mixed_petition_is_divided_and_a_second_complaint_taken_in_by_pages() {
    let province = Province::open().await;
    let (id, _) = complaint(&province).await;
    let head = Visitor::official(&province, "head", COMMUNE).await;
    let parts = [
        ("parts[0].kind", "complaint"),
        ("parts[0].text", "Phần đất đai."),
        ("parts[0].against.agency", COMMUNE),
        ("parts[1].kind", "feedback"),
        ("parts[1].text", ""),
        ("parts[2].kind", ""),
    ];
    let half = sent(&head, &id, "division", &parts).await;
    assert_eq!(half.status, StatusCode::UNPROCESSABLE_ENTITY, "{}", half.text);
    half.says("href=\"#parts[1].text\"").says("Phần đất đai.");
    let mut whole = parts;
    whole[4] = ("parts[1].text", "Đường hỏng.");
    let divided = sent(&head, &id, "division", &whole).await;
    assert_eq!(divided.status, StatusCode::SEE_OTHER, "{}", divided.text);
    head.get(&divided.location()).await.says("Đã tách hoặc phân loại lại").says("không cho xem nội dung");
    head.get("/can-bo").await.says("<b>2</b> đang giải quyết");
}

#[tokio::test]
async fn reception_enters_a_paper_petition_and_hands_over_its_code() {
    let province = Province::open().await;
    let reception = Visitor::official(&province, "reception", COMMUNE).await;
    reception.get("/can-bo").await.says("href=\"/can-bo/dang-ky\"");
    let form = reception.get("/can-bo/dang-ky").await;
    assert_eq!(form.status, StatusCode::OK, "{}", form.text);
    let hidden = form.hidden();
    let typed = [
        ("channel", "counter"),
        ("received_on", ""),
        ("petition.kind", "complaint"),
        ("petition.text", "Quyết định <b>sai</b>."),
        ("petition.area", "21040"),
        ("petition.against.agency", COMMUNE),
        ("petition.against.position", "agency"),
        ("petition.petitioner.name", ""),
        ("petition.petitioner.address", "Thôn 1"),
        ("petition.phone", "12"),
    ];
    let wrong = reception.post("/can-bo/dang-ky", &filled(&hidden, &typed)).await;
    assert_eq!(wrong.status, StatusCode::UNPROCESSABLE_ENTITY, "{}", wrong.text);
    wrong.says("href=\"#petition.petitioner.name\"").says("Quyết định &#60;b&#62;sai").says("value=\"21040\" selected");
    let mut right = typed;
    right[7] = ("petition.petitioner.name", "Nguyễn Thị Kín");
    right[9] = ("petition.phone", "0912345678");
    let entered = reception.post("/can-bo/dang-ky", &filled(&hidden, &right)).await;
    assert_eq!(entered.status, StatusCode::OK, "{}", entered.text);
    entered.says("Mã biên nhận").does_not_say("Nguyễn Thị Kín");
    assert_eq!(entered.headers[header::CACHE_CONTROL], "no-store");
    let again = reception.post("/can-bo/dang-ky", &filled(&hidden, &right)).await;
    assert_eq!(again.text, entered.text, "sent twice, entered once");
    reception.get("/can-bo").await.says("<b>1</b> đang giải quyết");

    let handler = Visitor::official(&province, "handler", COMMUNE).await;
    handler.get("/can-bo").await.does_not_say("/can-bo/dang-ky");
    assert_eq!(handler.post("/can-bo/dang-ky", &filled(&hidden, &right)).await.status, StatusCode::FORBIDDEN);
}
