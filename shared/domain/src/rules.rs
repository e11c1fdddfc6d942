//! The deadline rules: data with a day of effect, a citation and a confidence mark.

use jiff::civil::Date;
use serde::{Deserialize, Serialize};

use crate::case::{Case, Instance, Kind, Matter};
use crate::ids::RuleId;
use crate::obligation::Duty;
use crate::reference::Confidence;
use crate::time::next_day;

/// What a limit is counted in.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Unit {
    /// Calendar days; a last day that is no working day rolls over to the next one (Civil Code Art. 148.5).
    CalendarDays,
    /// Working days: Monday to Friday and exchanged Saturdays, without days off.
    WorkingDays,
}

/// The event whose day a limit starts from (and does not count: Civil Code Art. 147).
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Start {
    /// The petition came in, whether or not in the legal form.
    Submitted,
    /// It was lawfully received.
    Received,
    /// It was accepted.
    Accepted,
    /// A decision to suspend, terminate or continue was issued.
    SuspensionDecided,
    /// The decision or conclusion was issued.
    Decided,
    /// The first decision was received, or its limit ended without one.
    FirstLimitOrDecision,
    /// The decision took effect.
    Effective,
    /// A continued denunciation came in.
    ContinuedReceived,
    /// The superior was told that a denunciation is overdue.
    OverdueReported,
    /// The superior asked for a report.
    ReportDemanded,
}

/// For which cases a rule may hold.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Scope {
    /// The case's kind.
    pub kind: Kind,
    /// Its instance.
    pub instance: Instance,
    /// What a complaint is directed against.
    pub matter: Matter,
}

impl From<&Case> for Scope {
    fn from(case: &Case) -> Self {
        Self { kind: case.kind, instance: case.instance, matter: case.matter }
    }
}

/// One deadline rule.
#[derive(Debug, Clone, PartialEq, Eq, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Rule {
    /// Its id.
    pub id: RuleId,
    /// The kind that it holds for; none = every kind.
    pub kind: Option<Kind>,
    /// The instance that it holds for; none = every instance.
    pub instance: Option<Instance>,
    /// What a complaint must be directed against for it to hold; empty = anything.
    #[serde(default)]
    pub matter: Vec<Matter>,
    /// What is owed.
    pub duty: Duty,
    /// From when.
    pub start: Start,
    /// In what it is counted.
    pub unit: Unit,
    /// Its length.
    pub base: u16,
    /// Its length for a complex case.
    pub complex_base: Option<u16>,
    /// Its length in a remote area.
    pub remote_base: Option<u16>,
    /// Its length for a complex case in a remote area.
    pub remote_complex_base: Option<u16>,
    /// How often it may be prolonged.
    #[serde(default)]
    pub max_extensions: u8,
    /// By how many calendar days at most each time.
    #[serde(default)]
    pub extension_days: u16,
    /// First start day for which it holds.
    pub valid_from: Date,
    /// Last start day for which it holds.
    pub valid_to: Option<Date>,
    /// Article, in Vietnamese.
    pub citation_vi: String,
    /// Article, in English.
    pub citation_en: String,
    /// How sure we are.
    pub confidence: Confidence,
    /// Reminders: so many working days before the due day.
    #[serde(default)]
    pub approaching: Vec<u8>,
    /// Escalations: so many working days after it; first to the superior, then to the inspectorate.
    #[serde(default)]
    pub escalate: Vec<u8>,
}

impl Rule {
    /// The length for a case, in the rule's unit.
    pub fn length(&self, remote: bool, complex: bool) -> u16 {
        let variant = match (remote, complex) {
            (false, false) => None,
            (false, true) => self.complex_base,
            (true, false) => self.remote_base,
            (true, true) => self.remote_complex_base.or(self.complex_base),
        };
        variant.unwrap_or(self.base)
    }

    fn holds_for(&self, scope: &Scope) -> bool {
        self.kind.is_none_or(|kind| kind == scope.kind)
            && self.instance.is_none_or(|instance| instance == scope.instance)
            && (self.matter.is_empty() || self.matter.contains(&scope.matter))
    }

    fn holds_on(&self, day: Date) -> bool {
        self.valid_from <= day && self.valid_to.is_none_or(|to| day <= to)
    }
}

