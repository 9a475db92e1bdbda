// The list of the keys that press something, and the switch for whoever wants none.

import { message, put } from "./i18n.js";
import { SHORTCUTS, areShortcutsOn, switchShortcuts } from "./shortcuts.js";

/** What each key does. */
const SAID = {
  t: "start.try",
  v: "start.viewer",
  m: "start.master",
  s: "shortcut.stop",
  a: "shortcut.mute",
  c: "shortcut.camera",
  d: "shortcut.share",
  f: "tool.fullScreen",
  p: "tool.pictureInPicture",
  w: "shortcut.write",
  l: "shortcut.log",
  "?": "shortcut.list",
};

let dialog = null;

/** Listens to the button that shows it. */
export function watchShortcutList() {
  document.getElementById("shortcuts-button").addEventListener("click", () => {
    dialog ??= createDialog();
    dialog.showModal();
  });
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
  for (const key of Object.keys(SHORTCUTS)) {
    const name = document.createElement("kbd");
    name.textContent = key;
    const term = document.createElement("dt");
    term.append(name);
    list.append(term, put(document.createElement("dd"), message(SAID[key])));
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
  box.checked = areShortcutsOn();
  box.addEventListener("change", () => switchShortcuts(box.checked));
  const label = document.createElement("label");
  label.className = "tick";
  label.append(box, put(document.createElement("span"), message("shortcut.on")));
  return label;
}
