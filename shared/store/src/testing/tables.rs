//! The tables as the store needs them, for tests that do not read the infrastructure template.

use aws_sdk_dynamodb::Client;
use aws_sdk_dynamodb::error::{BuildError, SdkError};
use aws_sdk_dynamodb::operation::create_table::CreateTableError;
use aws_sdk_dynamodb::types::{
    AttributeDefinition, BillingMode, GlobalSecondaryIndex, KeySchemaElement, KeyType, Projection, ProjectionType,
    ScalarAttributeType,
};

use crate::keys;
use crate::rows::{LISTED, MARKED};
use crate::store::Tables;

/// Why tables could not be made.
#[derive(Debug, thiserror::Error)]
pub enum TablesError {
    /// A description lacks a part.
    #[error(transparent)]
    Build(#[from] BuildError),
    /// The engine refused.
    #[error("the table could not be created")]
    Create(#[from] Box<SdkError<CreateTableError>>),
}

/// Creates the tables.
///
/// # Errors
/// [`TablesError`] where the engine refuses, e.g. because a table exists.
pub async fn create_tables(client: &Client, tables: &Tables) -> Result<(), TablesError> {
    create(
        client,
        &tables.cases,
        &[(keys::BY_AGENCY, keys::AG_PK, keys::AG_SK), (keys::DUE, keys::DUE_PK, keys::DUE_SK)],
    )
    .await?;
    create(client, &tables.journal, &[(keys::BY_DAY, keys::DAY_PK, keys::DAY_SK)]).await?;
    create(client, &tables.vault, &[]).await?;
    create(client, &tables.limits, &[]).await
}

async fn create(client: &Client, name: &str, indexes: &[(&str, &str, &str)]) -> Result<(), TablesError> {
    let mut attributes = vec![attribute(keys::PK)?, attribute(keys::SK)?];
    let mut described = Vec::new();
    for (index, pk, sk) in indexes {
        attributes.extend([attribute(pk)?, attribute(sk)?]);
        let projected: &[&str] = match *index {
            keys::BY_AGENCY => &LISTED,
            keys::BY_DAY => &MARKED,
            _ => &[],
        };
        let projection = if projected.is_empty() {
            Projection::builder().projection_type(ProjectionType::KeysOnly)
        } else {
            let projected = projected.iter().map(|name| (*name).to_owned()).collect();
            Projection::builder().projection_type(ProjectionType::Include).set_non_key_attributes(Some(projected))
        };
        described.push(
            GlobalSecondaryIndex::builder()
                .index_name(*index)
                .set_key_schema(Some(schema(pk, sk)?))
                .projection(projection.build())
                .build()?,
        );
    }
    client
        .create_table()
        .table_name(name)
        .billing_mode(BillingMode::PayPerRequest)
        .set_attribute_definitions(Some(attributes))
        .set_key_schema(Some(schema(keys::PK, keys::SK)?))
        .set_global_secondary_indexes((!described.is_empty()).then_some(described))
        .send()
        .await
        .map_err(Box::new)?;
    Ok(())
}

fn attribute(name: &str) -> Result<AttributeDefinition, BuildError> {
    AttributeDefinition::builder().attribute_name(name).attribute_type(ScalarAttributeType::S).build()
}

fn schema(pk: &str, sk: &str) -> Result<Vec<KeySchemaElement>, BuildError> {
    [(pk, KeyType::Hash), (sk, KeyType::Range)]
        .into_iter()
        .map(|(name, key_type)| KeySchemaElement::builder().attribute_name(name).key_type(key_type).build())
        .collect()
}
