// The text fields: what each may hold, checked before any request is made. Nothing here touches
// the document.

import { message } from "./i18n.js";

/** Fields that hold a secret: never read from a link, never written to the address bar or log. */
export const SECRETS = Object.freeze(["accessKeyId", "secretAccessKey", "sessionToken"]);

/** White space as people paste it, with the zero-width characters that `trim()` leaves. */
const EDGES = /^[\s\u200b-\u200d\u2060]+|[\s\u200b-\u200d\u2060]+$/g;
const INNER_SPACE = /[\s\u200b-\u200d\u2060]/;

const NAME_CHARACTERS = { wrong: /[^a-zA-Z0-9_.-]/u, allowed: "allowed.name" };
const KEY_CHARACTERS = { wrong: /[^\x21-\x7e]/u, allowed: "allowed.key" };

/**
 * Rules by field id, in the order of the page. `check` sees a value that is trimmed, not empty and of
 * the right characters, and gives the key of what is wrong with it, or null.
 */
const RULES = {
  channelName: { missing: "missing.channelName", characters: NAME_CHARACTERS, longest: 256 },
  region: {
    missing: "missing.region",
    characters: { wrong: /[^a-z0-9-]/u, allowed: "allowed.region" },
    longest: 32,
    check: (value) => (/^[a-z]{2,4}(-[a-z]+)+-\d{1,2}$/.test(value) ? null : "wrong.region"),
  },
  clientId: {
    characters: NAME_CHARACTERS,
    longest: 256,
    check: (value) => (/^aws_/i.test(value) ? "wrong.clientId" : null),
  },
  accessKeyId: {
    missing: "missing.accessKeyId",
    characters: { wrong: /[^a-zA-Z0-9_-]/u, allowed: "allowed.accessKeyId" },
    longest: 128,
  },
  secretAccessKey: { missing: "missing.secretAccessKey", characters: KEY_CHARACTERS, longest: 256 },
  sessionToken: { characters: KEY_CHARACTERS, longest: 8192 },
  streamName: { characters: NAME_CHARACTERS, longest: 256 },
  "session-url": { longest: 512, check: checkBackEnd },
  endpoint: { longest: 512, check: checkEndpoint },
};

/** The ids of all text fields. */
export const TEXT_FIELDS = Object.freeze(Object.keys(RULES));

/** A value without the white space around it. */
export function trimmed(value) {
  return value.replace(EDGES, "");
}

/** What is wrong with a trimmed value: a message for people, or null. */
export function problemOf(id, value) {
  const rule = RULES[id];
  const field = message(`field.${id}`);
  if (value === "") return rule.missing ? message(rule.missing) : null;
  if (INNER_SPACE.test(value)) return message("wrong.space", { field });
  const stranger = rule.characters?.wrong.exec(value)?.[0];
  if (stranger !== undefined) {
    const allowed = message(rule.characters.allowed);
    // A secret's characters are not repeated on the page.
    return SECRETS.includes(id)
      ? message("wrong.secretCharacter", { field, allowed })
      : message("wrong.character", { field, allowed, stranger });
  }
  if (value.length > rule.longest) {
    return message("wrong.long", { field, length: value.length, longest: rule.longest });
  }
  const wrong = rule.check?.(value);
  return wrong ? message(wrong) : null;
}

/** Temporary keys are told by their first letters and do not work without their token. */
export function problemOfToken(accessKeyId, sessionToken) {
  return accessKeyId.startsWith("ASIA") && sessionToken === "" ? message("missing.sessionToken") : null;
}

function checkEndpoint(value) {
  let url;
  try {
    url = new URL(value);
  } catch {
    return "wrong.endpoint";
  }
  if (url.username !== "" || url.password !== "") return "wrong.endpointLogin";
  if (url.pathname !== "/" || url.search !== "" || url.hash !== "") return "wrong.endpointPath";
  return isSafe(url) ? null : "wrong.endpointScheme";
}

function checkBackEnd(value) {
  let url;
  try {
    url = new URL(value, globalThis.location?.href);
  } catch {
    return "wrong.backEnd";
  }
  if (url.username !== "" || url.password !== "") return "wrong.endpointLogin";
  return isSafe(url) ? null : "wrong.endpointScheme";
}

/** Encrypted, or on this computer, or where this page came from. */
function isSafe(url) {
  const near = ["localhost", "127.0.0.1"].includes(url.hostname) || url.origin === globalThis.location?.origin;
  return url.protocol === "https:" || (url.protocol === "http:" && near);
}
