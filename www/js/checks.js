// What a call needs, tried one by one: each check gives a message, or throws what is wrong.

import { message } from "./i18n.js";
import { flood, overRelay } from "./loopback.js";
import { randomEnd } from "./random.js";
import { clientOf } from "./regional.js";
import { sdk } from "./sdk.js";
import { signedSocket } from "./signed-socket.js";

const SOCKET_WITHIN_MS = 8000;
const GATHER_WITHIN_MS = 6000;
const MEDIA_WITHIN_MS = 10_000;
const BANDWIDTH_MS = 4000;
const BANDWIDTH_BYTES = 4_000_000;
/** Less does for no picture worth looking at. */
const BANDWIDTH_LEAST_MBIT = 0.3;
/** The service takes requests that are five minutes off. */
const CLOCK_TOLERANCE_MS = 300_000;

/** Thrown where a check cannot be made here, or shows nothing either way. */
export class Skipped extends Error {
  constructor(said) {
    super(said.key);
    this.said = said;
  }
}

/** Thrown where a check fails; `said` is what was found. */
class Failed extends Error {
  constructor(said) {
    super(said.key);
    this.said = said;
  }
}

/** The checks in their order, by name; they share `known`, which begins with the form's `settings` and `stunUrl`. */
export const CHECKS = Object.freeze({
  browser: checkBrowser,
  keys: checkKeys,
  clock: checkClock,
  socket: checkSocket,
  stun: checkStun,
  turnUdp: (known) => checkTurn(known, /^turn:/),
  turnsUdp: (known) => checkTurn(known, /^turns:.*transport=udp/),
  turnsTcp: (known) => checkTurn(known, /^turns:.*transport=tcp/),
  media: checkMedia,
  bandwidth: checkBandwidth,
  devices: checkDevices,
});

async function checkBrowser() {
  if (!globalThis.RTCPeerConnection) throw new Failed(message("check.noWebRtc"));
  if (!isSecureContext) throw new Failed(message("check.insecure"));
  await sdk;
  return message("check.good");
}

async function checkKeys(known) {
  known.client = await clientOf(known.settings);
  const { ChannelInfo } = await known.client.describeSignalingChannel({ ChannelName: known.settings.channelName });
  known.arn = ChannelInfo.ChannelARN;
  return message("check.keysGood");
}

async function checkClock(known) {
  if (!known.arn) throw new Skipped(message("check.needsKeys"));
  const begun = Date.now();
  const response = await fetch(known.settings.endpoint ?? document.baseURI, { method: "HEAD", cache: "no-store" }).catch(() => null);
  const date = Date.parse(response?.headers.get("date") ?? "");
  // Where the browser hides the date, a signature that was taken still says enough.
  if (!known.settings.endpoint || Number.isNaN(date)) return message("check.clockTaken");
  // The date is in whole seconds.
  const off = Math.abs(date + 500 - (begun + Date.now()) / 2);
  if (off > CLOCK_TOLERANCE_MS) throw new Failed(message("check.clockWrong", { seconds: Math.round(off / 1000) }));
  return message("check.clockGood", { seconds: Math.round(off / 1000) });
}

async function checkSocket({ arn, client, settings }) {
  if (!arn) throw new Skipped(message("check.needsKeys"));
  const socket = await signedSocket({ arn, client, settings }, "VIEWER", `test-${randomEnd()}`);
  try {
    await within(SOCKET_WITHIN_MS, (done, fail) => {
      socket.addEventListener("open", done);
      socket.addEventListener("close", () => fail(new Failed(message("check.socketRefused"))));
    });
  } finally {
    socket.close();
  }
  return message("check.socketGood");
}

async function checkStun({ stunUrl }) {
  const found = await gather({ iceServers: [{ urls: stunUrl }] }, "srflx");
  if (!found) throw new Skipped(message("check.stunUnclear"));
  return message("check.stunGood");
}

