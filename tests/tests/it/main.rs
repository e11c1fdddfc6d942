//! What crosses functions, told as stories.

#![expect(clippy::unwrap_used, clippy::indexing_slicing, clippy::panic, reason = "a test may fail where a helper does")]

mod abuse;
mod access;
mod audit;
mod bad_input;
mod budgets;
mod concurrency;
mod conflict;
mod contract;
mod custody;
mod documents;
mod drift;
mod events;
mod faults;
mod lambda;
mod openapi;
mod operations;
mod petitions;
mod policies;
mod portal;
mod possible;
mod privacy;
mod proceedings;
mod proofs;
mod raw;
mod receipts;
mod search;
mod statistics;
mod threats;
mod tokens;
mod traces;
