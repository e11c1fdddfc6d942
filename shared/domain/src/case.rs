//! The case (*vụ việc*): one matter, from the petition (*đơn*) to its end.

use jiff::civil::Date;
use jiff::{SignedDuration, Timestamp};
use serde::{Deserialize, Serialize};

use crate::ids::{AgencyId, AreaId, CaseId, FieldId, SubjectId};
use crate::obligation::Obligation;

/// Kind of case, decided by content and request, not by title (Decree 154/2026 Art. 15.1).
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Kind {
    /// Complaint (*khiếu nại*) under the Law on Complaints 02/2011/QH13.
    Complaint,
    /// Denunciation (*tố cáo*) under the Law on Denunciations 25/2018/QH14.
    Denunciation,
    /// Feedback (*kiến nghị, phản ánh*) under the Law on Citizen Reception 42/2013/QH13.
    Feedback,
}

impl Kind {
    /// Every kind, in the order of the reports.
    pub const ALL: [Kind; 3] = [Kind::Complaint, Kind::Denunciation, Kind::Feedback];

    /// The stable name.
    pub fn code(self) -> &'static str {
        match self {
            Kind::Complaint => "complaint",
            Kind::Denunciation => "denunciation",
            Kind::Feedback => "feedback",
        }
    }

    /// The kind of that name.
    pub fn from_code(code: &str) -> Option<Kind> {
        Kind::ALL.into_iter().find(|kind| kind.code() == code)
    }
}

/// Which time the matter is being resolved.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Instance {
    /// First instance (*lần đầu*).
    First,
    /// Second instance of a complaint (*lần hai*): after the first decision, or where it did not come in time.
    Second,
    /// A continued denunciation (*tố cáo tiếp*): to the superior of the agency that concluded, or did not in time.
    Continued,
}

/// What a complaint is directed against: limits differ (Law on Complaints, chapters III and IV).
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Matter {
    /// An administrative decision or act (*quyết định, hành vi hành chính*); also everything that is no complaint.
    #[default]
    Administrative,
    /// A disciplinary decision on a cadre or civil servant (*quyết định kỷ luật*).
    Disciplinary,
    /// A disciplinary decision of dismissal (*buộc thôi việc*).
    Dismissal,
}

/// How a petition came in.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Channel {
    /// Over HTTPS by the citizen.
    Online,
    /// On paper, by post.
    Post,
    /// On paper, handed in at the counter.
    Counter,
    /// Spoken, and written down by an officer (Law on Complaints Art. 8; Law on Denunciations Art. 22).
    Oral,
}

/// Language in which the citizen is told.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Language {
    /// Vietnamese.
    #[default]
    Vi,
    /// English.
    En,
}

/// Position of the person whose decision, act or violation is concerned.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Position {
    /// The agency as such.
    Agency,
    /// Its head.
    Head,
    /// A deputy head.
    Deputy,
    /// Somebody who serves there.
    Staff,
    /// Not identified.
    Unknown,
}

/// Against what the petition is directed. Names of persons stand only in the vault.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Against {
    /// The agency concerned, where the petition names one.
    pub agency: Option<AgencyId>,
    /// The position of the person concerned.
    pub position: Position,
}

impl Against {
    /// A petition that names nobody.
    pub fn nobody() -> Self {
        Self { agency: None, position: Position::Unknown }
    }
}

/// What the system may know of the citizen outside the vault.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
pub struct Contact {
    /// A phone number was left in the vault.
    pub sms: bool,
    /// Language of the messages.
    pub language: Language,
    /// No identity was left.
    pub anonymous: bool,
}

/// An official document: its number (*số, ký hiệu*) and date.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Document {
    /// Number and symbol, e.g. `15/QĐ-UBND`.
    pub number: String,
    /// Its date.
    pub date: Date,
}

/// That the agency accepted the case for resolution (*thụ lý*).
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Acceptance {
    /// The day on which it was recorded; the resolution limit counts from it.
    pub on: Date,
    /// The notice (form 03) or decision.
    pub document: Option<Document>,
}

/// What was decided (forms 01/KQGQ and 03/KQGQ).
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum ResultCode {
    /// Right in full (*đúng toàn bộ*).
    Founded,
    /// Right in part (*đúng một phần; có đúng, có sai*).
    PartlyFounded,
    /// Wrong in full (*sai toàn bộ*).
    Unfounded,
    /// Feedback was answered (*đã trả lời*).
    Answered,
}

