//! What the tests of the whole share: a province on one machine with all functions, spoken to over its HTTP API.

#![expect(clippy::unwrap_used, clippy::indexing_slicing, clippy::panic, reason = "a test's helpers may fail the test")]

pub mod contract;
pub mod pages;
pub mod policies;
pub mod runtime;

use std::collections::{BTreeMap, BTreeSet};
use std::net::{IpAddr, Ipv4Addr};
use std::path::Path;
use std::sync::atomic::{AtomicU32, Ordering};
use std::sync::{Arc, Mutex};

use axum::body::Body;
use axum::http::{HeaderMap, Request, StatusCode, header};
use donthu_audit::AuditTask;
use donthu_domain::{CaseId, Confidence, Policy};
use donthu_local::aws;
use donthu_local::engine::Engine;
use donthu_local::folder::Folder;
use donthu_local::functions::{Shared, functions_on, shared_on, shared_with};
use donthu_local::gateway::SentFrom;
use donthu_local::handlers;
use donthu_local::machine::{Machine, Parts};
use donthu_local::options::Options;
use donthu_local::seed::Reference;
use donthu_local::template::{TEMPLATE, Template};
use donthu_service::publisher::Publisher;
use donthu_service::reference::sorts;
use donthu_store::signing::{KmsSigner, ReceiptSigner};
use donthu_store::testing::{Elsewhere, FakeKms, Faults, FixedSigner};
use donthu_store::{JournalBody, Keyring, KmsKey, KmsKeyring, Loaded, ReceiptCode, Retries, seal_lookup};
use http_body_util::BodyExt;
use serde_json::{Value, json};
use tower::ServiceExt;

use crate::contract::Answered;
use crate::policies::{Verdict, Watch};

/// A province with its reference data and nothing else, in a folder of its own, at 5 October 2026, 09:00 local time. Its tables
/// are on the embedded engine in that folder, or in a database of their own on the engine that `DONTHU_TEST_DYNAMODB` names.
pub struct Province {
    /// The machine: world (clock, streams, schedules), inbox, engine.
    pub machine: Machine,
    /// What its functions hold in common.
    pub shared: Shared,
    /// What its functions were built from.
    pub parts: Parts,
    /// Failures of the functions' calls to DynamoDB; none until one is planned.
    pub faults: Faults,
    /// Failures of their calls to SNS.
    pub sns_faults: Faults,
    /// What the functions call, judged by their policies.
    pub watch: Watch,
    _verdict: Verdict,
    folder: tempfile::TempDir,
    tables: Option<Elsewhere>,
    addresses: AtomicU32,
    answered: Mutex<BTreeSet<(String, u16)>>,
}

/// Keys from elsewhere than the folder.
type Keys = (Arc<dyn Keyring>, Arc<dyn ReceiptSigner>);

/// A topic on a service that runs already and speaks as SNS does.
#[derive(Debug, Clone)]
pub struct Topic {
    /// Base URL of the service.
    pub endpoint: String,
    /// The topic that takes the notices.
    pub arn: String,
}

/// What a province is opened on.
struct Ground {
    folder: tempfile::TempDir,
    retries: Retries,
    /// The keys of all functions; None for those of its folder.
    keys: Option<Keys>,
    /// Functions that share neither keys nor anything else with the others.
    apart: BTreeMap<String, Keys>,
    watch: Watch,
    /// None for the embedded engine in its folder.
    tables: Option<Elsewhere>,
    /// None for the local machine's own endpoint.
    topic: Option<Topic>,
}

impl Ground {
    fn new() -> Self {
        Self {
            folder: tempfile::tempdir().unwrap(),
            retries: Retries::default(),
            keys: None,
            apart: BTreeMap::new(),
            watch: Watch::default(),
            tables: Elsewhere::from_environment().unwrap(),
            topic: None,
        }
    }
}

/// What the API answered.
pub struct Answer {
    /// The status.
    pub status: StatusCode,
    /// The headers.
    pub headers: HeaderMap,
    /// The body; null where it is no JSON.
    pub body: Value,
}

