//! What has happened: codes, dates, ids and document numbers only. This is what the journal keeps.

use jiff::Timestamp;
use jiff::civil::Date;
use serde::{Deserialize, Serialize};

use crate::case::{
    Against, Channel, Child, CompetentBody, Complexity, ComplexityCriterion, Contact, ContinuationGround,
    DialogueOutcome, DisclosureReason, FilingGround, Group, Instance, Kind, Matter, Origin, RefusalGround, ResultCode,
    Side, SuspensionGround, TerminationGround,
};
use crate::command::Sending;
use crate::document::{Document, Form, Issued};
use crate::ids::{AgencyId, AreaId, CaseId, FieldId, RuleId, SubjectId};
use crate::milestone::{Milestone, Planned};
use crate::obligation::{Extension, Obligation, Suspension, Verdict};

/// That an agency is told of a milestone.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
pub struct Announcement {
    /// The milestone.
    pub milestone: Milestone,
    /// The agency that is told.
    pub agency: AgencyId,
}

/// One thing that happened to a case.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
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
        /// That several people submit together.
        #[serde(default, skip_serializing_if = "Option::is_none")]
        group: Option<Group>,
        /// The case that it came out of.
        #[serde(default, skip_serializing_if = "Option::is_none")]
        origin: Option<Origin>,
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
    /// The managing head found out which officials a denunciation is about.
    DenouncedNamed {
        /// All of them.
        denounced: Vec<SubjectId>,
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
        /// That body.
        to: CompetentBody,
        /// The day.
        on: Date,
        /// The letter.
        #[serde(default, skip_serializing_if = "Option::is_none")]
        document: Option<Document>,
    },
    /// Only filed.
    Filed {
        /// The ground.
        ground: FilingGround,
        /// The day.
        on: Date,
        /// The note or notice.
        #[serde(default, skip_serializing_if = "Option::is_none")]
        document: Option<Document>,
    },
    /// Used for an inspection.
    UsedForInspection {
        /// The day.
        on: Date,
        /// The note.
        #[serde(default, skip_serializing_if = "Option::is_none")]
        document: Option<Document>,
    },
    /// Passed to the investigation agency.
    Referred {
        /// The day.
        on: Date,
        /// The letter.
        document: Document,
    },
    /// Found to be another case's matter.
    LinkedAsDuplicate {
        /// That case.
        of: CaseId,
        /// The day.
        on: Date,
        /// The notice.
        #[serde(default, skip_serializing_if = "Option::is_none")]
        document: Option<Document>,
    },
    /// Became other cases.
    Divided {
        /// The day.
        on: Date,
        /// Those cases.
        children: Vec<Child>,
        /// The notice.
        #[serde(default, skip_serializing_if = "Option::is_none")]
        document: Option<Document>,
    },
    /// Another case came out of this one, which stands as it does.
    Followed {
        /// That case.
        child: Child,
    },
    /// The case went from one agency to another.
    Transferred {
        /// From.
        from: AgencyId,
        /// To.
        to: AgencyId,
        /// The day.
        on: Date,
        /// The letter.
        #[serde(default, skip_serializing_if = "Option::is_none")]
        document: Option<Document>,
    },
    /// Verification began.
    VerificationBegun {
        /// The day.
        on: Date,
        /// The decision that says who verifies.
        #[serde(default, skip_serializing_if = "Option::is_none")]
        document: Option<Document>,
    },
    /// Notice of a dialogue was given.
    DialogueCalled {
        /// The day of the dialogue.
        on: Date,
        /// The day of the notice.
        notified_on: Date,
        /// The notice.
        #[serde(default, skip_serializing_if = "Option::is_none")]
        document: Option<Document>,
    },
    /// The dialogue that was called was held, or nobody came.
    DialogueRecorded {
        /// How it went.
        outcome: DialogueOutcome,
        /// The day of the record.
        on: Date,
        /// The minutes.
        #[serde(default, skip_serializing_if = "Option::is_none")]
        document: Option<Document>,
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
        criteria: Vec<ComplexityCriterion>,
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
        /// The request or the minutes, where it was withdrawn on paper.
        #[serde(default, skip_serializing_if = "Option::is_none")]
        document: Option<Document>,
    },
    /// A part was withdrawn; the rest goes on.
    PartlyWithdrawn {
        /// The day.
        on: Date,
        /// The request or the minutes.
        document: Document,
    },
    /// A withdrawn denunciation goes on.
    WithdrawalOverruled {
        /// The grounds.
        grounds: Vec<ContinuationGround>,
        /// The day.
        on: Date,
        /// The notice.
        #[serde(default, skip_serializing_if = "Option::is_none")]
        document: Option<Document>,
    },
    /// Withdrawn before acceptance.
    Withdrawn {
        /// The day.
        on: Date,
        /// The decision.
        #[serde(default, skip_serializing_if = "Option::is_none")]
        document: Option<Document>,
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
        /// The decision that annuls it.
        #[serde(default, skip_serializing_if = "Option::is_none")]
        document: Option<Document>,
    },
    /// Something was sent to those whom it concerns.
    Dispatched {
        /// What.
        what: Sending,
        /// The day.
        on: Date,
        /// The covering letter.
        #[serde(default, skip_serializing_if = "Option::is_none")]
        document: Option<Document>,
    },
    /// The decision or conclusion was published.
    Published {
        /// The day.
        on: Date,
        /// The announcement, or the minutes of the meeting at which it was announced.
        #[serde(default, skip_serializing_if = "Option::is_none")]
        document: Option<Document>,
    },
    /// The decision is in effect.
    TookEffect {
        /// The first day on which it is.
        on: Date,
    },
    /// The decision was enforced, the conclusion acted upon.
    Enforced {
        /// The day.
        on: Date,
        /// The order, sanction or proposal.
        document: Document,
    },
    /// The denouncer told the superior that the conclusion is overdue.
    OverdueReported {
        /// The day.
        on: Date,
        /// The superior.
        superior: AgencyId,
    },
    /// The superior asked for a report.
    ReportDemanded {
        /// The day.
        on: Date,
        /// The letter.
        #[serde(default, skip_serializing_if = "Option::is_none")]
        document: Option<Document>,
    },
    /// The handler reported.
    ReportAnswered {
        /// The day.
        on: Date,
        /// The report.
        #[serde(default, skip_serializing_if = "Option::is_none")]
        document: Option<Document>,
    },
    /// A message was written; its text is in the vault.
    MessageSent {
        /// Who wrote.
        by: Side,
        /// Which message of the case it is, from 1.
        number: u32,
    },
    /// The petitioner's identity was opened.
    IdentityDisclosed {
        /// For whom.
        to: SubjectId,
        /// The agency of the custodian.
        agency: AgencyId,
        /// Why.
        reason: DisclosureReason,
        /// The day.
        on: Date,
    },
    /// Days off were proclaimed, and so a due day that rests on them is another one.
    CalendarProclaimed {
        /// The obligation.
        rule: RuleId,
        /// The day from which it is counted: a rule may be set going more than once.
        started_on: Date,
        /// Its due day until now.
        was: Date,
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
        /// The day from which it is counted: a rule may be set going more than once.
        started_on: Date,
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
        /// The day from which it is counted: a rule may be set going more than once.
        started_on: Date,
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
        /// The day from which it is counted: a rule may be set going more than once.
        started_on: Date,
        /// Those reached, told or not: none of them is raised again.
        reached: Vec<Milestone>,
        /// Who is told of what.
        told: Vec<Announcement>,
    },
}

