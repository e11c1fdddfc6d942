//! What `infra/template.yaml` says about tables, routes, streams and schedules: the local machine builds itself from the
//! same file that is deployed, so the two cannot drift apart.

mod intrinsics;
mod shapes;

use std::collections::BTreeMap;

pub use intrinsics::{ACCOUNT, REGION};
use serde_json::Value;

use crate::streams::pattern::Pattern;

/// The template of this repository, compiled into the binary.
pub const TEMPLATE: &str = include_str!("../../../template.yaml");

/// Why a template cannot be used on one machine.
#[derive(Debug, thiserror::Error)]
pub enum TemplateError {
    /// Not YAML.
    #[error("the template is not valid YAML: {0}")]
    Yaml(String),
    /// An intrinsic other than `!Ref`, `!GetAtt` and `!Sub` in their short forms.
    #[error("the template uses {name} at {place}; only !Ref, !GetAtt and !Sub are supported")]
    Unsupported {
        /// The intrinsic, as written.
        name: String,
        /// Path of keys from the top of the template.
        place: String,
    },
    /// A reference to a name that the template does not declare.
    #[error("the template refers to {name:?} at {place}, which it does not declare")]
    UnknownName {
        /// The name.
        name: String,
        /// Path of keys from the top of the template.
        place: String,
    },
    /// Something that this program needs is not there.
    #[error("the template has no {what} at {place}")]
    Missing {
        /// Path of keys from the top of the template.
        place: String,
        /// The missing key.
        what: &'static str,
    },
    /// A part has a form, or a value, that this program does not run.
    #[error("the template at {place}: {reason}")]
    Shape {
        /// Path of keys from the top of the template.
        place: String,
        /// What is wrong.
        reason: String,
    },
}

/// A table's or an index's key: names of its attributes, all of them texts (type S).
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Key {
    /// Partition key.
    pub partition: String,
    /// Sort key.
    pub sort: Option<String>,
}

/// What a global secondary index copies.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Projection {
    /// Keys alone.
    KeysOnly,
    /// Keys and these attributes.
    Include(Vec<String>),
    /// The whole item.
    All,
}

/// A global secondary index.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Index {
    /// Its name.
    pub name: String,
    /// Its key.
    pub key: Key,
    /// What it copies.
    pub projection: Projection,
}

/// A DynamoDB table.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Table {
    /// Name in the template, e.g. `CasesTable`.
    pub logical_id: String,
    /// Name on this machine, e.g. `donthu-CasesTable`.
    pub name: String,
    /// Its key.
    pub key: Key,
    /// Its indexes, by name.
    pub indexes: Vec<Index>,
    /// The view type of its stream (e.g. `NEW_IMAGE`), where it has one.
    pub stream: Option<String>,
    /// The attribute that says from when on a row may be removed, where it has one.
    pub time_to_live: Option<String>,
}

/// A route of the HTTP API.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Route {
    /// Upper-case HTTP method.
    pub method: String,
    /// Path with `{name}` segments.
    pub path: String,
    /// Logical id of the function.
    pub function: String,
    /// Whether it is open to callers without a token.
    pub public: bool,
}

/// Where a function starts to read a stream that it has never read.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum StartingPosition {
    /// At the oldest record that there is.
    TrimHorizon,
    /// After the newest record.
    Latest,
}

/// A function's subscription to a table's stream (Lambda's event source mapping).
#[derive(Debug, Clone, PartialEq)]
pub struct Subscription {
    /// Logical id of the function.
    pub function: String,
    /// Name of the event in the template.
    pub event: String,
    /// Logical id of the table.
    pub table: String,
    /// A record is handed over where any of these matches, or where there is none.
    pub filters: Vec<Pattern>,
    /// Most records in one call.
    pub batch_size: usize,
    /// Attempts after the first before a record is set aside.
    pub retries: u32,
    /// Whether a batch on which the function fails is split in two.
    pub bisect: bool,
    /// Whether the function names the records that failed (`ReportBatchItemFailures`).
    pub reports_failures: bool,
    /// Where the first reading starts.
    pub start: StartingPosition,
}

/// A schedule of `EventBridge` Scheduler.
#[derive(Debug, Clone, PartialEq)]
pub struct ScheduleRule {
    /// Logical id of the function.
    pub function: String,
    /// Name of the event in the template.
    pub event: String,
    /// `rate(…)` or `cron(…)`.
    pub expression: String,
    /// Time zone in which a cron expression is read.
    pub timezone: String,
    /// What the function is called with.
    pub input: Value,
}

impl ScheduleRule {
    /// The rule's own name: function and event.
    #[must_use]
    pub fn id(&self) -> String {
        format!("{}.{}", self.function, self.event)
    }
}

