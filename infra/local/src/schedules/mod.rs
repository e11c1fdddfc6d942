//! The schedules of the template, run in order by the movable clock.

pub mod expression;

use std::collections::BTreeMap;
use std::path::{Path, PathBuf};

use jiff::Timestamp;
use serde_json::Value;

use crate::folder::{self, FolderError};
use crate::template::ScheduleRule;
use expression::{Expression, ExpressionError};

/// Why the schedules cannot be kept.
#[derive(Debug, thiserror::Error)]
pub enum ScheduleError {
    /// A rule that cannot be run.
    #[error("the schedule {rule}: {error}")]
    Expression {
        /// Function and event.
        rule: String,
        /// What is wrong with it.
        error: ExpressionError,
    },
    /// The times of the last runs cannot be read or kept.
    #[error(transparent)]
    Folder(#[from] FolderError),
}

/// One run that is due.
#[derive(Debug, Clone, PartialEq)]
pub struct Run {
    /// Function and event, e.g. `AuditFunction.Seal`.
    pub rule: String,
    /// Logical id of the function.
    pub function: String,
    /// What the function is called with.
    pub input: Value,
    /// When it is due.
    pub at: Timestamp,
}

#[derive(Debug)]
struct Rule {
    expression: Expression,
    function: String,
    input: Value,
    last: Timestamp,
}

/// All rules with the times of their last runs, which the data folder keeps.
#[derive(Debug)]
pub struct Schedules {
    rules: BTreeMap<String, Rule>,
    file: PathBuf,
}

impl Schedules {
    /// The rules of the template. One that the data folder does not know counts as run at `now`.
    ///
    /// # Errors
    /// [`ScheduleError`].
    pub fn open(rules: &[ScheduleRule], folder: &Path, now: Timestamp) -> Result<Self, ScheduleError> {
        let file = folder.join("schedules.json");
        let known: BTreeMap<String, Timestamp> = folder::read_json(&file)?.unwrap_or_default();
        let rules = rules
            .iter()
            .map(|rule| {
                let id = rule.id();
                let expression = Expression::parse(&rule.expression, &rule.timezone)
                    .map_err(|error| ScheduleError::Expression { rule: id.clone(), error })?;
                let last = known.get(&id).copied().unwrap_or(now);
                let (function, input) = (rule.function.clone(), rule.input.clone());
                Ok((id, Rule { expression, function, input, last }))
            })
            .collect::<Result<_, ScheduleError>>()?;
        let schedules = Self { rules, file };
        schedules.keep()?;
        Ok(schedules)
    }

    /// The earliest run that is due up to `until`; of several at one instant the first by name.
    #[must_use]
    pub fn next(&self, until: Timestamp) -> Option<Run> {
        self.rules
            .iter()
            .filter_map(|(id, rule)| Some((rule.expression.next_after(rule.last)?, id, rule)))
            .filter(|(at, _, _)| *at <= until)
            .min_by_key(|(at, id, _)| (*at, *id))
            .map(|(at, id, rule)| Run {
                rule: id.clone(),
                function: rule.function.clone(),
                input: rule.input.clone(),
                at,
            })
    }

    /// Notes that a run was made.
    ///
    /// # Errors
    /// [`ScheduleError::Folder`] where it cannot be kept; the run may then be made again.
    pub fn done(&mut self, run: &Run) -> Result<(), ScheduleError> {
        if let Some(rule) = self.rules.get_mut(&run.rule) {
            rule.last = run.at;
        }
        self.keep()
    }

    /// Notes that one run, made now, stands for all runs of the rule that were due up to `now`.
    ///
    /// # Errors
    /// [`ScheduleError::Folder`] where it cannot be kept; the run may then be made again.
    pub fn made_up(&mut self, run: &Run, now: Timestamp) -> Result<(), ScheduleError> {
        if let Some(rule) = self.rules.get_mut(&run.rule) {
            rule.last = rule.expression.made_up(rule.last, now).max(run.at);
        }
        self.keep()
    }

    /// Begins every rule anew: nothing before `at` is due any more.
    ///
    /// # Errors
    /// [`ScheduleError::Folder`] where it cannot be kept.
    pub fn restart(&mut self, at: Timestamp) -> Result<(), ScheduleError> {
        for rule in self.rules.values_mut() {
            rule.last = at;
        }
        self.keep()
    }

    fn keep(&self) -> Result<(), ScheduleError> {
        let last: BTreeMap<&String, Timestamp> = self.rules.iter().map(|(id, rule)| (id, rule.last)).collect();
        Ok(folder::write_json(&self.file, &last)?)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn rules() -> Vec<ScheduleRule> {
        [("Deadlines", "Sweep", "rate(1 hour)"), ("Audit", "Seal", "cron(30 0 * * ? *)")]
            .into_iter()
            .map(|(function, event, expression)| ScheduleRule {
                function: function.into(),
                event: event.into(),
                expression: expression.into(),
                timezone: "Asia/Ho_Chi_Minh".into(),
                input: Value::Null,
            })
            .collect()
    }

    fn at(text: &str) -> Timestamp {
        text.parse().unwrap()
    }

    #[test]
    fn runs_of_all_rules_come_in_the_order_of_their_times() {
        let place = tempfile::tempdir().unwrap();
        let start = at("2026-03-01T22:45:00+07:00");
        let mut schedules = Schedules::open(&rules(), place.path(), start).unwrap();
        let mut runs = Vec::new();
        while let Some(run) = schedules.next(at("2026-03-02T01:45:00+07:00")) {
            schedules.done(&run).unwrap();
            runs.push((run.rule, run.at));
        }
        let expected = [
            ("Deadlines.Sweep", "2026-03-01T23:45:00+07:00"),
            ("Audit.Seal", "2026-03-02T00:30:00+07:00"),
            ("Deadlines.Sweep", "2026-03-02T00:45:00+07:00"),
            ("Deadlines.Sweep", "2026-03-02T01:45:00+07:00"),
        ];
        assert_eq!(runs, expected.map(|(rule, time)| (rule.to_owned(), at(time))));
    }

    #[test]
    fn runs_missed_while_the_process_was_down_are_made_up_for_by_one() {
        let place = tempfile::tempdir().unwrap();
        let start = at("2026-03-01T22:45:00+07:00");
        drop(Schedules::open(&rules(), place.path(), start).unwrap());
        let now = at("2026-04-01T08:00:00+07:00");
        let mut schedules = Schedules::open(&rules(), place.path(), now).unwrap();
        let mut made = Vec::new();
        while let Some(run) = schedules.next(now) {
            schedules.made_up(&run, now).unwrap();
            made.push(run.rule);
        }
        assert_eq!(made, ["Deadlines.Sweep", "Audit.Seal"]);
        let next = schedules.next(at("2026-04-01T08:45:00+07:00")).unwrap();
        assert_eq!((next.rule.as_str(), next.at), ("Deadlines.Sweep", at("2026-04-01T08:45:00+07:00")));
    }

    #[test]
    fn a_rule_that_cannot_be_run_is_named() {
        let place = tempfile::tempdir().unwrap();
        let mut rules = rules();
        rules[1].expression = "cron(soon)".into();
        let error = Schedules::open(&rules, place.path(), Timestamp::UNIX_EPOCH).unwrap_err().to_string();
        assert!(error.starts_with("the schedule Audit.Seal: "), "{error}");
    }
}
