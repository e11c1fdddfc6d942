//! Configuration from the environment, read once at start. All that is wrong is named at once.

use std::collections::BTreeMap;

use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;
use donthu_store::KmsKey;
use donthu_store::signing::PublicKey;

/// The variables that every function reads and must have.
pub const VARIABLES: [&str; 6] = [
    "DONTHU_CASES_TABLE",
    "DONTHU_JOURNAL_TABLE",
    "DONTHU_VAULT_TABLE",
    "DONTHU_LIMITS_TABLE",
    "DONTHU_NOTICES_TOPIC_ARN",
    "DONTHU_PROVINCE",
];

/// The variables that say where the keys are: the first one, or the second and third with the fourth where it is needed.
pub const KEY_VARIABLES: [&str; 4] = [FILE, KMS_KEY, SEALED_LOOKUP, EARLIER_KEYS];

/// The variables that say where the key is that signs receipts: the first one, or the second with the third after a rotation.
pub const RECEIPT_VARIABLES: [&str; 3] = [RECEIPT_FILE, RECEIPT_KMS_KEY, EARLIER_RECEIPT_KEYS];

/// The variable with the key that vouches for a visitor's address, in base64. The portal has it, and who counts by address.
pub const VISITOR_VARIABLE: &str = "DONTHU_VISITOR_KEY";

/// The variables that the portal reads and must have: the secret of its cookies and the key that vouches for a visitor's address,
/// both in base64, the address of the OpenID provider and the client's id there.
pub const PORTAL_VARIABLES: [&str; 4] =
    ["DONTHU_SESSION_SECRET", VISITOR_VARIABLE, "DONTHU_OPEN_ID_PROVIDER", "DONTHU_OPEN_ID_CLIENT"];

const RECEIPT_FILE: &str = "DONTHU_RECEIPT_KEY_FILE";
const RECEIPT_KMS_KEY: &str = "DONTHU_RECEIPT_KMS_KEY";
const EARLIER_RECEIPT_KEYS: &str = "DONTHU_EARLIER_RECEIPT_KEYS";

const FILE: &str = "DONTHU_KEYRING_FILE";
const KMS_KEY: &str = "DONTHU_KMS_KEY";
const SEALED_LOOKUP: &str = "DONTHU_SEALED_LOOKUP_KEYS";
const EARLIER_KEYS: &str = "DONTHU_KMS_EARLIER_KEYS";

/// What a function must know.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Config {
    /// Table of case heads, notices, counters and reference data.
    pub cases_table: String,
    /// Append-only table of events.
    pub journal_table: String,
    /// Table of encrypted identities, contacts and texts.
    pub vault_table: String,
    /// Table of the counts of limits.
    pub limits_table: String,
    /// SNS topic of the notices.
    pub topic_arn: String,
    /// The province, e.g. `quang-ngai`.
    pub province: String,
    /// Where the keys are.
    pub keys: Keys,
    /// Where the key is that signs receipts.
    pub receipt_key: ReceiptKey,
    /// The key that vouches for a visitor's address; only functions that count by address have it.
    pub visitor_key: Option<Vec<u8>>,
}

/// Where the key is that signs receipts. Not where the others are, so that whoever may read texts can't sign.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum ReceiptKey {
    /// In a file, with the public keys of those before it.
    File(String),
    /// In KMS.
    Kms {
        /// The key that signs from now on.
        key: KmsKey,
        /// Public keys of those that signed before.
        earlier: Vec<PublicKey>,
    },
}

/// Where the keys are.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Keys {
    /// In a file.
    File(String),
    /// In KMS.
    Kms {
        /// The key that wraps from now on.
        current: KmsKey,
        /// Keys that wrapped before.
        earlier: Vec<KmsKey>,
        /// The lookup keys as KMS sealed them.
        sealed_lookup: Vec<u8>,
    },
}

/// What is wrong with the environment variables: one entry each, which names the variable.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[error("the environment variables are not as they must be: {}", .0.join("; "))]
pub struct ConfigError(pub Vec<String>);

/// How Lambda wants us to log: level (`AWS_LAMBDA_LOG_LEVEL`, else `RUST_LOG`) and format (`AWS_LAMBDA_LOG_FORMAT`).
#[expect(clippy::disallowed_methods, reason = "the one place that reads the environment")]
pub fn logging() -> (Option<String>, Option<String>) {
    let level = std::env::var("AWS_LAMBDA_LOG_LEVEL").or_else(|_| std::env::var("RUST_LOG")).ok();
    (level, std::env::var("AWS_LAMBDA_LOG_FORMAT").ok())
}

