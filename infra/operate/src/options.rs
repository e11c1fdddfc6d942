//! The command line.

use clap::error::ErrorKind;
use clap::{Parser, Subcommand};

use crate::command_line::one_line;
use crate::{export, journal, recount, redrive, reference, rewrap};

/// What an operator does with the tables of a province: on AWS, on DynamoDB Local, or on the machine that `cargo run` starts.
///
/// Every command may be given again; what is done stays done. Exit codes: 0 done, nothing amiss; 1 something was found, refused
/// or left, and is told; 2 it could not run, or broke off.
#[derive(Debug, Clone, Parser)]
#[command(name = "donthu", version)]
pub struct CommandLine {
    /// What to do.
    #[command(subcommand)]
    pub command: Command,
}

/// What to do.
#[derive(Debug, Clone, Subcommand)]
pub enum Command {
    /// Check and load reference data: agencies, areas, fields, competence, policies
    #[command(subcommand, arg_required_else_help = false)]
    Reference(reference::Asked),
    /// Compare counters and sealed months with the journal; exit code 1 where something differs
    Recount(recount::Asked),
    /// Check every entry, chain, head and root of the journal: exit code 0 sound, 1 something differs, 2 it could not be checked
    VerifyJournal(journal::Asked),
    /// Wrap the vault's data keys anew after a rotation
    #[command(subcommand, arg_required_else_help = false)]
    Keys(rewrap::Asked),
    /// Write all cases and their journal as lines of JSON, with nothing of the vault
    Export(export::Asked),
    /// Do what a failure left undone, found by the state of the tables and not by the messages of a failure queue
    Redrive(redrive::Asked),
}

/// What the command line asks for.
#[derive(Debug)]
pub enum Asked {
    /// Do this.
    Do(Command),
    /// Print this text (help or version) and stop, with exit code 0.
    Print(String),
    /// Say this one line on standard error and stop, with exit code 2.
    Refuse(String),
}

/// Reads a command line; the first argument is the program's name.
pub fn read<I, T>(arguments: I) -> Asked
where
    I: IntoIterator<Item = T>,
    T: Into<std::ffi::OsString> + Clone,
{
    match CommandLine::try_parse_from(arguments) {
        Ok(CommandLine { command }) => Asked::Do(command),
        Err(error) => match error.kind() {
            ErrorKind::DisplayHelp | ErrorKind::DisplayVersion => Asked::Print(error.to_string()),
            // Given alone the program says what it can do, but it has done nothing.
            ErrorKind::DisplayHelpOnMissingArgumentOrSubcommand => {
                Asked::Refuse("no command was given (--help lists them)".to_owned())
            }
            _ => Asked::Refuse(one_line(&error)),
        },
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn refused(arguments: &[&str]) -> String {
        match read(["donthu"].iter().chain(arguments)) {
            Asked::Refuse(line) => line,
            other => panic!("{arguments:?} gave {other:?}"),
        }
    }

    #[test]
    fn every_bad_command_line_is_refused_in_one_line_that_names_the_trouble() {
        for (arguments, part) in [
            (&[][..], "--help"),
            (&["reload"], "reload"),
            (&["reference"], "check"),
            (&["reference", "load"], "<FOLDER>"),
            (&["reference", "check", "a", "--dry-run"], "--dry-run"),
            (&["recount", "--dry-rum"], "--dry-rum"),
            (&["recount", "--endpoint-url", "127.0.0.1:8000"], "http://"),
            (&["recount", "--endpoint-url", "http://me:word@127.0.0.1:8000"], "http://"),
            (&["verify-journal", "--from", "soon"], "soon"),
            (&["verify-journal", "--from", "2026-02-30"], "2026-02-30"),
            (&["keys"], "rewrap"),
            (&["keys", "rotate"], "rotate"),
            (&["export", "a"], "'a'"),
            (&["redrive"], "<WORK>"),
            (&["redrive", "stream"], "stream"),
        ] {
            let line = refused(arguments);
            assert!(line.contains(part) && !line.contains('\n'), "{arguments:?}: {line}");
        }
    }

    #[test]
    fn help_tells_the_exit_codes() {
        let Asked::Print(help) = read(["donthu", "--help"]) else { panic!("help is printed") };
        for part in ["Exit codes: 0", "reference", "recount", "verify-journal", "keys", "export", "redrive"] {
            assert!(help.contains(part), "{part}: {help}");
        }
    }
}
