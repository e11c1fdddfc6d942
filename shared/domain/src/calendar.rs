//! Working days: Monday to Friday and exchanged Saturdays, without the days off that are proclaimed each year. Each day off
//! keeps its name and its basis, so that a due date can say which days it met.

use std::collections::{BTreeMap, BTreeSet};

use jiff::Timestamp;
use jiff::civil::{Date, DateTime, Weekday};
use jiff::tz::Offset;
use serde::Deserialize;
use toml::Spanned;

use crate::reference::Confidence;
use crate::time::{VIETNAM, add_days, next_day};

mod error;
mod generated;

pub use error::CalendarError;

/// How sure a year's days off are.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum YearStatus {
    /// Proclaimed by the government.
    Proclaimed,
    /// Written down before the proclamation: it may move.
    Provisional,
    /// Generated from the fixed and lunar rules: it may move.
    Generated,
}

/// A span of days off, with its basis.
#[derive(Debug, Clone, PartialEq, Eq, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Holiday {
    /// First day off.
    pub from: Date,
    /// Last day off.
    pub to: Date,
    /// Vietnamese name.
    pub name_vi: String,
    /// English name.
    pub name_en: String,
    /// The proclamation, in Vietnamese.
    pub basis: String,
    /// The proclamation, in English; none where the Vietnamese text serves for both.
    pub basis_en: Option<String>,
    /// How sure we are.
    pub confidence: Confidence,
}

/// A weekend day worked in exchange for a day off (*làm bù*).
#[derive(Debug, Clone, PartialEq, Eq, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct WorkingWeekendDay {
    /// The day.
    pub date: Date,
    /// The proclamation, in Vietnamese.
    pub basis: String,
    /// The proclamation, in English; none where the Vietnamese text serves for both.
    pub basis_en: Option<String>,
    /// How sure we are.
    pub confidence: Confidence,
}

