//! A citizen submits a petition: every kind, and whatever comes between.

use axum::http::StatusCode;
use base64::Engine as _;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;
use donthu_domain::{Kind, Matter, Position};
use donthu_service::limits::Limit;
use donthu_store::signing::content_hash;
use donthu_tests::Province;
use donthu_tests::pages::{Page, Visitor};

const STORY: &str = "Dòng một & \"hai\"\r\nDòng <b>ba</b>";

/// Fills in the form of a page: its hidden fields go along after those that are typed.
async fn fill(visitor: &Visitor<'_>, page: &Page, fields: &[(&str, &str)]) -> Page {
    let hidden = page.hidden();
    let mut sent = fields.to_vec();
    sent.extend(hidden.iter().map(|(name, value)| (name.as_str(), value.as_str())));
    visitor.post("/gui-don", &sent).await
}

/// Goes on from a page that has to lead to a step of this name.
async fn go_on(visitor: &Visitor<'_>, page: &Page, fields: &[(&str, &str)], to: &str) -> Page {
    let next = fill(visitor, page, fields).await;
    assert_eq!((next.status, next.input("step").as_str()), (StatusCode::OK, to), "{}", next.text);
    next
}

const AGAINST: [(&str, &str); 5] = [
    ("matter", "disciplinary"),
    ("against.agency", "so-noi-vu"),
    ("against.position", "deputy"),
    ("against.person", "Trần Văn <C>"),
    ("against.decision", "Quyết định 15/QĐ ngày 05/10/2026"),
];

const NAMED: [(&str, &str); 5] = [
    ("who", "named"),
    ("petitioner.name", "Nguyễn Thị \"Bình\""),
    ("petitioner.address", "Thôn 3 <script>alert(1)</script>"),
    ("petitioner.id_number", "051 201 000 123"),
    ("phone", "0912 345 678"),
];

/// The review of a petition of a kind.
async fn reviewed(visitor: &Visitor<'_>, kind: &str, person: &[(&str, &str)]) -> Page {
    let begun = visitor.get("/gui-don").await;
    let against = go_on(visitor, &begun, &[("kind", kind)], "against").await;
    let place = go_on(visitor, &against, &AGAINST, "place").await;
    let story = go_on(visitor, &place, &[("area", "21040"), ("field", "land-housing")], "story").await;
    let who = go_on(visitor, &story, &[("text", STORY), ("request", "Hủy <i>quyết định</i>")], "person").await;
    go_on(visitor, &who, person, "review").await
}

/// The code that a receipt shows.
fn code(receipt: &Page) -> String {
    let shown = receipt.text.split("class=\"code\"").nth(1).and_then(|rest| rest.split("</p>").next()).unwrap();
    let mut code = String::new();
    let mut within = true;
    for c in shown.chars() {
        match c {
            '<' => within = true,
            '>' => within = false,
            _ if !within => code.push(c),
            _ => {}
        }
    }
    code.trim().to_owned()
}

/// Sends what is reviewed and opens the receipt.
async fn sent(visitor: &Visitor<'_>, review: &Page) -> Page {
    let answer = fill(visitor, review, &[("go", "send")]).await;
    assert_eq!((answer.status, answer.location().as_str()), (StatusCode::SEE_OTHER, "/gui-don/bien-nhan"));
    let receipt = visitor.get("/gui-don/bien-nhan").await;
    assert_eq!(receipt.status, StatusCode::OK, "{}", receipt.text);
    receipt
}

