// The strip on top: where the call is, in words and as steps, and what went wrong.

import { errorWords, message, put, words } from "./i18n.js";

const line = document.getElementById("status");
/** Apart from the line, which would be read out again each second. */
const time = document.getElementById("status-time");
const note = document.getElementById("call-note");
const lamp = document.getElementById("status-lamp");
const wire = document.getElementById("wire");
const place = document.getElementById("problem");

/** What the line says, and what counts the seconds since it does. */
let now = null;
let counting = 0;

/** Says where things are; `said` is a message, `tone` is "idle", "busy", "live" or "bad". What is busy is timed. */
export function setStatus(said, tone) {
  put(line, said);
  lamp.dataset.tone = tone;
  if (said.key === now) return;
  now = said.key;
  clearInterval(counting);
  put(time, null);
  if (tone !== "busy") return;
  const since = performance.now();
  counting = setInterval(() => {
    put(time, message("status.seconds", { seconds: Math.floor((performance.now() - since) / 1000) }));
  }, 1000);
}

/** Says what kind of call this is; null takes it away. */
export function setNote(said) {
  note.hidden = said === null;
  put(note, said);
}

/** Shows the steps of a call, keys of their names, `done` of them behind us; no steps hides them. */
export function setSteps(keys, done) {
  wire.hidden = keys.length === 0;
  wire.replaceChildren(...keys.map((key, index) => {
    const step = put(document.createElement("li"), message(key));
    step.dataset.step = index < done ? "done" : index === done ? "now" : "next";
    if (index === done) step.setAttribute("aria-current", "step");
    return step;
  }));
}

/** Shows an error as one sentence and what to do. */
export function showProblem(error) {
  const box = document.createElement("div");
  box.className = "problem";
  const translated = error?.said ? null : errorWords(error);
  box.append(element("p", "problem-message", translated ?? problemText(error)));
  if (error?.code) box.append(element("code", "", error.code));
  if (translated) {
    // The error's own words name what it is about.
    const own = element("small", "problem-own", String(error.message));
    own.lang = "en";
    box.append(own);
  }
  const dismiss = document.createElement("button");
  dismiss.type = "button";
  dismiss.className = "quiet";
  put(dismiss, message("notice.dismiss"));
  dismiss.addEventListener("click", () => {
    clearProblem();
    focusMain();
  });
  box.append(dismiss);
  place.replaceChildren(box);
}

function element(tag, className, text) {
  const made = document.createElement(tag);
  if (className) made.className = className;
  made.textContent = text;
  return made;
}

/** Where the focus goes when what had it is gone. */
export function focusMain() {
  document.getElementById("main").focus({ preventScroll: true });
}

/** Takes the error away. */
export function clearProblem() {
  place.replaceChildren();
}

/** An error in one line: what happened, and what to do; `who` is the client id it is about, if any. */
export function problemText(error, who) {
  const what = ended(words(error?.said) || String(error?.message ?? error));
  const about = who === undefined ? what : `${who}: ${what}`;
  return error?.hint ? `${about} ${error.hint}` : about;
}

function ended(sentence) {
  return /[.!?]$/.test(sentence) ? sentence : `${sentence}.`;
}
