//! An engine with fresh tables, a store on it, and the domain's decisions.

use std::sync::{Arc, LazyLock};
use std::time::Duration;

use aws_sdk_dynamodb::Client;
use aws_sdk_dynamodb::config::{self, BehaviorVersion, Credentials, Region, SharedInterceptor};
use aws_sdk_dynamodb::types::AttributeValue;
use donthu_domain::{
    Actor, Against, Agency, AgencyId, AgencyType, Calendar, Case, CaseId, Command, CommandId, CompetenceRule,
    Confidence, Contact, Context, Directory, Instance, Kind, Language, Petition, Position, Resolver, Role, RuleBook,
    Transition, TransitionError, transition,
};
use donthu_store::signing::SignedReceipt;
use donthu_store::testing::{Elsewhere, Faults, FixedKeyring, create_tables};
use donthu_store::{
    BodyHmac, Created, DataClass, Keyring, Loaded, NewCase, Retries, StepError, Stepped, Store, StoreError, Tables,
    VaultPart, case_number,
};
use jiff::Timestamp;
use uuid::Uuid;

pub const DEPARTMENT: &str = "so-xay-dung";

/// What no table, log or error may hold in the clear.
pub const PLANTED: [&str; 3] = ["Nguyễn Thị Thử Nghiệm", "0912345678", "đất của tôi bị lấn"];

struct World {
    rules: RuleBook,
    calendar: Calendar,
    directory: Directory,
}

static WORLD: LazyLock<World> = LazyLock::new(|| {
    let agency = |id: &str, agency_type, parent: Option<&str>| Agency {
        id: AgencyId::from(id),
        agency_type,
        name_vi: id.to_owned(),
        name_en: id.to_owned(),
        parent: parent.map(AgencyId::from),
        area: None,
        valid_from: "2025-01-01".parse().unwrap(),
        valid_to: None,
        successor: None,
        source: "test".to_owned(),
    };
    let agencies = vec![
        agency("chair", AgencyType::ProvinceChair, None),
        agency("reception-board", AgencyType::ReceptionBoard, Some("chair")),
        agency("inspectorate", AgencyType::Inspectorate, Some("chair")),
        agency(DEPARTMENT, AgencyType::Department, Some("chair")),
    ];
    let competence = Kind::ALL.map(|kind| CompetenceRule {
        id: format!("target-{}", kind.code()),
        kind,
        instance: Instance::First,
        target_type: Some(AgencyType::Department),
        position: None,
        field: None,
        resolver: Resolver::Target,
        valid_from: "2025-01-01".parse().unwrap(),
        valid_to: None,
        citation: "test".to_owned(),
        confidence: Confidence::Design,
    });
    World {
        rules: RuleBook::shipped().unwrap(),
        calendar: Calendar::shipped().unwrap(),
        directory: Directory::new(agencies, vec![], vec![], competence.to_vec(), vec![]).unwrap(),
    }
});

/// What the domain makes of a command.
pub fn decide(
    case: Option<&Case>,
    command: &Command,
    actor: &Actor,
    now: Timestamp,
) -> Result<Option<Transition>, TransitionError> {
    let World { rules, calendar, directory } = &*WORLD;
    transition(case, command, &Context { now, actor, rules, calendar, directory })
}

pub fn at(text: &str) -> Timestamp {
    text.parse().unwrap()
}

pub fn monday() -> Timestamp {
    at("2026-03-02T02:00:00Z")
}

pub fn official(role: Role) -> Actor {
    Actor::Official { subject: "official-1".into(), agency: DEPARTMENT.into(), roles: vec![role] }
}

pub struct Bench {
    pub store: Store,
    /// A client of its own, to look into tables and to spoil them; not metered, never failing.
    pub raw: Client,
    pub faults: Faults,
    pub keyring: Arc<FixedKeyring>,
    engine: Elsewhere,
}

impl Bench {
    pub async fn new() -> Self {
        let engine = match Elsewhere::from_environment().unwrap() {
            Some(elsewhere) => elsewhere,
            None => embedded().await,
        };
        let raw = Client::from_conf(config(&engine).build());
        create_tables(&raw, &tables()).await.unwrap();
        let faults = Faults::new();
        let keyring = Arc::new(FixedKeyring::new(1));
        let store = store(&engine, &faults, keyring.clone(), |_| Duration::ZERO);
        Self { store, raw, faults, keyring, engine }
    }

    /// Another process on the same tables, with another keyring.
    pub fn with_keyring(&self, keyring: impl Keyring + 'static) -> Store {
        store(&self.engine, &Faults::new(), Arc::new(keyring), |_| Duration::ZERO)
    }

    /// Another process on the same tables, with the same faults, that does something before each further attempt.
    pub fn with_jitter(&self, jitter: impl Fn(Duration) -> Duration + Send + Sync + 'static) -> Store {
        store(&self.engine, &self.faults, self.keyring.clone(), jitter)
    }

    pub fn case_id(&self, number: u128) -> CaseId {
        case_id(self.keyring.as_ref(), number)
    }

    pub async fn submit(&self, number: u128, kind: Kind) -> Result<Created, StoreError> {
        self.submit_body(number, kind, "body").await
    }

