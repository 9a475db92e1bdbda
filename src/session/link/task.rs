//! What the graph of a start-up is made of.

use crate::error::Error;
use crate::ids::{ClientId, Role};
use crate::rest::Response;
use crate::rest::retry::Retry;
use crate::session::io::CallId;
use crate::time::Millis;

/// Who connects.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(in crate::session) enum Identity {
    Master,
    Viewer(ClientId),
}

impl Identity {
    pub(super) const fn role(&self) -> Role {
        match self {
            Self::Master => Role::Master,
            Self::Viewer(_) => Role::Viewer,
        }
    }

    pub(super) const fn client_id(&self) -> Option<&ClientId> {
        match self {
            Self::Master => None,
            Self::Viewer(id) => Some(id),
        }
    }
}

/// What went wrong with a task.
#[derive(Debug)]
pub(super) enum Trouble {
    /// The session cannot go on.
    Fatal(Error),
    /// There are no TURN servers; whether it can do without is for the role to say.
    NoTurn(Error),
}

/// One node of the graph.
#[derive(Debug)]
pub(super) enum Task<T> {
    /// It can begin as soon as what it needs is there; tried so often before.
    Waiting {
        tries: u32,
    },
    Running {
        call: CallId,
        until: Millis,
        tries: u32,
    },
    /// It failed in a way that passes, and is tried again then.
    Later {
        at: Millis,
        tries: u32,
    },
    Done(T),
}

impl<T> Task<T> {
    pub(super) const NEW: Self = Self::Waiting { tries: 0 };

    pub(super) const fn done(&self) -> Option<&T> {
        match self {
            Self::Done(value) => Some(value),
            Self::Waiting { .. } | Self::Running { .. } | Self::Later { .. } => None,
        }
    }

    pub(super) const fn is_waiting(&self) -> bool {
        matches!(self, Self::Waiting { .. })
    }

    pub(super) fn is_call(&self, asked: CallId) -> bool {
        matches!(self, Self::Running { call, .. } if *call == asked)
    }

    /// It begins.
    pub(super) fn run(&mut self, call: CallId, until: Millis) {
        *self = Self::Running { call, until, tries: self.tries() };
    }

    pub(super) const fn tries(&self) -> u32 {
        match self {
            Self::Waiting { tries } | Self::Running { tries, .. } | Self::Later { tries, .. } => {
                *tries
            }
            Self::Done(_) => 0,
        }
    }

    /// When to look at it again.
    pub(super) const fn until(&self) -> Option<Millis> {
        match self {
            Self::Running { until, .. } => Some(*until),
            Self::Later { at, .. } => Some(*at),
            Self::Waiting { .. } | Self::Done(_) => None,
        }
    }

    /// Whether it has run for too long.
    pub(super) fn is_late(&self, now: Millis) -> bool {
        matches!(self, Self::Running { until, .. } if now >= *until)
    }

    /// Its time to be tried again may have come.
    pub(super) fn wake(&mut self, now: Millis) {
        if let Self::Later { at, tries } = *self
            && now >= at
        {
            *self = Self::Waiting { tries };
        }
    }

    /// Puts it off where its answer is of a kind that passes; whether it did.
    pub(super) fn put_off(
        &mut self,
        result: &Result<Response, Error>,
        random: u64,
        now: Millis,
    ) -> bool {
        const MOST_TRIES: u32 = 3;
        let retry = match result {
            Ok(response) => Retry::of_response(response),
            Err(error) => Retry::of_error(error),
        };
        let tries = self.tries() + 1;
        match retry.delay(tries - 1, random) {
            Some(wait) if tries < MOST_TRIES => {
                *self = Self::Later { at: now + wait, tries };
                true
            }
            _ => false,
        }
    }
}
