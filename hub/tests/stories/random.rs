//! Random operations: whatever peers do, in whichever order, the hub keeps its promises.

use std::collections::HashMap;

use kvs_hub::{
    Close, ConnectionId, FaultSpec, Hub, HubConfig, Input, Limits, Millis, OnReplaced, Output,
    Role, Target, Timers,
};

use crate::rig::{create, lenient, target, viewer};

const STEPS: usize = 3000;
const CHANNELS: [&str; 2] = ["one", "two"];
const VIEWERS: [&str; 4] = ["a", "b", "c", "d"];
const KINDS: [&str; 3] = ["SDP_OFFER", "SDP_ANSWER", "ICE_CANDIDATE"];

/// Numbers that look random and are the same every time.
struct Dice(u64);

impl Dice {
    /// A number below `sides`.
    fn roll(&mut self, sides: usize) -> usize {
        self.0 ^= self.0 << 13;
        self.0 ^= self.0 >> 7;
        self.0 ^= self.0 << 17;
        usize::try_from(self.0 % u64::try_from(sides).unwrap()).unwrap()
    }

    fn one_of<T: Copy>(&mut self, all: &[T]) -> T {
        all[self.roll(all.len())]
    }
}

/// Somebody, and everything that was sent to it.
struct Peer {
    channel: usize,
    role: Role,
    is_open: bool,
}

/// A message that was sent.
struct Sent {
    channel: usize,
    from: Role,
    to: Role,
    kind: &'static str,
    deliveries: usize,
}

/// A hub and what a strict observer knows of it.
struct World {
    hub: Hub,
    arns: Vec<kvs_hub::ChannelArn>,
    now: Millis,
    dice: Dice,
    peers: HashMap<ConnectionId, Peer>,
    sent: Vec<Sent>,
    /// The last message that came over a connection, by its sender and kind.
    newest: HashMap<(ConnectionId, Role, &'static str), usize>,
    in_order: bool,
    most_deliveries: usize,
}

impl World {
    fn new(seed: u64, config: HubConfig) -> Self {
        let mut hub = Hub::new(config);
        let arns = CHANNELS.map(|name| create(&mut hub, name, Some(5)).unwrap()).to_vec();
        Self {
            hub,
            arns,
            now: Millis(0),
            dice: Dice(seed.wrapping_mul(0x9e37_79b9_7f4a_7c15) | 1),
            peers: HashMap::new(),
            sent: Vec::new(),
            newest: HashMap::new(),
            in_order: true,
            most_deliveries: 1,
        }
    }

    fn run(&mut self) {
        for n in 0..STEPS {
            self.step();
            if n % 20 == 0 {
                self.check_bounds(&limits());
            }
        }
    }

    fn step(&mut self) {
        match self.dice.roll(24) {
            0..=2 => self.connect(),
            3 => self.leave(),
            4..=15 => self.send(),
            16 => self.nonsense(),
            17 => self.hub.set_time_scale(self.dice.one_of(&[0.5, 1.0, 3.0])),
            18 => self.act(),
            19 => {
                let stalled = self.dice.roll(2) == 0;
                let one = self.somebody();
                self.hub.stall(&one, stalled);
            }
            20 => {
                let name = self.arns[self.dice.roll(2)].name().clone();
                if self.dice.roll(20) == 0 {
                    self.hub.forget_channel(&name);
                }
            }
            _ => self.wait(),
        }
        self.drain();
    }

    fn role(&mut self) -> Role {
        if self.dice.roll(3) == 0 { Role::Master } else { viewer(self.dice.one_of(&VIEWERS)) }
    }

