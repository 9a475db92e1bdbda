//! Who is in one channel's storage session, and what of one goes to the others, without I/O.

use std::{collections::VecDeque, net::SocketAddr, sync::Arc, time::Instant};

use kvs_hub::{Asker, MessageType, RoleName, ServiceError, StoragePeerId};
use str0m::{
    Input,
    config::CryptoProvider,
    media::{MediaData, MediaKind},
    net::{Receive, Transmit},
};

use super::{
    figures::Figures,
    peer::{Happening, PROTOCOL, Peer},
    words,
};

/// What a room is told.
#[derive(Debug)]
pub(super) enum Order {
    /// Somebody joins.
    Join { peer: StoragePeerId, role: RoleName, figures: Arc<Figures> },
    /// A peer answers, or tells a candidate.
    Message { peer: StoragePeerId, payload: String, asker: Asker },
    /// A peer is no more.
    Leave(StoragePeerId),
}

/// What a room has to say.
pub(super) enum Word {
    /// Send this datagram.
    Transmit(Transmit),
    /// Tell this peer something.
    Says(StoragePeerId, MessageType, String),
    /// Tell who sent it that a message was not taken.
    Refuses(Asker, ServiceError),
    /// Media can flow between a peer and the room.
    Connected(StoragePeerId),
    /// A peer is no more.
    Left(StoragePeerId),
}

/// One channel's storage session.
pub(super) struct Room {
    /// Where peers are told that it is.
    address: SocketAddr,
    crypto: Arc<CryptoProvider>,
    peers: Vec<Peer>,
    words: VecDeque<Word>,
}

impl Room {
    pub(super) const fn new(address: SocketAddr, crypto: Arc<CryptoProvider>) -> Self {
        Self { address, crypto, peers: Vec::new(), words: VecDeque::new() }
    }

    /// Carries out an order. Afterwards drain [`Room::poll`].
    pub(super) fn order(&mut self, order: Order, now: Instant) {
        match order {
            Order::Join { peer, role, figures } => self.join(peer, role, figures, now),
            Order::Message { peer, payload, asker } => self.message(peer, &payload, asker),
            Order::Leave(id) => {
                if let Some(peer) = self.peer(id) {
                    peer.close();
                }
                self.settle(now);
                self.peers.retain(|peer| peer.id != id);
            }
        }
        self.settle(now);
    }

    /// Takes in a datagram. Afterwards drain [`Room::poll`].
    pub(super) fn receive(&mut self, source: SocketAddr, datagram: &[u8], now: Instant) {
        // What is none of WebRTC's protocols is nobody's.
        let Ok(receive) = Receive::new(PROTOCOL, source, self.address, datagram) else { return };
        let input = Input::Receive(now, receive);
        if let Some(peer) = self.peers.iter_mut().find(|peer| peer.accepts(&input)) {
            peer.take(input);
            self.settle(now);
        }
    }

    /// Time has passed. Afterwards drain [`Room::poll`].
    pub(super) fn tick(&mut self, now: Instant) {
        for peer in self.peers.iter_mut().filter(|peer| peer.due <= now) {
            peer.take(Input::Timeout(now));
        }
        self.settle(now);
    }

    /// Says goodbye to everybody. Afterwards drain [`Room::poll`].
    pub(super) fn close(&mut self, now: Instant) {
        self.peers.iter_mut().for_each(Peer::close);
        self.settle(now);
    }

    /// The next thing to do; `None` when all is done.
    pub(super) fn poll(&mut self) -> Option<Word> {
        self.words.pop_front()
    }

    /// When to call [`Room::tick`] at the latest, if nothing else happens before.
    pub(super) fn poll_timeout(&self) -> Option<Instant> {
        self.peers.iter().map(|peer| peer.due).min()
    }

    fn peer(&mut self, id: StoragePeerId) -> Option<&mut Peer> {
        self.peers.iter_mut().find(|peer| peer.id == id)
    }

    fn join(&mut self, id: StoragePeerId, role: RoleName, figures: Arc<Figures>, now: Instant) {
        let Some((peer, opening)) = Peer::new(id, role, self.address, &self.crypto, figures, now)
        else {
            tracing::warn!(peer = %id, "there is nothing to offer");
            return self.words.push_back(Word::Left(id));
        };
        self.peers.push(peer);
        let candidate = words::candidate(&opening.candidate);
        for (kind, payload) in [
            (MessageType::SdpOffer, words::offer(&opening.sdp)),
            (MessageType::IceCandidate, candidate),
        ] {
            self.words.push_back(Word::Says(id, kind, payload));
        }
    }

    /// Takes an answer or a candidate. A bad candidate is the end of nothing.
    fn message(&mut self, id: StoragePeerId, payload: &str, asker: Asker) {
        let Some(peer) = self.peer(id) else { return };
        let taken = match asker.kind() {
            MessageType::IceCandidate => {
                words::read_candidate(payload).map(|line| peer.candidate(&line))
            }
            MessageType::SdpAnswer | MessageType::SdpOffer => {
                peer.answer(words::read_answer(payload))
            }
        };
        if let Err(error) = taken {
            self.words.push_back(Word::Refuses(asker, error));
        }
    }

    /// Lets everything happen that follows from what has happened.
    fn settle(&mut self, now: Instant) {
        loop {
            let mut consequences = Vec::new();
            for peer in &mut self.peers {
                while let Some(happening) = peer.poll(now) {
                    match happening {
                        Happening::Transmit(it) => self.words.push_back(Word::Transmit(it)),
                        Happening::Connected => {
                            self.words.push_back(Word::Connected(peer.id));
                            if peer.role == RoleName::Viewer {
                                consequences.push(Consequence::Picture);
                            }
                        }
                        Happening::WantsPicture => consequences.push(Consequence::Picture),
                        Happening::Frame(frame) if peer.role == RoleName::Master => {
                            let kind = peer.kind_of(&frame);
                            consequences.push(Consequence::Forward(peer.id, kind, frame));
                        }
                        // What viewers say is heard by nobody.
                        Happening::Frame(_) => {}
                        Happening::Gone => {
                            consequences.push(Consequence::Gone(peer.id));
                            break;
                        }
                    }
                }
            }
            if consequences.is_empty() {
                return;
            }
            for consequence in consequences {
                self.follow(consequence);
            }
        }
    }

    fn follow(&mut self, consequence: Consequence) {
        let of = |role| move |peer: &&mut Peer| peer.role == role;
        match consequence {
            Consequence::Forward(master, kind, frame) => {
                for viewer in self.peers.iter_mut().filter(of(RoleName::Viewer)) {
                    viewer.forward(master, kind, &frame);
                }
            }
            Consequence::Picture => {
                for master in self.peers.iter_mut().filter(of(RoleName::Master)) {
                    master.ask_for_picture();
                }
            }
            Consequence::Gone(id) => {
                self.peers.retain(|peer| peer.id != id);
                self.words.push_back(Word::Left(id));
            }
        }
    }
}

/// What follows at others from what has happened at one.
enum Consequence {
    /// Viewers are sent a frame of this master.
    Forward(StoragePeerId, MediaKind, Box<MediaData>),
    /// The master is asked for a whole picture.
    Picture,
    /// The peer is forgotten.
    Gone(StoragePeerId),
}
