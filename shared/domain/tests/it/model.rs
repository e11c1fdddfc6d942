//! A naive model beside the law engine: for each case the list of what happened, and every date, milestone and figure
//! found again from that list by brute force.

use std::collections::{BTreeMap, BTreeSet};

use donthu_domain::tally::Figures;
use donthu_domain::time::local_date;
use donthu_domain::{
    Actor, Command, Kind, Milestone, NoticeMilestone, Outcome, Petition, ResultCode, Sending, TerminationGround,
    Verdict,
};
use jiff::Timestamp;
use jiff::civil::{Date, date};

use self::limits::{ARTICLES, Article, By, Clock, From, TRANSFER};
use crate::common::{AGENCIES, BOARD, CHAIR, INSPECTORATE, ISLAND};

mod lawful;
pub mod limits;
mod recount;

pub use recount::Recount;

/// Until this day the model's province wants a signature under a complaint that came over HTTPS; afterwards only under a
/// denunciation.
pub const SIGNATURE_UNTIL: Date = date(2026, 3, 31);

/// One thing that happened to a case.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Did {
    Submitted,
    Entered { received_on: Date },
    Routed,
    Formalised { received_on: Date },
    Named(String),
    Moved { to: String, as_not_competent: bool },
    Accepted,
    Refused,
    Guided,
    Filed,
    Inspected,
    Referred,
    Linked,
    Divided,
    Followed,
    Verified,
    Called(Date),
    Met,
    PartlyWithdrew,
    Overruled,
    Sent(Sending),
    Published,
    Enforced,
    TookEffect(Date),
    ReportedOverdue,
    Demanded,
    Reported,
    FoundComplex,
    Extended(u16),
    Suspended,
    Resumed,
    AskedToWithdraw,
    Withdrew,
    Ended(TerminationGround),
    Resolved(ResultCode),
    Corrected,
    Ticked,
}

/// A limit as it stands.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Limit {
    pub rule: &'static str,
    pub start: Date,
    pub full: Date,
    pub due: Date,
    pub closed: Option<(Date, Verdict)>,
    pub plan: Vec<(Timestamp, Milestone)>,
}

/// What a sweep finds to say of a limit: what was reached, and of that, what is told to whom.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Saying {
    pub rule: String,
    pub reached: Vec<Milestone>,
    pub told: Vec<(Milestone, String)>,
}

/// The end of an accepted case, as it was recorded.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Ending {
    pub day: Date,
    pub outcome: Outcome,
    pub on_time: bool,
    pub annulled: Option<Date>,
}

/// A case as a list of what happened.
#[derive(Debug, Clone)]
pub struct History {
    pub petition: Petition,
    pub happened: Vec<(Timestamp, Did)>,
}

impl History {
    pub fn new(petition: Petition) -> Self {
        Self { petition, happened: Vec::new() }
    }

    pub fn kind(&self) -> Kind {
        self.petition.kind
    }

    /// What of it had happened when the day ended.
    pub fn at_end_of(&self, day: Date) -> Self {
        let happened = self.happened.iter().filter(|(at, _)| local_date(*at) <= day).cloned().collect();
        Self { petition: self.petition.clone(), happened }
    }

    fn before(&self, index: usize) -> Self {
        Self { petition: self.petition.clone(), happened: self.happened[..index].to_vec() }
    }

