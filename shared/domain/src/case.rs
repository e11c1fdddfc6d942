//! The case (*vụ việc*): one matter, from the petition (*đơn*) to its end.

use jiff::civil::Date;
use jiff::{SignedDuration, Timestamp};
use serde::{Deserialize, Serialize};

mod correspondence;
mod grounds;
mod kinship;
mod outcome;

pub use self::correspondence::{Disclosure, DisclosureReason, Messages, Side};
pub use self::grounds::{
    CompetentBody, Complexity, ComplexityCriterion, ContinuationGround, FilingGround, RefusalGround, SuspensionGround,
    TerminationGround,
};
pub use self::kinship::{Child, Origin, Relation};
pub use self::outcome::{Acceptance, Dialogue, DialogueOutcome, Outcome, Resolution, ResultCode};
use crate::document::{Document, Issued};
use crate::ids::{AgencyId, AreaId, CaseId, FieldId, SubjectId};
use crate::obligation::Obligation;
use crate::refusal::Refusal;

/// Kind of case, decided by content and request, not by title (Decree 154/2026 Art. 15.1).
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
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
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
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
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
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
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
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
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
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
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
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
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
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
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
pub struct Contact {
    /// A phone number was left in the vault.
    pub sms: bool,
    /// Language of the messages.
    pub language: Language,
    /// No identity was left.
    pub anonymous: bool,
}

/// Several people on one matter (*đơn có nhiều người*).
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
pub struct Group {
    /// How many people submit together; at least 2.
    pub people: u16,
    /// How many of them represent the others.
    pub representatives: u8,
}

impl Group {
    /// How many representatives such a group may have: one or two of fewer than ten people, five of ten and more (Decree
    /// 75/2012 Art. 5, to which Law 42/2013 Art. 29 is taken to correspond).
    pub fn most_representatives(self) -> u8 {
        if self.people < 10 { 2 } else { 5 }
    }
}

/// The two clocks that a denouncer sets going over a conclusion that did not come in time (Law on Denunciations Art. 38).
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
pub struct OverdueReport {
    /// The day on which the denouncer told the superior.
    pub reported_on: Date,
    /// The agency that must ask the handler for a report.
    pub superior: AgencyId,
    /// The day on which it asked.
    pub demanded_on: Option<Date>,
    /// The day on which the handler reported.
    pub answered_on: Option<Date>,
}

