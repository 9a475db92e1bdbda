//! Pages: what their scripts are.

use anyhow::{Context, Result, bail};
use serde_json::Value;

use super::documents::{Block, blocks_in};
use crate::project::{Failure, project};

/// A `<script>` of a page.
#[derive(Debug)]
pub(super) struct Script {
    attributes: String,
    pub(super) text: String,
}

impl Script {
    pub(super) fn is_module(&self) -> bool {
        self.kind() == Some("module")
    }

    /// Whether it is a plain script that stands in the page.
    pub(super) fn is_code(&self) -> bool {
        self.kind().is_none() && self.source().is_none()
    }

    fn kind(&self) -> Option<&str> {
        self.attribute("type")
    }

    /// The file that it is in.
    fn source(&self) -> Option<&str> {
        self.attribute("src")
    }

    fn attribute(&self, name: &str) -> Option<&str> {
        let (_, rest) = self.attributes.split_once(&format!(" {name}=\""))?;
        rest.split_once('"').map(|(value, _)| value)
    }
}

/// The scripts of a page, which has nothing else.
///
/// # Errors
/// Where there is none, or more than scripts.
pub(super) fn scripts(page: &Block) -> Result<Vec<Script>> {
    let mut found = Vec::new();
    let mut rest = page.text.trim();
    while !rest.is_empty() {
        let (tag, after) = rest
            .strip_prefix("<script")
            .and_then(|rest| rest.split_once('>'))
            .with_context(|| format!("{}: no script: {rest}", page.place()))?;
        let Some((text, after)) = after.split_once("</script>") else {
            bail!("{}: a script has no end", page.place())
        };
        found.push(Script { attributes: tag.to_owned(), text: text.to_owned() });
        rest = after.trim_start();
    }
    Ok(found)
}

#[test]
fn scripts_of_pages_are_there_and_maps_are_json() -> Result<(), Failure> {
    for page in blocks_in(&["html"])? {
        for script in scripts(&page)? {
            let files = match script.kind() {
                Some("importmap") => mapped(&script.text)?,
                _ => script.source().map(str::to_owned).into_iter().collect(),
            };
            for file in files {
                assert!(project()?.join(&file).is_file(), "{}: no {file}", page.place());
            }
        }
    }
    Ok(())
}

/// The files that an import map leads to.
fn mapped(map: &str) -> Result<Vec<String>> {
    let map: Value = serde_json::from_str(map).context("an import map is JSON")?;
    let imports = map["imports"].as_object().context("an import map has imports")?;
    let files = imports.values().map(|file| Some(file.as_str()?.to_owned()));
    files.collect::<Option<Vec<_>>>().context("an import map leads to files")
}
