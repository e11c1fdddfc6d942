//! Random walks: a few cases, and for each a story of lawful and unlawful steps by anybody, in time that goes forward.

use std::sync::LazyLock;

use donthu_domain::time::{VIETNAM, add_days, local_date};
use donthu_domain::{
    Actor, Against, AgencyId, Case, Channel, Command, CompetentBody, ComplexityCriterion, Contact, ContinuationGround,
    DialogueOutcome, DisclosureReason, Document, FilingGround, Instance, Kind, Language, Opening, Petition, Policy,
    RefusalGround, ResultCode, Role, Sending, SuspensionGround, TerminationGround, Transition, TransitionError,
};
use jiff::civil::{Date, date};
use jiff::{SignedDuration, Timestamp};
use proptest::prelude::*;

use crate::common::{AGENCIES, BOARD, CHAIR, File, World, head, official, policy, reception};
use crate::competence::POSITIONS;
use crate::model::wall::Walls;
use crate::model::{Did, History, SIGNATURE_UNTIL};

/// The first day of the province as it is now, without districts: the competence rows hold from then on.
const TWO_TIERS: Date = date(2025, 7, 1);

/// The last day on which somebody acts: what then runs still ends within the model's wall calendar.
const LAST_DAY: Date = date(2027, 5, 31);

/// Complaints over HTTPS need no signature from the day after [`SIGNATURE_UNTIL`].
pub fn world() -> &'static World {
    static WORLD: LazyLock<World> = LazyLock::new(|| World::with_policies(policies()));
    &WORLD
}

pub fn policies() -> Vec<Policy> {
    vec![
        policy("formalisation.complaint", "required", date(2012, 7, 1)),
        policy("formalisation.complaint", "not_required", SIGNATURE_UNTIL.tomorrow().unwrap()),
    ]
}

/// What somebody tries; numbers choose among what there is when it is tried.
#[derive(Debug, Clone)]
pub struct Step {
    /// Which of the three cases that people are busy with.
    slot: usize,
    pub minutes_later: u32,
    /// A step that the stage knows, by somebody who may; else anything by anybody.
    sensible: bool,
    what: u8,
    who: u8,
    details: [u8; 3],
}

/// Any step.
pub fn step() -> impl Strategy<Value = Step> {
    let later = prop_oneof![
        2 => Just(0u32),
        4 => 1u32..600,
        4 => (1u32..12).prop_map(|days| days * 1440),
        1 => 1u32..60_000,
    ];
    (0usize..3, later, prop::bool::weighted(0.8), any::<u8>(), any::<u8>(), any::<[u8; 3]>()).prop_map(
        |(slot, minutes_later, sensible, what, who, details)| Step {
            slot,
            minutes_later,
            sensible,
            what,
            who,
            details,
        },
    )
}

pub fn steps() -> impl Strategy<Value = (u16, Vec<Step>)> {
    (0u16..510, prop::collection::vec(step(), 1..48))
}

/// A step as it was tried, and what came of it.
pub struct Tried {
    pub case: usize,
    pub now: Timestamp,
    pub actor: Actor,
    pub command: Command,
    pub case_before: Option<Case>,
    pub before: Option<History>,
    pub outcome: Result<Option<Transition>, TransitionError>,
}

/// Cases with their journals, and beside each the model's list.
pub struct Walk {
    pub now: Timestamp,
    slots: [usize; 3],
    pub files: Vec<File<'static>>,
    pub histories: Vec<Option<History>>,
    /// What was done in each case, without the sweeps that only say how late it is.
    pub acts: Vec<Vec<(Timestamp, Actor, Command)>>,
}

impl Walk {
    pub fn from_day(day: u16) -> Self {
        let first = add_days(TWO_TIERS, i32::from(day));
        let now = VIETNAM.to_timestamp(first.at(9, 0, 0, 0)).unwrap();
        let files = (0..3).map(|_| File::new(world())).collect();
        Self { now, slots: [0, 1, 2], files, histories: vec![None; 3], acts: vec![Vec::new(); 3] }
    }