#[tokio::test]
async fn a_complaint_is_submitted_step_by_step_and_its_receipt_opens_it() {
    let province = Province::open().await;
    let visitor = Visitor::new(&province);
    visitor.get("/gui-don").await.says("Bước 1/6").says("Đây là khiếu nại").says("Luật Khiếu nại 02/2011/QH13");
    let mut person = NAMED.to_vec();
    person.extend([("together", "yes"), ("group.people", "12"), ("group.representatives", "3")]);
    let review = reviewed(&visitor, "complaint", &person).await;
    review.says("Sở Nội vụ tỉnh Quảng Ngãi").says("Xã Bình Sơn").says("Đất đai, nhà cửa").says("Còn phải ký");
    let receipt = sent(&visitor, &review).await;
    receipt.says("Việc còn phải làm: ký đơn").says("Nghị định 154/2026/NĐ-CP").says("Ngày này được tính như thế nào?");
    receipt.says("class=\"qr\"").does_not_say("Khiếu nại về");

    let code = code(&receipt);
    let heads = province.heads().await;
    assert_eq!(heads.len(), 1);
    let case = &heads[0].case;
    assert_eq!(province.case_of(&code), case.id);
    assert_eq!((case.kind, case.matter), (Kind::Complaint, Matter::Disciplinary));
    assert_eq!(case.against.position, Position::Deputy);
    assert_eq!(case.against.agency.as_ref().unwrap().as_str(), "so-noi-vu");
    assert_eq!(case.group.map(|group| (group.people, group.representatives)), Some((12, 3)));
    assert!(case.contact.sms && !case.contact.anonymous);

    province.drain().await;
    visitor.get("/gui-don/bien-nhan").await.says("Nơi tiếp công dân của Sở Nội vụ tỉnh Quảng Ngãi");
    let head = province.bearer("head", "so-noi-vu").await;
    let read = province.read(&head, &format!("/v1/cases/{}", case.id)).await.body.to_string();
    assert!(read.contains("Dòng một & \\\"hai\\\"\\nDòng <b>ba</b>"), "as it was typed: {read}");

    let file = visitor.get("/gui-don/bien-nhan/tep").await;
    assert!(file.headers["content-disposition"].to_str().unwrap().starts_with("attachment"));
    let file: serde_json::Value = serde_json::from_str(&file.text).unwrap();
    let copy = fill(&visitor, &review, &[("go", "copy")]).await;
    assert!(copy.headers["content-disposition"].to_str().unwrap().starts_with("attachment"));
    let stated = file["signed_receipt"].as_str().unwrap().split('.').nth(1).unwrap();
    let stated: serde_json::Value = serde_json::from_slice(&URL_SAFE_NO_PAD.decode(stated).unwrap()).unwrap();
    let salt = file["content_salt"].as_str().unwrap().parse().unwrap();
    let hash = content_hash(&salt, copy.text.as_bytes());
    assert_eq!(stated["content_hash"], serde_json::to_value(hash).unwrap(), "the copy is what was submitted");
}

#[tokio::test]
async fn a_denunciation_without_a_name_and_feedback_go_through_as_well() {
    let province = Province::open().await;
    for (kind, says) in [("denunciation", "Luật Tố cáo, Điều 23"), ("feedback", "Không phải ký")] {
        let visitor = Visitor::new(&province);
        // A name that was typed before the choice was made is carried along and not sent.
        let review = reviewed(&visitor, kind, &[("who", "anonymous"), NAMED[1]]).await;
        review.says(says).says("Không nêu tên").does_not_say("<dd class=\"pre\">Nguyễn");
        let receipt = sent(&visitor, &review).await;
        let case = province.heads().await.into_iter().find(|loaded| loaded.case.kind.code() == kind).unwrap().case;
        assert!(case.contact.anonymous);
        assert_eq!(province.case_of(&code(&receipt)), case.id);
        assert_eq!(receipt.text.contains("ký đơn"), kind == "denunciation");
        let asked = if kind == "feedback" { Position::Unknown } else { Position::Deputy };
        assert_eq!((case.against.position, case.matter), (asked, Matter::Administrative));
    }
}

#[tokio::test]
async fn a_named_denunciation_keeps_the_name_out_of_the_case() {
    let province = Province::open().await;
    let visitor = Visitor::new(&province);
    let review = reviewed(&visitor, "denunciation", &NAMED).await;
    review.says("Nguyễn Thị &#34;Bình&#34;");
    sent(&visitor, &review).await.does_not_say("Bình").does_not_say("Trần Văn").does_not_say("Tố cáo");
    let heads = province.heads().await;
    assert!(!heads[0].case.contact.anonymous);
    assert!(!format!("{:?}", heads[0].case).contains("Bình"));
}

#[tokio::test]
async fn the_way_is_english_where_the_browser_is() {
    let province = Province::open().await;
    let visitor = Visitor::english(&province);
    visitor.get("/gui-don").await.says("Step 1/6").says("This is a complaint.").says("lang=\"en\"");
    let review = reviewed(&visitor, "complaint", &NAMED).await;
    review.says("Department of Home Affairs").says("You still have to sign").says("(Law on Complaints, Art. 8)");
    sent(&visitor, &review).await.says("The agency&#39;s first deadline").says("What is left to do: sign");
}

#[tokio::test]
async fn the_language_changes_in_the_middle_and_nothing_typed_is_lost() {
    let province = Province::open().await;
    let visitor = Visitor::new(&province);
    let review = reviewed(&visitor, "complaint", &NAMED).await;
    let story = fill(&visitor, &review, &[("go", "story")]).await;
    let english = fill(&visitor, &story, &[("text", "half a sen"), ("request", ""), ("language", "en")]).await;
    assert_eq!((english.status, english.input("step").as_str()), (StatusCode::OK, "story"));
    english.says("lang=\"en\"").says("half a sen").says("What do you ask for?");
    assert_eq!(english.input("petitioner.name"), NAMED[1].1);
    assert_eq!(visitor.cookies()["__Host-donthu-language"], "en");
    let back = fill(&visitor, &english, &[("text", "half a sentence"), ("request", "x"), ("go", "next")]).await;
    assert_eq!(back.input("step"), "review", "what was opened out of the review leads back to it");
    back.says("half a sentence").says("Review and send");
}

