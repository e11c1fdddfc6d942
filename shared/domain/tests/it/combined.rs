//! Published rates over several kinds, posted to the tally case by case and summed under the definition that each follows.

use std::collections::BTreeMap;

use donthu_domain::tally::{Balance, Combined, Figures, Flows, Rounding};
use donthu_domain::{AgencyId, Cohort, Kind, Language, Measure, Outcome, TallyDelta};
use jiff::civil::date;

/// What a report says of a kind: carried in, received, resolved by decision (or answered), withdrawn or terminated.
type Part = (Kind, i64, i64, i64, i64);

/// A source, its parts, its definition, numerator and denominator, decimals and rounding, what it printed.
type Published = (&'static str, &'static [Part], Combined, (i64, i64), u32, Rounding, &'static str);

const FROM: jiff::civil::Date = date(2026, 1, 1);
const TO: jiff::civil::Date = date(2026, 12, 31);

fn changes((kind, carried_in, received, decided, withdrawn): Part) -> Vec<TallyDelta> {
    let posted = |day, measure, by| TallyDelta {
        cohort: Cohort::Flow,
        agency: AgencyId::from("c21025"),
        kind,
        day,
        measure,
        by,
    };
    let before = FROM.yesterday().unwrap();
    let outcome = if kind == Kind::Feedback { Outcome::Answered } else { Outcome::Unfounded };
    vec![
        posted(before, Measure::Assigned, carried_in),
        posted(before, Measure::Accepted, carried_in),
        posted(date(2026, 3, 2), Measure::Assigned, received),
        posted(date(2026, 3, 2), Measure::Accepted, received),
        posted(date(2026, 5, 4), Measure::Resolved(outcome, true), decided - decided / 3),
        posted(date(2026, 7, 6), Measure::Resolved(outcome, false), decided / 3),
        posted(date(2026, 7, 6), Measure::Resolved(Outcome::Withdrawn, true), withdrawn),
    ]
}

fn figures(parts: &[Part]) -> BTreeMap<Kind, Figures> {
    let of = |part: &Part| {
        let (mut opening, mut before, mut flows) = (Balance::default(), Flows::default(), Flows::default());
        for delta in changes(*part) {
            if delta.day < FROM { &mut before } else { &mut flows }.add(delta.measure, delta.by);
        }
        opening.apply(&before);
        (part.0, Figures::of_period(&opening, &flows, FROM, TO))
    };
    parts.iter().map(of).collect()
}

#[test]
fn published_rates_come_out_of_the_tally_under_the_definition_that_their_source_follows() {
    use Kind::{Complaint, Denunciation, Feedback};
    use Rounding::{HalfUp, Truncated};
    let rows: [Published; 6] = [
        // How a sum divides over the kinds is ours wherever the source does not say it; the rate does not depend on it.
        (
            "1: SGGP post812108, National Assembly year 2025",
            &[(Complaint, 2_000, 15_068, 14_000, 1_000), (Denunciation, 500, 4_500, 3_000, 108)],
            Combined::Kntc,
            (18_108, 22_068),
            1,
            HalfUp,
            "82.1",
        ),
        (
            "2: doanhnhanvatieudung.com a137279, H1 2025",
            &[(Complaint, 0, 12_125, 9_000, 323), (Denunciation, 0, 4_000, 3_000, 0)],
            Combined::Kntc,
            (12_323, 16_125),
            1,
            HalfUp,
            "76.4",
        ),
        (
            "5: thanhtra.com.vn 200614, Kon Tum July 2022, petitions with feedback",
            &[(Complaint, 5, 15, 9, 1), (Denunciation, 0, 10, 3, 0), (Feedback, 5, 70, 30, 0)],
            Combined::Don,
            (43, 105),
            2,
            HalfUp,
            "40.95",
        ),
        (
            "8: thanhtra.com.vn 152574, Hà Nam 2019; 7 of the 85 were withdrawn after mediation",
            &[(Complaint, 0, 80, 68, 7), (Denunciation, 0, 12, 10, 0)],
            Combined::Kntc,
            (85, 92),
            1,
            HalfUp,
            "92.4",
        ),
        (
            "9: ninhthuan.gov.vn BC 84/BC-TTT, H1 2020: complaints and denunciations, truncated",
            &[(Complaint, 0, 196, 160, 0), (Denunciation, 0, 25, 16, 0)],
            Combined::Kntc,
            (176, 221),
            2,
            Truncated,
            "79.63",
        ),
        (
            "12: baolamdong.vn 202402, Lâm Đồng 2023, both kinds together",
            &[(Complaint, 0, 359, 200, 74), (Denunciation, 0, 122, 94, 11), (Feedback, 0, 2_405, 0, 0)],
            Combined::Kntc,
            (379, 481),
            2,
            HalfUp,
            "78.79",
        ),
    ];
    for (source, parts, combined, integers, decimals, rounding, published) in rows {
        let rate = combined.rate(&figures(parts)).unwrap();
        assert_eq!((rate.numerator, rate.denominator), integers, "{source}");
        assert_eq!(rate.percent(decimals, rounding).as_deref(), Some(published), "{source}");
    }
}

#[test]
fn the_lam_dong_report_gives_a_rate_to_each_kind() {
    let figures = figures(&[(Kind::Complaint, 0, 359, 200, 74), (Kind::Denunciation, 0, 122, 94, 11)]);
    for (kind, published) in [(Kind::Complaint, "76.32"), (Kind::Denunciation, "86.07")] {
        let rate = figures[&kind].resolution_rate();
        assert_eq!(rate.percent(2, Rounding::HalfUp).as_deref(), Some(published));
    }
}

#[test]
fn the_definitions_differ_in_what_they_count_and_say_so() {
    let parts = [(Kind::Complaint, 5, 15, 9, 1), (Kind::Denunciation, 0, 10, 3, 0), (Kind::Feedback, 5, 70, 30, 0)];
    let figures = figures(&parts);
    let percent = |combined: Combined| combined.rate(&figures).unwrap().percent(2, Rounding::HalfUp).unwrap();
    assert_eq!((percent(Combined::Kntc).as_str(), percent(Combined::Don).as_str()), ("43.33", "40.95"));
    for (combined, vi, en) in [
        (Combined::Kntc, "vụ việc khiếu nại, tố cáo", "complaints and denunciations, by cases"),
        (Combined::Don, "đơn thuộc thẩm quyền, gồm cả kiến nghị, phản ánh", "feedback included"),
    ] {
        assert!(combined.definition(Language::Vi).contains(vi), "{}", combined.code());
        assert!(combined.definition(Language::En).contains(en), "{}", combined.code());
        assert_eq!(combined.kinds().contains(&Kind::Feedback), combined == Combined::Don);
    }
}

#[test]
fn a_part_does_not_pass_for_the_whole() {
    let complaints = figures(&[(Kind::Complaint, 0, 359, 200, 74)]);
    for combined in Combined::ALL {
        assert_eq!(combined.rate(&complaints), None);
    }
    let nothing =
        figures(&[(Kind::Complaint, 0, 0, 0, 0), (Kind::Denunciation, 0, 0, 0, 0), (Kind::Feedback, 0, 0, 0, 0)]);
    for combined in Combined::ALL {
        let rate = combined.rate(&nothing).unwrap();
        assert_eq!(rate.percent(2, Rounding::HalfUp), None, "no data is never 100 %");
    }
}
