//! A citizen follows a petition with its receipt code, and leaves no trace.

use axum::http::{StatusCode, header};
use donthu_tests::Province;
use donthu_tests::pages::{Page, Visitor};
use serde_json::{Value, json};

const RECEIPT: &str = "__Host-donthu-receipt";
const HOSTILE: &str = "Tôi hỏi: <script>alert('x')</script> \"& khi nào?";

/// A petition that a citizen sent; its code.
async fn submitted(province: &Province, kind: &str) -> String {
    let petition = json!({ "kind": kind, "text": "Nội dung riêng.", "area": "21040",
                           "against": { "agency": "c21040", "position": "agency" } });
    let headers = [("idempotency-key", "7a6e2f5e-4b5e-4f4e-9d5e-0d8f6b1f2a91")];
    let answer = province.send("POST", "/v1/petitions", &headers, Some(petition)).await;
    assert_eq!(answer.status, StatusCode::CREATED, "{}", answer.body);
    province.drain().await;
    answer.text("/receipt")
}

/// A petition that an official of the commune entered; its id and its code.
async fn entered(province: &Province, head: &str, kind: &str) -> (String, String) {
    let petition = json!({ "kind": kind, "text": "Nội dung.", "area": "21040",
                           "petitioner": { "name": "Nguyễn Thị Kín" },
                           "against": { "agency": "c21040", "position": if kind == "denunciation" { "staff" } else { "agency" } } });
    let body = json!({ "petition": petition, "channel": "counter" });
    let answer = province.send("POST", "/v1/cases", &[("authorization", head)], Some(body)).await;
    assert_eq!(answer.status, StatusCode::CREATED, "{}", answer.body);
    (answer.text("/case_id"), answer.text("/receipt"))
}

async fn done(province: &Province, bearer: &str, id: &str, step: u64, name: &str, body: Value) {
    let answer = province.step(bearer, id, step, name, body).await;
    assert_eq!(answer.status, StatusCode::OK, "{name}: {}", answer.body);
}

/// A visitor who has typed a code.
async fn following<'a>(visitor: Visitor<'a>, code: &str) -> (Visitor<'a>, Page) {
    let page = visitor.submit("/tra-cuu", &[("receipt", code)]).await;
    assert_eq!(page.status, StatusCode::OK, "{}", page.text);
    (visitor, page)
}

/// Sends the form of a page as it stands, with what is typed.
async fn sent(visitor: &Visitor<'_>, form: &Page, action: &str, typed: &[(&str, &str)]) -> Page {
    let hidden = form.hidden();
    let mut fields = typed.to_vec();
    fields.extend(hidden.iter().map(|(name, value)| (name.as_str(), value.as_str())));
    visitor.post(action, &fields).await
}

fn nowhere(page: &Page, code: &str) {
    let bare = code.replace('-', "");
    for secret in [code, &bare, &bare.to_lowercase()] {
        page.does_not_say(secret);
        for value in page.headers.values() {
            assert!(!String::from_utf8_lossy(value.as_bytes()).contains(secret), "the code is in a header");
        }
    }
}

