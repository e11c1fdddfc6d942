//! Each way of changing the tables past the functions, and what the audit says to it.

use aws_sdk_dynamodb::types::AttributeValue;
use donthu_tests::Province;
use serde_json::json;

use super::rows::{Item, Rows, Table, text, with_prefix};
use super::{COMMUNE, accepted, hold, recount, seal, submit, take};
use Table::{Cases, Journal};

/// A province whose October and November are sealed: a complaint resolved in October, one in November, one still open, and
/// feedback that waits.
struct History {
    province: Province,
    resolved: String,
    open: String,
    cases: Vec<Item>,
    journal: Vec<Item>,
}

impl History {
    async fn made() -> Self {
        let province = Province::open().await;
        province.advise_dialogues().await;
        let (resolved, late, open) = (accepted(&province).await, accepted(&province).await, accepted(&province).await);
        take(&province, &resolved, 3, "resolution", json!({ "result": "founded" })).await;
        hold(&province, "2026-11-10T02:00:00Z");
        take(&province, &late, 3, "resolution", json!({ "result": "unfounded" })).await;
        assert_eq!(submit(&province, 1).await.as_u16(), 201);
        province.drain().await;
        hold(&province, "2026-12-05T02:00:00Z");
        assert_eq!(seal(&province).await, ["2026-10", "2026-11"]);
        let rows = Rows::of(&province);
        let (cases, journal) = (rows.all(Cases).await, rows.all(Journal).await);
        let history = Self { province, resolved, open, cases, journal };
        history.assert_named("nothing was changed", &[]).await;
        history
    }

    fn rows(&self) -> Rows<'_> {
        Rows::of(&self.province)
    }

    /// Asserts what the audit names, and that nothing but a damaged journal keeps it from judging; then undoes the damage.
    async fn assert_named(&self, what: &str, expected: &[String]) {
        assert_eq!(self.named(what, expected).await, Vec::<String>::new(), "{what}");
    }

    /// The same; gives what the audit could not judge.
    async fn named(&self, what: &str, expected: &[String]) -> Vec<String> {
        let summary = recount(&self.province).await;
        assert_eq!(summary.differences, expected, "{what}");
        assert_eq!(summary.difference_count, u64::try_from(expected.len()).unwrap(), "{what}");
        assert_eq!((summary.unsettled, summary.complete), (0, true), "{what}");
        self.undo().await;
        summary.unjudged
    }

    async fn undo(&self) {
        self.rows().restore(Cases, &self.cases).await;
        self.rows().restore(Journal, &self.journal).await;
    }

    async fn entry(&self, case: &str, version: u64) -> Item {
        self.rows().get(Journal, &format!("CASE#{case}"), &format!("{version:010}")).await
    }

    async fn delete_entry(&self, case: &str, version: u64) {
        self.rows().delete(Journal, &format!("CASE#{case}"), &format!("{version:010}")).await;
    }

    async fn head(&self, case: &str) -> Item {
        self.rows().get(Cases, &format!("CASE#{case}"), "HEAD").await
    }
}

/// Changes a text attribute.
fn edit(item: &mut Item, name: &str, from: &str, to: &str, times: usize) {
    let was = item[name].as_s().unwrap();
    let is = was.replacen(from, to, times);
    assert_ne!(*was, is, "{name} holds {from}");
    item.insert(name.to_owned(), text(&is));
}

#[tokio::test]
async fn a_changed_journal_is_named_by_case_and_version() {
    let history = History::made().await;
    let (id, rows) = (&history.resolved, history.rows());

    let mut entry = history.entry(id, 4).await;
    edit(&mut entry, "entry", "\"founded\"", "\"unfounded\"", 1);
    rows.put(Journal, entry.clone()).await;
    history.assert_named("an altered entry", &[format!("case {id}: version 4: it was altered")]).await;

    edit(&mut entry, "entry", "resolved:founded", "resolved:unfounded", usize::MAX);
    rows.put(Journal, entry).await;
    let unjudged = history.named("with its counts", &[format!("case {id}: version 4: it was altered")]).await;
    assert_eq!(
        unjudged,
        [
            "counter flow complaint c21040 2026-10-05",
            "counter cohort complaint c21040 2026-10-05",
            "sealed month 2026-10 complaint c21040: its changes are not the journal's",
            "sealed month 2026-10 complaint province: its changes are not the journal's",
        ]
    );

    history.delete_entry(id, 2).await;
    history.assert_named("an entry without counts is gone", &[format!("case {id}: version 2: it is missing")]).await;

    history.delete_entry(id, 3).await;
    let unjudged = history.named("the acceptance is gone", &[format!("case {id}: version 3: it is missing")]).await;
    assert_eq!(unjudged.len(), 6, "{unjudged:?}");

    history.delete_entry(id, 4).await;
    let unjudged = history.named("the tail is cut off", &[format!("case {id}: version 4: it is missing")]).await;
    assert_eq!(unjudged.len(), 6, "{unjudged:?}");

    for version in 1..=4 {
        history.delete_entry(id, version).await;
    }
    history.named("all of it is gone", &[format!("case {id}: it has a head and no journal")]).await;

    let mut foreign = history.entry(&history.open, 3).await;
    foreign.insert("pk".to_owned(), text(&format!("CASE#{id}")));
    rows.put(Journal, foreign).await;
    let expected = [format!("case {id}: version 3: it does not follow the entry before it")];
    history.assert_named("an entry of another case", &expected).await;

    let mut illegible = history.entry(id, 3).await;
    illegible.remove("hash");
    rows.put(Journal, illegible).await;
    let expected = [format!("case {id}: version 3: hash is missing or no text")];
    history.named("an entry without a hash", &expected).await;

    let more = Item::from([("pk".to_owned(), text("X")), ("sk".to_owned(), text("1"))]);
    rows.put(Journal, more).await;
    let expected = ["the item X / 1 is malformed: it is not in a case's partition".to_owned()];
    history.assert_named("an item of no case", &expected).await;
    history.assert_named("everything was undone", &[]).await;
}

