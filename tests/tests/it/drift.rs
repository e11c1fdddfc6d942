//! `infra/template.yaml` and the code say the same of routes, tables, schedules, streams, environment variables, programs and roles. What
//! one of them says alone is named.

use std::collections::{BTreeMap, BTreeSet};
use std::path::Path;

use aws_sdk_dynamodb::types::{KeySchemaElement, KeyType, ProjectionType, TableDescription};
use donthu_audit::AuditTask;
use donthu_domain::Role;
use donthu_local::engine::Engine;
use donthu_local::template::{Key, Projection, TEMPLATE, Table, Template};
use donthu_service::config::{Config, KEY_VARIABLES, PORTAL_VARIABLES, RECEIPT_VARIABLES, VARIABLES, VISITOR_VARIABLE};
use donthu_store::testing::create_tables;
use donthu_store::{Tables, keys};
use donthu_tests::contract::operations;
use serde_norway::Value as Yaml;

use crate::events::{SCHEDULES, STREAMS};

/// An HTTP API waits no longer for a function (API Gateway, "Quotas for HTTP APIs").
const LONGEST_REQUEST: u64 = 30;

/// The two sides of one subject: what each says that the other doesn't.
fn compare<T: Ord + ToString>(subject: &str, template: &BTreeSet<T>, code: &BTreeSet<T>, found: &mut Vec<String>) {
    let say = |one: &T, whose: &str| format!("{subject} {} is in {whose} alone", one.to_string());
    found.extend(template.difference(code).map(|one| say(one, "the template")));
    found.extend(code.difference(template).map(|one| say(one, "the code")));
}

fn routes(template: &Template, tree: &Yaml, found: &mut Vec<String>) {
    let routes: BTreeSet<_> = template.routes.iter().map(|route| format!("{} {}", route.method, route.path)).collect();
    compare("the route", &routes, &operations().map(|(name, _)| name).collect(), found);
    let throttled = tree["Resources"]["Api"]["Properties"]["RouteSettings"].as_mapping().unwrap();
    for route in throttled.keys().map(|route| route.as_str().unwrap()).filter(|route| !routes.contains(*route)) {
        found.push(format!("the throttled route {route} is no route"));
    }
}

fn described(key: &Key) -> String {
    format!("by {} and {}", key.partition, key.sort.as_deref().unwrap_or("nothing"))
}

fn of_template(table: &Table) -> BTreeSet<String> {
    let name = &table.logical_id;
    let mut said = BTreeSet::from([format!("{name} {}", described(&table.key))]);
    for index in &table.indexes {
        let copies = match &index.projection {
            Projection::KeysOnly => "keys".to_owned(),
            Projection::Include(attributes) => {
                format!("{:?}", attributes.iter().map(String::as_str).collect::<BTreeSet<_>>())
            }
            Projection::All => "everything".to_owned(),
        };
        said.insert(format!("{name}, index {} {} with {copies}", index.name, described(&index.key)));
    }
    said
}

fn of_code(name: &str, table: &TableDescription) -> BTreeSet<String> {
    let described = |schema: &[KeySchemaElement]| {
        let named = |kind: &KeyType| {
            schema.iter().find(|part| part.key_type() == kind).map(|part| part.attribute_name().to_owned())
        };
        described(&Key { partition: named(&KeyType::Hash).unwrap(), sort: named(&KeyType::Range) })
    };
    let mut said = BTreeSet::from([format!("{name} {}", described(table.key_schema()))]);
    for index in table.global_secondary_indexes() {
        let projection = index.projection().unwrap();
        let copies = match projection.projection_type().unwrap() {
            ProjectionType::KeysOnly => "keys".to_owned(),
            ProjectionType::Include => {
                format!("{:?}", projection.non_key_attributes().iter().map(String::as_str).collect::<BTreeSet<_>>())
            }
            _ => "everything".to_owned(),
        };
        let key = described(index.key_schema());
        said.insert(format!("{name}, index {} {key} with {copies}", index.index_name().unwrap()));
    }
    said
}