#[tokio::test]
async fn a_code_is_taken_as_people_type_it_and_a_slip_is_named_without_counting_as_a_guess() {
    let province = Province::open().await;
    let code = submitted(&province, "feedback").await;
    let visitor = Visitor::new(&province);
    visitor.get("/tra-cuu").await.says("Nhập mã biên nhận").says("Không để lại dấu vết");

    let mut swapped: Vec<char> = code.chars().collect();
    let different = (1..swapped.len() - 1)
        .find(|at| swapped[*at] != swapped[*at + 1] && swapped[*at] != '-' && swapped[*at + 1] != '-');
    let different = different.unwrap();
    swapped.swap(different, different + 1);
    let swapped: String = swapped.into_iter().collect();
    for _ in 0..40 {
        let refused = visitor.post("/tra-cuu", &[("receipt", &swapped)]).await;
        assert_eq!(refused.status, StatusCode::UNPROCESSABLE_ENTITY, "no slip is held against anybody");
        assert_eq!(refused.input("receipt"), swapped, "what was typed is there to be mended");
    }
    let told = visitor.post("/tra-cuu", &[("receipt", &swapped)]).await;
    told.says("Mã này bị gõ nhầm").says("aria-invalid=\"true\"");
    visitor.post("/tra-cuu", &[("receipt", &code[..10])]).await.says("Mã biên nhận có 22 ký tự");
    visitor.post("/tra-cuu", &[("receipt", &code.replace('-', "").replace(&code[3..4], "Đ"))]).await.says("Ký tự thứ");
    visitor.post("/tra-cuu", &[("receipt", "")]).await.says("Xin nhập mã biên nhận.");
    let hostile = visitor.post("/tra-cuu", &[("receipt", "\"><script>")]).await;
    hostile.does_not_say("\"><script>");
    assert!(visitor.cookies().is_empty());

    let typed = code.replace('-', " ").to_lowercase().replace('0', "o").replace('1', "l");
    let (visitor, page) = following(visitor, &format!("  {typed} ")).await;
    page.says("Theo dõi đơn").says("Đã vào sổ").says("Xóa dấu vết");
    let again = visitor.get("/tra-cuu").await;
    assert_eq!((again.status, again.location().as_str()), (StatusCode::SEE_OTHER, "/tra-cuu/don"));
}

#[tokio::test]
async fn a_code_that_opens_nothing_is_told_and_guessing_is_held_up() {
    let province = Province::open().await;
    let elsewhere = Province::open().await;
    let foreign = submitted(&elsewhere, "feedback").await;
    let visitor = Visitor::new(&province);
    for _ in 0..30 {
        let refused = visitor.post("/tra-cuu", &[("receipt", &foreign)]).await;
        assert_eq!(refused.status, StatusCode::UNPROCESSABLE_ENTITY);
        refused.says("Không có đơn nào với mã này");
    }
    let held = visitor.post("/tra-cuu", &[("receipt", &foreign)]).await;
    assert_eq!(held.status, StatusCode::TOO_MANY_REQUESTS);
    assert!(held.headers.contains_key(header::RETRY_AFTER));
    let code = submitted(&province, "feedback").await;
    following(visitor, &code).await;
}

#[tokio::test]
async fn a_citizen_follows_writes_and_withdraws_and_the_code_is_on_no_page() {
    let province = Province::open().await;
    let code = submitted(&province, "feedback").await;
    let (visitor, page) = following(Visitor::new(&province), &code).await;
    page.says("Việc phải làm tiếp").says("Chậm nhất ngày").says("Ngày này được tính như thế nào?").says("Căn cứ:");
    page.says("Diễn biến").says("class=\"timeline\"").says("Chưa ai.").says("Chưa có tin nhắn");
    page.does_not_say("Nội dung riêng");
    assert_eq!(page.headers[header::CACHE_CONTROL], "no-store");
    nowhere(&page, &code);

    let form = visitor.get("/tra-cuu/tin-nhan").await;
    let empty = sent(&visitor, &form, "/tra-cuu/tin-nhan", &[("text", " ")]).await;
    assert_eq!(empty.status, StatusCode::UNPROCESSABLE_ENTITY);
    empty.says("href=\"#text\"");
    for _ in 0..2 {
        let answer = sent(&visitor, &form, "/tra-cuu/tin-nhan", &[("text", HOSTILE)]).await;
        assert_eq!((answer.status, answer.location().as_str()), (StatusCode::SEE_OTHER, "/tra-cuu/tin-nhan"));
        nowhere(&answer, &code);
    }
    let read = visitor.get("/tra-cuu/tin-nhan").await;
    read.does_not_say("<script>alert").says("&#60;script&#62;alert");
    assert_eq!(read.text.matches("class=\"mine\"").count(), 1, "one form makes one message: {}", read.text);
    nowhere(&read, &code);
    visitor.get("/tra-cuu/don").await.says("Đọc và viết tin nhắn (1)").does_not_say("khi nào?");

    for page in ["/tra-cuu/khieu-nai-tiep", "/tra-cuu/to-cao-tiep", "/tra-cuu/bao-qua-han"] {
        assert_eq!(visitor.get(page).await.location(), "/tra-cuu/don", "{page} is not for this case now");
    }
    let asked = visitor.get("/tra-cuu/rut-don").await;
    asked.says("Tôi rút đơn").says("Không, quay lại");
    let no_key = visitor.post("/tra-cuu/rut-don", &[("case", &asked.input("case"))]).await;
    assert_eq!(no_key.status, StatusCode::UNSUPPORTED_MEDIA_TYPE);
    let answer = sent(&visitor, &asked, "/tra-cuu/rut-don", &[]).await;
    assert_eq!((answer.status, answer.location().as_str()), (StatusCode::SEE_OTHER, "/tra-cuu/don"));
    let ended = visitor.get("/tra-cuu/don").await;
    ended.says("Đã rút đơn").says("Không còn thời hạn nào đang chạy.").does_not_say("/tra-cuu/rut-don");
    for page in ["/", "/tra-cuu/don", "/tra-cuu/tin-nhan", "/khong-co"] {
        nowhere(&visitor.get(page).await, &code);
    }
    let file = visitor.get("/tra-cuu/bien-nhan").await;
    assert!(file.headers[header::CONTENT_DISPOSITION].to_str().unwrap().starts_with("attachment"));
    assert!(serde_json::from_str::<Value>(&file.text).unwrap()["signed_receipt"].is_string());
    let proof = visitor.get("/tra-cuu/chung-minh").await;
    let proof: Value = serde_json::from_str(&proof.text).unwrap();
    assert!(proof["entries"].as_array().unwrap().len() >= 3 && proof["next"].is_null(), "{proof}");
}

