//! The deadline rules: data with a day of effect, a citation and a confidence mark.

use jiff::civil::{Date, Time};
use jiff::{Timestamp, tz::Offset};
use serde::{Deserialize, Serialize};

use crate::case::{Case, Instance, Kind, Matter};
use crate::deadline::{Count, Manner};
use crate::ids::RuleId;
use crate::obligation::Duty;
use crate::reference::{Confidence, Directory};

mod book;
mod error;

pub use book::{Counting, RuleBook};
pub use error::{Contradiction, PolicyFault, RuleError};

/// What a limit is counted in.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
#[serde(rename_all = "snake_case")]
pub enum Unit {
    /// Calendar days; a last day that is no working day rolls over to the next one (Civil Code Art. 148.5).
    CalendarDays,
    /// Working days: Monday to Friday and exchanged Saturdays, without days off.
    WorkingDays,
    /// Months by the calendar: to the day of the same number, or to the last day of a month that has none (Civil Code
    /// Art. 148.3).
    Months,
    /// Hours on end, day and night, from the instant of the start event (Civil Code Art. 147.1).
    Hours,
    /// Hours in which offices are open, from the instant of the start event.
    WorkingHours,
}

impl Unit {
    /// Whether a limit in this unit begins and ends at an instant, not with a day.
    pub fn is_hours(self) -> bool {
        matches!(self, Unit::Hours | Unit::WorkingHours)
    }
}

/// Whether the day of the start event counts. Limits in hours run from the instant; where only the day is known, they run
/// from its end (excluded) or its beginning (included).
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum FirstDay {
    /// It does not (Civil Code Art. 147.2).
    #[default]
    Excluded,
    /// It does.
    Included,
}

/// What becomes of a last day on which nobody works.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Roll {
    /// The limit ends with the next working day (Civil Code Art. 148.5).
    NextWorkingDay,
    /// It ends all the same.
    None,
}

/// On which side of the start event a limit lies.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Direction {
    /// After it: so much time there is.
    #[default]
    After,
    /// Before it: so much ahead somebody must be told.
    Before,
}

/// A span of the day in which offices are open, local time.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct OfficeHours {
    /// Opening.
    pub from: Time,
    /// Closing.
    pub to: Time,
}

/// The event whose day (or instant, for hours) a limit is counted from.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Start {
    /// The petition came in, whether or not in the legal form.
    Submitted,
    /// It was lawfully received.
    Received,
    /// It was accepted.
    Accepted,
    /// The complainant received the decision, or learned of it or of the act (Law on Complaints Art. 9).
    DecisionKnown,
    /// The first instance's limit ended, or its decision was received (Law on Complaints Art. 33).
    FirstLimitOrDecision,
    /// The decision or the conclusion was issued.
    Decided,
    /// The decision took effect.
    Effective,
    /// A decision to suspend, to continue or to terminate was issued.
    SuspensionDecided,
    /// The dialogue takes place.
    Dialogue,
    /// A continued denunciation was received by the superior (Law on Denunciations Art. 37).
    ContinuedReceived,
    /// A denouncer told the superior that the limit has passed (Law on Denunciations Art. 38).
    OverdueReported,
    /// The superior's demand for a report was received (Law on Denunciations Art. 38).
    ReportDemanded,
    /// A citizen was received at the reception office.
    Reception,
    /// The ground to refuse to receive a citizen was established (Decree 154/2026 Art. 4).
    RefusalEstablished,
    /// An online reception session takes place.
    OnlineSession,
    /// A breach of personal data was detected (Law 91/2025 Art. 23).
    BreachDetected,
}

/// For which cases a rule may hold.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Scope {
    /// The case's kind.
    pub kind: Kind,
    /// Its instance.
    pub instance: Instance,
    /// What a complaint is directed against.
    pub matter: Matter,
}

impl Scope {
    /// The first instance of a kind, of administrative matters.
    pub fn of(kind: Kind) -> Self {
        Self { kind, instance: Instance::First, matter: Matter::default() }
    }
}

impl From<&Case> for Scope {
    fn from(case: &Case) -> Self {
        Self { kind: case.kind, instance: case.instance, matter: case.matter }
    }
}

