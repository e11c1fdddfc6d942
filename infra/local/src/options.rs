//! The command line.

use std::path::PathBuf;

use clap::error::ErrorKind;
use clap::{Args, Parser, Subcommand};
use donthu_operate::command_line::one_line;
use jiff::Timestamp;
use jiff::civil::Date;

use crate::{calculator, keys, openapi, receipt_verifier, verifier};

/// Runs the whole of Đơn Thư on this machine: tables, notices, functions, schedules and the HTTP API, in one process.
/// For development and demonstration only: it listens on 127.0.0.1 and hands out sign-in tokens to anyone who asks.
#[derive(Debug, Clone, Parser)]
#[command(name = "donthu", version, args_conflicts_with_subcommands = true)]
struct CommandLine {
    #[command(flatten)]
    options: Options,

    #[command(subcommand)]
    instead: Option<Instead>,
}

/// What the program does instead of running the machine.
#[derive(Debug, Clone, Subcommand)]
enum Instead {
    /// Count a limit and show how it came about, from the same rules and calendar
    Deadline(calculator::Asked),
    /// Check every entry, chain and root of the journal in a data folder; exit code 1 where something differs
    VerifyJournal(verifier::JournalAsked),
    /// Check a citizen's proof against published roots, without any data; exit code 1 where something differs
    VerifyProof(verifier::ProofAsked),
    /// Check a signed receipt without any data: exit code 0 genuine, 1 not genuine, 2 cannot be told
    VerifyReceipt(receipt_verifier::Asked),
    /// Describe the HTTP API in OpenAPI 3.1
    Openapi(openapi::Asked),
    /// Rotate, renew and destroy keys
    // What is missing is told in one line, as everywhere, and not by the whole help.
    #[command(subcommand, arg_required_else_help = false)]
    Keys(keys::Asked),
}

/// How to run the machine.
#[derive(Debug, Clone, Args)]
pub struct Options {
    /// Folder that keeps everything between runs; it is created where it is missing
    #[arg(long, value_name = "DIR", default_value = "data")]
    pub data: PathBuf,

    /// Port of the HTTP API on 127.0.0.1; 0 lets the system choose one
    #[arg(long, value_name = "PORT", default_value_t = 8080)]
    pub port: u16,

    /// Where the clock of a new data folder starts: a date (2026-11-24, midnight at UTC+7) or an RFC 3339 time; without
    /// it, the real time. The sample year needs 2026-08-01 or later. A folder that already has a clock keeps it
    #[arg(long, value_name = "TIME", value_parser = instant)]
    pub at: Option<Timestamp>,

    /// Start a new data folder with the reference data alone, without the synthetic sample year
    #[arg(long)]
    pub no_sample: bool,
}

/// What the command line asks for.
#[derive(Debug)]
pub enum Asked {
    /// Run with these options.
    Run(Options),
    /// Count a limit, print it and stop.
    Deadline(calculator::Asked),
    /// Check a data folder's journal, print what differs and stop, with exit code 1 where anything does.
    VerifyJournal(verifier::JournalAsked),
    /// Check a proof, likewise.
    VerifyProof(verifier::ProofAsked),
    /// Check a receipt, likewise; exit code 2 where nobody can tell.
    VerifyReceipt(receipt_verifier::Asked),
    /// Describe the HTTP API and stop.
    Openapi(openapi::Asked),
    /// Do this with keys and stop.
    Keys(keys::Asked),
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
        Ok(CommandLine { options, instead }) => match instead {
            None => Asked::Run(options),
            Some(Instead::Deadline(asked)) => Asked::Deadline(asked),
            Some(Instead::VerifyJournal(asked)) => Asked::VerifyJournal(asked),
            Some(Instead::VerifyProof(asked)) => Asked::VerifyProof(asked),
            Some(Instead::VerifyReceipt(asked)) => Asked::VerifyReceipt(asked),
            Some(Instead::Openapi(asked)) => Asked::Openapi(asked),
            Some(Instead::Keys(asked)) => Asked::Keys(asked),
        },
        Err(error) => match error.kind() {
            ErrorKind::DisplayHelp | ErrorKind::DisplayVersion => Asked::Print(error.to_string()),
            _ => Asked::Refuse(one_line(&error)),
        },
    }
}

