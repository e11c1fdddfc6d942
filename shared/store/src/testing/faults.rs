//! Failures around AWS calls, injected where a network or the service would fail.

use std::sync::{Arc, Mutex, MutexGuard, PoisonError};

use aws_smithy_runtime_api::box_error::BoxError;
use aws_smithy_runtime_api::client::interceptors::context::{
    BeforeDeserializationInterceptorContextMut, BeforeTransmitInterceptorContextMut,
};
use aws_smithy_runtime_api::client::interceptors::{Intercept, dyn_dispatch_hint};
use aws_smithy_runtime_api::client::orchestrator::{HttpResponse, Metadata};
use aws_smithy_runtime_api::client::runtime_components::RuntimeComponents;
use aws_smithy_runtime_api::http::StatusCode;
use aws_smithy_types::body::SdkBody;
use aws_smithy_types::config_bag::{ConfigBag, Storable, StoreReplace};

/// How a call fails.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum When {
    /// The request never leaves: nothing happens at the service.
    BeforeSending,
    /// The service does its work, the answer is lost.
    AfterSending,
    /// The service does its work and then answers 500.
    ServerError,
    /// The service does nothing and answers that another transaction is under way on an item. DynamoDB says so of writes.
    Conflict,
    /// The service does nothing and answers that there were too many requests.
    Throttled,
    /// SNS does nothing and answers that what was sent is not allowed.
    Refused,
}

/// In place of an operation's name: every operation.
pub const ANY: &str = "";

/// One failure to come.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Fault {
    /// The operation by AWS's name, e.g. `TransactWriteItems`; [`ANY`] for whichever comes.
    pub operation: &'static str,
    /// Which of the attempts of this operation from now on, counted from 1.
    pub nth: u32,
    /// How it fails.
    pub when: When,
}

#[derive(Debug)]
struct Planned {
    fault: Fault,
    seen: u32,
}

/// Fails every attempt whose body holds a text.
#[derive(Debug)]
struct Lasting {
    operation: &'static str,
    text: String,
    when: When,
}

#[derive(Debug, Default)]
struct State {
    planned: Vec<Planned>,
    lasting: Vec<Lasting>,
    attempts: u32,
    raised: u32,
}

/// An interceptor that fails calls as planned. Clones share one plan. The SDK itself retries what it would retry of
/// real failures: answers of the service, but neither a request that never left nor a lost answer.
#[derive(Debug, Clone, Default)]
pub struct Faults {
    state: Arc<Mutex<State>>,
}

impl Faults {
    /// No failures yet.
    pub fn new() -> Self {
        Self::default()
    }

    /// Plans a failure.
    pub fn plan(&self, fault: Fault) {
        self.lock().planned.push(Planned { fault, seen: 0 });
    }

    /// Plans that the next so many attempts of an operation fail.
    pub fn plan_next(&self, operation: &'static str, attempts: u32, when: When) {
        for nth in 1..=attempts {
            self.plan(Fault { operation, nth, when });
        }
    }

    /// Plans that every attempt of an operation fails, until [`Faults::clear`].
    pub fn plan_all(&self, operation: &'static str, when: When) {
        self.plan_where(operation, "", when);
    }

    /// Plans that every attempt of an operation fails whose body holds a text, until [`Faults::clear`].
    pub fn plan_where(&self, operation: &'static str, text: impl Into<String>, when: When) {
        self.lock().lasting.push(Lasting { operation, text: text.into(), when });
    }

    /// Forgets what is planned: from now on nothing fails.
    pub fn clear(&self) {
        let mut state = self.lock();
        state.planned.clear();
        state.lasting.clear();
    }

    /// Attempts of all operations so far, those that failed as planned included.
    pub fn attempts(&self) -> u32 {
        self.lock().attempts
    }

    /// Failures raised so far.
    pub fn raised(&self) -> u32 {
        self.lock().raised
    }

