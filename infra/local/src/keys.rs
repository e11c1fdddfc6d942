//! What an operator does with keys: rotate the data folder's master key and the key of its receipts, wrap its data keys
//! anew, destroy those of one case, and seal lookup keys for functions on AWS.

use std::path::{Path, PathBuf};
use std::sync::Arc;

use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;
use clap::{Args, Subcommand};
use donthu_domain::CaseId;
use donthu_operate::exit::Verdict;
use donthu_operate::progress;
use donthu_operate::rewrap::{rewrap, told};
use donthu_store::signing::FileSigner;
use donthu_store::{DataClass, FileKeyring, KmsKey, Retries, Store, seal_lookup};

use crate::clock::MovableClock;
use crate::engine::Engine;
use crate::folder::Folder;
use crate::functions::{KEYRING_FILE, RECEIPT_KEY_FILE, tables};
use crate::handlers::BoxError;
use crate::template::{TEMPLATE, Template};

/// Rotates, renews and destroys keys. The machine must not be running on the same data folder.
#[derive(Debug, Clone, Subcommand)]
pub enum Asked {
    /// Give the data folder a new master key; the earlier ones go on opening what they wrapped
    Rotate(InFolder),
    /// Give the data folder a new key that signs receipts; the public keys of the earlier ones stay published
    RotateReceipts(InFolder),
    /// Wrap every data key anew that is not wrapped by the current master key; may be broken off and started again
    Rewrap(InFolder),
    /// Destroy data keys of one case: its parts of these classes can never be read again
    Shred(Shred),
    /// Seal lookup keys by a KMS key for functions on AWS, and print them in base64
    Seal(Seal),
}

/// Which data folder.
#[derive(Debug, Clone, Args)]
pub struct InFolder {
    /// The data folder; it must be there
    #[arg(long, value_name = "DIR", default_value = "data")]
    pub data: PathBuf,
}

/// What to destroy.
#[derive(Debug, Clone, Args)]
pub struct Shred {
    /// The case's id: 32 hexadecimal digits
    #[arg(value_name = "CASE", value_parser = case_id)]
    pub case: CaseId,

    /// The classes: identity, contact, text, message
    #[arg(value_name = "CLASS", required = true, value_parser = class)]
    pub classes: Vec<DataClass>,

    #[command(flatten)]
    folder: InFolder,
}

/// By which key to seal, and what.
#[derive(Debug, Clone, Args)]
pub struct Seal {
    /// Id or ARN of the KMS key, no alias; region and credentials come from the environment, as for every AWS tool
    #[arg(long, value_name = "KEY", value_parser = kms_key)]
    pub kms_key: KmsKey,

    /// Seal the lookup keys of this key file, so that its receipt codes go on working; without it, fresh ones
    #[arg(long, value_name = "FILE")]
    pub from: Option<PathBuf>,
}

fn case_id(text: &str) -> Result<CaseId, &'static str> {
    let is_id = text.len() == 32 && text.bytes().all(|byte| matches!(byte, b'0'..=b'9' | b'a'..=b'f'));
    if is_id { Ok(CaseId::new(text)) } else { Err("not the id of a case: 32 hexadecimal digits") }
}

fn class(text: &str) -> Result<DataClass, &'static str> {
    DataClass::ALL.into_iter().find(|class| class.code() == text).ok_or("neither identity, contact, text nor message")
}

fn kms_key(text: &str) -> Result<KmsKey, String> {
    KmsKey::new(text).map_err(|error| error.to_string())
}

/// Does what is asked; the answer is for standard output.
///
/// # Errors
/// One line: there is no such folder, it is in use, a key file or the vault cannot be used, or KMS refuses.
pub async fn answer(asked: &Asked) -> Result<String, BoxError> {
    match asked {
        Asked::Rotate(InFolder { data }) => {
            let folder = existing(data)?;
            let number = FileKeyring::rotate(&folder.file(KEYRING_FILE))?;
            Ok(format!("Master key {number} wraps from now on; `keys rewrap` wraps anew what earlier ones wrapped.\n"))
        }
        Asked::RotateReceipts(InFolder { data }) => {
            let folder = existing(data)?;
            let name = FileSigner::rotate(&folder.file(RECEIPT_KEY_FILE))?;
            Ok(format!("Key {name} signs receipts from now on; earlier receipts stay genuine.\n"))
        }
        Asked::Rewrap(InFolder { data }) => {
            let vault = Vault::open(data).await?;
            let done = progress::show(&vault.store, "Wrapping anew", rewrap(&vault.store, false)).await;
            vault.close().await?;
            match told(&done?, false) {
                Verdict { text, is_sound: true } => Ok(text),
                Verdict { text, .. } => Err(text.into()),
            }
        }
        Asked::Shred(Shred { case, classes, folder: InFolder { data } }) => {
            let vault = Vault::open(data).await?;
            let (clock, _) = MovableClock::open(vault.folder.path(), None)?;
            let shredded = vault.store.shred(case, classes, clock.now()).await;
            vault.close().await?;
            match shredded? {
                0 => Err(format!("case {case} has no part of these classes that could still be read").into()),
                parts => Ok(format!("Parts that nobody can read any more: {parts}.\n")),
            }
        }
        Asked::Seal(Seal { kms_key, from }) => {
            let sdk = aws_config::defaults(aws_config::BehaviorVersion::v2026_01_12()).load().await;
            let sealed = seal_lookup(aws_sdk_kms::config::Builder::from(&sdk), kms_key, from.as_deref()).await?;
            Ok(format!("{}\n", STANDARD.encode(sealed)))
        }
    }
}

/// The data folder, locked; none is created.
fn existing(data: &Path) -> Result<Folder, BoxError> {
    if !data.join(KEYRING_FILE).is_file() {
        return Err(format!("{} is no data folder: it has no {KEYRING_FILE}", data.display()).into());
    }
    Ok(Folder::open(data)?)
}

/// The store of a data folder on which nothing else runs.
struct Vault {
    store: Store,
    engine: Engine,
    // Last: the folder is given free when the engine is gone.
    folder: Folder,
}

impl Vault {
    async fn open(data: &Path) -> Result<Self, BoxError> {
        let folder = existing(data)?;
        let template = Template::parse(TEMPLATE)?;
        let engine = Engine::on_file(&folder.file("tables.sqlite"))?;
        engine.ensure_tables(&template.tables).await?;
        let keyring = Arc::new(FileKeyring::open_private(&folder.file(KEYRING_FILE))?);
        let config = aws_sdk_dynamodb::config::Builder::from(&engine.sdk_config());
        let store = Store::new(config, tables(&template)?, keyring, Retries::default());
        Ok(Self { store, engine, folder })
    }

    async fn close(self) -> Result<(), BoxError> {
        let Self { engine, folder, .. } = self;
        engine.stop().await?;
        drop(folder);
        Ok(())
    }
}
