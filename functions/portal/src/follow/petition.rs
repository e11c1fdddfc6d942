//! Where a petition stands: what happened, what is owed and by when, what its citizen may do.

use std::collections::BTreeSet;

use askama::Template;
use axum::extract::Query;
use axum::extract::rejection::QueryRejection;
use axum::response::Response;
use donthu_domain::{DialogueOutcome, Duty, Instance, Kind, ResultCode, time};
use donthu_service::messages::{choices, explain};
use jiff::civil::Date;
use serde::Deserialize;

use crate::failure::Failure;
use crate::frame::{Frame, html};
use crate::visitor::{Visitor, with_cookie};
use crate::words::Words;

/// What the API shows of a petition.
#[derive(Deserialize)]
pub struct Petition {
    /// The number.
    pub case_number: String,
    /// Complaint, denunciation or feedback.
    pub kind: Kind,
    instance: Instance,
    stage: String,
    stage_text: String,
    submitted_at: String,
    received_on: Option<Date>,
    /// The responsible agency's name.
    pub agency_name: Option<String>,
    deadlines: Vec<Owed>,
    /// The citizen's own time for a second complaint.
    pub time_to_appeal: Option<Owed>,
    withdrawal_requested_on: Option<Date>,
    #[serde(default)]
    dialogues: Vec<Dialogue>,
    resolution: Option<Resolution>,
    messages: u32,
    #[serde(default)]
    disclosures: Vec<Disclosure>,
    #[serde(default)]
    possible: BTreeSet<String>,
    #[serde(default)]
    further: Vec<Petition>,
}

/// Something with a last day.
#[derive(Deserialize)]
pub struct Owed {
    duty: Duty,
    /// The last day in time.
    pub due_on: Date,
    provisional: bool,
    suspended: bool,
    extensions: u32,
    /// The article.
    pub article: Option<String>,
    /// How the day came about.
    pub explanation: Vec<String>,
}

#[derive(Deserialize)]
struct Dialogue {
    on: Date,
    outcome: Option<DialogueOutcome>,
}

#[derive(Deserialize)]
struct Resolution {
    result: ResultCode,
    on: Date,
    on_time: bool,
    document: Option<Paper>,
    sent_on: Option<Date>,
    effective_on: Option<Date>,
}

#[derive(Deserialize)]
struct Paper {
    number: String,
    date: Date,
}

#[derive(Deserialize)]
struct Disclosure {
    on: Date,
    reason_text: String,
}

#[derive(Deserialize)]
struct History {
    entries: Vec<Happening>,
}

#[derive(Deserialize)]
struct Happening {
    at: String,
    event: String,
    text: String,
    by_text: String,
}

impl Petition {
    /// This case and those that came out of it, each before its own.
    pub fn all(&self) -> Vec<&Petition> {
        let mut all = vec![self];
        all.extend(self.further.iter().flat_map(Petition::all));
        all
    }

    /// Whether its citizen may do something now; the law decides, and the API tells.
    pub fn may(&self, step: &str) -> bool {
        self.possible.contains(step)
    }

    /// Where it is shown.
    pub fn address(page: &str, place: usize) -> String {
        if place == 0 { page.to_owned() } else { format!("{page}?vu={place}") }
    }

    fn instance_words(&self, w: &Words) -> &'static str {
        match (self.kind, self.instance) {
            (Kind::Complaint, Instance::First) => w.t("khiếu nại lần đầu", "first complaint"),
            (_, Instance::Second) => w.t("khiếu nại lần hai", "second complaint"),
            (_, Instance::Continued) => w.t("tố cáo tiếp", "continued denunciation"),
            _ => "",
        }
    }

    fn result_words(&self, result: &ResultCode, w: &Words) -> String {
        choices::result(*result, self.kind, w.0)
    }
}

impl Owed {
    fn words(&self, w: &Words) -> &'static str {
        explain::duty(self.duty, w.0)
    }

    fn is_work(&self) -> bool {
        self.duty.is_work()
    }

    /// Whether somebody is late with it.
    fn is_late(&self, today: &Date) -> bool {
        self.duty.is_work() && !self.suspended && self.due_on < *today
    }

    /// How far away its day is.
    pub fn left(&self, today: &Date, w: &Words) -> String {
        left(self.due_on, *today, *w)
    }

    fn is_near(&self, today: &Date) -> bool {
        (0..=3).contains(&days_between(*today, self.due_on))
    }

    fn by<'a>(&self, agency: &'a str, w: &Words) -> &'a str
    where
        'static: 'a,
    {
        match self.duty {
            Duty::DemandReport => w.t("Cơ quan cấp trên trực tiếp", "The agency above"),
            _ if agency.is_empty() => w.t("Cơ quan được giao đơn", "The agency that gets the petition"),
            _ => agency,
        }
    }
}

fn days_between(from: Date, to: Date) -> i32 {
    from.until(to).map_or(0, |span| span.get_days())
}

