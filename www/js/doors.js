// The ways in: three doors on the first screen, and the one that goes on where something was missing.

import { message, put } from "./i18n.js";

const NAMES = ["try", "viewer", "master"];
const goOn = document.getElementById("continue-button");

const buttonOf = (name) => document.getElementById(`${name}-button`);
let missing = null;

/** Calls `enter` with the name of the door that is opened. */
export function watchDoors(enter) {
  for (const name of NAMES) buttonOf(name).addEventListener("click", () => enter(name));
  goOn.addEventListener("click", () => enter(missing));
}

/** Marks the door that is meant for whoever came here. */
export function recommend(name) {
  for (const other of NAMES) delete buttonOf(other).dataset.primary;
  buttonOf(name).dataset.primary = "";
}

/** Nothing can be started while something runs or begins. */
export function lockDoors(locked) {
  for (const name of NAMES) buttonOf(name).disabled = locked;
  goOn.disabled = locked;
}

/** The person came to a door without all that is needed: it waits at the end of the settings. */
export function waitAt(name) {
  missing = name;
  put(goOn, message(`start.${name}`));
  goOn.hidden = false;
}

/** Where the focus goes when the call is over. */
export function focusDoor(name) {
  goOn.hidden = true;
  buttonOf(name).focus();
}