#[tokio::test]
async fn what_is_wrong_is_said_beside_its_field_and_what_was_typed_stays() {
    let province = Province::open().await;
    let visitor = Visitor::new(&province);
    let begun = visitor.get("/gui-don").await;
    let nothing = fill(&visitor, &begun, &[]).await;
    assert_eq!(nothing.status, StatusCode::UNPROCESSABLE_ENTITY);
    nothing.says("id=\"kind-error\"").says("href=\"#kind\"").says("Xin chọn một trong ba loại.");
    let against = go_on(&visitor, &nothing, &[("kind", "complaint")], "against").await;
    assert_eq!(against.input("key"), begun.input("key"), "one key from beginning to end");
    let wrong = fill(&visitor, &against, &[("matter", "administrative"), ("against.position", "x")]).await;
    assert_eq!(wrong.status, StatusCode::UNPROCESSABLE_ENTITY);
    wrong.says("value=\"administrative\" checked").says("Điều 8").says("Xin chọn ai ký quyết định");
    let place = go_on(&visitor, &wrong, &AGAINST, "place").await;
    let story = go_on(&visitor, &place, &[("area", ""), ("field", "")], "story").await;
    let wrong = fill(&visitor, &story, &[("text", "Việc đã xảy ra"), ("request", " ")]).await;
    assert_eq!(wrong.status, StatusCode::UNPROCESSABLE_ENTITY);
    wrong.says("id=\"request-error\"").says("Việc đã xảy ra</textarea>");
    let back = fill(&visitor, &wrong, &[("text", "Việc khác"), ("request", ""), ("go", "back")]).await;
    assert_eq!((back.status, back.input("step").as_str()), (StatusCode::OK, "place"), "back asks for nothing");
    assert_eq!(back.input("text"), "Việc khác");
    // Who skips steps is led to what is missing.
    let skipped = fill(&visitor, &back, &[("step", "review"), ("go", "send")]).await;
    assert_eq!((skipped.status, skipped.input("step").as_str()), (StatusCode::UNPROCESSABLE_ENTITY, "story"));
    assert_eq!(province.heads().await.len(), 0);
}

#[tokio::test]
async fn what_the_api_refuses_leads_back_to_the_step_that_asked_with_all_that_was_typed() {
    let province = Province::open().await;
    let visitor = Visitor::new(&province);
    let review = reviewed(&visitor, "complaint", &NAMED).await;
    for (field, value, step) in
        [("area", "99999", "place"), ("against.agency", "no-such-agency", "against"), ("field", "x", "place")]
    {
        let refused = fill(&visitor, &review, &[(field, value), ("go", "send")]).await;
        assert_eq!((refused.status, refused.input("step").as_str()), (StatusCode::UNPROCESSABLE_ENTITY, step));
        refused.says(&format!("id=\"{field}-error\"")).says(&format!("href=\"#{field}\""));
        assert_eq!(refused.input("petitioner.address"), NAMED[2].1);
        let mended = go_on(&visitor, &refused, &[AGAINST[0], (field, ""), AGAINST[2], AGAINST[3]], "review").await;
        mended.says("Dòng một");
    }
    assert_eq!(province.heads().await.len(), 0);
}

#[tokio::test]
async fn hostile_text_is_text() {
    let province = Province::open().await;
    let visitor = Visitor::new(&province);
    let review = reviewed(&visitor, "complaint", &NAMED).await;
    for raw in ["<b>ba</b>", "<script>alert", "<i>quyết", "Văn <C>", "\"Bình\""] {
        review.does_not_say(raw);
    }
    review.says("Dòng &#60;b&#62;ba&#60;/b&#62;").says("&#60;script&#62;alert(1)");
    let hidden = review.hidden();
    let carried = |name: &str| hidden.iter().find(|(known, _)| known == name).map(|(_, value)| value.as_str());
    assert_eq!(carried("text"), Some("Dòng một & \"hai\"\nDòng <b>ba</b>"));
    assert_eq!(carried("petitioner.address"), Some("Thôn 3 <script>alert(1)</script>"));
    let odd =
        fill(&visitor, &review, &[("go", "person"), ("petitioner.name", "\"><img src=x onerror=alert(1)>")]).await;
    odd.does_not_say("<img src=x");
    // Fields that no form of ours has are not carried on.
    let foreign = fill(&visitor, &review, &[("go", "kind"), ("\"><script>", "x"), ("evil", "y")]).await;
    foreign.does_not_say("evil").does_not_say("\"><script>");
}

