//! The hub's clock and queues.

use std::{
    collections::HashMap,
    sync::{
        Arc, Mutex, MutexGuard, PoisonError,
        atomic::{AtomicUsize, Ordering},
    },
};

use kvs_hub::{
    ChannelArn, ClientId, ConnectionId, ErrorKind, Hub, Input, Millis, Output, Role, ServiceError,
    Target, TicketId,
};
use tokio::{
    sync::{Notify, oneshot},
    time::{Duration, Instant, sleep_until},
};

use crate::{
    media::Orders,
    outbox::{Next, Outbox},
};

/// How many bytes wait for all clients together, before the one with the most is given up.
const MAX_WAITING: usize = 256 * 1024 * 1024;
/// How often the hub is told the time at most.
const TICK: Millis = Millis(1);

/// Runs the hub: tells it the time, and carries out what it says. The hub's time is this
/// machine's; how fast its timers run is the hub's own affair.
pub(crate) struct Driver {
    state: Mutex<State>,
    started: Instant,
    deadline_changed: Notify,
    /// Bytes that wait for all clients together, and how many may.
    waiting: Arc<AtomicUsize>,
    max_waiting: usize,
}

struct State {
    hub: Hub,
    outboxes: HashMap<ConnectionId, Arc<Outbox>>,
    tickets: HashMap<TicketId, oneshot::Sender<Result<String, ServiceError>>>,
    orders: Arc<Orders>,
    /// When [`Driver::keep_time`] wakes up.
    alarm: Option<Millis>,
}

/// An admitted connection. The hub hears of its end when this is dropped, so it cannot be
/// forgotten, whatever becomes of the socket.
pub(crate) struct Connection {
    id: ConnectionId,
    driver: Arc<Driver>,
    outbox: Arc<Outbox>,
}

impl Driver {
    /// Runs a hub whose storage sessions are served by whoever takes these orders.
    pub(crate) fn new(hub: Hub, orders: Arc<Orders>) -> Self {
        let (outboxes, tickets) = (HashMap::new(), HashMap::new());
        let state = State { hub, outboxes, tickets, orders, alarm: None };
        Self {
            state: Mutex::new(state),
            started: Instant::now(),
            deadline_changed: Notify::new(),
            waiting: Arc::default(),
            max_waiting: MAX_WAITING,
        }
    }

    /// Asks the hub something that it answers at once.
    pub(crate) fn ask<T>(&self, question: impl FnOnce(&mut Hub) -> T) -> T {
        self.act(|hub, _| question(hub))
    }

    /// The same for what depends on the time.
    pub(crate) fn act<T>(&self, act: impl FnOnce(&mut Hub, Millis) -> T) -> T {
        let mut state = self.lock();
        let now = self.now();
        // What is asked may depend on the time last told: a scale counts from there on.
        state.hub.handle(Input::Tick, now);
        let answer = act(&mut state.hub, now);
        self.settle(state, now);
        answer
    }

    /// Reserves a place for a connection whose socket is about to open.
    pub(crate) fn admit(
        self: &Arc<Self>,
        arn: &ChannelArn,
        role: Role,
    ) -> Result<Connection, ServiceError> {
        let outbox = Arc::new(Outbox::new(Arc::clone(&self.waiting)));
        let mut state = self.lock();
        let now = self.now();
        let admitted = state.hub.admit(arn, role, now);
        if let Ok(id) = admitted {
            state.outboxes.insert(id, Arc::clone(&outbox));
        }
        self.settle(state, now);
        Ok(Connection { id: admitted?, driver: Arc::clone(self), outbox })
    }

    /// SendAlexaOfferToMaster: delivers an offer to the channel's master, and waits for the
    /// answer, at most for as long as the channel keeps messages.
    pub(crate) async fn alexa_offer(
        &self,
        arn: &ChannelArn,
        sender: ClientId,
        payload: String,
    ) -> Result<String, ServiceError> {
        let (answer, answered) = oneshot::channel();
        let id = {
            let mut state = self.lock();
            // The hub says how many there may be at once.
            state.tickets.retain(|_, waiting| !waiting.is_closed());
            let now = self.now();
            let sent = state.hub.send_alexa_offer(arn, sender, payload, now);
            if let Ok(id) = sent {
                state.tickets.insert(id, answer);
            }
            self.settle(state, now);
            sent?
        };
        answered.await.unwrap_or_else(|_| {
            tracing::debug!(ticket = %id, "an offer was forgotten");
            Err(ServiceError::new(ErrorKind::ResourceNotFound, "the offer was not answered"))
        })
    }

