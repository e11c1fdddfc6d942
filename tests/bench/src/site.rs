//! The real functions on one machine in a folder that goes away, with everything that they ask of AWS in sight.

use std::collections::BTreeMap;
use std::net::Ipv4Addr;
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, AtomicU32, AtomicU64, Ordering};

use aws_sdk_dynamodb::config::SharedInterceptor;
use axum::Router;
use axum::body::Bytes;
use axum::http::{HeaderMap, Request, StatusCode};
use donthu_audit::AuditTask;
use donthu_deadlines::LONGEST_RUN;
use donthu_local::functions::portal;
use donthu_local::handlers::Functions;
use donthu_local::machine::{Machine, Parts};
use donthu_local::options::Options;
use donthu_local::seed::Reference;
use donthu_local::template::{TEMPLATE, Template};
use donthu_service::clock::RandomIds;
use donthu_service::metrics::Metrics;
use donthu_service::publisher::Publisher;
use donthu_service::reference::ReferenceCache;
use donthu_service::{App, Law};
use donthu_store::signing::{KmsSigner, ReceiptSigner};
use donthu_store::testing::{FakeKms, FixedKeyring, FixedSigner};
use donthu_store::{Keyring, KmsKey, KmsKeyring, Retries, Store, Tables, seal_lookup};
use http_body_util::BodyExt;
use jiff::Timestamp;
use lambda_http::Body;
use serde_json::{Value, json};
use tower::ServiceExt;
use tracing_subscriber::fmt::MakeWriter;

use crate::Failure;

/// Where keys are.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Keys {
    /// In this process: what is measured is our own work.
    InProcess,
    /// In a stand-in for KMS, which counts what it is asked.
    Kms,
}

/// Who watches the clients, and who is told which function runs.
pub trait Watch: Send + Sync + 'static {
    /// On every call to DynamoDB.
    fn dynamodb(&self) -> SharedInterceptor;
    /// On every call to SNS.
    fn sns(&self) -> Option<SharedInterceptor> {
        None
    }
    /// A function is called, by its logical id in the template, and for a task where it has several.
    fn called(&self, _function: &str, _task: &str) {}
}

/// A province with its reference data and nothing else.
pub struct Site {
    /// Clock, schedules, streams, engine, API.
    pub machine: Machine,
    /// What the functions hold.
    pub app: Arc<App>,
    /// The stand-in for KMS, where keys are there.
    pub kms: FakeKms,
    addresses: AtomicU32,
    _folder: tempfile::TempDir,
}

/// What a function or the API answered.
#[derive(Debug, Clone)]
pub struct Answer {
    /// The status.
    pub status: StatusCode,
    /// The headers.
    pub headers: HeaderMap,
    /// The body.
    pub bytes: Bytes,
}

impl Answer {
    /// The body, where it is JSON; else null.
    #[must_use]
    pub fn json(&self) -> Value {
        serde_json::from_slice(&self.bytes).unwrap_or(Value::Null)
    }

    /// A text out of the body by JSON pointer.
    ///
    /// # Errors
    /// Where there is none; with the whole answer, which holds made-up petitions alone.
    pub fn text(&self, pointer: &str) -> Result<String, Failure> {
        let body = self.json();
        let text = body.pointer(pointer).and_then(Value::as_str).map(ToOwned::to_owned);
        text.ok_or_else(|| format!("no {pointer} in {} {body}", self.status).into())
    }

    /// This answer, where it is a success.
    ///
    /// # Errors
    /// Where it is none.
    pub fn succeeded(self, what: &str) -> Result<Self, Failure> {
        if self.status.is_success() { Ok(self) } else { Err(format!("{what}: {} {}", self.status, self.json()).into()) }
    }
}

impl Site {
    /// Opens one whose clock begins at an instant.
    ///
    /// # Errors
    /// Where the machine cannot start.
    pub async fn open(keys: Keys, at: Timestamp, watch: Arc<dyn Watch>) -> Result<Self, Failure> {
        let folder = tempfile::tempdir()?;
        let options = Options { data: folder.path().join("data"), port: 0, at: Some(at), no_sample: true };
        let kms = FakeKms::new();
        let mut built = None;
        let machine = Machine::start(&options, TEMPLATE, async |parts: &Parts| {
            let app = Arc::new(app(parts, keys, &kms, watch.as_ref()).await?);
            built = Some(app.clone());
            Ok(wired(parts, &app, &watch))
        })
        .await?;
        // No write waits for the disk, neither ours nor the floor's: what a disk takes says nothing of either.
        machine.engine().start_bulk_loading()?;
        let app = built.ok_or("the machine built no functions")?;
        Reference::shipped()?.load(&app.store).await?;
        Ok(Self { machine, app, kms, addresses: AtomicU32::new(0), _folder: folder })
    }

