//! The file that keeps channels and streams over a restart.

use std::{
    fs::{self, File},
    io::{self, Read as _, Write as _},
    path::{Path, PathBuf},
    sync::{Arc, Mutex, PoisonError},
    time::Duration,
};

use kvs_hub::{Account, AccountRecord};
use serde::{Deserialize, Serialize};
use tokio::{task::spawn_blocking, time::sleep};

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
#[derive(Clone, Debug)]
pub(crate) struct StateFile {
    path: PathBuf,
    /// The revision that was written last; `None` where the file is not there yet. It is locked
    /// while the file is written: two who write it would not know whose is the newer.
    written: Arc<Mutex<Option<u64>>>,
}

impl StateFile {
    /// Fills the account with what the file has, if it is there.
    pub(crate) fn load(path: PathBuf, account: &mut Account) -> Result<Self, StartError> {
        // What a link leads to is the file, not the link.
        let path = fs::canonicalize(&path).unwrap_or(path);
        match read(&path, account) {
            Ok(there) => {
                let written = there.then(|| account.revision());
                Ok(Self { path, written: Arc::new(Mutex::new(written)) })
            }
            Err(reason) => Err(StartError::State { path, reason }),
        }
    }

    /// Writes the file whenever the account has changed; never ends.
    pub(crate) async fn keep(&self, app: &Arc<App>) {
        loop {
            self.save(app).await;
            app.account_changed.notified().await;
            sleep(PAUSE).await;
        }
    }

    /// Writes the file if the account has changed. Where it cannot be written that is logged, and
    /// tried again at the next change. What is being written goes on where this is given up.
    pub(crate) async fn save(&self, app: &Arc<App>) {
        let (file, app) = (self.clone(), Arc::clone(app));
        let saving = spawn_blocking(move || file.save_now(&app));
        if let Err(error) = saving.await.unwrap_or_else(|error| Err(io::Error::other(error))) {
            tracing::error!(
                file = %self.path.display(), %error,
                "the state cannot be kept: it will be lost at the end"
            );
        }
    }

    fn save_now(&self, app: &App) -> io::Result<()> {
        let mut written = self.written.lock().unwrap_or_else(PoisonError::into_inner);
        let changed = app.driver.ask(|hub| {
            let (account, revision) = (hub.account(), hub.account().revision());
            (*written != Some(revision)).then(|| (revision, account.export()))
        });
        if let Some((revision, account)) = changed {
            write(&self.path, account)?;
            *written = Some(revision);
        }
        Ok(())
    }
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
