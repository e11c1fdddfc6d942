//! Measures what a function's start and a warm request cost as Lambda runs it, beside two programs that do nothing of ours, in one
//! run: size, time from the start of the process until it asks for work and until its first answer, warm answers, peak memory. Prints a table in Markdown.
//!
//! Builds the programs as they are deployed (`infra/build-functions`) first. Tables are on the embedded engine, in this process.

#![expect(
    clippy::unwrap_used,
    clippy::print_stdout,
    clippy::indexing_slicing,
    clippy::panic,
    reason = "a measurement that fails says where"
)]

use std::collections::BTreeMap;
use std::path::{Path, PathBuf};
use std::process::{Command, ExitCode};
use std::time::{Duration, Instant};

use clap::Parser;
use donthu_service::clock::{Clock, IdSource, RandomIds, SystemClock};
use donthu_tests::Province;
use donthu_tests::runtime::{Function, Outcome, environment};
use indicatif::{ProgressBar, ProgressStyle};
use serde_json::{Value, json};

/// Measures starts and warm requests of the functions as they are deployed.
#[derive(Parser)]
struct Options {
    /// Cold starts of each program.
    #[arg(long, default_value_t = 21, value_parser = clap::value_parser!(u32).range(1..))]
    starts: u32,
    /// Warm requests of each program. The province takes some two hundred petitions an hour without a proof of work.
    #[arg(long, default_value_t = 100, value_parser = clap::value_parser!(u32).range(1..=100))]
    requests: u32,
    /// Folder of programs that are built already; otherwise they are built as they are deployed.
    #[arg(long, value_name = "FOLDER")]
    built: Option<PathBuf>,
    /// Fails where a program is more than so many times as large as `floor-clients`.
    #[arg(long, value_name = "TIMES")]
    largest: Option<f64>,
}

/// The programs, the floors first, and what each is asked.
const PROGRAMS: [(&str, Asked); 12] = [
    ("floor-hello", Asked::Sample("http-list-fields")),
    (CLIENTS, Asked::Sample("http-list-fields")),
    ("donthu-intake", Asked::Submission),
    ("donthu-follow", Asked::Sample("http-read-petition")),
    ("donthu-assignment", Asked::Heads),
    ("donthu-casework", Asked::Sample("http-read-case")),
    ("donthu-custody", Asked::Sample("http-disclose-identity")),
    ("donthu-deadlines", Asked::Sample("schedule-deadlines")),
    ("donthu-notifications", Asked::Sample("stream-pending-notices")),
    ("donthu-statistics", Asked::Sample("http-journal-roots")),
    ("donthu-portal", Asked::Sample("http-read-home")),
    ("donthu-audit", Asked::Sample("schedule-audit-seal")),
];

/// What everything is compared with: the clients that a function needs, and one read of one item.
const CLIENTS: &str = "floor-clients";

