// The keys: understood as they are pasted, counted down as they run out, never shown whole.

import { identityOf, masked, parseKeys } from "./aws-keys.js";
import { say } from "./field-view.js";
import { SECRETS } from "./fields.js";
import { changed } from "./folds.js";
import { message, put } from "./i18n.js";

const EVERY_MS = 1000;
/** From here on a call may be cut short by them. */
const SOON_MS = 5 * 60_000;

const paste = document.getElementById("keys-paste");
const expiry = document.getElementById("keys-expiry");
const accessKeyId = document.getElementById("accessKeyId");

let expiration;
let timer = 0;

/** Until when the keys are good, where that is known. */
export function keysExpiration() {
  return expiration;
}

/** What the fold says of the keys: masked, as much as is needed to tell them from others. */
export function keysSummary() {
  if (document.getElementById("session-url").value !== "") return message("keys.backEnd");
  const id = accessKeyId.value.trim();
  return id === "" ? message("keys.none") : message("keys.given", { id: masked(id) });
}

/** Listens to the box, to keys pasted into a field, and to keys that are typed. */
export function watchCredentials() {
  paste.addEventListener("input", () => {
    if (paste.value.trim() === "") return say(paste, null);
    if (!take(paste.value)) say(paste, message("keys.notUnderstood"), "error");
  });
  for (const id of SECRETS) {
    const input = document.getElementById(id);
    input.addEventListener("paste", (event) => {
      // More than one value, as of a whole file: it would not fit into one field.
      if (take(event.clipboardData?.getData("text") ?? "")) event.preventDefault();
    });
    input.addEventListener("input", () => expire(undefined));
  }
}

/** Fills the fields from a text that holds keys; says whether it does. */
function take(text) {
  const keys = parseKeys(text);
  if (!keys) return false;
  for (const id of SECRETS) fill(id, keys[id] ?? "");
  if (keys.region) fill("region", keys.region);
  paste.value = "";
  expire(keys.expiration);
  const who = identityOf(keys.arn);
  const id = masked(keys.accessKeyId);
  say(paste, who ? message("keys.understoodOf", { id, who }) : message("keys.understood", { id }));
  return true;
}

/** As if typed, so that all who listen to the field know. */
function fill(id, value) {
  const input = document.getElementById(id);
  input.value = value;
  input.dispatchEvent(new Event("input", { bubbles: true }));
  input.dispatchEvent(new Event("change", { bubbles: true }));
}

function expire(date) {
  expiration = date;
  clearInterval(timer);
  expiry.hidden = !date;
  if (date) {
    timer = setInterval(count, EVERY_MS);
    count();
  }
  changed();
}

function count() {
  const left = expiration.getTime() - Date.now();
  expiry.dataset.tone = left < SOON_MS ? "bad" : "good";
  if (left <= 0) return put(expiry, message("keys.expired"));
  const seconds = Math.floor(left / 1000);
  const two = (number) => String(number).padStart(2, "0");
  const time = `${Math.floor(seconds / 3600)}:${two(Math.floor(seconds / 60) % 60)}:${two(seconds % 60)}`;
  put(expiry, message("keys.expires", { time }));
}
