//! Statutory documents to print, exactly as the API makes them, under their own policy.

use axum::body::Body;
use axum::extract::{Path, RawQuery};
use axum::http::header;
use axum::response::Response;

use super::path_of;
use crate::failure::Failure;
use crate::posted::Posted;
use crate::visitor::Visitor;

/// `GET /can-bo/vu-viec/{id}/van-ban/{form}`: with `so` the document of that number, with `ban=bi-to-cao` the denounced's copy.
pub async fn serve(
    visitor: Visitor,
    Path((id, form)): Path<(String, String)>,
    RawQuery(query): RawQuery,
) -> Result<Response, Failure> {
    let signed = visitor.official()?;
    let plain = form.bytes().all(|byte| byte.is_ascii_alphanumeric() || byte == b'-');
    if !plain || form.is_empty() {
        return Err(Failure::NoSuchPage);
    }
    let wanted = Posted::parse(query.unwrap_or_default().as_bytes());
    let mut call = visitor.api.get(path_of(&id, &format!("/documents/{form}"))?).token(&signed.token);
    if let Some(number) = wanted.given("so") {
        call = call.query("number", number);
    }
    if wanted.has("ban", "bi-to-cao") {
        call = call.query("for", "denounced");
    }
    let answer = call.response().await?;
    let mut response = Response::builder();
    for name in [header::CONTENT_TYPE, header::CONTENT_SECURITY_POLICY] {
        // Without its policy a document is not passed on: no other would let its own style through.
        let value =
            answer.headers().get(&name).ok_or_else(|| Failure::internal("a document without its policy or type"))?;
        response = response.header(name, value);
    }
    response.body(Body::from(answer.into_body())).map_err(Failure::internal)
}
