//! Who the petitioner is, what they wrote, and what passes between them and the agency: who may see which, over the real API and
//! by the roles that are deployed.

use std::collections::BTreeMap;

use axum::http::StatusCode;
use donthu_domain::CaseId;
use donthu_local::template::TEMPLATE;
use donthu_store::DataClass;
use donthu_tests::Province;
use serde_json::{Value, json};
use serde_norway::Value as Yaml;

use crate::raw;

const NAME: &str = "Nguyễn Thị Kín";
const TEXT: &str = "Chủ tịch xã nhận tiền.";
const QUESTION: &str = "Tôi có thêm ảnh chụp biên nhận, nộp ở đâu?";
const ANSWER: &str = "Ông (bà) có thể nộp bản sao tại trụ sở tiếp công dân.";

/// A denunciation of the head of c21040, which the chair handles: its case and receipt.
async fn denunciation(province: &Province) -> (String, String) {
    let petition = json!({ "kind": "denunciation", "text": TEXT, "phone": "0912345678",
                           "petitioner": { "name": NAME, "id_number": "051201000123" },
                           "against": { "agency": "c21040", "position": "head" } });
    let submitted = province.send("POST", "/v1/petitions", &[], Some(petition)).await;
    assert_eq!(submitted.status, StatusCode::CREATED, "{}", submitted.body);
    province.drain().await;
    let receipt = submitted.text("/receipt");
    (province.case_of(&receipt).to_string(), receipt)
}

async fn disclose(province: &Province, bearer: &str, id: &str) -> donthu_tests::Answer {
    let body = json!({ "to": "handler@chair", "reason": "invitation" });
    let path = format!("/v1/cases/{id}/identity-disclosure");
    province.send("POST", &path, &[("authorization", bearer)], Some(body)).await
}

#[tokio::test]
async fn citizen_and_agency_talk_without_a_name_and_only_they_can_read_it() {
    let province = Province::open().await;
    let (id, receipt) = denunciation(&province).await;
    let code = format!("Receipt {receipt}");
    let key = ("idempotency-key", "7a6e2f5e-4b5e-4f4e-9d5e-0d8f6b1f2a91");
    let citizen = [("authorization", code.as_str()), key];
    let asked = json!({ "text": QUESTION });
    for _ in 0..2 {
        let sent = province.send("POST", "/v1/petition/messages", &citizen, Some(asked.clone())).await;
        assert_eq!((sent.status, &sent.body["messages"]), (StatusCode::CREATED, &json!(1)), "sent twice, written once");
    }
    let chair = province.bearer("head", "chair").await;
    let path = format!("/v1/cases/{id}/messages");
    assert_eq!(province.read(&chair, &path).await.text("/messages/0/text"), QUESTION);
    let answer = json!({ "text": ANSWER });
    let sent = province.send("POST", &path, &[("authorization", &chair)], Some(answer)).await;
    assert_eq!(sent.status, StatusCode::CREATED, "{}", sent.body);
    let read = province.send("GET", "/v1/petition/messages", &citizen[..1], None).await;
    let messages = read.body["messages"].as_array().unwrap();
    let said: Vec<_> = messages.iter().map(|message| (&message["by"], &message["text"])).collect();
    assert_eq!(said, [(&json!("citizen"), &json!(QUESTION)), (&json!("agency"), &json!(ANSWER))]);

    let denounced = province.bearer("head", "c21040").await;
    assert_eq!(province.read(&denounced, &path).await.status, StatusCode::NOT_FOUND);
    let custodian = province.bearer("identity_custodian", "chair").await;
    assert_eq!(province.read(&custodian, &path).await.status, StatusCode::NOT_FOUND);
    for (_, items) in raw::contents(&province).await {
        let items = format!("{items:?}");
        assert!(!items.contains(QUESTION) && !items.contains(ANSWER), "encrypted wherever it lies");
    }
    province.drain().await;
    let inbox = province.send("GET", "/dev/inbox", &[], None).await.body.to_string();
    assert!(!inbox.contains(QUESTION) && !inbox.contains(ANSWER), "a notice says nothing of it");
    province.recount_tomorrow().await;
}

