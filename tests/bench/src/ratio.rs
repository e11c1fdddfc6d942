//! Each operation beside its floor: the bare SDK asking the same engine the same things, sample by sample in turn.
//!
//! An operation is recorded once. Its floor is what was recorded: the same requests in the same order and as many at a time, with as
//! many items and bytes, under fresh keys of the same length in tables of the same shape. What the operation adds is everything
//! else: reading and checking the request, rights, the decision, encryption, signing, rows, the answer.

mod calls;
mod floor;
mod operations;
mod pairs;
mod recorder;

use std::fmt;

use donthu_store::Usage;

use crate::Failure;

pub use operations::{OPERATIONS, measure};
pub use pairs::{Pairs, Quartiles};

/// What an operation and its floor took.
#[derive(Debug, Clone)]
pub struct Row {
    /// Its name.
    pub name: &'static str,
    /// What it asked of DynamoDB.
    pub usage: Usage,
    /// Times of the operation, in microseconds.
    pub ours: Quartiles,
    /// Times of the same requests by the bare SDK, in microseconds.
    pub floor: Quartiles,
    /// The ratio of each pair of times.
    pub ratio: Quartiles,
    /// How many pairs.
    pub samples: usize,
}

/// Measures every operation whose name contains a text; each row is handed over as soon as it is there.
///
/// # Errors
/// Where an operation fails, or its floor does not cost what it costs.
pub async fn run(samples: usize, wanted: &str, mut row: impl FnMut(&Row)) -> Result<(), Failure> {
    for operation in OPERATIONS.iter().filter(|operation| operation.name().contains(wanted)) {
        row(&measure(*operation, samples).await.map_err(|error| format!("{}: {error}", operation.name()))?);
    }
    Ok(())
}

/// The table's head.
pub const HEAD: &str = "\
| operation | requests | items | read units | write units | ours, µs | floor, µs | ratio: median (quartiles) |
|---|---|---|---|---|---|---|---|";

impl fmt::Display for Row {
    /// A row of the Markdown table below [`HEAD`].
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        let Usage { requests, transaction_items, read_units, write_units } = &self.usage;
        let requests: Vec<String> = requests.iter().map(|(operation, count)| format!("{count} {operation}")).collect();
        let (ours, floor, ratio) = (self.ours.median, self.floor.median, self.ratio);
        write!(
            formatter,
            "| {} | {} | {transaction_items} | {read_units} | {write_units} | {ours:.0} | {floor:.0} | **{:.2}** ({:.2} to {:.2}) |",
            self.name,
            requests.join(", "),
            ratio.median,
            ratio.lower,
            ratio.upper,
        )
    }
}
