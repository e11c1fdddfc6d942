//! Working days: Monday to Friday and exchanged Saturdays, without the days off that are proclaimed each year.

use std::collections::{BTreeMap, BTreeSet};

use jiff::civil::{Date, Weekday, date};
use serde::Deserialize;

use crate::reference::Confidence;
use crate::time::{add_days, next_day};

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

/// Why a calendar can't be used.
#[derive(Debug, thiserror::Error)]
pub enum CalendarError {
    /// A file is no TOML of the expected shape.
    #[error("{file}: {source}")]
    Malformed {
        /// The file.
        file: String,
        /// What the parser says.
        #[source]
        source: Box<toml::de::Error>,
    },
    /// A day stands in a file of another year, or a span ends before it begins.
    #[error("{file}: {from}..{to} is no span of days in {year}")]
    Misplaced {
        /// The file.
        file: String,
        /// The file's year.
        year: i16,
        /// First day.
        from: Date,
        /// Last day.
        to: Date,
    },
    /// A day stands twice.
    #[error("{file}: {day} stands twice")]
    Twice {
        /// The file.
        file: String,
        /// The day.
        day: Date,
    },
    /// A year stands in two files: which one holds?
    #[error("{file}: the year {year} stands in another file already")]
    YearTwice {
        /// The later file.
        file: String,
        /// The year.
        year: i16,
    },
    /// Only a Saturday or a Sunday can be exchanged for a working day.
    #[error("{file}: {day} is no weekend day that could be worked")]
    NotAWeekend {
        /// The file.
        file: String,
        /// The day.
        day: Date,
    },
    /// The lunar table has a gap, so that a year can't be generated.
    #[error("the lunar table has no year {0}")]
    LunarGap(i16),
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
    /// The proclamation.
    pub basis: String,
    /// How sure we are.
    pub confidence: Confidence,
}

