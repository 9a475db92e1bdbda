// Which language the page speaks: the one chosen here before, else the browser's, else English.

import { LANGUAGES, useLanguage } from "./i18n.js";

const STORE = "kvs-webrtc.language";
const select = document.getElementById("language");

/** Fills the list and speaks the person's language; a choice is kept for the next visit. */
export async function watchLanguage() {
  for (const [tag, { name }] of Object.entries(LANGUAGES)) {
    const option = new Option(name, tag);
    option.lang = tag;
    select.append(option);
  }
  select.addEventListener("change", () => {
    keep(select.value);
    useLanguage(select.value);
  });
  const tag = kept() ?? preferred() ?? "en";
  select.value = tag;
  if (tag === "en") return;
  try {
    await useLanguage(tag);
  } catch {
    select.value = "en"; // Its file did not load; the page is in English already.
  }
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
