//! What stands in the functions' policies: which classes of the vault each may read, what it may write, and that nobody may change or
//! remove what the journal holds. For whoever reads them before anything calls anything.

use std::collections::BTreeMap;

use donthu_domain::CaseId;
use donthu_local::template::{TEMPLATE, Template};
use donthu_store::DataClass;
use serde_json::Value;

/// What each function may do with each class of the vault, by the policies that are deployed: read, or write without reading back.
const CUSTODY: [(&str, [(DataClass, bool); 4]); 5] = [
    (
        "CaseworkFunction",
        [
            (DataClass::Identity, false),
            (DataClass::Contact, false),
            (DataClass::Text, true),
            (DataClass::Message, true),
        ],
    ),
    (
        "CustodyFunction",
        [
            (DataClass::Identity, true),
            (DataClass::Contact, true),
            (DataClass::Text, false),
            (DataClass::Message, false),
        ],
    ),
    (
        "FollowFunction",
        [
            (DataClass::Identity, false),
            (DataClass::Contact, false),
            (DataClass::Text, false),
            (DataClass::Message, true),
        ],
    ),
    (
        "IntakeFunction",
        [
            (DataClass::Identity, false),
            (DataClass::Contact, false),
            (DataClass::Text, false),
            (DataClass::Message, false),
        ],
    ),
    (
        "NotificationsFunction",
        [
            (DataClass::Identity, false),
            (DataClass::Contact, true),
            (DataClass::Text, false),
            (DataClass::Message, false),
        ],
    ),
];

/// Functions that write to the vault, each only within a transaction.
const WRITERS: [&str; 3] = ["CaseworkFunction", "FollowFunction", "IntakeFunction"];

fn leading_key(class: DataClass) -> String {
    let key = donthu_store::keys::vault_pk(&CaseId::from("x"), class);
    key.replace("#x", "#*")
}

/// The statements of each function's policy.
fn statements() -> BTreeMap<String, Vec<Value>> {
    Template::parse(TEMPLATE).unwrap().policies
}

/// Whether a statement is about a table, or an index of it.
fn is_on(statement: &Value, table: &str) -> bool {
    names(&statement["Resource"]).iter().any(|name| name.contains(&format!("/donthu-{table}")))
}

fn names(value: &Value) -> Vec<String> {
    match value {
        Value::Array(items) => items.iter().flat_map(names).collect(),
        Value::String(text) => vec![text.clone()],
        _ => Vec::new(),
    }
}

