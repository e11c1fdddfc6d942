//! Journal roots as they are published, and proofs as citizens get them: the shapes, and what checks them without any table.

use std::collections::BTreeMap;

use donthu_domain::time;
use donthu_store::merkle::{self, Hash};
use donthu_store::sealing::{JournalRoot, Opening, leaf};
use jiff::civil::Date;
use serde::{Deserialize, Serialize};
use utoipa::ToSchema;

/// What `GET /v1/public/journal-roots` answers.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
pub struct PublishedRoots {
    /// The province whose journal it is.
    pub province: String,
    /// The first day asked for.
    pub from: Date,
    /// The last day asked for.
    pub to: Date,
    /// The roots of those days that are sealed, oldest first.
    pub roots: Vec<JournalRoot>,
    /// The day from which to ask on; null at the end.
    pub next: Option<Date>,
}

/// What `GET /v1/petition/proof` answers.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
pub struct Proof {
    /// The province whose journal it is.
    pub province: String,
    /// The number of the case.
    pub case_number: String,
    /// Its journal's entries, oldest first.
    pub entries: Vec<EntryProof>,
    /// The version after which to ask on; null at the end.
    pub next: Option<u64>,
}

/// How an entry stands to the root of its day.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
#[serde(rename_all = "snake_case")]
pub enum EntryState {
    /// It is below it: the proof stands beside.
    Sealed,
    /// Its day is not sealed yet.
    Pending,
    /// Its day is sealed, without it or with another entry in its place. That must not be.
    Differs,
}

/// What is proven of one entry.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
pub struct EntryProof {
    /// The version that the entry made.
    pub version: u64,
    /// Its day.
    pub day: Date,
    /// How it stands.
    pub state: EntryState,
    /// The proof; null unless it is sealed.
    pub inclusion: Option<Included>,
}

/// That an entry is below a day's root. It says nothing of what the entry holds.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
pub struct Included {
    /// The day's root.
    pub root: Hash,
    /// How many entries the day has.
    pub entries: u64,
    /// The leaf's place, from 0, in the order of the leaves' hashes: it says nothing of the time of day.
    pub position: u64,
    /// The leaf.
    pub leaf: Hash,
    /// The leaf's salt.
    pub salt: Hash,
    /// The commitment to the entry: whoever may read the journal can open it.
    pub commitment: Hash,
    /// The hashes on the way from the leaf to the root.
    pub path: Vec<Hash>,
}

/// Names what is wrong with roots of one province, in themselves and in how they follow each other. Days may be left out.
pub fn check_roots(province: &str, roots: &BTreeMap<Date, JournalRoot>) -> Vec<String> {
    let mut wrong = Vec::new();
    for (day, root) in roots {
        if *day != root.day || !root.is_sound(province) {
            wrong.push(format!("journal root {day}: its anchor is not the one of its other fields"));
        }
        let before = roots.get(&time::add_days(*day, -1));
        if before.is_some_and(|before| before.anchor != root.previous) {
            wrong.push(format!("journal root {day}: it does not follow the root of the day before"));
        }
    }
    wrong
}

/// Names what a proof does not prove, given roots that were published.
pub fn check_proof(proof: &Proof, roots: &BTreeMap<Date, JournalRoot>) -> Vec<String> {
    proof
        .entries
        .iter()
        .filter_map(|entry| Some((entry, check_entry(&proof.case_number, entry, roots)?)))
        .map(named)
        .collect()
}

fn named((entry, wrong): (&EntryProof, &str)) -> String {
    format!("version {} of {}: {wrong}", entry.version, entry.day)
}

fn check_entry(case_number: &str, entry: &EntryProof, roots: &BTreeMap<Date, JournalRoot>) -> Option<&'static str> {
    let included = match (entry.state, &entry.inclusion) {
        (EntryState::Pending, None) if roots.contains_key(&entry.day) => {
            return Some("its day was sealed meanwhile: ask for the proof again");
        }
        (EntryState::Pending, None) => return None,
        (EntryState::Sealed, Some(included)) => included,
        (EntryState::Differs, None) => return Some("the journal does not hold what its day's root was made of"),
        _ => return Some("its state and its proof contradict each other"),
    };
    let opening = Opening { salt: included.salt, commitment: included.commitment };
    if leaf(case_number, entry.version, &opening) != included.leaf {
        return Some("the leaf is not the one of this case and version");
    }
    if merkle::root_of_path(included.leaf, included.position, included.entries, &included.path) != Some(included.root) {
        return Some("the path does not lead to the root");
    }
    match roots.get(&entry.day) {
        None => Some("no published root of its day was given"),
        Some(root) if root.root != included.root || root.entries != included.entries => {
            Some("the root is not the one that was published")
        }
        Some(_) => None,
    }
}

#[cfg(test)]
mod tests {
    use jiff::civil::date;

    use super::*;