/// What a program is asked, again and again.
enum Asked {
    /// A file of `events/`.
    Sample(&'static str),
    /// A petition, each time another one from elsewhere.
    Submission,
    /// To assign a case that is assigned already.
    Heads,
}

#[tokio::main]
async fn main() -> ExitCode {
    let options = Options::parse();
    let project = Path::new(env!("CARGO_MANIFEST_DIR")).parent().unwrap();
    let folder = options.built.clone().unwrap_or_else(|| build(project));
    let asker = Asker::open(project).await;
    let rounds = u64::try_from(PROGRAMS.len()).unwrap() * u64::from(options.starts);
    let style = ProgressStyle::with_template("{msg} {wide_bar} {pos}/{len}").unwrap();
    let progress = ProgressBar::new(rounds).with_style(style);
    let (mut ready, mut cold) = (vec![Vec::new(); PROGRAMS.len()], vec![Vec::new(); PROGRAMS.len()]);
    let mut rows = Vec::new();
    // Round by round, so that what else the machine does meets all programs alike.
    for _ in 0..options.starts {
        for (index, (name, asked)) in PROGRAMS.iter().enumerate() {
            progress.set_message(*name);
            let event = asker.event(asked);
            let started = Instant::now();
            let mut function = asker.start(&folder, name).await;
            function.ready().await;
            ready[index].push(started.elapsed());
            answered(name, &mut function, event).await;
            cold[index].push(started.elapsed());
            function.kill().await;
            progress.inc(1);
        }
    }
    for (index, (name, asked)) in PROGRAMS.iter().enumerate() {
        progress.set_message(*name);
        let mut function = asker.start(&folder, name).await;
        answered(name, &mut function, asker.event(asked)).await;
        let mut warm = Vec::new();
        for _ in 0..options.requests {
            let event = asker.event(asked);
            let sent = Instant::now();
            answered(name, &mut function, event).await;
            warm.push(sent.elapsed());
        }
        rows.push(Row {
            name,
            size: f64::from(u32::try_from(std::fs::metadata(program(&folder, name)).unwrap().len()).unwrap()) / 1e6,
            ready: percentile(&mut ready[index], 50),
            cold: percentile(&mut cold[index], 50),
            warm: [percentile(&mut warm, 50), percentile(&mut warm, 99)],
            peak: function.peak_megabytes(),
        });
        function.kill().await;
    }
    progress.finish_and_clear();
    let floor = rows.iter().find(|row| row.name == CLIENTS).unwrap();
    print(&rows, floor);
    let too_large: Vec<&str> = rows
        .iter()
        .filter(|row| options.largest.is_some_and(|times| row.size > times * floor.size))
        .map(|row| row.name)
        .collect();
    if too_large.is_empty() {
        return ExitCode::SUCCESS;
    }
    eprintln!("too large: {}", too_large.join(", "));
    ExitCode::FAILURE
}

/// Builds the programs as they are deployed, for this machine, and says where they are.
fn build(project: &Path) -> PathBuf {
    let machine = if cfg!(target_arch = "aarch64") { "--arm64" } else { "--x86-64" };
    let mut build = Command::new(project.join("infra/build-functions"));
    let status = build.args([machine, "-p", "donthu-floor"]).status().unwrap();
    assert!(status.success(), "the programs could not be built");
    project.join("target/lambda")
}

fn program(folder: &Path, name: &str) -> PathBuf {
    folder.join(name).join("bootstrap")
}

/// A province with a case in it, and what is asked about it.
struct Asker {
    province: Province,
    events: PathBuf,
    values: [(&'static str, String); 8],
}

impl Asker {
    async fn open(project: &Path) -> Self {
        let province = Province::open().await;
        // The programs go by the machine's clock.
        province.machine.world().clock().hold(SystemClock.now());
        let head = province.bearer("head", "c21040").await;
        let petition = json!({ "kind": "complaint", "text": "Synthetic.", "petitioner": { "name": "Synthetic" },
                               "against": { "agency": "c21040", "position": "agency" } });
        let paper = json!({ "petition": petition, "channel": "post" });
        let registered = province.send("POST", "/v1/cases", &[("authorization", &head)], Some(paper)).await;
        let feedback = json!({ "kind": "feedback", "area": "21040", "text": "Synthetic." });
        let submitted = province.send("POST", "/v1/petitions", &[], Some(feedback)).await;
        province.drain().await;
        let (case, receipt) = (registered.text("/case_id"), submitted.text("/receipt"));
        let values = [
            ("case_id", case.clone()),
            ("other_case_id", case),
            ("receipt", receipt),
            ("number", "QN-0000-0000-0000".to_owned()),
            ("hmac", "0".to_owned()),
            ("hash", "0".to_owned()),
            ("step", "1".to_owned()),
            ("text", "Synthetic.".to_owned()),
        ];
        Self { province, events: project.join("events"), values }
    }

    async fn start(&self, folder: &Path, name: &str) -> Function {
        let function = PROGRAMS.iter().find_map(|(program, _)| {
            let own = (*program == name).then(|| name.strip_prefix("donthu-")).flatten()?;
            Some(format!("{}{}Function", own[..1].to_uppercase(), &own[1..]))
        });
        let mut variables: BTreeMap<String, String> =
            environment(&self.province, function.as_deref().unwrap_or("IntakeFunction"));
        variables.insert("AWS_LAMBDA_LOG_FORMAT".to_owned(), "JSON".to_owned());
        Function::start(&program(folder, name), &variables).await
    }

    fn event(&self, asked: &Asked) -> String {
        match asked {
            Asked::Sample(file) => self.filled(file),
            Asked::Heads => self.filled("stream-received-cases"),
            Asked::Submission => {
                let mut event: Value = serde_json::from_str(&self.filled("http-submit-petition")).unwrap();
                event["headers"]["idempotency-key"] = json!(RandomIds.uuid().to_string());
                event["requestContext"]["http"]["sourceIp"] = json!(self.province.address().to_string());
                event.to_string()
            }
        }
    }

    fn filled(&self, file: &str) -> String {
        let text = std::fs::read_to_string(self.events.join(format!("{file}.json"))).unwrap();
        self.values.iter().fold(text, |text, (name, value)| text.replace(&format!("{{{{{name}}}}}"), value))
    }
}

async fn answered(name: &str, function: &mut Function, event: String) {
    // Time enough for a sweep or an audit to begin at all.
    match function.invoke(event, Duration::from_secs(900)).await {
        Outcome::Answer(answer) if answer["statusCode"].as_u64().unwrap_or(200) < 400 => {}
        other => panic!("{name}: {other:?}\n{}", function.said()),
    }
}

struct Row {
    name: &'static str,
    size: f64,
    ready: f64,
    cold: f64,
    warm: [f64; 2],
    peak: f64,
}

fn print(rows: &[Row], floor: &Row) {
    println!(
        "| program | size, MB | × floor | asks for work, ms | × floor | first answer, ms | × floor | warm p50, ms | warm p99, ms | peak \
         memory, MB |"
    );
    println!("|---|---|---|---|---|---|---|---|---|---|");
    for Row { name, size, ready, cold, warm: [p50, p99], peak } in rows {
        let (larger, later, slower) = (size / floor.size, ready / floor.ready, cold / floor.cold);
        println!(
            "| {name} | {size:.1} | {larger:.2} | {ready:.1} | {later:.2} | {cold:.1} | {slower:.2} | {p50:.2} | {p99:.2} | {peak:.1} |"
        );
    }
}

/// Milliseconds that so many of a hundred stay below.
fn percentile(times: &mut [Duration], of_hundred: usize) -> f64 {
    times.sort_unstable();
    times[(times.len() * of_hundred / 100).min(times.len() - 1)].as_secs_f64() * 1e3
}
