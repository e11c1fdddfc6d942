//! Who may do what in which stage, and what follows. The only place that says so.

use jiff::Timestamp;
use jiff::civil::Date;

use crate::actor::Actor;
use crate::calendar::Calendar;
use crate::case::Case;
use crate::command::Command;
use crate::competence::rehomed;
use crate::event::Event;
use crate::reference::Directory;
use crate::refusal::Refusal;
use crate::rules::RuleBook;
use crate::time;
use crate::transition::applied;

mod aftermath;
mod children;
mod correspondence;
mod documents;
mod filing;
mod intake;
mod obligations;
mod possible;
mod resolving;
mod rights;
mod tick;
mod verifying;

pub(crate) use self::children::opened;
pub use self::children::time_to_appeal;
pub use self::possible::{Choices, Paper, PossibleStep, possible_steps};

/// What a decision may rest on besides the case and the command.
#[derive(Debug, Clone, Copy)]
pub struct Context<'a> {
    /// The instant.
    pub now: Timestamp,
    /// Who commands.
    pub actor: &'a Actor,
    /// The deadline rules.
    pub rules: &'a RuleBook,
    /// The working days.
    pub calendar: &'a Calendar,
    /// The reference data.
    pub directory: &'a Directory,
}

impl Context<'_> {
    /// The legal date of the instant.
    pub fn today(&self) -> Date {
        time::local_date(self.now)
    }
}

/// What a command makes happen; nothing where a tick finds nothing to do.
///
/// # Errors
/// [`Refusal`] where the actor may not, the stage does not allow it, or the law refuses.
pub fn decide(case: Option<&Case>, command: &Command, context: &Context<'_>) -> Result<Vec<Event>, Refusal> {
    let today = context.today();
    if !context.calendar.covers(today) {
        return Err(Refusal::OutsideCalendar(today));
    }
    rights::check(case, command, context)?;
    let Some(case) = case else {
        return match command {
            Command::Submit(petition) => intake::submit(petition, context),
            Command::Register { petition, channel, received_on } => {
                intake::register(petition, *channel, *received_on, context)
            }
            _ => Err(Refusal::ImpossibleStep {
                stage: "none",
                command: command.code(),
                possible: vec!["submit", "register"],
            }),
        };
    };
    let Some(moved) = moved(case, context) else { return step(case, command, context) };
    let mut events = vec![moved];
    let after = applied(Some(case), &events).map_err(|_| rights::impossible(case, command))?;
    events.extend(step(&after, command, context)?);
    Ok(events)
}

/// That a reorganisation has taken the case from its agency. It goes on its way with the first thing that happens afterwards, a
/// tick at the latest: nothing more is counted under who must not learn of it.
fn moved(case: &Case, context: &Context<'_>) -> Option<Event> {
    let on = context.today();
    let (from, to) = (case.agency.clone()?, rehomed(case, context.directory, on)?);
    Some(Event::Transferred { from, to, on, document: None })
}

fn step(case: &Case, command: &Command, context: &Context<'_>) -> Result<Vec<Event>, Refusal> {
    documents::check(case, command, context)?;
    match command {
        Command::Submit(_) | Command::Register { .. } => Err(rights::impossible(case, command)),
        Command::Route => intake::route(case, context),
        Command::Formalise { received_on } => intake::formalise(case, *received_on, context),
        Command::Assign { agency, handler, denounced } => {
            intake::assign(case, agency.as_ref(), handler.as_ref(), denounced.as_deref(), context)
        }
        Command::Accept { group_papers, document } => intake::accept(case, *group_papers, document.as_ref(), context),
        Command::Refuse { ground, document } => intake::refuse(case, *ground, document.as_ref(), context),
        Command::Guide { to, document } => intake::guide(case, to, document.as_ref(), context),
        Command::Transfer { to, document } => intake::transfer(case, to, document.as_ref(), context),
        Command::File { ground, document } => filing::file(case, *ground, document.as_ref(), context),
        Command::UseForInspection { document } => filing::use_for_inspection(case, document.as_ref(), context),
        Command::Refer { document } => filing::refer(case, document, context),
        Command::LinkDuplicate { of, document } => filing::link_duplicate(case, of, document.as_ref(), context),
        Command::Divide { parts, document } => children::divide(case, parts, document.as_ref(), context),
        Command::Verify { document } => Ok(verifying::verify(document.as_ref(), context)),
        Command::CallDialogue { on, document } => verifying::call_dialogue(case, *on, document.as_ref(), context),
        Command::RecordDialogue { outcome, document } => {
            verifying::record_dialogue(case, *outcome, document.as_ref(), context)
        }
        Command::FindComplex { criteria, document } => {
            resolving::find_complex(case, command, criteria, document, context)
        }
        Command::Extend { days, criteria, document } => {
            resolving::extend(case, command, *days, criteria, document, context)
        }
        Command::Suspend { ground, document } => resolving::suspend(case, *ground, document.as_ref(), context),
        Command::Resume { document } => resolving::resume(case, document.as_ref(), context),
        Command::Withdraw => resolving::withdraw(case, context),
        Command::Terminate { ground, no_ground_to_continue, withdrawal, document } => {
            let papers = (withdrawal.as_ref(), document.as_ref());
            resolving::terminate(case, *ground, *no_ground_to_continue, papers, context)
        }
        Command::Resolve { result, document } => resolving::resolve(case, *result, document.as_ref(), context),
        Command::WithdrawPart { document } => verifying::withdraw_part(case, document, context),
        Command::ContinueWithdrawn { grounds, document } => {
            verifying::continue_withdrawn(case, grounds, document.as_ref(), context)
        }
        Command::Correct { document } => resolving::correct(case, document.as_ref(), context),
        Command::Dispatch { what, document } => aftermath::dispatch(case, *what, document.as_ref(), context),
        Command::Publish { document } => aftermath::publish(case, document.as_ref(), context),
        Command::Enforce { document } => aftermath::enforce(case, document, context),
        Command::Appeal { opening, good_reason, received_on } => {
            children::appeal(case, opening, *good_reason, *received_on, context)
        }
        Command::Continue { opening, received_on } => children::carry_on(case, opening, *received_on, context),
        Command::ReportOverdue => aftermath::report_overdue(case, context),
        Command::DemandReport { document } => aftermath::demand_report(case, document.as_ref(), context),
        Command::AnswerDemand { document } => aftermath::answer_demand(case, document.as_ref(), context),
        Command::SendMessage => correspondence::send_message(case, context),
        Command::DiscloseIdentity { to, reason } => correspondence::disclose_identity(case, to, *reason, context),
        Command::Tick => tick::tick(case, context),
    }
}
