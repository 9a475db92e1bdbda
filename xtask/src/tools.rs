//! The programs beside cargo: which versions, where they are kept, how they are found.
//!
//! What is on `PATH` in a fitting version is used. The rest lives in a folder of our own, one
//! subfolder a version, which is put before `PATH` for the programs started from here.

use std::env;
use std::ffi::OsString;
use std::path::{Path, PathBuf};
use std::process::Command;

use anyhow::{Context, Result};

use crate::process;
use crate::versions::Version;
use crate::workspace::Workspace;

/// The wasm-pack that `setup` installs; what is on `PATH` may be newer.
pub(crate) const WASM_PACK: Version = Version::new(0, 15, 1);
/// The geckodriver that `setup` installs; what is on `PATH` may be newer.
pub(crate) const GECKODRIVER: Version = Version::new(0, 37, 1);
/// The npm package `binaryen` that `setup` installs, for its `wasm-opt`.
pub(crate) const BINARYEN: Version = Version::new(132, 0, 0);
/// Older ones reject what current Rust compiles.
pub(crate) const OLDEST_WASM_OPT: Version = Version::new(117, 0, 0);
/// The oldest Node that runs the current AWS SDK, and whose `require` loads modules.
pub(crate) const OLDEST_NODE: Version = Version::new(20, 19, 0);
/// The oldest Python that runs the current aiortc.
pub(crate) const OLDEST_PYTHON: Version = Version::new(3, 11, 0);
/// Names of Pythons, the usual one first: where it is too old, a newer one may be beside it.
const PYTHONS: [&str; 5] = ["python3", "python3.14", "python3.13", "python3.12", "python3.11"];

/// Where our own copies are and how to find a program.
pub(crate) struct Tools {
    dir: PathBuf,
    wasm_bindgen: String,
}

impl Tools {
    pub(crate) fn new(workspace: &Workspace) -> Result<Self> {
        let cache = env::var_os("XDG_CACHE_HOME")
            .map(PathBuf::from)
            .filter(|path| path.is_absolute())
            .or_else(|| env::home_dir().map(|home| home.join(".cache")))
            .context("there is no home folder: set XDG_CACHE_HOME to a folder for our tools")?;
        let dir = cache.join("kvs-webrtc").join("tools");
        Ok(Self { dir, wasm_bindgen: workspace.locked("wasm-bindgen")? })
    }

    /// The folder of our own copies.
    pub(crate) fn dir(&self) -> &Path {
        &self.dir
    }

    /// wasm-bindgen's version in `Cargo.lock`: its programs must have exactly this one.
    pub(crate) fn wasm_bindgen_version(&self) -> &str {
        &self.wasm_bindgen
    }

    pub(crate) fn wasm_pack_root(&self) -> PathBuf {
        self.dir.join(format!("wasm-pack-{WASM_PACK}"))
    }

    pub(crate) fn wasm_bindgen_root(&self) -> PathBuf {
        self.dir.join(format!("wasm-bindgen-{}", self.wasm_bindgen))
    }

    pub(crate) fn geckodriver_root(&self) -> PathBuf {
        self.dir.join(format!("geckodriver-{GECKODRIVER}"))
    }

    pub(crate) fn binaryen_root(&self) -> PathBuf {
        self.dir.join(format!("binaryen-{BINARYEN}"))
    }

    pub(crate) fn wasm_pack(&self) -> Option<PathBuf> {
        self.find("wasm-pack", &self.wasm_pack_bin(), |version| version >= WASM_PACK)
    }

    /// `wasm-bindgen`, where its test runner lies beside it.
    pub(crate) fn wasm_bindgen(&self) -> Option<PathBuf> {
        let wanted = Version::find(&self.wasm_bindgen)?;
        self.find("wasm-bindgen", &self.wasm_bindgen_bin(), |version| version == wanted)
            .filter(|path| path.with_file_name("wasm-bindgen-test-runner").is_file())
    }

    pub(crate) fn geckodriver(&self) -> Option<PathBuf> {
        let own = self.geckodriver_root().join("bin");
        self.find("geckodriver", &own, |version| version >= GECKODRIVER)
    }

