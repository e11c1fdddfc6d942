//! Which commands a stage knows, and which roles may give them.

use super::Context;
use crate::actor::{Actor, Role};
use crate::case::{Case, Stage};
use crate::command::Command;
use crate::competence::excluded_from;
use crate::refusal::Refusal;
use crate::visibility::{READERS, Sight, custodian_of, is_out, sight};

/// The codes of the commands that a stage knows besides the passing of time, messages and the opening of an identity.
fn possible(stage: &Stage) -> &'static [&'static str] {
    match stage {
        Stage::Received => &["route", "withdraw"],
        Stage::AwaitingFormalisation => &[
            "formalise",
            "assign",
            "transfer",
            "file",
            "use_for_inspection",
            "refer",
            "link_duplicate",
            "divide",
            "withdraw",
        ],
        Stage::Registered => &[
            "accept",
            "refuse",
            "guide",
            "assign",
            "transfer",
            "file",
            "use_for_inspection",
            "refer",
            "link_duplicate",
            "divide",
            "withdraw",
            "withdraw_part",
            "terminate",
        ],
        Stage::Accepted { .. } => &[
            "verify",
            "resolve",
            "assign",
            "call_dialogue",
            "record_dialogue",
            "find_complex",
            "extend",
            "suspend",
            "withdraw",
            "withdraw_part",
            "continue_withdrawn",
            "terminate",
            "dispatch",
            "appeal",
            "continue",
            "report_overdue",
            "demand_report",
            "answer_demand",
        ],
        Stage::Verifying { .. } => &[
            "resolve",
            "assign",
            "call_dialogue",
            "record_dialogue",
            "find_complex",
            "extend",
            "suspend",
            "withdraw",
            "withdraw_part",
            "continue_withdrawn",
            "terminate",
            "dispatch",
            "appeal",
            "continue",
            "report_overdue",
            "demand_report",
            "answer_demand",
        ],
        Stage::Suspended { .. } => &[
            "resume",
            "assign",
            "withdraw",
            "withdraw_part",
            "continue_withdrawn",
            "terminate",
            "dispatch",
            "appeal",
            "continue",
            "report_overdue",
            "demand_report",
            "answer_demand",
        ],
        Stage::Resolved { .. } => &["dispatch", "publish", "enforce", "correct", "appeal", "continue", "answer_demand"],
        Stage::Terminated { .. } => &["dispatch", "answer_demand"],
        Stage::Refused { .. }
        | Stage::Guided { .. }
        | Stage::Withdrawn { .. }
        | Stage::Filed { .. }
        | Stage::UsedForInspection { .. }
        | Stage::Referred { .. }
        | Stage::Duplicate { .. }
        | Stage::Divided { .. } => &[],
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

/// Who may give a command: the citizen, the machinery, or officials in one of some roles.
enum Allowed {
    Citizen,
    System,
    /// Officials of the responsible agency.
    Own(&'static [Role]),
    /// The citizen, or officials of the responsible agency or of one above it who enter a paper.
    CitizenOrAbove(&'static [Role]),
    /// The citizen, or officials of the responsible agency who may read the text.
    CitizenOrReader(&'static [Role]),
    /// A custodian who may not read the text: nobody sees both who and what. Of the responsible agency or, where a colleague
    /// is denounced there, of the one above it.
    Custodian,
    /// Officials of the superior that was told of an overdue conclusion.
    Superior(&'static [Role]),
}

fn allowed(command: &Command) -> Allowed {
    match command {
        Command::Submit(_) | Command::Withdraw => Allowed::Citizen,
        Command::Route | Command::Tick => Allowed::System,
        Command::Appeal { .. } | Command::Continue { .. } | Command::ReportOverdue => {
            Allowed::CitizenOrAbove(&[Role::Reception, Role::Head])
        }
        Command::SendMessage => Allowed::CitizenOrReader(&[Role::Reception, Role::Handler, Role::Head]),
        Command::DiscloseIdentity { .. } => Allowed::Custodian,
        Command::DemandReport { .. } => Allowed::Superior(&[Role::Head]),
        Command::Correct { .. } => Allowed::Own(&[Role::Head]),
        Command::Register { .. }
        | Command::Formalise { .. }
        | Command::Assign { .. }
        | Command::File { .. }
        | Command::LinkDuplicate { .. }
        | Command::Divide { .. } => Allowed::Own(&[Role::Reception, Role::Head]),
        Command::Accept { .. }
        | Command::Refuse { .. }
        | Command::Guide { .. }
        | Command::Transfer { .. }
        | Command::UseForInspection { .. }
        | Command::Refer { .. }
        | Command::Verify { .. }
        | Command::CallDialogue { .. }
        | Command::RecordDialogue { .. }
        | Command::FindComplex { .. }
        | Command::Extend { .. }
        | Command::Suspend { .. }
        | Command::Resume { .. }
        | Command::WithdrawPart { .. }
        | Command::ContinueWithdrawn { .. }
        | Command::Terminate { .. }
        | Command::Resolve { .. }
        | Command::Dispatch { .. }
        | Command::Publish { .. }
        | Command::Enforce { .. }
        | Command::AnswerDemand { .. } => Allowed::Own(&[Role::Handler, Role::Head]),
    }
}

/// Checks the actor first, so that a stranger learns nothing of the stage.
pub(super) fn check(case: Option<&Case>, command: &Command, context: &Context<'_>) -> Result<(), Refusal> {
    let not_allowed = Err(Refusal::RoleNotAllowed { command: command.code() });
    let allowed = allowed(command);
    match (&allowed, context.actor) {
        (Allowed::Citizen | Allowed::CitizenOrAbove(_) | Allowed::CitizenOrReader(_), Actor::Citizen)
        | (Allowed::System, Actor::System) => {
            return stage_knows(case, command);
        }
        (Allowed::Citizen | Allowed::System, _) => return not_allowed,
        (_, Actor::Citizen | Actor::System) if case.is_none() => return not_allowed,
        _ => {}
    }
    let today = context.today();
    match case {
        // Whoever was of an agency that is closed is of none.
        None if context.actor.agency().is_some_and(|agency| context.directory.agency(agency, today).is_none()) => {
            return not_allowed;
        }
        Some(case)
            if is_out(context.actor, case, context.directory, today) || !is_in_charge(case, &allowed, context) =>
        {
            return Err(Refusal::NotYourCase);
        }
        _ => {}
    }
    let roles = match allowed {
        Allowed::Own(roles)
        | Allowed::CitizenOrAbove(roles)
        | Allowed::CitizenOrReader(roles)
        | Allowed::Superior(roles) => roles,
        Allowed::Custodian => &[Role::IdentityCustodian],
        Allowed::Citizen | Allowed::System => return not_allowed,
    };
    let both = matches!(allowed, Allowed::Custodian) && READERS.iter().any(|role| context.actor.has(*role));
    if both || !roles.iter().any(|role| context.actor.has(*role)) {
        return not_allowed;
    }
    stage_knows(case, command)
}

fn is_in_charge(case: &Case, allowed: &Allowed, context: &Context<'_>) -> bool {
    let (Some(agency), Some(responsible)) = (context.actor.agency(), case.agency.as_ref()) else { return false };
    let today = context.today();
    let sight = || sight(context.actor, case, context.directory, today);
    let sees = || sight() != Sight::Nothing;
    match allowed {
        Allowed::CitizenOrReader(_) => agency == responsible && sight() == Sight::Full,
        Allowed::Custodian => {
            custodian_of(case, context.directory, today).as_ref() == Some(agency) && sight() != Sight::Full
        }
        Allowed::Superior(_) => case.overdue_report.as_ref().is_some_and(|report| &report.superior == agency) && sees(),
        // A second complaint and a continued denunciation are handed in at the superior, who may not see the case yet.
        // Whoever there may not enter one learns nothing.
        Allowed::CitizenOrAbove(roles) if agency != responsible => {
            let excluded = excluded_from(case, context.directory, today);
            context.directory.is_within(responsible, agency, today)
                && !excluded.contains(agency)
                && roles.iter().any(|role| context.actor.has(*role))
        }
        _ => agency == responsible && sees(),
    }
}

fn stage_knows(case: Option<&Case>, command: &Command) -> Result<(), Refusal> {
    let Some(case) = case else { return Ok(()) };
    let beside = matches!(command, Command::Tick | Command::SendMessage | Command::DiscloseIdentity { .. });
    let known = beside || possible(&case.stage).contains(&command.code());
    if known { Ok(()) } else { Err(impossible(case, command)) }
}