    fn somebody(&mut self) -> Target {
        match self.dice.roll(4) {
            0 => target(r#"{"role":"master"}"#),
            1 => target(r#"{"channel":"t*"}"#),
            _ => target(&format!(r#"{{"clientId":"{}"}}"#, self.dice.one_of(&VIEWERS))),
        }
    }

    fn connect(&mut self) {
        let (channel, role) = (self.dice.roll(2), self.role());
        let arn = self.arns[channel].clone();
        let Ok(id) = self.hub.admit(&arn, role.clone(), self.now) else { return };
        let is_open = self.dice.roll(10) > 0;
        self.peers.insert(id, Peer { channel, role, is_open });
        let input = if is_open { Input::Opened(id) } else { Input::Closed(id) };
        self.hub.handle(input, self.now);
        if !is_open {
            self.peers.remove(&id);
        }
    }

    fn any_peer(&mut self) -> Option<ConnectionId> {
        let mut ids: Vec<_> = self.peers.keys().copied().collect();
        ids.sort_unstable();
        if ids.is_empty() { None } else { Some(self.dice.one_of(&ids)) }
    }

    fn leave(&mut self) {
        let Some(id) = self.any_peer() else { return };
        self.hub.handle(Input::Closed(id), self.now);
        // What was due before that comes first.
        self.drain();
        self.peers.remove(&id);
        self.hub.handle(Input::Closed(id), self.now);
    }

    /// A message whose payload is its number.
    fn send(&mut self) {
        let Some(id) = self.any_peer() else { return };
        let kind = self.dice.one_of(&KINDS);
        let to = self.dice.one_of(&VIEWERS);
        let peer = &self.peers[&id];
        let recipient = if peer.role == Role::Master { viewer(to) } else { Role::Master };
        let number = format!("{:0>8}", self.sent.len());
        self.sent.push(Sent {
            channel: peer.channel,
            from: peer.role.clone(),
            to: recipient,
            kind,
            deliveries: 0,
        });
        let frame = format!(
            r#"{{"action":"{kind}","messagePayload":"{number}","recipientClientId":"{to}",
                "correlationId":"c"}}"#
        );
        self.hub.handle(Input::Received(id, &frame), self.now);
    }

    fn nonsense(&mut self) {
        let Some(id) = self.any_peer() else { return };
        let frame = self.dice.one_of(&["", "ping", "{}", r#"{"action":"SDP_OFFER"}"#, "\u{0}ü"]);
        self.hub.handle(Input::Received(id, frame), self.now);
        self.hub.handle(Input::Alive(id), self.now);
    }

    fn act(&mut self) {
        let (one, now) = (self.somebody(), self.now);
        match self.dice.roll(40) {
            0 => drop(self.hub.restart(now)),
            1..=4 => drop(self.hub.close(&one, &Close::Abrupt)),
            5..=20 => drop(self.hub.go_away(&one, now)),
            _ => drop(self.hub.reconnect_ice_server(&one, now)),
        }
    }

    fn wait(&mut self) {
        let millis = [1, 100, 2500][self.dice.roll(3)];
        self.now = self.now + Millis(millis);
        let mut ticks = 0;
        while self.hub.poll_timeout().is_some_and(|due| due <= self.now) {
            self.hub.handle(Input::Tick, self.now);
            self.drain();
            ticks += 1;
            assert!(ticks < 10, "a tick does not do all that is due");
        }
    }

    fn drain(&mut self) {
        while let Some(output) = self.hub.poll() {
            match output {
                Output::Send(to, frame) => self.got(to, &frame),
                Output::Close(id, _) => {
                    assert!(self.peers.remove(&id).is_some(), "{id} was closed already");
                }
                Output::Answered(ticket, _) => panic!("{ticket}: nobody made an Alexa offer"),
                Output::Storage(order) => panic!("{order:?}: nobody joined"),
            }
        }
    }

    fn got(&mut self, id: ConnectionId, frame: &str) {
        let peer = self.peers.get(&id).unwrap_or_else(|| panic!("{id} is closed: {frame}"));
        assert!(peer.is_open);
        let Some(kind) = KINDS.iter().find(|kind| frame.contains(*kind)) else { return };
        let payload = frame.strip_prefix(r#"{"messagePayload":""#).unwrap();
        let number: usize = payload.split('"').next().unwrap().parse().unwrap();
        let sent = &mut self.sent[number];
        assert_eq!((sent.channel, &sent.to, sent.kind), (peer.channel, &peer.role, *kind));
        let sender = sent.from.client_id().map(|id| format!(r#""senderClientId":"{id}""#));
        assert_eq!(sender.is_some(), frame.contains("senderClientId"), "{frame}");
        assert!(sender.is_none_or(|sender| frame.contains(&sender)), "{frame}");
        sent.deliveries += 1;
        assert!(sent.deliveries <= self.most_deliveries, "{number} came too often");
        let before = self.newest.insert((id, sent.from.clone(), sent.kind), number);
        assert!(!self.in_order || before.is_none_or(|b| b < number), "{number} after {before:?}");
    }

    fn check_bounds(&self, limits: &Limits) {
        let snapshot = self.hub.snapshot();
        assert!(snapshot.waiting <= limits.waiting && snapshot.held <= limits.held);
        assert!(snapshot.connections <= limits.connections);
        assert_eq!(snapshot.connections, self.peers.len());
        for channel in &snapshot.channels {
            let waiting_recipients = VIEWERS.len() + 1;
            assert!(channel.waiting <= limits.waiting_per_recipient * waiting_recipients);
            let current = |c: &&kvs_hub::ConnectionSnapshot| {
                !matches!(c.state, kvs_hub::ConnectionState::Replaced)
            };
            assert!(channel.connections.iter().filter(current).count() <= limits.connections);
        }
        assert!(self.hub.messages_after(0).count() <= 1000);
    }
}

fn limits() -> Limits {
    Limits {
        connections: 9,
        candidates_per_sender: 5,
        waiting_per_recipient: 12,
        waiting: 25,
        held: 6,
        stalled_bytes: 2000,
        stalled_bytes_together: 5000,
        ..Limits::default()
    }
}

fn config(on_replaced: OnReplaced) -> HubConfig {
    let timers = Timers {
        idle: Millis(9000),
        lifetime: Millis(30_000),
        go_away_grace: Millis(3000),
        keep_alive: Some(Millis(2000)),
        ..Timers::default()
    };
    HubConfig { limits: limits(), timers, on_replaced, max_viewers: 3, ..lenient() }
}

#[test]
fn whatever_peers_do_a_message_comes_once_in_order_and_to_nobody_else() {
    let mut delivered = 0;
    for seed in 0..10 {
        for on_replaced in [OnReplaced::Close, OnReplaced::Linger] {
            let mut world = World::new(seed, config(on_replaced));
            world.run();
            delivered += world.sent.iter().map(|sent| sent.deliveries).sum::<usize>();
        }
    }
    assert!(delivered > 10_000, "{delivered} is too little to prove anything");
}

#[test]
fn faults_lose_double_and_shuffle_messages_but_misdirect_none() {
    for seed in 100..110 {
        let mut world = World::new(seed, config(OnReplaced::Close));
        (world.in_order, world.most_deliveries) = (false, 2);
        for spec in [
            "drop,clientId=a,skip=3",
            "reorder,message=ICE_CANDIDATE,hold=2",
            "delay,channel=one,millis=700,message=SDP_OFFER",
            "duplicate,role=master",
            "throttle,clientId=d",
        ] {
            world.hub.add_fault(FaultSpec::parse(spec).unwrap()).unwrap();
        }
        world.run();
        let counters = world.hub.counters();
        assert!(counters.dropped_by_faults > 10 && counters.altered_by_faults > 10);
        assert!(world.sent.iter().any(|sent| sent.deliveries == 2));
    }
}
