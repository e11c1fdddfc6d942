//! A petition becomes a case: from a citizen over HTTPS, or entered by an official. One transaction, no read; one read where
//! it had been sent before.

use donthu_domain::{Actor, Case, Channel, Command, CommandId, Refusal, time, transition};
use donthu_store::signing::SignedReceipt;
use donthu_store::{Created, DataClass, NewCase, ReceiptCode, StoreError, VaultError, VaultPart, case_number};
use jiff::civil::Date;
use serde::Serialize;
use uuid::Uuid;

use crate::app::App;
use crate::fault::{Fault, Wrong};
use crate::input::MOST_TEXT_BYTES;
use crate::invocation;
use crate::metrics::Metric;
use crate::petition::{PetitionForm, StoredText};
use crate::receipts::{self, Issued};

/// How a petition comes in.
#[derive(Debug, Clone, Copy)]
pub enum Entry<'a> {
    /// Submitted by a citizen over HTTPS.
    Citizen,
    /// Entered by an official on a citizen's behalf.
    Official {
        /// The official.
        actor: &'a Actor,
        /// How it came in.
        channel: Channel,
        /// The legal receipt date.
        received_on: Date,
    },
}

/// A petition that exists.
pub struct Submitted {
    /// The code that opens it. Shown once, stored nowhere.
    pub receipt: ReceiptCode,
    /// The receipt that proves.
    pub issued: Issued,
    /// The case.
    pub case: Case,
    /// Whether an earlier request had made it.
    pub repeated: bool,
}

/// Makes a case of a petition. The same idempotency key and body lead to the same case and receipt code, however often it
/// is sent.
///
/// # Errors
/// [`Fault::IdempotencyMismatch`] for the key with another body, [`Fault::Refused`] for unknown agencies, areas, fields or
/// impossible dates, [`Fault::Busy`] and [`Fault::KeysUnavailable`] where nothing was written, [`Fault::Unanswered`] where
/// nobody knows: send the same again.
pub async fn submit(
    app: &App,
    form: &PetitionForm,
    body: &[u8],
    idempotency_key: Uuid,
    entry: Entry<'_>,
) -> Result<Submitted, Fault> {
    let now = app.clock.now();
    let lookup = app.store.keyring().lookup();
    // The key is the caller's own: an official's must not meet a citizen's of the same value.
    let key = match entry {
        Entry::Citizen => idempotency_key,
        Entry::Official { actor, .. } => {
            let subject = actor.subject().map_or("", |subject| subject.as_str());
            Uuid::new_v5(&idempotency_key, subject.as_bytes())
        }
    };
    let citizen = Actor::Citizen;
    let actor = match entry {
        Entry::Citizen => &citizen,
        Entry::Official { actor, .. } => actor,
    };
    let body_hmac = lookup.body_hmac(body);
    if let Some(earlier) = app.store.earlier_submission(now, key, &body_hmac).await? {
        return settled(app, actor, earlier.receipt, earlier.outcome, None).await;
    }
    let receipt = lookup.receipt(lookup.current(), key).map_err(Fault::internal)?;
    let id = lookup.case_id(&receipt).map_err(Fault::internal)?;
    let number = case_number(&app.province, &id);
    let petition = form.petition(id.clone(), number);
    let command = match entry {
        Entry::Citizen => Command::Submit(petition),
        Entry::Official { channel, received_on, .. } => Command::Register { petition, channel, received_on },
    };
    invocation::note_command(command.code());
    let directory = app.directory().await?;
    let decided = transition(None, &command, &app.context(&directory, actor, now)).map_err(|error| match error {
        // Today is always within the calendar: it is the official's date that lies before it.
        donthu_domain::TransitionError::Refused(Refusal::OutsideCalendar(date)) if date < time::local_date(now) => {
            Fault::invalid("received_on", Wrong::BeforeCalendar)
        }
        donthu_domain::TransitionError::Refused(refusal) => {
            let within = match (&refusal, entry) {
                // The day of receipt stands beside the petition, not in it.
                (Refusal::DateInFuture { .. } | Refusal::DateTooEarly { .. }, _) => "",
                // The only agency that a petition names is the one that it is against.
                (Refusal::UnknownAgency(_), Entry::Citizen) => "against.",
                (Refusal::UnknownAgency(_), Entry::Official { .. }) => "petition.against.",
                (_, Entry::Citizen) => "",
                (_, Entry::Official { .. }) => "petition.",
            };
            Fault::Refused {
                refusal: Box::new(refusal),
                scope: donthu_domain::rules::Scope {
                    matter: form.matter,
                    ..donthu_domain::rules::Scope::of(form.kind)
                },
                within,
            }
        }
        donthu_domain::TransitionError::Inconsistent(error) => Fault::internal(error),
    })?;
    let transition = decided.ok_or_else(|| Fault::internal("a submission that changes nothing"))?;
    let parts = parts(form)?;
    // The command's id is derived: the key itself is kept nowhere.
    let command_id = CommandId::new(Uuid::new_v5(&key, id.as_str().as_bytes()).to_string());
    let signed = receipts::sign(app, &transition.after, &receipt, body).await?;
    let new = NewCase {
        transition: &transition,
        command: &command_id,
        actor,
        at: now,
        body_hmac: &body_hmac,
        receipt: &signed,
        parts: &parts,
    };
    match app.store.create(new).await {
        Ok(outcome) => settled(app, actor, receipt, outcome, Some(signed)).await,
        // Escapes of control characters can blow a text up sixfold.
        Err(StoreError::Vault(VaultError::TooLarge { .. })) => {
            let bytes = u64::try_from(MOST_TEXT_BYTES).unwrap_or(u64::MAX);
            let field = match entry {
                Entry::Citizen => "text",
                Entry::Official { .. } => "petition.text",
            };
            Err(Fault::invalid(field, Wrong::TooManyBytes { bytes }))
        }
        Err(error) => Err(error.into()),
    }
}

