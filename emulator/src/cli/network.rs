//! The command line's part about how the emulator is reached.

use std::path::{Path, PathBuf};

use clap::Args;
use kvs_emulator::{Hosts, Network, Tls};

/// The domain of host names, unless one is given: browsers find this machine by it.
const DOMAIN: &str = "localhost";

/// TLS, host names, and how many connections.
#[derive(Args)]
#[command(next_help_heading = "TLS and host names")]
pub(crate) struct NetworkArgs {
    /// Speak HTTPS and wss: instead of HTTP and ws:, with a certificate made at start; clients
    /// have to trust the one it is signed by, whose file is printed
    #[arg(long)]
    tls: bool,

    /// Where to write the certificate that clients have to trust; turns --tls on [default:
    /// kvs-emulator-ca-PORT.pem in the folder for temporary files]
    #[arg(long, value_name = "FILE", conflicts_with_all = ["tls_cert", "tls_key"])]
    pub(crate) tls_ca: Option<PathBuf>,

    /// Your own certificate, with what it is signed by, in PEM form; turns --tls on, and needs
    /// --tls-key
    #[arg(long, value_name = "FILE")]
    tls_cert: Option<PathBuf>,

    /// The private key of your own certificate, in PEM form, which other users cannot read
    #[arg(long, value_name = "FILE")]
    tls_key: Option<PathBuf>,

    /// Give each part of the service a host of its own, as the service does: `names`, or
    /// `names=DOMAIN`, for kinesisvideo.REGION.DOMAIN and channels' m-, v-, r- and s- names below
    /// that, DOMAIN being localhost unless given; `addresses` for 127.0.0.1 (the page), .2
    /// (control plane), .3 (masters), .4 (viewers), .5 (calls) and .6 (media storage); `one` for
    /// none
    #[arg(
        long,
        value_name = "HOW",
        default_value = "one",
        hide_default_value = true,
        value_parser = parse_hosts
    )]
    hosts: Hosts,

    /// Connections that may be open at once, 16 to 1000000; each needs an open file
    #[arg(long, value_name = "NUMBER", default_value_t = Network::default().max_connections)]
    max_connections: u32,
}

impl NetworkArgs {
    /// How the emulator is to be reached.
    ///
    /// # Errors
    /// One sentence, where a certificate has no key or a key no certificate.
    pub(crate) fn into_network(self) -> Result<Network, String> {
        let tls = match (self.tls_cert, self.tls_key) {
            (Some(cert), Some(key)) => Tls::Files { cert, key },
            (Some(_), None) => return Err("--tls-cert needs its private key: --tls-key".to_owned()),
            (None, Some(_)) => return Err("--tls-key needs its certificate: --tls-cert".to_owned()),
            (None, None) if self.tls || self.tls_ca.is_some() => Tls::Made,
            (None, None) => Tls::Off,
        };
        Ok(Network { tls, hosts: self.hosts, max_connections: self.max_connections })
    }
}

/// Where the certificate is written that clients have to trust, unless a file is given. The port
/// is in its name, so that two emulators do not take each other's.
pub(crate) fn default_ca_file(port: u16) -> PathBuf {
    std::env::temp_dir().join(format!("kvs-emulator-ca-{port}.pem"))
}

/// Writes it so that nobody ever reads half of it.
///
/// # Errors
/// One sentence with the file's name.
pub(crate) fn write_ca_file(path: &Path, pem: &str) -> Result<(), String> {
    use std::io::Write as _;
    let failed = |error: std::io::Error| {
        format!("--tls-ca: cannot write {}: {error}; choose another file", path.display())
    };
    let folder = path.parent().filter(|folder| !folder.as_os_str().is_empty());
    let mut builder = tempfile::Builder::new();
    // It is for everybody who is to trust it.
    #[cfg(unix)]
    builder.permissions(std::os::unix::fs::PermissionsExt::from_mode(0o644));
    let mut file = builder.tempfile_in(folder.unwrap_or(Path::new("."))).map_err(failed)?;
    file.write_all(pem.as_bytes()).map_err(failed)?;
    file.persist(path).map_err(|error| failed(error.error))?;
    Ok(())
}

fn parse_hosts(text: &str) -> Result<Hosts, String> {
    match text.split_once('=').map_or((text, None), |(how, domain)| (how, Some(domain))) {
        ("one", None) => Ok(Hosts::One),
        ("addresses", None) => Ok(Hosts::Addresses),
        ("names", domain) => Ok(Hosts::Names(domain.unwrap_or(DOMAIN).to_ascii_lowercase())),
        _ => Err("choose names, names=DOMAIN, addresses or one".to_owned()),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn hosts_are_chosen_by_a_word() {
        for (text, hosts) in [
            ("one", Hosts::One),
            ("addresses", Hosts::Addresses),
            ("names", Hosts::Names("localhost".to_owned())),
            ("names=Kvs.Test", Hosts::Names("kvs.test".to_owned())),
        ] {
            assert_eq!(parse_hosts(text), Ok(hosts));
        }
        for text in ["", "name", "addresses=127.0.0.1", "one="] {
            assert!(parse_hosts(text).is_err(), "{text}");
        }
    }

    #[test]
    fn two_ports_have_two_files() {
        assert_ne!(default_ca_file(8080), default_ca_file(8443));
    }
}
