//! The functions' policies held against the functions' calls: every call that a function makes in any test is judged by the policy that
//! `infra/template.yaml` gives it, and each policy tells what of it was never used.

pub mod calls;
pub mod iam;

use std::collections::{BTreeMap, BTreeSet};
use std::sync::{Arc, LazyLock, Mutex, MutexGuard, PoisonError};

use aws_smithy_runtime_api::box_error::BoxError;
use aws_smithy_runtime_api::client::interceptors::context::BeforeSerializationInterceptorContextRef;
use aws_smithy_runtime_api::client::interceptors::{Intercept, dyn_dispatch_hint};
use aws_smithy_runtime_api::client::orchestrator::Metadata;
use aws_smithy_runtime_api::client::runtime_components::RuntimeComponents;
use aws_smithy_types::config_bag::ConfigBag;
use donthu_local::handlers;
use donthu_local::template::{TEMPLATE, Template};

use self::iam::{Decision, Grant, Policy, Request};

static DEPLOYED: LazyLock<(Template, BTreeMap<String, Policy>)> = LazyLock::new(|| {
    let template = Template::parse(TEMPLATE).unwrap();
    let parse = |(function, statements): (&String, &Vec<_>)| {
        let policy = Policy::parse(statements).unwrap_or_else(|error| panic!("the policy of {function}: {error}"));
        (function.clone(), policy)
    };
    let policies = template.policies.iter().map(parse).collect();
    (template, policies)
});

/// The policies of the template, by function.
pub fn deployed() -> &'static BTreeMap<String, Policy> {
    &DEPLOYED.1
}

#[derive(Debug, Default)]
struct Seen {
    used: BTreeMap<String, BTreeSet<Grant>>,
    missing: BTreeSet<String>,
}

/// An interceptor that judges each call by the policy of the function that makes it; calls of nobody are a test's own. Clones see
/// together.
#[derive(Debug, Clone, Default)]
pub struct Watch {
    seen: Arc<Mutex<Seen>>,
}

impl Watch {
    /// Nothing seen yet.
    pub fn new() -> Self {
        Self::default()
    }

    /// The calls that no policy allowed since this was asked last: function, action, resource and what is known of the call.
    pub fn take_missing(&self) -> BTreeSet<String> {
        std::mem::take(&mut self.lock().missing)
    }

    /// What each function's policy allows and none of its calls used.
    pub fn unused(&self) -> BTreeSet<String> {
        let seen = self.lock();
        let mut unused = BTreeSet::new();
        for (function, policy) in deployed() {
            let used = seen.used.get(function);
            let never = policy.grants().into_iter().filter(|grant| used.is_none_or(|used| !used.contains(grant)));
            unused.extend(never.map(|grant| format!("{function}, {grant}")));
        }
        unused
    }

    fn judge(&self, function: &str, request: &Request) {
        let wanted = || format!("{function}: {} on {} with {:?}", request.action, request.resource, request.context);
        let decision = match deployed().get(function) {
            Some(policy) => policy.decide(request),
            None => Ok(Decision::NotAllowed),
        };
        let mut seen = self.lock();
        match decision {
            Ok(Decision::Allowed(grants)) => seen.used.entry(function.to_owned()).or_default().extend(grants),
            Ok(Decision::NotAllowed) => {
                seen.missing.insert(wanted());
            }
            Ok(Decision::Forbidden) => {
                seen.missing.insert(format!("{} (forbidden)", wanted()));
            }
            Err(error) => {
                seen.missing.insert(format!("{} ({error})", wanted()));
            }
        }
    }

    fn lock(&self) -> MutexGuard<'_, Seen> {
        self.seen.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

#[dyn_dispatch_hint]
impl Intercept for Watch {
    fn name(&self) -> &'static str {
        "Watch"
    }

    fn read_before_serialization(
        &self,
        context: &BeforeSerializationInterceptorContextRef<'_>,
        _components: &RuntimeComponents,
        config: &mut ConfigBag,
    ) -> Result<(), BoxError> {
        let Some(function) = handlers::running() else { return Ok(()) };
        match calls::asked(&DEPLOYED.0, context.input()) {
            Some(requests) => requests.iter().for_each(|request| self.judge(&function, request)),
            None => {
                let operation = config.load::<Metadata>().map_or("a call", Metadata::name);
                self.lock()
                    .missing
                    .insert(format!("{function}: {operation}, of which it is not said what it asks for"));
            }
        }
        Ok(())
    }
}

/// Fails the test that it is dropped in where a call was seen that no policy allows.
pub(crate) struct Verdict(pub(crate) Watch);

impl Drop for Verdict {
    fn drop(&mut self) {
        let missing = self.0.take_missing();
        // A test that has failed says why itself.
        if !std::thread::panicking() {
            assert!(missing.is_empty(), "calls that infra/template.yaml does not allow: {missing:#?}");
        }
    }
}
