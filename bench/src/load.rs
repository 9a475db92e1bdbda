//! The two loads: as much as goes through, and a measured pace.

use std::{future::poll_fn, time::Duration};

use anyhow::{Context, Result, ensure};
use tokio::time::{Instant, sleep, sleep_until, timeout_at};

use crate::{
    channel::{Channel, Pace, Plan, Tally},
    figures::{Capacity, Memory, Routing, Span, Times},
    population::{Quotas, Ranks},
    process::Process,
    socket::Socket,
};

/// How long the first messages go before any is counted.
const WARM_UP: Duration = Duration::from_secs(1);
/// How long idle sockets are left alone before memory is read.
const SETTLE: Duration = Duration::from_secs(2);
/// How long messages may be on their way after the last was sent.
const DRAIN: Duration = Duration::from_secs(10);

/// Whom to load, and with how many.
#[derive(Clone, Debug)]
pub struct Load {
    /// Address and port of the emulator.
    pub host: String,
    /// The number of its process.
    pub pid: u32,
    /// Channels.
    pub channels: usize,
    /// Viewers of each channel, beside its master: at most 10.
    pub viewers: usize,
    /// How long messages are counted.
    pub time: Duration,
}

impl Load {
    /// As much as goes through: sockets as fast as they open, then memory, then messages with
    /// this many on their way from each sender to each recipient. The emulator must enforce no
    /// quotas.
    ///
    /// # Errors
    /// Where no socket can be opened, or the emulator ends. Lost messages are a figure, not an
    /// error.
    pub async fn capacity(&self, window: u32) -> Result<Capacity> {
        let emulator = Process(self.pid);
        let ranks = self.create(Quotas::Off).await?;
        let without = emulator.resident()?;
        let begun = Usage::now(emulator)?;
        let sockets = ranks.open(&self.host, Quotas::Off).await?;
        let count = sockets.iter().map(Vec::len).sum::<usize>() as u64;
        let upgrades = Usage::now(emulator)?.since(&begun, count);
        sleep(SETTLE).await;
        let with = emulator.resident()?;
        let routing = self.route(sockets, Pace::Window(window)).await?;
        let memory = Memory { sockets: count, without, with, after_load: emulator.resident()? };
        Ok(Capacity { upgrades, memory, routing })
    }

    /// This many messages a second, all channels together, within the service's quotas.
    ///
    /// # Errors
    /// As [`Load::capacity`], and where so many messages are more than the quotas allow.
    pub async fn paced(&self, messages_per_second: u32) -> Result<Routing> {
        const CANDIDATES_PER_SECOND: u32 = 20;
        let peers = u32::try_from(self.channels * (self.viewers + 1))?;
        ensure!(
            messages_per_second > 0 && messages_per_second <= peers * CANDIDATES_PER_SECOND / 2,
            "{messages_per_second} messages/s are none, or near the {CANDIDATES_PER_SECOND} of \
             each of {peers} senders"
        );
        let sockets = self.create(Quotas::On).await?.open(&self.host, Quotas::On).await?;
        let interval = Duration::from_secs(self.channels as u64).checked_div(messages_per_second);
        self.route(sockets, Pace::Every(interval.context("no messages at all")?)).await
    }

    async fn create(&self, quotas: Quotas) -> Result<Ranks> {
        ensure!(self.channels > 0 && self.viewers > 0, "a load has channels and viewers");
        Ranks::create(&self.host, self.channels, &self.ids(), quotas).await
    }

    fn ids(&self) -> Vec<String> {
        (1..=self.viewers).map(|number| format!("v{number}")).collect()
    }

    async fn route(&self, sockets: Vec<Vec<Socket>>, pace: Pace) -> Result<Routing> {
        let emulator = Process(self.pid);
        let base = Instant::now();
        let from = base + WARM_UP;
        let plan = Plan { base, from, until: from + self.time, pace };
        let ids = self.ids();
        let mut running = Vec::with_capacity(sockets.len());
        for (number, sockets) in sockets.into_iter().enumerate() {
            // Paced channels take turns too.
            let first = match pace {
                Pace::Window(_) => base,
                Pace::Every(interval) => {
                    base + interval.mul_f64(number as f64 / self.channels as f64)
                }
            };
            let channel = Channel::new(plan, first, sockets, &ids)?;
            running.push(tokio::spawn(run(channel, plan.until + DRAIN)));
        }
        sleep_until(plan.from).await;
        let begun = Usage::now(emulator)?;
        sleep_until(plan.until).await;
        let ended = Usage::now(emulator)?;
        let mut sum = Tally::default();
        let mut trouble = None;
        for channel in running {
            let (tally, error) = channel.await?;
            sum.sent += tally.sent;
            sum.delivered += tally.delivered;
            sum.acknowledged += tally.acknowledged;
            sum.times.extend(tally.times);
            trouble = trouble.or(error);
        }
        let Tally { sent, delivered, acknowledged, times } = sum;
        let span = ended.since(&begun, times.len() as u64);
        Ok(Routing { span, sent, delivered, acknowledged, times: Times::of(times), trouble })
    }
}

/// Drives a channel to its end, or to what stops it.
async fn run(mut channel: Channel, deadline: Instant) -> (Tally, Option<String>) {
    let end = timeout_at(deadline, poll_fn(|waker| channel.poll(waker))).await;
    let trouble = match end {
        Ok(Ok(())) => None,
        Ok(Err(error)) => Some(format!("{error:#}")),
        Err(_) => Some(format!("messages were still missing after {} s", DRAIN.as_secs())),
    };
    (channel.tally(), trouble)
}

/// What both processes have computed up to a point in time.
struct Usage {
    at: Instant,
    emulator: Duration,
    load: Duration,
}

impl Usage {
    fn now(emulator: Process) -> Result<Self> {
        let load = Process(std::process::id()).busy()?;
        Ok(Self { at: Instant::now(), emulator: emulator.busy()?, load })
    }

    fn since(&self, begun: &Self, count: u64) -> Span {
        let seconds = |later: Duration, earlier| later.saturating_sub(earlier).as_secs_f64();
        Span {
            count,
            seconds: self.at.duration_since(begun.at).as_secs_f64(),
            emulator: seconds(self.emulator, begun.emulator),
            load: seconds(self.load, begun.load),
        }
    }
}
