// What is measured all the time is shown twice a second: all of it in one frame, since a frame costs
// the same for one figure as for those of ten tiles.

const EVERY_MS = 500;

const waiting = new Map();
let timer = 0;

/** Shows it with all else that waits; of the same `owner` only the latest. */
export function showTogether(owner, show) {
  waiting.set(owner, show);
  timer ||= setTimeout(showAll, EVERY_MS - (performance.now() % EVERY_MS));
}

/** What still waits of that owner is not shown. */
export function forget(owner) {
  waiting.delete(owner);
}

function showAll() {
  timer = 0;
  const all = [...waiting.values()];
  waiting.clear();
  for (const show of all) show();
}
