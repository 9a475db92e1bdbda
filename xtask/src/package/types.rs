//! `index.d.ts`: the hand-written types of every topic, one after the other.

use std::fs;
use std::path::{Path, PathBuf};

use anyhow::{Context, Result, ensure};

use crate::workspace::Workspace;

/// The package's types: those of `init` and its like, then every topic's in the order of names.
pub(super) fn index(workspace: &Workspace) -> Result<String> {
    let mut files = vec![workspace.root.join("npm/entries/init.d.ts")];
    files.extend(topics(&workspace.root.join("src/js/types"))?);
    let parts = files.iter().map(|file| {
        let text =
            fs::read_to_string(file).with_context(|| format!("{} is missing", file.display()))?;
        Ok(text.trim().to_owned())
    });
    Ok(parts.collect::<Result<Vec<_>>>()?.join("\n\n") + "\n")
}

/// The values that the topics declare: what the wasm has.
pub(super) fn values(workspace: &Workspace) -> Result<Vec<String>> {
    let mut values = Vec::new();
    for file in topics(&workspace.root.join("src/js/types"))? {
        let text =
            fs::read_to_string(&file).with_context(|| format!("{} is missing", file.display()))?;
        values.extend(text.lines().filter_map(value_in));
    }
    Ok(values)
}

/// The name in `export class Viewer implements Session {`.
fn value_in(line: &str) -> Option<String> {
    let mut words = line.split(|c: char| !c.is_alphanumeric() && c != '_' && c != '$');
    if words.next() != Some("export") {
        return None;
    }
    let kind = words.find(|word| !["abstract", "declare"].contains(word))?;
    ["class", "const", "enum", "function"].contains(&kind).then(|| words.next())?.map(String::from)
}

fn topics(folder: &Path) -> Result<Vec<PathBuf>> {
    let unreadable = || format!("{} cannot be read", folder.display());
    let entries = fs::read_dir(folder).with_context(unreadable)?;
    let paths = entries.map(|entry| Ok(entry.with_context(unreadable)?.path()));
    let mut paths = paths.collect::<Result<Vec<_>>>()?;
    paths.retain(|path| path.to_string_lossy().ends_with(".d.ts"));
    ensure!(!paths.is_empty(), "{} has no types", folder.display());
    paths.sort();
    Ok(paths)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_topic_is_in_once() {
        let workspace = Workspace::find().unwrap();
        let types = index(&workspace).unwrap();
        assert!(types.contains("export function init("));
        for topic in topics(&workspace.root.join("src/js/types")).unwrap() {
            let text = fs::read_to_string(topic).unwrap();
            assert_eq!(types.matches(text.trim()).count(), 1);
        }
    }

    #[test]
    fn values_are_told_from_types() {
        for (line, name) in [
            ("export class Viewer implements Session {", Some("Viewer")),
            ("export abstract class KvsError extends Error {", Some("KvsError")),
            ("export function version(): string;", Some("version")),
            ("export interface Session {", None),
            ("export type Role = \"MASTER\";", None),
            ("  constructor(options: ViewerOptions);", None),
        ] {
            assert_eq!(value_in(line).as_deref(), name, "{line}");
        }
    }

    #[test]
    fn nothing_shows_how_it_is_made() {
        let types = index(&Workspace::find().unwrap()).unwrap();
        let words = |c: char| !c.is_ascii_alphanumeric() && c != '_';
        for banned in ["any", "free", "initSync", "InitOutput", "memory"] {
            // Sentences may have the word; declarations may not.
            let found = types.lines().map(str::trim).find(|line| {
                let comment = line.starts_with('*') || line.starts_with("/*");
                !comment && line.split(words).any(|word| word == banned)
            });
            assert_eq!(found, None, "{banned}");
        }
        assert!(!types.contains("__wb"), "a name of wasm-bindgen's");
    }
}
