// The log panel: lines of four levels, the newest last, bounded, as text only; all, or one viewer's.

import { message, put } from "./i18n.js";
import { createLogView } from "./log-view.js";

/** Older lines go first, so many at once. */
const MOST_LINES = 20_000;
const DROPPED_AT_ONCE = 1000;
/** What is longer would take long to lay out. */
const LONGEST = 4000;
/** Many lines are shown at once: each by itself would be a frame's work. */
const TOGETHER_MS = 100;
/** Viewers to choose from: those that were heard last. */
const MOST_VIEWERS = 50;
const LEVELS = ["debug", "info", "warn", "error"];

const list = document.getElementById("logs");
const viewerFold = document.getElementById("log-viewer-field");
const viewerSelect = document.getElementById("log-viewer");
const masked = document.getElementById("log-masked");
const view = createLogView(list);
const hidden = new Map();
/** Each with its number, its level, its viewer's client id or null, its time and its text. */
let lines = [];
let written = 0;
/** The number of the first line that is not shown yet. */
let unseen = 0;
let maskedPlaces = 0;
let timer = 0;
/** Client ids, the one heard last at the end; a Set, since an id may be any name. */
const viewers = new Set();
let viewersShown = "";

/** Writes a line of that level; `clientId` where it is about one viewer. */
export const log = Object.freeze(Object.fromEntries(LEVELS.map((level) => [level, (text, clientId = null) => write(level, text, clientId)])));

/** From now on this value is masked; `id` names it, a later value takes the place of an earlier one. */
export function hideInLog(id, value) {
  // Shorter ones are no secrets, and would take ordinary words apart.
  if (value && value.length >= 8) hidden.set(id, value);
  else hidden.delete(id);
}

/** Listens to the level buttons, to the viewers' list, to more and fewer lines, to copy and to clear. */
export function watchLog() {
  for (const level of LEVELS) {
    document.getElementById(`${level}-button`).addEventListener("click", () => {
      list.dataset.least = level;
      for (const other of LEVELS) {
        document.getElementById(`${other}-button`).setAttribute("aria-pressed", String(other === level));
      }
      showAnew();
    });
  }
  viewerSelect.addEventListener("change", showAnew);
  document.getElementById("more-logs").addEventListener("click", () => resize(1));
  document.getElementById("less-logs").addEventListener("click", () => resize(-1));
  document.getElementById("clear-logs").addEventListener("click", clear);
  document.getElementById("copy-logs").addEventListener("click", copy);
}

/** The panel has three heights, in the style sheet. */
function resize(by) {
  list.dataset.size = String(Math.min(2, Math.max(0, Number(list.dataset.size) + by)));
  view.toEnd();
}

function write(level, text, clientId) {
  lines.push({ number: written, level, clientId, time: Date.now(), text: redact(cut(String(text))) });
  written += 1;
  if (clientId !== null) heardOf(clientId);
  if (lines.length >= MOST_LINES + DROPPED_AT_ONCE) lines = lines.slice(DROPPED_AT_ONCE);
  timer ||= setTimeout(showWaiting, TOGETHER_MS);
}

function showWaiting() {
  clearTimeout(timer);
  timer = 0;
  const first = lines.length === 0 ? written : lines[0].number;
  view.drop(first);
  view.add(lines.slice(Math.max(0, unseen - first)).filter(isShown));
  unseen = written;
  if (maskedPlaces > 0) put(masked, message("log.maskedPlaces", { count: maskedPlaces }));
  showViewers();
}

function showAnew() {
  view.clear();
  unseen = 0;
  showWaiting();
  view.toEnd();
}

function clear() {
  lines = [];
  viewers.clear();
  showAnew();
}

/** What the person has chosen to see. */
function isShown({ level, clientId }) {
  const enough = LEVELS.indexOf(level) >= LEVELS.indexOf(list.dataset.least);
  return enough && (viewerSelect.value === "" || viewerSelect.value === clientId);
}

function heardOf(clientId) {
  viewers.delete(clientId);
  viewers.add(clientId);
  if (viewers.size > MOST_VIEWERS) viewers.delete(viewers.values().next().value);
}

/** The list of viewers, where there are any; the one that is chosen stays, so that nothing changes by itself. */
function showViewers() {
  const chosen = viewerSelect.value;
  const ids = [...new Set(chosen === "" ? viewers : [...viewers, chosen])].sort();
  const shown = JSON.stringify(ids);
  if (shown === viewersShown) return;
  viewersShown = shown;
  const [all] = viewerSelect.options;
  viewerSelect.replaceChildren(all, ...ids.map((id) => new Option(id, id)));
  viewerSelect.value = chosen;
  viewerFold.hidden = ids.length === 0;
}

/** Signed URLs open a socket for five minutes to whoever reads them; keys never belong here. */
function redact(text) {
  let clean = text.replace(/(X-Amz-(?:Signature|Credential|Security-Token)=)[^&\s"]+/gi, (_, name) => {
    maskedPlaces += 1;
    return `${name}[redacted]`;
  });
  for (const value of hidden.values()) {
    clean = clean.replaceAll(value, () => {
      maskedPlaces += 1;
      return "[redacted]";
    });
  }
  return clean;
}

function cut(text) {
  return text.length > LONGEST ? `${text.slice(0, LONGEST)}… (${text.length} characters)` : text;
}

/** Copies each line that the person has chosen to see, also where it is scrolled away. */
async function copy(event) {
  const button = event.currentTarget;
  try {
    await navigator.clipboard.writeText(lines.filter(isShown).map(view.textOf).join("\n"));
    put(button, message("log.copied"));
  } catch {
    put(button, message("log.notAllowed"));
  }
  setTimeout(() => put(button, message("log.copy")), 1500);
}
