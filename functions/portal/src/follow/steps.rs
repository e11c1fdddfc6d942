//! What a citizen may do in a petition, each on a page that says what comes of it before it is done.

use std::sync::Arc;

use askama::Template;
use axum::extract::State;
use axum::http::StatusCode;
use axum::response::{IntoResponse, Redirect, Response};
use donthu_domain::{Kind, time};
use jiff::civil::Date;
use serde::Serialize;
use uuid::Uuid;

use crate::failure::Failure;
use crate::follow::petition::{Asked, Petition, at, looked, read};
use crate::form::Form;
use crate::frame::{Frame, html};
use crate::portal::Portal;
use crate::posted::Posted;
use crate::visitor::Visitor;

/// A step and its page.
#[derive(Clone, Copy, PartialEq, Eq)]
enum Step {
    Withdrawal,
    Appeal,
    Continued,
    Overdue,
}

impl Step {
    /// The end of the API's route, by which it says as well whether the step is possible.
    fn code(self) -> &'static str {
        match self {
            Step::Withdrawal => "withdrawal",
            Step::Appeal => "appeal",
            Step::Continued => "continued-denunciation",
            Step::Overdue => "overdue-report",
        }
    }

    fn page(self) -> &'static str {
        match self {
            Step::Withdrawal => "/tra-cuu/rut-don",
            Step::Appeal => "/tra-cuu/khieu-nai-tiep",
            Step::Continued => "/tra-cuu/to-cao-tiep",
            Step::Overdue => "/tra-cuu/bao-qua-han",
        }
    }

    /// Whether its citizen has to say why.
    fn has_text(self) -> bool {
        matches!(self, Step::Appeal | Step::Continued)
    }
}

/// What a citizen writes who takes a case further.
#[derive(Serialize)]
struct Further<'a> {
    text: &'a str,
    request: Option<&'a str>,
}

#[derive(Template)]
#[template(path = "follow/step.html")]
struct StepPage<'a> {
    frame: Frame,
    step: Step,
    case: &'a Petition,
    today: Date,
    back: String,
    form: Form,
    key: Uuid,
}

impl StepPage<'_> {
    fn day(&self, day: &Date) -> String {
        self.frame.w.date(*day)
    }

    fn is(&self, code: &str) -> bool {
        self.step.code() == code
    }

    fn action(&self) -> &'static str {
        self.step.page()
    }

    fn feedback(&self) -> bool {
        self.case.kind == Kind::Feedback
    }
}

fn shown(visitor: &Visitor, step: Step, (place, case): (usize, &Petition), form: Form, key: Uuid) -> Response {
    let w = visitor.words();
    let title = match step {
        Step::Withdrawal => w.t("Rút đơn", "Withdraw"),
        Step::Appeal => w.t("Khiếu nại lần hai", "Complain a second time"),
        Step::Continued => w.t("Tố cáo tiếp", "Denounce further"),
        Step::Overdue => w.t("Báo việc quá hạn", "Report that it is overdue"),
    };
    let frame = visitor.frame(title);
    let frame = if step.has_text() { frame.holding_text() } else { frame };
    let (today, back) = (time::local_date(visitor.now), Petition::address(super::CASE, place));
    looked(visitor, html(&StepPage { frame, step, case, today, back, form, key }))
}

async fn ask(portal: &Portal, visitor: &Visitor, which: Asked, step: Step) -> Result<Response, Failure> {
    let root = read(visitor).await?;
    let (place, case) = at(&root, which);
    if !case.may(step.code()) {
        return Ok(Redirect::to(&Petition::address(super::CASE, place)).into_response());
    }
    Ok(shown(visitor, step, (place, case), Form::default(), portal.ids.uuid()))
}

