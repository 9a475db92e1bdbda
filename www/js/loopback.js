// A connection of this page with itself, by way of a TURN server: what goes through it goes through the relay.

const CHUNK = new Uint8Array(16_384);
const MOST_QUEUED = 262_144;

/**
 * Connects two ends: `prepare(one, other)` gives them what they are to carry; `use(other, prepared)` is awaited
 * once they are described to each other. Both are closed after it.
 */
export async function overRelay(relay, prepare, use) {
  const ends = [0, 1].map(() => new RTCPeerConnection({ iceServers: [relay], iceTransportPolicy: "relay" }));
  const [one, other] = ends;
  try {
    ends.forEach((end, index) => end.addEventListener("icecandidate", ({ candidate }) =>
      candidate && ends[1 - index].addIceCandidate(candidate)));
    const prepared = prepare(one, other);
    await one.setLocalDescription();
    await other.setRemoteDescription(one.localDescription);
    await other.setLocalDescription();
    await one.setRemoteDescription(other.localDescription);
    return await use(other, prepared);
  } finally {
    for (const end of ends) end.close();
  }
}

/** Sends from one end to the other for so long, or so much: a promise of the bytes that came and their time. */
export function flood(one, other, mostMs, mostBytes) {
  const channel = one.createDataChannel("bandwidth", { ordered: false });
  channel.bufferedAmountLowThreshold = MOST_QUEUED / 2;
  const fill = () => {
    while (channel.readyState === "open" && channel.bufferedAmount < MOST_QUEUED) channel.send(CHUNK);
  };
  channel.addEventListener("open", fill);
  channel.addEventListener("bufferedamountlow", fill);
  return new Promise((done) => {
    let bytes = 0;
    let begun = null;
    other.addEventListener("datachannel", ({ channel: there }) => {
      there.binaryType = "arraybuffer";
      there.addEventListener("message", ({ data }) => {
        // What came by the time the first message was whole took a time that nobody knows.
        begun ??= performance.now();
        const ms = performance.now() - begun;
        if (ms > 0) bytes += data.byteLength;
        if (ms >= mostMs || bytes >= mostBytes) done({ bytes, ms });
      });
    });
  });
}
