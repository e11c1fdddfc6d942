//! The clerk's calculator: a due date with its derivation, from the rules and the calendar that the functions use. It asks no
//! clock, no network and no data folder.

use std::path::{Path, PathBuf};

use clap::Args;
use donthu_domain::calendar::CalendarError;
use donthu_domain::deadline::Count;
use donthu_domain::explain::{Explanation, Step, explain};
use donthu_domain::rules::{Direction, Rule, RuleError};
use donthu_domain::{Calendar, Confidence, Extension, Language, RuleBook, RuleId, Suspension};
use donthu_service::messages::explain as words;
use jiff::Timestamp;
use jiff::civil::Date;
use serde::Serialize;

/// Counts a limit and shows how: `deadline C-R1 --from 2026-11-23`.
#[derive(Debug, Clone, Args)]
pub struct Asked {
    /// Id of the rule, e.g. C-R1 (complaint, first instance) or D-R (denunciation)
    #[arg(value_name = "RULE")]
    pub rule: String,

    /// Day of the start event, e.g. 2026-11-23; for a limit in hours its RFC 3339 time
    #[arg(long, value_name = "DATE", value_parser = from)]
    pub from: From,

    /// In a remote area with difficult travel
    #[arg(long)]
    pub remote: bool,

    /// Determined complex in writing
    #[arg(long)]
    pub complex: bool,

    /// Suspended on the first day, continued on the second; may be given again
    #[arg(long, value_name = "FROM..TO", value_parser = span)]
    pub suspended: Vec<Suspension>,

    /// Prolonged by so many calendar days; may be given again
    #[arg(long, value_name = "DAYS")]
    pub extended: Vec<u16>,

    /// Language of the answer: vi or en
    #[arg(long, value_name = "LANG", default_value = "vi", value_parser = language)]
    pub lang: Language,

    /// Answer in JSON
    #[arg(long)]
    pub json: bool,

    /// Rules from this file instead of the law's; may be given again
    #[arg(long, value_name = "FILE")]
    pub rules: Vec<PathBuf>,

    /// Days off from this year file instead of, or beside, those that ship; may be given again
    #[arg(long, value_name = "FILE")]
    pub calendar: Vec<PathBuf>,
}

/// From when a limit is counted.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum From {
    /// From a day.
    Day(Date),
    /// From an instant.
    Instant(Timestamp),
}

fn from(text: &str) -> Result<From, String> {
    let day = text.parse::<Date>().ok().filter(|_| text.len() == 10).map(From::Day);
    let instant = || text.parse::<Timestamp>().ok().map(From::Instant);
    day.or_else(instant).ok_or_else(|| "neither a date such as 2026-11-23 nor an RFC 3339 time".to_owned())
}

fn span(text: &str) -> Result<Suspension, String> {
    let wrong = || "not two dates such as 2026-12-01..2026-12-20".to_owned();
    let (from, to) = text.split_once("..").ok_or_else(wrong)?;
    let (from, to): (Date, Date) = (from.parse().map_err(|_| wrong())?, to.parse().map_err(|_| wrong())?);
    if to < from {
        return Err("it ends before it begins".to_owned());
    }
    Ok(Suspension { from, to: Some(to) })
}

fn language(text: &str) -> Result<Language, String> {
    match text {
        "vi" => Ok(Language::Vi),
        "en" => Ok(Language::En),
        _ => Err("neither vi nor en".to_owned()),
    }
}

