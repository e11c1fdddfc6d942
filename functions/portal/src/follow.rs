//! A citizen follows a petition with its receipt code.
//!
//! The code stands in a sealed cookie for half an hour after the last look and nowhere else: in no address, no page and no
//! title. The cases that came out of a petition are told apart in addresses by their place among those that the code opens.

mod correspondence;
mod files;
mod leave;
mod petition;
mod steps;

use std::sync::Arc;

use askama::Template;
use axum::Router;
use axum::http::StatusCode;
use axum::response::{IntoResponse, Redirect, Response};
use axum::routing::{get, post};
use donthu_store::{ReceiptCode, ReceiptCodeError};

use crate::failure::Failure;
use crate::form::Form;
use crate::frame::{Frame, html};
use crate::portal::Portal;
use crate::posted::Posted;
use crate::visitor::{Visitor, with_cookie};
use crate::words::Words;

/// Where a petition is followed.
const CASE: &str = "/tra-cuu/don";

/// The pages.
pub fn routes() -> Router<Arc<Portal>> {
    Router::new()
        .route("/tra-cuu", get(ask).post(enter))
        .route(CASE, get(petition::page))
        .route("/tra-cuu/tin-nhan", get(correspondence::page).post(correspondence::send))
        .route("/tra-cuu/rut-don", get(steps::ask_withdrawal).post(steps::withdraw))
        .route("/tra-cuu/khieu-nai-tiep", get(steps::ask_appeal).post(steps::appeal))
        .route("/tra-cuu/to-cao-tiep", get(steps::ask_continued).post(steps::carry_on))
        .route("/tra-cuu/bao-qua-han", get(steps::ask_overdue).post(steps::report_overdue))
        .route("/tra-cuu/bien-nhan", get(files::receipt))
        .route("/tra-cuu/chung-minh", get(files::proof))
        .route("/tra-cuu/xoa", post(leave::clear).get(leave::cleared))
}

#[derive(Template)]
#[template(path = "follow/code.html")]
struct CodePage {
    frame: Frame,
    form: Form,
}

fn code_page(visitor: &Visitor, form: Form) -> Response {
    let frame = visitor.frame(visitor.words().t("Theo dõi đơn", "Follow a petition"));
    html(&CodePage { frame, form })
}

/// `GET /tra-cuu`: asks for the code, unless it is kept.
async fn ask(visitor: Visitor) -> Response {
    if visitor.receipt.is_some() {
        return Redirect::to(CASE).into_response();
    }
    code_page(&visitor, Form::default())
}

/// `POST /tra-cuu`: looks whether the code opens a petition, and keeps it then.
async fn enter(visitor: Visitor, posted: Posted) -> Result<Response, Failure> {
    let w = visitor.words();
    let wrong = |message: String| {
        let mut form = Form::of(posted.clone());
        form.wrong("receipt", message);
        let mut page = code_page(&visitor, form);
        *page.status_mut() = StatusCode::UNPROCESSABLE_ENTITY;
        page
    };
    // A slip of the fingers is told here: it is no guess, and needs no call.
    let code = match ReceiptCode::parse(posted.get("receipt")) {
        Ok(code) => code.expose(),
        Err(error) => return Ok(wrong(mistyped(error, w))),
    };
    match visitor.api.get("/v1/petition").receipt(&code).done().await {
        Ok(()) => Ok(with_cookie(Redirect::to(CASE).into_response(), visitor.keep_receipt(&code))),
        Err(Failure::Told(problem)) if problem.code() == "not_found" => Ok(wrong(
            w.t(
                "Không có đơn nào với mã này. Mã viết đúng quy cách, nên có thể là mã của hệ thống khác; xin đối chiếu với biên nhận.",
                "No petition has this code. It is well-formed, so it may belong to another system; please compare it with the receipt.",
            )
            .to_owned(),
        )),
        Err(failure) => Err(failure),
    }
}

/// What is wrong with a code that cannot be one.
fn mistyped(error: ReceiptCodeError, w: Words) -> String {
    match error {
        ReceiptCodeError::Length { found: 0 } => {
            w.t("Xin nhập mã biên nhận.", "Please enter the receipt code.").to_owned()
        }
        ReceiptCodeError::Length { found } => match w.t("vi", "en") {
            "vi" => format!("Mã biên nhận có 22 ký tự (không kể dấu gạch); ở đây có {found}. Xin xem có thiếu hay thừa ký tự nào không."),
            _ => format!("A receipt code has 22 characters, not counting dashes; here are {found}. Please see whether one is missing or doubled."),
        },
        ReceiptCodeError::Symbol { position } => match w.t("vi", "en") {
            "vi" => format!("Ký tự thứ {position} (không kể dấu gạch) không có trong mã biên nhận nào. Mã chỉ gồm chữ số và chữ cái không dấu, không có chữ U."),
            _ => format!("Character {position}, not counting dashes, is in no receipt code. Codes have digits and plain letters without U."),
        },
        ReceiptCodeError::Check => w
            .t(
                "Mã này bị gõ nhầm: có ký tự sai hoặc hai ký tự đổi chỗ cho nhau. Xin đối chiếu từng nhóm với biên nhận.",
                "This code was mistyped: a character is wrong, or two are swapped. Please compare it with the receipt group by group.",
            )
            .to_owned(),
    }
}

#[cfg(test)]
mod tests {
    use donthu_domain::Language;

    use super::*;

    #[test]
    fn a_slip_of_the_fingers_is_named() {
        let told = |text: &str| mistyped(ReceiptCode::parse(text).unwrap_err(), Words(Language::En));
        assert_eq!(told(" - "), "Please enter the receipt code.");
        assert!(told("1ABCDE").contains("here are 6"));
        assert!(told("1ABCDE-FGHJK-MNPQR-STVW#Y").starts_with("Character 21,"));
        assert!(told("1ABCDE-FGHJK-MNPQR-STVWXYZ").contains("here are 23"));
    }
}
