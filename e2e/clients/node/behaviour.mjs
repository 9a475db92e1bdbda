// How this package's client behaves: retries, the clock, keys, signals, lookups and bad input.
import assert from "node:assert/strict";
import { KinesisVideoClient, credentials, region } from "./sdk.mjs";
import { answer, asked, close, endpoint } from "./wire.mjs";

const ChannelARN = "arn:aws:kinesisvideo:us-west-2:123456789012:channel/demo/1700000000000";
const options = { endpoint, region, credentials };
const good = { status: 200, headers: {}, body: "{}" };
const refusal = (status, name, Message = "m", headers = {}) => (
  { status, headers: { "x-amzn-ErrorType": name, ...headers }, body: JSON.stringify({ Message }) }
);

// Answers one after the other; the last one stays.
function answers(...list) {
  asked.length = 0;
  answer.next = (count) => list[Math.min(count, list.length) - 1];
}

async function rejects(what, promise, code, message = /./) {
  const error = await promise.then(() => undefined, (error) => error);
  assert.ok(error instanceof Error, `${what}: no error`);
  assert.equal(error.code, code, `${what}: ${error.message}`);
  assert.match(error.message, message, what);
  console.log(`ok      ${what}`);
  return error;
}

async function passes(what, test) {
  await test();
  console.log(`ok      ${what}`);
}

const client = new KinesisVideoClient(options);
const describe = (client, options) => client.describeSignalingChannel({ ChannelName: "demo" }, options);

await passes("failures of the service and of the network are tried again", async () => {
  answers(refusal(503, "X"), { status: 0 }, good);
  const { $metadata } = await describe(client);
  assert.equal($metadata.attempts, 3);
  assert.ok($metadata.totalRetryDelay >= 0 && $metadata.totalRetryDelay < 300);
});
await passes("a throttle is tried again", async () => {
  answers(refusal(400, "ClientLimitExceededException", "Rate exceeded"), good);
  assert.equal((await describe(client)).$metadata.attempts, 2);
});
answers(refusal(400, "ClientLimitExceededException", "Maximum number of viewers reached"));
await rejects("a full channel", describe(client), "service.limitExceeded");
assert.equal(asked.length, 1);
answers(refusal(500, "X"));
const failed = await rejects("three failures", describe(client), "service.failed");
assert.equal(failed.$metadata.attempts, 3);
answers(refusal(500, "X"));
const once = new KinesisVideoClient({ ...options, maxAttempts: 1 });
await rejects("one attempt", describe(once), "service.failed");
assert.equal(asked.length, 1);

await passes("a wrong clock is mended once and for all", async () => {
  const now = Date.now;
  const client = new KinesisVideoClient(options);
  Date.now = () => now() - 3_600_000;
  answers(refusal(403, "InvalidSignatureException", "Signature expired: x"), good);
  assert.equal((await describe(client)).$metadata.attempts, 2);
  assert.equal((await describe(client)).$metadata.attempts, 1);
  Date.now = now;
  const seconds = asked.map(({ headers }) => headers["x-amz-date"].slice(0, 13));
  assert.notEqual(seconds[0], seconds[1]);
  assert.equal(seconds[1], seconds[2]);
});
answers(refusal(403, "InvalidSignatureException", "Signature expired: x"));
await rejects("a clock that cannot be mended", describe(client), "caller.clockSkewed");

const used = () => asked.map(({ headers }) => /Credential=(\w+)/.exec(headers.authorization)[1]);
await passes("keys of every kind", async () => {
  const keys = { accessKeyId: "AKV3", secretAccessKey: "s", sessionToken: "t" };
  const v2 = { getPromise: async () => Object.assign(v2, { ...keys, accessKeyId: "AKV2" }) };
  const renewed = { ...keys, accessKeyId: "AKOLD" };
  answers(good);
  for (const credentials of [keys, () => keys, async () => keys, v2, renewed]) {
    const client = new KinesisVideoClient({ ...options, credentials });
    renewed.accessKeyId = "AKNEW";
    await describe(client);
  }
  assert.deepEqual(used(), ["AKV3", "AKV3", "AKV3", "AKV2", "AKNEW"]);
  assert.equal(asked[0].headers["x-amz-security-token"], "t");
});
await passes("keys with an expiration are kept, and asked for again near it", async () => {
  for (const [minutes, calls] of [[60, 1], [4, 2], [-1, 2]]) {
    let given = 0;
    const credentials_ = async () => {
      given += 1;
      return { ...credentials, expiration: new Date(Date.now() + minutes * 60_000) };
    };
    const client = new KinesisVideoClient({ ...options, credentials: credentials_ });
    answers(good);
    await describe(client);
    await describe(client);
    assert.equal(given, calls, `${minutes} minutes`);
  }
});
await passes("keys that the service calls expired are asked for again", async () => {
  let given = 0;
  const provider = () => {
    given += 1;
    return { ...credentials, accessKeyId: `AK${given}`, expiration: new Date(Date.now() + 3_600_000) };
  };
  answers(refusal(403, "ExpiredTokenException"), good);
  await describe(new KinesisVideoClient({ ...options, credentials: provider }));
  assert.deepEqual(used(), ["AK1", "AK2"]);
});
for (const [what, provider] of [
  ["a provider that throws", () => { throw new Error("no keys"); }],
  ["a provider that rejects", () => Promise.reject(new Error("no keys"))],
  ["a provider of nothing", () => undefined],
  ["a getPromise that rejects", { getPromise: () => Promise.reject(new Error("no keys")) }],
]) {
  await rejects(what, describe(new KinesisVideoClient({ ...options, credentials: provider })), "keys.missing");
}

