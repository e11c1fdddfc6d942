//! The journal's days are sealed once and in order, and whatever is changed afterwards is named.

use std::collections::BTreeMap;
use std::time::Duration;

use aws_sdk_dynamodb::primitives::Blob;
use aws_sdk_dynamodb::types::AttributeValue;
use donthu_audit::{AuditTask, Summary, handle, handle_within, verify_journal};
use donthu_store::merkle::Hash;
use donthu_store::sealing::JournalRoot;
use donthu_store::testing::When;
use donthu_tests::Province;
use jiff::civil::{Date, date};
use serde_json::json;

use super::rows::{Item, Rows, Table, text};
use super::{accepted, hold, recount, submit, take};
use crate::raw;
use Table::{Cases, Journal};

async fn seal_journal(province: &Province) -> Summary {
    handle(&province.shared.app, AuditTask::SealJournal).await.unwrap()
}

async fn roots(province: &Province) -> BTreeMap<Date, JournalRoot> {
    let app = &province.shared.app;
    let roots = app.store.journal_roots(&app.province, Date::MIN, Date::MAX, 1_000).await.unwrap();
    roots.into_iter().map(|root| root.unwrap()).map(|root| (root.day, root)).collect()
}

fn days(from: i8, to: i8) -> Vec<String> {
    (from..=to).map(|day| format!("2026-10-{day:02}")).collect()
}

#[tokio::test]
async fn a_day_is_sealed_once_when_it_is_over_and_all_of_it_has_arrived() {
    let province = Province::open().await;
    assert_eq!(seal_journal(&province).await.roots, Vec::<String>::new(), "there is no entry yet");
    accepted(&province).await;
    for (at, why) in [
        ("2026-10-05T16:59:59Z", "the day is running"),
        ("2026-10-05T17:20:00Z", "what was decided before midnight may still be on its way"),
    ] {
        hold(&province, at);
        assert_eq!(seal_journal(&province).await.roots, Vec::<String>::new(), "{why}");
    }
    hold(&province, "2026-10-05T17:40:00Z");
    let first = seal_journal(&province).await;
    assert_eq!((first.roots, first.differences, first.complete), (days(5, 5), vec![], true));
    let sealed = raw::contents(&province).await;
    let again = seal_journal(&province).await;
    assert_eq!((again.roots, again.differences), (vec![], vec![]));
    assert_eq!(raw::differences(&sealed, &raw::contents(&province).await), Vec::<String>::new());
    province.recount().await;
}

#[tokio::test]
async fn a_late_run_seals_every_missed_day_in_order_the_empty_ones_too() {
    let province = Province::open().await;
    hold(&province, "2026-10-05T02:00:00Z");
    accepted(&province).await;
    hold(&province, "2026-10-08T02:00:00Z");
    submit(&province, 1).await;
    hold(&province, "2026-10-10T02:00:00Z");
    assert_eq!(seal_journal(&province).await.roots, days(5, 9));
    let roots = roots(&province).await;
    assert_eq!(roots.values().map(|root| root.entries).collect::<Vec<_>>(), [3, 0, 0, 1, 0]);
    let mut previous = Hash::ZERO;
    for root in roots.values() {
        assert_eq!(root.previous, previous, "each root rests on the one before it");
        previous = root.anchor;
    }
    assert_eq!(roots[&date(2026, 10, 6)].root, roots[&date(2026, 10, 7)].root, "two empty days have one root");
    assert_ne!(roots[&date(2026, 10, 6)].anchor, roots[&date(2026, 10, 7)].anchor, "and two anchors");
}

#[tokio::test]
async fn runs_at_the_same_time_make_the_same_roots() {
    let province = Province::open().await;
    hold(&province, "2026-10-05T02:00:00Z");
    accepted(&province).await;
    hold(&province, "2026-10-12T02:00:00Z");
    let (one, two, three) = tokio::join!(seal_journal(&province), seal_journal(&province), seal_journal(&province));
    let mut sealed: Vec<String> = Vec::new();
    for run in [one, two, three] {
        assert_eq!((run.differences, run.complete), (vec![], true));
        sealed.extend(run.roots);
    }
    sealed.sort();
    assert_eq!(sealed, days(5, 11), "each day was sealed by one of them");
    province.recount().await;
}

