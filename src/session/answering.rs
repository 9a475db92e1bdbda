//! Whom a session answers, and how.

use std::collections::VecDeque;

use super::io::{Output, PeerConfig, PeerId};
use super::options::Options;
use crate::ice::{Candidate, IceServer};
use crate::ids::ClientId;

/// Who has made an offer.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) enum Party {
    /// The service itself, which stores what a master sends and shows it to viewers.
    Storage,
    /// A viewer of the master.
    Viewer(ClientId),
}

impl Party {
    /// Who a message is from. On the wire a storage session has no name.
    pub(super) fn of(sender: Option<ClientId>) -> Self {
        sender.map_or(Self::Storage, Self::Viewer)
    }

    /// What names it on the wire, and in what a person is told.
    pub(super) const fn client_id(&self) -> Option<&ClientId> {
        match self {
            Self::Storage => None,
            Self::Viewer(id) => Some(id),
        }
    }
}

/// An offer and the candidates that came after it.
#[derive(Debug)]
pub(super) struct Offer {
    pub(super) sdp: String,
    pub(super) candidates: Vec<Candidate>,
}

impl Offer {
    /// Makes a connection that answers; with `media` it sends what is open already.
    pub(super) fn answer(
        self,
        id: PeerId,
        config: PeerConfig,
        media: bool,
        outputs: &mut VecDeque<Output>,
    ) {
        outputs.push_back(Output::CreatePeer(id, config));
        if media {
            outputs.push_back(Output::AttachMedia(id));
        }
        outputs.push_back(Output::Answer(id, self.sdp));
        for candidate in self.candidates {
            outputs.push_back(Output::AddCandidate(id, candidate));
        }
    }
}

impl Options {
    /// How a connection is made that answers.
    pub(super) fn answering(&self, ice_servers: Vec<IceServer>) -> PeerConfig {
        PeerConfig {
            ice_servers,
            relay_only: self.nat_traversal.needs_turn(),
            offers: false,
            data_channel: false,
            send_video: self.media.video,
            send_audio: self.media.audio,
        }
    }
}
