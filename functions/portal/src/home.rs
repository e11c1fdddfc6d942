//! The home page.

use std::sync::LazyLock;

use askama::Template;
use axum::response::Response;
use donthu_domain::rules::{Rule, Unit};
use donthu_domain::{Kind, Language, RuleBook, RuleId, time};
use jiff::civil::Date;

use crate::failure::Failure;
use crate::frame::{Frame, html};
use crate::visitor::Visitor;
use crate::words::Words;

/// What is promised for a kind.
pub struct Promise {
    /// The kind's name.
    pub kind: &'static str,
    /// Within what time it is accepted, or its sender told why not.
    pub acceptance: String,
    /// Within what time it is resolved.
    pub resolution: String,
    /// The article of the latter.
    pub article: String,
}

#[derive(Template)]
#[template(path = "home.html")]
struct Home {
    frame: Frame,
    promises: Vec<Promise>,
}

/// The rules that ship with the domain; a test of it holds that they can be read.
static RULES: LazyLock<Option<RuleBook>> = LazyLock::new(|| RuleBook::shipped().ok());

/// The rules of acceptance and of resolution that bind for each kind.
const PROMISED: [(Kind, &str, &str); 3] =
    [(Kind::Complaint, "C-ACC", "C-R1"), (Kind::Denunciation, "D-INI", "D-R"), (Kind::Feedback, "P1", "K-SLA")];

/// `GET /`: what this is, three ways in, what each kind means and what the law promises.
pub async fn page(visitor: Visitor) -> Result<Response, Failure> {
    let w = visitor.words();
    let promises = promises(time::local_date(visitor.now), w)?;
    Ok(html(&Home { frame: visitor.frame("Đơn Thư"), promises }))
}

/// What is promised on a day for each kind, in the order of [`Kind::ALL`].
pub fn promises(on: Date, w: Words) -> Result<Vec<Promise>, Failure> {
    let rules = RULES.as_ref().ok_or_else(|| Failure::internal("the shipped rules cannot be read"))?;
    Ok(PROMISED.iter().filter_map(|of| promise(rules, *of, on, w)).collect())
}

/// A rule that is in force on a day.
pub fn rule(id: &str, on: Date) -> Option<&'static Rule> {
    RULES.as_ref().and_then(|rules| rules.in_force(&RuleId::new(id), on))
}

fn promise(rules: &RuleBook, (kind, accept, resolve): (Kind, &str, &str), on: Date, w: Words) -> Option<Promise> {
    let accept = rules.in_force(&RuleId::new(accept), on)?;
    let resolve = rules.in_force(&RuleId::new(resolve), on)?;
    let article = match w.0 {
        Language::Vi => &resolve.citation_vi,
        Language::En => &resolve.citation_en,
    };
    Some(Promise {
        kind: w.kind(kind),
        acceptance: length(accept, w),
        resolution: length(resolve, w),
        article: article.clone(),
    })
}

/// `30 ngày; phức tạp: 45 ngày`, and how often it may be prolonged.
fn length(rule: &Rule, w: Words) -> String {
    let unit = match rule.unit {
        Unit::WorkingDays => w.t("ngày làm việc", "working days"),
        Unit::CalendarDays => w.t("ngày", "days"),
        Unit::Months => w.t("tháng", "months"),
        Unit::Hours | Unit::WorkingHours => w.t("giờ", "hours"),
    };
    let mut text = format!("{} {unit}", rule.base);
    if let Some(longer) = rule.complex_base {
        text.push_str(&format!("{} {longer} {unit}", w.t("; vụ việc phức tạp:", "; complex matters:")));
    }
    if let Some(remote) = rule.remote_base {
        text.push_str(&format!("{} {remote} {unit}", w.t("; vùng sâu, vùng xa:", "; remote areas:")));
    }
    if rule.max_extensions > 0 {
        let (most, by) = (rule.max_extensions, rule.extension_days);
        text.push_str(&match w.0 {
            Language::Vi => format!("; gia hạn tối đa {most} lần, mỗi lần không quá {by} {unit}"),
            Language::En => format!("; prolonged at most {most} times by up to {by} {unit} each"),
        });
    }
    text
}
