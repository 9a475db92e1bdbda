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
/// The npm package `binaryen` that `setup` installs, for its `wasm-opt`.
pub(crate) const BINARYEN: Version = Version::new(132, 0, 0);
/// Older ones reject what current Rust compiles.
pub(crate) const OLDEST_WASM_OPT: Version = Version::new(116, 0, 0);
/// The package manager `setup` gets `wasm-opt` with needs it, and so do npm's tools.
pub(crate) const OLDEST_NODE: Version = Version::new(18, 0, 0);

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

    pub(crate) fn binaryen_root(&self) -> PathBuf {
        self.dir.join(format!("binaryen-{BINARYEN}"))
    }

    pub(crate) fn wasm_pack(&self) -> Option<PathBuf> {
        self.all("wasm-pack").find(|path| version_of(path).is_some_and(|it| it >= WASM_PACK))
    }

    /// `wasm-bindgen`, where its test runner lies beside it.
    pub(crate) fn wasm_bindgen(&self) -> Option<PathBuf> {
        let wanted = Version::find(&self.wasm_bindgen)?;
        self.all("wasm-bindgen").find(|path| {
            path.with_file_name("wasm-bindgen-test-runner").is_file()
                && version_of(path) == Some(wanted)
        })
    }

    pub(crate) fn wasm_opt(&self) -> Option<PathBuf> {
        self.all("wasm-opt").find(|path| version_of(path).is_some_and(|it| it >= OLDEST_WASM_OPT))
    }

    pub(crate) fn node(&self) -> Option<PathBuf> {
        self.all("node").find(|path| version_of(path).is_some_and(|it| it >= OLDEST_NODE))
    }

    /// The first of these programs that is on `PATH`.
    pub(crate) fn first_of(&self, programs: &[&str]) -> Option<PathBuf> {
        programs.iter().find_map(|program| self.all(program).next())
    }

    /// `PATH` for the programs we start: our fitting copies before all else.
    pub(crate) fn path(&self) -> Result<OsString> {
        env::join_paths(self.search_path()).context("PATH cannot be extended by our tools folder")
    }

    fn all(&self, program: &str) -> impl Iterator<Item = PathBuf> {
        self.search_path().into_iter().map(move |dir| dir.join(program)).filter(|it| it.is_file())
    }

    fn search_path(&self) -> Vec<PathBuf> {
        let own = [
            self.wasm_pack_root().join("bin"),
            self.wasm_bindgen_root().join("bin"),
            self.binaryen_root().join("node_modules").join(".bin"),
        ];
        let path = env::var_os("PATH").unwrap_or_default();
        own.into_iter().filter(|dir| dir.is_dir()).chain(env::split_paths(&path)).collect()
    }
}

/// What a program answers to `--version`.
pub(crate) fn version_of(program: &Path) -> Option<Version> {
    let answer = process::capture(Command::new(program).arg("--version")).ok()?;
    Version::find(&answer)
}
