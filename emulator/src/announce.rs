//! What the program says at its start.

use std::{
    fmt::{self, Display, Formatter},
    path::Path,
};

use kvs_emulator::Emulator;

/// What people put into the programs that they test, ready to copy. The first line is for
/// scripts.
pub(crate) struct Announcement<'a> {
    pub(crate) emulator: &'a Emulator,
    /// The file with the certificate that clients have to trust.
    pub(crate) ca_file: Option<&'a Path>,
    pub(crate) serves_page: bool,
    pub(crate) keeps_state: bool,
}

impl Display for Announcement<'_> {
    fn fmt(&self, f: &mut Formatter<'_>) -> fmt::Result {
        let emulator = self.emulator;
        let (page, endpoint) = (emulator.page_url(), emulator.endpoint_url());
        let (region, turn_port) = (emulator.region(), emulator.turn_addr().port());
        let (key_id, secret) = emulator.public_key().unwrap_or(("YOUR KEY ID", "YOUR SECRET"));
        let ca_file = self.ca_file.map(|path| path.display().to_string());
        writeln!(f, "kvs-emulator listening on {page} (TURN {turn_port})")?;
        if self.serves_page {
            writeln!(f, "\n  Page: open {page}/ in a browser; it is filled in.")?;
        }
        if let Some(file) = &ca_file {
            writeln!(f, "\n  Certificate that clients have to trust, new at each start: {file}")?;
            writeln!(
                f,
                "    A browser warns; import the file as an authority, or go on regardless."
            )?;
        }
        writeln!(f, "\n  boto3:")?;
        writeln!(f, "    import boto3")?;
        writeln!(
            f,
            "    keys = dict(region_name={region:?}, aws_access_key_id={key_id:?}, \
             aws_secret_access_key={secret:?})"
        )?;
        write!(f, "    kvs = boto3.client(\"kinesisvideo\", endpoint_url={endpoint:?}, ")?;
        if let Some(file) = &ca_file {
            write!(f, "verify={file:?}, ")?;
        }
        writeln!(f, "**keys)")?;
        write!(f, "\n  AWS SDK for JavaScript v3")?;
        if let Some(file) = &ca_file {
            write!(f, " (Node started with NODE_EXTRA_CA_CERTS={file:?})")?;
        }
        writeln!(f, ":")?;
        writeln!(
            f,
            "    const kvs = new KinesisVideoClient({{ endpoint: {endpoint:?}, region: {region:?},\n      \
             credentials: {{ accessKeyId: {key_id:?}, secretAccessKey: {secret:?} }} }});"
        )?;
        writeln!(f, "\n  AWS's test page: under Advanced, Endpoint {endpoint}")?;
        writeln!(
            f,
            "    with Region {region}, Access Key ID {key_id}, Secret Access Key {secret}{}.",
            if page.starts_with("https:") { "" } else { "; it wants wss:, so start with --tls" }
        )?;
        writeln!(f, "  Our page, wherever it is served: Endpoint {endpoint}, the same keys.")?;
        if emulator.public_key().is_some() {
            writeln!(f, "\n  Any other access key id will do, too.")?;
        }
        let kept = if self.keeps_state { "kept in the --state file" } else { "in memory only" };
        writeln!(f, "\n  Ctrl-C ends it; channels are {kept}.")
    }
}
