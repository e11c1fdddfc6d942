//! While a case is being resolved: verification, dialogue, what is withdrawn and what goes on all the same.

use jiff::civil::Date;

use super::Context;
use crate::case::{Case, ContinuationGround, DialogueOutcome, Instance, Kind, ResultCode};
use crate::document::Document;
use crate::event::Event;
use crate::ids::RuleId;
use crate::refusal::Refusal;
use crate::time::{add_days, days_between};

/// More dialogues or partial withdrawals than this are no handling any more; it also bounds the case's size.
const MOST: usize = 20;

pub(super) fn verify(document: Option<&Document>, context: &Context<'_>) -> Vec<Event> {
    vec![Event::VerificationBegun { on: context.today(), document: document.cloned() }]
}

/// The parties get written notice so many days before (rule C-DLG). A dialogue that is still to come is put off by calling it
/// anew.
pub(super) fn call_dialogue(
    case: &Case,
    on: Date,
    document: Option<&Document>,
    context: &Context<'_>,
) -> Result<Vec<Event>, Refusal> {
    only_complaints(case, "call_dialogue")?;
    if case.dialogues.len() >= MOST {
        return Err(Refusal::TooMany { what: "dialogues" });
    }
    let today = context.today();
    let rule = context.rules.in_force(&RuleId::new("C-DLG"), today);
    let notice = rule.map_or(0, |rule| i32::from(rule.base));
    if days_between(today, on) < notice {
        return Err(Refusal::DialogueTooSoon { earliest: add_days(today, notice) });
    }
    Ok(vec![Event::DialogueCalled { on, notified_on: today, document: document.cloned() }])
}

pub(super) fn record_dialogue(
    case: &Case,
    outcome: DialogueOutcome,
    document: Option<&Document>,
    context: &Context<'_>,
) -> Result<Vec<Event>, Refusal> {
    only_complaints(case, "record_dialogue")?;
    let dialogue = case.dialogues.last().filter(|dialogue| dialogue.outcome.is_none()).ok_or(Refusal::NoDialogue)?;
    let today = context.today();
    if today < dialogue.on {
        return Err(Refusal::DialogueNotYet { on: dialogue.on });
    }
    Ok(vec![Event::DialogueRecorded { outcome, on: today, document: document.cloned() }])
}

/// A dialogue must come before a second-instance decision (Decree 124/2020 Art. 28.2), and before a first-instance one where
/// request and result of the verification differ, so unless everything is granted (Law on Complaints Art. 30; unverified, so a
/// province may say with policy `dialogue.first_instance` = `advised` that it only should). Whom nobody met because they stayed
/// away has had theirs.
pub(super) fn check_dialogue(case: &Case, result: ResultCode, context: &Context<'_>) -> Result<(), Refusal> {
    let needed = match case.instance {
        _ if case.kind != Kind::Complaint => false,
        Instance::Second => true,
        Instance::First | Instance::Continued => {
            let policy = context.directory.policy("dialogue.first_instance", context.today());
            policy.is_none_or(|policy| policy.value != "advised") && result != ResultCode::Founded
        }
    };
    let had = case.dialogues.iter().any(|dialogue| dialogue.outcome.is_some());
    if needed && !had { Err(Refusal::DialogueMissing) } else { Ok(()) }
}

pub(super) fn withdraw_part(case: &Case, document: &Document, context: &Context<'_>) -> Result<Vec<Event>, Refusal> {
    only_complaints(case, "withdraw_part")?;
    if case.partial_withdrawals.len() >= MOST {
        return Err(Refusal::TooMany { what: "partial withdrawals" });
    }
    Ok(vec![Event::PartlyWithdrawn { on: context.today(), document: document.clone() }])
}

pub(super) fn continue_withdrawn(
    case: &Case,
    grounds: &[ContinuationGround],
    document: Option<&Document>,
    context: &Context<'_>,
) -> Result<Vec<Event>, Refusal> {
    if case.kind != Kind::Denunciation {
        return Err(Refusal::NotForThisKind { command: "continue_withdrawn", kind: case.kind });
    }
    if case.withdrawal_requested_on.is_none() {
        return Err(Refusal::NoWithdrawalRequested);
    }
    let grounds: std::collections::BTreeSet<ContinuationGround> = grounds.iter().copied().collect();
    if grounds.is_empty() {
        return Err(Refusal::ContinuationGroundMissing);
    }
    let grounds = grounds.into_iter().collect();
    Ok(vec![Event::WithdrawalOverruled { grounds, on: context.today(), document: document.cloned() }])
}

fn only_complaints(case: &Case, command: &'static str) -> Result<(), Refusal> {
    if case.kind == Kind::Complaint { Ok(()) } else { Err(Refusal::NotForThisKind { command, kind: case.kind }) }
}