    /// All steps.
    pub fn whole((day, steps): &(u16, Vec<Step>)) -> Self {
        let mut walk = Self::from_day(*day);
        for step in steps {
            walk.take(step);
        }
        walk
    }

    /// Tries a step; none once the time is up.
    pub fn take(&mut self, step: &Step) -> Option<Tried> {
        let now = self.now + SignedDuration::from_mins(i64::from(step.minutes_later));
        if local_date(now) > LAST_DAY {
            return None;
        }
        self.now = now;
        if step.sensible && self.histories[self.slots[step.slot]].as_ref().is_some_and(History::is_over) {
            self.slots[step.slot] = self.files.len();
            self.files.push(File::new(world()));
            self.histories.push(None);
            self.acts.push(Vec::new());
        }
        let case = self.slots[step.slot];
        let (actor, command) = step.on(case, self.histories[case].as_ref(), local_date(now));
        Some(self.attempt(case, actor, command))
    }

    /// Tries a command on a case and, where it was done, writes it into the model's list.
    pub fn attempt(&mut self, case: usize, actor: Actor, command: Command) -> Tried {
        let (file, history) = (&mut self.files[case], &mut self.histories[case]);
        let tried = attempt(case, (file, history), Walls::shipped(), self.now, actor, command);
        if let Ok(Some(_)) = &tried.outcome {
            let Tried { actor, command, before, .. } = &tried;
            let routed = before.as_ref().is_some_and(|before| before.stage() == "received");
            let took_effect = self.histories[case].as_ref().is_some_and(|history| {
                history.happened.iter().any(|(at, did)| *at == self.now && matches!(did, Did::TookEffect(_)))
            });
            if *command != Command::Tick || routed || took_effect {
                self.acts[case].push((self.now, actor.clone(), command.clone()));
            }
        }
        tried
    }

    /// The cases that began.
    pub fn begun(&self) -> impl Iterator<Item = (&File<'static>, &History)> {
        self.files.iter().zip(&self.histories).filter_map(|(file, history)| Some((file, history.as_ref()?)))
    }
}

