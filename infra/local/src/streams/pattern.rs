//! Event patterns of a subscription's `FilterCriteria`: the subset that the template uses; the rest is refused by name.

use serde_json::Value;

/// Why a pattern is not supported.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum PatternError {
    /// Not a JSON object.
    #[error("a filter pattern is not a JSON object: {0}")]
    NotAnObject(String),
    /// A part that is neither an object nor a list.
    #[error("the filter pattern has neither an object nor a list at {0:?}")]
    NotAList(String),
    /// An operator other than `prefix` and `exists`.
    #[error("the filter pattern uses {operator:?} at {place:?}; texts, prefix and exists are supported")]
    Unsupported {
        /// The operator or the value, as written.
        operator: String,
        /// Path of keys in the pattern.
        place: String,
    },
}

/// A parsed pattern.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Pattern(Vec<(String, Node)>);

#[derive(Debug, Clone, PartialEq, Eq)]
enum Node {
    Object(Vec<(String, Node)>),
    AnyOf(Vec<Test>),
}

#[derive(Debug, Clone, PartialEq, Eq)]
enum Test {
    Text(String),
    Prefix(String),
    Exists(bool),
}

impl Pattern {
    /// Reads a pattern, which is JSON text.
    ///
    /// # Errors
    /// [`PatternError`] names whatever is not supported.
    pub fn parse(text: &str) -> Result<Self, PatternError> {
        let value: Value = serde_json::from_str(text).map_err(|error| PatternError::NotAnObject(error.to_string()))?;
        match node(&value, "")? {
            Node::Object(entries) => Ok(Self(entries)),
            Node::AnyOf(_) => Err(PatternError::NotAnObject(text.to_owned())),
        }
    }

    /// Whether a record, as its JSON, matches.
    #[must_use]
    pub fn matches(&self, record: &Value) -> bool {
        all(&self.0, Some(record))
    }
}

fn node(value: &Value, place: &str) -> Result<Node, PatternError> {
    match value {
        Value::Object(map) => map
            .iter()
            .map(|(key, value)| Ok((key.clone(), node(value, &format!("{place}/{key}"))?)))
            .collect::<Result<Vec<_>, _>>()
            .map(Node::Object),
        Value::Array(tests) => {
            tests.iter().map(|value| test(value, place)).collect::<Result<Vec<_>, _>>().map(Node::AnyOf)
        }
        _ => Err(PatternError::NotAList(place.to_owned())),
    }
}

fn test(value: &Value, place: &str) -> Result<Test, PatternError> {
    if let Value::String(text) = value {
        return Ok(Test::Text(text.clone()));
    }
    let mut entries = value.as_object().into_iter().flatten();
    match (entries.next(), entries.next()) {
        (Some((operator, Value::String(text))), None) if operator == "prefix" => Ok(Test::Prefix(text.clone())),
        (Some((operator, Value::Bool(exists))), None) if operator == "exists" => Ok(Test::Exists(*exists)),
        (Some((operator, _)), None) => {
            Err(PatternError::Unsupported { operator: operator.clone(), place: place.to_owned() })
        }
        _ => Err(PatternError::Unsupported { operator: value.to_string(), place: place.to_owned() }),
    }
}

fn all(entries: &[(String, Node)], value: Option<&Value>) -> bool {
    entries.iter().all(|(key, node)| {
        let value = value.and_then(|value| value.get(key));
        match node {
            Node::Object(entries) => all(entries, value),
            Node::AnyOf(tests) => tests.iter().any(|test| passes(test, value)),
        }
    })
}

fn passes(test: &Test, value: Option<&Value>) -> bool {
    match (test, value) {
        (Test::Exists(expected), value) => value.is_some() == *expected,
        (_, None) => false,
        (Test::Text(text), Some(value)) => value.as_str() == Some(text),
        (Test::Prefix(prefix), Some(value)) => value.as_str().is_some_and(|text| text.starts_with(prefix)),
    }
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;

    #[test]
    fn a_pattern_matches_names_texts_prefixes_and_absence() {
        let pattern = Pattern::parse(
            r#"{"eventName":["INSERT","MODIFY"],
                "dynamodb":{"NewImage":{"sk":{"S":[{"prefix":"NOTICE#"},"HEAD"]},"ag_pk":{"S":[{"exists":false}]}}}}"#,
        )
        .unwrap();
        let record = |name: &str, image: Value| json!({"eventName": name, "dynamodb": {"NewImage": image}});
        assert!(pattern.matches(&record("INSERT", json!({"sk": {"S": "HEAD"}}))));
        assert!(pattern.matches(&record("MODIFY", json!({"sk": {"S": "NOTICE#1"}}))));
        assert!(!pattern.matches(&record("REMOVE", json!({"sk": {"S": "HEAD"}}))));
        assert!(!pattern.matches(&record("INSERT", json!({"sk": {"S": "HEADER"}}))));
        assert!(!pattern.matches(&record("INSERT", json!({"sk": {"S": "HEAD"}, "ag_pk": {"S": "AG#x"}}))));
        assert!(!pattern.matches(&record("INSERT", json!({}))));
        assert!(!pattern.matches(&json!({"eventName": "INSERT"})));
    }

    #[test]
    fn an_operator_that_is_not_implemented_is_refused_by_name_and_place() {
        for (text, operator) in [
            (r#"{"a":{"S":[{"anything-but":["x"]}]}}"#, "anything-but"),
            (r#"{"a":{"S":[{"numeric":[">",1]}]}}"#, "numeric"),
            (r#"{"a":{"S":[5]}}"#, "5"),
        ] {
            assert_eq!(
                Pattern::parse(text),
                Err(PatternError::Unsupported { operator: operator.into(), place: "/a/S".into() })
            );
        }
        assert_eq!(Pattern::parse(r#"{"a":"x"}"#), Err(PatternError::NotAList("/a".into())));
        assert!(matches!(Pattern::parse("[]"), Err(PatternError::NotAnObject(_))));
        assert!(matches!(Pattern::parse("{"), Err(PatternError::NotAnObject(_))));
    }
}
