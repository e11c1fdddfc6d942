//! Prints what a month on AWS costs at some volumes of petitions.

use std::path::PathBuf;
use std::process::ExitCode;

use clap::Parser;
use donthu_bench::Failure;
use donthu_bench::cost::{Deployed, Prices, SHIPPED, bill, measure, report};
use donthu_local::template::TEMPLATE;

// The allocator of the local machine's own program.
#[global_allocator]
static ALLOCATOR: mimalloc::MiMalloc = mimalloc::MiMalloc;

/// Plays typical petitions on the embedded engine, counts what they ask of AWS and multiplies it by a price list
#[derive(Debug, Parser)]
struct CommandLine {
    /// Another price list than the one that ships (infra/prices/ap-southeast-1.toml)
    #[arg(long, value_name = "FILE")]
    prices: Option<PathBuf>,

    /// Petitions a month, instead of the list's volumes; may be given again
    #[arg(long, value_name = "NUMBER")]
    petitions: Vec<u64>,
}

#[expect(clippy::print_stdout, reason = "the bill is what this program is for")]
fn main() -> ExitCode {
    match run(CommandLine::parse()) {
        Ok(text) => {
            print!("{text}");
            ExitCode::SUCCESS
        }
        Err(error) => {
            eprintln!("{error}");
            ExitCode::from(2)
        }
    }
}

fn run(asked: CommandLine) -> Result<String, Failure> {
    let text = match &asked.prices {
        Some(file) => std::fs::read_to_string(file).map_err(|error| format!("{}: {error}", file.display()))?,
        None => SHIPPED.to_owned(),
    };
    let prices = Prices::parse(&text)?;
    let deployed = Deployed::parse(TEMPLATE)?;
    let uncovered = prices.uncovered(deployed.resources.keys().map(String::as_str));
    if !uncovered.is_empty() {
        return Err(format!("the list says nothing of what {uncovered:?} cost").into());
    }
    let runtime = tokio::runtime::Builder::new_multi_thread().worker_threads(2).enable_all().build()?;
    let measured = runtime.block_on(measure(&prices, PETITIONS_OF_A_KIND))?;
    let volumes = if asked.petitions.is_empty() { &prices.volumes } else { &asked.petitions };
    let bills: Vec<_> = volumes.iter().map(|petitions| bill(&prices, &deployed, &measured, *petitions)).collect();
    Ok(report(&prices, &measured, &bills))
}

/// So many of each kind at a time, so that what they share is shared as in a province, and what each asks for shows.
const PETITIONS_OF_A_KIND: u32 = 8;
