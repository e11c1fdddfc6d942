//! Where the tables are: told plainly where they are not, with exit code 2 and nothing secret.

use std::collections::BTreeMap;
use std::net::TcpListener;

use crate::stage::{SECRET, Stage, run};

/// Each command that works on tables.
const COMMANDS: [&[&str]; 6] = [
    &["reference", "load", "../reference/quang-ngai"],
    &["recount"],
    &["verify-journal"],
    &["keys", "rewrap"],
    &["export"],
    &["redrive", "deadlines"],
];

fn nobody() -> String {
    let free = TcpListener::bind("127.0.0.1:0").unwrap();
    format!("http://{}", free.local_addr().unwrap())
}

fn environment(more: &[(&str, &str)]) -> BTreeMap<String, String> {
    let always = [("AWS_EC2_METADATA_DISABLED", "true"), ("HOME", "/nowhere")];
    always.iter().chain(more).map(|(name, value)| ((*name).to_owned(), (*value).to_owned())).collect()
}

const AWS: [(&str, &str); 3] =
    [("AWS_REGION", "ap-southeast-1"), ("AWS_ACCESS_KEY_ID", "local"), ("AWS_SECRET_ACCESS_KEY", SECRET)];

#[test]
fn every_missing_variable_is_named_at_once() {
    for (arguments, names) in [
        (COMMANDS[0], &["DONTHU_CASES_TABLE"][..]),
        (COMMANDS[1], &["DONTHU_CASES_TABLE", "DONTHU_JOURNAL_TABLE", "DONTHU_PROVINCE"]),
        (COMMANDS[2], &["DONTHU_CASES_TABLE", "DONTHU_JOURNAL_TABLE", "DONTHU_PROVINCE"]),
        (COMMANDS[3], &["DONTHU_VAULT_TABLE", "DONTHU_KMS_KEY", "DONTHU_KEYRING_FILE"]),
        (COMMANDS[4], &["DONTHU_CASES_TABLE", "DONTHU_JOURNAL_TABLE", "DONTHU_PROVINCE"]),
        (COMMANDS[5], &["DONTHU_CASES_TABLE", "DONTHU_JOURNAL_TABLE", "DONTHU_PROVINCE"]),
    ] {
        let said = run(&environment(&AWS), arguments);
        for name in names {
            assert!(said.refusal().contains(name), "{arguments:?}: {said:?}");
        }
    }
}

#[tokio::test]
async fn an_endpoint_where_nobody_answers_a_wrong_table_and_missing_credentials_are_told_apart() {
    let stage = Stage::open().await;
    let nobody = nobody();
    for command in COMMANDS {
        let said = stage.run(&[command, &["--endpoint-url", &nobody]].concat());
        assert!(said.refusal().contains(&format!("cannot be reached at {nobody}")), "{command:?}: {said:?}");
    }
    let said = stage.run(&["recount", "--cases-table", "cases-of-nobody", "--journal-table", "journal-of-nobody"]);
    assert!(said.refusal().contains("no table cases-of-nobody, journal-of-nobody"), "{said:?}");

    let mut without = stage.environment.clone();
    without.extend(environment(&[]));
    without.remove("AWS_ACCESS_KEY_ID");
    assert!(run(&without, &["recount"]).refusal().contains("no AWS credentials"));
    let mut without = stage.environment.clone();
    without.extend(environment(&[]));
    without.remove("AWS_REGION");
    assert!(run(&without, &["recount"]).refusal().contains("no AWS region"));
    assert!(run(&without, &["recount", "--region", "ap-southeast-1"]).done().contains("0 differences"));
}

#[test]
fn help_and_version_are_no_failure_and_no_command_is_one() {
    let nothing = environment(&[]);
    assert!(run(&nothing, &["--help"]).done().contains("Exit codes: 0"));
    assert!(run(&nothing, &["--version"]).done().starts_with("donthu "));
    assert!(run(&nothing, &[]).refusal().contains("--help"));
    assert!(run(&nothing, &["recount", "--repare"]).refusal().contains("--repare"));
}
