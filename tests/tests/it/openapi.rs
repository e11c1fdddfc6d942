//! The description of the API: that it is what the functions say, that it is OpenAPI 3.1, and that it has the routes of the
//! template.

use std::collections::{BTreeMap, BTreeSet};

use boon::{Compiler, Draft, Schemas};
use donthu_domain::Role;
use donthu_local::template::{TEMPLATE, Template};
use donthu_service::openapi::{OFFICIALS, RECEIPT, ROLES};
use donthu_tests::Province;
use donthu_tests::contract::{DOCUMENT, operations};
use serde_json::Value;

use crate::raw;

/// The meta-schema of the OpenAPI Initiative (Apache-2.0), with plain references in place of dynamic ones.
const META_SCHEMA: &str = include_str!("openapi/oas-3.1.json");

const COMMAND: &str = "cargo run -- openapi infra/openapi.json";

/// What two documents differ in, by JSON pointer.
fn drift(said: &Value, kept: &Value, place: &str, found: &mut Vec<String>) {
    match (said, kept) {
        (Value::Object(said), Value::Object(kept)) => {
            for name in said.keys().chain(kept.keys().filter(|name| !said.contains_key(*name))) {
                let place = format!("{place}/{}", name.replace('/', "~1"));
                match (said.get(name), kept.get(name)) {
                    (Some(said), Some(kept)) => drift(said, kept, &place, found),
                    (Some(_), None) => found.push(format!("{place} is not in the file")),
                    _ => found.push(format!("{place} is in the file alone")),
                }
            }
        }
        _ if said == kept => {}
        _ => found.push(format!("{place} is {said}, in the file {kept}")),
    }
}

#[test]
fn the_file_is_what_the_functions_say() {
    let said = donthu_local::openapi::document().unwrap();
    let mut found = Vec::new();
    drift(&serde_json::from_str(&said).unwrap(), &DOCUMENT, "", &mut found);
    assert_eq!(found, Vec::<String>::new(), "`{COMMAND}` rewrites the file");
    assert_eq!(said, include_str!("../../../infra/openapi.json"), "`{COMMAND}` rewrites the file");
}

#[test]
fn the_document_is_openapi_3_1() {
    let place = "https://donthu.localhost/oas-3.1.json";
    let (mut schemas, mut compiler) = (Schemas::new(), Compiler::new());
    compiler.set_default_draft(Draft::V2020_12);
    let mut meta: Value = serde_json::from_str(META_SCHEMA).unwrap();
    meta.as_object_mut().unwrap().remove("$id");
    compiler.add_resource(place, meta).unwrap();
    let index = compiler.compile(place, &mut schemas).unwrap();
    if let Err(error) = schemas.validate(&DOCUMENT, index) {
        panic!("{error:#}");
    }
}

fn references(value: &Value, found: &mut BTreeSet<String>) {
    match value {
        Value::Object(map) => {
            found.extend(map.get("$ref").and_then(Value::as_str).map(ToOwned::to_owned));
            map.values().for_each(|value| references(value, found));
        }
        Value::Array(items) => items.iter().for_each(|value| references(value, found)),
        _ => {}
    }
}

#[test]
fn every_reference_leads_somewhere_and_nothing_is_described_that_nobody_refers_to() {
    let mut found = BTreeSet::new();
    references(&DOCUMENT, &mut found);
    for reference in &found {
        assert!(DOCUMENT.pointer(reference.trim_start_matches('#')).is_some(), "{reference}");
    }
    for group in ["schemas", "responses", "parameters"] {
        for name in DOCUMENT["components"][group].as_object().unwrap().keys() {
            assert!(found.contains(&format!("#/components/{group}/{name}")), "nobody refers to {group}/{name}");
        }
    }
}

