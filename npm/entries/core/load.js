// @ts-check
// From where the wasm is to a wasm that is ready.

import { compiled, explained } from './compile.js';
import { KvsError, unfit, unreachable } from './errors.js';
import instantiate, { version } from './glue.js';

/** Where `wasm-inline.js` puts its text, being a module and a plain script in one. */
const INLINE = Symbol.for('kvs-webrtc.wasm-inline');

/** @type {string} Stamped by `cargo xtask package`. */
export const VERSION = __VERSION__;

let ready = false;
/** @type {Promise<void> | undefined} */
let pending;

/**
 * Makes the wasm ready at once; nothing where it is.
 * @param {BufferSource | WebAssembly.Module} module
 * @param {typeof unfit} [failure] what it is called when it is another wasm
 */
export function start(module, failure) {
  if (ready) return;
  try {
    instantiate({ module });
  } catch (error) {
    throw explained(error, failure);
  }
  if (version() !== VERSION) {
    throw unfit(`input is the wasm of version ${version()}, and this is version ${VERSION}`);
  }
  ready = true;
}

/** Whether `wasm-inline.js` is loaded and its text not used yet. */
export const hasInline = () => INLINE in globalThis;

/** Makes the wasm ready at once from the text of `wasm-inline.js`. */
export function startInline() {
  if (ready) return;
  const text = atob(/** @type {any} */ (globalThis)[INLINE]);
  const bytes = new Uint8Array(text.length);
  for (let at = 0; at < bytes.length; at += 1) bytes[at] = text.charCodeAt(at);
  start(bytes);
  delete (/** @type {any} */ (globalThis)[INLINE]);
}

/**
 * What `init` does at every door: one attempt at a time, and none after the first success.
 * @param {unknown} input what the caller gave
 * @param {() => unknown} own where the wasm is otherwise
 * @param {() => Promise<unknown>} [inline] loads `wasm-inline.js`, for where that cannot be had
 */
export function init(input, own, inline) {
  pending ??= load(input, own, inline).catch((error) => {
    pending = undefined;
    throw error;
  });
  return pending;
}

/** @type {(...args: Parameters<typeof init>) => Promise<void>} */
async function load(input, own, inline) {
  if (ready) return;
  const given = await unwrapped(input);
  if (given !== undefined) return start(await compiled(given, unfit));
  try {
    return start(await compiled(own(), unreachable), unreachable);
  } catch (error) {
    if (!inline || isFinal(error)) throw error;
    await inline().catch((cause) => {
      throw unreachable('neither its wasm nor wasm-inline.js can be loaded', cause);
    });
    startInline();
  }
}

/** @param {any} input an input as it is, or as wasm-bindgen's own `init` takes it */
async function unwrapped(input) {
  try {
    const value = await input;
    const isNamed = value && typeof value === 'object' && 'module_or_path' in value;
    return isNamed ? await value.module_or_path : value;
  } catch (error) {
    throw unreachable('input does not load', error);
  }
}

/** Another way to the same bytes ends no better. @param {unknown} error */
const isFinal = (error) => error instanceof KvsError
  && ['browser.wasmBlocked', 'browser.unsupported'].includes(error.code);
