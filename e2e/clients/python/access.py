"""Keys that may not do everything, keys that end, and keys that need a token, as IAM has them.

Its arguments are the keys, as `id,secret`, with `,token` where they need one: one that may only
describe channels named front-*, one that has expired, and one with a token.
"""

import sys

from websockets.exceptions import InvalidStatus

import kvs


def keys(text):
    names = ("aws_access_key_id", "aws_secret_access_key", "aws_session_token")
    return dict(zip(names, text.split(",")))


guest, expired, temporary = map(keys, sys.argv[1:])

owner = kvs.client()
front_door = owner.create_signaling_channel(ChannelName="front-door")["ChannelARN"]
back_door = owner.create_signaling_channel(ChannelName="back-door")["ChannelARN"]


def may_describe_front_doors_only():
    visitor = kvs.client(**guest)
    found = visitor.describe_signaling_channel(ChannelARN=front_door)["ChannelInfo"]
    kvs.equal("what is allowed is done", found["ChannelARN"], front_door)
    for what, call, arguments in [
        ("another channel", visitor.describe_signaling_channel, {"ChannelARN": back_door}),
        ("another action", visitor.delete_signaling_channel, {"ChannelARN": front_door}),
        ("a new channel", visitor.create_signaling_channel, {"ChannelName": "front-gate"}),
        ("a list", visitor.list_signaling_channels, {}),
        ("the tags", visitor.list_tags_for_resource, {"ResourceARN": front_door}),
    ]:
        kvs.refused(
            f"{what} is denied",
            403, "AccessDeniedException",
            call, **arguments,
        )
    ice = kvs.client("kinesis-video-signaling", **guest)
    kvs.refused(
        "TURN is denied", 403, "AccessDeniedException",
        ice.get_ice_server_config, ChannelARN=front_door,
    )
    storage = kvs.client("kinesis-video-webrtc-storage", **guest)
    kvs.refused(
        "storage is denied", 403, "AccessDeniedException",
        storage.join_storage_session, channelArn=front_door,
    )


def may_not_connect():
    credentials = kvs.Credentials(guest["aws_access_key_id"], guest["aws_secret_access_key"])
    url = kvs.presigned(kvs.endpoint(owner, front_door, "WSS"), front_door, keys=credentials)
    try:
        kvs.connect(url).close()
        actual = 101
    except InvalidStatus as refusal:
        actual = refusal.response.status_code
    kvs.equal("a WebSocket is denied", actual, 403)


def must_be_valid():
    for what, keys, error in [
        ("keys that have expired", expired, "ExpiredTokenException"),
        (
            "keys that nobody has",
            {"aws_access_key_id": "AKIDNOBODY", "aws_secret_access_key": "local"},
            "UnrecognizedClientException",
        ),
        (
            "another token",
            {**temporary, "aws_session_token": "another"},
            "UnrecognizedClientException",
        ),
    ]:
        kvs.refused(
            f"{what} are refused",
            403, error,
            kvs.client(**keys).describe_signaling_channel, ChannelARN=front_door,
        )
    found = kvs.client(**temporary).describe_signaling_channel(ChannelARN=front_door)
    kvs.equal("keys with their token will do", found["ChannelInfo"]["ChannelARN"], front_door)


may_describe_front_doors_only()
may_not_connect()
must_be_valid()
