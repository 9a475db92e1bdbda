//! A viewer of a storage session: it is offered a connection whenever it joins, and answers.

use crate::error::Error;
use crate::session::answering::{Offer, Party};
use crate::session::io::Event;
use crate::time::Now;

use super::attempt::{Attempt, Phase};
use super::messages::CONNECT_TIMEOUT;
use super::{Media, State, Viewer};

/// Offers that are taken in ten seconds at the most: each costs a peer connection.
const MAX_OFFERS: usize = 5;

impl Viewer {
    /// The newest offer counts.
    pub(super) fn on_offer(&mut self, sdp: &str, now: Now) {
        let State::Running(run) = &mut self.state else { return };
        if run.doorman.is_flood(&Party::Storage, MAX_OFFERS, now.mono) {
            let message = "an offer was dropped: its sender makes too many";
            return self.dropped("tooManyOffers", message);
        }
        if !matches!(run.peer.phase, Phase::Awaiting { offer: None }) {
            self.begin_anew(Attempt::Later);
        }
        let sdp = self.link.accepted(sdp, &mut self.outputs);
        let State::Running(run) = &mut self.state else { return };
        let offer = Some(Offer { sdp, candidates: Vec::new() });
        run.peer.phase = Phase::Awaiting { offer };
        self.link.renew_turn(now, &mut self.outputs);
        self.answer_when_ready(now);
    }

    /// Answers the offer that is there, once it is settled whether there are TURN servers.
    pub(super) fn answer_when_ready(&mut self, now: Now) {
        let State::Running(run) = &mut self.state else { return };
        let Phase::Awaiting { offer } = &mut run.peer.phase else { return };
        let Some(servers) = self.link.settled_servers() else { return };
        let Some(offer) = offer.take() else { return };
        run.peer.phase = Phase::Connecting { until: now.mono + CONNECT_TIMEOUT };
        let config = self.link.options().answering(servers);
        offer.answer(run.peer.id, config, run.media == Media::Open, &mut self.outputs);
    }

    /// A task failed that somebody waits for. After an offer these are the TURN servers, which may be
    /// done without.
    pub(super) fn on_failed(&mut self, error: Error, now: Now) {
        if !self.may_be_offered_another() || !self.was_offered_one() {
            return self.fail(error, now);
        }
        self.link.give_up_turn();
        if self.link.options().nat_traversal.needs_turn() {
            return self.fail_try(error, now);
        }
        self.emit(Event::Error(error, None));
        self.answer_when_ready(now);
    }

    /// A try has failed. A storage session that is joined again makes another offer.
    pub(super) fn fail_try(&mut self, error: Error, now: Now) {
        if !self.may_be_offered_another() {
            return self.fail(error, now);
        }
        self.emit(Event::Error(error, None));
        self.await_offer();
    }

    pub(super) fn may_be_offered_another(&self) -> bool {
        self.link.options().ingestion && self.link.is_open()
    }

    fn was_offered_one(&self) -> bool {
        let State::Running(run) = &self.state else { return false };
        run.peer.attempt != Attempt::First
            || !matches!(run.peer.phase, Phase::Awaiting { offer: None })
    }

    pub(super) fn await_offer(&mut self) {
        self.link.forget(None);
        self.begin_anew(Attempt::Later);
    }
}
