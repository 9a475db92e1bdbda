// The viewer's side of the page: the master's picture, its own, and the messages between them.

import { createChat } from "./chat.js";
import { log } from "./log.js";
import { createTile } from "./media-tile.js";

const STEPS = ["Service", "Master", "Path", "Picture"];

/** What the page says in each state, and how many of the steps are done. */
const STATES = {
  starting: ["Asking the service…", "busy", 0],
  waiting: ["Waiting for the master…", "busy", 1],
  connecting: ["The master answered; finding a path…", "busy", 2],
  connected: ["Connected", "live", 4],
};

export const viewerRole = {
  panel: document.getElementById("viewer"),
  goodbye: "The master left the call.",
  create: (sdk, settings) => new sdk.Viewer(settings),

  /** Shows a session until `remove()`; `progress(text, tone, steps, done)` follows its state. */
  show(session, settings, progress) {
    const remote = createTile({ title: "From the master", kind: "remote", empty: "No picture yet" });
    remote.watch(() => session.peerConnection);
    const tiles = [remote];
    const sends = settings.video || settings.audio;
    const device = settings.video ? "camera" : "microphone";
    const local = sends && createTile({ title: "You, to the master", kind: "local", empty: `Opening the ${device}…` });
    if (local) tiles.push(local);
    this.panel.querySelector(".tiles").replaceChildren(...tiles.map((tile) => tile.element));
    const place = this.panel.querySelector(".chat");
    const chat = settings.dataChannel
      ? createChat(place, { to: "the master", send: (text) => session.send(text) })
      : null;

    const ends = [
      session.on("state", ({ state }) => {
        log.info(`Viewer: ${state}`);
        const said = STATES[state];
        if (!said) return;
        const [text, tone, done] = said;
        progress(text, tone, STEPS, done);
        remote.setState(state);
      }),
      session.on("localstream", ({ stream }) => local?.show(stream)),
      session.on("stream", ({ stream }) => remote.show(stream)),
      session.on("error", ({ error }) => {
        // A viewer goes on without its camera: it has come to see.
        if (local && /^browser\.(media|camera|microphone|constraint)/.test(error.code)) local.setEmpty("Nothing is sent");
      }),
      session.on("message", ({ data }) => {
        log.debug("Viewer: a message came");
        chat?.received(data, "Master");
      }),
    ];
    progress(...STATES.starting.slice(0, 2), STEPS, 0);
    return {
      remove() {
        for (const end of ends) end();
        for (const tile of tiles) tile.remove();
        chat?.remove();
      },
    };
  },
};
