// The device-qualification test: how a viewer's connection does over ten seconds, live and on average.

import { message, put } from "./i18n.js";
import { clickedAt, timelineOf } from "./own-phases.js";
import { createSparklines } from "./sparkline.js";
import { measured } from "./stats.js";

const EVERY_MS = 1000;
const SECONDS = 10;

const panel = document.getElementById("dqp");
const summary = document.getElementById("dqp-summary");
const values = document.getElementById("dqp-values");
const chart = document.getElementById("dqp-chart");

/** Measures a viewer from now on until `stop()`; the averages are those of the first ten seconds of media. */
export function qualify(session) {
  panel.hidden = false;
  values.replaceChildren();
  const curves = createSparklines();
  chart.replaceChildren(curves.element);
  put(summary, message("dqp.waiting"));
  const samples = [];
  let before = null;
  const timer = setInterval(async () => {
    const stats = await measured(() => session.getStats());
    if (!stats) return;
    const sample = sampleOf(stats, before);
    before = stats;
    if (sample.size === null) return;
    curves.add(sample.drawn);
    if (samples.length < SECONDS) samples.push(sample.averaged);
    put(summary, message(samples.length < SECONDS ? "dqp.running" : "dqp.done", { seconds: samples.length }));
    show({ "dqp.clientId": session.clientId, ...timesOf(timelineOf(session)), ...sample.now, ...averagesOf(samples) });
  }, EVERY_MS);
  return { stop: () => clearInterval(timer) };
}

function sampleOf({ tracks, connection }, before) {
  const find = (kind, all = tracks) => all.find((track) => track.kind === kind && track.direction === "inbound");
  const [video, audio, was] = [find("video"), find("audio"), find("video", before?.tracks ?? [])];
  const averaged = {
    "dqp.roundTrip": connection.roundTripTime ?? null,
    "dqp.videoBitrate": kilobits(video?.bitrate),
    "dqp.frames": video?.framesPerSecond ?? null,
    "dqp.dropped": droppedOf(video, was),
    "dqp.videoJitter": video?.jitter ?? null,
    "dqp.audioBitrate": kilobits(audio?.bitrate),
    "dqp.audioJitter": audio?.jitter ?? null,
  };
  const drawn = {
    "figure.frames": averaged["dqp.frames"],
    "figure.dropped": averaged["dqp.dropped"],
    "figure.bitrate": averaged["dqp.videoBitrate"],
    "figure.audioBitrate": averaged["dqp.audioBitrate"],
  };
  const size = video?.width ? `${video.width}×${video.height}` : null;
  const now = { "dqp.size": size, "dqp.local": endOf(connection.local), "dqp.remote": endOf(connection.remote) };
  return { averaged, drawn, now, size };
}

/** Of the frames that came since the measurement before, in percent. */
function droppedOf(video, was) {
  if (!video || !was) return null;
  const received = (video.framesReceived ?? 0) - (was.framesReceived ?? 0);
  const dropped = (video.framesDropped ?? 0) - (was.framesDropped ?? 0);
  return received > 0 ? (100 * dropped) / received : null;
}

/** Times of the start, in milliseconds, from its phases. */
function timesOf(timeline) {
  const find = (name) => timeline.findLast((entry) => entry.name === name && entry.role === "viewer");
  const [signaling, media, offer, first] = ["signaling", "media", "offerToAnswer", "clickToFirstFrame"].map(find);
  const took = (ms) => (Number.isFinite(ms) ? message("waterfall.ms", { ms: Math.round(ms) }) : null);
  return {
    "dqp.signaling": took((signaling?.end ?? NaN) - clickedAt()),
    "dqp.media": took(media?.duration ?? NaN),
    "dqp.offerToFrame": took((first?.end ?? NaN) - (offer?.start ?? NaN)),
    "dqp.clickToFrame": took((first?.end ?? NaN) - clickedAt()),
  };
}

function averagesOf(samples) {
  const average = (key) => {
    const known = samples.map((sample) => sample[key]).filter((value) => value !== null);
    if (known.length === 0) return null;
    const mean = known.reduce((sum, value) => sum + value, 0) / known.length;
    return message(`unit.${key.slice("dqp.".length)}`, { value: mean.toFixed(1) });
  };
  return Object.fromEntries(Object.keys(samples[0]).map((key) => [key, average(key)]));
}

function show(facts) {
  values.replaceChildren(...Object.entries(facts).filter(([, said]) => said !== null).map(([key, said]) => {
    const box = document.createElement("div");
    box.append(put(document.createElement("dt"), message(key)), put(document.createElement("dd"), said));
    return box;
  }));
}

function endOf(end) {
  return end ? [end.type, end.address, end.port, end.protocol].filter(Boolean).join(" ") : null;
}

function kilobits(bitrate) {
  return bitrate == null ? null : bitrate / 1000;
}
