/// <reference types="kvs-webrtc" />
// A plain script, with the global.
const role: KVSWebRTC.Role = KVSWebRTC.Role.VIEWER;
KVSWebRTC.init().then(() => {
  const { KinesisVideoClient } = KVSWebRTC;
  // @ts-expect-error a region is needed
  new KinesisVideoClient({ credentials: { accessKeyId: "a", secretAccessKey: "b" } });
});
