//! DynamoDB streams, read as Lambda's event source mappings read them: filtered, in batches, in order, at least once.

mod delivery;
pub mod failures;
pub mod pattern;
mod record;

use std::path::{Path, PathBuf};
use std::sync::Arc;
use std::time::Duration;

use aws_sdk_dynamodbstreams::Client;
use aws_sdk_dynamodbstreams::error::DisplayErrorContext;
use aws_sdk_dynamodbstreams::types::ShardIteratorType;
use serde::{Deserialize, Serialize};
use tokio::sync::Mutex;
use tokio::sync::watch;

use crate::folder::{self, FolderError};
use crate::handlers::StreamFunction;
use crate::template::{StartingPosition, Subscription};
use failures::{Failure, FailureQueue};
use record::Delivery;

/// Most records that the streams API gives in one call.
const PAGE: i32 = 1000;

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
    stream_arn: String,
    file: PathBuf,
    checkpoint: Option<String>,
    iterator: Option<String>,
}

/// All subscriptions of the template.
pub struct Streams {
    client: Client,
    readers: Mutex<Vec<Reader>>,
    failures: Arc<FailureQueue>,
}

/// A subscription with the function and the stream that it joins.
pub struct Source {
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
    pub fn open(client: Client, sources: Vec<Source>, folder: &Path) -> Result<Self, StreamError> {
        let failures = Arc::new(FailureQueue::open(folder)?);
        let mut readers = Vec::new();
        for Source { subscription, function, stream_arn } in sources {
            let file = folder.join(format!("stream-{}-{}.json", subscription.function, subscription.event));
            let checkpoint: Option<Checkpoint> = folder::read_json(&file)?;
            readers.push(Reader {
                subscription,
                function,
                stream_arn,
                file,
                checkpoint: checkpoint.map(|checkpoint| checkpoint.sequence_number),
                iterator: None,
            });
        }
        Ok(Self { client, readers: Mutex::new(readers), failures })
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
        let mut readers = self.readers.lock().await;
        let mut total = Drained::default();
        loop {
            let mut round = Drained::default();
            for reader in readers.iter_mut() {
                round += self.page(reader).await?;
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

    async fn page(&self, reader: &mut Reader) -> Result<Drained, StreamError> {
        let table = reader.subscription.table.clone();
        let iterator = match reader.iterator.take() {
            Some(iterator) => iterator,
            None => self.iterator(reader).await?,
        };
        let page = self
            .client
            .get_records()
            .shard_iterator(iterator)
            .limit(PAGE)
            .send()
            .await
            .map_err(|error| api(&table, &error))?;
        let records = page.records.unwrap_or_default();
        let mut done = Drained { read: records.len() as u64, ..Drained::default() };
        let Some(last) = records.last().and_then(|record| record.dynamodb.as_ref()?.sequence_number.clone()) else {
            reader.iterator = page.next_shard_iterator;
            return Ok(done);
        };

        let mut wanted = Vec::new();
        for record in records {
            let number = record.dynamodb.as_ref().and_then(|change| change.sequence_number.clone());
            let Ok(delivery) = Delivery::of(record, &reader.stream_arn) else {
                done.set_aside += 1;
                self.set_aside(reader, number.unwrap_or_default())?;
                continue;
            };
            let filters = &reader.subscription.filters;
            if filters.is_empty() || filters.iter().any(|filter| filter.matches(&delivery.json)) {
                wanted.push(delivery);
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
        reader.checkpoint = Some(last);
        reader.iterator = page.next_shard_iterator;
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

    async fn iterator(&self, reader: &Reader) -> Result<String, StreamError> {
        let table = &reader.subscription.table;
        let described = self
            .client
            .describe_stream()
            .stream_arn(&reader.stream_arn)
            .send()
            .await
            .map_err(|error| api(table, &error))?;
        let shards = described.stream_description.and_then(|stream| stream.shards).unwrap_or_default();
        let shard = match shards.as_slice() {
            [shard] => shard.shard_id.clone().unwrap_or_default(),
            _ => return Err(StreamError::Shards { table: table.clone(), shards: shards.len() }),
        };
        let request = self.client.get_shard_iterator().stream_arn(&reader.stream_arn).shard_id(shard);
        let request = match (&reader.checkpoint, reader.subscription.start) {
            (Some(checkpoint), _) => {
                request.shard_iterator_type(ShardIteratorType::AfterSequenceNumber).sequence_number(checkpoint)
            }
            (None, StartingPosition::TrimHorizon) => request.shard_iterator_type(ShardIteratorType::TrimHorizon),
            (None, StartingPosition::Latest) => request.shard_iterator_type(ShardIteratorType::Latest),
        };
        let answer = request.send().await.map_err(|error| api(table, &error))?;
        answer
            .shard_iterator
            .ok_or_else(|| StreamError::Api { table: table.clone(), reason: "it gave no shard iterator".to_owned() })
    }
}

fn api(table: &str, error: &(impl std::error::Error + Send + Sync)) -> StreamError {
    StreamError::Api { table: table.to_owned(), reason: DisplayErrorContext(error).to_string() }
}
