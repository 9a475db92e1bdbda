// Which language the page speaks: the one chosen here before, else the browser's, else English.

import { LANGUAGES, useLanguage } from "./i18n.js";

const STORE = "kvs-webrtc.language";
const select = document.getElementById("language");

/** Fills the list and gives the person's language; a choice is kept for the next visit. */
export function watchLanguage() {
  for (const [tag, { name }] of Object.entries(LANGUAGES)) {
    const option = new Option(name, tag);
    option.lang = tag;
    select.append(option);
  }
  select.addEventListener("change", () => {
    keep(select.value);
    useLanguage(select.value);
  });
  return select.value = kept() ?? preferred() ?? "en";
}

/** Where the words of that language do not load, the page stays in its own. */
export function fallBack() {
  select.value = "en";
  return useLanguage("en");
}

function preferred() {
  return navigator.languages.map((name) => name.split("-")[0]).find((name) => Object.hasOwn(LANGUAGES, name));
}

function kept() {
  try {
    const tag = localStorage.getItem(STORE);
    return Object.hasOwn(LANGUAGES, tag ?? "") ? tag : null;
  } catch {
    return null; // Storage is switched off.
  }
}

function keep(tag) {
  try {
    localStorage.setItem(STORE, tag);
  } catch {
    // Storage is switched off: the choice holds for this visit.
  }
}
