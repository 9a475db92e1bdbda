// Before a call: what the camera shows and the microphone hears, which of them is used, whether the speaker
// sounds, and what the browser will ask. Nothing is opened before the person asks for it.

import { begin, finish } from "./busy.js";
import { chosenDevice } from "./devices.js";
import { message, put } from "./i18n.js";

const METER_MS = 100;
const BEEP = { hertz: 440, seconds: 0.4, volume: 0.2 };
const KINDS = { camera: "video", microphone: "audio" };

const at = (id) => document.getElementById(id);
const button = at("preview-button");
const video = at("preview-video");
const meter = at("preview-meter");
const said = at("preview-message");

/** What is open: its stream and what ends its meter; null where nothing is. */
let preview = null;

/** Listens to the buttons and shows what the browser will ask. */
export function watchPrejoin() {
  button.addEventListener("click", () => (preview ? endPreview() : open()));
  at("speaker-button").addEventListener("click", beep);
  for (const kind of Object.keys(KINDS)) {
    at(`preview-${kind}`).addEventListener("change", () => preview && open());
    showPermission(kind);
  }
  addEventListener("pagehide", endPreview);
  document.addEventListener("callstart", endPreview);
}

/** Lets go of camera and microphone, as before a call, which opens its own. */
function endPreview() {
  if (!preview) return;
  preview.end();
  for (const track of preview.stream.getTracks()) track.stop();
  preview = null;
  video.srcObject = null;
  at("preview").hidden = true;
  put(button, message("prejoin.open"));
}

async function open() {
  endPreview();
  const wanted = { camera: at("sendVideo").checked, microphone: at("sendAudio").checked };
  if (!wanted.camera && !wanted.microphone) return put(said, message("prejoin.nothing"));
  if (!begin(button)) return undefined;
  put(said, null);
  try {
    const stream = await navigator.mediaDevices.getUserMedia({
      video: wanted.camera && chosenDevice("camera"),
      audio: wanted.microphone && chosenDevice("microphone"),
    });
    preview = { stream, end: wanted.microphone ? listen(stream) : () => {} };
    video.srcObject = stream;
    video.hidden = !wanted.camera;
    meter.parentElement.hidden = !wanted.microphone;
    at("preview").hidden = false;
    put(button, message("prejoin.close"));
    await fillDevices();
  } catch (error) {
    put(said, helpFor(error));
  } finally {
    finish(button);
  }
  return undefined;
}

async function fillDevices() {
  const devices = await navigator.mediaDevices.enumerateDevices();
  for (const [kind, type] of Object.entries(KINDS)) {
    const list = at(`preview-${kind}`);
    const chosen = list.value;
    const own = devices.filter((device) => device.kind === `${type}input` && device.deviceId !== "");
    const any = put(new Option("", ""), message("prejoin.any"));
    list.replaceChildren(any, ...own.map(({ label, deviceId }) => new Option(label, deviceId)));
    list.value = own.some(({ deviceId }) => deviceId === chosen) ? chosen : "";
  }
}

/** Shows how loud it is; gives what ends that. */
function listen(stream) {
  const audio = new AudioContext();
  const analyser = audio.createAnalyser();
  audio.createMediaStreamSource(stream).connect(analyser);
  const samples = new Float32Array(analyser.fftSize);
  const timer = setInterval(() => {
    analyser.getFloatTimeDomainData(samples);
    const power = samples.reduce((sum, sample) => sum + sample * sample, 0) / samples.length;
    meter.value = Math.min(1, Math.sqrt(power) * 4);
  }, METER_MS);
  return () => {
    clearInterval(timer);
    audio.close();
    meter.value = 0;
  };
}

async function beep() {
  const audio = new AudioContext();
  const tone = audio.createOscillator();
  const volume = audio.createGain();
  tone.frequency.value = BEEP.hertz;
  volume.gain.value = BEEP.volume;
  tone.connect(volume).connect(audio.destination);
  tone.addEventListener("ended", () => audio.close());
  tone.start();
  tone.stop(audio.currentTime + BEEP.seconds);
  put(at("speaker-message"), message("prejoin.heard"));
}

/** What the browser will do when the device is asked for; nothing where it does not tell. */
async function showPermission(kind) {
  try {
    const status = await navigator.permissions.query({ name: kind });
    const show = () => put(at(`permission-${kind}`), message(`permission.${status.state}`, { device: message(`control.${KINDS[kind]}input`) }));
    status.addEventListener("change", show);
    show();
  } catch {
    put(at(`permission-${kind}`), null);
  }
}

/** What is to be done, in the browser at hand. */
function helpFor({ name }) {
  if (name === "NotAllowedError") return message(`prejoin.${browserName()}`);
  if (name === "NotFoundError" || name === "OverconstrainedError") return message("prejoin.none");
  if (name === "NotReadableError") return message("prejoin.busy");
  return message("prejoin.failed");
}

function browserName() {
  const agent = navigator.userAgent;
  if (/Firefox\//.test(agent)) return "inFirefox";
  return /Chrome\//.test(agent) ? "inChrome" : "inSafari";
}
