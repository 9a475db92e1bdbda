//! What a session does with media: camera and microphone, the streams of its peer connections.

use std::rc::Rc;

use wasm_bindgen_futures::spawn_local;
use web_sys::{MediaStream, RtcPeerConnection};

use super::Driver;
use crate::session::{Input, PeerConfig, PeerId, PeerInput, Session};
use crate::web::media::{LocalMedia, same_stream};
use crate::web::peer::Peer;

#[derive(Default)]
pub(super) struct Media {
    pub(super) open: Option<LocalMedia>,
    /// Counts openings and closings, so that a camera that opens too late is let go of at once.
    pub(super) turn: u32,
}

impl Driver {
    pub(crate) fn local_stream(&self) -> Option<MediaStream> {
        self.media.borrow().open.as_ref().map(|media| same_stream(media.stream()))
    }

    pub(crate) fn connection(&self, client_id: Option<&str>) -> Option<RtcPeerConnection> {
        let id = self.session.borrow().peer(client_id)?;
        self.connection_of(id)
    }

    pub(crate) fn remote_stream(&self, client_id: Option<&str>) -> Option<MediaStream> {
        let id = self.session.borrow().peer(client_id)?;
        self.stream_of(id)
    }

    pub(crate) fn connection_of(&self, id: PeerId) -> Option<RtcPeerConnection> {
        self.peer(id).map(|peer| peer.connection().clone())
    }

    pub(crate) fn stream_of(&self, id: PeerId) -> Option<MediaStream> {
        self.peer(id).map(|peer| same_stream(peer.remote_stream()))
    }

    pub(super) fn open_media(self: &Rc<Self>) {
        let turn = {
            let mut media = self.media.borrow_mut();
            media.turn = media.turn.wrapping_add(1);
            media.turn
        };
        let (driver, constraints) = (Rc::downgrade(self), self.setup.media.constraints.clone());
        spawn_local(async move {
            let opened = LocalMedia::open(constraints).await;
            let Some(driver) = driver.upgrade() else { return };
            if driver.media.borrow().turn != turn {
                return;
            }
            let result = opened.map(|media| driver.media.borrow_mut().open = Some(media));
            driver.handle(Input::Media(result));
        });
    }

    pub(super) fn create_peer(self: &Rc<Self>, id: PeerId, config: PeerConfig) {
        let driver = Rc::downgrade(self);
        let told = move |input| {
            if let Some(driver) = driver.upgrade() {
                driver.handle(Input::Peer(id, input));
            }
        };
        match Peer::new(config, self.setup.media.degradation.clone(), told) {
            Ok(peer) => self.peers.borrow_mut().push((id, peer)),
            Err(error) => self.handle(Input::Peer(id, PeerInput::Failed(error))),
        }
    }
}
