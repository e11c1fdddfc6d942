//! Every key string of the tables, and no other place: what is found by which key is decided here.
//!
//! | item | pk | sk |
//! |---|---|---|
//! | case head | `CASE#<id>` | `HEAD` |
//! | signed receipt | `CASE#<id>` | `RECEIPT` |
//! | notice | `CASE#<id>` | `NOTICE#<version>#<milestone>#<audience>` |
//! | journal entry | `CASE#<id>` | `<version>` |
//! | flow counter | `TALLY#<yyyy-mm>#<kind>` | `<agency>#<dd>#<shard>` |
//! | cohort counter | `COHORT#<yyyy-mm>#<kind>` | `<agency>#<dd>#<shard>` |
//! | sealed month | `MONTH#<province>` | `<yyyy-mm>#<kind>#<agency>` |
//! | journal root | `ROOT#<province>` | `<day>` |
//! | leaves below a root | `LEAF#<province>#<day>#<root>` | `TOP`, or the page |
//! | whose leaves they are | `ENTRY#<province>#<day>#<root>` | the page |
//! | reference row | `REF#<type>` | `<id>#V#<valid from>` |
//! | use of a limit, in a table of its own | `LIMIT#<digest>` | `<window>` |
//! | vault part | `ID#<case>`, `CONTACT#<case>`, `TEXT#<case>`, `MESSAGE#<case>` | `<part>` |
//!
//! Index `by_agency`: `AG#<agency>#<compartment>#open` or `…#closed:<year>` / `<due or closed day>#<id>`.
//! Index `due`: `DUE#<shard>` or `UNSENT#<shard>` / `<instant>#<id>`.
//! Index `by_day` of the journal: `DAY#<day>#<shard>` / `<instant>#<id>#<version>`.

use donthu_domain::time;
use donthu_domain::{AgencyId, Audience, CaseId, Kind, Notice};
use jiff::civil::Date;
use jiff::{SignedDuration, Timestamp};

use crate::keyring::DataClass;
use crate::merkle::Hash;

/// Partition key of every table.
pub const PK: &str = "pk";
/// Sort key of every table.
pub const SK: &str = "sk";
/// Index of an agency's cases.
pub const BY_AGENCY: &str = "by_agency";
/// Partition key of [`BY_AGENCY`].
pub const AG_PK: &str = "ag_pk";
/// Sort key of [`BY_AGENCY`].
pub const AG_SK: &str = "ag_sk";
/// Sparse index of the work still to do.
pub const DUE: &str = "due";
/// Partition key of [`DUE`].
pub const DUE_PK: &str = "due_pk";
/// Sort key of [`DUE`].
pub const DUE_SK: &str = "due_sk";
/// Index of the journal's entries by day.
pub const BY_DAY: &str = "by_day";
/// Partition key of [`BY_DAY`].
pub const DAY_PK: &str = "day_pk";
/// Sort key of [`BY_DAY`].
pub const DAY_SK: &str = "day_sk";
/// Sort key of the pages' first leaves and roots, where a day has several pages.
pub const TOP: &str = "TOP";
/// Seconds since 1970 from which on DynamoDB may remove a row. Only the counts of limits have it: nothing legal expires.
pub const EXPIRES_AT: &str = "expires_at";
/// Sort key of a case head.
pub const HEAD: &str = "HEAD";
/// Sort key of the signed receipt that was given out for a case.
pub const RECEIPT: &str = "RECEIPT";
/// What the sort key of every notice begins with.
pub const NOTICE_PREFIX: &str = "NOTICE#";

/// Partitions of the index of due work, and items over which one day's counter is spread: one partition takes 1,000
/// write units a second (DynamoDB's limit), and a transaction costs two units an item.
pub const SHARDS: u8 = 4;

/// What the partition of every case begins with.
pub const CASE_PREFIX: &str = "CASE#";
/// What the partition of every count of uses begins with.
pub const LIMIT_PREFIX: &str = "LIMIT#";
/// What the partition of every sort of reference rows begins with.
pub const REFERENCE_PREFIX: &str = "REF#";
const DAY_PREFIX: &str = "DAY#";

/// A primary key.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct Key {
    /// Partition key.
    pub pk: String,
    /// Sort key.
    pub sk: String,
}

