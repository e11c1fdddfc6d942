//! The store: cases and everything around them, by access pattern.

mod audit;
mod custody;
mod figures;
mod limits;
mod reference;
mod rewrap;
mod roots;
mod search;
mod work;

use std::sync::Arc;
use std::time::Duration;

use aws_sdk_dynamodb::Client;
use aws_sdk_dynamodb::config::retry::RetryConfig;
use aws_sdk_dynamodb::config::timeout::TimeoutConfig;
use aws_sdk_dynamodb::config::{self, SharedInterceptor};
use aws_sdk_dynamodb::operation::query::builders::QueryFluentBuilder;
use donthu_domain::{Actor, AgencyId, Case, CaseId, CommandId, Transition};
use jiff::Timestamp;
use uuid::Uuid;

use crate::commit::{Change, Draft, Retries, Sent};
use crate::cursor::Cursor;
use crate::error::StoreError;
use crate::keyring::Keyring;
use crate::keys::{self, Compartment, Key, Shelf};
use crate::lookup::BodyHmac;
use crate::meter::Meter;
use crate::receipt::ReceiptCode;
use crate::rows::{self, Item, ListedCase, Loaded};
use crate::signing::SignedReceipt;
use crate::vault::{self, VaultPart};

pub use audit::AuditedItem;
pub use rewrap::{NotRewrapped, Rewrapped};
pub use roots::Sealed;
pub use search::Sought;
pub use work::DueItem;

/// Names of the tables.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Tables {
    /// Case heads, notices, counters, reference data.
    pub cases: String,
    /// Journal entries.
    pub journal: String,
    /// Encrypted identities, contacts and texts.
    pub vault: String,
    /// Counts of limits: rows that expire.
    pub limits: String,
}

/// A part of a list.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Page<T> {
    /// Its items, in the list's order.
    pub items: Vec<T>,
    /// Where the list goes on; `None` at its end.
    pub next: Option<Cursor>,
}

/// A case to be written for the first time.
#[derive(Debug, Clone, Copy)]
pub struct NewCase<'a> {
    /// What the submission or registration led to.
    pub transition: &'a Transition,
    /// The command's id.
    pub command: &'a CommandId,
    /// Who submitted or registered it.
    pub actor: &'a Actor,
    /// When.
    pub at: Timestamp,
    /// HMAC of the request's body.
    pub body_hmac: &'a BodyHmac,
    /// The receipt that its citizen gets.
    pub receipt: &'a SignedReceipt,
    /// What is personal in it.
    pub parts: &'a [VaultPart],
}

/// What became of a submission.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Created {
    /// The case was written.
    New(Loaded),
    /// It had been written by an earlier request with the same idempotency key and body.
    Repeated(Loaded),
    /// The idempotency key was used with another body; nothing was written.
    BodyDiffers,
}

/// A submission found under the lookup keys from before a rotation.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct EarlierSubmission {
    /// Its receipt code.
    pub receipt: ReceiptCode,
    /// [`Created::Repeated`] or [`Created::BodyDiffers`].
    pub outcome: Created,
}

/// What became of a step.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Stepped {
    /// The step was written; this is the case afterwards.
    Done(Loaded),
    /// The same command had made the case's newest version already.
    Repeated(Loaded),
    /// There was nothing to do.
    Nothing(Loaded),
}

impl Stepped {
    /// The case as it stands.
    pub fn loaded(&self) -> &Loaded {
        match self {
            Self::Done(loaded) | Self::Repeated(loaded) | Self::Nothing(loaded) => loaded,
        }
    }
}

