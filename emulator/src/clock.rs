//! The emulator's wall clock, which can be set wrong on purpose.

use std::{
    sync::atomic::{AtomicI64, Ordering},
    time::{Duration, Instant, SystemTime, UNIX_EPOCH},
};

use kvs_hub::UnixMillis;

/// How long ago that was, in milliseconds.
pub(crate) fn millis_since(start: Instant) -> u64 {
    u64::try_from(start.elapsed().as_millis()).unwrap_or(u64::MAX)
}

/// The machine's clock, and how far ours is ahead of it.
#[derive(Debug, Default)]
pub(crate) struct Clock {
    skew_millis: AtomicI64,
}

impl Clock {
    /// What time it is here.
    pub(crate) fn now(&self) -> SystemTime {
        let (now, skew) = (SystemTime::now(), self.skew_millis.load(Ordering::Relaxed));
        let by = Duration::from_millis(skew.unsigned_abs());
        let set = if skew < 0 { now.checked_sub(by) } else { now.checked_add(by) };
        // Dates before 1970 are none that a client could be told.
        set.unwrap_or(now).max(UNIX_EPOCH)
    }

    /// The same in milliseconds since 1970.
    pub(crate) fn unix(&self) -> UnixMillis {
        let since = self.now().duration_since(UNIX_EPOCH).unwrap_or_default();
        UnixMillis(u64::try_from(since.as_millis()).unwrap_or(u64::MAX))
    }

    /// Sets how far it is ahead, in milliseconds; behind where negative.
    pub(crate) fn set_skew(&self, millis: i64) {
        self.skew_millis.store(millis, Ordering::Relaxed);
    }

    /// How far it is ahead, in milliseconds.
    pub(crate) fn skew(&self) -> i64 {
        self.skew_millis.load(Ordering::Relaxed)
    }
}