#[tokio::test]
async fn a_run_that_breaks_off_or_loses_its_answer_is_taken_up_by_the_next() {
    let province = Province::open().await;
    hold(&province, "2026-10-05T02:00:00Z");
    accepted(&province).await;
    hold(&province, "2026-10-07T02:00:00Z");
    let none = handle_within(&province.shared.app, AuditTask::SealJournal, Duration::ZERO).await.unwrap();
    assert_eq!((none.roots, none.complete), (vec![], false));
    province.faults.plan_all("PutItem", When::BeforeSending);
    assert!(handle(&province.shared.app, AuditTask::SealJournal).await.is_err());
    province.faults.plan_all("PutItem", When::AfterSending);
    assert!(handle(&province.shared.app, AuditTask::SealJournal).await.is_err());
    province.faults.clear();
    let rest = seal_journal(&province).await;
    assert_eq!((rest.differences, rest.complete), (vec![], true));
    assert_eq!(roots(&province).await.len(), 2);
    province.recount().await;
}

/// A complaint of 5 October, resolved on the 6th; 5 to 7 October are sealed, and it is the 8th.
struct History {
    province: Province,
    id: String,
    cases: Vec<Item>,
    journal: Vec<Item>,
    /// The tables of the same history but for the resolution, which went the other way.
    otherwise: (Vec<Item>, Vec<Item>),
}

impl History {
    async fn made() -> Self {
        let province = Province::open().await;
        province.advise_dialogues().await;
        hold(&province, "2026-10-05T02:00:00Z");
        let id = accepted(&province).await;
        hold(&province, "2026-10-06T02:00:00Z");
        let rows = Rows::of(&province);
        let (cases, journal) = (rows.all(Cases).await, rows.all(Journal).await);
        take(&province, &id, 3, "resolution", json!({ "result": "unfounded" })).await;
        let otherwise = (rows.all(Cases).await, rows.all(Journal).await);
        rows.restore(Cases, &cases).await;
        rows.restore(Journal, &journal).await;
        take(&province, &id, 3, "resolution", json!({ "result": "founded" })).await;
        hold(&province, "2026-10-08T02:00:00Z");
        assert_eq!(seal_journal(&province).await.roots, days(5, 7));
        let (cases, journal) = (rows.all(Cases).await, rows.all(Journal).await);
        drop(rows);
        let history = Self { province, id, cases, journal, otherwise };
        history.assert_named("nothing was changed", &[]).await;
        history
    }

    fn rows(&self) -> Rows<'_> {
        Rows::of(&self.province)
    }

    /// Asserts what the audit names, and undoes the change.
    async fn assert_named(&self, what: &str, expected: &[String]) {
        let found = recount(&self.province).await;
        assert_eq!(found.differences, expected, "{what}");
        assert!(found.complete, "{what}");
        self.undo().await;
    }

    async fn undo(&self) {
        self.rows().restore(Cases, &self.cases).await;
        self.rows().restore(Journal, &self.journal).await;
    }

    async fn entry(&self, version: u64) -> Item {
        self.rows().get(Journal, &format!("CASE#{}", self.id), &format!("{version:010}")).await
    }

    fn of_case(&self, version: u64, what: &str) -> String {
        format!("case {}: version {version}: {what}", self.id)
    }

    fn sealed_rows(&self, prefixes: &[&str]) -> Vec<Item> {
        let is_one = |item: &&Item| prefixes.iter().any(|prefix| item["pk"].as_s().unwrap().starts_with(prefix));
        self.cases.iter().filter(is_one).cloned().collect()
    }

    /// Enters a complaint as if it were another day.
    async fn backdate(&self, at: &str) -> String {
        hold(&self.province, at);
        let id = accepted(&self.province).await;
        hold(&self.province, "2026-10-08T02:00:00Z");
        id
    }
}

#[tokio::test]
async fn a_history_rewritten_with_all_that_rests_on_it_is_named_by_its_root_alone() {
    let history = History::made().await;
    let (cases, journal) = &history.otherwise;
    let rows = history.rows();
    rows.restore(Cases, &[cases.clone(), history.sealed_rows(&["ROOT#", "LEAF#", "ENTRY#"])].concat()).await;
    rows.restore(Journal, journal).await;
    let expected = history.of_case(4, "it was altered after its day 2026-10-06 was sealed");
    history.assert_named("chain, head and counters agree", &[expected]).await;
}

#[tokio::test]
async fn missing_and_reordered_entries_are_named_by_chain_and_by_root() {
    let history = History::made().await;
    let rows = history.rows();
    rows.delete(Journal, &format!("CASE#{}", history.id), "0000000004").await;
    let expected = ["it is missing", "it was sealed on 2026-10-06 and is missing"].map(|what| history.of_case(4, what));
    history.assert_named("the tail is cut off", &expected).await;

    let (mut second, mut third) = (history.entry(2).await, history.entry(3).await);
    second.insert("sk".to_owned(), text("0000000003"));
    third.insert("sk".to_owned(), text("0000000002"));
    rows.put(Journal, second).await;
    rows.put(Journal, third).await;
    let altered = "it was altered after its day 2026-10-05 was sealed";
    let expected = [(2, "it does not follow the entry before it"), (2, altered), (3, altered)];
    history.assert_named("reordered", &expected.map(|(version, what)| history.of_case(version, what))).await;
}

