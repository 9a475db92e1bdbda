// Which codecs come first: one box for each that this browser has.

import { message, put } from "./i18n.js";

const KINDS = { video: { name: "vcodec", first: "video/H264" }, audio: { name: "acodec", first: "audio/opus" } };
/** What is sent beside a codec, and is none. */
const HELPERS = /\/(rtx|red|ulpfec|flexfec-03|cn|telephone-event)$/i;

const list = document.getElementById("codec-list");
const filter = document.getElementById("codec-filter-toggle");
const said = document.getElementById("codec-message");
const note = document.getElementById("codec-note");

/** Makes the boxes, and listens to the button that sets them as at first. */
export function watchCodecs() {
  for (const [kind, { name, first }] of Object.entries(KINDS)) {
    for (const codec of codecsOf(kind)) list.append(boxOf(codec, name, codec === first));
  }
  document.getElementById("reset-codecs").addEventListener("click", reset);
  reset();
}

/** The preferred codecs as a session takes them; undefined for the browser's own order. */
export function codecOptions() {
  if (!filter.checked) return undefined;
  return Object.fromEntries(Object.entries(KINDS).map(([kind, { name }]) =>
    [kind, [...list.querySelectorAll(`input[name="${name}"]:checked`)].map((box) => box.value)]));
}

/**
 * Measures a call as `measure` does, and says where it uses a codec that is none of `wanted`, as a session takes them, and
 * why: by what the other side has described to the browser's connection, which `connection` gives.
 */
export function watchUsed(measure, wanted, connection) {
  return async () => {
    const stats = await measure();
    const other = stats?.tracks.find(({ kind, codec }) => codec && wanted?.[kind]?.length > 0 && !wanted[kind].includes(codec));
    // An answer may come when the call is over.
    if (other && document.body.dataset.running) {
      const why = describes(connection(), wanted[other.kind]) ? "codec.other" : "codec.none";
      sayUsed(message(why, { codec: other.codec }));
    }
    return stats;
  };
}

/** Says which codec a call uses; null takes it away. */
export function sayUsed(used) {
  note.hidden = used === null;
  put(note, used);
}

/** Whether the other side has one of these codecs, by its description. */
function describes(connection, codecs) {
  const maps = (connection?.remoteDescription?.sdp ?? "").matchAll(/^a=rtpmap:\d+ ([^/\s]+)/gm);
  const names = Array.from(maps, ([, name]) => name.toLowerCase());
  return codecs.some((codec) => names.includes(codec.split("/")[1].toLowerCase()));
}

function reset() {
  filter.checked = true;
  const firsts = Object.values(KINDS).map(({ first }) => first);
  const missing = firsts.filter((first) => !document.getElementById(first));
  for (const box of list.querySelectorAll("input")) box.checked = box.defaultChecked;
  put(said, missing.length === 0 ? null : message("codec.missing", { codec: missing[0] }));
}

function codecsOf(kind) {
  const all = globalThis.RTCRtpReceiver?.getCapabilities?.(kind)?.codecs ?? [];
  return [...new Set(all.map(({ mimeType }) => mimeType))].filter((type) => !HELPERS.test(type));
}

function boxOf(codec, name, ticked) {
  const label = document.createElement("label");
  label.className = "tick";
  const box = document.createElement("input");
  box.type = "checkbox";
  box.id = codec;
  box.name = name;
  box.value = codec;
  box.defaultChecked = ticked;
  const text = document.createElement("span");
  text.textContent = codec;
  label.append(box, " ", text);
  return label;
}