/// Why there is no due date to tell.
#[derive(Debug, thiserror::Error)]
pub enum CalculatorError {
    /// A file can't be read.
    #[error("cannot read {file}: {source}")]
    File {
        /// The file.
        file: String,
        /// Why.
        #[source]
        source: std::io::Error,
    },
    /// A rule file is no rule file.
    #[error(transparent)]
    Rules(#[from] RuleError),
    /// A year file is no year file.
    #[error(transparent)]
    Calendar(#[from] CalendarError),
    /// No rule bears the id.
    #[error("there is no rule {rule}; there are {known}")]
    UnknownRule {
        /// The id.
        rule: String,
        /// The ids that there are.
        known: String,
    },
    /// The rule is not in force on the start day.
    #[error("rule {rule} is not in force on {on}; it holds from {from}")]
    NotInForce {
        /// The rule.
        rule: RuleId,
        /// The start day.
        on: Date,
        /// First day on which a version of it holds.
        from: Date,
    },
    /// The calendar says nothing of the start day.
    #[error("the calendar has no data for {0}")]
    OutsideCalendar(Date),
    /// A limit in hours needs an instant.
    #[error("rule {0} is counted in hours: --from must be a time such as 2026-11-23T09:00:00+07:00")]
    NeedsTime(RuleId),
    /// Suspensions that overlap, are out of order or begin before the limit does.
    #[error("the suspensions must be in order, without overlap, and not before {0}")]
    Suspensions(Date),
    /// Nothing moves a limit that is counted back from its event.
    #[error("rule {0} is counted back from its event: nothing suspends or prolongs it")]
    CountedBack(RuleId),
    /// More extensions, or longer ones, than the rule allows.
    #[error("rule {rule} may be prolonged {times} times by 1 to {days} days")]
    Extensions {
        /// The rule.
        rule: RuleId,
        /// How often.
        times: u8,
        /// By how much each time.
        days: u16,
    },
    /// The rule knows no extension.
    #[error("rule {0} may not be prolonged")]
    NoExtension(RuleId),
    /// The answer can't be written as JSON.
    #[error("cannot write the answer: {0}")]
    Json(#[from] serde_json::Error),
}

#[derive(Serialize)]
struct Answer<'a> {
    rule: &'a RuleId,
    start: String,
    raw_end: Date,
    due_on: Date,
    due_at: String,
    article: &'a str,
    confidence: Confidence,
    steps: Vec<String>,
}

/// The answer as it is printed.
///
/// # Errors
/// [`CalculatorError`] says in one line what is wrong with the question or the files.
pub fn answer(asked: &Asked) -> Result<String, CalculatorError> {
    let rules = rules(&asked.rules)?;
    let calendar = calendar(&asked.calendar)?;
    let day = match asked.from {
        From::Day(day) => day,
        From::Instant(at) => calendar.local(at).date(),
    };
    let rule = find(&rules, &asked.rule, day)?;
    if calendar.status(day.year()).is_none() {
        return Err(CalculatorError::OutsideCalendar(day));
    }
    let length = rule.length(asked.remote, asked.complex);
    let count = match asked.from {
        From::Instant(at) => rule.count_from(at, calendar.offset(), length),
        From::Day(_) if rule.unit.is_hours() => return Err(CalculatorError::NeedsTime(rule.id.clone())),
        From::Day(day) => rule.count(day, length),
    };
    let extensions: Vec<Extension> = asked.extended.iter().map(|&days| Extension { days, on: day }).collect();
    movable(rule, &asked.suspended, &extensions, day)?;
    let count = Count { suspensions: &asked.suspended, extensions: &extensions, ..count };
    let mut explanation = explain(rule, &count, &calendar);
    for step in &mut explanation.steps {
        // Supposed here, decided by nobody.
        if let Step::Extended { decided_on, .. } = step {
            *decided_on = None;
        }
    }
    let mut steps = words::lines(&explanation, rules.counting(), asked.lang);
    steps.extend(words::caution(rule.confidence, asked.lang).map(ToOwned::to_owned));
    if asked.json {
        let answer = json(rule, &explanation, &calendar, steps, asked.lang);
        return Ok(serde_json::to_string(&answer)? + "\n");
    }
    Ok(text(rule, length, &explanation, &steps, asked.lang))
}

fn read(file: &Path) -> Result<(String, String), CalculatorError> {
    let name = file.display().to_string();
    let text = std::fs::read_to_string(file).map_err(|source| CalculatorError::File { file: name.clone(), source })?;
    Ok((name, text))
}

fn rules(files: &[PathBuf]) -> Result<RuleBook, CalculatorError> {
    if files.is_empty() {
        return Ok(RuleBook::shipped()?);
    }
    let files = files.iter().map(|file| read(file)).collect::<Result<Vec<_>, _>>()?;
    Ok(RuleBook::from_files(files.iter().map(|(name, text)| (name.as_str(), text.as_str())))?)
}

fn calendar(files: &[PathBuf]) -> Result<Calendar, CalculatorError> {
    let files = files.iter().map(|file| read(file)).collect::<Result<Vec<_>, _>>()?;
    Ok(Calendar::shipped()?.with_years(files.iter().map(|(name, text)| (name.as_str(), text.as_str())))?)
}

fn find<'a>(rules: &'a RuleBook, id: &str, day: Date) -> Result<&'a Rule, CalculatorError> {
    let wanted = RuleId::new(id);
    if let Some(rule) = rules.in_force(&wanted, day) {
        return Ok(rule);
    }
    let first = rules.all().iter().filter(|rule| rule.id == wanted).map(|rule| rule.valid_from).min();
    Err(match first {
        Some(from) => CalculatorError::NotInForce { rule: wanted, on: day, from },
        None => {
            let mut known: Vec<&str> = rules.all().iter().map(|rule| rule.id.as_str()).collect();
            known.dedup();
            CalculatorError::UnknownRule { rule: id.to_owned(), known: known.join(", ") }
        }
    })
}

