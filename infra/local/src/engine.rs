//! The DynamoDB-compatible engine: dynoxide on an `SQLite` file, in this process, served on loopback, so that the
//! functions use the real AWS client. Or another engine that runs already, for tests.

use std::collections::BTreeMap;
use std::net::{Ipv4Addr, TcpListener};
use std::path::{Path, PathBuf};
use std::thread::JoinHandle;

use aws_sdk_dynamodb::Client;
use aws_sdk_dynamodb::error::DisplayErrorContext;
use aws_sdk_dynamodb::types::{
    AttributeDefinition, BillingMode, GlobalSecondaryIndex, KeySchemaElement, KeyType, Projection as SdkProjection,
    ProjectionType, ScalarAttributeType, StreamSpecification, StreamViewType, TableDescription,
    TimeToLiveSpecification,
};
use donthu_service::clock::{IdSource, RandomIds};
use dynoxide::Database;
use tokio::sync::oneshot;

use crate::aws;
use crate::template::{Index, Key, Projection, Table};

/// dynoxide looks stream records up by a computed number that it keeps no index for, so every write to a table with a
/// stream would read all records that there are. `SQLite` uses this index for those very queries.
const STREAM_INDEX: &str = "CREATE INDEX IF NOT EXISTS donthu_stream_position \
     ON _stream_records (table_name, CAST(sequence_number AS INTEGER))";

/// Why the engine cannot be started or used.
#[derive(Debug, thiserror::Error)]
pub enum EngineError {
    /// The database file cannot be opened.
    #[error("cannot open the database {}: {reason}", path.display())]
    Open {
        /// The file.
        path: PathBuf,
        /// What the engine said.
        reason: String,
    },
    /// The loopback listener cannot be had.
    #[error("the database engine cannot listen on 127.0.0.1: {0}")]
    Listen(std::io::Error),
    /// A request to the engine failed.
    #[error("the database engine refused {operation}: {reason}")]
    Request {
        /// What was asked.
        operation: &'static str,
        /// What it said.
        reason: String,
    },
    /// A table in the data folder is not the one of the template.
    #[error("the table {table} in the data folder has another {what} than the template; use another data folder")]
    Differs {
        /// Name of the table.
        table: String,
        /// What differs.
        what: &'static str,
    },
    /// The engine stopped by itself.
    #[error("the database engine failed: {0}")]
    Stopped(String),
}

/// A running engine; the embedded one stops when it is dropped, or orderly by [`Engine::stop`].
pub struct Engine {
    endpoint: String,
    access_key: String,
    /// None where the engine runs elsewhere.
    embedded: Option<Embedded>,
}

struct Embedded {
    database: Database,
    stop: oneshot::Sender<()>,
    thread: JoinHandle<Result<(), String>>,
}

impl Engine {
    /// An engine on a file, which is created where it is missing.
    ///
    /// # Errors
    /// [`EngineError::Open`], [`EngineError::Listen`].
    pub fn on_file(path: &Path) -> Result<Self, EngineError> {
        Self::start(&path.to_string_lossy())
    }

    /// An engine in memory, empty, on its own. For tests.
    ///
    /// # Errors
    /// [`EngineError::Open`], [`EngineError::Listen`].
    pub fn in_memory() -> Result<Self, EngineError> {
        Self::start(&format!("file:donthu-{}?mode=memory&cache=shared", RandomIds.uuid()))
    }

    /// An engine that runs already, which keeps a database for each access key id. It is neither started nor stopped here, and
    /// it removes what expires by a clock of its own, so nothing is given it to remove.
    #[must_use]
    pub fn elsewhere(endpoint: &str, access_key: &str) -> Self {
        Self { endpoint: endpoint.to_owned(), access_key: access_key.to_owned(), embedded: None }
    }

