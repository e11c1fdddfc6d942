//! The price list: `infra/prices/`, read whole or not at all.

use std::collections::{BTreeMap, BTreeSet};
use std::fmt;
use std::str::FromStr;

use jiff::civil::Date;
use rust_decimal::Decimal;
use toml::{Table, Value};

/// The list that ships.
pub const SHIPPED: &str = include_str!("../../../../infra/prices/ap-southeast-1.toml");

/// Declares an enum whose members are known by a name in the data file, each exactly once.
macro_rules! named {
    ($(#[$doc:meta])* $name:ident { $($(#[$member_doc:meta])* $member:ident = $id:literal,)+ }) => {
        $(#[$doc])*
        #[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
        pub enum $name { $($(#[$member_doc])* $member,)+ }

        impl $name {
            /// Every one.
            pub const ALL: &[$name] = &[$($name::$member,)+];

            /// Its name in the data file.
            #[must_use]
            pub fn id(self) -> &'static str {
                match self { $($name::$member => $id,)+ }
            }
        }
    };
}

named! {
    /// What AWS bills.
    Item {
        /// Invocations of Lambda functions.
        LambdaRequests = "lambda_requests",
        /// Memory times time of Lambda functions, in GB-seconds.
        LambdaGbSeconds = "lambda_gb_seconds",
        /// Requests to the HTTP API.
        ApiRequests = "api_requests",
        /// Bytes that leave for the internet.
        TransferOut = "transfer_out",
        /// Write request units of `DynamoDB`.
        DynamodbWrites = "dynamodb_writes",
        /// Read request units of `DynamoDB`.
        DynamodbReads = "dynamodb_reads",
        /// Bytes in `DynamoDB`, tables and indexes.
        DynamodbStorage = "dynamodb_storage",
        /// Bytes in tables with point-in-time recovery.
        DynamodbBackup = "dynamodb_backup",
        /// KMS keys.
        KmsKeys = "kms_keys",
        /// Requests to symmetric KMS keys.
        KmsSymmetric = "kms_symmetric",
        /// Requests to asymmetric KMS keys.
        KmsAsymmetric = "kms_asymmetric",
        /// Publishes to SNS.
        SnsPublishes = "sns_publishes",
        /// E-mails that SNS sends.
        SnsEmails = "sns_emails",
        /// Parts of short messages that SNS sends.
        SnsShortMessages = "sns_short_messages",
        /// Bytes of logs that come in.
        LogsIngested = "logs_ingested",
        /// Bytes of logs that are kept.
        LogsStored = "logs_stored",
        /// Alarms.
        Alarms = "alarms",
        /// Metrics of our own.
        Metrics = "metrics",
        /// Dashboards.
        Dashboards = "dashboards",
        /// Traces.
        Traces = "traces",
        /// Runs of schedules.
        SchedulerRuns = "scheduler_runs",
        /// Users who sign in within the month.
        CognitoUsers = "cognito_users",
        /// Secrets.
        Secrets = "secrets",
    }
}

named! {
    /// What could not be counted; the data file says what each means.
    Assumption {
        /// Weight of complaints.
        Complaints = "complaints",
        /// Weight of denunciations.
        Denunciations = "denunciations",
        /// Weight of feedback.
        Feedback = "feedback",
        /// Looks of a citizen at a petition.
        LooksPerPetition = "looks_per_petition",
        /// Months of cases and logs that are there.
        MonthsKept = "months_kept",
        /// Readings of figures in a day.
        FiguresReadPerDay = "figures_read_per_day",
        /// Officials who sign in within a month.
        Officials = "officials",
        /// E-mails for each notice to an agency.
        EmailsPerNotice = "emails_per_notice",
        /// Milliseconds of an invocation beside its calls.
        LambdaBaseMs = "lambda_base_ms",
        /// Milliseconds of a call.
        LambdaCallMs = "lambda_call_ms",
        /// Milliseconds of a cold start.
        LambdaColdMs = "lambda_cold_ms",
        /// Part of invocations that start cold, at most 1.
        LambdaColdShare = "lambda_cold_share",
        /// Instances of a function at a time.
        ProcessesPerFunction = "processes_per_function",
        /// Bytes that Lambda logs of an invocation.
        PlatformLogBytes = "platform_log_bytes",
        /// Bytes of values in a line of the access log.
        AccessLogValueBytes = "access_log_value_bytes",
        /// Bytes of an answer beside its body.
        AnswerHeaderBytes = "answer_header_bytes",
        /// Part of requests that are traced, at most 1.
        TracedShare = "traced_share",
        /// Requests to KMS for each table in an hour.
        KmsRequestsPerTableHour = "kms_requests_per_table_hour",
    }
}

/// What a unit costs.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Rate {
    /// US dollars for a number of units.
    Usd {
        /// The dollars.
        usd: Decimal,
        /// The units.
        per: u64,
    },
    /// Nobody knows, and why: it is counted and left out of the total.
    Unpriced(String),
}

/// A row of the list.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Price {
    /// AWS's service.
    pub service: String,
    /// What is counted.
    pub what: String,
    /// What it costs.
    pub rate: Rate,
    /// Units that every account gets each month.
    pub free_per_month: u64,
    /// Types of the template's resources that it pays for.
    pub covers: Vec<String>,
    /// Where it stands.
    pub source: String,
    /// When it was read there.
    pub seen: Date,
    /// Whether it was compared with AWS's own list of the region.
    pub verified: bool,
    /// What else is to be known.
    pub note: Option<String>,
}

/// A value that was assumed, and why.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Assumed {
    /// The value.
    pub value: Decimal,
    /// What it means and where it is from.
    pub why: String,
}

/// The whole list.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Prices {
    /// AWS's region.
    pub region: String,
    /// The day on which it was put together.
    pub as_of: Date,
    /// Petitions a month that are computed, ascending.
    pub volumes: Vec<u64>,
    /// Prices.
    pub prices: BTreeMap<Item, Price>,
    /// Resources that cost nothing, each with its reason.
    pub free: BTreeMap<String, String>,
    /// Assumptions.
    pub assumptions: BTreeMap<Assumption, Assumed>,
}