/// The variables of this program that the process's environment has.
#[expect(clippy::disallowed_methods, reason = "the one place that reads the environment")]
pub fn variables() -> BTreeMap<&'static str, String> {
    let names = VARIABLES.iter().chain(&KEY_VARIABLES).chain(&RECEIPT_VARIABLES).chain([&VISITOR_VARIABLE]);
    names.filter_map(|name| std::env::var(name).ok().map(|value| (*name, value))).collect()
}

/// The variables of the portal that the process's environment has.
#[expect(clippy::disallowed_methods, reason = "the one place that reads the environment")]
pub fn portal_variables() -> BTreeMap<&'static str, String> {
    PORTAL_VARIABLES.iter().filter_map(|name| std::env::var(name).ok().map(|value| (*name, value))).collect()
}

impl Keys {
    /// Reads where the keys are from given variables, for who needs nothing else.
    ///
    /// # Errors
    /// [`ConfigError`] with everything that is missing or wrong.
    pub fn from_variables(variables: &BTreeMap<&str, String>) -> Result<Self, ConfigError> {
        let get = |name: &str| variables.get(name).filter(|value| !value.is_empty()).cloned();
        let mut wrong = Vec::new();
        match keys(get, &mut wrong) {
            Some(keys) if wrong.is_empty() => Ok(keys),
            _ => Err(ConfigError(wrong)),
        }
    }
}

impl Config {
    /// Reads the process's environment.
    ///
    /// # Errors
    /// [`ConfigError`] with everything that is missing or wrong.
    pub fn from_environment() -> Result<Self, ConfigError> {
        Self::from_variables(&variables())
    }

    /// Reads given variables.
    ///
    /// # Errors
    /// [`ConfigError`] with everything that is missing or wrong.
    pub fn from_variables(variables: &BTreeMap<&str, String>) -> Result<Self, ConfigError> {
        let get = |name: &str| variables.get(name).filter(|value| !value.is_empty()).cloned();
        let missing = |name: &str| format!("{name} is missing or empty");
        let mut wrong: Vec<String> =
            VARIABLES.iter().filter(|name| get(name).is_none()).map(|name| missing(name)).collect();
        let keys = keys(get, &mut wrong);
        let receipt_key = receipt_key(get, &mut wrong);
        let visitor_key = get(VISITOR_VARIABLE).map(|text| STANDARD.decode(text).unwrap_or_default());
        if visitor_key.as_ref().is_some_and(|key| key.len() < 32) {
            wrong.push(format!("{VISITOR_VARIABLE} is not base64 of 32 bytes or more"));
        }
        let [cases, journal, vault, limits, topic, province] = VARIABLES.map(|name| get(name).unwrap_or_default());
        match (keys, receipt_key) {
            (Some(keys), Some(receipt_key)) if wrong.is_empty() => Ok(Self {
                cases_table: cases,
                journal_table: journal,
                vault_table: vault,
                limits_table: limits,
                topic_arn: topic,
                province,
                keys,
                receipt_key,
                visitor_key,
            }),
            _ => Err(ConfigError(wrong)),
        }
    }
}

/// Where the signing key is; adds what is wrong. `None` only where something is.
fn receipt_key(get: impl Fn(&str) -> Option<String>, wrong: &mut Vec<String>) -> Option<ReceiptKey> {
    let earlier = get(EARLIER_RECEIPT_KEYS);
    let key = match (get(RECEIPT_FILE), get(RECEIPT_KMS_KEY)) {
        (Some(file), None) => {
            wrong.extend(earlier.map(|_| format!("{EARLIER_RECEIPT_KEYS} is set without {RECEIPT_KMS_KEY}")));
            return Some(ReceiptKey::File(file));
        }
        (None, Some(key)) => key,
        (Some(_), Some(_)) => {
            wrong.push(format!("only one of {RECEIPT_KMS_KEY} and {RECEIPT_FILE} may be set"));
            return None;
        }
        (None, None) => {
            wrong.push(format!("one of {RECEIPT_KMS_KEY} and {RECEIPT_FILE} must be set"));
            return None;
        }
    };
    let key = KmsKey::new(&key).map_err(|error| wrong.push(format!("{RECEIPT_KMS_KEY} is {error}"))).ok();
    let earlier = earlier.unwrap_or_default();
    let earlier = earlier.split(',').map(str::trim).filter(|key| !key.is_empty()).map(PublicKey::parse);
    let earlier: Result<Vec<_>, _> = earlier.collect();
    let earlier =
        earlier.map_err(|error| wrong.push(format!("{EARLIER_RECEIPT_KEYS} has a part that is {error}"))).ok();
    Some(ReceiptKey::Kms { key: key?, earlier: earlier? })
}

