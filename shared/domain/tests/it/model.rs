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

use self::limits::{ARTICLES, Article, By, Clock};
use self::wall::{Wall, Walls};
use crate::common::{AGENCIES, BOARD, CHAIR};

mod lawful;
pub mod limits;
mod owed;
mod recount;
pub mod wall;

pub use recount::Recount;

/// Until this day the model's province wants a signature under a complaint that came over HTTPS; afterwards only under a
/// denunciation.
pub const SIGNATURE_UNTIL: Date = date(2026, 3, 31);

/// One thing that happened to a case.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Did {
    Submitted,
    Entered {
        received_on: Date,
    },
    Routed,
    Formalised {
        received_on: Date,
    },
    Named(String),
    Moved {
        to: String,
    },
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
    Wrote {
        citizen: bool,
    },
    Disclosed,
    /// A sweep counted anew what rested on days off that were not proclaimed.
    Recounted,
    Ticked,
}

impl Did {
    fn received_on(&self) -> Option<Date> {
        match self {
            Did::Entered { received_on } | Did::Formalised { received_on } => Some(*received_on),
            _ => None,
        }
    }
}

/// A limit as it stands.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Limit {
    pub rule: &'static str,
    pub start: Date,
    pub full: Date,
    pub due: Date,
    /// Whether a day off that was counted may still move.
    pub provisional: bool,
    pub closed: Option<(Date, Verdict)>,
    pub plan: Vec<(Timestamp, Milestone)>,
}

impl Limit {
    fn of(article: &Article, clock: &Clock, wall: &Wall, closed: Option<(Date, Verdict)>) -> Self {
        let (start, (full, due)) = (clock.start, clock.end(wall));
        let plan = limits::plan(article, start, due, wall);
        Self { rule: article.rule, start, full, due, provisional: wall.may_move(start, due), closed, plan }
    }
}

/// A limit before and after it was counted anew.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Moved {
    pub was: Limit,
    pub is: Limit,
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
    /// The date on the document of what happened, where it had one, by its place in the list.
    pub papers: BTreeMap<usize, Date>,
    /// What hung on the wall while it did.
    pub walls: &'static Walls,
}

impl History {
    pub fn new(petition: Petition, walls: &'static Walls) -> Self {
        Self { petition, happened: Vec::new(), papers: BTreeMap::new(), walls }
    }

    pub fn kind(&self) -> Kind {
        self.petition.kind
    }

    fn before(&self, index: usize) -> Self {
        Self {
            petition: self.petition.clone(),
            happened: self.happened[..index].to_vec(),
            papers: self.papers.range(..index).map(|(at, date)| (*at, *date)).collect(),
            walls: self.walls,
        }
    }

    /// Writes down an act that was done, in the words of its effect.
    pub fn record(&mut self, now: Timestamp, actor: &Actor, command: &Command) {
        let formal = self.kind() != Kind::Feedback;
        let did: Vec<Did> = match command {
            Command::Submit(_) => vec![Did::Submitted],
            Command::Register { received_on, .. } => vec![Did::Entered { received_on: *received_on }],
            Command::Route => vec![Did::Routed],
            Command::Tick if !self.to_recount(now).is_empty() => vec![Did::Recounted],
            Command::Tick if self.stage() == "received" => vec![Did::Routed],
            Command::Tick => self.effect(now).into_iter().map(Did::TookEffect).chain([Did::Ticked]).collect(),
            Command::Formalise { received_on } => vec![Did::Formalised { received_on: *received_on }],
            Command::Assign { agency, handler, .. } => {
                let moved = agency.as_ref().map(|to| Did::Moved { to: to.to_string() });
                moved.into_iter().chain(handler.as_ref().map(|handler| Did::Named(handler.to_string()))).collect()
            }
            Command::Transfer { to, .. } => vec![Did::Moved { to: to.to_string() }],
            Command::Accept { .. } => vec![Did::Accepted],
            Command::Refuse { .. } => vec![Did::Refused],
            Command::Guide { .. } => vec![Did::Guided],
            Command::File { .. } => vec![Did::Filed],
            Command::UseForInspection { .. } => vec![Did::Inspected],
            Command::Refer { .. } => vec![Did::Referred],
            Command::LinkDuplicate { .. } => vec![Did::Linked],
            Command::Divide { .. } => vec![Did::Divided],
            Command::Verify { .. } => vec![Did::Verified],
            Command::CallDialogue { on, .. } => vec![Did::Called(*on)],
            Command::RecordDialogue { .. } => vec![Did::Met],
            Command::WithdrawPart { .. } => vec![Did::PartlyWithdrew],
            Command::ContinueWithdrawn { .. } => vec![Did::Overruled],
            Command::Dispatch { what, .. } => vec![Did::Sent(*what)],
            Command::Publish { .. } => vec![Did::Published],
            Command::Enforce { .. } => vec![Did::Enforced],
            Command::Appeal { .. } | Command::Continue { .. } => vec![Did::Followed],
            Command::ReportOverdue => vec![Did::ReportedOverdue],
            Command::DemandReport { .. } => vec![Did::Demanded],
            Command::AnswerDemand { .. } => vec![Did::Reported],
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
            Command::Correct { .. } => vec![Did::Corrected],
            Command::SendMessage => vec![Did::Wrote { citizen: *actor == Actor::Citizen }],
            Command::DiscloseIdentity { .. } => vec![Did::Disclosed],
        };
        if let Some(document) = command.document() {
            self.papers.insert(self.happened.len(), document.date);
        }
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
        self.happened[self.received_at()?].1.received_on().or_else(|| Some(self.submitted_on()))
    }

    fn received_at(&self) -> Option<usize> {
        let receives = |did: &Did| match did {
            Did::Routed => !self.waits_for_a_signature(),
            _ => did.received_on().is_some(),
        };
        self.happened.iter().position(|(_, did)| receives(did))
    }

    pub fn accepted_on(&self) -> Option<Date> {
        self.days_of(|did| *did == Did::Accepted).last().copied()
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
                Did::Wrote { citizen: true } => {
                    notices.extend(self.agency().map(|agency| (NoticeMilestone::Changed, agency)));
                }
                Did::Demanded => {
                    notices.insert((NoticeMilestone::Missed, agency));
                }
                Did::Recounted if before.to_recount(now).iter().any(|moved| moved.was.due != moved.is.due) => {
                    let citizen = self.petition.contact.sms.then(|| "citizen".to_owned());
                    let told = self.agency().into_iter().chain(citizen);
                    notices.extend(told.map(|to| (NoticeMilestone::Changed, to)));
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
                    | Did::Recounted
                    | Did::Ticked
                    | Did::TookEffect(_)
                    | Did::Followed
                    | Did::Verified
                    | Did::Met
                    | Did::Sent(_)
                    | Did::Published
                    | Did::ReportedOverdue
                    | Did::Reported
                    | Did::Wrote { citizen: true }
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
            let began = self.before(index).starts(article)[0];
            let on_time = self.before(index).verdict(article, began, day) != Verdict::Late;
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
