// Nothing but the package, for tests that use it as an application does.
import * as sdk from "./pkg/kvs_webrtc.js";

const wasm = await sdk.default();
Object.assign(globalThis, { sdk, wasm });
document.title = "Ready";
