// Frames that an open client sends and receives, and what is in them.
import { CHANNEL, CLIENT, ENDPOINT, KEYS, REGION, SIDES } from "./packages.js";
import { expect } from "./rounds.js";
import { ScriptedSocket } from "./socket.js";

const CANDIDATES = 8;

/** A call of this browser with itself, as its descriptions and candidates go over the wire. */
export async function material() {
  const [caller, called] = [new RTCPeerConnection(), new RTCPeerConnection()];
  for (const kind of ["audio", "video"]) caller.addTransceiver(kind);
  caller.createDataChannel("kvsDataChannel");
  const offer = await caller.createOffer();
  await called.setRemoteDescription(offer);
  const answer = await called.createAnswer();
  caller.close();
  called.close();
  const [, usernameFragment] = /^a=ice-ufrag:(.*)$/m.exec(answer.sdp);
  const candidates = Array.from({ length: CANDIDATES }, (_, place) => new RTCIceCandidate({
    candidate: `candidate:842163049 1 udp 1677729535 203.0.113.7 ${50000 + place} typ srflx raddr `
      + `192.0.2.1 rport ${40000 + place} generation 0 ufrag ${usernameFragment.trim()} network-cost 999`,
    sdpMid: "0",
    sdpMLineIndex: 0,
    usernameFragment: usernameFragment.trim(),
  }));
  return { offer: new RTCSessionDescription(offer), answer: new RTCSessionDescription(answer), candidates };
}

/** Clients of viewers that send these payloads, in turn, by the method of that name. */
export async function senders(packages, method, payloads) {
  const clients = await each(packages, async ({ client, socket }) => ({
    batch(count) {
      for (let i = 0; i < count; i++) client[method](payloads[i % payloads.length]);
    },
    check(count) {
      expect("frames sent", socket.sent, count);
      socket.sent = 0;
    },
    frame() {
      client[method](payloads[0]);
      socket.sent = 0;
      return socket.last;
    },
  }));
  const [ours, reference] = SIDES.map((side) => clients[side].frame());
  expect("our frame", ours, reference);
  return clients;
}

/** Clients of viewers to which messages of this type come, and what they tell by that event. */
export function receivers(packages, event, type, payloads, answer) {
  const frames = payloads.map((payload) => frameOf(type, payload));
  return each(packages, async ({ client, socket }) => {
    let told = 0;
    // Without it candidates would wait.
    socket.fire("message", { data: frameOf("SDP_ANSWER", answer) });
    client.on(event, (payload) => { told += typeof payload === "object"; });
    return {
      batch(count) {
        for (let i = 0; i < count; i++) socket.fire("message", { data: frames[i % frames.length] });
      },
      check(count) {
        expect("events", told, count);
        told = 0;
      },
    };
  });
}

function frameOf(messageType, payload) {
  return JSON.stringify({ messageType, messagePayload: btoa(JSON.stringify(payload)) });
}

async function each(packages, make) {
  const subjects = {};
  for (const side of SIDES) subjects[side] = await make(await opened(packages[side]));
  return subjects;
}

async function opened({ SignalingClient }) {
  const client = new SignalingClient({
    role: "VIEWER", clientId: CLIENT, channelARN: CHANNEL, channelEndpoint: ENDPOINT,
    region: REGION, credentials: KEYS,
  });
  globalThis.WebSocket = ScriptedSocket;
  const next = ScriptedSocket.next();
  client.open();
  const socket = await next;
  socket.fire("open", {});
  return { client, socket };
}
