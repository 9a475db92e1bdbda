//! The command line.

use std::{net::Ipv4Addr, path::PathBuf};

use clap::Parser;
use kvs_emulator::{Config, Keys};
use tracing_subscriber::filter::LevelFilter;

use crate::turn_flags::TurnFlags;

/// Amazon Kinesis Video Streams WebRTC on this machine: signaling, STUN, TURN, and a page.
///
/// Every access key id is accepted; its secret access key is `local` unless you say otherwise.
/// Channels live in memory and are gone when the emulator ends.
#[derive(Parser)]
#[command(name = "kvs-emulator", version)]
pub(crate) struct Args {
    /// Port for HTTP and WebSocket; 0 takes a free one
    #[arg(long, default_value_t = 8080)]
    port: u16,

    /// IPv4 address to listen on; 0.0.0.0 lets other machines in, and needs --secret-key
    #[arg(long, default_value_t = Ipv4Addr::LOCALHOST)]
    host: Ipv4Addr,

    /// Port for STUN and TURN, over UDP and TCP; 0 takes a free one. With another than 3478,
    /// clients need to be told the STUN URL
    #[arg(long, default_value_t = 3478)]
    turn_port: u16,

    #[command(flatten)]
    turn: TurnFlags,

    /// IPv4 address at which clients reach STUN, TURN and the relays [default: --host, or
    /// 127.0.0.1 where that is 0.0.0.0]
    #[arg(long, value_name = "IP")]
    advertised_ip: Option<Ipv4Addr>,

    /// Folder to serve at /
    #[arg(long, value_name = "FOLDER")]
    site: Option<PathBuf>,

    /// Folder to serve at /pkg/
    #[arg(long, value_name = "FOLDER")]
    pkg: Option<PathBuf>,

    /// Host name, besides localhost and addresses, under which the served page may learn how
    /// the emulator is set up; may be repeated
    #[arg(long, value_name = "NAME")]
    allow_host: Vec<String>,

    /// The one region to serve
    #[arg(long, default_value = "us-west-2")]
    region: String,

    /// Secret of every access key id that has none of its own [default: local]
    #[arg(long, value_name = "SECRET", env = "KVS_EMULATOR_SECRET_KEY", hide_env_values = true)]
    secret_key: Option<String>,

    /// Secret of one access key id; may be repeated, in the environment with commas between
    #[arg(
        long,
        value_name = "ID=SECRET",
        env = "KVS_EMULATOR_ACCESS_KEYS",
        hide_env_values = true,
        value_delimiter = ','
    )]
    access_key: Vec<String>,

    /// Do not answer accepted messages by empty text frames, as the service does
    #[arg(long)]
    no_acknowledgements: bool,

    /// How much to log: off, error, warn, info or debug
    #[arg(long, default_value = "info", value_name = "LEVEL")]
    pub(crate) log: LevelFilter,
}

impl Args {
    /// What the emulator is to be.
    ///
    /// # Errors
    /// One sentence, without the secret, where a key is malformed.
    pub(crate) fn into_config(self) -> Result<Config, String> {
        let mut keys = Keys::default();
        if let Some(secret) = self.secret_key {
            if secret.is_empty() {
                return Err("--secret-key is empty: give a secret, or leave it out".to_owned());
            }
            keys = keys.with_secret(secret.into());
        }
        for key in self.access_key {
            let (id, secret) = key
                .split_once('=')
                .filter(|(id, secret)| !id.is_empty() && !secret.is_empty())
                .ok_or("--access-key must be ID=SECRET, such as alice=secret1")?;
            keys = keys.with_access_key(id.to_owned(), secret.into());
        }
        Ok(Config {
            host: self.host,
            port: self.port,
            turn_port: self.turn_port,
            turn: self.turn.into_options(),
            advertised_ip: self.advertised_ip,
            region: self.region,
            keys,
            site: self.site,
            pkg: self.pkg,
            allowed_hosts: self.allow_host,
            acknowledge: !self.no_acknowledgements,
            ..Config::default()
        })
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use clap::CommandFactory as _;

    #[test]
    fn the_command_line_is_consistent() {
        Args::command().debug_assert();
    }

    #[test]
    fn a_malformed_key_is_named_without_its_secret() {
        for bad in ["hush-hush", "=hush-hush", "hush-hush="] {
            let args = Args::parse_from(["kvs-emulator", "--access-key", bad]);
            let error = args.into_config().unwrap_err();
            assert!(error.contains("--access-key") && !error.contains("hush"), "{error}");
        }
        assert!(Args::parse_from(["kvs-emulator", "--secret-key="]).into_config().is_err());
    }
}
