// The settings that a link and a report tell of: those that are not as the page comes, and never a secret.

import { isGovernment } from "./regional.js";

/** What is told beside boxes and choices. A client id is one viewer's own. */
const TEXT = ["region", "channelName"];
/** The first one is the person's own decision, the others are of this computer. */
const NEVER = ["remember-keys", "preview-camera", "preview-microphone"];

const form = document.getElementById("settings");

/** The settings that are not as the page comes, by the ids of their fields. */
export function settingsOf() {
  const found = new Map();
  for (const id of TEXT) found.set(id, document.getElementById(id).value.trim());
  for (const box of form.querySelectorAll("input[type=checkbox][id]")) {
    if (box.checked !== box.defaultChecked && !NEVER.includes(box.id)) found.set(box.id, String(box.checked));
  }
  // A region by a link sets this one, so that either value is told.
  if (isGovernment(found.get("region"))) found.set("enable-fips", String(document.getElementById("enable-fips").checked));
  for (const radio of form.querySelectorAll("input[type=radio]:checked")) {
    if (!radio.defaultChecked) found.set(radio.name, radio.id);
  }
  for (const select of form.querySelectorAll("select")) {
    if (select.selectedIndex > 0 && !NEVER.includes(select.id)) found.set(select.id, select.value);
  }
  return found;
}
