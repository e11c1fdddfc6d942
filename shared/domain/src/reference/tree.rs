//! Which agency stands where, on which day: the tree of agencies through its reorganisations.

use std::collections::{BTreeMap, BTreeSet};

use jiff::civil::Date;

use super::{Agency, Directory};
use crate::ids::AgencyId;
use crate::time::next_day;

impl Directory {
    /// The agency as it stands on a day; none if it did not exist then.
    pub fn agency(&self, id: &AgencyId, on: Date) -> Option<&Agency> {
        self.latest(id, on).filter(|row| row.valid_to.is_none_or(|to| on <= to))
    }

    /// The agency as it stands on a day or, where it was closed before, as it last stood.
    pub fn latest(&self, id: &AgencyId, on: Date) -> Option<&Agency> {
        // The latest version alone decides: one that it replaced must not bring a closed agency back.
        self.agencies.get(id)?.iter().rev().find(|row| row.valid_from <= on)
    }

    /// Whether an agency is another one or stands below it on a day. A closed one stands where it last stood.
    pub fn is_within(&self, agency: &AgencyId, above: &AgencyId, on: Date) -> bool {
        agency == above || self.above(agency, on).contains(above)
    }

    /// The agencies above another one on a day, nearest first, closed ones where they last stood.
    pub(crate) fn above(&self, agency: &AgencyId, on: Date) -> Vec<AgencyId> {
        let mut chain: Vec<AgencyId> = Vec::new();
        let mut at = self.latest(agency, on).and_then(|row| row.parent.clone());
        while let Some(id) = at {
            // A circle is refused when the rows are loaded; until then it must end.
            if chain.contains(&id) {
                break;
            }
            at = self.latest(&id, on).and_then(|row| row.parent.clone());
            chain.push(id);
        }
        chain
    }

    /// The agency that has an agency's tasks on a day: itself, or what it was merged into; none where it was closed without a
    /// successor.
    pub fn standing(&self, agency: &AgencyId, on: Date) -> Option<AgencyId> {
        let mut seen = BTreeSet::new();
        let mut at = agency.clone();
        while self.agency(&at, on).is_none() {
            if !seen.insert(at.clone()) {
                return None;
            }
            at = self.latest(&at, on)?.successor.clone()?;
        }
        Some(at)
    }

    /// An agency and every one that has taken over its tasks and people by a day, each with the first day on which it had them.
    pub(crate) fn heirs(&self, agency: &AgencyId, on: Date) -> BTreeMap<AgencyId, Date> {
        let mut heirs = BTreeMap::from([(agency.clone(), Date::MIN)]);
        let mut todo = vec![(agency.clone(), Date::MIN)];
        while let Some((id, had)) = todo.pop() {
            for row in self.agencies.get(&id).into_iter().flatten() {
                let Some((to, successor)) = row.valid_to.zip(row.successor.as_ref()) else { continue };
                let since = next_day(to).max(had);
                // A version that was replaced before its last day, or came back since, has handed nothing over.
                let handed_over = since <= on && self.latest(&id, since) == Some(row);
                if handed_over && heirs.get(successor).is_none_or(|known| since < *known) {
                    heirs.insert(successor.clone(), since);
                    todo.push((successor.clone(), since));
                }
            }
        }
        heirs
    }

    /// Every agency that was an agency or stood below it on any day of a span, both days included.
    pub(crate) fn ever_within(&self, above: &AgencyId, from: Date, to: Date) -> BTreeSet<AgencyId> {
        let days = self.days_of_change(from, to);
        let mut within = BTreeSet::from([above.clone()]);
        for id in self.agencies.keys() {
            if days.iter().any(|day| self.is_within(id, above, *day)) {
                within.insert(id.clone());
            }
        }
        within
    }

    /// A mark of the tree of a day, which is another one after every reorganisation: the day of the newest, and how many rows have
    /// begun by then.
    pub fn tree_mark(&self, on: Date) -> String {
        let rows = self.agencies.values().flatten();
        let newest = self.days_of_change(Date::MIN, on.tomorrow().unwrap_or(on)).into_iter().rfind(|day| *day <= on);
        let begun = rows.filter(|row| row.valid_from <= on).count();
        format!("{}#{begun}", newest.unwrap_or(Date::MIN))
    }

    /// An agency that on some day would be above itself. Two that have changed places are not: each day has a tree of its own.
    pub(super) fn circle(&self) -> Option<AgencyId> {
        let days: BTreeSet<Date> = self.agencies.values().flatten().map(|row| row.valid_from).collect();
        let circles = |id: &&AgencyId| days.iter().any(|day| self.above(id, *day).contains(id));
        self.agencies.keys().find(circles).cloned()
    }

    /// The first and the last day of a span, and each between on which an agency began, was closed or moved.
    fn days_of_change(&self, from: Date, to: Date) -> BTreeSet<Date> {
        let rows = self.agencies.values().flatten();
        let changes = rows.flat_map(|row| [Some(row.valid_from), row.valid_to.map(next_day)]).flatten();
        changes.filter(|day| from < *day && *day < to).chain([from, to]).collect()
    }
}
