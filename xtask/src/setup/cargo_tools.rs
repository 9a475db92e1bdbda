//! Programs that cargo compiles from crates.io.
//!
//! They run for seconds and would take minutes to optimise, so they are built without, in a third
//! of the time.

use std::process::Command;

use anyhow::Result;

use super::Part;
use crate::process;
use crate::tools::{GECKODRIVER, Tools, WASM_PACK};
use crate::workspace::Workspace;

/// wasm-bindgen's command and test runner, of the version in `Cargo.lock`.
pub(super) struct WasmBindgen<'a> {
    pub(super) workspace: &'a Workspace,
    pub(super) tools: &'a Tools,
}

impl Part for WasmBindgen<'_> {
    fn name(&self) -> String {
        format!("wasm-bindgen {}", self.tools.wasm_bindgen_version())
    }

    fn why(&self) -> &'static str {
        "runs the tests in the browser"
    }

    fn find(&self) -> Result<Option<String>> {
        Ok(self.tools.wasm_bindgen().map(|_| self.name()))
    }

    fn install(&self) -> Result<()> {
        let version = self.tools.wasm_bindgen_version();
        let install = || {
            let mut cargo = cargo_install(self.workspace, "wasm-bindgen-cli", version);
            cargo.arg("--root").arg(self.tools.wasm_bindgen_root());
            // TLS is for drivers on other machines.
            cargo.arg("--no-default-features");
            cargo.args(["--bin", "wasm-bindgen", "--bin", "wasm-bindgen-test-runner"]);
            cargo
        };
        // Its lock file names the newest releases of its day, which a mirror may not have yet.
        process::run(install().arg("--locked")).or_else(|_| {
            println!("not with the versions of its lock file; trying with what there is");
            process::run(&mut install())
        })
    }

    fn by_hand(&self) -> String {
        let version = self.tools.wasm_bindgen_version();
        format!("`cargo install wasm-bindgen-cli --version {version}`")
    }
}

/// wasm-pack, which the browser tests are started with.
pub(super) struct WasmPack<'a> {
    pub(super) workspace: &'a Workspace,
    pub(super) tools: &'a Tools,
}

impl Part for WasmPack<'_> {
    fn name(&self) -> String {
        format!("wasm-pack {WASM_PACK}")
    }

    fn why(&self) -> &'static str {
        "starts the tests in the browser"
    }

    fn find(&self) -> Result<Option<String>> {
        Ok(self.tools.wasm_pack().map(|_| "wasm-pack".into()))
    }

    fn install(&self) -> Result<()> {
        let mut cargo = cargo_install(self.workspace, "wasm-pack", &WASM_PACK.to_string());
        cargo.arg("--locked").arg("--root").arg(self.tools.wasm_pack_root());
        process::run(&mut cargo)
    }

    fn by_hand(&self) -> String {
        format!("`cargo install wasm-pack --locked --version {WASM_PACK}`")
    }
}

/// geckodriver, which steers Firefox.
pub(super) struct GeckoDriver<'a> {
    pub(super) workspace: &'a Workspace,
    pub(super) tools: &'a Tools,
}

impl Part for GeckoDriver<'_> {
    fn name(&self) -> String {
        format!("geckodriver {GECKODRIVER}")
    }

    fn why(&self) -> &'static str {
        "steers Firefox"
    }

    fn find(&self) -> Result<Option<String>> {
        Ok(self.tools.geckodriver().map(|_| "geckodriver".into()))
    }

    fn install(&self) -> Result<()> {
        let mut cargo = cargo_install(self.workspace, "geckodriver", &GECKODRIVER.to_string());
        cargo.arg("--locked").arg("--root").arg(self.tools.geckodriver_root());
        process::run(&mut cargo)
    }

    fn by_hand(&self) -> String {
        format!("`cargo install geckodriver --locked --version {GECKODRIVER}`")
    }
}

fn cargo_install(workspace: &Workspace, package: &str, version: &str) -> Command {
    let mut cargo = workspace.cargo();
    cargo.args(["install", package, "--debug", "--version"]).arg(format!("={version}"));
    // A folder of its own: they share what they have in common, an interrupted build goes on.
    cargo.env("CARGO_TARGET_DIR", workspace.target.join("tools"));
    cargo.env("CARGO_PROFILE_DEV_DEBUG", "0");
    cargo
}
