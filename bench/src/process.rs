//! What a process takes of the machine, as Linux tells it.

use std::{fs, time::Duration};

use anyhow::{Context, Result, ensure};

/// In how many parts of a second Linux counts time for user programs, on every machine that Rust
/// has a standard library for.
const TICKS_PER_SECOND: u32 = 100;

/// A process by its number.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Process(pub(crate) u32);

impl Process {
    /// Memory that is in use and not swapped out, in bytes.
    pub(crate) fn resident(self) -> Result<u64> {
        let status = self.read("status")?;
        let kilobytes = status
            .lines()
            .find_map(|line| line.strip_prefix("VmRSS:"))
            .and_then(|rest| rest.trim().strip_suffix("kB"))
            .and_then(|number| number.trim().parse::<u64>().ok())
            .with_context(|| format!("/proc/{}/status has no VmRSS", self.0))?;
        Ok(kilobytes * 1024)
    }

    /// Time that it has computed so far, for itself and in the kernel.
    pub(crate) fn busy(self) -> Result<Duration> {
        let stat = self.read("stat")?;
        ticks(&stat)
            .map(|ticks| Duration::from_secs(ticks) / TICKS_PER_SECOND)
            .with_context(|| format!("/proc/{}/stat is not as expected", self.0))
    }

    fn read(self, file: &str) -> Result<String> {
        let path = format!("/proc/{}/{file}", self.0);
        fs::read_to_string(&path)
            .with_context(|| format!("{path} cannot be read: these figures are for Linux"))
    }
}

/// The sum of `utime` and `stime`, the 14th and 15th field. The second is the program's name in
/// parentheses, which may hold anything.
fn ticks(stat: &str) -> Option<u64> {
    let (_, rest) = stat.rsplit_once(')')?;
    let mut fields = rest.split_whitespace().skip(11);
    let (user, system): (u64, u64) = (fields.next()?.parse().ok()?, fields.next()?.parse().ok()?);
    Some(user + system)
}

/// Lets this process, and those that it starts, have this many files open: each socket is one.
///
/// # Errors
/// One sentence, where the system does not allow as many.
pub fn raise_open_files(needed: u64) -> Result<()> {
    let reached =
        rlimit::increase_nofile_limit(needed).context("the limit of open files is unknown")?;
    ensure!(
        reached >= needed,
        "{needed} files have to be open at once, and the system allows {reached}: raise the hard \
         limit (`ulimit -Hn`), or measure with fewer --channels"
    );
    Ok(())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn time_is_found_behind_whatever_name() {
        let stat = "7 (a ) b) S 1 7 7 0 -1 4194304 90 0 0 0 25 17 0 0 20 0 1 0 5 6 7";
        assert_eq!(ticks(stat), Some(42));
        assert_eq!(ticks("7 (x) S 1"), None);
    }

    #[test]
    #[cfg(target_os = "linux")]
    fn this_process_takes_memory_and_time() {
        let me = Process(std::process::id());
        assert!(me.resident().unwrap() > 100 * 1024);
        let begun = std::time::Instant::now();
        let mut sum = 0_u64;
        while me.busy().unwrap() < Duration::from_millis(20) {
            sum = (0..100_000).fold(sum, |sum: u64, n| sum.wrapping_mul(31).wrapping_add(n));
            assert!(begun.elapsed() < Duration::from_secs(20), "no time is counted ({sum})");
        }
    }

    #[test]
    fn a_limit_that_cannot_be_had_is_a_sentence() {
        raise_open_files(16).unwrap();
        let error = raise_open_files(u64::MAX - 1).unwrap_err().to_string();
        assert!(error.contains("--channels") || error.contains("unknown"), "{error}");
    }
}