/// What is run of a template.
#[derive(Debug, Clone, PartialEq)]
pub struct Template {
    /// Tables, by logical id.
    pub tables: BTreeMap<String, Table>,
    /// ARNs of the topics, by logical id.
    pub topics: BTreeMap<String, String>,
    /// Logical ids of the functions with their environment variables.
    pub functions: BTreeMap<String, BTreeMap<String, String>>,
    /// Statements of the functions' policies, by the functions' logical ids. Nothing on this machine asks them.
    pub policies: BTreeMap<String, Vec<Value>>,
    /// Routes of the HTTP API.
    pub routes: Vec<Route>,
    /// Logical id of the function that gets what no route takes (the route `$default`), open to callers without a token.
    pub default_function: Option<String>,
    /// Subscriptions to streams.
    pub subscriptions: Vec<Subscription>,
    /// Schedules.
    pub schedules: Vec<ScheduleRule>,
}

impl Template {
    /// Reads a template's text.
    ///
    /// # Errors
    /// [`TemplateError`] names the place of whatever is wrong or not supported.
    pub fn parse(text: &str) -> Result<Self, TemplateError> {
        shapes::read(text)
    }

    /// The topic that notices go to: the only one, or else the one that functions are told of (another is for alarms).
    ///
    /// # Errors
    /// [`TemplateError::Shape`] where there is none.
    pub fn topic(&self) -> Result<&str, TemplateError> {
        let told = || self.functions.values().find_map(|environment| environment.get("DONTHU_NOTICES_TOPIC_ARN"));
        let is_it = |arn: &&String| self.topics.len() == 1 || told() == Some(*arn);
        self.topics.values().find(is_it).map(String::as_str).ok_or_else(|| TemplateError::Shape {
            place: "Resources".to_owned(),
            reason: format!("none of its {} SNS topics is told to the functions", self.topics.len()),
        })
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn this_repository() -> Template {
        Template::parse(TEMPLATE).unwrap()
    }

    #[test]
    fn the_tables_of_this_repository_have_the_keys_that_the_store_uses() {
        let template = this_repository();
        assert_eq!(
            template.tables.keys().collect::<Vec<_>>(),
            ["CasesTable", "JournalTable", "LimitsTable", "VaultTable"]
        );
        let cases = &template.tables["CasesTable"];
        assert_eq!(cases.key, Key { partition: "pk".into(), sort: Some("sk".into()) });
        assert_eq!(cases.stream.as_deref(), Some("NEW_IMAGE"));
        assert_eq!(cases.indexes.iter().map(|index| index.name.as_str()).collect::<Vec<_>>(), ["by_agency", "due"]);
        assert_eq!(cases.indexes[1].projection, Projection::KeysOnly);
        assert!(template.tables["VaultTable"].stream.is_none());
        let expire = template.tables.iter().filter(|(_, table)| table.time_to_live.is_some());
        assert_eq!(expire.map(|(name, _)| name.as_str()).collect::<Vec<_>>(), ["LimitsTable"], "nothing legal expires");
    }

    /// Which KMS actions a function's policies allow on the key of receipts, and under which conditions.
    fn receipt_rights(function: &serde_norway::Value) -> Vec<String> {
        let mut rights = Vec::new();
        for (action, statement) in key_statements(function, "ReceiptKey.Arn") {
            let conditions = statement["Condition"]["StringEquals"].as_mapping();
            let conditions = conditions.into_iter().flatten().map(|(name, value)| {
                format!("{}={}", name.as_str().unwrap().strip_prefix("kms:").unwrap(), value.as_str().unwrap())
            });
            rights.push(std::iter::once(action).chain(conditions).collect::<Vec<_>>().join(" "));
        }
        rights
    }

    /// Statements on a key, each with its one action.
    fn key_statements<'a>(function: &'a serde_norway::Value, key: &str) -> Vec<(String, &'a serde_norway::Value)> {
        let policies = function.get("Properties").and_then(|properties| properties.get("Policies"));
        let statements = policies.and_then(|policies| policies.get(0)).and_then(|policy| policy.get("Statement"));
        let mut found = Vec::new();
        for statement in statements.and_then(|statements| statements.as_sequence()).unwrap() {
            let actions = strings(&statement["Action"]);
            let Some(action) = actions.iter().find_map(|action| action.strip_prefix("kms:")) else { continue };
            assert_eq!(actions.len(), 1, "one action in a statement, so that each has its own contexts");
            let serde_norway::Value::Tagged(resource) = &statement["Resource"] else { panic!("{statement:?}") };
            assert!(resource.value == "VaultKey.Arn" || resource.value == "ReceiptKey.Arn", "one of our keys");
            if resource.value == key {
                found.push((action.to_owned(), statement));
            }
        }
        found
    }

