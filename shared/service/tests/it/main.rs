//! What people read, as snapshots.

#![expect(clippy::unwrap_used, reason = "a test may fail where a helper does")]

mod choices;
mod explanations;
