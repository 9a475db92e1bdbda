//! The times of several masters, one after the other, as one time that goes on: a viewer's player
//! drops what is from long ago and waits for what is to come.

use std::time::Instant;

use str0m::media::MediaTime;

/// The time of one kind of media as a viewer is told it. A master is known by an id of type `M`.
#[derive(Debug)]
pub(super) struct Timeline<M>(Option<Stretch<M>>);

/// What comes of one master.
#[derive(Debug)]
struct Stretch<M> {
    master: M,
    /// The master's time at its first frame, and the viewer's.
    first: MediaTime,
    begin: MediaTime,
    /// The viewer's time at the last frame, and when that was.
    last: MediaTime,
    at: Instant,
}

impl<M: PartialEq> Timeline<M> {
    /// Of no master yet.
    pub(super) const fn new() -> Self {
        Self(None)
    }

    /// The viewer's time of a frame that this master sent at `time`, and which came at `at`.
    pub(super) fn place(&mut self, master: M, time: MediaTime, at: Instant) -> MediaTime {
        let stretch = match self.0.take() {
            Some(stretch) if stretch.master == master => stretch,
            // It goes on where it would be by now.
            Some(old) => {
                let passed = at.saturating_duration_since(old.at);
                let begin = old.last + MediaTime::from(passed).rebase(time.frequency());
                Stretch { master, first: time, begin, last: begin, at }
            }
            None => Stretch { master, first: time, begin: time, last: time, at },
        };
        let last = stretch.begin + time.saturating_sub(stretch.first);
        self.0 = Some(Stretch { last, at, ..stretch });
        last
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use std::time::Duration;

    #[test]
    fn a_new_masters_time_goes_on_from_the_old_ones() {
        let (mut timeline, start) = (Timeline::new(), Instant::now());
        let mut place = |master: u8, seconds: u64, after| {
            let time = MediaTime::from_90khz(seconds * 90_000);
            timeline.place(master, time, start + Duration::from_secs(after))
        };
        let seconds = [50, 51].map(MediaTime::from_secs);
        assert_eq!([place(1, 50, 0), place(1, 51, 1)], seconds);
        let seconds = [53, 54].map(MediaTime::from_secs);
        assert_eq!([place(2, 7, 3), place(2, 8, 4)], seconds);
    }
}
