//! The hub's clock and queues.

use std::{
    collections::HashMap,
    sync::{Arc, Mutex, MutexGuard, PoisonError},
};

use kvs_hub::{
    ChannelArn, ClientId, Close, ConnectionId, ErrorKind, Hub, Input, Millis, Output, Role,
    ServiceError,
};
use tokio::{
    sync::{Notify, mpsc},
    time::{Duration, Instant, sleep_until},
};

/// How many frames wait for a client that reads slowly before it is given up. More than the hub
/// keeps for one recipient, which comes all at once, so that what waited arrives.
const QUEUE: usize = 1024;

/// Runs the hub: tells it the time, and carries out what it says.
pub(crate) struct Driver {
    state: Mutex<State>,
    started: Instant,
    deadline_changed: Notify,
}

struct State {
    hub: Hub,
    queues: HashMap<ConnectionId, mpsc::Sender<Command>>,
}

/// What a socket is to do.
#[derive(Debug)]
pub(crate) enum Command {
    Send(String),
    Close(Close),
}

/// An admitted connection. The hub hears of its end when this is dropped, so it cannot be
/// forgotten, whatever becomes of the socket.
pub(crate) struct Connection {
    id: ConnectionId,
    driver: Arc<Driver>,
    commands: mpsc::Receiver<Command>,
}

impl Driver {
    pub(crate) fn new(hub: Hub) -> Self {
        Self {
            state: Mutex::new(State { hub, queues: HashMap::new() }),
            started: Instant::now(),
            deadline_changed: Notify::new(),
        }
    }

    /// Asks the hub something that it answers at once.
    pub(crate) fn ask<T>(&self, question: impl FnOnce(&mut Hub) -> T) -> T {
        question(&mut self.lock().hub)
    }

    /// The same for what depends on the time.
    pub(crate) fn act<T>(&self, act: impl FnOnce(&mut Hub, Millis) -> T) -> T {
        let now = self.now();
        act(&mut self.lock().hub, now)
    }

    /// SendAlexaOfferToMaster: delivers an offer to the channel's master, and waits for the
    /// answer.
    pub(crate) async fn alexa_offer(
        &self,
        arn: &ChannelArn,
        sender: ClientId,
        payload: String,
    ) -> Result<String, ServiceError> {
        self.act(|hub, now| hub.send_alexa_offer(arn, sender, payload, now))?;
        Err(ServiceError::new(ErrorKind::ResourceNotFound, "the offer was not answered"))
    }

    /// Reserves a place for a connection whose socket is about to open.
    pub(crate) fn admit(
        self: &Arc<Self>,
        arn: &ChannelArn,
        role: Role,
    ) -> Result<Connection, ServiceError> {
        let (queue, commands) = mpsc::channel(QUEUE);
        let now = self.now();
        let mut state = self.lock();
        let id = state.hub.admit(arn, role, now)?;
        state.queues.insert(id, queue);
        Ok(Connection { id, driver: Arc::clone(self), commands })
    }

    /// Tells the hub the time whenever it wants to know; never ends.
    pub(crate) async fn keep_time(&self) {
        loop {
            let deadline = self.lock().hub.poll_timeout();
            let due = async {
                match deadline {
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
        let now = self.now();
        let mut state = self.lock();
        state.hub.handle(input, now);
        while let Some(slow) = state.drain() {
            tracing::warn!(connection = %slow, "closed: the client does not read what it is sent");
            state.queues.remove(&slow);
            state.hub.handle(Input::Closed(slow), now);
        }
        drop(state);
        self.deadline_changed.notify_one();
    }

    fn now(&self) -> Millis {
        Millis(u64::try_from(self.started.elapsed().as_millis()).unwrap_or(u64::MAX))
    }

    /// The hub has no state that a panic elsewhere could leave half changed, so a poisoned
    /// lock is as good as any.
    fn lock(&self) -> MutexGuard<'_, State> {
        self.state.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

impl State {
    /// Hands the hub's outputs to the sockets' queues; stops at a connection whose queue is full.
    fn drain(&mut self) -> Option<ConnectionId> {
        while let Some(output) = self.hub.poll() {
            match output {
                Output::Send(to, frame) => {
                    let queue = self.queues.get(&to);
                    if queue.is_some_and(|queue| queue.try_send(Command::Send(frame)).is_err()) {
                        return Some(to);
                    }
                }
                Output::Close(id, how) => {
                    if let Some(queue) = self.queues.remove(&id) {
                        // Where the queue is full, its end says as much.
                        queue.try_send(Command::Close(how)).ok();
                    }
                }
                // Nobody makes Alexa offers here.
                Output::Answered(..) => {}
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

    /// What to do next; `None` when the connection was given up.
    pub(crate) async fn command(&mut self) -> Option<Command> {
        self.commands.recv().await
    }
}

impl Drop for Connection {
    fn drop(&mut self) {
        self.driver.lock().queues.remove(&self.id);
        self.driver.handle(Input::Closed(self.id));
    }
}
