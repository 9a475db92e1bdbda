//! Reading the totals off what test programs print.

use std::time::Duration;

/// How many tests passed, failed, and did not run.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub(super) struct Counts {
    pub(super) passed: u64,
    pub(super) failed: u64,
    pub(super) skipped: u64,
}

impl Counts {
    pub(super) const PASSED: Self = Self { passed: 1, failed: 0, skipped: 0 };
    pub(super) const FAILED: Self = Self { passed: 0, failed: 1, skipped: 0 };
    pub(super) const SKIPPED: Self = Self { passed: 0, failed: 0, skipped: 1 };

    pub(super) const fn total(self) -> u64 {
        self.passed + self.failed + self.skipped
    }
}

impl std::ops::AddAssign for Counts {
    fn add_assign(&mut self, other: Self) {
        self.passed += other.passed;
        self.failed += other.failed;
        self.skipped += other.skipped;
    }
}

/// What one step's output says, fed line by line.
///
/// Understands libtest's output and wasm-bindgen-test's, which differ in small ways only.
#[derive(Debug, Default)]
pub(super) struct Results {
    pub(super) counts: Counts,
    /// Test programs and the time each took.
    pub(super) programs: Vec<(String, Duration)>,
    /// Names of tests that failed.
    pub(super) failures: Vec<String>,
    /// Names of tests that are marked to be left out.
    pub(super) ignored: Vec<String>,
    current: Option<String>,
}

impl Results {
    pub(super) fn read(&mut self, line: &str) {
        if let Some(program) = program_of(line) {
            self.current = Some(program);
        } else if let Some(summary) = line.trim_start().strip_prefix("test result: ") {
            self.read_summary(summary);
        } else if let Some((name, verdict)) = test_of(line) {
            match verdict {
                Verdict::Failed => self.failures.push(name.to_owned()),
                Verdict::Ignored => self.ignored.push(name.to_owned()),
            }
        }
    }

    fn read_summary(&mut self, summary: &str) {
        self.counts += Counts {
            passed: number_before(summary, "passed"),
            failed: number_before(summary, "failed"),
            skipped: number_before(summary, "ignored"),
        };
        if let (Some(program), Some(time)) = (&self.current, time_of(summary)) {
            self.programs.push((program.clone(), time));
        }
    }
}

enum Verdict {
    Failed,
    Ignored,
}

/// The program that cargo announces: `Running tests/x.rs (target/debug/deps/x-0123)`, or
/// `Doc-tests kvs_webrtc`.
fn program_of(line: &str) -> Option<String> {
    let line = line.trim();
    if let Some(package) = line.strip_prefix("Doc-tests ") {
        return Some(format!("{package} (doc tests)"));
    }
    let (source, file) = line.strip_prefix("Running ")?.strip_suffix(')')?.rsplit_once(" (")?;
    let stem = file.rsplit('/').next()?.trim_end_matches(".wasm");
    let name = stem.rsplit_once('-').map_or(stem, |(name, _hash)| name);
    Some(format!("{name} ({})", source.trim_start_matches("unittests ")))
}

/// `test a::b ... FAILED`, `test a::b ... ignored, its reason`; wasm-bindgen says `FAIL` and
/// `ignore`, and some harnesses align the verdicts.
fn test_of(line: &str) -> Option<(&str, Verdict)> {
    let (name, verdict) = line.trim_start().strip_prefix("test ")?.split_once(" ... ")?;
    let (name, verdict) = (name.trim_end(), verdict.trim_start());
    if verdict.starts_with("FAIL") {
        Some((name, Verdict::Failed))
    } else if verdict.starts_with("ignore") {
        Some((name, Verdict::Ignored))
    } else {
        None
    }
}

fn number_before(summary: &str, what: &str) -> u64 {
    let mut words = summary.split([' ', ';', '.']).filter(|word| !word.is_empty()).rev();
    words.find(|word| *word == what);
    words.next().and_then(|word| word.parse().ok()).unwrap_or(0)
}

fn time_of(summary: &str) -> Option<Duration> {
    let seconds = summary.rsplit_once("finished in ")?.1.trim().strip_suffix('s')?;
    Duration::try_from_secs_f64(seconds.parse().ok()?).ok()
}

#[cfg(test)]
mod tests {
    use super::*;

    fn read(text: &str) -> Results {
        let mut results = Results::default();
        text.lines().for_each(|line| results.read(line));
        results
    }

    #[test]
    fn totals_of_all_programs_are_added() {
        let results = read(
            "\
     Running unittests src/lib.rs (target/debug/deps/kvs_webrtc-0a1b2c)
running 3 tests
test time::tests::dates ... ok
test secret::tests::hidden ... FAILED
test slow ... ignored, takes an hour
test result: FAILED. 1 passed; 1 failed; 1 ignored; 0 measured; 0 filtered out; finished in 1.50s
     Running tests/rest.rs (target/debug/deps/rest-ffff)
test result: ok. 12 passed; 0 failed; 0 ignored; 0 measured; 2 filtered out; finished in 0.25s
   Doc-tests kvs_webrtc
test result: ok. 2 passed; 0 failed; 0 ignored; 0 measured; 0 filtered out; finished in 3.00s",
        );
        assert_eq!(results.counts, Counts { passed: 15, failed: 1, skipped: 1 });
        assert_eq!(results.failures, ["secret::tests::hidden"]);
        assert_eq!(results.ignored, ["slow"]);
        let millis = Duration::from_millis;
        let programs = [
            ("kvs_webrtc (src/lib.rs)".to_owned(), millis(1500)),
            ("rest (tests/rest.rs)".to_owned(), millis(250)),
            ("kvs_webrtc (doc tests)".to_owned(), millis(3000)),
        ];
        assert_eq!(results.programs, programs);
    }

    #[test]
    fn the_browsers_test_runner_is_understood_too() {
        let results = read(
            "\
     Running tests/web_call.rs (target/wasm32-unknown-unknown/debug/deps/web_call-77.wasm)
test web_call::goes_through ... ok
test web_call::stops    ... FAIL
test web_call::later ... ignore
test result: FAILED. 1 passed; 1 failed; 1 ignored; 0 filtered out; finished in 0.31s",
        );
        assert_eq!(results.counts, Counts { passed: 1, failed: 1, skipped: 1 });
        assert_eq!(results.failures, ["web_call::stops"]);
        assert_eq!(results.ignored, ["web_call::later"]);
        assert_eq!(results.programs.first().unwrap().0, "web_call (tests/web_call.rs)");
    }

    #[test]
    fn other_output_counts_for_nothing() {
        let results = read("   Compiling x v0.1.0\nno tests to run!\ntest pattern ... of mind\n");
        assert_eq!(results.counts, Counts::default());
        assert!(results.programs.is_empty() && results.failures.is_empty());
    }
}
