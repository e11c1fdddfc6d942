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

use std::fmt::Write as _;

use donthu_store::Usage;

use crate::Failure;
use pairs::Quartiles;

pub use operations::{OPERATIONS, measure};

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

/// Measures every operation whose name contains a text.
///
/// # Errors
/// Where an operation fails, or its floor does not cost what it costs.
pub async fn run(samples: usize, wanted: &str) -> Result<Vec<Row>, Failure> {
    let mut rows = Vec::new();
    for operation in OPERATIONS.iter().filter(|operation| operation.name().contains(wanted)) {
        rows.push(measure(*operation, samples).await.map_err(|error| format!("{}: {error}", operation.name()))?);
    }
    Ok(rows)
}

/// The rows as a Markdown table.
#[must_use]
pub fn table(rows: &[Row]) -> String {
    let mut table = String::from(
        "| operation | requests | items | read units | write units | ours, µs | floor, µs | ratio: median (quartiles) |\n\
         |---|---|---|---|---|---|---|---|\n",
    );
    for row in rows {
        let requests: Vec<String> =
            row.usage.requests.iter().map(|(operation, count)| format!("{count} {operation}")).collect();
        // Writing into a text does not fail.
        let _ = writeln!(
            table,
            "| {} | {} | {} | {} | {} | {:.0} | {:.0} | **{:.2}** ({:.2} to {:.2}) |",
            row.name,
            requests.join(", "),
            row.usage.transaction_items,
            row.usage.read_units,
            row.usage.write_units,
            row.ours.median,
            row.floor.median,
            row.ratio.median,
            row.ratio.lower,
            row.ratio.upper,
        );
    }
    table
}
