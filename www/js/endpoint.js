// An endpoint that came by a link gets requests signed with the person's keys, so that it counts
// only once the person has said so.

import { fillUntouched, reveal, say } from "./field-view.js";

const input = document.getElementById("endpoint");
const box = document.getElementById("endpoint-confirm");
const question = document.getElementById("endpoint-question");

let pending = false;
let ownEndpoint = "";

/** Fills the emulator's endpoint, which needs no confirmation: it is where this page came from. */
export function setOwnEndpoint(endpoint) {
  ownEndpoint = endpoint;
  if (!pending) fillUntouched("endpoint", endpoint);
}

/** Shows an endpoint from a link and asks whether to use it. */
export function proposeEndpoint(endpoint) {
  input.value = endpoint;
  pending = true;
  question.textContent = `A link brought the endpoint ${endpoint}. Requests signed with your keys would go there: `
    + "use it only if you trust it.";
  box.hidden = false;
  input.closest("details").open = true;
}

/** What stands in the way of using the endpoint: one sentence, or "". */
export function endpointProblem() {
  return pending ? "This endpoint came by a link. Confirm it, or remove it." : "";
}

/** Listens to the two answers; an endpoint typed by hand is the person's own. */
export function watchEndpoint() {
  document.getElementById("endpoint-use-button").addEventListener("click", settle);
  document.getElementById("endpoint-drop-button").addEventListener("click", () => {
    input.value = ownEndpoint;
    settle();
  });
  input.addEventListener("input", () => {
    if (pending) settle();
  });
}

function settle() {
  pending = false;
  box.hidden = true;
  say(input, "");
  reveal(input);
}
