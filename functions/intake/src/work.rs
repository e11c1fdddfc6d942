//! Proof of work (ALTCHA, version 2): who submits very many petitions has to compute for each of them, and no third party looks on.
//!
//! A challenge is made for one idempotency key, and one key makes one case. So a solution is good for one petition and for that
//! one sent again, and nothing has to be stored of challenges that were given out or used.

use std::collections::BTreeMap;

use altcha::{Challenge, CreateChallengeOptions, Payload, VerifySolutionOptions, create_challenge, verify_solution};
use axum::http::{HeaderMap, HeaderName};
use base64::Engine;
use base64::engine::general_purpose::STANDARD;
use donthu_domain::time;
use donthu_service::limits::{self, SourceAddress};
use donthu_service::{App, Fault};
use serde_json::Value;
use uuid::Uuid;

/// The header with a solution: what the widget calls its payload, JSON in base64.
const SOLUTION: HeaderName = HeaderName::from_static("altcha");

/// Longest such header in bytes. What is longer is none of our challenges with its solution.
const LONGEST_SOLUTION: usize = 4_096;

/// Iterations of PBKDF2-SHA-256 for one attempt. Each costs us as much once as it costs the sender on each attempt.
const COST: u32 = 2_000;

/// The sender finds the number that we have drawn from here: 256 attempts on the mean, and never more than 384, so that
/// nobody's phone has bad luck.
const ATTEMPTS: std::ops::Range<u32> = 128..384;

/// Seconds within which a solution must come: long enough to be asked for when the form is opened.
const GOOD_FOR: i64 = 3_600;

/// Names in the signed data of a challenge.
const FOR: &str = "for";
const UNTIL: &str = "until";

/// A challenge for the submission with this key.
///
/// # Errors
/// [`Fault::Internal`] where the library refuses its own parameters.
pub fn challenge(app: &App, key: Uuid) -> Result<Challenge, Fault> {
    let lookup = app.store.keyring().lookup();
    let until = app.clock.now().as_second() + GOOD_FOR;
    let drawn =
        app.ids.uuid().as_bytes().iter().fold(0u32, |sum, byte| sum.wrapping_mul(31).wrapping_add(u32::from(*byte)));
    let secret = lookup.work_secret();
    create_challenge(CreateChallengeOptions {
        cost: COST,
        counter: Some(ATTEMPTS.start + drawn % (ATTEMPTS.end - ATTEMPTS.start)),
        // Not the library's own expiry, which reads the machine's clock.
        data: Some(BTreeMap::from([
            (FOR.to_owned(), Value::from(lookup.work_for(key))),
            (UNTIL.to_owned(), Value::from(until)),
        ])),
        hmac_signature_secret: Some(secret.clone()),
        // The derived key is signed too: to check a solution costs an HMAC and no derivation.
        hmac_key_signature_secret: Some(secret),
        ..CreateChallengeOptions::default()
    })
    .map_err(Fault::internal)
}

/// Lets a petition in: one with a proof of work up to a limit of its address, one without as long as there is an allowance.
///
/// # Errors
/// [`Fault::WorkInvalid`], [`Fault::WorkNeeded`], [`Fault::TooManyRequests`].
pub async fn admit(app: &App, source: SourceAddress, key: Option<Uuid>, headers: &HeaderMap) -> Result<(), Fault> {
    match headers.get(SOLUTION) {
        Some(solution) => {
            let solution = Some(solution.as_bytes()).filter(|solution| solution.len() <= LONGEST_SOLUTION);
            let payload = solution.and_then(read);
            if !key.zip(payload).is_some_and(|(key, payload)| proves(app, key, &payload)) {
                return Err(Fault::WorkInvalid);
            }
            // Only what is genuine: junk costs us an HMAC, and must not shut out who shares its address.
            limits::proven(app, source).await
        }
        None => {
            let now = app.clock.now();
            let directory = app.directory().await?;
            let policy = directory.policy("intake.proof_of_work", time::local_date(now));
            if policy.is_some_and(|policy| policy.value == "always") {
                return Err(Fault::WorkNeeded { seconds: None });
            }
            let submission = key.unwrap_or_else(|| app.ids.uuid());
            limits::unproven(app, source, submission.as_bytes()).await
        }
    }
}

fn read(solution: &[u8]) -> Option<Payload> {
    serde_json::from_slice(&STANDARD.decode(solution).ok()?).ok()
}

fn proves(app: &App, key: Uuid, payload: &Payload) -> bool {
    let lookup = app.store.keyring().lookup();
    let Some(data) = &payload.challenge.parameters.data else { return false };
    let is_for_it = data.get(FOR).and_then(Value::as_str) == Some(lookup.work_for(key).as_str());
    let in_time = data.get(UNTIL).and_then(Value::as_i64).is_some_and(|until| app.clock.now().as_second() <= until);
    // Without the signature of the derived key the library would derive it: whoever left it out would have us work.
    let checks_cheaply = payload.challenge.parameters.key_signature.as_deref().is_some_and(|tag| !tag.is_empty());
    if !is_for_it || !in_time || !checks_cheaply {
        return false;
    }
    let secret = lookup.work_secret();
    let mut options = VerifySolutionOptions::new(&payload.challenge, &payload.solution, secret.clone());
    options.hmac_key_signature_secret = Some(secret);
    verify_solution(options).is_ok_and(|result| result.verified)
}