    /// Writes down an act that was done, in the words of its effect.
    pub fn record(&mut self, now: Timestamp, command: &Command) {
        let formal = self.kind() != Kind::Feedback;
        let did: Vec<Did> = match command {
            Command::Submit(_) => vec![Did::Submitted],
            Command::Register { received_on, .. } => vec![Did::Entered { received_on: *received_on }],
            Command::Route => vec![Did::Routed],
            Command::Tick if self.stage() == "received" => vec![Did::Routed],
            Command::Tick => self.effect(now).into_iter().map(Did::TookEffect).chain([Did::Ticked]).collect(),
            Command::Formalise { received_on } => vec![Did::Formalised { received_on: *received_on }],
            Command::Assign { agency, handler } => {
                let moved = agency.as_ref().map(|to| Did::Moved { to: to.to_string(), as_not_competent: false });
                moved.into_iter().chain(handler.as_ref().map(|handler| Did::Named(handler.to_string()))).collect()
            }
            Command::Transfer { to, .. } => vec![Did::Moved { to: to.to_string(), as_not_competent: true }],
            Command::Accept { .. } => vec![Did::Accepted],
            Command::Refuse { .. } => vec![Did::Refused],
            Command::Guide { .. } => vec![Did::Guided],
            Command::File { .. } => vec![Did::Filed],
            Command::UseForInspection => vec![Did::Inspected],
            Command::Refer { .. } => vec![Did::Referred],
            Command::LinkDuplicate { .. } => vec![Did::Linked],
            Command::Divide { .. } => vec![Did::Divided],
            Command::Verify => vec![Did::Verified],
            Command::CallDialogue { on, .. } => vec![Did::Called(*on)],
            Command::RecordDialogue { .. } => vec![Did::Met],
            Command::WithdrawPart { .. } => vec![Did::PartlyWithdrew],
            Command::ContinueWithdrawn { .. } => vec![Did::Overruled],
            Command::Dispatch { what } => vec![Did::Sent(*what)],
            Command::Publish => vec![Did::Published],
            Command::Enforce { .. } => vec![Did::Enforced],
            Command::Appeal { .. } | Command::Continue { .. } => vec![Did::Followed],
            Command::ReportOverdue => vec![Did::ReportedOverdue],
            Command::DemandReport => vec![Did::Demanded],
            Command::AnswerDemand => vec![Did::Reported],
            Command::FindComplex { .. } => vec![Did::FoundComplex],
            Command::Extend { days, .. } => vec![Did::Extended(*days)],
            Command::Suspend { .. } => vec![Did::Suspended],
            Command::Resume { .. } => vec![Did::Resumed],
            Command::Withdraw => vec![match self.stage() {
                "received" | "awaiting_formalisation" => Did::Withdrew,
                _ if formal => Did::AskedToWithdraw,
                "registered" => Did::Withdrew,
                _ => Did::Ended(TerminationGround::Withdrawal),
            }],
            Command::Terminate { .. } if self.stage() == "registered" => vec![Did::Withdrew],
            Command::Terminate { ground, .. } => vec![Did::Ended(*ground)],
            Command::Resolve { result, .. } => vec![Did::Resolved(*result)],
            Command::Correct => vec![Did::Corrected],
        };
        self.happened.extend(did.into_iter().map(|did| (now, did)));
    }

    fn days_of(&self, which: impl Fn(&Did) -> bool) -> Vec<Date> {
        self.happened.iter().filter(|(_, did)| which(did)).map(|(at, _)| local_date(*at)).collect()
    }

    fn submitted_on(&self) -> Date {
        local_date(self.happened[0].0)
    }

    fn waits_for_a_signature(&self) -> bool {
        match self.kind() {
            Kind::Complaint => self.submitted_on() <= SIGNATURE_UNTIL,
            Kind::Denunciation => true,
            Kind::Feedback => false,
        }
    }