    fn start(path: &str) -> Result<Self, EngineError> {
        let open = |reason: String| EngineError::Open { path: PathBuf::from(path), reason };
        let database = Database::new(path).map_err(|error| open(error.to_string()))?;
        rusqlite::Connection::open(path)
            .and_then(|connection| connection.execute_batch(STREAM_INDEX))
            .map_err(|error| open(error.to_string()))?;

        let listener = TcpListener::bind((Ipv4Addr::LOCALHOST, 0)).map_err(EngineError::Listen)?;
        listener.set_nonblocking(true).map_err(EngineError::Listen)?;
        let address = listener.local_addr().map_err(EngineError::Listen)?;
        let (stop, stopped) = oneshot::channel::<()>();
        let served = database.clone();
        // Its own threads: a request blocks on SQLite, and must not hold up the functions while it does. Two, so that one
        // request is read and answered while the database works on another.
        let thread = std::thread::Builder::new()
            .name("database".to_owned())
            .spawn(move || {
                let runtime = tokio::runtime::Builder::new_multi_thread()
                    .worker_threads(2)
                    .enable_all()
                    .build()
                    .map_err(|error| error.to_string())?;
                runtime.block_on(async move {
                    let listener = tokio::net::TcpListener::from_std(listener).map_err(|error| error.to_string())?;
                    let shutdown = async move {
                        // A dropped sender stops the server as well as a message does.
                        let _ = stopped.await;
                    };
                    dynoxide::server::serve_with_shutdown(listener, served, shutdown).await
                })
            })
            .map_err(EngineError::Listen)?;
        let embedded = Some(Embedded { database, stop, thread });
        Ok(Self { endpoint: format!("http://{address}"), access_key: aws::ACCESS_KEY.to_owned(), embedded })
    }

    /// Base URL of the loopback endpoint.
    #[must_use]
    pub fn endpoint(&self) -> &str {
        &self.endpoint
    }

    /// Client settings for this engine.
    #[must_use]
    pub fn sdk_config(&self) -> aws_config::SdkConfig {
        aws::sdk_config_as(&self.endpoint, &self.access_key)
    }

    /// The access key id that its clients use; it opens nothing.
    #[must_use]
    pub fn access_key(&self) -> &str {
        &self.access_key
    }

    /// Switches to loading in bulk: no write waits for the disk, so that a crash of the machine (not of the process) can
    /// damage the file. For filling a new data folder that can be filled again; an engine elsewhere loads as it always does.
    ///
    /// # Errors
    /// [`EngineError::Request`].
    pub fn start_bulk_loading(&self) -> Result<(), EngineError> {
        let Some(embedded) = &self.embedded else { return Ok(()) };
        let started = embedded.database.enable_bulk_loading();
        started.map_err(|error| EngineError::Request { operation: "bulk loading", reason: error.to_string() })
    }

    /// Switches back from loading in bulk.
    ///
    /// # Errors
    /// [`EngineError::Request`].
    pub fn end_bulk_loading(&self) -> Result<(), EngineError> {
        let Some(embedded) = &self.embedded else { return Ok(()) };
        let ended = embedded.database.disable_bulk_loading();
        ended.map_err(|error| EngineError::Request { operation: "bulk loading", reason: error.to_string() })
    }

    /// Creates the tables that are missing and checks those that are there. Returns the ARNs of their streams, by the
    /// logical ids of the tables.
    ///
    /// # Errors
    /// [`EngineError::Differs`] where the data folder was made by another template; [`EngineError::Request`].
    pub async fn ensure_tables(
        &self,
        tables: &BTreeMap<String, Table>,
    ) -> Result<BTreeMap<String, String>, EngineError> {
        let client = Client::new(&self.sdk_config());
        let mut streams = BTreeMap::new();
        for table in tables.values() {
            let described = match client.describe_table().table_name(&table.name).send().await {
                Ok(answer) => answer.table,
                Err(error) if error.as_service_error().is_some_and(|error| error.is_resource_not_found_exception()) => {
                    create(&client, table).await?
                }
                Err(error) => return Err(refused("DescribeTable", &error)),
            };
            let described = described.ok_or_else(|| EngineError::Request {
                operation: "DescribeTable",
                reason: "the answer has no table in it".to_owned(),
            })?;
            check(table, &described)?;
            if let (Some(attribute), Some(_)) = (&table.time_to_live, &self.embedded) {
                expire(&client, &table.name, attribute).await?;
            }
            if let Some(arn) = described.latest_stream_arn {
                streams.insert(table.logical_id.clone(), arn);
            }
        }
        // The engine does not sweep by itself. It goes by the machine's own clock, so where ours was moved rows stay longer or are
        // gone sooner; what they count is worth an hour.
        if let Some(embedded) = &self.embedded {
            let swept = embedded.database.sweep_ttl();
            swept.map_err(|error| EngineError::Request {
                operation: "removing expired rows",
                reason: error.to_string(),
            })?;
        }
        Ok(streams)
    }

