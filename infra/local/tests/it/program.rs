//! The program as an operator meets it: its lines, its exit codes, its end.

use std::net::TcpListener;
use std::path::Path;
use std::process::{Command, Stdio};
use std::time::Duration;

use aws_sdk_dynamodb::types::AttributeValue;
use donthu_local::engine::Engine;
use serde_json::json;

use crate::running::{Running, program};

fn refused(arguments: &[&str]) -> String {
    let output = program().args(arguments).stdin(Stdio::null()).output().unwrap();
    let told = String::from_utf8(output.stderr).unwrap();
    assert_eq!(output.status.code(), Some(2), "{told}");
    assert_eq!(String::from_utf8(output.stdout).unwrap(), "");
    let line = told.lines().last().unwrap_or_default().to_owned();
    assert!(line.starts_with("donthu: ") && !line.contains("Error {"), "{told}");
    line
}

fn refused_with_folder(folder: &Path, arguments: &[&str]) -> String {
    let folder = folder.to_str().unwrap();
    refused(&[&["--data", folder, "--no-sample"], arguments].concat())
}

#[test]
fn what_cannot_be_done_is_told_in_one_line_with_exit_code_2() {
    let place = tempfile::tempdir().unwrap();
    assert!(refused(&["--colour"]).contains("--colour"));
    assert!(refused(&["--at", "tomorrow"]).contains("2026-11-24"));

    let taken = TcpListener::bind("127.0.0.1:0").unwrap();
    let port = taken.local_addr().unwrap().port().to_string();
    let line = refused_with_folder(&place.path().join("a"), &["--port", &port]);
    assert!(line.contains(&port) && line.contains("in use"), "{line}");

    let file = place.path().join("file");
    std::fs::write(&file, b"").unwrap();
    let line = refused_with_folder(&file.join("data"), &["--port", "0"]);
    assert!(line.contains("file"), "{line}");

    let folder = place.path().join("shared");
    let running = Running::start(&folder);
    let line = refused_with_folder(&folder, &["--port", "0"]);
    assert!(line.contains("shared"), "{line}");
    assert!(running.interrupt().success());
}

#[test]
fn a_deadline_is_counted_at_once_and_what_is_unknown_is_told_in_one_line() {
    let place = tempfile::tempdir().unwrap();
    let ask = |arguments: &[&str]| {
        let output = program().current_dir(place.path()).arg("deadline").args(arguments).output().unwrap();
        assert!(output.status.success(), "{}", String::from_utf8_lossy(&output.stderr));
        String::from_utf8(output.stdout).unwrap()
    };
    let answer = ask(&["D-R", "--from", "2026-11-20", "--extended", "10", "--lang", "en", "--json"]);
    let steps = [
        "20 November 2026 is the start day and it does not count (Civil Code 2015, Art. 147).",
        "21 November 2026 to 20 December 2026: 30 days counted.",
        "Prolonged by 10 days.",
        "21 December 2026 to 30 December 2026: 10 days counted, 40 so far.",
        "The limit ends at 24:00 on 30 December 2026 (Civil Code 2015, Art. 148.6).",
    ];
    let expected = json!({
        "rule": "D-R", "start": "2026-11-20", "raw_end": "2026-12-30", "due_on": "2026-12-30",
        "due_at": "2026-12-31T00:00:00+07:00", "article": "Law on Denunciations 25/2018/QH14, Art. 30",
        "confidence": "V2", "steps": steps,
    });
    assert_eq!(serde_json::from_str::<serde_json::Value>(&answer).unwrap(), expected);
    let data = concat!(env!("CARGO_MANIFEST_DIR"), "/../../shared/domain/tests/data/");
    let (rules, year) = (format!("{data}korea.toml"), format!("{data}korea-2026.toml"));
    let korea = ["KR-NOW", "--from", "2026-11-20T17:00:00+09:00", "--json", "--rules", &rules, "--calendar", &year];
    assert!(ask(&korea).contains("\"due_at\":\"2026-11-23T11:00:00+09:00\""));
    assert!(std::fs::read_dir(place.path()).unwrap().next().is_none(), "it leaves nothing behind");

    assert!(refused(&["deadline", "C-R9", "--from", "2026-11-23"]).contains("there is no rule C-R9"));
    assert!(refused(&["deadline", "C-R1", "--from", "2026-02-30"]).contains("2026-02-30"));
    assert!(refused(&["deadline", "C-R1"]).contains("--from"));
}

