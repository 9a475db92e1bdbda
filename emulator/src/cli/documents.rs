//! What the documents say of `kvs-emulator` is what it takes.

use std::{collections::BTreeSet, fs, path::Path};

use clap::{CommandFactory as _, Parser as _};

use super::Args;

const COMMAND: &str = "kvs-emulator";
/// The documents that have commands.
const DOCUMENTS: [&str; 4] =
    ["README.md", "bench/README.md", "docs/guides/ci.md", "emulator/README.md"];
/// A browser's.
const FOREIGN: &str = "--use-fake-";

fn document(name: &str) -> String {
    let path = Path::new(env!("CARGO_MANIFEST_DIR")).join("..").join(name);
    fs::read_to_string(path).unwrap()
}

/// The flags that there are.
fn flags() -> BTreeSet<String> {
    let command = Args::command();
    let mut flags = command
        .get_arguments()
        .filter_map(|argument| Some(format!("--{}", argument.get_long()?)))
        .collect::<BTreeSet<_>>();
    flags.extend(["--help".to_owned(), "--version".to_owned()]);
    flags
}

/// The lines of a shell that start it.
fn commands(text: &str) -> impl Iterator<Item = Vec<&str>> {
    text.split("```sh\n").skip(1).filter_map(|rest| rest.split("```").next()).flat_map(|block| {
        block.lines().filter_map(|line| {
            let words = line.split_whitespace().take_while(|word| !["#", "&"].contains(word));
            let words = words.collect::<Vec<_>>();
            let is_it = words.first().is_some_and(|it| it.rsplit('/').next() == Some(COMMAND));
            is_it.then_some(words)
        })
    })
}

#[test]
fn every_command_that_they_have_is_taken() {
    let mut taken = 0;
    for name in DOCUMENTS {
        for words in commands(&document(name)) {
            if let Err(error) = Args::try_parse_from(&words) {
                panic!("{name} has `{}`: {error}", words.join(" "));
            }
            taken += 1;
        }
    }
    assert!(taken >= DOCUMENTS.len(), "{taken} commands");
}

#[test]
fn every_flag_that_they_name_is_there() {
    let flags = flags();
    for name in ["docs/guides/ci.md", "emulator/README.md"] {
        let text = document(name);
        let inline =
            text.split("```").step_by(2).flat_map(|prose| prose.split('`').skip(1).step_by(2));
        let named = inline.filter_map(|code| code.split_whitespace().next());
        for flag in named.filter(|it| it.starts_with("--") && !it.starts_with(FOREIGN)) {
            assert!(flags.contains(flag), "{name} names {flag}");
        }
    }
}

#[test]
fn the_table_of_flags_is_whole() {
    let text = document("emulator/README.md");
    let rows = text.lines().filter_map(|line| line.strip_prefix("| `--")?.split(" | ").next());
    let mut rows = rows.map(|row| format!("`--{row}")).collect::<String>();
    rows.push_str("`--help``--version`");
    for flag in flags() {
        assert!(
            rows.contains(&format!("`{flag}`")) || rows.contains(&format!("`{flag} ")),
            "no row has {flag}"
        );
    }
}
