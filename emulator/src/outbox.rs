//! What waits to be sent to one client.

use std::{
    collections::VecDeque,
    sync::{
        Arc, Mutex, MutexGuard, PoisonError,
        atomic::{AtomicUsize, Ordering},
    },
};

use kvs_hub::Close;
use tokio::sync::Notify;

/// How many frames wait for a client that reads slowly before it is given up. More than the hub
/// keeps for one recipient, which comes all at once, so that what waited arrives.
const MAX_FRAMES: usize = 1024;

/// How many bytes a socket takes out at once, or a single frame that is longer: what it has taken
/// is no longer counted, and a client may take long to read it.
const BATCH: usize = 32 * 1024;

/// What a socket is to do next.
#[derive(Debug, PartialEq, Eq)]
pub(crate) enum Next {
    /// Send these frames, the first of them first.
    Send(VecDeque<String>),
    /// Neither read nor send anything until [`Outbox::released`].
    Stall,
    /// Close.
    Close(Close),
    /// Close, because the client does not read what it is sent.
    GiveUp,
}

/// The queue between the hub and one socket. It takes no memory while it is empty.
#[derive(Debug)]
pub(crate) struct Outbox {
    state: Mutex<State>,
    /// For the one socket that waits.
    changed: Notify,
    /// Bytes that wait for all sockets together.
    total: Arc<AtomicUsize>,
}

#[derive(Debug, Default)]
struct State {
    frames: VecDeque<String>,
    bytes: usize,
    stalled: bool,
    end: Option<End>,
}

#[derive(Clone, Debug, PartialEq, Eq)]
enum End {
    Close(Close),
    GiveUp,
}

/// More frames wait than a client may leave unread.
#[derive(Debug, PartialEq, Eq)]
pub(crate) struct Full;

impl Outbox {
    pub(crate) fn new(total: Arc<AtomicUsize>) -> Self {
        Self { state: Mutex::default(), changed: Notify::new(), total }
    }

    /// Lets a frame wait.
    pub(crate) fn push(&self, frame: String) -> Result<(), Full> {
        let mut state = self.lock();
        if state.end.is_some() {
            return Ok(());
        }
        if state.frames.len() >= MAX_FRAMES {
            return Err(Full);
        }
        self.total.fetch_add(frame.len(), Ordering::Relaxed);
        state.bytes += frame.len();
        state.frames.push_back(frame);
        drop(state);
        self.changed.notify_one();
        Ok(())
    }

    /// Asks the socket to close once it has sent what waits; without a word at once.
    pub(crate) fn close(&self, close: Close) {
        self.end(End::Close(close));
    }

    /// Asks the socket to close, and drops what waits.
    pub(crate) fn give_up(&self) {
        self.end(End::GiveUp);
    }

    /// Asks the socket to stop reading and sending, or to go on.
    pub(crate) fn stall(&self, stalled: bool) {
        self.lock().stalled = stalled;
        self.changed.notify_one();
    }

    /// How many bytes wait.
    pub(crate) fn bytes(&self) -> usize {
        self.lock().bytes
    }

    /// What to do next; waits until there is something.
    pub(crate) async fn next(&self) -> Next {
        loop {
            if let Some(next) = self.poll() {
                return next;
            }
            self.changed.notified().await;
        }
    }

    /// Waits until the socket may go on, or is to close.
    pub(crate) async fn released(&self) {
        loop {
            {
                let state = self.lock();
                if !state.stalled || state.end.is_some() {
                    return;
                }
            }
            self.changed.notified().await;
        }
    }

    /// Waits until the socket is to close, whatever it still has to send.
    pub(crate) async fn ending(&self) {
        while self.lock().end.is_none() {
            self.changed.notified().await;
        }
    }

    fn poll(&self) -> Option<Next> {
        let mut state = self.lock();
        match &state.end {
            Some(End::GiveUp) => return Some(Next::GiveUp),
            Some(End::Close(Close::Abrupt)) => return Some(Next::Close(Close::Abrupt)),
            Some(End::Close(close)) if state.frames.is_empty() || state.stalled => {
                return Some(Next::Close(close.clone()));
            }
            None if state.stalled => return Some(Next::Stall),
            Some(End::Close(_)) | None => {}
        }
        // Nothing more comes before a close, which does not wait long for what is there.
        let is_last = state.end.is_some();
        let frames = if is_last { self.take(&mut state) } else { self.take_batch(&mut state) };
        (!frames.is_empty()).then_some(Next::Send(frames))
    }

    fn end(&self, end: End) {
        let mut state = self.lock();
        if end == End::GiveUp {
            self.take(&mut state);
        }
        state.end.get_or_insert(end);
        drop(state);
        self.changed.notify_one();
    }

    /// The first frames, as many as are sent together.
    fn take_batch(&self, state: &mut State) -> VecDeque<String> {
        if state.bytes <= BATCH {
            return self.take(state);
        }
        let mut batch = VecDeque::new();
        let mut bytes: usize = 0;
        while let Some(frame) = state.frames.pop_front() {
            if !batch.is_empty() && bytes.saturating_add(frame.len()) > BATCH {
                state.frames.push_front(frame);
                break;
            }
            bytes = bytes.saturating_add(frame.len());
            batch.push_back(frame);
        }
        self.total.fetch_sub(bytes, Ordering::Relaxed);
        state.bytes = state.bytes.saturating_sub(bytes);
        batch
    }

