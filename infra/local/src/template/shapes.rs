//! From the template's tree to typed tables, routes, subscriptions and schedules.

use std::collections::BTreeMap;

use serde::Deserialize;
use serde::de::DeserializeOwned;
use serde_json::Value as Json;
use serde_norway::Value as Yaml;

use super::intrinsics::Names;
use super::{
    Index, Key, Projection, Route, ScheduleRule, StartingPosition, Subscription, Table, Template, TemplateError,
};
use crate::streams::pattern::Pattern;

#[derive(Deserialize)]
#[serde(rename_all = "PascalCase")]
struct TableShape {
    key_schema: Vec<KeyShape>,
    attribute_definitions: Vec<AttributeShape>,
    #[serde(default)]
    global_secondary_indexes: Vec<IndexShape>,
    stream_specification: Option<StreamShape>,
    #[serde(default)]
    local_secondary_indexes: Vec<Json>,
    time_to_live_specification: Option<TimeToLiveShape>,
}

#[derive(Deserialize)]
#[serde(rename_all = "PascalCase")]
struct TimeToLiveShape {
    attribute_name: String,
    enabled: bool,
}

#[derive(Deserialize)]
#[serde(rename_all = "PascalCase")]
struct KeyShape {
    attribute_name: String,
    key_type: String,
}

#[derive(Deserialize)]
#[serde(rename_all = "PascalCase")]
struct AttributeShape {
    attribute_name: String,
    attribute_type: String,
}

#[derive(Deserialize)]
#[serde(rename_all = "PascalCase")]
struct IndexShape {
    index_name: String,
    key_schema: Vec<KeyShape>,
    projection: ProjectionShape,
}

#[derive(Deserialize)]
#[serde(rename_all = "PascalCase")]
struct ProjectionShape {
    projection_type: String,
    #[serde(default)]
    non_key_attributes: Vec<String>,
}

#[derive(Deserialize)]
#[serde(rename_all = "PascalCase")]
struct StreamShape {
    stream_view_type: String,
}

#[derive(Deserialize)]
#[serde(rename_all = "PascalCase")]
struct RouteShape {
    method: Option<String>,
    path: Option<String>,
    auth: Option<RouteAuth>,
}

#[derive(Deserialize)]
#[serde(rename_all = "PascalCase")]
struct RouteAuth {
    authorizer: Option<String>,
}

#[derive(Deserialize)]
#[serde(rename_all = "PascalCase")]
struct SubscriptionShape {
    stream: String,
    starting_position: String,
    #[serde(default = "lambda_default_batch")]
    batch_size: usize,
    maximum_retry_attempts: Option<i64>,
    #[serde(default)]
    bisect_batch_on_function_error: bool,
    #[serde(default)]
    function_response_types: Vec<String>,
    filter_criteria: Option<FilterShape>,
}

/// Lambda's default batch size for a DynamoDB stream.
fn lambda_default_batch() -> usize {
    100
}

#[derive(Deserialize)]
#[serde(rename_all = "PascalCase")]
struct FilterShape {
    filters: Vec<PatternShape>,
}

#[derive(Deserialize)]
#[serde(rename_all = "PascalCase")]
struct PatternShape {
    pattern: String,
}

#[derive(Deserialize)]
#[serde(rename_all = "PascalCase")]
struct ScheduleShape {
    schedule_expression: String,
    schedule_expression_timezone: Option<String>,
    input: Option<String>,
}

#[derive(Deserialize)]
#[serde(rename_all = "PascalCase")]
struct PolicyShape {
    statement: Vec<Json>,
}