#[tokio::test]
async fn a_double_click_and_a_form_sent_again_make_one_case() {
    let province = Province::open().await;
    let visitor = Visitor::new(&province);
    let review = reviewed(&visitor, "feedback", &NAMED).await;
    let (one, two) =
        tokio::join!(fill(&visitor, &review, &[("go", "send")]), fill(&visitor, &review, &[("go", "send")]));
    for answer in [one, two] {
        assert!(
            answer.status == StatusCode::SEE_OTHER || answer.status == StatusCode::SERVICE_UNAVAILABLE,
            "{}",
            answer.text
        );
    }
    let first = code(&sent(&visitor, &review).await);
    assert_eq!(code(&sent(&visitor, &review).await), first);
    assert_eq!(province.heads().await.len(), 1);
}

#[tokio::test]
async fn a_petition_changed_after_it_was_sent_is_the_second_only_if_its_author_says_so() {
    let province = Province::open().await;
    let visitor = Visitor::new(&province);
    let review = reviewed(&visitor, "feedback", &NAMED).await;
    let first = code(&sent(&visitor, &review).await);
    let reused = fill(&visitor, &review, &[("text", "Nội dung khác"), ("go", "send")]).await;
    assert_eq!(reused.status, StatusCode::CONFLICT);
    reused.says("Đơn này đã được gửi trước đó").says("Mở biên nhận của đơn đầu");
    assert_eq!(province.heads().await.len(), 1, "nothing was recorded");
    assert_eq!(code(&visitor.get("/gui-don/bien-nhan").await), first, "the first receipt is still there");

    let mut codes = Vec::new();
    for _ in 0..2 {
        let second = fill(&visitor, &reused, &[("go", "second")]).await;
        assert_eq!(second.status, StatusCode::SEE_OTHER, "{}", second.text);
        codes.push(code(&visitor.get("/gui-don/bien-nhan").await));
    }
    assert_eq!(codes[0], codes[1], "a double click on it makes one case as well");
    assert_ne!(codes[0], first);
    assert_eq!(province.heads().await.len(), 2);

    let stranger = Visitor::new(&province);
    let lost = fill(&stranger, &reused, &[("go", "send")]).await;
    assert_eq!(lost.status, StatusCode::CONFLICT);
    lost.says("sửa lại đúng như lúc gửi đầu").does_not_say("/gui-don/bien-nhan");
    let again = fill(&stranger, &lost, &[("go", "again")]).await;
    assert_eq!((again.status, again.input("step").as_str()), (StatusCode::OK, "review"));
}

#[tokio::test]
async fn who_keeps_no_cookies_sees_the_code_at_once() {
    let province = Province::open().await;
    let visitor = Visitor::new(&province);
    let review = reviewed(&visitor, "feedback", &NAMED).await;
    let refusing = Visitor::new(&province);
    let shown = fill(&refusing, &review, &[("go", "send")]).await;
    assert_eq!(shown.status, StatusCode::CREATED, "{}", shown.text);
    shown.says("Trang này không mở lại được").does_not_say("/gui-don/bien-nhan/tep");
    assert_eq!(province.case_of(&code(&shown)), province.heads().await[0].case.id);
    let nothing = Visitor::new(&province).get("/gui-don/bien-nhan").await;
    assert_eq!(nothing.status, StatusCode::UNAUTHORIZED);
    nothing.says("Cần nhập mã biên nhận");
}

#[tokio::test]
async fn who_is_held_up_keeps_the_form_and_a_proof_of_work_lets_it_through() {
    let province = Province::open().await;
    let visitor = Visitor::new(&province);
    for _ in 0..Limit::Unproven.most() {
        let review = reviewed(&visitor, "feedback", &NAMED).await;
        sent(&visitor, &review).await;
    }
    let review = reviewed(&visitor, "feedback", &NAMED).await;
    let held = fill(&visitor, &review, &[("go", "send")]).await;
    assert_eq!((held.status, held.input("step").as_str()), (StatusCode::TOO_MANY_REQUESTS, "review"));
    held.says("Đơn chưa được gửi").says("phút").says("Gửi lại").says("Nguyễn Thị &#34;Bình&#34;");
    assert!(held.headers.contains_key("retry-after"));
    // A proof for another petition is passed over, and what holds without one is said.
    let other = crate::abuse::solved(&province, "7a6e2f5e-4b5e-4f4e-9d5e-0d8f6b1f2a11").await;
    let foreign = fill(&visitor, &held, &[("go", "send"), ("altcha", &other)]).await;
    assert_eq!(foreign.status, StatusCode::TOO_MANY_REQUESTS);
    let solved = crate::abuse::solved(&province, &held.input("key")).await;
    let proven = fill(&visitor, &held, &[("go", "send"), ("altcha", &solved)]).await;
    assert_eq!(proven.status, StatusCode::SEE_OTHER, "{}", proven.text);
    let waited = reviewed(&visitor, "feedback", &NAMED).await;
    province.advance("PT1H").await;
    sent(&visitor, &waited).await;
}