    fn take(&self, state: &mut State) -> VecDeque<String> {
        self.total.fetch_sub(state.bytes, Ordering::Relaxed);
        state.bytes = 0;
        std::mem::take(&mut state.frames)
    }

    /// What is in it is whole at any time, so a poisoned lock is as good as any.
    fn lock(&self) -> MutexGuard<'_, State> {
        self.state.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

impl Drop for Outbox {
    fn drop(&mut self) {
        let bytes = self.bytes();
        self.total.fetch_sub(bytes, Ordering::Relaxed);
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn outbox() -> (Outbox, Arc<AtomicUsize>) {
        let total = Arc::new(AtomicUsize::new(0));
        (Outbox::new(Arc::clone(&total)), total)
    }

    fn normal() -> Close {
        Close::Normal { code: 1001, reason: "Going away".to_owned() }
    }

    #[tokio::test]
    async fn frames_come_out_together_and_in_order() {
        let (outbox, total) = outbox();
        outbox.push("a".to_owned()).unwrap();
        outbox.push("bc".to_owned()).unwrap();
        assert_eq!((outbox.bytes(), total.load(Ordering::Relaxed)), (3, 3));
        assert_eq!(outbox.next().await, Next::Send(["a".to_owned(), "bc".to_owned()].into()));
        assert_eq!((outbox.bytes(), total.load(Ordering::Relaxed)), (0, 0));
    }

    #[tokio::test]
    async fn what_a_socket_has_not_taken_yet_still_counts() {
        let (outbox, total) = outbox();
        let long = "a".repeat(BATCH / 2);
        for frame in [&long, &long, "b", &"c".repeat(BATCH + 1), ""] {
            outbox.push(frame.to_owned()).unwrap();
        }
        let mut waiting = total.load(Ordering::Relaxed);
        for lengths in [&[BATCH / 2; 2][..], &[1], &[BATCH + 1], &[0]] {
            let Next::Send(frames) = outbox.next().await else { panic!("frames wait") };
            assert_eq!(frames.iter().map(String::len).collect::<Vec<_>>(), lengths);
            waiting -= lengths.iter().sum::<usize>();
            assert_eq!((outbox.bytes(), total.load(Ordering::Relaxed)), (waiting, waiting));
        }
        assert_eq!(waiting, 0);
    }

    #[tokio::test]
    async fn what_comes_before_a_close_is_taken_at_once() {
        let (outbox, _) = outbox();
        (0..3).for_each(|_| outbox.push("a".repeat(BATCH)).unwrap());
        outbox.close(normal());
        assert!(matches!(outbox.next().await, Next::Send(frames) if frames.len() == 3));
        assert_eq!(outbox.next().await, Next::Close(normal()));
    }

    #[tokio::test]
    async fn a_close_waits_for_what_was_sent_before_it() {
        let (outbox, _) = outbox();
        outbox.push("a".to_owned()).unwrap();
        outbox.close(normal());
        outbox.push("too late".to_owned()).unwrap();
        outbox.close(Close::Abrupt);
        outbox.ending().await;
        assert_eq!(outbox.next().await, Next::Send(["a".to_owned()].into()));
        assert_eq!(outbox.next().await, Next::Close(normal()), "the first close counts");
    }

    #[tokio::test]
    async fn an_abrupt_close_waits_for_nothing() {
        let (outbox, _) = outbox();
        outbox.push("a".to_owned()).unwrap();
        outbox.close(Close::Abrupt);
        assert_eq!(outbox.next().await, Next::Close(Close::Abrupt));
    }

    #[tokio::test]
    async fn what_is_stalled_goes_on_where_it_stopped() {
        let (outbox, _) = outbox();
        outbox.stall(true);
        outbox.push("a".to_owned()).unwrap();
        assert_eq!(outbox.next().await, Next::Stall);
        outbox.stall(false);
        outbox.released().await;
        assert_eq!(outbox.next().await, Next::Send(["a".to_owned()].into()));
        outbox.stall(true);
        outbox.close(normal());
        outbox.released().await;
        assert_eq!(outbox.next().await, Next::Close(normal()));
    }

    #[tokio::test]
    async fn too_much_is_refused_and_given_up() {
        let (outbox, total) = outbox();
        for _ in 0..MAX_FRAMES {
            outbox.push("a".to_owned()).unwrap();
        }
        assert_eq!(outbox.push("a".to_owned()), Err(Full));
        outbox.give_up();
        assert_eq!(total.load(Ordering::Relaxed), 0);
        assert_eq!(outbox.next().await, Next::GiveUp);
    }

    #[test]
    fn what_waited_for_a_socket_that_is_gone_does_not_count() {
        let (outbox, total) = outbox();
        outbox.push("a".to_owned()).unwrap();
        drop(outbox);
        assert_eq!(total.load(Ordering::Relaxed), 0);
    }
}