/// Why a step was not taken.
#[derive(Debug, thiserror::Error)]
pub enum StepError<E> {
    /// There is no such case.
    #[error("there is no such case")]
    NotFound,
    /// The decision refused it; nothing was written.
    #[error("the step was refused")]
    Refused(E),
    /// The store failed.
    #[error(transparent)]
    Store(#[from] StoreError),
}

/// The tables, the keyring and the one way to change a case.
#[derive(Debug, Clone)]
pub struct Store {
    client: Client,
    tables: Tables,
    keyring: Arc<dyn Keyring>,
    meter: Meter,
    retries: Retries,
}

impl Store {
    /// A store on DynamoDB as configured: region, credentials and endpoint come from the caller, timeouts and retries
    /// are the store's own. Build one for each process.
    ///
    /// Reads and single writes that can be repeated are tried three times by the SDK, two seconds each, so that a
    /// request stays well within a function's time; transactions are repeated by [`Retries`] alone.
    pub fn new(config: config::Builder, tables: Tables, keyring: Arc<dyn Keyring>, retries: Retries) -> Self {
        let meter = Meter::new();
        let timeouts = TimeoutConfig::builder()
            .connect_timeout(Duration::from_secs(1))
            .operation_attempt_timeout(Duration::from_secs(2))
            .build();
        let mut config = config.retry_config(RetryConfig::standard().with_max_attempts(3)).timeout_config(timeouts);
        config.push_interceptor(SharedInterceptor::new(meter.clone()));
        Self { client: Client::from_conf(config.build()), tables, keyring, meter, retries }
    }

    /// The keyring.
    pub fn keyring(&self) -> &dyn Keyring {
        self.keyring.as_ref()
    }

    /// What was asked of DynamoDB so far.
    pub fn meter(&self) -> &Meter {
        &self.meter
    }

    /// Names of the tables.
    pub fn tables(&self) -> &Tables {
        &self.tables
    }

    /// Writes a new case: head, journal entry, receipt, notices, counters and vault parts at once. No read; one data key for
    /// each class of parts. A repetition is told by its body, so that a citizen who got no answer may send again.
    ///
    /// # Errors
    /// [`StoreError::Busy`] and [`StoreError::Unavailable`]: the same submission may be sent again.
    pub async fn create(&self, new: NewCase<'_>) -> Result<Created, StoreError> {
        let id = &new.transition.after.id;
        let parts = vault::seal(self.keyring(), id, new.parts).await?;
        let change = Change {
            before: None,
            transition: new.transition,
            command: new.command,
            actor: new.actor,
            at: new.at,
            body_hmac: Some(new.body_hmac),
            receipt: Some(new.receipt),
            parts: &parts,
        };
        let draft = Draft::new(&self.tables, &change)?;
        for round in 0..self.retries.rounds.max(1) {
            self.retries.pause(round).await;
            match draft.send(&self.client, &self.retries).await? {
                Sent::Written => return Ok(Created::New(draft.after)),
                Sent::HeadDiffers(Some(item)) => return Ok(compared(Loaded::from_item(&item)?, new.body_hmac)),
                Sent::HeadDiffers(None) | Sent::AskJournal => {
                    let found = self.case(id).await?.map(|loaded| compared(loaded, new.body_hmac));
                    return found.ok_or(StoreError::Unavailable { operation: "TransactWriteItems" });
                }
                Sent::JournalDiffers => return Err(journal_ahead(id)),
                Sent::InTheWay => {}
            }
        }
        Err(StoreError::Busy)
    }

    /// For 48 hours after a rotation of the lookup keys: the submission that an idempotency key led to under the
    /// version before. One read in that time, none otherwise. To be asked before [`Store::create`].
    ///
    /// # Errors
    /// [`StoreError`] where the read fails.
    pub async fn earlier_submission(
        &self,
        now: Timestamp,
        idempotency_key: Uuid,
        body_hmac: &BodyHmac,
    ) -> Result<Option<EarlierSubmission>, StoreError> {
        let lookup = self.keyring.lookup();
        let Some(version) = lookup.previous_at(now) else { return Ok(None) };
        let Ok(receipt) = lookup.receipt(version, idempotency_key) else { return Ok(None) };
        let Ok(id) = lookup.case_id(&receipt) else { return Ok(None) };
        let found = self.case(&id).await?;
        Ok(found.map(|loaded| EarlierSubmission { receipt, outcome: compared(loaded, body_hmac) }))
    }

