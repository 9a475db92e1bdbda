// What the constructor refuses.
const make = (role, change) => (sdk, h) => {
  const config = { ...h.config(role, { requestSigner: undefined, credentials: {} }), ...change };
  h.attempt("constructor", () => new sdk.SignalingClient(config));
};

const missing = [];
for (const [role, name] of [
  ["MASTER", "role"], ["VIEWER", "clientId"], ["MASTER", "channelARN"], ["MASTER", "region"],
  ["VIEWER", "channelEndpoint"], ["MASTER", "credentials"],
]) {
  for (const value of [null, undefined, ""]) {
    const shown = value === "" ? "empty" : String(value);
    missing.push({ name: `${name} is ${shown}`, run: make(role, { [name]: value }) });
  }
}

export const cases = [
  ...[null, undefined, ""].map((config) => ({
    name: `the config is ${config === "" ? "empty" : config}`,
    run: (sdk, h) => h.attempt("constructor", () => new sdk.SignalingClient(config)),
  })),
  ...missing,
  { name: "a master with a client id", run: make("MASTER", { clientId: "x" }) },
  ...[null, undefined, ""].map((clientId) => ({
    name: `a master whose client id is ${clientId === "" ? "empty" : clientId}`,
    run: make("MASTER", { clientId }),
  })),
  {
    name: "of several mistakes the first is told",
    run: make("VIEWER", { clientId: null, channelARN: null, region: null, credentials: null }),
  },
  {
    name: "the error is an Error",
    run: (sdk, h) => {
      try {
        new sdk.SignalingClient(null);
      } catch (error) {
        h.note(error instanceof Error, Object.prototype.toString.call(error));
      }
    },
  },
  {
    name: "a signer stands in for credentials",
    run: (sdk, h) => {
      const config = h.config("VIEWER", { credentials: undefined });
      h.attempt("constructor", () => new sdk.SignalingClient(config));
    },
  },
  {
    name: "the config is copied",
    run: async (sdk, h) => {
      const config = h.config("VIEWER");
      const client = h.listen(new sdk.SignalingClient(config));
      Object.assign(config, { role: "MASTER", clientId: "other", channelARN: "x", requestSigner: null });
      await h.open(client);
      h.attempt("send", () => client.sendSdpOffer({ type: "offer" }, "viewer-2"));
    },
  },
  {
    name: "a role that is none",
    run: make("MASTER", { role: "CAMERA" }),
    mended: {
      why: "it would connect as a master",
      ours: ["constructor throws role must be 'MASTER' or 'VIEWER'"],
      reference: ["constructor gives an object"],
    },
  },
  {
    name: "a client id that is no text",
    run: make("VIEWER", { clientId: 7 }),
    mended: {
      why: "every argument is checked when it is given",
      ours: ["constructor throws clientId must be a string"],
      reference: ["constructor gives an object"],
    },
  },
];
