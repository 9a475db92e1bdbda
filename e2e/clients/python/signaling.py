"""What peers say to each other: WebSockets of boto3's and botocore's making, TURN, and Alexa."""

import base64
import json
import re
import threading

import kvs

control = kvs.client()


def payload(text):
    return base64.b64encode(json.dumps({"text": text}).encode()).decode()


def send(peer, action, text, **members):
    frame = {"action": action, "messagePayload": payload(text), **members}
    peer.send(json.dumps(frame))


def receive(peer):
    """The next message; empty frames acknowledge what was sent."""
    while True:
        frame = peer.recv(timeout=kvs.PATIENCE)
        if frame:
            return json.loads(frame)


def message(kind, text, sender=None):
    """A message as it arrives."""
    named = {} if sender is None else {"senderClientId": sender}
    return {"messageType": kind, "messagePayload": payload(text), **named}


def talk(arn):
    with kvs.join(control, arn, "viewer-1") as viewer:
        send(viewer, "SDP_OFFER", "stale")
        send(viewer, "SDP_OFFER", "first")
        send(viewer, "ICE_CANDIDATE", "second")
        send(viewer, "ICE_CANDIDATE", "third")
        acknowledgement = viewer.recv(timeout=kvs.PATIENCE)
        kvs.equal("a message is acknowledged by an empty frame", acknowledgement, "")
        # The acknowledgement of the last says that all have arrived.
        for _ in range(3):
            viewer.recv(timeout=kvs.PATIENCE)
        with kvs.join(control, arn) as master:
            for kind, text in [
                ("SDP_OFFER", "first"), ("ICE_CANDIDATE", "second"), ("ICE_CANDIDATE", "third"),
            ]:
                expected = message(kind, text, "viewer-1")
                kvs.equal(f"what was sent before is kept: {text}", receive(master), expected)
            send(master, "SDP_ANSWER", "answer", recipientClientId="viewer-1")
            kvs.equal(
                "the master's answer names no sender",
                receive(viewer), message("SDP_ANSWER", "answer"),
            )
            odd = {"action": "ICE_CANDIDATE", "RecipientClientId": "viewer-1"}
            master.send(json.dumps({**odd, "MessagePayload": payload("odd")}))
            kvs.equal(
                "members are known in any case",
                receive(viewer), message("ICE_CANDIDATE", "odd"),
            )
            send(master, "SDP_OFFER", "to", recipientClientId="no id", correlationId="try-1")
            failure = receive(master)
            kvs.equal("what fails is reported", failure["messageType"], "STATUS_RESPONSE")
            status = failure["statusResponse"]
            told = {name: status[name] for name in ("correlationId", "statusCode", "success")}
            kvs.equal("the report says which failed", told, {
                "correlationId": "try-1", "statusCode": "400", "success": False,
            })
            kvs.equal("the report says why", status["errorType"], "InvalidArgumentException")


def newest_wins(arn):
    with kvs.join(control, arn) as old, kvs.join(control, arn) as new:
        with kvs.join(control, arn, "viewer-1") as viewer:
            send(viewer, "SDP_OFFER", "hello")
            kvs.equal(
                "the newest master gets the offer",
                receive(new), message("SDP_OFFER", "hello", "viewer-1"),
            )
        kvs.equal("the older one is closed", _close_code(old), 1000)


def _close_code(peer):
    for _ in peer:
        pass
    return peer.close_code


def ice_servers(arn):
    signaling = kvs.client("kinesis-video-signaling", kvs.endpoint(control, arn, "HTTPS"))
    answer = signaling.get_ice_server_config(ChannelARN=arn, ClientId="viewer-1", Service="TURN")
    servers = answer["IceServerList"]
    kvs.equal("there are one or two TURN servers", 1 <= len(servers) <= 2, True)
    for server in servers:
        kvs.matches("a user's name is its end and the channel", server["Username"], r"\d+:.+")
        kvs.equal("there is a password", bool(server["Password"]), True)
        kvs.equal("a user lives for 300 seconds", server["Ttl"], 300)
        uris = [re.sub(r":.+\?", ":?", uri) for uri in server["Uris"]]
        kvs.equal("the first way is UDP", uris[0], "turn:?transport=udp")
    for what, arguments in {
        "no ARN": {},
        "a bad client id": {"ChannelARN": arn, "ClientId": "viewer 1"},
        "an unknown service": {"ChannelARN": arn, "Service": "STUN"},
    }.items():
        kvs.refused(
            f"get_ice_server_config refuses {what}",
            400, "InvalidArgumentException",
            signaling.get_ice_server_config, **arguments,
        )
    kvs.refused(
        "get_ice_server_config does not know every channel",
        404, "ResourceNotFoundException",
        signaling.get_ice_server_config, ChannelARN=arn.replace("front-door", "back-door"),
    )
    return signaling


def alexa(signaling, arn):
    def answer(master):
        offer = receive(master)
        told.append(offer)
        sender = offer["senderClientId"]
        send(master, "SDP_ANSWER", "come in", recipientClientId=sender)

    told = []
    offer = signaling.send_alexa_offer_to_master
    with kvs.join(control, arn) as master:
        answering = threading.Thread(target=answer, args=[master])
        answering.start()
        answered = offer(ChannelARN=arn, SenderClientId="alexa", MessagePayload=payload("knock"))
        answering.join()
    kvs.equal("Alexa's offer is an offer", told, [message("SDP_OFFER", "knock", "alexa")])
    kvs.equal("Alexa gets the answer", answered["Answer"], payload("come in"))
    for what, arguments in {
        "no payload": {"SenderClientId": "alexa"},
        "no sender": {"MessagePayload": payload("knock")},
        "a payload that is no base64": {"SenderClientId": "alexa", "MessagePayload": "!"},
    }.items():
        kvs.refused(
            f"send_alexa_offer_to_master refuses {what}",
            400, "InvalidArgumentException",
            offer, ChannelARN=arn, **arguments,
        )
    kvs.refused(
        "send_alexa_offer_to_master does not know every channel",
        404, "ResourceNotFoundException",
        offer, ChannelARN=arn.replace("front-door", "back-door"),
        SenderClientId="alexa", MessagePayload=payload("knock"),
    )


front_door = control.create_signaling_channel(ChannelName="front-door")["ChannelARN"]
talk(front_door)
newest_wins(front_door)
alexa(ice_servers(front_door), front_door)
