//! `cargo xtask demo --lan` as a person starts it, and what they read from it.

use std::{process::Command, time::Duration};

use anyhow::{Context, Result, ensure};
use kvs_e2e::{
    leash::Leashed,
    service::{package_is_built, workspace},
};

/// How long it may take to find that all is built ([`build`]), and to start the emulator.
const START_LIMIT: Duration = Duration::from_secs(60);

/// Builds what the command builds first, so that this is no test's time. The package must be
/// there: it is what takes minutes.
///
/// # Errors
/// Where it does not compile.
pub(crate) fn build() -> Result<()> {
    package_is_built()?;
    for line in ["xtask build", "build --package kvs-emulator"] {
        let mut cargo = Command::new("cargo");
        forget_package(|name| {
            cargo.env_remove(name);
        });
        let built = cargo.args(line.split_whitespace()).current_dir(workspace()).status();
        ensure!(built.context("cargo does not start")?.success(), "`cargo {line}` failed");
    }
    Ok(())
}

/// Names the variables by which cargo tells this program which package it is of: build scripts
/// that look at them would run anew, and a person who starts the command does not have them.
fn forget_package(mut forget: impl FnMut(&str)) {
    for (name, _) in std::env::vars() {
        if name.starts_with("CARGO_PKG_") || name.starts_with("CARGO_MANIFEST_") {
            forget(&name);
        }
    }
}

/// The running command. Dropping it ends it.
#[derive(Debug)]
pub(crate) struct Demo {
    /// The page's address, such as `https://10.213.0.1:8080/`.
    pub(crate) url: String,
    /// What to type into the page.
    pub(crate) access_key_id: String,
    pub(crate) secret: String,
    _program: Leashed,
}

impl Demo {
    /// Starts it and waits until it has said all that the people at the laptops need.
    pub(crate) async fn start() -> Result<Self> {
        let set = |command: &mut tokio::process::Command| {
            command.current_dir(workspace());
            forget_package(|name| {
                command.env_remove(name);
            });
        };
        let (mut url, mut access_key_id) = (None, None);
        let look = |line: &str| {
            let words: Vec<&str> = line.split_whitespace().collect();
            match words.as_slice() {
                ["Open", address, "on", "both", ..] => url = Some((*address).to_owned()),
                ["Access", "key", "id", id] => access_key_id = Some((*id).to_owned()),
                ["Secret", "access", "key", secret, ..] => {
                    return Some((url.take()?, access_key_id.take()?, (*secret).to_owned()));
                }
                _ => {}
            }
            None
        };
        let command = ["cargo", "xtask", "demo", "--lan"];
        let (program, (url, access_key_id, secret)) =
            Leashed::start(&command, set, START_LIMIT, look).await?;
        Ok(Self { url, access_key_id, secret, _program: program })
    }
}
