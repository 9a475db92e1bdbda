//! The figures beside what is required of them.

use std::fmt::Write as _;

/// What was measured, and the most that it may come to.
pub(crate) struct Figure {
    /// What it is.
    pub(crate) what: &'static str,
    /// The unit, and how many digits are told after the point.
    pub(crate) unit: (&'static str, usize),
    /// The figures of all runs.
    pub(crate) runs: Vec<f64>,
    /// The most that is allowed, if there is a bound.
    pub(crate) most: Option<f64>,
}

impl Figure {
    fn row(&self) -> [String; 5] {
        let (unit, digits) = self.unit;
        let told = |figure: f64| format!("{figure:.digits$} {unit}");
        let p95 = at(&self.runs, 0.95);
        let required = self.most.map(|most| format!("≤ {}", told(most))).unwrap_or_default();
        let verdict = match self.most.map(|most| p95 <= most) {
            Some(true) => "met",
            Some(false) => "missed",
            None => "",
        };
        let what = self.what.to_owned();
        [what, told(at(&self.runs, 0.5)), told(p95), required, verdict.to_owned()]
    }
}

/// What this part of the figures is no more than.
fn at(figures: &[f64], part: f64) -> f64 {
    let mut sorted = figures.to_vec();
    sorted.sort_by(f64::total_cmp);
    let index = (sorted.len() as f64 * part).ceil() as usize;
    sorted.get(index.saturating_sub(1)).copied().unwrap_or(f64::NAN)
}

/// A table in Markdown; the p95 is what counts.
pub(crate) fn render(figures: &[Figure]) -> String {
    let mut out = "| what | median | p95 | required | |\n|---|---|---|---|---|".to_owned();
    for figure in figures {
        let _ = write!(out, "\n| {} |", figure.row().join(" | "));
    }
    out
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_p95_is_what_counts() {
        let mut figure =
            Figure { what: "x", unit: ("ms", 0), runs: vec![3.0, 1.0, 2.0], most: Some(2.5) };
        assert_eq!(figure.row(), ["x", "2 ms", "3 ms", "≤ 2 ms", "missed"].map(str::to_owned));
        figure.most = Some(3.0);
        assert_eq!(figure.row()[4], "met");
        figure.most = None;
        assert_eq!(figure.row()[3..], [String::new(), String::new()]);
    }

    #[test]
    fn of_twenty_figures_the_p95_is_the_second_most() {
        let figures: Vec<f64> = (1..=20).map(f64::from).collect();
        assert_eq!([at(&figures, 0.5), at(&figures, 0.95)], [10.0, 19.0]);
        assert!(at(&[], 0.5).is_nan());
    }

    #[test]
    fn the_table_is_markdown() {
        let figure = Figure { what: "y", unit: ("KB", 1), runs: vec![1.25], most: None };
        let lines = "| what | median | p95 | required | |\n|---|---|---|---|---|\n| y | 1.2 KB | 1.2 KB |  |  |";
        assert_eq!(render(&[figure]), lines);
    }
}
