// What a peer connection is doing, in words, from its statistics.

/** Path, receiving and sending of a connection; each part is "" where there is nothing to tell. */
export async function describe(peerConnection) {
  const report = await peerConnection.getStats();
  const all = [...report.values()];
  return {
    path: pathOf(report, all),
    receiving: pictureOf(all, "inbound-rtp"),
    sending: pictureOf(all, "outbound-rtp"),
  };
}

/** E.g. `direct, host to srflx over udp`, of the pair in use. */
function pathOf(report, all) {
  const pair = selectedPair(report, all);
  const local = report.get(pair?.localCandidateId);
  const remote = report.get(pair?.remoteCandidateId);
  if (!local || !remote) return "";
  const kind = [local, remote].some((end) => end.candidateType === "relay") ? "relayed" : "direct";
  const protocol = local.relayProtocol ?? local.protocol;
  return `${kind}, ${local.candidateType} to ${remote.candidateType}${protocol ? ` over ${protocol}` : ""}`;
}

function selectedPair(report, all) {
  const transport = all.find((entry) => entry.type === "transport" && entry.selectedCandidatePairId);
  if (transport) return report.get(transport.selectedCandidatePairId);
  // Firefox marks the pair itself.
  const pairs = all.filter((entry) => entry.type === "candidate-pair");
  return pairs.find((pair) => pair.selected) ?? pairs.find((pair) => pair.nominated && pair.state === "succeeded");
}

/** E.g. `1280×720, 30 fps`. */
function pictureOf(all, type) {
  const video = all.find((entry) => entry.type === type && entry.kind === "video" && entry.frameWidth);
  if (!video) return "";
  return `${video.frameWidth}×${video.frameHeight}, ${Math.round(video.framesPerSecond ?? 0)} fps`;
}