/// A repetition gets the receipt that was signed the first time: what was signed for it now states another time.
async fn settled(
    app: &App,
    actor: &Actor,
    receipt: ReceiptCode,
    outcome: Created,
    signed: Option<SignedReceipt>,
) -> Result<Submitted, Fault> {
    let (case, signed_receipt, repeated) = match outcome {
        Created::New(loaded) => {
            app.metrics.tell(&app.province, app.clock.now(), &[(Metric::PetitionsReceived, 1)]);
            (loaded.case, signed, false)
        }
        Created::Repeated(loaded) => {
            let first = app.store.signed_receipt(&loaded.case.id).await?;
            (loaded.case, first, true)
        }
        Created::BodyDiffers => return Err(Fault::IdempotencyMismatch),
    };
    invocation::note_case(actor, &case);
    invocation::note_repeated(repeated);
    let issued = Issued { signed_receipt, content_salt: receipts::content_salt(app, &receipt)? };
    Ok(Submitted { receipt, issued, case, repeated })
}

/// Name of the one part of a class that a submission makes.
pub const PETITION_PART: &str = "petition";

fn parts(form: &PetitionForm) -> Result<Vec<VaultPart>, Fault> {
    let mut parts = vec![part(DataClass::Text, &form.stored_text())?];
    if let Some(petitioner) = &form.petitioner {
        parts.push(part(DataClass::Identity, petitioner)?);
    }
    if let Some(contact) = form.stored_contact() {
        parts.push(part(DataClass::Contact, &contact)?);
    }
    Ok(parts)
}

/// The text of a case that a step opens, ready for its vault.
///
/// # Errors
/// [`Fault::Internal`] where it can't be written as JSON.
pub fn text_parts(text: &StoredText) -> Result<Vec<VaultPart>, Fault> {
    Ok(vec![part(DataClass::Text, text)?])
}

fn part<T: Serialize>(class: DataClass, content: &T) -> Result<VaultPart, Fault> {
    let bytes = serde_json::to_vec(content).map_err(Fault::internal)?;
    Ok(VaultPart::new(class, PETITION_PART, bytes))
}
