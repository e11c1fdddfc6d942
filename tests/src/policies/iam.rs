//! The part of IAM's policy language that the template uses, as AWS documents it: "Policy evaluation logic", "Condition operators" and
//! "Set operators for multivalued context keys" of the IAM user guide. What is not modelled here is refused, never passed over.

use std::collections::{BTreeMap, BTreeSet};
use std::fmt;

use serde_json::{Map, Value};

/// Why a policy says nothing that can be relied on.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum PolicyError {
    /// An element, an effect or a value that is not modelled.
    #[error("a statement has {0}, which is not modelled")]
    Element(String),
    /// An operator that is not modelled.
    #[error("the condition operator {0} is not modelled")]
    Operator(String),
    /// `${aws:…}`, or a reference of the template without a value.
    #[error("{0} holds a variable")]
    Variable(String),
    /// A key of which nobody can tell what it is in such a request, so that a condition on it could hold by accident.
    #[error("what {key} is with {action} is not documented, or not modelled")]
    Key {
        /// The condition's key.
        key: String,
        /// The request's action.
        action: String,
    },
    /// A key with several values, and an operator for one.
    #[error("{0} has several values and needs ForAllValues or ForAnyValue")]
    SeveralValues(String),
}

/// What somebody wants to do.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Request {
    /// Service and action, e.g. `dynamodb:GetItem`.
    pub action: String,
    /// The resource's ARN, or `*` where it has none.
    pub resource: String,
    /// What is known of the request. A key that is not there is absent from the request.
    pub context: BTreeMap<String, Vec<String>>,
    /// The keys that are modelled for such a request; one that ends in `:` stands for all that begin so.
    pub keys: Vec<&'static str>,
}

impl Request {
    fn models(&self, key: &str) -> bool {
        self.keys.iter().any(|known| *known == key || (known.ends_with(':') && key.starts_with(known)))
    }
}

/// The smallest thing that a policy allows: one action on one resource, by one value of one condition.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord)]
pub struct Grant {
    /// The statement's place in the policy, from 1.
    pub statement: usize,
    /// The action as the statement writes it.
    pub action: String,
    /// The resource as the statement writes it, `not …` where it excludes one.
    pub resource: String,
    /// A condition's key and one of its values; none where the statement has no condition.
    pub condition: Option<(String, String)>,
}

impl fmt::Display for Grant {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(formatter, "statement {}: {} on {}", self.statement, self.action, self.resource)?;
        match &self.condition {
            Some((key, value)) => write!(formatter, " with {key} {value}"),
            None => Ok(()),
        }
    }
}

/// What a policy says to a request.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Decision {
    /// Allowed, by these grants.
    Allowed(BTreeSet<Grant>),
    /// No statement allows it.
    NotAllowed,
    /// A statement forbids it, whatever others say.
    Forbidden,
}

/// A policy document.
#[derive(Debug, Clone)]
pub struct Policy {
    statements: Vec<Statement>,
}

#[derive(Debug, Clone)]
struct Statement {
    place: usize,
    allows: bool,
    actions: Named,
    resources: Named,
    conditions: Vec<Condition>,
}

/// What a statement names: these, or all but these.
#[derive(Debug, Clone)]
struct Named {
    patterns: Vec<String>,
    excluded: bool,
}

