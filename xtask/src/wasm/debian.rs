//! The Debian way to a wasm32 standard library, for machines that reach a Debian mirror but not
//! rustup's server.
//!
//! Debian keeps a current Rust for building its browsers, without a wasm32 library but with the
//! sources of one. Each step below looks first whether it is done, so that an installation that
//! was cut short goes on where it stopped.

use std::fs;
use std::io;
use std::path::{Path, PathBuf};
use std::process::Command;

use anyhow::{Context, Result, ensure};

use super::{TARGET, has_std, library_dir};
use crate::process;
use crate::setup::system;
use crate::versions::Version;
use crate::workspace::Workspace;

/// What rustup calls an absolute path to a toolchain.
pub(super) const SYSROOT: &str = "/usr";
const PACKAGES: [&str; 4] = ["rustc-web", "cargo-web", "rust-web-src", "rust-web-clippy"];
/// Beside the libraries: the compiler they were built with, since no other can read them.
const STAMP: &str = "kvs-webrtc-built-by.txt";
/// The empty crate that asks for the standard library.
const PROBE: &str = "wasm_std_probe";

/// Makes a command, and whatever it starts, use Debian's toolchain.
pub(super) fn select(command: &mut Command) {
    command.env("RUSTUP_TOOLCHAIN", SYSROOT);
    // `cargo run` points these at the toolchain this program was compiled with.
    command.env_remove("RUSTC").env_remove("RUSTDOC").env_remove("LD_LIBRARY_PATH");
}

/// Whether compiler, linker and library are there and belong together.
pub(super) fn is_ready() -> Result<bool> {
    let library = library_dir(Path::new(SYSROOT));
    if !has_std(&library) {
        return Ok(false);
    }
    let Some(compiler) = Compiler::find() else { return Ok(false) };
    let fits = match fs::read_to_string(library.join(STAMP)) {
        Ok(stamp) => stamp == compiler.stamp,
        // Put there by somebody else: a package, perhaps, who then sees to it that it fits.
        Err(error) => error.kind() == io::ErrorKind::NotFound,
    };
    Ok(fits && compiler.linker_link().exists())
}

/// The target folder of this toolchain, emptied if the installed library is another than the one
/// it was filled with: cargo does not look at that by itself.
pub(super) fn target_dir(workspace: &Workspace) -> Result<PathBuf> {
    let dir = workspace.target.join("wasm-debian");
    let library = library_dir(Path::new(SYSROOT));
    keep_if_built_with(&dir, &identity(&library)?)?;
    Ok(dir)
}

/// Installs compiler, library and linker, whichever is missing.
pub(super) fn install(workspace: &Workspace) -> Result<()> {
    const WHY: &str = "Debian's Rust compiles for wasm32 where rustup's target cannot be had";
    let oldest = workspace.rust_version()?;
    let fits = |it: &Compiler| it.release >= oldest && it.has_sources() && it.has_clippy();
    if !Compiler::find().is_some_and(|it| fits(&it)) {
        system::apt_install(&PACKAGES, WHY)?;
    }
    let compiler = Compiler::find().context("/usr/bin/rustc does not work after installing it")?;
    ensure!(
        fits(&compiler),
        "this Debian's rustc-web is {}, and {oldest} is the oldest that compiles this project: \
         add the release's security archive to apt's sources",
        compiler.release,
    );
    if !compiler.linker().exists() {
        system::apt_install(&[&format!("lld-{}", compiler.llvm)], WHY)?;
    }
    if is_ready()? {
        return Ok(());
    }
    let library = build_library(workspace)?;
    system::agree(&format!("`sudo` puts the library into {SYSROOT}/lib/rustlib"))?;
    link_linker(&compiler)?;
    install_library(&library, &compiler.stamp)
}

/// Debian's `/usr/bin/rustc`.
struct Compiler {
    release: Version,
    llvm: u64,
    host: String,
    stamp: String,
}

impl Compiler {
    fn find() -> Option<Self> {
        let rustc = Path::new(SYSROOT).join("bin/rustc");
        Self::parse(process::capture(Command::new(rustc).arg("-vV")).ok()?)
    }

