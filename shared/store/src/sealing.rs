//! What a day's root commits to, and what of it may be told to whom. Pure: no table is read here.
//!
//! A day's tree has one leaf for each journal entry of that day. A leaf is the hash of four things: a salt, the number of the
//! case, the version, and a commitment to the entry; the commitment is the hash of a second salt and the entry's own hash. Both
//! salts are derived from 32 random bytes that are stored with the entry, each under a label of its own.
//!
//! - A root or a path shows nobody anything: to guess which case a leaf belongs to, or what its entry says, is to guess 256
//!   random bits. Two entries that say the same have different leaves.
//! - The citizen gets the first salt and the commitment of their own entries, and so checks that a leaf is the one of their case
//!   number and version. What the entry says, who acted among it, stays behind the second salt.
//! - Whoever may read the journal (a court, an inspector) has everything, and so opens the commitment in a citizen's hand.
//!
//! The random bytes are stored, not derived from a key: nobody has to keep a key for as long as proofs are to hold, an auditor
//! needs the tables alone, and who can read the salts can read the entries too.
//!
//! Leaves stand in the order of their own hashes. That says nothing of the order of a day's events, needs no order of the index,
//! and finds a leaf by bisection.

use donthu_domain::CaseId;
use jiff::civil::Date;
use serde::{Deserialize, Serialize};

use crate::digest;
use crate::merkle::{self, Hash};
use crate::receipt::case_number;

/// Leaves that are stored together. A power of two, so that the roots of whole pages stand for their leaves.
pub const PAGE_LEAVES: usize = 256;

/// The random bytes of an entry. `Debug` hides them.
#[derive(Clone, Copy, PartialEq, Eq)]
pub(crate) struct Salt(pub(crate) [u8; 32]);

impl std::fmt::Debug for Salt {
    fn fmt(&self, formatter: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        formatter.write_str("Salt(..)")
    }
}

/// What a leaf is made of, as it stands in the index of the journal by day.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct EntryMark {
    /// The case.
    pub case: CaseId,
    /// The version that the entry made.
    pub version: u64,
    /// The day to which it belongs, in Vietnam's time.
    pub day: Date,
    pub(crate) hash: Hash,
    pub(crate) salt: Salt,
}

/// What a citizen gets to check a leaf of their case.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Opening {
    /// The salt of the leaf.
    pub salt: Hash,
    /// The commitment to the entry.
    pub commitment: Hash,
}

impl EntryMark {
    /// What opens the leaf, and the entry no further.
    pub fn opening(&self) -> Opening {
        let derived = |label: &[u8]| digest::sha256(label, &[&self.salt.0]);
        let hidden = derived(b"donthu entry salt");
        Opening {
            salt: Hash::new(derived(b"donthu leaf salt")),
            commitment: Hash::new(digest::sha256(b"donthu entry", &[&hidden, self.hash.as_bytes()])),
        }
    }

    /// The leaf in the tree of its day.
    pub fn leaf(&self, province: &str) -> Hash {
        leaf(&case_number(province, &self.case), self.version, &self.opening())
    }
}

/// The leaf of a case's version.
pub fn leaf(case_number: &str, version: u64, opening: &Opening) -> Hash {
    let fields: [&[u8]; 4] =
        [opening.salt.as_bytes(), case_number.as_bytes(), &version.to_be_bytes(), opening.commitment.as_bytes()];
    merkle::leaf(&digest::framed(b"donthu journal leaf", &fields))
}

/// A day's root. Chained: its anchor commits to every day before it, so that one anchor kept elsewhere holds all of them.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
pub struct JournalRoot {
    /// The day, in Vietnam's time.
    pub day: Date,
    /// How many entries the day has.
    pub entries: u64,
    /// Root of the tree over their leaves.
    pub root: Hash,
    /// Anchor of the day before; zeros on the first day.
    pub previous: Hash,
    /// SHA-256 over the previous anchor, the province, the day, the number of entries and the root.
    pub anchor: Hash,
}

impl JournalRoot {
    /// The root of a day that follows another one.
    pub fn new(province: &str, day: Date, entries: u64, root: Hash, previous: Hash) -> Self {
        let mut new = Self { day, entries, root, previous, anchor: Hash::ZERO };
        new.anchor = new.expected_anchor(province);
        new
    }

    /// Whether its anchor is the one that its other fields make.
    pub fn is_sound(&self, province: &str) -> bool {
        self.anchor == self.expected_anchor(province)
    }

    fn expected_anchor(&self, province: &str) -> Hash {
        let (day, entries) = (self.day.to_string(), self.entries.to_be_bytes());
        let fields: [&[u8]; 5] =
            [self.previous.as_bytes(), province.as_bytes(), day.as_bytes(), &entries, self.root.as_bytes()];
        Hash::new(digest::sha256(b"donthu journal root", &fields))
    }
}

/// A leaf and whose it is.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord)]
pub struct SealedEntry {
    /// The leaf.
    pub leaf: Hash,
    /// The case.
    pub case: CaseId,
    /// The version.
    pub version: u64,
}

/// The tree of a day.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct DayTree {
    entries: Vec<SealedEntry>,
}