/// Where the keys are; adds what is wrong. `None` only where something is.
fn keys(get: impl Fn(&str) -> Option<String>, wrong: &mut Vec<String>) -> Option<Keys> {
    let key = match (get(FILE), get(KMS_KEY)) {
        (Some(file), None) => {
            // Half a configuration of KMS beside a file: somebody meant something else.
            let strays = [SEALED_LOOKUP, EARLIER_KEYS].into_iter().filter(|name| get(name).is_some());
            wrong.extend(strays.map(|name| format!("{name} is set without {KMS_KEY}")));
            return Some(Keys::File(file));
        }
        (None, Some(key)) => key,
        (Some(_), Some(_)) => {
            wrong.push(format!("only one of {KMS_KEY} and {FILE} may be set"));
            return None;
        }
        (None, None) => {
            wrong.push(format!("one of {KMS_KEY} and {FILE} must be set"));
            return None;
        }
    };
    let mut named =
        |name: &str, text: &str| KmsKey::new(text).map_err(|error| wrong.push(format!("{name} is {error}"))).ok();
    let current = named(KMS_KEY, &key);
    let earlier = get(EARLIER_KEYS).unwrap_or_default();
    let earlier: Option<Vec<KmsKey>> =
        earlier.split(',').map(str::trim).filter(|key| !key.is_empty()).map(|key| named(EARLIER_KEYS, key)).collect();
    let sealed_lookup = match get(SEALED_LOOKUP).map(|text| STANDARD.decode(text.trim())) {
        Some(Ok(sealed)) => Some(sealed),
        Some(Err(_)) => {
            wrong.push(format!("{SEALED_LOOKUP} is not base64"));
            None
        }
        None => {
            wrong.push(format!("{SEALED_LOOKUP} is missing or empty: the command `keys seal` makes it"));
            None
        }
    };
    Some(Keys::Kms { current: current?, earlier: earlier?, sealed_lookup: sealed_lookup? })
}

#[cfg(test)]
mod tests {
    use super::*;

    const ARN: &str = "arn:aws:kms:ap-southeast-1:123456789012:key/0a1b2c3d-0000-4000-8000-000000000001";