pub(super) fn read(text: &str) -> Result<Template, TemplateError> {
    let tree: Yaml = serde_norway::from_str(text).map_err(|error| TemplateError::Yaml(error.to_string()))?;
    let names = Names::of(&tree)?;
    let tree = names.resolve(&tree, "")?;
    let globals = environment(tree.pointer("/Globals/Function"), "Globals.Function")?;
    let guarded = tree
        .get("Resources")
        .and_then(Json::as_object)
        .into_iter()
        .flatten()
        .filter(|(_, resource)| kind(resource) == "AWS::Serverless::HttpApi")
        .any(|(_, api)| api.pointer("/Properties/Auth/DefaultAuthorizer").is_some());

    let mut template = Template {
        tables: BTreeMap::new(),
        topics: BTreeMap::new(),
        functions: BTreeMap::new(),
        policies: BTreeMap::new(),
        routes: Vec::new(),
        default_function: None,
        subscriptions: Vec::new(),
        schedules: Vec::new(),
    };
    for (name, resource) in tree.get("Resources").and_then(Json::as_object).into_iter().flatten() {
        let place = format!("Resources.{name}.Properties");
        let properties = resource.get("Properties").unwrap_or(&Json::Null);
        match kind(resource) {
            "AWS::DynamoDB::Table" => {
                let local_name = names.value(name, &place)?;
                template.tables.insert(name.clone(), table(name, local_name, properties, &place)?);
            }
            "AWS::SNS::Topic" => {
                template.topics.insert(name.clone(), names.value(name, &place)?);
            }
            "AWS::Serverless::Function" => {
                let mut variables = globals.clone();
                variables.extend(environment(Some(properties), &place)?);
                template.functions.insert(name.clone(), variables);
                template.policies.insert(name.clone(), statements(properties, &place)?);
                for (event, shape) in properties.get("Events").and_then(Json::as_object).into_iter().flatten() {
                    read_event(&mut template, name, event, shape, guarded, &place)?;
                }
            }
            _ => {}
        }
    }
    for subscription in &template.subscriptions {
        if template.tables.get(&subscription.table).is_none_or(|table| table.stream.is_none()) {
            return Err(TemplateError::Shape {
                place: format!("Resources.{}.Properties.Events.{}", subscription.function, subscription.event),
                reason: format!("{} is no table with a stream", subscription.table),
            });
        }
    }
    Ok(template)
}

fn kind(resource: &Json) -> &str {
    resource.get("Type").and_then(Json::as_str).unwrap_or_default()
}

fn typed<T: DeserializeOwned>(value: &Json, place: &str) -> Result<T, TemplateError> {
    T::deserialize(value).map_err(|error| TemplateError::Shape { place: place.to_owned(), reason: error.to_string() })
}

fn environment(function: Option<&Json>, place: &str) -> Result<BTreeMap<String, String>, TemplateError> {
    let Some(variables) = function.and_then(|function| function.pointer("/Environment/Variables")) else {
        return Ok(BTreeMap::new());
    };
    let place = format!("{place}.Environment.Variables");
    let variables: BTreeMap<String, String> = typed(variables, &place)?;
    for (name, value) in &variables {
        if value.contains("${") {
            return Err(TemplateError::Shape {
                place: format!("{place}.{name}"),
                reason: format!("{value} has no value on this machine"),
            });
        }
    }
    Ok(variables)
}

/// The statements of a function's policies. A policy by its name says nothing that could be checked here.
fn statements(function: &Json, place: &str) -> Result<Vec<Json>, TemplateError> {
    let place = format!("{place}.Policies");
    let mut found = Vec::new();
    let policies: Vec<PolicyShape> = match function.get("Policies") {
        Some(policies) => typed(policies, &place)?,
        None => Vec::new(),
    };
    for policy in policies {
        found.extend(policy.statement);
    }
    Ok(found)
}

fn table(logical_id: &str, name: String, properties: &Json, place: &str) -> Result<Table, TemplateError> {
    let shape: TableShape = typed(properties, place)?;
    let refuse = |reason: String| TemplateError::Shape { place: place.to_owned(), reason };
    if !shape.local_secondary_indexes.is_empty() {
        return Err(refuse("LocalSecondaryIndexes are not supported".to_owned()));
    }
    let key = |parts: &[KeyShape]| -> Result<Key, TemplateError> {
        let named = |key_type: &str| {
            parts.iter().find(|part| part.key_type == key_type).map(|part| part.attribute_name.clone())
        };
        let key = Key {
            partition: named("HASH").ok_or_else(|| refuse("a KeySchema has no HASH key".to_owned()))?,
            sort: named("RANGE"),
        };
        for attribute in std::iter::once(&key.partition).chain(&key.sort) {
            let definition = shape.attribute_definitions.iter().find(|one| one.attribute_name == *attribute);
            if definition.is_none_or(|one| one.attribute_type != "S") {
                return Err(refuse(format!("the key attribute {attribute} is not defined with type S")));
            }
        }
        Ok(key)
    };
    let mut indexes = Vec::new();
    for index in &shape.global_secondary_indexes {
        indexes.push(Index {
            name: index.index_name.clone(),
            key: key(&index.key_schema)?,
            projection: match index.projection.projection_type.as_str() {
                "KEYS_ONLY" => Projection::KeysOnly,
                "INCLUDE" => Projection::Include(index.projection.non_key_attributes.clone()),
                "ALL" => Projection::All,
                other => return Err(refuse(format!("{other} is no ProjectionType"))),
            },
        });
    }
    indexes.sort_by(|one, other| one.name.cmp(&other.name));
    Ok(Table {
        logical_id: logical_id.to_owned(),
        name,
        key: key(&shape.key_schema)?,
        indexes,
        stream: shape.stream_specification.map(|stream| stream.stream_view_type),
        time_to_live: shape.time_to_live_specification.filter(|ttl| ttl.enabled).map(|ttl| ttl.attribute_name),
    })
}

