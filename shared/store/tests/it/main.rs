//! The store on a real DynamoDB-compatible engine, in memory, reached over loopback by the real SDK.

#![expect(clippy::unwrap_used, reason = "a test's helpers may fail the test")]

mod bench;
mod custody;
mod figures;
mod lists;
mod rotation;
mod steps;
mod submission;
mod work;
