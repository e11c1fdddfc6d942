//! The AWS query protocol's form body.

use std::collections::BTreeMap;

/// Names and values of a form body.
pub(super) struct Query(BTreeMap<String, String>);

impl Query {
    pub(super) fn parse(body: &[u8]) -> Self {
        Self(form_urlencoded::parse(body).into_owned().collect())
    }

    pub(super) fn get(&self, name: &str) -> Option<&str> {
        self.0.get(name).map(String::as_str)
    }
}