async fn take(visitor: &Visitor, posted: &Posted, step: Step) -> Result<Response, Failure> {
    let (key, code) = (key_of(posted)?, visitor.receipt()?);
    let call = visitor.api.post(format!("/v1/petition/{}", step.code())).query("case", posted.get("case"));
    let mut call = call.receipt(code).idempotency_key(key);
    if step.has_text() {
        call = call.json(&Further { text: posted.get("text"), request: posted.given("request") });
    }
    match call.answer::<Petition>().await {
        Ok(root) => {
            let (place, _) = meant(&root, posted)?;
            Ok(looked(visitor, Redirect::to(&Petition::address(super::CASE, place)).into_response()))
        }
        Err(Failure::Told(problem)) if step.has_text() && problem.status < 500 => {
            let root = read(visitor).await?;
            let mut form = Form::of(posted.clone());
            form.refused(&problem);
            let mut page = shown(visitor, step, meant(&root, posted)?, form, key);
            *page.status_mut() = StatusCode::UNPROCESSABLE_ENTITY;
            Ok(page)
        }
        Err(failure) => Err(failure),
    }
}

/// The key that was made with a form: sent twice, it does one thing.
///
/// # Errors
/// [`Failure::NotAForm`] where there is none: no form of ours.
pub fn key_of(posted: &Posted) -> Result<Uuid, Failure> {
    Uuid::try_parse(posted.get("key")).map_err(|_| Failure::NotAForm)
}

/// The case that a form was filled in for, and its place.
///
/// # Errors
/// [`Failure::NoSuchPage`] where it is none of those that the code opens.
pub fn meant<'a>(root: &'a Petition, posted: &Posted) -> Result<(usize, &'a Petition), Failure> {
    let mut all = root.all().into_iter().enumerate();
    all.find(|(_, case)| case.case_number == posted.get("case")).ok_or(Failure::NoSuchPage)
}

/// `GET /tra-cuu/rut-don`: what comes of a withdrawal.
pub async fn ask_withdrawal(
    State(portal): State<Arc<Portal>>,
    visitor: Visitor,
    which: Asked,
) -> Result<Response, Failure> {
    ask(&portal, &visitor, which, Step::Withdrawal).await
}

/// `POST /tra-cuu/rut-don`: withdraws.
pub async fn withdraw(visitor: Visitor, posted: Posted) -> Result<Response, Failure> {
    take(&visitor, &posted, Step::Withdrawal).await
}

/// `GET /tra-cuu/khieu-nai-tiep`: the form of a second complaint.
pub async fn ask_appeal(
    State(portal): State<Arc<Portal>>,
    visitor: Visitor,
    which: Asked,
) -> Result<Response, Failure> {
    ask(&portal, &visitor, which, Step::Appeal).await
}

/// `POST /tra-cuu/khieu-nai-tiep`: complains a second time.
pub async fn appeal(visitor: Visitor, posted: Posted) -> Result<Response, Failure> {
    take(&visitor, &posted, Step::Appeal).await
}

/// `GET /tra-cuu/to-cao-tiep`: the form of a continued denunciation.
pub async fn ask_continued(
    State(portal): State<Arc<Portal>>,
    visitor: Visitor,
    which: Asked,
) -> Result<Response, Failure> {
    ask(&portal, &visitor, which, Step::Continued).await
}

/// `POST /tra-cuu/to-cao-tiep`: denounces further.
pub async fn carry_on(visitor: Visitor, posted: Posted) -> Result<Response, Failure> {
    take(&visitor, &posted, Step::Continued).await
}

/// `GET /tra-cuu/bao-qua-han`: what comes of the report.
pub async fn ask_overdue(
    State(portal): State<Arc<Portal>>,
    visitor: Visitor,
    which: Asked,
) -> Result<Response, Failure> {
    ask(&portal, &visitor, which, Step::Overdue).await
}

/// `POST /tra-cuu/bao-qua-han`: tells the superior.
pub async fn report_overdue(visitor: Visitor, posted: Posted) -> Result<Response, Failure> {
    take(&visitor, &posted, Step::Overdue).await
}
