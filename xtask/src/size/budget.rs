//! The sizes that were accepted, and what they were measured with.

use std::collections::BTreeMap;
use std::fmt;
use std::str::FromStr;

use serde::Deserialize;

/// Of what was accepted, in hundredths: what is less than that is not worth a decision.
const MOST: usize = 102;

/// What was measured and accepted, or is measured now.
#[derive(Clone, Debug, Deserialize, PartialEq, Eq)]
#[serde(rename_all = "kebab-case", deny_unknown_fields)]
pub(super) struct Budget {
    /// What compiled the wasm.
    pub(super) rustc: String,
    /// Its version, or `none`.
    pub(super) wasm_opt: String,
    /// Bytes, by what is measured.
    pub(super) gzip: BTreeMap<String, usize>,
}

/// What becomes of sizes beside those that were accepted.
#[derive(Debug, PartialEq, Eq)]
pub(super) enum Verdict {
    /// None has grown by too much; a line each.
    Kept(Vec<String>),
    /// These have, or were never accepted; a line each.
    Grown(Vec<String>),
    /// They cannot be compared, and why.
    Elsewhere(String),
}

impl Budget {
    /// Judges what is measured now by this, which was accepted.
    pub(super) fn judge(&self, now: &Self) -> Verdict {
        for (what, accepted, now) in
            [("rustc", &self.rustc, &now.rustc), ("wasm-opt", &self.wasm_opt, &now.wasm_opt)]
        {
            if accepted != now {
                return Verdict::Elsewhere(format!("{what} is {now} here, there {accepted}"));
            }
        }
        let (mut kept, mut grown) = (Vec::new(), Vec::new());
        for (name, size) in &now.gzip {
            match self.gzip.get(name) {
                None => grown.push(format!("{name}: {size} bytes, of which none are accepted")),
                Some(accepted) => {
                    let lines = if size * 100 > accepted * MOST { &mut grown } else { &mut kept };
                    lines.push(format!("{name}: {}", compared(*size, *accepted)));
                }
            }
        }
        if grown.is_empty() { Verdict::Kept(kept) } else { Verdict::Grown(grown) }
    }
}

fn compared(now: usize, accepted: usize) -> String {
    if now == accepted {
        return format!("{now} bytes, as accepted");
    }
    let percent = 100.0 * (now.abs_diff(accepted) as f64) / (accepted.max(1) as f64);
    let direction = if now > accepted { "more" } else { "less" };
    format!("{now} bytes, {percent:.1} % {direction} than {accepted}")
}

impl FromStr for Budget {
    type Err = toml::de::Error;

    fn from_str(text: &str) -> Result<Self, Self::Err> {
        toml::from_str(text)
    }
}

impl fmt::Display for Budget {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let Self { rustc, wasm_opt, gzip } = self;
        writeln!(
            f,
            "# Written by `cargo xtask size --accept`; `cargo xtask size --check` fails where"
        )?;
        writeln!(f, "# one of these sizes has grown by more than 2 %.")?;
        writeln!(f, "rustc = {rustc:?}\nwasm-opt = {wasm_opt:?}\n\n[gzip]")?;
        gzip.iter().try_for_each(|(name, size)| writeln!(f, "{name:?} = {size}"))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn budget(sizes: &[(&str, usize)]) -> Budget {
        let gzip = sizes.iter().map(|(name, size)| ((*name).to_owned(), *size)).collect();
        Budget { rustc: "rustup's rustc 1.95.0".to_owned(), wasm_opt: "132.0.0".to_owned(), gzip }
    }

    #[test]
    fn two_percent_more_are_kept_and_a_byte_beyond_is_not() {
        let accepted = budget(&[("a", 10_000), ("b", 500)]);
        let kept = accepted.judge(&budget(&[("a", 10_200), ("b", 400)]));
        let lines = ["a: 10200 bytes, 2.0 % more than 10000", "b: 400 bytes, 20.0 % less than 500"];
        assert_eq!(kept, Verdict::Kept(lines.map(str::to_owned).to_vec()));
        let grown = accepted.judge(&budget(&[("a", 10_201), ("b", 600)]));
        let lines = ["a: 10201 bytes, 2.0 % more than 10000", "b: 600 bytes, 20.0 % more than 500"];
        assert_eq!(grown, Verdict::Grown(lines.map(str::to_owned).to_vec()));
    }

    #[test]
    fn the_same_size_is_no_percentage() {
        let accepted = budget(&[("a", 7)]);
        let kept = Verdict::Kept(vec!["a: 7 bytes, as accepted".to_owned()]);
        assert_eq!(accepted.judge(&accepted), kept);
    }

    #[test]
    fn what_is_new_is_to_be_accepted() {
        let grown = budget(&[("a", 1)]).judge(&budget(&[("a", 1), ("b", 2)]));
        let lines = vec!["b: 2 bytes, of which none are accepted".to_owned()];
        assert_eq!(grown, Verdict::Grown(lines));
    }

    #[test]
    fn another_compiler_or_optimiser_is_not_compared() {
        let accepted = budget(&[("a", 1)]);
        let rustc = Budget { rustc: "Debian's rustc 1.96.0".to_owned(), ..budget(&[("a", 9)]) };
        let reason = "rustc is Debian's rustc 1.96.0 here, there rustup's rustc 1.95.0";
        assert_eq!(accepted.judge(&rustc), Verdict::Elsewhere(reason.to_owned()));
        let wasm_opt = Budget { wasm_opt: "none".to_owned(), ..budget(&[("a", 9)]) };
        let reason = "wasm-opt is none here, there 132.0.0";
        assert_eq!(accepted.judge(&wasm_opt), Verdict::Elsewhere(reason.to_owned()));
    }

    #[test]
    fn what_is_written_is_read_again() {
        let accepted = budget(&[("pkg/a.wasm", 10_000), ("package, all files", 500)]);
        assert_eq!(accepted.to_string().parse::<Budget>().unwrap(), accepted);
    }
}
