// Functions that an application gives a session to ask, for tests in a browser.

const bundle = () => ({ signedUrl: "wss://localhost:9/s?X-Amz-Signature=x", iceServers: [] });

// Keeps the signals it is given, and answers; a session provider.
export function answering(signals) {
  return ({ signal }) => {
    signals.push(signal);
    return bundle();
  };
}

// The same, but never answers; a session provider, or a `fetch`.
export function hanging(signals) {
  return (request, { signal } = request) => {
    signals.push(signal);
    return new Promise(() => {});
  };
}

// Answers as the page's own `fetch` does, once it is told to.
export function slow(signals) {
  let release;
  const released = new Promise((resolve) => (release = resolve));
  const fetch = async (url, init) => {
    signals.push(init.signal);
    await released;
    init.signal.throwIfAborted();
    return globalThis.fetch(url, init);
  };
  return Object.assign(fetch, { release });
}

// Keys that are good for an hour; keeps how often they were asked for.
export function keys(asked) {
  return async () => {
    asked.push(null);
    return { accessKeyId: "AK", secretAccessKey: "SK", expiration: new Date(Date.now() + 3_600_000) };
  };
}

// A `fetch` whose first answer is that the keys have expired.
export function expired() {
  let answers = 0;
  return async (url, init) => {
    if (answers++ > 0) return globalThis.fetch(url, init);
    return new Response("{}", { status: 403, headers: { "x-amzn-ErrorType": "ExpiredTokenException" } });
  };
}

// What a function of the application's throws, and the function.
export function throwing(how) {
  const thrown = Object.assign(new RangeError("out of luck"), { secret: "hush-hush" });
  const functions = {
    throws() {
      throw thrown;
    },
    rejects: () => Promise.reject(thrown),
  };
  return Object.assign(functions[how], { thrown });
}

// The browser's cameras or screens throw that until they are given back.
export function replaceDevices(method, by) {
  navigator.mediaDevices[method] = by;
  return () => delete navigator.mediaDevices[method];
}

// A `fetch` that answers as the page's own, which fails from now on; keeps what was asked for.
export function only(asked) {
  const usual = globalThis.fetch;
  globalThis.fetch = () => Promise.reject(new Error("the page's own fetch was used"));
  return (url, init) => {
    asked.push(new URL(url).pathname);
    return usual(url, init);
  };
}
