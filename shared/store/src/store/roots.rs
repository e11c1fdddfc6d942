//! Journal roots: the entries of a day, the leaves below its root, and the proof that an entry is among them.

use std::collections::{BTreeMap, BTreeSet};

use aws_sdk_dynamodb::operation::query::builders::QueryFluentBuilder;
use donthu_domain::CaseId;
use futures::future::try_join_all;
use jiff::civil::Date;

use super::Store;
use crate::error::StoreError;
use crate::keys::{self, Key};
use crate::merkle::{self, Hash};
use crate::rows::{self, Item, LeafPage, LeafTop};
use crate::sealing::{DayTree, EntryMark, Inclusion, JournalRoot, PAGE_LEAVES, SealedEntry};

/// What became of sealing a day.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Sealed {
    /// It is sealed now.
    New,
    /// It was sealed with the same root.
    Same,
    /// It was sealed with another root, which stands.
    Other(JournalRoot),
}

impl Store {
    /// What the index by day holds of a day, whatever order. An item that cannot be read is an error in its own place. One
    /// query for each shard and megabyte. The index follows the journal within moments.
    ///
    /// # Errors
    /// [`StoreError`] where a query fails.
    pub async fn entries_of_day(&self, day: Date) -> Result<Vec<Result<EntryMark, StoreError>>, StoreError> {
        let shards = (0..keys::SHARDS).map(|shard| async move {
            let query = self.query(&self.tables.journal, keys::DAY_PK, &keys::day_pk(day, shard));
            self.every(query.index_name(keys::BY_DAY)).await
        });
        let items = try_join_all(shards).await?;
        Ok(items.iter().flatten().map(EntryMark::from_item).collect())
    }

    /// The marks of a case's entries after a version, oldest first, at most so many: one query, which does not hand over what
    /// the entries say.
    ///
    /// # Errors
    /// [`StoreError`] where the query fails or an entry is malformed.
    pub async fn marks_of_case(&self, case: &CaseId, after: u64, limit: u8) -> Result<Vec<EntryMark>, StoreError> {
        let names = ["#pk", "#sk", "#day_pk", "#hash", "#salt"];
        let mut query = self.query(&self.tables.journal, keys::PK, &keys::case_pk(case));
        for (placeholder, name) in names.into_iter().zip(rows::MARK) {
            query = query.expression_attribute_names(placeholder, name);
        }
        let answer = query
            .key_condition_expression("#pk = :pk AND #sk > :after")
            .expression_attribute_values(":after", rows::text(keys::journal(case, after).sk))
            .projection_expression(names.join(", "))
            .consistent_read(true)
            .limit(i32::from(limit.max(1)))
            .send()
            .await
            .map_err(|error| StoreError::of_call("Query", &error))?;
        answer.items.unwrap_or_default().iter().map(EntryMark::from_item).collect()
    }

    /// Seals a day: first the leaves, then the root, which is what makes it sealed. A day that is sealed stays as it is.
    ///
    /// # Errors
    /// [`StoreError`] where a read or write fails; the same day may be sealed again.
    pub async fn seal_day(&self, province: &str, tree: &DayTree, root: &JournalRoot) -> Result<Sealed, StoreError> {
        let (leaves_pk, entries_pk) =
            (keys::leaves_pk(province, root.day, &root.root), keys::leaf_entries_pk(province, root.day, &root.root));
        for (page, entries) in tree.pages().enumerate() {
            self.put(LeafPage::item(&leaves_pk, page, entries)).await?;
            self.put(rows::leaf_entries_item(&entries_pk, page, entries)).await?;
        }
        if tree.entries().len() > PAGE_LEAVES {
            self.put(LeafTop::of(tree).item(&leaves_pk)).await?;
        }
        let put = self
            .client
            .put_item()
            .table_name(&self.tables.cases)
            .set_item(Some(rows::root_item(province, root)?))
            .condition_expression("attribute_not_exists(#pk)")
            .expression_attribute_names("#pk", keys::PK)
            .send()
            .await;
        let Err(error) = put else { return Ok(Sealed::New) };
        if !error.as_service_error().is_some_and(|error| error.is_conditional_check_failed_exception()) {
            return Err(StoreError::of_call("PutItem", &error));
        }
        match self.journal_root(province, root.day).await? {
            Some(found) if found == *root => Ok(Sealed::Same),
            Some(found) => Ok(Sealed::Other(found)),
            // Only a deletion makes it vanish again.
            None => Err(StoreError::Unavailable { operation: "PutItem" }),
        }
    }

    /// Pages are named by the root that they make: whoever writes the same page writes the same bytes.
    async fn put(&self, item: Item) -> Result<(), StoreError> {
        let put = self.client.put_item().table_name(&self.tables.cases).set_item(Some(item));
        put.send().await.map(drop).map_err(|error| StoreError::of_call("PutItem", &error))
    }

    /// A day's root; `None` where the day is not sealed.
    ///
    /// # Errors
    /// [`StoreError`] where the read fails or the row is malformed.
    pub async fn journal_root(&self, province: &str, day: Date) -> Result<Option<JournalRoot>, StoreError> {
        let item = self.get(&self.tables.cases, &keys::journal_root(province, day)).await?;
        item.map(|item| rows::root_from_item(&item)).transpose()
    }

