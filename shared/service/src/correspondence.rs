//! Messages between citizen and agency: encrypted, on the case, without anybody's name.

use donthu_domain::{Actor, Case, CaseId, Command, CommandId, Side, time};
use donthu_store::{DataClass, VaultPart};
use jiff::Timestamp;
use serde::{Deserialize, Serialize};
use utoipa::ToSchema;
use validator::Validate;

use crate::app::App;
use crate::fault::Fault;
use crate::input::not_blank;

/// A message to be sent.
#[derive(Deserialize, Validate, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct MessageForm {
    /// Its text.
    #[validate(custom(function = not_blank), length(max = 10_000))]
    #[schema(min_length = 1, max_length = 10_000)]
    pub text: String,
}

/// A message as it is kept in the vault.
#[derive(Serialize, Deserialize)]
struct Kept {
    by: Side,
    at: Timestamp,
    text: String,
}

/// A message as it is read.
#[derive(Serialize, ToSchema)]
pub struct Message {
    /// Who wrote it. No official is named: the agency answers.
    pub by: Side,
    /// When, with Vietnam's offset.
    #[schema(format = DateTime)]
    pub at: String,
    /// Its text.
    pub text: String,
}

/// The messages of a case, oldest first.
#[derive(Serialize, ToSchema)]
pub struct Messages {
    /// The case's number.
    pub case_number: String,
    /// The messages.
    pub messages: Vec<Message>,
}

/// That a message was written.
#[derive(Serialize, ToSchema)]
pub struct Written {
    /// The case's number.
    pub case_number: String,
    /// How many messages the case has now.
    pub messages: u32,
}

impl From<&Case> for Written {
    fn from(case: &Case) -> Self {
        Written { case_number: case.number.clone(), messages: case.messages.count }
    }
}

/// Writes a message: its text to the vault, that it was written to the journal, in one transaction.
///
/// # Errors
/// As [`App::step_opening`].
pub async fn send(
    app: &App,
    id: &CaseId,
    command_id: &CommandId,
    actor: &Actor,
    form: &MessageForm,
) -> Result<Case, Fault> {
    let by = if *actor == Actor::Citizen { Side::Citizen } else { Side::Agency };
    let at = app.clock.now();
    let kept = serde_json::to_vec(&Kept { by, at, text: form.text.clone() }).map_err(Fault::internal)?;
    // In the order of time, and by the command's id the same however often it is sent.
    let name = format!("{:020}-{}", at.as_microsecond(), command_id.as_str());
    let parts = [(id.clone(), vec![VaultPart::new(DataClass::Message, name, kept)])];
    let case = app.step_opening(id, command_id, actor, None, &Command::SendMessage, &parts).await?;
    Ok(case)
}

/// Reads the messages of a case. The caller answers for who reads them.
///
/// # Errors
/// [`Fault`] where the vault can't be read.
pub async fn read(app: &App, case: &Case) -> Result<Messages, Fault> {
    // A case without any needs no look into the vault.
    let parts = match case.messages.count {
        0 => Vec::new(),
        _ => app.store.vault_parts(&case.id, DataClass::Message).await?,
    };
    let mut messages = Vec::with_capacity(parts.len());
    for part in parts {
        // The parser's own message may quote the text.
        let kept: Kept = serde_json::from_slice(&part.content)
            .map_err(|_| Fault::internal("a message in the vault has not the shape that was written"))?;
        messages.push(Message { by: kept.by, at: time::rfc3339(kept.at), text: kept.text });
    }
    Ok(Messages { case_number: case.number.clone(), messages })
}
