// Where the time went, as files.

import { saveBlob } from "./save.js";
import { shownRuns } from "./waterfall.js";

const NAME = "kvs-webrtc-timeline";

/** Listens to the buttons. */
export function watchWaterfallFiles() {
  document.getElementById("waterfall-json").addEventListener("click", () => {
    const { run, previous } = shownRuns();
    if (!run) return;
    const text = `${JSON.stringify(toJson(run, previous), null, 2)}\n`;
    saveBlob(new Blob([text], { type: "application/json" }), `${NAME}.json`);
  });
  document.getElementById("waterfall-png").addEventListener("click", async () => {
    const svg = document.querySelector("#waterfall-chart svg");
    if (svg) saveBlob(await svgToPng(svg), `${NAME}.png`);
  });
}

/** A run as it is saved: no client id, no time of day. */
function toJson(run, previous) {
  const save = ({ rows, picture }) => ({
    clickToFirstFrameMs: picture === null ? null : Math.round(picture),
    phases: rows.map(({ name, role, start, end, critical }) => ({
      name,
      role,
      startMs: Math.round(start),
      durationMs: end === null ? null : Math.round(end - start),
      critical,
    })),
  });
  return { schema: 1, run: save(run), previous: previous ? save(previous) : null };
}

/** An SVG element as a picture, twice as fine as on the screen. */
async function svgToPng(svg) {
  const source = URL.createObjectURL(new Blob([new XMLSerializer().serializeToString(svg)], { type: "image/svg+xml" }));
  try {
    const image = new Image();
    image.src = source;
    await image.decode();
    const canvas = document.createElement("canvas");
    [canvas.width, canvas.height] = [image.width * 2, image.height * 2];
    canvas.getContext("2d").drawImage(image, 0, 0, canvas.width, canvas.height);
    return await new Promise((resolve) => canvas.toBlob(resolve, "image/png"));
  } finally {
    URL.revokeObjectURL(source);
  }
}
