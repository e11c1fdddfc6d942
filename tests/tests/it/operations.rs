//! What an operator is told, and what the runbook says to do about it.

use std::collections::BTreeSet;

use donthu_local::template::TEMPLATE;
use donthu_service::metrics::{Metric, NAMESPACE};
use serde_json::Value as Json;
use serde_norway::Value;

const RUNBOOK: &str = include_str!("../../../infra/RUNBOOK.md");

/// The alarms of the template: name, namespace, metric.
fn alarms() -> Vec<(String, String, String)> {
    let tree: Value = serde_norway::from_str(TEMPLATE).unwrap();
    let resources = tree["Resources"].as_mapping().unwrap().iter();
    resources
        .filter(|(_, resource)| resource["Type"] == "AWS::CloudWatch::Alarm")
        .map(|(name, resource)| {
            let text = |field: &str| resource["Properties"][field].as_str().unwrap().to_owned();
            (name.as_str().unwrap().to_owned(), text("Namespace"), text("MetricName"))
        })
        .collect()
}

#[test]
fn every_alarm_has_a_chapter_in_the_runbook_and_every_chapter_an_alarm() {
    let chapters: BTreeSet<&str> = RUNBOOK
        .lines()
        .filter_map(|line| line.strip_prefix("## "))
        .flat_map(|title| title.split(", "))
        .filter(|name| name.ends_with("Alarm"))
        .collect();
    let alarms = alarms();
    let named: BTreeSet<&str> = alarms.iter().map(|(name, ..)| name.as_str()).collect();
    assert_eq!(chapters, named);
    assert!(named.len() >= 25, "{named:?}");
}

#[test]
fn an_alarm_watches_what_the_functions_tell() {
    let told: BTreeSet<&str> = Metric::ALL.iter().map(|metric| metric.name()).collect();
    let alarms = alarms();
    let watched: Vec<_> = alarms.iter().filter(|(_, namespace, _)| namespace == NAMESPACE).collect();
    assert!(watched.len() >= 10, "{watched:?}");
    for (name, _, metric) in watched {
        assert!(told.contains(metric.as_str()), "{name} watches {metric}, which no function tells");
    }
}

/// The dashboard's widgets, with every name that CloudFormation fills in left as `${name}`.
fn widgets() -> Vec<Json> {
    let tree: Value = serde_norway::from_str(TEMPLATE).unwrap();
    let Value::Tagged(body) = &tree["Resources"]["Dashboard"]["Properties"]["DashboardBody"] else {
        panic!("the body is no !Sub")
    };
    assert_eq!(body.tag, "!Sub");
    let body = body.value.as_str().unwrap();
    for name in body.split("${").skip(1).map(|rest| rest.split('}').next().unwrap()) {
        let resource = name.split('.').next().unwrap();
        let is_known = ["AWS::Region", "Province"].contains(&name) || !tree["Resources"][resource].is_null();
        assert!(is_known, "the dashboard names {name}, which the template does not");
    }
    let dashboard: Json = serde_json::from_str(body).unwrap();
    assert!(body.len() < 50_000, "far from what a dashboard may have");
    dashboard["widgets"].as_array().unwrap().clone()
}

/// Namespace, name, dimension, and what stands for the dimension, of each metric on the dashboard.
fn shown() -> BTreeSet<(String, String, String, String)> {
    let widgets = widgets();
    let metrics = widgets.iter().filter_map(|widget| widget["properties"]["metrics"].as_array()).flatten();
    metrics
        .map(|metric| {
            let text = |place: usize| metric[place].as_str().unwrap().to_owned();
            assert!(metric[4].is_object() && metric[4]["stat"].is_string() && metric[5].is_null(), "{metric}");
            (text(0), text(1), text(2), text(3))
        })
        .collect()
}