#[tokio::test]
async fn a_history_rewritten_with_sound_hashes_is_named() {
    let history = History::made().await;
    let (id, rows) = (&history.open, history.rows());
    // What the system itself writes, had the case been decided otherwise: its chain is sound.
    take(&history.province, id, 3, "resolution", json!({ "result": "partly_founded" })).await;
    let other_end = history.entry(id, 4).await;
    history.undo().await;
    take(&history.province, id, 3, "resolution", json!({ "result": "unfounded" })).await;
    let (cases, journal) = (rows.all(Cases).await, rows.all(Journal).await);
    rows.put(Journal, other_end).await;
    let history = History { cases, journal, ..history };
    let expected = format!("case {}: version 4: it is not the entry whose hash the head bears", history.open);
    let unjudged = history.named("re-chained", &[expected]).await;
    let counters = ["flow complaint c21040 2026-12-05", "cohort complaint c21040 2026-10-05"];
    assert_eq!(unjudged, counters.map(|counter| format!("counter {counter}")));
    history.assert_named("the true history", &[]).await;
}

#[tokio::test]
async fn a_changed_head_is_named() {
    let history = History::made().await;
    let (id, rows) = (&history.open, history.rows());
    let one = |what: &str| [format!("case {id}: {what}")];

    rows.delete(Cases, &format!("CASE#{id}"), "HEAD").await;
    history.assert_named("deleted", &one("it has a journal and no head")).await;

    for (name, value) in [("handler", text("somebody@else")), ("step", AttributeValue::N("9".to_owned()))] {
        let mut head = history.head(id).await;
        let mut case = head["case"].as_m().unwrap().clone();
        case.insert(name.to_owned(), value.clone());
        head.insert("case".to_owned(), AttributeValue::M(case));
        if head.contains_key(name) {
            head.insert(name.to_owned(), value);
        }
        rows.put(Cases, head).await;
        history.assert_named(name, &one("the head is not what its journal says")).await;
    }

    for name in ["ag_pk", "due_pk", "due_sk", "due_on", "stage"] {
        let mut head = history.head(id).await;
        assert!(head.remove(name).is_some(), "{name}");
        rows.put(Cases, head).await;
        let expected = one(&format!("the head: {name} is not what the case makes it"));
        history.assert_named("hidden from a list or the sweep", &expected).await;
    }

    let mut head = history.head(id).await;
    head.insert("version".to_owned(), AttributeValue::N("7".to_owned()));
    rows.put(Cases, head).await;
    history.assert_named("contradicts itself", &one("the head: the case differs from its key or version")).await;

    let before = history.head(id).await;
    take(&history.province, id, 3, "suspension", json!({ "ground": "awaits_other_body" })).await;
    let (cases, journal) = (rows.all(Cases).await, rows.all(Journal).await);
    rows.put(Cases, before).await;
    let expected = one("the head stands at version 3, not 4");
    drop(rows);
    let history = History { cases, journal, ..history };
    history.assert_named("put back to an earlier state", &expected).await;
}

