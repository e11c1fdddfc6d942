//! Ten years as they might have come: days off that are guessed, published early or late and proclaimed otherwise, and sweeps
//! that run twice, late or for weeks not at all.

use std::collections::{BTreeMap, BTreeSet};
use std::fmt::Write;

use donthu_domain::Calendar;
use donthu_domain::time::{VIETNAM, add_days};
use jiff::civil::{Date, Weekday, date};
use jiff::{SignedDuration, Timestamp};
use proptest::prelude::*;
use proptest::test_runner::TestRng;

use crate::calendars::{self, LUNAR};
use crate::common::World;
use crate::invariants::walk::policies;
use crate::model::wall::{Leaves, Wall, Walls};

pub const FIRST: Date = date(2025, 7, 1);
pub const LAST: Date = date(2035, 6, 30);

/// As far as a limit that begins in these years may reach.
const FARTHEST: i16 = 2038;

/// The days off of a year, as somebody wrote them down.
#[derive(Debug, Clone, Default)]
pub struct DaysOff {
    off: BTreeSet<Date>,
    saturdays: Vec<Date>,
}

fn is_weekend(day: Date) -> bool {
    matches!(day.weekday(), Weekday::Saturday | Weekday::Sunday)
}

impl DaysOff {
    /// What the Labour Code makes of a year that nobody wrote down yet.
    pub fn generated(year: i16) -> Self {
        let second = date(year, 9, 2);
        let after = matches!(second.weekday(), Weekday::Sunday | Weekday::Monday | Weekday::Thursday);
        let mut named = calendars::named(year);
        named.insert(add_days(second, if after { 1 } else { -1 }));
        Self { off: made_up_for(named), saturdays: Vec::new() }
    }

    /// A plausible notice: more or fewer days around Tết, one or the other beside National Day, single days between two that
    /// are off exchanged for a Saturday, and once in a while a day that nobody foresaw.
    fn drawn(year: i16, rng: &mut TestRng) -> Self {
        let (tet, _) = calendars::lunar(year);
        let mut off = calendars::named(year);
        let around = add_days(tet, -rng.random_range(0..4));
        off.retain(|day| (tet - *day).get_days().abs() > 3);
        off.extend((0..rng.random_range(5..9)).map(|offset| add_days(around, offset)));
        off.insert(add_days(date(year, 9, 2), if rng.random() { 1 } else { -1 }));
        let mut off = made_up_for(off);
        let between = |day: Date, off: &BTreeSet<Date>| match day.weekday() {
            Weekday::Monday => off.contains(&add_days(day, 1)),
            Weekday::Friday => off.contains(&add_days(day, -1)),
            _ => false,
        };
        let mut saturdays = Vec::new();
        let mut day = date(year, 1, 1);
        while day.year() == year {
            if !off.contains(&day) && between(day, &off) && rng.random() {
                let weeks = rng.random_range(-2..3);
                let to_saturday = if day.weekday() == Weekday::Monday { 5 } else { 1 };
                let saturday = add_days(day, to_saturday + 7 * weeks);
                if saturday.year() == year && !off.contains(&saturday) && !saturdays.contains(&saturday) {
                    off.insert(day);
                    saturdays.push(saturday);
                }
            }
            day = add_days(day, 1);
        }
        if rng.random_ratio(1, 3) {
            let mourning = add_days(date(year, 1, 2), rng.random_range(0..360));
            if !saturdays.contains(&mourning) {
                off.insert(mourning);
            }
        }
        Self { off, saturdays }
    }

    fn leaves(&self, year: i16, is_proclaimed: bool) -> Leaves {
        Leaves::of(year, is_proclaimed, |day| self.off.contains(&day), &self.saturdays)
    }

    /// The same as a clerk's file.
    fn file(&self, year: i16, is_proclaimed: bool) -> String {
        let status = if is_proclaimed { "proclaimed" } else { "provisional" };
        let mut text = format!("year = {year}\nstatus = \"{status}\"\n");
        let basis = "basis = \"mô phỏng\"\nconfidence = \"unverified\"\n";
        for day in &self.off {
            let names = "name_vi = \"Ngày nghỉ\"\nname_en = \"Day off\"";
            write!(text, "[[holiday]]\nfrom = \"{day}\"\nto = \"{day}\"\n{names}\n{basis}").unwrap();
        }
        for day in &self.saturdays {
            write!(text, "[[working_saturday]]\ndate = \"{day}\"\n{basis}").unwrap();
        }
        text
    }

