//! Folds what has happened into the case. No rule is asked here: an event is a fact.

use jiff::civil::Date;

use crate::case::{Acceptance, Case, Dialogue, Disclosure, Messages, OverdueReport, Resolution, Side, Stage};
use crate::command::Sending;
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
    case.documents.extend(event.issued(case.kind));
    match event {
        Event::Submitted { .. } => return Err(EvolveError::SubmittedTwice),
        Event::Assigned { to, .. } => case.agency = Some(to.clone()),
        Event::HandlerNamed { handler } => case.handler = Some(handler.clone()),
        Event::DenouncedNamed { denounced } => {
            case.denounced.clone_from(denounced);
            case.handler = case.handler.take().filter(|handler| !denounced.contains(handler));
        }
        Event::FormalisationAwaited => case.stage = Stage::AwaitingFormalisation,
        Event::Registered { received_on } => {
            case.received_on = Some(*received_on);
            case.stage = Stage::Registered;
        }
        Event::Accepted { on, document } => {
            case.stage = Stage::Accepted { acceptance: Acceptance { on: *on, document: document.clone() } };
        }
        Event::Refused { ground, on, .. } => case.stage = Stage::Refused { ground: *ground, on: *on },
        Event::Guided { to, on, .. } => case.stage = Stage::Guided { to: to.clone(), on: *on },
        Event::Filed { ground, on, .. } => case.stage = Stage::Filed { ground: *ground, on: *on },
        Event::UsedForInspection { on, .. } => case.stage = Stage::UsedForInspection { on: *on },
        Event::Referred { on, .. } => case.stage = Stage::Referred { on: *on },
        Event::LinkedAsDuplicate { of, on, .. } => case.stage = Stage::Duplicate { of: of.clone(), on: *on },
        Event::Divided { on, children, .. } => {
            case.stage = Stage::Divided { on: *on };
            case.children.extend_from_slice(children);
        }
        Event::Followed { child } => case.children.push(child.clone()),
        Event::Transferred { to, .. } => {
            case.agency = Some(to.clone());
            case.handler = None;
            case.transfers += 1;
        }
        Event::VerificationBegun { on, .. } => {
            case.stage = Stage::Verifying { acceptance: acceptance(&case)?, since: *on };
        }
        Event::DialogueCalled { on, notified_on, .. } => {
            // One that is called while another one is to come takes its place.
            case.dialogues.pop_if(|dialogue| dialogue.outcome.is_none());
            case.dialogues.push(Dialogue { on: *on, notified_on: *notified_on, outcome: None });
        }
        Event::DialogueRecorded { outcome, .. } => {
            let stage = case.stage.code();
            let dialogue = case.dialogues.last_mut().ok_or(EvolveError::WrongStage(stage))?;
            dialogue.outcome = Some(*outcome);
        }
        Event::FoundComplex { complexity } => case.complexity = Some(complexity.clone()),
        Event::Extended { .. } => {}
        Event::Suspended { ground, on, document } => {
            let acceptance = acceptance(&case)?;
            let verifying_since = case.stage.verifying_since();
            case.stage = Stage::Suspended {
                acceptance,
                verifying_since,
                since: *on,
                ground: *ground,
                document: document.clone(),
            };
            for obligation in case.obligations.iter_mut().filter(|o| o.is_open() && o.duty.pauses()) {
                obligation.suspensions.push(Suspension { from: *on, to: None });
            }
        }
        Event::Resumed { .. } => {
            let acceptance = acceptance(&case)?;
            case.stage = match case.stage.verifying_since() {
                Some(since) => Stage::Verifying { acceptance, since },
                None => Stage::Accepted { acceptance },
            };
        }
        Event::PartlyWithdrawn { on, .. } => case.partial_withdrawals.push(*on),
        Event::WithdrawalOverruled { .. } => case.withdrawal_requested_on = None,
        Event::WithdrawalRequested { on, .. } => case.withdrawal_requested_on = Some(*on),
        Event::Withdrawn { on, .. } => case.stage = Stage::Withdrawn { on: *on },
        Event::Terminated { ground, on, .. } => {
            case.stage = Stage::Terminated { acceptance: acceptance(&case)?, ground: *ground, on: *on };
        }
        Event::Resolved { result, on, document, on_time } => {
            let document = document.clone();
            let resolution =
                Resolution { result: *result, on: *on, document, on_time: *on_time, sent_on: None, effective_on: None };
            case.stage = Stage::Resolved { acceptance: acceptance(&case)?, resolution };
            case.resolutions += 1;
        }
        Event::Corrected { .. } => case.stage = Stage::Accepted { acceptance: acceptance(&case)? },
        Event::Dispatched { what: Sending::Decision, on, .. } => {
            if let Stage::Resolved { resolution, .. } = &mut case.stage {
                resolution.sent_on.get_or_insert(*on);
            }
        }
        Event::Dispatched { .. }
        | Event::Published { .. }
        | Event::Enforced { .. }
        | Event::CalendarProclaimed { .. } => {}
        Event::TookEffect { on } => match &mut case.stage {
            Stage::Resolved { resolution, .. } => resolution.effective_on = Some(*on),
            other => return Err(EvolveError::WrongStage(other.code())),
        },
        Event::OverdueReported { on, superior } => {
            let superior = superior.clone();
            case.overdue_report =
                Some(OverdueReport { reported_on: *on, superior, demanded_on: None, answered_on: None });
        }
        Event::ReportDemanded { on, .. } => report(&mut case)?.demanded_on = Some(*on),
        Event::ReportAnswered { on, .. } => report(&mut case)?.answered_on = Some(*on),
        Event::MessageSent { by, number } => {
            case.messages.count = *number;
            case.messages.unanswered = match by {
                Side::Citizen => case.messages.unanswered + 1,
                Side::Agency => 0,
            };
        }
        Event::IdentityDisclosed { to, agency, reason, on } => {
            let (to, agency) = (to.clone(), agency.clone());
            case.disclosures.push(Disclosure { to, agency, reason: *reason, on: *on });
        }
        Event::ObligationOpened { obligation } => case.obligations.push(obligation.clone()),
        Event::ObligationMoved {
            rule,
            started_on,
            days,
            suspensions,
            extensions,
            raw_end,
            due_on,
            provisional,
            plan,
        } => {
            let obligation = owed(&mut case, rule, *started_on)?;
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
        Event::ObligationClosed { rule, started_on, on, verdict } => {
            owed(&mut case, rule, *started_on)?.closed = Some(Closure { on: *on, verdict: *verdict });
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
        Event::MilestonesReached { rule, started_on, reached, .. } => {
            owed(&mut case, rule, *started_on)?.raised.extend_from_slice(reached);
        }
    }
    Ok(case)
}

fn begin(event: &Event) -> Result<Case, EvolveError> {
    let Event::Submitted {
        id,
        number,
        kind,
        instance,
        matter,
        channel,
        at,
        area,
        remote,
        field,
        against,
        contact,
        group,
        origin,
    } = event
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
        group: *group,
        origin: origin.clone(),
        children: Vec::new(),
        agency: None,
        handler: None,
        denounced: Vec::new(),
        transfers: 0,
        complexity: None,
        withdrawal_requested_on: None,
        partial_withdrawals: Vec::new(),
        dialogues: Vec::new(),
        overdue_report: None,
        documents: Vec::new(),
        messages: Messages::default(),
        disclosures: Vec::new(),
        resolutions: 0,
        obligations: Vec::new(),
    })
}

fn report(case: &mut Case) -> Result<&mut OverdueReport, EvolveError> {
    let stage = case.stage.code();
    case.overdue_report.as_mut().ok_or(EvolveError::WrongStage(stage))
}

fn acceptance(case: &Case) -> Result<Acceptance, EvolveError> {
    case.stage.acceptance().cloned().ok_or(EvolveError::WrongStage(case.stage.code()))
}

fn owed<'a>(case: &'a mut Case, rule: &RuleId, started_on: Date) -> Result<&'a mut Obligation, EvolveError> {
    case.obligations
        .iter_mut()
        .find(|o| &o.rule == rule && o.started_on == started_on && o.is_open())
        .ok_or_else(|| EvolveError::NoObligation(rule.clone()))
}
