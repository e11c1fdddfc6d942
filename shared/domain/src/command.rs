//! What somebody asks to be done to a case.

use jiff::civil::Date;

use serde::{Deserialize, Serialize};

use crate::case::{
    Against, Channel, CompetentBody, ComplexityCriterion, Contact, ContinuationGround, DialogueOutcome,
    DisclosureReason, FilingGround, Group, Kind, Matter, RefusalGround, ResultCode, SuspensionGround,
    TerminationGround,
};
use crate::document::Document;
use crate::ids::{AgencyId, AreaId, CaseId, FieldId, SubjectId};

/// What is known of a petition outside the vault.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Petition {
    /// The case's id, derived from the receipt code.
    pub id: CaseId,
    /// The case's number, derived from the id.
    pub number: String,
    /// Its kind.
    pub kind: Kind,
    /// What a complaint is directed against.
    pub matter: Matter,
    /// Where it happened.
    pub area: Option<AreaId>,
    /// Its field.
    pub field: Option<FieldId>,
    /// Against what it is directed.
    pub against: Against,
    /// What may be known of the citizen.
    pub contact: Contact,
    /// That several people submit together.
    pub group: Option<Group>,
}

/// The case that a second complaint or continued denunciation opens. What it is about, it has from the case before.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Opening {
    /// Its id.
    pub id: CaseId,
    /// Its number.
    pub number: String,
}

/// What is sent, and so which duty to send it is done.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
#[serde(rename_all = "snake_case")]
pub enum Sending {
    /// The notice that a denunciation was accepted: to the denouncer and, without the denouncer, to the denounced.
    Acceptance,
    /// The decision to suspend, terminate or continue.
    Suspension,
    /// The decision, conclusion or answer.
    Decision,
}

impl Sending {
    /// Everything that is sent.
    pub const ALL: [Sending; 3] = [Sending::Acceptance, Sending::Suspension, Sending::Decision];
}

