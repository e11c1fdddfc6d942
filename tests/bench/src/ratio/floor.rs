//! What an operation asks, asked by the bare SDK.

use std::collections::{BTreeMap, BTreeSet};
use std::time::{Duration, Instant};

use aws_sdk_dynamodb::Client;
use aws_sdk_dynamodb::types::AttributeValue;
use donthu_local::template::{TEMPLATE, Template};
use donthu_service::clock::{IdSource, RandomIds};
use donthu_store::{Meter, Usage, keys};
use futures::future::{join_all, try_join_all};

use super::calls::{Call, Item, Ready, Renaming};
use super::recorder::Recording;
use crate::Failure;
use crate::site::Site;

/// How an operation asks.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Shape {
    /// It reads one after the other what is there: the floor reads the same.
    Reads,
    /// It writes for a new or a changed case, one call after the other: the floor writes for cases of its own in tables of its own.
    Writes,
    /// It sweeps: all shards at once, and within a shard so many cases at a time as `donthu-deadlines` has it.
    Sweep,
}

/// Cases of a shard that a sweep ticks at a time.
const AT_ONCE: usize = 8;

/// What the tables of this repository begin with, and those of the floor: as long.
const TABLES: (&str, &str) = ("donthu-", "floors-");

/// The floor of an operation.
pub struct Floor {
    client: Client,
    shape: Shape,
    recording: Recording,
    cases: Vec<String>,
    cases_table: String,
}

/// One run of the floor, ready to be timed.
pub enum Prepared {
    /// One call after the other.
    InOrder(Vec<Ready>),
    /// Shards at once, and what comes after them.
    Sweep(Vec<Shard>, Vec<Ready>),
}

/// What a sweep asks of one shard.
pub struct Shard {
    due: Ready,
    cases: Vec<(Ready, Ready)>,
    unsent: Vec<Ready>,
}

impl Floor {
    /// The floor of what was recorded, with tables of its own on the same engine.
    ///
    /// # Errors
    /// Where the recording holds what no floor can repeat, or the tables cannot be made.
    pub async fn new(site: &Site, shape: Shape, recording: Recording) -> Result<Self, Failure> {
        if let Some(unknown) = recording.unknown.first() {
            return Err(format!("it asked for {unknown}").into());
        }
        let engine = site.machine.engine();
        if shape != Shape::Reads {
            let mut tables = Template::parse(TEMPLATE)?.tables;
            for table in tables.values_mut() {
                table.name = table.name.replace(TABLES.0, TABLES.1);
            }
            engine.ensure_tables(&tables).await?;
        }
        let cases = recording.calls.iter().flat_map(partitions).filter_map(|pk| {
            let case = pk.strip_prefix(keys::CASE_PREFIX)?;
            Some(case.to_owned())
        });
        Ok(Self {
            client: Client::new(&engine.sdk_config()),
            shape,
            cases: cases.collect::<BTreeSet<_>>().into_iter().collect(),
            cases_table: site.app.store.tables().cases.replace(TABLES.0, TABLES.1),
            recording,
        })
    }

    /// Makes ready what is sent; puts the heads that it changes into their table.
    ///
    /// # Errors
    /// Where a head cannot be put.
    pub async fn prepare(&self) -> Result<Prepared, Failure> {
        self.prepare_for(&self.client).await
    }

    /// What a run costs, counted as the store counts its own.
    ///
    /// # Errors
    /// Where a call fails.
    pub async fn usage(&self) -> Result<Usage, Failure> {
        let meter = Meter::new();
        let metered = self.client.config().to_builder().interceptor(meter.clone()).build();
        self.prepare_for(&Client::from_conf(metered)).await?.run().await?;
        Ok(meter.snapshot())
    }

    async fn prepare_for(&self, client: &Client) -> Result<Prepared, Failure> {
        let renaming = self.renaming();
        if self.shape == Shape::Reads {
            let calls = self.recording.calls.iter().map(|call| renaming.ready(client, call));
            return Ok(Prepared::InOrder(calls.collect::<Result<_, _>>()?));
        }
        for head in self.recording.read.iter().filter(|item| is_head(item)) {
            let put = self.client.put_item().table_name(&self.cases_table).set_item(Some(renaming.item(head)));
            put.send().await?;
        }
        if self.shape == Shape::Sweep {
            return self.sweep(client, &renaming);
        }
        let calls = self.recording.calls.iter().map(|call| renaming.ready(client, call));
        Ok(Prepared::InOrder(calls.collect::<Result<_, _>>()?))
    }

