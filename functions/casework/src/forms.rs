//! What an official sends with each step, and the command that it is.

use std::collections::BTreeSet;

use donthu_domain::{
    AgencyId, CaseId, Channel, Command, CompetentBody, ComplexityCriterion, Document, Recipient, RefusalGround,
    ResultCode, Signer, SubjectId, SuspensionGround, TerminationGround,
};
use donthu_service::input::{document_number, subject_id, subject_ids};
use donthu_service::petition::PetitionForm;
use jiff::civil::Date;
use serde::Deserialize;
use serde::de::DeserializeOwned;
use utoipa::ToSchema;
use validator::Validate;

/// A step's form.
pub trait StepForm: DeserializeOwned + Validate + Send {
    /// The command that the form asks for.
    fn command(self) -> Command;

    /// Another case that the form names: the official must be able to see it.
    fn other_case(&self) -> Option<CaseId> {
        None
    }
}

/// An official document.
#[derive(Debug, Deserialize, Validate, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct DocumentForm {
    /// Number and symbol, e.g. `15/QĐ-UBND`.
    #[validate(custom(function = document_number))]
    #[schema(min_length = 1, max_length = 50)]
    pub number: String,
    /// Its date.
    pub date: Date,
    /// Who signed it: `head` where left out, or `deputy`.
    #[serde(default)]
    pub signer: Signer,
    /// Who gets it.
    #[serde(default)]
    #[validate(length(max = 7))]
    #[schema(max_items = 7)]
    pub recipients: Vec<Recipient>,
}

impl From<DocumentForm> for Document {
    fn from(form: DocumentForm) -> Self {
        let recipients = form.recipients.into_iter().collect::<BTreeSet<_>>().into_iter().collect();
        Document { number: form.number, date: form.date, signer: form.signer, recipients }
    }
}

/// A paper or oral petition entered on a citizen's behalf.
#[derive(Debug, Deserialize, Validate, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct RegistrationForm {
    /// The petition.
    #[validate(nested)]
    pub petition: PetitionForm,
    /// How it came in: `post`, `counter` or `oral`.
    pub channel: Channel,
    /// The legal receipt date; today where left out.
    pub received_on: Option<Date>,
}

/// Identity and signature are confirmed.
#[derive(Debug, Deserialize, Validate, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct FormalisationForm {
    /// The legal receipt date.
    pub received_on: Date,
}

impl StepForm for FormalisationForm {
    fn command(self) -> Command {
        Command::Formalise { received_on: self.received_on }
    }
}

/// The case is given to an agency out of the queue, or its handler is named.
#[derive(Debug, Deserialize, Validate, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct AssignmentForm {
    /// The agency.
    #[validate(length(max = 60))]
    #[schema(max_length = 60)]
    pub agency: Option<String>,
    /// Subject of the handler's token.
    #[validate(custom(function = subject_id))]
    #[schema(min_length = 1, max_length = 100)]
    pub handler: Option<String>,
    /// Subjects of all officials whom the denunciation is about, in place of those named before: they see and do nothing on it.
    #[validate(length(max = 20), custom(function = subject_ids))]
    #[schema(max_items = 20)]
    pub denounced: Option<Vec<String>>,
}

impl StepForm for AssignmentForm {
    fn command(self) -> Command {
        Command::Assign {
            agency: self.agency.map(AgencyId::new),
            handler: self.handler.map(SubjectId::new),
            denounced: self.denounced.map(|denounced| denounced.into_iter().map(SubjectId::new).collect()),
        }
    }
}

/// Accepted for resolution (form 03, or the decision of Art. 29).
#[derive(Debug, Deserialize, Validate, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct AcceptanceForm {
    /// For a group's complaint: that all signatures and the appointment of the representatives are on file.
    #[serde(default)]
    pub group_papers: bool,
    /// The notice or decision.
    #[validate(nested)]
    pub document: Option<DocumentForm>,
}

impl StepForm for AcceptanceForm {
    fn command(self) -> Command {
        Command::Accept { group_papers: self.group_papers, document: self.document.map(Document::from) }
    }
}

/// Not accepted (form 04).
#[derive(Debug, Deserialize, Validate, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct RefusalForm {
    /// The ground.
    pub ground: RefusalGround,
    /// The notice.
    #[validate(nested)]
    pub document: Option<DocumentForm>,
}

impl StepForm for RefusalForm {
    fn command(self) -> Command {
        Command::Refuse { ground: self.ground, document: self.document.map(Document::from) }
    }
}

