//! Charts as inline SVG: drawn by attributes and classes alone, read in black and white as well, always with a table beside them.

use crate::words::Words;

/// Width of a chart's drawing, in its own units.
const WIDTH: i64 = 600;

/// A part of a bar.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Part {
    /// The stylesheet's class, which gives colour and pattern.
    pub class: &'static str,
    /// Where it begins.
    pub x: i64,
    /// How long it is.
    pub width: i64,
}

/// One bar of parts that lie end to end.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Bar {
    /// What it is about.
    pub label: String,
    /// Its parts; those of nothing are left out.
    pub parts: Vec<Part>,
    /// What it shows, in words.
    pub told: String,
}

impl Bar {
    /// A bar whose whole length stands for `most`. Parts are a class and a number; negative ones count as nothing.
    pub fn new(label: &str, parts: &[(&'static str, i64)], most: i64, told: String) -> Self {
        let scaled = |value: i64| if most <= 0 { 0 } else { value.clamp(0, most) * WIDTH / most };
        let mut until = 0;
        let mut drawn = Vec::new();
        for (class, value) in parts {
            let from = scaled(until);
            until += (*value).max(0);
            let width = scaled(until) - from;
            if width > 0 {
                drawn.push(Part { class, x: from, width });
            }
        }
        Self { label: label.to_owned(), parts: drawn, told }
    }
}

impl Bar {
    /// What was resolved of a kind, what is open in time and what is overdue.
    pub fn of_standing(name: &str, resolved: i64, open: i64, overdue: i64, w: Words) -> Self {
        let in_time = open - overdue;
        let told = format!(
            "{name}: {} {}, {} {}, {} {}",
            w.number(&resolved),
            w.t("đã giải quyết", "resolved"),
            w.number(&in_time),
            w.t("đang giải quyết trong hạn", "open in time"),
            w.number(&overdue),
            w.t("quá hạn", "overdue"),
        );
        Self::new(name, &[("done", resolved), ("open", in_time), ("late", overdue)], resolved + open, told)
    }
}

/// A share of hundredths of a percent against another one, in percentage points: `+1,20`.
pub fn difference(now: Option<&str>, before: Option<&str>, w: Words) -> Option<String> {
    let hundredths = |percent: &str| {
        let (whole, part) = percent.split_once('.').unwrap_or((percent, "0"));
        Some(whole.parse::<i64>().ok()? * 100 + format!("{part:0<2}").get(..2)?.parse::<i64>().ok()?)
    };
    let (now, before) = (hundredths(now?)?, hundredths(before?)?);
    let by = now - before;
    let sign = match by {
        0 => "±",
        1.. => "+",
        _ => "\u{2212}",
    };
    let (whole, part) = (by.abs() / 100, by.abs() % 100);
    Some(format!("{sign}{whole}{}{part:02}", w.t(",", ".")))
}

#[cfg(test)]
mod tests {
    use donthu_domain::Language;

    use super::*;

    #[test]
    fn the_parts_of_a_bar_lie_end_to_end_and_none_is_drawn_of_nothing() {
        let bar = Bar::new("x", &[("done", 274), ("open", 66), ("late", 19), ("none", 0)], 359, String::new());
        let ends: Vec<_> = bar.parts.iter().map(|part| (part.class, part.x, part.x + part.width)).collect();
        assert_eq!(ends, [("done", 0, 457), ("open", 457, 568), ("late", 568, 600)]);
        assert_eq!(Bar::new("x", &[("done", 0)], 0, String::new()).parts, []);
        assert_eq!(
            Bar::new("x", &[("done", -3), ("open", 5)], 5, String::new()).parts,
            [Part { class: "open", x: 0, width: 600 }]
        );
    }

    #[test]
    fn a_difference_is_in_percentage_points() {
        let vi = Words(Language::Vi);
        assert_eq!(difference(Some("76.32"), Some("75.12"), vi).as_deref(), Some("+1,20"));
        assert_eq!(difference(Some("9.05"), Some("10.00"), vi).as_deref(), Some("\u{2212}0,95"));
        assert_eq!(difference(Some("100.00"), Some("100.00"), Words(Language::En)).as_deref(), Some("±0.00"));
        assert_eq!(difference(None, Some("1.00"), vi), None);
    }
}
