//! What an agency owes on a case, until when, and whether it was kept.

use jiff::Timestamp;
use jiff::civil::Date;
use serde::{Deserialize, Serialize};

use crate::ids::RuleId;
use crate::milestone::{Milestone, Planned};
use crate::rules::Unit;

/// What is owed.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Duty {
    /// Classify and process the petition (rule P1).
    Process,
    /// The limit after which leaving a petition unprocessed is a disciplinary matter (rule P2).
    HardCap,
    /// Accept or refuse (rules C-ACC, C-ACC-LAW, D-INI).
    Accept,
    /// Pass on what is not within one's competence (rule D-TRF).
    Transfer,
    /// Decide, conclude or answer (rules C-R1, C-R2, K-R, D-R, K-SLA).
    Resolve,
    /// Tell denouncer and denounced of the acceptance (rule D-NOT).
    NotifyAcceptance,
    /// Send the decision to suspend, terminate or continue (rules C-SUS, D-SUS).
    SendSuspension,
    /// Send the decision or conclusion (rules C-SND1, C-SND2, D-SND).
    SendDecision,
    /// Publish it (rules C-PUB, D-PUB).
    Publish,
    /// The time after which a decision is in effect (rule C-EFF). Nobody owes anything: it runs out by itself.
    TakeEffect,
    /// Enforce a decision in effect (rule C-ENF).
    Enforce,
    /// Act on the conclusion (rule D-HND).
    HandleConclusion,
    /// Decide on a continued denunciation (rule D-CON).
    DecideContinued,
    /// The superior asks for a report on an overdue denunciation (rule D-OVD1).
    DemandReport,
    /// The handler reports to the superior (rule D-OVD2).
    ReportOverdue,
}

impl Duty {
    /// Whether somebody has something to do by the due day.
    pub fn is_work(self) -> bool {
        self != Duty::TakeEffect
    }

    /// Whether its clock stands still while the case is suspended (Law on Complaints Art. 11a; on Denunciations Art. 34).
    pub fn pauses(self) -> bool {
        self == Duty::Resolve
    }
}

/// A time in which the clock stood still. The day of the suspension still counts, the day of the resumption no longer
/// does (Civil Code Art. 147: the day of an event is excluded).
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
pub struct Suspension {
    /// The day of the suspension decision.
    pub from: Date,
    /// The day of the decision to continue; none while suspended.
    pub to: Option<Date>,
}

/// A prolongation by decision (denunciations, Art. 30).
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
pub struct Extension {
    /// Calendar days added, at most 30.
    pub days: u16,
    /// The day on which it was recorded.
    pub on: Date,
}

/// Whether a limit was kept.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Verdict {
    /// Done on the due day or before.
    OnTime,
    /// Done after it.
    Late,
    /// The duty fell away undone (withdrawn, moved on); neither kept nor missed.
    Lifted,
}

/// How an obligation ended.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
pub struct Closure {
    /// The day.
    pub on: Date,
    /// The verdict: a comparison of two stored dates, whenever it is made.
    pub verdict: Verdict,
}

/// A statutory obligation with its due date.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Obligation {
    /// The rule that was in force on the start day.
    pub rule: RuleId,
    /// What is owed.
    pub duty: Duty,
    /// The day of the start event; it is not counted.
    pub started_on: Date,
    /// The limit's length before suspensions and extensions, in `unit`.
    pub days: u16,
    /// Calendar or working days.
    pub unit: Unit,
    /// When the clock stood still.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub suspensions: Vec<Suspension>,
    /// Prolongations.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub extensions: Vec<Extension>,
    /// The last day before roll-over.
    pub raw_end: Date,
    /// The last day on which the duty is done in time.
    pub due_on: Date,
    /// Whether a year was counted whose holidays aren't proclaimed.
    #[serde(default, skip_serializing_if = "std::ops::Not::not")]
    pub provisional: bool,
    /// What must be said, and when.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub plan: Vec<Planned>,
    /// What has been raised: never twice.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub raised: Vec<Milestone>,
    /// How it ended; none while open.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub closed: Option<Closure>,
}

impl Obligation {
    /// Whether it is still owed.
    pub fn is_open(&self) -> bool {
        self.closed.is_none()
    }

    /// Whether its clock stands still.
    pub fn is_suspended(&self) -> bool {
        self.suspensions.last().is_some_and(|suspension| suspension.to.is_none())
    }

    /// Whether it is owed and its clock runs.
    pub fn is_running(&self) -> bool {
        self.is_open() && !self.is_suspended()
    }

    /// The verdict if it is done on a day.
    pub fn verdict_on(&self, day: Date) -> Verdict {
        if day <= self.due_on { Verdict::OnTime } else { Verdict::Late }
    }

    /// The planned milestones that have not been raised, earliest first.
    pub fn pending_plan(&self) -> impl Iterator<Item = &Planned> {
        self.plan.iter().filter(|planned| !self.raised.contains(&planned.milestone))
    }

    /// The earliest milestone still to be raised while the clock runs.
    pub fn next_milestone_at(&self) -> Option<Timestamp> {
        if !self.is_running() {
            return None;
        }
        self.pending_plan().map(|planned| planned.at).min()
    }
}
