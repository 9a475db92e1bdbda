// A button in the picture for what browsers do only after a click: to begin a picture that they refused to
// begin by themselves, and to let it be heard.

import { message, put } from "./i18n.js";

/** A prompt for a video, shown while there is something to ask; `refresh()` after its tracks changed. */
export function createPrompt(video) {
  const element = document.createElement("button");
  element.type = "button";
  element.className = "screen-prompt small";
  let refused = false;
  let heard = false;
  const refresh = () => {
    heard ||= !video.muted;
    const silent = !heard && (video.srcObject?.getAudioTracks().length ?? 0) > 0;
    element.hidden = !refused && !silent;
    put(element, message(refused ? "tile.play" : "tile.hear"));
  };
  const play = async () => {
    try {
      await video.play();
    } catch (error) {
      // Any other failure is a stream that was taken away meanwhile.
      refused = error.name === "NotAllowedError";
      refresh();
    }
  };
  video.addEventListener("volumechange", refresh);
  video.addEventListener("playing", () => {
    refused = false;
    refresh();
  });
  element.addEventListener("click", async () => {
    if (refused) await play();
    else video.muted = false;
    refresh();
    if (element.hidden) element.closest(".tile")?.querySelector(".tools button:enabled")?.focus();
  });
  refresh();
  return { element, play, refresh };
}
