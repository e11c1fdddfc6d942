//! What every function holds: the store, the law, the reference data, a clock and a source of ids. Built once per process.

use std::sync::Arc;

use donthu_domain::visibility::{is_out, may_open_identity};
use donthu_domain::{
    Actor, Calendar, Case, CaseId, Command, CommandId, Context, Directory, Event, Milestone, RuleBook, Transition,
    TransitionError, time, transition,
};
use donthu_store::signing::{FileSigner, KmsSigner, ReceiptSigner};
use donthu_store::{
    FileKeyring, Keyring, KeyringError, KmsKeyring, Retries, StepError, Stepped, Store, StoreError, Tables, VaultError,
    VaultPart,
};
use jiff::Timestamp;
use jiff::civil::Date;

use crate::clock::{Clock, IdSource, RandomIds, SystemClock};
use crate::config::{Config, ConfigError, Keys, ReceiptKey};
use crate::fault::Fault;
use crate::invocation;
use crate::metrics::Metrics;
use crate::publisher::Publisher;
use crate::reference::ReferenceCache;
use crate::visitor::VisitorKey;

/// The rules and the calendar that ship with the domain.
#[derive(Debug, Clone)]
pub struct Law {
    /// The deadline rules.
    pub rules: RuleBook,
    /// The working days.
    pub calendar: Calendar,
}

