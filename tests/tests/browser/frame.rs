//! Home, failures and the sign-in.

use donthu_tests::Province;
use fantoccini::key::Key;

use crate::browser::{Browser, DESK, PHONE, Window, listen, listen_to_scriptless};

#[tokio::test(flavor = "multi_thread")]
async fn the_home_page_is_light_and_whole_on_every_screen_in_both_languages() {
    let province = Province::open().await;
    let base = listen(&province).await;
    for (size, language) in [(PHONE, "vi"), (DESK, "vi"), (PHONE, "en"), (DESK, "en")] {
        let browser = Browser::open(&base, Window { size, language }).await;
        browser.go("/").await;
        browser.says(if language == "vi" { "Loại đơn nào?" } else { "Which kind?" }).await;
        let (weight, requests) = browser.check(&format!("home-{language}")).await;
        assert!(weight < 100_000 && requests <= 5, "{weight} bytes in {requests} requests");
        browser.close().await;
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn without_scripts_the_pages_lead_on_all_the_same() {
    let province = Province::open().await;
    let base = listen_to_scriptless(&province).await;
    let browser = Browser::open(&base, Window::USUAL).await;
    browser.go("/").await;
    browser.press("English").await;
    browser.says("Submit a petition and follow how it is resolved").await;
    browser.press("For officials").await;
    browser.says("Đăng nhập thử nghiệm").await;
    browser.close().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn an_official_signs_in_and_out_by_the_keyboard_alone() {
    let province = Province::open().await;
    let base = listen(&province).await;
    let browser = Browser::open(&base, Window { size: DESK, ..Window::USUAL }).await;
    browser.go("/dang-nhap?ve=%2F").await;
    while !browser.focused().await.contains("Cán bộ tiếp nhận") {
        browser.key(Key::Tab).await;
    }
    browser.key(Key::Enter).await;
    browser.says("Ban Tiếp công dân tỉnh Quảng Ngãi · tiếp nhận").await;
    assert_eq!(browser.path().await, "/");
    browser.key(Key::Tab).await;
    assert_eq!(browser.focused().await, "Đến nội dung chính", "the first stop leads past the navigation");
    while browser.focused().await != "Đăng xuất" {
        browser.key(Key::Tab).await;
    }
    browser.key(Key::Enter).await;
    browser.says("Phiên làm việc trên trang này đã kết thúc").await;
    browser.check("signed-out").await;
    browser.close().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn pages_of_failures_are_whole() {
    let province = Province::open().await;
    let base = listen(&province).await;
    for size in [PHONE, DESK] {
        let browser = Browser::open(&base, Window { size, ..Window::USUAL }).await;
        browser.go("/khong-co").await;
        browser.says("Không có trang này").await;
        browser.check("no-such-page").await;
        browser.go("/dang-nhap/xong?code=x&state=y").await;
        browser.says("Đăng nhập không thành công").await;
        browser.check("sign-in-failed").await;
        browser.close().await;
    }
}
