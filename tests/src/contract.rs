//! Holds what the API answers against its description, so that the description cannot lie.

use std::collections::BTreeMap;
use std::sync::LazyLock;

use axum::http::{HeaderMap, StatusCode, header};
use boon::{Compiler, Draft, SchemaIndex, Schemas};
use serde_json::{Map, Value, json};

/// The description as it is handed out.
pub static DOCUMENT: LazyLock<Value> =
    LazyLock::new(|| serde_json::from_str(include_str!("../../infra/openapi.json")).unwrap());

static CONTRACT: LazyLock<Contract> = LazyLock::new(|| Contract::of(&DOCUMENT));

/// An answer to be held against the description.
pub struct Answered<'a> {
    /// The method of the request.
    pub method: &'a str,
    /// Its path and query.
    pub path: &'a str,
    /// Its body, where that was JSON.
    pub sent: Option<&'a Value>,
    /// The status.
    pub status: StatusCode,
    /// The headers.
    pub headers: &'a HeaderMap,
    /// The body.
    pub bytes: &'a [u8],
}

/// What is described of an operation's answers: by status and media type, with the schema where it is JSON.
type Described = BTreeMap<(u16, String), Option<SchemaIndex>>;

struct Contract {
    schemas: Schemas,
    answers: BTreeMap<String, Described>,
    bodies: BTreeMap<String, SchemaIndex>,
}

/// The operation that a request is for, e.g. `GET /v1/cases/{id}`; none where the API has no such route.
pub fn operation(method: &str, path: &str) -> Option<String> {
    let path = path.split('?').next().unwrap_or_default();
    let fits = |template: &str| {
        let (wanted, given): (Vec<_>, Vec<_>) = (template.split('/').collect(), path.split('/').collect());
        wanted.len() == given.len()
            && wanted.iter().zip(given).all(|(wanted, given)| wanted.starts_with('{') || *wanted == given)
    };
    let paths = DOCUMENT["paths"].as_object().unwrap();
    let (template, item) = paths.iter().find(|(template, _)| fits(template))?;
    item.get(method.to_lowercase())?;
    Some(format!("{method} {template}"))
}

/// Every operation of the description with its name.
pub fn operations() -> impl Iterator<Item = (String, &'static Value)> {
    let paths = DOCUMENT["paths"].as_object().unwrap();
    paths.iter().flat_map(|(path, item)| {
        let methods = item.as_object().unwrap().iter();
        methods.map(move |(method, operation)| (format!("{} {path}", method.to_uppercase()), operation))
    })
}

/// What in an answer is not as described; `None` where the route is none of the API's.
pub fn check(answered: &Answered<'_>) -> Option<(String, Vec<String>)> {
    let name = operation(answered.method, answered.path)?;
    let contract = &*CONTRACT;
    let mut wrong = Vec::new();
    let status = answered.status.as_u16();
    let media = answered.headers.get(header::CONTENT_TYPE).map_or("", |value| value.to_str().unwrap());
    let media = media.split(';').next().unwrap_or_default().to_owned();
    match contract.answers[&name].get(&(status, media.clone())) {
        None => wrong.push(format!("{name}: {status} {media:?} is not described")),
        Some(None) if media.is_empty() && !answered.bytes.is_empty() => {
            wrong.push(format!("{name}: {status} has a body"));
        }
        Some(None) => {}
        Some(Some(schema)) => {
            let body: Value = serde_json::from_slice(answered.bytes).unwrap();
            if let Err(error) = contract.schemas.validate(&body, *schema) {
                wrong.push(format!("{name}: {status} {error:#}"));
            }
        }
    }
    if let (true, Some(sent), Some(schema)) = (answered.status.is_success(), answered.sent, contract.bodies.get(&name))
        && let Err(error) = contract.schemas.validate(sent, *schema)
    {
        wrong.push(format!("{name} took a body that is not as described: {error:#}"));
    }
    Some((name, wrong))
}

