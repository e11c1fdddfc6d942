//! When a document may be dated. Its date is kept, but no verdict follows from it: what counts is the day on which the step was
//! recorded, so that nobody can back-date one.

use jiff::civil::Date;

use super::Context;
use super::intake::not_in_future;
use crate::case::{Case, Stage};
use crate::command::{Command, Sending};
use crate::document::Document;
use crate::refusal::Refusal;

/// A document is dated today at the latest, and not before what it follows.
pub(super) fn check(case: &Case, command: &Command, context: &Context<'_>) -> Result<(), Refusal> {
    if let Some(document) = command.document() {
        dated("document.date", document, earliest(case, command), context)?;
    }
    if let Command::Terminate { withdrawal: Some(document), .. } = command {
        dated("withdrawal.date", document, case.received_on, context)?;
    }
    Ok(())
}

fn dated(
    field: &'static str,
    document: &Document,
    earliest: Option<Date>,
    context: &Context<'_>,
) -> Result<(), Refusal> {
    not_in_future(field, document.date, context)?;
    match earliest {
        Some(earliest) if document.date < earliest => {
            Err(Refusal::DateTooEarly { field, date: document.date, earliest })
        }
        _ => Ok(()),
    }
}

/// The day of what a document follows: of the document that said so, or on which it was recorded.
fn earliest(case: &Case, command: &Command) -> Option<Date> {
    let after = |document: Option<&Document>, on: Date| Some(document.map_or(on, |document| document.date));
    let accepted = || {
        let acceptance = case.stage.acceptance()?;
        after(acceptance.document.as_ref(), acceptance.on)
    };
    let stopped = || match &case.stage {
        Stage::Suspended { since, document, .. } => after(document.as_ref(), *since),
        _ => accepted(),
    };
    let decided = || match &case.stage {
        Stage::Resolved { resolution, .. } => after(resolution.document.as_ref(), resolution.on),
        _ => accepted(),
    };
    let earliest = match command {
        Command::RecordDialogue { .. } => case.dialogues.last().map(|dialogue| dialogue.on),
        Command::Resume { .. } => stopped(),
        Command::Dispatch { what: Sending::Decision, .. }
        | Command::Publish { .. }
        | Command::Enforce { .. }
        | Command::Correct { .. } => decided(),
        Command::DemandReport { .. } => case.overdue_report.as_ref().map(|report| report.reported_on),
        Command::AnswerDemand { .. } => case.overdue_report.as_ref().and_then(|report| report.demanded_on),
        // Written by the citizen, perhaps while the agency was still deciding whether to accept.
        Command::WithdrawPart { .. } => None,
        _ => accepted(),
    };
    earliest.or(case.received_on)
}
