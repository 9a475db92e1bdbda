// The strip on top: where the call is, in words and as steps, and what went wrong.

import { message, put, words } from "./i18n.js";

const line = document.getElementById("status");
const note = document.getElementById("call-note");
const lamp = document.getElementById("status-lamp");
const wire = document.getElementById("wire");
const place = document.getElementById("problem");

/** Says where things are; `said` is a message, `tone` is "idle", "busy", "live" or "bad". */
export function setStatus(said, tone) {
  put(line, said);
  lamp.dataset.tone = tone;
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
  const text = document.createElement("p");
  text.className = "problem-message";
  text.textContent = problemText(error);
  box.append(text);
  if (error?.code) {
    const code = document.createElement("code");
    code.textContent = error.code;
    box.append(code);
  }
  const dismiss = document.createElement("button");
  dismiss.type = "button";
  dismiss.className = "quiet";
  put(dismiss, message("notice.dismiss"));
  dismiss.addEventListener("click", clearProblem);
  box.append(dismiss);
  place.replaceChildren(box);
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
