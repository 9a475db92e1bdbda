//! The compiler's side of a set-up machine, and Node with what npm brings.

use std::fs;
use std::process::Command;
use std::time::Duration;

use anyhow::{Context, Result, bail};

use super::{Part, system};
use crate::process;
use crate::tools::{BINARYEN, OLDEST_NODE, Tools};
use crate::wasm::{self, Toolchain};
use crate::workspace::Workspace;

/// `cc`: rustc links with it. Only looked for, since without one this program were not here;
/// it may have been compiled elsewhere, though.
pub(super) struct CCompiler<'a> {
    pub(super) tools: &'a Tools,
}

impl Part for CCompiler<'_> {
    fn name(&self) -> String {
        "a C compiler".into()
    }

    fn why(&self) -> &'static str {
        "Rust links with it"
    }

    fn find(&self) -> Result<Option<String>> {
        Ok(self.tools.first_of(&["cc"]).map(|path| path.display().to_string()))
    }

    fn install(&self) -> Result<()> {
        system::apt_install(&["gcc", "libc6-dev"], self.why())
    }

    fn by_hand(&self) -> String {
        "install gcc or clang, so that `cc` is on PATH".into()
    }
}

/// The standard library for wasm32.
pub(super) struct WasmTarget<'a> {
    pub(super) workspace: &'a Workspace,
}

impl Part for WasmTarget<'_> {
    fn name(&self) -> String {
        format!("Rust's {} target", wasm::TARGET)
    }

    fn why(&self) -> &'static str {
        "the SDK is compiled for it"
    }

    fn find(&self) -> Result<Option<String>> {
        let Some(from) = Toolchain::ready()? else { return Ok(None) };
        Ok((!from.lacks_sources()?).then(|| format!("{} wasm32 target", from.name())))
    }

    fn install(&self) -> Result<()> {
        wasm::install(self.workspace)
    }

    fn by_hand(&self) -> String {
        format!(
            "`rustup target add {}` and `rustup component add rust-src`, or a Debian whose archive has rustc-web {} or later",
            wasm::TARGET,
            self.workspace.rust_version().map_or_else(|_| String::new(), |it| it.to_string()),
        )
    }
}

/// `cargo fmt` and `cargo clippy`, which rustup's minimal profile leaves out.
pub(super) struct Lints;

impl Part for Lints {
    fn name(&self) -> String {
        "rustfmt and clippy".into()
    }

    fn why(&self) -> &'static str {
        "the tests begin with both"
    }

    fn find(&self) -> Result<Option<String>> {
        let works = |program| process::capture(Command::new(program).arg("--version")).is_ok();
        Ok((works("rustfmt") && works("cargo-clippy")).then(|| self.name()))
    }

    fn install(&self) -> Result<()> {
        const LIMIT: Duration = Duration::from_secs(120);
        let mut rustup = Command::new("rustup");
        process::run_within(rustup.args(["component", "add", "rustfmt", "clippy"]), LIMIT)
    }

    fn by_hand(&self) -> String {
        "`rustup component add rustfmt clippy`, or your distribution's packages of them".into()
    }
}

/// Node, which is looked for and never installed: how to get it is its user's choice.
pub(super) struct Node<'a> {
    pub(super) tools: &'a Tools,
}

impl Part for Node<'_> {
    fn name(&self) -> String {
        format!("Node {} or later, with npm", OLDEST_NODE.major())
    }

    fn why(&self) -> &'static str {
        "npm brings wasm-opt, and the AWS SDK that the tests run"
    }

    fn find(&self) -> Result<Option<String>> {
        let npm = self.tools.first_of(&["npm"]);
        let version = self.tools.node().filter(|version| *version >= OLDEST_NODE);
        Ok(npm.and(version).map(|version| format!("Node {version}")))
    }

    fn install(&self) -> Result<()> {
        bail!("it is not installed for you")
    }

    fn by_hand(&self) -> String {
        "install it from your distribution or nodejs.org".into()
    }
}

/// `wasm-opt`, which takes a tenth off the wasm.
pub(super) struct WasmOpt<'a> {
    pub(super) tools: &'a Tools,
}

impl WasmOpt<'_> {
    fn package() -> String {
        format!("binaryen@{BINARYEN}")
    }
}

impl Part for WasmOpt<'_> {
    fn name(&self) -> String {
        "wasm-opt".into()
    }

    fn why(&self) -> &'static str {
        "makes the wasm a tenth smaller"
    }

    fn is_optional(&self) -> bool {
        true
    }

    fn find(&self) -> Result<Option<String>> {
        Ok(self.tools.wasm_opt().map(|_| self.name()))
    }

    fn install(&self) -> Result<()> {
        let npm = self.tools.first_of(&["npm"]).context("npm is not on PATH")?;
        let root = self.tools.binaryen_root();
        // Under its final name there is never half of it.
        let staging = self.tools.dir().join("binaryen.new");
        drop(fs::remove_dir_all(&staging));
        fs::create_dir_all(&staging)
            .with_context(|| format!("{} cannot be made", staging.display()))?;
        let mut install = Command::new(npm);
        install.args(["install", "--ignore-scripts", "--no-audit", "--no-fund", "--no-save"]);
        install.arg("--prefix").arg(&staging).arg(Self::package());
        process::run(&mut install)?;
        drop(fs::remove_dir_all(&root));
        fs::rename(&staging, &root).with_context(|| format!("{} cannot be made", root.display()))
    }

    fn by_hand(&self) -> String {
        format!("`npm install --global {}`", Self::package())
    }
}
