//! Patterns for names: of channels and of client ids.

use std::fmt;

use serde::{Deserialize, Deserializer, Serialize, Serializer, de::Error as _};

/// Longest pattern, in characters.
const MAX_LENGTH: usize = 256;

/// A name, or with `*` at its end the beginning of one: `door-*` is every name that begins with
/// `door-`, `*` every name.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Pattern {
    text: String,
    open_ended: bool,
}

impl Pattern {
    /// Parses a pattern.
    ///
    /// # Errors
    /// What is wrong with it, as text: it is empty or too long, has a `*` that is not its last
    /// character, or a character that no name has.
    pub fn parse(text: &str) -> Result<Self, String> {
        let (start, open_ended) = match text.strip_suffix('*') {
            Some(start) => (start, true),
            None => (text, false),
        };
        let allowed = |c: char| c.is_ascii_alphanumeric() || matches!(c, '_' | '.' | '-');
        if text.is_empty() || text.len() > MAX_LENGTH || !start.chars().all(allowed) {
            let shown: String = text.chars().take(40).collect();
            return Err(format!(
                "`{shown}` is no pattern: it takes 1 to {MAX_LENGTH} of the characters \
                 a-z A-Z 0-9 _ . - and may end with *"
            ));
        }
        Ok(Self { text: start.to_owned(), open_ended })
    }

    /// Whether a name fits.
    pub fn fits(&self, name: &str) -> bool {
        if self.open_ended { name.starts_with(&self.text) } else { name == self.text }
    }
}

impl fmt::Display for Pattern {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.text)?;
        if self.open_ended { f.write_str("*") } else { Ok(()) }
    }
}

impl Serialize for Pattern {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        serializer.collect_str(self)
    }
}

impl<'de> Deserialize<'de> for Pattern {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        Self::parse(&String::deserialize(deserializer)?).map_err(D::Error::custom)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_pattern_is_a_name_or_the_beginning_of_one() {
        let exact = Pattern::parse("door-1").unwrap();
        assert!(exact.fits("door-1") && !exact.fits("door-12") && !exact.fits("door"));
        let open = Pattern::parse("door-*").unwrap();
        assert!(open.fits("door-") && open.fits("door-12") && !open.fits("back-door-1"));
        assert!(Pattern::parse("*").unwrap().fits("anybody"));
        assert_eq!((exact.to_string(), open.to_string()), ("door-1".into(), "door-*".into()));
    }

    #[test]
    fn what_fits_no_name_is_refused_with_a_word_why() {
        for bad in ["", "*door", "a*b", "a**", "a b", "ü", &"a".repeat(257)] {
            let error = Pattern::parse(bad).unwrap_err();
            assert!(error.contains("may end with *"), "{bad:?}: {error}");
        }
    }
}
