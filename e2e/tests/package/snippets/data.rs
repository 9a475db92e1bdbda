//! JSON, and what tests elsewhere run: Rust as the crate's doctests, Python among the client tests.

use std::{fs, io::Write as _};

use anyhow::Context;
use kvs_e2e::service::workspace;
use kvs_emulator::Keys;
use serde_json::Value;
use tempfile::NamedTempFile;

use super::documents::{Block, blocks_in};
use crate::project::Failure;

/// The document whose Python the client tests run, which have one.
pub(super) const PYTHON: &str = "emulator/README.md";
/// The document that has a file of keys.
const KEYS: &str = "emulator/README.md";

/// Whether the crate's doctests compile the document, whose blocks say nothing against that.
pub(super) fn is_a_doctest(block: &Block) -> bool {
    let guides = fs::read_to_string(workspace().join("src/guides.rs")).unwrap_or_default();
    guides.contains(&format!("\"../{}\"", block.file))
}

#[test]
fn json_is_read_and_keys_are_keys() -> Result<(), Failure> {
    let mut keys = 0;
    for block in blocks_in(&["json"])? {
        let json: Value = serde_json::from_str(&block.text).with_context(|| block.place())?;
        if block.is(KEYS) && json.get("keys").is_some() {
            let mut file = NamedTempFile::new()?;
            file.write_all(block.text.as_bytes())?;
            Keys::default().with_file(file.path()).with_context(|| block.place())?;
            keys += 1;
        }
    }
    assert_eq!(keys, 1, "{KEYS} has a file of keys");
    Ok(())
}