impl ResultCode {
    /// The stable name.
    pub fn code(self) -> &'static str {
        match self {
            ResultCode::Founded => "founded",
            ResultCode::PartlyFounded => "partly_founded",
            ResultCode::Unfounded => "unfounded",
            ResultCode::Answered => "answered",
        }
    }

    /// Whether a case of this kind can end so.
    pub fn fits(self, kind: Kind) -> bool {
        (self == ResultCode::Answered) == (kind == Kind::Feedback)
    }
}

/// How an accepted case left the open stock: what form 01/KQGQ counts as settled.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Outcome {
    /// By decision, conclusion or answer.
    Founded,
    /// By decision: right in part.
    PartlyFounded,
    /// By decision: wrong.
    Unfounded,
    /// By an answer.
    Answered,
    /// Withdrawn in full by the citizen.
    Withdrawn,
    /// Terminated otherwise.
    Terminated,
}

impl Outcome {
    /// Every outcome.
    pub const ALL: [Outcome; 6] = [
        Outcome::Founded,
        Outcome::PartlyFounded,
        Outcome::Unfounded,
        Outcome::Answered,
        Outcome::Withdrawn,
        Outcome::Terminated,
    ];

    /// The stable name.
    pub fn code(self) -> &'static str {
        match self {
            Outcome::Founded => "founded",
            Outcome::PartlyFounded => "partly_founded",
            Outcome::Unfounded => "unfounded",
            Outcome::Answered => "answered",
            Outcome::Withdrawn => "withdrawn",
            Outcome::Terminated => "terminated",
        }
    }

    /// The outcome of that name.
    pub fn from_code(code: &str) -> Option<Outcome> {
        Outcome::ALL.into_iter().find(|outcome| outcome.code() == code)
    }
}

impl From<ResultCode> for Outcome {
    fn from(result: ResultCode) -> Self {
        match result {
            ResultCode::Founded => Outcome::Founded,
            ResultCode::PartlyFounded => Outcome::PartlyFounded,
            ResultCode::Unfounded => Outcome::Unfounded,
            ResultCode::Answered => Outcome::Answered,
        }
    }
}

/// A recorded resolution (*quyết định giải quyết, kết luận nội dung tố cáo, trả lời*).
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Resolution {
    /// What was decided.
    pub result: ResultCode,
    /// The day on which it was recorded.
    pub on: Date,
    /// The decision, conclusion or letter.
    pub document: Option<Document>,
    /// Whether the resolution limit was kept.
    pub on_time: bool,
}

/// Why a complaint or denunciation is not accepted. Complaints: Law on Complaints Art. 11; denunciations: Law on
/// Denunciations Art. 25 and 29.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum RefusalGround {
    /// Internal decision or act of an agency (Art. 11, complaints).
    InternalAct,
    /// A superior's direction to a subordinate (Art. 11, complaints).
    SuperiorDirection,
    /// A decision that contains legal norms (Art. 11, complaints).
    LegalNorm,
    /// State secret in defence, security or foreign affairs (Art. 11, complaints).
    StateSecret,
    /// The complainant's own rights are not directly affected (Art. 11, complaints).
    NotAffected,
    /// No capacity and no representative (complaints Art. 11; denunciations Art. 29).
    NoCapacity,
    /// The representative is not a lawful one (Art. 11, complaints).
    UnlawfulRepresentative,
    /// No signature or fingerprint (complaints Art. 11; denunciations Art. 23).
    NoSignature,
    /// The time to complain has passed without good reason (Art. 11, complaints).
    TimeExpired,
    /// A second-instance decision exists (Art. 11, complaints).
    SecondDecisionExists,
    /// Terminated, and not continued within 30 days (Art. 11, complaints).
    NotContinued,
    /// A court has accepted or decided the matter (Art. 11, complaints).
    Court,
    /// Not made in the form of Art. 23 (Art. 29, denunciations).
    NotInForm,
    /// No grounds to identify the violator and the violation (Art. 29, denunciations).
    NoGrounds,
    /// Anonymous or impersonated, without evidence (Art. 25.1, denunciations).
    AnonymousWithoutEvidence,
    /// Grew out of a lawfully resolved complaint without new evidence (Art. 29, denunciations).
    ResolvedComplaint,
}

