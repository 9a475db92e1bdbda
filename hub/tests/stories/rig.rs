//! A hub with peers and a clock that a test moves by hand.

use std::collections::HashMap;

use kvs_hub::{
    ChannelArn, ChannelName, ClientId, Close, ConnectionId, CreateChannel, FaultSpec, Hub,
    HubConfig, Input, Millis, Output, Quotas, Role, ServiceError, StorageOrder, Tags, Target,
    TicketId, Timers, UnixMillis,
};

/// The payload of most messages: `{}`.
pub(crate) const EMPTY_JSON: &str = "e30=";
/// Nothing, as an inbox.
pub(crate) const NOTHING: [&str; 0] = [];

/// What the end of an Alexa offer is.
pub(crate) type Answer = Result<String, ServiceError>;

/// One hub with one channel.
pub(crate) struct Rig {
    pub(crate) hub: Hub,
    pub(crate) arn: ChannelArn,
    pub(crate) now: Millis,
    inboxes: HashMap<ConnectionId, Vec<String>>,
    closed: HashMap<ConnectionId, Close>,
    answers: HashMap<TicketId, Answer>,
    orders: Vec<StorageOrder>,
}

impl Rig {
    /// The service's behaviour, with quotas off.
    pub(crate) fn new() -> Self {
        Self::with(lenient(), None)
    }

