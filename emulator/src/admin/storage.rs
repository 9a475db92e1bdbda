//! Who is in storage sessions, and what flows.

use axum::response::Response;
use kvs_hub::{RoleName, StorageSnapshot};
use serde::Serialize;

use super::ask::{Ask, Refusal};
use crate::{
    app::App,
    error::json,
    media::{Flow, Seen},
};

/// One peer of a storage session.
#[derive(Serialize)]
#[serde(rename_all = "camelCase")]
pub(super) struct StoragePeer {
    peer_id: String,
    channel: String,
    role: RoleName,
    #[serde(skip_serializing_if = "Option::is_none")]
    client_id: Option<String>,
    state: State,
    /// For how long it has been there, and may stay as things are, in milliseconds of scaled time.
    age_millis: u64,
    left_millis: u64,
    /// What came from it.
    received: Flow,
    /// What went to it.
    sent: Flow,
}

/// How far a peer is.
#[derive(Serialize)]
#[serde(rename_all = "camelCase")]
enum State {
    /// It has been sent an offer.
    Offered,
    /// It has answered.
    Connecting,
    /// Media can flow.
    Connected,
}

/// `GET /storage`.
pub(super) fn peers(app: &App, _: &Ask<'_>) -> Result<Response, Refusal> {
    #[derive(Serialize)]
    struct Peers {
        peers: Vec<StoragePeer>,
    }
    Ok(json(&Peers { peers: peers_of(app) }))
}

/// Everybody, the oldest first.
pub(super) fn peers_of(app: &App) -> Vec<StoragePeer> {
    let peers = app.driver.ask(|hub| hub.storage_peers());
    let describe = |peer: StorageSnapshot| {
        let Seen { answered, received, sent } = app.media.seen(peer.peer);
        StoragePeer {
            peer_id: peer.peer.to_string(),
            channel: peer.channel.as_str().to_owned(),
            role: peer.role.name(),
            client_id: peer.role.client_id().map(|id| id.as_str().to_owned()),
            state: match (peer.is_connected, answered) {
                (true, _) => State::Connected,
                (false, true) => State::Connecting,
                (false, false) => State::Offered,
            },
            age_millis: peer.age.0,
            left_millis: peer.left.0,
            received,
            sent,
        }
    };
    peers.into_iter().map(describe).collect()
}
