//! Where the tables are, and what a command holds to work on them.

use std::collections::BTreeMap;
use std::sync::Arc;

use aws_config::{BehaviorVersion, Region, SdkConfig};
use aws_sdk_dynamodb::Client;
use aws_sdk_dynamodb::config::ProvideCredentials;
use aws_sdk_dynamodb::error::{ProvideErrorMetadata, SdkError};
use clap::Args;
use donthu_service::clock::{RandomIds, SystemClock};
use donthu_service::config::{self, ConfigError, Keys};
use donthu_service::metrics::Metrics;
use donthu_service::publisher::Publisher;
use donthu_service::reference::ReferenceCache;
use donthu_service::{App, Law, StartError, keyring};
use donthu_store::{Keyring, KeyringError, NoKeys, Retries, Store, Tables};

const CASES: &str = "DONTHU_CASES_TABLE";
const JOURNAL: &str = "DONTHU_JOURNAL_TABLE";
const VAULT: &str = "DONTHU_VAULT_TABLE";
const PROVINCE: &str = "DONTHU_PROVINCE";

/// Where the tables are. Credentials come from the environment or the profile, as for every AWS tool.
#[derive(Debug, Clone, Default, Args)]
#[command(next_help_heading = "Tables")]
pub struct Connection {
    /// Another endpoint than AWS's for the region: DynamoDB Local, or what `cargo run` names; also AWS_ENDPOINT_URL_DYNAMODB
    #[arg(long, value_name = "URL", value_parser = endpoint)]
    pub endpoint_url: Option<String>,

    /// AWS region; also AWS_REGION or the profile's
    #[arg(long, value_name = "REGION")]
    pub region: Option<String>,

    /// Table of case heads, notices, counters and reference data; also DONTHU_CASES_TABLE
    #[arg(long, value_name = "NAME")]
    pub cases_table: Option<String>,

    /// Table of the journal; also DONTHU_JOURNAL_TABLE
    #[arg(long, value_name = "NAME")]
    pub journal_table: Option<String>,

    /// Table of the vault; also DONTHU_VAULT_TABLE
    #[arg(long, value_name = "NAME")]
    pub vault_table: Option<String>,

    /// Province, e.g. quang-ngai; also DONTHU_PROVINCE
    #[arg(long, value_name = "NAME")]
    pub province: Option<String>,
}

fn endpoint(text: &str) -> Result<String, &'static str> {
    let rest = text.strip_prefix("http://").or_else(|| text.strip_prefix("https://"));
    // A name and password in it would be printed with every error.
    match rest {
        Some(rest) if !rest.is_empty() && !rest.contains('@') && !rest.contains(char::is_whitespace) => {
            Ok(text.to_owned())
        }
        _ => Err("not a URL that begins with http:// or https://, without a name in it"),
    }
}

/// What a command works on.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Needs {
    /// The cases table.
    Cases,
    /// Cases and journal of a province.
    Journal,
    /// The vault, with its keys.
    Vault,
}

impl Needs {
    fn variables(self) -> &'static [&'static str] {
        match self {
            Needs::Cases => &[CASES],
            Needs::Journal => &[CASES, JOURNAL, PROVINCE],
            Needs::Vault => &[VAULT],
        }
    }
}