fn movable(
    rule: &Rule,
    suspensions: &[Suspension],
    extensions: &[Extension],
    start: Date,
) -> Result<(), CalculatorError> {
    if rule.direction == Direction::Before && !(suspensions.is_empty() && extensions.is_empty()) {
        return Err(CalculatorError::CountedBack(rule.id.clone()));
    }
    let mut earliest = start;
    for suspension in suspensions {
        if suspension.from < earliest {
            return Err(CalculatorError::Suspensions(start));
        }
        earliest = suspension.to.unwrap_or(suspension.from);
    }
    if !extensions.is_empty() && rule.max_extensions == 0 {
        return Err(CalculatorError::NoExtension(rule.id.clone()));
    }
    let fits = |extension: &Extension| (1..=rule.extension_days).contains(&extension.days);
    if extensions.len() > usize::from(rule.max_extensions) || !extensions.iter().all(fits) {
        let (rule, times, days) = (rule.id.clone(), rule.max_extensions, rule.extension_days);
        return Err(CalculatorError::Extensions { rule, times, days });
    }
    Ok(())
}

fn json<'a>(
    rule: &'a Rule,
    explanation: &Explanation,
    calendar: &Calendar,
    steps: Vec<String>,
    language: Language,
) -> Answer<'a> {
    let start = explanation.start_at.map(|at| calendar.rfc3339(calendar.instant(at)));
    Answer {
        rule: &rule.id,
        start: start.unwrap_or_else(|| explanation.start.to_string()),
        raw_end: explanation.raw_end,
        due_on: explanation.due_on,
        due_at: calendar.rfc3339(explanation.due_at),
        article: words::article(rule, language),
        confidence: rule.confidence,
        steps,
    }
}

