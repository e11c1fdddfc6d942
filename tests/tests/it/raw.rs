//! What several of these tests need beside the API: requests byte by byte, and everything that the tables hold.

use std::collections::BTreeMap;
use std::io::Write;
use std::sync::{Arc, Mutex};

use axum::body::{Body, Bytes, HttpBody};
use axum::http::{HeaderMap, Request, StatusCode, header};
use axum::{BoxError, Router};
use donthu_local::gateway::SentFrom;
use donthu_tests::Province;
use donthu_tests::contract::Answered;
use http_body_util::BodyExt;
use serde_json::Value;
use tower::ServiceExt;

/// Takes what is logged into memory.
#[derive(Clone, Default)]
pub struct Pipe(pub Arc<Mutex<Vec<u8>>>);

impl Write for Pipe {
    fn write(&mut self, bytes: &[u8]) -> std::io::Result<usize> {
        self.0.lock().unwrap().extend_from_slice(bytes);
        Ok(bytes.len())
    }

    fn flush(&mut self) -> std::io::Result<()> {
        Ok(())
    }
}

/// An answer byte by byte.
pub struct RawAnswer {
    /// The status.
    pub status: StatusCode,
    /// The headers.
    pub headers: HeaderMap,
    /// The body.
    pub bytes: Vec<u8>,
}

impl RawAnswer {
    /// The body as JSON; null where it is none.
    pub fn json(&self) -> Value {
        serde_json::from_slice(&self.bytes).unwrap_or(Value::Null)
    }

    /// Everything that the caller gets, as one text.
    pub fn whole(&self) -> String {
        format!("{} {:?} {}", self.status, self.headers, String::from_utf8_lossy(&self.bytes))
    }
}

/// Hands a request to a router.
pub async fn ask<B>(router: Router, request: Request<B>) -> RawAnswer
where
    B: HttpBody<Data = Bytes> + Send + 'static,
    B::Error: Into<BoxError>,
{
    let response = router.oneshot(request.map(Body::new)).await.unwrap();
    let (status, headers) = (response.status(), response.headers().clone());
    let bytes = response.into_body().collect().await.unwrap().to_bytes().to_vec();
    RawAnswer { status, headers, bytes }
}

/// Sends a body as it is through the gateway, with these headers and no others.
pub async fn send(
    province: &Province,
    method: &str,
    path: &str,
    headers: &[(&str, &str)],
    body: impl Into<Body>,
) -> RawAnswer {
    let mut request = Request::builder().method(method).uri(path).header(header::HOST, "127.0.0.1");
    request = request.extension(SentFrom(province.address()));
    for (name, value) in headers {
        request = request.header(*name, *value);
    }
    let answer = ask(province.machine.router(), request.body(body.into()).unwrap()).await;
    let RawAnswer { status, headers, bytes } = &answer;
    province.hold(&Answered { method, path, sent: None, status: *status, headers, bytes });
    answer
}

/// A client of the tables beside the functions' own.
pub fn tables(province: &Province) -> aws_sdk_dynamodb::Client {
    aws_sdk_dynamodb::Client::new(&province.machine.engine().sdk_config())
}

/// Every item of the tables as it stands there, by table and key.
pub async fn contents(province: &Province) -> BTreeMap<String, Value> {
    let (client, tables) = (tables(province), province.shared.app.store.tables());
    let mut items = BTreeMap::new();
    for table in [&tables.cases, &tables.journal, &tables.vault, &tables.limits] {
        let mut pages = client.scan().table_name(table).consistent_read(true).into_paginator().send();
        while let Some(page) = pages.next().await {
            for item in page.unwrap().items.unwrap_or_default() {
                let item = serde_json::to_value(serde_dynamo::Item::from(item)).unwrap();
                let key = |name: &str| item[name]["S"].as_str().unwrap().to_owned();
                items.insert(format!("{table} {} {}", key("pk"), key("sk")), item);
            }
        }
    }
    items
}

/// What two contents differ in, by key; that somebody's requests were counted is left out.
pub fn differences(before: &BTreeMap<String, Value>, after: &BTreeMap<String, Value>) -> Vec<String> {
    let keys = before.keys().chain(after.keys());
    let keys = keys.filter(|key| !key.contains(" LIMIT#"));
    let mut different: Vec<_> = keys.filter(|key| before.get(*key) != after.get(*key)).cloned().collect();
    different.sort();
    different.dedup();
    different
}
