//! Options of who may do what, and of what is kept.

use std::path::PathBuf;

use clap::Args;
use kvs_emulator::{AuthLevel, Keys};

const HEADING: &str = "Region and keys";

#[derive(Args)]
pub(super) struct Access {
    /// How closely to look at signatures: off asks for none, structure for a well-formed one of
    /// any secret, full for a good one
    #[arg(long, value_name = "LEVEL", default_value_t = AuthLevel::Full, help_heading = HEADING)]
    pub(super) auth: AuthLevel,

    /// JSON file of access keys: their secrets, session tokens, expirations, and what they may do.
    /// Other access key ids are then refused, unless --access-key or --secret-key lets them in
    #[arg(long, value_name = "FILE", help_heading = HEADING)]
    keys: Option<PathBuf>,

    /// File that keeps channels and streams over a restart; made where it is not there
    #[arg(long, value_name = "FILE", help_heading = "State")]
    pub(super) state: Option<PathBuf>,
}

impl Access {
    /// The keys of the file, or where there is none, all with the secret that everybody knows.
    pub(super) fn keys(&self) -> Result<Keys, String> {
        match &self.keys {
            Some(path) => {
                Keys::default().with_file(path).map_err(|error| format!("--keys {error}"))
            }
            None => Ok(Keys::default()),
        }
    }
}