    /// Stalls connections, or lets them go on: in the hub and on the network, where nothing is
    /// read or sent any more, pings included. Answers how many.
    pub(crate) fn stall(&self, target: &Target, stalled: bool) -> usize {
        let mut state = self.lock();
        let now = self.now();
        state.hub.handle(Input::Tick, now);
        let hit = state.hub.stall(target, stalled);
        for (id, outbox) in &state.outboxes {
            outbox.stall(state.hub.is_stalled(*id));
        }
        self.settle(state, now);
        hit
    }

    /// Tells the hub the time whenever it wants to know; never ends.
    pub(crate) async fn keep_time(&self) {
        loop {
            let alarm = {
                let mut state = self.lock();
                state.alarm = state.hub.poll_timeout().map(|at| at.max(self.now() + TICK));
                state.alarm
            };
            let due = async {
                match alarm {
                    Some(at) => sleep_until(self.started + Duration::from_millis(at.0)).await,
                    None => std::future::pending().await,
                }
            };
            tokio::select! {
                () = due => self.handle(Input::Tick),
                () = self.deadline_changed.notified() => {}
            }
        }
    }

    fn handle(&self, input: Input<'_>) {
        let mut state = self.lock();
        let now = self.now();
        state.hub.handle(input, now);
        self.settle(state, now);
    }

    /// Carries out what the hub says, and lets go of it.
    fn settle(&self, mut state: MutexGuard<'_, State>, now: Millis) {
        while let Some(slow) = state.drain().or_else(|| self.fullest(&state)) {
            tracing::warn!(connection = %slow, "closed: the client does not read what it is sent");
            if let Some(outbox) = state.outboxes.remove(&slow) {
                outbox.give_up();
            }
            state.hub.handle(Input::Closed(slow), now);
        }
        let next = state.hub.poll_timeout();
        let sooner = next.is_some_and(|next| state.alarm.is_none_or(|alarm| next < alarm));
        drop(state);
        if sooner {
            self.deadline_changed.notify_one();
        }
    }

    /// For whom most waits, where too much waits for all together.
    fn fullest(&self, state: &State) -> Option<ConnectionId> {
        if self.waiting.load(Ordering::Relaxed) <= self.max_waiting {
            return None;
        }
        let fullest = state.outboxes.iter().max_by_key(|(_, outbox)| outbox.bytes());
        fullest.map(|(id, _)| *id)
    }

    /// How long the emulator runs.
    pub(crate) fn now(&self) -> Millis {
        Millis(u64::try_from(self.started.elapsed().as_millis()).unwrap_or(u64::MAX))
    }

    /// The hub has no state that a panic elsewhere could leave half changed, so a poisoned
    /// lock is as good as any.
    fn lock(&self) -> MutexGuard<'_, State> {
        self.state.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

impl State {
    /// Hands on what the hub says; stops at a connection that has too much already.
    fn drain(&mut self) -> Option<ConnectionId> {
        while let Some(output) = self.hub.poll() {
            match output {
                Output::Send(to, frame) => {
                    let outbox = self.outboxes.get(&to);
                    if outbox.is_some_and(|outbox| outbox.push(frame).is_err()) {
                        return Some(to);
                    }
                }
                Output::Close(id, close) => {
                    if let Some(outbox) = self.outboxes.remove(&id) {
                        outbox.close(close);
                    }
                }
                Output::Answered(ticket, answer) => {
                    if let Some(waiting) = self.tickets.remove(&ticket) {
                        // Whoever asked may be gone.
                        waiting.send(answer).ok();
                    }
                }
                Output::Storage(order) => self.orders.push(order),
            }
        }
        None
    }
}

impl Connection {
    /// The hub's name for it.
    pub(crate) const fn id(&self) -> ConnectionId {
        self.id
    }

    /// The socket is up.
    pub(crate) fn opened(&self) {
        self.driver.handle(Input::Opened(self.id));
    }

    /// A text frame came in.
    pub(crate) fn received(&self, frame: &str) {
        self.driver.handle(Input::Received(self.id, frame));
    }

