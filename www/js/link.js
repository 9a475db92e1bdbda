// The query string: a link may fill every field but the secrets, and never starts anything.

import { proposeEndpoint } from "./endpoint.js";
import { message } from "./i18n.js";
import { SECRETS, trimmed } from "./fields.js";
import { notice } from "./notices.js";

const TEXT = ["region", "channelName", "clientId", "streamName"];
const SELECTS = ["degradation-preference", "endpoint-type"];
/** The person's own decision. */
const NEVER = ["remember-keys"];
/** Longer values are nobody's honest link. */
const LONGEST = 600;

const form = document.getElementById("settings");

/** Fills the form from the address bar; returns the role the link asks for, or null. */
export function applyLink() {
  dropSecrets();
  const query = new URLSearchParams(location.search);
  for (const id of TEXT) {
    const value = textOf(query, id);
    if (value !== "") document.getElementById(id).value = value;
  }
  // Picked by a link as by hand, before the boxes: the link may name what a region sets.
  if (query.has("region")) document.getElementById("region").dispatchEvent(new Event("change", { bubbles: true }));
  for (const radio of form.querySelectorAll("input[type=radio]")) {
    if (query.get(radio.name) === radio.id || query.get(radio.id) === "true") radio.checked = true;
  }
  for (const box of form.querySelectorAll("input[type=checkbox]")) {
    if (!NEVER.includes(box.id)) setTick(box, query.get(box.id));
  }
  for (const id of SELECTS) {
    const select = document.getElementById(id);
    if ([...select.options].some((option) => option.value === query.get(id))) select.value = query.get(id);
  }
  const endpoint = textOf(query, "endpoint");
  if (endpoint !== "") proposeEndpoint(endpoint);
  const view = query.get("view");
  return view === "master" || view === "viewer" ? view : null;
}

/** A link that carries keys has leaked them already; here at least they go no further. */
function dropSecrets() {
  const url = new URL(location.href);
  const forbidden = new Set(SECRETS.map((id) => id.toLowerCase()));
  const found = [...url.searchParams.keys()].filter((key) => forbidden.has(key.toLowerCase()));
  if (found.length === 0) return;
  for (const key of found) url.searchParams.delete(key);
  history.replaceState(history.state, "", url);
  notice(message("link.keys"), "warn");
}

function textOf(query, id) {
  return trimmed((query.get(id) ?? "").slice(0, LONGEST));
}

function setTick(box, value) {
  if (value === "true" || value === "false") box.checked = value === "true";
}
