use axum::body::Body;
use axum::http::Request as HttpRequest;
use axum::routing::any;
use http_body_util::BodyExt;
use lambda_http::RequestExt;
use lambda_http::request::RequestContext;

use super::*;
use crate::issuer::Holder;

struct Api {
    _place: tempfile::TempDir,
    issuer: Arc<Issuer>,
    router: Router,
}

/// A function that answers with what reached it.
async fn echo(request: axum::extract::Request) -> Response {
    let context = request.extensions().get::<RequestContext>().cloned().unwrap();
    let RequestContext::ApiGatewayV2(context) = context else { panic!("an HTTP API event is expected") };
    let path_parameters = request.path_parameters();
    let query = request.query_string_parameters();
    let headers: BTreeMap<String, String> =
        request.headers().iter().map(|(name, value)| (name.to_string(), value.to_str().unwrap().to_owned())).collect();
    let seen = json!({
        "route": context.route_key,
        "stage": context.stage,
        "time": context.time,
        "epoch": context.time_epoch,
        "source": context.http.source_ip,
        "path": request.uri().path(),
        "id": path_parameters.first("id"),
        "query": query.all("q").unwrap_or_default(),
        "headers": headers,
        "claims": context.authorizer.and_then(|authorizer| authorizer.jwt).map(|jwt| jwt.claims),
        "body": request.into_body().collect().await.unwrap().to_bytes().to_vec(),
    });
    axum::Json(seen).into_response()
}

fn api() -> Api {
    let place = tempfile::tempdir().unwrap();
    let clock = Arc::new(MovableClock::standing_at("2026-03-01T01:02:03Z".parse().unwrap()));
    let issuer = Arc::new(Issuer::open(place.path(), clock.clone()).unwrap());
    let route = |method: &str, path: &str, function: &str, public: bool| Route {
        method: method.into(),
        path: path.into(),
        function: function.into(),
        public,
    };
    let routes = [
        route("POST", "/v1/petitions", "Echo", true),
        route("GET", "/v1/cases/{id}/journal", "Echo", false),
        route("POST", "/v1/cases/{id}/journal", "Echo", true),
        route("GET", "/panic", "Panic", true),
    ];
    let functions = BTreeMap::from([
        ("Echo".to_owned(), Router::new().fallback(any(echo))),
        (
            "Panic".to_owned(),
            Router::new().fallback(any(|| async {
                if true {
                    panic!("boom")
                }
            })),
        ),
    ]);
    let router = router(&routes, None, &functions, issuer.clone(), clock).unwrap();
    Api { _place: place, issuer, router }
}

impl Api {
    async fn call(&self, request: HttpRequest<Body>) -> (StatusCode, Value) {
        let response = self.router.clone().oneshot(request).await.unwrap();
        let status = response.status();
        let body = response.into_body().collect().await.unwrap().to_bytes();
        (status, serde_json::from_slice(&body).unwrap())
    }

    async fn get(&self, path: &str, authorization: Option<&str>) -> (StatusCode, Value) {
        let mut request = HttpRequest::get(path);
        if let Some(authorization) = authorization {
            request = request.header("authorization", authorization);
        }
        self.call(request.body(Body::empty()).unwrap()).await
    }
}

#[tokio::test]
async fn a_function_gets_the_event_that_api_gateway_would_send() {
    let request = HttpRequest::post("/v1/petitions?q=m%E1%BB%99t&q=hai")
        .header("host", "127.0.0.1:8080")
        .header("X-Twice", "a")
        .header("x-twice", "b")
        .header("cookie", "one=1; two=2")
        .body(Body::from("Đơn"))
        .unwrap();
    let (status, seen) = api().call(request).await;
    assert_eq!(status, StatusCode::OK);
    assert_eq!(seen["route"], "POST /v1/petitions");
    assert_eq!(seen["stage"], "$default");
    assert_eq!(seen["path"], "/v1/petitions");
    assert_eq!(seen["time"], "01/Mar/2026:01:02:03 +0000");
    assert_eq!(seen["epoch"], 1_772_326_923_000i64);
    assert_eq!(seen["source"], "127.0.0.1");
    assert_eq!(seen["query"], json!(["một", "hai"]));
    assert_eq!(seen["headers"]["x-twice"], "a,b");
    assert_eq!(seen["headers"]["cookie"], "one=1; two=2");
    assert_eq!(seen["body"], json!("Đơn".as_bytes()));
    assert_eq!(seen["claims"], Value::Null);
}

#[tokio::test]
async fn a_body_that_is_not_text_arrives_unchanged() {
    let bytes = [0u8, 159, 146, 150, 255];
    let request = HttpRequest::post("/v1/petitions").body(Body::from(bytes.to_vec())).unwrap();
    assert_eq!(api().call(request).await.1["body"], json!(bytes));
}

