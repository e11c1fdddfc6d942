//! The files: their columns, and every error in them by row.

use std::collections::BTreeSet;
use std::fmt;

use donthu_domain::rules::{PolicyFault, RuleBook};
use donthu_domain::{Agency, Area, CompetenceRule, Directory, DirectoryError, Field, Policy};
use donthu_service::reference::sorts;
use jiff::civil::Date;
use serde::Serialize;
use serde::de::DeserializeOwned;

use super::Reference;

/// Something wrong in a file. Rows are counted as a spreadsheet shows them: the header is row 1.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord)]
pub struct RowError {
    /// The file; none where it is the rows together, or a row of the table.
    pub file: Option<&'static str>,
    /// The row; none where it is the file as a whole.
    pub row: Option<usize>,
    /// What is wrong.
    pub reason: String,
}

impl RowError {
    /// An error of the rows together.
    pub(super) fn of_all(reason: String) -> Self {
        Self { file: None, row: None, reason }
    }
}

impl fmt::Display for RowError {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        match (self.file, self.row) {
            (Some(file), Some(row)) => write!(formatter, "{file}, row {row}: {}", self.reason),
            (Some(file), None) => write!(formatter, "{file}: {}", self.reason),
            _ => write!(formatter, "all files together: {}", self.reason),
        }
    }
}

/// A sort of reference row: its file, its columns, its place in the table.
pub(super) trait Row: Serialize + DeserializeOwned + PartialEq + Clone + Send + Sync {
    /// The file's name.
    const FILE: &'static str;
    /// The sort, as the table's keys name it.
    const SORT: &'static str;
    /// The columns that a file must have.
    const COLUMNS: &'static [&'static str];
    /// Columns that it may have.
    const OPTIONAL: &'static [&'static str] = &[];

    /// Its id.
    fn id(&self) -> &str;
    /// Its first day.
    fn first_day(&self) -> Date;
    /// Its last day, where it has one.
    fn last_day(&self) -> Option<Date>;
    /// Ids of the same sort that have to be there before it.
    fn rests_on(&self) -> Vec<&str> {
        Vec::new()
    }
}

impl Row for Agency {
    const FILE: &'static str = "agencies.csv";
    const SORT: &'static str = sorts::AGENCY;
    const COLUMNS: &'static [&'static str] =
        &["id", "type", "name_vi", "name_en", "parent", "area", "valid_from", "valid_to", "source"];
    const OPTIONAL: &'static [&'static str] = &["successor"];

    fn id(&self) -> &str {
        self.id.as_str()
    }
    fn first_day(&self) -> Date {
        self.valid_from
    }
    fn last_day(&self) -> Option<Date> {
        self.valid_to
    }
    fn rests_on(&self) -> Vec<&str> {
        self.parent.iter().chain(&self.successor).map(|id| id.as_str()).collect()
    }
}

impl Row for Area {
    const FILE: &'static str = "areas.csv";
    const SORT: &'static str = sorts::AREA;
    const COLUMNS: &'static [&'static str] =
        &["id", "name_vi", "division_type", "former_province", "remote", "agency", "valid_from", "source"];

    fn id(&self) -> &str {
        self.id.as_str()
    }
    fn first_day(&self) -> Date {
        self.valid_from
    }
    fn last_day(&self) -> Option<Date> {
        None
    }
}

impl Row for Field {
    const FILE: &'static str = "fields.csv";
    const SORT: &'static str = sorts::FIELD;
    const COLUMNS: &'static [&'static str] = &["id", "form_column", "parent", "name_vi", "name_en", "valid_from"];

    fn id(&self) -> &str {
        self.id.as_str()
    }
    fn first_day(&self) -> Date {
        self.valid_from
    }
    fn last_day(&self) -> Option<Date> {
        None
    }
    fn rests_on(&self) -> Vec<&str> {
        self.parent.iter().map(|id| id.as_str()).collect()
    }
}

impl Row for CompetenceRule {
    const FILE: &'static str = "competence.csv";
    const SORT: &'static str = sorts::COMPETENCE;
    const COLUMNS: &'static [&'static str] = &[
        "id",
        "kind",
        "instance",
        "target_type",
        "position",
        "field",
        "resolver",
        "valid_from",
        "valid_to",
        "citation",
        "confidence",
    ];

    fn id(&self) -> &str {
        &self.id
    }
    fn first_day(&self) -> Date {
        self.valid_from
    }
    fn last_day(&self) -> Option<Date> {
        self.valid_to
    }
}

impl Row for Policy {
    const FILE: &'static str = "policies.csv";
    const SORT: &'static str = sorts::POLICY;
    const COLUMNS: &'static [&'static str] = &["id", "value", "valid_from", "valid_to", "basis", "confidence"];

    fn id(&self) -> &str {
        &self.id
    }
    fn first_day(&self) -> Date {
        self.valid_from
    }
    fn last_day(&self) -> Option<Date> {
        self.valid_to
    }
}

/// Rows with the number of each.
struct File<R> {
    rows: Vec<(usize, R)>,
    /// Whether every row could be read.
    is_whole: bool,
}

