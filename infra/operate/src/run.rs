//! The program around the commands.

use std::io::Write;
use std::process::ExitCode;

use tracing_subscriber::EnvFilter;

use crate::exit::{exit, tell};
use crate::options::{self, Asked, Command};
use crate::{export, journal, recount, redrive, reference, rewrap};

/// What the functions log of single cases that fail: by id and cause. The audit's differences are printed by themselves. Nobody
/// can ask for more: at finer levels AWS's clients log headers.
const HEARD: &str = "off,donthu_deadlines=warn,donthu_service=warn,donthu_store=warn";

/// Runs a command line; the first argument is the program's name.
pub async fn run<I, T>(arguments: I) -> ExitCode
where
    I: IntoIterator<Item = T>,
    T: Into<std::ffi::OsString> + Clone,
{
    let command = match options::read(arguments) {
        Asked::Do(command) => command,
        Asked::Print(text) => return exit(write!(std::io::stdout(), "{text}").map_err(Into::into)),
        Asked::Refuse(line) => return exit(Err(line.into())),
    };
    tracing_subscriber::fmt().with_env_filter(EnvFilter::new(HEARD)).with_writer(std::io::stderr).init();
    match command {
        Command::Reference(asked) => tell(reference::answer(&asked).await),
        Command::Recount(asked) => tell(recount::answer(&asked).await),
        Command::VerifyJournal(asked) => tell(journal::answer(&asked).await),
        Command::Keys(asked) => tell(rewrap::answer(&asked).await),
        Command::Export(asked) => tell(export::answer(&asked).await),
        Command::Redrive(asked) => tell(redrive::answer(&asked).await),
    }
}
