//! Schedule expressions of `EventBridge` Scheduler: `rate(…)` and `cron(…)`.

use std::str::FromStr;

use chrono::{DateTime, FixedOffset};
use jiff::{SignedDuration, Timestamp};

/// Why an expression cannot be scheduled.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum ExpressionError {
    /// Neither `rate(…)` nor `cron(…)`.
    #[error("{0:?} is neither rate(…) nor cron(…)")]
    Unknown(String),
    /// A rate that is not a positive number and a unit.
    #[error("{0:?} is not a rate such as rate(1 hour)")]
    Rate(String),
    /// A cron expression that `EventBridge` would refuse, or one with L, W or #, which are not supported here.
    #[error("{expression:?} is not a supported cron expression: {reason}")]
    Cron {
        /// The expression.
        expression: String,
        /// What is wrong.
        reason: String,
    },
    /// A time zone other than Vietnam's and UTC.
    #[error("the time zone {0:?} is not supported; Asia/Ho_Chi_Minh and UTC are")]
    Timezone(String),
}

/// A parsed expression.
#[derive(Debug, Clone)]
pub enum Expression {
    /// Every so often, counted from the last run.
    Rate(SignedDuration),
    /// At times of the calendar.
    Cron {
        /// The times.
        schedule: Box<cron::Schedule>,
        /// The offset of the time zone in which they are read.
        offset: FixedOffset,
    },
}

impl Expression {
    /// Reads an expression and its time zone.
    ///
    /// # Errors
    /// [`ExpressionError`].
    pub fn parse(text: &str, timezone: &str) -> Result<Self, ExpressionError> {
        let inside = |name: &str| text.trim().strip_prefix(name)?.strip_prefix('(')?.strip_suffix(')').map(str::trim);
        if let Some(rate) = inside("rate") {
            return period(rate).map(Self::Rate).ok_or_else(|| ExpressionError::Rate(text.to_owned()));
        }
        let Some(fields) = inside("cron") else { return Err(ExpressionError::Unknown(text.to_owned())) };
        let refuse = |reason: String| ExpressionError::Cron { expression: text.to_owned(), reason };
        let parts: Vec<&str> = fields.split_whitespace().collect();
        let [_, _, day_of_month, _, day_of_week, _] = parts.as_slice() else {
            return Err(refuse(format!("it has {} fields, not 6", parts.len())));
        };
        if (*day_of_month == "?") == (*day_of_week == "?") {
            return Err(refuse("exactly one of day-of-month and day-of-week must be ?".to_owned()));
        }
        // EventBridge has no seconds; the crate's week, like EventBridge's, begins with 1 for Sunday.
        let schedule =
            cron::Schedule::from_str(&format!("0 {}", parts.join(" "))).map_err(|error| refuse(error.to_string()))?;
        let hours = match timezone {
            "Asia/Ho_Chi_Minh" => 7,
            "UTC" => 0,
            other => return Err(ExpressionError::Timezone(other.to_owned())),
        };
        let offset =
            FixedOffset::east_opt(hours * 3600).ok_or_else(|| ExpressionError::Timezone(timezone.to_owned()))?;
        Ok(Self::Cron { schedule: Box::new(schedule), offset })
    }

    /// The first run after the last one.
    #[must_use]
    pub fn next_after(&self, last: Timestamp) -> Option<Timestamp> {
        match self {
            Self::Rate(period) => last.checked_add(*period).ok(),
            Self::Cron { schedule, offset } => {
                let last: DateTime<FixedOffset> = DateTime::from_timestamp(last.as_second(), 0)?.with_timezone(offset);
                let next = schedule.after(&last).next()?;
                Timestamp::from_second(next.timestamp()).ok()
            }
        }
    }

