// The strip on top: where the call is, in words and as steps, and what went wrong.

const line = document.getElementById("status");
const lamp = document.getElementById("status-lamp");
const wire = document.getElementById("wire");
const place = document.getElementById("problem");

/** Says where things are; `tone` is "idle", "busy", "live" or "bad". */
export function setStatus(text, tone) {
  // The same words again would be read out again.
  if (line.textContent !== text) line.textContent = text;
  lamp.dataset.tone = tone;
}

/** Shows the steps of a call, `done` of them behind us; no steps hides them. */
export function setSteps(names, done) {
  wire.hidden = names.length === 0;
  wire.replaceChildren(...names.map((name, index) => {
    const step = document.createElement("li");
    step.textContent = name;
    step.dataset.step = index < done ? "done" : index === done ? "now" : "next";
    if (index === done) step.setAttribute("aria-current", "step");
    return step;
  }));
}

/** Shows an error as one sentence and what to do. */
export function showProblem(error) {
  const box = document.createElement("div");
  box.className = "problem";
  const message = document.createElement("p");
  message.className = "problem-message";
  message.textContent = problemText(error);
  box.append(message);
  if (error?.code) {
    const code = document.createElement("code");
    code.textContent = error.code;
    box.append(code);
  }
  const dismiss = document.createElement("button");
  dismiss.type = "button";
  dismiss.className = "quiet";
  dismiss.textContent = "Dismiss";
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
  const what = ended(String(error?.message ?? error));
  const about = who === undefined ? what : `Viewer ${who}: ${what}`;
  return error?.hint ? `${about} ${error.hint}` : about;
}

function ended(sentence) {
  return /[.!?]$/.test(sentence) ? sentence : `${sentence}.`;
}