/// What a day is for those who work in offices.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Day<'a> {
    /// Monday to Friday, and no day off.
    Working,
    /// A weekend day worked in exchange for another.
    Exchanged(&'a WorkingWeekendDay),
    /// A Saturday or Sunday.
    Weekend,
    /// A day off. A span of days off takes in the weekend days that lie in it.
    Off(&'a Holiday),
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct YearFile {
    year: i16,
    status: YearStatus,
    #[serde(default = "vietnam")]
    country: String,
    #[serde(default = "vietnam_offset")]
    utc_offset: String,
    #[serde(default)]
    holiday: Vec<Spanned<Holiday>>,
    #[serde(default)]
    working_saturday: Vec<Spanned<WorkingWeekendDay>>,
}

fn vietnam() -> String {
    "VN".to_owned()
}

fn vietnam_offset() -> String {
    "+07:00".to_owned()
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct LunarFile {
    year: Vec<Spanned<LunarYear>>,
}

/// The two lunar dates that make holidays, in the solar calendar.
#[derive(Debug, Clone, Copy, Deserialize)]
#[serde(deny_unknown_fields)]
struct LunarYear {
    year: i16,
    tet: Date,
    hung_kings: Date,
}

#[derive(Debug, Clone)]
struct Year {
    status: YearStatus,
    holidays: Vec<Holiday>,
    /// Each day off, with its place in `holidays`.
    days_off: BTreeMap<Date, usize>,
    worked: BTreeMap<Date, WorkingWeekendDay>,
}

/// The days off of every year that the data or the lunar table reach, and the country's offset from UTC.
#[derive(Debug, Clone)]
pub struct Calendar {
    country: String,
    offset: Offset,
    years: BTreeMap<i16, Year>,
}

impl Calendar {
    /// The calendar that ships with the crate.
    ///
    /// # Errors
    /// [`CalendarError`] where the shipped data contradict themselves; a test keeps that from happening.
    pub fn shipped() -> Result<Self, CalendarError> {
        Self::from_files(
            [
                ("2025.toml", include_str!("../data/calendar/2025.toml")),
                ("2026.toml", include_str!("../data/calendar/2026.toml")),
                ("2027.toml", include_str!("../data/calendar/2027.toml")),
            ],
            ("lunar.toml", include_str!("../data/calendar/lunar.toml")),
        )
    }

    /// Reads year files and the lunar table, each given as name and text. Years that only the lunar table has are
    /// generated.
    ///
    /// # Errors
    /// [`CalendarError`] names the file and the line or the day.
    pub fn from_files<'a>(
        files: impl IntoIterator<Item = (&'a str, &'a str)>,
        lunar: (&str, &str),
    ) -> Result<Self, CalendarError> {
        let years = generated_years(lunar.0, lunar.1)?;
        Self { country: vietnam(), offset: VIETNAM, years }.with_years(files)
    }

    /// The calendar with the years of these files, given as name and text, in place of its own or beside them. Files of
    /// another country take the place of the whole calendar: its years say nothing there.
    ///
    /// # Errors
    /// [`CalendarError`] names the file and the line or the day.
    pub fn with_years<'a>(
        mut self,
        files: impl IntoIterator<Item = (&'a str, &'a str)>,
    ) -> Result<Self, CalendarError> {
        let mut given: BTreeMap<i16, &str> = BTreeMap::new();
        for (name, text) in files {
            let file: YearFile = toml::from_str(text)
                .map_err(|source| CalendarError::Malformed { file: name.to_owned(), source: Box::new(source) })?;
            let offset = offset(name, &file.utc_offset)?;
            if file.country != self.country || offset != self.offset {
                if !given.is_empty() {
                    return Err(CalendarError::Mixed {
                        file: name.to_owned(),
                        country: file.country,
                        utc_offset: file.utc_offset,
                    });
                }
                self = Self { country: file.country.clone(), offset, years: BTreeMap::new() };
            }
            if given.insert(file.year, name).is_some() {
                return Err(CalendarError::YearTwice { file: name.to_owned(), year: file.year });
            }
            let year = read_year(name, text, file.year, file.status, file.holiday, file.working_saturday)?;
            self.years.insert(file.year, year);
        }
        for (year, name) in given {
            let before = year.saturating_sub(1);
            let is_gap = !self.years.contains_key(&before) && self.years.range(..year).next().is_some();
            let name = name.to_owned();
            if is_gap {
                return Err(CalendarError::YearGap { file: name, year: before });
            }
            let after = year.saturating_add(1);
            if !self.years.contains_key(&after) && self.years.range(after..).next().is_some() {
                return Err(CalendarError::YearGap { file: name, year: after });
            }
        }
        Ok(self)
    }

    /// Whether a day lies in a year whose days off are known or generated, with a year to spare for counting.
    pub fn covers(&self, day: Date) -> bool {
        self.years.contains_key(&day.year()) && self.years.contains_key(&day.year().saturating_add(1))
    }

    /// The days of the years that somebody wrote down, as text: two calendars of the same text count alike wherever the lunar
    /// table is the same, so a text that has changed says that what rests on days not proclaimed is to be counted anew.
    pub fn written_years(&self) -> String {
        let written = self.years.iter().filter(|(_, year)| year.status != YearStatus::Generated);
        let year = |(number, year): (&i16, &Year)| {
            let proclaimed = if year.status == YearStatus::Proclaimed { "" } else { "?" };
            let days = |days: Vec<&Date>| {
                days.iter().map(|day| day.strftime("%m%d").to_string()).collect::<Vec<_>>().join(" ")
            };
            let (off, worked) = (days(year.days_off.keys().collect()), days(year.worked.keys().collect()));
            format!("{number}{proclaimed}: {off} + {worked}")
        };
        written.map(year).collect::<Vec<_>>().join("; ")
    }

    /// How sure the days off of a year are; none outside the data.
    pub fn status(&self, year: i16) -> Option<YearStatus> {
        self.years.get(&year).map(|year| year.status)
    }

    /// Whether a count over the days from `from` to `to` rests on days off that may still move.
    pub fn is_provisional(&self, from: Date, to: Date) -> bool {
        self.provisional_years(from, to).next().is_some()
    }

    /// The years between two days whose days off may still move, or are not known.
    pub fn provisional_years(&self, from: Date, to: Date) -> impl Iterator<Item = i16> {
        (from.year()..=to.year()).filter(|year| self.status(*year) != Some(YearStatus::Proclaimed))
    }

    /// What a day is.
    pub fn day(&self, day: Date) -> Day<'_> {
        let year = self.years.get(&day.year());
        if let Some(holiday) = year.and_then(|year| year.holidays.get(*year.days_off.get(&day)?)) {
            return Day::Off(holiday);
        }
        if !is_weekend(day) {
            return Day::Working;
        }
        year.and_then(|year| year.worked.get(&day)).map_or(Day::Weekend, Day::Exchanged)
    }

    /// Whether offices work on a day.
    pub fn is_working_day(&self, day: Date) -> bool {
        matches!(self.day(day), Day::Working | Day::Exchanged(_))
    }

    /// The day itself if it is a working day, else the next one (Civil Code Art. 148.5).
    pub fn roll(&self, mut day: Date) -> Date {
        while !self.is_working_day(day) && day < Date::MAX {
            day = next_day(day);
        }
        day
    }

    /// The `count`-th working day after a day.
    pub fn after_working_days(&self, day: Date, count: u16) -> Date {
        self.step_working_days(day, count, 1)
    }

    /// The `count`-th working day before a day.
    pub fn before_working_days(&self, day: Date, count: u16) -> Date {
        self.step_working_days(day, count, -1)
    }

    fn step_working_days(&self, mut day: Date, count: u16, direction: i32) -> Date {
        let mut left = count;
        while left > 0 && day > Date::MIN && day < Date::MAX {
            day = add_days(day, direction);
            if self.is_working_day(day) {
                left -= 1;
            }
        }
        day
    }

    /// The country's offset from UTC; Vietnam's is +07:00 all year.
    pub fn offset(&self) -> Offset {
        self.offset
    }

    /// The country's local time at an instant.
    pub fn local(&self, instant: Timestamp) -> DateTime {
        self.offset.to_datetime(instant)
    }

    /// The instant of a local time. Times beyond what an instant can express are clamped to the last instant.
    pub fn instant(&self, local: DateTime) -> Timestamp {
        self.offset.to_timestamp(local).unwrap_or(Timestamp::MAX)
    }

    /// An instant as RFC 3339 text with the country's offset, to the second, e.g. `2026-11-23T09:30:00+07:00`.
    pub fn rfc3339(&self, instant: Timestamp) -> String {
        let minutes = self.offset.seconds() / 60;
        let sign = if minutes < 0 { '-' } else { '+' };
        let local = self.local(instant).strftime("%Y-%m-%dT%H:%M:%S");
        format!("{local}{sign}{:02}:{:02}", minutes.abs() / 60, minutes.abs() % 60)
    }

    /// 00:00 local time of a day.
    pub fn start_of(&self, day: Date) -> Timestamp {
        self.instant(day.at(0, 0, 0, 0))
    }

    /// The end of a day: 24:00 local time, which is 00:00 of the next one.
    pub fn end_of(&self, day: Date) -> Timestamp {
        self.start_of(next_day(day))
    }
}