    /// Finishes the requests in flight and closes the database.
    ///
    /// # Errors
    /// [`EngineError::Stopped`] where the engine had failed before.
    pub async fn stop(self) -> Result<(), EngineError> {
        let Some(Embedded { stop, thread, .. }) = self.embedded else { return Ok(()) };
        // The receiver is gone where the server has already failed; the thread's result tells why.
        let _ = stop.send(());
        tokio::task::spawn_blocking(move || thread.join())
            .await
            .map_err(|error| EngineError::Stopped(error.to_string()))?
            .map_err(|_| EngineError::Stopped("it panicked".to_owned()))?
            .map_err(EngineError::Stopped)
    }
}

/// Lets the rows of a table expire by an attribute, where they do not yet.
async fn expire(client: &Client, table: &str, attribute: &str) -> Result<(), EngineError> {
    let described = client.describe_time_to_live().table_name(table).send().await;
    let described = described.map_err(|error| refused("DescribeTimeToLive", &error))?;
    let has = described.time_to_live_description.and_then(|description| description.attribute_name);
    if has.as_deref() == Some(attribute) {
        return Ok(());
    }
    let specification = TimeToLiveSpecification::builder()
        .attribute_name(attribute)
        .enabled(true)
        .build()
        .map_err(|error| refused("UpdateTimeToLive", &error))?;
    let request = client.update_time_to_live().table_name(table).time_to_live_specification(specification);
    request.send().await.map_err(|error| refused("UpdateTimeToLive", &error))?;
    Ok(())
}

async fn create(client: &Client, table: &Table) -> Result<Option<TableDescription>, EngineError> {
    let mut attributes: Vec<&String> = std::iter::once(&table.key)
        .chain(table.indexes.iter().map(|index| &index.key))
        .flat_map(|key| std::iter::once(&key.partition).chain(&key.sort))
        .collect();
    attributes.sort();
    attributes.dedup();
    let mut request = client
        .create_table()
        .table_name(&table.name)
        .billing_mode(BillingMode::PayPerRequest)
        .set_key_schema(Some(key_schema(&table.key)?));
    for attribute in attributes {
        request = request.attribute_definitions(
            AttributeDefinition::builder()
                .attribute_name(attribute)
                .attribute_type(ScalarAttributeType::S)
                .build()
                .map_err(|error| refused("CreateTable", &error))?,
        );
    }
    for index in &table.indexes {
        request = request.global_secondary_indexes(
            GlobalSecondaryIndex::builder()
                .index_name(&index.name)
                .set_key_schema(Some(key_schema(&index.key)?))
                .projection(projection(&index.projection))
                .build()
                .map_err(|error| refused("CreateTable", &error))?,
        );
    }
    if let Some(view) = &table.stream {
        request = request.stream_specification(
            StreamSpecification::builder()
                .stream_enabled(true)
                .stream_view_type(StreamViewType::from(view.as_str()))
                .build()
                .map_err(|error| refused("CreateTable", &error))?,
        );
    }
    let answer = request.send().await.map_err(|error| refused("CreateTable", &error))?;
    Ok(answer.table_description)
}

fn key_schema(key: &Key) -> Result<Vec<KeySchemaElement>, EngineError> {
    let element = |name: &String, kind: KeyType| {
        KeySchemaElement::builder()
            .attribute_name(name)
            .key_type(kind)
            .build()
            .map_err(|error| refused("CreateTable", &error))
    };
    std::iter::once(element(&key.partition, KeyType::Hash))
        .chain(key.sort.iter().map(|sort| element(sort, KeyType::Range)))
        .collect()
}

fn projection(projection: &Projection) -> SdkProjection {
    let builder = SdkProjection::builder();
    match projection {
        Projection::KeysOnly => builder.projection_type(ProjectionType::KeysOnly),
        Projection::All => builder.projection_type(ProjectionType::All),
        Projection::Include(attributes) => {
            builder.projection_type(ProjectionType::Include).set_non_key_attributes(Some(attributes.clone()))
        }
    }
    .build()
}

