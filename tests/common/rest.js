// Ways in which a browser answers, or does not.

// The real `fetch`, which other tests replace.
const browsers = globalThis.fetch.bind(globalThis);

export function restore() {
  globalThis.fetch = browsers;
}

// Answers with these headers only: what a browser shows of an answer from another origin whose
// server exposes nothing else.
export function answering(status, body, headers) {
  return async () => new Response(body, { status, headers });
}

// Never answers, but takes note of being given up.
export function hanging(notes) {
  return (url, { signal }) => new Promise((resolve, reject) => {
    notes.calls = (notes.calls ?? 0) + 1;
    signal.addEventListener("abort", () => {
      notes.aborted = (notes.aborted ?? 0) + 1;
      reject(signal.reason);
    });
  });
}

// Aborts as soon as it is asked, from inside.
export function aborting(controller) {
  return (url, { signal }) => new Promise((resolve, reject) => {
    signal.addEventListener("abort", () => reject(signal.reason));
    controller.abort();
  });
}

// Keeps how it was called.
export function noting(notes) {
  return async function (url, init) {
    Object.assign(notes, { url, init, self: this });
    return new Response("{}");
  };
}
