//! DynamoDB streams, read as Lambda's event source mappings read them: filtered, in batches, in order, at least once.

mod delivery;
pub mod failures;
pub mod pattern;
mod record;
mod source;

use std::path::{Path, PathBuf};
use std::sync::Arc;
use std::time::Duration;

use aws_sdk_dynamodbstreams::Client;
use serde::{Deserialize, Serialize};
use tokio::sync::Mutex;
use tokio::sync::watch;

use crate::folder::{self, FolderError};
use crate::handlers::StreamFunction;
use crate::template::Subscription;
use failures::{Failure, FailureQueue};
use record::Delivery;
use source::{Position, Read, Source};

/// Why a stream cannot be read.
#[derive(Debug, thiserror::Error)]
pub enum StreamError {
    /// The streams API failed.
    #[error("cannot read the stream of {table}: {reason}")]
    Api {
        /// Logical id of the table.
        table: String,
        /// What the API said.
        reason: String,
    },
    /// The engine is expected to keep a table's stream in one shard.
    #[error("the stream of {table} has {shards} shards; one is expected on one machine")]
    Shards {
        /// Logical id of the table.
        table: String,
        /// How many there are.
        shards: usize,
    },
    /// The position cannot be read or kept.
    #[error(transparent)]
    Folder(#[from] FolderError),
}

/// What [`Streams::drain`] did.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub struct Drained {
    /// Records read, counted for each subscription.
    pub read: u64,
    /// Records that passed a filter and were handed to a function.
    pub delivered: u64,
    /// Records set aside after the last attempt.
    pub set_aside: u64,
}

impl std::ops::AddAssign for Drained {
    fn add_assign(&mut self, other: Self) {
        self.read += other.read;
        self.delivered += other.delivered;
        self.set_aside += other.set_aside;
    }
}

#[derive(Debug, Serialize, Deserialize)]
struct Checkpoint {
    sequence_number: String,
}

struct Reader {
    subscription: Subscription,
    function: StreamFunction,
    /// Which of the sources it reads.
    source: usize,
    file: PathBuf,
    position: Position,
}

#[derive(Default)]
struct Readers {
    readers: Vec<Reader>,
    sources: Vec<Source>,
}

/// All subscriptions of the template.
pub struct Streams {
    client: Client,
    readers: Mutex<Readers>,
    failures: Arc<FailureQueue>,
}

/// A subscription with the function and the stream that it joins.
pub struct Mapping {
    /// What the template says.
    pub subscription: Subscription,
    /// The function.
    pub function: StreamFunction,
    /// ARN of the table's stream.
    pub stream_arn: String,
}

impl Streams {
    /// Subscriptions that go on where the data folder says they stopped.
    ///
    /// # Errors
    /// [`StreamError::Folder`] where a position cannot be read.
    pub fn open(client: Client, mappings: Vec<Mapping>, folder: &Path) -> Result<Self, StreamError> {
        let failures = Arc::new(FailureQueue::open(folder)?);
        let mut all = Readers::default();
        for Mapping { subscription, function, stream_arn } in mappings {
            let file = folder.join(format!("stream-{}-{}.json", subscription.function, subscription.event));
            let checkpoint: Option<Checkpoint> = folder::read_json(&file)?;
            let position =
                checkpoint.map_or(Position::Start(subscription.start), |kept| Position::After(kept.sequence_number));
            let source = all.sources.iter().position(|source| source.arn() == stream_arn).unwrap_or_else(|| {
                all.sources.push(Source::new(subscription.table.clone(), stream_arn));
                all.sources.len() - 1
            });
            all.readers.push(Reader { subscription, function, source, file, position });
        }
        Ok(Self { client, readers: Mutex::new(all), failures })
    }

    /// The records that were set aside.
    #[must_use]
    pub fn failures(&self) -> &FailureQueue {
        &self.failures
    }

    /// Hands over records until every stream is empty, those that the functions write meanwhile included.
    ///
    /// # Errors
    /// [`StreamError`]; what was handed over stays so, and the next call goes on from there.
    pub async fn drain(&self) -> Result<Drained, StreamError> {
        let mut locked = self.readers.lock().await;
        let Readers { readers, sources } = &mut *locked;
        let mut total = Drained::default();
        loop {
            let mut round = Drained::default();
            sources.iter_mut().for_each(Source::refresh);
            for reader in readers.iter_mut() {
                if let Some(source) = sources.get_mut(reader.source) {
                    round += self.page(reader, source).await?;
                }
            }
            if round.read == 0 {
                return Ok(total);
            }
            total += round;
        }
    }

    /// Drains again and again until `stop` says so. An error is logged and the reading goes on.
    pub async fn run(&self, interval: Duration, mut stop: watch::Receiver<bool>) {
        while !*stop.borrow() {
            if let Err(error) = self.drain().await {
                tracing::error!(%error, "stream reading failed; it goes on");
            }
            tokio::select! {
                () = tokio::time::sleep(interval) => {}
                changed = stop.changed() => if changed.is_err() { return },
            }
        }
    }

    async fn page(&self, reader: &mut Reader, source: &mut Source) -> Result<Drained, StreamError> {
        let page = source.page(&self.client, &reader.position).await?;
        let mut done = Drained { read: page.records.len() as u64, ..Drained::default() };
        let Some(last) = page.last.clone() else { return Ok(done) };
        let filters = &reader.subscription.filters;
        let mut wanted = Vec::new();
        for record in &page.records {
            match record {
                Read::Malformed(number) => {
                    done.set_aside += 1;
                    self.set_aside(reader, number.clone())?;
                }
                Read::Whole(delivery) => {
                    if filters.is_empty() || filters.iter().any(|filter| filter.matches(&delivery.json)) {
                        wanted.push(delivery.clone());
                    }
                }
            }
        }
        done.delivered = wanted.len() as u64;
        let mut wanted = wanted.into_iter();
        loop {
            let batch: Vec<Delivery> = wanted.by_ref().take(reader.subscription.batch_size).collect();
            if batch.is_empty() {
                break;
            }
            for aside in delivery::deliver(&reader.subscription, &reader.function, batch).await {
                done.set_aside += 1;
                self.set_aside(reader, aside.sequence_number)?;
            }
        }
        folder::write_json(&reader.file, &Checkpoint { sequence_number: last.clone() })?;
        reader.position = Position::After(last);
        Ok(done)
    }

    fn set_aside(&self, reader: &Reader, sequence_number: String) -> Result<(), FolderError> {
        self.failures.add(Failure {
            function: reader.subscription.function.clone(),
            event: reader.subscription.event.clone(),
            table: reader.subscription.table.clone(),
            sequence_number,
        })
    }
}
