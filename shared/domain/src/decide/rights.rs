//! Which commands a stage knows, and which roles may give them.

use super::Context;
use crate::actor::{Actor, Role};
use crate::case::{Case, Stage};
use crate::command::Command;
use crate::refusal::Refusal;
use crate::visibility::{Sight, sight};

/// The codes of the commands that a stage knows besides the passing of time.
fn possible(stage: &Stage) -> &'static [&'static str] {
    match stage {
        Stage::Received => &["route", "withdraw"],
        Stage::AwaitingFormalisation => &["formalise", "assign", "transfer", "withdraw"],
        Stage::Registered => &["accept", "refuse", "guide", "assign", "transfer", "withdraw", "terminate"],
        Stage::Accepted { .. } => &["assign", "find_complex", "extend", "suspend", "withdraw", "terminate", "resolve"],
        Stage::Suspended { .. } => &["assign", "resume", "withdraw", "terminate"],
        Stage::Resolved { .. } => &["correct"],
        Stage::Refused { .. } | Stage::Guided { .. } | Stage::Terminated { .. } | Stage::Withdrawn { .. } => &[],
    }
}

/// That the stage does not know the command, with what it knows instead.
pub(super) fn impossible(case: &Case, command: &Command) -> Refusal {
    Refusal::ImpossibleStep {
        stage: case.stage.code(),
        command: command.code(),
        possible: possible(&case.stage).to_vec(),
    }
}

/// Checks the actor first, so that a stranger learns nothing of the stage.
pub(super) fn check(case: Option<&Case>, command: &Command, context: &Context<'_>) -> Result<(), Refusal> {
    let not_allowed = || Err(Refusal::RoleNotAllowed { command: command.code() });
    let roles: &[Role] = match command {
        Command::Submit(_) | Command::Withdraw => {
            return if *context.actor == Actor::Citizen { stage_knows(case, command) } else { not_allowed() };
        }
        Command::Route | Command::Tick => {
            return if *context.actor == Actor::System { stage_knows(case, command) } else { not_allowed() };
        }
        Command::Register { .. } | Command::Formalise { .. } | Command::Assign { .. } => &[Role::Reception, Role::Head],
        Command::Correct => &[Role::Head],
        Command::Accept { .. }
        | Command::Refuse { .. }
        | Command::Guide
        | Command::Transfer { .. }
        | Command::FindComplex { .. }
        | Command::Extend { .. }
        | Command::Suspend { .. }
        | Command::Resume { .. }
        | Command::Terminate { .. }
        | Command::Resolve { .. } => &[Role::Handler, Role::Head],
    };
    if let Some(case) = case {
        let own = context.actor.agency().is_some() && context.actor.agency() == case.agency.as_ref();
        if !own || sight(context.actor, case, context.directory, context.today()) == Sight::Nothing {
            return Err(Refusal::NotYourCase);
        }
    }
    if !roles.iter().any(|role| context.actor.has(*role)) {
        return not_allowed();
    }
    stage_knows(case, command)
}

fn stage_knows(case: Option<&Case>, command: &Command) -> Result<(), Refusal> {
    let Some(case) = case else { return Ok(()) };
    let known = matches!(command, Command::Tick) || possible(&case.stage).contains(&command.code());
    if known { Ok(()) } else { Err(impossible(case, command)) }
}
