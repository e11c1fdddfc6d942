//! Agencies beside each other.

use donthu_domain::Kind;

use super::{KindFigures, OfAgency};
use crate::words::Words;

/// How many agencies are shown of those between which cases moved most.
const MOST_MOVED: usize = 10;

/// An agency's sums over the kinds that the reader may see.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Row {
    /// The list of its cases.
    pub cases: String,
    /// Its name.
    pub name: String,
    /// Cases that ended in the period.
    pub resolved: i64,
    /// Of those, in time.
    pub on_time: i64,
    /// Of those, late.
    pub late: i64,
    /// Accepted cases that are open.
    pub open: i64,
    /// Of those, overdue.
    pub overdue: i64,
    /// Cases that came from another agency.
    pub transferred_in: i64,
    /// Cases that went to another agency.
    pub transferred_out: i64,
    /// The statutory rate's numerator and denominator, over the kinds that have one.
    pub rate: (i64, i64),
    /// The rate in words: `98,64 %`, or a dash.
    pub rate_text: String,
    /// The share in time, in words.
    pub on_time_text: String,
}

/// A column by which the table can be put into order.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Column {
    /// Its heading.
    pub heading: &'static str,
    /// What puts the table into its order.
    pub address: String,
    /// `ascending` or `descending` where the table is in its order.
    pub order: Option<&'static str>,
    /// Whether it holds numbers.
    pub number: bool,
}

/// The rows of all agencies, as the API gives them.
pub fn rows(agencies: &[OfAgency], named: impl Fn(&str) -> String, w: Words) -> Vec<Row> {
    let sum = |kinds: &[KindFigures], of: fn(&KindFigures) -> i64| kinds.iter().map(of).sum::<i64>();
    let row = |agency: &OfAgency| {
        let kinds = &agency.kinds;
        let counted =
            kinds.iter().filter(|figures| figures.kind != Kind::Feedback).filter_map(|figures| figures.rate.as_ref());
        let rate = counted.fold((0, 0), |(numerator, denominator), rate| {
            (numerator + rate.numerator, denominator + rate.denominator)
        });
        let (on_time, late) = (sum(kinds, |of| of.on_time), sum(kinds, |of| of.late));
        Row {
            cases: cases(&agency.agency),
            name: named(&agency.agency),
            resolved: sum(kinds, |of| of.resolved),
            on_time,
            late,
            open: sum(kinds, |of| of.open),
            overdue: sum(kinds, |of| of.overdue),
            transferred_in: sum(kinds, |of| of.transferred_in),
            transferred_out: sum(kinds, |of| of.transferred_out),
            rate,
            rate_text: share(rate, w),
            on_time_text: share((on_time, on_time + late), w),
        }
    };
    agencies.iter().map(row).collect()
}

fn cases(agency: &str) -> String {
    format!("/can-bo?{}", form_urlencoded::Serializer::new(String::new()).append_pair("agency", agency).finish())
}

/// A share in percent, half up to one digit; a dash where there is nothing to share.
pub fn share((of, all): (i64, i64), w: Words) -> String {
    if all <= 0 {
        return "–".to_owned();
    }
    let tenths = (of * 2_000 + all) / (2 * all);
    w.percent(&format!("{}.{}", tenths / 10, tenths % 10))
}

/// The rows in the order of a column (the most overdue first where none is named), and the columns. A column's link turns the order
/// round where the table is in it already.
pub fn sorted(mut rows: Vec<Row>, by: &str, address: impl Fn(&str) -> String, w: Words) -> (Vec<Column>, Vec<Row>) {
    let (name, up) = by.strip_suffix("-tang").map_or((by, false), |name| (name, true));
    let known = ["ten", "ty-le", "dung-han", "giai-quyet", "dang", "qua-han"];
    let name = if known.contains(&name) { name } else { "qua-han" };
    rows.sort_by(|one, other| {
        let order = match name {
            "ten" => other.name.cmp(&one.name),
            // a/b against c/d without a division; agencies with nothing to resolve stand last.
            "ty-le" => compare(one.rate, other.rate),
            "dung-han" => compare((one.on_time, one.on_time + one.late), (other.on_time, other.on_time + other.late)),
            "giai-quyet" => one.resolved.cmp(&other.resolved),
            "dang" => one.open.cmp(&other.open),
            _ => one.overdue.cmp(&other.overdue),
        };
        let order = if up { order } else { order.reverse() };
        order.then_with(|| one.name.cmp(&other.name))
    });
    let headings = [
        w.t("Cơ quan", "Agency"),
        w.t("Tỷ lệ giải quyết", "Resolution rate"),
        w.t("Đúng hạn", "In time"),
        w.t("Đã giải quyết", "Resolved"),
        w.t("Đang giải quyết", "Open"),
        w.t("Quá hạn", "Overdue"),
    ];
    let column = |(column, heading): (&str, &'static str)| {
        let here = column == name;
        // A name is read from A on, a number from the greatest.
        let ascending = if column == "ten" { !up } else { up };
        Column {
            heading,
            address: if here && !up { address(&format!("{column}-tang")) } else { address(column) },
            order: here.then_some(if ascending { "ascending" } else { "descending" }),
            number: column != "ten",
        }
    };
    (known.into_iter().zip(headings).map(column).collect(), rows)
}

