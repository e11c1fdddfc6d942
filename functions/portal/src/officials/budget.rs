//! What the list costs: calls to the API, and bytes.

use std::sync::{Arc, Mutex};

use axum::body::{Body, Bytes};
use axum::http::{Request, Response, StatusCode, header};
use donthu_service::clock::{Clock, RandomIds};
use donthu_service::visitor::VisitorKey;
use futures::FutureExt;
use futures::future::BoxFuture;
use http_body_util::BodyExt;
use jiff::{SignedDuration, Timestamp};
use lambda_http::request::RequestContext;
use serde_json::json;
use tower::ServiceExt;

use crate::api::{Unreachable, Upstream};
use crate::session::{Kept, Sealer, SignedIn};
use crate::{OpenId, Portal};

struct Still;

impl Clock for Still {
    fn now(&self) -> Timestamp {
        "2026-10-05T02:00:00Z".parse().unwrap()
    }
}

/// An API with 200 open cases, which remembers what it was asked.
#[derive(Clone, Default)]
struct Busy(Arc<Mutex<Vec<String>>>);

impl Upstream for Busy {
    fn send(&self, request: Request<Bytes>) -> BoxFuture<'static, Result<Response<Bytes>, Unreachable>> {
        let path = request.uri().path().to_owned();
        let body = if path == "/v1/cases" {
            let case = |at: usize| {
                json!({ "case_id": format!("{at:032x}"), "case_number": format!("QN-0000-0000-{at:04}"),
                        "kind": "complaint", "stage": "accepted", "stage_text": "Đã thụ lý, đang giải quyết",
                        "step": 2, "received_on": "2026-09-01", "due_on": "2026-10-02", "overdue": true })
            };
            json!({ "agency": "c21040", "cases": (0..200).map(case).collect::<Vec<_>>(), "next": null })
        } else {
            json!({ "agencies": [{ "id": "c21040", "name_vi": "Ủy ban nhân dân xã Bình Sơn", "name_en": "Bình Sơn" }] })
        };
        self.0.lock().unwrap().push(path);
        async move { Ok(Response::new(Bytes::from(body.to_string()))) }.boxed()
    }
}

async fn list(role: &str, address: &str) -> (Vec<String>, String) {
    let busy = Busy::default();
    let sealer = Sealer::new(b"a secret of the test");
    let signed = SignedIn {
        token: "token".to_owned(),
        agency: "c21040".to_owned(),
        agency_name: Default::default(),
        roles: vec![role.to_owned()],
    };
    let cookie = sealer.keep(&signed, Still.now() + SignedDuration::from_hours(1)).unwrap();
    let portal = Portal {
        upstream: Arc::new(busy.clone()),
        sealer,
        visitor_key: VisitorKey::new(&[7; 32]),
        open_id: OpenId { provider: "/dev".to_owned(), client: "portal".to_owned() },
        clock: Arc::new(Still),
        ids: Arc::new(RandomIds),
        development: false,
    };
    let context: RequestContext = serde_json::from_value(json!({
        "accountId": "1", "apiId": "x", "domainName": "donthu.example", "domainPrefix": "x", "requestId": "x",
        "routeKey": "$default", "stage": "$default", "time": "05/Oct/2026:02:00:00 +0000", "timeEpoch": 0,
        "http": { "method": "GET", "path": "/can-bo", "protocol": "HTTP/1.1", "sourceIp": "192.0.2.1", "userAgent": "x" },
    }))
    .unwrap();
    let request = Request::get(address)
        .header(header::COOKIE, format!("{}={}", SignedIn::NAME, cookie.value()))
        .extension(context)
        .body(Body::empty())
        .unwrap();
    let response = crate::router(Arc::new(portal)).oneshot(request).await.unwrap();
    assert_eq!(response.status(), StatusCode::OK);
    let text = String::from_utf8(response.into_body().collect().await.unwrap().to_bytes().to_vec()).unwrap();
    let asked = busy.0.lock().unwrap().clone();
    (asked, text)
}

#[tokio::test]
async fn two_hundred_open_cases_are_one_page_of_at_most_two_calls_to_the_api() {
    let (asked, text) = list("handler", "/can-bo").await;
    assert_eq!(asked, ["/v1/cases"]);
    assert_eq!(text.matches("quá hạn 3 ngày").count(), 200);
    assert!(text.contains("<b>200</b> quá hạn"), "{}", text.len());
    assert!(text.len() < 110_000, "200 rows weigh {} bytes before they are compressed", text.len());
    let (asked, _) = list("head", "/can-bo?due=overdue").await;
    assert!(asked.len() <= 2 && asked.contains(&"/v1/cases".to_owned()), "{asked:?}");
}
