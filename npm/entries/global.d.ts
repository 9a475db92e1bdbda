/** What `kvs-webrtc.global.js` puts into the global `KVSWebRTC`. */
export * from "./index.js";
export { default as init } from "./index.js";
export as namespace KVSWebRTC;
