use donthu_domain::NoticeMilestone;
use jiff::civil::date;

use super::*;

fn case() -> CaseId {
    CaseId::from("0123456789abcdef0123456789abcdef")
}

#[test]
fn keys_are_as_the_table_of_this_module_says() {
    let agency = AgencyId::from("so-xay-dung");
    let told = Notice { milestone: NoticeMilestone::Missed, audience: Audience::Agency { agency: agency.clone() } };
    let day = date(2026, 3, 7);
    let keys = [
        head(&case()),
        receipt(&case()),
        journal(&case(), 12),
        notice(&case(), 12, &told),
        notice(&case(), 12, &Notice { milestone: NoticeMilestone::Changed, audience: Audience::Citizen }),
        tally(Ledger::Flow, day, Kind::Complaint, &agency, &case()),
        tally(Ledger::Cohort, day, Kind::Denunciation, &agency, &case()),
        sealed_month("quang-ngai", Month::of(day), Kind::Feedback, &agency),
        reference("area", "21025", day),
        vault(&case(), DataClass::Identity, "petitioner"),
        vault(&case(), DataClass::Contact, "phone"),
        vault(&case(), DataClass::Text, "petition"),
        vault(&case(), DataClass::Message, "message"),
        Key {
            pk: agency_queue_pk(&agency, Compartment::Ordinary, Shelf::Open),
            sk: agency_queue_sk(Some(day), &case()),
        },
        Key {
            pk: agency_queue_pk(&agency, Compartment::Denunciations, Shelf::Closed(2026)),
            sk: agency_queue_sk(None, &case()),
        },
        Key { pk: due_pk(shard(&case())), sk: due_sk("2026-03-07T01:02:03.000000001Z".parse().unwrap(), &case()) },
        Key { pk: unsent_pk(0), sk: due_until("2026-03-07T01:02:03.9Z".parse().unwrap()) },
        journal_root("quang-ngai", day),
        limit("0a1b", "2026-03-07T08"),
        Key { pk: day_pk(day, 3), sk: day_sk("2026-03-07T01:02:03.9Z".parse().unwrap(), &case(), 12) },
    ];
    let text: Vec<_> = keys.iter().map(|key| format!("{}  {}", key.pk, key.sk)).collect();
    insta::assert_snapshot!(text.join("\n"), @"
    CASE#0123456789abcdef0123456789abcdef  HEAD
    CASE#0123456789abcdef0123456789abcdef  RECEIPT
    CASE#0123456789abcdef0123456789abcdef  0000000012
    CASE#0123456789abcdef0123456789abcdef  NOTICE#0000000012#missed#agency:so-xay-dung
    CASE#0123456789abcdef0123456789abcdef  NOTICE#0000000012#changed#citizen
    TALLY#2026-03#complaint  so-xay-dung#07#3
    COHORT#2026-03#denunciation  so-xay-dung#07#3
    MONTH#quang-ngai  2026-03#feedback#so-xay-dung
    REF#area  21025#V#2026-03-07
    ID#0123456789abcdef0123456789abcdef  petitioner
    CONTACT#0123456789abcdef0123456789abcdef  phone
    TEXT#0123456789abcdef0123456789abcdef  petition
    MESSAGE#0123456789abcdef0123456789abcdef  message
    AG#so-xay-dung#o#open  2026-03-07#0123456789abcdef0123456789abcdef
    AG#so-xay-dung#d#closed:2026  9999-12-31#0123456789abcdef0123456789abcdef
    DUE#3  2026-03-07T01:02:04Z#0123456789abcdef0123456789abcdef
    UNSENT#0  2026-03-07T01:02:03Z#~
    ROOT#quang-ngai  2026-03-07
    LIMIT#0a1b  2026-03-07T08
    DAY#2026-03-07#3  2026-03-07T01:02:03Z#0123456789abcdef0123456789abcdef#0000000012
    ");
    assert_eq!(day_of_pk(&day_pk(day, 3)), Some(day));
    assert_eq!(day_of_pk("DUE#3"), None);
}

#[test]
fn nothing_is_due_before_its_instant_and_everything_at_it() {
    let at: Timestamp = "2026-03-07T01:02:03Z".parse().unwrap();
    assert!(due_sk(at, &case()) <= due_until(at));
    let a_moment_later = at + SignedDuration::from_nanos(1);
    assert!(due_sk(a_moment_later, &case()) > due_until(a_moment_later));
    assert!(due_sk(a_moment_later, &case()) <= due_until(at + SignedDuration::from_secs(1)));
    assert_eq!(parse_due_sk(&due_sk(at, &case())), Some(at));
}

#[test]
fn a_partition_of_the_vault_tells_back_whose_it_is() {
    for class in DataClass::ALL {
        assert_eq!(parse_vault_pk(&vault_pk(&case(), class)), Some((case(), class)));
    }
    for nonsense in ["TEXT", "TEXTS#a", "CASE#a", ""] {
        assert_eq!(parse_vault_pk(nonsense), None, "{nonsense}");
    }
}

#[test]
fn a_counter_key_tells_back_what_it_counts() {
    let agency = AgencyId::from("c21025");
    let key = tally(Ledger::Flow, date(2026, 3, 7), Kind::Complaint, &agency, &case());
    assert_eq!(parse_tally_sk(&key.sk), Some((agency, 7)));
    assert_eq!(parse_tally_sk("nonsense"), None);
    let partition = (Ledger::Flow, Month::of(date(2026, 3, 7)), Kind::Complaint);
    assert_eq!(parse_tally_pk(&key.pk), Some(partition));
    for nonsense in ["TALLY#2026-13#complaint", "TALLY#2026-03#", "COHORT#2026-03", "CASE#2026-03#complaint"] {
        assert_eq!(parse_tally_pk(nonsense), None, "{nonsense}");
    }
}

#[test]
fn a_month_reads_back_as_it_is_written() {
    let month = Month::of(date(2026, 3, 7));
    assert_eq!(Month::parse(&month.to_string()), Some(month));
    for wrong in ["2026", "2026-13", "2026-3", "2026-03-01", "+026-03", "năm-03"] {
        assert_eq!(Month::parse(wrong), None, "{wrong}");
    }
    assert_eq!(month.day(31), Some(date(2026, 3, 31)));
    assert_eq!(Month::parse("2026-02").and_then(|month| month.day(30)), None);
}

#[test]
fn an_agency_whose_id_begins_another_one_is_not_read_with_it() {
    let other = tally(Ledger::Flow, date(2026, 3, 7), Kind::Complaint, &AgencyId::from("c210259"), &case());
    assert!(!other.sk.starts_with(&tally_prefix(&AgencyId::from("c21025"))));
}
