//! Reference data: checked offline, loaded whole or not at all.

use std::path::{Path, PathBuf};

use crate::stage::{Stage, run};

const SHIPPED: &str = concat!(env!("CARGO_MANIFEST_DIR"), "/../reference/quang-ngai");
const FILES: [&str; 5] = ["agencies.csv", "areas.csv", "fields.csv", "competence.csv", "policies.csv"];

fn copy(place: &Path) -> PathBuf {
    let folder = place.join("reference");
    std::fs::create_dir(&folder).unwrap();
    for file in FILES {
        std::fs::copy(Path::new(SHIPPED).join(file), folder.join(file)).unwrap();
    }
    folder
}

fn edit(folder: &Path, file: &str, from: &str, to: &str) {
    let file = folder.join(file);
    let text = std::fs::read_to_string(&file).unwrap();
    assert!(text.contains(from), "{from}");
    std::fs::write(file, text.replacen(from, to, 1)).unwrap();
}

fn append(folder: &Path, file: &str, row: &str) {
    let file = folder.join(file);
    let text = std::fs::read_to_string(&file).unwrap();
    std::fs::write(file, format!("{}\n{row}\n", text.trim_end())).unwrap();
}

#[test]
fn the_shipped_folder_is_sound_and_every_error_of_another_is_named_without_any_table() {
    let nothing = std::collections::BTreeMap::new();
    assert!(run(&nothing, &["reference", "check", SHIPPED]).done().ends_with("rows of reference data: sound\n"));

    let place = tempfile::tempdir().unwrap();
    let folder = copy(place.path());
    edit(&folder, "areas.csv", "false,c21025,", "false,c99999,");
    edit(&folder, "policies.csv", "formalisation.complaint,required", "rule.C-R1,off");
    append(&folder, "agencies.csv", "c00001,commune,Xã,Commune,chair-of-nobody,,2026-01-01,2025-01-01,test");
    let said = run(&nothing, &["reference", "check", folder.to_str().unwrap()]);
    let lines: Vec<&str> = said.found().lines().collect();
    assert_eq!(lines.len(), 5, "{lines:#?}");
    assert!(lines[0].starts_with("agencies.csv, row ") && lines[0].ends_with(": its last day is before its first"));
    assert!(lines[1].contains("the unknown parent chair-of-nobody"), "{lines:#?}");
    assert_eq!(lines[2], "areas.csv, row 2: area 21025 names the unknown agency c99999");
    assert!(lines[3].starts_with("policies.csv, row 2: "), "{lines:#?}");
    assert_eq!(lines[4], "Refused as a whole: 4 errors.");

    std::fs::remove_file(folder.join("fields.csv")).unwrap();
    assert!(run(&nothing, &["reference", "check", folder.to_str().unwrap()]).refusal().contains("fields.csv"));
}

#[tokio::test]
async fn a_folder_is_loaded_once_shown_before_and_refused_whole_where_a_row_is_wrong() {
    let stage = Stage::open().await;
    let place = tempfile::tempdir().unwrap();
    let folder = copy(place.path());
    let load = |more: &[&str]| stage.run(&[&["reference", "load", folder.to_str().unwrap()], more].concat());
    let before = stage.contents().await;
    assert!(load(&[]).done().starts_with("0 rows written, "), "what stands is not written again");
    Stage::assert_same(&before, &stage.contents().await);

    // The parent of the first stands below it: it has to be there first.
    append(&folder, "agencies.csv", "tram-a,commune,Trạm,Post,tram-b,,2026-01-01,,test");
    append(&folder, "agencies.csv", "tram-b,department,Chi cục,Branch,chair,,2026-01-01,,test");
    let shown = load(&["--dry-run"]);
    let new = "new: agency tram-b from 2026-01-01\nnew: agency tram-a from 2026-01-01\n";
    assert!(shown.done().starts_with(&format!("{new}2 rows would be written, ")), "{shown:?}");
    Stage::assert_same(&before, &stage.contents().await);
    assert!(load(&[]).done().starts_with(&format!("{new}2 rows written, ")));
    let after = stage.contents().await;
    assert_eq!(after.len(), before.len() + 2);
    assert!(load(&[]).done().starts_with("0 rows written, "));
    Stage::assert_same(&after, &stage.contents().await);

    edit(&folder, "agencies.csv", ",Post,", ",Station,");
    let refused = load(&[]);
    assert!(refused.found().contains("changed: agency tram-a from 2026-01-01") && refused.out.contains("--replace"));
    let shown = load(&["--replace", "--dry-run"]);
    assert!(shown.done().contains("1 rows would be written"), "{shown:?}");
    Stage::assert_same(&after, &stage.contents().await);
    assert!(load(&["--replace"]).done().contains("1 rows written"));
    let replaced = stage.contents().await;

    append(&folder, "agencies.csv", "tram-c,commune,Trạm,Post,chair,,2026-01-01,,test");
    append(&folder, "areas.csv", "99999,Xã,xã,Quảng Ngãi,false,nobody,2026-01-01,test");
    assert!(load(&["--replace"]).found().ends_with("Refused as a whole: 1 error.\n"));
    Stage::assert_same(&replaced, &stage.contents().await);

    // What only the table has counts with what is loaded.
    let place = tempfile::tempdir().unwrap();
    let folder = copy(place.path());
    append(&folder, "agencies.csv", "tram-a,commune,Trạm,Post,chair,,2025-12-01,,test");
    append(&folder, "agencies.csv", "tram-b,department,Chi cục,Branch,tram-a,,2026-02-01,,test");
    assert!(stage.run(&["reference", "check", folder.to_str().unwrap()]).done().ends_with(": sound\n"));
    let circle = stage.run(&["reference", "load", folder.to_str().unwrap()]);
    assert!(circle.found().contains("above itself"), "{circle:?}");
    Stage::assert_same(&replaced, &stage.contents().await);
}
