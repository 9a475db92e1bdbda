// This package in Node, as it is built for browsers.
import { readFileSync } from "node:fs";
import { join } from "node:path";

const [folder] = process.argv.slice(2);
const glue = readFileSync(join(folder, "kvs_webrtc.js"), "utf8");
// The folder does not say that its scripts are modules.
const sdk = await import(`data:text/javascript,${encodeURIComponent(glue)}`);
sdk.initSync({ module: readFileSync(join(folder, "kvs_webrtc_bg.wasm")) });

export const { KinesisVideoClient } = sdk;
export const region = process.env.AWS_REGION;
export const credentials = {
  accessKeyId: process.env.AWS_ACCESS_KEY_ID,
  secretAccessKey: process.env.AWS_SECRET_ACCESS_KEY,
};
