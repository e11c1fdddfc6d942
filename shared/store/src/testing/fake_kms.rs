//! A key service in memory, spoken to by the real client.

use std::collections::{BTreeMap, BTreeSet};
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};

use aws_lc_rs::signature::KeyPair as _;
use aws_sdk_kms::config::{BehaviorVersion, Builder, Credentials, Region};
use aws_smithy_runtime_api::client::http::{
    HttpClient, HttpConnector, HttpConnectorFuture, HttpConnectorSettings, SharedHttpConnector,
};
use aws_smithy_runtime_api::client::orchestrator::{HttpRequest, HttpResponse};
use aws_smithy_runtime_api::client::result::ConnectorError;
use aws_smithy_runtime_api::client::runtime_components::RuntimeComponents;
use aws_smithy_runtime_api::http::StatusCode;
use aws_smithy_types::body::SdkBody;
use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;
use serde_json::{Value, json};

use super::fixed_signer;
use crate::aead::{self, SecretBytes};
use crate::digest;

/// How every call of a key service fails.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum KmsFault {
    /// Nobody listens.
    Unreachable,
    /// The service takes the request and says nothing.
    Silent,
    /// The service does its work, and the connection breaks before the answer is there.
    AnswerLost,
    /// The service answers with this status and code, and does nothing.
    Answers(u16, &'static str),
}

#[derive(Debug, Default)]
struct State {
    fault: Option<KmsFault>,
    disabled: BTreeSet<String>,
    calls: Vec<String>,
}

/// KMS as far as this project asks it: `GenerateDataKey`, `Decrypt`, `Encrypt` and `ReEncrypt` of any key, each bound to
/// its key and encryption context; `GetPublicKey` and `Sign` of any key as an Ed25519 one. Clones share one state.
#[derive(Debug, Clone, Default)]
pub struct FakeKms {
    state: Arc<Mutex<State>>,
}

impl FakeKms {
    /// A service that works.
    pub fn new() -> Self {
        Self::default()
    }

    /// Settings of a client that speaks to this service and to no other.
    pub fn config(&self) -> Builder {
        Builder::new()
            .behavior_version(BehaviorVersion::v2026_01_12())
            .region(Region::new("ap-southeast-1"))
            .credentials_provider(Credentials::new("test", "test", None, None, "test"))
            .http_client(self.clone())
    }

    /// From now on every call fails like this, or none does.
    pub fn set_fault(&self, fault: Option<KmsFault>) {
        self.lock().fault = fault;
    }

    /// Disables a key by its id.
    pub fn disable(&self, key: impl Into<String>) {
        self.lock().disabled.insert(key.into());
    }

    /// The operations asked for so far, by AWS's names; each attempt counts.
    pub fn calls(&self) -> Vec<String> {
        self.lock().calls.clone()
    }

    fn lock(&self) -> MutexGuard<'_, State> {
        self.state.lock().unwrap_or_else(PoisonError::into_inner)
    }

    fn answer(&self, operation: &str, request: &Value) -> Result<Value, &'static str> {
        let text = |name: &str| request.get(name).and_then(Value::as_str);
        let named = |name: &str| {
            let key = text(name).ok_or("ValidationException")?;
            let id = key.rsplit_once(":key/").map_or(key, |(_, id)| id);
            if self.lock().disabled.contains(id) { Err("DisabledException") } else { Ok(id.to_owned()) }
        };
        let bytes = |name: &str| text(name).and_then(|text| STANDARD.decode(text).ok()).ok_or("ValidationException");
        let context = |name: &str| serde_json::from_value(request.get(name).cloned().unwrap_or_else(|| json!({})));
        let context = |name: &str| context(name).map_err(|_| "ValidationException");
        match operation {
            "GenerateDataKey" if text("KeySpec") == Some("AES_256") => {
                let key = named("KeyId")?;
                let plaintext = SecretBytes::random().map_err(|_| "KMSInternalException")?;
                let sealed = seal(&key, &context("EncryptionContext")?, plaintext.expose())?;
                Ok(json!({ "KeyId": key, "Plaintext": STANDARD.encode(plaintext.expose()), "CiphertextBlob": sealed }))
            }
            "Encrypt" => {
                let (key, plaintext) = (named("KeyId")?, bytes("Plaintext")?);
                if plaintext.len() > 4_096 {
                    return Err("ValidationException");
                }
                let sealed = seal(&key, &context("EncryptionContext")?, &plaintext)?;
                Ok(json!({ "KeyId": key, "CiphertextBlob": sealed }))
            }
            "Decrypt" => {
                let key = named("KeyId")?;
                let plaintext = open(&key, &context("EncryptionContext")?, &bytes("CiphertextBlob")?)?;
                Ok(json!({ "KeyId": key, "Plaintext": STANDARD.encode(plaintext) }))
            }
            "ReEncrypt" => {
                let (from, to) = (named("SourceKeyId")?, named("DestinationKeyId")?);
                let plaintext = open(&from, &context("SourceEncryptionContext")?, &bytes("CiphertextBlob")?)?;
                let sealed = seal(&to, &context("DestinationEncryptionContext")?, &plaintext)?;
                Ok(json!({ "KeyId": to, "SourceKeyId": from, "CiphertextBlob": sealed }))
            }
            "GetPublicKey" => {
                let key = named("KeyId")?;
                let pair = fixed_signer::pair(key.as_bytes()).map_err(|_| "KMSInternalException")?;
                let der = [&ED25519_DER, pair.public_key().as_ref()].concat();
                Ok(json!({ "KeyId": key, "KeySpec": "ECC_NIST_EDWARDS25519", "PublicKey": STANDARD.encode(der) }))
            }
            "Sign" if text("SigningAlgorithm") == Some("ED25519_SHA_512") && text("MessageType") == Some("RAW") => {
                let (key, message) = (named("KeyId")?, bytes("Message")?);
                if message.len() > 4_096 {
                    return Err("ValidationException");
                }
                let pair = fixed_signer::pair(key.as_bytes()).map_err(|_| "KMSInternalException")?;
                Ok(json!({ "KeyId": key, "Signature": STANDARD.encode(pair.sign(&message)) }))
            }
            _ => Err("ValidationException"),
        }
    }
}

