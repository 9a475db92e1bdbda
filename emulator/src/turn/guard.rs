//! Decides what the library gets to see. It relays for everybody who has a password, to anybody,
//! answers some errors by silence and others by the wrong code; what the service does about that
//! is done here, before and after it.

use std::{
    net::{IpAddr, SocketAddr},
    sync::{
        Arc, Mutex, MutexGuard, PoisonError,
        atomic::{AtomicBool, Ordering},
    },
    time::Instant,
};

use ipnet::Ipv4Net;
use medea_turn::{
    attr::{
        Attribute, ChannelNumber, ErrorCode, Lifetime, MessageIntegrity, Nonce, Realm, Username,
    },
    transport::Request,
};
use secrecy::ExposeSecret as _;
use stun_codec::{
    Message, MessageClass, Method, TransactionId,
    rfc5389::{
        errors::{BadRequest, StaleNonce, Unauthorized},
        methods::BINDING,
    },
    rfc5766::{
        errors::{
            AllocationMismatch, AllocationQuotaReached, InsufficientCapacity, WrongCredentials,
        },
        methods::{ALLOCATE, CHANNEL_BIND, CREATE_PERMISSION, REFRESH, SEND},
    },
};

use super::{
    REALM,
    allocations::{Allocations, ClientAddr, Full},
    nonces::Nonces,
    options::RefreshAfterExpiry,
    server::RELAY_PORTS,
};
use crate::{
    clock::Clock,
    turn_credentials::{Standing, TurnCredentials, When},
};

/// What coturn says, and the service with it, for a peer that it does not relay to.
const FORBIDDEN: (u16, &str) = (403, "Forbidden IP");

type StunMessage = Message<Attribute>;

/// What holds for all transports of a server.
pub(super) struct Rules {
    pub(super) clock: Arc<Clock>,
    pub(super) credentials: TurnCredentials,
    pub(super) networks: Vec<Ipv4Net>,
    pub(super) refresh_after_expiry: RefreshAfterExpiry,
    pub(super) dead_stun: AtomicBool,
    pub(super) dead_turn: AtomicBool,
    pub(super) allocations: Mutex<Allocations>,
}

/// Guards one transport.
pub(super) struct Guard {
    rules: Arc<Rules>,
    /// The transport's protocol number.
    protocol: u8,
    nonces: Mutex<Nonces>,
}

/// What becomes of a request.
pub(super) enum Verdict {
    /// The library is to carry it out.
    Pass(Request),
    /// This is the answer.
    Answer(Box<StunMessage>),
    /// There is none.
    Silence,
}

/// What proves who a request is from.
struct Proof<'a> {
    username: &'a Username,
    realm: &'a Realm,
}

impl Rules {
    pub(super) fn dead_turn(&self) -> bool {
        self.dead_turn.load(Ordering::Relaxed)
    }

    pub(super) fn dead_stun(&self) -> bool {
        self.dead_stun.load(Ordering::Relaxed)
    }

    fn allocations(&self) -> MutexGuard<'_, Allocations> {
        self.allocations.lock().unwrap_or_else(PoisonError::into_inner)
    }

    /// Whether what this client sends may go to this peer. Relays are IPv4 only, and the library
    /// refuses other peers for their family.
    fn allows(&self, peer: SocketAddr, client: SocketAddr) -> bool {
        let IpAddr::V4(ip) = peer.ip() else { return true };
        // What listens on this machine for this machine alone is not there for others; relays are,
        // where their loopback address is the one that everybody is told.
        let is_within = ip.is_loopback() && !client.ip().is_loopback();
        let is_reachable = !is_within || RELAY_PORTS.contains(&peer.port());
        is_reachable && self.networks.iter().any(|network| network.contains(&ip))
    }
}

impl Guard {
    pub(super) fn new(rules: Arc<Rules>, protocol: u8) -> Self {
        Self { rules, protocol, nonces: Mutex::default() }
    }

    pub(super) fn rules(&self) -> &Rules {
        &self.rules
    }

    /// Whether this client has a relay.
    pub(super) fn relays(&self, client: SocketAddr) -> bool {
        self.rules.allocations().owner(self.addr(client), Instant::now()).is_some()
    }

    /// What becomes of a request. The library has answered the one before it: it carries them
    /// out one after the other.
    pub(super) fn judge(&self, request: Request, from: SocketAddr) -> Verdict {
        let Request::Message(message) = &request else {
            // Channels are bound to allowed peers only.
            return if self.rules.dead_turn() { Verdict::Silence } else { Verdict::Pass(request) };
        };
        match (message.method(), message.class()) {
            (BINDING, MessageClass::Request) if !self.rules.dead_stun() => Verdict::Pass(request),
            (BINDING, _) => Verdict::Silence,
            _ if self.rules.dead_turn() => Verdict::Silence,
            (SEND, MessageClass::Indication)
                if peers(message).all(|peer| self.rules.allows(peer, from)) =>
            {
                Verdict::Pass(request)
            }
            (ALLOCATE | REFRESH | CREATE_PERMISSION | CHANNEL_BIND, MessageClass::Request) => {
                self.authenticate(message, from).unwrap_or(Verdict::Pass(request))
            }
            // The library would make a nonce for it, and remember that.
            (_, MessageClass::Request) => Verdict::Answer(Box::new(error(message, BadRequest))),
            _ => Verdict::Silence,
        }
    }

