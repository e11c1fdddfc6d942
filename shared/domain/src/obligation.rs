//! What an agency owes on a case, until when, and whether it was kept.

use jiff::Timestamp;
use jiff::civil::Date;
use serde::{Deserialize, Serialize};

use crate::ids::RuleId;
use crate::milestone::{Milestone, Planned};
use crate::rules::Unit;

/// What is owed.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
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
    /// Complain in time: not the agency's duty but the citizen's (rules C-LIM1, C-LIM2, K-LIM1, K-LIM2, K-LIM2-D).
    FileComplaint,
    /// Send the decision or the conclusion to those whom it concerns (rules C-SND1, C-SND2, D-SND).
    SendDecision,
    /// Make the decision or the conclusion public (rules C-PUB, D-PUB).
    Publish,
    /// Nobody's duty: the day by which a decision takes effect unless it is contested (rules C-EFF, C-EFF2).
    TakeEffect,
    /// Order that a decision in force be carried out (rule C-ENF).
    Enforce,
    /// Send the decision to suspend, to continue or to terminate (rules C-SUS, D-SUS).
    SendSuspension,
    /// Tell denouncer and denounced that the denunciation was accepted (rule D-NOT).
    NotifyAcceptance,
    /// Give notice of a dialogue (rule C-DLG).
    NotifyDialogue,
    /// Decide on a continued denunciation (rule D-CON).
    DecideContinued,
    /// Demand a report on an overdue denunciation (rule D-OVD1).
    DemandReport,
    /// Report to the superior on an overdue denunciation (rule D-OVD2).
    ReportOverdue,
    /// Tell a citizen who was received what comes of it (rule P3).
    TellResult,
    /// Refuse in writing to receive a citizen (rule P4).
    SendRefusal,
    /// Give notice of an online reception session (rule P5).
    NotifySession,
    /// Act on the conclusion of a denunciation (rule D-HND).
    HandleConclusion,
    /// Tell the authority of a breach of personal data (rule N-PD).
    NotifyBreach,
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
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
pub struct Suspension {
    /// The day of the suspension decision.
    pub from: Date,
    /// The day of the decision to continue; none while suspended.
    pub to: Option<Date>,
}

/// A prolongation by decision (denunciations, Art. 30).
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
pub struct Extension {
    /// Calendar days added, at most 30.
    pub days: u16,
    /// The day on which it was recorded.
    pub on: Date,
}

/// Whether a limit was kept.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
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
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
pub struct Closure {
    /// The day.
    pub on: Date,
    /// The verdict: a comparison of two stored dates, whenever it is made.
    pub verdict: Verdict,
}

/// A statutory obligation with its due date.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
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
