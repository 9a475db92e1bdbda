// The form: reads it into one object of settings, and reports beside a field what is wrong with it.

import { askBackEnd } from "./back-end.js";
import { candidateOptions, turnOptions } from "./candidates.js";
import { codecOptions } from "./codecs.js";
import { keysExpiration } from "./credentials.js";
import { chosenDevice } from "./devices.js";
import { endpointProblem } from "./endpoint.js";
import { open, reveal, say } from "./field-view.js";
import { SECRETS, TEXT_FIELDS, problemOf, problemOfToken, trimmed } from "./fields.js";
import { message } from "./i18n.js";
import { hideInLog } from "./log.js";
import { fipsProblem } from "./regional.js";

const RESOLUTIONS = {
  widescreen: { width: { ideal: 1280 }, height: { ideal: 720 } },
  fullscreen: { width: { ideal: 640 }, height: { ideal: 480 } },
};

const form = document.getElementById("settings");

/** What a request to the service needs. */
export const FOR_REQUESTS = Object.freeze(TEXT_FIELDS.filter((id) => !["clientId", "streamName", "session-url"].includes(id)));
/** What a session needs; none of `BY_BACK_END` where the person's own back end signs. */
export const FOR_SESSIONS = TEXT_FIELDS;
/** What a request about the account needs, whichever channel is named. */
export const FOR_ACCOUNT = Object.freeze(FOR_REQUESTS.filter((id) => id !== "channelName"));
const BY_BACK_END = ["channelName", ...SECRETS];

/** Trims fields as they are left, and checks what they hold. */
export function watchFields() {
  for (const id of TEXT_FIELDS) {
    const input = document.getElementById(id);
    input.addEventListener("input", () => say(input, null));
    input.addEventListener("change", () => {
      const cut = trimField(input);
      const problem = input.value === "" && id !== "region" ? null : problemOf(id, input.value);
      say(input, problem ?? cut, problem ? "error" : "note");
    });
  }
  form.addEventListener("submit", (event) => event.preventDefault());
}

/**
 * The settings, or null where a field among `ids` is wrong: it is reported then and has the focus.
 * All wrong fields are reported at once.
 */
export function readSettings(ids) {
  const text = {};
  const backEnd = ids.includes("session-url") && trimmed(document.getElementById("session-url").value) !== "";
  let first = null;
  for (const id of ids) {
    if (backEnd && BY_BACK_END.includes(id)) continue;
    const input = document.getElementById(id);
    const cut = trimField(input);
    text[id] = input.value;
    const problem = problemOf(id, input.value)
      ?? (id === "sessionToken" ? problemOfToken(text.accessKeyId, input.value) : null)
      ?? (id === "endpoint" ? endpointProblem() : null);
    if (problem ?? cut) say(input, problem ?? cut, problem ? "error" : "note");
    if (!problem) continue;
    open(input);
    first ??= input;
  }
  const fips = document.getElementById("enable-fips");
  const noFips = fipsProblem(text.region);
  say(fips, noFips, "error");
  if (noFips) first ??= fips;
  if (first) {
    reveal(first);
    return null;
  }
  const video = checked("sendVideo") && { ...RESOLUTIONS[choice("resolution")], ...chosenDevice("camera") };
  return {
    ...(backEnd ? { session: askBackEnd(text["session-url"]) } : accessOf(text)),
    region: text.region,
    endpoint: text.endpoint || undefined,
    clientId: text.clientId || undefined,
    natTraversal: choice("natTraversal"),
    video,
    audio: checked("sendAudio") && audioOf(chosenDevice("microphone")),
    dataChannel: checked("openDataChannel"),
    qualify: checked("enableDQPmetrics"),
    profile: checked("enableProfileTimeline"),
    dualStack: document.getElementById("endpoint-type").value === "dual-stack",
    fips: checked("enable-fips"),
    trickle: checked("useTrickleICE"),
    reconnect: checked("signaling-reconnect"),
    turn: turnOptions(),
    candidates: candidateOptions(),
    codecs: codecOptions(),
    degradationPreference: document.getElementById("degradation-preference").value || undefined,
  };
}

function accessOf({ channelName, accessKeyId, secretAccessKey, sessionToken }) {
  const keys = { accessKeyId, secretAccessKey, sessionToken: sessionToken || undefined };
  for (const [id, value] of Object.entries(keys)) hideInLog(id, value);
  return { channelName, credentials: { ...keys, expiration: keysExpiration() } };
}

/** Cuts the white space around a field's value; gives the note about it, or null. */
function trimField(input) {
  const value = trimmed(input.value);
  if (value === input.value) return null;
  input.value = value;
  return message(SECRETS.includes(input.id) ? "space.aroundKey" : "space.around");
}

/** The browser's own choice where none was made. */
function audioOf(device) {
  return device.deviceId ? device : true;
}

function checked(id) {
  return document.getElementById(id).checked;
}

function choice(name) {
  return form.elements[name].value;
}