    /// A ping came in, or a pong that nobody asked for.
    pub(crate) fn alive(&self) {
        self.driver.handle(Input::Alive(self.id));
    }

    /// What to do next; waits until there is something.
    pub(crate) async fn next(&self) -> Next {
        self.outbox.next().await
    }

    /// Waits until a stalled socket may go on, or is to close.
    pub(crate) async fn released(&self) {
        self.outbox.released().await;
    }

    /// Waits until the socket is to close, whatever it still has to send.
    pub(crate) async fn ending(&self) {
        self.outbox.ending().await;
    }
}

impl Drop for Connection {
    fn drop(&mut self) {
        self.driver.lock().outboxes.remove(&self.id);
        self.driver.handle(Input::Closed(self.id));
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use kvs_hub::{ChannelName, CreateChannel, HubConfig, Quotas, Tags, UnixMillis};

    fn driver(max_waiting: usize) -> (Arc<Driver>, ChannelArn) {
        let quotas = Quotas { enforced: false, ..Quotas::default() };
        let config = HubConfig { quotas, acknowledge: false, ..HubConfig::new("us-west-2") };
        let mut hub = Hub::new(config);
        let name = ChannelName::parse("demo").unwrap();
        let version = "v1".to_owned();
        let request =
            CreateChannel { name, message_ttl_seconds: None, version, tags: Tags::default() };
        let arn = hub.account_mut().create_channel(request, UnixMillis(0)).unwrap().clone();
        (Arc::new(Driver { max_waiting, ..Driver::new(hub, Arc::default()) }), arn)
    }

    fn connect(driver: &Arc<Driver>, arn: &ChannelArn, viewer: Option<&str>) -> Connection {
        let role = viewer.map_or(Role::Master, |id| Role::Viewer(ClientId::parse(id).unwrap()));
        let connection = driver.admit(arn, role).unwrap();
        connection.opened();
        connection
    }

    #[tokio::test]
    async fn where_too_much_waits_the_one_with_the_most_is_given_up() {
        let (driver, arn) = driver(10_000);
        let master = connect(&driver, &arn, None);
        let (slow, other) =
            (connect(&driver, &arn, Some("slow")), connect(&driver, &arn, Some("b")));
        let send = |to: &str| {
            master.received(&format!(
                r#"{{"action":"SDP_OFFER","recipientClientId":"{to}","messagePayload":"{}"}}"#,
                "A".repeat(4000)
            ));
        };
        send("slow");
        send("slow");
        send("b");
        assert_eq!(slow.next().await, Next::GiveUp);
        assert!(matches!(other.next().await, Next::Send(frames) if frames.len() == 1));
        assert!(driver.waiting.load(Ordering::Relaxed) < 10_000);
    }

    #[tokio::test]
    async fn an_alexa_offer_waits_for_its_answer_and_no_longer_than_messages_do() {
        let (driver, arn) = driver(MAX_WAITING);
        let master = connect(&driver, &arn, None);
        let offer = || {
            let sender = ClientId::parse("alexa").unwrap();
            driver.alexa_offer(&arn, sender, "e30=".to_owned())
        };
        let answering = async {
            assert!(matches!(master.next().await, Next::Send(_)));
            master.received(
                r#"{"action":"SDP_ANSWER","recipientClientId":"alexa","messagePayload":"AAAA"}"#,
            );
        };
        let (answer, ()) = tokio::join!(offer(), answering);
        assert_eq!(answer.unwrap(), "AAAA");
        driver.ask(|hub| hub.set_time_scale(1000.0));
        let answer = tokio::select! {
            answer = offer() => answer,
            () = driver.keep_time() => panic!("time ends"),
            () = tokio::time::sleep(Duration::from_secs(20)) => panic!("it waits for ever"),
        };
        assert_eq!(answer.unwrap_err().kind(), ErrorKind::ResourceNotFound);
        assert!(driver.lock().tickets.is_empty());
    }

    #[test]
    fn who_is_gone_has_no_place() {
        let (driver, arn) = driver(MAX_WAITING);
        drop(connect(&driver, &arn, Some("v1")));
        assert!(driver.lock().outboxes.is_empty());
        assert_eq!(driver.ask(|hub| hub.snapshot().connections), 0);
    }
}
