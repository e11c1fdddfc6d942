//! The one home of the wall clock and of chance. Everything else is told the time and given its ids.

use std::time::Duration;

use jiff::Timestamp;
use uuid::Uuid;

/// Tells the time.
pub trait Clock: Send + Sync + 'static {
    /// The instant.
    fn now(&self) -> Timestamp;
}

/// The machine's clock, as Lambda runs it.
#[derive(Debug, Clone, Copy, Default)]
pub struct SystemClock;

impl Clock for SystemClock {
    #[expect(clippy::disallowed_methods, reason = "the one home of the wall clock")]
    fn now(&self) -> Timestamp {
        Timestamp::now()
    }
}

/// What it takes to tell how far a run has come and to answer.
const TO_FINISH: Duration = Duration::from_secs(5);

/// How long a run may work on until it has to finish, so that Lambda does not cut it off: `deadline` is in milliseconds since
/// 1970, as an invocation's context has it.
pub fn left_until(deadline: u64) -> Duration {
    let now = u64::try_from(SystemClock.now().as_millisecond()).unwrap_or(0);
    Duration::from_millis(deadline.saturating_sub(now)).saturating_sub(TO_FINISH)
}

/// Gives out ids that nobody can guess.
pub trait IdSource: Send + Sync + 'static {
    /// A fresh id.
    fn uuid(&self) -> Uuid;
}

/// Random ids from the operating system.
#[derive(Debug, Clone, Copy, Default)]
pub struct RandomIds;

impl IdSource for RandomIds {
    #[expect(clippy::disallowed_methods, reason = "the one home of random ids")]
    fn uuid(&self) -> Uuid {
        Uuid::new_v4()
    }
}