/// Why rule data can't be used.
#[derive(Debug, thiserror::Error)]
pub enum RuleError {
    /// A file is no TOML of the expected shape.
    #[error("{file}: {source}")]
    Malformed {
        /// The file.
        file: String,
        /// What the parser says.
        #[source]
        source: Box<toml::de::Error>,
    },
    /// Two versions of a rule are in force on the same day.
    #[error("{file}: rule {rule} is in force twice from {from}")]
    Overlap {
        /// The file.
        file: String,
        /// The rule.
        rule: RuleId,
        /// First day of the later version.
        from: Date,
    },
    /// A version ends before it begins.
    #[error("{file}: rule {rule} from {from} ends before it begins")]
    Backwards {
        /// The file.
        file: String,
        /// The rule.
        rule: RuleId,
        /// Its first day.
        from: Date,
    },
    /// Between two versions of a rule lie days without it, on which a duty would silently fall away.
    #[error("{file}: rule {rule} is not in force from {from} on, but again later")]
    Gap {
        /// The file.
        file: String,
        /// The rule.
        rule: RuleId,
        /// First day without it.
        from: Date,
    },
    /// A limit of no days.
    #[error("{file}: rule {rule} has no length")]
    NoLength {
        /// The file.
        file: String,
        /// The rule.
        rule: RuleId,
    },
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct RuleFile {
    rule: Vec<Rule>,
}

/// All deadline rules, with every version.
#[derive(Debug, Clone)]
pub struct RuleBook {
    rules: Vec<Rule>,
}

impl RuleBook {
    /// The rules that ship with the crate.
    ///
    /// # Errors
    /// [`RuleError`] where the shipped data contradict themselves; a test keeps that from happening.
    pub fn shipped() -> Result<Self, RuleError> {
        Self::from_files([
            ("intake.toml", include_str!("../data/law/intake.toml")),
            ("complaint.toml", include_str!("../data/law/complaint.toml")),
            ("denunciation.toml", include_str!("../data/law/denunciation.toml")),
            ("feedback.toml", include_str!("../data/law/feedback.toml")),
        ])
    }

    /// Reads rule files, given as name and text.
    ///
    /// # Errors
    /// [`RuleError`] names the file and the rule.
    pub fn from_files<'a>(files: impl IntoIterator<Item = (&'a str, &'a str)>) -> Result<Self, RuleError> {
        let mut rules: Vec<Rule> = Vec::new();
        let mut ends: Vec<(&str, RuleId, Date)> = Vec::new();
        for (name, text) in files {
            let file: RuleFile = toml::from_str(text)
                .map_err(|source| RuleError::Malformed { file: name.to_owned(), source: Box::new(source) })?;
            for rule in file.rule {
                if rule.base == 0 {
                    return Err(RuleError::NoLength { file: name.to_owned(), rule: rule.id });
                }
                if let Some(to) = rule.valid_to {
                    if to < rule.valid_from {
                        return Err(RuleError::Backwards {
                            file: name.to_owned(),
                            rule: rule.id,
                            from: rule.valid_from,
                        });
                    }
                    ends.push((name, rule.id.clone(), to));
                }
                if rules.iter().any(|other| other.id == rule.id && overlap(other, &rule)) {
                    return Err(RuleError::Overlap { file: name.to_owned(), rule: rule.id, from: rule.valid_from });
                }
                rules.push(rule);
            }
        }
        for (file, id, to) in ends {
            let from = next_day(to);
            let mut later = rules.iter().filter(|rule| rule.id == id && rule.valid_from > to).peekable();
            if later.peek().is_some() && !later.any(|rule| rule.valid_from == from) {
                return Err(RuleError::Gap { file: file.to_owned(), rule: id, from });
            }
        }
        Ok(Self { rules })
    }

    /// The version of a rule that holds for a limit that starts on a day.
    pub fn in_force(&self, id: &RuleId, on: Date) -> Option<&Rule> {
        self.rules.iter().find(|rule| &rule.id == id && rule.holds_on(on))
    }

    /// Every rule for such a case that a start event on a day sets going.
    pub fn started_by(&self, scope: Scope, start: Start, on: Date) -> impl Iterator<Item = &Rule> {
        self.rules.iter().filter(move |rule| rule.start == start && rule.holds_for(&scope) && rule.holds_on(on))
    }

    /// Every version of every rule, in the order of the files.
    pub fn all(&self) -> &[Rule] {
        &self.rules
    }
}

fn overlap(a: &Rule, b: &Rule) -> bool {
    let starts_in = |x: &Rule, y: &Rule| x.valid_from <= y.valid_from && x.valid_to.is_none_or(|to| y.valid_from <= to);
    starts_in(a, b) || starts_in(b, a)
}
