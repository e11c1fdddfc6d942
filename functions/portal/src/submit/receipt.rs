//! The receipt: the code that opens the petition, what has to be done next, and the first limit.

use askama::Template;
use axum::http::StatusCode;
use axum::response::Response;
use donthu_domain::{Duty, Kind};
use donthu_service::messages::explain;
use jiff::civil::Date;
use qrcode::types::Color;
use qrcode::{EcLevel, QrCode};
use serde::Deserialize;

use crate::failure::Failure;
use crate::frame::{Frame, attachment, html};
use crate::visitor::{Visitor, with_cookie};
use crate::words::Words;

/// What the API answers to a submission.
#[derive(Deserialize)]
pub struct Recorded {
    /// The code.
    pub receipt: String,
    signed_receipt: Option<String>,
    #[serde(flatten)]
    standing: Standing,
}

/// Where a petition stands, as the API says with a submission and after it.
#[derive(Deserialize)]
struct Standing {
    case_number: String,
    kind: Kind,
    stage: String,
    stage_text: String,
    submitted_at: String,
    agency_name: Option<String>,
    deadlines: Vec<Owed>,
}

/// Something that is owed to the citizen.
#[derive(Deserialize)]
struct Owed {
    duty: Duty,
    due_on: Date,
    closed_on: Option<Date>,
    article: Option<String>,
    explanation: Vec<String>,
}

impl Owed {
    fn words(&self, w: &Words) -> &'static str {
        explain::duty(self.duty, w.0)
    }
}

#[derive(Template)]
#[template(path = "submit/receipt.html")]
struct ReceiptPage<'a> {
    frame: Frame,
    groups: Vec<&'a str>,
    qr: Option<Qr>,
    standing: &'a Standing,
    first: Option<&'a Owed>,
    must_sign: bool,
    /// The signed receipt's text, where there is no other page to download it from.
    signed: Option<&'a str>,
    by_cookie: bool,
}

/// `GET /gui-don/bien-nhan`.
pub async fn page(visitor: Visitor) -> Result<Response, Failure> {
    let code = visitor.receipt()?.to_owned();
    let standing: Standing = visitor.api.get("/v1/petition").receipt(&code).answer().await?;
    let page = shown(&visitor, &code, &standing, None, true);
    Ok(with_cookie(page, visitor.keep_receipt(&code)))
}

/// The page for a browser that keeps no cookies: it cannot be opened again, and says so.
pub fn at_once(visitor: &Visitor, recorded: &Recorded) -> Response {
    let mut page = shown(visitor, &recorded.receipt, &recorded.standing, recorded.signed_receipt.as_deref(), false);
    if page.status() == StatusCode::OK {
        *page.status_mut() = StatusCode::CREATED;
    }
    page
}

fn shown(visitor: &Visitor, code: &str, standing: &Standing, signed: Option<&str>, by_cookie: bool) -> Response {
    let w = visitor.words();
    let running = standing.deadlines.iter().filter(|owed| owed.closed_on.is_none());
    html(&ReceiptPage {
        frame: visitor.frame(w.t("Biên nhận", "Receipt")),
        groups: code.split('-').collect(),
        qr: Qr::of(code),
        standing,
        first: running.min_by_key(|owed| owed.due_on),
        // Alike for a complaint and a denunciation: the paper may be found on its owner.
        must_sign: standing.kind != Kind::Feedback
            && matches!(standing.stage.as_str(), "received" | "awaiting_formalisation"),
        signed,
        by_cookie,
    })
}

/// `GET /gui-don/bien-nhan/tep`: the signed receipt, as `verify-receipt` takes it.
pub async fn file(visitor: Visitor) -> Result<Response, Failure> {
    let code = visitor.receipt()?;
    let answer = visitor.api.get("/v1/petition/receipt").receipt(code).response().await?;
    Ok(attachment("bien-nhan-da-ky.json", answer.into_body()))
}

/// A QR code as the outline of its dark squares, one unit each.
struct Qr {
    side: usize,
    outline: String,
}

/// Light squares around the code, by the standard (ISO/IEC 18004).
const QUIET: usize = 4;

impl Qr {
    /// The code's text alone: no address, which another site's could be put in the place of.
    fn of(text: &str) -> Option<Self> {
        let code = QrCode::with_error_correction_level(text, EcLevel::M).ok()?;
        let width = code.width();
        let colours = code.to_colors();
        let mut outline = String::new();
        for (y, row) in colours.chunks(width).enumerate() {
            let mut x = 0;
            for run in row.chunk_by(|a, b| a == b) {
                if run.first() == Some(&Color::Dark) {
                    outline.push_str(&format!("M{} {}h{}v1h-{}z", x + QUIET, y + QUIET, run.len(), run.len()));
                }
                x += run.len();
            }
        }
        Some(Self { side: width + 2 * QUIET, outline })
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_qr_code_is_drawn_square_by_square() {
        let text = "1ABCDE-FGHJK-MNPQR-STVWXY";
        let qr = Qr::of(text).unwrap();
        let code = QrCode::with_error_correction_level(text, EcLevel::M).unwrap();
        let drawn: usize = qr
            .outline
            .split('h')
            .skip(1)
            .filter(|part| !part.starts_with('-'))
            .map(|part| part.split('v').next().unwrap().parse::<usize>().unwrap())
            .sum();
        let dark = code.to_colors().iter().filter(|colour| **colour == Color::Dark).count();
        assert_eq!((qr.side, drawn), (code.width() + 8, dark));
        assert!(qr.outline.starts_with("M4 4h7v1h-7z"), "the corner's upper edge: {}", qr.outline);
    }
}
