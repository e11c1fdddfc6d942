//! Officials sign in: OpenID Connect, authorization code with PKCE (RFC 7636). A request of one line and an answer of one member are
//! written out here; the libraries for it bring a URL parser with its tables and a second source of randomness.

use std::sync::Arc;

use askama::Template;
use aws_lc_rs::digest::{SHA256, digest};
use aws_lc_rs::rand::{SecureRandom, SystemRandom};
use axum::body::Bytes;
use axum::extract::{Query, State};
use axum::http::{Request, header};
use axum::response::{IntoResponse, Redirect, Response};
use base64::Engine as _;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;
use jiff::Timestamp;
use serde::Deserialize;

use crate::failure::Failure;
use crate::frame::{Frame, html};
use crate::language::local;
use crate::portal::Portal;
use crate::session::{LOGIN_LIFE, SignedIn, SigningIn};
use crate::visitor::{Visitor, with_cookie, without};

/// Where to go on afterwards.
#[derive(Deserialize)]
pub struct Wanted {
    #[serde(default)]
    ve: String,
}

/// What the provider answers.
#[derive(Deserialize)]
pub struct Answered {
    #[serde(default)]
    code: String,
    #[serde(default)]
    state: String,
}

#[derive(Deserialize)]
struct Tokens {
    id_token: String,
}

/// What is read of an ID token. It came from the provider itself over TLS (OpenID Connect Core, 3.1.3.7); the API's gateway verifies
/// it whenever it is used.
#[derive(Deserialize)]
struct Claims {
    exp: i64,
    nonce: Option<String>,
    agency: Option<String>,
    #[serde(rename = "custom:agency")]
    custom_agency: Option<String>,
    roles: Option<Vec<String>>,
    #[serde(rename = "cognito:groups")]
    groups: Option<Vec<String>>,
}

/// `GET /dang-nhap`: leads to the provider.
pub async fn begin(
    State(portal): State<Arc<Portal>>,
    visitor: Visitor,
    Query(wanted): Query<Wanted>,
) -> Result<Response, Failure> {
    let (state, nonce, verifier) = (random()?, random()?, random()?);
    let challenge = URL_SAFE_NO_PAD.encode(digest(&SHA256, verifier.as_bytes()));
    let query = form_urlencoded::Serializer::new(String::new())
        .append_pair("response_type", "code")
        .append_pair("client_id", &portal.open_id.client)
        .append_pair("redirect_uri", &callback(&portal, &visitor))
        .append_pair("scope", "openid")
        .append_pair("state", &state)
        .append_pair("nonce", &nonce)
        .append_pair("code_challenge_method", "S256")
        .append_pair("code_challenge", &challenge)
        .finish();
    let address = format!("{}/oauth2/authorize?{query}", portal.open_id.provider);
    let back = local(&wanted.ve, "/can-bo").to_owned();
    let cookie = portal.sealer.keep(&SigningIn { state, nonce, verifier, back }, visitor.now + LOGIN_LIFE);
    Ok(with_cookie(Redirect::to(&address).into_response(), cookie))
}

