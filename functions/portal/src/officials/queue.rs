//! The queue (*danh sách vụ việc*): an agency's cases by the day on which something is due.

use askama::Template;
use axum::extract::RawQuery;
use axum::http::StatusCode;
use axum::response::{IntoResponse, Redirect, Response};
use donthu_domain::{Kind, Role, time};
use futures::future::OptionFuture;
use jiff::civil::Date;
use serde::Deserialize;

use super::is_case_id;
use super::names::Names;
use crate::failure::Failure;
use crate::form::Form;
use crate::frame::{Frame, html};
use crate::posted::Posted;
use crate::session::SignedIn;
use crate::visitor::Visitor;
use crate::words::Words;

/// Most cases of one page; the API gives no more.
const MOST: &str = "200";

/// A day is near from so many calendar days before.
const NEAR: i32 = 7;

/// A page of an agency's cases.
#[derive(Deserialize)]
struct Listed {
    agency: String,
    cases: Vec<ListedCase>,
    next: Option<String>,
    #[serde(default)]
    unfinished: bool,
}

#[derive(Deserialize)]
struct ListedCase {
    case_id: String,
    case_number: String,
    kind: Kind,
    stage_text: Option<String>,
    stage: String,
    received_on: Option<Date>,
    due_on: Option<Date>,
}

/// How long until a day, in colour and words.
#[derive(Debug, PartialEq, Eq)]
pub struct Left {
    /// The badge's class: `bad`, `near`, or none.
    pub class: &'static str,
    /// In words.
    pub text: String,
}

/// How long there is from today until a due day.
pub fn left(due: Date, today: Date, w: Words) -> Left {
    let days = (due - today).get_days();
    let (class, text) = match days {
        ..0 => {
            let late = days.unsigned_abs();
            let en = if late == 1 { "overdue by 1 day".to_owned() } else { format!("overdue by {late} days") };
            ("bad", w.t(&format!("quá hạn {late} ngày"), &en).to_owned())
        }
        0 => ("near", w.t("đến hạn hôm nay", "due today").to_owned()),
        1.. => {
            let en = if days == 1 { "1 day left".to_owned() } else { format!("{days} days left") };
            (if days <= NEAR { "near" } else { "" }, w.t(&format!("còn {days} ngày"), &en).to_owned())
        }
    };
    Left { class, text }
}

struct Row {
    id: String,
    number: String,
    kind: &'static str,
    stage: String,
    received: String,
    due: String,
    left: Option<Left>,
}

#[derive(Template)]
#[template(path = "officials/queue.html")]
struct Queue {
    frame: Frame,
    form: Form,
    agency: String,
    rows: Vec<Row>,
    overdue: usize,
    near: usize,
    total: usize,
    links: Links,
    /// The next page.
    next: Option<String>,
    /// Whether it is the answer to a search, and whether that search went through everything.
    searched: bool,
    unfinished: bool,
    closed: bool,
    /// Whether petitions on paper may be entered.
    enters: bool,
    /// Whether denunciations may be listed, and which agencies.
    head: bool,
    agencies: Vec<(String, String)>,
    years: Vec<(String, String)>,
}

/// Where the counts lead: the same list with that filter.
struct Links {
    all: String,
    overdue: String,
    near: String,
}

#[derive(Template)]
#[template(path = "officials/no-queue.html")]
struct NoQueue {
    frame: Frame,
    custodian: bool,
    statistician: bool,
    admin: bool,
}

/// `GET /can-bo`: the list, narrowed as the query says. Names of filters are the API's own where it knows them.
pub async fn page(visitor: Visitor, RawQuery(query): RawQuery) -> Result<Response, Failure> {
    let signed = visitor.official()?;
    let wanted = Posted::parse(query.unwrap_or_default().as_bytes());
    // Whoever was told of a case, e.g. by a notice, has its id.
    if let Some(id) = wanted.given("number").filter(|typed| is_case_id(typed)) {
        let below = if signed.has(Role::IdentityCustodian) { "/danh-tinh" } else { "" };
        return Ok(Redirect::to(&format!("/can-bo/vu-viec/{id}{below}")).into_response());
    }
    if ![Role::Reception, Role::Handler, Role::Head, Role::Inspector].iter().any(|role| signed.has(*role)) {
        return Ok(no_queue(&visitor, signed));
    }
    let searched = wanted.given("number").is_some();
    // Heads and inspectors choose among the agencies below them; which those are the API decides.
    let chooses = signed.has(Role::Head) || signed.has(Role::Inspector);
    let names = OptionFuture::from(chooses.then(|| Names::read(&visitor.api, visitor.words())));
    let (listed, names) = futures::join!(listed(&visitor, signed, &wanted), names);
    let names = names.transpose()?.unwrap_or_else(|| Names::none(visitor.words()));
    let mut form = Form::of(wanted);
    let listed = match listed {
        Ok(listed) => listed,
        Err(Failure::Told(problem)) if problem.field.as_deref() == Some("number") => {
            form.refused(&problem);
            Listed { agency: signed.agency.clone(), cases: Vec::new(), next: None, unfinished: false }
        }
        Err(failure) => return Err(failure),
    };
    let right = form.is_right();
    let mut page = html(&queue(&visitor, signed, form, listed, &names, searched));
    if !right {
        *page.status_mut() = StatusCode::UNPROCESSABLE_ENTITY;
    }
    Ok(page)
}