/// `còn 5 ngày`, `hôm nay`, `quá 2 ngày`.
fn left(due: Date, today: Date, w: Words) -> String {
    let days = days_between(today, due);
    let n = days.unsigned_abs();
    let english = if n == 1 { "day" } else { "days" };
    match (days, w.t("vi", "en")) {
        (0, _) => w.t("hết hạn hôm nay", "ends today").to_owned(),
        (1.., "vi") => format!("còn {n} ngày"),
        (1.., _) => format!("{n} {english} left"),
        (_, "vi") => format!("đã quá {n} ngày"),
        _ => format!("{n} {english} late"),
    }
}

/// The query of a page that shows one of the cases that a code opens.
pub type Asked = Result<Query<Which>, QueryRejection>;

/// Which of the cases that a code opens.
#[derive(Deserialize)]
pub struct Which {
    #[serde(default)]
    vu: usize,
}

/// Reads what the visitor's code opens.
///
/// # Errors
/// [`Failure`], e.g. where no code is kept.
pub async fn read(visitor: &Visitor) -> Result<Petition, Failure> {
    visitor.api.get("/v1/petition").receipt(visitor.receipt()?).answer().await
}

/// The case at a place among those that a code opens; the first where there are fewer.
pub fn at(root: &Petition, which: Asked) -> (usize, &Petition) {
    let place = which.map_or(0, |Query(which)| which.vu);
    root.all().get(place).map_or((0, root), |case| (place, case))
}

/// A page that keeps the code for another half an hour.
pub fn looked(visitor: &Visitor, page: Response) -> Response {
    let kept = visitor.receipt.as_deref().and_then(|code| visitor.keep_receipt(code));
    with_cookie(page, kept)
}

struct Sibling {
    address: String,
    number: String,
    kind: &'static str,
    instance: &'static str,
    stage: String,
    here: bool,
}

#[derive(Template)]
#[template(path = "follow/petition.html")]
struct PetitionPage<'a> {
    frame: Frame,
    case: &'a Petition,
    today: Date,
    agency: &'a str,
    place: usize,
    history: Option<Vec<Happening>>,
    siblings: Vec<Sibling>,
}

impl PetitionPage<'_> {
    fn day(&self, day: &Date) -> String {
        self.frame.w.date(*day)
    }

    fn to(&self, page: &str) -> String {
        Petition::address(page, self.place)
    }

    fn late(&self) -> bool {
        self.case.deadlines.iter().any(|owed| owed.is_late(&self.today))
    }

    fn acts(&self) -> bool {
        ["withdrawal", "appeal", "continued-denunciation", "overdue-report"].iter().any(|step| self.case.may(step))
    }

    fn outcome(&self, outcome: &DialogueOutcome) -> String {
        choices::dialogue(*outcome, self.frame.w.0)
    }
}

/// `GET /tra-cuu/don`: where the petition stands.
pub async fn page(visitor: Visitor, which: Asked) -> Result<Response, Failure> {
    let root = read(&visitor).await?;
    let (place, case) = at(&root, which);
    let w = visitor.words();
    let history = history(&visitor, case).await?;
    let siblings = root.all().into_iter().enumerate().map(|(at, of)| Sibling {
        address: Petition::address(super::CASE, at),
        number: of.case_number.clone(),
        kind: w.kind(of.kind),
        instance: of.instance_words(&w),
        stage: of.stage_text.clone(),
        here: at == place,
    });
    let siblings = if root.further.is_empty() { Vec::new() } else { siblings.collect() };
    let page = html(&PetitionPage {
        // Titles stand in the browser's history: this one says nothing of the petition.
        frame: visitor.frame(w.t("Theo dõi đơn", "Follow a petition")),
        case,
        today: time::local_date(visitor.now),
        agency: case.agency_name.as_deref().unwrap_or_default(),
        place,
        history,
        siblings,
    });
    Ok(looked(&visitor, page))
}

/// What happened; none where the code was used so often in this hour that the API tells no more of it than where it stands.
async fn history(visitor: &Visitor, case: &Petition) -> Result<Option<Vec<Happening>>, Failure> {
    let asked = visitor.api.get("/v1/petition/history").query("case", &case.case_number).receipt(visitor.receipt()?);
    match asked.answer::<History>().await {
        Ok(history) => Ok(Some(history.entries)),
        Err(Failure::Told(problem)) if problem.code() == "too_many_requests" => Ok(None),
        Err(failure) => Err(failure),
    }
}

#[cfg(test)]
mod tests {
    use donthu_domain::Language;
    use jiff::civil::date;

    use super::*;

    #[test]
    fn how_far_away_a_day_is_reads_well_in_both_languages() {
        let today = date(2026, 10, 5);
        let told = |day, language| left(day, today, Words(language));
        assert_eq!(told(date(2026, 10, 5), Language::Vi), "hết hạn hôm nay");
        assert_eq!(told(date(2026, 11, 6), Language::Vi), "còn 32 ngày");
        assert_eq!(told(date(2026, 10, 3), Language::Vi), "đã quá 2 ngày");
        assert_eq!(told(date(2026, 10, 6), Language::En), "1 day left");
        assert_eq!(told(date(2026, 9, 4), Language::En), "31 days late");
    }
}
