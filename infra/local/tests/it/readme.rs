//! The README's two promises: what the first command prints, and a tour that works as it is printed.

use std::process::{Command, Stdio};

use crate::running::{Running, program};
use regex_lite::Regex;

const README: &str = include_str!("../../../../README.md");

/// Between the outputs of two steps of the tour.
const BOUNDARY: &str = "-- next step --";

/// The fenced blocks of a language and those that follow each at once.
fn blocks() -> Vec<(String, String)> {
    let fence = Regex::new(r"(?ms)^```(\w+)\n(.*?)^```$").unwrap();
    fence.captures_iter(README).map(|found| (found[1].to_owned(), found[2].trim().to_owned())).collect()
}

/// The tour's steps: what is typed, and what is shown.
fn tour() -> Vec<(String, String)> {
    let blocks = blocks();
    let typed = |block: &(String, String)| block.0 == "sh" && block.1.contains("http://127.0.0.1:8080");
    blocks
        .windows(2)
        .filter(|pair| typed(&pair[0]))
        .map(|pair| {
            let shown = if pair[1].0 == "json" { pair[1].1.clone() } else { String::new() };
            (pair[0].1.clone(), shown)
        })
        .collect()
}

#[test]
fn the_calculator_prints_what_the_readme_shows() {
    let blocks = blocks();
    let typed = |block: &(String, String)| block.1.starts_with("cargo run -- deadline ");
    let shown: Vec<_> = blocks.windows(2).filter(|pair| typed(&pair[0])).collect();
    assert!(!shown.is_empty(), "the README shows the calculator");
    for pair in shown {
        let arguments = pair[0].1.strip_prefix("cargo run -- ").unwrap().split_whitespace();
        let output = program().args(arguments).output().unwrap();
        assert_eq!(String::from_utf8(output.stdout).unwrap().trim(), pair[1].1, "after: {}", pair[0].1);
    }
}

/// What differs from run to run: codes, ids, times and tokens.
fn masked(text: &str) -> String {
    let masks = [
        (r"[0-9A-Z]{6}-[0-9A-Z]{5}-[0-9A-Z]{5}-[0-9A-Z]{6}", "<receipt>"),
        (r"QN-[0-9A-Z]{4}-[0-9A-Z]{4}-[0-9A-Z]{4}", "<case number>"),
        (r"eyJ[0-9A-Za-z_-]+\.[0-9A-Za-z_-]+\.[0-9A-Za-z_-]+", "<signed receipt>"),
        (r"[0-9a-f]{8}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{12}", "<uuid>"),
        (r"Root=1-[0-9a-f]{8}-[0-9a-f]{24};Parent=[0-9a-f]{16};Sampled=[01]", "<trace>"),
        (r"[0-9a-f]{32}", "<case id>"),
        (r#""next":"[^"]+""#, "<cursor>"),
        (r"T\d\d:\d\d:\d\d\+07:00", "<time of day>"),
    ];
    masks.iter().fold(text.to_owned(), |text, (pattern, name)| {
        Regex::new(pattern).unwrap().replace_all(&text, *name).into_owned()
    })
}

#[test]
fn the_first_command_prints_the_rates_and_the_tour_prints_what_the_readme_shows() {
    let place = tempfile::tempdir().unwrap();
    let (running, table) = Running::start_with_sample(&place.path().join("data"), "2026-11-24T02:00:00Z");
    let shown = blocks().into_iter().find(|(_, text)| text.starts_with("Sample year")).unwrap().1;
    assert_eq!(table.trim(), shown.lines().filter(|line| !line.contains("is ready")).collect::<Vec<_>>().join("\n"));
    assert!(table.contains("76.32 %") && table.contains("86.07 %"), "{table}");

    let steps = tour();
    assert!(steps.len() >= 8, "a tour has steps");
    let script: String = steps
        .iter()
        .map(|(typed, _)| format!("{}\necho; echo '{BOUNDARY}'\n", typed.replace("8080", &running.port().to_string())))
        .collect();
    let output = Command::new("bash")
        .args(["-eu", "-o", "pipefail", "-c", &script])
        .stdin(Stdio::null())
        .current_dir(place.path())
        .output()
        .unwrap();
    assert!(output.status.success(), "{}", String::from_utf8_lossy(&output.stderr));
    let printed = String::from_utf8(output.stdout).unwrap();
    for ((typed, shown), printed) in steps.iter().zip(printed.split(BOUNDARY)) {
        assert_eq!(masked(printed.trim()), masked(shown), "after: {typed}");
    }
    assert!(running.interrupt().success());
    assert!(Running::restart(&place.path().join("data")).interrupt().success(), "the second start fills nothing");
}
