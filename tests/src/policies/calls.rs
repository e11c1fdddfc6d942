//! What a call of an SDK asks of IAM: actions, resources and condition keys, as the services document them ("Actions, resources, and
//! condition keys" of the service authorization reference; for transactions "Using IAM with DynamoDB transactions" of the DynamoDB
//! developer guide: each item counts as its own action, with `dynamodb:EnclosingOperation`, and a transaction has no action).

use std::collections::{BTreeMap, BTreeSet, HashMap};

use aws_sdk_dynamodb::operation::delete_item::DeleteItemInput;
use aws_sdk_dynamodb::operation::get_item::GetItemInput;
use aws_sdk_dynamodb::operation::put_item::PutItemInput;
use aws_sdk_dynamodb::operation::query::QueryInput;
use aws_sdk_dynamodb::operation::scan::ScanInput;
use aws_sdk_dynamodb::operation::transact_write_items::TransactWriteItemsInput;
use aws_sdk_dynamodb::operation::update_item::UpdateItemInput;
use aws_sdk_dynamodb::types::{AttributeValue, Select, TransactWriteItem};
use aws_sdk_kms::operation::decrypt::DecryptInput;
use aws_sdk_kms::operation::generate_data_key::GenerateDataKeyInput;
use aws_sdk_kms::operation::get_public_key::GetPublicKeyInput;
use aws_sdk_kms::operation::sign::SignInput;
use aws_sdk_sns::operation::publish::PublishInput;
use aws_smithy_runtime_api::client::interceptors::context::Input;
use donthu_local::template::{ACCOUNT, REGION, Template};

use super::iam::Request;

const LEADING_KEYS: &str = "dynamodb:LeadingKeys";
const ATTRIBUTES: &str = "dynamodb:Attributes";
const SELECT: &str = "dynamodb:Select";
const ENCLOSING: &str = "dynamodb:EnclosingOperation";

/// Words of DynamoDB's expressions that name no attribute.
const WORDS: [&str; 16] = [
    "AND",
    "OR",
    "NOT",
    "IN",
    "BETWEEN",
    "SET",
    "ADD",
    "REMOVE",
    "DELETE",
    "attribute_exists",
    "attribute_not_exists",
    "attribute_type",
    "begins_with",
    "contains",
    "size",
    "if_not_exists",
];

type Attributes = HashMap<String, AttributeValue>;

/// What a call asks for; `None` for a call that nobody has said it of.
pub fn asked(template: &Template, input: &Input) -> Option<Vec<Request>> {
    if let Some(get) = input.downcast_ref::<GetItemInput>() {
        let mut mentioned = Mentioned::new(get.expression_attribute_names());
        mentioned.keys(get.key());
        mentioned.expression(get.projection_expression());
        return Some(vec![on_item("GetItem", template, get.table_name(), get.key(), mentioned)?]);
    }
    if let Some(put) = input.downcast_ref::<PutItemInput>() {
        let mut mentioned = Mentioned::new(put.expression_attribute_names());
        mentioned.keys(put.item());
        mentioned.expression(put.condition_expression());
        return Some(vec![on_item("PutItem", template, put.table_name(), put.item(), mentioned)?]);
    }
    if let Some(update) = input.downcast_ref::<UpdateItemInput>() {
        let mut mentioned = Mentioned::new(update.expression_attribute_names());
        mentioned.keys(update.key());
        mentioned.expression(update.update_expression());
        mentioned.expression(update.condition_expression());
        return Some(vec![on_item("UpdateItem", template, update.table_name(), update.key(), mentioned)?]);
    }
    if let Some(delete) = input.downcast_ref::<DeleteItemInput>() {
        let mut mentioned = Mentioned::new(delete.expression_attribute_names());
        mentioned.keys(delete.key());
        mentioned.expression(delete.condition_expression());
        return Some(vec![on_item("DeleteItem", template, delete.table_name(), delete.key(), mentioned)?]);
    }
    if let Some(query) = input.downcast_ref::<QueryInput>() {
        return Some(vec![of_query(template, query)?]);
    }
    if let Some(scan) = input.downcast_ref::<ScanInput>() {
        let mut mentioned = Mentioned::new(scan.expression_attribute_names());
        mentioned.expression(scan.projection_expression());
        mentioned.expression(scan.filter_expression());
        let select = scan.select().cloned().unwrap_or(match scan.projection_expression() {
            Some(_) => Select::SpecificAttributes,
            None if scan.index_name().is_some() => Select::AllProjectedAttributes,
            None => Select::AllAttributes,
        });
        let mut request = on_table("Scan", scan.table_name()?, scan.index_name(), mentioned);
        request.context.insert(SELECT.to_owned(), vec![select.as_str().to_owned()]);
        return Some(vec![request]);
    }
    if let Some(transaction) = input.downcast_ref::<TransactWriteItemsInput>() {
        return transaction.transact_items().iter().map(|item| of_write(template, item)).collect();
    }
    of_other_services(input)
}

