// The SDK: loaded and instantiated once, while the page is read.

/** The package's exports once the wasm is ready; rejects with a sentence for people. */
export const sdk = load();

async function load() {
  try {
    const exports = await import("../pkg/kvs_webrtc.js");
    await exports.default();
    return exports;
  } catch (cause) {
    throw new Error("The SDK did not load from pkg/. Build it, and reload the page.", { cause });
  }
}

// Whoever awaits it shows the failure; without this, one that nobody awaits yet would count as unhandled.
sdk.catch(() => {});