/// Why a command cannot work on the tables. Names variables, tables and endpoints, never a secret.
#[derive(Debug, thiserror::Error)]
pub enum ConnectionError {
    /// Variables are missing or wrong.
    #[error(transparent)]
    Config(#[from] ConfigError),
    /// No region was given.
    #[error("no AWS region: give --region or set AWS_REGION")]
    NoRegion,
    /// No credentials were found.
    #[error(
        "no AWS credentials: set AWS_ACCESS_KEY_ID and AWS_SECRET_ACCESS_KEY, or AWS_PROFILE (an endpoint on this machine takes \
         any)"
    )]
    NoCredentials,
    /// The endpoint gives no answer.
    #[error("DynamoDB cannot be reached at {at}")]
    Unreachable {
        /// Endpoint, or region.
        at: String,
    },
    /// Tables are not there.
    #[error("DynamoDB at {at} has no table {}", .tables.join(", "))]
    NoTable {
        /// Endpoint, or region.
        at: String,
        /// Their names.
        tables: Vec<String>,
    },
    /// DynamoDB refuses to tell of a table.
    #[error("DynamoDB at {at} refuses DescribeTable of {table}: {code}")]
    Refused {
        /// Endpoint, or region.
        at: String,
        /// The table.
        table: String,
        /// AWS's error code.
        code: String,
    },
    /// The keys cannot be opened.
    #[error(transparent)]
    Keys(#[from] KeyringError),
    /// The shipped law cannot be read.
    #[error(transparent)]
    Law(#[from] StartError),
}

impl Connection {
    /// Reads variables, looks for the tables, and gives what commands work with. Only a command that needs the vault's keys gets
    /// them.
    ///
    /// # Errors
    /// [`ConnectionError`]: everything that is wrong with variables at once, then with the endpoint, then with the tables.
    pub async fn open(&self, needs: Needs) -> Result<App, ConnectionError> {
        let variables = self.variables(config::variables());
        let keys = check(&variables, needs)?;
        let sdk = self.sdk().await;
        let region = sdk.region().ok_or(ConnectionError::NoRegion)?.to_string();
        let provider = sdk.credentials_provider().ok_or(ConnectionError::NoCredentials)?;
        provider.provide_credentials().await.map_err(|_| ConnectionError::NoCredentials)?;
        let mut builder = aws_sdk_dynamodb::config::Builder::from(&sdk);
        // For the tables alone: keys are not asked for there. Otherwise it is what AWS's own variables say.
        if let Some(url) = &self.endpoint_url {
            builder = builder.endpoint_url(url);
        }
        let at = self.endpoint_url.clone().unwrap_or(region);
        let name = |variable: &str| variables.get(variable).cloned().unwrap_or_default();
        let used = needs.variables().iter().filter(|variable| **variable != PROVINCE).map(|variable| name(variable));
        find(&Client::from_conf(builder.clone().build()), &at, used).await?;

        let nothing = Arc::new(NoKeys::new()?);
        let keyring: Arc<dyn Keyring> = match keys {
            Some(keys) => keyring(keys, &sdk).await?,
            None => nothing.clone(),
        };
        // No command counts the uses of a limit or publishes: what these would need is empty.
        let tables = Tables { cases: name(CASES), journal: name(JOURNAL), vault: name(VAULT), limits: String::new() };
        Ok(App {
            store: Store::new(builder, tables, keyring, Retries::default()),
            law: Law::shipped()?,
            reference: ReferenceCache::default(),
            signer: nothing,
            publisher: Publisher::new(aws_sdk_sns::Client::new(&sdk), ""),
            clock: Arc::new(SystemClock),
            ids: Arc::new(RandomIds),
            province: name(PROVINCE),
            metrics: Metrics::unheard(),
            visitors: None,
        })
    }

    /// The environment's variables, with the command line's in their place.
    fn variables(&self, mut variables: BTreeMap<&'static str, String>) -> BTreeMap<&'static str, String> {
        for (name, given) in [
            (CASES, &self.cases_table),
            (JOURNAL, &self.journal_table),
            (VAULT, &self.vault_table),
            (PROVINCE, &self.province),
        ] {
            if let Some(given) = given {
                variables.insert(name, given.clone());
            }
        }
        variables
    }

    async fn sdk(&self) -> SdkConfig {
        let mut sdk = aws_config::defaults(BehaviorVersion::v2026_01_12());
        if let Some(region) = &self.region {
            sdk = sdk.region(Region::new(region.clone()));
        }
        sdk.load().await
    }
}

/// The keys that a command needs, where it needs some.
fn check(variables: &BTreeMap<&'static str, String>, needs: Needs) -> Result<Option<Keys>, ConfigError> {
    let is_missing = |name: &&&str| variables.get(**name).is_none_or(String::is_empty);
    let mut wrong: Vec<String> =
        needs.variables().iter().filter(is_missing).map(|name| format!("{name} is missing or empty")).collect();
    let keys = match needs {
        Needs::Vault => Keys::from_variables(variables).map_err(|ConfigError(more)| wrong.extend(more)).ok(),
        Needs::Cases | Needs::Journal => None,
    };
    if wrong.is_empty() { Ok(keys) } else { Err(ConfigError(wrong)) }
}

/// Asks for each table, so that a wrong name or endpoint is told as such and nothing is half done.
async fn find(client: &Client, at: &str, tables: impl Iterator<Item = String>) -> Result<(), ConnectionError> {
    let mut absent = Vec::new();
    for table in tables {
        let Err(error) = client.describe_table().table_name(&table).send().await else { continue };
        match &error {
            SdkError::ServiceError(refused) if refused.err().is_resource_not_found_exception() => absent.push(table),
            SdkError::ServiceError(refused) => {
                let code = refused.err().code().unwrap_or("unknown").to_owned();
                return Err(ConnectionError::Refused { at: at.to_owned(), table, code });
            }
            _ => return Err(ConnectionError::Unreachable { at: at.to_owned() }),
        }
    }
    if absent.is_empty() { Ok(()) } else { Err(ConnectionError::NoTable { at: at.to_owned(), tables: absent }) }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_command_line_stands_above_the_environment_and_everything_missing_is_named_at_once() {
        let environment = BTreeMap::from([(CASES, "old".to_owned()), (PROVINCE, String::new())]);
        let connection = Connection { cases_table: Some("new".to_owned()), ..Connection::default() };
        let variables = connection.variables(environment);
        assert_eq!(variables[CASES], "new");
        assert_eq!(check(&variables, Needs::Cases), Ok(None));
        let ConfigError(wrong) = check(&variables, Needs::Journal).unwrap_err();
        assert_eq!(wrong, ["DONTHU_JOURNAL_TABLE is missing or empty", "DONTHU_PROVINCE is missing or empty"]);
        let ConfigError(wrong) = check(&variables, Needs::Vault).unwrap_err();
        assert_eq!(
            wrong,
            ["DONTHU_VAULT_TABLE is missing or empty", "one of DONTHU_KMS_KEY and DONTHU_KEYRING_FILE must be set"]
        );
    }

    #[test]
    fn an_endpoint_is_a_url_that_holds_no_name() {
        for good in ["http://127.0.0.1:8000", "https://dynamodb.ap-southeast-1.amazonaws.com"] {
            assert_eq!(endpoint(good), Ok(good.to_owned()));
        }
        for bad in ["127.0.0.1:8000", "http://", "http://me:secret@127.0.0.1", "http://a b"] {
            assert!(endpoint(bad).is_err_and(|error| !error.contains("secret")), "{bad}");
        }
    }
}
