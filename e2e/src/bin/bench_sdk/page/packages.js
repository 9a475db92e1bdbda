// The two packages, and what both are given.

export const SIDES = ["ours", "reference"];

const ADDRESSES = { ours: "/kvs-webrtc/index.js", reference: "/reference/reference.js" };

export const addressOf = (side) => ADDRESSES[side];

export const REGION = "us-west-2";
export const CHANNEL = "arn:aws:kinesisvideo:us-west-2:123456789012:channel/bench/1700000000000";
export const ENDPOINT = "wss://v-1a2b3c4d.kinesisvideo.us-west-2.amazonaws.com";
export const CLIENT = "viewer-1";
export const QUERY = { "X-Amz-ChannelARN": CHANNEL, "X-Amz-ClientId": CLIENT };
export const KEYS = {
  accessKeyId: "AKIDEXAMPLE",
  secretAccessKey: "wJalrXUtnFEMI/K7MDENG+bPxRfiCYEXAMPLEKEY",
};
/** Keys as an identity pool gives them: the token is most of what is signed. */
export const PASSING_KEYS = { ...KEYS, sessionToken: "IQoJb3JpZ2luX2VjE/+a".repeat(40) };

/** Both packages, ready for use. */
export async function load() {
  const packages = {};
  for (const side of SIDES) {
    packages[side] = await import(addressOf(side));
    await packages[side].init?.();
  }
  return packages;
}
