//! Every block of code in the documents is compiled, run or read by a test: none is known by its
//! look alone.

mod data;
mod documents;
mod examples;
mod html;
mod links;
mod run;
mod shell;
mod typescript;

use crate::project::Failure;
use documents::{Block, blocks};

/// What a block without a test of its own is, and why: its document, and how it begins.
const NOT_CODE: [(&str, &str, &str); 4] = [
    ("docs/ARCHITECTURE.md", "  a page          www/", "a drawing"),
    ("docs/ARCHITECTURE.md", "  keys ──► ARN", "a drawing"),
    ("docs/ARCHITECTURE.md", "  TCP, TLS ──► listeners", "a drawing"),
    ("docs/guides/bundlers.md", "script-src 'self'", "a policy, which a page of `html` has"),
];

/// Where blocks of a language are tested.
fn is_tested(block: &Block) -> bool {
    let named =
        NOT_CODE.iter().any(|(file, begins, _)| block.is(file) && block.text.starts_with(begins));
    match block.language.as_str() {
        "ts" | "js" | "html" | "sh" | "json" => true,
        "python" => block.is(data::PYTHON),
        "rust" => data::is_a_doctest(block),
        "text" => named,
        _ => false,
    }
}

#[test]
fn every_block_is_of_a_kind_that_is_tested() -> Result<(), Failure> {
    let blocks = blocks()?;
    let unknown = blocks.iter().filter(|block| !is_tested(block)).map(Block::place);
    assert_eq!(unknown.collect::<Vec<_>>(), Vec::<String>::new(), "no test knows these blocks");
    for (file, begins, why) in NOT_CODE {
        let named = blocks.iter().filter(|it| it.is(file) && it.text.starts_with(begins));
        assert_eq!(named.count(), 1, "{file} has no {begins}, {why}");
    }
    Ok(())
}
