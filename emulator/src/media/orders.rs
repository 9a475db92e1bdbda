//! What the hub orders, until the media server comes to it.

use std::{
    collections::VecDeque,
    sync::{Mutex, MutexGuard, PoisonError},
};

use kvs_hub::{StorageOrder, StoragePeerId};
use tokio::sync::Notify;

/// How many messages of peers wait, each no longer than a frame: 32 MiB. The server waits for nobody,
/// so that more are none of anybody's use. Of joins, and of leaves, no more wait than the hub has
/// places: a join that waits goes with its peer.
const MAX_MESSAGES: usize = 256;

/// The queue between the hub and the media server.
#[derive(Debug, Default)]
pub(crate) struct Orders {
    waiting: Mutex<Waiting>,
    /// For the one server that waits.
    changed: Notify,
}

#[derive(Debug, Default)]
struct Waiting {
    orders: VecDeque<StorageOrder>,
    /// How many of them are messages.
    messages: usize,
}

impl Orders {
    /// Lets an order wait.
    pub(crate) fn push(&self, order: StorageOrder) {
        let mut waiting = self.lock();
        match &order {
            StorageOrder::Message { .. } if waiting.messages >= MAX_MESSAGES => {
                return tracing::warn!("too much is said to storage sessions: a message is lost");
            }
            StorageOrder::Message { .. } => waiting.messages += 1,
            StorageOrder::Leave(peer) if waiting.forget(*peer) => return,
            StorageOrder::Leave(_) | StorageOrder::Join { .. } => {}
        }
        waiting.orders.push_back(order);
        drop(waiting);
        self.changed.notify_one();
    }

    /// The next order; waits until there is one.
    pub(super) async fn next(&self) -> StorageOrder {
        loop {
            let next = self.pop();
            match next {
                Some(order) => return order,
                None => self.changed.notified().await,
            }
        }
    }

    pub(super) fn pop(&self) -> Option<StorageOrder> {
        let mut waiting = self.lock();
        let order = waiting.orders.pop_front()?;
        if is_message(&order) {
            waiting.messages -= 1;
        }
        Some(order)
    }

    /// A queue has no state that a panic elsewhere could leave half changed.
    fn lock(&self) -> MutexGuard<'_, Waiting> {
        self.waiting.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

impl Waiting {
    /// Takes out a peer whose join still waits, with what it has said. Answers whether it did.
    fn forget(&mut self, left: StoragePeerId) -> bool {
        let is_join = |order| matches!(order, &StorageOrder::Join { peer, .. } if peer == left);
        if !self.orders.iter().any(is_join) {
            return false;
        }
        self.orders.retain(|order| match order {
            StorageOrder::Join { peer, .. } | StorageOrder::Message { peer, .. } => *peer != left,
            StorageOrder::Leave(_) => true,
        });
        self.messages = self.orders.iter().filter(|order| is_message(order)).count();
        true
    }
}

const fn is_message(order: &StorageOrder) -> bool {
    matches!(order, StorageOrder::Message { .. })
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::media::rig::{Rig, viewer};
    use kvs_hub::Role::Master;

    /// As many messages as may wait, and one more.
    fn say_too_much(rig: &Rig) {
        for _ in 0..=MAX_MESSAGES {
            rig.say(&Master);
        }
    }

    #[test]
    fn messages_are_lost_while_too_many_wait_and_nothing_else_is() {
        let mut rig = Rig::new();
        let first = rig.join(&Master);
        assert!(matches!(rig.waiting()[..], [StorageOrder::Join { peer, .. }] if peer == first));
        say_too_much(&rig);
        let second = rig.join(&Master);
        let orders = rig.waiting();
        let (messages, rest) = orders.split_at(MAX_MESSAGES);
        assert!(messages.iter().all(is_message));
        let [StorageOrder::Leave(left), StorageOrder::Join { peer, .. }] = rest else {
            panic!("{rest:?}")
        };
        assert_eq!((*left, *peer), (first, second));
        // Those that were taken out have made room.
        say_too_much(&rig);
        assert_eq!(rig.waiting().len(), MAX_MESSAGES);
    }

    #[test]
    fn of_one_who_joins_again_and_again_the_last_join_waits() {
        let mut rig = Rig::new();
        let first = rig.join(&Master);
        assert_eq!(rig.waiting().len(), 1);
        let other = rig.join(&viewer("v1"));
        rig.say(&viewer("v1"));
        let mut last = first;
        for _ in 0..3 {
            last = rig.join(&Master);
            rig.say(&Master);
        }
        let orders = rig.waiting();
        let said = |order: &StorageOrder| match order {
            StorageOrder::Join { peer, .. } => ("join", *peer),
            StorageOrder::Message { peer, .. } => ("message", *peer),
            StorageOrder::Leave(peer) => ("leave", *peer),
        };
        assert_eq!(
            orders.iter().map(said).collect::<Vec<_>>(),
            [
                ("join", other),
                ("message", other),
                ("leave", first),
                ("join", last),
                ("message", last)
            ]
        );
        assert_eq!(rig.orders.lock().messages, 0);
    }
}