#[tokio::test]
async fn a_guarded_route_answers_401_before_the_function_and_hands_claims_over_flat() {
    let api = api();
    let unauthorized = (StatusCode::UNAUTHORIZED, json!({"message": "Unauthorized"}));
    assert_eq!(api.get("/v1/cases/7/journal", None).await, unauthorized);
    assert_eq!(api.get("/v1/cases/7/journal", Some("Bearer x.y.z")).await, unauthorized);

    let roles = vec!["head".to_owned(), "handler".to_owned()];
    let holder = Holder { subject: "u1".into(), roles, agency: "chair".into() };
    let token = format!("Bearer {}", api.issuer.token(&holder).unwrap());
    let (status, seen) = api.get("/v1/cases/C%207/journal", Some(&token)).await;
    assert_eq!(status, StatusCode::OK);
    assert_eq!(seen["id"], "C 7");
    assert_eq!(seen["claims"]["roles"], "[head handler]");
    assert_eq!(seen["claims"]["exp"], "1772355723");
}

#[tokio::test]
async fn a_public_route_of_a_guarded_path_needs_no_token_and_hands_over_no_claims() {
    let request =
        HttpRequest::post("/v1/cases/7/journal").header("authorization", "Receipt ABC").body(Body::empty()).unwrap();
    let (status, seen) = api().call(request).await;
    assert_eq!((status, &seen["claims"]), (StatusCode::OK, &Value::Null));
    assert_eq!(seen["headers"]["authorization"], "Receipt ABC");
}

#[tokio::test]
async fn an_unknown_path_or_method_is_not_found() {
    let not_found = (StatusCode::NOT_FOUND, json!({"message": "Not Found"}));
    for path in ["/", "/v1", "/v1/petitions", "/v1/petitions/", "/v1/cases/7"] {
        assert_eq!(api().get(path, None).await, not_found, "{path}");
    }
}

#[tokio::test]
async fn what_no_route_takes_goes_to_the_default_function_and_no_token_is_asked_for() {
    let place = tempfile::tempdir().unwrap();
    let clock = Arc::new(MovableClock::standing_at("2026-03-01T01:02:03Z".parse().unwrap()));
    let issuer = Arc::new(Issuer::open(place.path(), clock.clone()).unwrap());
    let route = Route { method: "GET".into(), path: "/v1/cases".into(), function: "Echo".into(), public: false };
    let functions = BTreeMap::from([("Echo".to_owned(), Router::new().fallback(any(echo)))]);
    let router = router(&[route], Some("Echo"), &functions, issuer.clone(), clock.clone()).unwrap();
    let api = Api { _place: place, issuer, router };
    for path in ["/", "/gui-don", "/v1/nowhere"] {
        let (status, seen) = api.get(path, None).await;
        assert_eq!((status, &seen["route"], &seen["path"]), (StatusCode::OK, &json!("$default"), &json!(path)));
        assert_eq!(seen["claims"], Value::Null);
    }
    assert_eq!(api.get("/v1/cases", None).await.0, StatusCode::UNAUTHORIZED, "a route stays what it is");
    let (status, seen) = api.call(HttpRequest::post("/v1/cases").body(Body::empty()).unwrap()).await;
    assert_eq!((status, &seen["route"]), (StatusCode::OK, &json!("$default")), "another method is no route");
}

#[tokio::test]
async fn a_body_over_ten_megabytes_is_refused() {
    let api = api();
    let of = |size: usize| HttpRequest::post("/v1/petitions").body(Body::from(vec![b'x'; size])).unwrap();
    let (status, answer) = api.call(of(LARGEST_BODY + 1)).await;
    assert_eq!(status, StatusCode::PAYLOAD_TOO_LARGE);
    assert_eq!(answer, json!({"message": "Request Entity Too Large"}));
}

#[tokio::test]
async fn a_function_that_panics_gives_500_and_the_next_call_works() {
    let api = api();
    let failed = (StatusCode::INTERNAL_SERVER_ERROR, json!({"message": "Internal Server Error"}));
    assert_eq!(api.get("/panic", None).await, failed);
    assert_eq!(api.get("/panic", None).await, failed);
}

#[test]
fn a_route_to_a_missing_function_or_with_a_greedy_path_is_refused() {
    let place = tempfile::tempdir().unwrap();
    let clock = Arc::new(MovableClock::standing_at("2026-03-01T00:00:00Z".parse().unwrap()));
    let issuer = Arc::new(Issuer::open(place.path(), clock.clone()).unwrap());
    let with = |method: &str, path: &str| {
        let route = Route { method: method.into(), path: path.into(), function: "F".into(), public: true };
        super::router(&[route], None, &BTreeMap::new(), issuer.clone(), clock.clone()).unwrap_err().to_string()
    };
    assert!(with("GET", "/a").contains("\"GET /a\" leads to F") || with("GET", "/a").contains("leads to F"));
    assert!(with("GET", "/a/{proxy+}").contains("not supported"));
    assert!(with("ANY", "/a").contains("unknown method"));
}
