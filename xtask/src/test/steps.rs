//! The steps, in their order.

use std::path::PathBuf;
use std::process::Command;
use std::time::{Duration, Instant};

use anyhow::{Context, Result};

use super::report::Outcome;
use super::results::{Counts, Results};
use super::{Args, in_page, namespaces, rules, runner};
use crate::package;
use crate::setup::{Browser, Npm, PythonClients};
use crate::site;
use crate::tools::Tools;
use crate::wasm::{TARGET, Wasm};
use crate::workspace::Workspace;

const STEPS: usize = 20;
const STEPS_OF_PACKAGE: usize = 3;

/// Where the tests run that are compiled into a page.
const BROWSERS: [(Browser, &str); 2] =
    [(Browser::Chrome, "browser tests"), (Browser::Firefox, "browser tests, Firefox")];

/// Runs every step that can run, and goes on after failures: one run shows all that is wrong.
pub(super) fn run_all(workspace: &Workspace, args: &Args, setup: Duration) -> Result<Vec<Outcome>> {
    let mut steps = Steps::new(workspace, STEPS, setup);
    steps.rules();
    steps.check("format", Ok(cargo(workspace, "fmt --all --check")))?;
    let lints = "clippy --workspace --all-targets -- -D warnings";
    steps.check("clippy, native", Ok(cargo(workspace, lints)))?;
    steps.check("clippy, wasm32", wasm_clippy(workspace))?;
    let mut doc = cargo(workspace, "doc --package kvs-webrtc --no-deps");
    doc.env("RUSTDOCFLAGS", "-Dwarnings");
    steps.check("documentation", Ok(doc))?;
    let native = "test --workspace --exclude kvs-e2e --no-fail-fast";
    steps.tests("native tests", cargo(workspace, native))?;
    let mut build = workspace.command(&workspace.xtask);
    build.arg("build");
    let built = steps.check("build", Wasm::new(workspace).map(|_| build))?;
    let site_built = built.context("the build failed").and_then(|()| site(workspace));
    let site_built = steps.check("site", site_built)?;
    let mut debug = workspace.command(&workspace.xtask);
    debug.args(["build", "--dev", "--out"]).arg(workspace.target.join("pkg-dev"));
    steps.check("build, with debug assertions", Wasm::new(workspace).map(|_| debug))?;
    let backend = "build --package kvs-webrtc-backend";
    steps.check("build, back end", Ok(cargo(workspace, backend)))?;
    for (browser, title) in BROWSERS {
        if args.runs_in(browser) {
            steps.tests_if(title, browser_tests(workspace, browser))?;
        }
    }
    let browser = Browser::Chrome;
    let built = || built.context("the build failed");
    if args.runs_in(browser) {
        steps
            .tests_if("end-to-end tests", built().and_then(|()| end_to_end(workspace, browser)))?;
    }
    if args.runs_in(Browser::Firefox) {
        let tests = built().and_then(|()| page_in_firefox(workspace, args.all));
        steps.tests_if("page in Firefox", tests)?;
    }
    steps.tests_if("client tests", built().and_then(|()| client_tests(workspace, browser)))?;
    let packed = steps.check("package", built().map(|()| pack(workspace)))?;
    let packed = || packed.context("the package is not built");
    let mut size = workspace.command(&workspace.xtask);
    size.args(["size", "--check"]);
    steps.check("size", packed().map(|()| size))?;
    let tests = packed().and_then(|()| package_tests(workspace, browser));
    steps.tests_if("package tests", tests)?;
    let tests = site_built.context("the site is not built");
    steps.tests_if("site tests", tests.and_then(|()| site_tests(workspace, browser)))?;
    steps.tests_if("LAN tests", built().and_then(|()| lan_tests(workspace, browser)))?;
    Ok(steps.outcomes)
}

