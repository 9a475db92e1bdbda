// Loads each package in frames of this page, each a document that has imported nothing yet.
import { SIDES } from "./packages.js";

export async function loads(count) {
  const times = Object.fromEntries(SIDES.map((side) => [side, []]));
  for (let run = 0; run <= count; run++) {
    for (const side of SIDES) {
      const time = await inFrame(side);
      // The first one fills the cache.
      if (run > 0) times[side].push(time);
    }
  }
  return times;
}

async function inFrame(side) {
  const frame = document.createElement("iframe");
  const told = new Promise((resolve) => {
    addEventListener("message", ({ data }) => resolve(data.milliseconds), { once: true });
  });
  frame.src = `load.html?side=${side}`;
  document.documentElement.append(frame);
  const milliseconds = await told;
  frame.remove();
  return milliseconds;
}
