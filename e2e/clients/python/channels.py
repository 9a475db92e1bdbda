"""Signaling channels, from creation to deletion, by boto3."""

import datetime

import kvs

ARN = r"arn:aws:kinesisvideo:us-west-2:\d{12}:channel/%s/\d{13}"
TOO_LONG = "x" * 257

control = kvs.client()
nowhere = "arn:aws:kinesisvideo:us-west-2:000000000000:channel/nowhere/1700000000000"


def describe(name):
    return control.describe_signaling_channel(ChannelName=name)["ChannelInfo"]


def create():
    made = control.create_signaling_channel(
        ChannelName="front-door",
        ChannelType="SINGLE_MASTER",
        SingleMasterConfiguration={"MessageTtlSeconds": 30},
        Tags=[{"Key": "room", "Value": "hall"}],
    )
    kvs.matches("create answers the ARN", made["ChannelARN"], ARN % "front-door")
    plain = control.create_signaling_channel(ChannelName="plain")
    kvs.matches("create needs no more than a name", plain["ChannelARN"], ARN % "plain")
    kvs.refused(
        "create refuses a name that is taken",
        400, "ResourceInUseException",
        control.create_signaling_channel, ChannelName="front-door",
    )
    for what, arguments in {
        "no name": {},
        "an empty name": {"ChannelName": ""},
        "a space in the name": {"ChannelName": "front door"},
        "257 letters": {"ChannelName": TOO_LONG},
        "an unknown type": {"ChannelName": "a", "ChannelType": "MESH"},
        "a time to live of 4": {
            "ChannelName": "a", "SingleMasterConfiguration": {"MessageTtlSeconds": 4},
        },
        "a time to live of 121": {
            "ChannelName": "a", "SingleMasterConfiguration": {"MessageTtlSeconds": 121},
        },
        "a tag without a key": {"ChannelName": "a", "Tags": [{"Key": "", "Value": "b"}]},
        "a tag of AWS's own": {"ChannelName": "a", "Tags": [{"Key": "aws:a", "Value": "b"}]},
    }.items():
        kvs.refused(
            f"create refuses {what}",
            400, "InvalidArgumentException",
            control.create_signaling_channel, **arguments,
        )
    return made["ChannelARN"]


def look_up(arn):
    channel = describe("front-door")
    kvs.equal("describe tells the name", channel["ChannelName"], "front-door")
    kvs.equal("describe tells the ARN", channel["ChannelARN"], arn)
    kvs.equal("describe tells the type", channel["ChannelType"], "SINGLE_MASTER")
    kvs.equal("describe tells the status", channel["ChannelStatus"], "ACTIVE")
    kvs.matches("describe tells the version", channel["Version"], "[a-zA-Z0-9]{1,64}")
    ttl = channel["SingleMasterConfiguration"]["MessageTtlSeconds"]
    kvs.equal("describe tells the time to live", ttl, 30)
    age = datetime.datetime.now(datetime.timezone.utc) - channel["CreationTime"]
    kvs.equal("describe tells when it was made", abs(age) < datetime.timedelta(minutes=1), True)
    by_arn = control.describe_signaling_channel(ChannelARN=arn)["ChannelInfo"]
    kvs.equal("describe finds by ARN as by name", by_arn, channel)
    ttl = describe("plain")["SingleMasterConfiguration"]["MessageTtlSeconds"]
    kvs.equal("a time to live is 60 unless given", ttl, 60)
    for what, arguments in {
        "neither name nor ARN": {},
        "what is no ARN": {"ChannelARN": "front-door"},
        "what is no name": {"ChannelName": "front door"},
    }.items():
        kvs.refused(
            f"describe refuses {what}",
            400, "InvalidArgumentException",
            control.describe_signaling_channel, **arguments,
        )
    for what, arguments in {
        "name": {"ChannelName": "nowhere"},
        "ARN": {"ChannelARN": nowhere},
    }.items():
        kvs.refused(
            f"describe does not know every {what}",
            404, "ResourceNotFoundException",
            control.describe_signaling_channel, **arguments,
        )


def endpoints(arn):
    def ask(protocols, role="MASTER"):
        configuration = {"Protocols": protocols, "Role": role}
        answer = control.get_signaling_channel_endpoint(
            ChannelARN=arn, SingleMasterChannelEndpointConfiguration=configuration
        )
        found = answer["ResourceEndpointList"]
        return {entry["Protocol"]: entry["ResourceEndpoint"] for entry in found}

    both = ask(["WSS", "HTTPS"])
    kvs.equal("an endpoint is there for each protocol", sorted(both), ["HTTPS", "WSS"])
    kvs.matches("an endpoint for WebSockets", both["WSS"], r"wss?://.+")
    kvs.matches("an endpoint for calls", both["HTTPS"], r"https?://.+")
    viewer = ask(["WSS"], "VIEWER")
    kvs.equal("an endpoint is a role's own", viewer["WSS"] != both["WSS"], True)
    get = control.get_signaling_channel_endpoint
    for what, configuration in {
        "an unknown protocol": {"Protocols": ["FTP"], "Role": "MASTER"},
        "an unknown role": {"Protocols": ["WSS"], "Role": "SPECTATOR"},
        "no protocol": {"Protocols": [], "Role": "MASTER"},
        "WEBRTC without storage": {"Protocols": ["WSS", "WEBRTC"], "Role": "MASTER"},
    }.items():
        kvs.refused(
            f"endpoints refuse {what}",
            400, "InvalidArgumentException",
            get, ChannelARN=arn, SingleMasterChannelEndpointConfiguration=configuration,
        )
    kvs.refused("endpoints want an ARN", 400, "InvalidArgumentException", get)
    kvs.refused(
        "there is no endpoint of no channel",
        404, "ResourceNotFoundException",
        get, ChannelARN=nowhere,
    )