    pub async fn submit_body(&self, number: u128, kind: Kind, body: &str) -> Result<Created, StoreError> {
        submit(&self.store, number, kind, body).await
    }

    /// The same submission to another process.
    pub async fn submit_to(&self, store: &Store, number: u128, kind: Kind) -> Result<Created, StoreError> {
        submit(store, number, kind, "body").await
    }

    pub fn body_hmac(&self, body: &str) -> BodyHmac {
        self.keyring.lookup().body_hmac(body.as_bytes())
    }

    pub async fn step(
        &self,
        id: &CaseId,
        command_id: &str,
        command: Command,
        actor: &Actor,
        now: Timestamp,
    ) -> Result<Stepped, StepError<TransitionError>> {
        let command_id = CommandId::from(command_id);
        self.store.transition(id, &command_id, actor, now, |case| decide(Some(case), &command, actor, now)).await
    }

    /// A case that an agency has accepted.
    pub async fn accepted(&self, number: u128, kind: Kind) -> Loaded {
        self.submit(number, kind).await.unwrap();
        let id = self.case_id(number);
        self.step(&id, "route", Command::Route, &Actor::System, monday()).await.unwrap();
        if kind != Kind::Feedback {
            let formalise = Command::Formalise { received_on: donthu_domain::time::local_date(monday()) };
            let actor = if kind == Kind::Denunciation { Role::Head } else { Role::Reception };
            self.step(&id, "formalise", formalise, &official(actor), monday()).await.unwrap();
        }
        let accept = Command::Accept { group_papers: false, document: None };
        let stepped = self.step(&id, "accept", accept, &official(Role::Head), monday()).await.unwrap();
        stepped.loaded().clone()
    }

    pub async fn every_item(&self, table: &str) -> Vec<std::collections::HashMap<String, AttributeValue>> {
        let scanned = self.raw.scan().table_name(table).consistent_read(true).send().await.unwrap();
        assert!(scanned.last_evaluated_key.is_none());
        scanned.items.unwrap()
    }
}

async fn submit(store: &Store, number: u128, kind: Kind, body: &str) -> Result<Created, StoreError> {
    let id = case_id(store.keyring(), number);
    let body_hmac = store.keyring().lookup().body_hmac(body.as_bytes());
    let transition = submission(&id, kind, monday());
    let new = NewCase {
        transition: &transition,
        command: &CommandId::new(format!("submit-{number}-{body}")),
        actor: &Actor::Citizen,
        at: monday(),
        body_hmac: &body_hmac,
        receipt: &receipt(),
        parts: &parts(),
    };
    store.create(new).await
}

pub fn case_id(keyring: &dyn Keyring, number: u128) -> CaseId {
    let lookup = keyring.lookup();
    let receipt = lookup.receipt(lookup.current(), Uuid::from_u128(number)).unwrap();
    lookup.case_id(&receipt).unwrap()
}

pub fn submission(id: &CaseId, kind: Kind, now: Timestamp) -> Transition {
    let petition = Petition {
        id: id.clone(),
        number: case_number("quang-ngai", id),
        kind,
        matter: donthu_domain::Matter::Administrative,
        area: None,
        field: None,
        against: Against { agency: Some(DEPARTMENT.into()), position: Position::Staff },
        contact: Contact { sms: true, language: Language::Vi, anonymous: false },
        group: None,
    };
    decide(None, &Command::Submit(petition), &Actor::Citizen, now).unwrap().unwrap()
}

pub fn receipt() -> SignedReceipt {
    SignedReceipt::new("header.content.signature")
}

pub fn parts() -> Vec<VaultPart> {
    let classes = [DataClass::Identity, DataClass::Contact, DataClass::Text];
    classes.into_iter().zip(PLANTED).map(|(class, text)| VaultPart::new(class, "petition", text.into())).collect()
}

pub fn tables() -> Tables {
    Tables {
        cases: "cases".to_owned(),
        journal: "journal".to_owned(),
        vault: "vault".to_owned(),
        limits: "limits".to_owned(),
    }
}

async fn embedded() -> Elsewhere {
    let listener = tokio::net::TcpListener::bind("127.0.0.1:0").await.unwrap();
    let endpoint = format!("http://{}", listener.local_addr().unwrap());
    let database = dynoxide::Database::memory().unwrap();
    tokio::spawn(dynoxide::server::serve_with_shutdown(listener, database, std::future::pending()));
    Elsewhere { endpoint, access_key: "test".to_owned() }
}

fn config(engine: &Elsewhere) -> config::Builder {
    config::Builder::new()
        .behavior_version(BehaviorVersion::v2026_01_12())
        .region(Region::new("ap-southeast-1"))
        .credentials_provider(Credentials::new(&engine.access_key, "test", None, None, "test"))
        .endpoint_url(&engine.endpoint)
}

fn store(
    engine: &Elsewhere,
    faults: &Faults,
    keyring: Arc<dyn Keyring>,
    jitter: impl Fn(Duration) -> Duration + Send + Sync + 'static,
) -> Store {
    let mut config = config(engine);
    config.push_interceptor(SharedInterceptor::new(faults.clone()));
    Store::new(config, tables(), keyring, Retries::default().with_jitter(jitter))
}
