// One picture with its title, its state, its quality, its tools and what is measured of it.

import { message, put } from "./i18n.js";
import { createQualityBadge } from "./quality-badge.js";
import { createSparklines } from "./sparkline.js";
import { factsFrom, figuresFrom, measured, pictureSize } from "./stats.js";
import { createPrompt } from "./tile-prompt.js";
import { createTileTools } from "./tile-tools.js";
import { forget, showTogether } from "./together.js";

const EVERY_MS = 1000;

/**
 * A tile; `kind` is "local" or "remote". `empty` is what the screen says before there is a picture.
 * `remove()` ends its timer and lets go of the stream.
 */
export function createTile({ title, kind, empty }) {
  const state = element("span", "badge");
  const video = element("video", `${kind}-view`);
  // Firefox stops at every video otherwise, where there is nothing to do.
  video.tabIndex = -1;
  video.autoplay = true;
  video.muted = true;
  video.playsInline = true;
  put(video, title, "aria-label");
  const words = put(element("p", "screen-words"), empty);
  const prompt = createPrompt(video);
  const screen = element("div", "screen", video, words, kind === "remote" ? prompt.element : "");
  const facts = createFacts();
  const tools = createTileTools(video, screen);
  const sound = kind === "remote" ? soundButton(video) : null;
  if (sound) tools.element.prepend(sound.button);
  const quality = createQualityBadge();
  const sparks = createSparklines();
  const tile = element("article", "tile",
    element("div", "tile-head", put(element("h3"), title), quality.element, state),
    screen,
    element("div", "tile-foot", facts.element, tools.element));

  // Tracks join a stream without an event where a script adds them, so this is asked again.
  const refresh = () => {
    tile.classList.toggle("has-picture", video.videoWidth > 0);
    const kinds = (video.srcObject?.getTracks() ?? []).map((track) => track.kind);
    put(words, kinds.includes("audio") && !kinds.includes("video") ? message("tile.soundOnly") : empty);
    sound?.refresh();
    prompt.refresh();
    tools.refresh();
  };
  for (const event of ["loadeddata", "resize"]) video.addEventListener(event, refresh);
  refresh();
  let timer = 0;

  return {
    element: tile,
    /** Shows a stream. */
    show(stream) {
      if (video.srcObject !== stream) {
        video.srcObject = stream;
        prompt.play();
      }
      const [camera] = stream.getVideoTracks();
      if (kind === "local" && camera) facts.show({ "fact.camera": captureOf(camera) });
      refresh();
    },
    /** Puts something below the picture. */
    append: (more) => tile.append(more),
    /** From now on the screen says this while there is no picture. */
    setEmpty(said) {
      empty = said;
      refresh();
    },
    /** One word or two on where the connection is. */
    setState(said) {
      put(state, said);
    },
    /** How good the connection is; null where that is not known. */
    setQuality: (judged) => showTogether(quality, () => quality.show(judged)),
    /** Turns the picture around, as in a mirror. */
    mirror: (on) => video.classList.toggle("mirrored", on),
    /** Tells each second what this connection does; `measure` gives its statistics, or null. */
    watch(measure) {
      tile.append(sparks.element);
      timer = setInterval(async () => {
        const stats = await measured(measure);
        // Not for an answer that comes after the tile is gone.
        if (timer === 0) return;
        if (stats) sparks.add(figuresFrom(stats));
        showTogether(tile, () => {
          refresh();
          if (!stats) return;
          facts.show(factsFrom(stats));
          sparks.draw();
        });
      }, EVERY_MS);
    },
    remove() {
      clearInterval(timer);
      timer = 0;
      forget(tile);
      forget(quality);
      tools.remove();
      video.srcObject = null;
      tile.remove();
    },
  };
}

/** A line of facts; `show(facts)` takes them by the key of their name, where null is left out. */
function createFacts() {
  const line = element("p", "facts");
  const shown = new Map();
  const add = (key) => {
    const value = element("span");
    const fact = element("span", "", put(element("b"), message(key)), " ", value);
    line.append(fact, " ");
    shown.set(key, { fact, value });
    return shown.get(key);
  };
  return {
    element: line,
    show(facts) {
      for (const [key, said] of Object.entries(facts)) {
        if (said === null && !shown.has(key)) continue;
        const { fact, value } = shown.get(key) ?? add(key);
        fact.hidden = said === null;
        put(value, said);
      }
    },
  };
}

/** What the camera gives, e.g. `1280×720, 30 fps`, or null. */
function captureOf(track) {
  const { width, height, frameRate } = track.getSettings();
  return pictureSize(width, height, frameRate);
}

/** Browsers let a page play sound only after a click: so the picture starts muted. */
function soundButton(video) {
  const button = element("button", "quiet small");
  button.type = "button";
  const refresh = () => {
    const silent = !video.srcObject || video.srcObject.getAudioTracks().length === 0;
    button.disabled = silent;
    put(button, message(silent ? "tile.noSound" : video.muted ? "tile.unmute" : "tile.mute"));
  };
  button.addEventListener("click", () => {
    video.muted = !video.muted;
  });
  video.addEventListener("volumechange", refresh);
  refresh();
  return { button, refresh };
}

function element(tag, className, ...children) {
  const made = document.createElement(tag);
  if (className) made.className = className;
  made.append(...children);
  return made;
}
