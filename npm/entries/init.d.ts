/** From where `init` can take the wasm instead of fetching it from beside the package. */
export type InitInput = string | URL | Request | Response | BufferSource | WebAssembly.Module;

/**
 * Makes the package ready; what is used before throws `caller.notReady`. Called again, it waits for
 * the same; after a failure it tries anew. In Node and with `kvs-webrtc/inline` all is ready on
 * import, and this does nothing.
 *
 * Rejects with a `KvsError`: `browser.wasmBlocked` where the page's Content-Security-Policy lacks
 * `'wasm-unsafe-eval'`, `network.unreachable` where the wasm cannot be had, and
 * `caller.invalidArgument` where `input` is not the wasm of this very version.
 */
export function init(
  input?: InitInput | { module_or_path: InitInput | Promise<InitInput> } | Promise<InitInput>,
): Promise<void>;
export default init;

/** The global of `kvs-webrtc.global.js`. */
export as namespace KVSWebRTC;

/** `error instanceof KvsError` tells an error of this package, whichever copy of it made it. */
export class KvsError extends Error {
  private constructor();
  /** Looks at the members of the error, so that it holds for one of another copy of the package. */
  static [Symbol.hasInstance](value: unknown): value is KvsError;
}

/** The two sides of a channel. */
export type Role = "MASTER" | "VIEWER";
/** The two sides of a channel, by name. */
export const Role: {
  /** The side that is seen. */
  readonly MASTER: "MASTER";
  /** The side that sees. */
  readonly VIEWER: "VIEWER";
};
export namespace Role {
  /** The side that is seen. */
  type MASTER = "MASTER";
  /** The side that sees. */
  type VIEWER = "VIEWER";
}

/** This package's version. */
export const VERSION: string;