#[tokio::test]
async fn what_is_written_into_a_day_that_was_sealed_is_named() {
    let history = History::made().await;
    let late = history.backdate("2026-10-05T08:00:00Z").await;
    let of = |id: &str, what: &str| [1, 2, 3].map(|version| format!("case {id}: version {version}: {what}"));
    let expected = of(&late, "it was not there when its day 2026-10-05 was sealed");
    history.assert_named("back-dated", &expected).await;

    let early = history.backdate("2026-10-04T08:00:00Z").await;
    history.assert_named("before the first day", &of(&early, "it is older than the first root")).await;

    let last = history.backdate("2026-10-07T08:00:00Z").await;
    let nightly = seal_journal(&history.province).await;
    let expected = of(&last, "it was not there when its day 2026-10-07 was sealed");
    assert_eq!(nightly.differences, expected, "the next night's run finds what came into the last day");
    history.undo().await;
    history.assert_named("everything was undone", &[]).await;
}

/// Flips one bit of an attribute; which one stays printable.
fn flip(item: &mut Item, name: &str, at: impl Fn(usize) -> usize, bit: u8) {
    let flipped = |mut bytes: Vec<u8>| {
        let place = at(bytes.len());
        bytes[place] ^= bit;
        bytes
    };
    let flipped = match item[name].as_s() {
        Ok(was) => AttributeValue::S(String::from_utf8(flipped(was.clone().into_bytes())).unwrap()),
        Err(other) => AttributeValue::B(Blob::new(flipped(other.as_b().unwrap().as_ref().to_vec()))),
    };
    item.insert(name.to_owned(), flipped);
}

#[tokio::test]
async fn one_flipped_bit_anywhere_in_an_entry_is_named_by_case_and_version() {
    let history = History::made().await;
    let places: [fn(usize) -> usize; 3] = [|_| 0, |length| length / 2, |length| length - 1];
    for name in ["entry", "prev_hash", "hash", "salt", "day_pk", "day_sk"] {
        for place in places {
            for bit in [1, 2] {
                let mut entry = history.entry(4).await;
                flip(&mut entry, name, place, bit);
                history.rows().put(Journal, entry).await;
                let named = recount(&history.province).await.differences;
                assert!(!named.is_empty(), "bit {bit} of {name}");
                for what in named {
                    assert!(what.starts_with(&history.of_case(4, "")), "bit {bit} of {name}: {what}");
                }
                history.undo().await;
            }
        }
    }
    history.assert_named("everything was undone", &[]).await;
}

