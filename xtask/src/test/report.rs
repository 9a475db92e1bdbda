//! What is said at the end: the slowest steps, what could not run, the sum.

use std::cmp::Reverse;
use std::fmt;
use std::time::Duration;

use super::results::Counts;

/// How many of the slowest are listed.
const SLOWEST: usize = 10;

/// What became of one step.
#[derive(Debug, Default)]
pub(super) struct Outcome {
    pub(super) title: String,
    pub(super) time: Duration,
    pub(super) counts: Counts,
    /// Test programs within the step, and their times.
    pub(super) programs: Vec<(String, Duration)>,
    /// What failed, by name.
    pub(super) failures: Vec<String>,
    /// What did not run, each with its reason.
    pub(super) skips: Vec<String>,
}

/// All outcomes, read as one.
pub(super) struct Report<'a> {
    outcomes: &'a [Outcome],
    totals: Counts,
}

impl<'a> Report<'a> {
    pub(super) fn new(outcomes: &'a [Outcome]) -> Self {
        let mut totals = Counts::default();
        outcomes.iter().for_each(|outcome| totals += outcome.counts);
        Self { outcomes, totals }
    }

    /// Whether all is well: nothing failed, and where `strict` everything ran.
    pub(super) fn is_success(&self, strict: bool) -> bool {
        self.totals.failed == 0 && !(strict && self.totals.skipped > 0)
    }

    fn slowest(&self) -> Vec<(Duration, String)> {
        let mut times = Vec::new();
        for outcome in self.outcomes {
            times.push((outcome.time, outcome.title.clone()));
            let programs = outcome.programs.iter();
            times.extend(programs.map(|(name, time)| (*time, format!("  of which {name}"))));
        }
        times.sort_by_key(|(time, _)| Reverse(*time));
        times.truncate(SLOWEST);
        times
    }
}

impl fmt::Display for Report<'_> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        writeln!(f, "slowest:")?;
        for (time, name) in self.slowest() {
            writeln!(f, "  {:>7.1} s  {name}", time.as_secs_f64())?;
        }
        for (heading, of) in [
            ("failed:", (|it| &it.failures) as fn(&Outcome) -> &Vec<String>),
            ("could not run:", |it| &it.skips),
        ] {
            let mut entries =
                self.outcomes.iter().flat_map(|it| of(it).iter().map(move |e| (it, e))).peekable();
            if entries.peek().is_some() {
                writeln!(f, "{heading}")?;
            }
            for (outcome, entry) in entries {
                writeln!(f, "  {}: {entry}", outcome.title)?;
            }
        }
        let Counts { passed, failed, skipped } = self.totals;
        writeln!(f, "{passed} passed, {failed} failed, {skipped} skipped")
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn outcome(title: &str, seconds: u64, counts: Counts) -> Outcome {
        let time = Duration::from_secs(seconds);
        Outcome { title: title.into(), time, counts, ..Outcome::default() }
    }

    #[test]
    fn the_last_line_is_the_plain_sum() {
        let tests = Counts { passed: 40, failed: 1, skipped: 2 };
        let outcomes = [outcome("format", 1, Counts::PASSED), outcome("native", 9, tests)];
        let text = Report::new(&outcomes).to_string();
        assert_eq!(text.lines().last(), Some("41 passed, 1 failed, 2 skipped"));
    }

    #[test]
    fn a_skip_is_a_failure_only_where_no_excuse_is_taken() {
        let outcomes = [outcome("a", 1, Counts::PASSED), outcome("b", 0, Counts::SKIPPED)];
        assert!(Report::new(&outcomes).is_success(false));
        assert!(!Report::new(&outcomes).is_success(true));
        let outcomes = [outcome("a", 1, Counts::FAILED)];
        assert!(!Report::new(&outcomes).is_success(false));
        let outcomes = [outcome("a", 1, Counts::PASSED)];
        assert!(Report::new(&outcomes).is_success(true));
    }

    #[test]
    fn the_ten_slowest_lead_from_the_slowest_on_with_programs_among_them() {
        let mut outcomes: Vec<_> =
            (0..12).map(|n| outcome(&format!("step {n}"), n, Counts::PASSED)).collect();
        let last = outcomes.last_mut().unwrap();
        last.programs.push(("slow (tests/slow.rs)".into(), Duration::from_millis(10_500)));
        let slowest = Report::new(&outcomes).slowest();
        let names: Vec<_> = slowest.iter().map(|(_, name)| name.as_str()).collect();
        assert_eq!(names.len(), 10);
        assert_eq!(names[..3], ["step 11", "  of which slow (tests/slow.rs)", "step 10"]);
    }

    #[test]
    fn failures_and_skips_are_listed_under_their_step() {
        let mut failed = outcome("native", 1, Counts::FAILED);
        failed.failures.push("time::dates".into());
        let mut skipped = outcome("calls", 0, Counts::SKIPPED);
        skipped.skips.push("no chromedriver on PATH".into());
        let text = Report::new(&[failed, skipped]).to_string();
        assert!(text.contains("failed:\n  native: time::dates\n"), "{text}");
        assert!(text.contains("could not run:\n  calls: no chromedriver on PATH\n"), "{text}");
    }
}