/// Everything that is wrong with a list, each with its row.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Errors(pub Vec<String>);

impl fmt::Display for Errors {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        formatter.write_str(&self.0.join("\n"))
    }
}

impl std::error::Error for Errors {}

impl Prices {
    /// Reads a list.
    ///
    /// # Errors
    /// [`Errors`] names every row that is wrong, and what is missing.
    pub fn parse(text: &str) -> Result<Self, Errors> {
        let table: Table = text.parse().map_err(|error: toml::de::Error| Errors(vec![error.to_string()]))?;
        let mut errors = Vec::new();
        let mut whole = Row { name: "the list".to_owned(), table, errors: &mut errors };
        let region = whole.text("region");
        let as_of = whole.parsed("as_of", "a day");
        let volumes = whole.volumes();
        let (price_rows, free_rows, assumption_rows) =
            (whole.rows("price"), whole.rows("free"), whole.rows("assumption"));
        whole.nothing_else();

        let mut prices = BTreeMap::new();
        for (number, table) in price_rows.into_iter().enumerate() {
            let mut row = Row { name: format!("price {}", number + 1), table, errors: &mut errors };
            let id = row.id(Item::ALL, Item::id, &prices);
            let price = row.price();
            row.nothing_else();
            if let (Some(id), Some(price)) = (id, price) {
                prices.insert(id, price);
            }
        }
        let mut free = BTreeMap::new();
        for (number, table) in free_rows.into_iter().enumerate() {
            let mut row = Row { name: format!("free {}", number + 1), table, errors: &mut errors };
            let (resource, reason) = (row.text("resource"), row.text("reason"));
            row.nothing_else();
            if let (Some(resource), Some(reason)) = (resource, reason)
                && free.insert(resource.clone(), reason).is_some()
            {
                errors.push(format!("free {}: {resource} stands twice", number + 1));
            }
        }
        let mut assumptions = BTreeMap::new();
        for (number, table) in assumption_rows.into_iter().enumerate() {
            let mut row = Row { name: format!("assumption {}", number + 1), table, errors: &mut errors };
            let id = row.id(Assumption::ALL, Assumption::id, &assumptions);
            let (value, why) = (row.amount("value"), row.text("why"));
            row.nothing_else();
            let (Some(id), Some(value), Some(why)) = (id, value, why) else { continue };
            let part = matches!(id, Assumption::LambdaColdShare | Assumption::TracedShare);
            if part && value > Decimal::ONE {
                errors.push(format!("assumption {} ({}): a part is at most 1", number + 1, id.id()));
            }
            assumptions.insert(id, Assumed { value, why });
        }
        missing("price", Item::ALL, Item::id, &prices, &mut errors);
        missing("assumption", Assumption::ALL, Assumption::id, &assumptions, &mut errors);
        let kinds = [Assumption::Complaints, Assumption::Denunciations, Assumption::Feedback];
        if kinds.iter().all(|kind| assumptions.get(kind).is_some_and(|assumed| assumed.value.is_zero())) {
            errors.push("assumption: there is no petition of any kind".to_owned());
        }
        match (region, as_of, errors.is_empty()) {
            (Some(region), Some(as_of), true) => Ok(Self { region, as_of, volumes, prices, free, assumptions }),
            _ => Err(Errors(errors)),
        }
    }

