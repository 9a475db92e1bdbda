//! A hub with a master and three viewers, and a script of what happens to it.
//!
//! One line an event: `m` or `1` to `3` and a frame that the master or this viewer sends, `+m`
//! connects it anew, `-m` takes it away, `t` and a number lets that many milliseconds pass. Any
//! other line is a frame of the first viewer.

use std::collections::HashMap;

use base64::{Engine as _, engine::general_purpose::STANDARD};
use kvs_hub::{
    ChannelArn, ChannelName, ClientId, ConnectionId, CreateChannel, Hub, HubConfig, Input, Millis,
    Output, Role, Tags, UnixMillis,
};
use serde_json::{Value, json};

/// Longest `messagePayload`, as the service has it.
const MAX_PAYLOAD: usize = 10 * 1024;
/// Longer than anything waits.
const LONG: Millis = Millis(200_000);
/// Far more than one event can have as its consequence: what waits at most, and each one's report.
const MOST_OUTPUTS: usize = 10_000;
const MESSAGES: [&str; 3] = ["SDP_OFFER", "SDP_ANSWER", "ICE_CANDIDATE"];
const IDS: [&str; 3] = ["v1", "v2", "v3"];

/// Plays a script.
pub fn frame(data: &[u8]) {
    let script = String::from_utf8_lossy(data);
    let mut world = World::new();
    for line in script.split('\n') {
        world.play(line);
    }
    world.echo();
    world.end();
}

/// The master, or a viewer by its number from 0 on.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
enum Who {
    Master,
    Viewer(usize),
}

impl Who {
    fn of(letter: char) -> Option<Self> {
        match letter {
            'm' => Some(Self::Master),
            '1' => Some(Self::Viewer(0)),
            '2' => Some(Self::Viewer(1)),
            '3' => Some(Self::Viewer(2)),
            _ => None,
        }
    }

    fn id(self) -> Option<&'static str> {
        match self {
            Self::Master => None,
            Self::Viewer(number) => IDS.get(number).copied(),
        }
    }

    fn role(self) -> Role {
        self.id().map_or(Role::Master, |id| Role::Viewer(ClientId::parse(id).expect("an id")))
    }
}

/// A message that arrived.
#[derive(Clone, Debug, PartialEq)]
struct Arrival {
    to: Who,
    kind: String,
    payload: String,
    sender: Option<String>,
}

struct World {
    hub: Hub,
    arn: ChannelArn,
    now: Millis,
    connections: HashMap<ConnectionId, Who>,
    arrivals: Vec<Arrival>,
}

impl World {
    fn new() -> Self {
        let mut hub = Hub::new(HubConfig::new("us-west-2"));
        let request = CreateChannel {
            name: ChannelName::parse("fuzz").expect("a name"),
            message_ttl_seconds: None,
            version: "v1".to_owned(),
            tags: Tags::default(),
        };
        let arn = hub
            .account_mut()
            .create_channel(request, UnixMillis(1_700_000_000_000))
            .expect("the first channel")
            .clone();
        let connections = HashMap::new();
        Self { hub, arn, now: Millis(0), connections, arrivals: Vec::new() }
    }

    fn play(&mut self, line: &str) {
        let mut letters = line.chars();
        let (first, rest) = (letters.next(), letters.as_str());
        let second = rest.chars().next().and_then(Who::of);
        match (first, second) {
            (Some('+'), Some(who)) => drop(self.connect(who)),
            (Some('-'), Some(who)) => self.disconnect(who),
            (Some('t'), _) => self.wait(Millis(rest.parse().unwrap_or(1).min(LONG.0))),
            (Some(letter), _) => match Who::of(letter) {
                Some(who) => self.send(who, rest),
                None => self.send(Who::Viewer(0), line),
            },
            (None, _) => self.send(Who::Viewer(0), line),
        }
    }

    /// A new connection, unless the hub refuses it.
    fn connect(&mut self, who: Who) -> Option<ConnectionId> {
        let id = self.hub.admit(&self.arn, who.role(), self.now).ok()?;
        assert!(!self.connections.contains_key(&id), "{id} was given out twice");
        self.connections.insert(id, who);
        self.handle(Input::Opened(id));
        Some(id)
    }

    fn disconnect(&mut self, who: Who) {
        if let Some(id) = self.connection_of(who) {
            self.connections.remove(&id);
            self.handle(Input::Closed(id));
        }
    }

    fn connection_of(&self, who: Who) -> Option<ConnectionId> {
        self.connections.iter().filter(|(_, it)| **it == who).map(|(id, _)| *id).max()
    }

    fn send(&mut self, who: Who, frame: &str) {
        if let Some(id) = self.connection_of(who).or_else(|| self.connect(who)) {
            self.handle(Input::Received(id, frame));
        }
    }

