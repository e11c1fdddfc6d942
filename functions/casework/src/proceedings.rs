//! Forms of the steps beside the main way: filing, verification, dialogue, sending, publication, enforcement, and what the law
//! lets follow from an overdue denunciation.

use donthu_domain::{CaseId, Command, ContinuationGround, DialogueOutcome, Document, FilingGround, Sending};
use jiff::civil::Date;
use serde::Deserialize;
use utoipa::ToSchema;
use validator::Validate;

use crate::forms::{DocumentForm, StepForm};

/// A step that says nothing but that it is taken, and by which document.
macro_rules! bare {
    ($(#[$doc:meta])* $name:ident => $command:ident) => {
        $(#[$doc])*
        #[derive(Debug, Deserialize, Validate, ToSchema)]
        #[serde(deny_unknown_fields)]
        pub struct $name {
            /// The document.
            #[validate(nested)]
            pub document: Option<DocumentForm>,
        }

        impl StepForm for $name {
            fn command(self) -> Command {
                Command::$command { document: self.document.map(Document::from) }
            }
        }
    };
}

bare!(
    /// Used for an inspection.
    InspectionForm => UseForInspection
);
bare!(
    /// Verification begins.
    VerificationForm => Verify
);
bare!(
    /// The recorded resolution is annulled.
    CorrectionForm => Correct
);
bare!(
    /// Published.
    PublicationForm => Publish
);
bare!(
    /// The superior asks for a report on an overdue denunciation.
    ReportDemandForm => DemandReport
);
bare!(
    /// The handler reports to the superior.
    ReportForm => AnswerDemand
);

/// Only filed.
#[derive(Debug, Deserialize, Validate, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct FilingForm {
    /// The ground.
    pub ground: FilingGround,
    /// The note or notice.
    #[validate(nested)]
    pub document: Option<DocumentForm>,
}

impl StepForm for FilingForm {
    fn command(self) -> Command {
        Command::File { ground: self.ground, document: self.document.map(Document::from) }
    }
}

/// Passed to the investigation agency.
#[derive(Debug, Deserialize, Validate, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct ReferralForm {
    /// The letter.
    #[validate(nested)]
    pub document: DocumentForm,
}

impl StepForm for ReferralForm {
    fn command(self) -> Command {
        Command::Refer { document: self.document.into() }
    }
}

/// The same matter is another case.
#[derive(Debug, Deserialize, Validate, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct DuplicateForm {
    /// That case.
    #[validate(length(equal = 32))]
    #[schema(min_length = 32, max_length = 32)]
    pub case: String,
    /// The notice.
    #[validate(nested)]
    pub document: Option<DocumentForm>,
}

impl StepForm for DuplicateForm {
    fn command(self) -> Command {
        Command::LinkDuplicate { of: CaseId::new(self.case), document: self.document.map(Document::from) }
    }

    fn other_case(&self) -> Option<CaseId> {
        Some(CaseId::new(self.case.clone()))
    }
}

/// Notice of a dialogue.
#[derive(Debug, Deserialize, Validate, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct DialogueForm {
    /// Its day.
    pub on: Date,
    /// The notice.
    #[validate(nested)]
    pub document: Option<DocumentForm>,
}

impl StepForm for DialogueForm {
    fn command(self) -> Command {
        Command::CallDialogue { on: self.on, document: self.document.map(Document::from) }
    }
}

/// How the dialogue went.
#[derive(Debug, Deserialize, Validate, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct DialogueRecordForm {
    /// How.
    pub outcome: DialogueOutcome,
    /// The minutes (form 14).
    #[validate(nested)]
    pub document: Option<DocumentForm>,
}

impl StepForm for DialogueRecordForm {
    fn command(self) -> Command {
        Command::RecordDialogue { outcome: self.outcome, document: self.document.map(Document::from) }
    }
}

/// A part was withdrawn.
#[derive(Debug, Deserialize, Validate, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct PartialWithdrawalForm {
    /// The request or the minutes.
    #[validate(nested)]
    pub document: DocumentForm,
}

impl StepForm for PartialWithdrawalForm {
    fn command(self) -> Command {
        Command::WithdrawPart { document: self.document.into() }
    }
}

/// A withdrawn denunciation goes on.
#[derive(Debug, Deserialize, Validate, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct ContinuationForm {
    /// The grounds of Art. 33.3.
    #[validate(length(max = 3))]
    #[schema(max_items = 3)]
    pub grounds: Vec<ContinuationGround>,
    /// The notice.
    #[validate(nested)]
    pub document: Option<DocumentForm>,
}

impl StepForm for ContinuationForm {
    fn command(self) -> Command {
        Command::ContinueWithdrawn { grounds: self.grounds, document: self.document.map(Document::from) }
    }
}

/// Something was sent.
#[derive(Debug, Deserialize, Validate, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct DispatchForm {
    /// What.
    pub what: Sending,
    /// The covering letter.
    #[validate(nested)]
    pub document: Option<DocumentForm>,
}

impl StepForm for DispatchForm {
    fn command(self) -> Command {
        Command::Dispatch { what: self.what, document: self.document.map(Document::from) }
    }
}

/// Enforced, or acted upon.
#[derive(Debug, Deserialize, Validate, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct EnforcementForm {
    /// The order, sanction or proposal.
    #[validate(nested)]
    pub document: DocumentForm,
}

impl StepForm for EnforcementForm {
    fn command(self) -> Command {
        Command::Enforce { document: self.document.into() }
    }
}