#[tokio::test]
async fn an_identity_is_opened_by_a_custodian_and_its_owner_sees_that() {
    let province = Province::open().await;
    let (id, receipt) = denunciation(&province).await;
    let custodian = province.bearer("identity_custodian", "chair").await;
    let opened = disclose(&province, &custodian, &id).await;
    assert_eq!((opened.text("/name"), opened.text("/phone")), (NAME.to_owned(), "+84912345678".to_owned()));
    assert!(!opened.body.to_string().contains(TEXT), "never who and what");
    assert_eq!(province.read(&custodian, &format!("/v1/cases/{id}")).await.status, StatusCode::NOT_FOUND);

    let code = format!("Receipt {receipt}");
    let seen = province.send("GET", "/v1/petition", &[("authorization", &code)], None).await;
    let expected = json!([{ "on": "2026-10-05", "agency": "chair", "reason": "invitation",
                            "reason_text": "Mời làm việc, đối thoại" }]);
    assert_eq!(seen.body["disclosures"], expected, "{}", seen.body);
    let journal = province.journal(&CaseId::new(id.clone())).await;
    let last = serde_json::to_value(journal.last().unwrap()).unwrap();
    assert_eq!(
        (&last["events"][0]["event"], &last["events"][0]["to"]),
        (&json!("identity_disclosed"), &json!("handler@chair"))
    );

    for (role, agency) in [("head", "chair"), ("head", "c21040"), ("identity_custodian", "c21040")] {
        let bearer = province.bearer(role, agency).await;
        let refused = disclose(&province, &bearer, &id).await;
        assert!(
            refused.status == StatusCode::FORBIDDEN || refused.status == StatusCode::NOT_FOUND,
            "{role} of {agency}"
        );
        assert!(!refused.body.to_string().contains(NAME), "{}", refused.body);
    }
    let wrong = json!({ "to": "handler@chair", "reason": "curiosity" });
    let path = format!("/v1/cases/{id}/identity-disclosure");
    let refused = province.send("POST", &path, &[("authorization", &custodian)], Some(wrong)).await;
    assert_eq!(refused.status, StatusCode::UNPROCESSABLE_ENTITY, "a reason of the list or none: {}", refused.body);
    province.recount_tomorrow().await;
}

#[tokio::test]
async fn an_identity_that_was_opened_is_not_opened_again_on_another_day_without_another_entry() {
    let province = Province::open().await;
    let (id, _) = denunciation(&province).await;
    let path = format!("/v1/cases/{id}/identity-disclosure");
    let ask = async || {
        let custodian = province.bearer("identity_custodian", "chair").await;
        let headers =
            [("authorization", custodian.as_str()), ("idempotency-key", "7a6e2f5e-4b5e-4f4e-9d5e-0d8f6b1f2a96")];
        let body = json!({ "to": "handler@chair", "reason": "invitation" });
        province.send("POST", &path, &headers, Some(body)).await
    };
    assert_eq!(ask().await.text("/name"), NAME);
    let entries = province.journal(&CaseId::new(id.clone())).await.len();
    assert_eq!(ask().await.text("/name"), NAME, "whose answer was lost gets it once more");
    assert_eq!(province.journal(&CaseId::new(id.clone())).await.len(), entries);
    province.advance("P1D").await;
    let late = ask().await;
    assert_eq!(late.status, StatusCode::NOT_FOUND, "{}", late.body);
}

