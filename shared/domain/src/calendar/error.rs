//! What can be wrong with a calendar file.

use jiff::civil::Date;

/// Why a calendar can't be used. A fault that a row bears names its line.
#[derive(Debug, thiserror::Error)]
pub enum CalendarError {
    /// A file is no TOML of the expected shape; the parser names the line.
    #[error("{file}: {source}")]
    Malformed {
        /// The file.
        file: String,
        /// What the parser says.
        #[source]
        source: Box<toml::de::Error>,
    },
    /// A day stands in a file of another year, or a span ends before it begins.
    #[error("{file}: line {line}: {from}..{to} is no span of days in {year}")]
    Misplaced {
        /// The file.
        file: String,
        /// Line of the row.
        line: usize,
        /// The file's year.
        year: i16,
        /// First day.
        from: Date,
        /// Last day.
        to: Date,
    },
    /// A day stands twice.
    #[error("{file}: line {line}: {day} stands twice")]
    Twice {
        /// The file.
        file: String,
        /// Line of the later row.
        line: usize,
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
    /// Between two years lies one without data, in which every holiday would silently be worked.
    #[error("{file}: the year {year} is missing between the years that are there")]
    YearGap {
        /// The file of a year beside the gap, or the lunar table.
        file: String,
        /// The missing year.
        year: i16,
    },
    /// Only a Saturday or a Sunday can be exchanged for a working day.
    #[error("{file}: line {line}: {day} is no weekend day that could be worked")]
    NotAWeekend {
        /// The file.
        file: String,
        /// Line of the row.
        line: usize,
        /// The day.
        day: Date,
    },
    /// Calendars of two countries, or of one country at two offsets from UTC, can't be counted with together.
    #[error("{file}: {country} at UTC{utc_offset} is not the country and offset of the other files")]
    Mixed {
        /// The file.
        file: String,
        /// Its country.
        country: String,
        /// Its offset.
        utc_offset: String,
    },
    /// An offset from UTC that is not of the form `+07:00`.
    #[error("{file}: {utc_offset:?} is no offset from UTC such as \"+07:00\"")]
    Offset {
        /// The file.
        file: String,
        /// What stands there.
        utc_offset: String,
    },
    /// The lunar table has a year twice.
    #[error("{file}: line {line}: the year {year} stands twice")]
    LunarTwice {
        /// The file.
        file: String,
        /// Line of the later row.
        line: usize,
        /// The year.
        year: i16,
    },
}
