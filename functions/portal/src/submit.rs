//! A citizen submits a petition, step by step.
//!
//! Nothing is kept between the steps: each form carries all answers so far, and a key under which the petition is sent. So what was
//! typed outlives an error, a step back and a change of language, and a form that is sent twice makes one case.

mod checks;
mod choices;
mod draft;
mod receipt;
mod review;
mod send;
mod steps;

use std::sync::Arc;

use askama::Template;
use axum::Router;
use axum::extract::State;
use axum::http::{HeaderMap, StatusCode};
use axum::response::Response;
use axum::routing::get;
use donthu_domain::rules::Rule;
use donthu_domain::{Kind, Language, time};
use donthu_service::problem::chain;
use uuid::Uuid;

use crate::assets;
use crate::failure::Failure;
use crate::form::Form;
use crate::frame::{Frame, html};
use crate::home::{Promise, promises, rule};
use crate::language::kept;
use crate::portal::Portal;
use crate::posted::Posted;
use crate::visitor::{Visitor, with_cookie};
use crate::words::Words;
use choices::Choices;
use draft::Draft;
use review::Section;
use steps::Step;

/// The pages.
pub fn routes() -> Router<Arc<Portal>> {
    Router::new()
        .route("/gui-don", get(begin).post(filled))
        .route("/gui-don/bien-nhan", get(receipt::page))
        .route("/gui-don/bien-nhan/tep", get(receipt::file))
}

/// What stands above a form and is not the fault of a field.
pub struct Notice {
    title: &'static str,
    text: String,
}

impl Notice {
    fn new(title: &'static str, text: impl Into<String>) -> Self {
        Self { title, text: text.into() }
    }
}

#[derive(Template)]
#[template(path = "submit/wizard.html")]
struct Wizard<'a> {
    frame: Frame,
    at: Step,
    kind: Kind,
    form: &'a Form,
    key: Uuid,
    mending: bool,
    carried: Vec<(&'static str, &'a str)>,
    choices: Choices,
    promises: Vec<Promise>,
    sections: Vec<Section>,
    notice: Option<Notice>,
    script: &'static str,
    limits: Limits,
}

/// The time within which a first complaint may be made.
struct Limits {
    administrative: Option<&'static Rule>,
    disciplinary: Option<&'static Rule>,
}

impl Wizard<'_> {
    fn is(&self, kind: &str) -> bool {
        self.kind.code() == kind
    }

    fn choices_of(&self, field: &str) -> &[choices::Group] {
        match field {
            "against.agency" => &self.choices.agencies,
            "area" => &self.choices.areas,
            _ => &self.choices.fields,
        }
    }

    /// What was chosen and is not among the choices, e.g. because they could not be read.
    fn else_chosen(&self, field: &str) -> &str {
        let value = self.form.value(field);
        let known = self.choices_of(field).iter().any(|group| group.choices.iter().any(|(known, _)| known == value));
        if known { "" } else { value }
    }

    fn article<'r>(&self, rule: &'r Rule) -> &'r str {
        match self.frame.w.0 {
            Language::Vi => &rule.citation_vi,
            Language::En => &rule.citation_en,
        }
    }
}

/// `GET /gui-don`: the first step of a new petition.
async fn begin(State(portal): State<Arc<Portal>>, visitor: Visitor) -> Result<Response, Failure> {
    let draft = Draft::of(Posted::default(), || portal.ids.uuid());
    show(&visitor, &draft, Step::Kind, None, StatusCode::OK).await
}