#[test]
fn every_operation_is_named_once_and_says_what_it_is() {
    let tags: BTreeSet<&str> =
        DOCUMENT["tags"].as_array().unwrap().iter().map(|tag| tag["name"].as_str().unwrap()).collect();
    let mut ids = BTreeSet::new();
    for (name, operation) in operations() {
        let id = operation["operationId"].as_str().unwrap();
        assert!(ids.insert(id), "{id} is the name of two operations");
        assert!(operation["summary"].as_str().is_some_and(|summary| !summary.is_empty()), "{name}");
        assert!(operation["tags"].as_array().unwrap().iter().all(|tag| tags.contains(tag.as_str().unwrap())), "{name}");
        let wanted: BTreeSet<&str> =
            name.split('/').filter_map(|part| part.strip_prefix('{')?.strip_suffix('}')).collect();
        let described: BTreeSet<&str> = operation["parameters"]
            .as_array()
            .unwrap()
            .iter()
            .filter(|parameter| parameter["in"] == "path")
            .map(|parameter| parameter["name"].as_str().unwrap())
            .collect();
        assert_eq!(described, wanted, "{name}");
        let successes = operation["responses"].as_object().unwrap().keys().filter(|status| status.starts_with('2'));
        assert_eq!(successes.count(), 1, "{name}");
        let bare = ["/v1/petition/withdrawal", "/v1/petition/overdue-report"].iter().any(|path| name.ends_with(path));
        assert_eq!(operation.get("requestBody").is_some(), !name.starts_with("GET") && !bare, "{name}");
    }
}

/// The schemes of an operation; nothing of an operation that anybody may call.
fn schemes(operation: &Value) -> BTreeSet<&str> {
    let wanted = operation["security"].as_array().unwrap();
    wanted.iter().flat_map(|wanted| wanted.as_object().unwrap().keys().map(String::as_str)).collect()
}

#[test]
fn the_document_has_the_routes_of_the_template_with_their_callers() {
    let template = Template::parse(TEMPLATE).unwrap();
    let routes: BTreeMap<String, bool> =
        template.routes.iter().map(|route| (format!("{} {}", route.method, route.path), route.public)).collect();
    let described: BTreeMap<String, bool> = operations()
        .map(|(name, operation)| {
            let schemes = schemes(operation);
            assert!(schemes.len() < 2, "{name}");
            let public = !schemes.contains(OFFICIALS);
            assert_eq!(
                schemes.contains(RECEIPT),
                name.contains("/v1/petition/") || name.ends_with("/v1/petition"),
                "{name}"
            );
            assert_eq!(operation.get(ROLES).is_none(), public, "{name}");
            for role in operation.get(ROLES).and_then(Value::as_array).into_iter().flatten() {
                assert!(Role::from_code(role.as_str().unwrap()).is_some(), "{name}: {role}");
            }
            (name, public)
        })
        .collect();
    let missing: Vec<_> = routes.iter().filter(|route| !described.contains_key(route.0)).collect();
    let surplus: Vec<_> = described.iter().filter(|route| !routes.contains_key(route.0)).collect();
    assert!(missing.is_empty() && surplus.is_empty(), "not described: {missing:?}; not in the template: {surplus:?}");
    assert_eq!(described, routes, "whether a token is needed");
}

#[tokio::test]
async fn anybody_gets_the_document_and_keeps_it_until_it_changes() {
    let province = Province::open().await;
    let first = province.send("GET", "/v1/openapi.json", &[], None).await;
    assert_eq!((first.status.as_u16(), &first.body), (200, &*DOCUMENT));
    assert_eq!(first.headers["cache-control"], "public, max-age=300");
    let tag = first.headers["etag"].to_str().unwrap();
    for (known, status) in [(tag, 304), (&format!("\"x\", W/{tag}"), 304), ("\"x\"", 200), ("*", 200)] {
        let again = raw::send(&province, "GET", "/v1/openapi.json", &[("if-none-match", known)], "").await;
        assert_eq!((again.status.as_u16(), again.bytes.is_empty()), (status, status == 304), "{known}");
        assert_eq!(again.headers["etag"], tag);
    }
}