    /// `None` where the library is to carry it out.
    fn authenticate(&self, message: &StunMessage, from: SocketAddr) -> Option<Verdict> {
        let now = Instant::now();
        let Some(integrity) = message.get_attribute::<MessageIntegrity>() else {
            return self.challenge(message, Unauthorized, now);
        };
        let (Some(username), Some(realm), Some(nonce)) = (
            message.get_attribute::<Username>(),
            message.get_attribute::<Realm>(),
            message.get_attribute::<Nonce>(),
        ) else {
            return Some(Verdict::Answer(Box::new(error(message, BadRequest))));
        };
        if !self.nonces().knows(nonce.value(), now) {
            return self.challenge(message, StaleNonce, now);
        }
        let when = When { time: self.rules.clock.now(), instant: now };
        let standing = self.rules.credentials.check(username.name(), from, when, |password| {
            let password = password.expose_secret();
            integrity.check_long_term_credential(username, realm, password).is_ok()
        });
        let Some(standing) = standing else {
            tracing::info!(%from, "TURN refused: a wrong password, or a user name that has expired");
            return Some(self.unauthorized(message, now));
        };
        let proof = Proof { username, realm };
        if message.method() == ALLOCATE {
            self.allocate(message, from, &proof, standing, now)
        } else {
            self.use_allocation(message, from, &proof, standing, now)
        }
    }

    fn allocate(
        &self,
        message: &StunMessage,
        from: SocketAddr,
        proof: &Proof<'_>,
        standing: Standing,
        now: Instant,
    ) -> Option<Verdict> {
        if standing == Standing::Expired {
            tracing::info!(%from, "TURN refused: the user name has expired");
            return Some(self.unauthorized(message, now));
        }
        let mut allocations = self.rules.allocations();
        if allocations.owner(self.addr(from), now).is_some() {
            // It says so itself.
            return None;
        }
        let full = allocations.reserve(self.addr(from), proof.username.name(), now).err()?;
        drop(allocations);
        tracing::info!(%from, "TURN refused: there are too many allocations");
        Some(match full {
            Full::Channel => self.refuse(message, from, proof, AllocationQuotaReached),
            Full::Server => self.refuse(message, from, proof, InsufficientCapacity),
        })
    }

    fn use_allocation(
        &self,
        message: &StunMessage,
        from: SocketAddr,
        proof: &Proof<'_>,
        standing: Standing,
        now: Instant,
    ) -> Option<Verdict> {
        let mut allocations = self.rules.allocations();
        let client = self.addr(from);
        match allocations.owner(client, now) {
            None => return Some(self.refuse(message, from, proof, AllocationMismatch)),
            Some(owner) if owner != proof.username.name() => {
                return Some(self.refuse(message, from, proof, WrongCredentials));
            }
            Some(_) => {}
        }
        if message.method() == REFRESH {
            let ends = message.get_attribute::<Lifetime>().is_some_and(|l| l.lifetime().is_zero());
            let refused = standing == Standing::Expired
                && self.rules.refresh_after_expiry == RefreshAfterExpiry::Refuse
                && !ends;
            return refused.then(|| self.unauthorized(message, now));
        }
        if let Some(peer) = peers(message).find(|peer| !self.rules.allows(*peer, from)) {
            tracing::info!(%from, %peer, "TURN refused: no relays to there; see --relay-to");
            let forbidden = ErrorCode::new(FORBIDDEN.0, FORBIDDEN.1.to_owned()).ok()?;
            return Some(self.refuse(message, from, proof, forbidden));
        }
        let channel = message.get_attribute::<ChannelNumber>().map(|number| number.value());
        let room = allocations.admit(client, peers(message).map(|peer| peer.ip()), channel);
        drop(allocations);
        (!room).then(|| self.refuse(message, from, proof, InsufficientCapacity))
    }

    /// Tells a client by which nonce to ask again; `None` where the library is to make one.
    fn challenge(
        &self,
        message: &StunMessage,
        code: impl Into<ErrorCode>,
        now: Instant,
    ) -> Option<Verdict> {
        let nonces = self.nonces();
        Some(Verdict::Answer(Box::new(challenge(message, code, nonces.offered(now)?)?)))
    }

    /// The answer to who knows a nonce, but no password that is good.
    fn unauthorized(&self, message: &StunMessage, now: Instant) -> Verdict {
        let answer = self.nonces().taken(now).and_then(|it| challenge(message, Unauthorized, it));
        answer.map_or(Verdict::Silence, |answer| Verdict::Answer(Box::new(answer)))
    }

