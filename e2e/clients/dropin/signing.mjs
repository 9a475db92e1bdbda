// `SigV4RequestSigner`, `generateStunUrl` and the constants.
import { CHANNEL, ENDPOINT } from "./harness.mjs";
import { signedBefore } from "./short-cuts.mjs";

const KEYS = { accessKeyId: "AKIDEXAMPLE", secretAccessKey: "wJalrXUtnFEMI/K7MDENG+bPxRfiCYEXAMPLEKEY" };
const DATE = new Date("2025-01-02T03:04:05Z");
const QUERY = { "X-Amz-ChannelARN": CHANNEL, "X-Amz-ClientId": "viewer_1.a-b" };

// Signs, and notes the URL's parts in the order of their names: where the signature stands among
// them says nothing.
const sign = (credentials, { endpoint = ENDPOINT, query = QUERY, date = DATE, more = [] } = {}) =>
  async (sdk, h) => {
    try {
      const signer = new sdk.SigV4RequestSigner("us-west-2", credentials, ...more);
      const url = await signer.getSignedURL(endpoint, query, date);
      const [address, parameters] = url.split("?");
      h.note(address, ...parameters.split("&").sort());
    } catch (error) {
      h.note("rejects", error.message);
    }
  };

// A signer keeps the object it was given, and reads it each time.
async function changing(sdk, h, credentials, change) {
  const signer = new sdk.SigV4RequestSigner("us-west-2", credentials);
  const ids = [];
  for (let i = 0; i < 2; i++) {
    const url = new URL((await signer.getSignedURL(ENDPOINT, QUERY)).replace("wss", "https"));
    ids.push(url.searchParams.get("X-Amz-Credential").split("/")[0]);
    change();
  }
  h.note(ids);
}

const stun = (useFipsEndpoints, useDualStackEndpoints, region) => (sdk, h) => {
  h.note(sdk.generateStunUrl({ useFipsEndpoints, useDualStackEndpoints, region }));
};

export const cases = [
  { name: "keys", run: sign(KEYS) },
  { name: "keys with a token", run: sign({ ...KEYS, sessionToken: "FwoGZXIv+abc/DEF==" }) },
  { name: "another service", run: sign(KEYS, { more: ["firehose"] }) },
  { name: "a path", run: sign(KEYS, { endpoint: "wss://localhost:8443/ws/v-1" }) },
  { name: "a host in China", run: sign(KEYS, { endpoint: "wss://v-0badcafe.kinesisvideo.cn-north-1.amazonaws.com.cn" }) },
  { name: "the signature's own parameters", run: sign(KEYS, { query: { "X-Amz-Expires": "9", a: "b c" } }) },
  { name: "an endpoint that is no WebSocket's", run: sign(KEYS, { endpoint: "https://host" }) },
  { name: "an endpoint that is not encrypted", run: sign(KEYS, { endpoint: "ws://host" }) },
  { name: "an endpoint with a query", run: sign(KEYS, { endpoint: "wss://host/?a=b" }) },
  ...["accessKeyId", "secretAccessKey"].flatMap((name) => [null, undefined, ""].map((value) => ({
    name: `${name} is ${value === "" ? "empty" : value}`,
    run: sign({ ...KEYS, [name]: value }),
  }))),
  { name: "keys are looked at before the endpoint", run: sign({}, { endpoint: "http://host" }) },
  {
    name: "keys of the AWS SDK's version 2 refresh themselves",
    run: (sdk, h) => {
      let round = 0;
      const credentials = {
        async getPromise() {
          round += 1;
          Object.assign(this, KEYS, { accessKeyId: `AKID${round}` });
        },
      };
      return changing(sdk, h, credentials, () => {});
    },
  },
  {
    name: "a refresh that fails",
    run: sign({ ...KEYS, getPromise: () => Promise.reject(new Error("signed out")) }),
  },
  {
    name: "keys that are changed",
    run: (sdk, h) => {
      const credentials = { ...KEYS };
      return changing(sdk, h, credentials, () => { credentials.accessKeyId = "AKIDOTHER"; });
    },
  },
  { name: "the STUN server", run: stun(false, false, "us-west-2") },
  { name: "the dual-stack STUN server", run: stun(false, true, "us-west-2") },
  { name: "the FIPS STUN server", run: stun(true, false, "us-gov-west-1") },
  { name: "the dual-stack FIPS STUN server", run: stun(true, true, "us-east-1") },
  {
    name: "the STUN server in China",
    run: stun(false, false, "cn-north-1"),
    mended: {
      why: "China has domains of its own",
      ours: ["stun:stun.kinesisvideo.cn-north-1.amazonaws.com.cn:443"],
      reference: ["stun:stun.kinesisvideo.cn-north-1.amazonaws.com:443"],
    },
  },
  {
    name: "the roles",
    run: (sdk, h) => h.note(sdk.Role),
  },
  {
    name: "keys of a function",
    run: async (sdk, h) => {
      const sign = (keys) => new sdk.SigV4RequestSigner("us-west-2", keys).getSignedURL(ENDPOINT, QUERY, DATE);
      try {
        h.note(await sign(async () => KEYS) === await sign(KEYS) ? "signed" : "signed otherwise");
      } catch (error) {
        h.note(error.message);
      }
    },
    mended: {
      why: "as the AWS SDK's version 3 gives them",
      ours: ["signed"],
      reference: ["credentials.accessKeyId cannot be undefined"],
    },
  },
  {
    name: "no keys at all",
    run: sign(undefined),
    mended: {
      why: "the error says what is missing",
      ours: ["rejects credentials cannot be undefined"],
      reference: ["rejects Cannot read properties of undefined (reading 'getPromise')"],
    },
  },
  {
    name: "an endpoint on this computer",
    run: async (sdk, h) => {
      const signer = new sdk.SigV4RequestSigner("us-west-2", KEYS);
      const signed = signer.getSignedURL("ws://localhost:8080", QUERY, DATE);
      h.note(await signed.then((url) => url.split("?")[0], (error) => error.message));
    },
    mended: {
      why: "where an emulator is",
      ours: ["ws://localhost:8080/"],
      reference: [
        "Endpoint 'ws://localhost:8080' is not a secure WebSocket endpoint. It should start with 'wss://'.",
      ],
    },
  },
  {
    name: "a date that is none",
    run: sign(KEYS, { date: new Date("never") }),
    mended: {
      why: "the argument is named",
      ours: ["rejects date must be a valid Date"],
      reference: ["rejects Invalid time value"],
    },
  },
  signedBefore,
];