/// The complainant is told where to turn.
#[derive(Debug, Deserialize, Validate, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct GuidanceForm {
    /// That body: `{"agency": "…"}` for one of the province's, else e.g. `"court"`.
    pub to: CompetentBody,
    /// The letter.
    #[validate(nested)]
    pub document: Option<DocumentForm>,
}

impl StepForm for GuidanceForm {
    fn command(self) -> Command {
        Command::Guide { to: self.to, document: self.document.map(Document::from) }
    }
}

/// Passed to another agency.
#[derive(Debug, Deserialize, Validate, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct TransferForm {
    /// The agency.
    #[validate(length(min = 1, max = 60))]
    #[schema(min_length = 1, max_length = 60)]
    pub agency: String,
    /// The letter.
    #[validate(nested)]
    pub document: Option<DocumentForm>,
}

impl StepForm for TransferForm {
    fn command(self) -> Command {
        Command::Transfer { to: AgencyId::new(self.agency), document: self.document.map(Document::from) }
    }
}

/// Determined complex.
#[derive(Debug, Deserialize, Validate, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct ComplexityForm {
    /// The criteria met.
    #[validate(length(max = 7))]
    #[schema(max_items = 7)]
    pub criteria: Vec<ComplexityCriterion>,
    /// The document filed.
    #[validate(nested)]
    pub document: DocumentForm,
}

impl StepForm for ComplexityForm {
    fn command(self) -> Command {
        Command::FindComplex { criteria: self.criteria, document: self.document.into() }
    }
}

/// Prolonged.
#[derive(Debug, Deserialize, Validate, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct ExtensionForm {
    /// Calendar days.
    pub days: u16,
    /// The criteria met.
    #[validate(length(max = 7))]
    #[schema(max_items = 7)]
    pub criteria: Vec<ComplexityCriterion>,
    /// The written decision.
    #[validate(nested)]
    pub document: DocumentForm,
}

impl StepForm for ExtensionForm {
    fn command(self) -> Command {
        Command::Extend { days: self.days, criteria: self.criteria, document: self.document.into() }
    }
}

/// The clock stands still.
#[derive(Debug, Deserialize, Validate, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct SuspensionForm {
    /// The ground.
    pub ground: SuspensionGround,
    /// The decision (form 14a).
    #[validate(nested)]
    pub document: Option<DocumentForm>,
}

impl StepForm for SuspensionForm {
    fn command(self) -> Command {
        Command::Suspend { ground: self.ground, document: self.document.map(Document::from) }
    }
}

/// The clock runs on.
#[derive(Debug, Deserialize, Validate, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct ResumptionForm {
    /// The decision (form 14b).
    #[validate(nested)]
    pub document: Option<DocumentForm>,
}

impl StepForm for ResumptionForm {
    fn command(self) -> Command {
        Command::Resume { document: self.document.map(Document::from) }
    }
}

/// Ended without a decision.
#[derive(Debug, Deserialize, Validate, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct TerminationForm {
    /// The ground.
    pub ground: TerminationGround,
    /// For a withdrawn denunciation: that none of the grounds to continue applies.
    #[serde(default)]
    pub no_ground_to_continue: bool,
    /// For a withdrawal on paper: the request or the minutes over a signature.
    #[validate(nested)]
    pub withdrawal: Option<DocumentForm>,
    /// The decision.
    #[validate(nested)]
    pub document: Option<DocumentForm>,
}

impl StepForm for TerminationForm {
    fn command(self) -> Command {
        Command::Terminate {
            ground: self.ground,
            no_ground_to_continue: self.no_ground_to_continue,
            withdrawal: self.withdrawal.map(Document::from),
            document: self.document.map(Document::from),
        }
    }
}

/// Decided, concluded or answered.
#[derive(Debug, Deserialize, Validate, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct ResolutionForm {
    /// The result.
    pub result: ResultCode,
    /// The decision, conclusion or letter.
    #[validate(nested)]
    pub document: Option<DocumentForm>,
}

impl StepForm for ResolutionForm {
    fn command(self) -> Command {
        Command::Resolve { result: self.result, document: self.document.map(Document::from) }
    }
}

/// Whether an area is a remote one, from a day on.
#[derive(Debug, Deserialize, Validate, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct AreaForm {
    /// Whether it is.
    pub remote: bool,
    /// First day on which it is so: today or later, for what was counted before stays as it was.
    pub valid_from: Date,
}
