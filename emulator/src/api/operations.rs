//! The whole API on one page.

use kvs_hub::CallRates;

use super::{
    alexa_offer,
    call::{Answering, Asked, json_body, no_body},
    create_channel, create_stream, delete_channel, delete_stream, describe_channel,
    describe_stream, get_endpoint, get_ice_servers, join_storage, list_channels, list_streams,
    mapped_resource, media_storage, tags, update_channel,
};
use crate::hosts::Plane;

/// A call that the service takes.
pub(super) struct Operation {
    /// Its name, as IAM has it.
    pub(super) name: &'static str,
    /// The path that it is posted to.
    pub(super) path: &'static str,
    pub(super) plane: Plane,
    /// How often it may be called, per second.
    pub(super) rates: CallRates,
    /// Takes the body apart and answers it.
    pub(super) answer: for<'a> fn(&'a Asked<'a>) -> Answering<'a>,
}

/// The operation with this path.
pub(super) fn at(path: &str) -> Option<&'static Operation> {
    OPERATIONS.iter().find(|operation| operation.path == path)
}

/// All that a caller can be allowed, by name: the operations, and what opens a WebSocket.
pub(crate) fn actions() -> impl Iterator<Item = &'static str> {
    OPERATIONS.iter().map(|operation| operation.name).chain(["ConnectAsMaster", "ConnectAsViewer"])
}

const NONE: u32 = 0;

/// Calls per second: of the account, and on one channel. What the service counts by stream is
/// counted by account only.
///
/// Source: the API references of Kinesis Video Streams (2017-09-30), of its signaling channels
/// (2019-12-04) and its WebRTC storage (2018-05-10); "Service quotas" of both guides.
#[rustfmt::skip] // It is read by its columns.
static OPERATIONS: [Operation; 20] = {
    use Plane::{Control, Data, Storage};
    [
    op("CreateSignalingChannel",              "/createSignalingChannel",              Control,    50, NONE, json_body::<create_channel::Input>),
    op("DescribeSignalingChannel",            "/describeSignalingChannel",            Control,   300,    5, json_body::<describe_channel::Input>),
    op("UpdateSignalingChannel",              "/updateSignalingChannel",              Control,    50,    5, json_body::<update_channel::Input>),
    op("DeleteSignalingChannel",              "/deleteSignalingChannel",              Control,    50,    5, json_body::<delete_channel::Input>),
    op("ListSignalingChannels",               "/listSignalingChannels",               Control,    50, NONE, json_body::<list_channels::Input>),
    op("GetSignalingChannelEndpoint",         "/getSignalingChannelEndpoint",         Control,   300, NONE, json_body::<get_endpoint::Input>),
    op("DescribeMediaStorageConfiguration",   "/describeMediaStorageConfiguration",   Control,    50,    5, json_body::<media_storage::Describe>),
    op("UpdateMediaStorageConfiguration",     "/updateMediaStorageConfiguration",     Control,    10,    5, json_body::<media_storage::Update>),
    op("DescribeMappedResourceConfiguration", "/describeMappedResourceConfiguration", Control,    50, NONE, json_body::<mapped_resource::Input>),
    op("TagResource",                         "/TagResource",                         Control,    50,    5, json_body::<tags::Tag>),
    op("UntagResource",                       "/UntagResource",                       Control,    50,    5, json_body::<tags::Untag>),
    op("ListTagsForResource",                 "/ListTagsForResource",                 Control,    50,    5, json_body::<tags::List>),
    op("CreateStream",                        "/createStream",                        Control,    50, NONE, json_body::<create_stream::Input>),
    op("DescribeStream",                      "/describeStream",                      Control,   300, NONE, json_body::<describe_stream::Input>),
    op("DeleteStream",                        "/deleteStream",                        Control,    50, NONE, json_body::<delete_stream::Input>),
    op("ListStreams",                         "/listStreams",                         Control,    50, NONE, json_body::<list_streams::Input>),
    op("GetIceServerConfig",                  "/v1/get-ice-server-config",            Data,      100,    5, json_body::<get_ice_servers::Input>),
    op("SendAlexaOfferToMaster",              "/v1/send-alexa-offer-to-master",       Data,      100,    5, json_body::<alexa_offer::Input>),
    op("JoinStorageSession",                  "/joinStorageSession",                  Storage,    50,    2, no_body::<join_storage::AsMaster>),
    op("JoinStorageSessionAsViewer",          "/joinStorageSessionAsViewer",          Storage,    50,    2, no_body::<join_storage::AsViewer>),
    ]
};

const fn op(
    name: &'static str,
    path: &'static str,
    plane: Plane,
    account: u32,
    channel: u32,
    answer: for<'a> fn(&'a Asked<'a>) -> Answering<'a>,
) -> Operation {
    let rates = CallRates { account: limit(account), channel: limit(channel) };
    Operation { name, path, plane, rates, answer }
}

const fn limit(per_second: u32) -> Option<u32> {
    if per_second == NONE { None } else { Some(per_second) }
}
