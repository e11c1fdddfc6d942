use serde_json::json;

use super::*;

fn policy(statements: &Value) -> Policy {
    Policy::parse(statements.as_array().unwrap()).unwrap()
}

fn request(action: &str, resource: &str, context: &[(&str, &[&str])]) -> Request {
    let context = context
        .iter()
        .map(|(key, values)| ((*key).to_owned(), values.iter().map(|value| (*value).to_owned()).collect()));
    Request {
        action: action.to_owned(),
        resource: resource.to_owned(),
        context: context.collect(),
        keys: vec!["dynamodb:", "aws:"],
    }
}

#[track_caller]
fn allowed(policy: &Policy, request: &Request) -> bool {
    matches!(policy.decide(request).unwrap(), Decision::Allowed(_))
}

const TABLE: &str = "arn:aws:dynamodb:us-west-2:123456789012:table/table04";
const IN_TRANSACTION: (&str, &[&str]) = ("dynamodb:EnclosingOperation", &["TransactWriteItems"]);

/// DynamoDB developer guide, "Using IAM with DynamoDB transactions", examples 2 and 3.
#[test]
fn transactions_alone_or_everything_but_transactions_as_the_guide_shows_it() {
    let items = json!([
        "dynamodb:ConditionCheckItem",
        "dynamodb:PutItem",
        "dynamodb:UpdateItem",
        "dynamodb:DeleteItem",
        "dynamodb:GetItem"
    ]);
    let within = json!({ "ForAnyValue:StringEquals": {
        "dynamodb:EnclosingOperation": ["TransactWriteItems", "TransactGetItems"] } });
    let tables = json!(["arn:aws:dynamodb:*:*:table/table04"]);
    let only = policy(&json!([{ "Effect": "Allow", "Action": items, "Resource": tables, "Condition": within }]));
    assert!(allowed(&only, &request("dynamodb:PutItem", TABLE, &[IN_TRANSACTION])));
    assert!(!allowed(&only, &request("dynamodb:PutItem", TABLE, &[])));
    assert!(!allowed(&only, &request("dynamodb:Query", TABLE, &[IN_TRANSACTION])));
    assert!(!allowed(&only, &request("dynamodb:PutItem", &format!("{TABLE}2"), &[IN_TRANSACTION])));

    let never = policy(&json!([
        { "Effect": "Allow", "Action": ["dynamodb:PutItem", "dynamodb:GetItem"], "Resource": tables },
        { "Effect": "Deny", "Action": items, "Resource": tables, "Condition": within },
    ]));
    assert!(allowed(&never, &request("dynamodb:PutItem", TABLE, &[])));
    let refused = never.decide(&request("dynamodb:PutItem", TABLE, &[IN_TRANSACTION]));
    assert_eq!(refused.unwrap(), Decision::Forbidden, "whatever another statement allows");
}

/// DynamoDB developer guide, "Using IAM policy conditions for fine-grained access control": items by partition key, some attributes.
#[test]
fn items_by_their_partition_key_and_attributes_by_their_names() {
    let policy = policy(&json!([{
        "Effect": "Allow",
        "Action": ["dynamodb:GetItem", "dynamodb:Query"],
        "Resource": ["arn:aws:dynamodb:us-west-2:123456789012:table/GameScores"],
        "Condition": {
            "ForAllValues:StringEquals": {
                "dynamodb:LeadingKeys": ["user-1"],
                "dynamodb:Attributes": ["UserId", "GameTitle", "Wins"]
            },
            "StringEqualsIfExists": { "dynamodb:Select": "SPECIFIC_ATTRIBUTES" }
        }
    }]));
    let ask = |action: &str, key: &str, attributes: &[&str], select: &[&str]| {
        let context =
            [("dynamodb:LeadingKeys", &[key][..]), ("dynamodb:Attributes", attributes), ("dynamodb:Select", select)];
        let table = "arn:aws:dynamodb:us-west-2:123456789012:table/GameScores";
        allowed(&policy, &request(action, table, &context))
    };
    assert!(ask("dynamodb:Query", "user-1", &["UserId", "Wins"], &["SPECIFIC_ATTRIBUTES"]));
    assert!(ask("dynamodb:GetItem", "user-1", &["UserId", "Wins"], &[]), "it has no Select");
    assert!(!ask("dynamodb:Query", "user-2", &["UserId", "Wins"], &["SPECIFIC_ATTRIBUTES"]));
    assert!(!ask("dynamodb:Query", "user-1", &["UserId", "Losses"], &["SPECIFIC_ATTRIBUTES"]));
    assert!(!ask("dynamodb:Query", "user-1", &["UserId"], &["ALL_ATTRIBUTES"]), "the reason for the second condition");
}