/// As OpenSSL prints the head of such a key.
const ED25519_DER: [u8; 12] = *b"\x30\x2a\x30\x05\x06\x03\x2b\x65\x70\x03\x21\x00";

type Context = BTreeMap<String, String>;

fn master(key: &str) -> SecretBytes {
    SecretBytes::new(digest::sha256(b"donthu test kms", &[key.as_bytes()]))
}

fn bound(context: &Context) -> Vec<u8> {
    let fields: Vec<&[u8]> = context.iter().flat_map(|(name, value)| [name.as_bytes(), value.as_bytes()]).collect();
    digest::framed(b"donthu test kms", &fields)
}

/// As with KMS, a ciphertext names its key.
fn seal(key: &str, context: &Context, plaintext: &[u8]) -> Result<String, &'static str> {
    let sealed = aead::seal(&master(key), &bound(context), plaintext).map_err(|_| "KMSInternalException")?;
    Ok(STANDARD.encode([key.as_bytes(), b"|", &sealed].concat()))
}

fn open(key: &str, context: &Context, blob: &[u8]) -> Result<Vec<u8>, &'static str> {
    let at = blob.iter().position(|byte| *byte == b'|').ok_or("InvalidCiphertextException")?;
    let (named, sealed) = blob.split_at_checked(at).ok_or("InvalidCiphertextException")?;
    if named != key.as_bytes() {
        return Err("IncorrectKeyException");
    }
    let sealed = sealed.get(1..).unwrap_or_default();
    let opened = aead::open(&master(key), &bound(context), sealed).map_err(|_| "InvalidCiphertextException")?;
    Ok(opened.to_vec())
}

impl HttpConnector for FakeKms {
    fn call(&self, request: HttpRequest) -> HttpConnectorFuture {
        let target = request.headers().get("x-amz-target").unwrap_or_default();
        let operation = target.rsplit('.').next().unwrap_or_default().to_owned();
        let fault = {
            let mut state = self.lock();
            state.calls.push(operation.clone());
            state.fault
        };
        let lost = || ConnectorError::io("injected failure".into());
        let answered = match fault {
            Some(KmsFault::Silent) => return HttpConnectorFuture::new(std::future::pending()),
            Some(KmsFault::Unreachable) => return HttpConnectorFuture::ready(Err(lost())),
            Some(KmsFault::Answers(status, code)) => (status, error(code)),
            Some(KmsFault::AnswerLost) | None => {
                let body = request.body().bytes().unwrap_or_default();
                match self.answer(&operation, &serde_json::from_slice(body).unwrap_or_default()) {
                    Ok(answer) => (200, answer),
                    Err("KMSInternalException") => (500, error("KMSInternalException")),
                    Err(code) => (400, error(code)),
                }
            }
        };
        if fault == Some(KmsFault::AnswerLost) {
            return HttpConnectorFuture::ready(Err(lost()));
        }
        HttpConnectorFuture::ready(response(answered.0, &answered.1))
    }
}

fn error(code: &str) -> Value {
    json!({ "__type": code, "message": "injected" })
}

fn response(status: u16, body: &Value) -> Result<HttpResponse, ConnectorError> {
    let status = StatusCode::try_from(status).map_err(|error| ConnectorError::user(error.into()))?;
    let mut response = HttpResponse::new(status, SdkBody::from(body.to_string()));
    response.headers_mut().insert("content-type", "application/x-amz-json-1.1");
    Ok(response)
}

impl HttpClient for FakeKms {
    fn http_connector(
        &self,
        _settings: &HttpConnectorSettings,
        _components: &RuntimeComponents,
    ) -> SharedHttpConnector {
        SharedHttpConnector::new(self.clone())
    }
}
