//! What an operator does with the tables of a province, wherever they are: loads and checks reference data, recounts, checks the
//! journal, wraps keys anew, exports, and finds by the tables' own state what a failure left undone.
//!
//! Every command may be given again: what is done stays done, and is told as done. No command reads the vault's contents, and
//! none prints anything personal.

pub mod command_line;
pub mod connection;
pub mod exit;
pub mod export;
pub mod journal;
pub mod options;
pub mod progress;
pub mod published;
pub mod recount;
pub mod redrive;
pub mod reference;
pub mod rewrap;
pub mod run;
