// Where the time goes until there is a picture: both roles' phases while they happen, the run before
// beside them, as a chart, as a table and as files.

import { message, put } from "./i18n.js";
import { ownPhases, timelineOf } from "./own-phases.js";
import { drawWaterfall, rowName, tookOf } from "./waterfall-chart.js";
import { longestOf, ofLatestViewer, runOf, sameRow } from "./waterfall-data.js";

const EVERY_MS = 150;
/** After so many looks at which nothing had happened. */
const RESTING_MS = 1000;
const QUIET_LOOKS = 10;

const panel = document.getElementById("waterfall");
const chart = document.getElementById("waterfall-chart");
const summary = document.getElementById("waterfall-summary");
const body = document.querySelector("#waterfall-table tbody");

let run = null;
let previous = null;
let timer = 0;
let drawnWidth = 0;

/** What is shown: the run, and the one before; null where there is none. */
export function shownRuns() {
  return { run, previous };
}

/** Listens to the width and to the language. */
export function watchWaterfall() {
  // In a frame of its own, since drawing changes the height that is observed.
  new ResizeObserver(() => requestAnimationFrame(drawAnew)).observe(chart);
  document.addEventListener("languagechange", draw);
  matchMedia("(prefers-color-scheme: dark)").addEventListener("change", draw);
}

/** Follows the sessions of a call until `stop()`; what was followed before stays beside it. */
export function followStart(parts) {
  previous = run ?? previous;
  run = null;
  clearTimeout(timer);
  panel.hidden = false;
  let [drawn, quiet] = ["", 0];
  const look = () => {
    const entries = entriesOf(parts);
    if (entries.length === 0) return;
    const seen = runOf(entries, Date.now());
    const text = JSON.stringify(seen);
    quiet = text === drawn ? quiet + 1 : 0;
    if (quiet > 0) return;
    drawn = text;
    run = seen;
    draw();
  };
  const follow = () => {
    look();
    timer = setTimeout(follow, quiet < QUIET_LOOKS ? EVERY_MS : RESTING_MS);
  };
  follow();
  return {
    stop() {
      clearTimeout(timer);
      look();
    },
  };
}

/** Each session tells of its own role; of the other one only where that has no session here. */
function entriesOf(parts) {
  const here = new Set(parts.map(({ name }) => name));
  const seen = parts.flatMap(({ name, session }) => ofLatestViewer(timelineOf(session))
    .filter((entry) => entry.role === name || !here.has(entry.role))
    .map((entry) => ({ ...entry, told: entry.role !== name })));
  // What was seen before stays shown.
  return seen.length === 0 ? [] : [...ownPhases(), ...seen];
}

function drawAnew() {
  if (chart.clientWidth !== drawnWidth) draw();
}

function draw() {
  if (!run || chart.clientWidth === 0) return;
  drawnWidth = chart.clientWidth;
  chart.replaceChildren(drawWaterfall(run, previous, chart.clientWidth));
  put(summary, summaryOf());
  body.replaceChildren(...run.rows.map(rowOf));
}

/** One sentence that explains a slow start. */
function summaryOf() {
  const longest = longestOf(run);
  const ms = run.picture ?? run.connected;
  if (ms === null || !longest) return message("waterfall.running");
  const values = { ms: Math.round(ms), phase: rowName(longest), longest: Math.round(longest.end - longest.start) };
  if (run.picture === null) return message("waterfall.connected", values);
  if (previous === null || previous.picture === null) return message("waterfall.summary", values);
  return message("waterfall.summaryAgain", { ...values, before: Math.round(previous.picture) });
}

function rowOf(row) {
  const before = previous && sameRow(previous, row);
  const line = document.createElement("tr");
  line.dataset.phase = row.name;
  line.dataset.role = row.role;
  line.append(
    cell("th", rowName(row)),
    cell("td", message("waterfall.ms", { ms: Math.round(row.start) })),
    cell("td", tookOf(row)),
    cell("td", row.critical ? message("waterfall.yes") : ""),
    cell("td", before ? tookOf(before) : ""),
  );
  line.firstElementChild.scope = "row";
  return line;
}

function cell(tag, said) {
  return put(document.createElement(tag), said);
}
