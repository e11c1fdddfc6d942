//! How a case is accepted and how it ends.

use jiff::civil::Date;
use serde::{Deserialize, Serialize};

use super::{Instance, Kind};
use crate::document::Document;

/// That the agency accepted the case for resolution (*thụ lý*).
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
pub struct Acceptance {
    /// The day on which it was recorded; the resolution limit counts from it.
    pub on: Date,
    /// The notice (form 03) or decision.
    pub document: Option<Document>,
}

/// What was decided (forms 01/KQGQ and 03/KQGQ).
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
#[serde(rename_all = "snake_case")]
pub enum ResultCode {
    /// Right in full (*đúng toàn bộ*).
    Founded,
    /// Right in part (*đúng một phần; có đúng, có sai*).
    PartlyFounded,
    /// Wrong in full (*sai toàn bộ*).
    Unfounded,
    /// The first decision stands (*công nhận quyết định giải quyết lần đầu*; form 01/KQGQ column 23).
    Upheld,
    /// The first decision is annulled or amended (*hủy, sửa quyết định giải quyết lần đầu*; column 24).
    Overturned,
    /// Feedback was answered (*đã trả lời*).
    Answered,
}

impl ResultCode {
    /// Every result.
    pub const ALL: [ResultCode; 6] = [
        ResultCode::Founded,
        ResultCode::PartlyFounded,
        ResultCode::Unfounded,
        ResultCode::Upheld,
        ResultCode::Overturned,
        ResultCode::Answered,
    ];

    /// The stable name.
    pub fn code(self) -> &'static str {
        match self {
            ResultCode::Founded => "founded",
            ResultCode::PartlyFounded => "partly_founded",
            ResultCode::Unfounded => "unfounded",
            ResultCode::Upheld => "upheld",
            ResultCode::Overturned => "overturned",
            ResultCode::Answered => "answered",
        }
    }

    /// Whether a case of this kind and instance can end so. In second instance a decision is upon the first one (Law on
    /// Complaints Art. 40).
    pub fn fits(self, kind: Kind, instance: Instance) -> bool {
        match self {
            ResultCode::Answered => kind == Kind::Feedback,
            ResultCode::Upheld | ResultCode::Overturned => kind == Kind::Complaint && instance == Instance::Second,
            ResultCode::Founded | ResultCode::PartlyFounded | ResultCode::Unfounded => {
                kind == Kind::Denunciation || (kind == Kind::Complaint && instance == Instance::First)
            }
        }
    }
}

/// How an accepted case left the open stock: what form 01/KQGQ counts as settled.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
#[serde(rename_all = "snake_case")]
pub enum Outcome {
    /// By decision, conclusion or answer.
    Founded,
    /// By decision: right in part.
    PartlyFounded,
    /// By decision: wrong.
    Unfounded,
    /// By a second decision that lets the first one stand.
    Upheld,
    /// By a second decision that annuls or amends the first one.
    Overturned,
    /// By an answer.
    Answered,
    /// Withdrawn in full by the citizen.
    Withdrawn,
    /// Terminated otherwise.
    Terminated,
}

impl Outcome {
    /// Every outcome.
    pub const ALL: [Outcome; 8] = [
        Outcome::Founded,
        Outcome::PartlyFounded,
        Outcome::Unfounded,
        Outcome::Upheld,
        Outcome::Overturned,
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
            Outcome::Upheld => "upheld",
            Outcome::Overturned => "overturned",
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
            ResultCode::Upheld => Outcome::Upheld,
            ResultCode::Overturned => Outcome::Overturned,
            ResultCode::Answered => Outcome::Answered,
        }
    }
}

/// A recorded resolution (*quyết định giải quyết, kết luận nội dung tố cáo, trả lời*).
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
pub struct Resolution {
    /// What was decided.
    pub result: ResultCode,
    /// The day on which it was recorded.
    pub on: Date,
    /// The decision, conclusion or letter.
    pub document: Option<Document>,
    /// Whether the resolution limit was kept.
    pub on_time: bool,
    /// The day on which it was sent to those whom it concerns: from then on the time for a second complaint runs.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub sent_on: Option<Date>,
    /// The day on which the decision on a complaint took effect (Law on Complaints Art. 44).
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub effective_on: Option<Date>,
}

/// A dialogue with the complainant (*đối thoại*, Law on Complaints Art. 30).
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
pub struct Dialogue {
    /// The day for which it was called.
    pub on: Date,
    /// The day on which the parties were given notice.
    pub notified_on: Date,
    /// How it went; none before the day.
    pub outcome: Option<DialogueOutcome>,
}

/// How a dialogue went. Who stays away without good reason does not stop the case (Art. 30.6; Decree 124/2020 Art. 28.5).
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
#[serde(rename_all = "snake_case")]
pub enum DialogueOutcome {
    /// It was held, and minuted (form 14).
    Held,
    /// The complainant stayed away without good reason.
    NoShow,
}

impl DialogueOutcome {
    /// Every outcome.
    pub const ALL: [DialogueOutcome; 2] = [DialogueOutcome::Held, DialogueOutcome::NoShow];
}