impl Answer {
    /// A text out of the body by JSON pointer; empty where there is none.
    pub fn text(&self, pointer: &str) -> String {
        self.body.pointer(pointer).and_then(Value::as_str).unwrap_or_default().to_owned()
    }
}

impl Province {
    /// Opens an empty province.
    pub async fn open() -> Self {
        Self::open_with(Retries::default()).await
    }

    /// Opens an empty province whose store tries again as told.
    pub async fn open_with(retries: Retries) -> Self {
        Self::start(Ground { retries, ..Ground::new() }).await.with_reference().await
    }

    /// Opens an empty province whose notices go to a topic elsewhere.
    pub async fn open_telling(topic: Topic) -> Self {
        Self::start(Ground { topic: Some(topic), ..Ground::new() }).await.with_reference().await
    }

    /// Opens an empty province as on AWS: its keys lie in KMS under the names that the template gives them, and each function has a
    /// keyring, reference data and everything else of its own.
    pub async fn open_apart(retries: Retries) -> Self {
        let (kms, watch) = (FakeKms::new(), Watch::new());
        let template = Template::parse(TEMPLATE).unwrap();
        let named = |name: &str| {
            let told = template.functions.values().find_map(|environment| environment.get(name));
            KmsKey::new(told.unwrap()).unwrap()
        };
        let (vault, receipts) = (named("DONTHU_KMS_KEY"), named("DONTHU_RECEIPT_KMS_KEY"));
        let sealed = seal_lookup(kms.config(), &vault, None).await.unwrap();
        let config = || kms.config().interceptor(watch.clone());
        let open = async || {
            let keyring = KmsKeyring::open(config(), vault.clone(), Vec::new(), &sealed).await.unwrap();
            let signer = KmsSigner::new(config(), receipts.clone(), Vec::new());
            let keys: Keys = (Arc::new(keyring), Arc::new(signer));
            keys
        };
        let mut apart = BTreeMap::new();
        for function in template.functions.keys() {
            apart.insert(function.clone(), handlers::in_name_of(function, open()).await);
        }
        let keys = Some(open().await);
        Self::start(Ground { retries, keys, apart, watch, ..Ground::new() }).await.with_reference().await
    }

    /// Opens an empty province whose keys are elsewhere than in its folder. Receipts are signed by a key of the tests.
    pub async fn open_on(keyring: Arc<dyn Keyring>) -> Self {
        Self::open_with_keys(keyring, Arc::new(FixedSigner::new(1))).await
    }

    /// Opens an empty province whose keys, that of receipts included, are elsewhere than in its folder.
    pub async fn open_with_keys(keyring: Arc<dyn Keyring>, signer: Arc<dyn ReceiptSigner>) -> Self {
        Self::start(Ground { keys: Some((keyring, signer)), ..Ground::new() }).await.with_reference().await
    }

    async fn with_reference(self) -> Self {
        Reference::shipped().unwrap().load(&self.shared.app.store).await.unwrap();
        self
    }

    /// The process dies where it stands, and another one starts on the same data folder.
    pub async fn crash(self) -> Self {
        let Self { machine, shared, parts, folder, tables, .. } = self;
        drop((machine, shared, parts));
        Self::start(Ground { folder, tables, ..Ground::new() }).await
    }

