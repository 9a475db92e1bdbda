//! Which Rust compiles for wasm32, and how a program is started with it.
//!
//! Ordinarily it is the toolchain that `cargo` is anyway, with rustup's `wasm32-unknown-unknown`.
//! Where rustup's server is out of reach, it is the one Debian carries for its browsers, with a
//! standard library made here ([`debian`]). That one is `RUSTUP_TOOLCHAIN=/usr`, set for single
//! child processes and nowhere else: it has no rustfmt, and all that is native stays with rustup.

pub(crate) mod debian;

use std::env;
use std::ffi::OsStr;
use std::fs;
use std::path::{Path, PathBuf};
use std::process::Command;
use std::time::Duration;

use anyhow::{Context, Result, bail};

use crate::process;
use crate::tools::Tools;
use crate::workspace::Workspace;

/// The one target of what is shipped.
pub(crate) const TARGET: &str = "wasm32-unknown-unknown";

/// The standard library, compiled with the crate.
const SMALL_STD: [&str; 2] =
    ["-Zbuild-std=std,panic_abort", "-Zbuild-std-features=optimize_for_size"];
const SMALL_CODE: [&str; 5] = [
    "-Zunstable-options",
    "-Cpanic=immediate-abort",
    "-Zlocation-detail=none",
    "-Zfmt-debug=none",
    // A crate's copies of generic code are its own, and so are optimised with what calls them.
    "-Zshare-generics=no",
];

/// rustup answers within seconds or, without a way to its server, not at all.
const RUSTUP_LIMIT: Duration = Duration::from_secs(20);

/// Where the wasm32 standard library comes from.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Toolchain {
    /// The Rust that `cargo` starts by itself.
    Rustup,
    /// Debian's Rust for browsers, and a standard library built from its sources.
    Debian,
}

impl Toolchain {
    /// The branch in force: the first that has the library and its sources, among those allowed;
    /// else the first that has the library.
    pub(crate) fn ready() -> Result<Option<Self>> {
        let forced = Self::forced()?;
        let mut second_best = None;
        for branch in [Self::Rustup, Self::Debian] {
            if forced.is_none_or(|it| it == branch) && branch.has_library()? {
                if !branch.lacks_sources()? {
                    return Ok(Some(branch));
                }
                second_best = second_best.or(Some(branch));
            }
        }
        Ok(second_best)
    }

    /// The branch that `XTASK_WASM` demands, if any.
    fn forced() -> Result<Option<Self>> {
        Self::parse(env::var_os("XTASK_WASM").as_deref())
    }

    fn parse(value: Option<&OsStr>) -> Result<Option<Self>> {
        let Some(value) = value.filter(|value| !value.is_empty()) else { return Ok(None) };
        match value.to_str() {
            Some("rustup") => Ok(Some(Self::Rustup)),
            Some("debian") => Ok(Some(Self::Debian)),
            _ => bail!("XTASK_WASM is {value:?}: it can be `rustup`, `debian` or unset"),
        }
    }

    /// Whether the sources of the standard library are missing.
    pub(crate) fn lacks_sources(self) -> Result<bool> {
        Ok(!self.sysroot()?.join("lib/rustlib/src/rust/library/std").exists())
    }

    /// How to say where the library is from.
    pub(crate) const fn name(self) -> &'static str {
        match self {
            Self::Rustup => "rustup's",
            Self::Debian => "Debian's",
        }
    }

    fn has_library(self) -> Result<bool> {
        match self {
            Self::Rustup => Ok(has_std(&library_dir(&self.sysroot()?))),
            Self::Debian => debian::is_ready(),
        }
    }

    fn sysroot(self) -> Result<PathBuf> {
        match self {
            Self::Rustup => {
                let sysroot = process::capture(Command::new("rustc").args(["--print", "sysroot"]))?;
                Ok(sysroot.trim().into())
            }
            Self::Debian => Ok(debian::SYSROOT.into()),
        }
    }
}

/// Gets the library: from rustup, and where that does not work, the Debian way.
pub(crate) fn install(workspace: &Workspace) -> Result<()> {
    match Toolchain::forced()? {
        Some(Toolchain::Rustup) => add_by_rustup(),
        Some(Toolchain::Debian) => debian::install(workspace),
        None => {
            let Err(refusal) = add_by_rustup() else { return Ok(()) };
            println!("{refusal:#}; taking Debian's Rust for browsers instead (several minutes)");
            debian::install(workspace)
        }
    }
}