#[tokio::test]
async fn a_code_is_kept_for_half_an_hour_after_the_last_look() {
    let province = Province::open().await;
    let code = submitted(&province, "feedback").await;
    let (visitor, _) = following(Visitor::new(&province), &code).await;
    for _ in 0..3 {
        province.advance("PT29M").await;
        assert_eq!(visitor.get("/tra-cuu/don").await.status, StatusCode::OK);
    }
    province.advance("PT31M").await;
    for page in ["/tra-cuu/don", "/tra-cuu/tin-nhan", "/tra-cuu/rut-don", "/tra-cuu/bien-nhan", "/tra-cuu/chung-minh"] {
        let over = visitor.get(page).await;
        assert_eq!(over.status, StatusCode::UNAUTHORIZED, "{page}");
        over.says("Cần nhập mã biên nhận").does_not_say(&code);
    }
}

#[tokio::test]
async fn clearing_leaves_nothing_in_the_browser() {
    let province = Province::open().await;
    let code = submitted(&province, "feedback").await;
    let (visitor, page) = following(Visitor::new(&province), &code).await;
    visitor.get("/ngon-ngu?sang=vi&ve=%2F").await;
    page.says("action=\"/tra-cuu/xoa\"").says("Thoát nhanh");
    let set = visitor.get("/tra-cuu/don").await;
    let cookie = set.headers[header::SET_COOKIE].to_str().unwrap();
    assert!(
        cookie.starts_with(RECEIPT) && cookie.contains("SameSite=Strict") && cookie.contains("HttpOnly"),
        "{cookie}"
    );
    assert!(!cookie.contains("Max-Age") && !cookie.contains("Expires"), "it ends with the browser: {cookie}");
    assert_eq!(visitor.get("/tra-cuu/xoa").await.location(), "/tra-cuu", "an address alone clears nothing");

    let foreign = visitor.post_from("cross-site", "/tra-cuu/xoa", &[]).await;
    assert_eq!(foreign.status, StatusCode::FORBIDDEN);
    let cleared = visitor.post("/tra-cuu/xoa", &[]).await;
    assert_eq!(cleared.status, StatusCode::OK);
    cleared.says("Đã xóa dấu vết").says("Đóng thẻ này").does_not_say("Đang mở một đơn");
    assert_eq!(cleared.headers["clear-site-data"], "\"cache\", \"cookies\", \"storage\"");
    assert_eq!(cleared.headers[header::CACHE_CONTROL], "no-store");
    assert!(visitor.cookies().is_empty(), "{:?}", visitor.cookies());
    nowhere(&cleared, &code);
    assert_eq!(visitor.get("/tra-cuu/don").await.status, StatusCode::UNAUTHORIZED);
    visitor.get("/tra-cuu/xoa").await.says("Đã xóa dấu vết");
    visitor.get("/tra-cuu").await.says("Nhập mã biên nhận");
}