def update(arn):
    version = describe("front-door")["Version"]
    change = {"SingleMasterConfiguration": {"MessageTtlSeconds": 90}}
    control.update_signaling_channel(ChannelARN=arn, CurrentVersion=version, **change)
    channel = describe("front-door")
    ttl = channel["SingleMasterConfiguration"]["MessageTtlSeconds"]
    kvs.equal("update changes the time to live", ttl, 90)
    kvs.equal("update changes the version", channel["Version"] != version, True)
    kvs.refused(
        "update refuses an old version",
        400, "VersionMismatchException",
        control.update_signaling_channel, ChannelARN=arn, CurrentVersion=version, **change,
    )
    for what, arguments in {
        "no ARN": {"CurrentVersion": "a"},
        "no version": {"ChannelARN": arn},
        "a version that is none": {"ChannelARN": arn, "CurrentVersion": "a-b"},
        "a time to live of 0": {
            "ChannelARN": arn,
            "CurrentVersion": channel["Version"],
            "SingleMasterConfiguration": {"MessageTtlSeconds": 0},
        },
    }.items():
        kvs.refused(
            f"update refuses {what}",
            400, "InvalidArgumentException",
            control.update_signaling_channel, **arguments,
        )
    kvs.refused(
        "update does not know every channel",
        404, "ResourceNotFoundException",
        control.update_signaling_channel, ChannelARN=nowhere, CurrentVersion="a",
    )


def list_all():
    names = sorted(f"page-{number}" for number in range(7))
    for name in names:
        control.create_signaling_channel(ChannelName=name)
    condition = {"ComparisonOperator": "BEGINS_WITH", "ComparisonValue": "page-"}
    pages = list(
        control.get_paginator("list_signaling_channels").paginate(
            ChannelNameCondition=condition, PaginationConfig={"PageSize": 3}
        )
    )
    sizes = [len(page["ChannelInfoList"]) for page in pages]
    kvs.equal("list gives pages as long as asked for", sizes, [3, 3, 1])
    kvs.equal("list ends without a token", "NextToken" in pages[-1], False)
    listed = [channel["ChannelName"] for page in pages for channel in page["ChannelInfoList"]]
    kvs.equal("list gives each channel once", sorted(listed), names)
    everything = control.list_signaling_channels()["ChannelInfoList"]
    kvs.equal("list without a condition gives all", len(everything), len(names) + 2)
    same = next(channel for channel in everything if channel["ChannelName"] == "plain")
    kvs.equal("list tells what describe tells", same, describe("plain"))
    for what, arguments in {
        "a page of none": {"MaxResults": 0},
        "a page of 10001": {"MaxResults": 10001},
        "a token that it did not give": {"NextToken": "bm9uc2Vuc2U="},
        "an unknown comparison": {
            "ChannelNameCondition": {"ComparisonOperator": "ENDS_WITH", "ComparisonValue": "a"},
        },
    }.items():
        kvs.refused(
            f"list refuses {what}",
            400, "InvalidArgumentException",
            control.list_signaling_channels, **arguments,
        )


def delete(arn):
    kvs.refused(
        "delete refuses an old version",
        400, "VersionMismatchException",
        control.delete_signaling_channel, ChannelARN=arn, CurrentVersion="old",
    )
    kvs.refused(
        "delete wants an ARN",
        400, "InvalidArgumentException",
        control.delete_signaling_channel,
    )
    version = describe("front-door")["Version"]
    control.delete_signaling_channel(ChannelARN=arn, CurrentVersion=version)
    kvs.refused(
        "a deleted channel is gone",
        404, "ResourceNotFoundException",
        control.describe_signaling_channel, ChannelARN=arn,
    )
    kvs.refused(
        "a deleted channel cannot be deleted",
        404, "ResourceNotFoundException",
        control.delete_signaling_channel, ChannelARN=arn,
    )
    again = control.create_signaling_channel(ChannelName="front-door")["ChannelARN"]
    kvs.equal("a channel of an old name is a new one", again != arn, True)
    control.delete_signaling_channel(ChannelARN=again)
    print("ok      delete needs no version", flush=True)


front_door = create()
look_up(front_door)
endpoints(front_door)
update(front_door)
list_all()
delete(front_door)
