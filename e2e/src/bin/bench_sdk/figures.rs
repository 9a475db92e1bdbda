//! What was measured of both sides, and what it comes to.

use serde::Deserialize;

/// Operations per second, a figure a round. The rounds of the two sides took turns.
#[derive(Debug, Default, Deserialize)]
pub(crate) struct Rates {
    /// Our package's.
    pub(crate) ours: Vec<f64>,
    /// The JavaScript SDK's.
    pub(crate) reference: Vec<f64>,
}

/// Milliseconds, one a load.
#[derive(Debug, Default, Deserialize)]
pub(crate) struct Times {
    /// Our package's.
    pub(crate) ours: Vec<f64>,
    /// The JavaScript SDK's.
    pub(crate) reference: Vec<f64>,
}

impl Rates {
    /// How many times as fast as the reference ours is: the middle one of the rounds, each beside
    /// the one that came next, since they had the same machine.
    pub(crate) fn ratio(&self) -> Option<f64> {
        let rounds = self.ours.iter().zip(&self.reference);
        Spread::of(&rounds.map(|(ours, reference)| ours / reference).collect::<Vec<_>>())
            .map(|ratios| ratios.median)
    }
}

/// Where figures lie.
#[derive(Debug, Clone, Copy, PartialEq)]
pub(crate) struct Spread {
    /// The least.
    pub(crate) least: f64,
    /// Half of them are no more.
    pub(crate) median: f64,
    /// 95 of 100 are no more.
    pub(crate) p95: f64,
    /// The most.
    pub(crate) most: f64,
}

impl Spread {
    /// `None` of nothing.
    pub(crate) fn of(figures: &[f64]) -> Option<Self> {
        let mut sorted = figures.to_vec();
        sorted.sort_by(f64::total_cmp);
        let last = sorted.len().checked_sub(1)?;
        let at = |place: usize| sorted.get(place).copied();
        Some(Self {
            least: at(0)?,
            median: f64::midpoint(at(last / 2)?, at(sorted.len() / 2)?),
            p95: at((sorted.len() * 95).div_ceil(100).saturating_sub(1))?,
            most: at(last)?,
        })
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_spread_is_of_sorted_figures() {
        assert_eq!(Spread::of(&[]), None);
        let spread = Spread::of(&[4.0, 1.0, 3.0, 2.0]).unwrap();
        assert_eq!(spread, Spread { least: 1.0, median: 2.5, p95: 4.0, most: 4.0 });
        let hundred: Vec<_> = (1..=100).map(f64::from).collect();
        assert_eq!(Spread::of(&hundred).unwrap().p95, 95.0);
    }

    #[test]
    fn a_round_is_compared_with_its_neighbour() {
        // The second round had a tenth of the machine, for both.
        let rates = Rates { ours: vec![80.0, 8.0, 90.0], reference: vec![10.0, 1.0, 10.0] };
        assert_eq!(rates.ratio(), Some(8.0));
        assert_eq!(Rates::default().ratio(), None);
    }
}