#[derive(Debug, Clone)]
struct Condition {
    set: Option<Set>,
    operator: Operator,
    if_exists: bool,
    key: String,
    values: Vec<String>,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Set {
    All,
    Any,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Operator {
    Equals,
    NotEquals,
    Like,
    NotLike,
    Bool,
    Null,
}

impl Operator {
    fn is_negated(self) -> bool {
        matches!(self, Self::NotEquals | Self::NotLike)
    }

    /// Whether a value of the request and one of the policy are alike, negation aside.
    fn alike(self, asked: &str, written: &str) -> bool {
        match self {
            Self::Equals | Self::NotEquals => asked == written,
            Self::Like | Self::NotLike => matches_pattern(written, asked),
            Self::Bool | Self::Null => asked.eq_ignore_ascii_case(written),
        }
    }
}

impl Policy {
    /// Reads statements.
    ///
    /// # Errors
    /// [`PolicyError`] for what is not modelled.
    pub fn parse(statements: &[Value]) -> Result<Self, PolicyError> {
        let statements = (1..).zip(statements).map(|(place, statement)| Statement::parse(place, statement));
        Ok(Self { statements: statements.collect::<Result<_, _>>()? })
    }

    /// Everything that it allows.
    pub fn grants(&self) -> BTreeSet<Grant> {
        self.statements.iter().filter(|statement| statement.allows).flat_map(Statement::grants).collect()
    }

    /// What it says to a request: forbidden where any statement forbids it, else allowed where any allows it.
    ///
    /// # Errors
    /// [`PolicyError`] where a statement that concerns the request can't be judged.
    pub fn decide(&self, request: &Request) -> Result<Decision, PolicyError> {
        let (mut is_allowed, mut used) = (false, BTreeSet::new());
        for statement in &self.statements {
            let Some(grants) = statement.met(request)? else { continue };
            if !statement.allows {
                return Ok(Decision::Forbidden);
            }
            // By no grant at all, where a condition holds for want of its key.
            is_allowed = true;
            used.extend(grants);
        }
        Ok(if is_allowed { Decision::Allowed(used) } else { Decision::NotAllowed })
    }
}

impl Statement {
    fn parse(place: usize, value: &Value) -> Result<Self, PolicyError> {
        let unknown = |what: &Value| PolicyError::Element(what.to_string());
        let fields = value.as_object().ok_or_else(|| unknown(value))?;
        let known = ["Sid", "Effect", "Action", "NotAction", "Resource", "NotResource", "Condition"];
        if let Some(name) = fields.keys().find(|name| !known.contains(&name.as_str())) {
            return Err(PolicyError::Element(name.clone()));
        }
        let allows = match fields.get("Effect").and_then(Value::as_str) {
            Some("Allow") => true,
            Some("Deny") => false,
            _ => return Err(PolicyError::Element("no Effect of Allow or Deny".to_owned())),
        };
        let mut conditions = Vec::new();
        if let Some(written) = fields.get("Condition") {
            for (operator, keys) in written.as_object().ok_or_else(|| unknown(written))? {
                for (key, values) in keys.as_object().ok_or_else(|| unknown(keys))? {
                    conditions.push(Condition::parse(operator, key, values)?);
                }
            }
        }
        Ok(Self {
            place,
            allows,
            actions: Named::parse(fields, "Action", "NotAction")?,
            resources: Named::parse(fields, "Resource", "NotResource")?,
            conditions,
        })
    }

    fn grants(&self) -> Vec<Grant> {
        let conditions: Vec<_> = self.conditions.iter().flat_map(Condition::each).collect();
        self.granted(&self.actions.written(), &self.resources.written(), &conditions)
    }

    fn granted(&self, actions: &[String], resources: &[String], conditions: &[(String, String)]) -> Vec<Grant> {
        let mut grants = Vec::new();
        for action in actions {
            for resource in resources {
                let grant = |condition| Grant {
                    statement: self.place,
                    action: action.clone(),
                    resource: resource.clone(),
                    condition,
                };
                if self.conditions.is_empty() {
                    grants.push(grant(None));
                }
                grants.extend(conditions.iter().cloned().map(|condition| grant(Some(condition))));
            }
        }
        grants
    }

    /// The grants by which it concerns a request; `None` where it doesn't.
    fn met(&self, request: &Request) -> Result<Option<Vec<Grant>>, PolicyError> {
        let actions = self.actions.met(|pattern| {
            // Actions are the same in any case.
            matches_pattern(&pattern.to_ascii_lowercase(), &request.action.to_ascii_lowercase())
        });
        let resources = self.resources.met(|pattern| matches_pattern(pattern, &request.resource));
        if actions.is_empty() || resources.is_empty() {
            return Ok(None);
        }
        let mut conditions = Vec::new();
        for condition in &self.conditions {
            let Some(values) = condition.met(request)? else { return Ok(None) };
            conditions.extend(values.into_iter().map(|value| (condition.key.clone(), value)));
        }
        Ok(Some(self.granted(&actions, &resources, &conditions)))
    }
}

impl Named {
    fn parse(fields: &Map<String, Value>, named: &str, excluded: &str) -> Result<Self, PolicyError> {
        match (fields.get(named), fields.get(excluded)) {
            (Some(value), None) => Ok(Self { patterns: texts(value)?, excluded: false }),
            (None, Some(value)) => Ok(Self { patterns: texts(value)?, excluded: true }),
            _ => Err(PolicyError::Element(format!("not one of {named} and {excluded}"))),
        }
    }

    fn written(&self) -> Vec<String> {
        match self.excluded {
            true => vec![format!("not {}", self.patterns.join(", "))],
            false => self.patterns.clone(),
        }
    }

    /// What is written of it that concerns somebody.
    fn met(&self, concerns: impl Fn(&str) -> bool) -> Vec<String> {
        let met: Vec<_> = self.patterns.iter().filter(|pattern| concerns(pattern)).cloned().collect();
        match (self.excluded, met.is_empty()) {
            (false, _) => met,
            (true, true) => self.written(),
            (true, false) => Vec::new(),
        }
    }
}

impl Condition {
    fn parse(written: &str, key: &str, values: &Value) -> Result<Self, PolicyError> {
        let (set, rest) = match written.split_once(':') {
            Some(("ForAllValues", rest)) => (Some(Set::All), rest),
            Some(("ForAnyValue", rest)) => (Some(Set::Any), rest),
            Some(_) => return Err(PolicyError::Operator(written.to_owned())),
            None => (None, written),
        };
        let (name, if_exists) = match rest.strip_suffix("IfExists") {
            Some(name) => (name, true),
            None => (rest, false),
        };
        let operator = match name {
            "StringEquals" => Operator::Equals,
            "StringNotEquals" => Operator::NotEquals,
            "StringLike" => Operator::Like,
            "StringNotLike" => Operator::NotLike,
            "Bool" => Operator::Bool,
            "Null" if set.is_none() && !if_exists => Operator::Null,
            _ => return Err(PolicyError::Operator(written.to_owned())),
        };
        Ok(Self { set, operator, if_exists, key: key.to_owned(), values: texts(values)? })
    }

    fn each(&self) -> Vec<(String, String)> {
        self.values.iter().map(|value| (self.key.clone(), value.clone())).collect()
    }

    /// The values by which it is met; `None` where it is not. Met by none: the request lacks the key, and the operator lets it.
    fn met(&self, request: &Request) -> Result<Option<Vec<String>>, PolicyError> {
        if !request.models(&self.key) {
            return Err(PolicyError::Key { key: self.key.clone(), action: request.action.clone() });
        }
        let asked = request.context.get(&self.key).map_or(&[][..], Vec::as_slice);
        if self.operator == Operator::Null {
            let absent = asked.is_empty().to_string();
            return Ok(self.values.contains(&absent).then(|| vec![absent]));
        }
        if asked.is_empty() {
            // Without the key ForAllValues and IfExists hold, ForAnyValue doesn't, and of the others those that negate.
            let holds = match self.set {
                Some(Set::All) => true,
                Some(Set::Any) => false,
                None => self.if_exists || self.operator.is_negated(),
            };
            return Ok(holds.then(Vec::new));
        }
        if self.set.is_none() && asked.len() > 1 {
            return Err(PolicyError::SeveralValues(self.key.clone()));
        }
        let alike = |asked: &String| -> Vec<String> {
            self.values.iter().filter(|written| self.operator.alike(asked, written)).cloned().collect()
        };
        let holds = |asked: &String| alike(asked).is_empty() == self.operator.is_negated();
        let holds = if self.set == Some(Set::Any) { asked.iter().any(holds) } else { asked.iter().all(holds) };
        if !holds {
            return Ok(None);
        }
        let by = if self.operator.is_negated() { self.values.clone() } else { asked.iter().flat_map(alike).collect() };
        Ok(Some(by))
    }
}

fn texts(value: &Value) -> Result<Vec<String>, PolicyError> {
    let values = match value {
        Value::Array(values) => values.iter().collect(),
        value => vec![value],
    };
    let text = |value: &Value| match value {
        Value::String(text) if text.contains("${") => Err(PolicyError::Variable(text.clone())),
        Value::String(text) => Ok(text.clone()),
        Value::Bool(flag) => Ok(flag.to_string()),
        other => Err(PolicyError::Element(other.to_string())),
    };
    values.into_iter().map(text).collect()
}

/// Whether a text is of a pattern in which `*` stands for anything and `?` for one character.
fn matches_pattern(pattern: &str, text: &str) -> bool {
    let Some((before, after)) = pattern.split_once(['*', '?']) else { return pattern == text };
    let Some(rest) = text.strip_prefix(before) else { return false };
    if pattern.as_bytes().get(before.len()) == Some(&b'?') {
        let mut rest = rest.chars();
        return rest.next().is_some() && matches_pattern(after, rest.as_str());
    }
    let ends = rest.char_indices().map(|(at, _)| at).chain([rest.len()]);
    ends.into_iter().any(|at| rest.get(at..).is_some_and(|rest| matches_pattern(after, rest)))
}

#[cfg(test)]
mod tests;
