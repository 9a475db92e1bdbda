//! The command line.

mod access;
mod behaviour;
#[cfg(test)]
mod documents;
pub(crate) mod network;
mod turn;

use std::{net::Ipv4Addr, path::PathBuf};

use clap::Parser;
use kvs_emulator::Config;
use tracing_subscriber::filter::LevelFilter;

use crate::log::LogFormat;
use behaviour::BehaviourArgs;
use network::NetworkArgs;
use turn::TurnArgs;

/// At the end of `--help`.
const EXAMPLES: &str = "\
Examples:
  kvs-emulator
      The service at http://localhost:8080, for this machine.
  kvs-emulator --tls
      The same at https://localhost:8080 and wss:, for clients that accept nothing else.
  kvs-emulator --tls --hosts names
      Every part of the service at a host of its own, as in the cloud.
  KVS_EMULATOR_SECRET_KEY=SECRET kvs-emulator --tls --host 192.168.1.5
      For other machines in the network, too.";

/// Amazon Kinesis Video Streams WebRTC on this machine: signaling, STUN, TURN, and a page.
///
/// Point any client of the service at it: it prints at its start what to put into boto3, the AWS
/// SDK for JavaScript and the test pages. Every access key id is accepted; its secret access key
/// is `local` unless you say otherwise. Channels live in memory and are gone when the emulator
/// ends, unless there is a --state file.
#[derive(Parser)]
#[command(name = "kvs-emulator", version, after_help = EXAMPLES)]
pub(crate) struct Args {
    /// Port for HTTP and WebSocket; 0 takes a free one
    #[arg(long, default_value_t = 8080, help_heading = "Addresses and ports")]
    port: u16,

    /// IPv4 address to listen on; 0.0.0.0 lets other machines in, and needs --secret-key
    #[arg(long, default_value_t = Ipv4Addr::LOCALHOST, help_heading = "Addresses and ports")]
    host: Ipv4Addr,

    /// Port for STUN and TURN, over UDP and TCP; 0 takes a free one. With another than 3478,
    /// clients need to be told the STUN URL
    #[arg(long, default_value_t = 3478, help_heading = "Addresses and ports")]
    turn_port: u16,

    #[command(flatten)]
    turn: TurnArgs,

    /// IPv4 address at which clients reach STUN, TURN and the relays [default: --host, or
    /// 127.0.0.1 where that is 0.0.0.0]
    #[arg(long, value_name = "IP", help_heading = "Addresses and ports")]
    advertised_ip: Option<Ipv4Addr>,

    /// Folder to serve at /
    #[arg(long, value_name = "FOLDER", help_heading = "Page")]
    site: Option<PathBuf>,

    /// Folder to serve at /pkg/
    #[arg(long, value_name = "FOLDER", help_heading = "Page")]
    pkg: Option<PathBuf>,

    /// Host name, besides localhost and addresses, under which the served page may learn how
    /// the emulator is set up, and which a certificate made at start is for; may be repeated
    #[arg(long, value_name = "NAME", help_heading = "Page")]
    allow_host: Vec<String>,

    /// The one region to serve
    #[arg(long, default_value = "us-west-2", help_heading = "Region and keys")]
    region: String,

    /// Secret of every access key id that has none of its own [default: local]
    #[arg(
        long,
        value_name = "SECRET",
        env = "KVS_EMULATOR_SECRET_KEY",
        hide_env_values = true,
        help_heading = "Region and keys"
    )]
    secret_key: Option<String>,

    /// Secret of one access key id; may be repeated, in the environment with commas between
    #[arg(
        long,
        value_name = "ID=SECRET",
        env = "KVS_EMULATOR_ACCESS_KEYS",
        hide_env_values = true,
        value_delimiter = ',',
        help_heading = "Region and keys"
    )]
    access_key: Vec<String>,

    #[command(flatten)]
    access: access::Access,

    /// Do not answer accepted messages by empty text frames, as the service does
    #[arg(long, help_heading = "Faults and timers")]
    no_acknowledgements: bool,

    #[command(flatten)]
    behaviour: BehaviourArgs,

    #[command(flatten)]
    pub(crate) network: NetworkArgs,

    /// How much to log: off, error, warn, info or debug
    #[arg(long, default_value = "info", value_name = "LEVEL", help_heading = "Log")]
    pub(crate) log: LevelFilter,

    /// Whether the log is for people or for programs
    #[arg(
        long,
        value_enum,
        default_value_t = LogFormat::Text,
        value_name = "FORMAT",
        help_heading = "Log"
    )]
    pub(crate) log_format: LogFormat,
}

impl Args {
    /// What the emulator is to be.
    ///
    /// # Errors
    /// One sentence, without the secret, where a key is malformed.
    pub(crate) fn into_config(self) -> Result<Config, String> {
        let mut keys = self.access.keys()?;
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
            auth: self.access.auth,
            state: self.access.state,
            site: self.site,
            pkg: self.pkg,
            allowed_hosts: self.allow_host,
            acknowledge: !self.no_acknowledgements,
            ping_interval: self.behaviour.ping_interval(),
            behaviour: self.behaviour.into_behaviour(),
            network: self.network.into_network()?,
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