/// IAM user guide, "Set operators for multivalued context keys" and "Condition operator to check existence of condition keys".
#[test]
fn without_the_key_all_values_are_met_and_any_value_is_not() {
    let with = |condition: Value| {
        policy(&json!([{ "Effect": "Allow", "Action": "*", "Resource": "*", "Condition": condition }]))
    };
    let keys = json!({ "aws:TagKeys": ["Owner:*", "State:??"] });
    let asked = |tags: &[&str]| request("ec2:CreateTags", "arn:aws:ec2:::instance/i", &[("aws:TagKeys", tags)]);
    for (operator, none, some, every) in [
        ("ForAllValues:StringLike", true, false, true),
        ("ForAnyValue:StringLike", false, true, true),
        ("ForAllValues:StringNotLike", true, false, false),
        ("ForAnyValue:StringNotLike", false, true, false),
    ] {
        let policy = with(json!({ operator: keys }));
        assert_eq!(allowed(&policy, &asked(&[])), none, "{operator} without the key");
        assert_eq!(allowed(&policy, &asked(&["Owner:Legal", "State:New York"])), some, "{operator} with one alike");
        assert_eq!(allowed(&policy, &asked(&["Owner:Legal", "State:NY"])), every, "{operator} with all alike");
    }
    let there = with(json!({ "ForAllValues:StringLike": keys, "Null": { "aws:TagKeys": "false" } }));
    assert!(!allowed(&there, &asked(&[])));
    assert!(allowed(&there, &asked(&["Owner:Legal"])));
    let one = with(json!({ "StringNotEquals": { "aws:PrincipalAccount": "1" } }));
    assert!(allowed(&one, &asked(&[])), "a negated operator is met without the key");
    let one = with(json!({ "StringEquals": { "aws:PrincipalAccount": ["1", "2"] } }));
    assert!(!allowed(&one, &asked(&[])));
    assert!(allowed(&one, &request("a:b", "c", &[("aws:PrincipalAccount", &["2"])])), "one of the values is enough");
    assert!(!allowed(&one, &request("a:b", "c", &[("aws:PrincipalAccount", &["3"])])));
    let flag = with(json!({ "Bool": { "aws:SecureTransport": false } }));
    assert!(allowed(&flag, &request("a:b", "c", &[("aws:SecureTransport", &["false"])])));
}

#[test]
fn what_is_excluded_is_met_by_everything_else() {
    let phones = policy(&json!([{ "Effect": "Allow", "Action": "sns:publish", "NotResource": "arn:aws:sns:*:*:*" }]));
    assert!(allowed(&phones, &request("sns:Publish", "*", &[])), "an action is the same in any case");
    assert!(!allowed(&phones, &request("sns:Publish", "arn:aws:sns:ap-southeast-1:1:other", &[])));
    let others = policy(&json!([{ "Effect": "Allow", "NotAction": ["dynamodb:Delete*"], "Resource": "*" }]));
    assert!(allowed(&others, &request("dynamodb:GetItem", TABLE, &[])));
    assert!(!allowed(&others, &request("dynamodb:DeleteItem", TABLE, &[])));
}

#[test]
fn what_is_not_modelled_is_refused_and_not_passed_over() {
    let parse = |extra: Value| {
        let mut statement = json!({ "Effect": "Allow", "Action": "a:b", "Resource": "*" });
        statement.as_object_mut().unwrap().extend(extra.as_object().unwrap().clone());
        Policy::parse(&[statement])
    };
    let error = |extra: Value| parse(extra).unwrap_err();
    assert_eq!(error(json!({ "Principal": "*" })), PolicyError::Element("Principal".to_owned()));
    for operator in ["DateGreaterThan", "ForAllValues:ArnLike", "ForSomeValues:StringLike", "NullIfExists"] {
        let refused = error(json!({ "Condition": { operator: { "aws:TagKeys": "x" } } }));
        assert_eq!(refused, PolicyError::Operator(operator.to_owned()));
    }
    let variable = error(json!({ "Resource": "arn:aws:s3:::bucket/${aws:username}" }));
    assert!(matches!(variable, PolicyError::Variable(_)), "{variable}");
    assert!(matches!(error(json!({ "NotResource": "x" })), PolicyError::Element(_)), "both at once");
    assert!(matches!(error(json!({ "Effect": "Maybe" })), PolicyError::Element(_)));

    let on = |operator: &str, key: &str| parse(json!({ "Condition": { operator: { key: "x" } } })).unwrap();
    let unknown = on("ForAllValues:StringLike", "kms:ViaService").decide(&request("a:b", "c", &[]));
    assert!(matches!(unknown, Err(PolicyError::Key { .. })), "else it would be met for want of a value");
    let several = on("StringEquals", "aws:TagKeys").decide(&request("a:b", "c", &[("aws:TagKeys", &["x", "y"])]));
    assert_eq!(several, Err(PolicyError::SeveralValues("aws:TagKeys".to_owned())));
}

#[test]
fn a_grant_is_one_action_on_one_resource_by_one_value() {
    let policy = policy(&json!([
        { "Effect": "Allow", "Action": ["a:Get", "a:Query"], "Resource": ["one", "two"],
          "Condition": { "ForAllValues:StringLike": { "dynamodb:LeadingKeys": ["CASE#*", "REF#*"] } } },
        { "Effect": "Deny", "Action": "a:Put", "Resource": "*" },
    ]));
    let grants: Vec<_> = policy.grants().iter().map(ToString::to_string).collect();
    assert_eq!(grants.len(), 8, "{grants:?}");
    assert_eq!(grants[0], "statement 1: a:Get on one with dynamodb:LeadingKeys CASE#*");
    let used = policy.decide(&request("a:Query", "two", &[("dynamodb:LeadingKeys", &["REF#agency"])])).unwrap();
    let Decision::Allowed(used) = used else { panic!("{used:?}") };
    let used: Vec<_> = used.iter().map(ToString::to_string).collect();
    assert_eq!(used, ["statement 1: a:Query on two with dynamodb:LeadingKeys REF#*"]);
}

#[test]
fn a_pattern_is_a_text_with_stars_and_question_marks() {
    for (pattern, text, alike) in [
        ("CASE#*", "CASE#1", true),
        ("CASE#*", "CASE#", true),
        ("CASE#*", "case#1", false),
        ("*/index/due", "arn:table/t/index/due", true),
        ("*/index/due", "arn:table/t/index/due2", false),
        ("a*b*c", "aXbYbZc", true),
        ("a*b*c", "aXc", false),
        ("?b", "đb", true),
        ("?b", "b", false),
        ("", "", true),
        ("*", "", true),
    ] {
        assert_eq!(matches_pattern(pattern, text), alike, "{pattern} and {text}");
    }
}
