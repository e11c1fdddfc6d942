//! The law as tests: each file a subject, each test a sentence.

#![expect(clippy::unwrap_used, clippy::panic, clippy::indexing_slicing, reason = "a test may fail where a helper does")]

mod beyond;
mod calendars;
mod combined;
mod common;
mod competence;
mod conflict;
mod correspondence;
mod deadlines;
mod explained;
mod figures;
mod foreign;
mod further;
mod invariants;
mod lifecycle;
mod loading;
mod model;
mod possible;
mod proclamations;
mod rates;
mod refusals;
mod reminders;
mod simulation;
mod visibility;
