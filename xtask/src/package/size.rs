//! What the package weighs: to load, and installed.

use std::fs;

use anyhow::{Context, Result};

use super::{MOST_INSTALLED, bundle, folder};
use crate::workspace::Workspace;

/// A file of the package.
pub(crate) struct File {
    /// Its name in the package.
    pub(crate) name: String,
    /// What is in it.
    pub(crate) bytes: Vec<u8>,
}

/// What a page loads by `import "kvs-webrtc"`: the door, the glue with all that is around it, and
/// the wasm.
pub(crate) const LOADED: [&str; 3] = ["index.js", bundle::CORE, bundle::WASM];

/// The files of the package as it was last put together, by name.
///
/// # Errors
/// Where it was not yet.
pub(crate) fn files(workspace: &Workspace) -> Result<Vec<File>> {
    let folder = folder(workspace);
    let unreadable = || format!("{} is missing: `cargo xtask package`", folder.display());
    let entries = fs::read_dir(&folder).with_context(unreadable)?;
    let files = entries.map(|entry| {
        let path = entry.with_context(unreadable)?.path();
        let bytes = fs::read(&path).with_context(unreadable)?;
        let name = path.file_name().unwrap_or_default().to_string_lossy().into_owned();
        Ok(File { name, bytes })
    });
    let mut files = files.collect::<Result<Vec<_>>>()?;
    files.sort_by(|one, other| one.name.cmp(&other.name));
    Ok(files)
}

/// What the files take when they are installed.
pub(crate) fn installed(files: &[File]) -> usize {
    files.iter().map(|file| file.bytes.len()).sum()
}

/// A table of every file, what a page loads, and what is installed; `gzip` tells a packed size.
///
/// # Errors
/// Where the package was not put together yet.
pub(crate) fn print(workspace: &Workspace, gzip: impl Fn(&[u8]) -> Result<usize>) -> Result<()> {
    let files = files(workspace)?;
    println!("{:<20} {:>9} {:>9}", "the package", "raw", "gzip -9");
    let mut loaded = (0, 0);
    for File { name, bytes } in &files {
        let packed = gzip(bytes)?;
        println!("{name:<20} {:>9} {packed:>9}", bytes.len());
        if LOADED.contains(&name.as_str()) {
            loaded = (loaded.0 + bytes.len(), loaded.1 + packed);
        }
    }
    println!("{:<20} {:>9} {:>9}", "a page loads", loaded.0, loaded.1);
    println!("{:<20} {:>9}  of {MOST_INSTALLED} at most", "installed", installed(&files));
    Ok(())
}
