//! What an operator is told, and what the runbook says to do about it.

use std::collections::BTreeSet;

use donthu_local::template::TEMPLATE;
use donthu_operate::options::{Asked, read};
use donthu_service::metrics::{Metric, NAMESPACE};
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

/// The commands of the operator's program that the runbook gives: within backquotes, or on a line of a block of commands.
fn commands() -> Vec<&'static str> {
    let lines = RUNBOOK.lines().map(str::trim).filter(|line| line.starts_with("donthu "));
    let quoted = RUNBOOK.split('`').skip(1).step_by(2).filter(|code| code.starts_with("donthu "));
    lines.chain(quoted).collect()
}

#[test]
fn every_command_that_the_runbook_gives_is_one() {
    let commands = commands();
    assert!(commands.len() >= 10, "{commands:?}");
    for command in &commands {
        let asked = read(command.split_whitespace());
        assert!(matches!(asked, Asked::Do(_)), "{command}: {asked:?}");
    }
    for given in ["recount", "verify-journal", "redrive", "export", "reference load", "keys rewrap"] {
        assert!(commands.iter().any(|command| command.starts_with(&format!("donthu {given}"))), "{given}");
    }
}