async fn listed(visitor: &Visitor, signed: &SignedIn, wanted: &Posted) -> Result<Listed, Failure> {
    let mut call = visitor.api.get("/v1/cases").token(&signed.token);
    for name in ["compartment", "agency", "year"] {
        if let Some(value) = wanted.given(name) {
            call = call.query(name, value);
        }
    }
    // A search goes through all lists, so that it has neither a state nor pages.
    if let Some(number) = wanted.given("number") {
        return call.query("number", number).answer().await;
    }
    for name in ["state", "cursor"] {
        if let Some(value) = wanted.given(name) {
            call = call.query(name, value);
        }
    }
    call.query("limit", MOST).answer().await
}

fn queue(visitor: &Visitor, signed: &SignedIn, form: Form, listed: Listed, names: &Names, searched: bool) -> Queue {
    let (w, today) = (visitor.words(), time::local_date(visitor.now));
    let days_left = |case: &ListedCase| case.due_on.map(|due| (due - today).get_days());
    let is_late = |case: &ListedCase| days_left(case).is_some_and(|days| days < 0);
    let is_near = |case: &ListedCase| days_left(case).is_some_and(|days| (0..=NEAR).contains(&days));
    let overdue = listed.cases.iter().filter(|case| is_late(case)).count();
    let near = listed.cases.iter().filter(|case| is_near(case)).count();
    let total = listed.cases.len();
    let fits = |case: &&ListedCase| {
        let due = match form.value("due") {
            "overdue" => is_late(case),
            "near" => is_near(case),
            _ => true,
        };
        due && (form.value("kind").is_empty() || form.value("kind") == code(case.kind))
    };
    let rows = listed.cases.iter().filter(fits).map(|case| row(case, today, w)).collect();
    let links = Links {
        all: with(form.posted(), &[("due", ""), ("cursor", "")]),
        overdue: with(form.posted(), &[("due", "overdue")]),
        near: with(form.posted(), &[("due", "near")]),
    };
    let this_year = today.year();
    let years = (0..5).map(|back| (this_year - back).to_string()).map(|year| (year.clone(), year)).collect();
    Queue {
        frame: visitor.frame(w.t("Vụ việc", "Cases")),
        agency: names.of(&listed.agency),
        rows,
        overdue,
        near,
        total,
        links,
        next: listed.next.map(|cursor| with(form.posted(), &[("cursor", &cursor)])),
        searched,
        unfinished: listed.unfinished,
        closed: form.value("state") == "closed",
        head: signed.has(Role::Head),
        enters: signed.has(Role::Head) || signed.has(Role::Reception),
        agencies: names.choices(),
        years,
        form,
    }
}

fn code(kind: Kind) -> &'static str {
    match kind {
        Kind::Complaint => "complaint",
        Kind::Denunciation => "denunciation",
        Kind::Feedback => "feedback",
    }
}

/// This list with some parameters set anew; an empty value takes one away.
fn with(wanted: &Posted, set: &[(&str, &str)]) -> String {
    let mut query = form_urlencoded::Serializer::new(String::new());
    for name in ["compartment", "agency", "year", "state", "kind", "due", "number", "cursor"] {
        let value = set.iter().find(|(of, _)| *of == name).map(|(_, value)| *value).or_else(|| wanted.given(name));
        if let Some(value) = value.filter(|value| !value.is_empty()) {
            query.append_pair(name, value);
        }
    }
    format!("/can-bo?{}", query.finish())
}

fn row(case: &ListedCase, today: Date, w: Words) -> Row {
    Row {
        id: case.case_id.clone(),
        number: case.case_number.clone(),
        kind: w.kind(case.kind),
        stage: case.stage_text.clone().unwrap_or_else(|| case.stage.clone()),
        received: case.received_on.map(|day| w.date(day)).unwrap_or_default(),
        due: case.due_on.map(|day| w.date(day)).unwrap_or_default(),
        left: case.due_on.map(|due| left(due, today, w)),
    }
}

fn no_queue(visitor: &Visitor, signed: &SignedIn) -> Response {
    html(&NoQueue {
        frame: visitor.frame(visitor.words().t("Vụ việc", "Cases")),
        custodian: signed.has(Role::IdentityCustodian),
        statistician: signed.has(Role::Statistician),
        admin: signed.has(Role::Admin),
    })
}

#[cfg(test)]
mod tests {
    use donthu_domain::Language;
    use jiff::civil::date;

    use super::*;

    #[test]
    fn a_due_day_is_told_in_colour_and_words() {
        let (vi, en) = (Words(Language::Vi), Words(Language::En));
        let today = date(2026, 10, 5);
        for (due, class, said, told) in [
            (date(2026, 10, 2), "bad", "quá hạn 3 ngày", "overdue by 3 days"),
            (date(2026, 10, 4), "bad", "quá hạn 1 ngày", "overdue by 1 day"),
            (date(2026, 10, 5), "near", "đến hạn hôm nay", "due today"),
            (date(2026, 10, 6), "near", "còn 1 ngày", "1 day left"),
            (date(2026, 10, 12), "near", "còn 7 ngày", "7 days left"),
            (date(2027, 1, 5), "", "còn 92 ngày", "92 days left"),
        ] {
            assert_eq!(left(due, today, vi), Left { class, text: said.to_owned() });
            assert_eq!(left(due, today, en), Left { class, text: told.to_owned() });
        }
    }

    #[test]
    fn a_filter_keeps_the_others_and_drops_what_is_no_filter() {
        let wanted = Posted::parse(b"state=closed&year=2025&cursor=abc&xong=x&kind=");
        assert_eq!(with(&wanted, &[("due", "near")]), "/can-bo?year=2025&state=closed&due=near&cursor=abc");
        assert_eq!(with(&wanted, &[("cursor", "")]), "/can-bo?year=2025&state=closed");
    }
}
