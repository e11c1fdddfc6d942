//! Everybody sees the figures.

use std::sync::Arc;

use askama::Template;
use axum::Router;
use axum::extract::{Query, State};
use axum::http::StatusCode;
use axum::response::Response;
use axum::routing::get;
use donthu_domain::{Kind, time};
use jiff::civil::Date;
use serde::Deserialize;

use crate::chart::Bar;
use crate::failure::Failure;
use crate::frame::{Frame, html};
use crate::portal::Portal;
use crate::visitor::Visitor;
use crate::words::Words;

/// Months that the page offers to choose from.
const OFFERED: usize = 36;

/// The pages.
pub fn routes() -> Router<Arc<Portal>> {
    Router::new().route("/so-lieu", get(page))
}

/// Which months; the last twelve that are over where neither is chosen.
#[derive(Debug, Default, Deserialize)]
pub struct Period {
    #[serde(default)]
    tu: String,
    #[serde(default)]
    den: String,
}

/// A rate as the API gives it.
#[derive(Debug, Clone, Deserialize)]
pub struct Rate {
    /// What counts.
    pub numerator: i64,
    /// Out of what.
    pub denominator: i64,
    /// In percent; none of nothing.
    pub percent: Option<String>,
}

#[derive(Deserialize)]
struct Statistics {
    from: String,
    to: String,
    as_of: String,
    kinds: Vec<Figure>,
}

#[derive(Deserialize)]
struct Figure {
    kind: Kind,
    carried_in: i64,
    received: i64,
    resolved: i64,
    open: i64,
    overdue: i64,
    rate: Option<Rate>,
    on_time_rate: Rate,
    definition: String,
}

struct Shown {
    name: &'static str,
    figure: Figure,
    bar: Bar,
}

#[derive(Template)]
#[template(path = "figures/public.html")]
struct PublicPage {
    frame: Frame,
    from: String,
    to: String,
    as_of: String,
    kinds: Vec<Shown>,
    months: Vec<String>,
    wrong: Option<String>,
}

async fn page(
    State(_): State<Arc<Portal>>,
    visitor: Visitor,
    Query(period): Query<Period>,
) -> Result<Response, Failure> {
    let w = visitor.words();
    let asked = || {
        let call = visitor.api.get("/v1/public/statistics");
        if period.tu.is_empty() && period.den.is_empty() {
            call
        } else {
            call.query("from", &period.tu).query("to", &period.den)
        }
    };
    let (statistics, wrong): (Statistics, Option<String>) = match asked().answer().await {
        Ok(statistics) => (statistics, None),
        // A period that can't be: the usual one is shown, and what is wrong with the other.
        Err(Failure::Told(problem)) if problem.code() == "invalid_field" => {
            (visitor.api.get("/v1/public/statistics").answer().await?, Some(problem.detail))
        }
        Err(failure) => return Err(failure),
    };
    let kinds = statistics.kinds.into_iter().map(|figure| shown(figure, w)).collect();
    let status = if wrong.is_some() { StatusCode::UNPROCESSABLE_ENTITY } else { StatusCode::OK };
    let mut response = html(&PublicPage {
        frame: visitor.frame(w.t("Kết quả giải quyết đơn", "What was resolved")),
        from: statistics.from,
        to: statistics.to,
        as_of: statistics.as_of,
        kinds,
        months: months_before(time::local_date(visitor.now)),
        wrong,
    });
    *response.status_mut() = status;
    Ok(response)
}

/// The months that are over, newest first, as `YYYY-MM`.
fn months_before(today: Date) -> Vec<String> {
    let before = |day: &Date| day.first_of_month().yesterday().ok();
    std::iter::successors(before(&today), before).take(OFFERED).map(|day| day.strftime("%Y-%m").to_string()).collect()
}

fn shown(figure: Figure, w: Words) -> Shown {
    let name = w.kind(figure.kind);
    let bar = Bar::of_standing(name, figure.resolved, figure.open, figure.overdue, w);
    Shown { name, figure, bar }
}

#[cfg(test)]
mod tests {
    use jiff::civil::date;

    use super::*;

    #[test]
    fn months_are_offered_once_they_are_over() {
        let months = months_before(date(2026, 1, 31));
        assert_eq!(months.get(..2), Some(&["2025-12".to_owned(), "2025-11".to_owned()][..]));
        assert_eq!(months.len(), OFFERED);
    }
}
