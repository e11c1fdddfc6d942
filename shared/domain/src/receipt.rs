//! What a citizen's receipt may say of the time that the agency has.

use crate::case::Case;
use crate::obligation::Obligation;
use crate::rules::{RuleBook, Start};

/// The limit that ends first among those which hold for a petition of any kind, right after it came in; `None` where none of
/// these runs yet.
///
/// Limits of one kind alone are passed over on purpose: whoever carries a receipt does not want it to say that they
/// denounced somebody, and the rule of a limit would.
pub fn first_deadline<'a>(case: &'a Case, rules: &RuleBook) -> Option<&'a Obligation> {
    let holds_for_all = |obligation: &&Obligation| {
        let rule = rules.in_force(&obligation.rule, obligation.started_on);
        rule.is_some_and(|rule| {
            // What begins with the submission: a limit of the lawful receipt runs at once for one kind and waits for another.
            rule.start == Start::Submitted && rule.kind.is_none() && rule.instance.is_none() && rule.matter.is_empty()
        })
    };
    let running = case.obligations.iter().filter(|obligation| obligation.is_running());
    running.filter(holds_for_all).min_by_key(|obligation| obligation.due_on)
}