    const PROVINCE: &str = "quang-ngai";
    const NUMBER: &str = "QN-0000-0000-0001";

    fn hash(number: u8) -> Hash {
        merkle::leaf(&[number])
    }

    /// Three days; on the second, an entry of the case is the second of three leaves.
    fn made() -> (BTreeMap<Date, JournalRoot>, Proof) {
        let opening = Opening { salt: hash(8), commitment: hash(9) };
        let own = leaf(NUMBER, 2, &opening);
        let leaves = [hash(1), own, hash(3)];
        let (empty, root) = (merkle::root(&[]), merkle::root(&leaves));
        let mut roots = BTreeMap::new();
        let mut previous = Hash::ZERO;
        for (day, entries, root) in [(5, 0, empty), (6, 3, root), (7, 0, empty)] {
            let root = JournalRoot::new(PROVINCE, date(2026, 10, day), entries, root, previous);
            previous = root.anchor;
            roots.insert(root.day, root);
        }
        let included = Included {
            root,
            entries: 3,
            position: 1,
            leaf: own,
            salt: opening.salt,
            commitment: opening.commitment,
            path: merkle::path(&leaves, 1).unwrap(),
        };
        let entry = |day, state, inclusion| EntryProof { version: 2, day: date(2026, 10, day), state, inclusion };
        let entries = vec![entry(6, EntryState::Sealed, Some(included)), entry(9, EntryState::Pending, None)];
        let proof = Proof { province: PROVINCE.to_owned(), case_number: NUMBER.to_owned(), entries, next: None };
        (roots, proof)
    }

    #[test]
    fn what_is_whole_checks_after_a_journey_through_json() {
        let (roots, proof) = made();
        let proof: Proof = serde_json::from_str(&serde_json::to_string(&proof).unwrap()).unwrap();
        assert_eq!(check_roots(PROVINCE, &roots), Vec::<String>::new());
        assert_eq!(check_proof(&proof, &roots), Vec::<String>::new());
    }

    #[test]
    fn a_proof_that_was_changed_anywhere_proves_nothing() {
        type Change = fn(&mut Proof, &mut Included);
        let changes: [(Change, &str); 9] = [
            (|proof, _| proof.case_number.push('X'), "not the one of this case"),
            (|proof, _| proof.entries[0].version = 3, "not the one of this case"),
            (|_, included| included.leaf = hash(1), "not the one of this case"),
            (|_, included| included.salt = hash(1), "not the one of this case"),
            (|_, included| included.commitment = hash(1), "not the one of this case"),
            (|_, included| included.position = 0, "the path does not lead"),
            (|_, included| included.path.truncate(1), "the path does not lead"),
            (|_, included| included.entries = 4, "the root is not the one"),
            (|proof, _| proof.entries[0].day = date(2026, 10, 8), "no published root"),
        ];
        for (change, told) in changes {
            let (roots, mut proof) = made();
            let mut included = proof.entries[0].inclusion.clone().unwrap();
            change(&mut proof, &mut included);
            proof.entries[0].inclusion = Some(included);
            let wrong = check_proof(&proof, &roots);
            assert!(wrong.len() == 1 && wrong[0].contains(told), "{wrong:?}, not {told}");
        }
        let (roots, mut proof) = made();
        proof.entries[0].state = EntryState::Differs;
        assert_eq!(
            check_proof(&proof, &roots),
            ["version 2 of 2026-10-06: its state and its proof contradict each other"]
        );
        proof.entries[0].inclusion = None;
        assert_eq!(check_proof(&proof, &roots).len(), 1, "that it differs is told");
        proof.entries[0].state = EntryState::Pending;
        assert_eq!(check_proof(&proof, &roots).len(), 1, "nobody hides behind waiting once the day is sealed");
    }

    #[test]
    fn a_root_that_was_changed_is_named_and_those_that_rest_on_it() {
        let (mut roots, proof) = made();
        let second = roots.get_mut(&date(2026, 10, 6)).unwrap();
        second.entries = 4;
        let wrong = "journal root 2026-10-06: its anchor is not the one of its other fields";
        assert_eq!(check_roots(PROVINCE, &roots), [wrong]);
        let rewritten = JournalRoot::new(PROVINCE, date(2026, 10, 6), 1, hash(1), roots[&date(2026, 10, 5)].anchor);
        roots.insert(rewritten.day, rewritten);
        assert_eq!(
            check_roots(PROVINCE, &roots),
            ["journal root 2026-10-07: it does not follow the root of the day before"]
        );
        assert!(check_proof(&proof, &roots)[0].contains("not the one that was published"));
        roots.remove(&date(2026, 10, 6));
        assert_eq!(check_roots(PROVINCE, &roots), Vec::<String>::new(), "a list may have gaps");
        assert!(!check_roots("lam-dong", &roots).is_empty(), "another province has other anchors");
    }
}
