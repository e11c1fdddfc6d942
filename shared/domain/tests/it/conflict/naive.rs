//! Invariant 9 once more, day by day and by brute force, from the rows as they were written.

use std::collections::BTreeSet;

use donthu_domain::time::add_days;
use donthu_domain::{Against, Agency, Kind, Position};
use jiff::civil::Date;

use super::province::FOUNDED;

/// The row that says where an agency stands on a day or, where it was closed, last stood.
fn row<'a>(rows: &'a [Agency], id: &str, day: Date) -> Option<&'a Agency> {
    rows.iter().filter(|row| row.id.as_str() == id && row.valid_from <= day).max_by_key(|row| row.valid_from)
}

/// Whether an agency exists on a day.
pub fn exists(rows: &[Agency], id: &str, day: Date) -> bool {
    row(rows, id, day).is_some_and(|row| row.valid_to.is_none_or(|last| day <= last))
}

/// Everybody above an agency on a day, and itself.
pub fn up(rows: &[Agency], id: &str, day: Date) -> Vec<String> {
    let mut passed = vec![id.to_owned()];
    let mut at = id.to_owned();
    for _ in rows {
        let Some(parent) = row(rows, &at, day).and_then(|row| row.parent.clone()) else { break };
        at = parent.to_string();
        passed.push(at.clone());
    }
    passed
}

/// Who must learn nothing of a petition by a day: nobody but of a denunciation; of one of a subordinate no agency as a whole.
/// Else whoever stood, on any day since anything stands, below the denounced agency or below one into which it was merged.
pub fn excluded(rows: &[Agency], kind: Kind, against: &Against, today: Date) -> BTreeSet<String> {
    let mut out = BTreeSet::new();
    let Some(denounced) = &against.agency else { return out };
    if kind != Kind::Denunciation || against.position == Position::Staff {
        return out;
    }
    let mut hands = BTreeSet::from([denounced.to_string()]);
    let mut day = FOUNDED;
    while day <= today {
        loop {
            let closed = |id: &String| !exists(rows, id, day);
            let heir = |id: &String| row(rows, id, day)?.successor.as_ref().map(ToString::to_string);
            let heirs: Vec<String> = hands.iter().filter(|id| closed(id)).filter_map(heir).collect();
            let known = hands.len();
            hands.extend(heirs);
            if hands.len() == known {
                break;
            }
        }
        for agency in rows.iter().filter(|agency| agency.valid_from <= day) {
            if up(rows, agency.id.as_str(), day).iter().any(|id| hands.contains(id)) {
                out.insert(agency.id.to_string());
            }
        }
        day = add_days(day, 1);
    }
    out.extend(hands);
    out
}
