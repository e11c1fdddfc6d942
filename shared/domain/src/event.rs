//! What has happened: codes, dates, ids and document numbers only. This is what the journal keeps.

use jiff::Timestamp;
use jiff::civil::Date;
use serde::{Deserialize, Serialize};

use crate::case::{
    Against, Channel, Complexity, Contact, Document, Instance, Kind, Matter, RefusalGround, ResultCode,
    SuspensionGround, TerminationGround,
};
use crate::ids::{AgencyId, AreaId, CaseId, FieldId, RuleId, SubjectId};
use crate::milestone::{Milestone, Planned};
use crate::obligation::{Extension, Obligation, Suspension, Verdict};

/// That an agency is told of a milestone.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Announcement {
    /// The milestone.
    pub milestone: Milestone,
    /// The agency that is told.
    pub agency: AgencyId,
}

/// One thing that happened to a case.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(tag = "event", rename_all = "snake_case")]
pub enum Event {
    /// A petition came in.
    Submitted {
        /// The case's id.
        id: CaseId,
        /// The case's number.
        number: String,
        /// Its kind.
        kind: Kind,
        /// Its instance.
        instance: Instance,
        /// What a complaint is directed against.
        #[serde(default)]
        matter: Matter,
        /// How it came in.
        channel: Channel,
        /// When.
        at: Timestamp,
        /// Where it happened.
        area: Option<AreaId>,
        /// Whether that is a remote area.
        remote: bool,
        /// Its field.
        field: Option<FieldId>,
        /// Against what.
        against: Against,
        /// What may be known of the citizen.
        contact: Contact,
    },
    /// An agency became responsible for a case that had none.
    Assigned {
        /// The agency.
        to: AgencyId,
        /// The competence row or policy that led there.
        basis: String,
    },
    /// An official was named to handle the case.
    HandlerNamed {
        /// The official.
        handler: SubjectId,
    },
    /// The petition lacks the signature that the law wants.
    FormalisationAwaited,
    /// The petition was lawfully received.
    Registered {
        /// The legal receipt date.
        received_on: Date,
    },
    /// Accepted for resolution.
    Accepted {
        /// The day.
        on: Date,
        /// The notice or decision.
        document: Option<Document>,
    },
    /// Not accepted.
    Refused {
        /// The ground.
        ground: RefusalGround,
        /// The day.
        on: Date,
        /// The notice.
        document: Option<Document>,
    },
    /// The complainant was told which body to turn to.
    Guided {
        /// The day.
        on: Date,
    },
    /// The case went from one agency to another.
    Transferred {
        /// From.
        from: AgencyId,
        /// To.
        to: AgencyId,
        /// The day.
        on: Date,
    },
    /// A complaint was determined complex.
    FoundComplex {
        /// How.
        complexity: Complexity,
    },
    /// A denunciation's limit was prolonged.
    Extended {
        /// The obligation prolonged.
        rule: RuleId,
        /// By how much.
        extension: Extension,
        /// The criteria that were found to be met.
        criteria: Vec<crate::case::ComplexityCriterion>,
        /// The written decision.
        document: Document,
    },
    /// The clock was stopped.
    Suspended {
        /// The ground.
        ground: SuspensionGround,
        /// The day.
        on: Date,
        /// The decision.
        document: Option<Document>,
    },
    /// The clock runs on.
    Resumed {
        /// The day.
        on: Date,
        /// The decision.
        document: Option<Document>,
    },
    /// The citizen asked to withdraw; an official must decide.
    WithdrawalRequested {
        /// The day.
        on: Date,
    },
    /// Withdrawn before acceptance.
    Withdrawn {
        /// The day.
        on: Date,
    },
    /// Ended without a decision after acceptance.
    Terminated {
        /// The ground.
        ground: TerminationGround,
        /// The day.
        on: Date,
        /// The decision.
        document: Option<Document>,
    },
    /// Decided, concluded or answered.
    Resolved {
        /// The result.
        result: ResultCode,
        /// The day.
        on: Date,
        /// The decision, conclusion or letter.
        document: Option<Document>,
        /// Whether the limit was kept.
        on_time: bool,
    },
    /// The recorded resolution was wrong and is annulled; the case is open again and its limit stands as it was.
    Corrected {
        /// The day.
        on: Date,
        /// The day on which the annulled resolution was recorded.
        annulled_on: Date,
        /// What it had said.
        annulled: ResultCode,
        /// Whether it had counted as on time.
        annulled_on_time: bool,
    },
    /// Something is now owed.
    ObligationOpened {
        /// What, and until when.
        obligation: Obligation,
    },
    /// The due day of something owed moved, by one of the few acts that the law lets move it.
    ObligationMoved {
        /// The obligation.
        rule: RuleId,
        /// Its length in its unit, before suspensions and extensions.
        days: u16,
        /// When its clock stood still.
        suspensions: Vec<Suspension>,
        /// Its prolongations.
        extensions: Vec<Extension>,
        /// Last day before roll-over.
        raw_end: Date,
        /// Due day.
        due_on: Date,
        /// Whether unproclaimed holidays were counted.
        provisional: bool,
        /// Milestones.
        plan: Vec<Planned>,
    },
    /// Something is no longer owed.
    ObligationClosed {
        /// The obligation.
        rule: RuleId,
        /// The day.
        on: Date,
        /// The verdict.
        verdict: Verdict,
    },
    /// What had been closed is owed again, with the due day that it had.
    ObligationReopened {
        /// The obligation.
        rule: RuleId,
    },
    /// Milestones were reached.
    MilestonesReached {
        /// The obligation.
        rule: RuleId,
        /// Those reached, told or not: none of them is raised again.
        reached: Vec<Milestone>,
        /// Who is told of what.
        told: Vec<Announcement>,
    },
}
