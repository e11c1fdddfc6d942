//! Prints what each operation takes beside the bare SDK, as a Markdown table.

use std::process::ExitCode;

use clap::Parser;
use donthu_bench::ratio::{HEAD, run};

// The allocator of the local machine's own program.
#[global_allocator]
static ALLOCATOR: mimalloc::MiMalloc = mimalloc::MiMalloc;

/// Measures each operation beside its floor: the bare SDK asking the same engine the same things
#[derive(Debug, Parser)]
struct CommandLine {
    /// Pairs of measurements for each operation
    #[arg(long, default_value_t = 200)]
    samples: usize,

    /// Only operations whose name contains this
    #[arg(default_value = "")]
    wanted: String,

    /// Given by `cargo bench`; changes nothing
    #[arg(long, hide = true)]
    bench: bool,
}

#[expect(clippy::print_stdout, reason = "the table is what this program is for")]
fn main() -> ExitCode {
    let asked = CommandLine::parse();
    let runtime = tokio::runtime::Builder::new_current_thread().enable_all().build();
    let measured = runtime.map_err(Into::into).and_then(|runtime| {
        println!("{HEAD}");
        runtime.block_on(run(asked.samples, &asked.wanted, |row| println!("{row}")))
    });
    match measured {
        Ok(()) => ExitCode::SUCCESS,
        Err(error) => {
            eprintln!("{error}");
            ExitCode::from(2)
        }
    }
}