    fn parse(stamp: String) -> Option<Self> {
        let field = |name| stamp.lines().find_map(|line| line.strip_prefix(name));
        let release = Version::find(field("release:")?)?;
        let llvm = Version::find(field("LLVM version:")?)?.major();
        let host = field("host:")?.trim().to_owned();
        Some(Self { release, llvm, host, stamp })
    }

    fn has_sources(&self) -> bool {
        Path::new(SYSROOT).join("lib/rustlib/src/rust/library/std").exists()
    }

    fn has_clippy(&self) -> bool {
        Path::new(SYSROOT).join("bin/cargo-clippy").exists()
    }

    /// The linker of the LLVM that this compiler is built on; an older one cannot read its output.
    fn linker(&self) -> PathBuf {
        PathBuf::from(format!("/usr/lib/llvm-{}/bin/lld", self.llvm))
    }

    fn linker_link(&self) -> PathBuf {
        Path::new(SYSROOT).join("lib/rustlib").join(&self.host).join("bin/rust-lld")
    }
}

/// The standard library as it was built: its files, and the folder they were built in.
struct Library {
    files: Vec<PathBuf>,
    dir: PathBuf,
}

fn build_library(workspace: &Workspace) -> Result<Library> {
    println!("building the wasm32 standard library from Debian's sources (1 to 3 minutes)");
    let dir = workspace.target.join("wasm-std");
    let target_dir = dir.join("target");
    write_probe(&dir).with_context(|| format!("{} cannot be written", dir.display()))?;
    let mut cargo = Command::new("cargo");
    select(&mut cargo);
    cargo
        .args(["build", "--release", "--target", TARGET, "-Zbuild-std=std,panic_abort,test"])
        .current_dir(&dir)
        .env("CARGO_TARGET_DIR", &target_dir)
        .env("RUSTC_BOOTSTRAP", "1")
        // Without it, link-time optimisation finds nothing to optimise and stops.
        .env("RUSTFLAGS", "-Cembed-bitcode=yes")
        .env_remove("CARGO_ENCODED_RUSTFLAGS");
    process::run(&mut cargo)?;
    let files = libraries_in(&target_dir.join(TARGET).join("release/deps"))?;
    ensure!(!files.is_empty(), "the build of the standard library left no libraries");
    Ok(Library { files, dir })
}

fn write_probe(dir: &Path) -> io::Result<()> {
    // What an earlier compiler left would be taken for part of the library.
    match fs::remove_dir_all(dir) {
        Err(error) if error.kind() != io::ErrorKind::NotFound => return Err(error),
        _ => {}
    }
    fs::create_dir_all(dir.join("src"))?;
    fs::write(dir.join("src/lib.rs"), "#![no_std]\n")?;
    let manifest = format!("[package]\nname = \"{PROBE}\"\nedition = \"2024\"\n\n[workspace]\n");
    fs::write(dir.join("Cargo.toml"), manifest)
}

fn libraries_in(deps: &Path) -> Result<Vec<PathBuf>> {
    let mut libraries = Vec::new();
    let entries =
        fs::read_dir(deps).with_context(|| format!("{} cannot be read", deps.display()))?;
    for entry in entries {
        let path = entry.with_context(|| format!("{} cannot be read", deps.display()))?.path();
        let name = path.file_name().unwrap_or_default().to_string_lossy();
        if name.ends_with(".rlib") && !name.contains(PROBE) {
            libraries.push(path);
        }
    }
    Ok(libraries)
}

/// Puts the linker where rustc looks for it.
fn link_linker(compiler: &Compiler) -> Result<()> {
    let link = compiler.linker_link();
    let dir = link.parent().context("the linker's place has no folder")?;
    system::as_root(Command::new("mkdir").arg("-p").arg(dir))?;
    system::as_root(Command::new("ln").arg("-sfn").arg(compiler.linker()).arg(&link))
}

