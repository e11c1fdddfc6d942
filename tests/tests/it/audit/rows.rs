//! Items as they stand in the tables, read and written past all functions.

use std::collections::HashMap;

use aws_sdk_dynamodb::types::AttributeValue;
use donthu_tests::Province;

use crate::raw;

pub type Item = HashMap<String, AttributeValue>;

/// A table's item, by its keys.
#[derive(Debug, Clone, Copy)]
pub enum Table {
    Cases,
    Journal,
}

/// Writes past the functions.
pub struct Rows<'a> {
    province: &'a Province,
    client: aws_sdk_dynamodb::Client,
}

pub fn text(value: &str) -> AttributeValue {
    AttributeValue::S(value.to_owned())
}

fn key(pk: &str, sk: &str) -> Item {
    [("pk".to_owned(), text(pk)), ("sk".to_owned(), text(sk))].into()
}

fn keys(item: &Item) -> Item {
    item.iter().filter(|(name, _)| ["pk", "sk"].contains(&name.as_str())).map(|(n, v)| (n.clone(), v.clone())).collect()
}

impl<'a> Rows<'a> {
    pub fn of(province: &'a Province) -> Self {
        Self { province, client: raw::tables(province) }
    }

    fn name(&self, table: Table) -> &str {
        let tables = self.province.shared.app.store.tables();
        match table {
            Table::Cases => &tables.cases,
            Table::Journal => &tables.journal,
        }
    }

    pub async fn get(&self, table: Table, pk: &str, sk: &str) -> Item {
        let got = self.client.get_item().table_name(self.name(table)).set_key(Some(key(pk, sk))).send().await;
        got.unwrap().item.unwrap()
    }

    pub async fn put(&self, table: Table, item: Item) {
        self.client.put_item().table_name(self.name(table)).set_item(Some(item)).send().await.unwrap();
    }

    pub async fn delete(&self, table: Table, pk: &str, sk: &str) {
        self.remove(table, key(pk, sk)).await;
    }

    async fn remove(&self, table: Table, key: Item) {
        self.client.delete_item().table_name(self.name(table)).set_key(Some(key)).send().await.unwrap();
    }

    pub async fn all(&self, table: Table) -> Vec<Item> {
        let mut items = Vec::new();
        let mut pages = self.client.scan().table_name(self.name(table)).into_paginator().send();
        while let Some(page) = pages.next().await {
            items.extend(page.unwrap().items.unwrap_or_default());
        }
        items
    }

    /// Makes a table what it was: what is new or different in it is undone.
    pub async fn restore(&self, table: Table, was: &[Item]) {
        for item in self.all(table).await {
            if !was.contains(&item) {
                self.remove(table, keys(&item)).await;
            }
        }
        let now = self.all(table).await;
        for item in was.iter().filter(|item| !now.contains(item)) {
            self.put(table, item.clone()).await;
        }
    }
}

/// The items of the cases table whose partitions begin so, in the order of their keys.
pub async fn with_prefix(province: &Province, pk: &str) -> Vec<Item> {
    let mut items = Rows::of(province).all(Table::Cases).await;
    items.retain(|item| item["pk"].as_s().unwrap().starts_with(pk));
    items.sort_by_key(|item| (item["pk"].as_s().unwrap().clone(), item["sk"].as_s().unwrap().clone()));
    items
}
