//! The one home of the wall clock and of chance. Everything else is told the time and given its ids.

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
