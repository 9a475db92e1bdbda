// The text fields: what each may hold, checked before any request is made. Nothing here touches
// the document.

/** Fields that hold a secret: never read from a link, never written to the address bar or log. */
export const SECRETS = Object.freeze(["accessKeyId", "secretAccessKey", "sessionToken"]);

/** White space as people paste it, with the zero-width characters that `trim()` leaves. */
const EDGES = /^[\s\u200b-\u200d\u2060]+|[\s\u200b-\u200d\u2060]+$/g;
const INNER_SPACE = /[\s\u200b-\u200d\u2060]/;

const NAME_CHARACTERS = { wrong: /[^a-zA-Z0-9_.-]/u, allowed: "letters, digits and _ . -" };
const KEY_CHARACTERS = { wrong: /[^\x21-\x7e]/u, allowed: "letters, digits and ASCII signs" };

/**
 * Rules by field id, in the order of the page. `check` sees a value that is trimmed, not empty and of
 * the right characters.
 */
const RULES = {
  channelName: {
    name: "channel name",
    missing: "Enter the name of the channel.",
    characters: NAME_CHARACTERS,
    longest: 256,
  },
  region: {
    name: "region",
    missing: "Enter the region, for example us-west-2.",
    characters: { wrong: /[^a-z0-9-]/u, allowed: "small letters, digits and -" },
    longest: 32,
    check: (value) =>
      /^[a-z]{2,4}(-[a-z]+)+-\d{1,2}$/.test(value) ? "" : "A region looks like us-west-2 or eu-central-1.",
  },
  clientId: {
    name: "client id",
    characters: NAME_CHARACTERS,
    longest: 256,
    check: (value) =>
      /^aws_/i.test(value) ? "A client id must not begin with AWS_: these are the service’s own." : "",
  },
  accessKeyId: {
    name: "access key id",
    missing: "Enter the access key id.",
    characters: { wrong: /[^a-zA-Z0-9_-]/u, allowed: "letters and digits" },
    longest: 128,
  },
  secretAccessKey: {
    name: "secret access key",
    missing: "Enter the secret access key.",
    characters: KEY_CHARACTERS,
    longest: 256,
  },
  sessionToken: { name: "session token", characters: KEY_CHARACTERS, longest: 8192 },
  endpoint: { name: "endpoint", longest: 512, check: checkEndpoint },
};

/** The ids of all text fields. */
export const TEXT_FIELDS = Object.freeze(Object.keys(RULES));

/** A value without the white space around it. */
export function trimmed(value) {
  return value.replace(EDGES, "");
}

/** What is wrong with a trimmed value: one sentence for people, or "". */
export function problemOf(id, value) {
  const rule = RULES[id];
  if (value === "") return rule.missing ?? "";
  if (INNER_SPACE.test(value)) {
    return `There is white space inside the ${rule.name}, where none can be. Enter it in one piece.`;
  }
  const stranger = rule.characters?.wrong.exec(value)?.[0];
  if (stranger !== undefined) {
    // A secret's characters are not repeated on the page.
    const which = SECRETS.includes(id) ? "a character" : `“${stranger}”`;
    return `The ${rule.name} holds ${which} that cannot be there: only ${rule.characters.allowed} can.`;
  }
  if (value.length > rule.longest) {
    return `The ${rule.name} is ${value.length} characters long; ${rule.longest} is the most.`;
  }
  return rule.check?.(value) ?? "";
}

/** Temporary keys are told by their first letters and do not work without their token. */
export function problemOfToken(accessKeyId, sessionToken) {
  return accessKeyId.startsWith("ASIA") && sessionToken === ""
    ? "An access key id that begins with ASIA is temporary: enter its session token too."
    : "";
}

function checkEndpoint(value) {
  let url;
  try {
    url = new URL(value);
  } catch {
    return "An endpoint looks like https://kinesisvideo.us-west-2.amazonaws.com or http://localhost:8080.";
  }
  if (url.username !== "" || url.password !== "") return "Leave user name and password out of the endpoint.";
  if (url.pathname !== "/" || url.search !== "" || url.hash !== "") {
    return "Enter the endpoint without a path: scheme, host and port alone.";
  }
  const near = ["localhost", "127.0.0.1"].includes(url.hostname) || url.origin === globalThis.location?.origin;
  if (url.protocol === "https:" || (url.protocol === "http:" && near)) return "";
  return "The endpoint must begin with https:// (http:// is for localhost alone).";
}
