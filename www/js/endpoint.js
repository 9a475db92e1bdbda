// An endpoint that came by a link gets requests signed with the person's keys, so that it counts
// only once the person has said so.

import { fillUntouched, open, reveal, say } from "./field-view.js";
import { message, put } from "./i18n.js";

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
  put(question, message("endpoint.question", { endpoint }));
  box.hidden = false;
  open(input);
}

/** What stands in the way of using the endpoint: a message, or null. */
export function endpointProblem() {
  return pending ? message("endpoint.unconfirmed") : null;
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
  say(input, null);
  reveal(input);
}
