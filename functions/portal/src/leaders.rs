//! Leaders and inspectors see an agency, with all below it, on one page.

mod league;
mod trend;

use std::collections::BTreeMap;
use std::sync::Arc;

use askama::Template;
use axum::Router;
use axum::extract::Query;
use axum::http::StatusCode;
use axum::response::Response;
use axum::routing::get;
use donthu_domain::{Kind, Role, time};
use futures::try_join;
use jiff::civil::Date;
use serde::Deserialize;

use self::league::{Column, Row};
use self::trend::{Band, MonthBar};
use crate::chart::{Bar, difference};
use crate::failure::Failure;
use crate::form::Form;
use crate::frame::{Frame, html};
use crate::portal::Portal;
use crate::posted::Posted;
use crate::public_figures::Rate;
use crate::session::SignedIn;
use crate::visitor::Visitor;
use crate::words::Words;

/// The pages.
pub fn routes() -> Router<Arc<Portal>> {
    Router::new().route("/lanh-dao", get(page))
}

/// Which days and whose; the calendar year until today, and what the official may see most of, where nothing is chosen.
#[derive(Debug, Default, Clone, Deserialize)]
pub struct Asked {
    #[serde(default)]
    tu: String,
    #[serde(default)]
    den: String,
    #[serde(default, rename = "co-quan")]
    agency: String,
    #[serde(default)]
    xep: String,
}

/// Figures of a kind as the API gives them.
#[derive(Debug, Clone, Deserialize)]
pub struct KindFigures {
    kind: Kind,
    carried_in: i64,
    accepted: i64,
    resolved: i64,
    on_time: i64,
    late: i64,
    open: i64,
    overdue: i64,
    suspended: i64,
    transferred_in: i64,
    transferred_out: i64,
    rate: Option<Rate>,
    on_time_rate: Rate,
    definition: String,
}

#[derive(Deserialize)]
struct Rates {
    from: String,
    to: String,
    as_of: String,
    agency: String,
    kinds: Vec<KindFigures>,
}

#[derive(Deserialize)]
struct Table {
    agencies: Vec<OfAgency>,
}

/// The row of an agency.
#[derive(Debug, Deserialize)]
pub struct OfAgency {
    agency: String,
    kinds: Vec<KindFigures>,
}

#[derive(Deserialize)]
struct Agencies {
    agencies: Vec<Agency>,
}

/// An agency of the reference data.
#[derive(Debug, Deserialize)]
pub struct Agency {
    id: String,
    #[serde(rename = "type")]
    kind: String,
    name_vi: String,
    name_en: String,
    parent: Option<String>,
}

impl Agency {
    fn name(&self, w: Words) -> &str {
        w.t(&self.name_vi, &self.name_en)
    }
}

/// A kind of this period beside the one before.
struct Shown {
    name: &'static str,
    now: KindFigures,
    before: Option<Rate>,
    difference: Option<String>,
    bar: Bar,
}

