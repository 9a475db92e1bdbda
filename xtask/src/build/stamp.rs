//! Knowing that `pkg/` is what the last build made of the same wasm in the same way.

use std::fs;
use std::hash::{DefaultHasher, Hasher};
use std::path::Path;

use anyhow::{Context, Result};

use super::FILES;

/// What the output follows from: the compiled wasm and how it is processed.
pub(super) fn key(wasm: &[u8], recipe: &str) -> u64 {
    digest([wasm, recipe.as_bytes()])
}

/// Whether the files in `pkg` are those that were made with this key, unchanged since.
pub(super) fn matches(stamp: &Path, key: u64, pkg: &Path) -> bool {
    let Ok(known) = fs::read_to_string(stamp) else { return false };
    content(key, pkg).is_ok_and(|current| current == known)
}

pub(super) fn write(stamp: &Path, key: u64, pkg: &Path) -> Result<()> {
    let content = content(key, pkg)?;
    fs::write(stamp, content).with_context(|| format!("{} cannot be written", stamp.display()))
}

/// The key, and what the files are: another program may write them too.
fn content(key: u64, pkg: &Path) -> Result<String> {
    let mut line = format!("{key:016x}");
    for name in FILES {
        let path = pkg.join(name);
        let bytes = fs::read(&path).with_context(|| format!("{} is missing", path.display()))?;
        line.push_str(&format!(" {:016x}", digest([&bytes])));
    }
    Ok(line)
}

fn digest<const N: usize>(parts: [&[u8]; N]) -> u64 {
    let mut hasher = DefaultHasher::new();
    for part in parts {
        hasher.write_usize(part.len());
        hasher.write(part);
    }
    hasher.finish()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn only_the_same_wasm_the_same_way_and_untouched_files_count_as_built() {
        let dir = tempfile::tempdir().unwrap();
        let (pkg, stamp) = (dir.path(), dir.path().join("stamp"));
        let built = key(b"wasm", "-Oz");
        assert!(!matches(&stamp, built, pkg), "nothing built");
        for name in FILES {
            fs::write(pkg.join(name), name).unwrap();
        }
        write(&stamp, built, pkg).unwrap();
        assert!(matches(&stamp, built, pkg));
        assert!(!matches(&stamp, key(b"wasm2", "-Oz"), pkg), "another wasm");
        assert!(!matches(&stamp, key(b"wasm", "-O1"), pkg), "another way");
        fs::write(pkg.join(FILES[1]), "other").unwrap();
        assert!(!matches(&stamp, built, pkg), "a changed file");
        fs::remove_file(pkg.join(FILES[1])).unwrap();
        assert!(!matches(&stamp, built, pkg), "a missing file");
    }
}
