//! Which months a caller asks for.

use donthu_service::Fault;
use donthu_service::fault::Wrong;
use donthu_store::keys::Month;

/// Most months of one answer.
const MOST_MONTHS: usize = 120;

/// Months of an answer where the caller names none: a year.
const USUAL_MONTHS: usize = 12;

/// The months from one to another, both included, as `YYYY-MM`; the last twelve up to `latest` where neither is given. No
/// month may be later than that: `too_late` says why.
pub fn months(from: Option<&str>, to: Option<&str>, latest: Month, too_late: Wrong) -> Result<(Month, Month), Fault> {
    if from.is_none() && to.is_none() {
        let first = std::iter::successors(Some(latest), |month| Some(month.previous())).nth(USUAL_MONTHS - 1);
        return Ok((first.unwrap_or(latest), latest));
    }
    let month = |name, text: Option<&str>| text.and_then(Month::parse).ok_or_else(|| Fault::invalid(name, Wrong::Date));
    let (from, to) = (month("from", from)?, month("to", to)?);
    if to < from || std::iter::successors(Some(from), |m| Some(m.next())).take(MOST_MONTHS).all(|m| m < to) {
        return Err(Fault::invalid("to", Wrong::Date));
    }
    if to > latest {
        return Err(Fault::invalid("to", too_late));
    }
    Ok((from, to))
}
