//! Commands: they are written as a shell reads them, name what there is, and what is asked of the
//! emulator is answered. Whether `cargo xtask` and `kvs-emulator` take their arguments is for the
//! tests of these two, which read the documents as well.

use std::{fs, process::Command};

use anyhow::{Context, Result, bail, ensure};
use http::{Method, Request};
use hyper_util::{client::legacy::Client, rt::TokioExecutor};
use kvs_e2e::{Service, service::workspace};
use serde_json::Value;

use super::documents::{Block, blocks_in, documents};
use crate::project::{Failure, run};

/// Programs of the system's, of which nothing here depends on us.
const SYSTEMS: [&str; 10] =
    ["apt-get", "cd", "chroot", "cp", "debootstrap", "git", "kill", "mount", "perf", "rm"];
/// Where the documents' emulator listens.
const ADDRESS: &str = "http://localhost:8080";

/// A command's words; and the variables before it are gone.
struct Line(Vec<String>);

impl Line {
    fn program(&self) -> &str {
        self.0.first().map_or("", String::as_str)
    }

    /// What follows an option.
    fn option(&self, names: &[&str]) -> Option<&str> {
        let at = self.0.iter().position(|word| names.contains(&word.as_str()))?;
        self.0.get(at + 1).map(String::as_str)
    }
}

/// The commands of a block, with its aliases and variables put in.
fn lines(block: &Block) -> Vec<Line> {
    let mut known: Vec<(String, String)> = Vec::new();
    let mut lines = Vec::new();
    let text = block.text.replace("\\\n", " ");
    let commands = text.lines().flat_map(|line| line.split(" && ").flat_map(|it| it.split(" & ")));
    for command in commands {
        let mut command = command.to_owned();
        for (name, value) in &known {
            command = command.replace(name, value);
        }
        let mut words = words(&command);
        if words.first().is_some_and(|word| word == "alias") {
            if let Some((name, value)) = words.get(1).and_then(|word| word.split_once('=')) {
                known.push((format!("{name} "), format!("{value} ")));
            }
            continue;
        }
        while let Some((name, value)) = words.first().and_then(|word| assignment(word)) {
            known.push((format!("${name}"), value));
            words.remove(0);
        }
        if !words.is_empty() {
            lines.push(Line(words));
        }
    }
    lines
}

fn assignment(word: &str) -> Option<(String, String)> {
    let (name, value) = word.split_once('=')?;
    let is_name = name.chars().all(|c| c.is_ascii_alphanumeric() || c == '_');
    (is_name && !name.is_empty()).then(|| (name.to_owned(), value.to_owned()))
}

/// Words as a shell splits them, without the comment at the end.
fn words(line: &str) -> Vec<String> {
    let mut words = Vec::new();
    let (mut word, mut quote): (Option<String>, Option<char>) = (None, None);
    for c in line.chars() {
        match (c, quote) {
            (_, Some(open)) if c == open => quote = None,
            (_, Some(_)) => word.get_or_insert_default().push(c),
            ('\'' | '"', None) => {
                quote = Some(c);
                word.get_or_insert_default();
            }
            ('#', None) if word.is_none() => break,
            (' ', None) => words.extend(word.take()),
            (_, None) => word.get_or_insert_default().push(c),
        }
    }
    words.extend(word);
    words
}

#[test]
fn a_shell_can_read_them() -> Result<(), Failure> {
    for block in blocks_in(&["sh"])? {
        // What the reader has to put in stands in angle brackets, which mean files to a shell.
        let text =
            block.text.replace("<this repository>", "URL").replace("<the repository>", "URL");
        let mut sh = Command::new("sh");
        run(sh.arg("-nc").arg(text)).with_context(|| block.place())?;
    }
    Ok(())
}

#[test]
fn they_name_what_there_is() -> Result<(), Failure> {
    for block in blocks_in(&["sh"])? {
        for line in lines(&block) {
            check(&line).with_context(|| format!("{}: {:?}", block.place(), line.0))?;
        }
    }
    Ok(())
}

fn check(line: &Line) -> Result<()> {
    match line.program() {
        "cargo" => check_cargo(line),
        "npm" => check_npm(line),
        "kvs-emulator" | "target/server/kvs-emulator" => is_binary("emulator"),
        "target/server/bench-load" => is_file("bench/src/bin/bench-load.rs"),
        "$KVS_PYTHON" => is_file(line.0.get(1).map_or("", String::as_str)),
        // Those of the emulator are sent, below; `rustup`'s is its authors'.
        "curl" => Ok(()),
        "time" => check(&Line(line.0.iter().skip(1).cloned().collect())),
        program if assignment(program).is_some() => {
            check(&Line(line.0.iter().skip(1).cloned().collect()))
        }
        program => {
            ensure!(SYSTEMS.contains(&program), "nothing is known of {program}");
            Ok(())
        }
    }
}

