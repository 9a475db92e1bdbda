// A WebSocket without a network: what is sent is counted, what comes is fired by hand.

const BRACE = "}".charCodeAt(0);

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

  // A text that is put together of others becomes one when it is looked into, as sending it does.
  send(text) {
    this.sent += text.charCodeAt(text.length - 1) === BRACE ? 1 : 0;
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
