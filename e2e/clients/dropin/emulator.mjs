// The same scripts on both packages, against the emulator: a master and its viewers, which sign,
// connect and talk. Run with the channel as `node/channel.mjs` prints it. Each client's trace is
// kept for itself, since which of two sockets is faster says nothing.
import { isDeepStrictEqual, inspect } from "node:util";
import { description } from "./harness.mjs";
import { ours, reference } from "./packages.mjs";

const settings = JSON.parse(process.argv[2]);
const SOON = 10_000;

class Client {
  trace = [];
  #waiting = [];

  constructor(sdk, role, clientId, more) {
    const { channelARN, region, credentials, endpoints } = settings;
    const channelEndpoint = endpoints[role];
    this.client = new sdk.SignalingClient({
      role, clientId, channelARN, channelEndpoint, region, credentials, ...more,
    });
    for (const event of ["open", "sdpOffer", "sdpAnswer", "iceCandidate", "statusResponse"]) {
      this.client.on(event, (...args) => this.#note(event, ...args));
    }
    // What these say is each package's own.
    for (const event of ["error", "close"]) this.client.on(event, () => this.#note(event));
  }

  #note(event, ...args) {
    this.trace.push([event, ...args]);
    this.#waiting = this.#waiting.filter((check) => !check());
  }

  // Waits until the client was told this event so many times.
  async until(event, times = 1) {
    const isThere = () => this.trace.filter((it) => it[0] === event).length >= times;
    if (isThere()) return;
    await new Promise((resolve, reject) => {
      const late = () => reject(new Error(`no ${event}, but ${inspect(this.trace)}`));
      const timer = setTimeout(late, SOON);
      this.#waiting.push(() => {
        if (!isThere()) return false;
        clearTimeout(timer);
        resolve();
        return true;
      });
    });
  }

  async open() {
    this.client.open();
    await this.until("open");
  }

  async close() {
    this.client.close();
    await this.until("close");
  }
}

async function pair(sdk, name, more) {
  const master = new Client(sdk, "MASTER", undefined, more);
  const viewer = new Client(sdk, "VIEWER", name, more);
  await Promise.all([master.open(), viewer.open()]);
  return { master, viewer };
}

async function done(...clients) {
  await Promise.all(clients.map((it) => it.close()));
  return clients.map((it) => it.trace);
}

const line = (name, ufrag) => ({
  candidate: `candidate:${name}`, sdpMid: "0", sdpMLineIndex: 0, usernameFragment: ufrag,
});

const cases = {
  async "a call: offer, answer, candidates both ways"(sdk) {
    const { master, viewer } = await pair(sdk, "caller");
    viewer.client.sendSdpOffer(description("offer", "v"));
    viewer.client.sendIceCandidate(line("viewer", "v"));
    await master.until("iceCandidate");
    master.client.sendSdpAnswer(description("answer", "m"), "caller");
    master.client.sendIceCandidate(line("master", "m"), "caller");
    await viewer.until("iceCandidate");
    return done(master, viewer);
  },
  async "candidates that overtake their offer"(sdk) {
    const { master, viewer } = await pair(sdk, "hasty");
    for (const name of ["one", "two"]) viewer.client.sendIceCandidate(line(name, "v"));
    viewer.client.sendSdpOffer(description("offer", "v"));
    await master.until("iceCandidate", 2);
    return done(master, viewer);
  },
  async "candidates that wait to be drained"(sdk) {
    const { master, viewer } = await pair(sdk, "patient", { enableEarlyIceCandidateBuffering: true });
    viewer.client.sendIceCandidate(line("one", "v"));
    viewer.client.sendSdpOffer(description("offer", "v"));
    await master.until("sdpOffer");
    master.trace.push(["pending", master.client.getPendingIceCandidates("patient")]);
    master.client.drainPendingIceCandidates("patient");
    return done(master, viewer);
  },
  async "a message to nobody is reported"(sdk) {
    const { master, viewer } = await pair(sdk, "somebody");
    master.client.sendSdpAnswer(description("answer", "m"), "nobody", "try-1");
    await master.until("statusResponse");
    return done(master, viewer);
  },
  async "a message that the service is made to refuse"(sdk) {
    const { master, viewer } = await pair(sdk, "throttled");
    viewer.client.sendSdpOffer(description("offer", "v"), undefined, "try-2");
    await viewer.until("statusResponse");
    return done(master, viewer);
  },
  async "a message that is too long is reported"(sdk) {
    const { master, viewer } = await pair(sdk, "longwinded");
    viewer.client.sendSdpOffer({ type: "offer", sdp: "x".repeat(9_000) }, undefined, "try-3");
    await viewer.until("statusResponse");
    return done(master, viewer);
  },
  async "a connection that the service is made to refuse"(sdk) {
    const viewer = new Client(sdk, "VIEWER", "refused");
    viewer.client.open();
    // The WebSocket of Node 20 does not say that it is closed.
    await viewer.until("error");
    return [[viewer.trace[0]]];
  },
  async "a connection that is opened again"(sdk) {
    const { master, viewer } = await pair(sdk, "returning");
    viewer.client.close();
    await viewer.until("close");
    viewer.client.open();
    await viewer.until("open", 2);
    viewer.client.sendSdpOffer(description("offer", "v"));
    await master.until("sdpOffer");
    viewer.client.close();
    await viewer.until("close", 2);
    return [...(await done(master)), viewer.trace];
  },
  async "two viewers and their master"(sdk) {
    const { master, viewer } = await pair(sdk, "first");
    const second = new Client(sdk, "VIEWER", "second");
    await second.open();
    viewer.client.sendSdpOffer(description("offer", "a"));
    await master.until("sdpOffer");
    second.client.sendSdpOffer(description("offer", "b"));
    await master.until("sdpOffer", 2);
    master.client.sendSdpAnswer(description("answer", "m"), "second");
    await second.until("sdpAnswer");
    return done(master, viewer, second);
  },
  async "a master that is not there when it is called"(sdk) {
    const viewer = new Client(sdk, "VIEWER", "early");
    await viewer.open();
    viewer.client.sendSdpOffer(description("offer", "v"));
    viewer.client.sendIceCandidate(line("one", "v"));
    const master = new Client(sdk, "MASTER");
    await master.open();
    await master.until("iceCandidate");
    return done(master, viewer);
  },
};

const sdks = { ours: await ours(), reference: reference() };
let failures = 0;
for (const [name, run] of Object.entries(cases)) {
  const traces = { ours: await run(sdks.ours), reference: await run(sdks.reference) };
  const same = isDeepStrictEqual(traces.ours, traces.reference);
  console.log(`${same ? "ok     " : "FAILED "} ${name}`);
  if (!same) {
    failures += 1;
    console.log(inspect(traces, { depth: 9, breakLength: 160 }));
  }
}
console.log(`total ${Object.keys(cases).length}`);
process.exit(failures === 0 ? 0 : 1);