async fn tables(template: &Template, found: &mut Vec<String>) {
    let engine = Engine::in_memory().unwrap();
    let client = aws_sdk_dynamodb::Client::new(&engine.sdk_config());
    let named = ["CasesTable", "JournalTable", "VaultTable", "LimitsTable"];
    let [cases, journal, vault, limits] = named.map(str::to_owned);
    create_tables(&client, &Tables { cases, journal, vault, limits }).await.unwrap();
    let mut code = BTreeSet::new();
    for name in named {
        let answer = client.describe_table().table_name(name).send().await.unwrap();
        code.extend(of_code(name, &answer.table.unwrap()));
    }
    compare("the table", &template.tables.values().flat_map(of_template).collect(), &code, found);
    for (name, table) in &template.tables {
        // The streams' functions read new images; nothing may copy the vault or the journal out of their tables.
        let stream = (name == "CasesTable").then_some("NEW_IMAGE");
        if table.stream.as_deref() != stream {
            found.push(format!("the stream of {name} is {:?}, for the code {stream:?}", table.stream));
        }
        let expires = (name == "LimitsTable").then_some(keys::EXPIRES_AT);
        if table.time_to_live.as_deref() != expires {
            found.push(format!("rows of {name} expire by {:?}, for the code by {expires:?}", table.time_to_live));
        }
    }
    engine.stop().await.unwrap();
}

fn triggers(template: &Template, found: &mut Vec<String>) {
    let rules = template.schedules.iter().map(|rule| rule.id()).collect();
    let samples = SCHEDULES.iter().map(|(_, function, event)| format!("{function}.{event}")).collect();
    compare("the schedule", &rules, &samples, found);
    let subscribed = template.subscriptions.iter().map(|one| one.function.as_str()).collect();
    compare("the stream's reader", &subscribed, &STREAMS.iter().map(|(_, function)| *function).collect(), found);
    for rule in template.schedules.iter().filter(|rule| rule.function == "AuditFunction") {
        if let Err(error) = serde_json::from_value::<AuditTask>(rule.input.clone()) {
            found.push(format!("the schedule {} has an input that AuditFunction does not know: {error}", rule.id()));
        }
    }
}

fn environment(template: &Template, found: &mut Vec<String>) {
    let known = VARIABLES.into_iter().chain(KEY_VARIABLES).chain(RECEIPT_VARIABLES).chain(PORTAL_VARIABLES);
    let known: BTreeSet<&str> = known.collect();
    for (function, told) in &template.functions {
        for name in told.keys().filter(|name| !known.contains(name.as_str())) {
            found.push(format!("{function} is told {name}, which no function reads"));
        }
        let mut told: BTreeMap<&str, String> =
            told.iter().map(|(name, value)| (name.as_str(), value.clone())).collect();
        // Empty until `keys seal` has made them; a function does not start before.
        if let Some(sealed) = told.get_mut("DONTHU_SEALED_LOOKUP_KEYS") {
            *sealed = "c2VhbGVk".to_owned();
        }
        // CloudFormation writes them in at a deployment: 64 letters and digits.
        for name in ["DONTHU_SESSION_SECRET", VISITOR_VARIABLE] {
            let Some(secret) = told.get_mut(name) else { continue };
            if !secret.starts_with("{{resolve:secretsmanager:") {
                found.push(format!("{function} is told {name} in the template"));
            }
            *secret = "QUJD".repeat(16);
        }
        if function == "PortalFunction" {
            let missing = PORTAL_VARIABLES.into_iter().filter(|name| told.get(name).is_none_or(String::is_empty));
            found.extend(missing.map(|name| format!("{function} would not start without {name}")));
        }
        if let Err(error) = Config::from_variables(&told) {
            found.extend(error.0.into_iter().map(|wrong| format!("{function} would not start: {wrong}")));
        }
    }
}

fn programs(template: &Template, tree: &Yaml, found: &mut Vec<String>) {
    let project = Path::new(env!("CARGO_MANIFEST_DIR")).join("..");
    let folders = std::fs::read_dir(project.join("functions")).unwrap();
    let folders = folders.map(|folder| folder.unwrap().file_name().into_string().unwrap()).collect();
    let mut built = BTreeSet::new();
    for function in template.functions.keys() {
        let resource = &tree["Resources"][function.as_str()];
        let properties = &resource["Properties"];
        let folder = properties["CodeUri"].as_str().unwrap_or_default();
        let name = folder.strip_prefix("../functions/").unwrap_or(folder).to_owned();
        if format!("{name}Function").to_lowercase() != function.to_lowercase() {
            found.push(format!("{function} is built from {folder}"));
        }
        let program = resource["Metadata"]["BuildProperties"]["Binary"].as_str().unwrap_or_default();
        let manifest = std::fs::read_to_string(project.join("functions").join(&name).join("Cargo.toml"));
        if !manifest.is_ok_and(|manifest| manifest.contains(&format!("name = \"{program}\""))) {
            found.push(format!("{function} runs {program}, which {folder} does not build"));
        }
        built.insert(name);
        let limit = properties["Timeout"].as_u64().or(tree["Globals"]["Function"]["Timeout"].as_u64()).unwrap();
        let longest = match function.as_str() {
            "DeadlinesFunction" => donthu_deadlines::LONGEST_RUN.as_secs(),
            "AuditFunction" => donthu_audit::LONGEST_RUN.as_secs(),
            _ => 0,
        };
        if limit <= longest {
            found.push(format!("{function} may run {limit} s, but works for {longest} s"));
        }
        if template.routes.iter().any(|route| &route.function == function) && limit >= LONGEST_REQUEST {
            found.push(format!("{function} may run {limit} s, longer than the API waits"));
        }
    }
    compare("the function's folder", &built, &folders, found);
}

