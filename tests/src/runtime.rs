//! Lambda's Runtime API on loopback, and real function programs that run on it as they do on Lambda: each polls for its next
//! invocation, answers it, and polls again (AWS Lambda developer guide, "Using the Lambda runtime API").

use std::collections::BTreeMap;
use std::fs::OpenOptions;
use std::net::{Ipv4Addr, SocketAddr};
use std::path::Path;
use std::process::Stdio;
use std::sync::{Arc, Mutex};
use std::time::Duration;

use axum::Router;
use axum::body::Bytes;
use axum::extract::{DefaultBodyLimit, Path as InPath, State};
use axum::http::{HeaderMap, HeaderName, HeaderValue, StatusCode};
use axum::routing::{get, post};
use donthu_local::template::{TEMPLATE, Template};
use donthu_service::clock::{Clock, SystemClock};
use serde_json::Value;
use tempfile::NamedTempFile;
use tokio::net::TcpListener;
use tokio::process::{Child, Command};
use tokio::sync::{mpsc, oneshot};

use crate::Province;

/// Lambda: a synchronous invocation has at most 6 MB.
pub const LARGEST_EVENT: usize = 6 * 1024 * 1024;

/// A program that does not answer within so long never will.
const PATIENCE: Duration = Duration::from_secs(60);

/// What a function made of an invocation.
#[derive(Debug, Clone, PartialEq)]
pub enum Outcome {
    /// Its answer.
    Answer(Value),
    /// It reported that the invocation failed.
    Failed(Value),
    /// It ended without an answer.
    Ended,
}

impl Outcome {
    /// The answer.
    #[track_caller]
    pub fn answer(self) -> Value {
        match self {
            Outcome::Answer(value) => value,
            other => panic!("no answer: {other:?}"),
        }
    }
}

/// What the template tells a function, with this machine's endpoints and key file.
pub fn environment(province: &Province, function: &str) -> BTreeMap<String, String> {
    let template = Template::parse(TEMPLATE).unwrap();
    let mut environment = template.functions.get(function).unwrap().clone();
    environment.remove("DONTHU_KMS_KEY");
    environment.remove("DONTHU_SEALED_LOOKUP_KEYS");
    environment.remove("DONTHU_RECEIPT_KMS_KEY");
    environment.remove("DONTHU_EARLIER_RECEIPT_KEYS");
    // CloudFormation writes secrets in.
    for secret in ["DONTHU_SESSION_SECRET", "DONTHU_VISITOR_KEY"] {
        environment.entry(secret.to_owned()).and_modify(|value| *value = "QUJD".repeat(16));
    }
    let endpoint = |config: aws_config::SdkConfig| config.endpoint_url().unwrap().to_owned();
    let file = |name: &str| province.folder().join("data").join(name).to_str().unwrap().to_owned();
    for (name, value) in [
        ("DONTHU_KEYRING_FILE", file("keyring.json")),
        ("DONTHU_RECEIPT_KEY_FILE", file("receipt-key.json")),
        ("AWS_ENDPOINT_URL_DYNAMODB", endpoint(province.machine.engine().sdk_config())),
        ("AWS_ENDPOINT_URL_SNS", endpoint(province.machine.sns().sdk_config())),
        ("AWS_REGION", "ap-southeast-1".to_owned()),
        ("AWS_ACCESS_KEY_ID", province.machine.engine().access_key().to_owned()),
        ("AWS_SECRET_ACCESS_KEY", "local".to_owned()),
    ] {
        environment.insert(name.to_owned(), value);
    }
    environment
}

struct Invocation {
    event: Bytes,
    deadline_ms: u128,
    trace: String,
    told: oneshot::Sender<Outcome>,
}

struct Api {
    waiting: tokio::sync::Mutex<mpsc::Receiver<Invocation>>,
    running: Mutex<BTreeMap<String, oneshot::Sender<Outcome>>>,
    started: Mutex<Option<oneshot::Sender<()>>>,
    next_id: std::sync::atomic::AtomicU64,
}

/// One function's program, in one execution environment.
pub struct Function {
    child: Child,
    invocations: mpsc::Sender<Invocation>,
    ready: Option<oneshot::Receiver<()>>,
    log: NamedTempFile,
}

