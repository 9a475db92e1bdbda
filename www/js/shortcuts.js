// Keys that press what is on the screen, and their list. Off while somebody types, and for whoever wants
// none: a single letter is easily said by accident to a computer that takes dictation.

import { message, put } from "./i18n.js";

const STORE = "kvs-webrtc.shortcuts";

/** A key, what it presses or goes to (the first of these that is to be seen), and what that is called. */
const SHORTCUTS = [
  ["t", "#try-button", "start.try"],
  ["v", "#viewer-button", "start.viewer"],
  ["m", "#master-button", "start.master"],
  ["s", ".stop", "shortcut.stop"],
  ["a", "[data-control=mute]", "shortcut.mute"],
  ["c", "[data-control=cameraOff]", "shortcut.camera"],
  ["d", "[data-control=share]", "shortcut.share"],
  ["f", "[data-tool=fullScreen]", "tool.fullScreen"],
  ["p", "[data-tool=pictureInPicture]", "tool.pictureInPicture"],
  ["w", ".chat textarea", "shortcut.write"],
  ["l", "#logs", "shortcut.log"],
  ["?", "#shortcuts-button", "shortcut.list"],
];

/** Where letters are text, or choose from a list. */
const TYPING = "input:not([type=checkbox], [type=radio]), textarea, select, [contenteditable]";

let on = kept();
let dialog = null;

/** Listens to the keys, and to the button that shows their list. */
export function watchShortcuts() {
  document.getElementById("shortcuts-button").addEventListener("click", () => {
    dialog ??= createDialog();
    dialog.showModal();
  });
  addEventListener("keydown", (event) => {
    if (event.defaultPrevented || event.repeat || event.isComposing) return;
    if (event.ctrlKey || event.altKey || event.metaKey) return;
    if (event.target.closest?.(TYPING) || document.querySelector("dialog[open]")) return;
    const pressed = keyOf(event);
    const shortcut = SHORTCUTS.find(([key]) => key === pressed);
    if (!shortcut || !on) return;
    const [, selector] = shortcut;
    const element = [...document.querySelectorAll(selector)].find((found) => found.checkVisibility() && !found.disabled);
    if (!element) return;
    // Not as a letter in the field that is gone to.
    event.preventDefault();
    if (element.matches("button")) element.click();
    else element.focus();
  });
}

/** The key as on a Latin keyboard: where Korean is typed, it says a letter of that. */
function keyOf({ key, code }) {
  return /^[ㄱ-ㅣ]$/.test(key) ? code.replace("Key", "").toLowerCase() : key.toLowerCase();
}

function createDialog() {
  const made = document.createElement("dialog");
  made.id = "shortcuts";
  const heading = put(document.createElement("h2"), message("shortcut.heading"));
  heading.id = "shortcuts-heading";
  made.setAttribute("aria-labelledby", heading.id);
  const note = put(document.createElement("p"), message("shortcut.note"));
  note.className = "hint";
  const list = document.createElement("dl");
  list.className = "keys";
  for (const [key, , said] of SHORTCUTS) {
    const name = document.createElement("kbd");
    name.textContent = key;
    const term = document.createElement("dt");
    term.append(name);
    list.append(term, put(document.createElement("dd"), message(said)));
  }
  const close = put(document.createElement("button"), message("report.close"));
  close.type = "button";
  close.addEventListener("click", () => made.close());
  made.append(heading, note, list, createSwitch(), close);
  document.getElementById("main").append(made);
  return made;
}

function createSwitch() {
  const box = document.createElement("input");
  box.type = "checkbox";
  box.id = "shortcuts-on";
  box.checked = on;
  box.addEventListener("change", () => {
    on = box.checked;
    keep();
  });
  const label = document.createElement("label");
  label.className = "tick";
  label.append(box, put(document.createElement("span"), message("shortcut.on")));
  return label;
}

function kept() {
  try {
    return localStorage.getItem(STORE) !== "off";
  } catch {
    return true; // Storage is switched off.
  }
}

function keep() {
  try {
    if (on) localStorage.removeItem(STORE);
    else localStorage.setItem(STORE, "off");
  } catch {
    // Storage is switched off: the choice holds for this visit.
  }
}