impl<R: Row> File<R> {
    fn read(texts: &[(&str, &str)], wrong: &mut Vec<RowError>) -> Self {
        let mut say = |row, reason| wrong.push(RowError { file: Some(R::FILE), row, reason });
        let mut file = Self { rows: Vec::new(), is_whole: false };
        let Some((_, text)) = texts.iter().find(|(name, _)| *name == R::FILE) else {
            say(None, "it is missing".to_owned());
            return file;
        };
        let mut reader = csv::Reader::from_reader(text.as_bytes());
        let headers = match reader.headers() {
            Ok(headers) => headers.clone(),
            Err(error) => {
                say(Some(1), reason(&error));
                return file;
            }
        };
        let missing = R::COLUMNS.iter().filter(|column| !headers.iter().any(|found| found == **column));
        let missing: Vec<_> = missing.map(|column| format!("the column {column} is missing")).collect();
        let foreign = headers.iter().filter(|found| !R::COLUMNS.contains(found) && !R::OPTIONAL.contains(found));
        let foreign: Vec<_> = foreign.map(|column| format!("nobody knows the column {column:?}")).collect();
        // Every row would only say the same again.
        if !missing.is_empty() || !foreign.is_empty() {
            missing.into_iter().chain(foreign).for_each(|reason| say(Some(1), reason));
            return file;
        }
        file.is_whole = true;
        for (place, record) in reader.records().enumerate() {
            let number = place + 2;
            match record.and_then(|record| record.deserialize::<R>(Some(&headers))) {
                Ok(row) => {
                    if row.id().is_empty() {
                        say(Some(number), "it has no id".to_owned());
                    }
                    if row.last_day().is_some_and(|last| last < row.first_day()) {
                        say(Some(number), "its last day is before its first".to_owned());
                    }
                    file.rows.push((number, row));
                }
                Err(error) => {
                    say(Some(number), reason(&error));
                    file.is_whole = false;
                }
            }
        }
        file
    }

    fn plain(&self) -> Vec<R> {
        self.rows.iter().map(|(_, row)| row.clone()).collect()
    }

    /// Says something of each row that it is about; of the file where it is about none.
    fn say(&self, wrong: &mut Vec<RowError>, reason: &str, is_about: impl Fn(&R) -> bool) {
        let mut rows: Vec<Option<usize>> =
            self.rows.iter().filter(|(_, row)| is_about(row)).map(|(number, _)| Some(*number)).collect();
        if rows.is_empty() {
            rows.push(None);
        }
        wrong.extend(rows.into_iter().map(|row| RowError { file: Some(R::FILE), row, reason: reason.to_owned() }));
    }
}

/// What the reader says, without the place in the file, which stands before it.
fn reason(error: &csv::Error) -> String {
    match error.kind() {
        csv::ErrorKind::Deserialize { err, .. } => match err.field() {
            Some(field) => format!("column {}: {}", field + 1, err.kind()),
            None => err.kind().to_string(),
        },
        csv::ErrorKind::UnequalLengths { expected_len, len, .. } => {
            format!("it has {len} cells, and the header {expected_len}")
        }
        _ => error.to_string(),
    }
}

