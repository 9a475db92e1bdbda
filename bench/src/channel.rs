//! One channel's traffic: what is on its way between its master and its viewers.

use std::{
    pin::Pin,
    task::{Context as Waker, Poll},
    time::Duration,
};

use anyhow::{Context, Result, ensure};
use tokio::time::{Instant, Sleep, sleep_until};

use crate::{
    frames::{self, Incoming, Stamp, Template},
    socket::Socket,
};

/// How fast a channel sends.
#[derive(Clone, Copy, Debug)]
pub(crate) enum Pace {
    /// As much as goes through: this many messages are always on their way on each lane.
    Window(u32),
    /// One message each time, each sender in its turn.
    Every(Duration),
}

/// When what is sent, and when it counts.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Plan {
    /// Stamps count from here.
    pub(crate) base: Instant,
    /// Deliveries count from here on.
    pub(crate) from: Instant,
    /// Nothing is sent from here on.
    pub(crate) until: Instant,
    pub(crate) pace: Pace,
}

/// What became of a channel's messages.
#[derive(Clone, Debug, Default)]
pub(crate) struct Tally {
    pub(crate) sent: u64,
    pub(crate) delivered: u64,
    pub(crate) acknowledged: u64,
    /// How long each delivery took that came in the measured time, in microseconds.
    pub(crate) times: Vec<u32>,
}

/// The master and the viewers of one channel. Each viewer sends to the master, and the master to
/// each viewer: these are the lanes.
pub(crate) struct Channel {
    plan: Plan,
    /// The first is the master.
    peers: Vec<Peer>,
    lanes: Vec<Lane>,
    /// When the next message is due, and whose turn it is, where there is a pace.
    due: Pin<Box<Sleep>>,
    turn: usize,
    times: Vec<u32>,
}

struct Peer {
    socket: Socket,
    /// Its lanes, as numbers; a paced sender takes them in turn.
    lanes: Vec<usize>,
    sent: u64,
    acknowledged: u64,
}

struct Lane {
    template: Template,
    sent: u32,
    delivered: u32,
}

impl Channel {
    /// `sockets` are the master's and then the viewers', whose ids are given. A paced channel
    /// sends its first message at `first`.
    pub(crate) fn new(
        plan: Plan,
        first: Instant,
        sockets: Vec<Socket>,
        viewers: &[String],
    ) -> Result<Self> {
        ensure!(sockets.len() == viewers.len() + 1, "a channel lacks sockets");
        let mut peers: Vec<_> = sockets
            .into_iter()
            .map(|socket| Peer { socket, lanes: Vec::new(), sent: 0, acknowledged: 0 })
            .collect();
        let mut lanes = Vec::new();
        for (index, id) in viewers.iter().enumerate() {
            for (sender, recipient) in [(index + 1, None), (0, Some(id.as_str()))] {
                let peer = peers.get_mut(sender).context("a channel lacks sockets")?;
                peer.lanes.push(lanes.len());
                lanes.push(Lane { template: Template::new(recipient)?, sent: 0, delivered: 0 });
            }
        }
        let due = Box::pin(sleep_until(first));
        Ok(Self { plan, peers, lanes, due, turn: 0, times: Vec::new() })
    }

    /// Sends, takes in and counts; ready once nothing is to be sent nor on its way any more.
    pub(crate) fn poll(&mut self, waker: &mut Waker<'_>) -> Poll<Result<()>> {
        loop {
            let outcome = self.step(waker);
            match outcome {
                Ok(Step::Done) => return Poll::Ready(Ok(())),
                Ok(Step::Idle) => return Poll::Pending,
                Ok(Step::Again) => {}
                Err(error) => return Poll::Ready(Err(error)),
            }
        }
    }

    /// What has become of its messages so far.
    pub(crate) fn tally(&mut self) -> Tally {
        Tally {
            sent: self.peers.iter().map(|peer| peer.sent).sum(),
            delivered: self.lanes.iter().map(|lane| u64::from(lane.delivered)).sum(),
            acknowledged: self.peers.iter().map(|peer| peer.acknowledged).sum(),
            times: std::mem::take(&mut self.times),
        }
    }

    fn step(&mut self, waker: &mut Waker<'_>) -> Result<Step> {
        let mut again = self.take_in(waker)?;
        let now = Instant::now();
        if now < self.plan.until {
            match self.plan.pace {
                Pace::Window(window) => self.fill(window, now)?,
                Pace::Every(interval) => again |= self.keep_pace(interval, now, waker)?,
            }
        } else if self.peers.iter().all(|peer| peer.sent == peer.acknowledged)
            && self.lanes.iter().all(|lane| lane.sent == lane.delivered)
        {
            return Ok(Step::Done);
        }
        for peer in &mut self.peers {
            if let Poll::Ready(sent) = peer.socket.poll_flush(waker) {
                sent.context("a socket broke")?;
            }
        }
        Ok(if again { Step::Again } else { Step::Idle })
    }

