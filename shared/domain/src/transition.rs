//! A decision with everything that must be written together: the new case, its events, notices and counter changes.

use crate::case::Case;
use crate::command::Command;
use crate::decide::{self, Context, decide};
use crate::event::Event;
use crate::evolve::{EvolveError, evolve};
use crate::notice::{Notice, notices};
use crate::refusal::Refusal;
use crate::tally::{TallyDelta, deltas};

/// What one command did. All of it is written in one transaction, or none of it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Transition {
    /// The case afterwards, its version raised by one.
    pub after: Case,
    /// What happened.
    pub events: Vec<Event>,
    /// Who must be told.
    pub notices: Vec<Notice>,
    /// How the counters change.
    pub tally: Vec<TallyDelta>,
    /// The cases that came out of this one, each with its own transition from nothing.
    pub opened: Vec<Transition>,
}

/// Why a command led to nothing.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum TransitionError {
    /// The law or the rights refuse it.
    #[error(transparent)]
    Refused(#[from] Refusal),
    /// The decision does not fit the case: a fault of ours.
    #[error(transparent)]
    Inconsistent(#[from] EvolveError),
}

/// Decides a command and works out all that follows. No events, and so no transition to write, where nothing was to do
/// (a tick before its time).
///
/// # Errors
/// [`TransitionError::Refused`] where the step is not possible; nothing has changed then.
pub fn transition(
    case: Option<&Case>,
    command: &Command,
    context: &Context<'_>,
) -> Result<Option<Transition>, TransitionError> {
    let events = decide(case, command, context)?;
    if events.is_empty() {
        return Ok(None);
    }
    let mut transition = made(case, events, context)?;
    if let Some(case) = case {
        for events in decide::opened(case, command, context)? {
            transition.opened.push(made(None, events, context)?);
        }
    }
    Ok(Some(transition))
}

fn made(case: Option<&Case>, events: Vec<Event>, context: &Context<'_>) -> Result<Transition, EvolveError> {
    let after = applied(case, &events)?;
    let notices = notices(&after, &events, context.actor, context.directory, context.today());
    let tally = deltas(case, &events, &after, context.today());
    Ok(Transition { after, events, notices, tally, opened: Vec::new() })
}

/// The case after one transition's events, its version and step counted: what a recorded transition led to.
///
/// # Errors
/// [`EvolveError`] where an event does not fit the case.
pub fn applied(case: Option<&Case>, events: &[Event]) -> Result<Case, EvolveError> {
    let mut at = case.cloned();
    for event in events {
        at = Some(evolve(at, event)?);
    }
    let mut after = at.ok_or(EvolveError::NoSubmission)?;
    after.version += 1;
    if events.iter().any(changes_step) {
        after.step += 1;
    }
    Ok(after)
}

/// Whether what an official decides on has changed. Neither a milestone nor a message stales a form that somebody is filling in.
pub fn changes_step(event: &Event) -> bool {
    !matches!(event, Event::MilestonesReached { .. } | Event::MessageSent { .. } | Event::IdentityDisclosed { .. })
}
