//! The grounds that the law lists for each step that needs one.

use serde::{Deserialize, Serialize};

use jiff::civil::Date;

use super::{Kind, Outcome};
use crate::document::Document;
use crate::ids::AgencyId;

/// Why a complaint or denunciation is not accepted. Complaints: Law on Complaints Art. 11; denunciations: Law on
/// Denunciations Art. 25 and 29.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
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
    /// Grew out of a lawfully resolved complaint without new evidence (Art. 29, denunciations).
    ResolvedComplaint,
}

impl RefusalGround {
    /// Every ground.
    pub const ALL: [RefusalGround; 15] = [
        RefusalGround::InternalAct,
        RefusalGround::SuperiorDirection,
        RefusalGround::LegalNorm,
        RefusalGround::StateSecret,
        RefusalGround::NotAffected,
        RefusalGround::NoCapacity,
        RefusalGround::UnlawfulRepresentative,
        RefusalGround::NoSignature,
        RefusalGround::TimeExpired,
        RefusalGround::SecondDecisionExists,
        RefusalGround::NotContinued,
        RefusalGround::Court,
        RefusalGround::NotInForm,
        RefusalGround::NoGrounds,
        RefusalGround::ResolvedComplaint,
    ];

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
            NotInForm | NoGrounds | ResolvedComplaint => kind == Kind::Denunciation,
        }
    }
}

/// Why the clock is stopped (complaints: Art. 11a.1 as added by Law 136/2025; denunciations: Art. 34).
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
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
    /// Every ground.
    pub const ALL: [SuspensionGround; 3] =
        [SuspensionGround::ForceMajeure, SuspensionGround::AwaitsOtherBody, SuspensionGround::AwaitsExpertise];

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
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
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
    /// A court has accepted the same matter (complaints, Art. 11).
    Court,
}

impl TerminationGround {
    /// Every ground.
    pub const ALL: [TerminationGround; 5] = [
        TerminationGround::Withdrawal,
        TerminationGround::Death,
        TerminationGround::Dissolution,
        TerminationGround::AlreadySettled,
        TerminationGround::Court,
    ];

    /// Whether the law knows the ground for this kind of case.
    pub fn fits(self, kind: Kind) -> bool {
        match self {
            TerminationGround::Withdrawal => true,
            TerminationGround::Death | TerminationGround::AlreadySettled => kind != Kind::Feedback,
            TerminationGround::Dissolution | TerminationGround::Court => kind == Kind::Complaint,
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
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
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

impl ComplexityCriterion {
    /// Every criterion.
    pub const ALL: [ComplexityCriterion; 7] = [
        ComplexityCriterion::SeveralPlaces,
        ComplexityCriterion::SeveralContents,
        ComplexityCriterion::ManyPeople,
        ComplexityCriterion::ForeignElement,
        ComplexityCriterion::SeveralAgencies,
        ComplexityCriterion::AgenciesDisagree,
        ComplexityCriterion::ContradictoryEvidence,
    ];
}

/// Why a petition is only filed (*lưu đơn*): it does not meet the conditions (Circular 05/2021/TT-TTCP Art. 6.2b), or is an
/// anonymous denunciation that nothing can be done with (Law on Denunciations Art. 25.1).
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
#[serde(rename_all = "snake_case")]
pub enum FilingGround {
    /// Language, date, name, address, signature or content is missing.
    NotInForm,
    /// Sent to several agencies, the competent one among them.
    SeveralAddressees,
    /// The petitioner was guided on the same matter before.
    AlreadyGuided,
    /// Opposes the Party or the State, divides peoples or religions, insults.
    HostileContent,
    /// Torn or illegible.
    Illegible,
    /// Anonymous or impersonated, and without evidence (denunciations, Art. 25.1).
    AnonymousWithoutEvidence,
}

impl FilingGround {
    /// Every ground.
    pub const ALL: [FilingGround; 6] = [
        FilingGround::NotInForm,
        FilingGround::SeveralAddressees,
        FilingGround::AlreadyGuided,
        FilingGround::HostileContent,
        FilingGround::Illegible,
        FilingGround::AnonymousWithoutEvidence,
    ];

    /// Whether the law knows the ground for this kind of case.
    pub fn fits(self, kind: Kind) -> bool {
        self != FilingGround::AnonymousWithoutEvidence || kind == Kind::Denunciation
    }
}

/// Why a denunciation goes on although it was withdrawn (Law on Denunciations Art. 33.3; Decree 31/2019 Art. 4 as amended by
/// Decree 156/2026).
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
#[serde(rename_all = "snake_case")]
pub enum ContinuationGround {
    /// a) There are signs of a violation.
    SignsOfViolation,
    /// b) It was withdrawn under threat, coercion or bribery.
    Coerced,
    /// c) The denouncer used it to slander.
    Slander,
}

impl ContinuationGround {
    /// Every ground.
    pub const ALL: [ContinuationGround; 3] =
        [ContinuationGround::SignsOfViolation, ContinuationGround::Coerced, ContinuationGround::Slander];
}

/// That a complaint was determined complex, in writing.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
pub struct Complexity {
    /// The criteria that are met; at least one.
    pub criteria: Vec<ComplexityCriterion>,
    /// The day on which it was recorded.
    pub on: Date,
    /// The document that was filed.
    pub document: Document,
}

/// Which body a complainant is told to turn to (*cơ quan, tổ chức, cá nhân có thẩm quyền*; Decree 154/2026 Art. 15.2).
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
#[serde(rename_all = "snake_case")]
pub enum CompetentBody {
    /// An agency of this province.
    Agency(AgencyId),
    /// A ministry or another central agency.
    CentralAgency,
    /// An agency of another province.
    OtherProvince,
    /// A court.
    Court,
    /// The procuracy, or a body that enforces judgments.
    JudicialBody,
    /// A body of the Party.
    PartyBody,
    /// The National Assembly or a People's Council.
    ElectedBody,
    /// A public service unit or a state enterprise.
    PublicUnit,
}

impl CompetentBody {
    /// Every sort of body that is no agency of this province.
    pub const OUTSIDE: [CompetentBody; 7] = [
        CompetentBody::CentralAgency,
        CompetentBody::OtherProvince,
        CompetentBody::Court,
        CompetentBody::JudicialBody,
        CompetentBody::PartyBody,
        CompetentBody::ElectedBody,
        CompetentBody::PublicUnit,
    ];
}
