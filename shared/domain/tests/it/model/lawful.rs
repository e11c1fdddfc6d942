//! Whether a step is lawful, told from the list of what happened.

use std::collections::BTreeSet;

use donthu_domain::time::{add_days, local_date};
use donthu_domain::{Actor, Command, Document, Instance, Kind, Role, Sending, TerminationGround};
use jiff::Timestamp;
use jiff::civil::{Date, date};

use super::limits::{ARTICLES, Article, By, Clock, Days};
use super::{Did, History, Limit};
use crate::common::{AGENCIES, BOARD, CHAIR, ISLAND};

impl History {
    /// Whether the law and the roles allow a step to somebody at an instant.
    pub fn allows(&self, actor: &Actor, command: &Command, now: Timestamp) -> bool {
        let today = local_date(now);
        let stage = self.stage();
        let kind = self.kind();
        let resolving = stage == "accepted" || stage == "verifying";
        let in_hand = resolving || stage == "suspended";
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
            Command::Transfer { to, document } => {
                before_acceptance
                    && self.decides(actor)
                    && self.may_move_to(to.as_str())
                    && self.dated_well(document.as_ref(), today)
            }
            Command::Accept { document, .. } => {
                stage == "registered" && self.decides(actor) && self.dated_well(document.as_ref(), today)
            }
            Command::Refuse { ground, document } => {
                stage == "registered"
                    && self.decides(actor)
                    && kind != Kind::Feedback
                    && ground.fits(kind)
                    && self.dated_well(document.as_ref(), today)
            }
            Command::Guide { document } => {
                stage == "registered"
                    && self.decides(actor)
                    && kind == Kind::Complaint
                    && self.dated_well(document.as_ref(), today)
            }
            Command::File { ground } => {
                before_acceptance && self.is_in_hands_of(actor, &[Role::Reception, Role::Head]) && ground.fits(kind)
            }
            Command::UseForInspection => before_acceptance && self.decides(actor) && kind == Kind::Denunciation,
            Command::Refer { document } => {
                before_acceptance
                    && self.decides(actor)
                    && kind == Kind::Denunciation
                    && self.dated_well(Some(document), today)
            }
            Command::LinkDuplicate { of } => {
                before_acceptance
                    && self.is_in_hands_of(actor, &[Role::Reception, Role::Head])
                    && *of != self.petition.id
            }
            Command::Divide { parts } => {
                before_acceptance
                    && self.is_in_hands_of(actor, &[Role::Reception, Role::Head])
                    && (parts.len() > 1 || parts.iter().any(|part| part.kind != kind))
            }
            Command::Verify => stage == "accepted" && self.decides(actor),
            Command::CallDialogue { on, document } => {
                resolving
                    && self.decides(actor)
                    && kind == Kind::Complaint
                    && self.dialogue_called().is_none()
                    && add_days(today, if today >= date(2026, 7, 1) { 5 } else { 0 }) <= *on
                    && self.dated_well(document.as_ref(), today)
            }
            Command::RecordDialogue { document, .. } => {
                resolving
                    && self.decides(actor)
                    && self.dialogue_called().is_some_and(|on| on <= today)
                    && self.dated_well(document.as_ref(), today)
            }
            Command::WithdrawPart { document } => {
                in_hand && self.decides(actor) && kind == Kind::Complaint && self.dated_well(Some(document), today)
            }
            Command::ContinueWithdrawn { grounds } => {
                in_hand
                    && self.decides(actor)
                    && kind == Kind::Denunciation
                    && self.withdrawal_was_asked_for()
                    && !grounds.is_empty()
            }
            Command::Dispatch { what } => {
                (in_hand || stage == "resolved" || stage == "terminated")
                    && self.decides(actor)
                    && self.owes(|article| article.by == By::Sending(*what))
            }
            Command::Publish => {
                stage == "resolved" && self.decides(actor) && self.owes(|article| article.by == By::Publishing)
            }
            Command::Enforce { document } => {
                stage == "resolved"
                    && self.decides(actor)
                    && self.owes(|article| article.by == By::Enforcing)
                    && self.dated_well(Some(document), today)
            }
            Command::Appeal { good_reason, .. } => {
                kind == Kind::Complaint
                    && self.may_be_taken_further(actor, today)
                    && (self.further_until(now) >= today || (*good_reason && *actor != Actor::Citizen))
            }
            Command::Continue { .. } => kind == Kind::Denunciation && self.may_be_taken_further(actor, today),
            Command::ReportOverdue => {
                *actor == Actor::Citizen
                    && resolving
                    && kind == Kind::Denunciation
                    && self.limit_to_resolve().is_some_and(|limit| limit.due < today)
                    && !self.happened.iter().any(|(_, did)| *did == Did::ReportedOverdue)
                    && self.agency().is_some_and(|agency| agency != CHAIR && agency != "external")
                    && !self.excluded().contains(CHAIR)
            }
            Command::DemandReport => {
                let head_above = matches!(actor, Actor::Official { agency, .. } if agency.as_str() == CHAIR)
                    && actor.has(Role::Head);
                in_hand
                    && head_above
                    && self.happened.iter().any(|(_, did)| *did == Did::ReportedOverdue)
                    && !self.happened.iter().any(|(_, did)| *did == Did::Demanded)
            }
            Command::AnswerDemand => {
                (in_hand || stage == "resolved" || stage == "terminated")
                    && self.decides(actor)
                    && self.happened.iter().any(|(_, did)| *did == Did::Demanded)
                    && !self.happened.iter().any(|(_, did)| *did == Did::Reported)
            }
            Command::FindComplex { criteria, document } => {
                resolving
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
                resolving
                    && self.decides(actor)
                    && kind == Kind::Denunciation
                    && before < different.len().min(2)
                    && (1..=30).contains(days)
                    && self.dated_well(Some(document), today)
                    && self.limit_still_runs(today)
            }
            Command::Suspend { ground, document } => {
                resolving && self.decides(actor) && ground.fits(kind) && self.dated_well(document.as_ref(), today)
            }
            Command::Resume { document } => {
                stage == "suspended" && self.decides(actor) && self.dated_well(document.as_ref(), today)
            }
            Command::Terminate { ground, no_ground_to_continue, document } => {
                let withdrawal = *ground == TerminationGround::Withdrawal;
                (in_hand || (stage == "registered" && withdrawal))
                    && self.decides(actor)
                    && ground.fits(kind)
                    && (!withdrawal || document.is_some() || self.withdrawal_was_asked_for())
                    && (!withdrawal || kind != Kind::Denunciation || *no_ground_to_continue)
                    && self.dated_well(document.as_ref(), today)
            }
            Command::Resolve { result, document } => {
                resolving
                    && self.decides(actor)
                    && result.fits(kind, Instance::First)
                    && self.dated_well(document.as_ref(), today)
            }
            Command::Correct => {
                stage == "resolved" && self.is_in_hands_of(actor, &[Role::Head]) && !self.was_taken_further()
            }
        }
    }

    fn withdrawal_was_asked_for(&self) -> bool {
        let last = self.happened.iter().rev().find(|(_, did)| matches!(did, Did::AskedToWithdraw | Did::Overruled));
        matches!(last, Some((_, Did::AskedToWithdraw)))
    }

    fn dialogue_called(&self) -> Option<Date> {
        let last = self.happened.iter().rev().find(|(_, did)| matches!(did, Did::Called(_) | Did::Met));
        match last {
            Some((_, Did::Called(on))) => Some(*on),
            _ => None,
        }
    }

    fn owes(&self, which: impl Fn(&Article) -> bool) -> bool {
        let of_the_sort = |rule: &str| ARTICLES.iter().any(|article| article.rule == rule && which(article));
        self.limits().iter().any(|limit| limit.closed.is_none() && of_the_sort(limit.rule))
    }

    fn limit_to_resolve(&self) -> Option<Limit> {
        self.limits().into_iter().find(|limit| limit.closed.is_none() && ["C-R1", "D-R"].contains(&limit.rule))
    }

    fn was_taken_further(&self) -> bool {
        self.happened.iter().any(|(_, did)| *did == Did::Followed)
    }

    /// The day of the decision's sending or, without one, of the decision; or the end of the limit that brought none.
    fn further_from(&self) -> Date {
        let decided = self.happened.iter().rposition(|(_, did)| matches!(did, Did::Resolved(_)));
        match decided {
            Some(index) if self.stage() == "resolved" => {
                let after = &self.happened[index..];
                let sent = after.iter().find(|(_, did)| *did == Did::Sent(Sending::Decision));
                local_date(sent.unwrap_or(&self.happened[index]).0)
            }
            _ => self.limit_to_resolve().unwrap().due,
        }
    }

    /// law.md C-LIM2: 30 days, in a remote area 45.
    fn further_until(&self, now: Timestamp) -> Date {
        let remote = self.petition.area.as_ref().is_some_and(|area| format!("c{area}") == ISLAND);
        let days = if remote { 45 } else { 30 };
        Clock { start: self.further_from(), days, unit: Days::Calendar, stops: Vec::new() }.end(self.walls.at(now)).1
    }

    fn may_be_taken_further(&self, actor: &Actor, today: Date) -> bool {
        let by_official = |agency: &str| {
            let own = self.is_in_hands_of(actor, &[Role::Reception, Role::Head]);
            let above = agency == CHAIR && self.agency().is_some_and(|at| at != CHAIR && at != "external");
            let roles = actor.has(Role::Reception) || actor.has(Role::Head);
            own || (above && roles && !self.excluded().contains(CHAIR))
        };
        let resolving = self.stage() == "accepted" || self.stage() == "verifying";
        let overdue = resolving && self.limit_to_resolve().is_some_and(|limit| limit.due < today);
        let who = match actor {
            Actor::Citizen => true,
            Actor::System => false,
            Actor::Official { agency, .. } => by_official(agency.as_str()),
        };
        who && !self.was_taken_further() && (self.stage() == "resolved" || overdue)
    }

    fn may_be_withdrawn(&self) -> bool {
        match self.stage() {
            "received" | "awaiting_formalisation" => true,
            "registered" | "accepted" | "verifying" | "suspended" => !self.withdrawal_was_asked_for(),
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