    fn with(more: &[(&'static str, &str)]) -> BTreeMap<&'static str, String> {
        let needed = VARIABLES.iter().map(|name| (*name, "x".to_owned()));
        let needed = needed.chain([("DONTHU_RECEIPT_KEY_FILE", "/opt/receipt-key.json".to_owned())]);
        needed.chain(more.iter().map(|(name, value)| (*name, (*value).to_owned()))).collect()
    }

    fn refused(more: &[(&'static str, &str)]) -> Vec<String> {
        Config::from_variables(&with(more)).unwrap_err().0
    }

    #[test]
    fn every_missing_variable_is_named_at_once() {
        let mut variables = with(&[("DONTHU_KEYRING_FILE", "x")]);
        assert!(Config::from_variables(&variables).is_ok());
        variables.remove("DONTHU_CASES_TABLE");
        variables.insert("DONTHU_PROVINCE", String::new());
        variables.remove("DONTHU_KEYRING_FILE");
        let error = Config::from_variables(&variables).unwrap_err();
        assert_eq!(
            error.0,
            [
                "DONTHU_CASES_TABLE is missing or empty",
                "DONTHU_PROVINCE is missing or empty",
                "one of DONTHU_KMS_KEY and DONTHU_KEYRING_FILE must be set",
            ]
        );
        assert!(!error.to_string().contains('\n'));
    }

    #[test]
    fn a_visitor_key_is_long_or_left_out() {
        let file = ("DONTHU_KEYRING_FILE", "x");
        let key =
            |text: &str| Config::from_variables(&with(&[file, (VISITOR_VARIABLE, text)])).map(|it| it.visitor_key);
        assert_eq!(key(&"QUJD".repeat(16)), Ok(Some(b"ABC".repeat(16))));
        assert_eq!(Config::from_variables(&with(&[file])).unwrap().visitor_key, None);
        for wrong in ["%planted%", "QUJD"] {
            let error = key(wrong).unwrap_err().0;
            assert_eq!(error, ["DONTHU_VISITOR_KEY is not base64 of 32 bytes or more"]);
        }
    }

    #[test]
    fn keys_are_in_a_file_or_in_kms_and_never_in_both() {
        let file = Config::from_variables(&with(&[("DONTHU_KEYRING_FILE", "/opt/keyring.json")])).unwrap();
        assert_eq!(file.keys, Keys::File("/opt/keyring.json".to_owned()));

        let on_kms = [
            ("DONTHU_KMS_KEY", ARN),
            ("DONTHU_SEALED_LOOKUP_KEYS", "c2VhbGVk"),
            ("DONTHU_KMS_EARLIER_KEYS", "mrk-1, mrk-2"),
        ];
        let keys = Config::from_variables(&with(&on_kms)).unwrap().keys;
        let key = |text: &str| KmsKey::new(text).unwrap();
        let earlier = vec![key("mrk-1"), key("mrk-2")];
        assert_eq!(keys, Keys::Kms { current: key(ARN), earlier, sealed_lookup: b"sealed".to_vec() });
        assert!(Config::from_variables(&with(&on_kms[..2])).is_ok(), "earlier keys are for a move alone");

        let both = refused(&[&on_kms[..], &[("DONTHU_KEYRING_FILE", "x")]].concat());
        assert_eq!(both, ["only one of DONTHU_KMS_KEY and DONTHU_KEYRING_FILE may be set"]);
        let half = refused(&[("DONTHU_KEYRING_FILE", "x"), ("DONTHU_SEALED_LOOKUP_KEYS", "c2VhbGVk")]);
        assert_eq!(half, ["DONTHU_SEALED_LOOKUP_KEYS is set without DONTHU_KMS_KEY"]);
    }

    #[test]
    fn a_wrong_key_or_sealed_text_is_named_by_its_variable_and_not_quoted() {
        let wrong = refused(&[
            ("DONTHU_KMS_KEY", "alias/vault"),
            ("DONTHU_KMS_EARLIER_KEYS", "alias/before"),
            ("DONTHU_SEALED_LOOKUP_KEYS", "%planted%"),
        ]);
        let [key, earlier, lookup] = wrong.as_slice() else { panic!("{wrong:?}") };
        assert!(key.starts_with("DONTHU_KMS_KEY is neither") && earlier.starts_with("DONTHU_KMS_EARLIER_KEYS is"));
        assert_eq!(lookup, "DONTHU_SEALED_LOOKUP_KEYS is not base64");
        let missing = refused(&[("DONTHU_KMS_KEY", ARN)]);
        assert!(missing[0].contains("DONTHU_SEALED_LOOKUP_KEYS") && missing[0].contains("keys seal"), "{missing:?}");
    }

    #[test]
    fn the_key_of_receipts_is_in_a_file_or_in_kms_and_never_in_both() {
        const X: &str = "11qYAYKxCrfVS_7TyWQHOg7hcvPapiMlrwIaaPcHURo";
        let read = |receipt: &[(&'static str, &str)]| {
            let mut variables = with(&[("DONTHU_KEYRING_FILE", "x")]);
            variables.remove("DONTHU_RECEIPT_KEY_FILE");
            variables.extend(receipt.iter().map(|(name, value)| (*name, (*value).to_owned())));
            Config::from_variables(&variables).map(|config| config.receipt_key).map_err(|error| error.0)
        };
        let file = [("DONTHU_RECEIPT_KEY_FILE", "/opt/receipt-key.json")];
        assert_eq!(read(&file), Ok(ReceiptKey::File("/opt/receipt-key.json".to_owned())));
        let on_kms = [("DONTHU_RECEIPT_KMS_KEY", ARN)];
        let key = KmsKey::new(ARN).unwrap();
        assert_eq!(read(&on_kms), Ok(ReceiptKey::Kms { key: key.clone(), earlier: Vec::new() }));
        let earlier = ("DONTHU_EARLIER_RECEIPT_KEYS", &*format!("{X}, {X}"));
        let keys = vec![PublicKey::parse(X).unwrap(); 2];
        assert_eq!(read(&[on_kms[0], earlier]), Ok(ReceiptKey::Kms { key, earlier: keys }));

        let one = |wrong: &str| Err(vec![wrong.to_owned()]);
        assert_eq!(read(&[]), one("one of DONTHU_RECEIPT_KMS_KEY and DONTHU_RECEIPT_KEY_FILE must be set"));
        let both = "only one of DONTHU_RECEIPT_KMS_KEY and DONTHU_RECEIPT_KEY_FILE may be set";
        assert_eq!(read(&[file[0], on_kms[0]]), one(both));
        let stray = "DONTHU_EARLIER_RECEIPT_KEYS is set without DONTHU_RECEIPT_KMS_KEY";
        assert_eq!(read(&[file[0], earlier]), one(stray));
        let wrong = read(&[("DONTHU_RECEIPT_KMS_KEY", "alias/x"), ("DONTHU_EARLIER_RECEIPT_KEYS", "%planted%")]);
        let wrong = wrong.unwrap_err();
        assert!(wrong[0].starts_with("DONTHU_RECEIPT_KMS_KEY is neither"), "{wrong:?}");
        assert!(wrong[1].contains("not an Ed25519 public key") && !wrong[1].contains("planted"), "{wrong:?}");
    }
}
