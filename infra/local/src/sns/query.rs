//! The AWS query protocol's form body, and the header that comes with it.

use std::collections::BTreeMap;

/// Names and values of a form body.
pub(super) struct Query {
    values: BTreeMap<String, String>,
    trace: Option<String>,
}

impl Query {
    pub(super) fn parse(body: &[u8], trace: Option<&str>) -> Self {
        Self { values: form_urlencoded::parse(body).into_owned().collect(), trace: trace.map(str::to_owned) }
    }

    pub(super) fn get(&self, name: &str) -> Option<&str> {
        self.values.get(name).map(String::as_str)
    }

    /// The tracing header.
    pub(super) fn trace(&self) -> Option<&str> {
        self.trace.as_deref()
    }
}