/// `GET /dang-nhap/xong`: the provider's answer, out of which the session is made.
pub async fn finish(
    State(portal): State<Arc<Portal>>,
    visitor: Visitor,
    Query(answered): Query<Answered>,
) -> Result<Response, Failure> {
    let begun = visitor.signing_in.as_ref().ok_or(Failure::SignIn("it was not begun here"))?;
    if answered.code.is_empty() || answered.state != begun.state {
        return Err(Failure::SignIn("the answer belongs to another one"));
    }
    let form = form_urlencoded::Serializer::new(String::new())
        .append_pair("grant_type", "authorization_code")
        .append_pair("client_id", &portal.open_id.client)
        .append_pair("code", &answered.code)
        .append_pair("redirect_uri", &callback(&portal, &visitor))
        .append_pair("code_verifier", &begun.verifier)
        .finish();
    let provider = &portal.open_id.provider;
    let address =
        if provider.starts_with('/') { format!("https://{}{provider}", visitor.host) } else { provider.clone() };
    let request = Request::post(format!("{address}/oauth2/token"))
        .header(header::CONTENT_TYPE, "application/x-www-form-urlencoded")
        .body(Bytes::from(form))
        .map_err(Failure::internal)?;
    let response = portal.upstream.send(request).await?;
    if !response.status().is_success() {
        return Err(Failure::SignIn("the provider gave no token"));
    }
    let tokens: Tokens = serde_json::from_slice(response.body()).map_err(Failure::garbled)?;
    let claims = claims(&tokens.id_token).ok_or(Failure::SignIn("the token cannot be read"))?;
    if claims.nonce.as_deref() != Some(&begun.nonce) {
        return Err(Failure::SignIn("the token belongs to another one"));
    }
    let until = Timestamp::from_second(claims.exp).map_err(Failure::internal)?;
    let agency = claims.agency.or(claims.custom_agency).unwrap_or_default();
    let signed = SignedIn {
        token: tokens.id_token,
        agency_name: name_of(&visitor, &agency).await,
        agency,
        roles: claims.roles.or(claims.groups).unwrap_or_default(),
    };
    let cookie = portal.sealer.keep(&signed, until);
    let response = with_cookie(Redirect::to(&begun.back).into_response(), cookie);
    Ok(without::<SigningIn>(response))
}

#[derive(Template)]
#[template(path = "signed-out.html")]
struct SignedOut {
    frame: Frame,
    provider: String,
}

/// `POST /dang-xuat`: ends the session here, and leads to its end at the provider. By a link: a form's answer may not lead to another
/// host under the pages' policy.
pub async fn end(State(portal): State<Arc<Portal>>, visitor: Visitor) -> Response {
    let query = form_urlencoded::Serializer::new(String::new())
        .append_pair("client_id", &portal.open_id.client)
        .append_pair("logout_uri", &format!("{}/", origin(&portal, &visitor)))
        .finish();
    let provider = format!("{}/logout?{query}", portal.open_id.provider);
    let mut frame = visitor.frame(visitor.words().t("Đã đăng xuất", "Signed out"));
    frame.official = None;
    without::<SignedIn>(html(&SignedOut { frame, provider }))
}

#[derive(Deserialize)]
struct Agencies {
    agencies: Vec<Agency>,
}

#[derive(Deserialize)]
struct Agency {
    id: String,
    name_vi: String,
    name_en: String,
}

/// The agency's name, so that pages need not ask for it. A name is no reason to let nobody in.
async fn name_of(visitor: &Visitor, id: &str) -> [String; 2] {
    let known = visitor.api.get("/v1/reference/agencies").answer::<Agencies>().await;
    let known = known.inspect_err(|error| tracing::warn!(%error, "the agencies' names could not be read")).ok();
    let found = known.and_then(|known| known.agencies.into_iter().find(|agency| agency.id == id));
    found.map_or_else(|| [id.to_owned(), id.to_owned()], |agency| [agency.name_vi, agency.name_en])
}

fn callback(portal: &Portal, visitor: &Visitor) -> String {
    format!("{}/dang-nhap/xong", origin(portal, visitor))
}

fn origin(portal: &Portal, visitor: &Visitor) -> String {
    let scheme = if portal.development { "http" } else { "https" };
    format!("{scheme}://{}", visitor.host)
}

fn random() -> Result<String, Failure> {
    let mut bytes = [0u8; 32];
    SystemRandom::new().fill(&mut bytes).map_err(|_| Failure::internal("the system gives no random bytes"))?;
    Ok(URL_SAFE_NO_PAD.encode(bytes))
}

fn claims(token: &str) -> Option<Claims> {
    let payload = token.split('.').nth(1)?;
    serde_json::from_slice(&URL_SAFE_NO_PAD.decode(payload).ok()?).ok()
}
