"""What the scripts share: clients of the emulator, presigned URLs, and checks.

A check prints one line. The first that fails ends the script, saying what was expected and what
came instead.
"""

import json
import os
import re
import sys
import urllib.request

import boto3
from botocore.auth import SigV4QueryAuth
from botocore.awsrequest import AWSRequest
from botocore.config import Config
from botocore.credentials import Credentials
from botocore.exceptions import ClientError
from websockets.sync import client as websocket

ENDPOINT = os.environ["KVS_ENDPOINT"]
REGION = os.environ["AWS_DEFAULT_REGION"]
KEYS = Credentials(os.environ["AWS_ACCESS_KEY_ID"], os.environ["AWS_SECRET_ACCESS_KEY"])

# How long what takes a moment may take on a busy machine, in seconds.
PATIENCE = 30
# Nothing is tried twice, and what is wrong is sent all the same: its answer is what is checked.
_CONFIG = Config(retries={"total_max_attempts": 1}, parameter_validation=False)


def client(service="kinesisvideo", endpoint=ENDPOINT, signature=None, **more):
    """A client of boto3 for the emulator; `more` are other keys, a token, or another region."""
    config = _CONFIG.merge(Config(signature_version=signature)) if signature else _CONFIG
    return boto3.client(service, endpoint_url=endpoint, config=config, **more)


def endpoint(control, arn, protocol, role="MASTER"):
    """The URL at which a channel speaks a protocol."""
    configuration = {"Protocols": [protocol], "Role": role}
    answer = control.get_signaling_channel_endpoint(
        ChannelARN=arn, SingleMasterChannelEndpointConfiguration=configuration
    )
    [found] = answer["ResourceEndpointList"]
    return found["ResourceEndpoint"]


def presigned(url, arn, client_id=None, expires=299, keys=KEYS):
    """The URL of a channel's WebSocket, signed by botocore."""
    parameters = {"X-Amz-ChannelARN": arn}
    if client_id is not None:
        parameters["X-Amz-ClientId"] = client_id
    # The scheme is no part of the signature, and botocore knows no WebSocket.
    request = AWSRequest("GET", url.replace("ws", "http", 1), params=parameters)
    SigV4QueryAuth(keys, "kinesisvideo", REGION, expires).add_auth(request)
    return request.prepare().url.replace("http", "ws", 1)


def connect(url):
    """An open WebSocket."""
    return websocket.connect(url, proxy=None, open_timeout=PATIENCE)


def join(control, arn, client_id=None):
    """The master's WebSocket, or a viewer's where there is a client id."""
    role = "MASTER" if client_id is None else "VIEWER"
    return connect(presigned(endpoint(control, arn, "WSS", role), arn, client_id))


def admin(path, body, method="POST"):
    """Tells the emulator something that no service would let one do."""
    request = urllib.request.Request(
        f"{ENDPOINT}/_emulator/{path}",
        data=json.dumps(body).encode(),
        headers={"Content-Type": "application/json", "X-Kvs-Emulator": "1"},
        method=method,
    )
    with urllib.request.urlopen(request, timeout=PATIENCE) as answer:
        return json.loads(answer.read() or "null")


def equal(what, actual, expected):
    """Checks a value."""
    _report(what, actual == expected, repr(actual), repr(expected))


def matches(what, actual, pattern):
    """Checks a text, which has to be the pattern's as a whole."""
    fits = isinstance(actual, str) and re.fullmatch(pattern, actual)
    _report(what, fits, repr(actual), f"a text like {pattern}")


def refused(what, status, error, call, **arguments):
    """Checks that a call fails, and how: in boto3's own class where its model has the error."""
    try:
        answer = call(**arguments)
    except ClientError as caught:
        failure = caught.response
        actual = (
            type(caught).__name__,
            failure["Error"]["Code"],
            failure["ResponseMetadata"]["HTTPStatusCode"],
        )
        expected = (_class_of(call.__self__, error).__name__, error, status)
        _report(what, actual == expected, f"{actual}: {caught}", str(expected))
        _report(f"{what}: says why", bool(failure["Error"]["Message"]), "nothing", "a message")
    else:
        _report(what, False, f"an answer: {answer}", f"{error}, {status}")


def _class_of(service, error):
    shapes = service.meta.service_model.error_shapes
    modelled = any(shape.name == error for shape in shapes)
    return getattr(service.exceptions, error) if modelled else ClientError


def _report(what, passed, actual, expected):
    if passed:
        print(f"ok      {what}", flush=True)
        return
    print(f"FAILED  {what}\n        expected {expected}\n        actual   {actual}", flush=True)
    sys.exit(1)