    async fn start(ground: Ground) -> Self {
        let Ground { folder, retries, keys, apart, watch, tables, topic } = ground;
        let at = Some("2026-10-05T02:00:00Z".parse().unwrap());
        let options = Options { data: folder.path().join("data"), port: 0, at, no_sample: true };
        let (faults, sns_faults) = (Faults::new(), Faults::new());
        let (built, used) = (std::cell::OnceCell::new(), std::cell::OnceCell::new());
        let engine = |folder: &Folder| match &tables {
            Some(Elsewhere { endpoint, access_key }) => Ok(Engine::elsewhere(endpoint, access_key)),
            None => Engine::on_file(&folder.file("tables.sqlite")),
        };
        let machine = Machine::start_on(engine, &options, TEMPLATE, async |parts| {
            let dynamodb = parts.dynamodb.config().to_builder().interceptor(faults.clone()).interceptor(watch.clone());
            let sns = match &topic {
                // The policies name the template's topic and no other.
                Some(Topic { endpoint, .. }) => aws_sdk_sns::config::Builder::from(&aws::sdk_config(endpoint)),
                None => parts.sns.config().to_builder().interceptor(watch.clone()),
            };
            let sns = sns.interceptor(sns_faults.clone());
            let parts = Parts {
                dynamodb: aws_sdk_dynamodb::Client::from_conf(dynamodb.build()),
                sns: aws_sdk_sns::Client::from_conf(sns.build()),
                ..parts.clone()
            };
            used.get_or_init(|| parts.clone());
            let shared = || match &keys {
                Some((keyring, signer)) => shared_on(&parts, retries.clone(), keyring.clone(), signer.clone()),
                None => shared_with(&parts, retries.clone()),
            };
            let made = built.get_or_init(|| {
                let mut made = shared().unwrap();
                if let Some(Topic { arn, .. }) = &topic {
                    Arc::get_mut(&mut made.app).unwrap().publisher = Publisher::new(parts.sns.clone(), arn);
                }
                made
            });
            let alone = |(keyring, signer): &Keys| {
                shared_on(&parts, retries.clone(), keyring.clone(), signer.clone()).unwrap().app
            };
            let agencies = Reference::shipped()?.agencies.iter().map(|agency| agency.id.to_string()).collect();
            let app_of = |function: &str| apart.get(function).map_or_else(|| made.app.clone(), alone);
            Ok(functions_on(&parts, app_of, &made.filling, agencies))
        })
        .await
        .unwrap();
        let (shared, parts) = (built.into_inner().unwrap(), used.into_inner().unwrap());
        Self {
            machine,
            shared,
            parts,
            faults,
            sns_faults,
            _verdict: Verdict(watch.clone()),
            watch,
            folder,
            tables,
            addresses: AtomicU32::new(0),
            answered: Mutex::default(),
        }
    }

    /// The folder that holds the province's data.
    pub fn folder(&self) -> &Path {
        self.folder.path()
    }

    /// An address that nobody has sent from yet.
    pub fn address(&self) -> IpAddr {
        Ipv4Addr::from(0x0a00_0001 + self.addresses.fetch_add(1, Ordering::Relaxed)).into()
    }

    /// Sends a request through the gateway, from an address of its own.
    pub async fn send(&self, method: &str, path: &str, headers: &[(&str, &str)], body: Option<Value>) -> Answer {
        self.send_from(self.address(), method, path, headers, body).await
    }

    /// Sends a request through the gateway from an address.
    pub async fn send_from(
        &self,
        address: IpAddr,
        method: &str,
        path: &str,
        headers: &[(&str, &str)],
        body: Option<Value>,
    ) -> Answer {
        let mut request = Request::builder().method(method).uri(path).header(header::HOST, "127.0.0.1");
        request = request.extension(SentFrom(address));
        for (name, value) in headers {
            request = request.header(*name, *value);
        }
        let content = match &body {
            Some(body) => {
                request = request.header(header::CONTENT_TYPE, "application/json");
                Body::from(body.to_string())
            }
            None => Body::empty(),
        };
        let response = self.machine.router().oneshot(request.body(content).unwrap()).await.unwrap();
        let (status, headers) = (response.status(), response.headers().clone());
        let bytes = response.into_body().collect().await.unwrap().to_bytes();
        self.hold(&Answered { method, path, sent: body.as_ref(), status, headers: &headers, bytes: &bytes });
        Answer { status, headers, body: serde_json::from_slice(&bytes).unwrap_or(Value::Null) }
    }