impl RefusalGround {
    /// Whether the law knows the ground for this kind of case.
    pub fn fits(self, kind: Kind) -> bool {
        use RefusalGround::*;
        match self {
            NoCapacity | NoSignature => kind != Kind::Feedback,
            InternalAct
            | SuperiorDirection
            | LegalNorm
            | StateSecret
            | NotAffected
            | UnlawfulRepresentative
            | TimeExpired
            | SecondDecisionExists
            | NotContinued
            | Court => kind == Kind::Complaint,
            NotInForm | NoGrounds | AnonymousWithoutEvidence | ResolvedComplaint => kind == Kind::Denunciation,
        }
    }
}

/// Why the clock is stopped (complaints: Art. 11a.1 as added by Law 136/2025; denunciations: Art. 34).
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum SuspensionGround {
    /// Force majeure or an objective obstacle (complaints).
    ForceMajeure,
    /// The result of another body must be awaited.
    AwaitsOtherBody,
    /// Supplementary expertise must be awaited (denunciations).
    AwaitsExpertise,
}

impl SuspensionGround {
    /// Whether the law knows the ground for this kind of case.
    pub fn fits(self, kind: Kind) -> bool {
        match self {
            SuspensionGround::ForceMajeure => kind == Kind::Complaint,
            SuspensionGround::AwaitsOtherBody => kind != Kind::Feedback,
            SuspensionGround::AwaitsExpertise => kind == Kind::Denunciation,
        }
    }
}

/// Why a case ends without a decision (complaints: Art. 11a.2; denunciations: Art. 34).
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum TerminationGround {
    /// Withdrawn in full. For a denunciation only where none of the grounds to continue applies (Art. 33.3).
    Withdrawal,
    /// The complainant died without an heir to the right, or the denounced person died.
    Death,
    /// The complaining organisation was dissolved without a successor.
    Dissolution,
    /// Already settled by a judgment or decision in force.
    AlreadySettled,
}

impl TerminationGround {
    /// Whether the law knows the ground for this kind of case.
    pub fn fits(self, kind: Kind) -> bool {
        match self {
            TerminationGround::Withdrawal => true,
            TerminationGround::Death | TerminationGround::AlreadySettled => kind != Kind::Feedback,
            TerminationGround::Dissolution => kind == Kind::Complaint,
        }
    }

    /// How the termination is counted.
    pub fn outcome(self) -> Outcome {
        match self {
            TerminationGround::Withdrawal => Outcome::Withdrawn,
            _ => Outcome::Terminated,
        }
    }
}

/// What makes a case complex (Decree 124/2020 Art. 3a as amended by Decree 155/2026; the same seven for denunciations,
/// Decree 31/2019 Art. 3).
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum ComplexityCriterion {
    /// a) one content, but verified in two places or more.
    SeveralPlaces,
    /// b) two contents or more.
    SeveralContents,
    /// c) several people on one content, or the interests of many.
    ManyPeople,
    /// d) a foreign element.
    ForeignElement,
    /// đ) the responsibility of several agencies.
    SeveralAgencies,
    /// e) agencies disagree.
    AgenciesDisagree,
    /// g) contradictory evidence that needs time or an expert.
    ContradictoryEvidence,
}

/// That a complaint was determined complex, in writing.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Complexity {
    /// The criteria that are met; at least one.
    pub criteria: Vec<ComplexityCriterion>,
    /// The day on which it was recorded.
    pub on: Date,
    /// The document that was filed.
    pub document: Document,
}

/// Where a case stands. Each stage carries only what is valid in it.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(tag = "stage", rename_all = "snake_case")]
pub enum Stage {
    /// Came in; nobody is responsible yet (*tiếp nhận*).
    Received,
    /// At an agency, but without the signature that the law wants (Law on Complaints Art. 8; on Denunciations Art. 23).
    AwaitingFormalisation,
    /// Lawfully received (*vào sổ*); must be accepted, refused, guided or transferred.
    Registered,
    /// Accepted for resolution (*đã thụ lý*).
    Accepted {
        /// The acceptance.
        acceptance: Acceptance,
    },
    /// The clock stands still (*tạm đình chỉ*).
    Suspended {
        /// The acceptance.
        acceptance: Acceptance,
        /// The day of the suspension.
        since: Date,
        /// Its ground.
        ground: SuspensionGround,
    },
    /// Decided, concluded or answered (*đã giải quyết*).
    Resolved {
        /// The acceptance.
        acceptance: Acceptance,
        /// The resolution.
        resolution: Resolution,
    },
    /// Not accepted (*không thụ lý*).
    Refused {
        /// The ground.
        ground: RefusalGround,
        /// The day.
        on: Date,
    },
    /// Not within the province's competence: the complainant was told where to go (*hướng dẫn*).
    Guided {
        /// The day.
        on: Date,
    },
    /// Ended without a decision after acceptance (*đình chỉ*).
    Terminated {
        /// The acceptance.
        acceptance: Acceptance,
        /// The ground.
        ground: TerminationGround,
        /// The day.
        on: Date,
    },
    /// Withdrawn before acceptance (*rút đơn*).
    Withdrawn {
        /// The day.
        on: Date,
    },
}

