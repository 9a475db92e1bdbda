// What is sent, while it is sent: mute, camera off, another device, the screen, one's own view mirrored.

import { begin, finish } from "./busy.js";
import { message, put } from "./i18n.js";
import { log } from "./log.js";
import { problemText, showProblem } from "./status.js";

const KINDS = { videoinput: "video", audioinput: "audio" };

/** Buttons and lists for a session; `mirror(on)` turns one's own view around. */
export function createControls(session, { video, audio }, mirror) {
  const element = document.createElement("div");
  element.className = "controls row";
  element.setAttribute("role", "group");
  put(element, message("control.label"), "aria-label");
  const act = async (button, work) => {
    if (!begin(button)) return undefined;
    try {
      return await work();
    } catch (error) {
      log.warn(`${problemText(error)} [${error.code}]`);
      showProblem(error);
      return undefined;
    } finally {
      finish(button);
    }
  };
  const toggle = (name, work) => {
    const button = document.createElement("button");
    button.type = "button";
    button.className = "quiet small";
    button.dataset.control = name;
    button.setAttribute("aria-pressed", "false");
    put(button, message(`control.${name}`));
    button.addEventListener("click", () => act(button, async () => {
      const on = button.getAttribute("aria-pressed") !== "true";
      await work(on);
      button.setAttribute("aria-pressed", String(on));
    }));
    element.append(button);
    return button;
  };
  const ends = [];
  if (audio) toggle("mute", (on) => session.setMuted("audio", on));
  if (video) {
    toggle("cameraOff", (on) => session.setMuted("video", on, { release: true }));
    if (navigator.mediaDevices?.getDisplayMedia) {
      const share = toggle("share", (on) => (on ? session.shareScreen() : session.stopScreenShare()));
      ends.push(session.on("localtrackended", ({ source }) => {
        if (source === "screen") share.setAttribute("aria-pressed", "false");
      }));
    }
    toggle("mirror", async (on) => mirror(on));
  }
  const lists = Object.entries(KINDS)
    .filter(([, kind]) => (kind === "video" ? video : audio))
    .map(([device, kind]) => createList(session, device, kind, act));
  element.append(...lists.map((list) => list.element));
  const refresh = async () => {
    const devices = await session.devices();
    for (const list of lists) list.fill(devices);
  };
  const refreshed = () => refresh().catch((error) => log.debug(problemText(error)));
  ends.push(session.on("devicechange", refreshed), session.on("localstream", refreshed));
  return {
    element,
    remove() {
      for (const end of ends) end();
      element.remove();
    },
  };
}

/** The devices of one kind, to change to another one. */
function createList(session, device, kind, act) {
  const select = document.createElement("select");
  select.className = "small";
  select.dataset.device = device;
  put(select, message(`control.${device}`), "aria-label");
  select.hidden = true;
  select.addEventListener("change", () => act(select, () => session.switchDevice(kind, select.value)));
  return {
    element: select,
    fill(devices) {
      const own = devices.filter((found) => found.kind === device && found.deviceId !== "");
      const [track] = session.localStream?.getTracks().filter((sent) => sent.kind === kind) ?? [];
      const inUse = track?.getSettings().deviceId ?? select.value;
      select.hidden = own.length < 2;
      select.replaceChildren(...own.map(({ label, deviceId }) => new Option(label, deviceId)));
      if (own.some(({ deviceId }) => deviceId === inUse)) select.value = inUse;
    },
  };
}
