//! ARCHITECTURE.md says of each attacker which test stops them. A test that was renamed or removed must not go on being promised.

use std::collections::BTreeSet;
use std::path::Path;

fn sources(folder: &Path, into: &mut String) {
    for entry in std::fs::read_dir(folder).unwrap() {
        let path = entry.unwrap().path();
        let name = path.file_name().unwrap().to_str().unwrap();
        if path.is_dir() && name != "target" && !name.starts_with('.') {
            sources(&path, into);
        } else if path.extension().is_some_and(|extension| extension == "rs") {
            into.push_str(&std::fs::read_to_string(&path).unwrap());
        }
    }
}

#[test]
fn every_test_that_is_to_stop_an_attacker_is_there() {
    let project = Path::new(env!("CARGO_MANIFEST_DIR")).parent().unwrap();
    let architecture = std::fs::read_to_string(project.join("ARCHITECTURE.md")).unwrap();
    let (_, threats) = architecture.split_once("## Who attacks").unwrap();
    let table = threats.split("\n## ").next().unwrap();
    let mut promised = BTreeSet::new();
    for row in table.lines().filter(|line| line.starts_with("| **")) {
        let column: Vec<&str> = row.split(" | ").collect();
        let tests: Vec<&str> = column[3].split('`').skip(1).step_by(2).collect();
        assert!(!tests.is_empty(), "no test stops {}", column[0]);
        promised.extend(tests);
    }
    let mut code = String::new();
    sources(project, &mut code);
    let is_there = |test: &&&str| {
        let as_test = [format!("fn {test}("), format!("fn {test}<")];
        as_test.iter().any(|name| code.contains(name.as_str()))
    };
    let gone: Vec<_> = promised.iter().filter(|test| !is_there(test)).collect();
    assert!(promised.len() > 30 && gone.is_empty(), "promised and not there: {gone:?}");
}