    /// Asserts that an answer is as the API's description says.
    pub fn hold(&self, answered: &Answered<'_>) {
        let Some((operation, wrong)) = contract::check(answered) else { return };
        assert!(wrong.is_empty(), "{wrong:#?}");
        self.answered.lock().unwrap().insert((operation, answered.status.as_u16()));
    }

    /// Which operations were answered with which status until now.
    pub fn answered(&self) -> BTreeSet<(String, u16)> {
        self.answered.lock().unwrap().clone()
    }

    /// The `Authorization` of an official of a role and agency.
    pub async fn bearer(&self, role: &str, agency: &str) -> String {
        let body = json!({ "role": role, "agency": agency });
        format!("Bearer {}", self.send("POST", "/dev/token", &[], Some(body)).await.text("/token"))
    }

    /// An official reads.
    pub async fn read(&self, bearer: &str, path: &str) -> Answer {
        self.send("GET", path, &[("authorization", bearer)], None).await
    }

    /// An official's step on a case as it was last seen.
    pub async fn step(&self, bearer: &str, id: &str, step: u64, name: &str, body: Value) -> Answer {
        let seen = format!("\"{step}\"");
        let headers = [("authorization", bearer), ("if-match", seen.as_str())];
        self.send("POST", &format!("/v1/cases/{id}/{name}"), &headers, Some(body)).await
    }

    /// The province says from its first day on that a dialogue before a first decision is only advised, so that not every story of
    /// a decision has to hold one.
    pub async fn advise_dialogues(&self) {
        self.set_policy("dialogue.first_instance", "advised").await;
    }

    /// The province has a policy from its first day on.
    pub async fn set_policy(&self, id: &str, value: &str) {
        let policy = Policy {
            id: id.to_owned(),
            value: value.to_owned(),
            valid_from: jiff::civil::date(2025, 7, 1),
            valid_to: None,
            basis: "test".to_owned(),
            confidence: Confidence::Design,
        };
        let app = &self.shared.app;
        app.store.put_reference(sorts::POLICY, &policy.id, policy.valid_from, &policy).await.unwrap();
        app.reference.forget().await;
    }

    /// Moves the clock by an ISO 8601 duration; the schedules on the way run.
    pub async fn advance(&self, duration: &str) {
        let moved = self.machine.world().advance(duration).await.unwrap();
        assert!(moved.failed.is_empty(), "{:?}", moved.failed);
    }

    /// Hands over what waits in the streams.
    pub async fn drain(&self) {
        self.machine.world().drain().await.unwrap();
    }

    /// Asserts that the audit finds no difference between journal, heads and counters.
    pub async fn recount(&self) {
        let recount = donthu_audit::handle(&self.shared.app, AuditTask::Recount);
        let audit = handlers::in_name_of("AuditFunction", recount).await.unwrap();
        assert_eq!(audit.differences, Vec::<String>::new(), "counters, heads and journal agree");
    }

    /// Lets a day pass and recounts: the audit leaves out the running day, and now there is nothing in it.
    pub async fn recount_tomorrow(&self) {
        self.advance("P1D").await;
        self.recount().await;
    }

    /// The case that a receipt code opens.
    pub fn case_of(&self, receipt: &str) -> CaseId {
        self.shared.app.store.keyring().lookup().case_id(&ReceiptCode::parse(receipt).unwrap()).unwrap()
    }

    /// Every case as it stands in the table.
    pub async fn heads(&self) -> Vec<Loaded> {
        let mut heads = Vec::new();
        let mut cursor = None;
        loop {
            let page = self.shared.app.store.scan_heads(cursor.as_ref(), 500).await.unwrap();
            heads.extend(page.items.into_iter().map(Result::unwrap));
            cursor = page.next;
            if cursor.is_none() {
                return heads;
            }
        }
    }

    /// What the journal says of a case, oldest first.
    pub async fn journal(&self, case: &CaseId) -> Vec<JournalBody> {
        let entries = self.shared.app.store.journal(case).await.unwrap();
        entries.iter().map(|entry| entry.body().unwrap()).collect()
    }
}