/// Why a function can't start.
#[derive(Debug, thiserror::Error)]
pub enum StartError {
    /// Environment variables are missing or wrong.
    #[error(transparent)]
    Config(#[from] ConfigError),
    /// The keyring or the signing key can't be opened.
    #[error(transparent)]
    Keyring(#[from] KeyringError),
    /// The shipped rules contradict themselves.
    #[error(transparent)]
    Rules(#[from] donthu_domain::rules::RuleError),
    /// The shipped calendar contradicts itself.
    #[error(transparent)]
    Calendar(#[from] donthu_domain::calendar::CalendarError),
}

impl Law {
    /// The law that ships with the domain.
    ///
    /// # Errors
    /// [`StartError`] where the data contradict themselves.
    pub fn shipped() -> Result<Self, StartError> {
        Ok(Self { rules: RuleBook::shipped()?, calendar: Calendar::shipped()? })
    }
}

/// Opens the keys of the vault.
///
/// # Errors
/// [`KeyringError`] where the file or the key service can't be used.
pub async fn keyring(keys: Keys, sdk: &aws_config::SdkConfig) -> Result<Arc<dyn Keyring>, KeyringError> {
    Ok(match keys {
        Keys::File(path) => Arc::new(FileKeyring::open(std::path::Path::new(&path))?),
        Keys::Kms { current, earlier, sealed_lookup } => {
            let kms = aws_sdk_kms::config::Builder::from(sdk);
            Arc::new(KmsKeyring::open(kms, current, earlier, &sealed_lookup).await?)
        }
    })
}

/// What every function holds.
pub struct App {
    /// The tables.
    pub store: Store,
    /// The rules and the calendar.
    pub law: Law,
    /// The reference data in memory.
    pub reference: ReferenceCache,
    /// Who signs receipts, and the public keys.
    pub signer: Arc<dyn ReceiptSigner>,
    /// The publisher of notices.
    pub publisher: Publisher,
    /// The time.
    pub clock: Arc<dyn Clock>,
    /// Fresh ids.
    pub ids: Arc<dyn IdSource>,
    /// The province, e.g. `quang-ngai`.
    pub province: String,
    /// What an operator watches.
    pub metrics: Metrics,
    /// Vouches for the addresses of the portal's visitors; where there is none, no header is believed.
    pub visitors: Option<VisitorKey>,
}

/// What time's passing did to a case.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub struct Ticked {
    /// Whether anything happened on it.
    pub changed: bool,
    /// Limits that it was found to have missed.
    pub missed: u32,
}

impl App {
    /// What a function holds on Lambda: everything from the environment.
    ///
    /// # Errors
    /// [`StartError`].
    pub async fn from_environment() -> Result<Self, StartError> {
        let config = Config::from_environment()?;
        let sdk = aws_config::defaults(aws_config::BehaviorVersion::v2026_01_12()).load().await;
        let keyring = keyring(config.keys, &sdk).await?;
        let signer: Arc<dyn ReceiptSigner> = match config.receipt_key {
            ReceiptKey::File(path) => Arc::new(FileSigner::open(std::path::Path::new(&path))?),
            ReceiptKey::Kms { key, earlier } => {
                Arc::new(KmsSigner::new(aws_sdk_kms::config::Builder::from(&sdk), key, earlier))
            }
        };
        let tables = Tables {
            cases: config.cases_table,
            journal: config.journal_table,
            vault: config.vault_table,
            limits: config.limits_table,
        };
        let dynamodb = aws_sdk_dynamodb::config::Builder::from(&sdk);
        Ok(Self {
            store: Store::new(dynamodb, tables, keyring, Retries::default()),
            law: Law::shipped()?,
            reference: ReferenceCache::default(),
            signer,
            publisher: Publisher::new(aws_sdk_sns::Client::new(&sdk), config.topic_arn),
            clock: Arc::new(SystemClock),
            ids: Arc::new(RandomIds),
            province: config.province,
            metrics: Metrics::printed(),
            visitors: config.visitor_key.as_deref().map(VisitorKey::new),
        })
    }

    /// What a decision may rest on.
    pub fn context<'a>(&'a self, directory: &'a Directory, actor: &'a Actor, now: Timestamp) -> Context<'a> {
        Context { now, actor, rules: &self.law.rules, calendar: &self.law.calendar, directory }
    }

    /// The reference data.
    ///
    /// # Errors
    /// [`Fault`] where they can't be read.
    pub async fn directory(&self) -> Result<Arc<Directory>, Fault> {
        self.reference.directory(&self.store).await
    }

    /// Takes a step on a case: reads it, decides, writes state, journal, notices and counters in one transaction. Where the
    /// caller's form rests on a step that is no longer the case's, nothing is done.
    ///
    /// # Errors
    /// [`Fault::NotFound`], [`Fault::Stale`], [`Fault::Refused`], [`Fault::Busy`], [`Fault::Unanswered`],
    /// [`Fault::KeysUnavailable`].
    pub async fn step(
        &self,
        id: &CaseId,
        command_id: &CommandId,
        actor: &Actor,
        expected_step: Option<u64>,
        command: &Command,
    ) -> Result<Case, Fault> {
        self.step_opening(id, command_id, actor, expected_step, command, &[]).await
    }

    /// The same for a step that opens other cases, with what is personal in each of those.
    ///
    /// # Errors
    /// As [`App::step`].
    pub async fn step_opening(
        &self,
        id: &CaseId,
        command_id: &CommandId,
        actor: &Actor,
        expected_step: Option<u64>,
        command: &Command,
        opening: &[(CaseId, Vec<VaultPart>)],
    ) -> Result<Case, Fault> {
        let directory = self.directory().await?;
        let now = self.clock.now();
        let context = self.context(&directory, actor, now);
        invocation::note_command(command.code());
        let decide = |case: &Case| -> Result<Option<Transition>, Fault> {
            invocation::note_case(actor, case);
            let decided = transition(Some(case), command, &context).map_err(|error| refused(error, case));
            match (decided, expected_step) {
                // Rights first: a stranger must not learn the step. Then the step: a form filled in on another state
                // is stale, whatever the law says of it now.
                (Err(Fault::Refused { refusal, scope, within }), Some(_)) if is_about_rights(&refusal) => {
                    Err(Fault::Refused { refusal, scope, within })
                }
                (_, Some(step)) if step != case.step => Err(Fault::Stale { step: case.step }),
                (decided, _) => decided,
            }
        };
        match self.store.transition_opening(id, command_id, actor, now, opening, decide).await {
            Ok(Stepped::Done(loaded) | Stepped::Nothing(loaded)) => {
                invocation::note_case(actor, &loaded.case);
                Ok(loaded.case)
            }
            Ok(Stepped::Repeated(loaded))
                if may_repeat(command, actor, &loaded.case, &directory, time::local_date(now)) =>
            {
                Ok(loaded.case)
            }
            Ok(Stepped::Repeated(_)) | Err(StepError::NotFound) => Err(Fault::NotFound),
            Err(StepError::Refused(fault)) => Err(fault),
            Err(StepError::Store(error)) => Err(error.into()),
        }
    }

    /// Tells a case that time has passed.
    ///
    /// # Errors
    /// [`Fault::NotFound`], [`Fault::Busy`], [`Fault::Unanswered`], [`Fault::Internal`].
    pub async fn tick(&self, id: &CaseId, command_id: &CommandId) -> Result<Ticked, Fault> {
        let directory = self.directory().await?;
        let now = self.clock.now();
        let context = self.context(&directory, &Actor::System, now);
        let mut missed = 0;
        let decide = |case: &Case| {
            let decided = transition(Some(case), &Command::Tick, &context).map_err(|error| refused(error, case))?;
            missed = decided.as_ref().map_or(0, |transition| missed_in(&transition.events));
            Ok(decided)
        };
        match self.store.transition(id, command_id, &Actor::System, now, decide).await {
            Ok(Stepped::Nothing(_)) => Ok(Ticked::default()),
            Ok(Stepped::Done(_) | Stepped::Repeated(_)) => Ok(Ticked { changed: true, missed }),
            Err(StepError::NotFound) => Err(Fault::NotFound),
            Err(StepError::Refused(fault)) => Err(fault),
            Err(StepError::Store(error)) => Err(error.into()),
        }
    }

    /// A fresh command id.
    pub fn command_id(&self) -> CommandId {
        CommandId::new(self.ids.uuid().to_string())
    }
}

/// How many limits are found to be missed.
fn missed_in(events: &[Event]) -> u32 {
    let missed = events.iter().filter(
        |event| matches!(event, Event::MilestonesReached { reached, .. } if reached.contains(&Milestone::Missed)),
    );
    u32::try_from(missed.count()).unwrap_or(u32::MAX)
}

/// Whether somebody who sends a command again is still answered. What was decided once is not decided anew, so that rights which
/// have ended meanwhile have to be asked for by themselves. An identity is opened again only on the day that the journal names.
fn may_repeat(command: &Command, actor: &Actor, case: &Case, directory: &Directory, today: Date) -> bool {
    match command {
        Command::DiscloseIdentity { .. } => {
            may_open_identity(actor, case, directory, today)
                && case.disclosures.last().is_some_and(|disclosure| disclosure.on == today)
        }
        _ => !is_out(actor, case, directory, today),
    }
}

fn is_about_rights(refusal: &donthu_domain::Refusal) -> bool {
    matches!(refusal, donthu_domain::Refusal::NotYourCase | donthu_domain::Refusal::RoleNotAllowed { .. })
}

/// A refusal as a fault.
pub fn refused(error: TransitionError, case: &Case) -> Fault {
    match error {
        TransitionError::Refused(refusal) => {
            Fault::Refused { refusal: Box::new(refusal), scope: case.into(), within: "" }
        }
        TransitionError::Inconsistent(error) => Fault::internal(error),
    }
}

impl From<KeyringError> for Fault {
    fn from(error: KeyringError) -> Self {
        match error {
            KeyringError::Unavailable { .. } => Fault::KeysUnavailable,
            error => Fault::internal(error),
        }
    }
}

impl From<StoreError> for Fault {
    fn from(error: StoreError) -> Self {
        match error {
            StoreError::Busy => Fault::Busy,
            StoreError::Unavailable { .. } => Fault::Unanswered,
            StoreError::Vault(VaultError::Keyring(KeyringError::Unavailable { .. })) => Fault::KeysUnavailable,
            StoreError::Vault(VaultError::Shredded { .. }) => Fault::Shredded,
            StoreError::ForeignCursor => Fault::invalid("cursor", crate::fault::Wrong::Cursor),
            error => Fault::internal(error),
        }
    }
}