async function checkTurn(known, wanted) {
  const server = (await serversOf(known)).map(({ urls, ...login }) => ({ urls: urls.filter((url) => wanted.test(url)), ...login }))
    .find(({ urls }) => urls.length > 0);
  if (!server) throw new Skipped(message("check.turnNotOffered"));
  if (!(await gather({ iceServers: [server], iceTransportPolicy: "relay" }, "relay"))) throw new Failed(message("check.turnNone"));
  known.relay ??= server;
  return message("check.turnGood");
}

async function serversOf(known) {
  if (!known.arn) throw new Skipped(message("check.needsKeys"));
  const { IceServerList } = await known.client.getIceServerConfig({ ChannelARN: known.arn });
  return (IceServerList ?? []).map(({ Uris, Username, Password }) => ({ urls: Uris ?? [], username: Username, credential: Password }));
}

/** A picture from this page to itself, by way of the TURN server. */
async function checkMedia({ relay }) {
  if (!relay) throw new Skipped(message("check.noRelay"));
  const canvas = document.createElement("canvas");
  const context = canvas.getContext("2d");
  const drawing = setInterval(() => context.fillRect(Math.random() * 200, Math.random() * 100, 50, 50), 50);
  const stream = canvas.captureStream(15);
  try {
    await overRelay(
      relay,
      (one) => one.addTrack(stream.getVideoTracks()[0], stream),
      (other) => within(MEDIA_WITHIN_MS, (done) => untilFrames(other, done)),
    );
  } finally {
    clearInterval(drawing);
    for (const track of stream.getTracks()) track.stop();
  }
  return message("check.mediaGood");
}

/** How much goes through there, up and down at once: for a few seconds, or some megabytes where they take less. */
async function checkBandwidth({ relay }) {
  if (!relay) throw new Skipped(message("check.noRelay"));
  const { bytes, ms } = await overRelay(
    relay,
    (one, other) => flood(one, other, BANDWIDTH_MS, BANDWIDTH_BYTES),
    (other, through) => within(MEDIA_WITHIN_MS, (done) => through.then(done)),
  );
  const mbit = (bytes * 8) / ms / 1000;
  const said = { mbit: mbit.toFixed(1) };
  if (mbit < BANDWIDTH_LEAST_MBIT) throw new Failed(message("check.bandwidthLow", said));
  return message("check.bandwidth", said);
}

/** Looks until a frame has come, or the connection is closed. */
async function untilFrames(connection, done) {
  const report = await connection.getStats();
  if ([...report.values()].some((entry) => entry.type === "inbound-rtp" && entry.framesReceived > 0)) return done();
  if (connection.signalingState !== "closed") setTimeout(() => untilFrames(connection, done), 100);
  return undefined;
}

/** Asks for no permission. */
async function checkDevices() {
  const devices = (await navigator.mediaDevices?.enumerateDevices()) ?? [];
  const count = (kind) => devices.filter((device) => device.kind === kind).length;
  const [cameras, microphones] = [count("videoinput"), count("audioinput")];
  const state = async (name) => (await navigator.permissions?.query({ name }).catch(() => null))?.state;
  if ((await state("camera")) === "denied") throw new Failed(message("check.cameraDenied"));
  if (cameras === 0) throw new Skipped(message("check.noCamera"));
  return message("check.devicesGood", { cameras, microphones });
}

/** Whether a candidate of that type is found in time. */
async function gather(configuration, type) {
  const connection = new RTCPeerConnection(configuration);
  try {
    connection.createDataChannel("check");
    const found = within(GATHER_WITHIN_MS, (done) => {
      connection.addEventListener("icecandidate", ({ candidate }) => {
        if (candidate?.type === type) done(true);
        else if (candidate === null) done(false);
      });
    });
    await connection.setLocalDescription();
    return await found;
  } catch (error) {
    if (error.said) return false;
    throw error;
  } finally {
    connection.close();
  }
}

function within(ms, begin) {
  return new Promise((resolve, reject) => {
    const timer = setTimeout(() => reject(new Failed(message("check.noAnswer", { seconds: ms / 1000 }))), ms);
    const end = (settle) => (value) => {
      clearTimeout(timer);
      settle(value);
    };
    begin(end(resolve), end(reject));
  });
}