    /// What counts as the last run once every run up to `now` is made up for by a single one: a rate keeps its beat.
    #[must_use]
    pub fn made_up(&self, last: Timestamp, now: Timestamp) -> Timestamp {
        match self {
            Self::Rate(period) => {
                let beats = now.duration_since(last).as_secs() / period.as_secs().max(1);
                i32::try_from(beats)
                    .ok()
                    .and_then(|beats| period.checked_mul(beats))
                    .and_then(|elapsed| last.checked_add(elapsed).ok())
                    .unwrap_or(now)
            }
            Self::Cron { .. } => now,
        }
    }
}

fn period(text: &str) -> Option<SignedDuration> {
    let (number, unit) = text.split_once(' ')?;
    let number: i32 = number.parse().ok().filter(|number| *number > 0)?;
    let unit = match unit.trim() {
        "minute" | "minutes" => SignedDuration::from_mins(1),
        "hour" | "hours" => SignedDuration::from_hours(1),
        "day" | "days" => SignedDuration::from_hours(24),
        _ => return None,
    };
    unit.checked_mul(number)
}

#[cfg(test)]
mod tests {
    use super::*;

    const ZONE: &str = "Asia/Ho_Chi_Minh";

    fn at(text: &str) -> Timestamp {
        text.parse().unwrap()
    }

    fn next(expression: &str, after: &str) -> Timestamp {
        Expression::parse(expression, ZONE).unwrap().next_after(at(after)).unwrap()
    }

    #[test]
    fn calendar_times_are_read_in_vietnam() {
        assert_eq!(next("cron(30 0 * * ? *)", "2026-03-01T00:00:00+07:00"), at("2026-03-01T00:30:00+07:00"));
        assert_eq!(next("cron(30 0 * * ? *)", "2026-03-01T00:30:00+07:00"), at("2026-03-02T00:30:00+07:00"));
        // 1 March 2026 is a Sunday.
        assert_eq!(next("cron(0 2 ? * SUN *)", "2026-02-28T12:00:00+07:00"), at("2026-03-01T02:00:00+07:00"));
        assert_eq!(next("cron(0 2 ? * 1 *)", "2026-02-28T12:00:00+07:00"), at("2026-03-01T02:00:00+07:00"));
        assert_eq!(next("cron(0 8 ? * MON-FRI *)", "2026-02-28T12:00:00+07:00"), at("2026-03-02T08:00:00+07:00"));
        assert_eq!(
            next("cron(0/15 8-9 1,15 JAN,JUL ? 2027)", "2026-03-01T00:00:00+07:00"),
            at("2027-01-01T08:00:00+07:00")
        );
    }

    #[test]
    fn rates_count_from_the_last_run() {
        assert_eq!(next("rate(1 hour)", "2026-03-01T00:10:00Z"), at("2026-03-01T01:10:00Z"));
        assert_eq!(next("rate(2 days)", "2026-03-01T00:10:00Z"), at("2026-03-03T00:10:00Z"));
        assert_eq!(next("rate(5 minutes)", "2026-03-01T00:10:00Z"), at("2026-03-01T00:15:00Z"));
    }

    #[test]
    fn after_a_long_stop_a_rate_keeps_its_beat() {
        let rate = Expression::parse("rate(1 hour)", ZONE).unwrap();
        assert_eq!(rate.made_up(at("2026-03-01T00:10:00Z"), at("2026-03-04T05:00:00Z")), at("2026-03-04T04:10:00Z"));
    }

    #[test]
    fn whatever_eventbridge_would_refuse_is_refused() {
        for text in [
            "cron(0 2 * * * *)",
            "cron(0 2 ? * ? *)",
            "cron(0 2 ? * SUN)",
            "cron(61 2 ? * SUN *)",
            "cron(0 2 L * ? *)",
            "rate(0 hours)",
            "rate(-1 hours)",
            "rate(1 fortnight)",
            "rate()",
            "at(2026-03-01T00:00:00)",
            "",
        ] {
            assert!(Expression::parse(text, ZONE).is_err(), "{text}");
        }
        assert_eq!(
            Expression::parse("cron(0 2 ? * SUN *)", "Europe/Paris").unwrap_err(),
            ExpressionError::Timezone("Europe/Paris".into())
        );
    }
}
