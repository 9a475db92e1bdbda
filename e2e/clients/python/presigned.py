"""WebSocket URLs that botocore signs: accepted as they are, refused when anything is changed."""

import datetime
from unittest import mock
from urllib.parse import parse_qsl, urlencode, urlsplit

from botocore.credentials import Credentials
from websockets.exceptions import InvalidStatus

import kvs

control = kvs.client()
front_door = control.create_signaling_channel(ChannelName="front-door")["ChannelARN"]
back_door = control.create_signaling_channel(ChannelName="back-door")["ChannelARN"]
master = kvs.endpoint(control, front_door, "WSS", "MASTER")
viewer = kvs.endpoint(control, front_door, "WSS", "VIEWER")


def accepted(what, url):
    with kvs.connect(url) as socket:
        kvs.equal(what, socket.response.status_code, 101)


def refused(what, status, error, url):
    try:
        with kvs.connect(url):
            answer = (101, None)
    except InvalidStatus as refusal:
        response = refusal.response
        answer = (response.status_code, response.headers.get("x-amzn-ErrorType"))
    kvs.equal(what, answer, (status, error))


def signed_at(seconds, **more):
    """A URL that was signed so many seconds after now."""
    now = datetime.datetime.now(datetime.timezone.utc) + datetime.timedelta(seconds=seconds)
    with mock.patch("botocore.auth.get_current_datetime", return_value=now.replace(tzinfo=None)):
        return kvs.presigned(viewer, front_door, "viewer-1", **more)


def with_query(url, change):
    parts = urlsplit(url)
    parameters = change(parse_qsl(parts.query))
    return parts._replace(query=urlencode(parameters)).geturl()


def as_they_are():
    accepted("a master's URL", kvs.presigned(master, front_door))
    accepted("a viewer's URL", kvs.presigned(viewer, front_door, "viewer_1.a-b"))
    temporary = Credentials(kvs.KEYS.access_key, kvs.KEYS.secret_key, "FwoGZXIv+abc/DEF==")
    accepted("a session token's", kvs.presigned(viewer, front_door, "viewer-1", keys=temporary))
    accepted("in another order", with_query(kvs.presigned(master, front_door), sorted))
    backwards = with_query(kvs.presigned(master, front_door), lambda pairs: pairs[::-1])
    accepted("in the reverse order", backwards)
    accepted("four minutes old", signed_at(-240))
    accepted("four minutes early", signed_at(240))


def tampered():
    keys = Credentials(kvs.KEYS.access_key, kvs.KEYS.secret_key, "token")
    url = kvs.presigned(viewer, front_door, "viewer-1", keys=keys)
    other = {
        "X-Amz-ChannelARN": (back_door, "InvalidSignatureException"),
        "X-Amz-ClientId": ("viewer-2", "InvalidSignatureException"),
        "X-Amz-Algorithm": ("AWS4-HMAC-SHA1", "IncompleteSignatureException"),
        "X-Amz-Credential": ("nonsense", "IncompleteSignatureException"),
        "X-Amz-Date": ("tomorrow", "IncompleteSignatureException"),
        "X-Amz-Expires": ("298", "InvalidSignatureException"),
        "X-Amz-Security-Token": ("other", "InvalidSignatureException"),
        "X-Amz-Signature": ("0" * 64, "InvalidSignatureException"),
        "X-Amz-SignedHeaders": ("connection;host", "InvalidSignatureException"),
    }
    there = [name for name, _ in parse_qsl(urlsplit(url).query)]
    kvs.equal("every parameter is tried", sorted(there), sorted(other))
    for name, (value, error) in other.items():
        changed = with_query(url, lambda pairs: list({**dict(pairs), name: value}.items()))
        refused(f"another {name}", 403, error, changed)
        twice = with_query(url, lambda pairs: [*pairs, (name, value)])
        refused(f"a second {name}", 403, mock.ANY, twice)
        without = with_query(url, lambda pairs: [pair for pair in pairs if pair[0] != name])
        refused(f"no {name}", 403, mock.ANY, without)
    added = with_query(url, lambda pairs: [*pairs, ("X-Amz-More", "1")])
    refused("one parameter more", 403, "InvalidSignatureException", added)
    parts = urlsplit(url)
    path = parts._replace(path=parts.path.rstrip("/") + "2").geturl()
    refused("another path", 403, "InvalidSignatureException", path)
    hosts = {"127.0.0.1": "localhost", "localhost": "127.0.0.1"}
    host = parts._replace(netloc=f"{hosts[parts.hostname]}:{parts.port}").geturl()
    refused("another host", 403, "InvalidSignatureException", host)
    scope = kvs.presigned(viewer, front_door, "viewer-1")
    refused(
        "another region", 403, "InvalidSignatureException",
        scope.replace("us-west-2%2F", "eu-west-1%2F"),
    )
    refused(
        "another service", 403, "InvalidSignatureException",
        scope.replace("%2Fkinesisvideo", "%2Fs3"),
    )


def out_of_time():
    refused("six minutes old", 403, "InvalidSignatureException", signed_at(-360, expires=3600))
    refused("six minutes early", 403, "InvalidSignatureException", signed_at(360))
    refused("expired as it says", 403, "InvalidSignatureException", signed_at(-30, expires=10))
    wrong = Credentials(kvs.KEYS.access_key, "not the secret")
    refused(
        "a wrong secret", 403, "InvalidSignatureException",
        kvs.presigned(master, front_door, keys=wrong),
    )


def out_of_place():
    refused(
        "a viewer at the master's", 400, "InvalidArgumentException",
        kvs.presigned(master, front_door, "viewer-1"),
    )
    refused(
        "a master at the viewers'", 400, "InvalidArgumentException",
        kvs.presigned(viewer, front_door),
    )
    refused(
        "a channel at another's", 400, "InvalidArgumentException",
        kvs.presigned(master, back_door),
    )
    refused(
        "a client id of AWS's own", 400, "InvalidArgumentException",
        kvs.presigned(viewer, front_door, "AWS_viewer"),
    )
    gone = front_door[:-13] + "1700000000000"
    refused(
        "a channel that is gone", 404, "ResourceNotFoundException",
        kvs.presigned(master, gone),
    )


as_they_are()
tampered()
out_of_time()
out_of_place()