fn read_event(
    template: &mut Template,
    function: &str,
    event: &str,
    shape: &Json,
    guarded: bool,
    place: &str,
) -> Result<(), TemplateError> {
    let place = format!("{place}.Events.{event}");
    let properties = shape.get("Properties").unwrap_or(&Json::Null);
    match kind(shape) {
        "HttpApi" => {
            let route: RouteShape = typed(properties, &place)?;
            let authorizer = route.auth.and_then(|auth| auth.authorizer);
            let public = authorizer.map_or(!guarded, |name| name == "NONE");
            let refuse = |reason: &str| TemplateError::Shape { place: place.clone(), reason: reason.to_owned() };
            match (route.method, route.path) {
                (Some(method), Some(path)) => template.routes.push(Route {
                    method: method.to_ascii_uppercase(),
                    path,
                    function: function.to_owned(),
                    public,
                }),
                // SAM makes the route `$default` of an event with neither.
                (None, None) if !public => return Err(refuse("the route $default asks for a token")),
                (None, None) if template.default_function.is_some() => {
                    return Err(refuse("there is another route $default"));
                }
                (None, None) => template.default_function = Some(function.to_owned()),
                _ => return Err(refuse("a route has both Method and Path, or neither")),
            }
        }
        "DynamoDB" => template.subscriptions.push(subscription(function, event, properties, &place)?),
        "ScheduleV2" => {
            let schedule: ScheduleShape = typed(properties, &place)?;
            let input = match schedule.input {
                Some(text) => serde_json::from_str(&text).map_err(|error| TemplateError::Shape {
                    place: format!("{place}.Properties.Input"),
                    reason: format!("not JSON: {error}"),
                })?,
                None => Json::Null,
            };
            template.schedules.push(ScheduleRule {
                function: function.to_owned(),
                event: event.to_owned(),
                expression: schedule.schedule_expression,
                timezone: schedule.schedule_expression_timezone.unwrap_or_else(|| "UTC".to_owned()),
                input,
            });
        }
        other => {
            return Err(TemplateError::Shape {
                place,
                reason: format!("events of type {other:?} are not supported; HttpApi, DynamoDB and ScheduleV2 are"),
            });
        }
    }
    Ok(())
}

fn subscription(function: &str, event: &str, properties: &Json, place: &str) -> Result<Subscription, TemplateError> {
    let shape: SubscriptionShape = typed(properties, place)?;
    let refuse = |reason: String| TemplateError::Shape { place: place.to_owned(), reason };
    let table = shape
        .stream
        .strip_prefix("${")
        .and_then(|name| name.strip_suffix(".StreamArn}"))
        .ok_or_else(|| refuse("Stream must be the !GetAtt of a table's StreamArn".to_owned()))?;
    let retries = shape.maximum_retry_attempts.and_then(|retries| u32::try_from(retries).ok()).ok_or_else(|| {
        refuse("MaximumRetryAttempts must be set: without it Lambda repeats a failing batch for a day".to_owned())
    })?;
    let start = match shape.starting_position.as_str() {
        "TRIM_HORIZON" => StartingPosition::TrimHorizon,
        "LATEST" => StartingPosition::Latest,
        other => return Err(refuse(format!("the StartingPosition {other} is not supported"))),
    };
    if shape.batch_size == 0 {
        return Err(refuse("BatchSize must be at least 1".to_owned()));
    }
    let filters = shape
        .filter_criteria
        .map(|criteria| criteria.filters)
        .unwrap_or_default()
        .iter()
        .map(|filter| Pattern::parse(&filter.pattern).map_err(|error| refuse(error.to_string())))
        .collect::<Result<Vec<_>, _>>()?;
    Ok(Subscription {
        function: function.to_owned(),
        event: event.to_owned(),
        table: table.to_owned(),
        filters,
        batch_size: shape.batch_size,
        retries,
        bisect: shape.bisect_batch_on_function_error,
        reports_failures: shape.function_response_types.iter().any(|kind| kind == "ReportBatchItemFailures"),
        start,
    })
}
