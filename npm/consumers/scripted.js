// A service in place of the browser's WebSocket: a viewer's offer is answered, a master is called,
// and what has a correlation id is acknowledged at the end. `sockets` has what was said to it.
// A plain script and a module in one.
(() => {
  const sockets = [];

  const base64 = (payload) => btoa(JSON.stringify(payload));
  const message = (messageType, payload, senderClientId) => JSON.stringify({
    messageType, messagePayload: base64(payload), senderClientId,
  });
  const candidate = (at) => ({ candidate: `candidate:${at} 1 udp 1 192.0.2.2 9 typ host`, sdpMid: '0' });

  // What comes back for a frame.
  const answers = (frame) => {
    if (frame.action === 'SDP_OFFER') {
      return [
        message('ICE_CANDIDATE', candidate(1)),
        message('ICE_CANDIDATE', candidate(2)),
        'no JSON',
        '',
        JSON.stringify({ messageType: 'UNKNOWN', messagePayload: base64({}) }),
        message('SDP_ANSWER', { type: 'answer', sdp: 'v=0' }),
        message('ICE_CANDIDATE', candidate(3)),
      ];
    }
    const status = { correlationId: frame.correlationId, errorType: 'InvalidArgumentException', statusCode: '400', success: false };
    if (frame.correlationId === 'correlation-2') {
      return [
        message('ICE_CANDIDATE', candidate(4), 'viewer-1'),
        message('SDP_OFFER', { type: 'offer', sdp: 'v=0' }, 'viewer-1'),
        message('SDP_OFFER', { type: 'offer', sdp: 'v=0' }, 'viewer-2'),
        JSON.stringify({ messageType: 'STATUS_RESPONSE', statusResponse: status }),
      ];
    }
    return frame.correlationId ? [JSON.stringify({ messageType: 'STATUS_RESPONSE', statusResponse: status })] : [];
  };

  class Scripted extends EventTarget {
    constructor(url) {
      super();
      const { host, searchParams } = new URL(url);
      this.url = String(url);
      this.readyState = 0;
      this.binaryType = 'blob';
      this.bufferedAmount = 0;
      this.frames = [];
      const names = [...searchParams.keys()].sort();
      sockets.push({ host, names, signed: searchParams.get('X-Amz-Signature').length, frames: this.frames });
      setTimeout(() => this.turn(1, new Event('open')));
    }

    send(text) {
      this.frames.push(text);
      for (const data of answers(JSON.parse(text))) {
        setTimeout(() => this.readyState === 1 && this.turn(1, new MessageEvent('message', { data })));
      }
    }

    close() {
      if (this.readyState > 1) return;
      this.readyState = 2;
      const event = Object.assign(new Event('close'), { code: 1000, reason: '', wasClean: true });
      setTimeout(() => this.turn(3, event));
    }

    turn(readyState, event) {
      this.readyState = readyState;
      this.dispatchEvent(event);
      this[`on${event.type}`]?.(event);
    }
  }
  Object.assign(Scripted, { CONNECTING: 0, OPEN: 1, CLOSING: 2, CLOSED: 3 });

  const told = (result) => {
    const text = JSON.stringify(result);
    if (globalThis.document) document.documentElement.dataset.result = text;
    else console.log(text);
  };
  Object.assign(globalThis, { WebSocket: Scripted, sockets, tell: told });
})();
