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