    /// The root of the newest sealed day, `latest` or an earlier one. Reads one row.
    ///
    /// # Errors
    /// [`StoreError`] where the query fails or the row is malformed.
    pub async fn newest_journal_root(&self, province: &str, latest: Date) -> Result<Option<JournalRoot>, StoreError> {
        let query = self.roots(province, Date::MIN, latest).consistent_read(true).scan_index_forward(false);
        let page = self.page(query, &["journal_roots"], None, 1).await?;
        page.items.first().map(rows::root_from_item).transpose()
    }

    /// Roots from one day to another, both included, oldest first, at most so many. One query. A row that cannot be read is an
    /// error in its own place.
    ///
    /// # Errors
    /// [`StoreError`] where the query fails.
    pub async fn journal_roots(
        &self,
        province: &str,
        from: Date,
        to: Date,
        limit: u16,
    ) -> Result<Vec<Result<JournalRoot, StoreError>>, StoreError> {
        let page = self.page(self.roots(province, from, to), &["journal_roots"], None, limit).await?;
        Ok(page.items.iter().map(rows::root_from_item).collect())
    }

    fn roots(&self, province: &str, from: Date, to: Date) -> QueryFluentBuilder {
        self.query(&self.tables.cases, keys::PK, &keys::journal_roots_pk(province))
            .key_condition_expression("#pk = :pk AND #sk BETWEEN :from AND :to")
            .expression_attribute_names("#sk", keys::SK)
            .expression_attribute_values(":from", rows::text(keys::journal_root(province, from).sk))
            .expression_attribute_values(":to", rows::text(keys::journal_root(province, to).sk))
    }

    /// What was sealed under a root, with whose leaves they are; `None` where that is not there any more, or makes another root.
    ///
    /// # Errors
    /// [`StoreError`] where a query fails.
    pub async fn sealed_entries(&self, province: &str, day: Date, root: &Hash) -> Result<Option<DayTree>, StoreError> {
        let of = |pk: String| self.every(self.query(&self.tables.cases, keys::PK, &pk).consistent_read(true));
        let pages = of(keys::leaves_pk(province, day, root)).await?;
        let names = of(keys::leaf_entries_pk(province, day, root)).await?;
        let is_page = |item: &&Item| rows::Reader::new(item).text(keys::SK).is_ok_and(|sk| sk != keys::TOP);
        let leaves = pages.iter().filter(is_page).map(LeafPage::from_item).collect::<Result<Vec<_>, _>>();
        let names = names.iter().map(rows::leaf_entries).collect::<Result<Vec<_>, _>>();
        let (Ok(leaves), Ok(names)) = (leaves, names) else { return Ok(None) };
        let (leaves, names) = (leaves.concat(), names.concat());
        if leaves.len() != names.len() || merkle::root(&leaves) != *root {
            return Ok(None);
        }
        let entries = leaves.into_iter().zip(names);
        let tree = DayTree::of(entries.map(|(leaf, (case, version))| SealedEntry { leaf, case, version }).collect());
        // Without what is above the pages nobody gets a proof out of them.
        let top = pages.iter().find(|item| !is_page(item));
        let is_usable = tree.entries().len() <= PAGE_LEAVES || top.is_some_and(|top| LeafTop::of(&tree).is(top));
        Ok(is_usable.then_some(tree))
    }

    /// Where leaves stand below a root, for those that do: one read for each page that is needed, and one for what is above the
    /// pages where a day has more than 256 entries.
    ///
    /// # Errors
    /// [`StoreError`] where a read fails or a page is malformed.
    pub async fn inclusions(
        &self,
        province: &str,
        root: &JournalRoot,
        leaves: &[Hash],
    ) -> Result<BTreeMap<Hash, Inclusion>, StoreError> {
        let pk = keys::leaves_pk(province, root.day, &root.root);
        let key = |sk: String| Key { pk: pk.clone(), sk };
        let one_page = usize::try_from(root.entries).is_ok_and(|entries| entries <= PAGE_LEAVES);
        let top = if one_page { None } else { self.get(&self.tables.cases, &key(keys::TOP.to_owned())).await? };
        let top = top.map(|item| LeafTop::from_item(&item)).transpose()?;
        let page_of = |leaf: &Hash| top.as_ref().map_or(Some(0), |top| top.page_of(leaf));
        let pages: BTreeSet<usize> = leaves.iter().filter_map(page_of).collect();
        let mut found = BTreeMap::new();
        for page in pages {
            let Some(item) = self.get(&self.tables.cases, &key(keys::leaf_page_sk(page))).await? else { continue };
            let stored = LeafPage::from_item(&item)?;
            for leaf in leaves.iter().filter(|leaf| page_of(leaf) == Some(page)) {
                let Ok(place) = stored.binary_search(leaf) else { continue };
                let above = match &top {
                    None => Some(Vec::new()),
                    Some(top) => merkle::path(&top.roots, page),
                };
                let (Some(mut path), Some(above)) = (merkle::path(&stored, place), above) else { continue };
                path.extend(above);
                let position = u64::try_from(page * PAGE_LEAVES + place).unwrap_or(u64::MAX);
                if merkle::root_of_path(*leaf, position, root.entries, &path) == Some(root.root) {
                    found.insert(*leaf, Inclusion { position, path });
                }
            }
        }
        Ok(found)
    }
}