impl Function {
    /// Starts a program on a Runtime API of its own, with these environment variables and no others.
    pub async fn start(program: &Path, environment: &BTreeMap<String, String>) -> Self {
        let listener = TcpListener::bind((Ipv4Addr::LOCALHOST, 0)).await.unwrap();
        let address: SocketAddr = listener.local_addr().unwrap();
        let (invocations, waiting) = mpsc::channel(1);
        let (started, ready) = oneshot::channel();
        let api = Arc::new(Api {
            waiting: tokio::sync::Mutex::new(waiting),
            running: Mutex::default(),
            started: Mutex::new(Some(started)),
            next_id: 1.into(),
        });
        let router = Router::new()
            .route("/2018-06-01/runtime/invocation/next", get(next))
            .route("/2018-06-01/runtime/invocation/{id}/response", post(response))
            .route("/2018-06-01/runtime/invocation/{id}/error", post(error))
            .layer(DefaultBodyLimit::max(2 * LARGEST_EVENT))
            .with_state(api);
        tokio::spawn(axum::serve(listener, router).into_future());
        let log = NamedTempFile::new().unwrap();
        let lines = OpenOptions::new().append(true).open(log.path()).unwrap();
        let child = Command::new(program)
            .env_clear()
            .envs(environment)
            .env("AWS_LAMBDA_RUNTIME_API", address.to_string())
            .env("AWS_LAMBDA_FUNCTION_NAME", program.file_name().unwrap())
            .env("AWS_LAMBDA_LOG_FORMAT", "JSON")
            .env("AWS_LAMBDA_FUNCTION_MEMORY_SIZE", "512")
            .env("AWS_LAMBDA_FUNCTION_VERSION", "1")
            .stdout(Stdio::from(lines.try_clone().unwrap()))
            .stderr(Stdio::from(lines))
            .kill_on_drop(true)
            .spawn()
            .unwrap();
        Self { child, invocations, ready: Some(ready), log }
    }

    /// Hands over an event, with so long to answer.
    pub async fn invoke(&mut self, event: impl Into<Bytes>, within: Duration) -> Outcome {
        self.invoke_traced(event, within, "Root=1-67891233-000000000000000000000001;Sampled=0").await
    }

    /// The same, with the tracing header that Lambda hands over with it.
    pub async fn invoke_traced(&mut self, event: impl Into<Bytes>, within: Duration, trace: &str) -> Outcome {
        let trace = trace.to_owned();
        let (told, outcome) = oneshot::channel();
        let deadline_ms = u128::try_from(SystemClock.now().as_millisecond()).unwrap() + within.as_millis();
        self.invocations.send(Invocation { event: event.into(), deadline_ms, trace, told }).await.unwrap();
        tokio::select! {
            outcome = outcome => outcome.unwrap_or(Outcome::Ended),
            _ = self.child.wait() => Outcome::Ended,
            () = tokio::time::sleep(PATIENCE) => panic!("no answer within {PATIENCE:?}"),
        }
    }

    /// Waits until the program asks for its first work.
    pub async fn ready(&mut self) {
        if let Some(ready) = self.ready.take() {
            tokio::time::timeout(PATIENCE, ready).await.unwrap().unwrap();
        }
    }

    /// Waits for the program to end by itself; its exit code.
    pub async fn ended(&mut self) -> Option<i32> {
        tokio::time::timeout(PATIENCE, self.child.wait()).await.unwrap().unwrap().code()
    }

    /// What it logged and printed so far.
    pub fn said(&self) -> String {
        std::fs::read_to_string(self.log.path()).unwrap()
    }

    /// The most memory that the program ever had, in MB (Linux's `VmHWM`, which counts in units of 1024).
    pub fn peak_megabytes(&self) -> f64 {
        let status = std::fs::read_to_string(format!("/proc/{}/status", self.child.id().unwrap())).unwrap();
        let line = status.lines().find_map(|line| line.strip_prefix("VmHWM:")).unwrap();
        line.trim().trim_end_matches(" kB").parse::<f64>().unwrap() * 1024.0 / 1e6
    }

    /// Kills the program where it stands.
    pub async fn kill(&mut self) {
        self.child.kill().await.unwrap();
    }
}

async fn next(State(api): State<Arc<Api>>) -> Result<(HeaderMap, Bytes), StatusCode> {
    if let Some(started) = api.started.lock().unwrap().take() {
        let _ = started.send(());
    }
    let invocation = api.waiting.lock().await.recv().await.ok_or(StatusCode::GONE)?;
    let id = format!("invocation-{}", api.next_id.fetch_add(1, std::sync::atomic::Ordering::Relaxed));
    let mut headers = HeaderMap::new();
    for (name, value) in [
        ("lambda-runtime-aws-request-id", id.clone()),
        ("lambda-runtime-deadline-ms", invocation.deadline_ms.to_string()),
        (
            "lambda-runtime-invoked-function-arn",
            "arn:aws:lambda:ap-southeast-1:000000000000:function:sample".to_owned(),
        ),
        ("lambda-runtime-trace-id", invocation.trace),
    ] {
        headers.insert(HeaderName::from_static(name), HeaderValue::from_str(&value).unwrap());
    }
    api.running.lock().unwrap().insert(id, invocation.told);
    Ok((headers, invocation.event))
}

fn tell(api: &Api, id: &str, outcome: Outcome) -> StatusCode {
    match api.running.lock().unwrap().remove(id) {
        Some(told) => {
            let _ = told.send(outcome);
            StatusCode::ACCEPTED
        }
        None => StatusCode::BAD_REQUEST,
    }
}

async fn response(State(api): State<Arc<Api>>, InPath(id): InPath<String>, body: Bytes) -> StatusCode {
    let value = serde_json::from_slice(&body).unwrap_or(Value::Null);
    tell(&api, &id, Outcome::Answer(value))
}

async fn error(State(api): State<Arc<Api>>, InPath(id): InPath<String>, body: Bytes) -> StatusCode {
    tell(&api, &id, Outcome::Failed(serde_json::from_slice(&body).unwrap_or(Value::Null)))
}