    /// Lets the clock stand at an instant.
    ///
    /// # Errors
    /// Where the text is none.
    pub fn hold(&self, at: &str) -> Result<(), Failure> {
        self.machine.world().clock().hold(at.parse()?);
        Ok(())
    }

    /// An address that nobody has sent from yet.
    pub fn address(&self) -> Ipv4Addr {
        Ipv4Addr::from(0x0a00_0001_u32.wrapping_add(self.addresses.fetch_add(1, Ordering::Relaxed)))
    }

    /// A request as Lambda hands it to a function behind the API.
    ///
    /// # Errors
    /// Where it cannot be built.
    pub fn request(
        &self,
        method: &str,
        path_and_query: &str,
        headers: &[(&str, &str)],
        official: Option<(&str, &str)>,
        body: Option<&Value>,
    ) -> Result<Request<Body>, Failure> {
        let (path, query) = path_and_query.split_once('?').unwrap_or((path_and_query, ""));
        let mut sent: BTreeMap<&str, &str> = headers.iter().copied().collect();
        sent.insert("host", "sample.execute-api.ap-southeast-1.amazonaws.com");
        if body.is_some() {
            sent.insert("content-type", "application/json");
        }
        let at = self.app.clock.now();
        let mut context = json!({
            "accountId": "000000000000", "apiId": "sample", "domainName": "sample", "domainPrefix": "sample",
            "http": { "method": method, "path": path, "protocol": "HTTP/1.1", "sourceIp": self.address().to_string(),
                      "userAgent": "sample" },
            "requestId": "sample", "routeKey": format!("{method} {path}"), "stage": "$default",
            "time": "05/Oct/2026:02:00:00 +0000", "timeEpoch": at.as_millisecond(),
        });
        if let (Some((role, agency)), Some(context)) = (official, context.as_object_mut()) {
            let claims = json!({ "token_use": "id", "sub": format!("sample-{role}"), "agency": agency,
                                 "roles": format!("[{role}]") });
            context.insert("authorizer".to_owned(), json!({ "jwt": { "claims": claims, "scopes": null } }));
        }
        let mut event = json!({
            "version": "2.0", "routeKey": format!("{method} {path}"), "rawPath": path, "rawQueryString": query,
            "headers": sent, "requestContext": context, "isBase64Encoded": false,
        });
        if let (Some(body), Some(event)) = (body, event.as_object_mut()) {
            event.insert("body".to_owned(), body.to_string().into());
        }
        Ok(lambda_http::request::from_str(&event.to_string())?)
    }
}

/// Calls a function.
///
/// # Errors
/// Where its answer breaks off.
pub async fn call(function: &Router, request: Request<Body>) -> Result<Answer, Failure> {
    let response = function.clone().oneshot(request).await?;
    let (parts, body) = response.into_parts();
    let bytes = body.collect().await?.to_bytes();
    Ok(Answer { status: parts.status, headers: parts.headers, bytes })
}

async fn app(parts: &Parts, keys: Keys, kms: &FakeKms, watch: &dyn Watch) -> Result<App, Failure> {
    let (keyring, signer): (Arc<dyn Keyring>, Arc<dyn ReceiptSigner>) = match keys {
        Keys::InProcess => (Arc::new(FixedKeyring::new(1)), Arc::new(FixedSigner::new(1))),
        Keys::Kms => {
            let key = KmsKey::new("0a1b2c3d-0000-4000-8000-000000000001")?;
            let sealed = seal_lookup(kms.config(), &key, None).await?;
            let keyring = KmsKeyring::open(kms.config(), key, Vec::new(), &sealed).await?;
            let signing = KmsKey::new("0a1b2c3d-0000-4000-8000-000000000002")?;
            (Arc::new(keyring), Arc::new(KmsSigner::new(kms.config(), signing, Vec::new())))
        }
    };
    let dynamodb = parts.dynamodb.config().to_builder().interceptor(watch.dynamodb());
    let mut sns = parts.sns.config().to_builder();
    if let Some(interceptor) = watch.sns() {
        sns.push_interceptor(interceptor);
    }
    let province = parts.template.functions.values().find_map(|environment| environment.get("DONTHU_PROVINCE"));
    Ok(App {
        store: Store::new(dynamodb, tables(&parts.template)?, keyring, Retries::default()),
        law: Law::shipped()?,
        reference: ReferenceCache::default(),
        signer,
        publisher: Publisher::new(aws_sdk_sns::Client::from_conf(sns.build()), parts.template.topic()?),
        clock: parts.clock.clone(),
        ids: Arc::new(RandomIds),
        province: province.cloned().ok_or("the template names no province")?,
        metrics: Metrics::to(|line| LOGGED.add(line.len() + 1)),
        visitors: Some(parts.visitors.clone()),
    })
}

