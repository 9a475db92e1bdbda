//! What has happened, counted.

use std::collections::BTreeMap;

use serde::Serialize;

use crate::{MessageType, ServiceError};

/// What has happened since the hub was made, counted. A restart does not reset it.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize)]
#[serde(rename_all = "camelCase")]
pub struct Counters {
    /// Connections of masters that were admitted.
    pub master_connects: u64,
    /// Connections of viewers that were admitted.
    pub viewer_connects: u64,
    /// Connections and calls that the hub refused, and messages that failed, by the error's name.
    pub refusals: BTreeMap<&'static str, u64>,
    /// Messages that came in and were well formed.
    pub messages: MessageCounts,
    /// Messages that reached their recipient, whether at once or after they had waited.
    pub delivered: u64,
    /// Messages that had to wait for their recipient.
    pub stored: u64,
    /// Waiting messages that a newer one replaced or crowded out.
    pub replaced: u64,
    /// Waiting messages whose time was over.
    pub expired: u64,
    /// Messages that a fault dropped.
    pub dropped_by_faults: u64,
    /// Messages that a fault held back, duplicated or throttled.
    pub altered_by_faults: u64,
    /// Messages over a quota.
    pub over_quota: u64,
    /// Empty frames that said that a message was accepted.
    pub acknowledgements: u64,
    /// Empty frames that kept an idle connection up.
    pub keep_alives: u64,
    /// STATUS_RESPONSE frames.
    pub status_responses: u64,
    /// Errors of the gateway for frames that were no messages.
    pub gateway_errors: u64,
    /// GO_AWAY frames.
    pub go_aways: u64,
    /// Joins of storage sessions.
    pub storage_joins: u64,
    /// Connections that the hub closed.
    pub closed: u64,
}

/// Messages by their type.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize)]
#[serde(rename_all = "camelCase")]
pub struct MessageCounts {
    /// `SDP_OFFER`.
    pub sdp_offer: u64,
    /// `SDP_ANSWER`.
    pub sdp_answer: u64,
    /// `ICE_CANDIDATE`.
    pub ice_candidate: u64,
}

impl Counters {
    pub(crate) fn refused(&mut self, error: &ServiceError) {
        count(self.refusals.entry(error.kind().name()).or_default());
    }

    pub(crate) fn message(&mut self, kind: MessageType) {
        count(match kind {
            MessageType::SdpOffer => &mut self.messages.sdp_offer,
            MessageType::SdpAnswer => &mut self.messages.sdp_answer,
            MessageType::IceCandidate => &mut self.messages.ice_candidate,
        });
    }
}

/// One more.
pub(crate) const fn count(counter: &mut u64) {
    *counter = counter.wrapping_add(1);
}