fn check_cargo(line: &Line) -> Result<()> {
    let packages = packages()?;
    for name in ["-p", "--package"] {
        if let Some(package) = line.option(&[name]) {
            ensure!(packages.iter().any(|it| it == package), "there is no package {package}");
        }
    }
    if let Some(profile) = line.option(&["--profile"]) {
        let manifest = fs::read_to_string(workspace().join("Cargo.toml"))?;
        ensure!(manifest.contains(&format!("\n[profile.{profile}]\n")), "no profile {profile}");
    }
    if let Some(path) = line.option(&["--path"]) {
        is_binary(path)?;
    }
    let subcommand = line.0.get(1).map_or("", String::as_str);
    ensure!(["build", "install", "run", "test", "xtask"].contains(&subcommand), "{subcommand}");
    Ok(())
}

/// The packages of the workspace.
fn packages() -> Result<Vec<String>> {
    let mut cargo = Command::new(env!("CARGO"));
    cargo.args(["metadata", "--no-deps", "--offline", "--format-version=1"]);
    let said = run(cargo.current_dir(workspace()))?;
    let said: Value = serde_json::from_str(&said)?;
    let packages =
        said.get("packages").and_then(Value::as_array).context("cargo lists packages")?;
    Ok(packages.iter().filter_map(|it| Some(it.get("name")?.as_str()?.to_owned())).collect())
}

fn check_npm(line: &Line) -> Result<()> {
    match line.0.get(1).map(String::as_str) {
        Some("install") => {
            let package = line.0.get(2).map_or("", String::as_str);
            let is_ours = package == "kvs-webrtc" || package.ends_with(".tgz");
            ensure!(is_ours, "{package} is not the package");
            Ok(())
        }
        _ => bail!("npm does what no test knows"),
    }
}

/// In sentences, too.
#[test]
fn npm_is_told_to_install_the_package_alone() -> Result<(), Failure> {
    let mut installs = 0;
    for document in documents(&workspace())? {
        let text = fs::read_to_string(&document)?;
        let inline = text.split('`').filter(|code| code.starts_with("npm install "));
        for line in inline.map(words).filter(|words| words.iter().skip(2).any(|it| !is_flag(it))) {
            check_npm(&Line(line)).with_context(|| document.display().to_string())?;
            installs += 1;
        }
    }
    assert!(installs > 0, "no document installs the package");
    Ok(())
}

fn is_flag(word: &str) -> bool {
    word.starts_with('-')
}

fn is_binary(folder: &str) -> Result<()> {
    is_file(&format!("{folder}/src/main.rs"))
}

fn is_file(path: &str) -> Result<()> {
    ensure!(workspace().join(path).is_file(), "there is no {path}");
    Ok(())
}

/// Each alone, since one may end what the next is about.
#[tokio::test(flavor = "multi_thread")]
async fn the_emulator_does_what_it_is_asked() -> Result<(), Failure> {
    let mut asked = 0;
    for block in blocks_in(&["sh"])? {
        let lines = lines(&block);
        let calls = lines.iter().filter(|it| it.program() == "curl");
        for line in calls.filter(|it| it.0.iter().any(|word| word.starts_with(ADDRESS))) {
            let place = || format!("{}: {:?}", block.place(), line.0);
            ask(line).await.with_context(place)?;
            asked += 1;
        }
    }
    assert!(asked > 10, "{asked} calls of the emulator in the documents");
    Ok(())
}

async fn ask(line: &Line) -> Result<()> {
    let service = Service::run(Service::config()).await?;
    let url = line.0.iter().find_map(|word| word.strip_prefix(ADDRESS)).context("no address")?;
    let body = line.option(&["-d"]);
    let method = match line.option(&["-X"]) {
        Some(method) => Method::from_bytes(method.as_bytes())?,
        None if body.is_some() => Method::POST,
        None => Method::GET,
    };
    let (name, value) = line
        .option(&["-H", "-sH"])
        .and_then(|header| header.split_once(": "))
        .context("it has no header")?;
    let request = Request::builder().method(method).uri(format!("{}{url}", service.endpoint()));
    let request = request.header(name, value).body(body.unwrap_or_default().to_owned())?;
    let client = Client::builder(TokioExecutor::new()).build_http();
    let status = client.request(request).await?.status();
    ensure!(status.is_success(), "the emulator answered {status}");
    Ok(())
}

#[test]
fn words_aliases_and_variables_are_as_in_a_shell() {
    let text = "alias a=\"curl -sH 'X: 1'\"\nE=http://x\n\na $E/y -d '{\"b\": 1}' # why\nK=v b &\n";
    let block = Block {
        file: "a.md".to_owned(),
        line: 1,
        language: "sh".to_owned(),
        text: text.to_owned(),
    };
    let found = lines(&block).into_iter().map(|line| line.0).collect::<Vec<_>>();
    let curl = ["curl", "-sH", "X: 1", "http://x/y", "-d", "{\"b\": 1}"];
    assert_eq!(found, [curl.map(str::to_owned).to_vec(), vec!["b".to_owned(), "&".to_owned()]]);
}
