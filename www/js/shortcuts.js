// Keys that press what is on the screen. Off while somebody types, and for whoever wants none: a single letter
// is easily said by accident to a computer that takes dictation.

const STORE = "kvs-webrtc.shortcuts";

/** What a key presses or goes to: the first of these that is to be seen. */
export const SHORTCUTS = Object.freeze({
  t: "#try-button",
  v: "#viewer-button",
  m: "#master-button",
  s: ".stop",
  a: "[data-control=mute]",
  c: "[data-control=cameraOff]",
  d: "[data-control=share]",
  f: "[data-tool=fullScreen]",
  p: "[data-tool=pictureInPicture]",
  w: ".chat textarea",
  l: "#logs",
  "?": "#shortcuts-button",
});

/** Where letters are text, or choose from a list. */
const TYPING = "input:not([type=checkbox], [type=radio]), textarea, select, [contenteditable]";

let on = kept();

/** Listens to the keys. */
export function watchShortcuts() {
  addEventListener("keydown", (event) => {
    if (event.defaultPrevented || event.repeat || event.isComposing) return;
    if (event.ctrlKey || event.altKey || event.metaKey) return;
    if (event.target.closest?.(TYPING) || document.querySelector("dialog[open]")) return;
    const key = keyOf(event);
    if (!on || !Object.hasOwn(SHORTCUTS, key)) return;
    const there = [...document.querySelectorAll(SHORTCUTS[key])];
    const element = there.find((found) => found.checkVisibility() && !found.disabled);
    if (!element) return;
    // Not as a letter in the field that is gone to.
    event.preventDefault();
    if (element.matches("button")) element.click();
    else element.focus();
  });
}

/** Whether keys press anything. */
export function areShortcutsOn() {
  return on;
}

/** Switches them, for the next visit too. */
export function switchShortcuts(wanted) {
  on = wanted;
  try {
    if (on) localStorage.removeItem(STORE);
    else localStorage.setItem(STORE, "off");
  } catch {
    // Storage is switched off: the choice holds for this visit.
  }
}

/** The key as on a Latin keyboard: where Korean is typed, it says a letter of that. */
function keyOf({ key, code }) {
  return /^[ㄱ-ㅣ]$/.test(key) ? code.replace("Key", "").toLowerCase() : key.toLowerCase();
}

function kept() {
  try {
    return localStorage.getItem(STORE) !== "off";
  } catch {
    return true; // Storage is switched off.
  }
}
