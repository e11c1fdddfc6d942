//! The OpenID provider of one machine: it signs in whoever asks, as any official of the sample, by the same exchange as Cognito
//! (authorization code with PKCE).

use std::collections::HashMap;
use std::sync::{Mutex, PoisonError};

use askama::Template;
use aws_lc_rs::digest::{SHA256, digest};
use axum::body::Bytes;
use axum::extract::{Query, State};
use axum::http::{HeaderValue, Request, StatusCode, header};
use axum::response::{Html, IntoResponse, Redirect, Response};
use base64::Engine;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;
use donthu_domain::Role;
use donthu_portal::api::Upstream;
use donthu_service::clock::{IdSource, RandomIds};
use serde::{Deserialize, Serialize};
use serde_json::json;

use super::{Dev, refuse};
use crate::issuer::{AUDIENCE, Holder};

/// Sign-ins that were begun and not finished; the oldest are forgotten.
const MOST_PENDING: usize = 1_000;

/// What a client asks for (RFC 6749 and RFC 7636).
#[derive(Debug, Clone, Serialize, Deserialize)]
pub struct Asked {
    client_id: String,
    redirect_uri: String,
    state: String,
    nonce: String,
    code_challenge: String,
    code_challenge_method: String,
    response_type: String,
}

struct Pending {
    asked: Asked,
    holder: Holder,
}

/// Codes that were given out and not yet brought back.
#[derive(Default)]
pub struct Codes(Mutex<HashMap<String, Pending>>);

/// An official whom the page offers.
struct Offered {
    name: &'static str,
    does: &'static str,
    role: &'static str,
    agency: &'static str,
}

/// One for each part of the work, as the province of the sample has them.
const OFFERED: [Offered; 8] = [
    Offered {
        name: "Cán bộ tiếp nhận", does: "Ban Tiếp công dân tỉnh", role: "reception", agency: "reception-board"
    },
    Offered { name: "Thủ trưởng", does: "Chủ tịch UBND tỉnh", role: "head", agency: "chair" },
    Offered { name: "Cán bộ thụ lý", does: "Sở Xây dựng", role: "handler", agency: "so-xay-dung" },
    Offered { name: "Thủ trưởng", does: "Sở Xây dựng", role: "head", agency: "so-xay-dung" },
    Offered { name: "Thanh tra viên", does: "Thanh tra tỉnh", role: "inspector", agency: "inspectorate" },
    Offered {
        name: "Người giữ danh tính", does: "Thanh tra tỉnh", role: "identity_custodian", agency: "inspectorate"
    },
    Offered { name: "Cán bộ thống kê", does: "Thanh tra tỉnh", role: "statistician", agency: "inspectorate" },
    Offered {
        name: "Quản trị dữ liệu tham chiếu", does: "Sở Nội vụ", role: "admin", agency: "so-noi-vu"
    },
];

