//! The program `donthu` as an operator gives its commands, on the embedded engine's endpoint.

#![expect(clippy::unwrap_used, clippy::indexing_slicing, reason = "a test may fail where a helper does")]

mod connection;
mod exporting;
mod figures;
mod loading;
mod redriving;
mod restored;
mod sealed;
mod stage;
