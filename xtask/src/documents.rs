//! What the documents say of `cargo xtask` is what it takes.

use std::fs;
use std::path::{Path, PathBuf};

use clap::{CommandFactory, Parser};

use crate::Cli;
use crate::workspace::Workspace;

const COMMAND: &str = "cargo xtask ";
/// Folders whose documents are not ours, or are of a build.
const ELSEWHERE: [&str; 4] = ["target", "node_modules", "pkg", ".git"];
/// What stands for a value in a usage line, and one.
const PLACEHOLDERS: [(&str, &str); 4] =
    [("N", "1"), ("IP", "192.168.1.23"), ("TARGET", "frame"), ("DIR", "public")];

fn documents(root: &Path) -> Vec<PathBuf> {
    let mut found = Vec::new();
    let mut folders = vec![root.to_path_buf()];
    while let Some(folder) = folders.pop() {
        for entry in fs::read_dir(folder).unwrap() {
            let path = entry.unwrap().path();
            if path.is_dir() && !ELSEWHERE.iter().any(|name| path.ends_with(name)) {
                folders.push(path);
            } else if path.extension().is_some_and(|it| it == "md") {
                found.push(path);
            }
        }
    }
    found
}

/// The arguments in each mention of a command; of a usage line all that it may have.
fn mentions(text: &str) -> Vec<Vec<String>> {
    let lines = text.lines().flat_map(|line| line.split(COMMAND).skip(1));
    lines.map(|rest| arguments(rest.split(['`', '#', '&']).next().unwrap_or_default())).collect()
}

fn arguments(usage: &str) -> Vec<String> {
    let word = |word: &str| {
        let word = word.trim_matches(['[', ']']);
        let word = word.split(['|', '\\']).next().unwrap_or_default();
        let value = PLACEHOLDERS.iter().find(|(placeholder, _)| *placeholder == word);
        value.map_or(word, |(_, value)| value).to_owned()
    };
    usage.split_whitespace().map(word).collect()
}

#[test]
fn every_command_that_they_name_is_taken() {
    let root = Workspace::find().unwrap().root;
    let mut named = Vec::new();
    for path in documents(&root) {
        for arguments in mentions(&fs::read_to_string(&path).unwrap()) {
            let line = ["xtask".to_owned()].into_iter().chain(arguments.clone());
            if let Err(error) = Cli::try_parse_from(line) {
                panic!("{} has `{COMMAND}{}`: {error}", path.display(), arguments.join(" "));
            }
            named.extend(arguments.into_iter().next());
        }
    }
    for task in Cli::command().get_subcommands().filter(|task| !task.is_hide_set()) {
        assert!(named.iter().any(|name| name == task.get_name()), "no document has {task}");
    }
}

#[test]
fn mentions_are_found_in_blocks_prose_and_tables() {
    let text = "`cargo xtask demo`, or\ncargo xtask bench emulator --seconds 3   # a moment\n\
                | `cargo xtask setup [--for demo\\|test] [--check]` | `cargo xtask fuzz [TARGET]` |\n\
                `cargo xtask` alone; git clone x && cargo xtask size && ls\n";
    let found = mentions(text).iter().map(|it| it.join(" ")).collect::<Vec<_>>();
    let setup = "setup --for demo --check";
    assert_eq!(found, ["demo", "bench emulator --seconds 3", setup, "fuzz frame", "size"]);
}