#[derive(Template)]
#[template(path = "sign-in.html")]
struct SignInPage {
    asked: Vec<(&'static str, String)>,
    offered: &'static [Offered],
    agencies: Vec<Agency>,
    roles: [&'static str; 7],
}

#[derive(Deserialize)]
struct Agencies {
    agencies: Vec<Agency>,
}

#[derive(Deserialize)]
struct Agency {
    id: String,
    name_vi: String,
}

/// `GET /dev/oauth2/authorize`: whom to sign in as.
pub async fn ask(
    State(dev): State<Dev>,
    asked: Result<Query<Asked>, axum::extract::rejection::QueryRejection>,
) -> Response {
    let asked = match asked {
        Ok(Query(asked)) => asked,
        Err(error) => return refuse(StatusCode::BAD_REQUEST, error.body_text()),
    };
    if let Err(refused) = check(&asked) {
        return *refused;
    }
    let page = SignInPage {
        asked: vec![
            ("client_id", asked.client_id),
            ("redirect_uri", asked.redirect_uri),
            ("state", asked.state),
            ("nonce", asked.nonce),
            ("code_challenge", asked.code_challenge),
            ("code_challenge_method", asked.code_challenge_method),
            ("response_type", asked.response_type),
        ],
        offered: &OFFERED,
        agencies: agencies(&dev).await,
        roles: Role::ALL.map(Role::code),
    };
    match page.render() {
        Ok(text) => ([(header::CACHE_CONTROL, HeaderValue::from_static("no-store"))], Html(text)).into_response(),
        Err(error) => refuse(StatusCode::INTERNAL_SERVER_ERROR, error.to_string()),
    }
}

async fn agencies(dev: &Dev) -> Vec<Agency> {
    let Ok(request) = Request::get("http://127.0.0.1/v1/reference/agencies").body(Bytes::new()) else {
        return Vec::new();
    };
    // Without them the page still offers the officials of the sample.
    let answered = dev.api.send(request).await.ok();
    answered
        .and_then(|answer| serde_json::from_slice::<Agencies>(answer.body()).ok())
        .map_or_else(Vec::new, |it| it.agencies)
}

/// A code goes to nobody but a page of this machine.
fn check(asked: &Asked) -> Result<(), Box<Response>> {
    let refused = |reason: &str| Err(Box::new(refuse(StatusCode::BAD_REQUEST, reason)));
    if asked.response_type != "code" || asked.code_challenge_method != "S256" || asked.client_id != AUDIENCE {
        return refused("only the flow `code` with the method S256 is offered, to the client donthu-local");
    }
    let host = asked.redirect_uri.strip_prefix("http://").and_then(|rest| rest.split('/').next());
    match host.map(|host| host.rsplit_once(':').map_or(host, |(name, _)| name)) {
        Some("127.0.0.1" | "localhost") => Ok(()),
        _ => refused("redirect_uri is not of this machine"),
    }
}

/// `POST /dev/oauth2/authorize`: the choice, with all that was asked.
pub async fn choose(State(dev): State<Dev>, body: Bytes) -> Response {
    let field = |name: &str| {
        let found = form_urlencoded::parse(&body).find(|(known, _)| known == name);
        found.map(|(_, value)| value.into_owned()).unwrap_or_default()
    };
    let asked = Asked {
        client_id: field("client_id"),
        redirect_uri: field("redirect_uri"),
        state: field("state"),
        nonce: field("nonce"),
        code_challenge: field("code_challenge"),
        code_challenge_method: field("code_challenge_method"),
        response_type: field("response_type"),
    };
    if let Err(refused) = check(&asked) {
        return *refused;
    }
    let (mut roles, mut agency) = match field("official").split_once('@') {
        Some((role, agency)) => (vec![role.to_owned()], agency.to_owned()),
        None => (Vec::new(), field("agency")),
    };
    if roles.is_empty() {
        roles = form_urlencoded::parse(&body)
            .filter(|(name, _)| name == "role")
            .map(|(_, role)| role.into_owned())
            .collect();
    }
    agency = agency.trim().to_owned();
    roles.retain(|role| Role::from_code(role).is_some());
    if roles.is_empty() || agency.is_empty() || dev.agency_exists.as_ref().is_some_and(|exists| !exists(&agency)) {
        return refuse(StatusCode::BAD_REQUEST, "choose an agency and at least one role");
    }
    let holder = Holder { subject: format!("{}@{agency}", roles.join("+")), roles, agency };
    let code = RandomIds.uuid().to_string();
    let query = form_urlencoded::Serializer::new(String::new())
        .append_pair("code", &code)
        .append_pair("state", &asked.state)
        .finish();
    let address = format!("{}?{query}", asked.redirect_uri);
    let mut codes = dev.codes.0.lock().unwrap_or_else(PoisonError::into_inner);
    if codes.len() >= MOST_PENDING {
        codes.clear();
    }
    codes.insert(code, Pending { asked, holder });
    Redirect::to(&address).into_response()
}

/// `POST /dev/oauth2/token`: an ID token for a code, once.
pub async fn token(State(dev): State<Dev>, body: Bytes) -> Response {
    let fields: HashMap<_, _> = form_urlencoded::parse(&body).into_owned().collect();
    let field = |name: &str| fields.get(name).map_or("", String::as_str);
    let pending = dev.codes.0.lock().unwrap_or_else(PoisonError::into_inner).remove(field("code"));
    let proven = URL_SAFE_NO_PAD.encode(digest(&SHA256, field("code_verifier").as_bytes()));
    match pending {
        Some(Pending { asked, holder })
            if asked.code_challenge == proven
                && asked.redirect_uri == field("redirect_uri")
                && asked.client_id == field("client_id") =>
        {
            match dev.issuer.token_with_nonce(&holder, &asked.nonce) {
                Ok(token) => axum::Json(json!({ "id_token": token, "token_type": "Bearer" })).into_response(),
                Err(error) => refuse(StatusCode::INTERNAL_SERVER_ERROR, error.to_string()),
            }
        }
        _ => (StatusCode::BAD_REQUEST, axum::Json(json!({ "error": "invalid_grant" }))).into_response(),
    }
}

/// `GET /dev/logout`: there is no session here to end.
pub async fn logout() -> Response {
    Redirect::to("/").into_response()
}
