//! Years without a proclamation, generated from the Labour Code and the lunar table.

use std::collections::BTreeMap;

use jiff::civil::{Date, Weekday, date};

use super::{Holiday, LunarYear, Year, YearStatus, is_weekend};
use crate::reference::Confidence;
use crate::time::{add_days, next_day};

const NAMED: (&str, &str) = ("Bộ luật Lao động 2019, Điều 112", "Labour Code 2019, Art. 112");
const IN_LIEU: (&str, &str) = ("Bộ luật Lao động 2019, Điều 111 khoản 3", "Labour Code 2019, Art. 111.3");
const CULTURE_DAY: (&str, &str) = ("Nghị quyết 28/2026/QH16", "Resolution 28/2026/QH16");

/// A day that the law names, with its names and its basis in Vietnamese and English.
struct Named {
    day: Date,
    name: (&'static str, &'static str),
    basis: (&'static str, &'static str),
}

/// Labour Code 2019 Art. 112: 1 January, five days around Tết, the Hùng Kings' day, 30 April, 1 May, 2 September and the
/// day beside it; from 2026 also 24 November (Resolution 28/2026/QH16). A day off that falls on a weekend is made up for
/// on the next working day (Art. 111.3).
pub(super) fn generate(row: &LunarYear) -> Year {
    let named = named_days(row);
    let mut holidays: Vec<Holiday> = Vec::new();
    let mut days_off: BTreeMap<Date, usize> = BTreeMap::new();
    let mut owed: Vec<(&str, &str)> = Vec::new();
    let is_named = |day: Date| named.iter().any(|other| other.day == day);
    for Named { day, name, basis } in &named {
        if is_weekend(*day) {
            owed.push(*name);
        }
        days_off.insert(*day, holidays.len());
        holidays.push(holiday(*day, (name.0.to_owned(), name.1.to_owned()), *basis));
        if is_named(next_day(*day)) {
            continue;
        }
        for (vi, en) in owed.drain(..) {
            let mut free = next_day(*day);
            // A day off that comes later in the list can't make up for an earlier one.
            while is_named(free) || days_off.contains_key(&free) || is_weekend(free) {
                free = next_day(free);
            }
            days_off.insert(free, holidays.len());
            holidays.push(holiday(free, (format!("Nghỉ bù {vi}"), format!("{en} (in lieu)")), IN_LIEU));
        }
    }
    Year { status: YearStatus::Generated, holidays, days_off, worked: BTreeMap::new() }
}

fn named_days(row: &LunarYear) -> Vec<Named> {
    let year = row.year;
    let labour = |day: Date, vi, en| Named { day, name: (vi, en), basis: NAMED };
    let mut named = vec![
        labour(date(year, 1, 1), "Tết Dương lịch", "New Year's Day"),
        labour(row.hung_kings, "Giỗ Tổ Hùng Vương", "Hùng Kings' Commemoration Day"),
        labour(date(year, 4, 30), "Ngày Chiến thắng", "Reunification Day"),
        labour(date(year, 5, 1), "Ngày Quốc tế lao động", "International Labour Day"),
    ];
    named.extend((-1..=3).map(|offset| labour(add_days(row.tet, offset), "Tết Nguyên đán", "Lunar New Year")));
    let national_day = date(year, 9, 2);
    named.push(labour(national_day, "Quốc khánh", "National Day"));
    let beside = match national_day.weekday() {
        Weekday::Sunday | Weekday::Monday | Weekday::Thursday => date(year, 9, 3),
        _ => date(year, 9, 1),
    };
    named.push(labour(beside, "Quốc khánh (ngày liền kề)", "National Day (the day beside it)"));
    if year >= 2026 {
        let name = ("Ngày Văn hóa Việt Nam", "Vietnam Culture Day");
        named.push(Named { day: date(year, 11, 24), name, basis: CULTURE_DAY });
    }
    named.sort_by_key(|named| named.day);
    named
}

fn holiday(day: Date, name: (String, String), basis: (&str, &str)) -> Holiday {
    Holiday {
        from: day,
        to: day,
        name_vi: name.0,
        name_en: name.1,
        basis: basis.0.to_owned(),
        basis_en: Some(basis.1.to_owned()),
        confidence: Confidence::Unverified,
    }
}
