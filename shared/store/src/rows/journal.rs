//! The journal: what happened to a case, in order, each entry bound to the one before it.

use aws_sdk_dynamodb::primitives::Blob;
use aws_sdk_dynamodb::types::AttributeValue;
use donthu_domain::{Actor, CaseId, CommandId, Event, TallyDelta, time};
use jiff::Timestamp;
use jiff::civil::Date;
use serde::{Deserialize, Serialize};

use super::{Item, Reader, keyed, text};
use crate::aead::SecretBytes;
use crate::digest;
use crate::error::StoreError;
use crate::keys;
use crate::sealing::{EntryMark, Salt};

const ENTRY: &str = "entry";
const PREVIOUS: &str = "prev_hash";
const HASH: &str = "hash";
const SALT: &str = "salt";

/// What the index by day holds beside the keys.
pub(crate) const MARKED: [&str; 2] = [HASH, SALT];

/// What the index by day and a proof read of an entry: nothing of what it says.
pub(crate) const MARK: [&str; 5] = [keys::PK, keys::SK, keys::DAY_PK, HASH, SALT];

/// The hash before the first entry.
const GENESIS: &str = "0000000000000000000000000000000000000000000000000000000000000000";

/// What an entry says: codes, dates, ids and document numbers; no names, no texts.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct JournalBody {
    /// When it was recorded.
    pub at: Timestamp,
    /// Who did it.
    pub actor: Actor,
    /// The command that did it.
    pub command: CommandId,
    /// What happened.
    pub events: Vec<Event>,
    /// How the counters changed.
    pub tally: Vec<TallyDelta>,
}

/// An entry as it stands in the table.
///
/// The hash is over the stored text itself, so that checking a chain never depends on today's types.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct JournalEntry {
    /// The case.
    pub case: CaseId,
    /// The version that this entry made, from 1.
    pub version: u64,
    /// Hash of the entry before, or 64 zeros.
    pub previous: String,
    /// SHA-256 over case, version, previous hash and the entry's text: 64 lower-case hexadecimal digits.
    pub hash: String,
    text: String,
    salt: Salt,
    day_pk: String,
    day_sk: String,
}

impl JournalEntry {
    /// What the entry says.
    ///
    /// # Errors
    /// [`StoreError::Malformed`] where the stored text is no entry.
    pub fn body(&self) -> Result<JournalBody, StoreError> {
        serde_json::from_str(&self.text).map_err(|_| {
            let keys::Key { pk, sk } = keys::journal(&self.case, self.version);
            StoreError::Malformed { pk, sk, reason: "the entry cannot be read".to_owned() }
        })
    }

    /// The stored text itself, which the hash is over.
    pub fn text(&self) -> &str {
        &self.text
    }

    /// The day on which the index by day has it; `None` where that is no day.
    pub fn day(&self) -> Option<Date> {
        keys::day_of_pk(&self.day_pk)
    }

    /// Whether the index by day has it on the day and at the time that it says itself.
    pub fn is_in_place(&self, body: &JournalBody) -> bool {
        let (day_pk, day_sk) = place(&self.case, self.version, body.at);
        self.day_pk == day_pk && self.day_sk == day_sk
    }

    pub(crate) fn from_item(item: &Item) -> Result<Self, StoreError> {
        let reader = Reader::new(item);
        Ok(Self {
            case: reader.case()?,
            version: reader.parsed(keys::SK)?,
            previous: reader.text(PREVIOUS)?.to_owned(),
            hash: reader.text(HASH)?.to_owned(),
            text: reader.text(ENTRY)?.to_owned(),
            salt: salt(reader)?,
            day_pk: reader.text(keys::DAY_PK)?.to_owned(),
            day_sk: reader.text(keys::DAY_SK)?.to_owned(),
        })
    }
}

impl EntryMark {
    /// Reads it from the index by day, or from as many attributes of the entry.
    pub(crate) fn from_item(item: &Item) -> Result<Self, StoreError> {
        let reader = Reader::new(item);
        Ok(Self {
            case: reader.case()?,
            version: reader.parsed(keys::SK)?,
            day: keys::day_of_pk(reader.text(keys::DAY_PK)?).ok_or_else(|| reader.malformed("it is on no day"))?,
            hash: reader.parsed(HASH)?,
            salt: salt(reader)?,
        })
    }
}

fn salt(reader: Reader<'_>) -> Result<Salt, StoreError> {
    let bytes = reader.bytes(SALT)?.try_into().map_err(|_| reader.malformed("salt does not have 32 bytes"))?;
    Ok(Salt(bytes))
}

/// Its keys in the index by day.
fn place(case: &CaseId, version: u64, at: Timestamp) -> (String, String) {
    (keys::day_pk(time::local_date(at), keys::shard(case)), keys::day_sk(at, case, version))
}

/// An entry to be written.
pub(crate) struct NewEntry {
    pub(crate) hash: String,
    pub(crate) item: Item,
}

