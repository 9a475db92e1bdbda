// @ts-check
// From where the wasm is to a wasm that is ready.

import instantiate, { version } from './glue.js';
import { KvsError, blocked, unfit, unreachable, unsupported } from './errors.js';

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
 */
export function start(module) {
  if (ready) return;
  try {
    instantiate({ module });
  } catch (error) {
    throw explained(error);
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
    return start(await compiled(own(), unreachable));
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
  const value = await input;
  return value && typeof value === 'object' && 'module_or_path' in value
    ? value.module_or_path
    : value;
}

/**
 * @param {any} source
 * @param {typeof unfit} failure what it is called when `source` is no wasm
 */
async function compiled(source, failure) {
  if (typeof WebAssembly !== 'object') throw unsupported();
  const from = isAddress(source) ? await fetched(source) : source;
  if (Object.prototype.toString.call(from) === '[object WebAssembly.Module]') return from;
  try {
    return isResponse(from) ? await compiledBody(from) : await WebAssembly.compile(from);
  } catch (error) {
    throw explained(error, failure);
  }
}

/** @param {Response} response */
async function compiledBody(response) {
  const type = response.headers.get('content-type') ?? '';
  const what = response.url || 'the response';
  if (!response.ok) throw unreachable(`${what} answered ${response.status}`);
  // Development servers answer what they do not find with a page.
  if (type.startsWith('text/')) throw unreachable(`${what} is ${type}, not application/wasm`);
  // Streaming insists on the type; without it the bytes are compiled when they are all there.
  if (type === 'application/wasm' && 'compileStreaming' in WebAssembly) {
    return WebAssembly.compileStreaming(response);
  }
  return WebAssembly.compile(await response.arrayBuffer());
}

/** @param {string | URL | Request} address */
async function fetched(address) {
  try {
    return await fetch(address);
  } catch (error) {
    throw unreachable(`${address instanceof Request ? address.url : address} does not load`, error);
  }
}

/** @param {any} source */
const isAddress = (source) => typeof source === 'string' || Boolean(source)
  && (typeof source.href === 'string' || typeof source.url === 'string' && 'method' in source);

/** @param {any} source */
const isResponse = (source) => Boolean(source) && typeof source.arrayBuffer === 'function'
  && typeof source.headers?.get === 'function';

/** Another way to the same bytes ends no better. @param {unknown} error */
const isFinal = (error) => error instanceof KvsError
  && ['browser.wasmBlocked', 'browser.unsupported'].includes(error.code);

/**
 * @param {any} error
 * @param {typeof unfit} failure
 */
function explained(error, failure = unfit) {
  if (error instanceof KvsError) return error;
  if (typeof WebAssembly !== 'object') return unsupported(error);
  if (/content security policy|unsafe-eval|\bcsp\b/i.test(error?.message)) return blocked(error);
  return failure(`input is not the wasm of this version: ${error?.message}`, error);
}
