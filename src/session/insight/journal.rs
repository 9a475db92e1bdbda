//! The last lines of the log, the last errors, and how often something was passed over.

use super::record::{Level, Record, Target};
use crate::error::{Code, Error};
use crate::time::UnixMillis;

/// Lines kept at the most.
const MAX_LINES: usize = 500;

/// Characters of a line at the most.
const MAX_MESSAGE: usize = 300;

/// Errors kept at the most.
const MAX_ERRORS: usize = 20;

/// Reasons counted at the most; there are fewer.
const MAX_REASONS: usize = 64;

/// Where a secret begins, should the browser's or the service's own words quote one: the service
/// shows the canonical request to whoever signed it wrongly, with the session token in it.
const SECRETS_BEGIN: [&str; 7] = [
    "x-amz-signature",
    "x-amz-security-token",
    "x-amz-credential",
    "signature=",
    "ice-pwd:",
    "fingerprint:",
    "credential=",
];

/// One line that was kept.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Line {
    /// When.
    pub at: UnixMillis,
    /// How much it matters.
    pub level: Level,
    /// What it is about.
    pub target: Target,
    /// One sentence, of 300 characters at the most.
    pub message: String,
}

/// Remembers, within bounds.
#[derive(Debug, Default)]
pub struct Journal {
    lines: Vec<Line>,
    errors: Vec<(UnixMillis, Code, String)>,
    drops: Vec<(&'static str, u32)>,
}

impl Journal {
    /// Keeps a line, and gives it back as it may be shown; `None` where it is one of many like it.
    pub fn write(&mut self, mut record: Record, at: UnixMillis) -> Option<Record> {
        if let Some(reason) = record.dropped {
            let count = self.count(reason);
            if !is_power_of_ten(count) {
                return None;
            }
            if count > 1 {
                record.message = [&record.message, " (", &count.to_string(), " times)"].concat();
            }
        }
        record.message = presentable(&record.message);
        if self.lines.len() >= MAX_LINES {
            self.lines.remove(0);
        }
        let Record { level, target, ref message, .. } = record;
        self.lines.push(Line { at, level, target, message: message.clone() });
        Some(record)
    }

    /// Keeps an error.
    pub fn failed(&mut self, error: &Error, at: UnixMillis) {
        if self.errors.len() >= MAX_ERRORS {
            self.errors.remove(0);
        }
        self.errors.push((at, error.code(), presentable(error.message())));
    }

    /// The lines, the oldest first.
    pub fn lines(&self) -> &[Line] {
        &self.lines
    }

    /// The errors, the oldest first.
    pub fn errors(&self) -> &[(UnixMillis, Code, String)] {
        &self.errors
    }

    /// How often something that came was passed over, by reason.
    pub fn drops(&self) -> &[(&'static str, u32)] {
        &self.drops
    }

    fn count(&mut self, reason: &'static str) -> u32 {
        if let Some((_, count)) = self.drops.iter_mut().find(|(counted, _)| *counted == reason) {
            *count = count.saturating_add(1);
            return *count;
        }
        if self.drops.len() < MAX_REASONS {
            self.drops.push((reason, 1));
        }
        1
    }
}

/// One line of bounded length, cut off where a secret would begin.
pub(super) fn presentable(message: &str) -> String {
    let lower = message.to_ascii_lowercase();
    let begin = SECRETS_BEGIN.iter().filter_map(|secret| lower.find(secret)).min();
    let (shown, rest) = match begin.and_then(|begin| message.get(..begin)) {
        Some(shown) => (shown, "(not shown)"),
        None => (message, ""),
    };
    let printable = |c: char| if c.is_control() { ' ' } else { c };
    let shown: String = shown.chars().take(MAX_MESSAGE).map(printable).collect();
    [&shown, rest].concat()
}

const fn is_power_of_ten(mut count: u32) -> bool {
    while count >= 10 && count.is_multiple_of(10) {
        count /= 10;
    }
    count == 1
}

#[cfg(test)]
mod tests {
    use super::*;

    fn line(message: &str) -> Record {
        Record::new(Level::Info, Target::Session, message)
    }

    #[test]
    fn the_last_lines_are_kept_each_of_bounded_length_and_on_one_line() {
        let mut journal = Journal::default();
        for number in 0..600 {
            journal.write(line(&number.to_string()), UnixMillis(number));
        }
        assert_eq!(journal.lines().len(), MAX_LINES);
        assert_eq!(journal.lines()[0].message, "100");
        let shown = journal.write(line(&"ä\n".repeat(100_000)), UnixMillis(0)).unwrap();
        assert_eq!(shown.message.chars().count(), MAX_MESSAGE);
        assert!(!shown.message.contains('\n'));
    }

    #[test]
    fn drops_are_all_counted_and_few_are_told() {
        let mut journal = Journal::default();
        let told: Vec<String> = (0..2_000)
            .filter_map(|_| {
                let record =
                    Record::dropped(Target::Signaling, "malformed", "a frame was malformed");
                journal.write(record, UnixMillis(0)).map(|record| record.message)
            })
            .collect();
        assert_eq!(
            told,
            [
                "a frame was malformed",
                "a frame was malformed (10 times)",
                "a frame was malformed (100 times)",
                "a frame was malformed (1000 times)",
            ]
        );
        journal.write(Record::dropped(Target::Peer, "tooLong", "x"), UnixMillis(0));
        assert_eq!(journal.drops(), [("malformed", 2_000), ("tooLong", 1)]);
        assert_eq!(journal.lines().len(), 5);
    }

    #[test]
    fn secrets_that_foreign_words_quote_are_cut_off() {
        for (quoted, shown) in [
            ("bad wss://h/?X-Amz-Signature=abc", "bad wss://h/?(not shown)"),
            (
                "should have been host:h x-amz-security-token:TOKEN end",
                "should have been host:h (not shown)",
            ),
            ("invalid line a=ice-pwd:secret", "invalid line a=(not shown)"),
            ("nothing here", "nothing here"),
        ] {
            assert_eq!(presentable(quoted), shown);
        }
    }

    #[test]
    fn the_last_errors_are_kept() {
        let mut journal = Journal::default();
        for number in 0..30 {
            journal.failed(&Error::new(Code::NetworkTimeout, number.to_string()), UnixMillis(1));
        }
        let errors: Vec<_> =
            journal.errors().iter().map(|(_, code, text)| (*code, text.as_str())).collect();
        assert_eq!(errors.len(), MAX_ERRORS);
        assert_eq!(errors[0], (Code::NetworkTimeout, "10"));
    }
}