    /// An error for a client that has proved who it is, and is told who says so.
    ///
    /// Source: RFC 8489, section 9.2.4.
    fn refuse(
        &self,
        message: &StunMessage,
        from: SocketAddr,
        proof: &Proof<'_>,
        code: impl Into<ErrorCode>,
    ) -> Verdict {
        let mut answer = error(message, code);
        let password = self.rules.credentials.password_of(proof.username.name(), from);
        if let Some(integrity) = password.and_then(|password| {
            let password = password.expose_secret();
            let (username, realm) = (proof.username, proof.realm);
            MessageIntegrity::new_long_term_credential(&answer, username, realm, password).ok()
        }) {
            answer.add_attribute(integrity);
        }
        Verdict::Answer(Box::new(answer))
    }

    /// Notes what the library answers, or tells a client of its peers; whether it is to arrive.
    pub(super) fn lets_out(&self, message: &StunMessage, to: SocketAddr) -> bool {
        let (client, now) = (self.addr(to), Instant::now());
        match (message.class(), message.method()) {
            (MessageClass::SuccessResponse, ALLOCATE | REFRESH) => {
                if let Some(lifetime) = message.get_attribute::<Lifetime>() {
                    self.rules.allocations().lives(client, lifetime.lifetime(), now);
                }
            }
            (MessageClass::ErrorResponse, method) => {
                if let Some(nonce) = message.get_attribute::<Nonce>() {
                    self.nonces().learn(nonce.value(), now);
                }
                if method == ALLOCATE {
                    self.rules.allocations().refused(client);
                }
            }
            _ => {}
        }
        message.method() == BINDING || !self.rules.dead_turn()
    }

    /// A client is gone for good: what it would have said to end its relay, where it had one.
    pub(super) fn farewell(&self, client: SocketAddr) -> Option<Request> {
        let username = self.rules.allocations().remove(self.addr(client))?;
        let password = self.rules.credentials.password_of(&username, client)?;
        let (username, realm) = (Username::new(username).ok()?, realm()?);
        let nonce = Nonce::new(self.nonces().taken(Instant::now())?.to_owned()).ok()?;
        let mut message = Message::new(MessageClass::Request, REFRESH, TransactionId::new([0; 12]));
        message.add_attribute(Lifetime::from_u32(0));
        message.add_attribute(username.clone());
        message.add_attribute(realm.clone());
        message.add_attribute(nonce);
        let password = password.expose_secret();
        let integrity =
            MessageIntegrity::new_long_term_credential(&message, &username, &realm, password);
        message.add_attribute(integrity.ok()?);
        // As if it had come in: only decoding tells the library what the integrity covers.
        super::frame::decode(&super::frame::encode(message)?).map(Request::Message)
    }

    const fn addr(&self, client: SocketAddr) -> ClientAddr {
        (self.protocol, client)
    }

    fn nonces(&self) -> MutexGuard<'_, Nonces> {
        self.nonces.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

fn peers(message: &StunMessage) -> impl Iterator<Item = SocketAddr> {
    message.attributes().filter_map(|attribute| match attribute {
        Attribute::XorPeerAddress(peer) => Some(peer.address()),
        _ => None,
    })
}

fn realm() -> Option<Realm> {
    Realm::new(REALM.to_owned()).ok()
}

fn error(message: &StunMessage, code: impl Into<ErrorCode>) -> StunMessage {
    let (method, id): (Method, _) = (message.method(), message.transaction_id());
    let mut answer = Message::new(MessageClass::ErrorResponse, method, id);
    answer.add_attribute(code.into());
    answer
}

fn challenge(
    message: &StunMessage,
    code: impl Into<ErrorCode>,
    nonce: &str,
) -> Option<StunMessage> {
    let mut answer = error(message, code);
    answer.add_attribute(Nonce::new(nonce.to_owned()).ok()?);
    answer.add_attribute(realm()?);
    Some(answer)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn others_reach_only_relays_of_what_is_for_this_machine_alone() {
        let rules = Rules {
            clock: Arc::default(),
            credentials: TurnCredentials::new().unwrap(),
            networks: vec!["127.0.0.0/8".parse().unwrap(), "192.0.2.0/24".parse().unwrap()],
            refresh_after_expiry: RefreshAfterExpiry::Accept,
            dead_stun: AtomicBool::new(false),
            dead_turn: AtomicBool::new(false),
            allocations: Mutex::default(),
        };
        for (peer, client, allowed) in [
            ("127.0.0.1:53", "127.0.0.1:9", true),
            ("127.0.0.1:53", "192.0.2.7:9", false),
            ("127.9.9.9:49151", "192.0.2.7:9", false),
            ("127.0.0.1:49152", "192.0.2.7:9", true),
            ("192.0.2.8:53", "192.0.2.7:9", true),
            ("192.0.3.8:53", "192.0.2.7:9", false),
        ] {
            let answer = rules.allows(peer.parse().unwrap(), client.parse().unwrap());
            assert_eq!(answer, allowed, "{peer} {client}");
        }
    }
}
