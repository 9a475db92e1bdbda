// The keys: counted down as they run out, never shown whole.

import { SECRETS } from "./fields.js";
import { changed } from "./folds.js";
import { message, put } from "./i18n.js";

const EVERY_MS = 1000;
/** From here on a call may be cut short by them. */
const SOON_MS = 5 * 60_000;

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

/** Listens to keys that are typed: of these nobody tells when they run out. */
export function watchCredentials() {
  for (const id of SECRETS) document.getElementById(id).addEventListener("input", () => expire(undefined));
}

/** An id with its middle masked. */
export function masked(id) {
  return id.length < 12 ? "•".repeat(id.length) : `${id.slice(0, 4)}…${id.slice(-4)}`;
}

/** Counts down to when the keys run out; undefined where that is not known. */
export function expire(date) {
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