const hanging = (_, { signal }) => new Promise((_, reject) => {
  signal.addEventListener("abort", () => reject(signal.reason));
});
await rejects("a signal that is aborted already", describe(client, { signal: AbortSignal.abort() }), "caller.aborted");
for (const name of ["signal", "abortSignal"]) {
  const controller = new AbortController();
  let given;
  const fetch = (url, init) => {
    given = init.signal;
    controller.abort();
    return hanging(url, init);
  };
  const client = new KinesisVideoClient({ ...options, fetch });
  await rejects(`aborting by ${name}`, describe(client, { [name]: controller.signal }), "caller.aborted");
  assert.ok(given.aborted, "the request is given up");
}
const slow = new KinesisVideoClient({ ...options, fetch: hanging, timeoutMs: 20, maxAttempts: 2 });
const late = await rejects("a time-out", describe(slow), "network.timeout");
assert.equal(late.$metadata.attempts, 2);
await rejects("a time-out of one call", describe(
  new KinesisVideoClient({ ...options, fetch: hanging, maxAttempts: 1 }), { timeoutMs: 20 },
), "network.timeout");
for (const fetch of [() => { throw new Error("x"); }, () => Promise.reject(new Error("x")), () => undefined]) {
  const client = new KinesisVideoClient({ ...options, fetch, maxAttempts: 1 });
  await rejects(`a fetch like ${fetch}`, describe(client), "network.unreachable");
}

const lookups = () => asked.filter(({ path }) => path === "/getSignalingChannelEndpoint").map(({ body }) => {
  const { Protocols: [protocol], Role } = JSON.parse(body).SingleMasterChannelEndpointConfiguration;
  return `${protocol} ${Role}`;
});
const found = (protocol) => ({
  ...good,
  body: JSON.stringify({ ResourceEndpointList: [{ Protocol: protocol, ResourceEndpoint: endpoint }] }),
});
await passes("endpoints are looked up once for each channel and role", async () => {
  const client = new KinesisVideoClient(options);
  answers(found("HTTPS"), good, good, found("HTTPS"), good);
  await client.getIceServerConfig({ ChannelARN });
  await client.getIceServerConfig({ ChannelARN });
  await client.getIceServerConfig({ ChannelARN }, { role: "MASTER" });
  assert.deepEqual(lookups(), ["HTTPS VIEWER", "HTTPS MASTER"]);
});
await passes("an endpoint that fails is forgotten", async () => {
  const client = new KinesisVideoClient({ ...options, maxAttempts: 1 });
  answers(found("HTTPS"), refusal(500, "X"), found("HTTPS"), good);
  await assert.rejects(client.getIceServerConfig({ ChannelARN }));
  await client.getIceServerConfig({ ChannelARN });
  assert.equal(lookups().length, 2);
});
await passes("storage sessions have their own endpoints", async () => {
  const client = new KinesisVideoClient(options);
  answers(found("WEBRTC"), good, found("WEBRTC"), good);
  await client.joinStorageSession({ channelArn: ChannelARN });
  await client.joinStorageSessionAsViewer({ channelArn: ChannelARN, clientId: "v" });
  assert.deepEqual(lookups(), ["WEBRTC MASTER", "WEBRTC VIEWER"]);
});
await passes("an endpoint may be given with the input, too", async () => {
  answers(good);
  await client.getIceServerConfig({ ChannelARN, endpoint });
  assert.deepEqual(lookups(), []);
  assert.deepEqual(JSON.parse(asked[0].body), { ChannelARN });
});
answers(found("WSS"));
await rejects("a lookup without the endpoint", client.getIceServerConfig({ ChannelARN }), "service.badResponse");

for (const body of ["<html>", "[", "null", "7", '{"ChannelInfo":{"CreationTime":"x"}}', '{"ChannelInfo":{"CreationTime":true}}']) {
  answers({ ...good, body });
  await rejects(`the answer ${body}`, describe(client), "service.badResponse");
}

