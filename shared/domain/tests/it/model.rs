//! A naive model beside the law engine: for each case the list of what happened, and every date, milestone and figure
//! found again from that list by brute force.

use std::collections::{BTreeMap, BTreeSet};

use donthu_domain::tally::Figures;
use donthu_domain::time::local_date;
use donthu_domain::{
    Actor, Command, Kind, Milestone, NoticeMilestone, Outcome, Petition, ResultCode, TerminationGround, Verdict,
};
use jiff::Timestamp;
use jiff::civil::{Date, date};

use self::limits::{ARTICLES, Article, Clock, From, TRANSFER};
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
            Command::Tick => vec![Did::Ticked],
            Command::Formalise { received_on } => vec![Did::Formalised { received_on: *received_on }],
            Command::Assign { agency, handler } => {
                let moved = agency.as_ref().map(|to| Did::Moved { to: to.to_string(), as_not_competent: false });
                moved.into_iter().chain(handler.as_ref().map(|handler| Did::Named(handler.to_string()))).collect()
            }
            Command::Transfer { to } => vec![Did::Moved { to: to.to_string(), as_not_competent: true }],
            Command::Accept { .. } => vec![Did::Accepted],
            Command::Refuse { .. } => vec![Did::Refused],
            Command::Guide { document: None } => vec![Did::Guided],
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
                Did::Accepted | Did::Resumed | Did::Corrected => "accepted",
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

    fn clock(&self, article: &Article) -> Option<Clock> {
        let start = match (article.from, &self.happened[0].1) {
            (From::Submission, Did::Entered { received_on }) => Some(*received_on),
            (From::Submission, _) => Some(self.submitted_on()),
            (From::Receipt, _) => self.received_on(),
            (From::Acceptance, _) => self.accepted_on(),
        }?;
        if start < article.in_force {
            return None;
        }
        let mut clock = Clock { start, days: article.days, unit: article.unit, stops: Vec::new() };
        if article.resolves {
            let remote = self.petition.area.as_ref().is_some_and(|area| format!("c{area}") == ISLAND);
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
    fn verdict(&self, article: &Article, day: Date) -> Verdict {
        let due = self.clock(article).unwrap().end().1;
        match self.suspensions().last() {
            Some((stopped, None)) if article.resolves && *stopped <= due => Verdict::Lifted,
            Some((_, None)) if article.resolves => Verdict::Late,
            _ if day <= due => Verdict::OnTime,
            _ => Verdict::Late,
        }
    }

    fn closed(&self, article: &Article) -> Option<(Date, Verdict)> {
        let mut closed: Option<(Date, Verdict)> = None;
        for (index, (at, did)) in self.happened.iter().enumerate() {
            let day = local_date(*at);
            let before = self.before(index);
            let judged = || (day, before.verdict(article, day));
            if before.happened.is_empty() || before.clock(article).is_none() {
                continue;
            }
            match did {
                Did::Accepted if !article.resolves => closed = Some(judged()),
                Did::Refused | Did::Guided if !article.resolves => closed = Some(judged()),
                Did::Refused | Did::Guided | Did::Withdrew => closed = Some((day, Verdict::Lifted)),
                Did::Resolved(_) | Did::Ended(_) if article.resolves => closed = Some(judged()),
                Did::Corrected if article.resolves => closed = None,
                _ => {}
            }
        }
        closed
    }

    /// Every limit that ever began, by rule.
    pub fn limits(&self) -> Vec<Limit> {
        let mut limits = Vec::new();
        for article in ARTICLES.iter().filter(|article| article.kind.is_none_or(|kind| kind == self.kind())) {
            if let Some(clock) = self.clock(article) {
                let (full, due) = clock.end();
                let plan = limits::plan(article, clock.start, due);
                let closed = self.closed(article);
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
        let clock = self.before(index).clock(&TRANSFER)?;
        let (full, due) = clock.end();
        let day = local_date(*at);
        let verdict = if day <= due { Verdict::OnTime } else { Verdict::Late };
        let plan = limits::plan(&TRANSFER, clock.start, due);
        Some(Limit { rule: TRANSFER.rule, start: clock.start, full, due, closed: Some((day, verdict)), plan })
    }

    /// The limits that are owed and whose clock runs.
    pub fn running(&self) -> Vec<Limit> {
        if self.stage() == "suspended" {
            return Vec::new();
        }
        self.limits().into_iter().filter(|limit| limit.closed.is_none()).collect()
    }

    /// What a sweep finds to say, by rule: everything whose time has come and that no sweep said before of the same due
    /// day, and of that, what is worth telling to whom.
    pub fn to_say(&self, now: Timestamp) -> Vec<Saying> {
        let mut said = Vec::new();
        for limit in self.running() {
            let mut reached: Vec<Milestone> =
                limit.plan.iter().filter(|(at, _)| *at <= now).map(|(_, milestone)| *milestone).collect();
            for (index, (at, did)) in self.happened.iter().enumerate() {
                if *did == Did::Ticked {
                    let then = self.before(index).running();
                    for same in then.iter().filter(|then| then.rule == limit.rule && then.due == limit.due) {
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
                .filter_map(|milestone| Some((*milestone, self.told_to(*milestone)?)))
                .collect();
            said.push(Saying { rule: limit.rule.to_owned(), reached, told });
        }
        said
    }

    fn told_to(&self, milestone: Milestone) -> Option<String> {
        let agency = self.agency()?;
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
            let silent =
                matches!(did, Did::Submitted | Did::Named(_) | Did::AskedToWithdraw | Did::Withdrew | Did::Ticked);
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
        let article = ARTICLES.iter().find(|a| a.resolves && a.kind == Some(self.kind())).unwrap();
        for (index, (at, did)) in self.happened.iter().enumerate() {
            let outcome = match did {
                Did::Resolved(result) => Outcome::from(*result),
                Did::Ended(TerminationGround::Withdrawal) => Outcome::Withdrawn,
                Did::Ended(_) => Outcome::Terminated,
                _ => continue,
            };
            let day = local_date(*at);
            let on_time = self.before(index).verdict(article, day) != Verdict::Late;
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
        transferred_in: 0,
        transferred_out: 0,
        withdrawn_before: 0,
    }
}