    /// An assumption's value. Every list that was read has them all.
    #[must_use]
    pub fn assumed(&self, assumption: Assumption) -> Decimal {
        self.assumptions.get(&assumption).map(|assumed| assumed.value).unwrap_or_default()
    }

    /// Which of some types of resources neither a price nor a reason covers.
    #[must_use]
    pub fn uncovered<'a>(&self, resources: impl IntoIterator<Item = &'a str>) -> BTreeSet<&'a str> {
        let covered = |resource: &&str| {
            self.free.contains_key(*resource)
                || self.prices.values().any(|price| price.covers.iter().any(|covers| covers == resource))
        };
        resources.into_iter().filter(|resource| !covered(resource)).collect()
    }
}

fn missing<T: Copy + Ord, V>(
    what: &str,
    all: &[T],
    id: fn(T) -> &'static str,
    found: &BTreeMap<T, V>,
    errors: &mut Vec<String>,
) {
    let absent = all.iter().filter(|one| !found.contains_key(one));
    errors.extend(absent.map(|one| format!("{what}: there is no row {}, or it is wrong", id(*one))));
}

/// A row that is being taken apart: what is read is taken out, so that the rest is what nobody knows.
struct Row<'a> {
    name: String,
    table: Table,
    errors: &'a mut Vec<String>,
}

