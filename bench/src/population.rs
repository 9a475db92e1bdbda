//! Channels and their sockets.

use std::time::Duration;

use anyhow::{Context, Result};
use futures_util::stream::{self, StreamExt as _, TryStreamExt as _};
use tokio::time::{Instant, sleep, sleep_until};

use crate::{
    api::Api,
    socket::{Opening, Socket},
};

/// How many sockets are being opened at once.
const AT_ONCE: usize = 32;

/// What the service's quotas leave.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Quotas {
    /// The emulator enforces none.
    Off,
    /// It enforces all: we are to keep them.
    On,
}

impl Quotas {
    /// Between two channels that are created: the service lets an account create 50 a second.
    fn between_channels(self) -> Duration {
        Duration::from_millis(if self == Self::On { 25 } else { 0 })
    }

    /// Between two viewers of one channel: the service lets three a second connect.
    fn between_viewers(self) -> Duration {
        Duration::from_millis(if self == Self::On { 500 } else { 0 })
    }
}

/// Opening requests, signed, by rank: first all masters, then all first viewers, and so on, so
/// that no channel has two of them one after another.
pub(crate) struct Ranks(Vec<Vec<Opening>>);

impl Ranks {
    /// Creates the channels and signs for their master and viewers.
    pub(crate) async fn create(
        host: &str,
        channels: usize,
        viewers: &[String],
        quotas: Quotas,
    ) -> Result<Self> {
        let mut api = Api::connect(host).await?;
        let mut arns = Vec::with_capacity(channels);
        for number in 0..channels {
            arns.push(api.create_channel(&format!("bench-{number}")).await?);
            sleep(quotas.between_channels()).await;
        }
        let rank = |id: Option<&str>| {
            arns.iter().map(|arn| Opening::new(host, arn, id)).collect::<Result<Vec<_>>>()
        };
        let ids = std::iter::once(None).chain(viewers.iter().map(|id| Some(id.as_str())));
        Ok(Self(ids.map(rank).collect::<Result<_>>()?))
    }

    /// Opens all; answers each channel's sockets, the master's first.
    pub(crate) async fn open(self, host: &str, quotas: Quotas) -> Result<Vec<Vec<Socket>>> {
        let mut channels: Vec<Vec<Socket>> = Vec::new();
        for rank in self.0 {
            let next = Instant::now() + quotas.between_viewers();
            let opening = rank.iter().map(|opening| Socket::open(host, opening));
            let sockets: Vec<_> =
                stream::iter(opening).buffered(AT_ONCE).try_collect().await.with_context(|| {
                    let open: usize = channels.iter().map(Vec::len).sum();
                    format!("after {open} sockets")
                })?;
            channels.resize_with(sockets.len(), Vec::new);
            channels.iter_mut().zip(sockets).for_each(|(channel, socket)| channel.push(socket));
            sleep_until(next).await;
        }
        Ok(channels)
    }
}
