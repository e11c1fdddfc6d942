//! A small province with the real competence rows, and builders that run commands at virtual instants.

use std::sync::LazyLock;

use donthu_domain::rules::RuleBook;
use donthu_domain::time::{VIETNAM, local_date};
use donthu_domain::{
    Actor, Against, Agency, AgencyId, AgencyType, Area, Calendar, Case, Command, CompetenceRule, Confidence, Contact,
    Context, Directory, Document, Event, Field, Kind, Language, Milestone, NoticeMilestone, Obligation, Petition,
    Policy, Position, Refusal, Role, RuleId, Transition, TransitionError, transition,
};
use jiff::Timestamp;
use jiff::civil::{Date, DateTime, date};

pub const CHAIR: &str = "chair";
pub const BOARD: &str = "reception-board";
pub const INSPECTORATE: &str = "inspectorate";
pub const FINANCE: &str = "so-tai-chinh";
pub const BUILDING: &str = "so-xay-dung";
/// An ordinary ward.
pub const WARD: &str = "c21025";
/// Another commune.
pub const COMMUNE: &str = "c21034";
/// A remote commune.
pub const ISLAND: &str = "c21548";

pub const AGENCIES: [(&str, AgencyType, Option<&str>); 8] = [
    (CHAIR, AgencyType::ProvinceChair, None),
    (BOARD, AgencyType::ReceptionBoard, Some(CHAIR)),
    (INSPECTORATE, AgencyType::Inspectorate, Some(CHAIR)),
    (FINANCE, AgencyType::Department, Some(CHAIR)),
    (BUILDING, AgencyType::Department, Some(CHAIR)),
    (WARD, AgencyType::Commune, Some(CHAIR)),
    (COMMUNE, AgencyType::Commune, Some(CHAIR)),
    (ISLAND, AgencyType::Commune, Some(CHAIR)),
];

const FOUNDED: Date = date(2012, 1, 1);

pub fn agency(id: &str, agency_type: AgencyType, parent: Option<&str>) -> Agency {
    Agency {
        id: id.into(),
        agency_type,
        name_vi: id.to_owned(),
        name_en: id.to_owned(),
        parent: parent.map(AgencyId::from),
        area: None,
        valid_from: FOUNDED,
        valid_to: None,
        successor: None,
        source: "test".to_owned(),
    }
}

pub fn area(id: &str, remote: bool) -> Area {
    Area {
        id: id.into(),
        name_vi: id.to_owned(),
        division_type: "xã".to_owned(),
        former_province: "Quảng Ngãi".to_owned(),
        remote,
        agency: AgencyId::new(format!("c{id}")),
        valid_from: FOUNDED,
        source: "test".to_owned(),
    }
}

pub fn field(id: &str) -> Field {
    Field {
        id: id.into(),
        form_column: "11".to_owned(),
        parent: None,
        name_vi: id.to_owned(),
        name_en: id.to_owned(),
        valid_from: FOUNDED,
    }
}

pub fn policy(id: &str, value: &str, valid_from: Date) -> Policy {
    Policy {
        id: id.to_owned(),
        value: value.to_owned(),
        valid_from,
        valid_to: None,
        basis: "test".to_owned(),
        confidence: Confidence::Design,
    }
}

/// The rows that ship for Quảng Ngãi.
pub fn shipped_competence() -> Vec<CompetenceRule> {
    let text = include_str!("../../../../infra/reference/quang-ngai/competence.csv");
    csv::Reader::from_reader(text.as_bytes()).deserialize().collect::<Result<_, _>>().unwrap()
}

pub fn directory(policies: Vec<Policy>) -> Directory {
    let agencies = AGENCIES.into_iter().map(|(id, of, parent)| agency(id, of, parent)).collect();
    let areas = vec![area("21025", false), area("21034", false), area("21548", true)];
    Directory::new(agencies, areas, vec![field("land-housing")], shipped_competence(), policies).unwrap()
}

pub struct World {
    pub rules: RuleBook,
    pub calendar: Calendar,
    pub directory: Directory,
}

impl World {
    /// A province with policies of its own. Unless they say otherwise it only advises a dialogue before a first decision, so that
    /// not every story has to hold one.
    pub fn with_policies(mut policies: Vec<Policy>) -> Self {
        if policies.iter().all(|policy| policy.id != "dialogue.first_instance") {
            policies.push(policy("dialogue.first_instance", "advised", Date::MIN));
        }
        Self {
            rules: RuleBook::shipped().unwrap(),
            calendar: Calendar::shipped().unwrap(),
            directory: directory(policies),
        }
    }

    /// The world without other policies: complaints and denunciations must be formalised.
    pub fn shared() -> &'static World {
        static WORLD: LazyLock<World> = LazyLock::new(|| World::with_policies(Vec::new()));
        &WORLD
    }

    pub fn context<'a>(&'a self, now: Timestamp, actor: &'a Actor) -> Context<'a> {
        Context { now, actor, rules: &self.rules, calendar: &self.calendar, directory: &self.directory }
    }
}

/// An instant in local time, e.g. `2026-11-23 09:00`.
pub fn at(text: &str) -> Timestamp {
    let local: DateTime = text.parse().unwrap();
    VIETNAM.to_timestamp(local).unwrap()
}

pub fn official(agency: &str, roles: &[Role]) -> Actor {
    Actor::Official { subject: format!("{agency}-1").as_str().into(), agency: agency.into(), roles: roles.to_vec() }
}

pub fn head(agency: &str) -> Actor {
    official(agency, &[Role::Head])
}