    /// Which KMS actions a function's policies allow for which encryption contexts, as `Action name=value`.
    fn key_rights(function: &serde_norway::Value) -> Vec<String> {
        let mut rights = Vec::new();
        for (action, statement) in key_statements(function, "VaultKey.Arn") {
            let condition = statement["Condition"]["StringEquals"].as_mapping().unwrap();
            for (name, values) in condition {
                let name = name.as_str().unwrap().strip_prefix("kms:EncryptionContext:").unwrap();
                rights.extend(strings(values).iter().map(|value| format!("{action} {name}={value}")));
            }
        }
        rights
    }

    fn strings(value: &serde_norway::Value) -> Vec<String> {
        match value.as_sequence() {
            Some(values) => values.iter().map(|value| value.as_str().unwrap().to_owned()).collect(),
            None => vec![value.as_str().unwrap().to_owned()],
        }
    }

    #[test]
    fn each_function_may_ask_the_vaults_key_for_its_classes_and_for_no_other() {
        let tree: serde_norway::Value = serde_norway::from_str(TEMPLATE).unwrap();
        let lookup = "Decrypt purpose=lookup";
        let makes_all =
            ["GenerateDataKey class=identity", "GenerateDataKey class=contact", "GenerateDataKey class=text"];
        for (function, own) in [
            ("IntakeFunction", makes_all.to_vec()),
            (
                "FollowFunction",
                vec!["GenerateDataKey class=text", "GenerateDataKey class=message", "Decrypt class=message"],
            ),
            ("AssignmentFunction", vec![]),
            (
                "CaseworkFunction",
                [&makes_all[..], &["GenerateDataKey class=message", "Decrypt class=text", "Decrypt class=message"]]
                    .concat(),
            ),
            ("CustodyFunction", vec!["Decrypt class=identity", "Decrypt class=contact"]),
            ("DeadlinesFunction", vec![]),
            ("NotificationsFunction", vec!["Decrypt class=contact"]),
            ("StatisticsFunction", vec![]),
            ("AuditFunction", vec![]),
        ] {
            let rights = key_rights(&tree["Resources"][function]);
            assert_eq!(rights, [&own[..], &[lookup]].concat(), "{function}");
        }
        assert_eq!(this_repository().functions.len(), 9, "a new function gets a line above");
        let key = &tree["Resources"]["VaultKey"]["Properties"];
        assert_eq!(key["EnableKeyRotation"].as_bool(), Some(true));
        for variables in this_repository().functions.values() {
            assert!(variables["DONTHU_KMS_KEY"].ends_with(":key/VaultKey"));
            assert!(!variables.contains_key("DONTHU_KEYRING_FILE"), "one source of keys");
        }
    }

    #[test]
    fn only_who_takes_petitions_in_signs_receipts_and_who_publishes_the_keys_cannot() {
        let tree: serde_norway::Value = serde_norway::from_str(TEMPLATE).unwrap();
        let sign = "Sign SigningAlgorithm=ED25519_SHA_512 MessageType=RAW";
        for function in this_repository().functions.keys() {
            let expected = match function.as_str() {
                "IntakeFunction" | "CaseworkFunction" => vec![sign, "GetPublicKey"],
                "StatisticsFunction" => vec!["GetPublicKey"],
                _ => vec![],
            };
            assert_eq!(receipt_rights(&tree["Resources"][function]), expected, "{function}");
        }
        let key = &tree["Resources"]["ReceiptKey"];
        assert_eq!(key["Properties"]["KeySpec"], "ECC_NIST_EDWARDS25519");
        assert_eq!(key["Properties"]["KeyUsage"], "SIGN_VERIFY");
        assert_eq!((&key["DeletionPolicy"], &key["UpdateReplacePolicy"]), (&"Retain".into(), &"Retain".into()));
        for variables in this_repository().functions.values() {
            assert!(variables["DONTHU_RECEIPT_KMS_KEY"].ends_with(":key/ReceiptKey"));
            assert!(!variables.contains_key("DONTHU_RECEIPT_KEY_FILE"), "one source of keys");
        }
    }

    #[test]
    fn a_route_needs_a_token_unless_it_says_otherwise() {
        let template = this_repository();
        let public = |method: &str, path: &str| {
            let route = template.routes.iter().find(|route| route.method == method && route.path == path);
            route.unwrap_or_else(|| panic!("{method} {path}")).public
        };
        assert!(public("POST", "/v1/petitions"));
        assert!(public("GET", "/v1/public/statistics"));
        assert!(!public("GET", "/v1/cases/{id}"));
        assert!(!public("PUT", "/v1/reference/areas/{id}"));
        assert_eq!(template.default_function.as_deref(), Some("PortalFunction"));
    }