#[tokio::test]
async fn a_root_that_is_altered_or_removed_is_named_by_its_day() {
    let history = History::made().await;
    let (rows, pk) = (history.rows(), format!("ROOT#{}", history.province.shared.app.province));
    let of = |day: &str, what: &str| format!("journal root {day}: {what}");

    rows.delete(Cases, &pk, "2026-10-06").await;
    history.assert_named("in the middle", &[of("2026-10-06", "it is missing")]).await;

    rows.delete(Cases, &pk, "2026-10-05").await;
    let mut expected = vec![1, 2, 3]
        .into_iter()
        .map(|version| history.of_case(version, "it is older than the first root"))
        .collect::<Vec<_>>();
    expected.push(of("2026-10-06", "the roots before it are missing"));
    history.assert_named("the first", &expected).await;

    rows.delete(Cases, &pk, "2026-10-07").await;
    assert_eq!(seal_journal(&history.province).await.roots, days(7, 7), "the newest comes again as it was");
    history.assert_named("the last", &[]).await;

    let unsound = "its anchor is not the one of its other fields";
    for (field, from, to, expected) in [
        ("entries", ":1,", ":2,", vec![unsound, "it has not as many entries as it says"]),
        ("day", "\"2026-10-06\"", "\"2026-10-05\"", vec!["it is of another day", "it is missing"]),
    ] {
        let mut root = rows.get(Cases, &pk, "2026-10-06").await;
        let was = root["row"].as_s().unwrap().clone();
        let is = was.replacen(from, to, 1);
        assert_ne!(was, is, "{field}");
        root.insert("row".to_owned(), text(&is));
        rows.put(Cases, root).await;
        let expected: Vec<_> = expected.into_iter().map(|what| of("2026-10-06", what)).collect();
        history.assert_named(field, &expected).await;
    }

    let app = &history.province.shared.app;
    let before = roots(&history.province).await;
    let made_up = JournalRoot::new(&app.province, date(2026, 10, 6), 1, Hash::ZERO, before[&date(2026, 10, 5)].anchor);
    let mut root = rows.get(Cases, &pk, "2026-10-06").await;
    root.insert("row".to_owned(), text(&serde_json::to_string(&made_up).unwrap()));
    rows.put(Cases, root).await;
    let gone = "it is not the root of its entries, and the leaves that it was made of are gone or altered";
    let expected = [of("2026-10-07", "it does not follow the root of the day before"), of("2026-10-06", gone)];
    history.assert_named("another root, sound in itself", &expected).await;

    let mut far = rows.get(Cases, &pk, "2026-10-07").await;
    let made_up = JournalRoot { day: date(2999, 1, 2), ..before[&date(2026, 10, 7)].clone() };
    far.insert("sk".to_owned(), text("2999-01-02"));
    far.insert("row".to_owned(), text(&serde_json::to_string(&made_up).unwrap()));
    rows.put(Cases, far).await;
    let named = recount(&history.province).await.differences;
    assert_eq!(named[0], of("2026-10-08 to 2999-01-01", "they are missing"), "and not a line for each day");
    assert!(named.len() < 5, "{named:?}");
    history.undo().await;

    let mut tomorrow = rows.get(Cases, &pk, "2026-10-07").await;
    let following = JournalRoot::new(
        &app.province,
        date(2026, 10, 8),
        0,
        donthu_store::merkle::root(&[]),
        before[&date(2026, 10, 7)].anchor,
    );
    tomorrow.insert("sk".to_owned(), text("2026-10-08"));
    tomorrow.insert("row".to_owned(), text(&serde_json::to_string(&following).unwrap()));
    rows.put(Cases, tomorrow).await;
    history.assert_named("of the running day", &[of("2026-10-08", "its day is not over")]).await;

    for prefix in ["LEAF#", "ENTRY#"] {
        for mut page in history.sealed_rows(&[prefix]) {
            let day = page["pk"].as_s().unwrap().split('#').nth(2).unwrap().to_owned();
            let name = if prefix == "LEAF#" { "leaves" } else { "entries" };
            flip(&mut page, name, |_| 0, 1);
            rows.put(Cases, page).await;
            let expected = of(&day, "the leaves that it was made of are gone or altered");
            history.assert_named("a page of leaves", &[expected]).await;
        }
    }
}

#[tokio::test]
async fn a_journal_that_was_sealed_anew_differs_from_what_was_published() {
    let history = History::made().await;
    let published = roots(&history.province).await;
    let verified = verify_journal(&history.province.shared.app, &published).await.unwrap();
    assert_eq!((verified.differences, verified.complete, verified.entries), (vec![], true, 4));

    for leaves_too in [false, true] {
        let late = history.backdate("2026-10-06T08:00:00Z").await;
        let prefixes: &[&str] = if leaves_too { &["ROOT#", "LEAF#", "ENTRY#"] } else { &["ROOT#"] };
        for row in history.sealed_rows(prefixes) {
            history.rows().delete(Cases, row["pk"].as_s().unwrap(), row["sk"].as_s().unwrap()).await;
        }
        assert_eq!(seal_journal(&history.province).await.roots, days(5, 7));
        assert_eq!(recount(&history.province).await.differences, Vec::<String>::new(), "by itself it is sound");

        let verified = verify_journal(&history.province.shared.app, &published).await.unwrap();
        let other = |day: &str| format!("journal root {day}: it is not the one that was published");
        let mut expected = vec![other("2026-10-06")];
        if leaves_too {
            let gone = "it is not the root of its entries, and the leaves that it was made of are gone or altered";
            expected.push(format!("journal root 2026-10-06: {gone}"));
        } else {
            expected.extend([1, 2, 3].map(|version| {
                format!("case {late}: version {version}: it was not there when its day 2026-10-06 was sealed")
            }));
        }
        expected.push(other("2026-10-07"));
        assert_eq!(verified.differences, expected);
        history.undo().await;
    }
    let mut more = published.clone();
    let after = JournalRoot::new("quang-ngai", date(2026, 10, 8), 0, Hash::ZERO, published[&date(2026, 10, 7)].anchor);
    more.insert(after.day, after);
    let verified = verify_journal(&history.province.shared.app, &more).await.unwrap();
    assert_eq!(verified.differences[0], "journal root 2026-10-08: it was published and is missing");
}