/// `POST /gui-don`: a step was filled in, or left in another direction.
async fn filled(
    State(portal): State<Arc<Portal>>,
    visitor: Visitor,
    headers: HeaderMap,
    posted: Posted,
) -> Result<Response, Failure> {
    let (visitor, chosen) = match posted.get("language") {
        "vi" => (visitor.reading(Language::Vi), true),
        "en" => (visitor.reading(Language::En), true),
        _ => (visitor, false),
    };
    let w = visitor.words();
    let at = Step::from_code(posted.get("step")).unwrap_or(Step::Kind);
    let go = posted.get("go").to_owned();
    let mut draft = Draft::of(posted, || portal.ids.uuid());
    let answer = match go.as_str() {
        _ if chosen => show(&visitor, &draft, at, None, StatusCode::OK).await,
        "again" => show(&visitor, &draft, at, None, StatusCode::OK).await,
        "back" => {
            let to = if draft.mending { Step::Review } else { at.before() };
            show(&visitor, &draft, to, None, StatusCode::OK).await
        }
        "copy" => match checks::first_wrong(&mut draft, w) {
            Some(step) => mend(&visitor, draft, step).await,
            None => send::copy(&visitor, &draft),
        },
        "send" | "second" => {
            if go == "second" {
                // Made with the page that asked, so that a double click has one key as well.
                draft.key = Uuid::try_parse(draft.form.value("next_key")).unwrap_or(draft.key);
            }
            match checks::first_wrong(&mut draft, w) {
                Some(step) => mend(&visitor, draft, step).await,
                None => send::send(&portal, &visitor, &headers, draft).await,
            }
        }
        _ => match Step::from_code(&go).filter(|step| *step != Step::Review) {
            Some(step) => {
                draft.mending = true;
                show(&visitor, &draft, step, None, StatusCode::OK).await
            }
            None => go_on(&visitor, draft, at).await,
        },
    }?;
    // The language that all of it is in; and a browser that brings it along next time keeps a receipt code as well.
    Ok(with_cookie(answer, Some(kept(visitor.language))))
}

async fn go_on(visitor: &Visitor, mut draft: Draft, at: Step) -> Result<Response, Failure> {
    let w = visitor.words();
    let at = if draft.kind().is_none() { Step::Kind } else { at };
    if !checks::check(&mut draft, at, w) {
        return show(visitor, &draft, at, None, StatusCode::UNPROCESSABLE_ENTITY).await;
    }
    let next = if draft.mending { Step::Review } else { at.next() };
    if next == Step::Review
        && let Some(step) = checks::first_wrong(&mut draft, w)
    {
        return mend(visitor, draft, step).await;
    }
    show(visitor, &draft, next, None, StatusCode::OK).await
}

/// The step with what is wrong beside its fields; from there it goes back to the review.
async fn mend(visitor: &Visitor, mut draft: Draft, step: Step) -> Result<Response, Failure> {
    draft.mending = true;
    show(visitor, &draft, step, None, StatusCode::UNPROCESSABLE_ENTITY).await
}

/// The page of a step.
async fn show(
    visitor: &Visitor,
    draft: &Draft,
    at: Step,
    notice: Option<Notice>,
    status: StatusCode,
) -> Result<Response, Failure> {
    let w = visitor.words();
    // Nobody loses what they typed because a list cannot be read.
    let (choices, unread) = match at {
        Step::Against | Step::Place | Step::Review => match Choices::read(&visitor.api, w).await {
            Ok(choices) => (choices, false),
            Err(failure) => {
                tracing::error!(cause = %chain(&failure), "reference lists could not be read for a form");
                (Choices::default(), true)
            }
        },
        _ => (Choices::default(), false),
    };
    let notice = notice.or_else(|| (unread && at != Step::Review).then(|| unread_lists(w)));
    let today = time::local_date(visitor.now);
    let mending = draft.mending && at != Step::Review;
    let page = Wizard {
        frame: visitor.frame(&title(at, w)).holding_text(),
        at,
        kind: draft.kind().unwrap_or(Kind::Feedback),
        form: &draft.form,
        key: draft.key,
        mending,
        carried: draft.carried(at),
        sections: if at == Step::Review { review::sections(draft, &choices, w) } else { Vec::new() },
        choices,
        promises: if at == Step::Kind { promises(today, w)? } else { Vec::new() },
        notice,
        script: assets::submit_script(),
        limits: Limits { administrative: rule("C-LIM1", today), disciplinary: rule("K-LIM1", today) },
    };
    let mut response = html(&page);
    if response.status() == StatusCode::OK {
        *response.status_mut() = status;
    }
    Ok(response)
}

fn title(at: Step, w: Words) -> String {
    format!("{}: {}", w.t("Gửi đơn", "Submit"), at.title(&w))
}

fn unread_lists(w: Words) -> Notice {
    Notice::new(
        w.t("Chưa tải được danh sách", "The lists could not be loaded"),
        w.t(
            "Những gì ông/bà đã ghi vẫn còn đây. Xin bấm “Tải lại danh sách”, hoặc để trống và tiếp tục.",
            "What you have written is still here. Please press “Load the lists again”, or leave them empty and go on.",
        ),
    )
}
