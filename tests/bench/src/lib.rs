//! What the project costs: beside the bare SDK on the same engine ([`ratio`]), and in a month on AWS ([`cost`]).

pub mod cost;
pub mod ratio;
pub mod site;

/// Whatever can keep a measurement from being made, in words.
pub type Failure = Box<dyn std::error::Error + Send + Sync>;
