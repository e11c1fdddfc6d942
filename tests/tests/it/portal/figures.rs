//! Figures for everybody and for leaders.

use axum::http::StatusCode;
use donthu_tests::Province;
use donthu_tests::pages::Visitor;
use serde_json::json;

const COMMUNE: &str = "c21040";

/// A province in which the commune has accepted one complaint.
async fn province() -> Province {
    let province = Province::open().await;
    let head = province.bearer("head", COMMUNE).await;
    let petition = json!({ "kind": "complaint", "text": "Đất.", "area": "21040", "petitioner": { "name": "Nguyễn Thị Kín" },
                           "against": { "agency": COMMUNE, "position": "agency" } });
    let paper = json!({ "petition": petition, "channel": "counter" });
    let registered = province.send("POST", "/v1/cases", &[("authorization", &head)], Some(paper)).await;
    let accepted = province.step(&head, &registered.text("/case_id"), 1, "acceptance", json!({})).await;
    assert_eq!(accepted.status, StatusCode::OK, "{}", accepted.body);
    province
}

#[tokio::test]
async fn everybody_sees_the_months_that_are_over_and_is_told_where_a_period_can_not_be() {
    let province = province().await;
    province.advance("P30D").await;
    let visitor = Visitor::new(&province);
    let usual = visitor.get("/so-lieu").await;
    assert_eq!(usual.status, StatusCode::OK, "{}", usual.text);
    usual.says("từ tháng 11/2025 đến tháng 10/2026").says("0 / 1 vụ việc").says("0,00\u{a0}%").says("biểu 01/KQGQ");
    let one = visitor.get("/so-lieu?tu=2026-09&den=2026-09").await;
    one.says("Không có vụ việc nào trong kỳ.");
    for wrong in ["/so-lieu?tu=2026-10&den=2026-01", "/so-lieu?tu=2026-10&den=2026-11", "/so-lieu?tu=x&den="] {
        let refused = visitor.get(wrong).await;
        assert_eq!(refused.status, StatusCode::UNPROCESSABLE_ENTITY, "{wrong}");
        refused.says("role=\"alert\"").says("từ tháng 11/2025 đến tháng 10/2026");
    }
    Visitor::english(&province).get("/so-lieu").await.says("The whole province, from November 2025 to October 2026");
}

#[tokio::test]
async fn leaders_see_their_agency_and_inspectors_the_province_on_one_page() {
    let province = province().await;
    let head = Visitor::official(&province, "head", COMMUNE).await;
    let page = head.get("/lanh-dao").await;
    assert_eq!(page.status, StatusCode::OK, "{}", page.text);
    page.says("Ủy ban nhân dân xã Bình Sơn. Từ 01/01/2026 đến 05/10/2026").says("0 / 1 vụ việc").says("0–30 ngày");
    page.says("/can-bo?agency=c21040").says("aria-sort=\"descending\"").says("xep=qua-han-tang");
    head.get("/lanh-dao?xep=ten").await.says("aria-sort=\"ascending\"");
    let wrong = head.get("/lanh-dao?tu=2026-05-01&den=2026-01-01").await;
    assert_eq!(wrong.status, StatusCode::UNPROCESSABLE_ENTITY);
    wrong.says("ngày đầu phải trước ngày cuối");
    let above = head.get("/lanh-dao?co-quan=chair").await;
    assert_eq!(above.status, StatusCode::FORBIDDEN, "an agency above one's own");

    let inspector = Visitor::official(&province, "inspector", "inspectorate").await;
    inspector
        .get("/lanh-dao")
        .await
        .says("Chủ tịch Ủy ban nhân dân tỉnh Quảng Ngãi. Từ")
        .says("Ủy ban nhân dân xã Bình Sơn");
    let handler = Visitor::official(&province, "handler", COMMUNE).await;
    assert_eq!(handler.get("/lanh-dao").await.status, StatusCode::FORBIDDEN);
    let nobody = Visitor::new(&province).get("/lanh-dao").await;
    assert_eq!(nobody.status, StatusCode::UNAUTHORIZED);
    nobody.says("/dang-nhap?ve=%2Flanh-dao");
}