#[tokio::test]
async fn a_decision_is_appealed_in_its_time_and_the_same_code_opens_what_comes_of_it() {
    let province = Province::open().await;
    province.advise_dialogues().await;
    let head = province.bearer("head", "c21040").await;
    let (id, code) = entered(&province, &head, "complaint").await;
    let document = json!({ "number": "15/QĐ-UBND", "date": "2026-10-05" });
    done(&province, &head, &id, 1, "acceptance", json!({ "document": document })).await;
    done(&province, &head, &id, 2, "resolution", json!({ "result": "unfounded", "document": document })).await;
    done(&province, &head, &id, 3, "dispatch", json!({ "what": "decision" })).await;
    let custodian = province.bearer("identity_custodian", "c21040").await;
    let opened = json!({ "to": "handler@c21040", "reason": "delivery" });
    let path = format!("/v1/cases/{id}/identity-disclosure");
    let opened = province.send("POST", &path, &[("authorization", &custodian)], Some(opened)).await;
    assert_eq!(opened.status, StatusCode::OK, "{}", opened.body);

    let (visitor, page) = following(Visitor::english(&province), &code).await;
    page.says("lang=\"en\"").says("The result").says("15/QĐ-UBND").says("Your right: a second complaint");
    page.says("days left").says("Who was shown who you are?").says("To send a notice, decision or conclusion");
    page.does_not_say("handler@").does_not_say("Kín");

    let form = visitor.get("/tra-cuu/khieu-nai-tiep").await;
    form.says("Last day:").says("sue in court");
    let action = "/tra-cuu/khieu-nai-tiep";
    let blank = sent(&visitor, &form, action, &[("text", " "), ("request", HOSTILE)]).await;
    assert_eq!(blank.status, StatusCode::UNPROCESSABLE_ENTITY);
    blank.says("href=\"#text\"").says("&#60;script&#62;alert").does_not_say("<script>alert");
    let typed = [("text", "Tôi không đồng ý."), ("request", "Hủy quyết định.")];
    for _ in 0..2 {
        let answer = sent(&visitor, &form, action, &typed).await;
        assert_eq!((answer.status, answer.location().as_str()), (StatusCode::SEE_OTHER, "/tra-cuu/don"));
    }
    province.drain().await;
    let page = visitor.get("/tra-cuu/don").await;
    page.says("The cases that this code opens").says("second complaint").does_not_say("/tra-cuu/khieu-nai-tiep");
    assert_eq!(page.text.matches("/tra-cuu/don?vu=").count(), 1, "sent twice it is one case: {}", page.text);
    visitor.get("/tra-cuu/don?vu=1").await.says("(second complaint)");
    visitor.get("/tra-cuu/don?vu=9").await.says("(first complaint)");
    visitor.get("/tra-cuu/don?vu=x").await.says("(first complaint)");
}

#[tokio::test]
async fn an_overdue_denunciation_is_told_plainly_and_reported_to_the_superior() {
    let province = Province::open().await;
    let head = province.bearer("head", "c21040").await;
    let (id, code) = entered(&province, &head, "denunciation").await;
    done(&province, &head, &id, 1, "acceptance", json!({})).await;
    done(&province, &head, &id, 2, "dispatch", json!({ "what": "acceptance" })).await;
    province.advance("P40D").await;
    let (visitor, page) = following(Visitor::new(&province), &code).await;
    page.says("Cơ quan đã quá hạn").says("đã quá").says("Báo việc quá hạn lên cơ quan cấp trên");
    let form = visitor.get("/tra-cuu/bao-qua-han").await;
    form.says("Luật Tố cáo, Điều 38");
    let answer = sent(&visitor, &form, "/tra-cuu/bao-qua-han", &[]).await;
    assert_eq!((answer.status, answer.location().as_str()), (StatusCode::SEE_OTHER, "/tra-cuu/don"));
    visitor.get("/tra-cuu/don").await.says("Cơ quan cấp trên trực tiếp").does_not_say("/tra-cuu/bao-qua-han");
}