const circular = {};
circular.ChannelName = circular;
const invalid = "caller.invalidArgument";
const wrong = (what, input, message) => rejects(what, client.describeSignalingChannel(input), invalid, message);
await wrong("no input", undefined, /^ChannelName or ChannelARN must be given$/);
for (const input of [null, 7, "demo", () => {}, []]) await wrong(`the input ${input}`, input, /^input must be/);
await wrong("a circle", circular, /^input cannot be written as JSON/);
await wrong("a BigInt", { ChannelName: 1n }, /^input cannot be written as JSON/);
await wrong("a getter that throws", { get ChannelName() { throw new Error("x"); } }, /^input cannot be/);
await wrong("a bad name", { ChannelName: "a b" }, /^ChannelName must be/);
for (const [options_, message] of [
  [7, /^options must be/],
  [{ endpoint: "h" }, /^endpoint must be/],
  [{ endpoint: 7 }, /^endpoint must be a string/],
  [{ role: "BOTH" }, /^role must be/],
  [{ signal: {} }, /^signal must be an AbortSignal/],
  [{ timeoutMs: 0 }, /^timeoutMs must be a whole number from 1 to 600000/],
  [{ timeoutMs: 1.5 }, /^timeoutMs must be/],
]) {
  await rejects(`a call's options ${message}`, describe(client, options_), invalid, message);
}
for (const [given, code, message] of [
  [undefined, invalid, /^options must be an object/],
  [{ region: undefined }, invalid, /^region must be given/],
  [{ region: "x y" }, invalid, /^region /],
  [{ credentials: undefined }, "keys.missing", /^credentials must be/],
  [{ credentials: {} }, "keys.missing", /^accessKeyId is empty/],
  [{ endpoint: "ftp://h" }, invalid, /^endpoint /],
  [{ useFipsEndpoint: true }, invalid, /^useFipsEndpoint cannot be combined/],
  [{ useDualstackEndpoint: true }, invalid, /^useDualstackEndpoint cannot be combined/],
  [{ endpoint: undefined, useFipsEndpoint: true }, invalid, /^useFipsEndpoint is not offered in us-west-2/],
  [{ useFipsEndpoint: "yes" }, invalid, /^useFipsEndpoint must be true or false/],
  [{ maxAttempts: 0 }, invalid, /^maxAttempts must be a whole number from 1 to 10/],
  [{ maxAttempts: NaN }, invalid, /^maxAttempts must be/],
  [{ timeoutMs: 1e9 }, invalid, /^timeoutMs must be/],
  [{ fetch: {} }, invalid, /^fetch must be a function/],
  [{ logger: 7 }, invalid, /^logger must be an object/],
]) {
  const make = async () => new KinesisVideoClient(given && { ...options, ...given });
  await rejects(`a client's options: ${message}`, make(), code, message);
}

await passes("hosts of every kind", async () => {
  const urls = [];
  const fetch = async (url) => {
    urls.push(url);
    return new Response("{}");
  };
  for (const given of [
    { region: "us-west-2" },
    { region: "us-west-2", useDualstackEndpoint: true },
    { region: "us-gov-west-1", useFipsEndpoint: true },
    { region: "us-gov-west-1", useFipsEndpoint: true, useDualstackEndpoint: true },
    { region: "cn-north-1" },
    { region: "us-west-2", endpoint: "https://proxy.example.com:8443/kvs/" },
  ]) {
    await describe(new KinesisVideoClient({ credentials, fetch, ...given }));
  }
  assert.deepEqual(urls.map((url) => url.replace("/describeSignalingChannel", "")), [
    "https://kinesisvideo.us-west-2.amazonaws.com",
    "https://kinesisvideo.us-west-2.api.aws",
    "https://kinesisvideo-fips.us-gov-west-1.amazonaws.com",
    "https://kinesisvideo-fips.us-gov-west-1.api.aws",
    "https://kinesisvideo.cn-north-1.amazonaws.com.cn",
    "https://proxy.example.com:8443/kvs",
  ]);
});

await passes("a logger hears of calls, keeps secrets, and may throw", async () => {
  const lines = [];
  const logger = {
    debug(line) { lines.push(`debug ${line}`); throw new Error("x"); },
    warn(line) { lines.push(`warn ${line}`); throw new Error("x"); },
  };
  const client = new KinesisVideoClient({ ...options, logger });
  answers(good, refusal(404, "ResourceNotFoundException"));
  await describe(client);
  await assert.rejects(describe(client));
  await describe(new KinesisVideoClient({ ...options, logger: {} })).catch(() => {});
  assert.equal(lines[0], "debug DescribeSignalingChannel: 200, attempts: 1");
  assert.match(lines[1], /^warn DescribeSignalingChannel: .*\(service\.channelNotFound, attempts: 1\)$/);
  assert.ok(!lines.join().includes(credentials.secretAccessKey));
});
close();
