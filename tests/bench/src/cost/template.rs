//! What `infra/template.yaml` deploys, as far as it is paid for.

use std::collections::{BTreeMap, BTreeSet};

use serde_norway::Value;

use crate::Failure;

/// What is deployed.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Deployed {
    /// Resources by their types.
    pub resources: BTreeMap<String, u64>,
    /// Memory of each function in MB, by logical id.
    pub memory: BTreeMap<String, u64>,
    /// Tables with point-in-time recovery, by logical id.
    pub backed_up: BTreeSet<String>,
    /// Tables that KMS encrypts.
    pub tables_under_kms: u64,
    /// Bytes of the access log's format.
    pub access_log_format: u64,
}

impl Deployed {
    /// Reads a template.
    ///
    /// # Errors
    /// Where it is no template, or a function's memory is nowhere.
    pub fn parse(text: &str) -> Result<Self, Failure> {
        let template: Value = serde_norway::from_str(text)?;
        let at = |value: &Value, path: &[&str]| -> Option<Value> {
            path.iter().try_fold(value.clone(), |value, name| value.get(*name).cloned())
        };
        let usual_memory = at(&template, &["Globals", "Function", "MemorySize"]).and_then(|value| value.as_u64());
        let mut deployed = Self {
            resources: BTreeMap::new(),
            memory: BTreeMap::new(),
            backed_up: BTreeSet::new(),
            tables_under_kms: 0,
            access_log_format: 0,
        };
        let resources = template.get("Resources").and_then(Value::as_mapping).ok_or("the template has no Resources")?;
        for (name, resource) in resources {
            let name = name.as_str().ok_or("a resource without a name")?.to_owned();
            let kind = resource.get("Type").and_then(Value::as_str).ok_or_else(|| format!("{name} has no Type"))?;
            *deployed.resources.entry(kind.to_owned()).or_default() += 1;
            let property = |path: &[&str]| at(resource, &[&["Properties"], path].concat());
            match kind {
                "AWS::Serverless::Function" => {
                    let own = property(&["MemorySize"]).and_then(|value| value.as_u64());
                    let memory = own.or(usual_memory).ok_or_else(|| format!("{name} has no MemorySize"))?;
                    deployed.memory.insert(name, memory);
                }
                "AWS::DynamoDB::Table" => {
                    let enabled = |path: &[&str]| property(path).and_then(|value| value.as_bool()) == Some(true);
                    if enabled(&["SSESpecification", "SSEEnabled"]) {
                        deployed.tables_under_kms += 1;
                    }
                    if enabled(&["PointInTimeRecoverySpecification", "PointInTimeRecoveryEnabled"]) {
                        deployed.backed_up.insert(name);
                    }
                }
                "AWS::Serverless::HttpApi" => {
                    let format = property(&["AccessLogSettings", "Format"]);
                    let bytes = format.as_ref().and_then(Value::as_str).map(str::len).unwrap_or_default();
                    deployed.access_log_format += u64::try_from(bytes)?;
                }
                _ => {}
            }
        }
        Ok(deployed)
    }

    /// How many resources of a type.
    #[must_use]
    pub fn count(&self, kind: &str) -> u64 {
        self.resources.get(kind).copied().unwrap_or(0)
    }
}