/// Reads five files by name and checks all of them.
pub(super) fn parse(texts: &[(&str, &str)], rules: &RuleBook) -> Result<Reference, Vec<RowError>> {
    let mut wrong = Vec::new();
    let agencies = File::<Agency>::read(texts, &mut wrong);
    let areas = File::<Area>::read(texts, &mut wrong);
    let fields = File::<Field>::read(texts, &mut wrong);
    let competence = File::<CompetenceRule>::read(texts, &mut wrong);
    let policies = File::<Policy>::read(texts, &mut wrong);
    let (directory, faults) =
        Directory::examine(agencies.plain(), areas.plain(), fields.plain(), competence.plain(), policies.plain());
    let is_whole = agencies.is_whole && areas.is_whole && fields.is_whole && competence.is_whole && policies.is_whole;
    // A row that could not be read is missed by others, and that is no error of theirs.
    if is_whole {
        for fault in &faults {
            let reason = fault.to_string();
            match fault {
                DirectoryError::UnknownParent { agency, parent } => {
                    agencies.say(&mut wrong, &reason, |row| row.id == *agency && row.parent.as_ref() == Some(parent));
                }
                DirectoryError::UnknownSuccessor { agency, successor } => agencies
                    .say(&mut wrong, &reason, |row| row.id == *agency && row.successor.as_ref() == Some(successor)),
                DirectoryError::SuccessorOfTheLiving(agency) => agencies.say(&mut wrong, &reason, |row| {
                    row.id == *agency && row.successor.is_some() && row.valid_to.is_none()
                }),
                DirectoryError::Circular(agency) => agencies.say(&mut wrong, &reason, |row| row.id == *agency),
                DirectoryError::Missing(_) => agencies.say(&mut wrong, &reason, |_| false),
                DirectoryError::UnknownAreaAgency { area, agency } => {
                    areas.say(&mut wrong, &reason, |row| row.id == *area && row.agency == *agency);
                }
                DirectoryError::UnknownField { kind: "field", id, field } => {
                    fields.say(&mut wrong, &reason, |row| row.id.as_str() == id && row.parent.as_ref() == Some(field));
                }
                DirectoryError::UnknownField { id, field, .. } => {
                    competence.say(&mut wrong, &reason, |row| row.id == *id && row.field.as_ref() == Some(field));
                }
                DirectoryError::Duplicate { kind, id, valid_from } => {
                    let is_it = |found: &str, from: Date| found == id && from == *valid_from;
                    match *kind {
                        "agency" => agencies.say(&mut wrong, &reason, |row| is_it(row.id.as_str(), row.valid_from)),
                        "area" => areas.say(&mut wrong, &reason, |row| is_it(row.id.as_str(), row.valid_from)),
                        "field" => fields.say(&mut wrong, &reason, |row| is_it(row.id.as_str(), row.valid_from)),
                        "policy" => policies.say(&mut wrong, &reason, |row| is_it(&row.id, row.valid_from)),
                        _ => competence.say(&mut wrong, &reason, |row| is_it(&row.id, row.valid_from)),
                    }
                }
            }
        }
        for fault in rules.policy_faults(&directory) {
            let (PolicyFault::UnknownRule { policy }
            | PolicyFault::Verified { policy }
            | PolicyFault::Value { policy, .. }) = &fault;
            policies.say(&mut wrong, &fault.to_string(), |row| row.id == *policy);
        }
    }
    let mut seen = BTreeSet::new();
    wrong.retain(|error| seen.insert(error.clone()));
    if wrong.is_empty() {
        Ok(Reference {
            agencies: agencies.plain(),
            areas: areas.plain(),
            fields: fields.plain(),
            competence: competence.plain(),
            policies: policies.plain(),
        })
    } else {
        Err(wrong)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn parsed(changes: &[(&str, &str, &str)]) -> Vec<String> {
        let mut texts: Vec<(&str, String)> =
            super::super::QUANG_NGAI.iter().map(|(name, text)| (*name, (*text).to_owned())).collect();
        for (name, from, to) in changes {
            let (_, text) = texts.iter_mut().find(|(found, _)| found == name).unwrap();
            assert!(text.contains(from), "{name} holds {from}");
            *text = text.replacen(from, to, 1);
        }
        let texts: Vec<(&str, &str)> = texts.iter().map(|(name, text)| (*name, text.as_str())).collect();
        match parse(&texts, &RuleBook::shipped().unwrap()) {
            Ok(_) => Vec::new(),
            Err(wrong) => wrong.iter().map(ToString::to_string).collect(),
        }
    }

    #[test]
    fn every_error_is_named_by_file_and_row() {
        assert_eq!(parsed(&[]), Vec::<String>::new());
        let wrong = parsed(&[
            ("agencies.csv", "reception_board,Ban", "reception,Ban"),
            ("areas.csv", "Quảng Ngãi,false,c21025,2025-07-01", "Quảng Ngãi,maybe,c21025,2025-07-01"),
            ("areas.csv", "Quảng Ngãi,false,c21028,2025-07-01", "Quảng Ngãi,false,c21028,2025-07-32"),
        ]);
        let [agency, remote, day] = wrong.as_slice() else { panic!("{wrong:?}") };
        assert!(agency.starts_with("agencies.csv, row 3: ") && agency.contains("reception"), "{agency}");
        assert!(remote.starts_with("areas.csv, row 2: column 5: "), "{remote}");
        assert!(day.starts_with("areas.csv, row 3: ") && day.contains("1..=31"), "{day}");
    }

    #[test]
    fn rows_that_contradict_each_other_are_all_named() {
        let wrong = parsed(&[
            ("areas.csv", "false,c21025,", "false,c99999,"),
            ("areas.csv", "false,c21028,", "false,c99998,"),
            ("fields.csv", "10,administrative,", "10,admin,"),
            ("policies.csv", "formalisation.complaint,required", "rule.C-R1,off"),
        ]);
        let [first, second, field, policy] = wrong.as_slice() else { panic!("{wrong:?}") };
        assert_eq!(first, "areas.csv, row 2: area 21025 names the unknown agency c99999");
        assert_eq!(second, "areas.csv, row 3: area 21028 names the unknown agency c99998");
        assert!(field.starts_with("fields.csv, row 3: ") && field.contains("admin"), "{field}");
        assert!(policy.starts_with("policies.csv, row 2: ") && policy.contains("rule.C-R1"), "{policy}");
    }

    #[test]
    fn a_wrong_header_is_told_once_and_a_row_of_another_length_is_told() {
        let wrong = parsed(&[("fields.csv", "form_column,parent", "column,parent")]);
        assert_eq!(
            wrong,
            [
                "fields.csv, row 1: the column form_column is missing",
                "fields.csv, row 1: nobody knows the column \"column\""
            ]
        );
        let wrong = parsed(&[("fields.csv", "administrative,9,", "administrative,9,x,")]);
        assert_eq!(wrong, ["fields.csv, row 2: it has 7 cells, and the header 6"]);
    }
}
