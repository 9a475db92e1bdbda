//! The servers over real sockets, told things that only the emulator itself can tell them.

#[path = "../../tests/emulator/turn_client.rs"]
mod turn_client;

mod bounds;
mod expiry;
mod peers;
mod silence;

use std::{net::Ipv4Addr, sync::Arc};

use kvs_hub::ChannelArn;
use secrecy::ExposeSecret as _;

use self::turn_client::Login;
use super::*;

/// Servers on free ports of this machine.
struct Rig {
    turn: Turn,
    clock: Arc<Clock>,
}

impl Rig {
    async fn start() -> Self {
        Self::with(TurnOptions::default()).await
    }

    async fn with(options: TurnOptions) -> Self {
        let clock = Arc::new(Clock::default());
        let here = Ipv4Addr::LOCALHOST;
        let turn = Turn::bind(here, 0, here, &options, None, &clock).await.unwrap();
        Self { turn, clock }
    }

    /// One server whose limits are lower.
    async fn within(limits: Limits) -> Self {
        let clock = Arc::new(Clock::default());
        let here = Ipv4Addr::LOCALHOST;
        let place = Place { host: here, port: 0, advertised: here, tls: None, limits };
        let first =
            TurnServer::bind(place, &TurnOptions::default(), Arc::clone(&clock)).await.unwrap();
        Self { turn: Turn { first, second: None, speaks_tls: false }, clock }
    }

    fn login(&self, channel: &str) -> Login {
        self.logins(channel).remove(0)
    }

    /// One for each server.
    fn logins(&self, channel: &str) -> Vec<Login> {
        let arn = format!("arn:aws:kinesisvideo:us-west-2:000000000000:channel/{channel}/1");
        let arn = ChannelArn::parse(&arn).unwrap();
        let servers = self.turn.ice_servers(&arn, 1.0, self.clock.now());
        servers
            .into_iter()
            .map(|server| (server.username, server.password.expose_secret().to_owned()))
            .collect()
    }
}
