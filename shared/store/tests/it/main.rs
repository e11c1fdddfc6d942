//! The store on a real DynamoDB-compatible engine, in memory, reached over loopback by the real SDK.

mod bench;
mod custody;
mod figures;
mod lists;
mod steps;
mod submission;
mod work;
