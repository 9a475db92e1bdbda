// The viewer's side of the page: the master's picture, its own, and the messages between them.

import { createChat } from "./chat.js";
import { watchUsed } from "./codecs.js";
import { createControls } from "./controls.js";
import { message } from "./i18n.js";
import { log } from "./log.js";
import { createTile } from "./media-tile.js";

const STEPS = ["step.service", "step.master", "step.path", "step.picture"];

/** What the page says in each state, and how many of the steps are done. */
const STATES = {
  starting: [message("status.asking"), "busy", 0],
  waiting: [message("viewer.waiting"), "busy", 1],
  connecting: [message("viewer.connecting"), "busy", 2],
  connected: [message("viewer.connected"), "live", 4],
};

export const viewerRole = {
  panel: document.getElementById("viewer"),
  goodbye: "viewer.masterLeft",
  create: (sdk, settings) => new sdk.Viewer(settings),

  /** Shows a session until `remove()`; `progress(text, tone, steps, done)` follows its state. */
  show(session, settings, progress) {
    const remote = createTile({ title: message("tile.fromMaster"), kind: "remote", empty: message("tile.noPicture") });
    remote.watch(watchUsed(() => session.getStats(), settings.codecs, () => session.peerConnection));
    const tiles = [remote];
    const sends = settings.video || settings.audio;
    const device = settings.video ? "tile.openingCamera" : "tile.openingMicrophone";
    const local = sends && createTile({ title: message("tile.youToMaster"), kind: "local", empty: message(device) });
    if (local) tiles.push(local);
    this.panel.querySelector(".tiles").replaceChildren(...tiles.map((tile) => tile.element));
    const controls = local ? createControls(session, settings, local.mirror) : null;
    if (controls) local.append(controls.element);
    const place = this.panel.querySelector(".chat");
    const chat = settings.dataChannel
      ? createChat(place, { label: message("chat.toMaster"), send: (text) => session.send(text) })
      : null;

    const ends = [
      session.on("state", ({ state }) => {
        log.info(`Viewer: ${state}`);
        const said = STATES[state];
        if (!said) return;
        const [text, tone, done] = said;
        progress(text, tone, STEPS, done);
        remote.setState(message(`state.${state}`));
      }),
      session.on("quality", (quality) => remote.setQuality(quality)),
      session.on("localstream", ({ stream }) => local?.show(stream)),
      session.on("stream", ({ stream }) => remote.show(stream)),
      session.on("error", ({ error }) => {
        // A viewer goes on without its camera: it has come to see.
        if (local && /^browser\.(media|camera|microphone|constraint)/.test(error.code)) local.setEmpty(message("tile.notSent"));
      }),
      session.on("message", ({ data }) => {
        log.debug("Viewer: a message came");
        chat?.received(data, message("master.heading"));
      }),
    ];
    progress(...STATES.starting.slice(0, 2), STEPS, 0);
    return {
      remove() {
        for (const end of ends) end();
        controls?.remove();
        for (const tile of tiles) tile.remove();
        chat?.remove();
      },
    };
  },
};