pub fn reception(agency: &str) -> Actor {
    official(agency, &[Role::Reception])
}

pub fn against(agency: &str, position: Position) -> Against {
    Against { agency: Some(agency.into()), position }
}

/// A petition about the ward: a complaint against its head's decision, a denunciation of one of its staff, feedback.
pub fn petition(kind: Kind) -> Petition {
    let against = match kind {
        Kind::Complaint => against(WARD, Position::Head),
        Kind::Denunciation => against(WARD, Position::Staff),
        Kind::Feedback => Against::nobody(),
    };
    Petition {
        id: "0123456789abcdef0123456789abcdef".into(),
        number: "K7QX-2M9D".to_owned(),
        kind,
        matter: Default::default(),
        area: Some("21025".into()),
        field: Some("land-housing".into()),
        against,
        contact: Contact { sms: true, language: Language::Vi, anonymous: false },
        group: None,
    }
}

pub fn document(number: &str, on: Date) -> Document {
    Document::new(number.to_owned(), on)
}

/// A case and all that happened to it.
pub struct File<'w> {
    pub world: &'w World,
    pub case: Option<Case>,
    pub journal: Vec<Transition>,
}

impl<'w> File<'w> {
    pub fn new(world: &'w World) -> Self {
        Self { world, case: None, journal: Vec::new() }
    }

    /// Submitted over HTTPS and routed at once.
    pub fn submitted(world: &'w World, when: &str, petition: Petition) -> Self {
        let mut file = Self::new(world);
        file.act(when, &Actor::Citizen, Command::Submit(petition));
        file.act(when, &Actor::System, Command::Route);
        file
    }

    /// Handed in at the reception board's counter, and so registered with the competent agency.
    pub fn registered(world: &'w World, when: &str, petition: Petition) -> Self {
        let mut file = Self::new(world);
        let received_on = local_date(at(when));
        let command = Command::Register { petition, channel: donthu_domain::Channel::Counter, received_on };
        file.act(when, &reception(BOARD), command);
        file
    }

    /// Registered and accepted in the same minute.
    pub fn accepted(world: &'w World, when: &str, petition: Petition) -> Self {
        let mut file = Self::registered(world, when, petition);
        file.own(when, Command::Accept { group_papers: false, document: None });
        file
    }

    pub fn case(&self) -> &Case {
        self.case.as_ref().unwrap()
    }

    pub fn attempt(
        &mut self,
        now: Timestamp,
        actor: &Actor,
        command: &Command,
    ) -> Result<Option<Transition>, TransitionError> {
        let done = transition(self.case.as_ref(), command, &self.world.context(now, actor))?;
        if let Some(transition) = &done {
            self.case = Some(transition.after.clone());
            self.journal.push(transition.clone());
        }
        Ok(done)
    }

    /// A step that must succeed and do something.
    pub fn act(&mut self, when: &str, actor: &Actor, command: Command) -> Transition {
        let done = self.attempt(at(when), actor, &command);
        done.unwrap_or_else(|refused| panic!("{command:?} at {when}: {refused}")).unwrap()
    }

    /// The same, by the head of the responsible agency.
    pub fn own(&mut self, when: &str, command: Command) -> Transition {
        let head = head(self.case().agency.as_ref().unwrap().as_str());
        self.act(when, &head, command)
    }

    /// A step that must be refused; the case stays as it is.
    pub fn refused(&mut self, when: &str, actor: &Actor, command: Command) -> Refusal {
        let before = (self.case.clone(), self.journal.len());
        let refused = match self.attempt(at(when), actor, &command) {
            Err(TransitionError::Refused(refused)) => refused,
            other => panic!("{command:?} at {when} was to be refused: {other:?}"),
        };
        assert_eq!((self.case.clone(), self.journal.len()), before, "a refusal changes nothing");
        refused
    }

    pub fn own_refused(&mut self, when: &str, command: Command) -> Refusal {
        let head = head(self.case().agency.as_ref().unwrap().as_str());
        self.refused(when, &head, command)
    }

    /// Lets time pass; none where nothing was to do.
    pub fn tick(&mut self, when: &str) -> Option<Transition> {
        self.attempt(at(when), &Actor::System, &Command::Tick).unwrap()
    }

    pub fn obligation(&self, rule: &str) -> &Obligation {
        let rule = RuleId::from(rule);
        self.case().obligations.iter().find(|o| o.rule == rule).unwrap_or_else(|| panic!("no obligation {rule}"))
    }

    pub fn due(&self, rule: &str) -> Date {
        self.obligation(rule).due_on
    }

    pub fn owed(&self) -> Vec<&str> {
        self.case().obligations.iter().filter(|o| o.is_open()).map(|o| o.rule.as_str()).collect()
    }
}

/// What was told of milestones: rule, milestone, agency.
pub fn told(transition: &Transition) -> Vec<(String, Milestone, String)> {
    let mut all = Vec::new();
    for event in &transition.events {
        if let Event::MilestonesReached { rule, told, .. } = event {
            all.extend(told.iter().map(|a| (rule.to_string(), a.milestone, a.agency.to_string())));
        }
    }
    all
}

/// The notices as text: milestone and audience.
pub fn notices(transition: &Transition) -> Vec<(NoticeMilestone, String)> {
    let named = |audience: &donthu_domain::Audience| match audience {
        donthu_domain::Audience::Agency { agency } => agency.to_string(),
        donthu_domain::Audience::Citizen => "citizen".to_owned(),
    };
    transition.notices.iter().map(|notice| (notice.milestone, named(&notice.audience))).collect()
}