/// Lists that never mix: an ordinary list cannot reach a denunciation by a wrong filter, since the key is another one.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Compartment {
    /// Complaints and feedback.
    Ordinary,
    /// Denunciations.
    Denunciations,
    /// Denunciations with no lawful handler in the province.
    External,
}

impl Compartment {
    /// The compartment of a case of this kind at this agency.
    pub fn of(kind: Kind, agency: &AgencyId) -> Self {
        match kind {
            _ if agency.is_external() => Self::External,
            Kind::Denunciation => Self::Denunciations,
            Kind::Complaint | Kind::Feedback => Self::Ordinary,
        }
    }

    fn code(self) -> &'static str {
        match self {
            Self::Ordinary => "o",
            Self::Denunciations => "d",
            Self::External => "x",
        }
    }
}

/// Open cases, or those closed in one year.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Shelf {
    /// Still open, earliest due day first.
    Open,
    /// Closed in this year, earliest closing day first.
    Closed(i16),
}

/// A month of the statistics.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct Month {
    year: i16,
    month: i8,
}

impl Month {
    /// The month in which a day lies.
    pub fn of(day: Date) -> Self {
        Self { year: day.year(), month: day.month() }
    }

    /// The day of this month with this number; `None` where the month has no such day.
    pub fn day(self, day: i8) -> Option<Date> {
        Date::new(self.year, self.month, day).ok()
    }

    /// The first day.
    pub fn first_day(self) -> Date {
        Date::new(self.year, self.month, 1).unwrap_or(Date::MIN)
    }

    /// The last day.
    pub fn last_day(self) -> Date {
        self.first_day().last_of_month()
    }

    /// The month after this one.
    #[must_use]
    pub fn next(self) -> Self {
        Self::of(time::next_day(self.last_day()))
    }

    /// The month before this one.
    #[must_use]
    pub fn previous(self) -> Self {
        Self::of(time::add_days(self.first_day(), -1))
    }

    /// Reads `yyyy-mm`.
    pub fn parse(text: &str) -> Option<Self> {
        let (year, month) = text.split_once('-')?;
        if year.len() != 4 || month.len() != 2 || !text.bytes().all(|byte| byte.is_ascii_digit() || byte == b'-') {
            return None;
        }
        let first = Date::new(year.parse().ok()?, month.parse().ok()?, 1).ok()?;
        Some(Self::of(first))
    }
}

impl std::fmt::Display for Month {
    fn fmt(&self, formatter: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        write!(formatter, "{:04}-{:02}", self.year, self.month)
    }
}

/// Which of a month's two sets of counters.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Ledger {
    /// What happened on a day, by the day of the event.
    Flow,
    /// What became of the cases accepted on a day, by the day of acceptance.
    Cohort,
}

/// Partition of everything that belongs to a case, in the cases and journal tables.
pub fn case_pk(case: &CaseId) -> String {
    format!("{CASE_PREFIX}{case}")
}

/// The case of a partition; `None` for other partitions.
pub fn case_of_pk(pk: &str) -> Option<CaseId> {
    pk.strip_prefix(CASE_PREFIX).map(CaseId::new)
}

/// The case head.
pub fn head(case: &CaseId) -> Key {
    Key { pk: case_pk(case), sk: HEAD.to_owned() }
}

/// The signed receipt of a case.
pub fn receipt(case: &CaseId) -> Key {
    Key { pk: case_pk(case), sk: RECEIPT.to_owned() }
}

/// A journal entry by the version that it made. The fixed width keeps them in order.
pub fn journal(case: &CaseId, version: u64) -> Key {
    Key { pk: case_pk(case), sk: sequence(version) }
}

/// A notice of the transition that made this version.
pub fn notice(case: &CaseId, version: u64, notice: &Notice) -> Key {
    let audience = match &notice.audience {
        Audience::Agency { agency } => format!("agency:{agency}"),
        Audience::Citizen => "citizen".to_owned(),
    };
    let sk = format!("{NOTICE_PREFIX}{}#{}#{audience}", sequence(version), notice.milestone.code());
    Key { pk: case_pk(case), sk }
}

fn sequence(version: u64) -> String {
    format!("{version:010}")
}

/// Partition of one month's counters of a kind: one query reads every agency.
pub fn tally_pk(ledger: Ledger, month: Month, kind: Kind) -> String {
    format!("{}{month}#{}", tally_pk_prefix(ledger), kind.code())
}

