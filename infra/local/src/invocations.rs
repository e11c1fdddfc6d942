//! What Lambda says of an invocation, said on this machine: an id, and a trace that begins with it.

use donthu_service::clock::{IdSource, RandomIds};
use donthu_service::invocation::Invocation;
use jiff::Timestamp;
use lambda_http::Context;

/// A context with ids of its own. Nobody collects the trace, so it is not sampled; its ids are in the logs all the same.
pub(crate) fn context(now: Timestamp) -> Context {
    let (random, parent) = (RandomIds.uuid().simple().to_string(), RandomIds.uuid().simple().to_string());
    let (random, _) = random.split_at(24);
    let (parent, _) = parent.split_at(16);
    let second = u32::try_from(now.as_second()).unwrap_or(0);
    let mut context = Context::default();
    context.request_id = RandomIds.uuid().to_string();
    context.xray_trace_id = Some(format!("Root=1-{second:08x}-{random};Parent={parent};Sampled=0"));
    context
}

/// An invocation of a function.
pub(crate) fn invocation(function: &'static str, now: Timestamp) -> Invocation {
    Invocation::new(function, &context(now))
}