#[test]
fn the_dashboard_shows_every_metric_and_alarm_of_ours_and_no_metric_that_nobody_tells() {
    let shown = shown();
    let own = |(namespace, ..): &&(String, String, String, String)| namespace == NAMESPACE;
    let named: BTreeSet<&str> = shown.iter().filter(own).map(|(_, name, ..)| name.as_str()).collect();
    let told: BTreeSet<&str> = Metric::ALL.iter().map(|metric| metric.name()).collect();
    assert_eq!(named, told);
    assert!(shown.iter().filter(own).all(|(_, _, name, value)| (&**name, &**value) == ("province", "${Province}")));

    let tree: Value = serde_norway::from_str(TEMPLATE).unwrap();
    let kind = |reference: &str| {
        let name = reference.strip_prefix("${").and_then(|rest| rest.strip_suffix('}')).unwrap();
        tree["Resources"][name.split('.').next().unwrap()]["Type"].as_str().unwrap_or_default().to_owned()
    };
    // What AWS tells of a resource by itself (CloudWatch metrics of each service's developer guide).
    for (namespace, name, dimension, value) in shown.iter().filter(|metric| !own(metric)) {
        let by_aws = match (&**namespace, &**dimension, &*kind(value)) {
            ("AWS/Lambda", "FunctionName", "AWS::Serverless::Function") => match &**name {
                "IteratorAge" => reads_a_stream(&tree, value),
                name => ["Errors", "Throttles", "Duration"].contains(&name),
            },
            ("AWS/ApiGateway", "ApiId", "AWS::Serverless::HttpApi") => {
                ["Count", "4xx", "5xx", "Latency"].contains(&&**name)
            }
            ("AWS/DynamoDB", "TableName", "AWS::DynamoDB::Table") => {
                ["WriteThrottleEvents", "ReadThrottleEvents"].contains(&&**name)
            }
            ("AWS/SQS", "QueueName", "AWS::SQS::Queue") => name == "ApproximateNumberOfMessagesVisible",
            ("AWS/SNS", "TopicName", "AWS::SNS::Topic") => name == "NumberOfNotificationsFailed",
            _ => false,
        };
        assert!(by_aws, "nobody tells {namespace} {name} of {value}");
    }
    for (name, namespace, metric) in alarms() {
        assert!(shown.iter().any(|(of, shown, ..)| (of, shown) == (&namespace, &metric)), "{name}'s metric is shown");
    }

    let widgets = widgets();
    let ringing = widgets.iter().filter_map(|widget| widget["properties"]["alarms"].as_array()).flatten();
    let ringing: BTreeSet<String> = ringing.map(|alarm| alarm.as_str().unwrap().to_owned()).collect();
    assert_eq!(ringing, alarms().into_iter().map(|(name, ..)| format!("${{{name}.Arn}}")).collect());
    let text = widgets.iter().find(|widget| widget["type"] == "text").unwrap();
    assert!(text["properties"]["markdown"].as_str().unwrap().contains("infra/RUNBOOK.md"));
}

fn reads_a_stream(tree: &Value, function: &str) -> bool {
    let name = function.trim_start_matches("${").trim_end_matches('}');
    let events = tree["Resources"][name]["Properties"]["Events"].as_mapping().unwrap();
    events.values().any(|event| event["Type"] == "DynamoDB")
}

#[test]
fn every_function_table_and_queue_is_on_the_dashboard() {
    let tree: Value = serde_norway::from_str(TEMPLATE).unwrap();
    let shown: String = shown().into_iter().map(|(_, name, _, value)| format!("{name} {value}\n")).collect();
    for (name, resource) in tree["Resources"].as_mapping().unwrap() {
        let name = name.as_str().unwrap();
        let wanted: &[String] = &match resource["Type"].as_str().unwrap() {
            "AWS::Serverless::Function" => {
                ["Errors", "Throttles", "Duration"].map(|metric| format!("{metric} ${{{name}}}")).to_vec()
            }
            "AWS::DynamoDB::Table" => vec![format!("WriteThrottleEvents ${{{name}}}")],
            "AWS::SQS::Queue" => vec![format!("ApproximateNumberOfMessagesVisible ${{{name}.QueueName}}")],
            _ => Vec::new(),
        };
        for wanted in wanted {
            assert!(shown.contains(wanted), "{wanted} is not on the dashboard");
        }
    }
}

#[test]
fn no_two_widgets_of_the_dashboard_lie_on_each_other() {
    let mut taken = BTreeSet::new();
    for widget in widgets() {
        let at = |side: &str| widget[side].as_u64().unwrap();
        assert!(at("x") + at("width") <= 24, "{widget}");
        for column in at("x")..at("x") + at("width") {
            for row in at("y")..at("y") + at("height") {
                assert!(taken.insert((column, row)), "two widgets at {column}, {row}");
            }
        }
    }
}
