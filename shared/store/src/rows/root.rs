//! Journal roots, the leaves below them, and whose leaves they are.

use aws_sdk_dynamodb::primitives::Blob;
use aws_sdk_dynamodb::types::AttributeValue;
use donthu_domain::CaseId;

use super::{Item, ROW, Reader, keyed, text};
use crate::error::StoreError;
use crate::keys::{self, Key};
use crate::merkle::{self, Hash};
use crate::sealing::{DayTree, JournalRoot, SealedEntry, leaves};

const LEAVES: &str = "leaves";
const FIRSTS: &str = "firsts";
const ROOTS: &str = "roots";
const ENTRIES: &str = "entries";

pub(crate) fn root_item(province: &str, root: &JournalRoot) -> Result<Item, StoreError> {
    let json = serde_json::to_string(root)
        .map_err(|error| StoreError::Unwritable { what: "a journal root", reason: error.to_string() })?;
    let mut item = keyed(&keys::journal_root(province, root.day));
    item.insert(ROW.to_owned(), text(json));
    Ok(item)
}

pub(crate) fn root_from_item(item: &Item) -> Result<JournalRoot, StoreError> {
    let reader = Reader::new(item);
    let root: JournalRoot =
        serde_json::from_str(reader.text(ROW)?).map_err(|_| reader.malformed("its row cannot be read"))?;
    if root.day.to_string() != reader.text(keys::SK)? {
        return Err(reader.malformed("it is of another day"));
    }
    Ok(root)
}

fn hashes(hashes: &[Hash]) -> AttributeValue {
    AttributeValue::B(Blob::new(hashes.iter().flat_map(|hash| *hash.as_bytes()).collect::<Vec<u8>>()))
}

fn read_hashes(reader: Reader<'_>, name: &str) -> Result<Vec<Hash>, StoreError> {
    let (hashes, rest) = reader.bytes(name)?.as_chunks::<32>();
    if !rest.is_empty() {
        return Err(reader.malformed(&format!("{name} is no list of hashes")));
    }
    Ok(hashes.iter().map(|bytes| Hash::new(*bytes)).collect())
}

/// A page of leaves, in their order.
pub(crate) struct LeafPage;

impl LeafPage {
    pub(crate) fn item(pk: &str, page: usize, entries: &[SealedEntry]) -> Item {
        let mut item = keyed(&Key { pk: pk.to_owned(), sk: keys::leaf_page_sk(page) });
        item.insert(LEAVES.to_owned(), hashes(&leaves(entries)));
        item
    }

    pub(crate) fn from_item(item: &Item) -> Result<Vec<Hash>, StoreError> {
        read_hashes(Reader::new(item), LEAVES)
    }
}

/// What is above the pages: each page's first leaf and root. DynamoDB's 400 KB for an item are 6,000 pages, 1.5 million
/// entries a day.
pub(crate) struct LeafTop {
    pub(crate) firsts: Vec<Hash>,
    pub(crate) roots: Vec<Hash>,
}

impl LeafTop {
    pub(crate) fn of(tree: &DayTree) -> Self {
        Self {
            firsts: tree.pages().filter_map(|page| Some(page.first()?.leaf)).collect(),
            roots: tree.pages().map(|page| merkle::root(&leaves(page))).collect(),
        }
    }

    pub(crate) fn item(&self, pk: &str) -> Item {
        let mut item = keyed(&Key { pk: pk.to_owned(), sk: keys::TOP.to_owned() });
        item.insert(FIRSTS.to_owned(), hashes(&self.firsts));
        item.insert(ROOTS.to_owned(), hashes(&self.roots));
        item
    }

    pub(crate) fn from_item(item: &Item) -> Result<Self, StoreError> {
        let reader = Reader::new(item);
        Ok(Self { firsts: read_hashes(reader, FIRSTS)?, roots: read_hashes(reader, ROOTS)? })
    }

    /// Whether an item says the same.
    pub(crate) fn is(&self, item: &Item) -> bool {
        Self::from_item(item).is_ok_and(|stored| stored.firsts == self.firsts && stored.roots == self.roots)
    }

    /// The page on which a leaf stands, if on any.
    pub(crate) fn page_of(&self, leaf: &Hash) -> Option<usize> {
        self.firsts.partition_point(|first| first <= leaf).checked_sub(1)
    }
}

pub(crate) fn leaf_entries_item(pk: &str, page: usize, entries: &[SealedEntry]) -> Item {
    let mut item = keyed(&Key { pk: pk.to_owned(), sk: keys::leaf_page_sk(page) });
    let names: Vec<String> = entries.iter().map(|entry| format!("{}#{}", entry.case, entry.version)).collect();
    item.insert(ENTRIES.to_owned(), text(names.join(" ")));
    item
}

pub(crate) fn leaf_entries(item: &Item) -> Result<Vec<(CaseId, u64)>, StoreError> {
    let reader = Reader::new(item);
    let name = |name: &str| {
        let (case, version) = name.split_once('#')?;
        Some((CaseId::new(case), version.parse().ok()?))
    };
    let names = reader.text(ENTRIES)?.split(' ');
    names.map(|text| name(text).ok_or_else(|| reader.malformed("entries cannot be read"))).collect()
}
