//! Measures what a function's start and a warm request cost, as Lambda runs it, beside two programs that do nothing: sizes, time from
//! the start of the process to its first answer, warm answers, peak memory. Prints a table in Markdown.
//!
//! `cargo run -p donthu-tests --bin measure-starts` builds the programs in the release profile first.

#![expect(
    clippy::unwrap_used,
    clippy::print_stdout,
    clippy::indexing_slicing,
    reason = "a measurement that fails says where"
)]

use std::collections::BTreeMap;
use std::path::{Path, PathBuf};
use std::process::Command;
use std::time::{Duration, Instant};

use donthu_tests::Province;
use donthu_tests::runtime::{Function, Outcome, environment};

/// Cold starts of each program.
const STARTS: usize = 15;
/// Warm requests of each.
const REQUESTS: usize = 300;

/// A function, and a request that it answers without a person in it.
const FUNCTIONS: [(&str, &str); 9] = [
    ("Intake", "http-read-challenge"),
    ("Follow", "http-read-petition"),
    ("Assignment", "empty-batch"),
    ("Casework", "http-list-cases"),
    ("Custody", "http-disclose-identity"),
    ("Deadlines", "schedule-deadlines"),
    ("Notifications", "empty-batch"),
    ("Statistics", "http-list-fields"),
    ("Audit", "schedule-audit-seal"),
];

#[tokio::main]
async fn main() {
    let project = Path::new(env!("CARGO_MANIFEST_DIR")).parent().unwrap();
    let release = build(project);
    let province = Province::open().await;
    let bare: BTreeMap<String, String> = environment(&province, "IntakeFunction");
    let hello = event(project, "http-list-fields");
    let mut rows = Vec::new();
    for floor in ["floor-hello", "floor-clients"] {
        rows.push(measure(floor, &release.join(floor), &bare, &hello).await);
    }
    let floor = rows[1].clone();
    for (function, sample) in FUNCTIONS {
        let variables = environment(&province, &format!("{function}Function"));
        let program = release.join(format!("donthu-{}", function.to_lowercase()));
        rows.push(measure(&function.to_lowercase(), &program, &variables, &event(project, sample)).await);
    }
    println!("| program | size MB | ÷ clients | cold median ms | ÷ clients | warm p50 ms | warm p99 ms | peak MB |");
    println!("|---|---|---|---|---|---|---|---|");
    for row in &rows {
        println!(
            "| {} | {:.1} | {:.2} | {:.1} | {:.2} | {:.2} | {:.2} | {:.1} |",
            row.name,
            row.size / 1e6,
            row.size / floor.size,
            row.cold,
            row.cold / floor.cold,
            row.warm[0],
            row.warm[1],
            row.peak
        );
    }
}

/// Builds the programs as they are deployed, and says where they are.
fn build(project: &Path) -> PathBuf {
    let mut cargo = Command::new(std::env::var_os("CARGO").unwrap_or_else(|| "cargo".into()));
    cargo.args(["build", "--release", "-p", "donthu-floor"]).current_dir(project);
    for (function, _) in FUNCTIONS {
        cargo.args(["-p", &format!("donthu-{}", function.to_lowercase())]);
    }
    assert!(cargo.status().unwrap().success(), "the programs could not be built");
    let this = std::env::current_exe().unwrap();
    this.parent().and_then(Path::parent).unwrap().join("release")
}

fn event(project: &Path, sample: &str) -> String {
    if sample == "empty-batch" {
        return r#"{"Records":[]}"#.to_owned();
    }
    let text = std::fs::read_to_string(project.join(format!("events/{sample}.json"))).unwrap();
    let fill = [("{{receipt}}", "0000"), ("{{case_id}}", &"0".repeat(32)), ("{{step}}", "1")];
    fill.iter().fold(text, |text, (name, value)| text.replace(name, value))
}

#[derive(Clone)]
struct Row {
    name: String,
    size: f64,
    cold: f64,
    warm: [f64; 2],
    peak: f64,
}

async fn measure(name: &str, program: &Path, variables: &BTreeMap<String, String>, event: &str) -> Row {
    eprintln!("measuring {name} …");
    let patience = Duration::from_secs(900);
    let mut cold = Vec::new();
    let (mut warm, mut peak) = (Vec::new(), 0.0f64);
    for start in 0..STARTS {
        let mut function = Function::start(program, variables).await;
        answered(name, function.invoke(event.to_owned(), patience).await, &function);
        cold.push(function.launched().elapsed());
        if start == 0 {
            for _ in 0..REQUESTS {
                let asked = Instant::now();
                answered(name, function.invoke(event.to_owned(), patience).await, &function);
                warm.push(asked.elapsed());
            }
            peak = peak_megabytes(&function);
        }
        function.kill().await;
    }
    Row {
        name: name.to_owned(),
        size: f64::from(u32::try_from(std::fs::metadata(program).unwrap().len()).unwrap()),
        cold: percentile(&mut cold, 50),
        warm: [percentile(&mut warm, 50), percentile(&mut warm, 99)],
        peak,
    }
}

fn answered(name: &str, outcome: Outcome, function: &Function) {
    assert!(matches!(outcome, Outcome::Answer(_)), "{name}: {outcome:?} {}", function.said());
}

/// Milliseconds below which so many of a hundred lie.
fn percentile(times: &mut [Duration], of_hundred: usize) -> f64 {
    times.sort_unstable();
    times[(times.len() * of_hundred / 100).min(times.len() - 1)].as_secs_f64() * 1e3
}

/// The most memory that the process ever had (`VmHWM`).
fn peak_megabytes(function: &Function) -> f64 {
    let status = std::fs::read_to_string(format!("/proc/{}/status", function.id().unwrap())).unwrap();
    let line = status.lines().find(|line| line.starts_with("VmHWM:")).unwrap();
    line.split_whitespace().nth(1).unwrap().parse::<f64>().unwrap() / 1024.0
}