    /// Whether anything came.
    fn take_in(&mut self, waker: &mut Waker<'_>) -> Result<bool> {
        let mut any = false;
        for peer in &mut self.peers {
            while let Poll::Ready(filled) = peer.socket.poll_fill(waker) {
                filled.context("a socket broke")?;
                any = true;
                let now = Instant::now();
                while let Some(incoming) = frames::next(&mut peer.socket.inbox)? {
                    match incoming {
                        Incoming::Acknowledgement => peer.acknowledged += 1,
                        Incoming::Delivery(stamp) => {
                            arrived(&mut self.lanes, &mut self.times, stamp, now, &self.plan)?;
                        }
                        Incoming::Ping(pong) => peer.socket.outbox.extend_from_slice(&pong),
                        Incoming::Nothing => {}
                    }
                }
            }
            ensure!(peer.acknowledged <= peer.sent, "more was acknowledged than was sent");
        }
        Ok(any)
    }

    /// Sends on each lane until as many are on their way as may be.
    fn fill(&mut self, window: u32, now: Instant) -> Result<()> {
        for peer in &mut self.peers {
            let most = u64::from(window) * peer.lanes.len() as u64;
            for index in &peer.lanes {
                let lane = self.lanes.get_mut(*index).context("no such lane")?;
                while lane.sent - lane.delivered < window && peer.sent - peer.acknowledged < most {
                    send(&mut peer.socket, &mut peer.sent, lane, *index, self.plan.base, now)?;
                }
            }
        }
        Ok(())
    }

    /// Sends one message where one is due.
    fn keep_pace(
        &mut self,
        interval: Duration,
        now: Instant,
        waker: &mut Waker<'_>,
    ) -> Result<bool> {
        if self.due.as_mut().poll(waker).is_pending() {
            return Ok(false);
        }
        let next = self.due.deadline() + interval;
        self.due.as_mut().reset(next);
        let (senders, turn) = (self.peers.len(), self.turn);
        self.turn += 1;
        let peer = self.peers.get_mut(turn % senders).context("no sender")?;
        let index = peer.lanes.get(turn / senders % peer.lanes.len()).context("no lane")?;
        let lane = self.lanes.get_mut(*index).context("no such lane")?;
        send(&mut peer.socket, &mut peer.sent, lane, *index, self.plan.base, now)?;
        Ok(true)
    }
}

enum Step {
    Done,
    Again,
    Idle,
}

fn send(
    socket: &mut Socket,
    sent: &mut u64,
    lane: &mut Lane,
    index: usize,
    base: Instant,
    now: Instant,
) -> Result<()> {
    let since = u64::try_from(now.duration_since(base).as_nanos())?;
    let stamp = Stamp { lane: u16::try_from(index)?, number: lane.sent, sent: since };
    lane.template.write(stamp, &mut socket.outbox)?;
    lane.sent += 1;
    *sent += 1;
    Ok(())
}

/// Each lane's messages come one after another, each once.
fn arrived(
    lanes: &mut [Lane],
    times: &mut Vec<u32>,
    stamp: Stamp,
    now: Instant,
    plan: &Plan,
) -> Result<()> {
    let lane = lanes.get_mut(usize::from(stamp.lane)).context("a delivery of no lane came")?;
    ensure!(
        stamp.number == lane.delivered && lane.delivered < lane.sent,
        "message {} came where {} was due",
        stamp.number,
        lane.delivered
    );
    lane.delivered += 1;
    if (plan.from..plan.until).contains(&now) {
        let since = now.duration_since(plan.base).as_nanos().saturating_sub(stamp.sent.into());
        times.push(u32::try_from(since / 1000).unwrap_or(u32::MAX));
    }
    Ok(())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_lost_a_doubled_and_a_late_message_are_seen() {
        let base = Instant::now();
        let until = base + Duration::from_secs(1);
        let plan = Plan { base, from: base, until, pace: Pace::Window(1) };
        let stamp = |number| Stamp { lane: 0, number, sent: 0 };
        let mut lanes = [Lane { template: Template::new(None).unwrap(), sent: 3, delivered: 0 }];
        let mut times = Vec::new();
        let mut arrive = |number| arrived(&mut lanes, &mut times, stamp(number), base, &plan);
        arrive(0).unwrap();
        assert!(arrive(0).is_err(), "a doubled one");
        assert!(arrive(2).is_err(), "one was lost");
        arrive(1).unwrap();
        arrive(2).unwrap();
        assert!(arrive(3).is_err(), "one that nobody sent");
        assert_eq!(times.len(), 3);
    }
}
