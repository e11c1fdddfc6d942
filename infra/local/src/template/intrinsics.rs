//! CloudFormation's references, resolved to what they stand for on this machine.

use std::collections::BTreeMap;

use serde_json::{Map, Value as Json};
use serde_norway::Value as Yaml;

use super::TemplateError;

/// Region that every local name and ARN carries: Singapore, the nearest one to Vietnam.
pub const REGION: &str = "ap-southeast-1";
/// Account number that every local ARN carries.
pub const ACCOUNT: &str = "000000000000";
/// Name of the stack that local names begin with.
pub const STACK: &str = "donthu";

/// What `!Ref`, `!GetAtt` and `!Sub` can stand for. A name without a local value, such as a queue, keeps
/// CloudFormation's own notation `${Name}`, so that only a use of it here is an error.
pub(super) struct Names {
    known: BTreeMap<String, String>,
    declared: Vec<String>,
}

impl Names {
    pub(super) fn of(template: &Yaml) -> Result<Self, TemplateError> {
        let mut names = Self { known: BTreeMap::new(), declared: Vec::new() };
        for (name, value) in [
            ("AWS::Region", REGION),
            ("AWS::AccountId", ACCOUNT),
            ("AWS::StackName", STACK),
            ("AWS::Partition", "aws"),
            ("AWS::URLSuffix", "amazonaws.com"),
        ] {
            names.known.insert(name.to_owned(), value.to_owned());
        }
        for (name, parameter) in section(template, "Parameters") {
            if let Some(default) = parameter.get("Default") {
                names.known.insert(name.clone(), scalar(default).unwrap_or_default());
            }
            names.declared.push(name);
        }
        for (name, resource) in section(template, "Resources") {
            match resource.get("Type").and_then(Yaml::as_str) {
                Some("AWS::DynamoDB::Table") => {
                    let table = format!("{STACK}-{name}");
                    names
                        .known
                        .insert(format!("{name}.Arn"), format!("arn:aws:dynamodb:{REGION}:{ACCOUNT}:table/{table}"));
                    names.known.insert(name.clone(), table);
                }
                Some("AWS::SNS::Topic") => {
                    let topic = format!("{STACK}-{name}");
                    let arn = format!("arn:aws:sns:{REGION}:{ACCOUNT}:{topic}");
                    names.known.insert(format!("{name}.TopicArn"), arn.clone());
                    names.known.insert(format!("{name}.TopicName"), topic);
                    names.known.insert(name.clone(), arn);
                }
                // What a function of this machine is told in their place it makes itself.
                Some(
                    "AWS::SecretsManager::Secret" | "AWS::Cognito::UserPoolClient" | "AWS::Cognito::UserPoolDomain",
                ) => {
                    names.known.insert(name.clone(), name.clone());
                }
                // Nothing here asks KMS: the machine keeps its keys in its folder. Functions are told a name all the same.
                Some("AWS::KMS::Key") => {
                    let arn = format!("arn:aws:kms:{REGION}:{ACCOUNT}:key/{name}");
                    names.known.insert(format!("{name}.Arn"), arn);
                    names.known.insert(name.clone(), name.clone());
                }
                Some(_) => {}
                None => {
                    return Err(TemplateError::Missing { place: format!("Resources.{name}"), what: "Type" });
                }
            }
            names.declared.push(name);
        }
        Ok(names)
    }

    /// The local value of a name (`CasesTable`, `CasesTable.Arn`), or `${name}`.
    pub(super) fn value(&self, name: &str, place: &str) -> Result<String, TemplateError> {
        if let Some(value) = self.known.get(name) {
            return Ok(value.clone());
        }
        let declared = name.split('.').next().unwrap_or(name);
        if self.declared.iter().any(|known| known == declared) {
            Ok(format!("${{{name}}}"))
        } else {
            Err(TemplateError::UnknownName { name: name.to_owned(), place: place.to_owned() })
        }
    }

    fn substitute(&self, text: &str, place: &str) -> Result<String, TemplateError> {
        let mut out = String::new();
        let mut rest = text;
        while let Some((before, after)) = rest.split_once("${") {
            out.push_str(before);
            let (name, after) = after.split_once('}').ok_or_else(|| TemplateError::Shape {
                place: place.to_owned(),
                reason: "!Sub has a ${ without its }".to_owned(),
            })?;
            match name.strip_prefix('!') {
                Some(literal) => out.push_str(&format!("${{{literal}}}")),
                None => out.push_str(&self.value(name.trim(), place)?),
            }
            rest = after;
        }
        out.push_str(rest);
        Ok(out)
    }

    /// The template's tree as JSON, without any intrinsic left in it.
    pub(super) fn resolve(&self, value: &Yaml, place: &str) -> Result<Json, TemplateError> {
        match value {
            Yaml::Null => Ok(Json::Null),
            Yaml::Bool(value) => Ok(Json::Bool(*value)),
            Yaml::String(text) => Ok(Json::String(text.clone())),
            Yaml::Number(number) => {
                number.as_i64().map(Json::from).or_else(|| number.as_f64().map(Json::from)).ok_or_else(|| {
                    TemplateError::Shape {
                        place: place.to_owned(),
                        reason: format!("the number {number} is out of range"),
                    }
                })
            }
            Yaml::Sequence(items) => items
                .iter()
                .enumerate()
                .map(|(index, item)| self.resolve(item, &format!("{place}[{index}]")))
                .collect::<Result<Vec<Json>, _>>()
                .map(Json::Array),
            Yaml::Mapping(entries) => {
                let mut map = Map::new();
                for (key, item) in entries {
                    let key = scalar(key).ok_or_else(|| TemplateError::Shape {
                        place: place.to_owned(),
                        reason: "a key is not a text".to_owned(),
                    })?;
                    let place = if place.is_empty() { key.clone() } else { format!("{place}.{key}") };
                    if key.starts_with("Fn::") || (key == "Ref" && entries.len() == 1) {
                        return Err(TemplateError::Unsupported { name: key, place });
                    }
                    map.insert(key, self.resolve(item, &place)?);
                }
                Ok(Json::Object(map))
            }
            Yaml::Tagged(tagged) => {
                let name = tagged.tag.to_string();
                let text = tagged.value.as_str();
                match (name.as_str(), text) {
                    ("!Ref" | "!GetAtt", Some(text)) => Ok(Json::String(self.value(text, place)?)),
                    ("!Sub", Some(text)) => Ok(Json::String(self.substitute(text, place)?)),
                    ("!Ref" | "!GetAtt" | "!Sub", None) => Err(TemplateError::Shape {
                        place: place.to_owned(),
                        reason: format!("{name} takes one text here"),
                    }),
                    _ => Err(TemplateError::Unsupported { name, place: place.to_owned() }),
                }
            }
        }
    }
}

fn section<'a>(template: &'a Yaml, name: &str) -> Vec<(String, &'a Yaml)> {
    template
        .get(name)
        .and_then(Yaml::as_mapping)
        .map(|entries| entries.iter().filter_map(|(key, value)| Some((key.as_str()?.to_owned(), value))).collect())
        .unwrap_or_default()
}

fn scalar(value: &Yaml) -> Option<String> {
    match value {
        Yaml::String(text) => Some(text.clone()),
        Yaml::Number(number) => Some(number.to_string()),
        Yaml::Bool(value) => Some(value.to_string()),
        _ => None,
    }
}