    /// The receipt that was signed for a case when it was made; `None` where there is none: no such case, or one that came out
    /// of another. One consistent read.
    ///
    /// # Errors
    /// [`StoreError`] where the read fails or the row is malformed.
    pub async fn signed_receipt(&self, id: &CaseId) -> Result<Option<SignedReceipt>, StoreError> {
        let item = self.get(&self.tables.cases, &keys::receipt(id)).await?;
        item.map(|item| rows::receipt_from_item(&item)).transpose()
    }

    /// A case as it stands now: one consistent read.
    ///
    /// # Errors
    /// [`StoreError`] where the read fails or the head is malformed.
    pub async fn case(&self, id: &CaseId) -> Result<Option<Loaded>, StoreError> {
        let item = self.get(&self.tables.cases, &keys::head(id)).await?;
        item.map(|item| Loaded::from_item(&item)).transpose()
    }

    /// Takes a step on a case: reads it, decides, writes what follows. Where somebody else was faster, it reads and
    /// decides again. `decide` gives `None` where nothing is to be done.
    ///
    /// # Errors
    /// [`StepError::NotFound`], [`StepError::Refused`] with the decision's reason, or [`StepError::Store`]; after
    /// [`StoreError::Busy`] and [`StoreError::Unavailable`] the same command may be given again: it is done once at
    /// most as long as no other step came in between.
    pub async fn transition<E>(
        &self,
        id: &CaseId,
        command: &CommandId,
        actor: &Actor,
        at: Timestamp,
        decide: impl FnMut(&Case) -> Result<Option<Transition>, E> + Send,
    ) -> Result<Stepped, StepError<E>> {
        self.transition_opening(id, command, actor, at, &[], decide).await
    }

    /// The same for a step that opens other cases, with what is personal in each of those: all of it is written in one
    /// transaction.
    ///
    /// # Errors
    /// As [`Store::transition`].
    pub async fn transition_opening<E>(
        &self,
        id: &CaseId,
        command: &CommandId,
        actor: &Actor,
        at: Timestamp,
        opening: &[(CaseId, Vec<VaultPart>)],
        mut decide: impl FnMut(&Case) -> Result<Option<Transition>, E> + Send,
    ) -> Result<Stepped, StepError<E>> {
        let mut parts = Vec::new();
        for (opened, personal) in opening {
            parts.extend(vault::seal(self.keyring(), opened, personal).await.map_err(StoreError::from)?);
        }
        let mut tried = None;
        for round in 0..self.retries.rounds.max(1) {
            self.retries.pause(round).await;
            let before = self.case(id).await?.ok_or(StepError::NotFound)?;
            if let Some(version) = tried.filter(|version| *version <= before.case.version)
                && self.was_made_by(id, version, command).await? == Some(true)
            {
                return Ok(Stepped::Done(before));
            }
            if &before.last_command == command {
                return Ok(Stepped::Repeated(before));
            }
            let Some(transition) = decide(&before.case).map_err(StepError::Refused)? else {
                return Ok(Stepped::Nothing(before));
            };
            let change = Change {
                before: Some(&before),
                transition: &transition,
                command,
                actor,
                at,
                body_hmac: None,
                receipt: None,
                parts: &parts,
            };
            let draft = Draft::new(&self.tables, &change)?;
            let sent = draft.send(&self.client, &self.retries).await?;
            match sent {
                Sent::Written => return Ok(Stepped::Done(draft.after)),
                Sent::InTheWay => {
                    // A sending before the last one may have been written after all, and others may go on from there.
                    tried = Some(draft.version);
                    continue;
                }
                Sent::HeadDiffers(_) | Sent::JournalDiffers | Sent::AskJournal => {}
            }
            match self.was_made_by(id, draft.version, command).await? {
                Some(true) => {
                    let now = self.case(id).await?.ok_or(StepError::NotFound)?;
                    return Ok(Stepped::Done(now));
                }
                Some(false) if matches!(sent, Sent::JournalDiffers) => return Err(journal_ahead(id).into()),
                None if matches!(sent, Sent::AskJournal) => {
                    return Err(StoreError::Unavailable { operation: "TransactWriteItems" }.into());
                }
                _ => {}
            }
        }
        Err(StoreError::Busy.into())
    }

