//! Official documents, as far as the case knows them: form, number, date, who signed and who gets it. Their text is made
//! from the case when somebody prints it.

use jiff::civil::Date;
use serde::{Deserialize, Serialize};

/// An official document: its number (*số, ký hiệu*), its date, and whose it is.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
pub struct Document {
    /// Number and symbol, e.g. `15/QĐ-UBND`.
    pub number: String,
    /// Its date.
    pub date: Date,
    /// Who signed it.
    #[serde(default)]
    pub signer: Signer,
    /// Who gets it.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub recipients: Vec<Recipient>,
}

impl Document {
    /// A document that the head signed, with nobody named who gets it.
    pub fn new(number: impl Into<String>, date: Date) -> Self {
        Self { number: number.into(), date, signer: Signer::Head, recipients: Vec::new() }
    }
}

/// Who signed, by office, never by name.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
#[serde(rename_all = "snake_case")]
pub enum Signer {
    /// The head of the agency.
    #[default]
    Head,
    /// A deputy, for the head (*ký thay*).
    Deputy,
}

/// Who gets a document, by their part in the case, never by name.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
#[serde(rename_all = "snake_case")]
pub enum Recipient {
    /// The complainant, denouncer or petitioner.
    Petitioner,
    /// The agency or person complained about.
    ComplainedAbout,
    /// The person or agency denounced. What they get never names the denouncer (Law on Denunciations Art. 56).
    Denounced,
    /// The agency directly above.
    Superior,
    /// The inspectorate.
    Inspectorate,
    /// The agency to which the case goes.
    Receiving,
    /// Others with rights or duties in the matter.
    Related,
}

/// The forms and decisions that the law names. Complaints: Decree 124/2020 as amended by Decree 155/2026. Denunciations:
/// Decree 31/2019 as amended by Decree 156/2026, whose numbers were not read, so they bear names.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
pub enum Form {
    /// Form 03: notice that a complaint is accepted.
    #[serde(rename = "03")]
    Acceptance,
    /// Form 04: notice that a complaint is not accepted.
    #[serde(rename = "04")]
    Refusal,
    /// Form 14: minutes of a dialogue.
    #[serde(rename = "14")]
    DialogueMinutes,
    /// Form 14a: decision to suspend or terminate.
    #[serde(rename = "14a")]
    SuspensionOrTermination,
    /// Form 14b: decision to continue.
    #[serde(rename = "14b")]
    Resumption,
    /// The written determination that a case is complex (Decree 124/2020 Art. 3a).
    #[serde(rename = "complexity")]
    Complexity,
    /// The decision that prolongs a denunciation's limit (Law on Denunciations Art. 30).
    #[serde(rename = "extension")]
    Extension,
    /// The letter that passes a petition on.
    #[serde(rename = "transfer")]
    Transfer,
    /// The letter that tells a complainant where to turn.
    #[serde(rename = "guidance")]
    Guidance,
    /// The decision that resolves a complaint, the conclusion of a denunciation, the answer to feedback.
    #[serde(rename = "decision")]
    Decision,
    /// The decision or notice that a denunciation is accepted (Law on Denunciations Art. 29).
    #[serde(rename = "denunciation-acceptance")]
    DenunciationAcceptance,
    /// The notice that a denunciation is not accepted.
    #[serde(rename = "denunciation-refusal")]
    DenunciationRefusal,
    /// The decision to suspend or terminate a denunciation (Art. 34).
    #[serde(rename = "denunciation-suspension")]
    DenunciationSuspension,
    /// The decision to continue a denunciation.
    #[serde(rename = "denunciation-resumption")]
    DenunciationResumption,
    /// The notice of a dialogue.
    #[serde(rename = "dialogue-notice")]
    DialogueNotice,
    /// The order that enforces a decision in effect (Decree 124/2020 Art. 31), or what acts on a conclusion (Law on
    /// Denunciations Art. 36).
    #[serde(rename = "enforcement")]
    Enforcement,
    /// What passes signs of a crime to the investigation agency.
    #[serde(rename = "referral")]
    Referral,
    /// The minutes or request of a withdrawal.
    #[serde(rename = "withdrawal")]
    Withdrawal,
    /// The note or notice that a petition is only filed (Circular 05/2021 Art. 6).
    #[serde(rename = "filing")]
    Filing,
    /// The note that passes an anonymous but evidenced denunciation to an inspection (Law on Denunciations Art. 25.2).
    #[serde(rename = "inspection")]
    Inspection,
    /// The notice that the matter is another case already.
    #[serde(rename = "duplicate")]
    Duplicate,
    /// The notice that a mixed petition is handled as several cases (Decree 154/2026 Art. 14.4).
    #[serde(rename = "division")]
    Division,
    /// The decision that says who verifies (Law on Complaints Art. 29).
    #[serde(rename = "verification")]
    Verification,
    /// The notice that a withdrawn denunciation goes on (Law on Denunciations Art. 33.3).
    #[serde(rename = "continuation")]
    Continuation,
    /// The decision that annuls a resolution recorded wrongly.
    #[serde(rename = "annulment")]
    Annulment,
    /// The covering letter of what is sent.
    #[serde(rename = "covering-letter")]
    CoveringLetter,
    /// The announcement of a decision or conclusion.
    #[serde(rename = "publication")]
    Publication,
    /// The superior's letter that asks for a report on an overdue denunciation (Law on Denunciations Art. 38).
    #[serde(rename = "report-demand")]
    ReportDemand,
    /// The handler's report to the superior.
    #[serde(rename = "report")]
    Report,
}

/// A document that the case has on file.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
pub struct Issued {
    /// Its form.
    pub form: Form,
    /// The document.
    #[serde(flatten)]
    pub document: Document,
    /// The day on which it was recorded.
    pub recorded_on: Date,
}