impl Event {
    /// The document that the event puts on file, with its form.
    pub fn issued(&self, kind: Kind) -> Option<Issued> {
        let by_kind = |denunciation, other| if kind == Kind::Denunciation { denunciation } else { other };
        let (form, document, recorded_on) = match self {
            Event::Accepted { on, document } => {
                (by_kind(Form::DenunciationAcceptance, Form::Acceptance), document.as_ref(), *on)
            }
            Event::Refused { on, document, .. } => {
                (by_kind(Form::DenunciationRefusal, Form::Refusal), document.as_ref(), *on)
            }
            Event::Suspended { on, document, .. }
            | Event::Terminated { on, document, .. }
            | Event::Withdrawn { on, document } => {
                (by_kind(Form::DenunciationSuspension, Form::SuspensionOrTermination), document.as_ref(), *on)
            }
            Event::Resumed { on, document } => {
                (by_kind(Form::DenunciationResumption, Form::Resumption), document.as_ref(), *on)
            }
            Event::WithdrawalRequested { on, document } => (Form::Withdrawal, document.as_ref(), *on),
            Event::Guided { on, document, .. } => (Form::Guidance, document.as_ref(), *on),
            Event::Transferred { on, document, .. } => (Form::Transfer, document.as_ref(), *on),
            Event::DialogueCalled { notified_on, document, .. } => {
                (Form::DialogueNotice, document.as_ref(), *notified_on)
            }
            Event::DialogueRecorded { on, document, .. } => (Form::DialogueMinutes, document.as_ref(), *on),
            Event::Filed { on, document, .. } => (Form::Filing, document.as_ref(), *on),
            Event::UsedForInspection { on, document } => (Form::Inspection, document.as_ref(), *on),
            Event::LinkedAsDuplicate { on, document, .. } => (Form::Duplicate, document.as_ref(), *on),
            Event::Divided { on, document, .. } => (Form::Division, document.as_ref(), *on),
            Event::VerificationBegun { on, document } => (Form::Verification, document.as_ref(), *on),
            Event::WithdrawalOverruled { on, document, .. } => (Form::Continuation, document.as_ref(), *on),
            Event::Corrected { on, document, .. } => (Form::Annulment, document.as_ref(), *on),
            Event::Dispatched { on, document, .. } => (Form::CoveringLetter, document.as_ref(), *on),
            Event::Published { on, document } => (Form::Publication, document.as_ref(), *on),
            Event::ReportDemanded { on, document } => (Form::ReportDemand, document.as_ref(), *on),
            Event::ReportAnswered { on, document } => (Form::Report, document.as_ref(), *on),
            Event::Resolved { on, document, .. } => (Form::Decision, document.as_ref(), *on),
            Event::FoundComplex { complexity } => (Form::Complexity, Some(&complexity.document), complexity.on),
            Event::Extended { extension, document, .. } => (Form::Extension, Some(document), extension.on),
            Event::Referred { on, document } => (Form::Referral, Some(document), *on),
            Event::PartlyWithdrawn { on, document } => (Form::Withdrawal, Some(document), *on),
            Event::Enforced { on, document } => (Form::Enforcement, Some(document), *on),
            _ => return None,
        };
        document.map(|document| Issued { form, document: document.clone(), recorded_on })
    }
}
