//! Notices: decided with their transition, pending until they are sent or no longer true.

use donthu_domain::{CaseId, Notice};
use jiff::Timestamp;
use uuid::Uuid;

use super::{Item, Reader, keyed, number, text, to_value};
use crate::error::StoreError;
use crate::keys::{self, Key};
use crate::trace::TraceId;

const NOTICE: &str = "notice";
const NOTICE_ID: &str = "notice_id";
const VERSION: &str = "version";
const DECIDED_AT: &str = "decided_at";
pub(crate) const STATE: &str = "state";
pub(crate) const SETTLED_AT: &str = "settled_at";
pub(crate) const MESSAGE_ID: &str = "message_id";
/// Only as long as the notice is pending.
pub(crate) const TRACE: &str = "trace";
pub(crate) const PENDING: &str = "pending";
pub(crate) const SENT: &str = "sent";
pub(crate) const SUPERSEDED: &str = "superseded";
/// Attributes that only a pending notice has.
pub(crate) const DUE_KEYS: [&str; 2] = [keys::DUE_PK, keys::DUE_SK];

/// Namespace of notice ids (RFC 9562, version 5), made once for this project.
const NAMESPACE: Uuid = Uuid::from_u128(0x4f0a_52c1_6f4e_5d7b_9d0c_3f6e_2a81_c7e4);

/// Where a notice stands.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum NoticeState {
    /// To be published.
    Pending,
    /// Published.
    Sent {
        /// When.
        at: Timestamp,
        /// The id that SNS gave.
        message_id: String,
    },
    /// Not published, because it was no longer true or nobody may read it.
    Superseded {
        /// When that was found.
        at: Timestamp,
    },
}

/// A notice as it stands in the table.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct StoredNotice {
    /// Its key.
    pub key: Key,
    /// The same in each copy that is published; receivers tell repetitions by it.
    pub id: Uuid,
    /// The case.
    pub case: CaseId,
    /// The case's version whose transition decided it.
    pub version: u64,
    /// What it says, and to whom.
    pub notice: Notice,
    /// When it was decided.
    pub decided_at: Timestamp,
    /// Where it stands.
    pub state: NoticeState,
    /// The trace of the work that decided it; `None` once it is settled, and where no trace was written with it.
    pub trace: Option<TraceId>,
}

impl StoredNotice {
    pub(crate) fn from_item(item: &Item) -> Result<Self, StoreError> {
        let reader = Reader::new(item);
        let state = match reader.text(STATE)? {
            PENDING => NoticeState::Pending,
            SENT => {
                NoticeState::Sent { at: reader.parsed(SETTLED_AT)?, message_id: reader.text(MESSAGE_ID)?.to_owned() }
            }
            SUPERSEDED => NoticeState::Superseded { at: reader.parsed(SETTLED_AT)? },
            _ => return Err(reader.malformed("unknown state")),
        };
        Ok(Self {
            key: reader.key()?,
            id: reader.parsed(NOTICE_ID)?,
            case: reader.case()?,
            version: reader.parsed(VERSION)?,
            notice: reader.value(NOTICE)?,
            decided_at: reader.parsed(DECIDED_AT)?,
            state,
            // It helps whoever looks for a fault: a wrong one must keep no notice from being sent.
            trace: reader.optional_text(TRACE).and_then(TraceId::parse),
        })
    }
}

/// A pending notice to be written.
pub(crate) fn new_notice(
    case: &CaseId,
    version: u64,
    notice: &Notice,
    at: Timestamp,
    trace: Option<&TraceId>,
) -> Result<Item, StoreError> {
    let key = keys::notice(case, version, notice);
    let id = Uuid::new_v5(&NAMESPACE, format!("{}/{}", key.pk, key.sk).as_bytes());
    let mut item = keyed(&key);
    let attributes = [
        (NOTICE, to_value("a notice", notice)?),
        (NOTICE_ID, text(id.to_string())),
        (VERSION, number(version)),
        (DECIDED_AT, text(at.to_string())),
        (STATE, text(PENDING)),
        (keys::DUE_PK, text(keys::unsent_pk(keys::shard(case)))),
        (keys::DUE_SK, text(keys::due_sk(at, case))),
    ];
    item.extend(attributes.map(|(name, value)| (name.to_owned(), value)));
    item.extend(trace.map(|trace| (TRACE.to_owned(), text(trace.as_str()))));
    Ok(item)
}
