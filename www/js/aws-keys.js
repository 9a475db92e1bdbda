// Keys as people have them at hand: what `aws sts` and `aws configure export-credentials` print, lines
// of an environment in any shell, and of a credentials file. Nothing here touches the document.

/** What the tools call each part, in small letters and without punctuation. */
const NAMES = {
  accesskeyid: "accessKeyId",
  awsaccesskeyid: "accessKeyId",
  secretaccesskey: "secretAccessKey",
  awssecretaccesskey: "secretAccessKey",
  sessiontoken: "sessionToken",
  awssessiontoken: "sessionToken",
  awssecuritytoken: "sessionToken",
  expiration: "expiration",
  awscredentialexpiration: "expiration",
  awssessionexpiration: "expiration",
  region: "region",
  awsregion: "region",
  awsdefaultregion: "region",
  arn: "arn",
};
/** Nobody's keys are longer. */
const LONGEST = 20_000;
const ASSIGNMENT = /^\s*(?:export\s+|set\s+|setx\s+|\$env:)?([A-Za-z_]+)\s*[=:\s]\s*(.+?)\s*;?\s*$/i;

/** The keys in a text, with their expiry as a `Date` where it is told; null where there are none. */
export function parseKeys(text) {
  if (text.length > LONGEST) return null;
  const found = fromJson(text) ?? fromLines(text);
  if (!found.accessKeyId || !found.secretAccessKey) return null;
  const expiration = new Date(found.expiration ?? NaN);
  return { ...found, expiration: Number.isNaN(expiration.getTime()) ? undefined : expiration };
}

/** Whose keys these are, fit to be shown: the role or user of an ARN, without its account. */
export function identityOf(arn) {
  return /^arn:[\w-]*:(?:sts|iam)::\d*:(?:assumed-role|user|federated-user)\/(.{1,200})$/.exec(arn ?? "")?.[1] ?? null;
}

function fromJson(text) {
  let json;
  try {
    json = JSON.parse(text);
  } catch {
    return null;
  }
  const found = {};
  for (const part of [json, json?.Credentials, json?.credentials, json?.AssumedRoleUser, json?.FederatedUser]) {
    if (part === null || typeof part !== "object") continue;
    for (const [name, value] of Object.entries(part)) keep(found, name, value);
  }
  return found;
}

function fromLines(text) {
  const found = {};
  for (const line of text.split(/\r?\n/)) {
    const [, name, value] = ASSIGNMENT.exec(line) ?? [];
    if (name) keep(found, name, unquoted(value));
  }
  return found;
}

function keep(found, name, value) {
  const plain = name.toLowerCase().replace(/[^a-z]/g, "");
  const known = Object.hasOwn(NAMES, plain) && NAMES[plain];
  if (known && typeof value === "string" && value !== "") found[known] = value;
}

function unquoted(value) {
  const [first, last] = [value.at(0), value.at(-1)];
  return value.length > 1 && first === last && (first === '"' || first === "'") ? value.slice(1, -1) : value;
}