/// Where a case stands. Each stage carries only what is valid in it.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
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
    /// Its content is being verified (*đang xác minh*).
    Verifying {
        /// The acceptance.
        acceptance: Acceptance,
        /// The day on which verification began.
        since: Date,
    },
    /// The clock stands still (*tạm đình chỉ*).
    Suspended {
        /// The acceptance.
        acceptance: Acceptance,
        /// The day on which verification had begun, if it had.
        verifying_since: Option<Date>,
        /// The day of the suspension.
        since: Date,
        /// Its ground.
        ground: SuspensionGround,
        /// The decision.
        #[serde(default, skip_serializing_if = "Option::is_none")]
        document: Option<Document>,
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
        /// To whom.
        to: CompetentBody,
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
    /// Not eligible: only filed (*lưu đơn*).
    Filed {
        /// The ground.
        ground: FilingGround,
        /// The day.
        on: Date,
    },
    /// A denunciation that is none in form, but tells who did what with evidence: used for an inspection (Law on
    /// Denunciations Art. 25.2). No denunciation case any more.
    UsedForInspection {
        /// The day.
        on: Date,
    },
    /// Signs of a crime: passed to the investigation agency (*chuyển cơ quan điều tra*).
    Referred {
        /// The day.
        on: Date,
    },
    /// The same matter is another case already (*đơn trùng*).
    Duplicate {
        /// That case.
        of: CaseId,
        /// The day.
        on: Date,
    },
    /// Became one case for each matter, or one of another kind (*tách đơn, phân loại lại*).
    Divided {
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
            Stage::Verifying { .. } => "verifying",
            Stage::Suspended { .. } => "suspended",
            Stage::Resolved { .. } => "resolved",
            Stage::Refused { .. } => "refused",
            Stage::Guided { .. } => "guided",
            Stage::Terminated { .. } => "terminated",
            Stage::Withdrawn { .. } => "withdrawn",
            Stage::Filed { .. } => "filed",
            Stage::UsedForInspection { .. } => "used_for_inspection",
            Stage::Referred { .. } => "referred",
            Stage::Duplicate { .. } => "duplicate",
            Stage::Divided { .. } => "divided",
        }
    }

    /// The day on which the matter ended here; none while it is pending or being resolved. Something may still be owed then:
    /// [`Case::closed_on`].
    pub fn ended_on(&self) -> Option<Date> {
        match self {
            Stage::Resolved { resolution, .. } => Some(resolution.on),
            Stage::Refused { on, .. }
            | Stage::Guided { on, .. }
            | Stage::Terminated { on, .. }
            | Stage::Withdrawn { on }
            | Stage::Filed { on, .. }
            | Stage::UsedForInspection { on }
            | Stage::Referred { on }
            | Stage::Duplicate { on, .. }
            | Stage::Divided { on } => Some(*on),
            Stage::Received
            | Stage::AwaitingFormalisation
            | Stage::Registered
            | Stage::Accepted { .. }
            | Stage::Verifying { .. }
            | Stage::Suspended { .. } => None,
        }
    }

    /// The day on which verification began, while it goes on or is suspended.
    pub fn verifying_since(&self) -> Option<Date> {
        match self {
            Stage::Verifying { since, .. } => Some(*since),
            Stage::Suspended { verifying_since, .. } => *verifying_since,
            _ => None,
        }
    }

    /// The acceptance, in every stage that follows one.
    pub fn acceptance(&self) -> Option<&Acceptance> {
        match self {
            Stage::Accepted { acceptance }
            | Stage::Verifying { acceptance, .. }
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
    /// That several people submit together.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub group: Option<Group>,
    /// The case that this one came out of.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub origin: Option<Origin>,
    /// The cases that came out of this one.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub children: Vec<Child>,
    /// The responsible agency; none before assignment.
    pub agency: Option<AgencyId>,
    /// The official who handles it.
    pub handler: Option<SubjectId>,
    /// Officials whom a denunciation is about, as far as its managing head found out: they see and do nothing on it, whatever
    /// their role and agency.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub denounced: Vec<SubjectId>,
    /// How often it went from one agency to another.
    pub transfers: u32,
    /// That it is complex.
    pub complexity: Option<Complexity>,
    /// The day on which the citizen asked to withdraw, where an official must still decide on it.
    pub withdrawal_requested_on: Option<Date>,
    /// The days on which a part was withdrawn; the rest goes on (Law on Complaints Art. 10).
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub partial_withdrawals: Vec<Date>,
    /// The dialogues, oldest first.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub dialogues: Vec<Dialogue>,
    /// That a conclusion is overdue and the superior was told.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub overdue_report: Option<OverdueReport>,
    /// The documents on file, oldest first.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub documents: Vec<Issued>,
    /// The messages that citizen and agency wrote to each other.
    #[serde(default, skip_serializing_if = "Messages::is_empty")]
    pub messages: Messages,
    /// That the petitioner's identity was opened, oldest first.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub disclosures: Vec<Disclosure>,
    /// How many resolutions have been recorded, corrected ones included.
    pub resolutions: u32,
    /// Every statutory obligation, open and closed.
    pub obligations: Vec<Obligation>,
}

impl Case {
    /// After this long without an agency, the sweep routes the case itself: the stream has lost it.
    pub const ROUTING_GRACE: SignedDuration = SignedDuration::from_mins(10);

    /// The day on which the last thing was done: the matter has ended and nothing is owed any more. None while the case is open.
    pub fn closed_on(&self) -> Option<Date> {
        let ended_on = self.stage.ended_on()?;
        let mut last = ended_on;
        for obligation in &self.obligations {
            last = last.max(obligation.closed?.on);
        }
        Some(last)
    }

    /// The earliest milestone still to be raised: when the sweep must look at the case.
    pub fn next_milestone_at(&self) -> Option<Timestamp> {
        if self.stage == Stage::Received {
            return Some(self.submitted_at.saturating_add(Self::ROUTING_GRACE).unwrap_or(Timestamp::MAX));
        }
        self.obligations.iter().filter_map(Obligation::next_milestone_at).min()
    }

    /// The earliest day on which something is due; none where the clock stands still or nothing is owed.
    pub fn due_on(&self) -> Option<Date> {
        self.obligations.iter().filter(|o| o.is_running() && o.duty.is_work()).map(|o| o.due_on).min()
    }

    /// The first case that this one goes back to: itself, or the one that the citizen's petition began.
    pub fn root(&self) -> &CaseId {
        self.origin.as_ref().map_or(&self.id, |origin| &origin.root)
    }

    /// Whether the matter of another case can be this one's: of the same kind, and not ended without anybody having looked at
    /// it. Two petitions that end as each other's duplicate would leave nobody to handle them.
    ///
    /// # Errors
    /// [`Refusal::NotADuplicate`] where it can't.
    pub fn take_in(&self, other: &Case) -> Result<(), Refusal> {
        let unheard = matches!(
            self.stage,
            Stage::Duplicate { .. }
                | Stage::Filed { .. }
                | Stage::Withdrawn { .. }
                | Stage::Terminated { .. }
                | Stage::Divided { .. }
        );
        if self.kind == other.kind && !unheard { Ok(()) } else { Err(Refusal::NotADuplicate) }
    }

    /// The newest document of a form on file.
    pub fn issued(&self, form: crate::document::Form) -> Option<&Issued> {
        self.documents.iter().rev().find(|issued| issued.form == form)
    }
}