#[test]
fn a_clock_before_the_province_is_refused_for_a_sample_year_and_writes_nothing() {
    let place = tempfile::tempdir().unwrap();
    let folder = place.path().join("data");
    let arguments = |at| ["--data", folder.to_str().unwrap(), "--port", "0", "--at", at];
    // The last day that is too early ends at midnight in Vietnam.
    for at in ["2025-01-01", "2026-03-01", "2026-07-31", "2026-07-31T16:59:59Z"] {
        let line = refused(&arguments(at));
        assert!(line.contains("2026-08-01") && line.contains("--no-sample"), "{line}");
        assert!(!folder.exists(), "{at}");
    }
    let running = Running::start_at(&folder, "2026-03-01");
    assert!(running.interrupt().success(), "without a sample it is a clock like any other");
    let running = Running::restart(&folder);
    assert!(running.interrupt().success(), "and what was filled is not filled again");
}

#[test]
fn ctrl_c_while_the_sample_is_filled_ends_the_program_and_is_told() {
    let place = tempfile::tempdir().unwrap();
    let folder = place.path().join("data");
    let folder_name = folder.to_str().unwrap();
    let mut child = program()
        .args(["--data", folder_name, "--port", "0", "--at", "2026-08-01"])
        .stdin(Stdio::null())
        .stdout(Stdio::piped())
        .stderr(Stdio::piped())
        .spawn()
        .unwrap();
    // The vault has its first texts: the year is being replayed.
    let written = || ["tables.sqlite", "tables.sqlite-wal"].map(|name| size(&folder.join(name))).iter().sum::<u64>();
    while written() < 3_000_000 {
        assert!(child.try_wait().unwrap().is_none(), "the program ended by itself");
        std::thread::sleep(Duration::from_millis(50));
    }
    assert!(Command::new("kill").args(["-INT", &child.id().to_string()]).status().unwrap().success());
    let output = child.wait_with_output().unwrap();
    let told = String::from_utf8(output.stderr).unwrap();
    assert_eq!(output.status.code(), Some(2), "{told}");
    assert_eq!(String::from_utf8(output.stdout).unwrap(), "", "nothing is called ready");
    let line = told.lines().last().unwrap();
    assert!(line.contains("stopped") && line.contains(folder_name) && line.contains("remove"), "{told}");
    assert!(refused_with_folder(&folder, &["--port", "0"]).contains("interrupted"));
}

fn size(file: &Path) -> u64 {
    std::fs::metadata(file).map_or(0, |metadata| metadata.len())
}

#[test]
fn help_explains_every_option() {
    let output = program().arg("--help").output().unwrap();
    assert!(output.status.success());
    let help = String::from_utf8(output.stdout).unwrap();
    for option in [
        "--data",
        "--port",
        "--at",
        "--no-sample",
        "deadline",
        "verify-journal",
        "verify-proof",
        "verify-receipt",
        "keys",
    ] {
        assert!(help.contains(option), "{option}: {help}");
    }
}