fn instant(text: &str) -> Result<Timestamp, String> {
    if let Ok(instant) = text.parse::<Timestamp>() {
        return Ok(instant);
    }
    let date: Date = text.parse().map_err(|_| "neither a date such as 2026-11-24 nor an RFC 3339 time".to_owned())?;
    Ok(donthu_domain::time::start_of(date))
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
    fn without_options_the_documented_defaults_hold() {
        let Asked::Run(options) = read(["donthu"]) else { panic!("no options are needed") };
        assert_eq!((options.data, options.port, options.at), (PathBuf::from("data"), 8080, None));
        assert!(!options.no_sample);
    }

    #[test]
    fn the_clock_starts_at_a_date_of_utc_plus_7_or_at_an_exact_time() {
        for (text, expected) in
            [("2026-11-24", "2026-11-23T17:00:00Z"), ("2026-11-24T08:00:00+07:00", "2026-11-24T01:00:00Z")]
        {
            let Asked::Run(options) = read(["donthu", "--at", text]) else { panic!("{text}") };
            assert_eq!(options.at, Some(expected.parse().unwrap()));
        }
    }

    #[test]
    fn every_bad_command_line_is_refused_in_one_line_that_names_the_trouble() {
        for (arguments, part) in [
            (&["--prot", "1"][..], "--prot"),
            (&["--port", "99999"], "99999"),
            (&["--port"], "--port"),
            (&["--at", "yesterday"], "RFC 3339"),
            (&["serve"], "serve"),
            (&["--no-sample=1"], "--no-sample"),
            (&["deadline"], "--from <DATE> <RULE>"),
            (&["deadline", "C-R1"], "--from <DATE>"),
            (&["deadline", "C-R1", "--from", "2026-02-30"], "2026-02-30"),
            (&["deadline", "C-R1", "--from", "soon"], "RFC 3339"),
            (&["deadline", "C-R1", "--from", "2026-11-23", "--suspended", "2026-12-01"], "2026-12-01..2026-12-20"),
            (
                &["deadline", "C-R1", "--from", "2026-11-23", "--suspended", "2026-12-02..2026-12-01"],
                "ends before it begins",
            ),
            (&["deadline", "C-R1", "--from", "2026-11-23", "--lang", "fr"], "neither vi nor en"),
            (&["verify-journal", "--rots", "x"], "--rots"),
            (&["verify-proof"], "<PROOF>"),
            (&["verify-proof", "proof.json"], "--roots <FILE>"),
            (&["verify-receipt", "receipt.jws"], "--keys <FILE>"),
            (&["verify-receipt", "--keys", "keys.json"], "<RECEIPT>"),
            (&["verify-receipt", "receipt.jws", "--key", "AAAA"], "not an Ed25519 public key"),
            (&["verify-receipt", "receipt.jws", "--keys", "k", "--salt", "xyz", "--content", "c"], "64 lower-case"),
            (&["verify-receipt", "receipt.jws", "--keys", "k", "--salt", "xyz"], "--salt"),
            (&["keys"], "rotate"),
            (&["keys", "turn"], "turn"),
            (&["keys", "rotate", "--date", "x"], "--date"),
            (&["keys", "rewrap", "x"], "'x'"),
            (&["keys", "shred"], "<CASE> <CLASS>"),
            (&["keys", "shred", "0123456789abcdef0123456789abcdef"], "<CLASS>"),
            (&["keys", "shred", "QN-0123", "text"], "32 hexadecimal digits"),
            (&["keys", "shred", "0123456789abcdef0123456789abcdef", "name"], "neither identity"),
            (&["keys", "seal"], "--kms-key <KEY>"),
            (&["keys", "seal", "--kms-key", "alias/vault"], "an alias will not do"),
            (&["--data", "x", "keys", "rotate"], "keys"),
            (&["--no-sample", "deadline", "C-R1", "--from", "2026-11-23"], "deadline"),
        ] {
            let line = refused(arguments);
            assert!(line.contains(part) && !line.contains('\n'), "{line}");
        }
    }

    #[test]
    fn help_explains_every_option() {
        let Asked::Print(help) = read(["donthu", "--help"]) else { panic!("help is printed") };
        for option in ["--data", "--port", "--at", "--no-sample", "127.0.0.1"] {
            assert!(help.contains(option), "{help}");
        }
    }
}
