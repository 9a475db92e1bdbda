// Which codecs come first: one box for each that this browser has.

import { message, put } from "./i18n.js";

const KINDS = { video: { name: "vcodec", first: "video/H264" }, audio: { name: "acodec", first: "audio/opus" } };
/** What is sent beside a codec, and is none. */
const HELPERS = /\/(rtx|red|ulpfec|flexfec-03|cn|telephone-event)$/i;

const list = document.getElementById("codec-list");
const filter = document.getElementById("codec-filter-toggle");
const said = document.getElementById("codec-message");

/** Makes the boxes, and listens to the button that sets them as at first. */
export function watchCodecs() {
  for (const [kind, { name }] of Object.entries(KINDS)) {
    for (const codec of codecsOf(kind)) list.append(boxOf(codec, name));
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

function reset() {
  filter.checked = true;
  const firsts = Object.values(KINDS).map(({ first }) => first);
  const missing = firsts.filter((first) => !document.getElementById(first));
  for (const box of list.querySelectorAll("input")) box.checked = firsts.includes(box.value);
  put(said, missing.length === 0 ? null : message("codec.missing", { codec: missing[0] }));
}

function codecsOf(kind) {
  const all = globalThis.RTCRtpReceiver?.getCapabilities?.(kind)?.codecs ?? [];
  return [...new Set(all.map(({ mimeType }) => mimeType))].filter((type) => !HELPERS.test(type));
}

function boxOf(codec, name) {
  const label = document.createElement("label");
  label.className = "tick";
  const box = document.createElement("input");
  box.type = "checkbox";
  box.id = codec;
  box.name = name;
  box.value = codec;
  const text = document.createElement("span");
  text.textContent = codec;
  label.append(box, " ", text);
  return label;
}
