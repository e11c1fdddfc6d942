//! What somebody asks to be done to a case.

use jiff::civil::Date;

use crate::case::{
    Against, Channel, ComplexityCriterion, Contact, Document, Kind, Matter, RefusalGround, ResultCode,
    SuspensionGround, TerminationGround,
};
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
    /// An official gives the case to an agency out of the reception board's queue, or names its handler.
    Assign {
        /// The agency; none leaves it where it is.
        agency: Option<AgencyId>,
        /// The official who handles it.
        handler: Option<SubjectId>,
    },
    /// Accept for resolution.
    Accept {
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
    Guide,
    /// Pass a registered case to another agency.
    Transfer {
        /// To whom.
        to: AgencyId,
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
    /// End the case without a decision.
    Terminate {
        /// The ground.
        ground: TerminationGround,
        /// For a withdrawn denunciation: that none of the grounds to continue (Art. 33.3) applies.
        no_ground_to_continue: bool,
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
    Correct,
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
            Command::Guide => "guide",
            Command::Transfer { .. } => "transfer",
            Command::FindComplex { .. } => "find_complex",
            Command::Extend { .. } => "extend",
            Command::Suspend { .. } => "suspend",
            Command::Resume { .. } => "resume",
            Command::Withdraw => "withdraw",
            Command::Terminate { .. } => "terminate",
            Command::Resolve { .. } => "resolve",
            Command::Correct => "correct",
            Command::Tick => "tick",
        }
    }
}
