//! The steps of the way and what each of them asks for.

use donthu_domain::Kind;

use crate::words::Words;

/// A step.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Step {
    /// What kind of petition it is.
    Kind,
    /// Who or what it is against.
    Against,
    /// Where it happened.
    Place,
    /// What happened, and what is asked for.
    Story,
    /// Who submits.
    Person,
    /// All of it once more, before it is sent.
    Review,
}

use Kind::{Complaint, Denunciation, Feedback};

/// Every kind.
const ANY: &[Kind] = &[Complaint, Denunciation, Feedback];

/// Names of the fields, as the API's JSON has them where it has them; the step that asks, and for which kinds it does.
const FIELDS: [(&str, Step, &[Kind]); 18] = [
    ("kind", Step::Kind, ANY),
    ("matter", Step::Against, &[Complaint]),
    ("against.agency", Step::Against, ANY),
    ("against.position", Step::Against, &[Complaint, Denunciation]),
    ("against.person", Step::Against, &[Complaint, Denunciation]),
    ("against.decision", Step::Against, &[Complaint]),
    ("area", Step::Place, ANY),
    ("field", Step::Place, ANY),
    ("text", Step::Story, ANY),
    ("request", Step::Story, ANY),
    ("who", Step::Person, ANY),
    ("petitioner.name", Step::Person, ANY),
    ("petitioner.id_number", Step::Person, ANY),
    ("petitioner.address", Step::Person, ANY),
    ("phone", Step::Person, ANY),
    ("together", Step::Person, ANY),
    ("group.people", Step::Person, ANY),
    ("group.representatives", Step::Person, ANY),
];

/// Names of all fields with the step that asks for each.
pub fn fields() -> impl Iterator<Item = (&'static str, Step)> {
    FIELDS.iter().map(|(name, step, _)| (*name, *step))
}

/// Whether a petition of a kind has a field.
pub fn belongs(field: &str, kind: Kind) -> bool {
    FIELDS.iter().any(|(name, _, kinds)| *name == field && kinds.contains(&kind))
}

impl Step {
    /// Every step in order.
    pub const ALL: [Step; 6] = [Step::Kind, Step::Against, Step::Place, Step::Story, Step::Person, Step::Review];

    /// The name that forms carry.
    pub fn code(self) -> &'static str {
        match self {
            Step::Kind => "kind",
            Step::Against => "against",
            Step::Place => "place",
            Step::Story => "story",
            Step::Person => "person",
            Step::Review => "review",
        }
    }

    /// The step of that name.
    pub fn from_code(code: &str) -> Option<Step> {
        Step::ALL.into_iter().find(|step| step.code() == code)
    }

    /// The step that asks for a field, or for what it is part of.
    pub fn asking(field: &str) -> Option<Step> {
        let within = |name: &str| name == field || name.split('.').next() == Some(field);
        fields().find(|(name, _)| within(name)).map(|(_, step)| step)
    }

    /// Its number, from 1.
    pub fn number(&self) -> usize {
        Step::ALL.iter().take_while(|step| *step != self).count() + 1
    }

    /// The one after it; the last stays.
    pub fn next(self) -> Step {
        Step::ALL.into_iter().nth(self.number()).unwrap_or(Step::Review)
    }

    /// The one before it; the first stays.
    pub fn before(self) -> Step {
        Step::ALL.into_iter().take_while(|step| *step != self).last().unwrap_or(Step::Kind)
    }

    /// What it asks, in a few words.
    pub fn title(&self, w: &Words) -> &'static str {
        match self {
            Step::Kind => w.t("Loại đơn", "Kind of petition"),
            Step::Against => w.t("Đối tượng", "Who or what it concerns"),
            Step::Place => w.t("Nơi xảy ra", "Where it happened"),
            Step::Story => w.t("Nội dung", "What happened"),
            Step::Person => w.t("Người gửi", "Who you are"),
            Step::Review => w.t("Xem lại và gửi", "Review and send"),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn steps_follow_each_other_both_ways() {
        for pair in Step::ALL.windows(2) {
            assert_eq!((pair[0].next(), pair[1].before()), (pair[1], pair[0]));
            assert_eq!(pair[1].number(), pair[0].number() + 1);
        }
        assert_eq!((Step::Kind.before(), Step::Review.next()), (Step::Kind, Step::Review));
        for step in Step::ALL {
            assert_eq!(Step::from_code(step.code()), Some(step));
        }
    }

    #[test]
    fn a_field_of_the_api_leads_to_the_step_that_asks_for_it() {
        for (field, step) in [
            ("kind", Step::Kind),
            ("against.agency", Step::Against),
            ("against", Step::Against),
            ("area", Step::Place),
            ("field", Step::Place),
            ("text", Step::Story),
            ("petitioner", Step::Person),
            ("petitioner.id_number", Step::Person),
            ("group.representatives", Step::Person),
            ("phone", Step::Person),
        ] {
            assert_eq!(Step::asking(field), Some(step), "{field}");
        }
        assert_eq!((Step::asking("body"), Step::asking(""), Step::asking("language")), (None, None, None));
        assert!(belongs("against.decision", Kind::Complaint) && !belongs("against.decision", Kind::Feedback));
    }
}