#[test]
fn a_saved_receipt_is_checked_without_the_machine() {
    let place = tempfile::tempdir().unwrap();
    let running = Running::start(&place.path().join("data"));
    let petition = json!({ "kind": "feedback", "text": "Cầu tạm đã hỏng.", "area": "21040" });
    let (status, answer) = running.ask("POST", "/v1/petitions", &[], Some(&petition));
    assert_eq!(status, 201, "{answer}");
    let (_, keys) = running.ask("GET", "/v1/public/receipt-keys", &[], None);
    assert!(running.interrupt().success());

    let save = |name: &str, text: String| std::fs::write(place.path().join(name), text).unwrap();
    save("petition.json", answer.to_string());
    save("keys.json", keys.to_string());
    save("body.json", petition.to_string());
    save("other.json", petition.to_string().to_uppercase());
    save("forged.jws", answer["signed_receipt"].as_str().unwrap().replacen(".eyJ", ".eyK", 1));
    let ask = |arguments: &[&str]| {
        let output = program().current_dir(place.path()).arg("verify-receipt").args(arguments).output().unwrap();
        let told = String::from_utf8(output.stdout).unwrap() + &String::from_utf8(output.stderr).unwrap();
        (output.status.code().unwrap(), told)
    };
    let (code, told) = ask(&["petition.json", "--keys", "keys.json", "--content", "body.json"]);
    assert_eq!(code, 0, "{told}");
    let lines: Vec<&str> = told.lines().collect();
    assert!(
        lines[0].starts_with("genuine: quang-ngai received case QN-") && lines[0].contains("at 2026-10-05T"),
        "{told}"
    );
    assert_eq!(
        lines[1..],
        ["first limit: P2, counted from 2026-10-05, due on 2026-11-19", "content: what was submitted, byte for byte",]
    );
    let (code, told) = ask(&["petition.json", "--keys", "keys.json", "--content", "other.json"]);
    assert!(code == 1 && told.contains("NOT what was submitted"), "{told}");
    let (code, told) = ask(&["forged.jws", "--keys", "keys.json"]);
    assert!(code == 1 && told.starts_with("not genuine: "), "{told}");
    let key = "11qYAYKxCrfVS_7TyWQHOg7hcvPapiMlrwIaaPcHURo";
    for arguments in [&["petition.json", "--key", key][..], &["none.json", "--keys", "keys.json"]] {
        let (code, told) = ask(arguments);
        assert!(code == 2 && told.starts_with("donthu: ") && told.lines().count() == 1, "{told}");
    }
}

#[test]
fn a_killed_process_loses_no_acknowledged_petition_and_ctrl_c_ends_in_order() {
    let place = tempfile::tempdir().unwrap();
    let folder = place.path().join("data");
    let running = Running::start(&folder);
    let petition = json!({ "kind": "feedback", "text": "Cầu tạm đã hỏng.", "area": "21040" });
    let receipts: Vec<String> = (0..5)
        .map(|_| {
            let (status, answer) = running.ask("POST", "/v1/petitions", &[], Some(&petition));
            assert_eq!(status, 201, "{answer}");
            answer["receipt"].as_str().unwrap().to_owned()
        })
        .collect();
    running.kill();

    let running = Running::start(&folder);
    for receipt in &receipts {
        let authorization = format!("Receipt {receipt}");
        let (status, answer) = running.ask("GET", "/v1/petition", &[("authorization", &authorization)], None);
        assert_eq!(status, 200, "{answer}");
    }
    assert!(running.interrupt().success(), "Ctrl-C is an orderly end");
}

#[test]
fn an_interrupted_filling_is_told_and_not_taken_for_a_filled_folder() {
    let place = tempfile::tempdir().unwrap();
    let folder = place.path().join("data");
    assert!(Running::start(&folder).interrupt().success());
    std::fs::remove_file(folder.join("filled")).unwrap();
    let line = refused_with_folder(&folder, &["--port", "0"]);
    assert!(line.contains("interrupted"), "{line}");
}

/// What a subcommand prints, and its exit code.
fn checked(arguments: &[&str]) -> (String, Option<i32>) {
    let output = program().args(arguments).stdin(Stdio::null()).output().unwrap();
    (String::from_utf8(output.stdout).unwrap() + &String::from_utf8(output.stderr).unwrap(), output.status.code())
}