/// What the partitions of a ledger's counters begin with.
pub fn tally_pk_prefix(ledger: Ledger) -> &'static str {
    match ledger {
        Ledger::Flow => "TALLY#",
        Ledger::Cohort => "COHORT#",
    }
}

/// Ledger, month and kind of a partition of counters; `None` for other partitions.
pub fn parse_tally_pk(pk: &str) -> Option<(Ledger, Month, Kind)> {
    [Ledger::Flow, Ledger::Cohort].into_iter().find_map(|ledger| {
        let (month, kind) = pk.strip_prefix(tally_pk_prefix(ledger))?.split_once('#')?;
        Some((ledger, Month::parse(month)?, Kind::from_code(kind)?))
    })
}

/// The counter of an agency's day to which a case adds.
pub fn tally(ledger: Ledger, day: Date, kind: Kind, agency: &AgencyId, case: &CaseId) -> Key {
    Key { pk: tally_pk(ledger, Month::of(day), kind), sk: format!("{}{}", tally_day_prefix(agency, day), shard(case)) }
}

/// The first shard of the counter of an agency's day.
pub fn first_tally(ledger: Ledger, day: Date, kind: Kind, agency: &AgencyId) -> Key {
    Key { pk: tally_pk(ledger, Month::of(day), kind), sk: format!("{}0", tally_day_prefix(agency, day)) }
}

/// What the sort keys of the shards of an agency's day begin with.
pub fn tally_day_prefix(agency: &AgencyId, day: Date) -> String {
    format!("{}{:02}#", tally_prefix(agency), day.day())
}

/// What the sort keys of one agency's counters begin with.
pub fn tally_prefix(agency: &AgencyId) -> String {
    format!("{agency}#")
}

/// Agency and day of the month of a counter.
pub fn parse_tally_sk(sk: &str) -> Option<(AgencyId, i8)> {
    let mut parts = sk.rsplitn(3, '#');
    let (_shard, day, agency) = (parts.next()?, parts.next()?, parts.next()?);
    Some((AgencyId::new(agency), day.parse().ok()?))
}

/// A sealed month of an agency and kind.
pub fn sealed_month(province: &str, month: Month, kind: Kind, agency: &AgencyId) -> Key {
    Key { pk: sealed_months_pk(province), sk: format!("{month}#{}#{agency}", kind.code()) }
}

/// Partition of a province's sealed months.
pub fn sealed_months_pk(province: &str) -> String {
    format!("MONTH#{province}")
}

/// The bounds of the sort keys of these months, both included.
pub fn sealed_month_bounds(from: Month, to: Month) -> (String, String) {
    // '~' sorts after every letter of a kind.
    (format!("{from}#"), format!("{to}#~"))
}

/// Month, kind and agency of a sealed month.
pub fn parse_sealed_month_sk(sk: &str) -> Option<(Month, Kind, AgencyId)> {
    let mut parts = sk.splitn(3, '#');
    let (month, kind, agency) = (parts.next()?, parts.next()?, parts.next()?);
    Some((Month::parse(month)?, Kind::from_code(kind)?, AgencyId::new(agency)))
}

/// The root of a day's journal entries.
pub fn journal_root(province: &str, day: Date) -> Key {
    Key { pk: journal_roots_pk(province), sk: day.to_string() }
}

/// Partition of a province's journal roots.
pub fn journal_roots_pk(province: &str) -> String {
    format!("ROOT#{province}")
}

/// Partition of the leaves below a root. The root is part of it: two runs that disagree never mix their pages.
pub fn leaves_pk(province: &str, day: Date, root: &Hash) -> String {
    format!("LEAF#{province}#{day}#{root}")
}

/// Partition of whose leaves they are; apart from the leaves, so that a proof reads no other case's id.
pub fn leaf_entries_pk(province: &str, day: Date, root: &Hash) -> String {
    format!("ENTRY#{province}#{day}#{root}")
}

/// Sort key of a page of leaves.
pub fn leaf_page_sk(page: usize) -> String {
    format!("{page:06}")
}

/// Partition of the index of a day's journal entries.
pub fn day_pk(day: Date, shard: u8) -> String {
    format!("{DAY_PREFIX}{day}#{shard}")
}

