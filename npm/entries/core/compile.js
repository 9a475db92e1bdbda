// @ts-check
// From an address, a response or bytes to a compiled module, or an error that says why not.

import { KvsError, blocked, unfit, unreachable, unsupported } from './errors.js';

/**
 * @param {any} source
 * @param {typeof unfit} failure what it is called when `source` is no wasm
 */
export async function compiled(source, failure) {
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

/**
 * What went wrong, as an error of ours.
 * @param {any} error
 * @param {typeof unfit} failure what it is called when nothing else is known
 */
export function explained(error, failure = unfit) {
  if (error instanceof KvsError) return error;
  if (typeof WebAssembly !== 'object') return unsupported(error);
  if (/content security policy|unsafe-eval|\bcsp\b/i.test(error?.message)) return blocked(error);
  const what = failure === unfit ? 'input' : 'what is beside it';
  return failure(`${what} is not the wasm of this version: ${error?.message}`, error);
}
