//! All rules with every version, as they are read from files and asked for.

use jiff::civil::Date;
use serde::Deserialize;
use toml::Spanned;

use super::{Contradiction, Direction, PolicyFault, Rule, RuleError, Scope, Start, Unit};
use crate::calendar::line_of;
use crate::ids::RuleId;
use crate::reference::{Directory, Policy};
use crate::time::next_day;

/// The value of a policy that switches a rule off.
pub(super) const OFF: &str = "off";
const ON: &str = "on";
const PREFIX: &str = "rule.";

/// The name of the policy that switches a rule.
pub(super) fn policy_of(id: &RuleId) -> String {
    format!("{PREFIX}{id}")
}

/// The articles by which limits are counted, whatever their subject. Other countries count by other articles.
#[derive(Debug, Clone, PartialEq, Eq, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Counting {
    /// Where the count begins, in Vietnamese (Civil Code Art. 147).
    pub start_vi: String,
    /// Where the count begins, in English.
    pub start_en: String,
    /// Where a limit in months ends, in Vietnamese (Civil Code Art. 148.3).
    pub months_vi: String,
    /// Where a limit in months ends, in English.
    pub months_en: String,
    /// A last day without work, in Vietnamese (Civil Code Art. 148.5).
    pub roll_vi: String,
    /// A last day without work, in English.
    pub roll_en: String,
    /// The hour at which the last day ends, in Vietnamese (Civil Code Art. 148.6).
    pub end_vi: String,
    /// The hour at which the last day ends, in English.
    pub end_en: String,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct RuleFile {
    counting: Option<Counting>,
    #[serde(default)]
    rule: Vec<Spanned<Rule>>,
}

/// All deadline rules, with every version.
#[derive(Debug, Clone)]
pub struct RuleBook {
    rules: Vec<Rule>,
    counting: Option<Counting>,
}

/// A row where it stands.
struct Row<'a> {
    file: &'a str,
    line: usize,
}

impl Row<'_> {
    fn check(&self, rule: &Rule) -> Result<(), RuleError> {
        let (file, line, id) = (self.file.to_owned(), self.line, rule.id.clone());
        if !is_id(rule.id.as_str()) {
            return Err(RuleError::BadId { file, line, rule: rule.id.to_string() });
        }
        let lengths = [Some(rule.base), rule.complex_base, rule.remote_base, rule.remote_complex_base];
        if lengths.contains(&Some(0)) {
            return Err(RuleError::NoLength { file, line, rule: id });
        }
        if rule.valid_to.is_some_and(|to| to < rule.valid_from) {
            return Err(RuleError::Backwards { file, line, rule: id, from: rule.valid_from });
        }
        match contradiction(rule) {
            Some(what) => Err(RuleError::Contradiction { file, line, rule: id, what }),
            None => Ok(()),
        }
    }
}

fn is_id(id: &str) -> bool {
    !id.is_empty() && id.bytes().all(|byte| byte.is_ascii_uppercase() || byte.is_ascii_digit() || byte == b'-')
}

fn contradiction(rule: &Rule) -> Option<Contradiction> {
    let hours = &rule.office_hours;
    let in_order = hours.iter().all(|span| span.from < span.to)
        && hours.iter().zip(hours.iter().skip(1)).all(|(one, next)| one.to <= next.from);
    if rule.unit == Unit::WorkingHours && hours.is_empty() {
        Some(Contradiction::NoOfficeHours)
    } else if rule.unit != Unit::WorkingHours && !hours.is_empty() {
        Some(Contradiction::IdleOfficeHours)
    } else if !in_order {
        Some(Contradiction::OfficeHours)
    } else if (rule.max_extensions == 0) != (rule.extension_days == 0) {
        Some(Contradiction::Extensions)
    } else if rule.direction == Direction::Before && rule.max_extensions > 0 {
        Some(Contradiction::ProlongedBefore)
    } else {
        None
    }
}

impl RuleBook {
    /// The rules that ship with the crate.
    ///
    /// # Errors
    /// [`RuleError`] where the shipped data contradict themselves; a test keeps that from happening.
    pub fn shipped() -> Result<Self, RuleError> {
        Self::from_files([
            ("counting.toml", include_str!("../../data/law/counting.toml")),
            ("intake.toml", include_str!("../../data/law/intake.toml")),
            ("complaint.toml", include_str!("../../data/law/complaint.toml")),
            ("complaint-second.toml", include_str!("../../data/law/complaint-second.toml")),
            ("discipline.toml", include_str!("../../data/law/discipline.toml")),
            ("denunciation.toml", include_str!("../../data/law/denunciation.toml")),
            ("feedback.toml", include_str!("../../data/law/feedback.toml")),
            ("reception.toml", include_str!("../../data/law/reception.toml")),
            ("personal-data.toml", include_str!("../../data/law/personal-data.toml")),
        ])
    }

