// What is shown at one field: its message, its focus, a value filled for the person.

/** Says something beside a field: an error or a note; "" clears. */
export function say(input, text, kind = "note") {
  const message = document.getElementById(`${input.id}-message`);
  message.textContent = text;
  message.dataset.kind = kind;
  if (text !== "" && kind === "error") input.setAttribute("aria-invalid", "true");
  else input.removeAttribute("aria-invalid");
}

/** Fills a field unless somebody has been there before. */
export function fillUntouched(id, value) {
  const input = document.getElementById(id);
  if (typeof value === "string" && input.value === input.defaultValue) input.value = value;
}

/** Brings an element into view and focuses it, folded away or not. */
export function reveal(element) {
  const fold = element.closest("details");
  if (fold) fold.open = true;
  element.focus();
}