    fn renaming(&self) -> Renaming {
        let mut renaming = Renaming::default();
        if self.shape == Shape::Reads {
            return renaming;
        }
        renaming.put(TABLES.0, TABLES.1);
        let fresh = |length: usize| -> String {
            let digits = std::iter::repeat_with(|| RandomIds.uuid().simple().to_string());
            digits.flat_map(|digits| digits.chars().collect::<Vec<_>>()).take(length).collect()
        };
        for case in &self.cases {
            // The last digit says in which shard a case is counted and swept.
            let last: String = case.chars().next_back().into_iter().collect();
            renaming.put(case, fresh(case.len().saturating_sub(1)) + &last);
        }
        for pk in self.recording.calls.iter().flat_map(partitions) {
            if let Some(digest) = pk.strip_prefix(keys::LIMIT_PREFIX) {
                renaming.put(digest, fresh(digest.len()));
            }
        }
        renaming
    }

    fn sweep(&self, client: &Client, renaming: &Renaming) -> Result<Prepared, Failure> {
        let heads: BTreeMap<String, String> = self
            .recording
            .read
            .iter()
            .filter_map(|head| Some((text(head, keys::PK)?.to_owned(), text(head, keys::DUE_PK)?.to_owned())))
            .collect();
        let of = |pk: &str, wanted: fn(&Call) -> bool| {
            let found = self.recording.calls.iter().find(|call| wanted(call) && partitions(call).contains(&pk));
            found.ok_or_else(|| format!("nothing was asked of {pk}"))
        };
        let (mut shards, mut after) = (BTreeMap::new(), Vec::new());
        for call in &self.recording.calls {
            let Call::Query(_) = call else { continue };
            let pk = partitions(call).first().copied().unwrap_or_default();
            if let Some(shard) = shard_of(pk, keys::due_pk) {
                let mut cases = Vec::new();
                for (head, _) in heads.iter().filter(|(_, due_pk)| due_pk.as_str() == pk) {
                    let get = renaming.ready(client, of(head, |call| matches!(call, Call::Get(_)))?)?;
                    let write = renaming.ready(client, of(head, |call| matches!(call, Call::Transact(_)))?)?;
                    cases.push((get, write));
                }
                let due = renaming.ready(client, call)?;
                shards.insert(shard, Shard { due, cases, unsent: Vec::new() });
            } else if pk.starts_with(keys::REFERENCE_PREFIX) {
                // Reference data are in the operation's own table.
                after.push(Renaming::default().ready(client, call)?);
            }
        }
        for call in &self.recording.calls {
            let pk = partitions(call).first().copied().unwrap_or_default();
            if let Some(shard) = shard_of(pk, keys::unsent_pk).and_then(|shard| shards.get_mut(&shard)) {
                shard.unsent.push(renaming.ready(client, call)?);
            }
        }
        Ok(Prepared::Sweep(shards.into_values().collect(), after))
    }
}

/// The shard that a partition is of.
fn shard_of(pk: &str, partition: fn(u8) -> String) -> Option<u8> {
    (0..keys::SHARDS).find(|shard| partition(*shard) == pk)
}

impl Prepared {
    /// Sends everything, and says how long that took.
    ///
    /// # Errors
    /// What the engine says.
    pub async fn run(self) -> Result<Duration, Failure> {
        let begun = Instant::now();
        match self {
            Prepared::InOrder(calls) => {
                for call in calls {
                    call.send().await?;
                }
            }
            Prepared::Sweep(shards, after) => {
                for shard in join_all(shards.into_iter().map(Shard::run)).await {
                    shard?;
                }
                for call in after {
                    call.send().await?;
                }
            }
        }
        Ok(begun.elapsed())
    }
}

impl Shard {
    async fn run(self) -> Result<(), Failure> {
        self.due.send().await?;
        let mut cases = self.cases.into_iter();
        loop {
            let some: Vec<_> = cases.by_ref().take(AT_ONCE).collect();
            if some.is_empty() {
                break;
            }
            try_join_all(some.into_iter().map(|(get, write)| async {
                get.send().await?;
                write.send().await
            }))
            .await?;
        }
        for call in self.unsent {
            call.send().await?;
        }
        Ok(())
    }
}

fn text<'a>(item: &'a Item, name: &str) -> Option<&'a str> {
    item.get(name)?.as_s().ok().map(String::as_str)
}

fn is_head(item: &Item) -> bool {
    text(item, keys::SK) == Some(keys::HEAD)
}

/// The partitions that a call is about.
fn partitions(call: &Call) -> Vec<&str> {
    match call {
        Call::Get(input) => input.key().and_then(|key| text(key, keys::PK)).into_iter().collect(),
        Call::Update(input) => input.key().and_then(|key| text(key, keys::PK)).into_iter().collect(),
        Call::Query(input) => {
            let value = input.expression_attribute_values().and_then(|values| values.get(":pk"));
            value.and_then(|value: &AttributeValue| value.as_s().ok()).map(String::as_str).into_iter().collect()
        }
        Call::Transact(input) => {
            let items = input.transact_items().iter();
            items.filter_map(|item| text(item.put()?.item(), keys::PK)).collect()
        }
    }
}
