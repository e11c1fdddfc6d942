//! What can be wrong with a rule file or with the policies that switch rules.

use jiff::civil::Date;

use crate::ids::RuleId;

/// Why rule data can't be used. A fault that a row bears names its line.
#[derive(Debug, thiserror::Error)]
pub enum RuleError {
    /// A file is no TOML of the expected shape; the parser names the line.
    #[error("{file}: {source}")]
    Malformed {
        /// The file.
        file: String,
        /// What the parser says.
        #[source]
        source: Box<toml::de::Error>,
    },
    /// Two versions of a rule are in force on the same day.
    #[error("{file}: line {line}: rule {rule} is in force twice from {from}")]
    Overlap {
        /// The file.
        file: String,
        /// Line of the row.
        line: usize,
        /// The rule.
        rule: RuleId,
        /// First day of the later version.
        from: Date,
    },
    /// A version ends before it begins.
    #[error("{file}: line {line}: rule {rule} from {from} ends before it begins")]
    Backwards {
        /// The file.
        file: String,
        /// Line of the row.
        line: usize,
        /// The rule.
        rule: RuleId,
        /// Its first day.
        from: Date,
    },
    /// Between two versions of a rule lie days without it, on which a duty would silently fall away.
    #[error("{file}: line {line}: rule {rule} is not in force from {from} on, but again later")]
    Gap {
        /// The file.
        file: String,
        /// Line of the version before the gap.
        line: usize,
        /// The rule.
        rule: RuleId,
        /// First day without it.
        from: Date,
    },
    /// A limit of no days.
    #[error("{file}: line {line}: rule {rule} has no length")]
    NoLength {
        /// The file.
        file: String,
        /// Line of the row.
        line: usize,
        /// The rule.
        rule: RuleId,
    },
    /// An id that could not be named in a policy, a command line or a journal.
    #[error("{file}: line {line}: {rule:?} is no id: capital letters, digits and hyphens")]
    BadId {
        /// The file.
        file: String,
        /// Line of the row.
        line: usize,
        /// What stands there.
        rule: String,
    },
    /// A rule says two things that don't go together.
    #[error("{file}: line {line}: rule {rule} {what}")]
    Contradiction {
        /// The file.
        file: String,
        /// Line of the row.
        line: usize,
        /// The rule.
        rule: RuleId,
        /// Which things.
        what: Contradiction,
    },
    /// Two files say by which articles limits are counted.
    #[error("{file}: another file says already by which articles limits are counted")]
    CountingTwice {
        /// The later file.
        file: String,
    },
}

/// Two things in a rule that don't go together.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
pub enum Contradiction {
    /// Working hours without office hours can't be counted.
    #[error("counts working hours but has no office_hours")]
    NoOfficeHours,
    /// Office hours say nothing of other units.
    #[error("has office_hours but does not count working hours")]
    IdleOfficeHours,
    /// Office hours that overlap, or end before they begin.
    #[error("has office_hours that overlap or are out of order")]
    OfficeHours,
    /// Extensions of no days, or days of extensions that may not be granted.
    #[error("has only one of max_extensions and extension_days")]
    Extensions,
    /// What is counted back from an event can't be prolonged.
    #[error("is counted back from its event and can't be prolonged")]
    ProlongedBefore,
}

/// A policy about a rule that can't do what it says.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum PolicyFault {
    /// There is no such rule.
    #[error("the policy {policy} names no rule that is known")]
    UnknownRule {
        /// The policy's name.
        policy: String,
    },
    /// The rule was read in the law: no province can switch it off.
    #[error("the policy {policy} is about a rule that was read in the law and can't be switched")]
    Verified {
        /// The policy's name.
        policy: String,
    },
    /// Neither `on` nor `off`.
    #[error("the policy {policy} is {value:?}, neither \"on\" nor \"off\"")]
    Value {
        /// The policy's name.
        policy: String,
        /// Its value.
        value: String,
    },
}