/// A weekend day worked in exchange for a day off (*làm bù*).
#[derive(Debug, Clone, PartialEq, Eq, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct WorkingWeekendDay {
    /// The day.
    pub date: Date,
    /// The proclamation.
    pub basis: String,
    /// How sure we are.
    pub confidence: Confidence,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct YearFile {
    year: i16,
    status: YearStatus,
    #[serde(default)]
    holiday: Vec<Holiday>,
    #[serde(default)]
    working_saturday: Vec<WorkingWeekendDay>,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct LunarFile {
    year: Vec<LunarYear>,
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
    days_off: BTreeSet<Date>,
    worked: BTreeSet<Date>,
}

/// The days off of every year that the data or the lunar table reach.
#[derive(Debug, Clone)]
pub struct Calendar {
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
    /// [`CalendarError`] names the file and the day.
    pub fn from_files<'a>(
        files: impl IntoIterator<Item = (&'a str, &'a str)>,
        lunar: (&str, &str),
    ) -> Result<Self, CalendarError> {
        let table: LunarFile = toml::from_str(lunar.1)
            .map_err(|source| CalendarError::Malformed { file: lunar.0.to_owned(), source: Box::new(source) })?;
        let mut years: BTreeMap<i16, Year> = BTreeMap::new();
        let mut previous: Option<i16> = None;
        for row in &table.year {
            if let Some(before) = previous
                && row.year != before + 1
            {
                return Err(CalendarError::LunarGap(before + 1));
            }
            previous = Some(row.year);
            for day in [row.tet, row.hung_kings] {
                if day.year() != row.year {
                    let (file, year) = (lunar.0.to_owned(), row.year);
                    return Err(CalendarError::Misplaced { file, year, from: day, to: day });
                }
            }
            years.insert(row.year, generate(row));
        }
        for (name, text) in files {
            let file: YearFile = toml::from_str(text)
                .map_err(|source| CalendarError::Malformed { file: name.to_owned(), source: Box::new(source) })?;
            let replaced = years.insert(file.year, read_year(name, &file)?);
            if replaced.is_some_and(|year| year.status != YearStatus::Generated) {
                return Err(CalendarError::YearTwice { file: name.to_owned(), year: file.year });
            }
        }
        Ok(Self { years })
    }

    /// Whether a day lies in a year whose days off are known or generated, with a year to spare for counting.
    pub fn covers(&self, day: Date) -> bool {
        self.years.contains_key(&day.year()) && self.years.contains_key(&(day.year() + 1))
    }

    /// How sure the days off of a year are; none outside the data.
    pub fn status(&self, year: i16) -> Option<YearStatus> {
        self.years.get(&year).map(|year| year.status)
    }

    /// Whether a count over the days from `from` to `to` rests on days off that may still move.
    pub fn is_provisional(&self, from: Date, to: Date) -> bool {
        (from.year()..=to.year()).any(|year| self.status(year) != Some(YearStatus::Proclaimed))
    }

    /// Whether offices work on a day.
    pub fn is_working_day(&self, day: Date) -> bool {
        match self.years.get(&day.year()) {
            Some(year) if is_weekend(day) => year.worked.contains(&day),
            Some(year) => !year.days_off.contains(&day),
            None => !is_weekend(day),
        }
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
}

fn is_weekend(day: Date) -> bool {
    matches!(day.weekday(), Weekday::Saturday | Weekday::Sunday)
}

fn read_year(name: &str, file: &YearFile) -> Result<Year, CalendarError> {
    let mut days_off = BTreeSet::new();
    for holiday in &file.holiday {
        if holiday.from.year() != file.year || holiday.to.year() != file.year || holiday.to < holiday.from {
            return Err(CalendarError::Misplaced {
                file: name.to_owned(),
                year: file.year,
                from: holiday.from,
                to: holiday.to,
            });
        }
        let mut day = holiday.from;
        while day <= holiday.to {
            if !days_off.insert(day) {
                return Err(CalendarError::Twice { file: name.to_owned(), day });
            }
            day = next_day(day);
        }
    }
    let mut worked = BTreeSet::new();
    for exchanged in &file.working_saturday {
        let day = exchanged.date;
        if day.year() != file.year {
            return Err(CalendarError::Misplaced { file: name.to_owned(), year: file.year, from: day, to: day });
        }
        if !is_weekend(day) || days_off.contains(&day) {
            return Err(CalendarError::NotAWeekend { file: name.to_owned(), day });
        }
        if !worked.insert(day) {
            return Err(CalendarError::Twice { file: name.to_owned(), day });
        }
    }
    Ok(Year { status: file.status, days_off, worked })
}

/// Labour Code 2019 Art. 112: 1 January, five days around Tết, the Hùng Kings' day, 30 April, 1 May, 2 September and the
/// day beside it; from 2026 also 24 November (Resolution 28/2026/QH16). A day off that falls on a weekend is made up for
/// on the next working day (Art. 111.3).
fn generate(row: &LunarYear) -> Year {
    let year = row.year;
    let mut named: Vec<Date> = vec![date(year, 1, 1), row.hung_kings, date(year, 4, 30), date(year, 5, 1)];
    named.extend((-1..=3).map(|offset| add_days(row.tet, offset)));
    let national_day = date(year, 9, 2);
    named.push(national_day);
    named.push(match national_day.weekday() {
        Weekday::Sunday | Weekday::Monday | Weekday::Thursday => date(year, 9, 3),
        _ => date(year, 9, 1),
    });
    if year >= 2026 {
        named.push(date(year, 11, 24));
    }
    named.sort();
    let mut days_off: BTreeSet<Date> = BTreeSet::new();
    let mut owed = 0u32;
    for day in &named {
        if is_weekend(*day) {
            owed += 1;
        }
        days_off.insert(*day);
        while owed > 0 && !named.contains(&next_day(*day)) {
            let mut free = next_day(*day);
            // A day off that comes later in the list can't make up for an earlier one.
            while named.contains(&free) || days_off.contains(&free) || is_weekend(free) {
                free = next_day(free);
            }
            days_off.insert(free);
            owed -= 1;
        }
    }
    Year { status: YearStatus::Generated, days_off, worked: BTreeSet::new() }
}
