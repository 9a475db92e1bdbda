// A call with the reference SDK, as its readme has it: its SignalingClient signs and signals, the
// rest is the browser's. `settings` are a channel's: channelARN, endpoints, iceServers,
// credentials, region.
(() => {
  const { Role, SignalingClient } = KVSWebRTC;
  const status = document.getElementById("status");
  const remote = document.getElementById("remote");

  // Opens the camera first: what comes later finds it there.
  async function open(settings, role, clientId) {
    const { channelARN, region, credentials, iceServers } = settings;
    const camera = await navigator.mediaDevices.getUserMedia({
      audio: true, video: { width: 640, height: 360 },
    });
    const channelEndpoint = settings.endpoints[role];
    const client = new SignalingClient({
      role, channelARN, channelEndpoint, clientId, region, credentials,
    });
    client.on("error", (error) => { status.textContent = `Failed: ${error}`; });
    const connect = (recipient) => {
      const connection = new RTCPeerConnection({ iceServers });
      for (const track of camera.getTracks()) connection.addTrack(track, camera);
      connection.ontrack = ({ streams }) => { [remote.srcObject] = streams; };
      connection.onicecandidate = ({ candidate }) => {
        if (candidate) client.sendIceCandidate(candidate, recipient);
      };
      return connection;
    };
    return { client, connect };
  }

  async function master(settings) {
    const { client, connect } = await open(settings, Role.MASTER);
    const viewers = new Map();
    client.on("open", () => { status.textContent = "Waiting for viewers"; });
    client.on("sdpOffer", async (offer, viewer) => {
      const connection = connect(viewer);
      viewers.set(viewer, connection);
      await connection.setRemoteDescription(offer);
      await connection.setLocalDescription();
      client.sendSdpAnswer(connection.localDescription, viewer);
    });
    client.on("iceCandidate", (candidate, viewer) => {
      viewers.get(viewer).addIceCandidate(candidate);
    });
    client.open();
  }

  async function viewer(settings) {
    const { client, connect } = await open(settings, Role.VIEWER, "reference-viewer");
    const connection = connect();
    client.on("open", async () => {
      status.textContent = "Calling";
      await connection.setLocalDescription();
      client.sendSdpOffer(connection.localDescription);
    });
    client.on("sdpAnswer", (answer) => connection.setRemoteDescription(answer));
    client.on("iceCandidate", (candidate) => connection.addIceCandidate(candidate));
    client.open();
  }

  globalThis.reference = { master, viewer };
})();
