//! What a viewer does before its start, so that the start has less to wait for.

use crate::error::Error;
use crate::session::io::{Output, Session};
use crate::session::link::{Identity, LinkEvent};
use crate::time::Now;

use super::Viewer;

/// What `prepare()` asks for; only while there is no run.
#[derive(Debug, PartialEq, Eq)]
pub(super) enum Preparation {
    None,
    UnderWay,
}

impl Viewer {
    /// Asks for what can be asked for before the start; a session that is started has all of it.
    pub(super) fn prepare(&mut self, random: u64, now: Now) {
        if self.check_start().is_err() {
            return self.outputs.push_back(Output::Prepared(Ok(())));
        }
        if self.preparation == Preparation::UnderWay {
            return;
        }
        match self.viewer_options.client_id.first(random) {
            Ok(id) => {
                self.preparation = Preparation::UnderWay;
                self.link.prepare(Identity::Viewer(id), random, now, &mut self.outputs);
                self.on_preparing(Vec::new(), now);
            }
            Err(error) => self.outputs.push_back(Output::Prepared(Err(error))),
        }
    }

    /// What the link tells before there is a run.
    pub(super) fn on_preparing(&mut self, events: Vec<LinkEvent>, now: Now) {
        let needs_turn = self.link.options().nat_traversal.needs_turn();
        let failed = events.into_iter().find_map(|event| match event {
            LinkEvent::Failed(error) => Some(error),
            LinkEvent::NoTurn(error) if needs_turn => Some(error),
            _ => None,
        });
        if failed.is_some() || self.link.is_prepared() {
            self.link.end(now, &mut self.outputs);
            self.prepared(failed.map_or(Ok(()), Err));
        }
    }

    pub(super) fn prepared(&mut self, result: Result<(), Error>) {
        self.preparation = Preparation::None;
        self.outputs.push_back(Output::Prepared(result));
    }
}
