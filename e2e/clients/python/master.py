"""A master of aiortc's: shows a moving picture to the viewers of a channel, and watches theirs.

It says when it waits for viewers, and what it gets from them, and runs until it is ended.
"""

import asyncio
import base64
import json
import sys

from aiortc import RTCConfiguration, RTCIceServer, RTCPeerConnection, RTCSessionDescription
from aiortc import VideoStreamTrack
from aiortc.sdp import candidate_from_sdp
from av import VideoFrame
from websockets.asyncio.client import connect

import kvs

WIDTH, HEIGHT = 640, 360
# So many frames of a viewer are a picture.
FRAMES = 10


class MovingStripes(VideoStreamTrack):
    """Stripes from black to white that wander."""

    shift = 0

    async def recv(self):
        frame = VideoFrame(WIDTH, HEIGHT, "yuv420p")
        frame.pts, frame.time_base = await self.next_timestamp()
        self.shift += 4
        luma, *chroma = frame.planes
        row = bytes((x + self.shift) % 256 for x in range(luma.line_size))
        luma.update(row * luma.height)
        for plane in chroma:
            plane.update(bytes([128]) * plane.buffer_size)
        return frame


class Viewer:
    """One viewer's connection."""

    def __init__(self, servers, answer):
        self.connection = RTCPeerConnection(RTCConfiguration(iceServers=servers))
        self.answer = answer
        self.early = []
        self.connection.addTrack(MovingStripes())
        self.connection.on("track", self.watch)
        self.connection.on("datachannel", self.echo)

    async def offered(self, description):
        await self.connection.setRemoteDescription(RTCSessionDescription(**description))
        await self.connection.setLocalDescription(await self.connection.createAnswer())
        # All candidates are in the description: aiortc gathers them before it answers.
        local = self.connection.localDescription
        await self.answer({"type": local.type, "sdp": local.sdp})
        for candidate in self.early:
            await self.connection.addIceCandidate(candidate)

    async def found(self, candidate):
        if not candidate["candidate"]:
            return
        parsed = candidate_from_sdp(candidate["candidate"].removeprefix("candidate:"))
        parsed.sdpMid = candidate["sdpMid"]
        parsed.sdpMLineIndex = candidate["sdpMLineIndex"]
        if self.connection.remoteDescription is None:
            self.early.append(parsed)
        else:
            await self.connection.addIceCandidate(parsed)

    async def watch(self, track):
        if track.kind != "video":
            return
        for _ in range(FRAMES):
            frame = await track.recv()
        print(f"seen    a viewer's picture, {frame.width} wide", flush=True)

    def echo(self, channel):
        channel.on("message", lambda text: channel.send(f"you said {text}"))


async def main(channel):
    control = kvs.client()
    arn = control.create_signaling_channel(ChannelName=channel)["ChannelARN"]
    signaling = kvs.client("kinesis-video-signaling", kvs.endpoint(control, arn, "HTTPS"))
    servers = [
        RTCIceServer(urls=entry["Uris"], username=entry["Username"], credential=entry["Password"])
        for entry in signaling.get_ice_server_config(ChannelARN=arn)["IceServerList"]
    ]
    viewers = {}
    url = kvs.presigned(kvs.endpoint(control, arn, "WSS"), arn)
    async with connect(url, proxy=None, open_timeout=kvs.PATIENCE) as socket:
        print("waiting for viewers", flush=True)
        async for frame in socket:
            # An empty frame acknowledges what was sent.
            if not frame:
                continue
            message = json.loads(frame)
            sender = message["senderClientId"]
            payload = json.loads(base64.b64decode(message["messagePayload"]))

            async def answer(description, sender=sender):
                text = base64.b64encode(json.dumps(description).encode()).decode()
                await socket.send(json.dumps({
                    "action": "SDP_ANSWER", "recipientClientId": sender, "messagePayload": text,
                }))

            if sender not in viewers:
                viewers[sender] = Viewer(servers, answer)
            viewer = viewers[sender]
            if message["messageType"] == "SDP_OFFER":
                await viewer.offered(payload)
            elif message["messageType"] == "ICE_CANDIDATE":
                await viewer.found(payload)


asyncio.run(main(sys.argv[1]))
