//! The commands for keys, as an operator gives them.

use std::path::Path;
use std::process::{Output, Stdio};

use serde_json::{Value, json};

use crate::running::{Running, program};

const TEXT: &str = "Đường liên thôn bị sạt lở.";

fn keys(folder: &Path, arguments: &[&str]) -> Output {
    let (what, more) = arguments.split_first().unwrap();
    program().arg("keys").arg(what).arg("--data").arg(folder).args(more).stdin(Stdio::null()).output().unwrap()
}

fn done(folder: &Path, arguments: &[&str]) -> String {
    let output = keys(folder, arguments);
    assert!(output.status.success(), "{}", String::from_utf8_lossy(&output.stderr));
    String::from_utf8(output.stdout).unwrap()
}

fn refused(folder: &Path, arguments: &[&str]) -> String {
    let output = keys(folder, arguments);
    let told = String::from_utf8(output.stderr).unwrap();
    assert_eq!((output.status.code(), output.stdout.as_slice()), (Some(2), b"".as_slice()), "{told}");
    let line = told.lines().last().unwrap_or_default().to_owned();
    assert!(line.starts_with("donthu: ") && !line.contains("Error {"), "{told}");
    line
}

fn bearer(running: &Running) -> String {
    let body = json!({ "role": "head", "agency": "c21040" });
    let (status, answer) = running.ask("POST", "/dev/token", &[], Some(&body));
    assert_eq!(status, 200, "{answer}");
    format!("Bearer {}", answer["token"].as_str().unwrap())
}

fn register(running: &Running) -> String {
    let petition = json!({ "kind": "feedback", "text": TEXT, "area": "21040" });
    let body = json!({ "petition": petition, "channel": "counter", "received_on": "2026-10-05" });
    let (status, answer) = running.ask("POST", "/v1/cases", &[("authorization", &bearer(running))], Some(&body));
    assert_eq!(status, 201, "{answer}");
    answer["case_id"].as_str().unwrap().to_owned()
}

fn read(running: &Running, id: &str) -> (u16, Value) {
    running.ask("GET", &format!("/v1/cases/{id}"), &[("authorization", &bearer(running))], None)
}

#[test]
fn the_master_key_is_rotated_everything_is_wrapped_anew_and_one_text_is_destroyed() {
    let place = tempfile::tempdir().unwrap();
    let folder = place.path().join("data");
    let running = Running::start(&folder);
    let (kept, destroyed) = (register(&running), register(&running));
    let line = refused(&folder, &["rotate"]);
    assert!(line.contains("already in use"), "{line}");
    assert!(refused(&folder, &["rewrap"]).contains("already in use"));
    assert!(running.interrupt().success());

    assert!(done(&folder, &["rotate"]).starts_with("Master key 2 wraps from now on"));
    let running = Running::restart(&folder);
    assert_eq!(read(&running, &kept).1["petition"]["text"], TEXT, "no row had to change first");
    let new = register(&running);
    assert!(running.interrupt().success());

    assert_eq!(done(&folder, &["rewrap"]), "Wrapped anew: 2; by the current master key already: 1; shredded: 0.\n");
    assert_eq!(done(&folder, &["rewrap"]), "Wrapped anew: 0; by the current master key already: 3; shredded: 0.\n");
    assert_eq!(done(&folder, &["shred", &destroyed, "text", "identity"]), "Parts that nobody can read any more: 1.\n");
    assert!(refused(&folder, &["shred", &destroyed, "text"]).contains("no part"));

    let running = Running::restart(&folder);
    for id in [&kept, &new] {
        assert_eq!(read(&running, id).1["petition"]["text"], TEXT);
    }
    let (status, gone) = read(&running, &destroyed);
    assert_eq!((status, gone["type"].as_str()), (410, Some("urn:donthu:problem:shredded")), "{gone}");
    assert!(running.interrupt().success());
}

#[test]
fn the_key_of_receipts_is_rotated_and_the_earlier_one_stays_published() {
    let place = tempfile::tempdir().unwrap();
    let folder = place.path().join("data");
    let published = |running: &Running| running.ask("GET", "/v1/public/receipt-keys", &[], None).1;
    let running = Running::start(&folder);
    let before = published(&running);
    assert!(refused(&folder, &["rotate-receipts"]).contains("already in use"));
    assert!(running.interrupt().success());
    assert!(done(&folder, &["rotate-receipts"]).contains("signs receipts from now on"));
    let running = Running::restart(&folder);
    let after = published(&running);
    assert_eq!(after["keys"].as_array().unwrap().len(), 2);
    assert_eq!(after["keys"][1], before["keys"][0]);
    assert!(running.interrupt().success());
}

#[test]
fn what_is_no_data_folder_is_refused_and_not_made_into_one() {
    let place = tempfile::tempdir().unwrap();
    let folder = place.path().join("typo");
    let id = "0123456789abcdef0123456789abcdef";
    for arguments in [&["rotate"][..], &["rotate-receipts"], &["rewrap"], &["shred", id, "text"]] {
        let line = refused(&folder, arguments);
        assert!(line.contains("typo is no data folder"), "{line}");
    }
    assert!(!folder.exists());

    std::fs::create_dir(&folder).unwrap();
    std::fs::write(folder.join("keyring.json"), b"{}").unwrap();
    let line = refused(&folder, &["rotate"]);
    assert!(line.contains("keyring.json") && (line.contains("mode") || line.contains("malformed")), "{line}");
    assert_eq!(std::fs::read(folder.join("keyring.json")).unwrap(), b"{}");
}

#[test]
fn lookup_keys_are_not_sealed_from_a_file_that_is_not_there() {
    let output = program()
        .args(["keys", "seal", "--kms-key", "0a1b2c3d-0000-4000-8000-000000000001", "--from", "/nowhere/keyring.json"])
        .env("AWS_REGION", "ap-southeast-1")
        .env("AWS_ACCESS_KEY_ID", "test")
        .env("AWS_SECRET_ACCESS_KEY", "test")
        .stdin(Stdio::null())
        .output()
        .unwrap();
    let told = String::from_utf8(output.stderr).unwrap();
    assert_eq!((output.status.code(), output.stdout.as_slice()), (Some(2), b"".as_slice()), "{told}");
    assert!(told.starts_with("donthu: the key file /nowhere/keyring.json cannot be used"), "{told}");
}
