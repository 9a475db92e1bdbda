//! `setup`: brings a machine to where everything else works, and does nothing where it is there.

mod browser;
mod cargo_tools;
mod clients;
mod network;
mod npm;
mod parts;
pub(crate) mod system;
mod trust;

use std::process::ExitCode;
use std::time::Instant;

use anyhow::Result;
use clap::ValueEnum;

use crate::tools::Tools;
use crate::workspace::Workspace;

pub(crate) use browser::Browser;
pub(crate) use clients::PythonClients;
pub(crate) use npm::Npm;

/// Install what building, the demo and the tests need; nothing where it is there already.
///
/// Installs the wasm32 target (by rustup; where its server does not answer within 20 s, Debian's
/// Rust for browsers), wasm-bindgen's programs, wasm-pack and geckodriver (into the cache folder),
/// wasm-opt, and what the npm package is built, tested and documented with (by npm, likewise), the clients of
/// others that the tests run against the emulator (by pip and npm, likewise) and, by apt-get,
/// Chromium with its driver, Firefox, certutil, iproute2 and util-linux, and Python where it is
/// missing. As another user than root it asks
/// before it uses sudo; `CI=true` does not ask.
#[derive(clap::Args)]
pub(crate) struct Args {
    /// Only what this needs
    #[arg(long = "for", value_enum, default_value_t = Purpose::Test)]
    purpose: Purpose,
    /// Say what is missing and change nothing
    #[arg(long)]
    check: bool,
}

/// What a machine is set up for.
#[derive(Clone, Copy, Debug, PartialEq, Eq, ValueEnum)]
pub(crate) enum Purpose {
    /// `build` and `demo`
    Demo,
    /// `site`
    Site,
    /// All tasks
    Test,
}

/// A thing the tasks need on the machine.
trait Part {
    /// What it is, with its version where that matters.
    fn name(&self) -> String;

    /// What cannot be done without it.
    fn why(&self) -> &'static str;

    /// Whether the purpose is met without it, if less well.
    fn is_optional(&self) -> bool {
        false
    }

    /// Where or what it is, when it is there.
    fn find(&self) -> Result<Option<String>>;

    fn install(&self) -> Result<()>;

    /// What a person can do where `install` cannot.
    fn by_hand(&self) -> String;
}

pub(crate) fn run(workspace: &Workspace, args: &Args) -> Result<ExitCode> {
    let action = if args.check { Action::Check } else { Action::Install };
    let ready = prepare(workspace, args.purpose, action)?;
    Ok(if ready { ExitCode::SUCCESS } else { ExitCode::FAILURE })
}

/// Sets up and says in a line what is there and what could not be had. Whether the purpose is met.
pub(crate) fn ensure(workspace: &Workspace, purpose: Purpose) -> Result<bool> {
    prepare(workspace, purpose, Action::Install)
}

#[derive(Clone, Copy, PartialEq, Eq)]
enum Action {
    Check,
    Install,
}

fn prepare(workspace: &Workspace, purpose: Purpose, action: Action) -> Result<bool> {
    let tools = Tools::new(workspace)?;
    let mut found = Vec::new();
    let mut met = true;
    for part in parts_for(workspace, &tools, purpose) {
        match provide(part.as_ref(), action) {
            Ok(about) => found.push(about),
            Err(reason) => {
                met &= part.is_optional();
                println!("{}", complaint(part.as_ref(), &reason));
            }
        }
    }
    println!("here: {}", found.join(", "));
    Ok(met)
}

fn parts_for<'a>(
    workspace: &'a Workspace,
    tools: &'a Tools,
    purpose: Purpose,
) -> Vec<Box<dyn Part + 'a>> {
    let mut parts: Vec<Box<dyn Part + 'a>> =
        vec![Box::new(parts::CCompiler { tools }), Box::new(parts::WasmTarget { workspace })];
    if purpose != Purpose::Demo {
        parts.push(Box::new(parts::Node { tools }));
        parts.push(Box::new(parts::WasmOpt { tools }));
        parts.push(Box::new(Npm::doc_tools(workspace, tools)));
        parts.push(Box::new(Npm::package_tools(workspace, tools)));
    }
    if purpose == Purpose::Test {
        parts.push(Box::new(parts::Lints));
        parts.push(Box::new(cargo_tools::WasmBindgen { workspace, tools }));
        parts.push(Box::new(cargo_tools::WasmPack { workspace, tools }));
        parts.push(Box::new(cargo_tools::GeckoDriver { workspace, tools }));
        parts.push(Box::new(browser::Chrome { tools }));
        parts.push(Box::new(browser::Firefox { tools }));
        parts.push(Box::new(network::Namespaces { tools }));
        parts.push(Box::new(trust::CertUtil { tools }));
        parts.push(Box::new(PythonClients { workspace, tools }));
        parts.push(Box::new(Npm::clients(workspace, tools)));
    }
    parts
}

fn provide(part: &dyn Part, action: Action) -> Result<String> {
    if let Some(about) = part.find()? {
        return Ok(about);
    }
    if action == Action::Check {
        anyhow::bail!("not installed");
    }
    let begun = Instant::now();
    println!("installing {}: {}", part.name(), part.why());
    part.install()?;
    let Some(about) = part.find()? else {
        anyhow::bail!("it was installed without an error, but is not found");
    };
    println!("installed {} in {} s", part.name(), begun.elapsed().as_secs());
    Ok(about)
}

/// One line: what is missing, what for, why it could not be had, and how to get it.
fn complaint(part: &dyn Part, reason: &anyhow::Error) -> String {
    let weight = if part.is_optional() { "without" } else { "missing" };
    let reason = format!("{reason:#}").replace('\n', " ");
    format!("{weight}: {} ({}) — {reason} — {}", part.name(), part.why(), part.by_hand())
}

#[cfg(test)]
mod tests {
    use std::cell::Cell;

    use anyhow::bail;

    use super::*;

    #[derive(Default)]
    struct Fake {
        there: Cell<bool>,
        installs: Cell<u32>,
        broken: bool,
    }

    impl Part for Fake {
        fn name(&self) -> String {
            "lathe 3".into()
        }
        fn why(&self) -> &'static str {
            "turns things"
        }
        fn find(&self) -> Result<Option<String>> {
            Ok(self.there.get().then(|| "lathe".into()))
        }
        fn install(&self) -> Result<()> {
            self.installs.set(self.installs.get() + 1);
            if self.broken {
                bail!("the shop\nis closed");
            }
            self.there.set(true);
            Ok(())
        }
        fn by_hand(&self) -> String {
            "see the smith".into()
        }
    }

    #[test]
    fn what_is_there_is_not_installed_again() {
        let part = Fake::default();
        provide(&part, Action::Install).unwrap();
        provide(&part, Action::Install).unwrap();
        assert_eq!(part.installs.get(), 1);
    }

    #[test]
    fn a_check_changes_nothing() {
        let part = Fake::default();
        provide(&part, Action::Check).unwrap_err();
        assert_eq!(part.installs.get(), 0);
    }

    #[test]
    fn a_complaint_is_one_line_of_what_why_and_how() {
        let part = Fake { broken: true, ..Fake::default() };
        let reason = provide(&part, Action::Install).unwrap_err();
        let line = complaint(&part, &reason);
        assert_eq!(line, "missing: lathe 3 (turns things) — the shop is closed — see the smith");
    }
}
