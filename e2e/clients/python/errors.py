"""Every error of every call as boto3's model has it, which the emulator gives on request; those
that a gateway gives before the service has a look; and the quotas."""

from botocore import UNSIGNED
from websockets.exceptions import InvalidStatus

import kvs

SERVICES = ["kinesisvideo", "kinesis-video-signaling", "kinesis-video-webrtc-storage"]

control = kvs.client()
front_door = control.create_signaling_channel(ChannelName="front-door")["ChannelARN"]
archive = control.create_stream(StreamName="archive")["StreamARN"]

CHANNEL = {"ChannelARN": front_door}
STREAM = {"StreamARN": archive}
RESOURCE = {"ResourceARN": front_door}
STORAGE = {"channelArn": front_door}
# What is asked of each operation; it never gets to do it.
ARGUMENTS = {
    "CreateSignalingChannel": {"ChannelName": "back-door"},
    "CreateStream": {"StreamName": "attic"},
    "DeleteSignalingChannel": CHANNEL,
    "DeleteStream": STREAM,
    "DescribeMappedResourceConfiguration": STREAM,
    "DescribeMediaStorageConfiguration": CHANNEL,
    "DescribeSignalingChannel": CHANNEL,
    "DescribeStream": STREAM,
    "GetIceServerConfig": CHANNEL,
    "GetSignalingChannelEndpoint": CHANNEL,
    "JoinStorageSession": STORAGE,
    "JoinStorageSessionAsViewer": {**STORAGE, "clientId": "viewer-1"},
    "ListSignalingChannels": {},
    "ListStreams": {},
    "ListTagsForResource": RESOURCE,
    "SendAlexaOfferToMaster": {
        **CHANNEL, "SenderClientId": "alexa", "MessagePayload": "aGVsbG8=",
    },
    "TagResource": {**RESOURCE, "Tags": [{"Key": "a", "Value": "b"}]},
    "UntagResource": {**RESOURCE, "TagKeyList": ["a"]},
    "UpdateMediaStorageConfiguration": {
        **CHANNEL, "MediaStorageConfiguration": {"Status": "DISABLED"},
    },
    "UpdateSignalingChannel": {**CHANNEL, "CurrentVersion": "a"},
}


def every_error():
    tried = set()
    for service in SERVICES:
        client = kvs.client(service)
        methods = client.meta.method_to_api_mapping.items()
        names = {operation: method for method, operation in methods}
        for operation in sorted(ARGUMENTS.keys() & names.keys()):
            tried.add(operation)
            model = client.meta.service_model.operation_model(operation)
            for shape in model.error_shapes:
                status = shape.metadata["error"]["httpStatusCode"]
                kvs.admin("faults", {
                    "fault": "refuse-call", "operation": operation, "times": 1,
                    "status": status, "error": shape.name,
                })
                kvs.refused(
                    f"{operation}: {shape.name}",
                    status, shape.name,
                    getattr(client, names[operation]), **ARGUMENTS[operation],
                )
    kvs.equal("every operation is tried", tried, set(ARGUMENTS))


def upgrades():
    for status in (400, 403, 404, 500):
        kvs.admin("faults", {"fault": "refuse-upgrade", "status": status, "times": 1})
        try:
            kvs.join(control, front_door).close()
            actual = 101
        except InvalidStatus as refusal:
            actual = refusal.response.status_code
        kvs.equal(f"an upgrade is refused with {status}", actual, status)


def gateway():
    wrong = kvs.client(
        aws_access_key_id=kvs.KEYS.access_key, aws_secret_access_key="not the secret",
    )
    kvs.refused(
        "a wrong secret",
        403, "InvalidSignatureException",
        wrong.describe_signaling_channel, **CHANNEL,
    )
    unsigned = kvs.client(signature=UNSIGNED)
    elsewhere = kvs.client(region_name="eu-west-1")
    kvs.refused(
        "another region",
        403, "InvalidSignatureException",
        elsewhere.describe_signaling_channel, **CHANNEL,
    )
    kvs.refused(
        "an unsigned call",
        403, "MissingAuthenticationTokenException",
        unsigned.describe_signaling_channel, **CHANNEL,
    )
    kvs.refused(
        "an operation that is not offered",
        404, "UnknownOperationException",
        control.get_data_endpoint, StreamARN=archive, APIName="GET_MEDIA",
    )
    for what, arguments in {
        "a number for a name": {"ChannelName": 7},
        "a list for a name": {"ChannelName": ["front-door"]},
        "a text for a number": {
            "ChannelName": "a", "SingleMasterConfiguration": {"MessageTtlSeconds": "30"},
        },
    }.items():
        kvs.refused(
            what,
            400, "SerializationException",
            control.create_signaling_channel, **arguments,
        )


def clock():
    describe = control.describe_signaling_channel
    for what, seconds, phrase in [
        ("behind", 3600, "Signature expired"), ("ahead", -3600, "Signature not yet current"),
    ]:
        kvs.admin("clock", {"skewSeconds": seconds}, "PUT")
        kvs.refused(
            f"a client an hour {what}",
            403, "InvalidSignatureException",
            describe, **CHANNEL,
        )
        try:
            describe(**CHANNEL)
        except control.exceptions.ClientError as error:
            kvs.matches(f"a client an hour {what} is told", str(error), f".*{phrase}.*")
    kvs.admin("clock", {"skewSeconds": 0}, "PUT")


def quotas():
    kvs.admin("settings", {"quotas": True}, "PUT")
    describe = control.describe_signaling_channel
    try:
        for _ in range(100):
            describe(**CHANNEL)
        kvs.equal("a channel is described so often", 100, "fewer times")
    except control.exceptions.ClientLimitExceededException as error:
        status = error.response["ResponseMetadata"]["HTTPStatusCode"]
        kvs.equal("a channel is described five times a second", status, 400)
    kvs.admin("settings", {"quotas": False}, "PUT")


every_error()
upgrades()
gateway()
clock()
quotas()
