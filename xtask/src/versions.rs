//! Versions as programs print them.

use std::fmt;

/// `major.minor.patch`, in that order of weight.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub(crate) struct Version {
    major: u64,
    minor: u64,
    patch: u64,
}

impl Version {
    pub(crate) const fn new(major: u64, minor: u64, patch: u64) -> Self {
        Self { major, minor, patch }
    }

    /// The first version in a line such as `rustc 1.95.0 (59807616e 2026-04-14)`, `v20.20.2` or
    /// `wasm-opt version 132 (version_132)`; parts that are not given are 0.
    pub(crate) fn find(text: &str) -> Option<Self> {
        text.split_whitespace().find_map(Self::parse)
    }

    pub(crate) const fn major(self) -> u64 {
        self.major
    }

    pub(crate) const fn minor(self) -> u64 {
        self.minor
    }

    fn parse(word: &str) -> Option<Self> {
        let digits = word.trim_start_matches('v').split(['-', '+']).next()?;
        let mut parts = digits.split('.').map(|part| part.parse::<u64>());
        let major = parts.next()?.ok()?;
        let minor = parts.next().unwrap_or(Ok(0)).ok()?;
        let patch = parts.next().unwrap_or(Ok(0)).ok()?;
        parts.next().is_none().then_some(Self { major, minor, patch })
    }
}

impl fmt::Display for Version {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}.{}.{}", self.major, self.minor, self.patch)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn versions_are_found_in_what_programs_print() {
        for (text, version) in [
            ("wasm-bindgen 0.2.130", Version::new(0, 2, 130)),
            ("wasm-pack 0.15.1\n", Version::new(0, 15, 1)),
            ("rustc 1.97.0-nightly (abc 2026-05-19)", Version::new(1, 97, 0)),
            ("wasm-opt version 108 (version_108)", Version::new(108, 0, 0)),
            ("v20.20.2", Version::new(20, 20, 2)),
            ("LLVM version: 22.1", Version::new(22, 1, 0)),
        ] {
            assert_eq!(Version::find(text), Some(version), "{text}");
        }
        assert_eq!(Version::find("command not found"), None);
        assert_eq!(Version::find(""), None);
    }

    #[test]
    fn versions_compare_by_number_not_by_text() {
        assert!(Version::new(0, 2, 99) < Version::new(0, 2, 130));
        assert!(Version::new(108, 0, 0) < Version::new(116, 0, 0));
    }
}