/// Builds the package and runs its tests.
pub(super) fn run_package(workspace: &Workspace, setup: Duration) -> Result<Vec<Outcome>> {
    let mut steps = Steps::new(workspace, STEPS_OF_PACKAGE, setup);
    let mut build = workspace.command(&workspace.xtask);
    build.arg("build");
    let built = steps.check("build", Wasm::new(workspace).map(|_| build))?;
    let built = built.context("the build failed").map(|()| pack(workspace));
    let packed = steps.check("package", built)?.context("the package is not built");
    let tests = packed.and_then(|()| package_tests(workspace, Browser::Chrome));
    steps.tests_if("package tests", tests)?;
    Ok(steps.outcomes)
}

fn pack(workspace: &Workspace) -> Command {
    let mut pack = workspace.command(&workspace.xtask);
    pack.arg("package");
    pack
}

fn cargo(workspace: &Workspace, line: &str) -> Command {
    let mut cargo = workspace.cargo();
    cargo.args(line.split_whitespace());
    cargo
}

fn wasm_clippy(workspace: &Workspace) -> Result<Command> {
    let mut cargo = Wasm::new(workspace)?.command("cargo")?;
    cargo.args(["clippy", "--package", "kvs-webrtc", "--lib", "--tests", "--target", TARGET]);
    cargo.args(["--", "-D", "warnings"]);
    Ok(cargo)
}

/// The folder that `site` makes, with both references in it.
fn site(workspace: &Workspace) -> Result<Command> {
    let tools = Tools::new(workspace)?;
    for npm in [Npm::doc_tools(workspace, &tools), Npm::package_tools(workspace, &tools)] {
        npm.modules()?;
    }
    let mut site = workspace.command(&workspace.xtask);
    site.arg("site");
    Ok(site)
}

/// Tests of that folder on a server of plain files.
fn site_tests(workspace: &Workspace, browser: Browser) -> Result<Command> {
    let mut tests = in_browser(workspace, browser, "test --package kvs-e2e --test pages")?;
    tests.env("KVS_SITE", site::folder(workspace));
    Ok(tests)
}

/// Tests that run inside the browser. wasm-pack looks for all its tools where we say, and could
/// do nothing else: `no-install` forbids it to download any. Each of its pages is loaded by us.
fn browser_tests(workspace: &Workspace, browser: Browser) -> Result<Command> {
    const TEST_SECONDS: &str = "120";
    let tools = Tools::new(workspace)?;
    let driver = browser.driver(&tools)?;
    let program = tools.wasm_pack().context("no wasm-pack")?;
    tools.wasm_bindgen().context("no wasm-bindgen of the version in Cargo.lock")?;
    let mut wasm_pack = Wasm::new(workspace)?.command(program)?;
    wasm_pack.args(["test", "--headless", "--mode", "no-install"]);
    match browser {
        Browser::Chrome => wasm_pack.args(["--chrome", "--chromedriver"]).arg(driver),
        Browser::Firefox => wasm_pack.args(["--firefox", "--geckodriver"]).arg(driver),
    };
    let xtask = workspace.xtask.to_str().context("the path of xtask is no valid text")?;
    let setting = in_page::cargo_setting(TARGET, xtask);
    wasm_pack.args(["--", "--config", &setting]);
    wasm_pack.env("WASM_BINDGEN_TEST_TIMEOUT", TEST_SECONDS);
    Ok(wasm_pack)
}

/// Tests that steer the browser from outside, on the built page served by the emulator.
fn end_to_end(workspace: &Workspace, browser: Browser) -> Result<Command> {
    let tools = Tools::new(workspace)?;
    let line = "test --package kvs-e2e --lib --bins --test page --no-fail-fast";
    let mut tests = in_browser(workspace, browser, line)?;
    tests.env("KVS_NODE_MODULES", Npm::clients(workspace, &tools).modules()?);
    Ok(tests)
}

