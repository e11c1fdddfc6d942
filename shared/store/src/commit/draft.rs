//! Builds the transaction.

use std::collections::BTreeMap;

use aws_sdk_dynamodb::error::BuildError;
use aws_sdk_dynamodb::types::{AttributeValue, Put, ReturnValuesOnConditionCheckFailure, TransactWriteItem, Update};
use donthu_domain::{Actor, CaseId, CommandId, Transition};
use jiff::Timestamp;
use uuid::Uuid;

use crate::digest;
use crate::error::StoreError;
use crate::keys::{self, Key};
use crate::lookup::BodyHmac;
use crate::rows::{self, Item, JournalBody, Loaded, NewEntry, NewHead};
use crate::signing::SignedReceipt;
use crate::store::Tables;
use crate::trace::{self, TraceId};
use crate::vault::SealedPart;

/// DynamoDB's limit for one transaction.
const MAX_ITEMS: usize = 100;

/// Namespace of request tokens (RFC 9562, version 5), made once for this project.
const NAMESPACE: Uuid = Uuid::from_u128(0x91d3_7c0e_58ab_5f10_8a42_77b6_0d9c_e135);

/// A condition on the item that a put replaces.
#[derive(Debug, Clone, PartialEq, Eq)]
enum Condition {
    /// There must be none.
    Absent,
    /// It must have this version.
    Version(u64),
}

/// One write of the transaction, in a form with one order of everything, so that equal writes have equal bytes.
#[derive(Debug, Clone, PartialEq)]
enum Write {
    Put { table: String, item: BTreeMap<String, AttributeValue>, condition: Condition, tell_old: bool },
    Add { table: String, key: Key, measures: BTreeMap<String, i64> },
}

/// What is to be written, and why.
pub(crate) struct Change<'a> {
    /// The case as it was read; none for a new one.
    pub(crate) before: Option<&'a Loaded>,
    pub(crate) transition: &'a Transition,
    pub(crate) command: &'a CommandId,
    pub(crate) actor: &'a Actor,
    pub(crate) at: Timestamp,
    /// HMAC of the submission; only for a new case.
    pub(crate) body_hmac: Option<&'a BodyHmac>,
    /// The receipt that the citizen gets for it; only for a new case.
    pub(crate) receipt: Option<&'a SignedReceipt>,
    pub(crate) parts: &'a [(Key, SealedPart)],
}

/// The transaction, ready to be sent as often as needed.
pub(crate) struct Draft {
    pub(crate) version: u64,
    pub(crate) after: Loaded,
    pub(crate) items: Vec<TransactWriteItem>,
    pub(crate) token: String,
}

impl Draft {
    pub(crate) fn new(tables: &Tables, change: &Change<'_>) -> Result<Self, StoreError> {
        let Change { before, transition, command, actor, at, .. } = *change;
        let case = &transition.after;
        let expected = before.map_or(1, |before| before.case.version + 1);
        if case.version != expected {
            return Err(StoreError::Inconsistent { expected, found: case.version });
        }

        let body = JournalBody {
            at,
            actor: actor.clone(),
            command: command.clone(),
            events: transition.events.clone(),
            tally: transition.tally.clone(),
        };
        let previous = before.map(|before| before.last_hash.as_str());
        let entry = NewEntry::new(&case.id, case.version, previous, &body)?;
        let mut counters = rows::merge(&case.id, &transition.tally);
        let body_hmac = before.map_or(change.body_hmac, |before| before.body_hmac.as_ref());
        let head = NewHead { case, last_hash: &entry.hash, last_command: command, body_hmac }.to_item()?;
        let after = Loaded {
            case: case.clone(),
            last_hash: entry.hash,
            last_command: command.clone(),
            body_hmac: body_hmac.cloned(),
        };

        let condition = before.map_or(Condition::Absent, |before| Condition::Version(before.case.version));
        let mut writes =
            vec![put(&tables.cases, head, condition, true), put(&tables.journal, entry.item, Condition::Absent, false)];
        if let Some(receipt) = change.receipt {
            writes.push(put(&tables.cases, rows::receipt_item(&case.id, receipt), Condition::Absent, false));
        }
        let trace = kept_trace(actor);
        for notice in &transition.notices {
            let item = rows::new_notice(&case.id, case.version, notice, at, trace.as_ref())?;
            writes.push(put(&tables.cases, item, Condition::Absent, false));
        }
        for opened in &transition.opened {
            open(tables, opened, change, trace.as_ref(), &mut writes)?;
            for (key, measures) in rows::merge(&opened.after.id, &opened.tally) {
                let counter = counters.entry(key).or_default();
                for (measure, by) in measures {
                    *counter.entry(measure).or_default() += by;
                }
            }
        }
        for (key, mut measures) in counters {
            measures.retain(|_, by| *by != 0);
            if !measures.is_empty() {
                writes.push(Write::Add { table: tables.cases.clone(), key, measures });
            }
        }
        for (key, part) in change.parts {
            writes.push(put(&tables.vault, rows::sealed_item(key, part), Condition::Absent, false));
        }
        if writes.len() > MAX_ITEMS {
            return Err(StoreError::TooLarge { what: "items of a transaction", found: writes.len(), limit: MAX_ITEMS });
        }

        let token = token(&case.id, case.version, &writes);
        let items = writes
            .into_iter()
            .map(Write::build)
            .collect::<Result<_, _>>()
            .map_err(|error| StoreError::Unwritable { what: "a transaction", reason: error.to_string() })?;
        Ok(Self { version: case.version, after, items, token })
    }
}