    /// Lets time pass, ticking whenever the hub asks for it.
    fn wait(&mut self, time: Millis) {
        let end = self.now + time;
        let mut ticks = 0;
        while let Some(due) = self.hub.poll_timeout().filter(|due| *due <= end) {
            self.now = self.now.max(due);
            self.handle(Input::Tick);
            ticks += 1;
            assert!(ticks < MOST_OUTPUTS, "the hub asks for the time again and again");
        }
        self.now = end;
        self.handle(Input::Tick);
    }

    fn handle(&mut self, input: Input<'_>) {
        self.hub.handle(input, self.now);
        let mut outputs = 0;
        while let Some(output) = self.hub.poll() {
            outputs += 1;
            assert!(outputs < MOST_OUTPUTS, "one event has no end of consequences");
            if let Output::Send(to, frame) = output {
                let who = self.connections.get(&to).copied();
                let who = who.unwrap_or_else(|| panic!("{to} is gone and is sent {frame}"));
                self.arrivals.extend(read(who, &frame));
            } else if let Output::Close(id, _) = output {
                assert!(self.connections.remove(&id).is_some(), "{id} is gone and is closed");
            }
        }
        let due = self.hub.poll_timeout();
        assert!(due.is_none_or(|due| due > self.now), "{due:?} is over at {:?}", self.now);
    }

    /// What a viewer's message was to the master, the master's is to the viewer.
    fn echo(&mut self) {
        let from_viewer = |it: &&Arrival| it.to == Who::Master;
        let Some(arrival) = self.arrivals.iter().rev().find(from_viewer).cloned() else { return };
        let sender = arrival.sender.as_deref();
        let viewer = (0..IDS.len()).map(Who::Viewer).find(|who| who.id() == sender);
        let viewer = viewer.unwrap_or_else(|| panic!("nobody sent {arrival:?}"));
        // Whatever was too much a moment ago is not any more.
        self.wait(LONG);
        for who in [Who::Master, viewer] {
            if self.connection_of(who).is_none() {
                self.connect(who).expect("there is a place for somebody who had one");
            }
        }
        self.arrivals.clear();
        let frame = json!({
            "action": arrival.kind, "recipientClientId": sender, "messagePayload": arrival.payload,
        });
        self.send(Who::Master, &frame.to_string());
        assert_eq!(self.arrivals, [Arrival { to: viewer, sender: None, ..arrival }]);
    }

    /// Whatever waits has an end.
    fn end(&mut self) {
        let everybody = [Who::Master, Who::Viewer(0), Who::Viewer(1), Who::Viewer(2)];
        for who in everybody {
            while self.connection_of(who).is_some() {
                self.disconnect(who);
            }
        }
        self.wait(LONG);
        self.arrivals.clear();
        for who in everybody {
            self.connect(who).expect("there is a place in an empty channel");
        }
        assert_eq!(self.arrivals, [], "a message waited longer than any may");
    }
}

/// Checks a frame's form; answers the peer's message that it may be.
fn read(to: Who, frame: &str) -> Option<Arrival> {
    if frame.is_empty() {
        return None;
    }
    let value: Value = serde_json::from_str(frame).unwrap_or_else(|_| panic!("no JSON: {frame}"));
    let text = |name: &str| value.get(name).and_then(Value::as_str).map(str::to_owned);
    let Some(kind) = text("messageType") else {
        for name in ["connectionId", "message", "requestId"] {
            assert!(text(name).is_some(), "a gateway's error without {name}: {frame}");
        }
        return None;
    };
    let payload = text("messagePayload").unwrap_or_else(|| panic!("no payload: {frame}"));
    let sender = text("senderClientId");
    if !MESSAGES.contains(&kind.as_str()) {
        assert!(payload.is_empty() && sender.is_none(), "the service's own message: {frame}");
        if kind == "STATUS_RESPONSE" {
            let status = value.get("statusResponse").unwrap_or(&Value::Null);
            assert_eq!(status.get("success"), Some(&Value::Bool(false)), "{frame}");
            for name in ["correlationId", "description", "errorType", "statusCode"] {
                assert!(status.get(name).is_some_and(Value::is_string), "{name}: {frame}");
            }
        } else {
            assert!(["GO_AWAY", "RECONNECT_ICE_SERVER"].contains(&kind.as_str()), "{frame}");
        }
        return None;
    }
    assert!((1..=MAX_PAYLOAD).contains(&payload.len()), "a payload of {}", payload.len());
    assert!(STANDARD.decode(&payload).is_ok(), "a payload that is not base64: {frame}");
    assert_eq!(sender.is_some(), to == Who::Master, "only viewers have an id: {frame}");
    Some(Arrival { to, kind, payload, sender })
}
