//! The one transaction: a case's new head, its journal entry, its notices, its counters and, on submission, its vault
//! parts are written together or not at all.
//!
//! It is built once and only ever sent as the same bytes, under a token that follows from them, so that sending it again
//! after a lost answer cannot do it twice: DynamoDB keeps tokens for ten minutes, and after that the conditions on head
//! and journal hold.

mod draft;
mod send;

use std::sync::Arc;
use std::time::Duration;

use aws_lc_rs::rand::{SecureRandom, SystemRandom};

pub(crate) use draft::{Change, Draft};
pub(crate) use send::Sent;

/// Chooses a pause between zero and the given one.
type Jitter = Arc<dyn Fn(Duration) -> Duration + Send + Sync>;

/// How often, and after which pauses, a transaction is tried again.
///
/// The SDK's own retries are off for transactions: it would repeat without telling, and these numbers would multiply.
#[derive(Clone)]
pub struct Retries {
    /// How often the same bytes are sent where it is unknown whether they were written. At least 1.
    pub sends: u32,
    /// How often a step reads the case again and decides anew where another transaction was in the way. At least 1.
    pub rounds: u32,
    /// The pause before the second attempt; each further one doubles.
    pub first_pause: Duration,
    /// No pause is longer.
    pub longest_pause: Duration,
    jitter: Jitter,
}

impl std::fmt::Debug for Retries {
    fn fmt(&self, formatter: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        formatter
            .debug_struct("Retries")
            .field("sends", &self.sends)
            .field("rounds", &self.rounds)
            .field("first_pause", &self.first_pause)
            .field("longest_pause", &self.longest_pause)
            .finish_non_exhaustive()
    }
}

impl Default for Retries {
    /// Four sends and eight rounds, pauses of at most 0.1 to 1.6 seconds with full jitter.
    fn default() -> Self {
        Self {
            sends: 4,
            rounds: 8,
            first_pause: Duration::from_millis(100),
            longest_pause: Duration::from_millis(1_600),
            jitter: Arc::new(full_jitter),
        }
    }
}

impl Retries {
    /// The same numbers with another source of chance.
    #[must_use]
    pub fn with_jitter(mut self, jitter: impl Fn(Duration) -> Duration + Send + Sync + 'static) -> Self {
        self.jitter = Arc::new(jitter);
        self
    }

    /// Waits before a further attempt; none before attempt 0.
    pub(crate) async fn pause(&self, attempt: u32) {
        let Some(doublings) = attempt.checked_sub(1) else { return };
        let pause = self.first_pause.saturating_mul(2u32.saturating_pow(doublings)).min(self.longest_pause);
        tokio::time::sleep((self.jitter)(pause)).await;
    }
}

/// Anything from zero to the whole pause, so that those who met once do not meet again.
fn full_jitter(longest: Duration) -> Duration {
    let mut bytes = [0; 2];
    match SystemRandom::new().fill(&mut bytes) {
        Ok(()) => longest.mul_f64(f64::from(u16::from_be_bytes(bytes)) / f64::from(u16::MAX)),
        Err(_) => longest,
    }
}

#[cfg(test)]
mod tests {
    use std::sync::Mutex;

    use super::*;

    #[tokio::test]
    async fn pauses_double_up_to_the_longest_and_the_first_attempt_has_none() {
        let asked = Arc::new(Mutex::new(Vec::new()));
        let seen = Arc::clone(&asked);
        let retries = Retries::default().with_jitter(move |pause| {
            seen.lock().unwrap().push(pause.as_millis());
            Duration::ZERO
        });
        for attempt in 0..7 {
            retries.pause(attempt).await;
        }
        assert_eq!(*asked.lock().unwrap(), [100, 200, 400, 800, 1_600, 1_600]);
    }

    #[test]
    fn jitter_stays_within_the_pause() {
        let longest = Duration::from_millis(100);
        assert!((0..1_000).all(|_| full_jitter(longest) <= longest));
    }
}
