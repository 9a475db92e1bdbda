// @ts-check
// Errors from before there is a wasm to make them. Their codes and hints are those of
// docs/ERRORS.md; a test compares them.

/** A dotted code, the culprit first. */
const CODE = /^[a-z]+\.[A-Za-z0-9]+$/;

/**
 * Every error of this package is one: those that the wasm makes are told by their members, so that
 * `error instanceof KvsError` holds whichever copy of the package made the error.
 */
export class KvsError extends Error {
  /**
   * @param {{ code: string, message: string, hint: string, retryable?: boolean, cause?: unknown }} about
   */
  constructor({ code, message, hint, retryable = false, cause }) {
    super(message, cause === undefined ? undefined : { cause });
    this.name = 'KvsError';
    this.code = code;
    this.hint = hint;
    this.retryable = retryable;
  }

  /** The same when minified. */
  static get name() { return 'KvsError'; }

  /** @param {unknown} value */
  static [Symbol.hasInstance](value) {
    if (typeof value !== 'object' || value === null) return false;
    const { name, code } = /** @type {{ name?: unknown, code?: unknown }} */ (value);
    return name === 'KvsError' && typeof code === 'string' && CODE.test(code);
  }
}

export const notReady = () => new KvsError({
  code: 'caller.notReady',
  message: 'kvs-webrtc: call "await init()" before the first use',
  hint: 'Call await init() first, or import kvs-webrtc/inline.',
});

/** @param {unknown} cause */
export const blocked = (cause) => new KvsError({
  code: 'browser.wasmBlocked',
  message: "kvs-webrtc: the page's Content-Security-Policy forbids WebAssembly",
  hint: "Add 'wasm-unsafe-eval' to the policy's script-src.",
  cause,
});

/** @param {unknown} [cause] */
export const unsupported = (cause) => new KvsError({
  code: 'browser.unsupported',
  message: 'kvs-webrtc: there is no WebAssembly here',
  hint: 'Use a current browser, and open the page over https:// or on localhost.',
  cause,
});

/**
 * @param {string} problem
 * @param {unknown} [cause]
 */
export const unreachable = (problem, cause) => new KvsError({
  code: 'network.unreachable',
  message: `kvs-webrtc: ${problem}`,
  hint: 'Check the connection, the region and the endpoint.',
  retryable: true,
  cause,
});

/**
 * @param {string} problem
 * @param {unknown} [cause]
 */
export const unfit = (problem, cause) => new KvsError({
  code: 'caller.invalidArgument',
  message: `kvs-webrtc: ${problem}`,
  hint: 'Correct the named argument.',
  cause,
});
