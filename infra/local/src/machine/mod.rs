//! All parts of the template, running in one process.

mod world;

use std::collections::BTreeSet;
use std::future::Future;
use std::net::{Ipv4Addr, SocketAddr};
use std::path::PathBuf;
use std::sync::Arc;
use std::time::Duration;

use axum::Router;
use tokio::net::TcpListener;
use tokio::sync::watch;

use crate::clock::{ClockError, MovableClock};
use crate::dev::{self, Dev};
use crate::engine::{Engine, EngineError};
use crate::folder::{Folder, FolderError};
use crate::gateway::{self, GatewayError};
use crate::handlers::{BoxError, Functions};
use crate::in_process::{InProcess, Opened};
use crate::issuer::{Issuer, IssuerError};
use crate::options::Options;
use crate::schedules::{ScheduleError, Schedules};
use crate::sns::Sns;
use crate::sns::inbox::Inbox;
use crate::streams::{Mapping, StreamError, Streams};
use crate::template::{Template, TemplateError};
use donthu_service::clock::{IdSource, RandomIds};
use donthu_service::visitor::VisitorKey;
pub use world::{FailedRun, Moved, World, WorldError};

/// How often the streams are read while the machine serves.
const STREAM_INTERVAL: Duration = Duration::from_millis(200);
/// How long requests in flight may take once the machine is told to stop.
const PATIENCE: Duration = Duration::from_secs(10);

/// A secret that nobody keeps: sessions and calls of an earlier start are worth nothing after it.
#[must_use]
pub fn random_secret() -> [u8; 32] {
    let mut secret = [0; 32];
    let (one, other) = (RandomIds.uuid(), RandomIds.uuid());
    for (to, from) in secret.iter_mut().zip(one.as_bytes().iter().chain(other.as_bytes())) {
        *to = *from;
    }
    secret
}