/// What a step writes of the cases table, within its transaction alone. Nothing that is taken in or routed was accepted before, so that
/// no figure by day of acceptance follows from it; anything else may meet a case whose agency has been closed, and moves it first.
fn writes_of_steps(function: &str) -> Vec<(&'static str, &'static [&'static str], bool)> {
    let counters: &[&str] = match function {
        "NotificationsFunction" | "AuditFunction" | "StatisticsFunction" | "PortalFunction" => return Vec::new(),
        "IntakeFunction" | "AssignmentFunction" => &["TALLY#*"],
        _ => &["TALLY#*", "COHORT#*"],
    };
    vec![("dynamodb:PutItem", &["CASE#*"], true), ("dynamodb:UpdateItem", counters, true)]
}

/// What a function writes of the cases table beside that: action, leading keys, whether only within a transaction.
fn writes_beside_steps(function: &str) -> Vec<(&'static str, &'static [&'static str], bool)> {
    match function {
        "CaseworkFunction" => vec![("dynamodb:PutItem", &["REF#area"], false)],
        "DeadlinesFunction" => {
            vec![("dynamodb:UpdateItem", &["CASE#*"], false), ("dynamodb:PutItem", &["REF#calendar"], false)]
        }
        "NotificationsFunction" => vec![("dynamodb:UpdateItem", &["CASE#*"], false)],
        "AuditFunction" => vec![("dynamodb:PutItem", &["MONTH#*", "ROOT#*", "LEAF#*", "ENTRY#*"], false)],
        _ => Vec::new(),
    }
}

#[test]
fn each_function_writes_of_the_cases_table_only_what_is_its_own_and_removes_nothing() {
    for (function, statements) in statements() {
        let mut written = Vec::new();
        for statement in statements.iter().filter(|statement| is_on(statement, "CasesTable")) {
            let keys = names(&statement["Condition"]["ForAllValues:StringLike"]["dynamodb:LeadingKeys"]);
            let within = &statement["Condition"]["ForAnyValue:StringEquals"]["dynamodb:EnclosingOperation"];
            let within = names(within) == ["TransactWriteItems"];
            for action in names(&statement["Action"]) {
                match action.as_str() {
                    "dynamodb:GetItem" | "dynamodb:Query" => {}
                    "dynamodb:Scan" => assert_eq!(function, "AuditFunction"),
                    "dynamodb:PutItem" | "dynamodb:UpdateItem" => written.push((action, keys.clone(), within)),
                    other => panic!("{function} may {other} the cases table"),
                }
            }
        }
        let expected = writes_of_steps(&function).into_iter().chain(writes_beside_steps(&function));
        let mut expected: Vec<_> = expected
            .map(|(action, keys, within)| {
                (action.to_owned(), keys.iter().map(|key| (*key).to_owned()).collect::<Vec<_>>(), within)
            })
            .collect();
        expected.sort();
        written.sort();
        assert_eq!(written, expected, "{function}");
        let limited = statements.iter().filter(|statement| is_on(statement, "LimitsTable"));
        let limited: Vec<_> = limited.flat_map(|statement| names(&statement["Action"])).collect();
        let counts = matches!(function.as_str(), "IntakeFunction" | "FollowFunction");
        assert_eq!(limited, if counts { vec!["dynamodb:UpdateItem"] } else { vec![] }, "{function}");
    }
}

#[test]
fn each_function_reads_the_classes_that_it_is_for_and_no_other() {
    for (function, statements) in statements() {
        let expected: BTreeMap<DataClass, bool> = CUSTODY
            .iter()
            .find(|(name, _)| *name == function)
            .map_or(DataClass::ALL.map(|class| (class, false)), |(_, row)| *row)
            .into();
        let (mut reads, mut writes) = (Vec::new(), false);
        for statement in statements.iter().filter(|statement| is_on(statement, "VaultTable")) {
            for action in names(&statement["Action"]) {
                match action.as_str() {
                    "dynamodb:Query" | "dynamodb:GetItem" => {
                        let keys = &statement["Condition"]["ForAllValues:StringLike"]["dynamodb:LeadingKeys"];
                        assert!(!names(keys).is_empty(), "{function} reads the vault by leading key alone");
                        reads.extend(names(keys));
                    }
                    "dynamodb:PutItem" => {
                        let within = &statement["Condition"]["ForAnyValue:StringEquals"]["dynamodb:EnclosingOperation"];
                        assert_eq!(names(within), ["TransactWriteItems"], "{function}");
                        writes = true;
                    }
                    other => panic!("{function} may {other} the vault"),
                }
            }
        }
        for (class, may) in expected {
            assert_eq!(reads.contains(&leading_key(class)), may, "{function} and {}", class.code());
        }
        assert_eq!(writes, WRITERS.contains(&function.as_str()), "{function}");
    }
}

#[test]
fn no_function_may_change_or_remove_what_the_journal_holds() {
    for (function, statements) in statements() {
        for statement in statements.iter().filter(|statement| is_on(statement, "JournalTable")) {
            for action in names(&statement["Action"]) {
                assert!(
                    ["dynamodb:PutItem", "dynamodb:GetItem", "dynamodb:Query", "dynamodb:Scan"]
                        .contains(&action.as_str()),
                    "{function} may {action} the journal"
                );
                if action == "dynamodb:PutItem" {
                    let within = &statement["Condition"]["ForAnyValue:StringEquals"]["dynamodb:EnclosingOperation"];
                    assert_eq!(names(within), ["TransactWriteItems"], "{function}: only with all that belongs to it");
                }
            }
        }
    }
}

#[test]
fn who_follows_publishes_or_reads_identities_can_sign_no_receipt() {
    for (function, statements) in statements() {
        let signs =
            statements.iter().any(|statement| names(&statement["Action"]).iter().any(|action| action == "kms:Sign"));
        assert_eq!(signs, ["IntakeFunction", "CaseworkFunction"].contains(&function.as_str()), "{function}");
    }
}
