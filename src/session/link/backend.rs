//! The start-up of a session whose application has a back end: one question instead of four.

use crate::bundle::{BackendRequest, Bundle, Need};
use crate::error::{Code, Error};
use crate::ice::TurnServers;
use crate::session::io::{CallId, Output};
use crate::time::Now;

use super::startup::{CREDENTIALS_TIMEOUT, Socket, Startup};
use super::task::{Identity, Task, Trouble};

/// How long TURN servers are used whose life time the back end does not tell: the service's.
const DEFAULT_TTL_SECONDS: u32 = 300;

impl Startup {
    /// Asks the back end for what is not there yet.
    pub(super) fn ask_backend(&mut self, identity: &Identity, now: Now) -> Vec<Output> {
        let need = if self.socket == Socket::Wanted && self.signed_url.is_none() {
            Need::Connect
        } else if self.turn.is_waiting() {
            Need::Ice
        } else {
            return Vec::new();
        };
        if !self.bundle.is_waiting() {
            return Vec::new();
        }
        let call = self.next_call();
        self.bundle.run(call, now.mono + CREDENTIALS_TIMEOUT);
        let request = BackendRequest {
            role: identity.role(),
            client_id: identity.client_id().cloned(),
            need,
            reason: self.reason,
        };
        vec![Output::AskBackend(call, request)]
    }

    /// The back end answered, or failed.
    pub(super) fn bundle(
        &mut self,
        call: CallId,
        result: Result<Bundle, Error>,
        now: Now,
    ) -> Result<(), Trouble> {
        if !self.bundle.is_call(call) {
            return Ok(());
        }
        let bundle = match result.and_then(Bundle::checked) {
            Ok(bundle) => bundle,
            Err(error) => return self.bundle_failed(error),
        };
        if self.socket == Socket::Wanted {
            let Some(url) = bundle.signed_url else {
                let message = "session() gave no signedUrl, which was needed to connect";
                return self.bundle_failed(Error::new(Code::CallerSessionFailed, message));
            };
            self.signed_url = Some(url);
        }
        self.bundle = Task::Done(());
        if self.turn.is_waiting() {
            let seconds = bundle.ice_ttl_seconds.unwrap_or(DEFAULT_TTL_SECONDS);
            let (filter, random) = (self.options.turn, self.random.next());
            let servers = TurnServers::of(bundle.ice_servers, seconds, filter, random, now);
            let usable = servers.are_usable(now);
            self.turn = Task::Done(usable.then_some(servers));
            if !usable && self.options.nat_traversal.needs_turn() {
                let message = "session() gave no TURN server that can be used";
                let error = Error::new(Code::CallerSessionFailed, message);
                return Err(Trouble::NoTurn(error));
            }
        }
        Ok(())
    }

    /// Without the back end there is no socket; for TURN alone others decide.
    pub(super) fn bundle_failed(&mut self, error: Error) -> Result<(), Trouble> {
        self.bundle = Task::Done(());
        if self.socket == Socket::Wanted {
            self.bundle = Task::NEW;
            return Err(Trouble::Fatal(error));
        }
        self.turn = Task::Done(None);
        Err(Trouble::NoTurn(error))
    }
}