/// Starts programs that compile for wasm32.
pub(crate) struct Wasm<'a> {
    workspace: &'a Workspace,
    toolchain: Toolchain,
    target_dir: PathBuf,
}

impl<'a> Wasm<'a> {
    /// Fails, naming the remedy, where no wasm32 standard library is installed.
    pub(crate) fn new(workspace: &'a Workspace) -> Result<Self> {
        let toolchain = Toolchain::ready()?.context(
            "the wasm32 standard library is missing: `cargo xtask setup --for demo` installs it",
        )?;
        let target_dir = match toolchain {
            Toolchain::Rustup => workspace.target.clone(),
            Toolchain::Debian => debian::target_dir(workspace)?,
        };
        Ok(Self { workspace, toolchain, target_dir })
    }

    /// Where what is compiled comes to lie; each toolchain has its own folder.
    pub(crate) fn target_dir(&self) -> &Path {
        &self.target_dir
    }

    /// Has cargo compile what is shipped: with a standard library made for size, in which a panic
    /// is a trap and no more, and without places and debug texts. Where there are no sources for
    /// that, with the library as it is.
    ///
    /// Cargo and rustc do this in nightly builds; `RUSTC_BOOTSTRAP` has a stable one do it too.
    pub(crate) fn for_size(&self, cargo: &mut Command) -> Result<()> {
        let mut flags = vec!["--cfg", "sha2_backend_soft=\"compact\""];
        if !self.toolchain.lacks_sources()? {
            cargo.env("RUSTC_BOOTSTRAP", "1").args(SMALL_STD);
            flags.extend(SMALL_CODE);
        } else {
            println!(
                "without the sources of Rust's library the wasm is a tenth larger (`cargo xtask \
                 setup` installs them)"
            );
        }
        cargo.env("CARGO_ENCODED_RUSTFLAGS", flags.join("\u{1f}"));
        Ok(())
    }

    /// A program whose cargo and rustc are the ones for wasm32, and which finds our tools.
    pub(crate) fn command(&self, program: impl AsRef<OsStr>) -> Result<Command> {
        let mut command = self.workspace.command(program);
        command.env("PATH", Tools::new(self.workspace)?.path()?);
        if self.toolchain == Toolchain::Debian {
            debian::select(&mut command);
            command.env("CARGO_TARGET_DIR", &self.target_dir);
        }
        Ok(command)
    }

    /// Which compiler it is: where it is from, and its version.
    pub(crate) fn rustc(&self) -> Result<String> {
        let version = process::capture(self.command("rustc")?.arg("--version"))?;
        Ok(format!("{} {}", self.toolchain.name(), version.trim()))
    }
}

fn add_by_rustup() -> Result<()> {
    process::run_within(Command::new("rustup").args(["target", "add", TARGET]), RUSTUP_LIMIT)?;
    process::run_within(Command::new("rustup").args(["component", "add", "rust-src"]), RUSTUP_LIMIT)
}

/// Where a toolchain keeps the target's libraries.
fn library_dir(sysroot: &Path) -> PathBuf {
    sysroot.join("lib/rustlib").join(TARGET).join("lib")
}

fn has_std(dir: &Path) -> bool {
    let Ok(entries) = fs::read_dir(dir) else { return false };
    entries.flatten().any(|entry| {
        let name = entry.file_name();
        let name = name.to_string_lossy();
        name.starts_with("libstd-") && name.ends_with(".rlib")
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_branch_is_forced_by_its_name_and_by_nothing_else() {
        let parse = |value: &str| Toolchain::parse(Some(value.as_ref()));
        assert_eq!(parse("rustup").unwrap(), Some(Toolchain::Rustup));
        assert_eq!(parse("debian").unwrap(), Some(Toolchain::Debian));
        assert_eq!(parse("").unwrap(), None);
        assert_eq!(Toolchain::parse(None).unwrap(), None);
        let refusal = parse("Debian").unwrap_err().to_string();
        assert!(refusal.contains("`rustup`, `debian`"), "{refusal}");
    }

    #[test]
    fn a_library_counts_only_when_std_itself_is_there() {
        let sysroot = tempfile::tempdir().unwrap();
        let lib = library_dir(sysroot.path());
        assert!(!has_std(&lib), "no folder");
        fs::create_dir_all(&lib).unwrap();
        fs::write(lib.join("libcore-0123.rlib"), "").unwrap();
        fs::write(lib.join("libstd-0123.rmeta"), "").unwrap();
        assert!(!has_std(&lib), "half a library");
        fs::write(lib.join("libstd-0123.rlib"), "").unwrap();
        assert!(has_std(&lib));
    }
}
