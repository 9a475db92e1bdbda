// A WebSocket without a network: what is sent is counted, what comes is fired by hand.

let made;

export class ScriptedSocket {
  sent = 0;
  last = "";
  #listeners = new Map();

  constructor(url) {
    this.url = url;
    made?.(this);
  }

  addEventListener(type, listener) {
    this.#listeners.set(type, [...(this.#listeners.get(type) ?? []), listener]);
  }

  removeEventListener(type, listener) {
    this.#listeners.set(type, (this.#listeners.get(type) ?? []).filter((it) => it !== listener));
  }

  send(text) {
    this.sent += 1;
    this.last = text;
  }

  close() {}

  fire(type, event) {
    for (const listener of this.#listeners.get(type) ?? []) listener.call(this, event);
  }

  /** The next one that is made. */
  static next() {
    return new Promise((resolve) => { made = resolve; });
  }
}
