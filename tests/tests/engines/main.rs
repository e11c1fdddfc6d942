//! What only services beside this process can show. `.ci/engines` starts them and names them in variables; without one the
//! test that needs it fails.

#![expect(clippy::unwrap_used, clippy::indexing_slicing, clippy::panic, reason = "a test may fail where a helper does")]

mod notices;
mod queues;