/// Puts the library in its place in one rename, so that there is never half of it.
fn install_library(library: &Library, compiler: &str) -> Result<()> {
    let place = library_dir(Path::new(SYSROOT));
    let staging = place.with_file_name("lib.new");
    let stamp = library.dir.join(STAMP);
    fs::write(&stamp, compiler)
        .with_context(|| format!("{} cannot be written", stamp.display()))?;
    system::as_root(Command::new("rm").arg("-rf").arg(&staging))?;
    system::as_root(Command::new("mkdir").arg("-p").arg(&staging))?;
    system::as_root(Command::new("cp").arg("-t").arg(&staging).args(&library.files).arg(&stamp))?;
    system::as_root(Command::new("rm").arg("-rf").arg(&place))?;
    system::as_root(Command::new("mv").arg("-T").arg(&staging).arg(&place))
}

/// What tells one installed library from another: names, sizes and times of its files.
fn identity(library: &Path) -> Result<String> {
    let unreadable = || format!("{} cannot be read", library.display());
    let mut lines = Vec::new();
    for entry in fs::read_dir(library).with_context(unreadable)? {
        let entry = entry.with_context(unreadable)?;
        let about = entry.metadata().with_context(unreadable)?;
        let changed = about.modified().with_context(unreadable)?;
        lines.push(format!("{:?} {} {changed:?}\n", entry.file_name(), about.len()));
    }
    lines.sort();
    Ok(lines.concat())
}

fn keep_if_built_with(dir: &Path, identity: &str) -> Result<()> {
    let marker = dir.join(".library");
    if fs::read_to_string(&marker).is_ok_and(|known| known == identity) {
        return Ok(());
    }
    if dir.exists() {
        fs::remove_dir_all(dir).with_context(|| format!("{} cannot be emptied", dir.display()))?;
    }
    fs::create_dir_all(dir)
        .and_then(|()| fs::write(&marker, identity))
        .with_context(|| format!("{} cannot be written", marker.display()))
}

#[cfg(test)]
mod tests {
    use super::*;

    const VERBOSE: &str = "rustc 1.96.0 (ac68faa20 2026-05-25) (built from a source tarball)\n\
        binary: rustc\nhost: x86_64-unknown-linux-gnu\nrelease: 1.96.0\nLLVM version: 22.1.8\n";

    #[test]
    fn the_linker_follows_from_what_the_compiler_says_of_itself() {
        let compiler = Compiler::parse(VERBOSE.to_owned()).unwrap();
        assert_eq!(compiler.release, Version::new(1, 96, 0));
        assert_eq!(compiler.linker(), Path::new("/usr/lib/llvm-22/bin/lld"));
        let link = "/usr/lib/rustlib/x86_64-unknown-linux-gnu/bin/rust-lld";
        assert_eq!(compiler.linker_link(), Path::new(link));
        assert!(Compiler::parse("rustc 1.96.0".to_owned()).is_none());
    }

    #[test]
    fn the_library_is_all_that_was_built_but_the_probe() {
        let deps = tempfile::tempdir().unwrap();
        for name in ["libcore-1.rlib", "libcore-1.rmeta", "libwasm_std_probe-2.rlib", "core.d"] {
            fs::write(deps.path().join(name), "").unwrap();
        }
        assert_eq!(libraries_in(deps.path()).unwrap(), [deps.path().join("libcore-1.rlib")]);
    }

    #[test]
    fn another_library_empties_the_target_folder_and_the_same_does_not() {
        let root = tempfile::tempdir().unwrap();
        let (dir, library) = (root.path().join("wasm-debian"), root.path().join("lib"));
        fs::create_dir(&library).unwrap();
        fs::write(library.join("libstd-1.rlib"), "one").unwrap();
        keep_if_built_with(&dir, &identity(&library).unwrap()).unwrap();
        fs::write(dir.join("artefact"), "").unwrap();
        keep_if_built_with(&dir, &identity(&library).unwrap()).unwrap();
        assert!(dir.join("artefact").exists());
        fs::write(library.join("libstd-1.rlib"), "another").unwrap();
        keep_if_built_with(&dir, &identity(&library).unwrap()).unwrap();
        assert!(!dir.join("artefact").exists());
    }
}
