//! Folds what has happened into the case. No rule is asked here: an event is a fact.

use crate::case::{Case, Stage};
use crate::event::Event;
use crate::ids::RuleId;
use crate::obligation::{Closure, Obligation, Suspension};

/// An event that can't follow the ones before it: the journal is damaged.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum EvolveError {
    /// The first event of a case isn't a submission.
    #[error("a case begins with a submission")]
    NoSubmission,
    /// A case was submitted twice.
    #[error("a case is submitted once")]
    SubmittedTwice,
    /// An event speaks of an obligation that the case does not have.
    #[error("the case has no obligation {0}")]
    NoObligation(RuleId),
    /// An event needs a stage that the case isn't in.
    #[error("the event cannot happen in stage {0}")]
    WrongStage(&'static str),
}

/// The case after an event. Version and step are not an event's business: [`crate::transition`] counts them.
///
/// # Errors
/// [`EvolveError`] where the event can't follow: only a damaged journal brings that about.
pub fn evolve(case: Option<Case>, event: &Event) -> Result<Case, EvolveError> {
    let Some(mut case) = case else { return begin(event) };
    match event {
        Event::Submitted { .. } => return Err(EvolveError::SubmittedTwice),
        Event::Assigned { to, .. } => case.agency = Some(to.clone()),
        Event::HandlerNamed { handler } => case.handler = Some(handler.clone()),
        Event::FormalisationAwaited => case.stage = Stage::AwaitingFormalisation,
        Event::Registered { received_on } => {
            case.received_on = Some(*received_on);
            case.stage = Stage::Registered;
        }
        Event::Accepted { on, document } => {
            case.stage =
                Stage::Accepted { acceptance: crate::case::Acceptance { on: *on, document: document.clone() } };
        }
        Event::Refused { ground, on, .. } => case.stage = Stage::Refused { ground: *ground, on: *on },
        Event::Guided { on } => case.stage = Stage::Guided { on: *on },
        Event::Transferred { to, .. } => {
            case.agency = Some(to.clone());
            case.handler = None;
            case.transfers += 1;
        }
        Event::FoundComplex { complexity } => case.complexity = Some(complexity.clone()),
        Event::Extended { .. } => {}
        Event::Suspended { ground, on, .. } => {
            let acceptance = acceptance(&case)?;
            case.stage = Stage::Suspended { acceptance, since: *on, ground: *ground };
            for obligation in case.obligations.iter_mut().filter(|o| o.is_open()) {
                obligation.suspensions.push(Suspension { from: *on, to: None });
            }
        }
        Event::Resumed { .. } => case.stage = Stage::Accepted { acceptance: acceptance(&case)? },
        Event::WithdrawalRequested { on } => case.withdrawal_requested_on = Some(*on),
        Event::Withdrawn { on } => case.stage = Stage::Withdrawn { on: *on },
        Event::Terminated { ground, on, .. } => {
            case.stage = Stage::Terminated { acceptance: acceptance(&case)?, ground: *ground, on: *on };
        }
        Event::Resolved { result, on, document, on_time } => {
            let resolution =
                crate::case::Resolution { result: *result, on: *on, document: document.clone(), on_time: *on_time };
            case.stage = Stage::Resolved { acceptance: acceptance(&case)?, resolution };
            case.resolutions += 1;
        }
        Event::Corrected { .. } => case.stage = Stage::Accepted { acceptance: acceptance(&case)? },
        Event::ObligationOpened { obligation } => case.obligations.push(obligation.clone()),
        Event::ObligationMoved { rule, days, suspensions, extensions, raw_end, due_on, provisional, plan } => {
            let obligation = owed(&mut case, rule)?;
            // The reminders belong to the due day: a new one is reminded of anew, the same one is not.
            if obligation.due_on != *due_on {
                obligation.raised.clear();
            }
            obligation.days = *days;
            obligation.suspensions.clone_from(suspensions);
            obligation.extensions.clone_from(extensions);
            obligation.raw_end = *raw_end;
            obligation.due_on = *due_on;
            obligation.provisional = *provisional;
            obligation.plan.clone_from(plan);
        }
        Event::ObligationClosed { rule, on, verdict } => {
            owed(&mut case, rule)?.closed = Some(Closure { on: *on, verdict: *verdict });
        }
        Event::ObligationReopened { rule } => {
            let obligation = case
                .obligations
                .iter_mut()
                .rev()
                .find(|o| &o.rule == rule)
                .ok_or_else(|| EvolveError::NoObligation(rule.clone()))?;
            obligation.closed = None;
        }
        Event::MilestonesReached { rule, reached, .. } => {
            owed(&mut case, rule)?.raised.extend_from_slice(reached);
        }
    }
    Ok(case)
}

fn begin(event: &Event) -> Result<Case, EvolveError> {
    let Event::Submitted { id, number, kind, instance, matter, channel, at, area, remote, field, against, contact } =
        event
    else {
        return Err(EvolveError::NoSubmission);
    };
    Ok(Case {
        id: id.clone(),
        number: number.clone(),
        kind: *kind,
        instance: *instance,
        matter: *matter,
        channel: *channel,
        version: 0,
        step: 0,
        stage: Stage::Received,
        submitted_at: *at,
        received_on: None,
        area: area.clone(),
        remote: *remote,
        field: field.clone(),
        against: against.clone(),
        contact: *contact,
        agency: None,
        handler: None,
        transfers: 0,
        complexity: None,
        withdrawal_requested_on: None,
        resolutions: 0,
        obligations: Vec::new(),
    })
}

fn acceptance(case: &Case) -> Result<crate::case::Acceptance, EvolveError> {
    case.stage.acceptance().cloned().ok_or(EvolveError::WrongStage(case.stage.code()))
}

fn owed<'a>(case: &'a mut Case, rule: &RuleId) -> Result<&'a mut Obligation, EvolveError> {
    case.obligations
        .iter_mut()
        .find(|o| &o.rule == rule && o.is_open())
        .ok_or_else(|| EvolveError::NoObligation(rule.clone()))
}
