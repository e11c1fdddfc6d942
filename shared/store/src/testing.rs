//! What tests of this and other crates need: a keyring and a signer from seeds, a key service, faults around AWS calls, and the tables.
//! No function uses it.

mod elsewhere;
mod fake_kms;
mod faults;
mod fixed_keyring;
mod fixed_signer;
mod tables;

pub use elsewhere::Elsewhere;
pub use fake_kms::{FakeKms, KmsFault};
pub use faults::{ANY, Fault, Faults, When};
pub use fixed_keyring::FixedKeyring;
pub use fixed_signer::FixedSigner;
pub use tables::{TablesError, create_tables};