    pub(crate) fn with(config: HubConfig, message_ttl_seconds: Option<u64>) -> Self {
        let mut hub = Hub::new(config);
        let arn = create(&mut hub, "demo-channel", message_ttl_seconds).unwrap();
        Self {
            hub,
            arn,
            now: Millis(0),
            inboxes: HashMap::new(),
            closed: HashMap::new(),
            answers: HashMap::new(),
            orders: Vec::new(),
        }
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

    pub(crate) fn tick(&mut self) {
        self.handle(Input::Tick);
    }

    pub(crate) fn ping(&mut self, id: ConnectionId) {
        self.handle(Input::Alive(id));
    }

    pub(crate) fn send(&mut self, from: ConnectionId, frame: &str) {
        self.handle(Input::Received(from, frame));
    }

    /// A viewer's message.
    pub(crate) fn viewer_sends(&mut self, from: ConnectionId, action: &str, payload: &str) {
        self.send(from, &format!(r#"{{"action":"{action}","messagePayload":"{payload}"}}"#));
    }

    /// A viewer's message that wants to hear of its failure.
    pub(crate) fn viewer_asks(&mut self, from: ConnectionId, action: &str, correlation: &str) {
        self.send(
            from,
            &format!(
                r#"{{"action":"{action}","messagePayload":"e30=","correlationId":"{correlation}"}}"#
            ),
        );
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
        self.wait_millis(seconds * 1000);
    }

    /// The same in milliseconds.
    pub(crate) fn wait_millis(&mut self, millis: u64) {
        let end = self.now + Millis(millis);
        let mut ticks = 0;
        while let Some(due) = self.hub.poll_timeout().filter(|due| *due <= end) {
            self.now = self.now.max(due);
            self.handle(Input::Tick);
            ticks += 1;
            assert!(ticks < 100_000, "the hub asks for ticks without end");
        }
        self.now = end;
    }

    /// Does something to the hub, and what the hub then says.
    pub(crate) fn act<T>(&mut self, act: impl FnOnce(&mut Hub, Millis) -> T) -> T {
        let result = act(&mut self.hub, self.now);
        self.drain();
        result
    }

    /// Adds a fault in the command line's form.
    pub(crate) fn fault(&mut self, spec: &str) {
        self.hub.add_fault(FaultSpec::parse(spec).unwrap()).unwrap();
    }

    /// An Alexa offer on the channel.
    pub(crate) fn alexa(&mut self, sender: &str, payload: &str) -> Result<TicketId, ServiceError> {
        let (arn, sender) = (self.arn.clone(), ClientId::parse(sender).unwrap());
        self.act(|hub, now| hub.send_alexa_offer(&arn, sender, payload.to_owned(), now))
    }

    /// The end of an Alexa offer, once.
    pub(crate) fn answer(&mut self, ticket: TicketId) -> Option<Answer> {
        self.answers.remove(&ticket)
    }

    /// What storage sessions were told since the last look.
    pub(crate) fn orders(&mut self) -> Vec<StorageOrder> {
        std::mem::take(&mut self.orders)
    }

    /// What a connection was sent since the last look, without empty frames.
    pub(crate) fn inbox(&mut self, id: ConnectionId) -> Vec<String> {
        let frames = self.inboxes.remove(&id).unwrap_or_default();
        frames.into_iter().filter(|frame| !frame.is_empty()).collect()
    }

    /// What a connection was sent since the last look, all of it.
    pub(crate) fn raw_inbox(&mut self, id: ConnectionId) -> Vec<String> {
        self.inboxes.remove(&id).unwrap_or_default()
    }

    /// The payloads of the messages in an inbox since the last look.
    pub(crate) fn payloads(&mut self, id: ConnectionId) -> Vec<String> {
        let payload = |frame: &String| {
            frame.strip_prefix(r#"{"messagePayload":""#)?.split('"').next().map(str::to_owned)
        };
        self.inbox(id).iter().filter_map(payload).collect()
    }

    pub(crate) fn was_closed(&self, id: ConnectionId) -> Option<Close> {
        self.closed.get(&id).cloned()
    }

    fn handle(&mut self, input: Input<'_>) {
        self.hub.handle(input, self.now);
        self.drain();
    }

    fn drain(&mut self) {
        while let Some(output) = self.hub.poll() {
            match output {
                Output::Send(to, frame) => {
                    assert!(!self.closed.contains_key(&to), "{to} is sent something when closed");
                    self.inboxes.entry(to).or_default().push(frame);
                }
                Output::Close(id, how) => {
                    assert!(self.closed.insert(id, how).is_none(), "{id} is closed twice");
                }
                Output::Answered(ticket, answer) => {
                    assert!(self.answers.insert(ticket, answer).is_none(), "{ticket} twice");
                }
                Output::Storage(order) => self.orders.push(order),
            }
        }
    }
}

/// The service's behaviour, with quotas off.
pub(crate) fn lenient() -> HubConfig {
    let quotas = Quotas { enforced: false, ..Quotas::default() };
    HubConfig { quotas, ..HubConfig::new("us-west-2") }
}

/// The same, with other timers.
pub(crate) fn timed(timers: Timers) -> HubConfig {
    HubConfig { timers, ..lenient() }
}

/// Creates a channel.
pub(crate) fn create(
    hub: &mut Hub,
    name: &str,
    message_ttl_seconds: Option<u64>,
) -> Result<ChannelArn, ServiceError> {
    let name = ChannelName::parse(name).unwrap();
    let (version, tags) = ("v1".to_owned(), Tags::default());
    let request = CreateChannel { name, message_ttl_seconds, version, tags };
    hub.account_mut().create_channel(request, UnixMillis(1_700_000_000_000)).cloned()
}

pub(crate) fn viewer(id: &str) -> Role {
    Role::Viewer(ClientId::parse(id).unwrap())
}

/// A target as the admin API has it.
pub(crate) fn target(json: &str) -> Target {
    serde_json::from_str(json).unwrap()
}

/// How an idle, old or drained connection is closed.
pub(crate) fn going_away() -> Option<Close> {
    Some(Close::Normal { code: 1001, reason: "Going away".to_owned() })
}

/// How a replaced connection is closed.
pub(crate) fn replaced() -> Option<Close> {
    Some(Close::Normal { code: 1000, reason: "replaced by a newer connection".to_owned() })
}

/// A message as its recipient sees it.
pub(crate) fn delivered(kind: &str, payload: &str, sender: Option<&str>) -> String {
    let sender = sender.map(|id| format!(r#","senderClientId":"{id}""#)).unwrap_or_default();
    format!(r#"{{"messagePayload":"{payload}","messageType":"{kind}"{sender}}}"#)
}