    pub fn stage(&self) -> &'static str {
        let mut stage = "received";
        for (_, did) in &self.happened {
            stage = match did {
                Did::Routed if self.waits_for_a_signature() => "awaiting_formalisation",
                Did::Routed | Did::Entered { .. } | Did::Formalised { .. } => "registered",
                Did::Accepted | Did::Corrected => "accepted",
                Did::Verified => "verifying",
                Did::Resumed if self.was_verifying() => "verifying",
                Did::Resumed => "accepted",
                Did::Filed => "filed",
                Did::Inspected => "used_for_inspection",
                Did::Referred => "referred",
                Did::Linked => "duplicate",
                Did::Divided => "divided",
                Did::Refused => "refused",
                Did::Guided => "guided",
                Did::Suspended => "suspended",
                Did::Withdrew => "withdrawn",
                Did::Ended(_) => "terminated",
                Did::Resolved(_) => "resolved",
                _ => stage,
            };
        }
        stage
    }

    /// Who answers for it; nobody before it was routed.
    pub fn agency(&self) -> Option<String> {
        let mut agency = None;
        for (_, did) in &self.happened {
            match did {
                Did::Routed | Did::Entered { .. } => agency = Some(self.competent()),
                Did::Moved { to, .. } => agency = Some(to.clone()),
                _ => {}
            }
        }
        agency
    }

    pub fn handler(&self) -> Option<String> {
        let last = self.happened.iter().rev().find(|(_, did)| matches!(did, Did::Named(_) | Did::Moved { .. }));
        match last {
            Some((_, Did::Named(handler))) => Some(handler.clone()),
            _ => None,
        }
    }

    /// law.md (g), read for a province in which everything stands directly below the chair.
    pub fn competent(&self) -> String {
        use donthu_domain::Position::{Staff, Unknown};
        let target = self.petition.against.agency.as_ref().map(|id| id.to_string());
        let below_the_board = |to: &str| if to == BOARD { CHAIR.to_owned() } else { to.to_owned() };
        match (self.kind(), target) {
            (Kind::Complaint, Some(issuer)) => below_the_board(&issuer),
            (Kind::Complaint | Kind::Denunciation, None) => BOARD.to_owned(),
            (Kind::Denunciation, Some(denounced)) => match self.petition.against.position {
                Staff => below_the_board(&denounced),
                _ if denounced == CHAIR => "external".to_owned(),
                Unknown if denounced != BOARD => BOARD.to_owned(),
                _ => CHAIR.to_owned(),
            },
            (Kind::Feedback, Some(named)) => named,
            (Kind::Feedback, None) => self.petition.area.as_ref().map_or(BOARD.to_owned(), |area| format!("c{area}")),
        }
    }

    /// Who must never learn of it.
    pub fn excluded(&self) -> BTreeSet<String> {
        let staff = self.petition.against.position == donthu_domain::Position::Staff;
        match &self.petition.against.agency {
            Some(denounced) if self.kind() == Kind::Denunciation && !staff => AGENCIES
                .iter()
                .map(|(id, ..)| (*id).to_owned())
                .filter(|id| denounced.as_str() == CHAIR || denounced.as_str() == id)
                .collect(),
            _ => BTreeSet::new(),
        }
    }

    pub fn received_on(&self) -> Option<Date> {
        self.happened.iter().rev().find_map(|(_, did)| match did {
            Did::Entered { received_on } | Did::Formalised { received_on } => Some(*received_on),
            Did::Routed if !self.waits_for_a_signature() => Some(self.submitted_on()),
            _ => None,
        })
    }

    pub fn accepted_on(&self) -> Option<Date> {
        self.days_of(|did| *did == Did::Accepted).last().copied()
    }

    /// When the clock was stopped and when it ran on.
    fn suspensions(&self) -> Vec<(Date, Option<Date>)> {
        let stopped = self.days_of(|did| *did == Did::Suspended);
        let resumed = self.days_of(|did| *did == Did::Resumed);
        stopped.iter().enumerate().map(|(index, day)| (*day, resumed.get(index).copied())).collect()
    }

    /// Whether verification had begun when the clock was last stopped.
    fn was_verifying(&self) -> bool {
        let since_correction = self.happened.iter().rev().take_while(|(_, did)| *did != Did::Corrected);
        since_correction.into_iter().any(|(_, did)| *did == Did::Verified)
    }

    /// Where a limit began, and how often: at which happenings, and on which days.
    fn starts(&self, article: &Article) -> Vec<(usize, Date)> {
        let first = |day: Option<Date>, which: fn(&Did) -> bool| {
            let index = self.happened.iter().position(|(_, did)| which(did)).unwrap_or(0);
            day.map(|day| (index, day)).into_iter().collect()
        };
        let each = |which: fn(&Did) -> bool| {
            let happened = self.happened.iter().enumerate().filter(|(_, (_, did))| which(did));
            happened.map(|(index, (at, _))| (index, local_date(*at))).collect()
        };
        match (article.from, &self.happened[0].1) {
            (From::Submission, Did::Entered { received_on }) => vec![(0, *received_on)],
            (From::Submission, _) => vec![(0, self.submitted_on())],
            (From::Receipt, _) => first(self.received_on(), |did| {
                matches!(did, Did::Entered { .. } | Did::Formalised { .. } | Did::Routed)
            }),
            (From::Acceptance, _) => first(self.accepted_on(), |did| *did == Did::Accepted),
            (From::SuspensionOrEnd, _) => each(|did| matches!(did, Did::Suspended | Did::Resumed | Did::Ended(_))),
            (From::Decision, _) => each(|did| matches!(did, Did::Resolved(_))),
            (From::Effect, _) => {
                let took = self.happened.iter().enumerate().filter_map(|(index, (_, did))| match did {
                    Did::TookEffect(day) => Some((index, *day)),
                    _ => None,
                });
                took.collect()
            }
            (From::OverdueReport, _) => each(|did| *did == Did::ReportedOverdue),
            (From::Demand, _) => each(|did| *did == Did::Demanded),
        }
    }

    fn clock(&self, article: &Article, start: Date) -> Option<Clock> {
        if start < article.in_force {
            return None;
        }
        let mut clock = Clock { start, days: article.days, unit: article.unit, stops: Vec::new() };
        let remote = self.petition.area.as_ref().is_some_and(|area| format!("c{area}") == ISLAND);
        if article.by == By::Time && remote {
            clock.days += 15;
        }
        if article.by == By::Resolving {
            let complex = self.happened.iter().any(|(_, did)| *did == Did::FoundComplex);
            if self.kind() == Kind::Complaint {
                clock.days = 30 + 15 * u16::from(remote) + 15 * u16::from(complex);
            }
            for (_, did) in &self.happened {
                if let Did::Extended(days) = did {
                    clock.days += days;
                }
            }
            clock.stops = self.suspensions().into_iter().filter_map(|(from, to)| Some((from, to?))).collect();
        }
        Some(clock)
    }

    /// Whether a limit was kept by what was done on a day. While the clock stands still it is neither kept nor missed,
    /// unless it had been missed before.
    fn verdict(&self, article: &Article, start: Date, day: Date) -> Verdict {
        let due = self.clock(article, start).unwrap().end().1;
        match self.suspensions().last() {
            Some((stopped, None)) if article.by == By::Resolving && *stopped <= due => Verdict::Lifted,
            Some((_, None)) if article.by == By::Resolving => Verdict::Late,
            _ if day <= due => Verdict::OnTime,
            _ => Verdict::Late,
        }
    }

    /// At which happening a limit was closed, on which day and how.
    fn closed(&self, article: &Article, (begun, start): (usize, Date)) -> Option<(usize, Date, Verdict)> {
        let mut closed: Option<(usize, Date, Verdict)> = None;
        for (index, (at, did)) in self.happened.iter().enumerate().skip(begun + 1) {
            let day = local_date(*at);
            let judged = || Some((index, day, self.before(index).verdict(article, start, day)));
            let lifted = Some((index, day, Verdict::Lifted));
            if *did == Did::Corrected && article.by == By::Resolving {
                closed = None;
            }
            if closed.is_some() {
                continue;
            }
            let put_aside =
                matches!(did, Did::Refused | Did::Guided | Did::Filed | Did::Inspected | Did::Referred | Did::Linked)
                    || *did == Did::Divided;
            let ended = matches!(did, Did::Resolved(_) | Did::Ended(_));
            closed = match article.by {
                By::Processing if *did == Did::Accepted || put_aside => judged(),
                By::Resolving if ended => judged(),
                By::Resolving if put_aside => lifted,
                By::Processing | By::Resolving if *did == Did::Withdrew => lifted,
                By::Sending(what) if *did == Did::Sent(what) => judged(),
                By::Publishing if *did == Did::Published => judged(),
                By::Enforcing if *did == Did::Enforced => judged(),
                By::Demanding if *did == Did::Demanded => judged(),
                By::Reporting if *did == Did::Reported => judged(),
                By::Demanding | By::Reporting if ended => lifted,
                By::Time => match did {
                    Did::TookEffect(on) => Some((index, *on, Verdict::Lifted)),
                    Did::Followed | Did::Corrected => lifted,
                    _ => None,
                },
                By::Enforcing if *did == Did::Followed && self.kind() == Kind::Complaint => lifted,
                By::Sending(Sending::Decision) | By::Publishing | By::Enforcing if *did == Did::Corrected => lifted,
                _ => None,
            };
        }
        closed
    }

    /// The first day on which the decision is in effect, where that has come and nobody wrote it down yet.
    fn effect(&self, now: Timestamp) -> Option<Date> {
        let running = self.limits().into_iter().find(|limit| limit.rule == "C-EFF" && limit.closed.is_none())?;
        let on = running.due.tomorrow().unwrap();
        (local_date(now) >= on).then_some(on)
    }

    /// Every limit that ever began, by rule.
    pub fn limits(&self) -> Vec<Limit> {
        let mut limits = Vec::new();
        for article in ARTICLES.iter().filter(|article| article.kind.is_none_or(|kind| kind == self.kind())) {
            // Two decisions of one day go out together, where the first was not sent before the second was made.
            let mut together: Option<(Date, Option<usize>)> = None;
            for (begun, start) in self.starts(article) {
                let Some(clock) = self.clock(article, start) else { continue };
                let same = together.is_some_and(|(day, sent)| day == start && sent.is_none_or(|sent| sent > begun));
                if article.from == From::SuspensionOrEnd && same {
                    continue;
                }
                together = Some((start, self.closed(article, (begun, start)).map(|(index, ..)| index)));
                let (full, due) = clock.end();
                let plan = limits::plan(article, clock.start, due);
                let closed = self.closed(article, (begun, start)).map(|(_, on, verdict)| (on, verdict));
                limits.push(Limit { rule: article.rule, start: clock.start, full, due, closed, plan });
            }
        }
        limits.extend(self.transfer_limit());
        limits.sort_by_key(|limit| limit.rule);
        limits
    }

    /// The first agency that found itself not competent for a registered denunciation owed to pass it on.
    fn transfer_limit(&self) -> Option<Limit> {
        let (index, (at, _)) = self.happened.iter().enumerate().find(|(index, (_, did))| {
            matches!(did, Did::Moved { as_not_competent: true, .. }) && self.before(*index).received_on().is_some()
        })?;
        if self.kind() != Kind::Denunciation {
            return None;
        }
        let clock = self.before(index).clock(&TRANSFER, self.before(index).received_on()?)?;
        let (full, due) = clock.end();
        let day = local_date(*at);
        let verdict = if day <= due { Verdict::OnTime } else { Verdict::Late };
        let plan = limits::plan(&TRANSFER, clock.start, due);
        Some(Limit { rule: TRANSFER.rule, start: clock.start, full, due, closed: Some((day, verdict)), plan })
    }

    /// The limits that are owed and whose clock runs.
    pub fn running(&self) -> Vec<Limit> {
        let stopped = self.stage() == "suspended";
        let pauses = |rule: &str| ARTICLES.iter().any(|article| article.by == By::Resolving && article.rule == rule);
        let owed = self.limits().into_iter().filter(|limit| limit.closed.is_none());
        owed.filter(|limit| !(stopped && pauses(limit.rule))).collect()
    }

    /// What a sweep finds to say, by rule: everything whose time has come and that no sweep said before of the same due
    /// day, and of that, what is worth telling to whom.
    pub fn to_say(&self, now: Timestamp) -> Vec<Saying> {
        let mut said = Vec::new();
        let mut now_in_effect = self.clone();
        now_in_effect.happened.extend(self.effect(now).map(|on| (now, Did::TookEffect(on))));
        for limit in now_in_effect.running().into_iter().filter(|limit| limit.rule != "C-EFF") {
            let mut reached: Vec<Milestone> =
                limit.plan.iter().filter(|(at, _)| *at <= now).map(|(_, milestone)| *milestone).collect();
            for (index, (at, did)) in self.happened.iter().enumerate() {
                if *did == Did::Ticked {
                    let then = self.before(index).running();
                    for same in then
                        .iter()
                        .filter(|then| then.rule == limit.rule && then.start == limit.start && then.due == limit.due)
                    {
                        reached.retain(|m| !same.plan.iter().any(|(planned, other)| planned <= at && other == m));
                    }
                }
            }
            if reached.is_empty() {
                continue;
            }
            let missed = reached.contains(&Milestone::Missed);
            let last_reminder = reached.iter().rev().find(|m| matches!(m, Milestone::Approaching(_)));
            let told = reached
                .iter()
                .filter(|m| !matches!(m, Milestone::Approaching(_)) || (!missed && Some(*m) == last_reminder))
                .filter_map(|milestone| Some((*milestone, self.told_to(limit.rule, *milestone)?)))
                .collect();
            said.push(Saying { rule: limit.rule.to_owned(), reached, told });
        }
        said
    }

    fn told_to(&self, rule: &str, milestone: Milestone) -> Option<String> {
        // In the model's province everything stands directly below the chair.
        let agency = if rule == "D-OVD1" { CHAIR.to_owned() } else { self.agency()? };
        let told = match milestone {
            Milestone::Escalated(1) if agency != CHAIR && agency != "external" => CHAIR.to_owned(),
            Milestone::Escalated(_) => INSPECTORATE.to_owned(),
            _ => agency,
        };
        (!self.excluded().contains(&told)).then_some(told)
    }

    /// Whom the last thing that happened must be made known to, given what was before it.
    pub fn notices(&self, actor: &Actor, now: Timestamp, before: &History) -> BTreeSet<(NoticeMilestone, String)> {
        let mut notices = BTreeSet::new();
        for (_, did) in &self.happened[before.happened.len()..] {
            let agency = self.agency().unwrap_or_default();
            match did {
                Did::Routed | Did::Entered { .. } if actor.agency().is_some_and(|own| own.as_str() == agency) => {}
                Did::Routed | Did::Entered { .. } | Did::Moved { .. } => {
                    notices.insert((NoticeMilestone::Assigned, agency));
                }
                Did::ReportedOverdue => {
                    notices.insert((NoticeMilestone::Escalated, CHAIR.to_owned()));
                }
                Did::Demanded => {
                    notices.insert((NoticeMilestone::Missed, agency));
                }
                Did::Ticked => {
                    for (milestone, told) in before.to_say(now).into_iter().flat_map(|saying| saying.told) {
                        let notice = match milestone {
                            Milestone::Approaching(_) => NoticeMilestone::Approaching,
                            Milestone::Missed => NoticeMilestone::Missed,
                            Milestone::Escalated(_) => NoticeMilestone::Escalated,
                        };
                        notices.insert((notice, told));
                    }
                }
                _ => {}
            }
            let silent = matches!(
                did,
                Did::Submitted
                    | Did::Named(_)
                    | Did::AskedToWithdraw
                    | Did::Ticked
                    | Did::TookEffect(_)
                    | Did::Followed
                    | Did::Verified
                    | Did::Met
                    | Did::Sent(_)
                    | Did::Published
                    | Did::ReportedOverdue
                    | Did::Reported
            ) || (*did == Did::Withdrew && *actor == Actor::Citizen);
            if !silent && self.petition.contact.sms {
                notices.insert((NoticeMilestone::Changed, "citizen".to_owned()));
            }
        }
        notices.retain(|(_, to)| to != "external");
        notices
    }

    /// Every end that was recorded, annulled ones too.
    pub fn endings(&self) -> Vec<Ending> {
        let mut endings = Vec::new();
        let article = ARTICLES.iter().find(|a| a.by == By::Resolving && a.kind == Some(self.kind())).unwrap();
        for (index, (at, did)) in self.happened.iter().enumerate() {
            let outcome = match did {
                Did::Resolved(result) => Outcome::from(*result),
                Did::Ended(TerminationGround::Withdrawal) => Outcome::Withdrawn,
                Did::Ended(_) => Outcome::Terminated,
                _ => continue,
            };
            let day = local_date(*at);
            let (_, start) = self.before(index).starts(article)[0];
            let on_time = self.before(index).verdict(article, start, day) != Verdict::Late;
            let corrected = self.happened[index..].iter().find(|(_, did)| *did == Did::Corrected);
            let annulled = corrected.map(|(at, _)| local_date(*at));
            endings.push(Ending { day, outcome, on_time, annulled });
        }
        endings
    }
}

/// An empty period.
fn nothing() -> Figures {
    Figures {
        carried_in: 0,
        accepted: 0,
        reopened: 0,
        by_outcome: BTreeMap::new(),
        on_time: 0,
        late: 0,
        open: 0,
        overdue: 0,
        suspended: 0,
        pending: 0,
        submitted: 0,
        registered: 0,
        refused: 0,
        guided: 0,
        filed: 0,
        inspected: 0,
        referred: 0,
        duplicates: 0,
        divided: 0,
        transferred_in: 0,
        transferred_out: 0,
        withdrawn_before: 0,
    }
}
