// The same wire bodies for this package and for the AWS SDK: the same outputs, requests and errors.
import assert from "node:assert/strict";
import { control, signaling, storage } from "./kvs.mjs";
import { KinesisVideoClient, credentials, region } from "./sdk.mjs";
import { answer, asked, close, endpoint } from "./wire.mjs";
import { errors, operations } from "./bodies.mjs";

const settings = { endpoint, region, credentials, maxAttempts: 1 };
const ours = new KinesisVideoClient(settings);
const theirs = [
  [control, new control.KinesisVideoClient(settings)],
  [signaling, new signaling.KinesisVideoSignalingClient(settings)],
  [storage, new storage.KinesisVideoWebRTCStorageClient(settings)],
];

const method = (name) => name[0].toLowerCase() + name.slice(1);
const callOurs = (name, input) => ours[method(name)](input, { endpoint });

function callTheirs(name, input) {
  const [module, client] = theirs.find(([module]) => `${name}Command` in module);
  return client.send(new module[`${name}Command`](input));
}

async function both(name, input) {
  const from = asked.length;
  const output = await callOurs(name, input);
  const expected = await callTheirs(name, input);
  const [request, theirRequest] = asked.slice(from);
  assert.equal(request.path, theirRequest.path, name);
  assert.deepEqual(JSON.parse(request.body), JSON.parse(theirRequest.body), `${name}, the request`);
  return [output, expected];
}

const HEADERS = { "x-amzn-RequestId": "request-1", "x-amz-id-2": "two", "x-amz-cf-id": "cf" };
for (const { name, inputs, bodies } of operations) {
  assert.ok(inputs.length >= 3 && bodies.length >= 3, name);
  for (const body of bodies) {
    answer.body = typeof body === "string" ? body : JSON.stringify(body);
    for (const headers of [HEADERS, {}]) {
      answer.headers = headers;
      const [output, expected] = await both(name, inputs[0]);
      assert.deepStrictEqual(output, expected, `${name}: ${answer.body}`);
    }
  }
  answer.body = "{}";
  for (const input of inputs) await both(name, input);
  console.log(`ok      ${name}: ${bodies.length} bodies, ${inputs.length} inputs`);
}

for (const [status, type, body, expected] of errors) {
  const headers = type ? { "x-amzn-ErrorType": type, ...HEADERS } : HEADERS;
  Object.assign(answer, { status, headers, body: JSON.stringify(body) });
  const input = operations[1].inputs[0];
  const error = await callOurs("DescribeSignalingChannel", input).catch((error) => error);
  const theirError = await callTheirs("DescribeSignalingChannel", input).catch((error) => error);
  assert.equal(theirError.name, expected);
  assert.deepEqual(error.service, { name: expected, status, requestId: "request-1" });
  assert.deepEqual({ ...error.$metadata }, { ...theirError.$metadata }, expected);
  assert.equal(error.name, "KvsError");
  assert.match(error.code, /^(caller|keys|service)\./);
  console.log(`ok      ${expected}`);
}
close();
