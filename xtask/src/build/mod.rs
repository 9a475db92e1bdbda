//! `build`: from the SDK crate to the files a page loads.

mod endings;
mod scripts;
mod short_cuts;
mod stamp;

pub(crate) use scripts::apart;

use std::fs;
use std::path::{Path, PathBuf};

use anyhow::{Context, Result, ensure};
use wasm_bindgen_cli_support::Bindgen;

use crate::process;
use crate::tools::Tools;
use crate::wasm::{TARGET, Wasm};
use crate::workspace::Workspace;

/// The SDK's package, and its name in file names.
const PACKAGE: &str = "kvs-webrtc";
const OUT_NAME: &str = "kvs_webrtc";

/// The wasm-bindgen this program is made of: `Cargo.toml` pins it.
const BINDGEN: &str = "0.2.130";

/// The glue, the wasm and the types that a page or a bundler loads.
pub(crate) const FILES: [&str; 3] = ["kvs_webrtc.js", "kvs_webrtc_bg.wasm", "kvs_webrtc.d.ts"];

/// Compile the SDK to pkg/: the wasm, its glue and its types.
///
/// Uses cargo, wasm-bindgen as a library and, where it is installed, wasm-opt.
#[derive(clap::Args)]
pub(crate) struct Args {
    /// Not optimised, with names and debug information
    #[arg(long)]
    dev: bool,
    /// Where to, instead of pkg/
    #[arg(long, value_name = "DIR")]
    out: Option<PathBuf>,
}

pub(crate) fn run(workspace: &Workspace, args: &Args) -> Result<()> {
    let profile = if args.dev { Profile::Dev } else { Profile::Release };
    let out = args.out.clone().unwrap_or_else(|| workspace.pkg());
    build(workspace, profile, &out)
}

/// Builds what is shipped.
pub(crate) fn release(workspace: &Workspace) -> Result<()> {
    build(workspace, Profile::Release, &workspace.pkg())
}

#[derive(Clone, Copy, PartialEq, Eq)]
enum Profile {
    Dev,
    Release,
}

impl Profile {
    /// Its name to cargo, and its folder below the target folder.
    const fn names(self) -> (&'static str, &'static str) {
        match self {
            Self::Dev => ("dev", "debug"),
            Self::Release => ("release", "release"),
        }
    }
}

fn build(workspace: &Workspace, profile: Profile, pkg: &Path) -> Result<()> {
    check_bindgen(&workspace.locked("wasm-bindgen")?)?;
    let wasm = compile(workspace, profile)?;
    let optimiser = Optimiser::find(workspace, profile)?;
    // How the files are made is written in this file, the version of wasm-bindgen included.
    let recipe = format!(
        "{}\n{}",
        optimiser.describe(),
        concat!(
            include_str!("mod.rs"),
            include_str!("endings.rs"),
            include_str!("scripts.rs"),
            include_str!("short_cuts.rs")
        )
    );
    let key = stamp::key(&wasm, &recipe);
    let name = pkg.file_name().unwrap_or_default().to_string_lossy();
    let stamp = workspace.target.join(format!("{name}.stamp"));
    if stamp::matches(&stamp, key, pkg) {
        println!("{name}/ is up to date");
        return Ok(());
    }
    let staging = pkg.join(".new");
    empty(&staging)?;
    bind(&wasm, profile, &staging)?;
    mend_glue(&staging)?;
    optimiser.run(workspace, &staging.join(format!("{OUT_NAME}_bg.wasm")))?;
    publish(&staging, pkg)?;
    stamp::write(&stamp, key, pkg)?;
    println!("{name}/ is built");
    Ok(())
}

fn compile(workspace: &Workspace, profile: Profile) -> Result<Vec<u8>> {
    let (name, folder) = profile.names();
    let wasm = Wasm::new(workspace)?;
    let mut cargo = wasm.command("cargo")?;
    cargo.args(["build", "--package", PACKAGE, "--lib", "--target", TARGET, "--profile", name]);
    if profile == Profile::Release {
        wasm.for_size(&mut cargo)?;
    }
    process::run(&mut cargo)?;
    let path = wasm.target_dir().join(TARGET).join(folder).join(format!("{OUT_NAME}.wasm"));
    fs::read(&path).with_context(|| format!("{} cannot be read", path.display()))
}

/// Makes the glue and the types, and the wasm that fits them.
fn bind(wasm: &[u8], profile: Profile, out: &Path) -> Result<()> {
    let dev = profile == Profile::Dev;
    let mut bindgen = Bindgen::new();
    bindgen.input_bytes(OUT_NAME, wasm.to_vec()).out_name(OUT_NAME).typescript(true);
    bindgen.debug(dev).keep_debug(dev).remove_name_section(!dev).remove_producers_section(!dev);
    // `init()` without an argument finds the wasm beside the glue; the library leaves that out
    // unless told, the command-line tool does not.
    bindgen.omit_default_module_path(false);
    bindgen.web(true)?.generate(out).context("wasm-bindgen could not make the glue")
}