/// A step that the law or the machinery knows.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Command {
    /// A citizen submits a petition over HTTPS.
    Submit(Petition),
    /// An official enters a paper or oral petition on a citizen's behalf.
    Register {
        /// The petition.
        petition: Petition,
        /// How it came in; not [`Channel::Online`].
        channel: Channel,
        /// The legal receipt date: today or earlier.
        received_on: Date,
    },
    /// An official confirms identity and signature.
    Formalise {
        /// The legal receipt date: today or earlier, and not before the submission.
        received_on: Date,
    },
    /// The machinery routes a received case by competence.
    Route,
    /// An official gives the case to the agency that should have it, or names its handler.
    Assign {
        /// The agency; none leaves it where it is.
        agency: Option<AgencyId>,
        /// The official who handles it.
        handler: Option<SubjectId>,
        /// All officials whom a denunciation is found to be about, in place of those named before; none leaves those.
        denounced: Option<Vec<SubjectId>>,
    },
    /// Accept for resolution.
    Accept {
        /// For a group: that all signatures and the appointment of the representatives are on file.
        group_papers: bool,
        /// The notice (form 03) or decision.
        document: Option<Document>,
    },
    /// Don't accept.
    Refuse {
        /// The ground.
        ground: RefusalGround,
        /// The notice (form 04).
        document: Option<Document>,
    },
    /// Tell the complainant which body outside the province's agencies to turn to.
    Guide {
        /// That body.
        to: CompetentBody,
        /// The letter.
        document: Option<Document>,
    },
    /// Pass a registered case to another agency.
    Transfer {
        /// To whom.
        to: AgencyId,
        /// The letter.
        document: Option<Document>,
    },
    /// File what does not meet the conditions.
    File {
        /// The ground.
        ground: FilingGround,
        /// The note or notice.
        document: Option<Document>,
    },
    /// Use an anonymous but evidenced denunciation for an inspection.
    UseForInspection {
        /// The note.
        document: Option<Document>,
    },
    /// Pass signs of a crime to the investigation agency.
    Refer {
        /// The letter.
        document: Document,
    },
    /// The same matter is another case already.
    LinkDuplicate {
        /// That case.
        of: CaseId,
        /// The notice.
        document: Option<Document>,
    },
    /// One case for each matter of a mixed petition; with a single part, the whole petition under its right kind.
    Divide {
        /// The cases that it becomes.
        parts: Vec<Petition>,
        /// The notice.
        document: Option<Document>,
    },
    /// Begin the verification.
    Verify {
        /// The decision that says who verifies.
        document: Option<Document>,
    },
    /// Give notice of a dialogue.
    CallDialogue {
        /// Its day.
        on: Date,
        /// The notice.
        document: Option<Document>,
    },
    /// Record how the dialogue went.
    RecordDialogue {
        /// How.
        outcome: DialogueOutcome,
        /// The minutes (form 14).
        document: Option<Document>,
    },
    /// Determine a complaint complex.
    FindComplex {
        /// The criteria met.
        criteria: Vec<ComplexityCriterion>,
        /// The document filed.
        document: Document,
    },
    /// Prolong a denunciation's limit.
    Extend {
        /// Calendar days, 1 to the rule's `extension_days`.
        days: u16,
        /// The criteria met.
        criteria: Vec<ComplexityCriterion>,
        /// The written decision.
        document: Document,
    },
    /// Stop the clock.
    Suspend {
        /// The ground.
        ground: SuspensionGround,
        /// The decision.
        document: Option<Document>,
    },
    /// Let the clock run on.
    Resume {
        /// The decision.
        document: Option<Document>,
    },
    /// The citizen withdraws in full.
    Withdraw,
    /// Record that a part of the complaint was withdrawn, over a signature.
    WithdrawPart {
        /// The request or the minutes.
        document: Document,
    },
    /// Go on with a denunciation that was withdrawn.
    ContinueWithdrawn {
        /// The grounds.
        grounds: Vec<ContinuationGround>,
        /// The notice.
        document: Option<Document>,
    },
    /// End the case without a decision.
    Terminate {
        /// The ground.
        ground: TerminationGround,
        /// For a withdrawn denunciation: that none of the grounds to continue (Art. 33.3) applies.
        no_ground_to_continue: bool,
        /// For a withdrawal on paper: the request or the minutes over a signature.
        withdrawal: Option<Document>,
        /// The decision.
        document: Option<Document>,
    },
    /// Record the decision, conclusion or answer.
    Resolve {
        /// The result.
        result: ResultCode,
        /// The decision, conclusion or letter.
        document: Option<Document>,
    },
    /// Annul a resolution that was recorded wrongly.
    Correct {
        /// The decision that annuls it.
        document: Option<Document>,
    },
    /// Record that something was sent to those whom it concerns.
    Dispatch {
        /// What.
        what: Sending,
        /// The covering letter.
        document: Option<Document>,
    },
    /// Record that the decision or conclusion was published.
    Publish {
        /// The announcement, or the minutes of the meeting at which it was announced.
        document: Option<Document>,
    },
    /// Enforce a decision in effect, or act on a conclusion.
    Enforce {
        /// The order, sanction or proposal.
        document: Document,
    },
    /// Complain a second time.
    Appeal {
        /// The case that it opens.
        opening: Opening,
        /// That the time was missed for a good reason, which an official has found.
        good_reason: bool,
        /// The legal receipt date of the paper that an official enters; today where left out.
        received_on: Option<Date>,
    },
    /// Denounce further, at the superior.
    Continue {
        /// The case that it opens.
        opening: Opening,
        /// The legal receipt date of the paper that an official enters; today where left out.
        received_on: Option<Date>,
    },
    /// Tell the superior that the conclusion is overdue.
    ReportOverdue,
    /// The superior asks the handler for a report.
    DemandReport {
        /// The letter.
        document: Option<Document>,
    },
    /// The handler reports to the superior.
    AnswerDemand {
        /// The report.
        document: Option<Document>,
    },
    /// Citizen and agency write to each other on the case.
    SendMessage,
    /// A custodian opens the petitioner's identity for a named person.
    DiscloseIdentity {
        /// For whom.
        to: SubjectId,
        /// Why.
        reason: DisclosureReason,
    },
    /// Time has passed.
    Tick,
}

