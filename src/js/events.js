// An `EventTarget` of a session's own, with typed payloads. What is listened with here outlives an
// instance of the wasm that has ended.

export function kvsTarget() {
  return new EventTarget();
}

/** Calls back with an event's detail; gives what ends that. */
export function kvsOn(target, event, callback) {
  const listener = (told) => callback(told.detail);
  target.addEventListener(event, listener);
  return () => target.removeEventListener(event, listener);
}

/** `addEventListener` or `removeEventListener`. */
export function kvsListen(target, method, event, listener, options) {
  target[method](event, listener, options);
}

/** Tells; whether no listener has prevented what would happen by itself. */
export function kvsTell(target, event, detail) {
  return target.dispatchEvent(new CustomEvent(event, { detail, cancelable: true }));
}

/** Tells one thing, of one viewer where it is a master's. */
export function kvsTellOne(target, event, member, value, clientId) {
  const detail = { [member]: value };
  if (clientId !== undefined) detail.clientId = clientId;
  kvsTell(target, event, detail);
}

/** Tells once the instance that says it has ended. */
export function kvsTellLater(target, event, member, value) {
  queueMicrotask(() => kvsTellOne(target, event, member, value));
}
