//! Exit codes: 0 done, 1 something was found or left, 2 it could not run.

use std::error::Error;
use std::io::Write;
use std::process::ExitCode;

/// Exit code where something was found amiss, or left undone.
const LEFT: u8 = 1;

/// Exit code where the program cannot do what it was asked to.
const REFUSED: u8 = 2;

/// What a command found or did, to be printed.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Verdict {
    /// One finding a line, then the sum of it.
    pub text: String,
    /// Whether nothing was found amiss and nothing is left to do.
    pub is_sound: bool,
}

/// Prints a verdict; its exit code.
pub fn tell<E: Into<Box<dyn Error + Send + Sync>>>(verdict: Result<Verdict, E>) -> ExitCode {
    let told = verdict.map_err(Into::into).and_then(|verdict| {
        write!(std::io::stdout(), "{}", verdict.text)?;
        Ok(verdict.is_sound)
    });
    match told {
        Ok(false) => ExitCode::from(LEFT),
        told => exit(told.map(drop)),
    }
}

/// Says on standard error, in one line, why something could not run; the exit code.
pub fn exit(result: Result<(), Box<dyn Error + Send + Sync>>) -> ExitCode {
    match result {
        Ok(()) => ExitCode::SUCCESS,
        Err(error) => {
            let line = error.to_string().split_whitespace().collect::<Vec<_>>().join(" ");
            // Where standard error is closed there is nobody left to tell.
            let _ = writeln!(std::io::stderr(), "donthu: {line}");
            ExitCode::from(REFUSED)
        }
    }
}
