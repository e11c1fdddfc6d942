//! Times in pairs, and what is said of them.

use std::time::Duration;

/// The middle half of some numbers.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct Quartiles {
    /// A quarter of them is below.
    pub lower: f64,
    /// Half of them is below.
    pub median: f64,
    /// Three quarters of them are below.
    pub upper: f64,
}

impl Quartiles {
    /// Of numbers in any order; between two of them by their distance. None of no numbers.
    #[must_use]
    pub fn of(mut numbers: Vec<f64>) -> Option<Self> {
        numbers.sort_by(f64::total_cmp);
        let at = |share: f64| -> Option<f64> {
            #[expect(clippy::cast_precision_loss, reason = "a few hundred samples")]
            let place = share * (numbers.len().checked_sub(1)? as f64);
            #[expect(clippy::cast_possible_truncation, clippy::cast_sign_loss, reason = "an index, rounded down")]
            let below = place as usize;
            let (first, second) = (*numbers.get(below)?, numbers.get(below + 1).or_else(|| numbers.last()).copied()?);
            Some(first + (second - first) * place.fract())
        };
        Some(Self { lower: at(0.25)?, median: at(0.5)?, upper: at(0.75)? })
    }
}

/// Times of one operation and of its floor, one after the other.
#[derive(Debug, Default)]
pub struct Pairs(Vec<(Duration, Duration)>);

impl Pairs {
    /// Adds a pair.
    pub fn add(&mut self, ours: Duration, floor: Duration) {
        self.0.push((ours, floor));
    }

    /// Ours and the floor in microseconds, and the ratios; none of no pairs.
    #[must_use]
    pub fn quartiles(&self) -> Option<(Quartiles, Quartiles, Quartiles)> {
        let micros = |time: &Duration| time.as_secs_f64() * 1e6;
        let ours = self.0.iter().map(|(ours, _)| micros(ours)).collect();
        let floor = self.0.iter().map(|(_, floor)| micros(floor)).collect();
        let ratios = self.0.iter().map(|(ours, floor)| ours.as_secs_f64() / floor.as_secs_f64()).collect();
        Some((Quartiles::of(ours)?, Quartiles::of(floor)?, Quartiles::of(ratios)?))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn quartiles_lie_between_the_numbers_next_to_them() {
        let of = |numbers: &[f64]| Quartiles::of(numbers.to_vec());
        assert_eq!(of(&[]), None);
        assert_eq!(of(&[3.0]), Some(Quartiles { lower: 3.0, median: 3.0, upper: 3.0 }));
        assert_eq!(of(&[4.0, 1.0, 3.0, 2.0, 5.0]), Some(Quartiles { lower: 2.0, median: 3.0, upper: 4.0 }));
        assert_eq!(of(&[1.0, 2.0]), Some(Quartiles { lower: 1.25, median: 1.5, upper: 1.75 }));
    }

    #[test]
    fn a_ratio_is_of_its_own_pair() {
        let mut pairs = Pairs::default();
        let millis = Duration::from_millis;
        // A machine that is twice as slow for a while is so to both.
        for (ours, floor) in [(12, 10), (24, 20), (11, 10)] {
            pairs.add(millis(ours), millis(floor));
        }
        let (ours, floor, ratio) = pairs.quartiles().unwrap();
        assert!((ours.median - 12_000.0).abs() < 1e-6 && (floor.median - 10_000.0).abs() < 1e-6);
        assert!((ratio.median - 1.2).abs() < 1e-9, "{ratio:?}");
    }
}
