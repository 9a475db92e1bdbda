// One picture with its title, its state, a switch for the sound and a line of facts.

import { describe } from "./stats.js";

const EVERY_MS = 1000;

/**
 * A tile; `kind` is "local" or "remote". `empty` is what the screen says before there is a picture.
 * `remove()` ends its timer and lets go of the stream.
 */
export function createTile({ title, kind, empty }) {
  const tile = element("article", "tile");
  tile.dataset.kind = kind;
  const state = element("span", "badge");
  const head = element("div", "tile-head", element("h3", "", title), state);
  const video = element("video", `${kind}-view`);
  video.autoplay = true;
  video.muted = true;
  video.playsInline = true;
  video.setAttribute("aria-label", title);
  const words = element("p", "screen-words", empty);
  const screen = element("div", "screen", video, words);
  const facts = element("p", "facts");
  const foot = element("div", "tile-foot", facts);
  const sound = kind === "remote" ? soundButton(video) : null;
  if (sound) foot.append(sound.button);
  tile.append(head, screen, foot);

  const onPicture = () => {
    tile.classList.toggle("has-picture", video.videoWidth > 0);
  };
  video.addEventListener("resize", onPicture);
  video.addEventListener("loadeddata", onPicture);
  let timer = 0;

  return {
    element: tile,
    /** Shows a stream. */
    show(stream) {
      if (video.srcObject !== stream) video.srcObject = stream;
      sound?.follow(stream);
      const [camera] = stream.getVideoTracks();
      if (!camera) words.textContent = "Sound only";
      else if (kind === "local") facts.replaceChildren(...factsOf({ Camera: captureOf(camera) }));
    },
    /** One word or two on where the connection is. */
    setState(text) {
      state.textContent = text;
    },
    /** Tells each second what this connection does; `get` gives it, or null while there is none. */
    watch(get) {
      clearInterval(timer);
      timer = setInterval(async () => {
        const peerConnection = get();
        if (!peerConnection || peerConnection.connectionState === "closed") return;
        const now = await describe(peerConnection);
        // Not for an answer that comes after the tile is gone.
        if (timer !== 0) {
          facts.replaceChildren(...factsOf({ Path: now.path, Receiving: now.receiving, Sending: now.sending }));
        }
      }, EVERY_MS);
    },
    remove() {
      clearInterval(timer);
      timer = 0;
      sound?.follow(null);
      video.srcObject = null;
      tile.remove();
    },
  };
}

/** Facts by name; an empty one is left out. */
function factsOf(facts) {
  return Object.entries(facts)
    .filter(([, text]) => text !== "")
    .flatMap(([name, text]) => [element("span", "", element("b", "", name), ` ${text}`), " "]);
}

/** What the camera gives, e.g. `1280×720, 30 fps`. */
function captureOf(track) {
  const { width, height, frameRate } = track.getSettings();
  return width && height ? `${width}×${height}${frameRate ? `, ${Math.round(frameRate)} fps` : ""}` : "";
}

/** Browsers let a page play sound only after a click: so the picture starts muted. */
function soundButton(video) {
  const button = element("button", "quiet");
  button.type = "button";
  let followed = null;
  const update = () => {
    const silent = !followed || followed.getAudioTracks().length === 0;
    button.disabled = silent;
    button.textContent = silent ? "No sound" : video.muted ? "Unmute" : "Mute";
  };
  button.addEventListener("click", () => {
    video.muted = !video.muted;
    update();
  });
  update();
  return {
    button,
    follow(stream) {
      for (const type of ["addtrack", "removetrack"]) {
        followed?.removeEventListener(type, update);
        stream?.addEventListener(type, update);
      }
      followed = stream;
      update();
    },
  };
}

function element(tag, className, ...children) {
  const made = document.createElement(tag);
  if (className) made.className = className;
  made.append(...children);
  return made;
}
