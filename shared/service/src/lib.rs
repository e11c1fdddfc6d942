//! What the functions share around the law and the store: the HTTP edge (problems, claims, input), the clock, messages in
//! Vietnamese and English, configuration, telemetry and the SNS publisher.

mod app;
pub mod claims;
pub mod clock;
pub mod config;
pub mod correspondence;
pub mod documents;
pub mod fault;
pub mod figures;
pub mod input;
pub mod invocation;
pub mod limits;
pub mod messages;
pub mod metrics;
pub mod openapi;
pub mod petition;
pub mod possible;
pub mod problem;
pub mod publisher;
pub mod receipts;
pub mod reference;
pub mod roots;
pub mod serve;
pub mod stream;
pub mod submission;
pub mod telemetry;
pub mod views;
pub mod visitor;

pub use app::{App, Law, StartError, Ticked, keyring, refused};
pub use fault::Fault;