    /// Reads rule files, given as name and text.
    ///
    /// # Errors
    /// [`RuleError`] names the file, the line and the rule.
    pub fn from_files<'a>(files: impl IntoIterator<Item = (&'a str, &'a str)>) -> Result<Self, RuleError> {
        let mut book = Self { rules: Vec::new(), counting: None };
        let mut ends: Vec<(Row<'_>, RuleId, Date)> = Vec::new();
        for (name, text) in files {
            let file: RuleFile = toml::from_str(text)
                .map_err(|source| RuleError::Malformed { file: name.to_owned(), source: Box::new(source) })?;
            if let Some(counting) = file.counting
                && book.counting.replace(counting).is_some()
            {
                return Err(RuleError::CountingTwice { file: name.to_owned() });
            }
            for spanned in file.rule {
                let row = Row { file: name, line: line_of(text, &spanned) };
                let rule = spanned.into_inner();
                row.check(&rule)?;
                if book.rules.iter().any(|other| other.id == rule.id && overlap(other, &rule)) {
                    let (file, line) = (name.to_owned(), row.line);
                    return Err(RuleError::Overlap { file, line, rule: rule.id, from: rule.valid_from });
                }
                if let Some(to) = rule.valid_to {
                    ends.push((row, rule.id.clone(), to));
                }
                book.rules.push(rule);
            }
        }
        for (row, id, to) in ends {
            let from = next_day(to);
            let mut later = book.rules.iter().filter(|rule| rule.id == id && rule.valid_from > to).peekable();
            if later.peek().is_some() && !later.any(|rule| rule.valid_from == from) {
                return Err(RuleError::Gap { file: row.file.to_owned(), line: row.line, rule: id, from });
            }
        }
        Ok(book)
    }

    /// The version of a rule that holds for a limit that starts on a day.
    pub fn in_force(&self, id: &RuleId, on: Date) -> Option<&Rule> {
        self.rules.iter().find(|rule| &rule.id == id && rule.holds_on(on))
    }

    /// Every rule for such a case that a start event on a day sets going.
    pub fn started_by(&self, scope: Scope, start: Start, on: Date) -> impl Iterator<Item = &Rule> {
        self.rules.iter().filter(move |rule| rule.start == start && rule.holds_for(&scope) && rule.holds_on(on))
    }

    /// Of [`Self::started_by`] those that the province has not switched off.
    pub fn switched_on<'a>(
        &'a self,
        scope: Scope,
        start: Start,
        on: Date,
        directory: &'a Directory,
    ) -> impl Iterator<Item = &'a Rule> {
        self.started_by(scope, start, on).filter(move |rule| !rule.is_switched_off(directory, on))
    }

    /// Whether the province's policies about rules can do what they say.
    ///
    /// # Errors
    /// [`PolicyFault`] names the first policy that can't.
    pub fn check_policies(&self, directory: &Directory) -> Result<(), PolicyFault> {
        self.policy_faults(directory).into_iter().next().map_or(Ok(()), Err)
    }

    /// Everything that [`RuleBook::check_policies`] would refuse, in the order of the policies.
    pub fn policy_faults(&self, directory: &Directory) -> Vec<PolicyFault> {
        directory.policies().iter().filter_map(|policy| self.policy_fault(policy)).collect()
    }

    fn policy_fault(&self, policy: &Policy) -> Option<PolicyFault> {
        let id = policy.id.strip_prefix(PREFIX)?;
        let mut versions = self.rules.iter().filter(|rule| rule.id.as_str() == id).peekable();
        let name = policy.id.clone();
        if versions.peek().is_none() {
            return Some(PolicyFault::UnknownRule { policy: name });
        }
        if !versions.any(|rule| rule.confidence.is_unverified()) {
            return Some(PolicyFault::Verified { policy: name });
        }
        (policy.value != ON && policy.value != OFF)
            .then(|| PolicyFault::Value { policy: name, value: policy.value.clone() })
    }

    /// Every version of every rule, in the order of the files.
    pub fn all(&self) -> &[Rule] {
        &self.rules
    }

    /// The articles by which these rules are counted; none where the files don't say.
    pub fn counting(&self) -> Option<&Counting> {
        self.counting.as_ref()
    }
}

fn overlap(a: &Rule, b: &Rule) -> bool {
    let starts_in = |x: &Rule, y: &Rule| x.valid_from <= y.valid_from && x.valid_to.is_none_or(|to| y.valid_from <= to);
    starts_in(a, b) || starts_in(b, a)
}