/// Why the machine cannot start or serve. Every text is one line.
#[derive(Debug, thiserror::Error)]
pub enum MachineError {
    /// The port is taken, or may not be used.
    #[error("cannot listen on 127.0.0.1:{port}: {reason}; another port can be chosen with --port")]
    Port {
        /// The port that was asked for.
        port: u16,
        /// What the system says.
        reason: String,
    },
    /// The data folder.
    #[error(transparent)]
    Folder(#[from] FolderError),
    /// The template.
    #[error(transparent)]
    Template(#[from] TemplateError),
    /// The engine.
    #[error(transparent)]
    Engine(#[from] EngineError),
    /// The clock.
    #[error(transparent)]
    Clock(#[from] ClockError),
    /// The token issuer.
    #[error(transparent)]
    Issuer(#[from] IssuerError),
    /// The routes.
    #[error(transparent)]
    Gateway(#[from] GatewayError),
    /// The streams.
    #[error(transparent)]
    Streams(#[from] StreamError),
    /// The schedules.
    #[error(transparent)]
    Schedules(#[from] ScheduleError),
    /// The SNS endpoint.
    #[error("the SNS endpoint failed: {0}")]
    Sns(std::io::Error),
    /// The template names a function that was not handed over.
    #[error("the template's function {0} is not part of this program")]
    FunctionMissing(String),
    /// A function was handed over that the template does not name.
    #[error("the function {0} is not in the template")]
    FunctionUnknown(String),
    /// The functions could not be built.
    #[error("the functions cannot start: {0}")]
    Functions(BoxError),
    /// The HTTP server failed.
    #[error("the HTTP server failed: {0}")]
    Server(std::io::Error),
}

/// What the functions are built from.
#[derive(Debug, Clone)]
pub struct Parts {
    /// Client of the tables.
    pub dynamodb: aws_sdk_dynamodb::Client,
    /// Client of the topics.
    pub sns: aws_sdk_sns::Client,
    /// The clock that the functions are to use.
    pub clock: Arc<MovableClock>,
    /// The data folder; a file of their own may be kept in it.
    pub folder: PathBuf,
    /// The way to this machine's own API.
    pub api: InProcess,
    /// Vouches for the addresses of the portal's visitors; another one with each start.
    pub visitors: VisitorKey,
    /// What the template says: names of the tables, the topic, and each function's environment variables.
    pub template: Arc<Template>,
}

/// A machine whose parts run, but which serves nobody yet.
pub struct Machine {
    listener: TcpListener,
    address: SocketAddr,
    router: Router,
    world: Arc<World>,
    streams: Arc<Streams>,
    engine: Engine,
    sns: Sns,
    known_clock: bool,
    _api: Opened,
    // Last: the folder is given free when everything that uses it is gone.
    _folder: Folder,
}

impl Machine {
    /// Starts the parts of a template, and the functions that `build` makes from them.
    ///
    /// # Errors
    /// [`MachineError`], one line each.
    pub async fn start<F>(options: &Options, template: &str, build: F) -> Result<Self, MachineError>
    where
        F: AsyncFnOnce(&Parts) -> Result<Functions, BoxError>,
    {
        let in_folder = |folder: &Folder| Engine::on_file(&folder.file("tables.sqlite"));
        Self::start_on(in_folder, options, template, build).await
    }

    /// The same with its tables on an engine that is chosen once the data folder is open.
    ///
    /// # Errors
    /// [`MachineError`], one line each.
    pub async fn start_on<F>(
        engine: impl FnOnce(&Folder) -> Result<Engine, EngineError>,
        options: &Options,
        template: &str,
        build: F,
    ) -> Result<Self, MachineError>
    where
        F: AsyncFnOnce(&Parts) -> Result<Functions, BoxError>,
    {
        let port = |error: std::io::Error| MachineError::Port { port: options.port, reason: reason(&error) };
        let listener = TcpListener::bind((Ipv4Addr::LOCALHOST, options.port)).await.map_err(port)?;
        let address = listener.local_addr().map_err(port)?;
        let template = Arc::new(Template::parse(template)?);
        let folder = Folder::open(&options.data)?;
        let (clock, known_clock) = MovableClock::open(folder.path(), options.at)?;
        let clock = Arc::new(clock);
        let engine = engine(&folder)?;
        let stream_arns = engine.ensure_tables(&template.tables).await?;
        let sns = Sns::start(template.topics.values().cloned(), clock.clone()).await.map_err(MachineError::Sns)?;
        let issuer = Arc::new(Issuer::open(folder.path(), clock.clone())?);

        let parts = Parts {
            dynamodb: aws_sdk_dynamodb::Client::new(&engine.sdk_config()),
            sns: aws_sdk_sns::Client::new(&sns.sdk_config()),
            clock: clock.clone(),
            folder: folder.path().to_path_buf(),
            api: InProcess::default(),
            visitors: VisitorKey::new(&random_secret()),
            template: template.clone(),
        };
        let functions = build(&parts).await.map_err(MachineError::Functions)?;
        check(&template, &functions)?;

        let mut sources = Vec::new();
        for subscription in &template.subscriptions {
            let missing = || MachineError::FunctionMissing(subscription.function.clone());
            sources.push(Mapping {
                subscription: subscription.clone(),
                function: functions.streams.get(&subscription.function).cloned().ok_or_else(missing)?,
                stream_arn: stream_arns.get(&subscription.table).cloned().ok_or_else(missing)?,
            });
        }
        let streams_client = aws_sdk_dynamodbstreams::Client::new(&engine.sdk_config());
        let streams = Arc::new(Streams::open(streams_client, sources, folder.path())?);
        let schedules = Schedules::open(&template.schedules, folder.path(), clock.now())?;
        let routes = gateway::router(
            &template.routes,
            template.default_function.as_deref(),
            &functions.http,
            issuer.clone(),
            clock.clone(),
        )?;
        let world = Arc::new(World::new(clock, functions.schedules, streams.clone(), schedules));
        let dev = dev::router(Dev {
            issuer,
            world: world.clone(),
            inbox: sns.inbox(),
            agency_exists: functions.agency_exists,
            api: parts.api.clone(),
            codes: Arc::default(),
        });
        let router = routes.merge(dev);
        Ok(Self {
            _api: parts.api.open(router.clone()),
            listener,
            address,
            router,
            world,
            streams,
            engine,
            sns,
            known_clock,
            _folder: folder,
        })
    }

    /// Where the HTTP API listens.
    #[must_use]
    pub fn address(&self) -> SocketAddr {
        self.address
    }

    /// The HTTP API without its listener: for calls within the process, such as the filling of a new folder.
    pub fn router(&self) -> Router {
        self.router.clone()
    }

    /// The clock, the schedules and the streams.
    #[must_use]
    pub fn world(&self) -> &Arc<World> {
        &self.world
    }

    /// The engine, for loading in bulk.
    #[must_use]
    pub fn engine(&self) -> &Engine {
        &self.engine
    }

    /// The SNS endpoint.
    #[must_use]
    pub fn sns(&self) -> &Sns {
        &self.sns
    }

    /// What SNS delivered.
    #[must_use]
    pub fn inbox(&self) -> Arc<Inbox> {
        self.sns.inbox()
    }

    /// Whether the data folder had a clock already, so that `--at` was not used.
    #[must_use]
    pub fn clock_was_known(&self) -> bool {
        self.known_clock
    }

    /// Serves until `stop` resolves; then finishes the requests in flight and closes the database.
    ///
    /// # Errors
    /// [`MachineError`] where a part failed while it ran.
    pub async fn serve(self, stop: impl Future<Output = ()> + Send + 'static) -> Result<(), MachineError> {
        let (stopping, stopped) = watch::channel(false);
        let streams = {
            let (streams, stopped) = (self.streams.clone(), stopped.clone());
            tokio::spawn(async move { streams.run(STREAM_INTERVAL, stopped).await })
        };
        let schedules = {
            let (world, stopped) = (self.world.clone(), stopped.clone());
            tokio::spawn(async move { world.run_schedules(stopped).await })
        };
        let server = {
            let mut stopped = stopped.clone();
            let service = self.router.into_make_service_with_connect_info::<SocketAddr>();
            axum::serve(self.listener, service).with_graceful_shutdown(async move {
                // An error means that the sender is gone, which is a stop as well.
                let _ = stopped.wait_for(|stopped| *stopped).await;
            })
        };
        let mut server = tokio::spawn(server.into_future());
        let failed_early = tokio::select! {
            () = stop => None,
            ended = &mut server => Some(ended),
        };
        stopping.send_replace(true);
        let ended = match failed_early {
            Some(ended) => ended,
            None => match tokio::time::timeout(PATIENCE, &mut server).await {
                Ok(ended) => ended,
                Err(_) => {
                    tracing::warn!("requests still in flight after {PATIENCE:?} were cut off");
                    server.abort();
                    Ok(Ok(()))
                }
            },
        };
        for task in [streams, schedules] {
            task.await.map_err(|error| MachineError::Server(std::io::Error::other(error)))?;
        }
        self.sns.stop().await.map_err(MachineError::Sns)?;
        self.engine.stop().await?;
        ended.map_err(std::io::Error::other).and_then(|ended| ended).map_err(MachineError::Server)
    }
}

fn reason(error: &std::io::Error) -> String {
    match error.kind() {
        std::io::ErrorKind::AddrInUse => "the port is already in use".to_owned(),
        std::io::ErrorKind::PermissionDenied => "this user may not use the port".to_owned(),
        _ => error.to_string(),
    }
}

fn check(template: &Template, functions: &Functions) -> Result<(), MachineError> {
    let given: BTreeSet<&String> =
        functions.http.keys().chain(functions.streams.keys()).chain(functions.schedules.keys()).collect();
    if let Some(missing) = template.functions.keys().find(|name| !given.contains(name)) {
        return Err(MachineError::FunctionMissing(missing.clone()));
    }
    if let Some(unknown) = given.into_iter().find(|name| !template.functions.contains_key(*name)) {
        return Err(MachineError::FunctionUnknown(unknown.clone()));
    }
    if let Some(rule) = template.schedules.iter().find(|rule| !functions.schedules.contains_key(&rule.function)) {
        return Err(MachineError::FunctionMissing(rule.id()));
    }
    Ok(())
}

#[cfg(test)]
mod tests;