/// Flips a bit of an entry's salt past all functions.
async fn flip_a_bit(folder: &Path) -> String {
    let engine = Engine::on_file(&folder.join("tables.sqlite")).unwrap();
    let client = aws_sdk_dynamodb::Client::new(&engine.sdk_config());
    let found = client.scan().table_name("donthu-JournalTable").send().await.unwrap().items.unwrap();
    let mut entry = found.into_iter().next().unwrap();
    let mut salt = entry["salt"].as_b().unwrap().as_ref().to_vec();
    salt[31] ^= 1;
    entry.insert("salt".to_owned(), AttributeValue::B(salt.into()));
    let case = entry["pk"].as_s().unwrap().trim_start_matches("CASE#").to_owned();
    client.put_item().table_name("donthu-JournalTable").set_item(Some(entry)).send().await.unwrap();
    engine.stop().await.unwrap();
    case
}

#[tokio::test]
async fn a_journal_and_a_proof_are_checked_offline_and_what_differs_is_named_with_exit_code_1() {
    let place = tempfile::tempdir().unwrap();
    let folder = place.path().join("data");
    let running = Running::start(&folder);
    let petition = json!({ "kind": "feedback", "text": "Cầu tạm đã hỏng.", "area": "21040" });
    let receipt = running.ask("POST", "/v1/petitions", &[], Some(&petition)).1["receipt"].as_str().unwrap().to_owned();
    assert_eq!(running.ask("POST", "/dev/clock", &[], Some(&json!({ "advance": "P2D" }))).0, 200);
    let (_, roots) = running.ask("GET", "/v1/public/journal-roots", &[], None);
    let authorization = format!("Receipt {receipt}");
    let (_, proof) = running.ask("GET", "/v1/petition/proof", &[("authorization", &authorization)], None);
    let write = |name: &str, value: &serde_json::Value| {
        let file = place.path().join(name);
        std::fs::write(&file, value.to_string()).unwrap();
        file.to_str().unwrap().to_owned()
    };
    let (roots_file, proof_file) = (write("roots.json", &roots), write("proof.json", &proof));
    let data = folder.to_str().unwrap();
    let journal = ["verify-journal", "--data", data, "--roots", &roots_file];
    assert!(refused(&journal).contains("in use"), "the machine still runs");
    assert!(running.interrupt().success());

    let (told, code) = checked(&journal);
    assert_eq!(code, Some(0), "{told}");
    assert!(told.contains("1 cases, 2 entries, sealed until 2026-10-06") && told.ends_with(": sound\n"), "{told}");
    let (told, code) = checked(&["verify-proof", &proof_file, "--roots", &roots_file]);
    assert_eq!(code, Some(0), "{told}");
    assert!(told.contains("2 entries proven by 2 roots, 0 not sealed yet: sound"), "{told}");

    let mut forged = proof.clone();
    forged["entries"][0]["version"] = json!(7);
    let forged = write("forged.json", &forged);
    let (told, code) = checked(&["verify-proof", &forged, "--roots", &roots_file]);
    assert_eq!(code, Some(1), "{told}");
    assert!(told.contains("version 7 of 2026-10-05") && told.ends_with(": 1 difference\n"), "{told}");

    let case = flip_a_bit(&folder).await;
    let (told, code) = checked(&journal);
    assert_eq!(code, Some(1), "{told}");
    assert!(
        told.starts_with(&format!("case {case}: version ")) && told.contains("altered after its day 2026-10-05"),
        "{told}"
    );
    assert!(refused(&["verify-journal", "--data", place.path().to_str().unwrap()]).contains("holds no data"));
    assert!(refused(&["verify-journal", "--data", data, "--roots", &proof_file]).contains("journal-roots"));
    assert!(refused(&["verify-proof", &proof_file]).contains("--roots"));
}
