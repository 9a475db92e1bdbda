//! The figures beside what is required of them.

use std::fmt::Write as _;

use kvs_e2e::table::aligned;

use crate::figures::{Rates, Spread, Times};

/// Longest that a package may take from its import until it is ready, 95 times of 100, in
/// milliseconds.
const LONGEST_LOAD: f64 = 30.0;

/// Operations that were counted.
pub(crate) struct Rate {
    /// What was done.
    pub(crate) what: &'static str,
    /// How many times as fast as the reference ours has to be, if that is required.
    pub(crate) least: Option<f64>,
    /// What was counted.
    pub(crate) rates: Rates,
}

/// Loads that were timed.
pub(crate) struct Load {
    /// What was loaded.
    pub(crate) what: &'static str,
    /// How long it took.
    pub(crate) times: Times,
}

/// All that was measured.
pub(crate) struct Report {
    /// Rates, in the order in which they are shown.
    pub(crate) rates: Vec<Rate>,
    /// Times to load, after them.
    pub(crate) loads: Vec<Load>,
    /// What the figures are made of.
    pub(crate) notes: Vec<String>,
}

/// One line: what, ours, reference, ratio, requirement, verdict.
type Row = [String; 6];

impl Report {
    /// A table in Markdown that is aligned as well, and the notes below it.
    pub(crate) fn render(&self) -> String {
        let head = ["what", "ours", "reference", "ratio", "required", ""].map(str::to_owned);
        let rows: Vec<_> = std::iter::once(head)
            .chain(self.rates.iter().map(rate_row))
            .chain(self.loads.iter().map(load_row))
            .collect();
        let mut out = aligned(&rows);
        for note in &self.notes {
            let _ = write!(out, "\n- {note}");
        }
        out
    }
}

fn rate_row(Rate { what, least, rates }: &Rate) -> Row {
    let ratio = rates.ratio().unwrap_or_default();
    let met = least.map(|least| ratio >= least);
    let required = least.map(|least| format!("≥ {least}")).unwrap_or_default();
    let [ours, reference] = [&rates.ours, &rates.reference].map(|it| per_second(it));
    [(*what).to_owned(), ours, reference, format!("{ratio:.2}"), required, verdict(met)]
}

fn load_row(Load { what, times }: &Load) -> Row {
    let met = Spread::of(&times.ours).is_some_and(|spread| spread.p95 <= LONGEST_LOAD);
    let required = format!("≤ {LONGEST_LOAD} ms");
    let [ours, reference] = [&times.ours, &times.reference].map(|it| milliseconds(it));
    [(*what).to_owned(), ours, reference, String::new(), required, verdict(Some(met))]
}

fn per_second(figures: &[f64]) -> String {
    let Some(Spread { least, median, most, .. }) = Spread::of(figures) else {
        return "not measured".to_owned();
    };
    format!("{} /s ({} to {})", grouped(median), grouped(least), grouped(most))
}

fn milliseconds(figures: &[f64]) -> String {
    let Some(Spread { median, p95, .. }) = Spread::of(figures) else {
        return "not measured".to_owned();
    };
    format!("{median:.1} ms (p95 {p95:.1})")
}

fn verdict(met: Option<bool>) -> String {
    match met {
        Some(true) => "met",
        Some(false) => "missed",
        None => "",
    }
    .to_owned()
}

/// A whole number with commas between its thousands.
fn grouped(number: f64) -> String {
    let digits = format!("{number:.0}");
    let mut out = String::new();
    for (index, digit) in digits.chars().enumerate() {
        if index > 0 && (digits.len() - index).is_multiple_of(3) {
            out.push(',');
        }
        out.push(digit);
    }
    out
}

#[cfg(test)]
mod tests {
    use super::*;

    fn report(ours: f64, load: f64) -> String {
        let rates = |least| Rate {
            what: "URLs signed",
            least,
            rates: Rates { ours: vec![ours; 3], reference: vec![1000.0, 1250.0, 1000.0] },
        };
        let times = Times { ours: vec![load; 3], reference: vec![2.0; 3] };
        let loads = vec![Load { what: "to ready", times }];
        let notes = vec!["a note".to_owned()];
        Report { rates: vec![rates(Some(8.0)), rates(None)], loads, notes }.render()
    }

    /// The cells of every line, without what only aligns them.
    fn cells(table: &str) -> Vec<String> {
        let lines = table.lines().map(|line| line.split_whitespace().collect::<Vec<_>>());
        lines.map(|words| words.join(" ")).collect()
    }

    #[test]
    fn each_figure_stands_beside_its_requirement() {
        let table = cells(&report(8000.0, 30.0));
        for line in [
            "| URLs signed | 8,000 /s (8,000 to 8,000) | 1,000 /s (1,000 to 1,250) | 8.00 | ≥ 8 | met |",
            "| URLs signed | 8,000 /s (8,000 to 8,000) | 1,000 /s (1,000 to 1,250) | 8.00 | | |",
            "| to ready | 30.0 ms (p95 30.0) | 2.0 ms (p95 2.0) | | ≤ 30 ms | met |",
            "- a note",
        ] {
            assert!(table.iter().any(|shown| shown == line), "{line} is not in\n{table:#?}");
        }
    }

    #[test]
    fn what_falls_short_is_missed() {
        let table = report(7990.0, 30.1);
        assert_eq!(table.matches("| missed |").count(), 2, "{table}");
        assert_eq!(table.matches("| met    |").count(), 0, "{table}");
    }

    #[test]
    fn what_was_not_measured_is_missed() {
        let rate = Rate { what: "x", least: Some(1.0), rates: Rates::default() };
        let load = Load { what: "y", times: Times::default() };
        let report = Report { rates: vec![rate], loads: vec![load], notes: Vec::new() };
        assert_eq!(report.render().matches("| missed |").count(), 2);
    }
}
