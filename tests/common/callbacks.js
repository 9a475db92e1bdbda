// A call in which everything happens, and callbacks that do all they may, for tests in a browser.
import { cameras, channelsMade, later, say } from "./relay.js";

const BOTH = [
  "state", "error", "localstream", "stream", "channelopen", "message", "quality", "goAway",
  "reconnectIceServer", "statusResponse", "devicechange", "localtrackended", "channelclose", "close",
];

// What a master, or a viewer, tells in the call.
export function eventsOf(role) {
  return role === "master" ? [...BOTH, "viewer", "viewerstate"] : BOTH;
}

const status = { messageType: "STATUS_RESPONSE", statusResponse: { correlationId: "1", errorType: "E", statusCode: "400" } };

// Makes the call of a master and a viewer named `a`. It waits for each thing to be told by both sides,
// unless one is over, and at the end for `acted`. Gives what the master, and the viewer, has told.
export async function everything(master, viewer, acted) {
  const sides = [master, viewer];
  const told = sides.map(() => new Set());
  const hear = (side, n) => {
    for (const type of eventsOf(n === 0 ? "master" : "viewer")) {
      side.addEventListener(type, () => told[n].add(type));
    }
  };
  sides.forEach(hear);
  const [opened, opening] = [cameras(), channelsMade()];
  await Promise.all(sides.map((side) => side.devices()));
  const starts = sides.map((side) => side.start().catch(() => {}));

  const isOver = () => sides.some(({ state }) => state === "closed");
  const all = async (...types) => {
    while (!isOver() && !told.every((one) => types.every((type) => one.has(type)))) await later(5);
  };
  await all("error", "localstream", "stream", "channelopen");
  for (const side of isOver() ? [] : sides) {
    try {
      side.send("a message");
    } catch ({ code }) {
      // It has been started again.
      if (code !== "caller.notConnected") throw new Error(code);
    }
  }
  await all("message");
  for (const id of [null, "a"]) {
    for (const messageType of ["GO_AWAY", "RECONNECT_ICE_SERVER"]) say(id, { messageType });
    say(id, status);
  }
  navigator.mediaDevices.dispatchEvent(new Event("devicechange"));
  await all("goAway", "reconnectIceServer", "statusResponse", "devicechange", "quality");
  opened.forEach(({ track }) => track.endByItself());
  await all("localtrackended");
  opening.forEach((channel) => channel.close());
  await all("channelclose");
  await acted;
  viewer.stop();
  master.stop();
  delete navigator.mediaDevices.getUserMedia;
  await Promise.all(starts);
  // A browser reports in a task of its own what was rejected.
  await later(10);
  return told.map((types) => [...types].sort());
}

// Has each callback of a session throw, or give a promise that is rejected, until what it gives is called.
export function misbehave(session, role, how, way) {
  const acts = {
    throw() {
      throw new Error("a callback that throws");
    },
    reject: () => Promise.reject(new Error("a callback whose promise is rejected")),
  };
  const act = acts[how];
  const off = (type) => () => session.removeEventListener(type, act);
  const ends = eventsOf(role).map((type) => session[way](type, act) ?? off(type));
  return () => ends.forEach((end) => end());
}

// A function that stops and starts a session when it is first called; `over` resolves once the second
// run waits for the other side, with its start. `session` may be told later.
export function restarting(session) {
  let done;
  let closes = 0;
  const over = new Promise((resolve) => (done = resolve));
  const restart = () => {
    if (done === undefined) return;
    const resolve = done;
    done = undefined;
    restart.session.stop();
    const start = restart.session.start();
    // The test looks at it later.
    start.catch(() => {});
    restart.session.addEventListener("state", ({ detail }) => {
      if (detail.state === "waiting") resolve({ start, closes: () => closes });
    });
  };
  const of = (session) => {
    restart.session = session;
    session.addEventListener("close", () => (closes += 1));
  };
  if (session !== undefined) of(session);
  return Object.assign(restart, { over, of });
}

// A function or class that the options of a session have under this name, which does as usual, and
// `act` before that: `send` and `close` are the socket's methods.
export function acting(name, act) {
  const Usual = globalThis.WebSocket;
  return {
    credentials: () => (act(), { accessKeyId: "AK", secretAccessKey: "SK" }),
    session: () => (act(), { signedUrl: "wss://localhost:9/s?X-Amz-ClientId=a&X-Amz-Signature=x" }),
    fetch: (...request) => (act(), globalThis.fetch(...request)),
    logger: () => act(),
    WebSocket: class extends Usual {
      constructor(url) {
        act();
        super(url);
      }
    },
    send: class extends Usual {
      send(text) {
        act();
        super.send(text);
      }
    },
    close: class extends Usual {
      close() {
        act();
        super.close();
      }
    },
  }[name];
}
