// A button whose work is under way: it takes no second click, and keeps the focus, which a disabled
// one would take away from whoever has no mouse.

/** Marks it; false where it is at work already. */
export function begin(button) {
  if (button.getAttribute("aria-busy") === "true") return false;
  button.setAttribute("aria-busy", "true");
  return true;
}

/** Its work is over. */
export function finish(button) {
  button.removeAttribute("aria-busy");
}
