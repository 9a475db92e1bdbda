// The log panel: lines of four levels, the newest last, bounded, as text only.

import { message, put } from "./i18n.js";

/** Older lines go first. */
const MOST_LINES = 1000;
const TOGETHER_MS = 30;
const LEVELS = ["debug", "info", "warn", "error"];

const list = document.getElementById("logs");
const hidden = new Map();
/** Lines that are not shown yet, and what will show them. */
const waiting = [];
let timer = 0;

/** Writes a line of that level. */
export const log = Object.freeze(Object.fromEntries(LEVELS.map((level) => [level, (text) => write(level, text)])));

/** From now on this value is masked; `id` names it, a later value takes the place of an earlier one. */
export function hideInLog(id, value) {
  // Shorter ones are no secrets, and would take ordinary words apart.
  if (value && value.length >= 8) hidden.set(id, value);
  else hidden.delete(id);
}

/** Listens to the level buttons, to more and fewer lines, to copy and to clear. */
export function watchLog() {
  for (const level of LEVELS) {
    document.getElementById(`${level}-button`).addEventListener("click", () => show(level));
  }
  document.getElementById("more-logs").addEventListener("click", () => resize(1));
  document.getElementById("less-logs").addEventListener("click", () => resize(-1));
  document.getElementById("clear-logs").addEventListener("click", () => {
    waiting.length = 0;
    list.replaceChildren();
  });
  document.getElementById("copy-logs").addEventListener("click", copy);
}

/** The panel has three heights, in the style sheet. */
function resize(by) {
  list.dataset.size = String(Math.min(2, Math.max(0, Number(list.dataset.size) + by)));
  list.scrollTop = list.scrollHeight;
}

function write(level, text) {
  const line = document.createElement("p");
  line.dataset.level = level;
  line.append(part("time", timeOf(new Date())), " ", part("b", level.toUpperCase()), " ", redact(String(text)));
  waiting.push(line);
  if (waiting.length > MOST_LINES) waiting.shift();
  // Many lines are laid out at once: each by itself would hold the page up.
  timer ||= setTimeout(showWaiting, TOGETHER_MS);
}

function showWaiting() {
  timer = 0;
  const atEnd = list.scrollHeight - list.scrollTop - list.clientHeight < 40;
  list.append(...waiting.splice(0));
  while (list.childElementCount > MOST_LINES) list.firstElementChild.remove();
  if (atEnd) list.scrollTop = list.scrollHeight;
}

/** Signed URLs open a socket for five minutes to whoever reads them; keys never belong here. */
function redact(text) {
  let clean = text.replace(/(X-Amz-(?:Signature|Credential|Security-Token)=)[^&\s"]+/gi, "$1[redacted]");
  for (const value of hidden.values()) clean = clean.replaceAll(value, "[redacted]");
  return clean;
}

function show(least) {
  list.dataset.least = least;
  for (const level of LEVELS) {
    document.getElementById(`${level}-button`).setAttribute("aria-pressed", String(level === least));
  }
  list.scrollTop = list.scrollHeight;
}

async function copy(event) {
  const button = event.currentTarget;
  showWaiting();
  const from = LEVELS.indexOf(list.dataset.least);
  const lines = [...list.children].filter((line) => LEVELS.indexOf(line.dataset.level) >= from);
  try {
    await navigator.clipboard.writeText(lines.map((line) => line.textContent).join("\n"));
    put(button, message("log.copied"));
  } catch {
    put(button, message("log.notAllowed"));
  }
  setTimeout(() => put(button, message("log.copy")), 1500);
}

function part(tag, text) {
  const element = document.createElement(tag);
  element.textContent = text;
  return element;
}

function timeOf(date) {
  const two = (number) => String(number).padStart(2, "0");
  const clock = [date.getHours(), date.getMinutes(), date.getSeconds()].map(two).join(":");
  return `${clock}.${String(date.getMilliseconds()).padStart(3, "0")}`;
}
