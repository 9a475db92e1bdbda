"""Tags, streams and the storage of a channel, by boto3."""

import kvs

STREAM = r"arn:aws:kinesisvideo:us-west-2:\d{12}:stream/%s/\d{13}"

control = kvs.client()
no_channel = "arn:aws:kinesisvideo:us-west-2:000000000000:channel/nowhere/1700000000000"
no_stream = "arn:aws:kinesisvideo:us-west-2:000000000000:stream/nowhere/1700000000000"


def tags(arn):
    def listed():
        return control.list_tags_for_resource(ResourceARN=arn)["Tags"]

    kvs.equal("tags are there from creation on", listed(), {"room": "hall"})
    more = [{"Key": "room", "Value": "attic"}, {"Key": "owner", "Value": "Ærø+1"}]
    control.tag_resource(ResourceARN=arn, Tags=more)
    kvs.equal("a tag of the same key is overwritten", listed(), {"room": "attic", "owner": "Ærø+1"})
    control.untag_resource(ResourceARN=arn, TagKeyList=["room", "unknown"])
    kvs.equal("a tag is taken away", listed(), {"owner": "Ærø+1"})
    many = [{"Key": f"key-{number}", "Value": ""} for number in range(50)]
    kvs.refused(
        "there are 50 tags at most",
        400, "TagsPerResourceExceededLimitException",
        control.tag_resource, ResourceARN=arn, Tags=many,
    )
    kvs.equal("of too many tags none is kept", listed(), {"owner": "Ærø+1"})
    for what, call, arguments in [
        ("a key of AWS's own", control.tag_resource, {"Tags": [{"Key": "aws:x", "Value": "y"}]}),
        ("a key of 129", control.tag_resource, {"Tags": [{"Key": "k" * 129, "Value": "y"}]}),
        ("a value of 257", control.tag_resource, {"Tags": [{"Key": "k", "Value": "y" * 257}]}),
        ("no tags", control.tag_resource, {"Tags": []}),
        ("no keys", control.untag_resource, {"TagKeyList": []}),
        ("a bad token", control.list_tags_for_resource, {"NextToken": "!"}),
    ]:
        kvs.refused(
            f"tagging refuses {what}",
            400, "InvalidArgumentException",
            call, ResourceARN=arn, **arguments,
        )
    for call, arguments in [
        (control.tag_resource, {"Tags": [{"Key": "a", "Value": "b"}]}),
        (control.untag_resource, {"TagKeyList": ["a"]}),
        (control.list_tags_for_resource, {}),
    ]:
        kvs.refused(
            f"{call.__name__} does not know every resource",
            404, "ResourceNotFoundException",
            call, ResourceARN=no_channel, **arguments,
        )


def streams():
    made = control.create_stream(
        StreamName="archive", DataRetentionInHours=24, MediaType="video/h264", DeviceName="cam",
        Tags={"room": "cellar"},
    )
    arn = made["StreamARN"]
    kvs.matches("create_stream answers the ARN", arn, STREAM % "archive")
    stream = control.describe_stream(StreamName="archive")["StreamInfo"]
    told = {name: stream[name] for name in ("StreamName", "StreamARN", "MediaType", "DeviceName")}
    kvs.equal("describe_stream tells what it is", told, {
        "StreamName": "archive", "StreamARN": arn, "MediaType": "video/h264", "DeviceName": "cam",
    })
    kvs.equal("describe_stream tells the retention", stream["DataRetentionInHours"], 24)
    kvs.equal("describe_stream tells the status", stream["Status"], "ACTIVE")
    by_arn = control.describe_stream(StreamARN=arn)["StreamInfo"]
    kvs.equal("describe_stream finds by ARN as by name", by_arn, stream)
    kept = control.list_tags_for_resource(ResourceARN=arn)["Tags"]
    kvs.equal("a stream has tags, too", kept, {"room": "cellar"})
    kvs.refused(
        "create_stream refuses a name that is taken",
        400, "ResourceInUseException",
        control.create_stream, StreamName="archive",
    )
    for what, call, arguments in [
        ("a space in the name", control.create_stream, {"StreamName": "a b"}),
        (
            "a retention below 0", control.create_stream,
            {"StreamName": "a", "DataRetentionInHours": -1},
        ),
        ("neither name nor ARN", control.describe_stream, {}),
        ("no ARN", control.delete_stream, {}),
        ("a page of none", control.list_streams, {"MaxResults": 0}),
    ]:
        kvs.refused(
            f"{call.__name__} refuses {what}",
            400, "InvalidArgumentException",
            call, **arguments,
        )
    for call in (control.describe_stream, control.delete_stream):
        kvs.refused(
            f"{call.__name__} does not know every stream",
            404, "ResourceNotFoundException",
            call, StreamARN=no_stream,
        )
    return arn


