//! A province, and the program run on its tables.

use std::collections::BTreeMap;
use std::process::{Command, Stdio};

use aws_sdk_dynamodb::Client;
use donthu_domain::{CaseId, time};
use donthu_service::clock::{Clock, SystemClock};
use donthu_tests::{Province, runtime};
use jiff::{SignedDuration, Timestamp};
use serde_json::{Value, json};

/// Stands where a secret does; no output may hold it.
pub const SECRET: &str = "operators-secret-7731";

/// What the program said.
#[derive(Debug)]
pub struct Said {
    pub code: i32,
    pub out: String,
    pub err: String,
}

impl Said {
    /// The one line on standard error of a program that could not run.
    #[track_caller]
    pub fn refusal(&self) -> &str {
        assert_eq!((self.code, self.out.as_str(), self.err.lines().count()), (2, "", 1), "{self:?}");
        self.err.strip_prefix("donthu: ").unwrap()
    }

    /// What it printed when all was well.
    #[track_caller]
    pub fn done(&self) -> &str {
        assert_eq!((self.code, self.err.as_str()), (0, ""), "{self:?}");
        &self.out
    }

    /// What it printed when something was found or left.
    #[track_caller]
    pub fn found(&self) -> &str {
        assert_eq!((self.code, self.err.as_str()), (1, ""), "{self:?}");
        &self.out
    }
}

/// Runs the program with these variables and no others.
pub fn run(environment: &BTreeMap<String, String>, arguments: &[&str]) -> Said {
    let output = Command::new(env!("CARGO_BIN_EXE_donthu"))
        .args(arguments)
        .env_clear()
        .envs(environment)
        .stdin(Stdio::null())
        .output()
        .unwrap();
    let text = |bytes: Vec<u8>| String::from_utf8(bytes).unwrap();
    let said = Said { code: output.status.code().unwrap(), out: text(output.stdout), err: text(output.stderr) };
    assert!(!format!("{said:?}").contains(SECRET), "{said:?}");
    said
}

/// A province at the time of the machine's clock, by which the program goes.
pub struct Stage {
    pub province: Province,
    pub environment: BTreeMap<String, String>,
    pub now: Timestamp,
}

impl Stage {
    pub async fn open() -> Self {
        let province = Province::open().await;
        let mut environment = runtime::environment(&province, "AuditFunction");
        environment.insert("AWS_SECRET_ACCESS_KEY".to_owned(), SECRET.to_owned());
        let now = SystemClock.now();
        province.machine.world().clock().hold(now);
        Self { province, environment, now }
    }

    pub fn run(&self, arguments: &[&str]) -> Said {
        run(&self.environment, arguments)
    }

    /// The province's clock stands so long before the program's.
    pub fn stand_back(&self, by: SignedDuration) {
        self.province.machine.world().clock().hold(self.now - by);
    }

    /// How many days are over since so many hours ago, as the audit counts them.
    pub fn days_over(&self, since_hours: i64) -> i32 {
        let day = |before: SignedDuration| time::local_date(self.now - before);
        time::days_between(day(SignedDuration::from_hours(since_hours)), day(SignedDuration::from_mins(30)))
    }

    /// A citizen submits feedback, of which the stream has told nobody yet.
    pub async fn submit(&self) -> CaseId {
        let petition = json!({ "kind": "feedback", "area": "21040", "text": "Cầu tạm đã hỏng." });
        let submitted = self.province.send("POST", "/v1/petitions", &[], Some(petition)).await;
        self.province.case_of(&submitted.text("/receipt"))
    }

    pub fn tables(&self) -> Client {
        Client::new(&self.province.machine.engine().sdk_config())
    }

    /// Everything in the tables, by table and key.
    pub async fn contents(&self) -> BTreeMap<String, Value> {
        let tables = self.province.shared.app.store.tables();
        let mut items = BTreeMap::new();
        for table in [&tables.cases, &tables.journal, &tables.vault] {
            let mut pages = self.tables().scan().table_name(table).consistent_read(true).into_paginator().send();
            while let Some(page) = pages.next().await {
                for item in page.unwrap().items.unwrap_or_default() {
                    let item = serde_json::to_value(serde_dynamo::Item::from(item)).unwrap();
                    let key = |name: &str| item[name]["S"].as_str().unwrap().to_owned();
                    items.insert(format!("{table} {} {}", key("pk"), key("sk")), item);
                }
            }
        }
        items
    }

    /// What a command does not change.
    #[track_caller]
    pub fn assert_same(before: &BTreeMap<String, Value>, after: &BTreeMap<String, Value>) {
        let keys = before.keys().chain(after.keys());
        let different: Vec<_> = keys.filter(|key| before.get(*key) != after.get(*key)).collect();
        assert!(different.is_empty(), "{different:?}");
    }
}