impl Stage {
    /// The stable name.
    pub fn code(&self) -> &'static str {
        match self {
            Stage::Received => "received",
            Stage::AwaitingFormalisation => "awaiting_formalisation",
            Stage::Registered => "registered",
            Stage::Accepted { .. } => "accepted",
            Stage::Suspended { .. } => "suspended",
            Stage::Resolved { .. } => "resolved",
            Stage::Refused { .. } => "refused",
            Stage::Guided { .. } => "guided",
            Stage::Terminated { .. } => "terminated",
            Stage::Withdrawn { .. } => "withdrawn",
        }
    }

    /// The day on which the case was closed; none while it is open.
    pub fn closed_on(&self) -> Option<Date> {
        match self {
            Stage::Resolved { resolution, .. } => Some(resolution.on),
            Stage::Refused { on, .. }
            | Stage::Guided { on }
            | Stage::Terminated { on, .. }
            | Stage::Withdrawn { on } => Some(*on),
            Stage::Received
            | Stage::AwaitingFormalisation
            | Stage::Registered
            | Stage::Accepted { .. }
            | Stage::Suspended { .. } => None,
        }
    }

    /// The acceptance, in every stage that follows one.
    pub fn acceptance(&self) -> Option<&Acceptance> {
        match self {
            Stage::Accepted { acceptance }
            | Stage::Suspended { acceptance, .. }
            | Stage::Resolved { acceptance, .. }
            | Stage::Terminated { acceptance, .. } => Some(acceptance),
            _ => None,
        }
    }
}

/// One matter with everything that a decision on it needs. No personal data, no text: those are in the vault.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Case {
    /// Its id.
    pub id: CaseId,
    /// The number that people use, derived from the id.
    pub number: String,
    /// Its kind.
    pub kind: Kind,
    /// Its instance.
    pub instance: Instance,
    /// What a complaint is directed against.
    #[serde(default)]
    pub matter: Matter,
    /// How it came in.
    pub channel: Channel,
    /// Rises with every transition, from 1.
    pub version: u64,
    /// Rises only when what an official decides on has changed.
    pub step: u64,
    /// Where it stands.
    #[serde(flatten)]
    pub stage: Stage,
    /// When the petition came in.
    pub submitted_at: Timestamp,
    /// The legal receipt date; none before registration.
    pub received_on: Option<Date>,
    /// Where it happened.
    pub area: Option<AreaId>,
    /// Whether the area was a remote one when the case came in.
    pub remote: bool,
    /// Subject field.
    pub field: Option<FieldId>,
    /// Against what it is directed.
    pub against: Against,
    /// What may be known of the citizen.
    pub contact: Contact,
    /// The responsible agency; none before assignment.
    pub agency: Option<AgencyId>,
    /// The official who handles it.
    pub handler: Option<SubjectId>,
    /// How often it went from one agency to another.
    pub transfers: u32,
    /// That it is complex.
    pub complexity: Option<Complexity>,
    /// The day on which the citizen asked to withdraw, where an official must still decide on it.
    pub withdrawal_requested_on: Option<Date>,
    /// How many resolutions have been recorded, corrected ones included.
    pub resolutions: u32,
    /// Every statutory obligation, open and closed.
    pub obligations: Vec<Obligation>,
}

impl Case {
    /// After this long without an agency, the sweep routes the case itself: the stream has lost it.
    pub const ROUTING_GRACE: SignedDuration = SignedDuration::from_mins(10);

    /// The earliest milestone still to be raised: when the sweep must look at the case.
    pub fn next_milestone_at(&self) -> Option<Timestamp> {
        if self.stage.closed_on().is_some() {
            return None;
        }
        if self.stage == Stage::Received {
            return Some(self.submitted_at.saturating_add(Self::ROUTING_GRACE).unwrap_or(Timestamp::MAX));
        }
        self.obligations.iter().filter_map(Obligation::next_milestone_at).min()
    }

    /// The earliest day on which something is due; none where the clock stands still or nothing is owed.
    pub fn due_on(&self) -> Option<Date> {
        self.obligations.iter().filter(|o| o.is_running()).map(|o| o.due_on).min()
    }
}
