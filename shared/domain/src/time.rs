//! Legal time: Vietnam is UTC+7 all year (no daylight saving), a day ends at 24:00 (Civil Code 2015, Art. 148.6).

use jiff::civil::Date;
use jiff::tz::Offset;
use jiff::{Timestamp, ToSpan};

/// Vietnam's offset from UTC. Fixed, so that no time-zone database is needed where Lambda has none.
pub const VIETNAM: Offset = Offset::constant(7);

/// The hour of the day, local time, at which reminders are due: the start of office hours in most provinces.
pub const REMINDER_HOUR: i8 = 8;

/// The legal date of an instant: its calendar day in Vietnam.
pub fn local_date(instant: Timestamp) -> Date {
    VIETNAM.to_datetime(instant).date()
}

/// 00:00 local time of a day. Dates beyond what an instant can express are clamped to the last instant.
pub fn start_of(day: Date) -> Timestamp {
    at_hour(day, 0)
}

/// The end of a day: 24:00, which is 00:00 of the next one.
pub fn end_of(day: Date) -> Timestamp {
    start_of(next_day(day))
}

/// The full hour of a day, local time.
pub fn at_hour(day: Date, hour: i8) -> Timestamp {
    VIETNAM.to_timestamp(day.at(hour, 0, 0, 0)).unwrap_or(Timestamp::MAX)
}

/// The following calendar day.
pub fn next_day(day: Date) -> Date {
    add_days(day, 1)
}

/// A number of calendar days later (or earlier where negative).
pub fn add_days(day: Date, days: i32) -> Date {
    day.saturating_add(i64::from(days).days())
}

/// Whole calendar days from one day to another; negative where `to` is earlier.
pub fn days_between(from: Date, to: Date) -> i32 {
    (to - from).get_days()
}

/// An instant as RFC 3339 text with Vietnam's offset, to the second, e.g. `2026-11-23T09:30:00+07:00`.
pub fn rfc3339(instant: Timestamp) -> String {
    format!("{}+07:00", VIETNAM.to_datetime(instant).strftime("%Y-%m-%dT%H:%M:%S"))
}

#[cfg(test)]
mod tests {
    use super::*;
    use jiff::civil::date;

    #[test]
    fn an_evening_in_utc_is_the_next_day_in_vietnam() {
        let instant: Timestamp = "2026-11-23T17:00:00Z".parse().unwrap();
        assert_eq!(local_date(instant), date(2026, 11, 24));
        assert_eq!(rfc3339(instant), "2026-11-24T00:00:00+07:00");
        assert_eq!(start_of(date(2026, 11, 24)), instant);
        assert_eq!(end_of(date(2026, 11, 23)), instant);
    }

    #[test]
    fn days_between_counts_calendar_days_across_years() {
        assert_eq!(days_between(date(2025, 12, 31), date(2026, 3, 1)), 60);
        assert_eq!(add_days(date(2026, 3, 1), -60), date(2025, 12, 31));
    }
}
