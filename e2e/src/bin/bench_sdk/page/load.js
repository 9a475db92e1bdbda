// Times how long one package takes from its import until it signs, and tells it: to the page around
// this one, or in the attribute `data-milliseconds`.
import { REGION, KEYS, addressOf } from "./packages.js";

const side = new URLSearchParams(location.search).get("side");

const begun = performance.now();
const sdk = await import(addressOf(side));
await sdk.init?.();
const milliseconds = performance.now() - begun;

// What is not ready throws.
new sdk.SigV4RequestSigner(REGION, KEYS);
document.documentElement.dataset.milliseconds = milliseconds;
parent.postMessage({ milliseconds }, location.origin);