/// The trace that is written with what is decided. None of a citizen's request: whoever keeps addresses beside traces, at a gateway in
/// front or on the way, could find by it who denounced.
fn kept_trace(actor: &Actor) -> Option<TraceId> {
    if *actor == Actor::Citizen { None } else { trace::current().map(|header| header.root().clone()) }
}

/// A case that comes out of the one that the transaction is about: its own head, first journal entry and notices. Its counters
/// are added with the others, since a transaction may touch an item only once.
fn open(
    tables: &Tables,
    opened: &Transition,
    change: &Change<'_>,
    trace: Option<&TraceId>,
    writes: &mut Vec<Write>,
) -> Result<(), StoreError> {
    let case = &opened.after;
    let body = JournalBody {
        at: change.at,
        actor: change.actor.clone(),
        command: change.command.clone(),
        events: opened.events.clone(),
        tally: opened.tally.clone(),
    };
    let entry = NewEntry::new(&case.id, case.version, None, &body)?;
    let head = NewHead { case, last_hash: &entry.hash, last_command: change.command, body_hmac: None }.to_item()?;
    writes.push(put(&tables.cases, head, Condition::Absent, false));
    writes.push(put(&tables.journal, entry.item, Condition::Absent, false));
    for notice in &opened.notices {
        let item = rows::new_notice(&case.id, case.version, notice, change.at, trace)?;
        writes.push(put(&tables.cases, item, Condition::Absent, false));
    }
    Ok(())
}

fn put(table: &str, item: Item, condition: Condition, tell_old: bool) -> Write {
    Write::Put { table: table.to_owned(), item: item.into_iter().collect(), condition, tell_old }
}

fn token(case: &CaseId, version: u64, writes: &[Write]) -> String {
    let mut canonical = Vec::new();
    for write in writes {
        write.feed(&mut canonical);
    }
    let hash = digest::sha256(b"donthu request", &[case.as_str().as_bytes(), &version.to_be_bytes(), &canonical]);
    Uuid::new_v5(&NAMESPACE, &hash).to_string()
}

impl Write {
    fn feed(&self, out: &mut Vec<u8>) {
        match self {
            Self::Put { table, item, condition, .. } => {
                let condition = match condition {
                    Condition::Absent => "absent".to_owned(),
                    Condition::Version(version) => version.to_string(),
                };
                feed_texts(out, "put", &[table, &condition]);
                feed_map(out, item.iter());
            }
            Self::Add { table, key, measures } => {
                feed_texts(out, "add", &[table, &key.pk, &key.sk]);
                for (measure, by) in measures {
                    feed_texts(out, "measure", &[measure, &by.to_string()]);
                }
            }
        }
    }

    fn build(self) -> Result<TransactWriteItem, BuildError> {
        match self {
            Self::Put { table, item, condition, tell_old } => {
                let put = Put::builder().table_name(table).set_item(Some(item.into_iter().collect()));
                let put = match condition {
                    Condition::Absent => put
                        .condition_expression("attribute_not_exists(#pk)")
                        .expression_attribute_names("#pk", keys::PK),
                    Condition::Version(version) => put
                        .condition_expression("#version = :version")
                        .expression_attribute_names("#version", rows::VERSION)
                        .expression_attribute_values(":version", rows::number(version)),
                };
                let told = tell_old.then_some(ReturnValuesOnConditionCheckFailure::AllOld);
                let put = put.set_return_values_on_condition_check_failure(told).build()?;
                Ok(TransactWriteItem::builder().put(put).build())
            }
            Self::Add { table, key, measures } => {
                let mut update = Update::builder().table_name(table).set_key(Some(rows::keyed(&key)));
                let mut terms = Vec::with_capacity(measures.len());
                for (index, (measure, by)) in measures.into_iter().enumerate() {
                    update = update
                        .expression_attribute_names(format!("#m{index}"), measure)
                        .expression_attribute_values(format!(":m{index}"), rows::number(by));
                    terms.push(format!("#m{index} :m{index}"));
                }
                let update = update.update_expression(format!("ADD {}", terms.join(", "))).build()?;
                Ok(TransactWriteItem::builder().update(update).build())
            }
        }
    }
}

fn feed_texts(out: &mut Vec<u8>, label: &str, texts: &[&str]) {
    let fields: Vec<&[u8]> = texts.iter().map(|text| text.as_bytes()).collect();
    out.extend(digest::framed(label.as_bytes(), &fields));
}

fn feed_map<'a>(out: &mut Vec<u8>, attributes: impl Iterator<Item = (&'a String, &'a AttributeValue)>) {
    let sorted: BTreeMap<_, _> = attributes.collect();
    feed_texts(out, "map", &[&sorted.len().to_string()]);
    for (name, value) in sorted {
        feed_texts(out, "name", &[name]);
        feed_value(out, value);
    }
}

fn feed_value(out: &mut Vec<u8>, value: &AttributeValue) {
    match value {
        AttributeValue::M(map) => feed_map(out, map.iter()),
        AttributeValue::L(list) => {
            feed_texts(out, "list", &[&list.len().to_string()]);
            for value in list {
                feed_value(out, value);
            }
        }
        AttributeValue::S(text) => feed_texts(out, "text", &[text]),
        AttributeValue::N(digits) => feed_texts(out, "number", &[digits]),
        AttributeValue::B(blob) => out.extend(digest::framed(b"bytes", &[blob.as_ref()])),
        // No row of ours has the other types; their debug text is ordered, since none of them holds a map.
        other => feed_texts(out, "other", &[&format!("{other:?}")]),
    }
}
