// Runs in every page before the page's own scripts. It keeps what must never happen, keeps hold of
// what the page has opened, so that a test can see it closed, and measures videos.
(() => {
  const probe = { violations: [], errors: [], tracks: [], connections: [], sockets: [] };
  Object.defineProperty(globalThis, "probe", { value: probe });

  // The page's own modules, for scripts that a driver runs beside the page.
  probe.import = (url) => import(new URL(url, document.baseURI));

  // Clicks the button that the test has named as soon as the first screen stands, and keeps what the page was then.
  const early = location.protocol.startsWith("http") ? sessionStorage.getItem("probe.early") : null;
  const mark = performance.mark.bind(performance);
  performance.mark = (name, ...rest) => {
    if (early && name === "first-screen") {
      document.getElementById(early).click();
      const loaded = performance.getEntriesByType("resource").some((entry) => entry.name.endsWith("/js/page.js"));
      probe.early = { loaded, busy: document.querySelector("[aria-busy=true]")?.id, status: document.getElementById("status").textContent };
    }
    return mark(name, ...rest);
  };

  addEventListener("securitypolicyviolation", (event) => {
    probe.violations.push(`${event.effectiveDirective} ${event.blockedURI} ${event.sample}`);
  }, true);
  addEventListener("error", (event) => probe.errors.push(String(event.message)));
  addEventListener("unhandledrejection", (event) => probe.errors.push(String(event.reason)));

  const devices = globalThis.MediaDevices?.prototype;
  if (devices) {
    const getUserMedia = devices.getUserMedia;
    devices.getUserMedia = async function (constraints) {
      const stream = await getUserMedia.call(this, constraints);
      probe.tracks.push(...stream.getTracks());
      return stream;
    };
  }
  const recorded = (name, list) => {
    const Original = globalThis[name];
    globalThis[name] = class extends Original {
      constructor(...args) {
        super(...args);
        list.push(this);
      }
    };
  };
  recorded("RTCPeerConnection", probe.connections);
  recorded("WebSocket", probe.sockets);

  // What is still open of all that the page has opened: camera tracks, connections, sockets,
  // and videos that show a stream.
  probe.open = () => ({
    tracks: probe.tracks.filter((track) => track.readyState !== "ended").length,
    connections: probe.connections.filter((pc) => pc.signalingState !== "closed").length,
    sockets: probe.sockets.filter((socket) => socket.readyState <= WebSocket.OPEN).length,
    videos: [...document.querySelectorAll("video")].filter((video) => video.srcObject).length,
  });

  // Resolves with the number of frames shown from now on: `count`, or fewer after `limit` ms.
  probe.frames = (video, count, limit) => new Promise((resolve) => {
    let shown = 0;
    const timer = setTimeout(() => resolve(shown), limit);
    const onFrame = () => {
      shown += 1;
      if (shown < count) return video.requestVideoFrameCallback(onFrame);
      clearTimeout(timer);
      resolve(shown);
    };
    video.requestVideoFrameCallback(onFrame);
  });

  // The colours of the picture, in steps coarse enough to overlook noise.
  const colours = (video) => {
    const canvas = document.createElement("canvas");
    [canvas.width, canvas.height] = [64, 36];
    const context = canvas.getContext("2d");
    context.drawImage(video, 0, 0, canvas.width, canvas.height);
    const { data } = context.getImageData(0, 0, canvas.width, canvas.height);
    const seen = new Set();
    for (let at = 0; at < data.length; at += 4) {
      seen.add((data[at] >> 5) * 64 + (data[at + 1] >> 5) * 8 + (data[at + 2] >> 5));
    }
    return seen;
  };

  // Resolves with the number of colours shown from now on: as soon as there are two, or after
  // `limit` ms. The whole picture of Firefox's fake camera is of one colour, which changes.
  probe.colours = (video, limit) => new Promise((resolve) => {
    let seen = colours(video);
    const timer = setTimeout(() => resolve(seen.size), limit);
    const look = () => {
      seen = seen.union(colours(video));
      if (seen.size < 2) return video.requestVideoFrameCallback(look);
      clearTimeout(timer);
      resolve(seen.size);
    };
    look();
  });

  // What the browser knows of the two candidates in use, the local one first, or null. There may be other nominated
  // pairs. A Firefox that tells of no transport marks the pair itself.
  probe.selected = async (connection) => {
    const report = await connection.getStats();
    const entries = [...report.values()];
    const of = (type) => entries.filter((entry) => entry.type === type);
    const [named] = of("transport").map((transport) => report.get(transport.selectedCandidatePairId)).filter(Boolean);
    const pair = named ?? of("candidate-pair").find((entry) => entry.selected);
    return pair ? [report.get(pair.localCandidateId), report.get(pair.remoteCandidateId)] : null;
  };

  // The pair of candidates in use, e.g. { local: "relay", remote: "relay" }, or null.
  probe.selectedPair = async (connection) => {
    const pair = await probe.selected(connection);
    return pair && { local: pair[0].candidateType, remote: pair[1].candidateType };
  };

  // How the TURN server in use is spoken to, "udp", "tcp" or "tls"; null where none is.
  probe.relayProtocol = async (connection) => (await probe.selected(connection))?.[0].relayProtocol ?? null;
})();