    pub fn is_free_weekday(&self, day: Date) -> bool {
        self.off.contains(&day) && !is_weekend(day)
    }
}

/// A day off on a weekend is made up for on the next day that is neither (Labour Code Art. 111.3).
fn made_up_for(named: BTreeSet<Date>) -> BTreeSet<Date> {
    let mut off = named.clone();
    for day in named.iter().filter(|day| is_weekend(**day)) {
        let mut free = *day;
        while is_weekend(free) || off.contains(&free) {
            free = add_days(free, 1);
        }
        off.insert(free);
    }
    off
}

/// A year's days off as they are from an instant on.
struct Notice {
    at: Timestamp,
    year: i16,
    is_proclaimed: bool,
    days: DaysOff,
}

pub struct Age {
    pub walls: &'static Walls,
    worlds: Vec<(Timestamp, &'static World)>,
    /// When the sweep runs.
    pub sweeps: Vec<Timestamp>,
}

impl Age {
    pub fn drawn(rng: &mut TestRng) -> Self {
        let mut notices = notices(rng);
        notices.sort_by_key(|notice| notice.at);
        let (mut hung, mut worlds) = (Vec::new(), Vec::new());
        let mut in_force: BTreeMap<i16, (bool, DaysOff)> = BTreeMap::new();
        for notice in notices {
            in_force.insert(notice.year, (notice.is_proclaimed, notice.days));
            let leaves = (2025..=FARTHEST).map(|year| {
                let generated = || (false, DaysOff::generated(year));
                let (is_proclaimed, days) = in_force.get(&year).cloned().unwrap_or_else(generated);
                (year, days.leaves(year, is_proclaimed))
            });
            hung.push((notice.at, Wall::of(leaves)));
            let files: Vec<(String, String)> = in_force
                .iter()
                .map(|(year, (is_proclaimed, days))| (format!("{year}.toml"), days.file(*year, *is_proclaimed)))
                .collect();
            let files = files.iter().map(|(name, text)| (name.as_str(), text.as_str()));
            let calendar = Calendar::from_files(files, ("lunar.toml", LUNAR)).unwrap();
            let world: &'static World = Box::leak(Box::new(World { calendar, ..World::with_policies(policies()) }));
            worlds.push((notice.at, world));
        }
        // Cases and histories refer to them; they end with the tests.
        Self { walls: Box::leak(Box::new(Walls::of(hung))), worlds, sweeps: sweeps(rng) }
    }

    /// The law, the days off and the agencies as they are known at an instant.
    pub fn world(&self, now: Timestamp) -> &'static World {
        let (_, world) = self.worlds.iter().rev().find(|(since, _)| *since <= now).unwrap();
        world
    }
}

fn notices(rng: &mut TestRng) -> Vec<Notice> {
    let mut notices =
        vec![Notice { at: Timestamp::MIN, year: 2025, is_proclaimed: true, days: DaysOff::drawn(2025, rng) }];
    for year in 2026..=2035 {
        let mut notice = |from: Date, within: i32, is_proclaimed: bool| {
            let on = add_days(from, rng.random_range(0..within));
            let at = VIETNAM.to_timestamp(on.at(rng.random_range(0..24), 0, 0, 0)).unwrap();
            notices.push(Notice { at, year, is_proclaimed, days: DaysOff::drawn(year, rng) });
            rng.random()
        };
        // In time, or as late as the middle of March.
        let has_draft = notice(date(year - 1, 11, 25), 110, true);
        if has_draft {
            notice(date(year - 1, 9, 1), 85, false);
        }
    }
    notices
}

fn sweeps(rng: &mut TestRng) -> Vec<Timestamp> {
    let mut sweeps = Vec::new();
    let (mut day, mut down_until) = (FIRST, FIRST);
    while day <= LAST {
        if rng.random_ratio(1, 90) {
            down_until = add_days(day, rng.random_range(1..40));
        }
        for hour in [0, 8] {
            let is_missing = day < down_until || rng.random_ratio(1, 12);
            if is_missing {
                continue;
            }
            let late = if rng.random_ratio(1, 10) { rng.random_range(0..1000) } else { rng.random_range(0..10) };
            let at = VIETNAM.to_timestamp(day.at(hour, 0, 0, 0)).unwrap() + SignedDuration::from_mins(late);
            sweeps.push(at);
            if rng.random_ratio(1, 8) {
                sweeps.push(at);
            }
        }
        day = add_days(day, 1);
    }
    sweeps.sort();
    sweeps
}
