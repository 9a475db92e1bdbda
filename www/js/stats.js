// What a peer connection is doing, in words, from its statistics.

import { message } from "./i18n.js";

/** Path, receiving and sending of a connection; each part is null where there is nothing to tell. */
export async function describe(peerConnection) {
  const report = await peerConnection.getStats();
  const all = [...report.values()];
  return {
    path: pathOf(report, all),
    receiving: pictureOf(all, "inbound-rtp"),
    sending: pictureOf(all, "outbound-rtp"),
  };
}

/** E.g. `1280×720, 30 fps`, or null. */
export function pictureSize(width, height, frameRate) {
  if (!width || !height) return null;
  return message("fact.size", { width, height, rate: Math.round(frameRate ?? 0) });
}

/** E.g. `direct, host to srflx over udp`, of the pair in use. */
function pathOf(report, all) {
  const pair = selectedPair(report, all);
  const local = report.get(pair?.localCandidateId);
  const remote = report.get(pair?.remoteCandidateId);
  if (!local || !remote) return null;
  const relayed = [local, remote].some((end) => end.candidateType === "relay");
  return message(relayed ? "fact.relayed" : "fact.direct", {
    local: local.candidateType,
    remote: remote.candidateType,
    protocol: local.relayProtocol ?? local.protocol ?? "?",
  });
}

function selectedPair(report, all) {
  const transport = all.find((entry) => entry.type === "transport" && entry.selectedCandidatePairId);
  if (transport) return report.get(transport.selectedCandidatePairId);
  // Firefox marks the pair itself.
  const pairs = all.filter((entry) => entry.type === "candidate-pair");
  return pairs.find((pair) => pair.selected) ?? pairs.find((pair) => pair.nominated && pair.state === "succeeded");
}

function pictureOf(all, type) {
  const video = all.find((entry) => entry.type === type && entry.kind === "video" && entry.frameWidth);
  return video ? pictureSize(video.frameWidth, video.frameHeight, video.framesPerSecond) : null;
}