impl DayTree {
    /// The tree over these entries, whatever their order.
    pub fn new(province: &str, marks: &[EntryMark]) -> Self {
        let sealed = |mark: &EntryMark| SealedEntry {
            leaf: mark.leaf(province),
            case: mark.case.clone(),
            version: mark.version,
        };
        Self::of(marks.iter().map(sealed).collect())
    }

    pub(crate) fn of(mut entries: Vec<SealedEntry>) -> Self {
        entries.sort();
        Self { entries }
    }

    /// Its leaves in order, and whose they are.
    pub fn entries(&self) -> &[SealedEntry] {
        &self.entries
    }

    /// How many leaves it has.
    pub fn size(&self) -> u64 {
        u64::try_from(self.entries.len()).unwrap_or(u64::MAX)
    }

    /// Its root.
    pub fn root(&self) -> Hash {
        let pages: Vec<Hash> = self.pages().map(|page| merkle::root(&leaves(page))).collect();
        merkle::root(&pages)
    }

    pub(crate) fn pages(&self) -> impl Iterator<Item = &[SealedEntry]> {
        self.entries.chunks(PAGE_LEAVES)
    }
}

pub(crate) fn leaves(entries: &[SealedEntry]) -> Vec<Hash> {
    entries.iter().map(|entry| entry.leaf).collect()
}

/// Where a leaf stands in the tree of its day, and how it leads to the root.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Inclusion {
    /// Its place, from 0.
    pub position: u64,
    /// The hashes on the way up.
    pub path: Vec<Hash>,
}

#[cfg(test)]
mod tests {
    use jiff::civil::date;
    use proptest::prelude::*;

    use super::*;

    const PROVINCE: &str = "quang-ngai";

    fn mark(number: u8, salt: u8) -> EntryMark {
        EntryMark {
            case: CaseId::new(format!("{number:032x}")),
            version: 1,
            day: date(2026, 10, 5),
            hash: merkle::leaf(&[number]),
            salt: Salt([salt; 32]),
        }
    }

    #[test]
    fn equal_entries_have_different_leaves_under_different_salts() {
        let (one, other) = (mark(1, 1), mark(1, 2));
        assert_ne!(one.leaf(PROVINCE), other.leaf(PROVINCE));
        assert_ne!(one.opening().salt, other.opening().salt);
        assert_ne!(one.opening().commitment, other.opening().commitment);
        assert_eq!(one.leaf(PROVINCE), mark(1, 1).leaf(PROVINCE));
    }

    #[test]
    fn what_a_citizen_gets_shows_neither_the_stored_salt_nor_the_entrys_hash() {
        let mark = mark(1, 7);
        let told = format!("{:?} {}", mark.opening(), mark.leaf(PROVINCE));
        assert!(!told.contains(&mark.hash.to_string()) && !told.contains(&"07".repeat(32)), "{told}");
        assert!(!format!("{mark:?}").contains("7, 7"), "nor does a debug print");
    }

    #[test]
    fn a_leaf_is_of_one_case_version_and_entry() {
        let (was, opening) = (mark(1, 1), mark(1, 1).opening());
        let number = case_number(PROVINCE, &was.case);
        assert_eq!(leaf(&number, 1, &opening), was.leaf(PROVINCE));
        assert_ne!(leaf(&number, 2, &opening), was.leaf(PROVINCE));
        assert_ne!(leaf(&case_number(PROVINCE, &mark(2, 1).case), 1, &opening), was.leaf(PROVINCE));
        let altered = EntryMark { hash: merkle::leaf(b"altered"), ..was.clone() };
        assert_ne!(altered.leaf(PROVINCE), was.leaf(PROVINCE));
    }

    #[test]
    fn an_anchor_commits_to_day_number_root_province_and_all_before() {
        let day = date(2026, 10, 5);
        let root = merkle::root(&[]);
        let first = JournalRoot::new(PROVINCE, day, 0, root, Hash::ZERO);
        assert!(first.is_sound(PROVINCE) && !first.is_sound("lam-dong"));
        for changed in [
            JournalRoot { day: date(2026, 10, 6), ..first.clone() },
            JournalRoot { entries: 1, ..first.clone() },
            JournalRoot { root: Hash::ZERO, ..first.clone() },
            JournalRoot { previous: first.anchor, ..first.clone() },
        ] {
            assert!(!changed.is_sound(PROVINCE), "{changed:?}");
        }
        let json = serde_json::to_string(&first).unwrap();
        assert_eq!(serde_json::from_str::<JournalRoot>(&json).unwrap(), first);
    }

    proptest! {
        #[test]
        fn a_day_has_one_root_whatever_the_order_of_its_entries(count in 0u8..60, turn in any::<usize>()) {
            let marks: Vec<EntryMark> = (0..count).map(|number| mark(number, number)).collect();
            let mut turned = marks.clone();
            turned.rotate_left(turn % marks.len().max(1));
            turned.reverse();
            prop_assert_eq!(DayTree::new(PROVINCE, &turned), DayTree::new(PROVINCE, &marks));
            let tree = DayTree::new(PROVINCE, &marks);
            prop_assert_eq!(tree.root(), merkle::root(&leaves(tree.entries())));
        }
    }
}