fn check(table: &Table, found: &TableDescription) -> Result<(), EngineError> {
    let differs = |what| Err(EngineError::Differs { table: table.name.clone(), what });
    if key_of(found.key_schema()) != Some(table.key.clone()) {
        return differs("key");
    }
    let mut indexes: Vec<Option<Index>> = found
        .global_secondary_indexes()
        .iter()
        .map(|index| {
            let found = index.projection()?;
            Some(Index {
                name: index.index_name()?.to_owned(),
                key: key_of(index.key_schema())?,
                projection: match found.projection_type()? {
                    ProjectionType::KeysOnly => Projection::KeysOnly,
                    ProjectionType::All => Projection::All,
                    _ => Projection::Include(found.non_key_attributes().to_vec()),
                },
            })
        })
        .collect();
    indexes.sort_by(|one, other| one.as_ref().map(|index| &index.name).cmp(&other.as_ref().map(|index| &index.name)));
    if indexes != table.indexes.iter().cloned().map(Some).collect::<Vec<_>>() {
        return differs("set of indexes");
    }
    let stream = found
        .stream_specification()
        .filter(|stream| stream.stream_enabled())
        .and_then(|stream| stream.stream_view_type())
        .map(|view| view.as_str().to_owned());
    if stream != table.stream {
        return differs("stream");
    }
    Ok(())
}

fn key_of(schema: &[KeySchemaElement]) -> Option<Key> {
    let named = |kind: KeyType| {
        schema.iter().find(|element| *element.key_type() == kind).map(|element| element.attribute_name().to_owned())
    };
    Some(Key { partition: named(KeyType::Hash)?, sort: named(KeyType::Range) })
}

fn refused(operation: &'static str, error: &(impl std::error::Error + Send + Sync)) -> EngineError {
    EngineError::Request { operation, reason: DisplayErrorContext(error).to_string() }
}

#[cfg(test)]
mod tests {
    use aws_sdk_dynamodb::types::AttributeValue;

    use super::*;
    use crate::template::{TEMPLATE, Template};

    fn tables() -> BTreeMap<String, Table> {
        Template::parse(TEMPLATE).unwrap().tables
    }

    #[tokio::test]
    async fn tables_are_made_from_the_template_once_and_accepted_afterwards() {
        let engine = Engine::in_memory().unwrap();
        let first = engine.ensure_tables(&tables()).await.unwrap();
        let second = engine.ensure_tables(&tables()).await.unwrap();
        assert_eq!(first, second);
        assert_eq!(first.keys().collect::<Vec<_>>(), ["CasesTable"]);
        engine.stop().await.unwrap();
    }

    #[tokio::test]
    async fn a_table_of_another_template_is_refused_by_name() {
        let engine = Engine::in_memory().unwrap();
        engine.ensure_tables(&tables()).await.unwrap();
        type Change = fn(&mut Table);
        for (change, what) in [
            ((|table| table.key.sort = None) as Change, "key"),
            (|table| table.indexes[0].projection = Projection::All, "set of indexes"),
            (
                |table| {
                    table.indexes.pop();
                },
                "set of indexes",
            ),
            (|table| table.stream = Some("KEYS_ONLY".into()), "stream"),
        ] {
            let mut changed = tables();
            change(changed.get_mut("CasesTable").unwrap());
            let error = engine.ensure_tables(&changed).await.unwrap_err().to_string();
            assert!(error.contains("donthu-CasesTable") && error.contains(what), "{error}");
        }
    }

    #[tokio::test]
    async fn what_was_written_to_a_file_is_there_after_a_restart() {
        let place = tempfile::tempdir().unwrap();
        let path = place.path().join("tables.sqlite");
        let key = || AttributeValue::S("1".into());
        let engine = Engine::on_file(&path).unwrap();
        engine.ensure_tables(&tables()).await.unwrap();
        let client = Client::new(&engine.sdk_config());
        client.put_item().table_name("donthu-VaultTable").item("pk", key()).item("sk", key()).send().await.unwrap();
        engine.stop().await.unwrap();

        let engine = Engine::on_file(&path).unwrap();
        engine.ensure_tables(&tables()).await.unwrap();
        let client = Client::new(&engine.sdk_config());
        let found = client.get_item().table_name("donthu-VaultTable").key("pk", key()).key("sk", key()).send().await;
        assert!(found.unwrap().item.is_some());
    }

    #[test]
    fn a_file_that_is_no_database_is_refused() {
        let place = tempfile::tempdir().unwrap();
        let path = place.path().join("tables.sqlite");
        std::fs::write(&path, "not a database, and long enough not to be taken for an empty one").unwrap();
        assert!(matches!(Engine::on_file(&path), Err(EngineError::Open { .. })));
    }
}
