//! The documents and their blocks of code.

use std::{
    fs,
    path::{Path, PathBuf},
};

use anyhow::{Context, Result, bail, ensure};
use kvs_e2e::service::workspace;

/// Folders whose documents are not ours, or are of a build.
const ELSEWHERE: [&str; 4] = ["target", "node_modules", "pkg", ".git"];
const FENCE: &str = "```";

/// A block of code of a document.
#[derive(Debug)]
pub(super) struct Block {
    /// The document, as `docs/guides/ci.md`.
    pub(super) file: String,
    /// Where its first line is.
    pub(super) line: usize,
    /// What follows the fence.
    pub(super) language: String,
    pub(super) text: String,
}

impl Block {
    /// For messages.
    pub(super) fn place(&self) -> String {
        format!("{}:{}: {}", self.file, self.line, self.language)
    }

    /// A name for a file with the block in it.
    pub(super) fn slug(&self) -> String {
        let file = self.file.trim_end_matches(".md").replace(['/', '.'], "-");
        format!("{file}-{}", self.line)
    }

    pub(super) fn is(&self, file: &str) -> bool {
        self.file == file
    }
}

/// All blocks of all documents, which are found by themselves.
///
/// # Errors
/// Where a document cannot be read, or has a fence that nothing ends.
pub(super) fn blocks() -> Result<Vec<Block>> {
    let root = workspace();
    let mut blocks = Vec::new();
    for path in documents(&root)? {
        let name = path.strip_prefix(&root)?.to_string_lossy().replace('\\', "/");
        let text = fs::read_to_string(&path).with_context(|| format!("{name} cannot be read"))?;
        blocks.extend(blocks_of(&name, &text)?);
    }
    Ok(blocks)
}

/// The blocks of some languages.
///
/// # Errors
/// Where there are none: a test without any would prove nothing.
pub(super) fn blocks_in(languages: &[&str]) -> Result<Vec<Block>> {
    let mut blocks = blocks()?;
    blocks.retain(|block| languages.contains(&block.language.as_str()));
    ensure!(!blocks.is_empty(), "no document has a block of {languages:?}");
    Ok(blocks)
}

/// The paths of all documents.
///
/// # Errors
/// Where a folder cannot be read.
pub(super) fn documents(root: &Path) -> Result<Vec<PathBuf>> {
    let mut found = Vec::new();
    let mut folders = vec![root.to_path_buf()];
    while let Some(folder) = folders.pop() {
        let unreadable = || format!("{} cannot be read", folder.display());
        for entry in fs::read_dir(&folder).with_context(unreadable)? {
            let path = entry.with_context(unreadable)?.path();
            if path.is_dir() && !ELSEWHERE.iter().any(|name| path.ends_with(name)) {
                folders.push(path);
            } else if path.extension().is_some_and(|it| it == "md") {
                found.push(path);
            }
        }
    }
    found.sort();
    Ok(found)
}

fn blocks_of(file: &str, text: &str) -> Result<Vec<Block>> {
    let mut blocks = Vec::new();
    let mut open: Option<Block> = None;
    for (number, line) in (1..).zip(text.lines()) {
        match (line.trim_start().strip_prefix(FENCE), open.as_mut()) {
            (Some(language), None) => {
                let language = language.trim().to_owned();
                let file = file.to_owned();
                open = Some(Block { file, line: number + 1, language, text: String::new() });
            }
            (Some(""), Some(_)) => blocks.extend(open.take()),
            (Some(more), Some(_)) => bail!("{file}:{number}: {more} follows a fence that ends"),
            (None, Some(block)) => block.text.extend([line, "\n"]),
            (None, None) => {}
        }
    }
    ensure!(open.is_none(), "{file}: {:?} has no end", open.map(|block| block.place()));
    Ok(blocks)
}

#[test]
fn blocks_are_told_from_what_is_around_them() {
    let text = "# A\n\n```ts\nlet a;\n\nlet b;\n```\nWords.\n- in a list\n  ```\n  c\n  ```\n";
    let blocks = blocks_of("docs/a.md", text).unwrap();
    let found = blocks.iter().map(|it| (it.line, it.language.as_str(), it.text.as_str()));
    let wanted = [(4, "ts", "let a;\n\nlet b;\n"), (11, "", "  c\n")];
    assert_eq!(found.collect::<Vec<_>>(), wanted);
    assert_eq!(blocks.first().map(Block::slug).as_deref(), Some("docs-a-4"));
    assert!(blocks_of("a.md", "```sh\nls\n").is_err());
}