fn tables(template: &Template) -> Result<Tables, Failure> {
    let name = |id: &str| {
        let table = template.tables.get(id).ok_or_else(|| format!("the template has no table {id}"))?;
        Ok::<_, Failure>(table.name.clone())
    };
    Ok(Tables {
        cases: name("CasesTable")?,
        journal: name("JournalTable")?,
        vault: name("VaultTable")?,
        limits: name("LimitsTable")?,
    })
}

/// The functions, each of which says when it is called.
fn wired(parts: &Parts, app: &Arc<App>, watch: &Arc<dyn Watch>) -> Functions {
    let told = |name: &'static str, router: Router| {
        let watch = watch.clone();
        let tell = axum::middleware::from_fn(move |request: axum::extract::Request, next: axum::middleware::Next| {
            watch.called(name, "");
            next.run(request)
        });
        router.layer(tell)
    };
    let each = || (app.clone(), watch.clone());
    let (assignment, notifications, deadlines, audit) = (each(), each(), each(), each());
    Functions::default()
        .http("IntakeFunction", told("IntakeFunction", donthu_intake::router(app.clone())))
        .http("FollowFunction", told("FollowFunction", donthu_follow::router(app.clone())))
        .http("CaseworkFunction", told("CaseworkFunction", donthu_casework::router(app.clone())))
        .http("CustodyFunction", told("CustodyFunction", donthu_custody::router(app.clone())))
        .http("PortalFunction", told("PortalFunction", donthu_portal::router(Arc::new(portal(parts)))))
        .http("StatisticsFunction", told("StatisticsFunction", donthu_statistics::router(app.clone())))
        .stream("AssignmentFunction", move |event| {
            let (app, watch) = assignment.clone();
            async move {
                watch.called("AssignmentFunction", "");
                donthu_assignment::handle(&app, event).await
            }
        })
        .stream("NotificationsFunction", move |event| {
            let (app, watch) = notifications.clone();
            async move {
                watch.called("NotificationsFunction", "");
                donthu_notifications::handle(&app, event).await
            }
        })
        .schedule("DeadlinesFunction", move |_| {
            let (app, watch) = deadlines.clone();
            async move {
                watch.called("DeadlinesFunction", "");
                Ok::<_, Failure>(serde_json::to_value(donthu_deadlines::handle(&app, LONGEST_RUN).await?)?)
            }
        })
        .schedule("AuditFunction", move |input| {
            let (app, watch) = audit.clone();
            async move {
                let task: AuditTask = serde_json::from_value(input.clone())?;
                watch.called("AuditFunction", input.get("task").and_then(Value::as_str).unwrap_or_default());
                Ok::<_, Failure>(serde_json::to_value(donthu_audit::handle(&app, task).await?)?)
            }
        })
}

/// How many bytes the functions have logged in this process: lines as on Lambda, and metrics.
pub static LOGGED: Logged = Logged { bytes: AtomicU64::new(0), started: AtomicBool::new(false) };

/// Takes log lines, counts their bytes and forgets them.
#[derive(Debug)]
pub struct Logged {
    bytes: AtomicU64,
    started: AtomicBool,
}

impl Logged {
    /// Begins to log as on Lambda: JSON lines from INFO on, without times, which the platform adds. Once in a process; whoever
    /// logs there already goes on and nothing is counted.
    pub fn start(&'static self) {
        if !self.started.swap(true, Ordering::Relaxed) {
            let lines = tracing_subscriber::fmt().json().with_target(false).without_time().with_writer(self);
            // A subscriber that is there already stays: then lines are not counted, and `bytes` does not rise.
            let _ = lines.with_max_level(tracing_subscriber::filter::LevelFilter::INFO).try_init();
        }
    }

    /// How many there have been.
    pub fn bytes(&self) -> u64 {
        self.bytes.load(Ordering::Relaxed)
    }

    fn add(&self, bytes: usize) {
        self.bytes.fetch_add(u64::try_from(bytes).unwrap_or(u64::MAX), Ordering::Relaxed);
    }
}

impl std::io::Write for &Logged {
    fn write(&mut self, line: &[u8]) -> std::io::Result<usize> {
        self.add(line.len());
        Ok(line.len())
    }

    fn flush(&mut self) -> std::io::Result<()> {
        Ok(())
    }
}

impl<'a> MakeWriter<'a> for &'static Logged {
    type Writer = &'static Logged;

    fn make_writer(&'a self) -> Self::Writer {
        self
    }
}