/// The day of a partition of that index; `None` for other partitions.
pub fn day_of_pk(pk: &str) -> Option<Date> {
    pk.strip_prefix(DAY_PREFIX)?.split_once('#')?.0.parse().ok()
}

/// Position in the index of a day's journal entries, to the second.
pub fn day_sk(at: Timestamp, case: &CaseId, version: u64) -> String {
    format!("{}#{case}#{}", whole_second(at), sequence(version))
}

/// One version of a reference row, by the first day on which it holds.
pub fn reference(sort: &str, id: &str, valid_from: Date) -> Key {
    Key { pk: reference_pk(sort), sk: format!("{id}#V#{valid_from}") }
}

/// How often something was used in one window of time. The digest says of whom, and tells nobody.
pub fn limit(digest: &str, window: &str) -> Key {
    Key { pk: format!("{LIMIT_PREFIX}{digest}"), sk: window.to_owned() }
}

/// Partition of one sort of reference rows.
pub fn reference_pk(sort: &str) -> String {
    format!("{REFERENCE_PREFIX}{sort}")
}

/// A part in the vault. The leading key says the class, so that a role can be confined to it (`dynamodb:LeadingKeys`).
pub fn vault(case: &CaseId, class: DataClass, part: &str) -> Key {
    Key { pk: vault_pk(case, class), sk: part.to_owned() }
}

/// Partition of a case's parts of one class.
pub fn vault_pk(case: &CaseId, class: DataClass) -> String {
    format!("{}#{case}", vault_prefix(class))
}

fn vault_prefix(class: DataClass) -> &'static str {
    match class {
        DataClass::Identity => "ID",
        DataClass::Contact => "CONTACT",
        DataClass::Text => "TEXT",
        DataClass::Message => "MESSAGE",
    }
}

/// The case and class of a partition of the vault; `None` for other partitions.
pub fn parse_vault_pk(pk: &str) -> Option<(CaseId, DataClass)> {
    let (prefix, case) = pk.split_once('#')?;
    let class = DataClass::ALL.into_iter().find(|class| vault_prefix(*class) == prefix)?;
    Some((CaseId::new(case), class))
}

/// Partition of the index of an agency's cases.
pub fn agency_queue_pk(agency: &AgencyId, compartment: Compartment, shelf: Shelf) -> String {
    let compartment = compartment.code();
    match shelf {
        Shelf::Open => format!("AG#{agency}#{compartment}#open"),
        Shelf::Closed(year) => format!("AG#{agency}#{compartment}#closed:{year:04}"),
    }
}

/// Position in an agency's list: by day, cases without one last.
pub fn agency_queue_sk(day: Option<Date>, case: &CaseId) -> String {
    format!("{}#{case}", day.unwrap_or(Date::MAX))
}

/// Partition of the index of due cases.
pub fn due_pk(shard: u8) -> String {
    format!("DUE#{shard}")
}

/// Partition of the index of notices not yet sent.
pub fn unsent_pk(shard: u8) -> String {
    format!("UNSENT#{shard}")
}

/// Position in the index of due work.
pub fn due_sk(at: Timestamp, case: &CaseId) -> String {
    format!("{}#{case}", up_to_the_second(at))
}

/// The upper bound of sort keys for work due at this instant or before.
pub fn due_until(until: Timestamp) -> String {
    // '~' sorts after every digit of an id.
    format!("{}#~", whole_second(until))
}

/// The instant of a position in the index of due work.
pub fn parse_due_sk(sk: &str) -> Option<Timestamp> {
    sk.split_once('#')?.0.parse().ok()
}

/// Rounded up, so that nothing is due a fraction of a second before its time.
fn up_to_the_second(at: Timestamp) -> String {
    let up =
        if at.subsec_nanosecond() == 0 { at } else { at.saturating_add(SignedDuration::from_secs(1)).unwrap_or(at) };
    whole_second(up)
}

fn whole_second(at: Timestamp) -> String {
    at.strftime("%Y-%m-%dT%H:%M:%SZ").to_string()
}

/// The shard of a case: its id is an HMAC, so its last digit is as good as any hash.
pub fn shard(case: &CaseId) -> u8 {
    let digit = case.as_str().chars().next_back().and_then(|digit| digit.to_digit(16)).unwrap_or(0);
    u8::try_from(digit).unwrap_or(0) % SHARDS
}

#[cfg(test)]
mod tests;