impl Command {
    /// The stable name.
    pub fn code(&self) -> &'static str {
        match self {
            Command::Submit(_) => "submit",
            Command::Register { .. } => "register",
            Command::Formalise { .. } => "formalise",
            Command::Route => "route",
            Command::Assign { .. } => "assign",
            Command::Accept { .. } => "accept",
            Command::Refuse { .. } => "refuse",
            Command::Guide { .. } => "guide",
            Command::Transfer { .. } => "transfer",
            Command::File { .. } => "file",
            Command::UseForInspection { .. } => "use_for_inspection",
            Command::Refer { .. } => "refer",
            Command::LinkDuplicate { .. } => "link_duplicate",
            Command::Divide { .. } => "divide",
            Command::Verify { .. } => "verify",
            Command::CallDialogue { .. } => "call_dialogue",
            Command::RecordDialogue { .. } => "record_dialogue",
            Command::FindComplex { .. } => "find_complex",
            Command::Extend { .. } => "extend",
            Command::Suspend { .. } => "suspend",
            Command::Resume { .. } => "resume",
            Command::Withdraw => "withdraw",
            Command::WithdrawPart { .. } => "withdraw_part",
            Command::ContinueWithdrawn { .. } => "continue_withdrawn",
            Command::Terminate { .. } => "terminate",
            Command::Resolve { .. } => "resolve",
            Command::Correct { .. } => "correct",
            Command::Dispatch { .. } => "dispatch",
            Command::Publish { .. } => "publish",
            Command::Enforce { .. } => "enforce",
            Command::Appeal { .. } => "appeal",
            Command::Continue { .. } => "continue",
            Command::ReportOverdue => "report_overdue",
            Command::DemandReport { .. } => "demand_report",
            Command::AnswerDemand { .. } => "answer_demand",
            Command::SendMessage => "send_message",
            Command::DiscloseIdentity { .. } => "disclose_identity",
            Command::Tick => "tick",
        }
    }

    /// The document that the step puts on file, where its author names one.
    pub fn document(&self) -> Option<&Document> {
        match self {
            Command::Accept { document, .. }
            | Command::Refuse { document, .. }
            | Command::Guide { document, .. }
            | Command::Transfer { document, .. }
            | Command::File { document, .. }
            | Command::UseForInspection { document }
            | Command::LinkDuplicate { document, .. }
            | Command::Divide { document, .. }
            | Command::Verify { document }
            | Command::CallDialogue { document, .. }
            | Command::RecordDialogue { document, .. }
            | Command::Suspend { document, .. }
            | Command::Resume { document }
            | Command::ContinueWithdrawn { document, .. }
            | Command::Terminate { document, .. }
            | Command::Resolve { document, .. }
            | Command::Correct { document }
            | Command::Dispatch { document, .. }
            | Command::Publish { document }
            | Command::DemandReport { document }
            | Command::AnswerDemand { document } => document.as_ref(),
            Command::Refer { document }
            | Command::FindComplex { document, .. }
            | Command::Extend { document, .. }
            | Command::WithdrawPart { document }
            | Command::Enforce { document } => Some(document),
            Command::Submit(_)
            | Command::Register { .. }
            | Command::Formalise { .. }
            | Command::Route
            | Command::Assign { .. }
            | Command::Withdraw
            | Command::Appeal { .. }
            | Command::Continue { .. }
            | Command::ReportOverdue
            | Command::SendMessage
            | Command::DiscloseIdentity { .. }
            | Command::Tick => None,
        }
    }
}
