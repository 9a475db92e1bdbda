//! `cargo xtask demo --lan` as a person starts it, and what they read from it.

use std::time::Duration;

use anyhow::Result;
use kvs_e2e::{leash::Leashed, service::workspace};

/// All is compiled; it looks for that, and builds the emulator where its features differ from
/// those in the tests.
const START_LIMIT: Duration = Duration::from_secs(240);

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
