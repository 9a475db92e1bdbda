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
  const curves = createSparklines({ everySeconds: EVERY_MS / 1000 });
  chart.replaceChildren(curves.element);
  put(summary, message("dqp.waiting"));
  const samples = [];
  let before = null;
  const timer = setInterval(async () => {
    const stats = await measured(() => session.getStats());
    if (!stats) return;
    const sample = before && sampleOf(stats, before);
    before = stats;
    if (!sample) return;
    curves.add(sample.drawn);
    curves.draw();
    if (samples.length < SECONDS) samples.push(sample.averaged);
    put(summary, message(samples.length < SECONDS ? "dqp.running" : "dqp.done", { seconds: samples.length }));
    show({ "dqp.clientId": session.clientId, ...timesOf(timelineOf(session)), ...sample.now, ...averagesOf(samples) });
  }, EVERY_MS);
  return { stop: () => clearInterval(timer) };
}

/** What was measured since `before`, from its own differences: of rates others take theirs too. Null without a picture. */
function sampleOf(stats, before) {
  const [video, audio] = ["video", "audio"].map((kind) => received(kind, stats));
  const [was, heard] = ["video", "audio"].map((kind) => received(kind, before));
  if (!video?.width || !was?.width) return null;
  const { connection } = stats;
  const seconds = (stats.timestamp - before.timestamp) / 1000;
  const averaged = {
    "dqp.roundTrip": connection.roundTripTime ?? null,
    "dqp.videoBitrate": kilobits(more(video, was, "bytesReceived"), seconds),
    "dqp.frames": rate(more(video, was, "framesDecoded"), seconds),
    "dqp.dropped": droppedOf(video, was),
    "dqp.videoJitter": video.jitter ?? null,
    "dqp.audioBitrate": kilobits(more(audio, heard, "bytesReceived"), seconds),
    "dqp.audioJitter": audio?.jitter ?? null,
  };
  const drawn = {
    "figure.frames": averaged["dqp.frames"],
    "figure.dropped": averaged["dqp.dropped"],
    "figure.bitrate": averaged["dqp.videoBitrate"],
    "figure.audioBitrate": averaged["dqp.audioBitrate"],
  };
  const now = {
    "dqp.size": `${video.width}×${video.height}`,
    "dqp.local": endOf(connection.local),
    "dqp.remote": endOf(connection.remote),
  };
  return { averaged, drawn, now };
}

function received(kind, { tracks }) {
  return tracks.find((track) => track.kind === kind && track.direction === "inbound");
}

/** How far a counter of a track went on; null where there is none. */
function more(now, was, counter) {
  return now?.[counter] === undefined || !was ? null : now[counter] - (was[counter] ?? 0);
}

function rate(difference, seconds) {
  return difference === null || seconds <= 0 ? null : difference / seconds;
}

function kilobits(bytes, seconds) {
  return rate(bytes === null ? null : (8 * bytes) / 1000, seconds);
}

/** Of the frames that came since the measurement before, in percent. */
function droppedOf(video, was) {
  const [came, dropped] = ["framesReceived", "framesDropped"].map((counter) => more(video, was, counter));
  return came > 0 && dropped !== null ? (100 * dropped) / came : null;
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