/// One deadline rule.
#[derive(Debug, Clone, PartialEq, Eq, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Rule {
    /// Its id.
    pub id: RuleId,
    /// The kind that it holds for; none = every kind.
    pub kind: Option<Kind>,
    /// The instance that it holds for; none = every instance.
    pub instance: Option<Instance>,
    /// What a complaint must be directed against for it to hold; empty = anything.
    #[serde(default)]
    pub matter: Vec<Matter>,
    /// What is owed.
    pub duty: Duty,
    /// From when.
    pub start: Start,
    /// In what it is counted.
    pub unit: Unit,
    /// Its length.
    pub base: u16,
    /// Its length for a complex case.
    pub complex_base: Option<u16>,
    /// Its length in a remote area.
    pub remote_base: Option<u16>,
    /// Its length for a complex case in a remote area.
    pub remote_complex_base: Option<u16>,
    /// Whether the day of the start event counts.
    #[serde(default)]
    pub first_day: FirstDay,
    /// What becomes of a last day without work; none = what is usual for the unit and the direction.
    pub roll: Option<Roll>,
    /// On which side of the start event it lies.
    #[serde(default)]
    pub direction: Direction,
    /// When offices are open, in order; for limits in working hours, and for them alone.
    #[serde(default)]
    pub office_hours: Vec<OfficeHours>,
    /// How often it may be prolonged.
    #[serde(default)]
    pub max_extensions: u8,
    /// By how many calendar days at most each time.
    #[serde(default)]
    pub extension_days: u16,
    /// First start day for which it holds.
    pub valid_from: Date,
    /// Last start day for which it holds.
    pub valid_to: Option<Date>,
    /// Article, in Vietnamese.
    pub citation_vi: String,
    /// Article, in English.
    pub citation_en: String,
    /// How sure we are.
    pub confidence: Confidence,
    /// Reminders: so many working days before the due day.
    #[serde(default)]
    pub approaching: Vec<u8>,
    /// Escalations: so many working days after it; first to the superior, then to the inspectorate.
    #[serde(default)]
    pub escalate: Vec<u8>,
}

impl Rule {
    /// The length for a case, in the rule's unit.
    pub fn length(&self, remote: bool, complex: bool) -> u16 {
        let variant = match (remote, complex) {
            (false, false) => None,
            (false, true) => self.complex_base,
            (true, false) => self.remote_base,
            // A rule that knows only one of the two goes by that one.
            (true, true) => self.remote_complex_base.or(self.complex_base).or(self.remote_base),
        };
        variant.unwrap_or(self.base)
    }

    /// How it is counted. The usual roll-over is the Civil Code's for whole days and none for hours. Nor does a limit that
    /// is counted back from an event roll: onward would shorten the notice that the other side is to have, and backward
    /// would call late what was in time.
    pub fn manner(&self) -> Manner<'_> {
        Manner {
            first_day: self.first_day,
            roll: self.roll.unwrap_or(match self.direction {
                Direction::After => Manner::usual(self.unit).roll,
                Direction::Before => Roll::None,
            }),
            direction: self.direction,
            office_hours: &self.office_hours,
        }
    }

    /// The count of such a length from a day, without suspensions and extensions.
    pub fn count(&self, started_on: Date, length: u16) -> Count<'_> {
        Count { manner: self.manner(), ..Count::usual(started_on, length, self.unit) }
    }

    /// The count of such a length from an instant; what is counted in days takes the day of the instant at the offset.
    pub fn count_from(&self, started_at: Timestamp, offset: Offset, length: u16) -> Count<'_> {
        let started_on = offset.to_datetime(started_at).date();
        Count { started_at: self.unit.is_hours().then_some(started_at), ..self.count(started_on, length) }
    }

    /// Whether the province has switched the rule off for limits that start on a day, by a policy `rule.<id>` = `off`.
    /// That is possible only for what was not read in the law: what was read holds whether a province wants it or not.
    pub fn is_switched_off(&self, directory: &Directory, on: Date) -> bool {
        self.confidence.is_unverified()
            && directory.policy(&book::policy_of(&self.id), on).is_some_and(|policy| policy.value == book::OFF)
    }

    fn holds_for(&self, scope: &Scope) -> bool {
        self.kind.is_none_or(|kind| kind == scope.kind)
            && self.instance.is_none_or(|instance| instance == scope.instance)
            && (self.matter.is_empty() || self.matter.contains(&scope.matter))
    }

    fn holds_on(&self, day: Date) -> bool {
        self.valid_from <= day && self.valid_to.is_none_or(|to| day <= to)
    }
}