    /// A page of an agency's cases by day, earliest first, out of the index: a list may be some moments old.
    ///
    /// # Errors
    /// [`StoreError::ForeignCursor`] for a cursor of another list, or where the query fails.
    pub async fn cases_of(
        &self,
        agency: &AgencyId,
        compartment: Compartment,
        shelf: Shelf,
        cursor: Option<&Cursor>,
        limit: u16,
    ) -> Result<Page<ListedCase>, StoreError> {
        let pk = keys::agency_queue_pk(agency, compartment, shelf);
        let query = self.query(&self.tables.cases, keys::AG_PK, &pk).index_name(keys::BY_AGENCY);
        let page = self.page(query, &["cases_of", &pk], cursor, limit).await?;
        page.try_map(ListedCase::from_item)
    }

    /// Whether this command made this version; `None` where there is no such version yet.
    async fn was_made_by(&self, id: &CaseId, version: u64, command: &CommandId) -> Result<Option<bool>, StoreError> {
        let Some(entry) = self.journal_entry(id, version).await? else { return Ok(None) };
        Ok(Some(entry.body()?.command == *command))
    }

    async fn get(&self, table: &str, key: &Key) -> Result<Option<Item>, StoreError> {
        let got = self
            .client
            .get_item()
            .table_name(table)
            .set_key(Some(rows::keyed(key)))
            .consistent_read(true)
            .send()
            .await
            .map_err(|error| StoreError::of_call("GetItem", &error))?;
        Ok(got.item)
    }

    fn query(&self, table: &str, pk_name: &str, pk: &str) -> QueryFluentBuilder {
        self.client
            .query()
            .table_name(table)
            .key_condition_expression("#pk = :pk")
            .expression_attribute_names("#pk", pk_name)
            .expression_attribute_values(":pk", rows::text(pk))
    }

    async fn page(
        &self,
        query: QueryFluentBuilder,
        list: &[&str],
        cursor: Option<&Cursor>,
        limit: u16,
    ) -> Result<Page<Item>, StoreError> {
        let start = cursor.map(|cursor| cursor.open(self.keyring.lookup(), list)).transpose()?;
        let answer = query
            .set_exclusive_start_key(start)
            .limit(i32::from(limit.max(1)))
            .send()
            .await
            .map_err(|error| StoreError::of_call("Query", &error))?;
        self.sealed_page(list, answer.items, answer.last_evaluated_key)
    }

    fn sealed_page(
        &self,
        list: &[&str],
        items: Option<Vec<Item>>,
        last: Option<Item>,
    ) -> Result<Page<Item>, StoreError> {
        let last = last.filter(|last| !last.is_empty());
        let next = last.map(|last| Cursor::seal(self.keyring.lookup(), list, &last)).transpose()?;
        Ok(Page { items: items.unwrap_or_default(), next })
    }

    async fn every(&self, query: QueryFluentBuilder) -> Result<Vec<Item>, StoreError> {
        let mut items = Vec::new();
        let mut pages = query.into_paginator().send();
        while let Some(page) = pages.next().await {
            let page = page.map_err(|error| StoreError::of_call("Query", &error))?;
            items.extend(page.items.unwrap_or_default());
        }
        Ok(items)
    }
}

impl Page<Item> {
    fn try_map<T>(self, read: impl Fn(&Item) -> Result<T, StoreError>) -> Result<Page<T>, StoreError> {
        let items = self.items.iter().map(read).collect::<Result<_, _>>()?;
        Ok(Page { items, next: self.next })
    }
}

fn compared(found: Loaded, body_hmac: &BodyHmac) -> Created {
    if found.body_hmac.as_ref() == Some(body_hmac) { Created::Repeated(found) } else { Created::BodyDiffers }
}

/// The journal has an entry for a version that the head does not know: only a restored or damaged table does that.
fn journal_ahead(id: &CaseId) -> StoreError {
    let Key { pk, sk } = keys::head(id);
    StoreError::Malformed { pk, sk, reason: "the journal or a notice is ahead of it".to_owned() }
}
