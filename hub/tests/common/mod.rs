//! A hub with peers and a clock that a test moves by hand.

use kvs_hub::{
    ChannelArn, ChannelName, ClientId, Close, ConnectionId, CreateChannel, Hub, HubConfig, Input,
    Millis, Output, Role, ServiceError, UnixMillis,
};
use std::collections::HashMap;

/// The payload of most messages: `{}`.
pub(crate) const EMPTY_JSON: &str = "e30=";

/// One hub with one channel.
pub(crate) struct Rig {
    pub(crate) hub: Hub,
    pub(crate) arn: ChannelArn,
    pub(crate) now: Millis,
    inboxes: HashMap<ConnectionId, Vec<String>>,
    closed: HashMap<ConnectionId, Close>,
}

impl Rig {
    pub(crate) fn new() -> Self {
        Self::with(HubConfig::new("us-west-2"), None)
    }

    pub(crate) fn with(config: HubConfig, message_ttl_seconds: Option<u64>) -> Self {
        let mut hub = Hub::new(config);
        let request = CreateChannel {
            name: ChannelName::parse("demo-channel").unwrap(),
            message_ttl_seconds,
            version: "v1".to_owned(),
        };
        let arn = hub
            .account_mut()
            .create_channel(request, UnixMillis(1_700_000_000_000))
            .unwrap()
            .clone();
        Self { hub, arn, now: Millis(0), inboxes: HashMap::new(), closed: HashMap::new() }
    }

    pub(crate) fn master(&mut self) -> ConnectionId {
        let id = self.admit(Role::Master).unwrap();
        self.open(id);
        id
    }

    pub(crate) fn viewer(&mut self, id: &str) -> ConnectionId {
        let id = self.admit(viewer(id)).unwrap();
        self.open(id);
        id
    }

    pub(crate) fn admit(&mut self, role: Role) -> Result<ConnectionId, ServiceError> {
        self.hub.admit(&self.arn, role, self.now)
    }

    pub(crate) fn open(&mut self, id: ConnectionId) {
        self.handle(Input::Opened(id));
    }

    pub(crate) fn close(&mut self, id: ConnectionId) {
        self.handle(Input::Closed(id));
    }

    pub(crate) fn send(&mut self, from: ConnectionId, frame: &str) {
        self.handle(Input::Received(from, frame));
    }

    /// A viewer's message.
    pub(crate) fn viewer_sends(&mut self, from: ConnectionId, action: &str, payload: &str) {
        self.send(from, &format!(r#"{{"action":"{action}","messagePayload":"{payload}"}}"#));
    }

    /// A master's message.
    pub(crate) fn master_sends(
        &mut self,
        from: ConnectionId,
        viewer: &str,
        action: &str,
        payload: &str,
    ) {
        self.send(
            from,
            &format!(
                r#"{{"action":"{action}","recipientClientId":"{viewer}",
                    "messagePayload":"{payload}"}}"#
            ),
        );
    }

    /// Lets time pass, ticking when the hub asks for it and only then.
    pub(crate) fn wait(&mut self, seconds: u64) {
        let end = self.now + Millis::from_secs(seconds);
        while let Some(due) = self.hub.poll_timeout().filter(|due| *due <= end) {
            self.now = self.now.max(due);
            self.handle(Input::Tick);
        }
        self.now = end;
    }

    /// What a connection was sent since the last look, without acknowledgements.
    pub(crate) fn inbox(&mut self, id: ConnectionId) -> Vec<String> {
        let frames = self.inboxes.remove(&id).unwrap_or_default();
        frames.into_iter().filter(|frame| !frame.is_empty()).collect()
    }

    /// What a connection was sent since the last look, all of it.
    pub(crate) fn raw_inbox(&mut self, id: ConnectionId) -> Vec<String> {
        self.inboxes.remove(&id).unwrap_or_default()
    }

    pub(crate) fn was_closed(&self, id: ConnectionId) -> Option<Close> {
        self.closed.get(&id).cloned()
    }

    fn handle(&mut self, input: Input<'_>) {
        self.hub.handle(input, self.now);
        while let Some(output) = self.hub.poll() {
            match output {
                Output::Send(to, frame) => self.inboxes.entry(to).or_default().push(frame),
                Output::Close(id, how) => drop(self.closed.insert(id, how)),
                Output::Answered(..) => {}
            }
        }
    }
}

pub(crate) fn viewer(id: &str) -> Role {
    Role::Viewer(ClientId::parse(id).unwrap())
}

/// A message as its recipient sees it.
pub(crate) fn delivered(kind: &str, payload: &str, sender: Option<&str>) -> String {
    let sender = sender.map(|id| format!(r#","senderClientId":"{id}""#)).unwrap_or_default();
    format!(r#"{{"messagePayload":"{payload}","messageType":"{kind}"{sender}}}"#)
}
