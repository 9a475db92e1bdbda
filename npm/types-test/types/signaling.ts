// What was written for the JavaScript SDK compiles; its types have the same names.
import {
  Role, SigV4RequestSigner, SignalingClient, generateStunUrl,
  type Credentials, type FipsConfig, type QueryParams, type RequestSigner, type SignalingClientConfig,
  type SignalingClientLogger, type StatusResponse,
} from "kvs-webrtc/inline";

const credentials: Credentials = { accessKeyId: "a", secretAccessKey: "b" };
const query: QueryParams = { "X-Amz-ChannelARN": "arn" };
const signer: RequestSigner = new SigV4RequestSigner("us-west-2", credentials, "kinesisvideo");
const url: Promise<string> = signer.getSignedURL("wss://example.org", query, new Date());
const own: RequestSigner = { getSignedURL: async (endpoint, parameters) => endpoint + parameters.x };
const logger: SignalingClientLogger = console;
const config: SignalingClientConfig = {
  role: Role.VIEWER,
  clientId: "viewer",
  channelARN: "arn",
  channelEndpoint: "wss://example.org",
  region: "us-west-2",
  requestSigner: own,
  systemClockOffset: -1000,
  logger,
};
const client = new SignalingClient(config);
client.on("open", () => client.sendSdpOffer(new RTCPeerConnection().localDescription!));
client.on("sdpAnswer", (answer, sender) => {
  const type: RTCSdpType = answer.type;
  const id: string | undefined = sender;
  return [type, id];
});
client.once("iceCandidate", async (candidate) => {
  await new RTCPeerConnection().addIceCandidate(candidate);
  client.sendIceCandidate(new RTCIceCandidate(candidate), "viewer", "correlation");
});
client.addListener("statusResponse", (status: StatusResponse) => status.correlationId).open();
const pending: object[] = client.getPendingIceCandidates("viewer");
const fips: FipsConfig = { useFipsEndpoints: false, useDualStackEndpoints: false, region: "us-west-2" };
const stun: string = generateStunUrl(fips);

// @ts-expect-error there is no such event
client.on("nothing", () => {});
// @ts-expect-error an answer is no text
client.sendSdpAnswer("v=0");
// @ts-expect-error there is no such role
new SignalingClient({ ...config, role: "NOBODY" });
// @ts-expect-error a region is needed
new SignalingClient({ role: Role.MASTER, channelARN: "arn", channelEndpoint: "wss://example.org" });
// @ts-expect-error it signs with two keys
new SigV4RequestSigner("us-west-2", { accessKeyId: "a" });
export { pending, stun, url };