/// The page's tests that are marked for Firefox, or all; some have a Chromium beside it.
fn page_in_firefox(workspace: &Workspace, all: bool) -> Result<Command> {
    let tools = Tools::new(workspace)?;
    let line = "test --package kvs-e2e --test page --no-fail-fast";
    let mut tests = in_browser(workspace, Browser::Chrome, line)?;
    tests.env("KVS_BROWSER", Browser::Firefox.name());
    tests.env("GECKODRIVER", Browser::Firefox.driver(&tools)?);
    tests.env("KVS_STORIES", if all { "all" } else { "marked" });
    tests.env("KVS_NODE_MODULES", Npm::clients(workspace, &tools).modules()?);
    Ok(tests)
}

/// Tests that run other people's clients against the emulator, some of them with a browser.
fn client_tests(workspace: &Workspace, browser: Browser) -> Result<Command> {
    let tools = Tools::new(workspace)?;
    let mut tests = in_browser(workspace, browser, "test --package kvs-e2e --test clients")?;
    tests.env("GECKODRIVER", Browser::Firefox.driver(&tools)?);
    tests.env("KVS_PYTHON", PythonClients { workspace, tools: &tools }.python()?);
    tests.env("KVS_NODE_MODULES", Npm::clients(workspace, &tools).modules()?);
    Ok(tests)
}

/// Tests that install the package and use it as people do: with bundlers, without, in Node.
fn package_tests(workspace: &Workspace, browser: Browser) -> Result<Command> {
    let tools = Tools::new(workspace)?;
    let mut tests = in_browser(workspace, browser, "test --package kvs-e2e --test package")?;
    tests.env("KVS_PACKAGE", package::tarball(workspace));
    tests.env("KVS_PACKAGE_TOOLS", Npm::package_tools(workspace, &tools).modules()?);
    tests.env("KVS_NODE_MODULES", Npm::clients(workspace, &tools).modules()?);
    Ok(tests)
}

/// Calls between laptops that are network namespaces of this machine.
fn lan_tests(workspace: &Workspace, browser: Browser) -> Result<Command> {
    namespaces::can_be_made()?;
    in_browser(workspace, browser, "test --package kvs-e2e --test lan")
}

fn in_browser(workspace: &Workspace, browser: Browser, line: &str) -> Result<Command> {
    let driver = browser.driver(&Tools::new(workspace)?)?;
    let mut tests = cargo(workspace, line);
    tests.env("KVS_BROWSER", browser.name()).env("CHROMEDRIVER", driver);
    Ok(tests)
}

/// The run so far.
struct Steps<'a> {
    workspace: &'a Workspace,
    outcomes: Vec<Outcome>,
    number: usize,
    /// How many there are.
    total: usize,
}

impl<'a> Steps<'a> {
    fn new(workspace: &'a Workspace, total: usize, setup: Duration) -> Self {
        let setup = Outcome { title: "setup".into(), time: setup, ..Outcome::default() };
        Self { workspace, outcomes: vec![setup], number: 0, total }
    }

    /// The rules of the house: no program, a matter of reading.
    fn rules(&mut self) {
        let begun = self.announce("rules");
        let failures = match rules::check(&self.workspace.root) {
            Ok(breaches) => breaches,
            Err(error) => vec![format!("{error:#}")],
        };
        failures.iter().for_each(|failure| println!("      {failure}"));
        let counts = if failures.is_empty() { Counts::PASSED } else { Counts::FAILED };
        let title = "rules".into();
        self.record(Outcome {
            title,
            time: begun.elapsed(),
            counts,
            failures,
            ..Outcome::default()
        });
    }

    /// A program that is a single pass or failure. `None` when it did not succeed.
    fn check(&mut self, title: &str, command: Result<Command>) -> Result<Option<()>> {
        let begun = self.announce(title);
        let command = match command {
            Ok(command) => command,
            Err(reason) => {
                self.skip(title, &reason);
                return Ok(None);
            }
        };
        let (success, _) = self.run(title, command)?;
        let (counts, failures) = if success {
            (Counts::PASSED, Vec::new())
        } else {
            (Counts::FAILED, vec![format!("see {}", self.log(title).display())])
        };
        let (title, time) = (title.to_owned(), begun.elapsed());
        self.record(Outcome { title, time, counts, failures, ..Outcome::default() });
        Ok(success.then_some(()))
    }

