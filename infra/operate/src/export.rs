//! All cases and their journal as lines of JSON, without the vault.
//!
//! Heads are read before the journal, so that no head has a version whose entry is missing. What a line holds stands in the
//! README. Neither HMACs nor salts are among it: they open commitments.

use std::fs::{self, File, OpenOptions};
use std::io::{self, BufWriter, Write};
use std::path::{Path, PathBuf};

use clap::Args;
use donthu_domain::time;
use donthu_service::App;
use donthu_store::{JournalEntry, Loaded, StoreError};
use serde_json::json;

use crate::connection::{Connection, ConnectionError, Needs};
use crate::exit::Verdict;
use crate::progress;

/// The shape of the lines; it rises when a reader of the one before would misread them.
const SHAPE: u32 = 1;

/// Items read at a time.
const PAGE: u16 = 500;

/// Exports cases and journal.
#[derive(Debug, Clone, Args)]
pub struct Asked {
    /// File to write, readable by its owner alone; one that is there is replaced when all is written. Without it, standard output
    #[arg(long, value_name = "FILE")]
    output: Option<PathBuf>,

    /// Read and count, but write no line
    #[arg(long)]
    dry_run: bool,

    #[command(flatten)]
    connection: Connection,
}

/// Why the export broke off. A file that was to be written is as it was before.
#[derive(Debug, thiserror::Error)]
pub enum ExportError {
    /// The tables can't be used.
    #[error(transparent)]
    Connection(#[from] ConnectionError),
    /// A read failed.
    #[error(transparent)]
    Store(#[from] StoreError),
    /// The lines can't be written.
    #[error("cannot write {to}: {source}")]
    Write {
        /// Where to.
        to: String,
        /// Why.
        #[source]
        source: io::Error,
    },
}

/// What was exported.
#[derive(Debug, Default)]
struct Counts {
    cases: u64,
    entries: u64,
    unreadable: Vec<String>,
}

/// Exports what is asked.
///
/// # Errors
/// [`ExportError`].
pub async fn answer(asked: &Asked) -> Result<Verdict, ExportError> {
    let app = asked.connection.open(Needs::Journal).await?;
    let counts = match (&asked.output, asked.dry_run) {
        (_, true) => progress::show(&app.store, "Reading", export(&app, io::sink(), "nowhere")).await?,
        (Some(file), false) => progress::show(&app.store, "Exporting", to_file(&app, file)).await?,
        (None, false) => {
            // The sum of it would stand among the lines.
            let out = BufWriter::new(io::stdout());
            let counts = progress::show(&app.store, "Exporting", export(&app, out, "standard output")).await?;
            counts.unreadable.iter().for_each(|what| say(what));
            return Ok(Verdict { text: String::new(), is_sound: counts.unreadable.is_empty() });
        }
    };
    let mut text: String = counts.unreadable.iter().map(|what| format!("{what}\n")).collect();
    let exported = if asked.dry_run { "to export" } else { "exported" };
    text.push_str(&format!("{} cases and {} entries {exported}.\n", counts.cases, counts.entries));
    Ok(Verdict { text, is_sound: counts.unreadable.is_empty() })
}

fn say(line: &str) {
    // Where standard error is closed there is nobody left to tell.
    let _ = writeln!(io::stderr(), "donthu: {line}");
}

async fn to_file(app: &App, file: &Path) -> Result<Counts, ExportError> {
    let to = file.display().to_string();
    let failed = |source| ExportError::Write { to: to.clone(), source };
    let mut name = file.as_os_str().to_os_string();
    name.push(".new");
    let beside = PathBuf::from(name);
    let written = match private(&beside) {
        Ok(out) => export(app, BufWriter::new(out), &to).await,
        Err(source) => return Err(ExportError::Write { to: beside.display().to_string(), source }),
    };
    match written {
        Ok(counts) => fs::rename(&beside, file).map(|()| counts).map_err(failed),
        Err(error) => {
            // It broke off: half of it is no export. Where it can't be removed, its last line is missing all the same.
            let _ = fs::remove_file(&beside);
            Err(error)
        }
    }
}

fn private(path: &Path) -> io::Result<File> {
    let mut options = OpenOptions::new();
    // Not one that is there already: it could be readable by others, or lead elsewhere.
    options.write(true).create_new(true);
    #[cfg(unix)]
    std::os::unix::fs::OpenOptionsExt::mode(&mut options, 0o600);
    options.open(path)
}

async fn export(app: &App, mut out: impl Write, to: &str) -> Result<Counts, ExportError> {
    let failed = |source| ExportError::Write { to: to.to_owned(), source };
    let mut counts = Counts::default();
    let at = time::rfc3339(app.clock.now());
    let begin = json!({ "record": "export", "shape": SHAPE, "province": app.province, "exported_at": at });
    writeln!(out, "{begin}").map_err(failed)?;
    let mut cursor = None;
    loop {
        let page = app.store.scan_heads(cursor.as_ref(), PAGE).await?;
        for head in page.items {
            match head {
                Ok(head) => {
                    writeln!(out, "{}", case(&head)).map_err(failed)?;
                    counts.cases += 1;
                }
                Err(error) => counts.unreadable.push(error.to_string()),
            }
        }
        cursor = page.next;
        if cursor.is_none() {
            break;
        }
    }
    loop {
        let page = app.store.scan_journal(cursor.as_ref(), PAGE).await?;
        for read in page.items {
            match read.and_then(|read| entry(&read)) {
                Ok(line) => {
                    writeln!(out, "{line}").map_err(failed)?;
                    counts.entries += 1;
                }
                Err(error) => counts.unreadable.push(error.to_string()),
            }
        }
        cursor = page.next;
        if cursor.is_none() {
            break;
        }
    }
    let unreadable = counts.unreadable.len();
    let end = json!({ "record": "end", "cases": counts.cases, "entries": counts.entries, "unreadable": unreadable });
    writeln!(out, "{end}").and_then(|()| out.flush()).map_err(failed)?;
    Ok(counts)
}

fn case(head: &Loaded) -> serde_json::Value {
    json!({ "record": "case", "case": head.case, "last_hash": head.last_hash })
}

/// The entry's text stands in the line as it is stored, byte for byte, since its hash is over it.
fn entry(entry: &JournalEntry) -> Result<String, StoreError> {
    // Only what is an entry: another text could break out of its line.
    entry.body()?;
    let head = json!({
        "record": "entry", "case_id": entry.case, "version": entry.version,
        "previous": entry.previous, "hash": entry.hash,
    });
    let head = head.to_string();
    Ok(format!("{},\"entry\":{}}}", head.trim_end_matches('}'), entry.text().replace(['\n', '\r'], " ")))
}
