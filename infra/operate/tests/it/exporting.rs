//! What leaves the tables: cases and journal, and nothing of the vault.

use serde_json::{Value, json};

use crate::stage::{Said, Stage};

/// Chance spells none of them, be it in base64.
const PLANTED: [(&str, &str); 6] = [
    ("name", "Trần Thị Chimhoangyen"),
    ("address", "Số 7 đường Chimhoangyen"),
    ("id_number", "051299777313"),
    ("phone", "0987313777"),
    ("text", "Chuyện chimhoangyen xảy ra ở chợ."),
    ("message", "Tôi gửi thêm ảnh chimhoangyen."),
];
const SECRETS: [&str; 4] = ["chimhoangyen", "051299777313", "987313777", "trần thị"];

fn planted(name: &str) -> &'static str {
    PLANTED.iter().find(|(found, _)| *found == name).unwrap().1
}

/// A case with everything personal that a citizen can leave.
async fn plant(stage: &Stage) -> String {
    let petition = json!({
        "kind": "denunciation", "text": planted("text"), "phone": planted("phone"), "area": "21040",
        "against": { "agency": "c21040", "position": "head", "person": planted("name"), "decision": planted("text") },
        "petitioner": { "name": planted("name"), "id_number": planted("id_number"), "address": planted("address") },
    });
    let submitted = stage.province.send("POST", "/v1/petitions", &[], Some(petition)).await;
    let code = format!("Receipt {}", submitted.text("/receipt"));
    stage.province.drain().await;
    let said = json!({ "text": planted("message") });
    let sent = [("authorization", code.as_str()), ("idempotency-key", "7a6e2f5e-4b5e-4f4e-9d5e-0d8f6b1f2a91")];
    let sent = stage.province.send("POST", "/v1/petition/messages", &sent, Some(said)).await;
    assert_eq!(sent.status.as_u16(), 201, "{}", sent.body);
    submitted.text("/receipt")
}

fn lines(text: &str) -> Vec<Value> {
    text.lines().map(|line| serde_json::from_str(line).unwrap()).collect()
}

/// What a record says, whenever it was exported.
fn records(lines: &[Value]) -> Vec<&Value> {
    lines.iter().filter(|line| line["record"] != "export").collect()
}

#[tokio::test]
async fn an_export_holds_every_case_and_entry_and_nothing_of_a_person() {
    let stage = Stage::open().await;
    let receipt = plant(&stage).await;
    stage.submit().await;
    let contents = stage.contents().await;
    let place = tempfile::tempdir().unwrap();
    let file = place.path().join("export.ndjson");
    let export =
        |more: &[&str]| -> Said { stage.run(&[&["export", "--output", file.to_str().unwrap()], more].concat()) };
    assert_eq!(export(&["--dry-run"]).done(), "2 cases and 4 entries to export.\n");
    assert!(!file.exists() && std::fs::read_dir(place.path()).unwrap().next().is_none());
    assert_eq!(export(&[]).done(), "2 cases and 4 entries exported.\n");
    #[cfg(unix)]
    {
        use std::os::unix::fs::PermissionsExt;
        assert_eq!(std::fs::metadata(&file).unwrap().permissions().mode() & 0o777, 0o600);
    }
    let text = std::fs::read_to_string(&file).unwrap();
    let found = lines(&text);
    assert_eq!((&found[0]["record"], &found[0]["shape"]), (&json!("export"), &json!(1)));
    assert_eq!(found[0]["province"], "quang-ngai");
    assert_eq!(*found.last().unwrap(), json!({ "record": "end", "cases": 2, "entries": 4, "unreadable": 0 }));
    for line in found.iter().filter(|line| line["record"] == "case") {
        let id = line["case"]["id"].as_str().unwrap();
        let entries: Vec<_> = found.iter().filter(|entry| entry["case_id"] == id).collect();
        assert_eq!(line["last_hash"], entries.last().unwrap()["hash"], "the head bears the hash of its newest entry");
        assert!(entries.windows(2).all(|pair| pair[1]["previous"] == pair[0]["hash"]), "{entries:?}");
        assert_eq!(entries[0]["entry"]["actor"]["is"], "citizen");
        let stored = &contents[&format!("donthu-JournalTable CASE#{id} 0000000001")];
        let stored = stored["entry"]["S"].as_str().unwrap();
        assert!(text.contains(&format!("\"entry\":{stored}}}\n")), "byte for byte as it is stored");
    }

    let lower = text.to_lowercase();
    for secret in SECRETS {
        assert!(PLANTED.iter().any(|(_, text)| text.to_lowercase().contains(secret)), "{secret} was planted");
        assert!(!lower.contains(secret), "the export holds {secret}");
    }
    assert!(!text.contains(&receipt) && !text.contains(&receipt.replace('-', "")), "no receipt code");
    let mut commitments = 0;
    for (key, item) in &contents {
        for value in [&item["body_hmac"]["S"], &item["salt"]["B"]].into_iter().filter_map(Value::as_str) {
            commitments += 1;
            assert!(!text.contains(value), "{key}: what opens a commitment");
        }
        if key.contains("VaultTable") {
            for value in item.as_object().unwrap().values().filter_map(|value| value["B"].as_str()) {
                assert!(!text.contains(value), "{key} is in the vault");
            }
        }
    }
    assert!(commitments >= 4, "{commitments}");

    assert_eq!(export(&[]).done(), "2 cases and 4 entries exported.\n");
    let again = lines(&std::fs::read_to_string(&file).unwrap());
    assert_eq!(records(&again), records(&found), "twice is the same");
    let printed = stage.run(&["export"]);
    assert_eq!(records(&lines(printed.done())), records(&found), "and on standard output");
    Stage::assert_same(&contents, &stage.contents().await);
}

#[tokio::test]
async fn a_head_that_cannot_be_read_is_named_and_an_export_that_cannot_be_written_leaves_nothing() {
    let stage = Stage::open().await;
    let case = stage.submit().await;
    let table = &stage.province.shared.app.store.tables().cases;
    let key = |value: String| aws_sdk_dynamodb::types::AttributeValue::S(value);
    let update = stage.tables().update_item().table_name(table);
    let update = update.key("pk", key(format!("CASE#{case}"))).key("sk", key("HEAD".to_owned()));
    update.update_expression("REMOVE last_hash").send().await.unwrap();
    let place = tempfile::tempdir().unwrap();
    let file = place.path().join("export.ndjson");
    let said = stage.run(&["export", "--output", file.to_str().unwrap()]);
    assert!(
        said.found().contains(case.as_str()) && said.out.ends_with("0 cases and 1 entries exported.\n"),
        "{said:?}"
    );
    let text = std::fs::read_to_string(&file).unwrap();
    assert_eq!(lines(&text).last().unwrap()["unreadable"], 1);

    let said = stage.run(&["export", "--output", "/nowhere/export.ndjson"]);
    assert!(said.refusal().contains("cannot write /nowhere/export.ndjson"), "{said:?}");
}

#[tokio::test]
async fn an_export_writes_into_no_file_that_somebody_laid_there() {
    let stage = Stage::open().await;
    let place = tempfile::tempdir().unwrap();
    let (file, laid) = (place.path().join("export.ndjson"), place.path().join("export.ndjson.new"));
    std::fs::write(&laid, "laid").unwrap();
    let shown = stage.run(&["export", "--output", file.to_str().unwrap()]);
    assert!(shown.refusal().contains("export.ndjson.new"), "{shown:?}");
    assert_eq!(std::fs::read_to_string(&laid).unwrap(), "laid");
    assert!(!file.exists());
}
