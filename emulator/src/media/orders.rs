//! What the hub orders, until the media server comes to it.

use std::{
    collections::VecDeque,
    sync::{Mutex, MutexGuard, PoisonError},
};

use kvs_hub::StorageOrder;
use tokio::sync::Notify;

/// How many orders wait. The server waits for nobody, so that more are none of anybody's use.
const MAX_ORDERS: usize = 4096;

/// The queue between the hub and the media server.
#[derive(Debug, Default)]
pub(crate) struct Orders {
    waiting: Mutex<VecDeque<StorageOrder>>,
    /// For the one server that waits.
    changed: Notify,
}

impl Orders {
    /// Lets an order wait.
    pub(crate) fn push(&self, order: StorageOrder) {
        let mut waiting = self.lock();
        if waiting.len() >= MAX_ORDERS {
            return tracing::warn!("too much is asked of storage sessions: an order is lost");
        }
        waiting.push_back(order);
        drop(waiting);
        self.changed.notify_one();
    }

    /// The next order; waits until there is one.
    pub(super) async fn next(&self) -> StorageOrder {
        loop {
            let next = self.lock().pop_front();
            match next {
                Some(order) => return order,
                None => self.changed.notified().await,
            }
        }
    }

    /// A queue has no state that a panic elsewhere could leave half changed.
    fn lock(&self) -> MutexGuard<'_, VecDeque<StorageOrder>> {
        self.waiting.lock().unwrap_or_else(PoisonError::into_inner)
    }
}
