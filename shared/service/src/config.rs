//! Configuration from the environment, read once at start. All that is wrong is named at once.

use std::collections::BTreeMap;

/// The variables that every function reads.
pub const VARIABLES: [&str; 6] = [
    "DONTHU_CASES_TABLE",
    "DONTHU_JOURNAL_TABLE",
    "DONTHU_VAULT_TABLE",
    "DONTHU_NOTICES_TOPIC_ARN",
    "DONTHU_PROVINCE",
    "DONTHU_KEYRING_FILE",
];

/// What a function must know.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Config {
    /// Table of case heads, notices, counters and reference data.
    pub cases_table: String,
    /// Append-only table of events.
    pub journal_table: String,
    /// Table of encrypted identities, contacts and texts.
    pub vault_table: String,
    /// SNS topic of the notices.
    pub topic_arn: String,
    /// The province, e.g. `quang-ngai`.
    pub province: String,
    /// The keyring's file.
    pub keyring_file: String,
}

/// Variables that are missing or empty.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[error("these environment variables are missing or empty: {}", .0.join(", "))]
pub struct ConfigError(pub Vec<String>);

impl Config {
    /// Reads the process's environment.
    ///
    /// # Errors
    /// [`ConfigError`] with every variable that is missing.
    #[expect(clippy::disallowed_methods, reason = "the one place that reads the environment")]
    pub fn from_environment() -> Result<Self, ConfigError> {
        let found = VARIABLES.iter().filter_map(|name| std::env::var(name).ok().map(|value| (*name, value)));
        Self::from_variables(&found.collect())
    }

    /// Reads given variables.
    ///
    /// # Errors
    /// [`ConfigError`] with every variable that is missing.
    pub fn from_variables(variables: &BTreeMap<&str, String>) -> Result<Self, ConfigError> {
        let get = |name: &str| variables.get(name).filter(|value| !value.is_empty()).cloned();
        let missing: Vec<String> =
            VARIABLES.iter().filter(|name| get(name).is_none()).map(|name| (*name).to_owned()).collect();
        if !missing.is_empty() {
            return Err(ConfigError(missing));
        }
        let [cases, journal, vault, topic, province, keyring] = VARIABLES.map(|name| get(name).unwrap_or_default());
        Ok(Self {
            cases_table: cases,
            journal_table: journal,
            vault_table: vault,
            topic_arn: topic,
            province,
            keyring_file: keyring,
        })
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_missing_variable_is_named_at_once() {
        let mut variables: BTreeMap<&str, String> = VARIABLES.iter().map(|name| (*name, "x".to_owned())).collect();
        assert!(Config::from_variables(&variables).is_ok());
        variables.remove("DONTHU_CASES_TABLE");
        variables.insert("DONTHU_PROVINCE", String::new());
        let error = Config::from_variables(&variables).unwrap_err();
        assert_eq!(error.0, ["DONTHU_CASES_TABLE", "DONTHU_PROVINCE"]);
    }
}
