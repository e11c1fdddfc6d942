//! Whether a step is lawful, told from the list of what happened.

use std::collections::BTreeSet;

use donthu_domain::time::{add_days, local_date};
use donthu_domain::{Actor, Command, CompetentBody, Instance, Kind, Role, Sending, TerminationGround};
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
        if !self.dated_well(command, today) {
            return false;
        }
        match command {
            Command::Submit(_) | Command::Register { .. } => false,
            Command::Route => *actor == Actor::System && stage == "received",
            Command::Tick => *actor == Actor::System,
            Command::SendMessage => {
                let readers = [Role::Reception, Role::Handler, Role::Head];
                let unanswered = self.happened.iter().rev().filter_map(|(_, did)| match did {
                    Did::Wrote { citizen } => Some(*citizen),
                    _ => None,
                });
                let waits = unanswered.take_while(|citizen| *citizen).count() >= 20;
                stage != "divided"
                    && match actor {
                        Actor::Citizen => !waits,
                        _ => self.is_in_hands_of(actor, &readers),
                    }
            }
            Command::DiscloseIdentity { .. } => {
                let Actor::Official { agency, .. } = actor else { return false };
                let responsible = self.agency().filter(|agency| agency.as_str() != "external");
                let readers = [Role::Reception, Role::Handler, Role::Head];
                let reads = self.is_in_hands_of(actor, &readers) && stage != "divided";
                // Who denounced a colleague is for the custodian above, and for nobody where nobody is above; who denounces
                // somebody that is not named at all, for the board's.
                let named = self.petition.against.agency.as_ref().map(|id| id.to_string());
                let keeps = match (kind, named) {
                    (Kind::Denunciation, None) => responsible.filter(|agency| agency == BOARD),
                    (Kind::Denunciation, named) if named == responsible => {
                        responsible.filter(|agency| agency != CHAIR).map(|_| CHAIR.to_owned())
                    }
                    _ => responsible,
                };
                keeps.as_deref() == Some(agency.as_str())
                    && !self.excluded().contains(agency.as_str())
                    && actor.has(Role::IdentityCustodian)
                    && !reads
                    && !self.petition.contact.anonymous
            }
            Command::Withdraw => *actor == Actor::Citizen && self.may_be_withdrawn(),
            Command::Formalise { received_on } => {
                stage == "awaiting_formalisation"
                    && self.is_in_hands_of(actor, &[Role::Reception, Role::Head])
                    && self.submitted_on() <= *received_on
                    && *received_on <= today
            }
            Command::Assign { agency, handler, .. } => {
                (before_acceptance || in_hand)
                    && self.is_in_hands_of(actor, &[Role::Reception, Role::Head])
                    && (agency.is_some() || handler.is_some())
                    && agency.as_ref().is_none_or(|to| before_acceptance && self.may_move_to(to.as_str()))
            }
            Command::Transfer { to, .. } => before_acceptance && self.decides(actor) && self.may_move_to(to.as_str()),
            Command::Accept { .. } => stage == "registered" && self.decides(actor),
            Command::Refuse { ground, .. } => {
                stage == "registered" && self.decides(actor) && kind != Kind::Feedback && ground.fits(kind)
            }
            Command::Guide { to, .. } => {
                let elsewhere = match to {
                    CompetentBody::Agency(agency) => {
                        AGENCIES.iter().any(|(id, ..)| *id == agency.as_str())
                            && self.agency().as_deref() != Some(agency.as_str())
                    }
                    _ => true,
                };
                stage == "registered" && self.decides(actor) && kind == Kind::Complaint && elsewhere
            }
            Command::File { ground, .. } => {
                before_acceptance && self.is_in_hands_of(actor, &[Role::Reception, Role::Head]) && ground.fits(kind)
            }
            Command::UseForInspection { .. } => before_acceptance && self.decides(actor) && kind == Kind::Denunciation,
            Command::Refer { .. } => before_acceptance && self.decides(actor) && kind == Kind::Denunciation,
            Command::LinkDuplicate { of, .. } => {
                before_acceptance
                    && self.is_in_hands_of(actor, &[Role::Reception, Role::Head])
                    && *of != self.petition.id
            }
            Command::Divide { parts, .. } => {
                before_acceptance
                    && self.is_in_hands_of(actor, &[Role::Reception, Role::Head])
                    && (parts.len() > 1 || parts.iter().any(|part| part.kind != kind))
            }
            Command::Verify { .. } => stage == "accepted" && self.decides(actor),
            Command::CallDialogue { on, .. } => {
                resolving
                    && self.decides(actor)
                    && kind == Kind::Complaint
                    && add_days(today, if today >= date(2026, 7, 1) { 5 } else { 0 }) <= *on
            }
            Command::RecordDialogue { .. } => {
                resolving && self.decides(actor) && self.dialogue_called().is_some_and(|on| on <= today)
            }
            Command::WithdrawPart { .. } => {
                (in_hand || stage == "registered") && self.decides(actor) && kind == Kind::Complaint
            }
            Command::ContinueWithdrawn { grounds, .. } => {
                in_hand
                    && self.decides(actor)
                    && kind == Kind::Denunciation
                    && self.withdrawal_was_asked_for()
                    && !grounds.is_empty()
            }
            Command::Dispatch { what, .. } => {
                let first_sending = *what == Sending::Decision && stage == "resolved" && self.sent().is_none();
                (in_hand || stage == "resolved" || stage == "terminated")
                    && self.decides(actor)
                    && (first_sending || self.owes(|article| article.by == By::Sending(*what)))
            }
            Command::Publish { .. } => {
                stage == "resolved" && self.decides(actor) && self.owes(|article| article.by == By::Publishing)
            }
            Command::Enforce { .. } => {
                stage == "resolved" && self.decides(actor) && self.owes(|article| article.by == By::Enforcing)
            }
            Command::Appeal { good_reason, received_on, .. } => {
                let by_citizen = *actor == Actor::Citizen;
                let came_in = received_on.filter(|_| !by_citizen).unwrap_or(today);
                let in_time = self.further_until(today, now).is_none_or(|until| came_in <= until);
                kind == Kind::Complaint
                    && self.may_be_taken_further(actor, came_in, today)
                    && (in_time || (*good_reason && !by_citizen))
            }
            Command::Continue { received_on, .. } => {
                let came_in = received_on.filter(|_| *actor != Actor::Citizen).unwrap_or(today);
                kind == Kind::Denunciation && self.may_be_taken_further(actor, came_in, today)
            }
            Command::ReportOverdue => {
                self.takes_further(actor)
                    && in_hand
                    && kind == Kind::Denunciation
                    && self.overdue_since(today).is_some()
                    && !self.happened.iter().any(|(_, did)| *did == Did::ReportedOverdue)
                    && self.agency().is_some_and(|agency| agency != CHAIR && agency != "external")
                    && !self.excluded().contains(CHAIR)
            }
            Command::DemandReport { .. } => {
                let head_above = matches!(actor, Actor::Official { agency, .. } if agency.as_str() == CHAIR)
                    && actor.has(Role::Head);
                in_hand
                    && head_above
                    && self.happened.iter().any(|(_, did)| *did == Did::ReportedOverdue)
                    && !self.happened.iter().any(|(_, did)| *did == Did::Demanded)
            }
            Command::AnswerDemand { .. } => {
                (in_hand || stage == "resolved" || stage == "terminated")
                    && self.decides(actor)
                    && self.happened.iter().any(|(_, did)| *did == Did::Demanded)
                    && !self.happened.iter().any(|(_, did)| *did == Did::Reported)
            }
            Command::FindComplex { criteria, .. } => {
                resolving
                    && self.decides(actor)
                    && kind == Kind::Complaint
                    && !self.happened.iter().any(|(_, did)| *did == Did::FoundComplex)
                    && !criteria.is_empty()
                    && self.limit_still_runs(today)
            }
            Command::Extend { days, criteria, .. } => {
                let different: BTreeSet<_> = criteria.iter().collect();
                let before = self.happened.iter().filter(|(_, did)| matches!(did, Did::Extended(_))).count();
                resolving
                    && self.decides(actor)
                    && kind == Kind::Denunciation
                    && before < different.len().min(2)
                    && (1..=30).contains(days)
                    && self.limit_still_runs(today)
            }
            Command::Suspend { ground, .. } => resolving && self.decides(actor) && ground.fits(kind),
            Command::Resume { .. } => stage == "suspended" && self.decides(actor),
            Command::Terminate { ground, no_ground_to_continue, withdrawal: paper, .. } => {
                let withdrawal = *ground == TerminationGround::Withdrawal;
                let signed = paper.as_ref().is_none_or(|paper| {
                    paper.date <= today && self.received_on().is_none_or(|received| received <= paper.date)
                });
                (in_hand || (stage == "registered" && withdrawal))
                    && self.decides(actor)
                    && ground.fits(kind)
                    && (!withdrawal || paper.is_some() || self.withdrawal_was_asked_for())
                    && (!withdrawal || kind != Kind::Denunciation || *no_ground_to_continue)
                    && signed
            }
            Command::Resolve { result, .. } => {
                resolving
                    && self.decides(actor)
                    && result.fits(kind, Instance::First)
                    && !(kind == Kind::Denunciation && self.withdrawal_was_asked_for())
            }
            Command::Correct { .. } => {
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

    /// Where the decision that stands was made.
    fn decided(&self) -> Option<usize> {
        let decided = self.happened.iter().rposition(|(_, did)| matches!(did, Did::Resolved(_)));
        decided.filter(|_| self.stage() == "resolved")
    }

    /// The day on which the decision that stands was sent.
    fn sent(&self) -> Option<Date> {
        let after = &self.happened[self.decided()?..];
        after.iter().find(|(_, did)| *did == Did::Sent(Sending::Decision)).map(|(at, _)| local_date(*at))
    }

    /// The last day of the limit that brought no decision: a clock that was stopped before it ran out has not run out.
    fn overdue_since(&self, today: Date) -> Option<Date> {
        let due = self.limit_to_resolve()?.due;
        let stopped = self.happened.iter().rev().find(|(_, did)| *did == Did::Suspended);
        let until = match stopped {
            Some((at, _)) if self.stage() == "suspended" => local_date(*at),
            _ => today,
        };
        (due < until).then_some(due)
    }

    /// law.md C-LIM2: 30 days, in a remote area 45, from the sending or from the end of the limit that brought no decision.
    fn further_until(&self, today: Date, now: Timestamp) -> Option<Date> {
        let start = if self.decided().is_some() { self.sent()? } else { self.overdue_since(today)? };
        let remote = self.petition.area.as_ref().is_some_and(|area| format!("c{area}") == ISLAND);
        let days = if remote { 45 } else { 30 };
        Some(Clock { start, days, unit: Days::Calendar, stops: Vec::new() }.end(self.walls.at(now)).1)
    }

    fn takes_further(&self, actor: &Actor) -> bool {
        let by_official = |agency: &str| {
            let own = self.is_in_hands_of(actor, &[Role::Reception, Role::Head]);
            let above = agency == CHAIR && self.agency().is_some_and(|at| at != CHAIR && at != "external");
            let roles = actor.has(Role::Reception) || actor.has(Role::Head);
            own || (above && roles && !self.excluded().contains(CHAIR))
        };
        match actor {
            Actor::Citizen => true,
            Actor::System => false,
            Actor::Official { agency, .. } => by_official(agency.as_str()),
        }
    }

    fn may_be_taken_further(&self, actor: &Actor, came_in: Date, today: Date) -> bool {
        let in_hand = ["accepted", "verifying", "suspended"].contains(&self.stage());
        let earliest = match self.decided() {
            Some(index) => Some(self.dated(index)),
            None if in_hand => self.overdue_since(today).map(|due| add_days(due, 1)),
            None => None,
        };
        self.takes_further(actor)
            && !self.was_taken_further()
            && earliest.is_some_and(|earliest| earliest <= came_in && came_in <= today)
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

    /// The date of what happened: its document's, or the day on which it was written down.
    fn dated(&self, index: usize) -> Date {
        self.papers.get(&index).copied().unwrap_or_else(|| local_date(self.happened[index].0))
    }

    /// Whether a document bears a date between today and what it follows.
    fn dated_well(&self, command: &Command, today: Date) -> bool {
        let Some(document) = command.document() else { return true };
        let last = |which: fn(&Did) -> bool| self.happened.iter().rposition(|(_, did)| which(did));
        let accepted = || last(|did| *did == Did::Accepted).map(|index| self.dated(index));
        let earliest = match command {
            Command::RecordDialogue { .. } => self.dialogue_called(),
            Command::Resume { .. } if self.stage() == "suspended" => {
                last(|did| *did == Did::Suspended).map(|index| self.dated(index))
            }
            Command::Dispatch { what: Sending::Decision, .. }
            | Command::Publish { .. }
            | Command::Enforce { .. }
            | Command::Correct { .. } => self.decided().map(|index| self.dated(index)).or_else(accepted),
            Command::DemandReport { .. } => {
                last(|did| *did == Did::ReportedOverdue).map(|index| local_date(self.happened[index].0))
            }
            Command::AnswerDemand { .. } => {
                last(|did| *did == Did::Demanded).map(|index| local_date(self.happened[index].0))
            }
            Command::WithdrawPart { .. } => None,
            _ => accepted(),
        };
        let earliest = earliest.or_else(|| self.received_on());
        document.date <= today && earliest.is_none_or(|earliest| earliest <= document.date)
    }

    fn limit_still_runs(&self, today: Date) -> bool {
        self.running().iter().any(|limit| ["C-R1", "D-R"].contains(&limit.rule) && today <= limit.due)
    }
}
