//! The built program, from outside.

#![expect(clippy::unwrap_used, clippy::panic, clippy::indexing_slicing, reason = "a test may fail where a helper does")]

mod keys;
mod program;
mod readme;
mod running;
