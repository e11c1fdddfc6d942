//! Random provinces: a tree of agencies, and what is closed, merged, moved and founded anew in it as time goes on.

use donthu_domain::time::add_days;
use donthu_domain::{Agency, AgencyType, Directory};
use jiff::civil::{Date, date};
use proptest::prelude::*;

use super::naive;
use crate::common::{BOARD, CHAIR, INSPECTORATE, World, agency, shipped_competence};

/// The first day of every agency.
pub const FOUNDED: Date = date(2026, 1, 1);

/// The day of the first petition.
pub const FIRST: Date = date(2026, 2, 2);

/// A change of the tree; numbers choose among the agencies that there are then.
#[derive(Debug, Clone)]
pub struct Change {
    day: i32,
    what: u8,
    who: prop::sample::Index,
    other: prop::sample::Index,
}

/// Its rows as written, and the world that rests on them.
pub struct Province {
    pub rows: Vec<Agency>,
    pub world: World,
}

impl std::fmt::Debug for Province {
    fn fmt(&self, formatter: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        for row in &self.rows {
            let (parent, successor) = (row.parent.as_ref(), row.successor.as_ref());
            let (parent, successor) = (parent.map(ToString::to_string), successor.map(ToString::to_string));
            let span = (row.valid_from, row.valid_to);
            writeln!(formatter, "{} under {parent:?} {span:?} then {successor:?}", row.id)?;
        }
        Ok(())
    }
}

fn changes() -> impl Strategy<Value = Vec<Change>> {
    let change = (1i32..200, 0u8..8, any::<prop::sample::Index>(), any::<prop::sample::Index>())
        .prop_map(|(day, what, who, other)| Change { day, what, who, other });
    prop::collection::vec(change, 0..6)
}

/// A tree under the chair: each further agency below one that came before it, the reception board and the inspectorate somewhere
/// in it, or closed before anything happens; then its changes in the order of their days.
pub fn provinces() -> impl Strategy<Value = Province> {
    let tree = prop::collection::vec((any::<prop::sample::Index>(), 0usize..2), 1..8);
    let offices = (any::<prop::sample::Index>(), any::<prop::sample::Index>(), 0u8..6, 0u8..6);
    (tree, offices, changes()).prop_map(|(tree, (board, inspectorate, no_board, no_inspectorate), mut changes)| {
        let mut rows = vec![agency(CHAIR, AgencyType::ProvinceChair, None)];
        for (index, (parent, of)) in tree.iter().enumerate() {
            let of = [AgencyType::Department, AgencyType::Commune][*of];
            let parent = parent.get(&rows).id.to_string();
            rows.push(agency(&format!("a{index}"), of, Some(&parent)));
        }
        let parents = [board.get(&rows).id.to_string(), inspectorate.get(&rows).id.to_string()];
        rows.push(agency(BOARD, AgencyType::ReceptionBoard, Some(&parents[0])));
        rows.push(agency(INSPECTORATE, AgencyType::Inspectorate, Some(&parents[1])));
        for row in &mut rows {
            row.valid_from = FOUNDED;
            let absent = match row.agency_type {
                AgencyType::ReceptionBoard => no_board == 0,
                AgencyType::Inspectorate => no_inspectorate == 0,
                _ => false,
            };
            row.valid_to = absent.then_some(FOUNDED);
        }
        changes.sort_by_key(|change| change.day);
        for change in &changes {
            change.make(&mut rows);
        }
        let directory = Directory::new(rows.clone(), vec![], vec![], shipped_competence(), vec![]).unwrap();
        Province { rows, world: World { directory, ..World::with_policies(vec![]) } }
    })
}

impl Change {
    /// Makes the change where it can be made: nothing is below itself, and nothing changes twice on a day.
    fn make(&self, rows: &mut Vec<Agency>) {
        let day = add_days(FIRST, self.day);
        let mut ids: Vec<String> = rows.iter().map(|row| row.id.to_string()).collect();
        ids.sort();
        ids.dedup();
        let (who, other) = (self.who.get(&ids).clone(), self.other.get(&ids).clone());
        let last = rows.iter_mut().filter(|row| row.id.as_str() == who).max_by_key(|row| row.valid_from).unwrap();
        if last.valid_from >= day || last.valid_to.is_some_and(|to| to >= add_days(day, -1)) {
            return;
        }
        let closed = last.valid_to.is_some();
        match self.what {
            // Merged into another one, or closed without one.
            0..4 if !closed => {
                last.valid_to = Some(add_days(day, -1));
                last.successor = (self.what < 3 && other != who).then(|| other.as_str().into());
            }
            // Moved, or founded anew, under another one.
            4.. if !naive::up(rows, &other, day).contains(&who) => {
                let mut moved = rows.iter().rfind(|row| row.id.as_str() == who).unwrap().clone();
                (moved.valid_from, moved.valid_to, moved.successor) = (day, None, None);
                moved.parent = Some(other.as_str().into());
                rows.push(moved);
            }
            _ => {}
        }
    }
}