    /// Test programs, unless something they need is missing.
    fn tests_if(&mut self, title: &str, command: Result<Command>) -> Result<()> {
        match command {
            Ok(command) => self.tests(title, command),
            Err(reason) => {
                self.announce(title);
                self.skip(title, &reason);
                Ok(())
            }
        }
    }

    /// Test programs: every test counts.
    fn tests(&mut self, title: &str, command: Command) -> Result<()> {
        let begun = self.announce(title);
        let (success, results) = self.run(title, command)?;
        let log = self.log(title);
        let mut outcome = judge(success, results, &log.display().to_string());
        outcome.title = title.to_owned();
        outcome.time = begun.elapsed();
        self.record(outcome);
        Ok(())
    }

    /// Runs a command, and shows the end of its output where it fails.
    fn run(&self, title: &str, mut command: Command) -> Result<(bool, Results)> {
        let log = self.log(title);
        let ran = runner::run(&mut command, &log)?;
        if !ran.success {
            ran.tail.iter().for_each(|line| println!("      | {line}"));
        }
        Ok((ran.success, ran.results))
    }

    fn skip(&mut self, title: &str, reason: &anyhow::Error) {
        let skips = vec![format!("{reason:#}")];
        let counts = Counts::SKIPPED;
        self.record(Outcome { title: title.into(), counts, skips, ..Outcome::default() });
    }

    fn announce(&mut self, title: &str) -> Instant {
        self.number += 1;
        println!("[{}/{}] {title}", self.number, self.total);
        Instant::now()
    }

    fn record(&mut self, outcome: Outcome) {
        let Counts { passed, failed, skipped } = outcome.counts;
        let seconds = outcome.time.as_secs_f64();
        println!("      {seconds:.1} s: {passed} passed, {failed} failed, {skipped} skipped");
        self.outcomes.push(outcome);
    }

    fn log(&self, title: &str) -> PathBuf {
        let name = title.replace(", ", "-").replace(' ', "-");
        self.workspace.target.join("xtask-logs").join(format!("{name}.log"))
    }
}

/// What a run of test programs amounts to.
///
/// A program that fails without a failed test (it does not compile, it crashed) counts as one
/// failure, and so does a run without a single test: it would prove nothing.
fn judge(success: bool, results: Results, log: &str) -> Outcome {
    let Results { mut counts, programs, mut failures, ignored, .. } = results;
    if !success && counts.failed == 0 {
        counts.failed = 1;
        failures.push(format!("it ended with an error outside the tests: see {log}"));
    } else if counts.total() == 0 {
        counts.failed = 1;
        failures.push(format!("it ran not a single test: see {log}"));
    }
    let skips = ignored.into_iter().map(|name| format!("{name} is marked as ignored")).collect();
    Outcome { counts, programs, failures, skips, ..Outcome::default() }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn results(passed: u64, failed: u64) -> Results {
        let mut results = Results::default();
        results.counts = Counts { passed, failed, skipped: 0 };
        results
    }

    #[test]
    fn tests_that_pass_and_fail_count_one_each() {
        assert_eq!(judge(true, results(7, 0), "").counts, results(7, 0).counts);
        assert_eq!(judge(false, results(7, 2), "").counts, results(7, 2).counts);
    }

    #[test]
    fn a_crash_outside_the_tests_is_a_failure() {
        let outcome = judge(false, results(7, 0), "x.log");
        assert_eq!(outcome.counts, results(7, 1).counts);
        assert!(outcome.failures.first().unwrap().contains("x.log"));
    }

    #[test]
    fn no_tests_at_all_is_a_failure() {
        assert_eq!(judge(true, results(0, 0), "").counts, Counts::FAILED);
        assert_eq!(judge(false, results(0, 0), "").counts, Counts::FAILED);
    }
}
