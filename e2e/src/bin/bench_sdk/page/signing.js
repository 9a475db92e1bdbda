// URLs of WebSockets, signed by each package.
import { ENDPOINT, QUERY, REGION, SIDES } from "./packages.js";
import { expect } from "./rounds.js";

/** What signs with these keys, `atOnce` URLs at a time. */
export async function signers(packages, keys, atOnce) {
  await expectTheSame(packages, keys);
  return Object.fromEntries(SIDES.map((side) => [side, subject(packages[side], keys, atOnce)]));
}

function subject(sdk, keys, atOnce) {
  const signer = new sdk.SigV4RequestSigner(REGION, keys);
  const sign = () => signer.getSignedURL(ENDPOINT, QUERY);
  let signed = 0;
  return {
    async batch(count) {
      for (let left = count; left > 0; left -= atOnce) {
        const urls = await Promise.all(Array.from({ length: Math.min(atOnce, left) }, sign));
        signed += urls.filter((url) => url.includes("X-Amz-Signature=")).length;
      }
    },
    check(count) {
      expect("signed URLs", signed, count);
      signed = 0;
    },
  };
}

/** The order of a query says nothing. */
async function expectTheSame(packages, keys) {
  const date = new Date(Date.UTC(2026, 1, 3, 4, 5, 6));
  const [ours, reference] = await Promise.all(SIDES.map(async (side) => {
    const signer = new packages[side].SigV4RequestSigner(REGION, keys);
    const [address, query] = (await signer.getSignedURL(ENDPOINT, QUERY, date)).split("?");
    return [address, ...query.split("&").sort()].join(" ");
  }));
  expect("our signature", ours, reference);
}