fn roles(tree: &Yaml, found: &mut Vec<String>) {
    let resources = tree["Resources"].as_mapping().unwrap().values();
    let groups = resources.filter(|resource| resource["Type"] == "AWS::Cognito::UserPoolGroup");
    let groups = groups.map(|group| group["Properties"]["GroupName"].as_str().unwrap()).collect();
    compare("the role", &groups, &Role::ALL.map(Role::code).into(), found);
}

/// Everything in which a template differs from the code.
async fn drifts(text: &str) -> Vec<String> {
    let template = Template::parse(text).unwrap();
    let tree: Yaml = serde_norway::from_str(text).unwrap();
    let mut found = Vec::new();
    routes(&template, &tree, &mut found);
    tables(&template, &mut found).await;
    triggers(&template, &mut found);
    environment(&template, &mut found);
    programs(&template, &tree, &mut found);
    roles(&tree, &mut found);
    found
}

#[tokio::test]
async fn the_template_says_what_the_code_says() {
    assert_eq!(drifts(TEMPLATE).await, Vec::<String>::new());
}

#[tokio::test]
async fn a_template_that_drifts_is_told_by_the_name_of_the_drift() {
    for (was, is, named) in [
        (
            "Path: /v1/petition/proof",
            "Path: /v1/petition/proofs",
            "the route GET /v1/petition/proof is in the code alone",
        ),
        (
            "\"GET /v1/petitions/challenge\":",
            "\"GET /v1/challenge\":",
            "the throttled route GET /v1/challenge is no route",
        ),
        ("NonKeyAttributes: [hash, salt]", "NonKeyAttributes: [hash]", "the table JournalTable, index by_day"),
        ("StreamViewType: NEW_IMAGE", "StreamViewType: KEYS_ONLY", "the stream of CasesTable is Some(\"KEYS_ONLY\")"),
        ("AttributeName: expires_at", "AttributeName: ends", "rows of LimitsTable expire by Some(\"ends\")"),
        (
            "        SealJournal:\n",
            "        SealRoots:\n",
            "the schedule AuditFunction.SealRoots is in the template alone",
        ),
        ("'{\"task\":\"seal\"}'", "'{\"task\":\"close\"}'", "the schedule AuditFunction.Seal has an input"),
        (
            "DONTHU_LIMITS_TABLE:",
            "DONTHU_LIMIT_TABLE:",
            "IntakeFunction is told DONTHU_LIMIT_TABLE, which no function reads",
        ),
        (
            "DONTHU_LIMITS_TABLE:",
            "DONTHU_LIMIT_TABLE:",
            "AuditFunction would not start: DONTHU_LIMITS_TABLE is missing",
        ),
        ("Binary: donthu-follow", "Binary: donthu-followed", "FollowFunction runs donthu-followed"),
        (
            "CodeUri: ../functions/custody",
            "CodeUri: ../functions/casework",
            "the function's folder custody is in the code",
        ),
        ("Timeout: 900", "Timeout: 600", "DeadlinesFunction may run 600 s, but works for 780 s"),
        ("Timeout: 29", "Timeout: 60", "StatisticsFunction may run 60 s, longer than the API waits"),
        ("GroupName: statistician", "GroupName: statisticians", "the role statistician is in the code alone"),
    ] {
        let drifted = TEMPLATE.replace(was, is);
        assert_ne!(drifted, TEMPLATE, "{was} is not in the template");
        let found = drifts(&drifted).await;
        assert!(found.iter().any(|drift| drift.starts_with(named)), "{named}: {found:#?}");
    }
}
