// What the program that steers this page calls, each with the rounds' number and length: the rates
// of both sides, a figure a round. `loads` takes how many, and gives milliseconds.
import { KEYS, PASSING_KEYS, load } from "./packages.js";
import { loads } from "./loads.js";
import { byTurns } from "./rounds.js";
import { material, receivers, senders } from "./frames.js";
import { signers } from "./signing.js";

const AT_ONCE = 16;

const packages = await load();
const { offer, answer, candidates } = await material();

const sending = async (plan, method, payloads) =>
  byTurns(plan, await senders(packages, method, payloads));
const receiving = async (plan, event, type, payloads) =>
  byTurns(plan, await receivers(packages, event, type, payloads, answer));

globalThis.bench = {
  urls: async (plan) => byTurns(plan, await signers(packages, KEYS, 1)),
  urlsWithToken: async (plan) => byTurns(plan, await signers(packages, PASSING_KEYS, 1)),
  urlsAtOnce: async (plan) => byTurns(plan, await signers(packages, KEYS, AT_ONCE)),
  offersSent: (plan) => sending(plan, "sendSdpOffer", [offer]),
  candidatesSent: (plan) => sending(plan, "sendIceCandidate", candidates),
  answersReceived: (plan) => receiving(plan, "sdpAnswer", "SDP_ANSWER", [answer]),
  candidatesReceived: (plan) => receiving(plan, "iceCandidate", "ICE_CANDIDATE", candidates),
  loads,
  about: () => ({
    browser: navigator.userAgentData.brands.map(({ brand, version }) => `${brand} ${version}`),
    offer: JSON.stringify(offer).length,
    answer: JSON.stringify(answer).length,
    candidate: JSON.stringify(candidates[0]).length,
  }),
};
