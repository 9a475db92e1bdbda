// Candidates that come before the description they belong to.
import { candidate, description } from "./harness.mjs";

// Names the warnings of a logger; what it is told besides is each package's own.
const logger = (h) => ({ debug() {}, log() {}, warn: (...words) => h.note("warn", words[1]) });

const early = { enableEarlyIceCandidateBuffering: true };

const names = (candidates) => candidates.map((it) => it?.candidate);

// Both ids are of viewers, as legal as any.
const ofViewer = (id, pending) => ({
  name: `a viewer of the id ${id} is held for as any other`,
  run: async (_, h) => {
    const client = await h.opened("MASTER");
    h.candidate("one", "u", id);
    h.note(names(client.getPendingIceCandidates(id)));
    h.offer("u", id);
  },
  mended: {
    why: "ids are no members of objects",
    ours: [
      '["one"]',
      `sdpOffer {"type":"offer","sdp":"v=0\\r\\na=ice-ufrag:u\\r\\n"} ${id}`,
      `iceCandidate {"candidate":"one","usernameFragment":"u"} ${id}`,
    ],
    reference: [
      `iceCandidate {"candidate":"one","usernameFragment":"u"} ${id}`,
      pending,
      `sdpOffer {"type":"offer","sdp":"v=0\\r\\na=ice-ufrag:u\\r\\n"} ${id}`,
      "uncaught pendingIceCandidates.forEach is not a function",
    ],
  },
});