fn is_weekend(day: Date) -> bool {
    matches!(day.weekday(), Weekday::Saturday | Weekday::Sunday)
}

/// The number of the line on which a row begins, from 1.
pub(crate) fn line_of<T>(text: &str, row: &Spanned<T>) -> usize {
    text.bytes().take(row.span().start).filter(|byte| *byte == b'\n').count() + 1
}

fn offset(file: &str, text: &str) -> Result<Offset, CalendarError> {
    // A time at that offset is the one place where the date library reads it.
    let at_noon = format!("2000-01-01T12:00:00{text}");
    let noon = "2000-01-01T12:00:00Z".parse::<Timestamp>();
    let is_offset = text.len() == 6 && !text.starts_with('Z');
    match (at_noon.parse::<Timestamp>(), noon) {
        (Ok(there), Ok(here)) if is_offset => i32::try_from(here.as_second() - there.as_second()).ok(),
        _ => None,
    }
    .and_then(|seconds| Offset::from_seconds(seconds).ok())
    .ok_or_else(|| CalendarError::Offset { file: file.to_owned(), utc_offset: text.to_owned() })
}

fn generated_years(file: &str, text: &str) -> Result<BTreeMap<i16, Year>, CalendarError> {
    let table: LunarFile = toml::from_str(text)
        .map_err(|source| CalendarError::Malformed { file: file.to_owned(), source: Box::new(source) })?;
    let mut years: BTreeMap<i16, Year> = BTreeMap::new();
    let mut previous: Option<i16> = None;
    for row in &table.year {
        let (line, row) = (line_of(text, row), row.get_ref());
        if years.contains_key(&row.year) {
            return Err(CalendarError::LunarTwice { file: file.to_owned(), line, year: row.year });
        }
        if let Some(expected) = previous.map(|before| before.saturating_add(1))
            && row.year != expected
        {
            return Err(CalendarError::YearGap { file: file.to_owned(), year: expected });
        }
        previous = Some(row.year);
        for day in [row.tet, row.hung_kings] {
            if day.year() != row.year {
                let (file, year) = (file.to_owned(), row.year);
                return Err(CalendarError::Misplaced { file, line, year, from: day, to: day });
            }
        }
        years.insert(row.year, generated::generate(row));
    }
    Ok(years)
}

fn read_year(
    name: &str,
    text: &str,
    year: i16,
    status: YearStatus,
    holidays: Vec<Spanned<Holiday>>,
    exchanged: Vec<Spanned<WorkingWeekendDay>>,
) -> Result<Year, CalendarError> {
    let file = || name.to_owned();
    let mut days_off = BTreeMap::new();
    for (index, row) in holidays.iter().enumerate() {
        let (line, holiday) = (line_of(text, row), row.get_ref());
        let (from, to) = (holiday.from, holiday.to);
        if from.year() != year || to.year() != year || to < from {
            return Err(CalendarError::Misplaced { file: file(), line, year, from, to });
        }
        let mut day = from;
        while day <= to {
            if days_off.insert(day, index).is_some() {
                return Err(CalendarError::Twice { file: file(), line, day });
            }
            day = next_day(day);
        }
    }
    let mut seen = BTreeSet::new();
    for row in &exchanged {
        let (line, day) = (line_of(text, row), row.get_ref().date);
        if day.year() != year {
            return Err(CalendarError::Misplaced { file: file(), line, year, from: day, to: day });
        }
        if !is_weekend(day) || days_off.contains_key(&day) {
            return Err(CalendarError::NotAWeekend { file: file(), line, day });
        }
        if !seen.insert(day) {
            return Err(CalendarError::Twice { file: file(), line, day });
        }
    }
    Ok(Year {
        status,
        holidays: holidays.into_iter().map(Spanned::into_inner).collect(),
        days_off,
        worked: exchanged.into_iter().map(Spanned::into_inner).map(|row| (row.date, row)).collect(),
    })
}
