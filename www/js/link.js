// The query string: a link may fill every field but the secrets, and never starts anything.

import { proposeEndpoint } from "./endpoint.js";
import { message } from "./i18n.js";
import { SECRETS, trimmed } from "./fields.js";
import { notice } from "./notices.js";

const TEXT = ["region", "channelName", "clientId"];
const TICKS = ["sendVideo", "sendAudio", "openDataChannel", "enableProfileTimeline"];
const CHOICES = {
  natTraversal: ["natTraversalEnabled", "forceTURN", "forceSTUN", "natTraversalDisabled"],
  resolution: ["widescreen", "fullscreen"],
};
/** Longer values are nobody's honest link. */
const LONGEST = 600;

/** Fills the form from the address bar; returns the role the link asks for, or null. */
export function applyLink() {
  dropSecrets();
  const query = new URLSearchParams(location.search);
  for (const id of TEXT) {
    const value = textOf(query, id);
    if (value !== "") document.getElementById(id).value = value;
  }
  for (const id of TICKS) setTick(id, query.get(id));
  for (const [name, ids] of Object.entries(CHOICES)) {
    for (const id of ids) {
      if (query.get(name) === id || query.get(id) === "true") document.getElementById(id).checked = true;
    }
  }
  const preference = document.getElementById("degradation-preference");
  const wanted = query.get(preference.id);
  if ([...preference.options].some((option) => option.value === wanted)) preference.value = wanted;
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

function setTick(id, value) {
  if (value === "true" || value === "false") document.getElementById(id).checked = value === "true";
}
