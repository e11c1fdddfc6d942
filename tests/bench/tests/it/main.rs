//! Tests of the measurements: that they can be made, and that what is computed from them is right. None of them is timed.

#![expect(clippy::unwrap_used, reason = "a test's helpers may fail the test")]

mod bills;
mod measurements;
mod price_lists;
