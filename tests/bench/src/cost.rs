//! What a month on AWS costs: what typical petitions ask of it, counted on one machine, times a price list.
//!
//! A petition's life is played through the real API, functions, streams and schedules beside the same days without it; the difference is
//! what the petition asks for. What nobody can count here (how long Lambda takes, how often citizens look) is an assumption of the
//! price list's file.

mod bill;
mod ledger;
mod life;
mod measure;
mod prices;
mod report;
mod template;

pub use bill::{Bill, Line, Measured, bill};
pub use ledger::{Ledger, Tally, short_message_parts};
pub use life::Kind;
pub use measure::measure;
pub use prices::{Assumed, Assumption, Errors, Item, Price, Prices, Rate, SHIPPED};
pub use report::{money, report};
pub use template::Deployed;
