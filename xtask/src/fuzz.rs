//! `fuzz`: hostile input, made up by libFuzzer from what it reaches.

use std::fmt;
use std::fs::{self, File};
use std::io::{BufRead, BufReader, Write};
use std::path::PathBuf;
use std::process::{Command, Stdio};
use std::time::Duration;

use anyhow::{Context, Result, bail};

use crate::process;
use crate::workspace::Workspace;

/// What libFuzzer's hooks need of the compiler is not in the stable one.
const TOOLCHAIN: &str = "nightly";
/// Longest input, in bytes: longer than any frame or body that is taken is of no use.
const LONGEST: &str = "-max_len=16384";
/// No input may keep a parser busy for longer, in seconds.
const SLOWEST: &str = "-timeout=10";

/// Feed the emulator's parsers what libFuzzer makes up, each for some minutes.
///
/// Needs a nightly compiler and cargo-fuzz, and says how to get them. What is found to reach
/// further than the committed corpus is kept in target/fuzz-corpus/, what fails in
/// fuzz/artifacts/.
#[derive(clap::Args)]
pub(crate) struct Args {
    /// Minutes for each target
    #[arg(long, default_value_t = 10, value_parser = clap::value_parser!(u64).range(1..=24 * 60))]
    minutes: u64,

    /// What to feed; all if not said
    #[arg(value_enum)]
    target: Option<Target>,
}

#[derive(Clone, Copy, clap::ValueEnum)]
enum Target {
    /// A hub, by the frames of its peers
    Frame,
    /// The service, by requests
    Router,
    /// The Authorization header, and damages to a good one
    Authorization,
}

impl Target {
    const ALL: [Self; 3] = [Self::Frame, Self::Router, Self::Authorization];

    const fn name(self) -> &'static str {
        match self {
            Self::Frame => "frame",
            Self::Router => "router",
            Self::Authorization => "authorization",
        }
    }
}

pub(crate) fn run(workspace: &Workspace, args: &Args) -> Result<()> {
    check_tools(workspace)?;
    let targets = args.target.map_or_else(|| Target::ALL.to_vec(), |target| vec![target]);
    let time = Duration::from_secs(args.minutes * 60);
    let mut ended = Vec::new();
    for target in targets {
        println!("{}: {} min", target.name(), args.minutes);
        ended.push((target, feed(workspace, target, time)?));
    }
    println!(
        "\n{:<14} {:>12} {:>9} {:>9} {:>9}",
        "", "executions", "coverage", "features", "corpus"
    );
    for (target, stats) in ended {
        println!("{:<14} {stats}", target.name());
    }
    Ok(())
}

fn check_tools(workspace: &Workspace) -> Result<()> {
    let wanted = [
        ("--version", "a nightly compiler", "rustup toolchain install nightly"),
        ("fuzz --version", "cargo-fuzz", "cargo install cargo-fuzz"),
    ];
    for (question, what, how) in wanted {
        let mut cargo = nightly(workspace);
        if process::capture(cargo.args(question.split(' '))).is_err() {
            bail!("fuzzing needs {what}: `{how}`");
        }
    }
    Ok(())
}

fn nightly(workspace: &Workspace) -> Command {
    let mut cargo = workspace.cargo();
    cargo.env("RUSTUP_TOOLCHAIN", TOOLCHAIN);
    cargo
}

/// Runs one target to the end of its time, its output in a file.
fn feed(workspace: &Workspace, target: Target, time: Duration) -> Result<Stats> {
    let name = target.name();
    let found = workspace.target.join("fuzz-corpus").join(name);
    fs::create_dir_all(&found).with_context(|| format!("no folder {}", found.display()))?;
    let mut cargo = nightly(workspace);
    // Our own code has nothing unsafe in it, so there is no sanitizer to slow it down.
    cargo.args(["fuzz", "run", "--sanitizer", "none", "--features", "libfuzzer", "--target-dir"]);
    cargo.arg(workspace.target.join("fuzz")).arg(name).arg(&found);
    cargo.arg(workspace.root.join("fuzz").join("corpus").join(name));
    cargo.args(["--", LONGEST, SLOWEST]).arg(format!("-max_total_time={}", time.as_secs()));
    // The release profile is made for the wasm's size.
    let profile = [("OPT_LEVEL", "3"), ("LTO", "off"), ("CODEGEN_UNITS", "16")];
    cargo.envs(profile.map(|(what, value)| (format!("CARGO_PROFILE_RELEASE_{what}"), value)));
    let log = log(workspace, name)?;
    let (success, stats) = follow(&mut cargo, &log)?;
    match stats {
        Some(stats) if success => Ok(stats),
        _ => bail!(
            "`{}` failed: see {} for the input and how to run it again",
            process::describe(&cargo),
            log.display()
        ),
    }
}

