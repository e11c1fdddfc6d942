//! Whether a step is lawful, told from the list of what happened.

use std::collections::BTreeSet;

use donthu_domain::time::local_date;
use donthu_domain::{Actor, Command, Document, Kind, Role, TerminationGround};
use jiff::Timestamp;
use jiff::civil::Date;

use super::{Did, History};
use crate::common::{AGENCIES, BOARD};

impl History {
    /// Whether the law and the roles allow a step to somebody at an instant.
    pub fn allows(&self, actor: &Actor, command: &Command, now: Timestamp) -> bool {
        let today = local_date(now);
        let stage = self.stage();
        let kind = self.kind();
        let in_hand = stage == "accepted" || stage == "suspended";
        let before_acceptance = stage == "awaiting_formalisation" || stage == "registered";
        match command {
            Command::Submit(_) | Command::Register { .. } => false,
            Command::Route => *actor == Actor::System && stage == "received",
            Command::Tick => *actor == Actor::System,
            Command::Withdraw => *actor == Actor::Citizen && self.may_be_withdrawn(),
            Command::Formalise { received_on } => {
                stage == "awaiting_formalisation"
                    && self.is_in_hands_of(actor, &[Role::Reception, Role::Head])
                    && self.submitted_on() <= *received_on
                    && *received_on <= today
            }
            Command::Assign { agency, handler } => {
                (before_acceptance || in_hand)
                    && self.is_in_hands_of(actor, &[Role::Reception, Role::Head])
                    && (agency.is_some() || handler.is_some())
                    && agency.as_ref().is_none_or(|to| before_acceptance && self.may_move_to(to.as_str()))
            }
            Command::Transfer { to } => before_acceptance && self.decides(actor) && self.may_move_to(to.as_str()),
            Command::Accept { document } => {
                stage == "registered" && self.decides(actor) && self.dated_well(document.as_ref(), today)
            }
            Command::Refuse { ground, document } => {
                stage == "registered"
                    && self.decides(actor)
                    && kind != Kind::Feedback
                    && ground.fits(kind)
                    && self.dated_well(document.as_ref(), today)
            }
            Command::Guide => stage == "registered" && self.decides(actor) && kind != Kind::Denunciation,
            Command::FindComplex { criteria, document } => {
                stage == "accepted"
                    && self.decides(actor)
                    && kind == Kind::Complaint
                    && !self.happened.iter().any(|(_, did)| *did == Did::FoundComplex)
                    && !criteria.is_empty()
                    && self.dated_well(Some(document), today)
                    && self.limit_still_runs(today)
            }
            Command::Extend { days, criteria, document } => {
                let different: BTreeSet<_> = criteria.iter().collect();
                let before = self.happened.iter().filter(|(_, did)| matches!(did, Did::Extended(_))).count();
                stage == "accepted"
                    && self.decides(actor)
                    && kind == Kind::Denunciation
                    && before < different.len().min(2)
                    && (1..=30).contains(days)
                    && self.dated_well(Some(document), today)
                    && self.limit_still_runs(today)
            }
            Command::Suspend { ground, document } => {
                stage == "accepted"
                    && self.decides(actor)
                    && ground.fits(kind)
                    && self.dated_well(document.as_ref(), today)
            }
            Command::Resume { document } => {
                stage == "suspended" && self.decides(actor) && self.dated_well(document.as_ref(), today)
            }
            Command::Terminate { ground, no_ground_to_continue, document } => {
                let withdrawal = *ground == TerminationGround::Withdrawal;
                (in_hand || (stage == "registered" && withdrawal))
                    && self.decides(actor)
                    && ground.fits(kind)
                    && (!withdrawal || self.withdrawal_was_asked_for())
                    && (!withdrawal || kind != Kind::Denunciation || *no_ground_to_continue)
                    && self.dated_well(document.as_ref(), today)
            }
            Command::Resolve { result, document } => {
                stage == "accepted"
                    && self.decides(actor)
                    && result.fits(kind)
                    && self.dated_well(document.as_ref(), today)
            }
            Command::Correct => stage == "resolved" && self.is_in_hands_of(actor, &[Role::Head]),
        }
    }

    fn withdrawal_was_asked_for(&self) -> bool {
        self.happened.iter().any(|(_, did)| *did == Did::AskedToWithdraw)
    }

    fn may_be_withdrawn(&self) -> bool {
        match self.stage() {
            "received" | "awaiting_formalisation" => true,
            "registered" | "accepted" | "suspended" => !self.withdrawal_was_asked_for(),
            _ => false,
        }
    }

    fn decides(&self, actor: &Actor) -> bool {
        self.is_in_hands_of(actor, &[Role::Handler, Role::Head])
    }

    /// Somebody of the responsible agency in one of the roles, who may see the case: a denunciation is for the managing
    /// head and the named handler, and for reception until it is registered, where no colleague is denounced.
    fn is_in_hands_of(&self, actor: &Actor, roles: &[Role]) -> bool {
        let Actor::Official { subject, agency, .. } = actor else { return false };
        if self.agency().as_deref() != Some(agency.as_str()) || agency.is_external() {
            return false;
        }
        let named = self.handler().as_deref() == Some(subject.as_str()) && actor.has(Role::Handler);
        let colleague =
            self.petition.against.agency.as_ref().map_or(agency.as_str() != BOARD, |denounced| denounced == agency);
        let receives = self.stage() == "awaiting_formalisation" && actor.has(Role::Reception) && !colleague;
        let sees = self.kind() != Kind::Denunciation || actor.has(Role::Head) || named || receives;
        sees && roles.iter().any(|role| actor.has(*role))
    }

    fn may_move_to(&self, to: &str) -> bool {
        let moves = self.happened.iter().filter(|(_, did)| matches!(did, Did::Moved { .. })).count();
        AGENCIES.iter().any(|(id, ..)| *id == to)
            && self.agency().as_deref() != Some(to)
            && !self.excluded().contains(to)
            && moves < 20
    }

    fn dated_well(&self, document: Option<&Document>, today: Date) -> bool {
        document.is_none_or(|d| d.date <= today && self.received_on().is_none_or(|received| received <= d.date))
    }

    fn limit_still_runs(&self, today: Date) -> bool {
        self.running().iter().any(|limit| ["C-R1", "D-R"].contains(&limit.rule) && today <= limit.due)
    }
}
