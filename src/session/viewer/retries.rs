//! What a viewer tries again: an offer that nobody answers, a path that needed TURN, another id.

use crate::error::{Code, Error};
use crate::session::io::{Event, Output};
use crate::session::link::Identity;
use crate::time::Now;

use super::attempt::{Attempt, Phase, Servers};
use super::{Start, State, TURN_PATIENCE, Viewer};

impl Viewer {
    /// A start whose first try had to go without TURN gets a second one with it.
    pub(super) fn on_unreachable(&mut self, now: Now) {
        let State::Running(run) = &self.state else { return };
        let lacked_turn = run.peer.servers == Servers::WithoutTurn && self.link.has_turn(now);
        if run.start == Start::Pending && lacked_turn && self.link.is_open() {
            return self.try_again(Attempt::Contested, now);
        }
        let message = "no network path to the other side was found, or it was lost";
        self.fail_try(Error::new(Code::PeerUnreachable, message), now);
    }

    /// Makes the offer anew, on a new connection with today's servers.
    fn try_again(&mut self, attempt: Attempt, now: Now) {
        self.begin_anew(attempt);
        let State::Running(run) = &mut self.state else { return };
        // What the master said to the old connection means nothing to the new one.
        self.link.forget(None);
        if self.link.is_open() && !self.link.options().nat_traversal.needs_turn() {
            run.peer.phase = Phase::Preparing { offer_by: Some(now.mono + TURN_PATIENCE) };
        }
        self.link.renew_turn(now, &mut self.outputs);
        self.offer_when_ready(now);
    }

    /// What there is of a connection makes room for another try.
    pub(super) fn begin_anew(&mut self, attempt: Attempt) {
        let peer = self.create_peer(attempt);
        let State::Running(run) = &mut self.state else { return };
        let old = std::mem::replace(&mut run.peer, peer);
        if old.has_connection() {
            self.outputs.push_back(Output::ClosePeer(old.id));
        }
        self.attach_media();
    }

    /// Nobody has answered yet: says it once more. TURN servers that are too old by now, or that
    /// came too late for this offer, ask for another one.
    pub(super) fn repeat_offer(&mut self, now: Now) {
        let State::Running(run) = &mut self.state else { return };
        let uses_turn = self.link.options().nat_traversal.uses_turn();
        let lacks_turn = run.peer.servers == Servers::WithoutTurn;
        if run.peer.attempt == Attempt::Contested {
            self.take_another_id(now);
        } else if uses_turn && lacks_turn == self.link.has_turn(now) {
            return self.try_again(Attempt::Later, now);
        }
        let State::Running(run) = &mut self.state else { return };
        run.peer.outbox.rewind();
        self.flush(now);
    }

    /// The master does not answer an id whose last connection it may still hold: the offer is made
    /// under another one, where the options leave that open, on a socket of its own.
    fn take_another_id(&mut self, now: Now) {
        let State::Running(run) = &mut self.state else { return };
        run.peer.attempt = Attempt::Later;
        let next = self.viewer_options.client_id.next(self.link.random());
        let Some(id) = next.ok().filter(|id| *id != run.client_id) else { return };
        run.client_id = id.clone();
        run.peer.phase = Phase::Offering { again_at: None };
        self.link.connect_as(Identity::Viewer(id.clone()), now, &mut self.outputs);
        self.emit(Event::ClientId(id));
    }
}