fn compare((a, b): (i64, i64), (c, d): (i64, i64)) -> std::cmp::Ordering {
    (b > 0).cmp(&(d > 0)).then_with(|| (i128::from(a) * i128::from(d)).cmp(&(i128::from(c) * i128::from(b))))
}

/// The agencies that cases came to and went from most.
pub fn most_moved(rows: &[Row]) -> Vec<Row> {
    let mut moved: Vec<Row> = rows.iter().filter(|row| row.transferred_in + row.transferred_out > 0).cloned().collect();
    moved.sort_by_key(|row| (-(row.transferred_in + row.transferred_out), row.name.clone()));
    moved.truncate(MOST_MOVED);
    moved
}

#[cfg(test)]
mod tests {
    use donthu_domain::Language;

    use super::*;

    fn row(name: &str, rate: (i64, i64), overdue: i64) -> Row {
        Row {
            cases: cases(name),
            name: name.to_owned(),
            resolved: rate.0,
            on_time: 0,
            late: 0,
            open: 0,
            overdue,
            transferred_in: overdue,
            transferred_out: 0,
            rate,
            rate_text: String::new(),
            on_time_text: String::new(),
        }
    }

    fn names(by: &str) -> Vec<String> {
        let rows = vec![row("a", (1, 3), 0), row("b", (2, 3), 5), row("c", (0, 0), 1)];
        let (_, rows) = sorted(rows, by, str::to_owned, Words(Language::Vi));
        rows.into_iter().map(|row| row.name).collect()
    }

    #[test]
    fn the_table_stands_in_the_order_of_any_column_in_both_directions() {
        assert_eq!(names(""), ["b", "c", "a"]);
        assert_eq!(names("qua-han-tang"), ["a", "c", "b"]);
        assert_eq!(names("ten"), ["a", "b", "c"]);
        assert_eq!(names("ten-tang"), ["c", "b", "a"]);
        assert_eq!(names("ty-le"), ["b", "a", "c"], "who had nothing to resolve stands last");
        assert_eq!(names("no-such-column"), names(""));
    }

    #[test]
    fn a_heading_turns_the_order_round_and_says_which_one_it_is() {
        let headings = |by: &str| {
            let (columns, _) = sorted(Vec::new(), by, str::to_owned, Words(Language::Vi));
            columns.into_iter().map(|column| (column.address, column.order)).collect::<Vec<_>>()
        };
        let usual = headings("");
        assert_eq!(usual[5], ("qua-han-tang".to_owned(), Some("descending")));
        assert_eq!(usual[0], ("ten".to_owned(), None));
        assert_eq!(headings("qua-han-tang")[5], ("qua-han".to_owned(), Some("ascending")));
        assert_eq!(headings("ten")[0], ("ten-tang".to_owned(), Some("ascending")));
    }

    #[test]
    fn shares_are_rounded_half_up() {
        let vi = Words(Language::Vi);
        assert_eq!(share((2, 3), vi), "66,7\u{a0}%");
        assert_eq!(share((1, 2_000), vi), "0,1\u{a0}%");
        assert_eq!(share((3, 3), vi), "100,0\u{a0}%");
        assert_eq!(share((0, 0), vi), "–");
    }

    #[test]
    fn cases_that_moved_are_shown_where_they_moved() {
        let rows = [row("a", (1, 1), 0), row("b", (1, 1), 2), row("c", (1, 1), 7)];
        assert_eq!(most_moved(&rows).iter().map(|row| row.name.as_str()).collect::<Vec<_>>(), ["c", "b"]);
    }
}
