//! How the functions are handed to the machine: as values, so that it knows none of them.

use std::collections::BTreeMap;
use std::future::Future;
use std::sync::Arc;

use aws_lambda_events::event::dynamodb::Event;
use aws_lambda_events::event::streams::DynamoDbEventResponse;
use axum::extract::Request;
use axum::middleware::{Next, from_fn};
use futures::FutureExt;
use futures::future::BoxFuture;
use serde_json::Value;

use crate::dev::AgencyCheck;

/// Whatever a function can fail with.
pub type BoxError = Box<dyn std::error::Error + Send + Sync>;

/// A function behind a DynamoDB stream.
pub type StreamFunction =
    Arc<dyn Fn(Event) -> BoxFuture<'static, Result<DynamoDbEventResponse, BoxError>> + Send + Sync>;

/// A function behind a schedule; it gets the schedule's input and returns a summary for the log.
pub type ScheduleFunction = Arc<dyn Fn(Value) -> BoxFuture<'static, Result<Value, BoxError>> + Send + Sync>;

tokio::task_local! {
    static RUNNING: Arc<str>;
}

/// Does work in a function's name, as everything that [`Functions`] hands to it is done. On this machine the functions share one
/// process and one client of each service; whoever watches such a client asks [`running`] whose call it is.
pub async fn in_name_of<F: Future>(function: &str, work: F) -> F::Output {
    RUNNING.scope(function.into(), work).await
}

/// The logical id of the function that this task works for; `None` where it works for none.
#[must_use]
pub fn running() -> Option<Arc<str>> {
    RUNNING.try_with(Arc::clone).ok()
}

/// The functions, by their logical ids in the template.
#[derive(Clone, Default)]
pub struct Functions {
    pub(crate) http: BTreeMap<String, axum::Router>,
    pub(crate) streams: BTreeMap<String, StreamFunction>,
    pub(crate) schedules: BTreeMap<String, ScheduleFunction>,
    pub(crate) agency_exists: Option<AgencyCheck>,
}

impl std::fmt::Debug for Functions {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("Functions")
            .field("http", &self.http.keys())
            .field("streams", &self.streams.keys())
            .field("schedules", &self.schedules.keys())
            .finish()
    }
}

impl Functions {
    /// Adds a function behind the HTTP API.
    #[must_use]
    pub fn http(mut self, logical_id: &str, router: axum::Router) -> Self {
        let name: Arc<str> = logical_id.into();
        let named = from_fn(move |request: Request, next: Next| RUNNING.scope(name.clone(), next.run(request)));
        self.http.insert(logical_id.to_owned(), router.layer(named));
        self
    }

    /// Adds a function behind a stream.
    #[must_use]
    pub fn stream<F, R, E>(mut self, logical_id: &str, function: F) -> Self
    where
        F: Fn(Event) -> R + Send + Sync + 'static,
        R: Future<Output = Result<DynamoDbEventResponse, E>> + Send + 'static,
        E: Into<BoxError>,
    {
        let name: Arc<str> = logical_id.into();
        let function: StreamFunction = Arc::new(move |event| {
            RUNNING.scope(name.clone(), function(event)).map(|result| result.map_err(Into::into)).boxed()
        });
        self.streams.insert(logical_id.to_owned(), function);
        self
    }

    /// Adds a function behind a schedule.
    #[must_use]
    pub fn schedule<F, R, E>(mut self, logical_id: &str, function: F) -> Self
    where
        F: Fn(Value) -> R + Send + Sync + 'static,
        R: Future<Output = Result<Value, E>> + Send + 'static,
        E: Into<BoxError>,
    {
        let name: Arc<str> = logical_id.into();
        let function: ScheduleFunction = Arc::new(move |input| {
            RUNNING.scope(name.clone(), function(input)).map(|result| result.map_err(Into::into)).boxed()
        });
        self.schedules.insert(logical_id.to_owned(), function);
        self
    }

    /// Tells which agencies there are, so that `/dev/token` refuses others. Without it any agency will do.
    #[must_use]
    pub fn agencies(mut self, exists: impl Fn(&str) -> bool + Send + Sync + 'static) -> Self {
        self.agency_exists = Some(Arc::new(exists));
        self
    }
}