fn log(workspace: &Workspace, name: &str) -> Result<PathBuf> {
    let folder = workspace.target.join("xtask-logs");
    fs::create_dir_all(&folder).with_context(|| format!("no folder {}", folder.display()))?;
    Ok(folder.join(format!("fuzz-{name}.log")))
}

/// Runs a command with its messages in a file; answers whether it went well, and the last figures
/// in them.
fn follow(command: &mut Command, log: &PathBuf) -> Result<(bool, Option<Stats>)> {
    let line = process::describe(command);
    let unwritable = || format!("{} cannot be written", log.display());
    let mut file = File::create(log).with_context(unwritable)?;
    let mut child = command
        .stdin(Stdio::null())
        .stdout(Stdio::null())
        .stderr(Stdio::piped())
        .spawn()
        .with_context(|| format!("`{line}` could not be started"))?;
    let mut messages = BufReader::new(child.stderr.take().context("no messages")?);
    let (mut bytes, mut stats) = (Vec::new(), None);
    while messages.read_until(b'\n', &mut bytes).with_context(unwritable)? > 0 {
        file.write_all(&bytes).with_context(unwritable)?;
        stats = Stats::read(&String::from_utf8_lossy(&bytes)).or(stats);
        bytes.clear();
    }
    let status = child.wait().with_context(|| format!("`{line}` was lost"))?;
    Ok((status.success(), stats))
}

/// What libFuzzer tells of itself now and then.
#[derive(Clone, Debug, PartialEq, Eq)]
struct Stats {
    executions: u64,
    coverage: u64,
    features: u64,
    /// Inputs, and their length together.
    corpus: String,
}

impl Stats {
    /// `#2097152 pulse  cov: 1034 ft: 3390 corp: 356/18Kb lim: 4096 exec/s: 69905 rss: 449Mb`
    fn read(line: &str) -> Option<Self> {
        let mut words = line.strip_prefix('#')?.split_whitespace();
        let executions = words.next()?.parse().ok()?;
        let words: Vec<_> = words.collect();
        let after = |name: &str| {
            let at = words.iter().position(|word| *word == name)?;
            words.get(at + 1).copied()
        };
        Some(Self {
            executions,
            coverage: after("cov:")?.parse().ok()?,
            features: after("ft:")?.parse().ok()?,
            corpus: after("corp:")?.to_owned(),
        })
    }
}

impl fmt::Display for Stats {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let Self { executions, coverage, features, corpus } = self;
        write!(f, "{executions:>12} {coverage:>9} {features:>9} {corpus:>9}")
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_figures_are_read_from_libfuzzers_lines() {
        let done = "#2097152\tDONE   cov: 1034 ft: 3390 corp: 356/18Kb lim: 4096 exec/s: 69905";
        let stats = Stats::read(done).unwrap();
        assert_eq!((stats.executions, stats.coverage, stats.features), (2_097_152, 1034, 3390));
        assert_eq!(stats.corpus, "356/18Kb");
        for other in ["", "INFO: seed corpus: files: 51", "#0 READ units: 51", "Done 5 runs in 1 s"]
        {
            assert_eq!(Stats::read(other), None, "{other}");
        }
    }

    #[test]
    fn the_last_figures_count_and_a_failure_is_one() {
        let dir = tempfile::tempdir().unwrap();
        let log = dir.path().join("fuzz.log");
        let script = "for n in 1 2; do echo \"#$n NEW cov: 3 ft: 4 corp: 5/6b\" >&2; done; \
                      printf '\\377 panicked\\n' >&2; exit 77";
        let (success, stats) = follow(Command::new("sh").args(["-c", script]), &log).unwrap();
        assert_eq!((success, stats.unwrap().executions), (false, 2));
        assert_eq!(fs::read(&log).unwrap().iter().filter(|byte| **byte == b'\n').count(), 3);
    }

    #[test]
    fn every_target_has_a_corpus_and_a_program() {
        let fuzz = Workspace::find().unwrap().root.join("fuzz");
        for target in Target::ALL {
            let name = target.name();
            assert!(fuzz.join("corpus").join(name).is_dir(), "{name}");
            assert!(fuzz.join("fuzz_targets").join(name).with_extension("rs").is_file(), "{name}");
        }
    }
}
