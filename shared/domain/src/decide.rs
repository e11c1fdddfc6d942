//! Who may do what in which stage, and what follows. The only place that says so.

use jiff::Timestamp;
use jiff::civil::Date;

use crate::actor::Actor;
use crate::calendar::Calendar;
use crate::case::Case;
use crate::command::Command;
use crate::event::Event;
use crate::reference::Directory;
use crate::refusal::Refusal;
use crate::rules::RuleBook;
use crate::time;

mod aftermath;
mod children;
mod filing;
mod intake;
mod obligations;
mod resolving;
mod rights;
mod tick;
mod verifying;

pub(crate) use self::children::opened;

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
    match command {
        Command::Submit(_) | Command::Register { .. } => Err(rights::impossible(case, command)),
        Command::Route => intake::route(case, context),
        Command::Formalise { received_on } => intake::formalise(case, *received_on, context),
        Command::Assign { agency, handler } => intake::assign(case, agency.as_ref(), handler.as_ref(), context),
        Command::Accept { group_papers, document } => intake::accept(case, *group_papers, document.as_ref(), context),
        Command::Refuse { ground, document } => intake::refuse(case, *ground, document.as_ref(), context),
        Command::Guide { document } => intake::guide(case, document.as_ref(), context),
        Command::Transfer { to, document } => intake::transfer(case, to, document.as_ref(), context),
        Command::File { ground } => filing::file(case, *ground, context),
        Command::UseForInspection => filing::use_for_inspection(case, context),
        Command::Refer { document } => filing::refer(case, document, context),
        Command::LinkDuplicate { of } => filing::link_duplicate(case, of, context),
        Command::Divide { parts } => children::divide(case, parts, context),
        Command::Verify => Ok(verifying::verify(context)),
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
        Command::Terminate { ground, no_ground_to_continue, document } => {
            resolving::terminate(case, *ground, *no_ground_to_continue, document.as_ref(), context)
        }
        Command::Resolve { result, document } => resolving::resolve(case, *result, document.as_ref(), context),
        Command::WithdrawPart { document } => verifying::withdraw_part(case, document, context),
        Command::ContinueWithdrawn { grounds } => verifying::continue_withdrawn(case, grounds, context),
        Command::Correct => resolving::correct(case, context),
        Command::Dispatch { what } => aftermath::dispatch(case, *what, context),
        Command::Publish => aftermath::publish(case, context),
        Command::Enforce { document } => aftermath::enforce(case, document, context),
        Command::Appeal { opening, good_reason } => children::appeal(case, opening, *good_reason, context),
        Command::Continue { opening } => children::carry_on(case, opening, context),
        Command::ReportOverdue => aftermath::report_overdue(case, context),
        Command::DemandReport => aftermath::demand_report(case, context),
        Command::AnswerDemand => aftermath::answer_demand(case, context),
        Command::Tick => tick::tick(case, context),
    }
}
