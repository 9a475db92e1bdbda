//! What the command line says about STUN and TURN.

use clap::{Args, ValueEnum};
use ipnet::Ipv4Net;
use kvs_emulator::{RefreshAfterExpiry, TurnOptions};

/// How STUN and TURN are to be served.
#[derive(Args)]
#[command(next_help_heading = "STUN and TURN")]
pub(crate) struct TurnArgs {
    /// How many TURN servers clients are told of, 1 or 2; the second is on the port after
    /// --turn-port
    #[arg(
        long,
        value_name = "COUNT",
        default_value_t = 1,
        value_parser = clap::value_parser!(u8).range(1..=2)
    )]
    ice_servers: u8,

    /// Network that relays send to, such as 192.168.1.0/24; may be repeated [default: 127.0.0.0/8
    /// where relays are reached by a loopback address, the /24 around it where by a private one,
    /// else that address alone]
    #[arg(long, value_name = "NETWORK")]
    relay_to: Vec<Ipv4Net>,

    /// Take STUN requests and never answer them
    #[arg(long)]
    dead_stun: bool,

    /// Take TURN requests, over UDP, TCP and TLS, and never answer them
    #[arg(long)]
    dead_turn: bool,

    /// What becomes of a relay that is refreshed when its user name has expired
    #[arg(long, value_name = "WHAT", value_enum, default_value_t = Refresh::Accept)]
    turn_refresh_after_expiry: Refresh,
}

#[derive(Clone, Copy, ValueEnum)]
enum Refresh {
    /// It goes on
    Accept,
    /// The client is told 401
    Refuse,
}

impl TurnArgs {
    pub(crate) fn into_options(self) -> TurnOptions {
        TurnOptions {
            ice_servers: self.ice_servers,
            relay_to: self.relay_to,
            dead_stun: self.dead_stun,
            dead_turn: self.dead_turn,
            refresh_after_expiry: match self.turn_refresh_after_expiry {
                Refresh::Accept => RefreshAfterExpiry::Accept,
                Refresh::Refuse => RefreshAfterExpiry::Refuse,
            },
        }
    }
}
