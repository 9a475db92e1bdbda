// The phases of a start-up, put in order: which bars there are, and which of them the picture waited
// for. Nothing here touches the document.

/**
 * Spans that hold others, wait for the other side to come, or go on beside the rest as candidates leave when
 * they are found: never on the critical path.
 */
const WHOLES = new Set([
  "clickToFirstFrame", "signaling", "waitForMaster", "waitForViewer", "iceGathering", "dataChannelRoundTrip",
]);
/** A phase that ends so much after the next begins still counts as the one before it. */
const SLACK_MS = 2;

/**
 * The run of sessions: `entries` as `timeline()` gives them, `told` those that the other side has told of; `now` is
 * the end of what goes on. Times are milliseconds from the beginning; `end` is null while a phase goes on. The other
 * side tells once, and never of an end that comes later: such a phase is drawn until the first frame.
 */
export function runOf(entries, now) {
  const begun = Math.min(...entries.map((entry) => entry.start));
  const picture = entries.find((entry) => entry.name === "clickToFirstFrame")?.end ?? null;
  const rows = entries
    .map(({ name, role, start, end, told = false }) => {
      const untold = told && end === null && picture !== null;
      return {
        name,
        role,
        start: start - begun,
        until: (end ?? Math.max(untold ? picture : now, start)) - begun,
        end: end === null ? null : end - begun,
        untold,
        critical: false,
      };
    })
    .sort((one, other) => one.start - other.start || other.until - one.until);
  const whole = rows.find((row) => row.name === "clickToFirstFrame");
  const last = whole?.end ?? Math.max(0, ...rows.filter((row) => !WHOLES.has(row.name)).map((row) => row.until));
  for (const row of pathTo(last, rows)) row.critical = true;
  const total = Math.max(0, ...rows.map((row) => row.until));
  // A master waits for no picture: from a viewer's offer it goes to the connection.
  const [answer, connection] = ["answer", "peerConnection"].map((name) => rows.find((row) => row.name === name));
  const from = whole ? 0 : answer?.start ?? 0;
  const connected = whole || !answer ? null : connection?.end ?? null;
  return { begun, rows, total, from, picture: whole?.end ?? null, connected: connected && connected - from };
}

/** Of several viewers of a master the latest alone: one picture has one path. */
export function ofLatestViewer(entries) {
  const latest = entries.findLast((entry) => entry.clientId !== undefined)?.clientId;
  return entries.filter((entry) => entry.clientId === undefined || entry.clientId === latest);
}

/** The phase of the critical path that took longest, or null. */
export function longestOf({ rows, from }) {
  const critical = rows.filter((row) => row.critical && row.end !== null && row.start >= from);
  return critical.reduce((most, row) => (!most || row.end - row.start > most.end - most.start ? row : most), null);
}

/** What is the same phase in another run. */
export function sameRow({ rows }, { name, role }) {
  return rows.find((row) => row.name === name && row.role === role) ?? null;
}

/** Backwards from the end: of all that was over by then, what ended last held the rest up. */
function pathTo(last, rows) {
  const path = [];
  // One side's steps follow each other; what the other one did meanwhile is inside of them.
  const role = rows.some((row) => row.role === "viewer" && !WHOLES.has(row.name)) ? "viewer" : "master";
  let rest = rows.filter((row) => row.role === role && !WHOLES.has(row.name));
  for (let at = last; ;) {
    rest = rest.filter((row) => row.until <= at + SLACK_MS && row.start < at);
    const before = rest.reduce((best, row) => (!best || later(row, best) ? row : best), null);
    if (!before) return path;
    path.push(before);
    rest = rest.filter((row) => row !== before);
    at = before.start;
  }
}

function later(row, other) {
  const difference = row.until - other.until;
  return Math.abs(difference) > SLACK_MS ? difference > 0 : row.start < other.start;
}