#[tokio::test]
async fn who_denounced_a_colleague_is_opened_by_the_superiors_custodian_alone() {
    let province = Province::open().await;
    let petition = json!({ "kind": "denunciation", "text": TEXT, "petitioner": { "name": NAME },
                           "against": { "agency": "c21040", "position": "staff" } });
    let submitted = province.send("POST", "/v1/petitions", &[], Some(petition)).await;
    province.drain().await;
    let receipt = submitted.text("/receipt");
    let id = province.case_of(&receipt).to_string();
    for agency in ["c21040", "c21025", "inspectorate", "reception-board"] {
        let custodian = province.bearer("identity_custodian", agency).await;
        let refused = disclose(&province, &custodian, &id).await;
        let unknown = disclose(&province, &custodian, &"0".repeat(32)).await;
        assert_eq!((refused.status, &refused.body), (StatusCode::NOT_FOUND, &unknown.body), "{agency}");
    }
    let custodian = province.bearer("identity_custodian", "chair").await;
    assert_eq!(disclose(&province, &custodian, &id).await.text("/name"), NAME);
    for path in ["", "/journal", "/deadlines", "/messages"] {
        let read = province.read(&custodian, &format!("/v1/cases/{id}{path}")).await;
        assert_eq!(read.status, StatusCode::NOT_FOUND, "{path}: still nothing of the case");
    }
    let code = format!("Receipt {receipt}");
    let seen = province.send("GET", "/v1/petition", &[("authorization", &code)], None).await;
    assert_eq!(seen.text("/disclosures/0/agency"), "chair", "{}", seen.body);
    province.recount_tomorrow().await;
}

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
    let template: Yaml = serde_norway::from_str(TEMPLATE).unwrap();
    let resources = template["Resources"].as_mapping().unwrap();
    let functions = resources.iter().filter(|(_, resource)| resource["Type"] == "AWS::Serverless::Function");
    functions
        .map(|(name, resource)| {
            let statements = plain(&resource["Properties"]["Policies"][0]["Statement"]);
            (name.as_str().unwrap().to_owned(), statements.as_array().unwrap().clone())
        })
        .collect()
}

/// A YAML value without its tags.
fn plain(value: &Yaml) -> Value {
    match value {
        Yaml::Tagged(tagged) => plain(&tagged.value),
        Yaml::Sequence(items) => items.iter().map(plain).collect(),
        Yaml::Mapping(pairs) => {
            pairs.iter().map(|(key, value)| (key.as_str().unwrap().to_owned(), plain(value))).collect()
        }
        other => serde_json::to_value(other).unwrap(),
    }
}

fn names(value: &Value) -> Vec<String> {
    match value {
        Value::Array(items) => items.iter().flat_map(names).collect(),
        Value::String(text) => vec![text.clone()],
        _ => Vec::new(),
    }
}

/// What a step writes of the cases table, within its transaction alone.
const STEP: [(&str, &[&str], bool); 2] =
    [("dynamodb:PutItem", &["CASE#*"], true), ("dynamodb:UpdateItem", &["TALLY#*", "COHORT#*"], true)];

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
        let on_cases = |statement: &&Value| names(&statement["Resource"]).iter().any(|name| name == "CasesTable.Arn");
        let mut written = Vec::new();
        for statement in statements.iter().filter(on_cases) {
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
        let steps = !matches!(function.as_str(), "NotificationsFunction" | "AuditFunction" | "StatisticsFunction");
        let expected = STEP.into_iter().filter(|_| steps).chain(writes_beside_steps(&function));
        let mut expected: Vec<_> = expected
            .map(|(action, keys, within)| {
                (action.to_owned(), keys.iter().map(|key| (*key).to_owned()).collect::<Vec<_>>(), within)
            })
            .collect();
        expected.sort();
        written.sort();
        assert_eq!(written, expected, "{function}");
        let limited = statements
            .iter()
            .filter(|statement| names(&statement["Resource"]).iter().any(|name| name == "LimitsTable.Arn"));
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
        let on_vault = |statement: &&Value| names(&statement["Resource"]).iter().any(|name| name == "VaultTable.Arn");
        let (mut reads, mut writes) = (Vec::new(), false);
        for statement in statements.iter().filter(on_vault) {
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
        for statement in
            statements.iter().filter(|s| names(&s["Resource"]).iter().any(|name| name == "JournalTable.Arn"))
        {
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
