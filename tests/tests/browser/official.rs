//! Officials at work: the queue, a case, a step, two at once.

use donthu_tests::Province;
use serde_json::json;

use crate::browser::{Browser, DESK, PHONE, Window, listen};

const COMMUNE: &str = "c21040";

async fn complaint(province: &Province) -> String {
    let head = province.bearer("head", COMMUNE).await;
    let petition = json!({ "kind": "complaint", "text": "Quyết định thu hồi đất <script>alert(1)</script> tính sai.", "area": "21040",
        "petitioner": { "name": "Nguyễn Thị Kín" }, "against": { "agency": COMMUNE, "position": "agency" } });
    let paper = json!({ "petition": petition, "channel": "counter" });
    province.send("POST", "/v1/cases", &[("authorization", &head)], Some(paper)).await.text("/case_id")
}

async fn signed_in(base: &str, size: (u32, u32), role: &str, agency: &str) -> Browser {
    let browser = Browser::open(base, Window { size, ..Window::USUAL }).await;
    browser.go("/dang-nhap").await;
    browser.choose("select[name='agency']", agency).await;
    browser.click(&format!("input[name='role'][value='{role}']")).await;
    browser.click("fieldset button").await;
    browser.find("table, .note").await;
    browser
}

#[tokio::test(flavor = "multi_thread")]
async fn an_official_accepts_a_case_and_a_colleague_who_comes_late_is_told_what_happened() {
    let province = Province::open().await;
    let base = listen(&province).await;
    let id = complaint(&province).await;
    let one = signed_in(&base, DESK, "handler", COMMUNE).await;
    let other = signed_in(&base, PHONE, "head", COMMUNE).await;
    for browser in [&one, &other] {
        browser.check("officials-queue").await;
        browser.click("table.queue a").await;
        browser.says("alert(1)").await;
        browser.check("officials-case").await;
        browser.go(&format!("/can-bo/vu-viec/{id}/buoc/acceptance")).await;
        browser.check("officials-step").await;
        browser.fill("[name='document.number']", "15/TB-UBND").await;
        browser.set("[name='document.date']", "2026-10-05").await;
        browser.set("[name='document.signer'][value='head'], select[name='document.signer']", "head").await;
        browser.set("[name='document.recipients'][value='petitioner']", "petitioner").await;
    }
    one.press("Ghi nhận").await;
    one.says("Đã ghi nhận").await;
    one.check("officials-done").await;
    other.press("Ghi nhận").await;
    other.says("Ủy ban nhân dân xã Bình Sơn (thụ lý)").await;
    other.says("15/TB-UBND").await;
    other.check("officials-stale").await;
    one.close().await;
    other.close().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn figures_are_whole_for_everybody_and_for_leaders() {
    let province = Province::open().await;
    let base = listen(&province).await;
    complaint(&province).await;
    province.drain().await;
    for size in [PHONE, DESK] {
        let browser = Browser::open(&base, Window { size, ..Window::USUAL }).await;
        browser.go("/so-lieu").await;
        browser.says("Kết quả giải quyết đơn").await;
        browser.check("figures-public").await;
        browser.close().await;
        let browser = signed_in(&base, size, "head", "chair").await;
        browser.go("/lanh-dao").await;
        browser.says("Tỷ lệ giải quyết").await;
        browser.check("figures-leaders").await;
        browser.close().await;
    }
}