#[derive(Template)]
#[template(path = "figures/leaders.html")]
struct LeadersPage {
    frame: Frame,
    form: Form,
    agency: String,
    from: String,
    to: String,
    before: [String; 2],
    as_of: String,
    kinds: Vec<Shown>,
    columns: Vec<Column>,
    rows: Vec<Row>,
    moved: Vec<Row>,
    months: Vec<MonthBar>,
    ages: Vec<(&'static str, Vec<Band>)>,
    choices: Vec<(String, String)>,
}

async fn page(visitor: Visitor, Query(asked): Query<Asked>) -> Result<Response, Failure> {
    let w = visitor.words();
    let signed = visitor.official()?;
    let agencies: Agencies = visitor.api.get("/v1/reference/agencies").answer().await?;
    let agency = if asked.agency.is_empty() { widest(signed, &agencies.agencies) } else { asked.agency.clone() };
    let today = time::local_date(visitor.now);
    let asked_for = period(&asked, today);
    let days = asked_for
        .map_or_else(|| [asked.tu.clone(), asked.den.clone()], |(from, to)| [from.to_string(), to.to_string()]);
    let fields = form_urlencoded::Serializer::new(String::new())
        .extend_pairs([("tu", &days[0]), ("den", &days[1]), ("co-quan", &agency)])
        .finish();
    let mut form = Form::of(Posted::parse(fields.as_bytes()));
    let (from, to) = match asked_for {
        Some(period) => period,
        None => {
            form.wrong(
                "tu",
                w.t("Kỳ không hợp lệ: ngày đầu phải trước ngày cuối.", "No such period: it must begin before it ends."),
            );
            (today.first_of_year(), today)
        }
    };
    let before = period_before(from, to);
    let token = &signed.token;
    let of = |path: &str, (from, to): (Date, Date)| {
        let call = visitor.api.get(path).token(token).query("agency", &agency);
        call.query("from", &from.to_string()).query("to", &to.to_string())
    };
    let rates = |period| of("/v1/statistics/resolution-rate", period).answer::<Rates>();
    let months = visitor.api.get("/v1/statistics/months").token(token).query("agency", &agency);
    let ages = visitor.api.get("/v1/statistics/open-ages").token(token).query("agency", &agency);
    let (now, earlier, table, months, ages) = try_join!(
        rates((from, to)),
        rates(before),
        of("/v1/statistics/agencies", (from, to)).answer::<Table>(),
        months.answer::<trend::Months>(),
        ages.answer::<trend::Ages>(),
    )?;
    let names: BTreeMap<&str, &str> =
        agencies.agencies.iter().map(|agency| (agency.id.as_str(), agency.name(w))).collect();
    let named = |id: &str| names.get(id).map_or_else(|| id.to_owned(), |name| (*name).to_owned());
    let kinds = now.kinds.into_iter().map(|figures| shown(figures, &earlier.kinds, w)).collect();
    let rows = league::rows(&table.agencies, named, w);
    let moved = league::most_moved(&rows);
    let (columns, rows) = league::sorted(rows, &asked.xep, |column| address(&asked, &agency, column), w);
    let status = if form.is_right() { StatusCode::OK } else { StatusCode::UNPROCESSABLE_ENTITY };
    let mut response = html(&LeadersPage {
        frame: visitor.frame(w.t("Số liệu giải quyết", "Figures")),
        form,
        agency: named(&now.agency),
        from: now.from,
        to: now.to,
        before: [before.0.to_string(), before.1.to_string()],
        as_of: now.as_of,
        kinds,
        columns,
        rows,
        moved,
        months: trend::bars(&months, w),
        ages: trend::bands(&ages, w),
        choices: agencies.agencies.iter().map(|agency| (agency.id.clone(), agency.name(w).to_owned())).collect(),
    });
    *response.status_mut() = status;
    Ok(response)
}

/// What an official most wants to see: their own agency, and the whole province for who inspects it.
fn widest(signed: &SignedIn, agencies: &[Agency]) -> String {
    let inspects = signed.has(Role::Inspector)
        && agencies.iter().any(|agency| agency.id == signed.agency && agency.kind == "inspectorate");
    let root = agencies.iter().find(|agency| agency.parent.is_none() && agency.kind == "province_chair");
    root.filter(|_| inspects).map_or_else(|| signed.agency.clone(), |root| root.id.clone())
}

/// The period that was asked for; the calendar year until today where no day is given.
fn period(asked: &Asked, today: Date) -> Option<(Date, Date)> {
    if asked.tu.is_empty() && asked.den.is_empty() {
        return Some((today.first_of_year(), today));
    }
    let (from, to) = (asked.tu.parse::<Date>().ok()?, asked.den.parse::<Date>().ok()?);
    (from <= to && from.year() >= 2000 && to.year() < 2100).then_some((from, to))
}

/// The same days of the year before: what a season does to petitions is in both.
fn period_before(from: Date, to: Date) -> (Date, Date) {
    let earlier = |day: Date| day.checked_sub(jiff::Span::new().years(1)).unwrap_or(day);
    (earlier(from), earlier(to))
}

fn address(asked: &Asked, agency: &str, column: &str) -> String {
    let query = form_urlencoded::Serializer::new(String::new())
        .extend_pairs([("tu", asked.tu.as_str()), ("den", asked.den.as_str()), ("co-quan", agency), ("xep", column)])
        .finish();
    format!("/lanh-dao?{query}#co-quan-bang")
}

fn shown(now: KindFigures, earlier: &[KindFigures], w: Words) -> Shown {
    let name = w.kind(now.kind);
    let before = earlier.iter().find(|figures| figures.kind == now.kind).and_then(|figures| figures.rate.clone());
    let percent = |rate: Option<&Rate>| rate.and_then(|rate| rate.percent.clone());
    let difference = difference(percent(now.rate.as_ref()).as_deref(), percent(before.as_ref()).as_deref(), w);
    let bar = Bar::of_standing(name, now.resolved, now.open, now.overdue, w);
    Shown { name, now, before, difference, bar }
}

#[cfg(test)]
mod tests {
    use jiff::civil::date;

    use super::*;

    #[test]
    fn a_period_is_compared_with_the_same_days_of_the_year_before() {
        assert_eq!(period_before(date(2026, 1, 1), date(2026, 11, 24)), (date(2025, 1, 1), date(2025, 11, 24)));
        assert_eq!(period_before(date(2028, 2, 1), date(2028, 2, 29)), (date(2027, 2, 1), date(2027, 2, 28)));
    }

    #[test]
    fn a_period_runs_forwards() {
        let today = date(2026, 11, 24);
        let of = |from: &str, to: &str| {
            period(&Asked { tu: from.to_owned(), den: to.to_owned(), ..Asked::default() }, today)
        };
        assert_eq!(of("", ""), Some((date(2026, 1, 1), today)));
        assert_eq!(of("2026-03-01", "2026-03-31"), Some((date(2026, 3, 1), date(2026, 3, 31))));
        for (from, to) in [("2026-03-31", "2026-03-01"), ("2026-03-01", ""), ("x", "y"), ("0001-01-01", "2026-01-01")] {
            assert_eq!(of(from, to), None);
        }
    }
}