export const cases = [
  {
    name: "those that come first come out after the offer, in order",
    run: async (_, h) => {
      await h.opened("MASTER");
      for (const name of ["one", "two", "three"]) h.candidate(name, "u", "v");
      h.note("nothing yet");
      h.offer("u", "v");
      h.candidate("four", "u", "v");
    },
  },
  {
    name: "a sender that begins again while its candidates pass",
    run: async (_, h) => {
      const client = await h.opened("MASTER");
      h.offer("u", "v");
      for (const name of ["one", "two", "three"]) h.candidate(name, "u", "v");
      client.resetIceCandidateState("v");
      for (const name of ["four", "five"]) h.candidate(name, "u", "v");
      h.note(names(client.getPendingIceCandidates("v")));
    },
  },
  {
    name: "and after the answer",
    run: async (_, h) => {
      await h.opened("VIEWER");
      h.candidate("one", "u");
      h.message("SDP_ANSWER", description("answer", "u"));
      h.candidate("two", "u");
    },
  },
  {
    name: "each sender has its own",
    run: async (_, h) => {
      const client = await h.opened("MASTER");
      h.candidate("of a", "u", "a");
      h.candidate("of b", "w", "b");
      h.offer("u", "a");
      h.note(names(client.getPendingIceCandidates("a")), names(client.getPendingIceCandidates("b")));
      h.offer("w", "b");
    },
  },
  {
    name: "candidates that name no generation",
    run: async (_, h) => {
      await h.opened("VIEWER");
      h.message("ICE_CANDIDATE", { candidate: "c-sdk", sdpMid: "0", sdpMLineIndex: 0 });
      h.message("ICE_CANDIDATE", { candidate: "" });
      h.message("SDP_ANSWER", description("answer", "u"));
      h.message("ICE_CANDIDATE", { candidate: "later" });
    },
  },
  {
    name: "a description that names no generation",
    run: async (_, h) => {
      await h.opened("VIEWER");
      h.candidate("one", "u");
      h.message("SDP_ANSWER", { type: "answer", sdp: "v=0\r\n" });
      h.candidate("two", "w");
    },
  },
  {
    name: "the generation is in the line",
    run: async (_, h) => {
      await h.opened("VIEWER");
      h.message("ICE_CANDIDATE", { candidate: "candidate:1 1 udp 1 10.0.0.1 9 typ host ufrag u" });
      h.message("SDP_ANSWER", description("answer", "u"));
    },
  },
  {
    name: "a second offer of the same generation",
    run: async (_, h) => {
      await h.opened("MASTER");
      h.candidate("one", "u", "v");
      h.offer("u", "v");
      h.offer("u", "v");
      h.candidate("two", "u", "v");
    },
  },
  {
    name: "a late candidate of a replaced offer comes at once",
    run: async (_, h) => {
      await h.opened("MASTER");
      h.offer("u", "v");
      h.offer("w", "v");
      h.candidate("late", "u", "v");
      h.candidate("new", "w", "v");
    },
  },
  {
    name: "early buffering holds until they are drained",
    run: async (_, h) => {
      const client = await h.opened("VIEWER", early);
      h.candidate("one", "u");
      h.message("SDP_ANSWER", description("answer", "u"));
      h.candidate("two", "u");
      h.note(client.isEarlyIceCandidateBufferingEnabled(), names(client.getPendingIceCandidates()));
      client.drainPendingIceCandidates();
      h.note("drained", client.getPendingIceCandidates());
      client.drainPendingIceCandidates();
      h.candidate("three", "u");
    },
  },
  {
    name: "early buffering is what is exactly true",
    run: (_, h) => {
      for (const value of [undefined, false, 1, "true", true]) {
        const client = h.silent("VIEWER", { enableEarlyIceCandidateBuffering: value });
        h.note(client.isEarlyIceCandidateBufferingEnabled());
      }
    },
  },
  {
    name: "draining before any description lets the later ones through",
    run: async (_, h) => {
      const client = await h.opened("MASTER");
      h.candidate("one", "u", "v");
      client.drainPendingIceCandidates("v");
      h.candidate("two", "u", "v");
      h.candidate("three", "u", "other");
      client.drainPendingIceCandidates("nobody");
    },
  },
  {
    name: "what is pending is a copy",
    run: async (_, h) => {
      const client = await h.opened("VIEWER");
      h.candidate("one", "u");
      client.getPendingIceCandidates().push({});
      client.getPendingIceCandidates().length = 0;
      h.note(names(client.getPendingIceCandidates()), client.getPendingIceCandidates("v"));
    },
  },
  {
    name: "draining inside of the offer",
    run: async (_, h) => {
      const client = await h.opened("MASTER", early);
      client.on("sdpOffer", (_, sender) => {
        h.note("before");
        client.drainPendingIceCandidates(sender);
        h.note("after");
      });
      h.candidate("one", "u", "v");
      h.candidate("two", "u", "v");
      h.offer("u", "v");
    },
  },
  {
    name: "draining inside of the offer, where they would come anyway",
    run: async (_, h) => {
      const client = await h.opened("MASTER");
      client.on("sdpOffer", (_, sender) => {
        client.drainPendingIceCandidates(sender);
        h.note("after");
      });
      h.candidate("one", "u", "v");
      h.offer("u", "v");
    },
  },
  {
    name: "a drained candidate that nobody listens for is warned of",
    run: async (_, h) => {
      const client = h.silent("MASTER", { logger: logger(h) });
      await h.open(client);
      h.candidate("one", "u", "v");
      h.offer("u", "v");
    },
  },
  {
    name: "a sender that begins again is held for again",
    run: async (_, h) => {
      const client = await h.opened("MASTER");
      h.offer("u", "v");
      client.resetIceCandidateState("v");
      h.candidate("one", "u", "v");
      h.note(names(client.getPendingIceCandidates("v")));
      client.resetIceCandidateState("v");
      client.resetIceCandidateState();
      h.offer("u", "v");
    },
  },
  ofViewer("__proto__", "[]"),
  ofViewer("constructor", "[null]"),
  {
    name: "a viewer of the id MASTER is not the master",
    run: async (_, h) => {
      const client = await h.opened("MASTER");
      h.candidate("of the master", "u");
      h.offer("u", "MASTER");
      h.note(names(client.getPendingIceCandidates()));
    },
    mended: {
      why: "the master is no id, not a text",
      ours: [
        'sdpOffer {"type":"offer","sdp":"v=0\\r\\na=ice-ufrag:u\\r\\n"} MASTER',
        '["of the master"]',
      ],
      reference: [
        'sdpOffer {"type":"offer","sdp":"v=0\\r\\na=ice-ufrag:u\\r\\n"} MASTER',
        'iceCandidate {"candidate":"of the master","usernameFragment":"u"} MASTER',
        '[]',
      ],
    },
  },
  {
    name: "a new offer begins a generation",
    run: async (_, h) => {
      const client = await h.opened("MASTER");
      h.offer("u", "v");
      h.candidate("early", "w", "v");
      h.candidate("stale", "t", "v");
      h.offer("w", "v");
      h.note(names(client.getPendingIceCandidates("v")), client.droppedMessages?.outdatedCandidate);
    },
    mended: {
      why: "a candidate waits for its own offer, and is dropped where that can not come any more",
      ours: [
        'sdpOffer {"type":"offer","sdp":"v=0\\r\\na=ice-ufrag:u\\r\\n"} v',
        'sdpOffer {"type":"offer","sdp":"v=0\\r\\na=ice-ufrag:w\\r\\n"} v',
        'iceCandidate {"candidate":"early","usernameFragment":"w"} v',
        "[] 1",
      ],
      reference: [
        'sdpOffer {"type":"offer","sdp":"v=0\\r\\na=ice-ufrag:u\\r\\n"} v',
        'iceCandidate {"candidate":"early","usernameFragment":"w"} v',
        'iceCandidate {"candidate":"stale","usernameFragment":"t"} v',
        'sdpOffer {"type":"offer","sdp":"v=0\\r\\na=ice-ufrag:w\\r\\n"} v',
        "[] undefined",
      ],
    },
  },
  {
    name: "opening again empties it",
    run: async (_, h) => {
      const client = await h.opened("MASTER");
      h.offer("u", "v");
      h.candidate("one", "u", "held");
      h.end();
      await h.open(client);
      h.trace.length = 0;
      h.candidate("two", "u", "v");
      h.note(names(client.getPendingIceCandidates("held")), names(client.getPendingIceCandidates("v")));
    },
    mended: {
      why: "what was held or known is of another connection",
      ours: ['[] ["two"]'],
      reference: ['iceCandidate {"candidate":"two","usernameFragment":"u"} v', '["one"] []'],
    },
  },
  {
    name: "a flood of one sender",
    run: async (_, h) => {
      const client = await h.opened("MASTER");
      for (let i = 0; i < 1000; i++) h.candidate(`c${i}`, "u", "v");
      h.note(client.getPendingIceCandidates("v").length, client.droppedMessages?.tooManyCandidates);
    },
    mended: {
      why: "it is bounded for each sender",
      ours: ["64 936"],
      reference: ["1000 undefined"],
    },
  },
  {
    name: "a flood of many senders",
    run: async (_, h) => {
      const client = await h.opened("MASTER");
      for (let i = 0; i < 1000; i++) h.candidate("one", "u", `v${i}`);
      let held = 0;
      for (let i = 0; i < 1000; i++) held += client.getPendingIceCandidates(`v${i}`).length;
      h.note(held);
    },
    mended: {
      why: "it is bounded in all",
      ours: ["64"],
      reference: ["1000"],
    },
  },
  {
    name: "an offer of a candidate's kind is as it was sent",
    run: async (_, h) => {
      await h.opened("MASTER");
      h.message("SDP_OFFER", candidate("one", "u"), "v");
      h.message("ICE_CANDIDATE", description("offer", "u"), "v");
    },
  },
];