fn of_query(template: &Template, query: &QueryInput) -> Option<Request> {
    let mut mentioned = Mentioned::new(query.expression_attribute_names());
    mentioned.expression(query.key_condition_expression());
    mentioned.expression(query.projection_expression());
    mentioned.expression(query.filter_expression());
    let select = query.select().cloned().unwrap_or(match query.projection_expression() {
        Some(_) => Select::SpecificAttributes,
        None if query.index_name().is_some() => Select::AllProjectedAttributes,
        None => Select::AllAttributes,
    });
    let mut request = on_table("Query", query.table_name()?, query.index_name(), mentioned);
    request.context.insert(SELECT.to_owned(), vec![select.as_str().to_owned()]);
    if query.index_name().is_none() {
        let partition = partition_of(template, query.table_name()?)?;
        let names = query.expression_attribute_names();
        let value = query.key_condition_expression()?.split(" AND ").find_map(|term| {
            let (name, value) = term.trim().split_once(" = ")?;
            let name = names.and_then(|names| names.get(name)).map_or(name, String::as_str);
            (name == partition).then(|| query.expression_attribute_values()?.get(value)?.as_s().ok())?
        })?;
        request.context.insert(LEADING_KEYS.to_owned(), vec![value.clone()]);
        request.keys.push(LEADING_KEYS);
    }
    Some(request)
}

fn of_write(template: &Template, item: &TransactWriteItem) -> Option<Request> {
    let mut request = match (&item.put, &item.update, &item.delete, &item.condition_check) {
        (Some(put), None, None, None) => {
            let mut mentioned = Mentioned::new(put.expression_attribute_names());
            mentioned.keys(Some(put.item()));
            mentioned.expression(put.condition_expression());
            on_item("PutItem", template, Some(put.table_name()), Some(put.item()), mentioned)?
        }
        (None, Some(update), None, None) => {
            let mut mentioned = Mentioned::new(update.expression_attribute_names());
            mentioned.keys(Some(update.key()));
            mentioned.expression(Some(update.update_expression()));
            mentioned.expression(update.condition_expression());
            on_item("UpdateItem", template, Some(update.table_name()), Some(update.key()), mentioned)?
        }
        (None, None, Some(delete), None) => {
            let mut mentioned = Mentioned::new(delete.expression_attribute_names());
            mentioned.keys(Some(delete.key()));
            mentioned.expression(delete.condition_expression());
            on_item("DeleteItem", template, Some(delete.table_name()), Some(delete.key()), mentioned)?
        }
        (None, None, None, Some(check)) => {
            let mut mentioned = Mentioned::new(check.expression_attribute_names());
            mentioned.keys(Some(check.key()));
            mentioned.expression(Some(check.condition_expression()));
            on_item("ConditionCheckItem", template, Some(check.table_name()), Some(check.key()), mentioned)?
        }
        _ => return None,
    };
    request.context.insert(ENCLOSING.to_owned(), vec!["TransactWriteItems".to_owned()]);
    Some(request)
}

fn partition_of<'a>(template: &'a Template, table: &str) -> Option<&'a str> {
    let table = template.tables.values().find(|one| one.name == table)?;
    Some(&table.key.partition)
}

