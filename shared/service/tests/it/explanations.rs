//! The derivations of due dates in Vietnamese and English: every kind of step, from the real rules and from other countries'.

use donthu_domain::deadline::Count;
use donthu_domain::explain::explain;
use donthu_domain::rules::RuleBook;
use donthu_domain::{Calendar, Extension, Language, Suspension};
use donthu_service::messages::explain::{article, caution, duty, length, lines};
use jiff::Timestamp;
use jiff::civil::{Date, date};

struct Law {
    rules: RuleBook,
    calendar: Calendar,
}

impl Law {
    fn vietnam() -> Self {
        Self { rules: RuleBook::shipped().unwrap(), calendar: Calendar::shipped().unwrap() }
    }

    fn korea() -> Self {
        let rules = ("korea.toml", include_str!("../../../domain/tests/data/korea.toml"));
        let year = ("korea-2026.toml", include_str!("../../../domain/tests/data/korea-2026.toml"));
        Self {
            rules: RuleBook::from_files([rules]).unwrap(),
            calendar: Calendar::shipped().unwrap().with_years([year]).unwrap(),
        }
    }
}

/// A question about a due date.
struct Question<'a> {
    title: &'a str,
    rule: &'a str,
    from: &'a str,
    remote_and_complex: bool,
    suspensions: &'a [Suspension],
    extensions: &'a [Extension],
}

const PLAIN: Question<'static> =
    Question { title: "", rule: "", from: "", remote_and_complex: false, suspensions: &[], extensions: &[] };

const fn span(from: Date, to: Date) -> Suspension {
    Suspension { from, to: Some(to) }
}

const WITHIN: [Suspension; 1] = [span(date(2026, 12, 1), date(2026, 12, 20))];
const ON_THE_LAST_DAY: [Suspension; 1] = [span(date(2026, 12, 23), date(2026, 12, 29))];
const TOO_LATE: [Suspension; 1] = [span(date(2027, 1, 20), date(2027, 1, 25))];
const RUNNING: [Suspension; 1] = [Suspension { from: date(2026, 12, 1), to: None }];
const TWICE: [Extension; 2] =
    [Extension { days: 30, on: date(2026, 10, 7) }, Extension { days: 15, on: date(2026, 11, 6) }];

fn told(law: &Law, questions: &[Question<'_>], language: Language) -> String {
    let mut text = String::new();
    for asked in questions {
        let at: Timestamp = asked.from.parse().unwrap();
        let day = law.calendar.local(at).date();
        let rule = law.rules.in_force(&asked.rule.into(), day).unwrap();
        let base = rule.length(asked.remote_and_complex, asked.remote_and_complex);
        let count = Count {
            suspensions: asked.suspensions,
            extensions: asked.extensions,
            ..rule.count_from(at, law.calendar.offset(), base)
        };
        let explained = explain(rule, &count, &law.calendar);
        let (owed, long) = (duty(rule.duty, language), length(base, rule.unit, language));
        text += &format!("{}\n{}: {owed}, {long}. {}\n", asked.title, rule.id, article(rule, language));
        for line in lines(&explained, law.rules.counting(), language) {
            text += &format!("  {line}\n");
        }
        if let Some(caution) = caution(rule.confidence, language) {
            text += &format!("  {caution}\n");
        }
        text.push('\n');
    }
    text
}

fn vietnam(language: Language) -> String {
    let monday = "2026-11-23T09:00:00+07:00";
    let questions = [
        Question { title: "# over Culture Day", rule: "C-ACC", from: monday, ..PLAIN },
        Question { title: "# on a Saturday worked", rule: "C-ACC", from: "2026-08-20T09:00:00+07:00", ..PLAIN },
        Question { title: "# rolls over Tết", rule: "C-R1", from: "2026-01-15T09:00:00+07:00", ..PLAIN },
        Question {
            title: "# remote, complex and suspended, into a year not proclaimed",
            rule: "C-R1",
            from: monday,
            remote_and_complex: true,
            suspensions: &WITHIN,
            ..PLAIN
        },
        Question {
            title: "# prolonged twice",
            rule: "D-R",
            from: "2026-09-07T09:00:00+07:00",
            extensions: &TWICE,
            ..PLAIN
        },
        Question {
            title: "# suspended on the last day",
            rule: "C-R1",
            from: monday,
            suspensions: &ON_THE_LAST_DAY,
            ..PLAIN
        },
        Question { title: "# suspended too late", rule: "C-R1", from: monday, suspensions: &TOO_LATE, ..PLAIN },
        Question { title: "# suspended now", rule: "C-R1", from: monday, suspensions: &RUNNING, ..PLAIN },
        Question { title: "# days ahead of a dialogue", rule: "C-DLG", from: monday, ..PLAIN },
        Question { title: "# working days ahead of a session", rule: "P5", from: monday, ..PLAIN },
        Question { title: "# hours on end", rule: "N-PD", from: monday, ..PLAIN },
        Question { title: "# from memory", rule: "C-SND1", from: monday, ..PLAIN },
        Question { title: "# the province's own target", rule: "K-SLA", from: monday, ..PLAIN },
        Question { title: "# in a generated year", rule: "C-SUS", from: "2032-04-28T09:00:00+07:00", ..PLAIN },
    ];
    told(&Law::vietnam(), &questions, language)
}

fn korea(language: Language) -> String {
    let questions = [
        Question { title: "# office hours", rule: "KR-NOW", from: "2026-11-20T17:30:00+09:00", ..PLAIN },
        Question { title: "# the first day included", rule: "KR-7D", from: "2026-11-23T09:00:00+09:00", ..PLAIN },
        Question { title: "# a month without that day", rule: "KR-1M", from: "2026-01-31T09:00:00+09:00", ..PLAIN },
    ];
    told(&Law::korea(), &questions, language)
}

#[test]
fn due_dates_are_derived_in_vietnamese() {
    insta::assert_snapshot!("vietnamese", vietnam(Language::Vi));
}

#[test]
fn due_dates_are_derived_in_english() {
    insta::assert_snapshot!("english", vietnam(Language::En));
}

#[test]
fn another_countrys_limits_are_told_without_this_ones_articles() {
    insta::assert_snapshot!("korea_vietnamese", korea(Language::Vi));
    insta::assert_snapshot!("korea_english", korea(Language::En));
}
