//! The file that keeps channels and streams over a restart.

use std::{
    fs::{self, File},
    io::{self, Read as _, Write as _},
    path::{Path, PathBuf},
    time::Duration,
};

use kvs_hub::{Account, AccountRecord};
use serde::{Deserialize, Serialize};
use tokio::time::sleep;

use crate::{app::App, config::StartError};

/// What the file says it is.
const FORMAT: &str = "kvs-emulator state";
/// The version that is written and read.
const VERSION: u32 = 1;
/// Largest file that is read, in bytes: all the channels and streams there can be.
const MAX_SIZE: u64 = 512 * 1024 * 1024;
/// How long further changes are waited for before the file is written.
const PAUSE: Duration = Duration::from_millis(100);

#[derive(Serialize, Deserialize)]
#[serde(deny_unknown_fields, rename_all = "camelCase")]
struct Contents {
    format: String,
    version: u32,
    account: AccountRecord,
}

/// What every version of the file has.
#[derive(Deserialize)]
struct Heading {
    format: Option<String>,
    version: Option<u32>,
}

/// The state file, and what of the account is in it.
#[derive(Debug)]
pub(crate) struct StateFile {
    path: PathBuf,
    /// The revision that was written last; `None` where the file is not there yet.
    written: Option<u64>,
}

impl StateFile {
    /// Fills the account with what the file has, if it is there.
    pub(crate) fn load(path: PathBuf, account: &mut Account) -> Result<Self, StartError> {
        // What a link leads to is the file, not the link.
        let path = fs::canonicalize(&path).unwrap_or(path);
        match read(&path, account) {
            Ok(true) => Ok(Self { path, written: Some(account.revision()) }),
            Ok(false) => Ok(Self { path, written: None }),
            Err(reason) => Err(StartError::State { path, reason }),
        }
    }

    /// Writes the file whenever the account has changed; never ends.
    pub(crate) async fn keep(&mut self, app: &App) {
        loop {
            self.save(app).await;
            app.account_changed.notified().await;
            sleep(PAUSE).await;
        }
    }

    /// Writes the file if the account has changed. Where it cannot be written that is logged, and
    /// tried again at the next change.
    pub(crate) async fn save(&mut self, app: &App) {
        let (revision, account) =
            app.driver.ask(|hub| (hub.account().revision(), changed(hub.account(), self.written)));
        let Some(account) = account else { return };
        let path = self.path.clone();
        let written = tokio::task::spawn_blocking(move || write(&path, account)).await;
        match written.unwrap_or_else(|error| Err(io::Error::other(error))) {
            Ok(()) => self.written = Some(revision),
            Err(error) => {
                tracing::error!(
                    file = %self.path.display(), %error,
                    "the state cannot be kept: it will be lost at the end"
                );
            }
        }
    }
}

fn changed(account: &Account, written: Option<u64>) -> Option<AccountRecord> {
    (written != Some(account.revision())).then(|| account.export())
}

/// Answers whether there is a file.
fn read(path: &Path, account: &mut Account) -> Result<bool, String> {
    let file = match File::open(path) {
        Ok(file) => file,
        Err(error) if error.kind() == io::ErrorKind::NotFound => return Ok(false),
        Err(error) => return Err(format!("cannot be read: {error}")),
    };
    let mut text = String::new();
    let length = file
        .take(MAX_SIZE.saturating_add(1))
        .read_to_string(&mut text)
        .map_err(|error| format!("cannot be read: {error}"))?;
    if u64::try_from(length).is_ok_and(|length| length > MAX_SIZE) {
        return Err("it is too large to be a state file".to_owned());
    }
    let heading: Heading = serde_json::from_str(&text)
        .map_err(|error| format!("it is damaged, or no state file: {error}"))?;
    if heading.format.as_deref() != Some(FORMAT) {
        return Err("it is not a state file of kvs-emulator".to_owned());
    }
    if heading.version != Some(VERSION) {
        return Err(format!(
            "it is of another version of kvs-emulator, and this one reads version {VERSION}"
        ));
    }
    let contents: Contents =
        serde_json::from_str(&text).map_err(|error| format!("it is damaged: {error}"))?;
    account.import(contents.account)?;
    Ok(true)
}

/// Whoever reads the file, and whenever the machine stops, sees the old one or the new one.
fn write(path: &Path, account: AccountRecord) -> io::Result<()> {
    let contents = Contents { format: FORMAT.to_owned(), version: VERSION, account };
    let folder = match path.parent() {
        Some(folder) if folder != Path::new("") => folder,
        Some(_) | None => Path::new("."),
    };
    let mut new = tempfile::Builder::new().prefix(".kvs-emulator-state-").tempfile_in(folder)?;
    serde_json::to_writer_pretty(io::BufWriter::new(&mut new), &contents)?;
    new.write_all(b"\n")?;
    new.as_file().sync_all()?;
    new.persist(path)?;
    // The name is the folder's, and has to be kept, too. Not every system can.
    if let Ok(folder) = File::open(folder) {
        folder.sync_all().ok();
    }
    Ok(())
}
