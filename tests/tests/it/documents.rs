//! Statutory documents over the real API: what is on file is printed, for those who handle the case and nobody else.

use axum::http::{StatusCode, header};
use donthu_tests::Province;
use serde_json::{Value, json};

use crate::raw::{self, RawAnswer};

async fn page(province: &Province, bearer: &str, path: &str) -> RawAnswer {
    raw::send(province, "GET", path, &[("authorization", bearer)], String::new()).await
}

/// A petition handed in at the board and accepted by whoever is competent; its case.
async fn accepted(province: &Province, kind: &str, agency: &str, document: Value) -> String {
    let clerk = province.bearer("reception", "reception-board").await;
    let petition = json!({ "kind": kind, "text": "x", "area": "21040",
                           "petitioner": { "name": "Nguyễn Thị Kín", "id_number": "051201000123" },
                           "against": { "agency": "c21040", "position": "staff" } });
    let paper = json!({ "petition": petition, "channel": "counter", "received_on": "2026-10-05" });
    let registered = province.send("POST", "/v1/cases", &[("authorization", &clerk)], Some(paper)).await;
    assert_eq!(registered.status, StatusCode::CREATED, "{}", registered.body);
    let id = registered.text("/case_id");
    let head = province.bearer("head", agency).await;
    let accepted = province.step(&head, &id, 1, "acceptance", json!({ "document": document })).await;
    assert_eq!(accepted.status, StatusCode::OK, "{}", accepted.body);
    id
}

#[tokio::test]
async fn a_complaints_acceptance_is_printed_with_its_number_and_due_day() {
    let province = Province::open().await;
    let document = json!({ "number": "15/TB-UBND", "date": "2026-10-05", "signer": "deputy",
                           "recipients": ["petitioner", "complained_about", "inspectorate"] });
    let id = accepted(&province, "complaint", "c21040", document).await;
    let path = format!("/v1/cases/{id}/documents/03");
    let head = province.bearer("head", "c21040").await;
    let answer = page(&province, &head, &path).await;
    assert_eq!(answer.status, StatusCode::OK, "{}", answer.whole());
    for (name, said) in [
        (header::CONTENT_TYPE, "text/html; charset=utf-8"),
        (header::CACHE_CONTROL, "no-store"),
        (header::X_CONTENT_TYPE_OPTIONS, "nosniff"),
    ] {
        assert_eq!(answer.headers[&name], said);
    }
    let policy = answer.headers[header::CONTENT_SECURITY_POLICY].to_str().unwrap();
    assert!(policy.starts_with("default-src 'none'; style-src 'unsafe-inline'"), "{policy}");
    let html = String::from_utf8(answer.bytes).unwrap();
    for said in [
        "Số: 15/TB-UBND",
        "Mẫu số 03",
        "đến hết ngày 04 tháng 11 năm 2026",
        "XÃ BÌNH SƠN",
        "Bình Sơn, ngày 05 tháng 10 năm 2026",
        "KT. CHỦ TỊCH",
        "Người bị khiếu nại",
        "Thanh tra tỉnh Quảng Ngãi",
    ] {
        assert!(html.contains(said), "{said}: {html}");
    }
    for secret in ["Nguyễn Thị Kín", "051201000123"] {
        assert!(!html.contains(secret), "no identity leaves the vault");
    }

    let numbered = page(&province, &head, &format!("{path}?number=15%2FTB-UBND")).await;
    assert_eq!(numbered.status, StatusCode::OK);
    let denied = |path: String, bearer: String, status: StatusCode, code: &'static str| {
        let province = &province;
        async move {
            let answer = page(province, &bearer, &path).await;
            assert_eq!(answer.status, status, "{path}: {}", answer.whole());
            assert_eq!(answer.json()["type"], format!("urn:donthu:problem:{code}"), "{path}");
        }
    };
    let stranger = province.bearer("head", "c21025").await;
    denied(path.clone(), stranger, StatusCode::NOT_FOUND, "not_found").await;
    let inspector = province.bearer("inspector", "chair").await;
    denied(path.clone(), inspector, StatusCode::FORBIDDEN, "forbidden").await;
    for absent in [
        format!("/v1/cases/{id}/documents/04"),
        format!("/v1/cases/{id}/documents/99"),
        format!("{path}?number=16%2FTB-UBND"),
        format!("{path}?for=denounced"),
    ] {
        denied(absent, head.clone(), StatusCode::NOT_FOUND, "not_found").await;
    }
    for wrong in [format!("{path}?for=everybody"), format!("{path}?form=03")] {
        denied(wrong, head.clone(), StatusCode::UNPROCESSABLE_ENTITY, "invalid_field").await;
    }
}

#[tokio::test]
async fn a_denunciation_has_a_copy_that_does_not_lead_to_the_denouncer() {
    let province = Province::open().await;
    let document = json!({ "number": "16/QĐ-UBND", "date": "2026-10-05", "recipients": ["petitioner", "denounced"] });
    let id = accepted(&province, "denunciation", "c21040", document).await;
    let head = province.bearer("head", "c21040").await;
    let path = format!("/v1/cases/{id}/documents/denunciation-acceptance");
    let read = |path: String| {
        let (province, head) = (&province, &head);
        async move {
            let answer = page(province, head, &path).await;
            assert_eq!(answer.status, StatusCode::OK, "{path}: {}", answer.whole());
            String::from_utf8(answer.bytes).unwrap()
        }
    };
    let theirs = read(path.clone()).await;
    let denounced = read(format!("{path}?for=denounced")).await;
    for html in [&theirs, &denounced] {
        assert!(html.contains("Số: 16/QĐ-UBND") && html.contains("đến hết ngày 04 tháng 11 năm 2026"), "{html}");
    }
    assert!(theirs.to_lowercase().contains("người tố cáo"));
    assert!(!denounced.to_lowercase().contains("người tố cáo"), "{denounced}");
    let superior = province.bearer("head", "chair").await;
    assert_eq!(page(&province, &superior, &path).await.status, StatusCode::NOT_FOUND, "sealed from everybody else");
}