impl NewEntry {
    pub(crate) fn new(
        case: &CaseId,
        version: u64,
        previous: Option<&str>,
        body: &JournalBody,
    ) -> Result<Self, StoreError> {
        let previous = previous.unwrap_or(GENESIS);
        let unwritable = |reason: String| StoreError::Unwritable { what: "a journal entry", reason };
        let entry = serde_json::to_string(body).map_err(|error| unwritable(error.to_string()))?;
        let salt = SecretBytes::random().map_err(|_| unwritable("no random bytes".to_owned()))?;
        let (day_pk, day_sk) = place(case, version, body.at);
        let hash = entry_hash(case, version, previous, &entry);
        let mut item = keyed(&keys::journal(case, version));
        let attributes: [(&str, AttributeValue); 6] = [
            (ENTRY, text(entry)),
            (PREVIOUS, text(previous)),
            (HASH, text(&hash)),
            (SALT, AttributeValue::B(Blob::new(*salt.expose()))),
            (keys::DAY_PK, text(day_pk)),
            (keys::DAY_SK, text(day_sk)),
        ];
        item.extend(attributes.map(|(name, value)| (name.to_owned(), value)));
        Ok(Self { hash, item })
    }
}

fn entry_hash(case: &CaseId, version: u64, previous: &str, entry: &str) -> String {
    let fields = [case.as_str().as_bytes(), &version.to_be_bytes(), previous.as_bytes(), entry.as_bytes()];
    digest::hex(&digest::sha256(b"donthu journal", &fields))
}

/// The first entry at which a chain breaks.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[error("the journal of case {case} breaks at entry {version}: {reason}")]
pub struct BrokenChain {
    /// The case.
    pub case: CaseId,
    /// The version at which it breaks.
    pub version: u64,
    /// How.
    pub reason: &'static str,
}

/// Checks all entries of one case, in order from the first. Gives the last hash, which the case head must bear: an
/// entry cut off at the end shows only there. `None` for no entries.
///
/// # Errors
/// [`BrokenChain`] names the first entry that is missing, foreign, altered or not bound to the one before it.
pub fn verify_chain(entries: &[JournalEntry]) -> Result<Option<String>, BrokenChain> {
    let mut previous = GENESIS;
    for (expected, entry) in (1u64..).zip(entries) {
        let first = entries.first().map_or(&entry.case, |first| &first.case);
        let broken = |reason| BrokenChain { case: first.clone(), version: expected, reason };
        if &entry.case != first {
            return Err(broken("it belongs to another case"));
        }
        if entry.version != expected {
            return Err(broken("it is missing"));
        }
        if entry.previous != previous {
            return Err(broken("it does not follow the entry before it"));
        }
        if entry.hash != entry_hash(&entry.case, entry.version, &entry.previous, &entry.text) {
            return Err(broken("it was altered"));
        }
        previous = &entry.hash;
    }
    Ok(entries.last().map(|last| last.hash.clone()))
}

#[cfg(test)]
mod tests {
    use super::*;

    fn chain(length: u64) -> Vec<JournalEntry> {
        let case = CaseId::from("a");
        let mut previous = None;
        let mut entries = Vec::new();
        for version in 1..=length {
            let body = JournalBody {
                at: Timestamp::UNIX_EPOCH,
                actor: Actor::System,
                command: CommandId::new(format!("command-{version}")),
                events: vec![Event::FormalisationAwaited],
                tally: Vec::new(),
            };
            let entry = NewEntry::new(&case, version, previous.as_deref(), &body).unwrap();
            entries.push(JournalEntry::from_item(&entry.item).unwrap());
            previous = Some(entry.hash);
        }
        entries
    }

    #[test]
    fn a_whole_chain_gives_its_last_hash() {
        let entries = chain(3);
        assert_eq!(verify_chain(&entries), Ok(Some(entries[2].hash.clone())));
        assert_eq!(verify_chain(&[]), Ok(None));
        assert_eq!(entries[1].body().unwrap().command, CommandId::from("command-2"));
    }

    #[test]
    fn an_entry_knows_its_place_in_the_index_by_day() {
        let entry = chain(1).remove(0);
        let body = entry.body().unwrap();
        assert!(entry.is_in_place(&body));
        assert_eq!(
            (entry.day_pk.as_str(), entry.day_sk.as_str()),
            ("DAY#1970-01-01#2", "1970-01-01T00:00:00Z#a#0000000001")
        );
        let an_hour_ago = JournalBody { at: "1969-12-31T23:00:00Z".parse().unwrap(), ..body };
        assert!(!entry.is_in_place(&an_hour_ago));
        assert_ne!(entry.salt, chain(1).remove(0).salt, "the same entry again has another salt");
    }

    #[test]
    fn the_first_broken_entry_is_named() {
        let broken_at = |change: fn(&mut Vec<JournalEntry>)| {
            let mut entries = chain(4);
            change(&mut entries);
            let broken = verify_chain(&entries).unwrap_err();
            (broken.version, broken.reason)
        };
        assert_eq!(broken_at(|entries| entries[2].text.push(' ')), (3, "it was altered"));
        assert_eq!(broken_at(|entries| drop(entries.remove(1))), (2, "it is missing"));
        assert_eq!(broken_at(|entries| entries[1].case = CaseId::from("b")), (2, "it belongs to another case"));
        assert_eq!(
            broken_at(|entries| entries[3].previous = GENESIS.to_owned()),
            (4, "it does not follow the entry before it")
        );
        let rewritten = |entries: &mut Vec<JournalEntry>| {
            let entry = &mut entries[1];
            entry.text = entry.text.replace("system", "citizen");
            entry.hash = entry_hash(&entry.case, entry.version, &entry.previous, &entry.text);
        };
        assert_eq!(broken_at(rewritten), (3, "it does not follow the entry before it"));
    }
}
