// What is shown at one field: its message, its focus, a value filled for the person.

import { put } from "./i18n.js";

/** Says something beside a field: an error or a note; null clears. */
export function say(input, said, kind = "note") {
  const place = document.getElementById(`${input.id}-message`);
  put(place, said);
  place.dataset.kind = kind;
  if (said !== null && kind === "error") input.setAttribute("aria-invalid", "true");
  else input.removeAttribute("aria-invalid");
}

/** Fills a field unless somebody has been there before. */
export function fillUntouched(id, value) {
  const input = document.getElementById(id);
  if (typeof value === "string" && input.value === input.defaultValue) input.value = value;
}

/** Opens what an element is folded into. */
export function open(element) {
  for (let fold = element.closest("details"); fold; fold = fold.parentElement.closest("details")) fold.open = true;
}

/** Brings an element into view and focuses it, folded away or not. */
export function reveal(element) {
  open(element);
  element.focus();
}