/// A request on one item by its key, or an item that has it.
fn on_item(
    action: &str,
    template: &Template,
    table: Option<&str>,
    item: Option<&Attributes>,
    mentioned: Mentioned<'_>,
) -> Option<Request> {
    let table = table?;
    let key = item?.get(partition_of(template, table)?)?.as_s().ok()?;
    let mut request = on_table(action, table, None, mentioned);
    request.context.insert(LEADING_KEYS.to_owned(), vec![key.clone()]);
    request.keys.push(LEADING_KEYS);
    Some(request)
}

/// A request on a table or an index. `dynamodb:LeadingKeys` is documented as the partition key of the table: what it is with an index is
/// left open, and a Scan has none. So a condition on it is refused there: with `ForAllValues` it would hold for want of a value.
fn on_table(action: &str, table: &str, index: Option<&str>, mentioned: Mentioned<'_>) -> Request {
    let mut resource = format!("arn:aws:dynamodb:{REGION}:{ACCOUNT}:table/{table}");
    if let Some(index) = index {
        resource.push_str("/index/");
        resource.push_str(index);
    }
    Request {
        action: format!("dynamodb:{action}"),
        resource,
        context: BTreeMap::from([(ATTRIBUTES.to_owned(), mentioned.attributes.into_iter().collect())]),
        keys: vec![ATTRIBUTES, SELECT, ENCLOSING],
    }
}

/// The attributes that a request mentions.
struct Mentioned<'a> {
    names: Option<&'a HashMap<String, String>>,
    attributes: BTreeSet<String>,
}

impl<'a> Mentioned<'a> {
    fn new(names: Option<&'a HashMap<String, String>>) -> Self {
        Self { names, attributes: BTreeSet::new() }
    }

    fn keys(&mut self, item: Option<&Attributes>) {
        self.attributes.extend(item.into_iter().flat_map(HashMap::keys).cloned());
    }

    fn expression(&mut self, expression: Option<&str>) {
        let tokens = expression.unwrap_or_default().split(|c: char| !(c.is_alphanumeric() || "_#:.".contains(c)));
        for token in tokens.map(|token| token.split('.').next().unwrap_or(token)) {
            let is_name = token.starts_with(|c: char| c == '#' || c.is_alphabetic()) && !WORDS.contains(&token);
            if is_name {
                let name = self.names.and_then(|names| names.get(token)).map_or(token, String::as_str);
                self.attributes.insert(name.to_owned());
            }
        }
    }
}

fn of_other_services(input: &Input) -> Option<Vec<Request>> {
    let request = if let Some(publish) = input.downcast_ref::<PublishInput>() {
        let resource = match (publish.topic_arn(), publish.phone_number()) {
            (Some(topic), None) => topic.to_owned(),
            // A phone number is no resource with an ARN.
            (None, Some(_)) => "*".to_owned(),
            _ => return None,
        };
        Request { action: "sns:Publish".to_owned(), resource, context: BTreeMap::new(), keys: Vec::new() }
    } else if let Some(make) = input.downcast_ref::<GenerateDataKeyInput>() {
        on_key("GenerateDataKey", make.key_id()?, make.encryption_context())
    } else if let Some(open) = input.downcast_ref::<DecryptInput>() {
        on_key("Decrypt", open.key_id()?, open.encryption_context())
    } else if let Some(sign) = input.downcast_ref::<SignInput>() {
        let mut request = on_key("Sign", sign.key_id()?, None);
        let algorithm = sign.signing_algorithm()?.as_str().to_owned();
        request.context.insert("kms:SigningAlgorithm".to_owned(), vec![algorithm]);
        let kind = sign.message_type()?.as_str().to_owned();
        request.context.insert("kms:MessageType".to_owned(), vec![kind]);
        request
    } else {
        let key = input.downcast_ref::<GetPublicKeyInput>()?;
        on_key("GetPublicKey", key.key_id()?, None)
    };
    Some(vec![request])
}

fn on_key(action: &str, key: &str, context: Option<&HashMap<String, String>>) -> Request {
    let context = context.into_iter().flatten();
    let context = context.map(|(name, value)| (format!("kms:EncryptionContext:{name}"), vec![value.clone()]));
    Request {
        action: format!("kms:{action}"),
        resource: key.to_owned(),
        context: context.collect(),
        keys: vec!["kms:EncryptionContext:", "kms:SigningAlgorithm", "kms:MessageType"],
    }
}