#[tokio::test]
async fn a_changed_counter_is_named_and_nothing_else() {
    let history = History::made().await;
    let rows = history.rows();
    let counter = |ledger, kind, agency: &str, day| [format!("counter {ledger} {kind} {agency} {day}")];

    for (prefix, ledger) in [("TALLY#2026-10#complaint", "flow"), ("COHORT#2026-10#complaint", "cohort")] {
        let of_commune = |item: &Item| item["sk"].as_s().unwrap().starts_with(COMMUNE);
        let counters = with_prefix(&history.province, prefix).await;
        let shard = counters.into_iter().find(of_commune).unwrap();
        let (pk, sk) = (shard["pk"].as_s().unwrap(), shard["sk"].as_s().unwrap());
        let expected = counter(ledger, "complaint", COMMUNE, "2026-10-05");

        let mut more = shard.clone();
        let accepted: i64 = shard["accepted"].as_n().unwrap().parse().unwrap();
        more.insert("accepted".to_owned(), AttributeValue::N((accepted + 1).to_string()));
        rows.put(Cases, more).await;
        history.assert_named("one more", &expected).await;

        rows.delete(Cases, pk, sk).await;
        history.assert_named("deleted", &expected).await;

        let mut illegible = shard.clone();
        illegible.insert("solved".to_owned(), AttributeValue::N("1".to_owned()));
        rows.put(Cases, illegible).await;
        let malformed = format!("the item {pk} / {sk} is malformed: unknown measure");
        let [counter] = expected;
        history.assert_named("an unknown measure", &[malformed, counter]).await;
    }

    let invented = |pk: &str, sk: &str| {
        let one = AttributeValue::N("1".to_owned());
        Item::from([("pk".to_owned(), text(pk)), ("sk".to_owned(), text(sk)), ("accepted".to_owned(), one)])
    };
    rows.put(Cases, invented("TALLY#2024-02#feedback", "c21025#03#0")).await;
    history.assert_named("in an empty month", &counter("flow", "feedback", "c21025", "2024-02-03")).await;
    rows.put(Cases, invented("COHORT#2027-02#denunciation", "chair#03#0")).await;
    history.assert_named("in the future", &counter("cohort", "denunciation", "chair", "2027-02-03")).await;
    rows.put(Cases, invented("TALLY#2026-12#complaint", "c21040#05#0")).await;
    history.assert_named("on the running day", &counter("flow", "complaint", COMMUNE, "2026-12-05")).await;
    rows.put(Cases, invented("TALLY#2026-02#complaint", "c21040#30#0")).await;
    let expected = ["the item TALLY#2026-02#complaint / c21040#30#0 is malformed: no day of its month".to_owned()];
    history.assert_named("on a day that there is not", &expected).await;

    // Where a journal is damaged too, its own agency's counters wait, and others' do not.
    history.delete_entry(&history.resolved, 2).await;
    rows.put(Cases, invented("TALLY#2026-02#complaint", "c21040#03#0")).await;
    rows.put(Cases, invented("TALLY#2026-02#complaint", "c21025#03#0")).await;
    let [elsewhere] = counter("flow", "complaint", "c21025", "2026-02-03");
    let expected = [format!("case {}: version 2: it is missing", history.resolved), elsewhere];
    let unjudged = history.named("beside a damaged journal", &expected).await;
    assert_eq!(unjudged, counter("flow", "complaint", COMMUNE, "2026-02-03"));
}

#[tokio::test]
async fn a_changed_sealed_month_is_named_by_row() {
    let history = History::made().await;
    let rows = history.rows();
    let pk = format!("MONTH#{}", history.province.shared.app.province);
    let of = |row: &str, what: &str| [format!("sealed month {row}: {what}")];
    for (month, row) in [("2026-10", COMMUNE), ("2026-10", "province"), ("2026-11", COMMUNE), ("2026-11", "province")] {
        let sk = format!("{month}#complaint#{row}");
        let named = format!("{month} complaint {row}");
        let sealed = rows.get(Cases, &pk, &sk).await;

        let mut altered = sealed.clone();
        edit(&mut altered, "row", "\"open\":", "\"open\":1", 1);
        rows.put(Cases, altered).await;
        history.assert_named("its stock", &of(&named, "its stock is not the journal's")).await;

        let mut altered = sealed.clone();
        edit(&mut altered, "row", "\"resolved:", "\"annulled:2026-10-01:", 1);
        rows.put(Cases, altered).await;
        history.assert_named("its changes", &of(&named, "its changes are not the journal's")).await;

        rows.delete(Cases, &pk, &sk).await;
        // The newest month without a province's row counts as not sealed yet: figures rest on the counters until the next
        // night's seal writes it again.
        if (month, row) == ("2026-11", "province") {
            history.undo().await;
        } else {
            history.assert_named("a row is gone", &of(&named, "it is missing")).await;
        }
    }

    for item in with_prefix(&history.province, &pk).await {
        let sk = item["sk"].as_s().unwrap();
        if sk.starts_with("2026-10") {
            rows.delete(Cases, &pk, sk).await;
        }
    }
    history.assert_named("a whole month is gone", &of("2026-10", "it is missing")).await;

    let sealed = rows.get(Cases, &pk, "2026-11#complaint#c21040").await;
    for (sk, what) in [
        ("2026-11#complaint#c21025", "2026-11 complaint c21025: the journal knows nothing of it"),
        ("2026-12#complaint#c21040", "2026-12 complaint c21040: it is not over"),
        ("2031-01#feedback#c21040", "2031-01 feedback c21040: it is not over"),
    ] {
        let mut invented = sealed.clone();
        invented.insert("sk".to_owned(), text(sk));
        rows.put(Cases, invented).await;
        history.assert_named("invented", &[format!("sealed month {what}")]).await;
    }
}
