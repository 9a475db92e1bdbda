//! From the sources in `npm/entries` and the glue to the scripts that are published.

use std::fs;
use std::path::{Path, PathBuf};

use anyhow::{Context, Result, ensure};
use base64::Engine;
use base64::engine::general_purpose::STANDARD;

use super::{glue, lean, names, types};
use crate::build::apart;
use crate::esbuild::Esbuild;
use crate::files::copy_tree;
use crate::process;
use crate::tools::Tools;
use crate::workspace::Workspace;

/// The doors that are modules.
const DOORS: [&str; 3] = ["index.js", "inline.js", "node.js"];
/// The doors for `require`: a line each, as they are.
const REQUIRED: [&str; 2] = ["node.cjs", "inline.cjs"];
/// The door of the test page, which is no part of the package.
const PAGE: &str = "page.js";
/// What the test page never makes; of the drop-in level it has the signer.
const UNUSED: [&str; 1] = ["SignalingClient"];
const VERSION: &str = concat!("--define:__VERSION__=\"", env!("CARGO_PKG_VERSION"), "\"");
/// What all doors share, and the door for plain scripts.
pub(super) const CORE: &str = "kvs_webrtc.js";
const GLOBAL: &str = "kvs-webrtc.global.js";
pub(super) const WASM: &str = "kvs_webrtc_bg.wasm";
/// Where the wasm's text is left for the doors: `core/load.js` looks there.
const INLINE_PLACE: &str = "globalThis[Symbol.for('kvs-webrtc.wasm-inline')]";

/// Writes the scripts and the wasm to `out`; `work` is an empty folder to work in.
pub(super) fn write(workspace: &Workspace, work: &Path, out: &Path) -> Result<()> {
    let wasm = out.join(WASM);
    Sdk::built(workspace)?.prepare(workspace, work, &wasm)?;
    let esbuild = Esbuild::find(workspace, work)?;
    let run = |arguments: &[&str], to: &Path| run(&esbuild, arguments, to);
    let core = out.join(CORE);
    run(&["core/index.js", "--bundle", "--format=esm", VERSION], &core)?;
    let core_text = fs::read_to_string(&core).context("esbuild wrote nothing")?;
    ensure!(!core_text.contains("import.meta"), "the glue still looks for its wasm by itself");
    fs::copy(&core, work.join(CORE)).context("the core cannot be copied")?;
    for door in DOORS {
        run(&[door, "--format=esm"], &out.join(door))?;
    }
    let global = ["global.js", "--bundle", "--format=iife", "--global-name=KVSWebRTC"];
    run(&global, &out.join(GLOBAL))?;

    for door in REQUIRED {
        fs::copy(work.join(door), out.join(door)).with_context(|| format!("{door} is missing"))?;
    }
    let wasm = fs::read(wasm).context("there is no wasm")?;
    fs::write(out.join("wasm-inline.js"), inline(&wasm)).context("wasm-inline.js")
}

/// Writes what the test page loads of the package to `out`, as two files; `work` is an empty folder
/// to work in. Without binaryen it has all that is in the package.
pub(super) fn write_for_page(workspace: &Workspace, work: &Path, out: &Path) -> Result<()> {
    let mut sdk = Sdk::built(workspace)?;
    if let Some(wasm_dis) = Tools::new(workspace)?.wasm_dis() {
        let lean = work.join("lean.wat");
        let programs = (workspace, wasm_dis.as_path());
        sdk.glue = lean::without(&UNUSED, &sdk.glue, (&sdk.wasm, &lean), programs)?;
        sdk.declared.retain(|name| !UNUSED.contains(&name.as_str()));
        sdk.wasm = lean;
    }
    sdk.prepare(workspace, work, &out.join(WASM))?;
    let esbuild = Esbuild::find(workspace, work)?;
    run(&esbuild, &[PAGE, "--bundle", "--format=esm", VERSION], &out.join(CORE))
}

/// What the scripts are made of.
struct Sdk {
    glue: String,
    wasm: PathBuf,
    /// The names that are public.
    declared: Vec<String>,
}

impl Sdk {
    /// As `build` has made it.
    fn built(workspace: &Workspace) -> Result<Self> {
        let pkg = workspace.pkg();
        let glue = fs::read_to_string(pkg.join(CORE)).context("pkg/ has no glue")?;
        Ok(Self { glue, wasm: pkg.join(WASM), declared: types::values(workspace)? })
    }

    /// Puts the sources of the scripts into `work`, and writes the wasm that fits them.
    fn prepare(&self, workspace: &Workspace, work: &Path, wasm: &Path) -> Result<()> {
        copy_tree(&workspace.root.join("npm/entries"), work)?;
        let short = names::shorten(workspace, &self.glue, &self.wasm, wasm)?;
        let (glue, scripts) = apart(&glue::patched(&short)?)?;
        for (number, script) in scripts.iter().enumerate() {
            let script_file = work.join(format!("core/script-{number}.js"));
            fs::write(script_file, script).context("no script written")?;
        }
        fs::write(work.join("core/glue.js"), glue).context("no glue written")?;
        let public = glue::public(&self.glue, &self.declared)?;
        fs::write(work.join("core/public.js"), public).context("no list written")
    }
}

fn run(esbuild: &Esbuild<'_>, arguments: &[&str], to: &Path) -> Result<()> {
    let mut command = esbuild.command(arguments);
    process::run(command.arg("--target=es2020").arg(format!("--outfile={}", to.display())))
}

/// The wasm as text, in a script that is a module as well.
fn inline(wasm: &[u8]) -> String {
    format!("{INLINE_PLACE}='{}';\n", STANDARD.encode(wasm))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_text_is_left_where_the_doors_look_for_it() {
        let entries = Workspace::find().unwrap().root.join("npm/entries");
        let load = fs::read_to_string(entries.join("core/load.js")).unwrap();
        assert!(load.contains("const INLINE = Symbol.for('kvs-webrtc.wasm-inline');"));
        assert_eq!(
            inline(b"\0asm"),
            "globalThis[Symbol.for('kvs-webrtc.wasm-inline')]='AGFzbQ==';\n"
        );
    }
}