def list_streams():
    for number in range(5):
        control.create_stream(StreamName=f"page-{number}")
    condition = {"ComparisonOperator": "BEGINS_WITH", "ComparisonValue": "page-"}
    pages = control.get_paginator("list_streams").paginate(
        StreamNameCondition=condition, PaginationConfig={"PageSize": 2}
    )
    names = [[stream["StreamName"] for stream in page["StreamInfoList"]] for page in pages]
    kvs.equal("list_streams gives pages", [len(page) for page in names], [2, 2, 1])
    expected = [f"page-{number}" for number in range(5)]
    kvs.equal("list_streams gives each once", sorted(sum(names, [])), expected)


def storage(channel, stream):
    def configured():
        answer = control.describe_media_storage_configuration(ChannelARN=channel)
        return answer["MediaStorageConfiguration"]

    def configure(status, arn=None):
        configuration = {"Status": status, "StreamARN": arn}
        control.update_media_storage_configuration(
            ChannelARN=channel, MediaStorageConfiguration=configuration
        )

    def mapped(**page):
        return control.describe_mapped_resource_configuration(StreamARN=stream, **page)

    update = control.update_media_storage_configuration
    kvs.equal("storage is off at first", configured()["Status"], "DISABLED")
    nothing = mapped()["MappedResourceConfigurationList"]
    kvs.equal("nothing is mapped at first", nothing, [])
    fleeting = control.create_stream(StreamName="fleeting")["StreamARN"]
    kvs.refused(
        "storage wants a stream that keeps its data",
        400, "NoDataRetentionException",
        update, ChannelARN=channel,
        MediaStorageConfiguration={"Status": "ENABLED", "StreamARN": fleeting},
    )
    kvs.refused(
        "storage wants a stream that exists",
        404, "ResourceNotFoundException",
        update, ChannelARN=channel,
        MediaStorageConfiguration={"Status": "ENABLED", "StreamARN": no_stream},
    )
    kvs.refused(
        "storage refuses an unknown status",
        400, "InvalidArgumentException",
        update, ChannelARN=channel, MediaStorageConfiguration={"Status": "MAYBE"},
    )
    configure("ENABLED", stream)
    kvs.equal("storage is on", configured(), {"Status": "ENABLED", "StreamARN": stream})
    [found] = mapped(MaxResults=1)["MappedResourceConfigurationList"]
    kvs.equal("the stream is mapped to the channel", found["ARN"], channel)
    other = control.create_signaling_channel(ChannelName="other")["ChannelARN"]
    kvs.refused(
        "a stream is one channel's",
        400, "ResourceInUseException",
        update, ChannelARN=other,
        MediaStorageConfiguration={"Status": "ENABLED", "StreamARN": stream},
    )
    kvs.matches("WEBRTC has an endpoint", kvs.endpoint(control, channel, "WEBRTC"), "https?://.+")
    configure("DISABLED")
    kvs.equal("storage is off again", configured()["Status"], "DISABLED")
    for call, arguments in [
        (control.describe_media_storage_configuration, {"ChannelARN": no_channel}),
        (control.describe_mapped_resource_configuration, {"StreamARN": no_stream}),
    ]:
        kvs.refused(
            f"{call.__name__} does not know everything",
            404, "ResourceNotFoundException",
            call, **arguments,
        )
        kvs.refused(
            f"{call.__name__} wants to know which",
            400, "InvalidArgumentException",
            call,
        )


def join_storage(channel):
    session = kvs.client("kinesis-video-webrtc-storage")
    for call, arguments in [
        (session.join_storage_session, {}),
        (session.join_storage_session_as_viewer, {"clientId": "viewer-1"}),
    ]:
        kvs.refused(
            f"{call.__name__} wants a channel with storage",
            400, "InvalidArgumentException",
            call, channelArn=channel, **arguments,
        )
        kvs.refused(
            f"{call.__name__} does not know every channel",
            404, "ResourceNotFoundException",
            call, channelArn=no_channel, **arguments,
        )
        kvs.refused(
            f"{call.__name__} wants an ARN",
            400, "InvalidArgumentException",
            call, channelArn="front-door", **arguments,
        )
    kvs.refused(
        "join_storage_session_as_viewer wants a client id",
        400, "InvalidArgumentException",
        session.join_storage_session_as_viewer, channelArn=channel,
    )


def delete_stream(stream):
    kvs.refused(
        "delete_stream refuses an old version",
        400, "VersionMismatchException",
        control.delete_stream, StreamARN=stream, CurrentVersion="old",
    )
    version = control.describe_stream(StreamARN=stream)["StreamInfo"]["Version"]
    control.delete_stream(StreamARN=stream, CurrentVersion=version)
    kvs.refused(
        "a deleted stream is gone",
        404, "ResourceNotFoundException",
        control.describe_stream, StreamARN=stream,
    )


room = [{"Key": "room", "Value": "hall"}]
front_door = control.create_signaling_channel(ChannelName="front-door", Tags=room)["ChannelARN"]
tags(front_door)
archive = streams()
list_streams()
storage(front_door, archive)
join_storage(front_door)
delete_stream(archive)
