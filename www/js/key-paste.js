// Keys that are pasted: all fields are filled from them.

import { identityOf, parseKeys } from "./aws-keys.js";
import { expire, masked } from "./credentials.js";
import { say } from "./field-view.js";
import { SECRETS } from "./fields.js";
import { message } from "./i18n.js";

const paste = document.getElementById("keys-paste");

/** Listens to the box, and to keys pasted into a field. */
export function watchKeyPaste() {
  paste.addEventListener("input", understand);
  for (const id of SECRETS) {
    document.getElementById(id).addEventListener("paste", (event) => {
      // More than one value, as of a whole file: it would not fit into one field.
      if (take(event.clipboardData?.getData("text") ?? "")) event.preventDefault();
    });
  }
  // What was put there before this script was.
  understand();
}

function understand() {
  if (paste.value.trim() === "") return say(paste, null);
  if (!take(paste.value)) say(paste, message("keys.notUnderstood"), "error");
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