    pub(crate) fn wasm_opt(&self) -> Option<PathBuf> {
        self.find("wasm-opt", &self.binaryen_bin(), |version| version >= OLDEST_WASM_OPT)
    }

    /// `wasm-dis`, which comes with it.
    pub(crate) fn wasm_dis(&self) -> Option<PathBuf> {
        self.wasm_opt().map(|path| path.with_file_name("wasm-dis")).filter(|path| path.is_file())
    }

    /// The version of the `wasm-opt` that is used.
    pub(crate) fn wasm_opt_version(&self) -> Option<Version> {
        self.wasm_opt().and_then(|path| version_of(&path))
    }

    /// Node's version.
    pub(crate) fn node(&self) -> Option<Version> {
        self.first_of(&["node"]).and_then(|path| version_of(&path))
    }

    /// A Python that runs current packages, and its version.
    pub(crate) fn python(&self) -> Option<(PathBuf, Version)> {
        let mut pythons = PYTHONS.iter().flat_map(|name| self.all(name));
        pythons.find_map(|path| {
            let version = version_of(&path).filter(|version| *version >= OLDEST_PYTHON)?;
            Some((path, version))
        })
    }

    /// The first of these programs that is on `PATH`.
    pub(crate) fn first_of(&self, programs: &[&str]) -> Option<PathBuf> {
        programs.iter().find_map(|program| self.all(program).next())
    }

    /// `PATH` for the programs we start: our fitting copies before all else.
    pub(crate) fn path(&self) -> Result<OsString> {
        env::join_paths(self.search_path()).context("PATH cannot be extended by our tools folder")
    }

    /// Our own copy, whose version is in its folder's name, or one on `PATH` that is asked for its
    /// version.
    fn find(&self, program: &str, own: &Path, fits: impl Fn(Version) -> bool) -> Option<PathBuf> {
        let own = own.join(program);
        if own.is_file() {
            return Some(own);
        }
        self.all(program).find(|path| version_of(path).is_some_and(&fits))
    }

    fn all(&self, program: &str) -> impl Iterator<Item = PathBuf> {
        self.search_path().into_iter().map(move |dir| dir.join(program)).filter(|it| it.is_file())
    }

    fn search_path(&self) -> Vec<PathBuf> {
        let own = [self.wasm_pack_bin(), self.wasm_bindgen_bin(), self.binaryen_bin()];
        let path = env::var_os("PATH").unwrap_or_default();
        own.into_iter().filter(|dir| dir.is_dir()).chain(env::split_paths(&path)).collect()
    }

    fn wasm_pack_bin(&self) -> PathBuf {
        self.wasm_pack_root().join("bin")
    }

    fn wasm_bindgen_bin(&self) -> PathBuf {
        self.wasm_bindgen_root().join("bin")
    }

    fn binaryen_bin(&self) -> PathBuf {
        self.binaryen_root().join("node_modules").join(".bin")
    }
}

/// What a program answers to `--version`.
fn version_of(program: &Path) -> Option<Version> {
    let answer = process::capture(Command::new(program).arg("--version")).ok()?;
    Version::find(&answer)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn our_own_copy_counts_by_the_version_in_its_folders_name() {
        let cache = tempfile::tempdir().unwrap();
        let tools = Tools { dir: cache.path().to_path_buf(), wasm_bindgen: "99.88.77".to_owned() };
        assert_eq!(tools.wasm_bindgen(), None);
        let bin = cache.path().join("wasm-bindgen-99.88.77/bin");
        std::fs::create_dir_all(&bin).unwrap();
        std::fs::write(bin.join("wasm-bindgen"), "").unwrap();
        assert_eq!(tools.wasm_bindgen(), None, "without its test runner");
        std::fs::write(bin.join("wasm-bindgen-test-runner"), "").unwrap();
        assert_eq!(tools.wasm_bindgen(), Some(bin.join("wasm-bindgen")));
        assert!(tools.path().unwrap().to_string_lossy().starts_with(bin.to_str().unwrap()));
    }
}