    /// Counts an attempt and says how it fails, if it does.
    fn meet(&self, operation: &str, body: &str) -> Option<When> {
        let mut state = self.lock();
        state.attempts += 1;
        let mut met = None;
        let concerns = |planned: &str| planned == ANY || planned == operation;
        state.planned.retain_mut(|planned| {
            if !concerns(planned.fault.operation) {
                return true;
            }
            planned.seen += 1;
            if planned.seen < planned.fault.nth || met.is_some() {
                return true;
            }
            met = Some(planned.fault.when);
            false
        });
        let lasting = state.lasting.iter().find(|planned| concerns(planned.operation) && body.contains(&planned.text));
        let lasting = lasting.map(|lasting| lasting.when);
        let met = met.or(lasting);
        state.raised += u32::from(met.is_some());
        met
    }

    fn lock(&self) -> MutexGuard<'_, State> {
        self.state.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

/// What this attempt still has to meet once its answer is there.
#[derive(Debug, Clone, Copy)]
struct Pending(Option<When>);

impl Storable for Pending {
    type Storer = StoreReplace<Self>;
}

#[derive(Debug, thiserror::Error)]
#[error("injected failure")]
struct Injected;

#[dyn_dispatch_hint]
impl Intercept for Faults {
    fn name(&self) -> &'static str {
        "Faults"
    }

    fn modify_before_transmit(
        &self,
        context: &mut BeforeTransmitInterceptorContextMut<'_>,
        _components: &RuntimeComponents,
        config: &mut ConfigBag,
    ) -> Result<(), BoxError> {
        let body = String::from_utf8_lossy(context.request().body().bytes().unwrap_or_default()).into_owned();
        let met = config.load::<Metadata>().and_then(|metadata| self.meet(metadata.name(), &body));
        config.interceptor_state().store_put(Pending(met));
        match met {
            Some(When::BeforeSending) => return Err(Injected.into()),
            // An operation that nobody knows: the service answers, but does nothing.
            Some(When::Conflict | When::Throttled | When::Refused) if is_sns(config) => {
                let nothing = "Action=Nothing";
                context.request_mut().headers_mut().insert("content-length", nothing.len().to_string());
                *context.request_mut().body_mut() = SdkBody::from(nothing);
            }
            Some(When::Conflict | When::Throttled | When::Refused) => {
                context.request_mut().headers_mut().insert("x-amz-target", "DynamoDB_20120810.Nothing");
            }
            Some(When::AfterSending | When::ServerError) | None => {}
        }
        Ok(())
    }

    fn modify_before_deserialization(
        &self,
        context: &mut BeforeDeserializationInterceptorContextMut<'_>,
        _components: &RuntimeComponents,
        config: &mut ConfigBag,
    ) -> Result<(), BoxError> {
        let Some(Pending(Some(met))) = config.load::<Pending>().copied() else { return Ok(()) };
        let sns = is_sns(config);
        let transaction = config.load::<Metadata>().is_some_and(|metadata| metadata.name() == "TransactWriteItems");
        let (status, code) = match met {
            When::BeforeSending | When::AfterSending => return Err(Injected.into()),
            When::ServerError if sns => (500, "InternalError"),
            When::ServerError => (500, "InternalServerError"),
            When::Throttled if sns => (400, "Throttling"),
            When::Throttled => (400, "ThrottlingException"),
            When::Refused => (400, "InvalidParameter"),
            When::Conflict if transaction => (400, "TransactionCanceledException"),
            When::Conflict => (400, "TransactionConflictException"),
        };
        let body = if sns {
            format!("<ErrorResponse><Error><Code>{code}</Code><Message>injected</Message></Error></ErrorResponse>")
        } else {
            let reasons = r#"[{"Code":"TransactionConflict","Message":"injected"}]"#;
            let reasons = if transaction { reasons } else { "[]" };
            format!(r#"{{"__type":"{code}","message":"injected","CancellationReasons":{reasons}}}"#)
        };
        let mut answer = HttpResponse::new(StatusCode::try_from(status)?, SdkBody::from(body));
        answer.headers_mut().insert("content-type", if sns { "text/xml" } else { "application/x-amz-json-1.0" });
        *context.response_mut() = answer;
        Ok(())
    }
}

/// Whether a call is one to SNS, which speaks XML; DynamoDB speaks JSON.
fn is_sns(config: &ConfigBag) -> bool {
    config.load::<Metadata>().is_some_and(|metadata| metadata.service() == "SNS")
}
