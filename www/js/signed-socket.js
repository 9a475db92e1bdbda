// A signaling connection with no session behind it: to see whether one opens, or to be in the way of another.

import { sdk } from "./sdk.js";

/** Begins to open it, to the channel of `arn` as `role`; a viewer has a `clientId`. */
export async function signedSocket({ arn, client, settings }, role, clientId) {
  const { SigV4RequestSigner } = await sdk;
  const { ResourceEndpointList } = await client.getSignalingChannelEndpoint({
    ChannelARN: arn,
    SingleMasterChannelEndpointConfiguration: { Protocols: ["WSS", "HTTPS"], Role: role },
  });
  const { ResourceEndpoint } = ResourceEndpointList.find(({ Protocol }) => Protocol === "WSS");
  const signer = new SigV4RequestSigner(settings.region, settings.credentials);
  const who = clientId === undefined ? {} : { "X-Amz-ClientId": clientId };
  return new WebSocket(await signer.getSignedURL(ResourceEndpoint, { "X-Amz-ChannelARN": arn, ...who }));
}