/// What the glue is given beyond what wasm-bindgen makes.
fn mend_glue(out: &Path) -> Result<()> {
    let path = out.join(format!("{OUT_NAME}.js"));
    let glue =
        fs::read_to_string(&path).with_context(|| format!("{} cannot be read", path.display()))?;
    let mended = endings::mend(&scripts::inline(&glue, out)?)?;
    fs::write(&path, short_cuts::own(&short_cuts::take(&mended)?)?)
        .with_context(|| format!("{} cannot be written", path.display()))
}

/// The last step: `wasm-opt`, or nothing.
enum Optimiser {
    None,
    WasmOpt { program: std::path::PathBuf, flags: Vec<String> },
}

impl Optimiser {
    fn find(workspace: &Workspace, profile: Profile) -> Result<Self> {
        if profile == Profile::Dev {
            return Ok(Self::None);
        }
        let Some(program) = Tools::new(workspace)?.wasm_opt() else {
            println!(
                "without wasm-opt: the wasm is a tenth larger (`cargo xtask setup` installs it)"
            );
            return Ok(Self::None);
        };
        Ok(Self::WasmOpt { program, flags: workspace.wasm_opt_flags()? })
    }

    fn describe(&self) -> String {
        match self {
            Self::None => "no wasm-opt".into(),
            Self::WasmOpt { program, flags } => {
                format!("{} {}", program.display(), flags.join(" "))
            }
        }
    }

    fn run(&self, workspace: &Workspace, wasm: &Path) -> Result<()> {
        let Self::WasmOpt { program, flags } = self else { return Ok(()) };
        let optimised = wasm.with_extension("opt");
        let mut command = workspace.command(program);
        process::run(command.args(flags).arg(wasm).arg("--output").arg(&optimised))?;
        fs::rename(&optimised, wasm)
            .with_context(|| format!("{} cannot be replaced", wasm.display()))
    }
}

fn empty(dir: &Path) -> Result<()> {
    if dir.exists() {
        fs::remove_dir_all(dir).with_context(|| format!("{} cannot be emptied", dir.display()))?;
    }
    fs::create_dir_all(dir).with_context(|| format!("{} cannot be made", dir.display()))
}

/// Moves the finished files into place, so that a build that is cut short leaves the last one.
fn publish(staging: &Path, pkg: &Path) -> Result<()> {
    let unreadable = || format!("{} cannot be read", staging.display());
    for entry in fs::read_dir(staging).with_context(unreadable)? {
        let entry = entry.with_context(unreadable)?;
        let place = pkg.join(entry.file_name());
        let replace = || {
            if place.is_dir() {
                fs::remove_dir_all(&place)?;
            }
            fs::rename(entry.path(), &place)
        };
        replace().with_context(|| format!("{} cannot be replaced", place.display()))?;
    }
    fs::remove_dir(staging).with_context(|| format!("{} cannot be removed", staging.display()))
}

/// Glue and wasm are made by the same wasm-bindgen or do not fit.
fn check_bindgen(locked: &str) -> Result<()> {
    ensure!(
        locked == BINDGEN,
        "Cargo.lock has wasm-bindgen {locked}, but xtask's wasm-bindgen-cli-support is {BINDGEN}: \
         give both the same version in Cargo.toml, xtask/Cargo.toml and xtask/src/build/mod.rs",
    );
    Ok(())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn another_wasm_bindgen_than_ours_is_refused() {
        check_bindgen(BINDGEN).unwrap();
        let refusal = check_bindgen("0.2.131").unwrap_err().to_string();
        assert!(refusal.contains("0.2.131") && refusal.contains(BINDGEN), "{refusal}");
    }

    #[test]
    fn the_library_in_use_is_the_one_we_say() {
        let workspace = Workspace::find().unwrap();
        assert_eq!(workspace.locked("wasm-bindgen-cli-support").unwrap(), BINDGEN);
    }

    #[test]
    fn the_glue_finds_the_wasm_beside_itself() {
        const EMPTY_MODULE: &[u8] = b"\0asm\x01\0\0\0";
        let out = tempfile::tempdir().unwrap();
        bind(EMPTY_MODULE, Profile::Release, out.path()).unwrap();
        for name in FILES {
            assert!(out.path().join(name).is_file(), "{name}");
        }
        let glue = fs::read_to_string(out.path().join("kvs_webrtc.js")).unwrap();
        assert!(glue.contains("new URL('kvs_webrtc_bg.wasm', import.meta.url)"), "{glue}");
    }

    #[test]
    fn publishing_replaces_files_and_folders_and_leaves_the_rest() {
        let pkg = tempfile::tempdir().unwrap();
        let pkg = pkg.path();
        let staging = pkg.join(".new");
        fs::create_dir_all(pkg.join("snippets/old")).unwrap();
        fs::write(pkg.join("package.json"), "{}").unwrap();
        fs::write(pkg.join("kvs_webrtc.js"), "old").unwrap();
        empty(&staging).unwrap();
        fs::create_dir_all(staging.join("snippets/new")).unwrap();
        fs::write(staging.join("kvs_webrtc.js"), "new").unwrap();
        publish(&staging, pkg).unwrap();
        assert_eq!(fs::read_to_string(pkg.join("kvs_webrtc.js")).unwrap(), "new");
        assert!(pkg.join("snippets/new").is_dir() && !pkg.join("snippets/old").exists());
        assert!(pkg.join("package.json").is_file() && !staging.exists());
    }
}
