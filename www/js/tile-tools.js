// What can be done with one picture: full screen, picture in picture, filling its frame, a snapshot, a recording.

import { message, put } from "./i18n.js";
import { saveBlob } from "./save.js";
import { showProblem } from "./status.js";

/** The buttons for a video in its screen; `refresh()` after its picture changed, `remove()` ends a recording. */
export function createTileTools(video, screen) {
  const element = document.createElement("div");
  element.className = "tools row";
  const tools = [];
  const add = (key, act) => {
    const button = document.createElement("button");
    button.type = "button";
    button.className = "quiet small";
    button.dataset.tool = key.split(".")[1];
    put(button, message(key));
    button.addEventListener("click", async () => {
      try {
        await act(button);
      } catch (error) {
        showProblem({ said: message("tool.failed"), message: error.message });
      }
    });
    tools.push(button);
    element.append(button);
  };
  if (document.fullscreenEnabled) {
    add("tool.fullScreen", () => (document.fullscreenElement ? document.exitFullscreen() : screen.requestFullscreen()));
  }
  if (document.pictureInPictureEnabled) {
    add("tool.pictureInPicture", () => (document.pictureInPictureElement === video
      ? document.exitPictureInPicture()
      : video.requestPictureInPicture()));
  }
  add("tool.fill", (button) => {
    const filled = screen.classList.toggle("filled");
    button.setAttribute("aria-pressed", String(filled));
  });
  add("tool.snapshot", () => snapshot(video));
  const recording = createRecording(video);
  if (globalThis.MediaRecorder) add("tool.record", (button) => recording.toggle(button));
  return {
    element,
    refresh() {
      for (const button of tools) button.disabled = video.videoWidth === 0;
    },
    remove: () => recording.stop(),
  };
}

async function snapshot(video) {
  const canvas = document.createElement("canvas");
  [canvas.width, canvas.height] = [video.videoWidth, video.videoHeight];
  canvas.getContext("2d").drawImage(video, 0, 0);
  const blob = await new Promise((resolve) => canvas.toBlob(resolve, "image/png"));
  saveBlob(blob, `kvs-webrtc-${stamp()}.png`);
}

function createRecording(video) {
  let recorder = null;
  const stop = () => {
    if (recorder?.state === "recording") recorder.stop();
  };
  return {
    stop,
    toggle(button) {
      if (recorder) return stop();
      const parts = [];
      recorder = new MediaRecorder(video.srcObject);
      recorder.addEventListener("dataavailable", ({ data }) => parts.push(data));
      recorder.addEventListener("stop", () => {
        // Firefox's recorder has forgotten its type by now; its data has not.
        const { type } = parts[0];
        recorder = null;
        button.setAttribute("aria-pressed", "false");
        put(button, message("tool.record"));
        saveBlob(new Blob(parts, { type }), `kvs-webrtc-${stamp()}.${type.includes("mp4") ? "mp4" : "webm"}`);
      });
      recorder.start();
      button.setAttribute("aria-pressed", "true");
      put(button, message("tool.recording"));
    },
  };
}

function stamp() {
  return new Date().toISOString().slice(0, 19).replaceAll(":", "-");
}
