//! What tests of this and other crates need: a keyring from a seed, faults around AWS calls, and the tables. No function
//! uses it.

mod faults;
mod fixed_keyring;
mod tables;

pub use faults::{Fault, Faults, When};
pub use fixed_keyring::FixedKeyring;
pub use tables::{TablesError, create_tables};
