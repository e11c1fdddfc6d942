//! A table's stream as all its subscriptions read it: each page is fetched and converted once.

use std::sync::Arc;

use aws_sdk_dynamodbstreams::Client;
use aws_sdk_dynamodbstreams::error::DisplayErrorContext;
use aws_sdk_dynamodbstreams::types::ShardIteratorType;

use super::StreamError;
use super::record::Delivery;
use crate::template::StartingPosition;

/// Most records that the streams API gives in one call.
const PAGE: i32 = 1000;

/// Where reading goes on.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) enum Position {
    /// At an end of the stream: nothing was read yet.
    Start(StartingPosition),
    /// After a record.
    After(String),
}

/// A record that was read, whole or malformed.
#[derive(Debug)]
pub(super) enum Read {
    Whole(Delivery),
    /// It cannot be handed over; its sequence number, where it has one.
    Malformed(String),
}

/// Records in order.
#[derive(Debug)]
pub(super) struct Page {
    pub(super) records: Vec<Read>,
    /// Sequence number of the last of them; none where there are none.
    pub(super) last: Option<String>,
}

/// The stream of a table.
pub(super) struct Source {
    table: String,
    arn: String,
    /// The page read last, and where it began.
    page: Option<(Position, Arc<Page>)>,
    /// An iterator and the position that it stands at.
    iterator: Option<(Position, String)>,
}

impl Source {
    pub(super) fn new(table: String, arn: String) -> Self {
        Self { table, arn, page: None, iterator: None }
    }

    pub(super) fn arn(&self) -> &str {
        &self.arn
    }

    /// Forgets the page read last, so that the next reading sees what has come in since.
    pub(super) fn refresh(&mut self) {
        self.page = None;
    }

    /// The page after a position.
    pub(super) async fn page(&mut self, client: &Client, from: &Position) -> Result<Arc<Page>, StreamError> {
        if let Some((begun, page)) = &self.page
            && begun == from
        {
            return Ok(page.clone());
        }
        let iterator = match self.iterator.take() {
            Some((at, iterator)) if at == *from => iterator,
            _ => self.iterator(client, from).await?,
        };
        let answer = client
            .get_records()
            .shard_iterator(iterator)
            .limit(PAGE)
            .send()
            .await
            .map_err(|error| self.failed(&error))?;
        let mut last = None;
        let mut records = Vec::new();
        for record in answer.records.unwrap_or_default() {
            let number = record.dynamodb.as_ref().and_then(|change| change.sequence_number.clone());
            records.push(match Delivery::of(record, &self.arn) {
                Ok(delivery) => Read::Whole(delivery),
                Err(_) => Read::Malformed(number.clone().unwrap_or_default()),
            });
            last = number.or(last);
        }
        let next = last.clone().map_or_else(|| from.clone(), Position::After);
        self.iterator = answer.next_shard_iterator.map(|iterator| (next, iterator));
        let page = Arc::new(Page { records, last });
        self.page = Some((from.clone(), page.clone()));
        Ok(page)
    }

    async fn iterator(&self, client: &Client, from: &Position) -> Result<String, StreamError> {
        let described =
            client.describe_stream().stream_arn(&self.arn).send().await.map_err(|error| self.failed(&error))?;
        let shards = described.stream_description.and_then(|stream| stream.shards).unwrap_or_default();
        let shard = match shards.as_slice() {
            [shard] => shard.shard_id.clone().unwrap_or_default(),
            _ => return Err(StreamError::Shards { table: self.table.clone(), shards: shards.len() }),
        };
        let request = client.get_shard_iterator().stream_arn(&self.arn).shard_id(shard);
        let request = match from {
            Position::After(number) => {
                request.shard_iterator_type(ShardIteratorType::AfterSequenceNumber).sequence_number(number)
            }
            Position::Start(StartingPosition::TrimHorizon) => {
                request.shard_iterator_type(ShardIteratorType::TrimHorizon)
            }
            Position::Start(StartingPosition::Latest) => request.shard_iterator_type(ShardIteratorType::Latest),
        };
        let answer = request.send().await.map_err(|error| self.failed(&error))?;
        answer.shard_iterator.ok_or_else(|| StreamError::Api {
            table: self.table.clone(),
            reason: "it gave no shard iterator".to_owned(),
        })
    }

    fn failed(&self, error: &(impl std::error::Error + Send + Sync)) -> StreamError {
        StreamError::Api { table: self.table.clone(), reason: DisplayErrorContext(error).to_string() }
    }
}