fn text(rule: &Rule, length: u16, explanation: &Explanation, steps: &[String], language: Language) -> String {
    let (due, article) = match language {
        Language::Vi => ("Hạn", "Căn cứ"),
        Language::En => ("Due", "Article"),
    };
    let mut text = format!(
        "{}: {}, {}\n{article}: {}\n",
        rule.id,
        words::duty(rule.duty, language),
        words::length(length, rule.unit, language),
        words::article(rule, language)
    );
    for (number, step) in (1..).zip(steps) {
        text += &format!("{number:>3}. {step}\n");
    }
    text + &format!("{due}: {}\n", words::day(explanation.due_on, language))
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::options;

    fn asked(arguments: &[&str]) -> Asked {
        match options::read(["donthu", "deadline"].iter().chain(arguments)) {
            options::Asked::Deadline(asked) => asked,
            other => panic!("{arguments:?} gave {other:?}"),
        }
    }

    fn refused(arguments: &[&str]) -> String {
        answer(&asked(arguments)).unwrap_err().to_string()
    }

    fn due(arguments: &[&str]) -> String {
        let answer = answer(&asked(&[arguments, &["--json"]].concat())).unwrap();
        let answer: serde_json::Value = serde_json::from_str(&answer).unwrap();
        answer["due_on"].as_str().unwrap().to_owned()
    }

    #[test]
    fn variants_suspensions_and_extensions_move_the_day() {
        assert_eq!(due(&["C-R1", "--from", "2026-09-07"]), "2026-10-07");
        assert_eq!(due(&["C-R1", "--from", "2026-09-07", "--complex"]), "2026-10-22");
        assert_eq!(due(&["C-R1", "--from", "2026-09-07", "--complex", "--remote"]), "2026-11-06");
        let twice = ["--suspended", "2026-09-10..2026-09-20", "--suspended", "2026-09-25..2026-09-26"];
        assert_eq!(due(&[&["C-R1", "--from", "2026-09-07"][..], &twice].concat()), "2026-10-19");
        let longest = ["D-R", "--from", "2026-09-07", "--extended", "30", "--extended", "30"];
        assert_eq!(due(&longest), "2026-12-07");
        assert_eq!(due(&["N-PD", "--from", "2026-11-23T20:00:00Z"]), "2026-11-27", "a day later in Vietnam");
    }

    #[test]
    fn what_the_law_does_not_know_is_refused() {
        let from = ["--from", "2026-11-23"];
        for (arguments, part) in [
            (&["C-R9"][..], "there is no rule C-R9"),
            (&["N-PD"], "--from must be a time"),
            (&["C-R1", "--extended", "30"], "may not be prolonged"),
            (&["D-R", "--extended", "31"], "2 times by 1 to 30 days"),
            (&["D-R", "--extended", "0"], "2 times by 1 to 30 days"),
            (&["D-R", "--extended", "1", "--extended", "1", "--extended", "1"], "2 times"),
            (&["C-DLG", "--suspended", "2026-11-24..2026-11-25"], "counted back"),
            (&["C-R1", "--suspended", "2026-11-22..2026-11-25"], "not before 2026-11-23"),
            (
                &["C-R1", "--suspended", "2026-12-05..2026-12-10", "--suspended", "2026-12-09..2026-12-12"],
                "without overlap",
            ),
            (&["C-R1", "--rules", "no-such-file.toml"], "no-such-file.toml"),
            (&["C-R1", "--calendar", "no-such-file.toml"], "no-such-file.toml"),
        ] {
            let line = refused(&[arguments, &from].concat());
            assert!(line.contains(part), "{arguments:?}: {line}");
        }
        assert!(refused(&["C-ACC", "--from", "2026-06-30"]).contains("holds from 2026-07-01"));
        assert!(refused(&["C-R1", "--from", "2180-01-01"]).contains("no data for 2180-01-01"));
    }

    #[test]
    fn other_data_take_the_place_of_the_law() {
        let folder = tempfile::tempdir().unwrap();
        let rules = folder.path().join("rules.toml");
        let row = "[[rule]]\nid = \"X-1\"\nduty = \"resolve\"\nstart = \"received\"\nunit = \"working_days\"\nbase = 2\n\
                   valid_from = \"2020-01-01\"\ncitation_vi = \"Điều 1\"\ncitation_en = \"Art. 1\"\nconfidence = \"design\"\n";
        std::fs::write(&rules, row).unwrap();
        let year = folder.path().join("2026.toml");
        std::fs::write(&year, "year = 2026\nstatus = \"proclaimed\"\n").unwrap();
        let (rules, year) = (rules.to_str().unwrap(), year.to_str().unwrap());
        let question = ["X-1", "--from", "2026-11-23", "--rules", rules];
        assert_eq!(due(&question), "2026-11-26", "Culture Day is off");
        assert_eq!(due(&[&question[..], &["--calendar", year]].concat()), "2026-11-25", "in this year it is not");
        assert!(refused(&["C-R1", "--from", "2026-11-23", "--rules", rules]).contains("there are X-1"));
        let text = answer(&asked(&question)).unwrap();
        assert!(!text.contains("Bộ luật Dân sự"), "the Civil Code is not this law's: {text}");
        std::fs::write(rules, row.replace("base = 2", "base = 0")).unwrap();
        assert!(refused(&question).contains("rules.toml: line 1: rule X-1 has no length"));
    }
}
