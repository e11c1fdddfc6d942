//! The citizen's whole way: a petition is written, its receipt kept, and followed to the end.

use donthu_tests::Province;
use fantoccini::key::Key;

use crate::browser::{Browser, DESK, PHONE, Window, listen, listen_to_scriptless};

const STORY: &str = "Quyết định thu hồi đất tính thiếu 45 m² <b>của</b> gia đình tôi.";

/// Fills in the steps of a complaint until its review; pages are checked on the way.
async fn written(browser: &Browser) {
    browser.go("/").await;
    browser.press("Gửi đơn").await;
    browser.check("submit-1-kind").await;
    browser.press("Tiếp tục").await;
    browser.says("Xin chọn một trong ba loại.").await;
    browser.check("submit-1-wrong").await;
    browser.click("input[name='kind'][value='complaint']").await;
    browser.press("Tiếp tục").await;
    browser.says("Bước 2/6").await;
    browser.check("submit-2-against").await;
    browser.click("input[name='matter'][value='administrative']").await;
    browser.click("[name='against.position'][value='agency'], option[value='agency']").await;
    browser.choose("select[name='against.agency']", "c21040").await;
    browser.fill("[name='against.decision']", "Quyết định 15/QĐ-UBND ngày 01/10/2026").await;
    browser.press("Tiếp tục").await;
    browser.says("Bước 3/6").await;
    browser.check("submit-3-place").await;
    browser.choose("select[name='area']", "21040").await;
    browser.press("Tiếp tục").await;
    browser.says("Bước 4/6").await;
    browser.fill("textarea[name='text']", STORY).await;
    browser.fill("[name='request']", "Đo lại và bồi thường phần còn thiếu.").await;
    browser.check("submit-4-story").await;
    browser.press("Tiếp tục").await;
    browser.says("Bước 5/6").await;
    browser.check("submit-5-person").await;
    browser.click("input[name='who'][value='named']").await;
    browser.fill("[name='petitioner.name']", "Nguyễn Thị Thử").await;
    browser.fill("[name='petitioner.address']", "Thôn 3, xã Bình Sơn").await;
    browser.press("Tiếp tục").await;
    browser.says("Bước 6/6").await;
    browser.says(STORY).await;
    browser.check("submit-6-review").await;
}

async fn way(province: &Province, base: &str, window: Window) {
    let browser = Browser::open(base, window).await;
    written(&browser).await;
    browser.click("button[value='send']").await;
    browser.find("svg.qr").await;
    assert_eq!(browser.path().await, "/gui-don/bien-nhan");
    assert!(browser.has("svg.qr").await);
    browser.check("submit-7-receipt").await;
    let code = browser.find(".code").await.text().await.unwrap();
    assert_eq!(province.heads().await.len(), 1);
    province.drain().await;

    browser.go("/tra-cuu/don").await;
    browser.says("Ủy ban nhân dân xã Bình Sơn").await;
    browser.check("follow-petition").await;
    browser.press("Xóa dấu vết").await;
    browser.check("follow-cleared").await;
    browser.go("/tra-cuu/don").await;
    browser.check("follow-no-code").await;
    browser.go("/tra-cuu").await;
    browser.check("follow-enter").await;
    browser.fill("input[name='code'], input[type='text']", &code.to_lowercase()).await;
    browser.key(Key::Enter).await;
    browser.says("Ủy ban nhân dân xã Bình Sơn").await;
    assert_eq!(browser.path().await, "/tra-cuu/don", "the code stands in no address");
    browser.close().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn a_citizen_writes_keeps_the_receipt_and_follows_on_a_small_phone() {
    let province = Province::open().await;
    way(&province, &listen(&province).await, Window { size: PHONE, ..Window::USUAL }).await;
}

#[tokio::test(flavor = "multi_thread")]
async fn a_citizen_writes_keeps_the_receipt_and_follows_without_scripts_at_a_desk() {
    let province = Province::open().await;
    way(&province, &listen_to_scriptless(&province).await, Window { size: DESK, ..Window::USUAL }).await;
}

#[tokio::test(flavor = "multi_thread")]
async fn a_double_click_makes_one_case() {
    let province = Province::open().await;
    let base = listen(&province).await;
    let browser = Browser::open(&base, Window::USUAL).await;
    written(&browser).await;
    browser
        .run("const send = document.querySelector(\"button[value='send']\"); send.click(); send.click();")
        .await
        .unwrap();
    browser.find("svg.qr").await;
    assert_eq!(province.heads().await.len(), 1);
    browser.close().await;
}
