//! Calls as they are sent by the bare SDK, and the same calls on other keys.

use std::collections::HashMap;

use aws_sdk_dynamodb::Client;
use aws_sdk_dynamodb::error::DisplayErrorContext;
use aws_sdk_dynamodb::operation::get_item::GetItemInput;
use aws_sdk_dynamodb::operation::get_item::builders::GetItemFluentBuilder;
use aws_sdk_dynamodb::operation::query::QueryInput;
use aws_sdk_dynamodb::operation::query::builders::QueryFluentBuilder;
use aws_sdk_dynamodb::operation::transact_write_items::TransactWriteItemsInput;
use aws_sdk_dynamodb::operation::transact_write_items::builders::TransactWriteItemsFluentBuilder;
use aws_sdk_dynamodb::operation::update_item::UpdateItemInput;
use aws_sdk_dynamodb::operation::update_item::builders::UpdateItemFluentBuilder;
use aws_sdk_dynamodb::types::{AttributeValue, TransactWriteItem};
use donthu_service::clock::{IdSource, RandomIds};

use crate::Failure;

/// An item.
pub type Item = HashMap<String, AttributeValue>;

/// A call to DynamoDB.
#[derive(Debug, Clone)]
pub enum Call {
    /// `GetItem`.
    Get(GetItemInput),
    /// `Query`.
    Query(QueryInput),
    /// `UpdateItem`.
    Update(UpdateItemInput),
    /// `TransactWriteItems`.
    Transact(TransactWriteItemsInput),
}

/// A call ready to be sent: nothing but the SDK's own work is left.
pub enum Ready {
    /// `GetItem`.
    Get(GetItemFluentBuilder),
    /// `Query`.
    Query(QueryFluentBuilder),
    /// `UpdateItem`.
    Update(UpdateItemFluentBuilder),
    /// `TransactWriteItems`.
    Transact(TransactWriteItemsFluentBuilder),
}

impl Ready {
    /// Sends it.
    ///
    /// # Errors
    /// What the engine says.
    pub async fn send(self) -> Result<(), Failure> {
        fn said<E: std::error::Error + Send + Sync + 'static>(error: E) -> Failure {
            DisplayErrorContext(error).to_string().into()
        }
        match self {
            Ready::Get(call) => drop(call.send().await.map_err(said)?),
            Ready::Query(call) => drop(call.send().await.map_err(said)?),
            Ready::Update(call) => drop(call.send().await.map_err(said)?),
            Ready::Transact(call) => drop(call.send().await.map_err(said)?),
        }
        Ok(())
    }
}

/// Other texts of the same length in place of some.
#[derive(Debug, Clone, Default)]
pub struct Renaming(Vec<(String, String)>);

impl Renaming {
    /// Puts `to` in the place of `from`.
    pub fn put(&mut self, from: impl Into<String>, to: impl Into<String>) {
        self.0.push((from.into(), to.into()));
    }

    /// A text with its parts renamed.
    #[must_use]
    pub fn text(&self, text: &str) -> String {
        self.0.iter().fold(text.to_owned(), |text, (from, to)| text.replace(from, to))
    }

    /// A value likewise.
    #[must_use]
    pub fn value(&self, value: &AttributeValue) -> AttributeValue {
        match value {
            AttributeValue::S(text) => AttributeValue::S(self.text(text)),
            AttributeValue::L(list) => AttributeValue::L(list.iter().map(|value| self.value(value)).collect()),
            AttributeValue::M(map) => AttributeValue::M(self.item(map)),
            other => other.clone(),
        }
    }

    /// An item likewise.
    #[must_use]
    pub fn item(&self, item: &Item) -> Item {
        item.iter().map(|(name, value)| (name.clone(), self.value(value))).collect()
    }

    fn items(&self, items: Option<&Item>) -> Option<Item> {
        items.map(|items| self.item(items))
    }

    fn name(&self, name: Option<&str>) -> Option<String> {
        name.map(|name| self.text(name))
    }

    /// A call to the same effect with its parts renamed, ready to be sent.
    ///
    /// # Errors
    /// Where a part of a transaction is neither put nor update.
    pub fn ready(&self, client: &Client, call: &Call) -> Result<Ready, Failure> {
        Ok(match call {
            Call::Get(input) => Ready::Get(
                client
                    .get_item()
                    .set_table_name(self.name(input.table_name()))
                    .set_key(self.items(input.key()))
                    .set_consistent_read(input.consistent_read())
                    .set_projection_expression(input.projection_expression().map(ToOwned::to_owned))
                    .set_expression_attribute_names(input.expression_attribute_names().cloned()),
            ),
            Call::Query(input) => Ready::Query(
                client
                    .query()
                    .set_table_name(self.name(input.table_name()))
                    .set_index_name(input.index_name().map(ToOwned::to_owned))
                    .set_select(input.select().cloned())
                    .set_limit(input.limit())
                    .set_consistent_read(input.consistent_read())
                    .set_scan_index_forward(input.scan_index_forward())
                    .set_exclusive_start_key(self.items(input.exclusive_start_key()))
                    .set_key_condition_expression(input.key_condition_expression().map(ToOwned::to_owned))
                    .set_filter_expression(input.filter_expression().map(ToOwned::to_owned))
                    .set_projection_expression(input.projection_expression().map(ToOwned::to_owned))
                    .set_expression_attribute_names(input.expression_attribute_names().cloned())
                    .set_expression_attribute_values(self.items(input.expression_attribute_values())),
            ),
            Call::Update(input) => Ready::Update(
                client
                    .update_item()
                    .set_table_name(self.name(input.table_name()))
                    .set_key(self.items(input.key()))
                    .set_update_expression(input.update_expression().map(ToOwned::to_owned))
                    .set_condition_expression(input.condition_expression().map(ToOwned::to_owned))
                    .set_expression_attribute_names(input.expression_attribute_names().cloned())
                    .set_expression_attribute_values(self.items(input.expression_attribute_values())),
            ),
            Call::Transact(input) => {
                let items: Result<Vec<_>, _> = input.transact_items().iter().map(|item| self.write(item)).collect();
                Ready::Transact(
                    client
                        .transact_write_items()
                        .set_transact_items(Some(items?))
                        .client_request_token(RandomIds.uuid().to_string()),
                )
            }
        })
    }

    fn write(&self, item: &TransactWriteItem) -> Result<TransactWriteItem, Failure> {
        let mut renamed = item.clone();
        match (&mut renamed.put, &mut renamed.update) {
            (Some(put), None) => {
                put.table_name = self.text(&put.table_name);
                put.item = self.item(&put.item);
                put.expression_attribute_values = self.items(put.expression_attribute_values.as_ref());
            }
            (None, Some(update)) => {
                update.table_name = self.text(&update.table_name);
                update.key = self.item(&update.key);
            }
            _ => return Err("a transaction has a part that is neither put nor update".into()),
        }
        Ok(renamed)
    }
}