/// Tries a command on a case and, where it was done, writes it into the model's list.
pub fn attempt(
    case: usize,
    (file, history): (&mut File<'static>, &mut Option<History>),
    walls: &'static Walls,
    now: Timestamp,
    actor: Actor,
    command: Command,
) -> Tried {
    let case_before = file.case.clone();
    let before = history.clone();
    let outcome = file.attempt(now, &actor, &command);
    if let Ok(Some(_)) = &outcome {
        let new = || match &command {
            Command::Submit(petition) | Command::Register { petition, .. } => History::new(petition.clone(), walls),
            other => panic!("{other:?} began a case"),
        };
        history.get_or_insert_with(new).record(now, &actor, &command);
    }
    Tried { case, now, actor, command, case_before, before, outcome }
}

impl Step {
    /// What it is on a case of which this is known so far.
    pub fn on(&self, case: usize, history: Option<&History>, today: Date) -> (Actor, Command) {
        match history {
            None => self.opening(case, today),
            Some(history) => self.following(case, history, today),
        }
    }

    fn detail(&self, index: usize, count: usize) -> usize {
        usize::from(self.details[index]) % count
    }

    /// One that fits, where somebody sensible acts and there is one; else any.
    fn one_of<T: Copy>(&self, all: &[T], fits: impl Fn(T) -> bool) -> T {
        let fitting: Vec<T> = all.iter().copied().filter(|one| !self.sensible || fits(*one)).collect();
        let choice = if fitting.is_empty() { all } else { &fitting };
        choice[self.detail(1, choice.len())]
    }

    fn petition(&self, case: usize) -> Petition {
        let kind = Kind::ALL[usize::from(self.what) % 3];
        let named = self.detail(0, AGENCIES.len() + 2);
        let agency = AGENCIES.get(named).map(|(id, ..)| AgencyId::from(*id));
        let area = ["21025", "21034", "21548"].get(self.detail(1, 4)).map(|id| (*id).into());
        Petition {
            id: format!("case-{case}").as_str().into(),
            number: format!("NUMBER-{case}"),
            kind,
            matter: Default::default(),
            area,
            field: None,
            against: Against { agency, position: POSITIONS[self.detail(2, POSITIONS.len())] },
            contact: Contact { sms: !self.who.is_multiple_of(4), language: Language::Vi, anonymous: false },
            group: None,
        }
    }

    /// Over HTTPS or at a counter, there of some days ago too.
    fn opening(&self, case: usize, today: Date) -> (Actor, Command) {
        let petition = self.petition(case);
        if self.who.is_multiple_of(2) {
            return (Actor::Citizen, Command::Submit(petition));
        }
        let received_on = add_days(today, -i32::from(self.who / 2 % 20));
        let agency = if self.sensible { BOARD } else { AGENCIES[self.detail(1, AGENCIES.len())].0 };
        (reception(agency), Command::Register { petition, channel: Channel::Counter, received_on })
    }

    fn following(&self, case: usize, history: &History, today: Date) -> (Actor, Command) {
        const ANYTHING: [&str; 41] = [
            "submit",
            "register",
            "route",
            "tick",
            "withdraw",
            "formalise",
            "name",
            "assign",
            "accept",
            "refuse",
            "guide",
            "transfer",
            "complex",
            "extend",
            "suspend",
            "resume",
            "terminate",
            "resolve",
            "correct",
            "file",
            "inspect",
            "refer",
            "link",
            "divide",
            "verify",
            "call",
            "record",
            "withdraw part",
            "go on",
            "send acceptance",
            "send suspension",
            "send decision",
            "publish",
            "enforce",
            "further",
            "overdue",
            "demand",
            "answer",
            "write",
            "disclose",
            "tick",
        ];
        let known: &[&str] = match history.stage() {
            _ if !self.sensible => &ANYTHING,
            "received" => &["route", "route", "route", "route", "tick", "withdraw"],
            "awaiting_formalisation" => &[
                "formalise",
                "formalise",
                "formalise",
                "transfer",
                "name",
                "withdraw",
                "file",
                "inspect",
                "divide",
                "tick",
            ],
            "registered" => &[
                "accept",
                "accept",
                "accept",
                "accept",
                "accept",
                "transfer",
                "assign",
                "refuse",
                "guide",
                "withdraw",
                "terminate",
                "link",
                "refer",
                "divide",
                "tick",
            ],
            "accepted" | "verifying" => match history.kind() {
                Kind::Complaint => &[
                    "resolve",
                    "verify",
                    "complex",
                    "suspend",
                    "withdraw",
                    "withdraw part",
                    "call",
                    "record",
                    "terminate",
                    "send suspension",
                    "further",
                    "write",
                    "disclose",
                    "tick",
                    "tick",
                ],
                Kind::Denunciation => &[
                    "resolve",
                    "verify",
                    "extend",
                    "extend",
                    "suspend",
                    "withdraw",
                    "go on",
                    "terminate",
                    "send acceptance",
                    "send suspension",
                    "overdue",
                    "write",
                    "disclose",
                    "demand",
                    "answer",
                    "further",
                    "tick",
                    "tick",
                ],
                Kind::Feedback => &["resolve", "resolve", "withdraw", "name", "tick", "tick"],
            },
            "suspended" => &["resume", "resume", "resume", "withdraw", "terminate", "tick", "name", "send suspension"],
            "resolved" => &[
                "correct",
                "correct",
                "send decision",
                "send decision",
                "publish",
                "enforce",
                "further",
                "answer",
                "tick",
                "tick",
                "withdraw",
            ],
            "terminated" => &["send suspension", "tick"],
            _ => &["tick"],
        };
        let command = self.command(case, known[usize::from(self.what) % known.len()], history, today);
        let by = match &command {
            Command::Submit(_) | Command::Withdraw => Actor::Citizen,
            Command::Appeal { .. } | Command::Continue { .. } | Command::ReportOverdue
                if self.who.is_multiple_of(2) =>
            {
                Actor::Citizen
            }
            Command::DemandReport { .. } => head(CHAIR),
            Command::SendMessage if self.who.is_multiple_of(2) => Actor::Citizen,
            Command::DiscloseIdentity { .. } if self.who.is_multiple_of(3) => {
                official(CHAIR, &[Role::IdentityCustodian])
            }
            Command::DiscloseIdentity { .. } => {
                official(&history.agency().unwrap_or(BOARD.to_owned()), &[Role::IdentityCustodian])
            }
            Command::Route | Command::Tick => Actor::System,
            _ => head(&history.agency().unwrap_or(BOARD.to_owned())),
        };
        let actor = if self.sensible && self.who < 235 { by } else { self.anybody(history) };
        (actor, command)
    }

    fn anybody(&self, history: &History) -> Actor {
        let roles = [Role::ALL[usize::from(self.who) % 7], Role::ALL[usize::from(self.who / 7) % 7]];
        match self.detail(2, 6) {
            0 => Actor::Citizen,
            1 => Actor::System,
            2 => official("external", &roles),
            3 => official(AGENCIES[self.detail(1, AGENCIES.len())].0, &roles),
            _ => official(&history.agency().unwrap_or(BOARD.to_owned()), &roles),
        }
    }

    fn document(&self, today: Date) -> Document {
        let days_ago = if self.sensible { i32::from(self.who % 2) } else { i32::from(self.who % 5) - 1 };
        Document::new("1/QĐ-UBND".to_owned(), add_days(today, -days_ago))
    }

    fn body(&self) -> CompetentBody {
        match self.detail(2, 3) {
            0 => CompetentBody::Agency(CHAIR.into()),
            1 => CompetentBody::OtherProvince,
            _ => CompetentBody::Court,
        }
    }

    fn criteria(&self) -> Vec<ComplexityCriterion> {
        use ComplexityCriterion::{ForeignElement, ManyPeople, SeveralPlaces};
        let least = usize::from(self.sensible);
        [ManyPeople, ManyPeople, ForeignElement, SeveralPlaces][..least + self.detail(0, 4 - least)].to_vec()
    }

    fn command(&self, case: usize, code: &str, history: &History, today: Date) -> Command {
        let kind = history.kind();
        let document = (!self.details[0].is_multiple_of(3)).then(|| self.document(today));
        let to = || match self.detail(1, AGENCIES.len() + 1) {
            last if last == AGENCIES.len() => AgencyId::from("so-khong-co"),
            index => AgencyId::from(AGENCIES[index].0),
        };
        let responsible = history.agency().unwrap_or_default();
        match code {
            "submit" => Command::Submit(self.petition(case)),
            "register" => {
                Command::Register { petition: self.petition(case), channel: Channel::Post, received_on: today }
            }
            "route" => Command::Route,
            "tick" => Command::Tick,
            "withdraw" => Command::Withdraw,
            "formalise" => {
                let days_ago = if self.sensible { self.who % 2 } else { self.who % 6 };
                Command::Formalise { received_on: add_days(today, 1 - i32::from(days_ago) - i32::from(self.sensible)) }
            }
            "name" => {
                let handler = if self.detail(0, 3) == 0 { "somebody".to_owned() } else { format!("{responsible}-1") };
                Command::Assign { agency: None, handler: Some(handler.as_str().into()), denounced: None }
            }
            "assign" => {
                let handler = (self.detail(0, 2) == 0).then(|| "somebody".into());
                Command::Assign { agency: (self.detail(2, 4) > 0).then(to), handler, denounced: None }
            }
            "accept" => Command::Accept { group_papers: false, document },
            "refuse" => {
                use RefusalGround::{Court, NoGrounds, NoSignature};
                Command::Refuse { ground: self.one_of(&[NoSignature, Court, NoGrounds], |g| g.fits(kind)), document }
            }
            "guide" => Command::Guide { to: self.body(), document },
            "transfer" => Command::Transfer { to: to(), document },
            "complex" => Command::FindComplex { criteria: self.criteria(), document: self.document(today) },
            "extend" => {
                let days = if self.sensible { [30, 15, 1][self.detail(1, 3)] } else { [30, 31, 0][self.detail(1, 3)] };
                Command::Extend { days, criteria: self.criteria(), document: self.document(today) }
            }
            "suspend" => {
                use SuspensionGround::{AwaitsExpertise, AwaitsOtherBody, ForceMajeure};
                Command::Suspend {
                    ground: [AwaitsOtherBody, ForceMajeure, AwaitsExpertise][self.detail(1, 3)],
                    document,
                }
            }
            "resume" => Command::Resume { document },
            "terminate" => {
                use TerminationGround::{AlreadySettled, Death, Dissolution, Withdrawal};
                let ground =
                    [Withdrawal, Withdrawal, Withdrawal, Death, Dissolution, AlreadySettled][self.detail(1, 6)];
                {
                    let withdrawal = (self.detail(0, 3) == 0).then(|| self.document(today));
                    Command::Terminate { ground, no_ground_to_continue: self.detail(2, 4) > 0, withdrawal, document }
                }
            }
            "resolve" => {
                use ResultCode::{Answered, Founded, PartlyFounded, Unfounded, Upheld};
                let all = [Founded, PartlyFounded, Unfounded, Answered, Upheld];
                Command::Resolve { result: self.one_of(&all, |r| r.fits(kind, Instance::First)), document }
            }
            "correct" => Command::Correct { document },
            "file" => {
                use FilingGround::{AnonymousWithoutEvidence, Illegible};
                let ground = self.one_of(&[Illegible, AnonymousWithoutEvidence], |g| g.fits(kind));
                Command::File { ground, document }
            }
            "inspect" => Command::UseForInspection { document },
            "refer" => Command::Refer { document: self.document(today) },
            "link" => Command::LinkDuplicate { of: format!("case-{}", self.detail(1, 3)).as_str().into(), document },
            "divide" => {
                let part = |index: u8| {
                    let id = format!("part-{case}-{index}-{}", self.who);
                    Petition { id: id.as_str().into(), group: None, ..self.petition(case) }
                };
                Command::Divide { parts: (0..=self.details[1] % 3).map(part).collect(), document }
            }
            "verify" => Command::Verify { document },
            "call" => Command::CallDialogue { on: add_days(today, 4 + i32::from(self.who % 4)), document },
            "record" => {
                use DialogueOutcome::{Held, NoShow};
                Command::RecordDialogue { outcome: [Held, NoShow][self.detail(1, 2)], document }
            }
            "withdraw part" => Command::WithdrawPart { document: self.document(today) },
            "go on" => {
                let grounds = vec![ContinuationGround::Coerced; self.detail(1, 3)];
                Command::ContinueWithdrawn { grounds, document }
            }
            "send acceptance" => Command::Dispatch { what: Sending::Acceptance, document },
            "send suspension" => Command::Dispatch { what: Sending::Suspension, document },
            "send decision" => Command::Dispatch { what: Sending::Decision, document },
            "publish" => Command::Publish { document },
            "enforce" => Command::Enforce { document: self.document(today) },
            "further" => {
                let id = format!("further-{case}");
                let opening = Opening { id: id.as_str().into(), number: id };
                let received_on = (self.detail(2, 2) == 0).then(|| self.document(today).date);
                match kind {
                    Kind::Complaint => Command::Appeal { opening, good_reason: self.detail(1, 3) == 0, received_on },
                    _ => Command::Continue { opening, received_on },
                }
            }
            "overdue" => Command::ReportOverdue,
            "demand" => Command::DemandReport { document },
            "answer" => Command::AnswerDemand { document },
            "write" => Command::SendMessage,
            "disclose" => Command::DiscloseIdentity { to: "somebody".into(), reason: DisclosureReason::Invitation },
            other => panic!("no command {other}"),
        }
    }
}
