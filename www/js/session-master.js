// The master's side of the page: its own picture, one tile for each viewer, messages to all.

import { createChat } from "./chat.js";
import { watchUsed } from "./codecs.js";
import { createControls } from "./controls.js";
import { message } from "./i18n.js";
import { log } from "./log.js";
import { createTile } from "./media-tile.js";

const STEPS = ["step.service", "step.viewers", "step.picture"];

export const masterRole = {
  panel: document.getElementById("master"),
  goodbye: "master.ended",

  create(sdk, settings) {
    const { clientId, dataChannel, ...options } = settings;
    return new sdk.Master(options);
  },

  /** Shows a session until `remove()`; `progress(text, tone, steps, done)` follows its state. */
  show(session, settings, progress) {
    const place = this.panel.querySelector(".tiles");
    const device = settings.video ? "tile.openingCamera" : "tile.openingMicrophone";
    const local = createTile({ title: message("tile.youToViewers"), kind: "local", empty: message(device) });
    place.replaceChildren();
    const controls = createControls(session, settings, local.mirror);
    local.append(controls.element);
    if (settings.video || settings.audio) place.append(local.element);
    const chat = settings.ingestion ? null : createChat(this.panel.querySelector(".chat"), {
      label: message("chat.toViewers"),
      send: (text) => session.send(text),
    });

    // A Map, since a client id may be any name, such as `constructor`.
    const viewers = new Map();
    let state = "starting";
    const viewerOf = (clientId) => {
      let viewer = viewers.get(clientId);
      if (!viewer) {
        const tile = createTile({ title: clientId ?? message("step.service"), kind: "remote", empty: message("tile.nothing") });
        const id = clientId ?? null;
        tile.watch(watchUsed(() => session.getStats(id), settings.codecs, () => session.peerConnection(id)));
        place.append(tile.element);
        viewers.set(clientId, viewer = { tile, state: "connecting" });
      }
      return viewer;
    };
    const drop = (clientId) => {
      viewers.get(clientId)?.tile.remove();
      viewers.delete(clientId);
    };
    const report = () => {
      const connected = [...viewers.values()].filter((viewer) => viewer.state === "connected").length;
      progress(...wordsOf(state, viewers.size, connected));
    };

    const ends = [
      session.on("state", (detail) => {
        state = detail.state;
        // A connection to the storage session is over; no viewer is without an id.
        if (state === "waiting") drop(undefined);
        log.info(`Master: ${state}`);
        if (state !== "closed") report();
      }),
      session.on("viewerstate", ({ clientId, state: now, reason }) => {
        log.info(`Viewer ${clientId}: ${reason ?? now}`, clientId);
        if (now === "closed") {
          drop(clientId);
        } else {
          const viewer = viewerOf(clientId);
          viewer.state = now;
          viewer.tile.setState(message(`state.${now}`));
        }
        report();
      }),
      session.on("quality", ({ clientId, ...quality }) => viewers.get(clientId)?.tile.setQuality(quality)),
      session.on("localstream", ({ stream }) => local.show(stream)),
      session.on("stream", ({ stream, clientId }) => viewerOf(clientId).tile.show(stream)),
      session.on("message", ({ data, clientId }) => {
        log.debug(`Viewer ${clientId}: a message came`, clientId);
        chat?.received(data, clientId);
      }),
    ];
    report();
    return {
      remove() {
        for (const end of ends) end();
        controls.remove();
        local.remove();
        for (const clientId of [...viewers.keys()]) drop(clientId);
        chat?.remove();
      },
    };
  },
};

/** What the page says, its tone, the steps and how many are done. */
function wordsOf(state, viewers, connected) {
  if (state === "starting") return [message("status.asking"), "busy", STEPS, 0];
  if (state === "detached") {
    return [message("master.detached"), "bad", STEPS, 0];
  }
  if (connected > 0) return [message("master.connected", { count: connected }), "live", STEPS, 3];
  if (viewers > 0) return [message("master.connecting"), "busy", STEPS, 2];
  return [message("master.waiting"), "busy", STEPS, 1];
}
