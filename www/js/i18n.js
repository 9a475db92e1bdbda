// The words of the page in the person's language. English is in the page itself, in strings/ for what the page
// does not say, and in the SDK's errors; another language is tables of all three and one entry here, loaded only
// where it is used. What panels say that a person may open is a table of its own.

/** The languages by their tags: what each calls itself, which way it is written, its words and its errors. */
export const LANGUAGES = Object.freeze({
  en: {
    name: "English",
    direction: "ltr",
    words: () => import("./strings/en.js"),
    panels: () => import("./strings/en-panels.js"),
    errors: async () => ({ default: {} }),
  },
  ko: {
    name: "한국어",
    direction: "ltr",
    words: () => import("./strings/ko.js"),
    panels: () => import("./strings/ko-panels.js"),
    errors: () => import("./strings/errors-ko.js"),
  },
});

const ATTRIBUTES = ["aria-label", "placeholder"];
/** What dynamic elements say: by element, by attribute ("" is its text), a message. */
const said = new WeakMap();

/** What the page says as it comes, by key. */
const inPage = Object.freeze(wordsInPage());

let tag = "en";
let table = inPage;
let errors = {};
let plural = new Intl.PluralRules(tag);
let latest = tag;
/** What panels say, by language; none before the first one is opened. */
const panels = {};
let withPanels = false;

/** A text to be shown later, or again in another language; a value may be a message too. */
export function message(key, values = {}) {
  return { key, values };
}

/** The words of a message, or a text as it is. */
export function words(said) {
  if (said === null || said === undefined) return "";
  return typeof said === "object" ? t(said.key, said.values) : String(said);
}

/** The words of a key; `{name}` is replaced by the value of that name, `count` chooses the plural. */
export function t(key, values = {}) {
  const entry = table[key] ?? panels[tag]?.[key] ?? key;
  const text = typeof entry === "string" ? entry : (entry[plural.select(values.count)] ?? entry.other);
  return text.replace(/\{(\w+)\}/g, (whole, name) => (name in values ? words(values[name]) : whole));
}

/** Shows a message as an element's text, or as one of its attributes, and keeps it in the page's language. */
export function put(element, text, attribute = "") {
  const messages = said.get(element) ?? new Map();
  said.set(element, messages.set(attribute, text));
  write(element, attribute, words(text));
  return element;
}

/** What an error of the SDK says in the page's language, where that is not the error's own; or null. */
export function errorWords(error) {
  return Object.hasOwn(errors, error?.code ?? "") ? errors[error.code] : null;
}

/** Whether the page is in this language as it comes. */
export function isInPage(wanted) {
  return wanted === "en";
}

/** Shows the page in a language from now on, unless another one is asked for before its words are there. */
export async function useLanguage(wanted) {
  const { direction, words: load, errors: loadErrors } = LANGUAGES[wanted];
  latest = wanted;
  const [loaded, loadedErrors] = await Promise.all([load(), loadErrors(), withPanels && loadPanels(wanted)]);
  if (latest !== wanted) return;
  table = { ...inPage, ...loaded.default };
  errors = loadedErrors.default;
  if (tag === wanted) return;
  tag = wanted;
  plural = new Intl.PluralRules(tag);
  document.documentElement.lang = tag;
  document.documentElement.dir = direction;
  for (const element of document.querySelectorAll("*")) translate(element);
  document.dispatchEvent(new Event("languagechange"));
}

/** Loads what panels say, in the page's language and in each that it speaks from now on. */
export async function usePanelWords() {
  withPanels = true;
  await loadPanels(latest);
}

async function loadPanels(wanted) {
  panels[wanted] ??= (await LANGUAGES[wanted].panels()).default;
}

function wordsInPage() {
  const found = {};
  for (const element of document.querySelectorAll("[data-i18n]")) found[element.dataset.i18n] = element.textContent;
  for (const attribute of ATTRIBUTES) {
    const key = `data-i18n-${attribute}`;
    for (const element of document.querySelectorAll(`[${key}]`)) found[element.getAttribute(key)] = element.getAttribute(attribute);
  }
  return found;
}

function translate(element) {
  if (element.dataset?.i18n) write(element, "", t(element.dataset.i18n));
  for (const attribute of ATTRIBUTES) {
    const key = element.getAttribute(`data-i18n-${attribute}`);
    if (key) write(element, attribute, t(key));
  }
  for (const [attribute, text] of said.get(element) ?? []) write(element, attribute, words(text));
}

/** The same words again would be read out again. */
function write(element, attribute, text) {
  if (attribute) element.setAttribute(attribute, text);
  else if (element.textContent !== text) element.textContent = text;
}