impl Row<'_> {
    fn wrong(&mut self, reason: &str) {
        self.errors.push(format!("{}: {reason}", self.name));
    }

    fn id<T: Copy + Ord, V>(&mut self, all: &[T], id: fn(T) -> &'static str, found: &BTreeMap<T, V>) -> Option<T> {
        let name = self.text("id")?;
        self.name = format!("{} ({name})", self.name);
        let Some(one) = all.iter().copied().find(|one| id(*one) == name) else {
            self.wrong("nobody knows this id");
            return None;
        };
        if found.contains_key(&one) {
            self.wrong("this id stands twice");
            return None;
        }
        Some(one)
    }

    fn price(&mut self) -> Option<Price> {
        let (service, what) = (self.text("service"), self.text("what"));
        let rate = match (self.table.contains_key("usd"), self.table.contains_key("unpriced")) {
            (true, false) => {
                let (usd, per) = (self.amount("usd"), self.count("per"));
                if per == Some(0) {
                    self.wrong("per is 0");
                }
                usd.zip(per.filter(|per| *per > 0)).map(|(usd, per)| Rate::Usd { usd, per })
            }
            (false, true) => self.text("unpriced").map(Rate::Unpriced),
            _ => {
                self.wrong("it has neither usd nor unpriced, or both");
                None
            }
        };
        let free_per_month = if self.table.contains_key("free_per_month") { self.count("free_per_month")? } else { 0 };
        let covers = self.texts("covers");
        let (source, seen) = (self.text("source"), self.parsed("seen", "a day"));
        if source.as_ref().is_some_and(|source| !source.starts_with("https://")) {
            self.wrong("source is no https:// address");
        }
        let verified = self.table.remove("verified").and_then(|value| value.as_bool());
        if verified.is_none() {
            self.wrong("verified is missing or neither true nor false");
        }
        let note = if self.table.contains_key("note") { Some(self.text("note")?) } else { None };
        Some(Price {
            service: service?,
            what: what?,
            rate: rate?,
            free_per_month,
            covers,
            source: source?,
            seen: seen?,
            verified: verified?,
            note,
        })
    }

    fn text(&mut self, name: &str) -> Option<String> {
        match self.table.remove(name) {
            Some(Value::String(text)) if !text.trim().is_empty() => Some(text),
            _ => {
                self.wrong(&format!("{name} is missing, empty or no text"));
                None
            }
        }
    }

    fn texts(&mut self, name: &str) -> Vec<String> {
        let Some(value) = self.table.remove(name) else { return Vec::new() };
        let texts: Option<Vec<String>> =
            value.as_array().and_then(|all| all.iter().map(|one| one.as_str().map(ToOwned::to_owned)).collect());
        if texts.is_none() {
            self.wrong(&format!("{name} is no list of texts"));
        }
        texts.unwrap_or_default()
    }

    fn parsed<T: FromStr>(&mut self, name: &str, what: &str) -> Option<T> {
        let text = self.text(name)?;
        let parsed = text.parse().ok();
        if parsed.is_none() {
            self.wrong(&format!("{name} is not {what}: {text}"));
        }
        parsed
    }

    /// A decimal number as text, since a float of TOML is none; not below zero.
    fn amount(&mut self, name: &str) -> Option<Decimal> {
        let amount: Decimal = self.parsed(name, "a decimal number in quotes")?;
        if amount.is_sign_negative() {
            self.wrong(&format!("{name} is below 0"));
            return None;
        }
        Some(amount)
    }

    fn count(&mut self, name: &str) -> Option<u64> {
        let count =
            self.table.remove(name).and_then(|value| value.as_integer()).and_then(|count| count.try_into().ok());
        if count.is_none() {
            self.wrong(&format!("{name} is missing or no whole number from 0 on"));
        }
        count
    }

    fn volumes(&mut self) -> Vec<u64> {
        let value = self.table.remove("volumes");
        let volumes: Option<Vec<u64>> = value
            .as_ref()
            .and_then(Value::as_array)
            .and_then(|all| all.iter().map(|one| one.as_integer().and_then(|count| count.try_into().ok())).collect());
        let volumes = volumes.unwrap_or_default();
        let ascending = volumes.windows(2).all(|pair| matches!(pair, [one, next] if one < next));
        if volumes.is_empty() || !ascending {
            self.wrong("volumes is no list of whole numbers that ascend");
        }
        volumes
    }

    fn rows(&mut self, name: &str) -> Vec<Table> {
        let value = self.table.remove(name);
        let rows: Option<Vec<Table>> = value
            .as_ref()
            .and_then(Value::as_array)
            .and_then(|all| all.iter().map(|one| one.as_table().cloned()).collect());
        if rows.is_none() {
            self.wrong(&format!("it has no [[{name}]]"));
        }
        rows.unwrap_or_default()
    }

    fn nothing_else(&mut self) {
        let unknown: Vec<String> = self.table.keys().cloned().collect();
        for name in unknown {
            self.wrong(&format!("nobody knows {name}"));
        }
    }
}