    #[test]
    fn every_function_of_this_repository_finds_its_tables_and_its_topic_in_its_environment() {
        let template = this_repository();
        for (function, environment) in &template.functions {
            assert_eq!(environment["DONTHU_CASES_TABLE"], template.tables["CasesTable"].name, "{function}");
            assert_eq!(environment["DONTHU_NOTICES_TOPIC_ARN"], template.topic().unwrap(), "{function}");
            assert_eq!(environment["DONTHU_PROVINCE"], "quang-ngai", "{function}");
        }
        assert_eq!(template.functions.len(), 9);
    }

    #[test]
    fn streams_and_schedules_are_read_with_their_settings() {
        let template = this_repository();
        let assignment = template.subscriptions.iter().find(|one| one.function == "AssignmentFunction").unwrap();
        assert_eq!(assignment.table, "CasesTable");
        assert_eq!(assignment.start, StartingPosition::TrimHorizon);
        assert!(assignment.bisect && assignment.reports_failures && !assignment.filters.is_empty());
        let rules: Vec<_> = template.schedules.iter().map(|rule| (rule.id(), rule.expression.as_str())).collect();
        assert!(rules.contains(&("AuditFunction.Seal".to_owned(), "cron(30 0 * * ? *)")), "{rules:?}");
        assert!(rules.contains(&("DeadlinesFunction.Sweep".to_owned(), "cron(5 0,4,8,12,16,20 * * ? *)")), "{rules:?}");
    }

    #[test]
    fn an_unsupported_intrinsic_is_refused_by_name_with_its_place() {
        for (text, name, place) in [
            ("Outputs: {A: {Value: !Join ['', [a]]}}", "!Join", "Outputs.A.Value"),
            ("Outputs: {A: {Value: {'Fn::If': [a, b, c]}}}", "Fn::If", "Outputs.A.Value.Fn::If"),
            ("Outputs: {A: {Value: {Ref: B}}}", "Ref", "Outputs.A.Value.Ref"),
            ("Outputs: {A: [1, !ImportValue x]}", "!ImportValue", "Outputs.A[1]"),
        ] {
            match Template::parse(text) {
                Err(TemplateError::Unsupported { name: found, place: at }) => {
                    assert_eq!((found.as_str(), at.as_str()), (name, place));
                }
                other => panic!("{text} gave {other:?}"),
            }
        }
    }

    #[test]
    fn a_reference_to_nothing_is_an_error_where_it_stands() {
        let error = Template::parse("Outputs: {A: {Value: !Sub 'x-${Nothing.Arn}'}}").unwrap_err();
        assert_eq!(
            error.to_string(),
            "the template refers to \"Nothing.Arn\" at Outputs.A.Value, which it does not declare"
        );
    }

    #[test]
    fn a_function_may_not_depend_on_a_value_that_only_aws_knows() {
        let text = "
Resources:
  Queue: {Type: 'AWS::SQS::Queue'}
  F:
    Type: AWS::Serverless::Function
    Properties: {Environment: {Variables: {QUEUE: !Ref Queue}}}
";
        let error = Template::parse(text).unwrap_err().to_string();
        assert!(error.contains("F.Properties.Environment.Variables.QUEUE") && error.contains("${Queue}"), "{error}");
    }

    #[test]
    fn an_event_of_another_kind_and_a_stream_without_a_retry_limit_are_refused() {
        let with = |events: &str| {
            Template::parse(&format!(
                "
Resources:
  T:
    Type: AWS::DynamoDB::Table
    Properties:
      KeySchema: [{{AttributeName: pk, KeyType: HASH}}]
      AttributeDefinitions: [{{AttributeName: pk, AttributeType: S}}]
      StreamSpecification: {{StreamViewType: NEW_IMAGE}}
  F:
    Type: AWS::Serverless::Function
    Properties:
      Events: {events}
"
            ))
            .unwrap_err()
            .to_string()
        };
        let error = with("{Q: {Type: SQS, Properties: {Queue: x}}}");
        assert!(error.contains("SQS") && error.contains("Resources.F.Properties.Events.Q"), "{error}");
        let error = with("{S: {Type: DynamoDB, Properties: {Stream: !GetAtt T.StreamArn, StartingPosition: LATEST}}}");
        assert!(error.contains("MaximumRetryAttempts"), "{error}");
    }
}
