//! What an operator watches: numbers in CloudWatch's embedded metric format (EMF), one JSON line for each run, which CloudWatch Logs
//! turns into metrics. No call, no client, nothing on the way of a request but a line.
//!
//! A metric says how many and how long, never who or what: its names are fixed here and its one dimension is the province.

use std::sync::Arc;

use jiff::Timestamp;
use serde_json::{Map, Value, json};

/// Where the metrics stand in CloudWatch; the alarms of `infra/template.yaml` name it too.
pub const NAMESPACE: &str = "Donthu";

/// What is measured. The name of each is in the alarms, the dashboard and the runbook.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub enum Metric {
    /// A sweep came to its end: the heartbeat.
    SweepRuns,
    /// Cases that were due in a sweep.
    CasesDue,
    /// Cases that could not be ticked and were put off.
    CasesFailed,
    /// Sweeps that ran out of time.
    SweepsIncomplete,
    /// Notices that were lost on their way and were woken.
    NoticesWoken,
    /// Age in seconds of the oldest notice that a sweep found unsent.
    OldestUnsentNotice,
    /// Notices published.
    NoticesSent,
    /// Notices that SNS will never take.
    NoticesUndeliverable,
    /// Petitions that came in, over HTTPS and on paper, each counted once.
    PetitionsReceived,
    /// Limits that sweeps found missed: each is counted once, on the day after its due day or later.
    DueDatesMissed,
    /// Stream records that could not be understood.
    RecordsSetAside,
    /// Cases that reached their agency.
    CasesRouted,
    /// An audit came to its end.
    AuditRuns,
    /// Counters and sealed months that differ from the journal.
    CounterDrift,
    /// Journals, heads and roots that are not what they were.
    ChainBreaks,
    /// Requests that a limit refused.
    LimitsReached,
    /// Tokens and receipt codes that opened nothing.
    AccessRefused,
}

impl Metric {
    /// Every metric.
    pub const ALL: [Metric; 17] = [
        Metric::SweepRuns,
        Metric::CasesDue,
        Metric::CasesFailed,
        Metric::SweepsIncomplete,
        Metric::NoticesWoken,
        Metric::OldestUnsentNotice,
        Metric::NoticesSent,
        Metric::NoticesUndeliverable,
        Metric::PetitionsReceived,
        Metric::DueDatesMissed,
        Metric::RecordsSetAside,
        Metric::CasesRouted,
        Metric::AuditRuns,
        Metric::CounterDrift,
        Metric::ChainBreaks,
        Metric::LimitsReached,
        Metric::AccessRefused,
    ];

    /// The name in CloudWatch.
    pub fn name(self) -> &'static str {
        match self {
            Metric::SweepRuns => "SweepRuns",
            Metric::CasesDue => "CasesDue",
            Metric::CasesFailed => "CasesFailed",
            Metric::SweepsIncomplete => "SweepsIncomplete",
            Metric::NoticesWoken => "NoticesWoken",
            Metric::OldestUnsentNotice => "OldestUnsentNotice",
            Metric::NoticesSent => "NoticesSent",
            Metric::NoticesUndeliverable => "NoticesUndeliverable",
            Metric::PetitionsReceived => "PetitionsReceived",
            Metric::DueDatesMissed => "DueDatesMissed",
            Metric::RecordsSetAside => "RecordsSetAside",
            Metric::CasesRouted => "CasesRouted",
            Metric::AuditRuns => "AuditRuns",
            Metric::CounterDrift => "CounterDrift",
            Metric::ChainBreaks => "ChainBreaks",
            Metric::LimitsReached => "LimitsReached",
            Metric::AccessRefused => "AccessRefused",
        }
    }

    fn unit(self) -> &'static str {
        if self == Metric::OldestUnsentNotice { "Seconds" } else { "Count" }
    }
}

/// Where the lines go.
#[derive(Clone)]
pub struct Metrics(Arc<dyn Fn(String) + Send + Sync>);

impl std::fmt::Debug for Metrics {
    fn fmt(&self, formatter: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        formatter.write_str("Metrics(..)")
    }
}

impl Metrics {
    /// To standard output, where Lambda collects them.
    #[expect(clippy::print_stdout, reason = "CloudWatch reads metrics out of what a function prints")]
    pub fn printed() -> Self {
        Self::to(|line| println!("{line}"))
    }

    /// Nowhere: on one machine nobody collects them.
    pub fn unheard() -> Self {
        Self::to(drop)
    }

    /// To a taker of lines.
    pub fn to(taker: impl Fn(String) + Send + Sync + 'static) -> Self {
        Self(Arc::new(taker))
    }

    /// Tells some numbers of one moment.
    pub fn tell(&self, province: &str, at: Timestamp, numbers: &[(Metric, u64)]) {
        if !numbers.is_empty() {
            (self.0)(line(province, at, numbers));
        }
    }
}

/// One line, as CloudWatch's specification of the format has it: at most 100 metrics a line.
fn line(province: &str, at: Timestamp, numbers: &[(Metric, u64)]) -> String {
    let metrics: Vec<Value> =
        numbers.iter().map(|(metric, _)| json!({ "Name": metric.name(), "Unit": metric.unit() })).collect();
    let mut fields = Map::new();
    fields.insert(
        "_aws".to_owned(),
        json!({
            "Timestamp": at.as_millisecond(),
            "CloudWatchMetrics": [{ "Namespace": NAMESPACE, "Dimensions": [["province"]], "Metrics": metrics }],
        }),
    );
    fields.insert("province".to_owned(), Value::from(province));
    fields.extend(numbers.iter().map(|(metric, number)| (metric.name().to_owned(), Value::from(*number))));
    Value::Object(fields).to_string()
}

#[cfg(test)]
mod tests {
    use std::collections::BTreeSet;
    use std::sync::Mutex;

    use super::*;

    #[test]
    fn a_line_is_what_cloudwatch_reads() {
        let at = "2026-11-24T02:00:00Z".parse().unwrap();
        let line = line("quang-ngai", at, &[(Metric::SweepRuns, 1), (Metric::OldestUnsentNotice, 930)]);
        insta::assert_snapshot!(line, @r#"{"_aws":{"Timestamp":1795485600000,"CloudWatchMetrics":[{"Namespace":"Donthu","Dimensions":[["province"]],"Metrics":[{"Name":"SweepRuns","Unit":"Count"},{"Name":"OldestUnsentNotice","Unit":"Seconds"}]}]},"province":"quang-ngai","SweepRuns":1,"OldestUnsentNotice":930}"#);
        assert!(!line.contains('\n'), "one line");
    }

    #[test]
    fn every_metric_has_a_name_of_its_own_and_nothing_is_told_of_nothing() {
        let names: BTreeSet<_> = Metric::ALL.iter().map(|metric| metric.name()).collect();
        assert_eq!(names.len(), Metric::ALL.len());
        let lines = Arc::new(Mutex::new(Vec::new()));
        let taken = lines.clone();
        let metrics = Metrics::to(move |line| taken.lock().unwrap().push(line));
        metrics.tell("p", Timestamp::UNIX_EPOCH, &[]);
        assert!(lines.lock().unwrap().is_empty());
        metrics.tell("p", Timestamp::UNIX_EPOCH, &[(Metric::CasesDue, 0)]);
        assert_eq!(lines.lock().unwrap().len(), 1);
    }
}
