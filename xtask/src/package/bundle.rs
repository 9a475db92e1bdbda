//! From the sources in `npm/entries` and the glue to the scripts that are published.

use std::fs;
use std::path::{Path, PathBuf};

use anyhow::{Context, Result, ensure};
use base64::Engine;
use base64::engine::general_purpose::STANDARD;

use super::{glue, names, types};
use crate::files::copy_tree;
use crate::process;
use crate::setup::Npm;
use crate::tools::Tools;
use crate::workspace::Workspace;

/// The doors that are modules.
const DOORS: [&str; 3] = ["index.js", "inline.js", "node.js"];
/// The doors for `require`: a line each, as they are.
const REQUIRED: [&str; 2] = ["node.cjs", "inline.cjs"];
/// What all doors share, and the door for plain scripts.
pub(super) const CORE: &str = "kvs_webrtc.js";
const GLOBAL: &str = "kvs-webrtc.global.js";
pub(super) const WASM: &str = "kvs_webrtc_bg.wasm";
/// Where the wasm's text is left for the doors: `core/load.js` looks there.
const INLINE_PLACE: &str = "globalThis[Symbol.for('kvs-webrtc.wasm-inline')]";

/// Writes the scripts and the wasm to `out`; `work` is an empty folder to work in.
pub(super) fn write(workspace: &Workspace, work: &Path, out: &Path) -> Result<()> {
    let esbuild = Esbuild::find(workspace, work)?;
    let entries = workspace.root.join("npm/entries");
    copy_tree(&entries, work)?;
    let pkg = workspace.pkg();
    let made = fs::read_to_string(pkg.join(CORE)).context("pkg/ has no glue")?;
    let wasm = out.join(WASM);
    let short = names::shorten(workspace, &made, &pkg.join(WASM), &wasm)?;
    fs::write(work.join("core/glue.js"), glue::patched(&short)?).context("no glue written")?;
    let public = glue::public(&made, &types::values(workspace)?)?;
    fs::write(work.join("core/public.js"), public).context("no list written")?;

    let version = format!("--define:__VERSION__=\"{}\"", env!("CARGO_PKG_VERSION"));
    let core = out.join(CORE);
    esbuild.run(&["core/index.js", "--bundle", "--format=esm", &version], &core)?;
    let core_text = fs::read_to_string(&core).context("esbuild wrote nothing")?;
    ensure!(!core_text.contains("import.meta"), "the glue still looks for its wasm by itself");
    fs::copy(&core, work.join(CORE)).context("the core cannot be copied")?;
    for door in DOORS {
        esbuild.run(&[door, "--format=esm"], &out.join(door))?;
    }
    let global = ["global.js", "--bundle", "--format=iife", "--global-name=KVSWebRTC"];
    esbuild.run(&global, &out.join(GLOBAL))?;

    for door in REQUIRED {
        fs::copy(work.join(door), out.join(door)).with_context(|| format!("{door} is missing"))?;
    }
    let wasm = fs::read(wasm).context("there is no wasm")?;
    fs::write(out.join("wasm-inline.js"), inline(&wasm)).context("wasm-inline.js")
}

/// The wasm as text, in a script that is a module as well.
fn inline(wasm: &[u8]) -> String {
    format!("{INLINE_PLACE}='{}';\n", STANDARD.encode(wasm))
}

struct Esbuild<'a> {
    workspace: &'a Workspace,
    program: PathBuf,
    folder: &'a Path,
}

impl<'a> Esbuild<'a> {
    fn find(workspace: &'a Workspace, folder: &'a Path) -> Result<Self> {
        let tools = Tools::new(workspace)?;
        let modules = Npm::package_tools(workspace, &tools).modules()?;
        Ok(Self { workspace, program: modules.join(".bin/esbuild"), folder })
    }

    fn run(&self, arguments: &[&str], out: &Path) -> Result<()> {
        let mut esbuild = self.workspace.command(&self.program);
        esbuild.current_dir(self.folder).args(arguments);
        esbuild.args(["--minify", "--target=es2020", "--log-level=warning"]);
        process::run(esbuild.arg(format!("--outfile={}", out.display())))
    }
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