const PLACE: &str = "https://donthu.localhost/openapi.json";

impl Contract {
    fn of(document: &Value) -> Self {
        let mut collected = Vec::new();
        let mut add = |schema: &Value| {
            let mut schema = schema.clone();
            close(&mut schema);
            collected.push(schema);
            collected.len() - 1
        };
        let (mut answers, mut bodies) = (BTreeMap::new(), BTreeMap::new());
        for (path, item) in document["paths"].as_object().unwrap() {
            for (method, operation) in item.as_object().unwrap() {
                let name = format!("{} {path}", method.to_uppercase());
                if let Some(schema) = operation.pointer("/requestBody/content/application~1json/schema") {
                    bodies.insert(name.clone(), add(schema));
                }
                let mut described = BTreeMap::new();
                for (status, response) in operation["responses"].as_object().unwrap() {
                    let response = resolved(document, response);
                    let status: u16 = status.parse().unwrap();
                    let content = response["content"].as_object().cloned().unwrap_or_default();
                    if content.is_empty() {
                        described.insert((status, String::new()), None);
                    }
                    for (media, content) in content {
                        let schema = media.ends_with("json").then(|| add(&content["schema"]));
                        described.insert((status, media), schema);
                    }
                }
                answers.insert(name, described);
            }
        }
        let mut components = document["components"]["schemas"].clone();
        for schema in components.as_object_mut().unwrap().values_mut() {
            close_within(schema);
        }
        let whole = json!({ "components": { "schemas": components }, "collected": collected });
        let (mut schemas, mut compiler) = (Schemas::new(), Compiler::new());
        compiler.set_default_draft(Draft::V2020_12);
        compiler.enable_format_assertions();
        compiler.add_resource(PLACE, whole).unwrap();
        let indices: Vec<SchemaIndex> = (0..collected.len())
            .map(|number| compiler.compile(&format!("{PLACE}#/collected/{number}"), &mut schemas).unwrap())
            .collect();
        let compiled = |described: BTreeMap<(u16, String), Option<usize>>| {
            described.into_iter().map(|(key, number)| (key, number.map(|number| indices[number]))).collect()
        };
        Contract {
            answers: answers.into_iter().map(|(name, described)| (name, compiled(described))).collect(),
            bodies: bodies.into_iter().map(|(name, number)| (name, indices[number])).collect(),
            schemas,
        }
    }
}

fn resolved<'a>(document: &'a Value, value: &'a Value) -> &'a Value {
    match value["$ref"].as_str() {
        Some(reference) => document.pointer(reference.trim_start_matches('#')).unwrap(),
        None => value,
    }
}

/// Lets a schema refuse what it does not describe: JSON Schema itself lets everything through that nobody speaks of.
fn close(schema: &mut Value) {
    close_within(schema);
    let Some(map) = schema.as_object_mut() else { return };
    if !map.contains_key("additionalProperties") && !is_free(map) {
        map.insert("unevaluatedProperties".to_owned(), Value::Bool(false));
    }
}

/// An object of which nothing is said.
fn is_free(schema: &Map<String, Value>) -> bool {
    schema.get("type") == Some(&json!("object")) && !schema.contains_key("properties")
}

/// Closes what stands at a place of its own. What is put together with other schemas stays open: its neighbours close it.
fn close_within(schema: &mut Value) {
    let Some(map) = schema.as_object_mut() else { return };
    for name in ["items", "additionalProperties"] {
        if let Some(inner) = map.get_mut(name) {
            close(inner);
        }
    }
    for inner in map.get_mut("properties").and_then(Value::as_object_mut).into_iter().flat_map(Map::values_mut) {
        close(inner);
    }
    for name in ["allOf", "oneOf", "anyOf"] {
        for inner in map.get_mut(name).and_then(Value::as_array_mut).into_iter().flatten() {
            close_within(inner);
        }
    }
}
