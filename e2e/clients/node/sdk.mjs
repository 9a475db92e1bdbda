// This package in Node, as it is built for browsers.
import { copyFileSync, mkdtempSync, readFileSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { pathToFileURL } from "node:url";

const [folder] = process.argv.slice(2);
// Beside the glue nothing says that it is a module; a name does.
const copy = mkdtempSync(join(tmpdir(), "kvs-sdk-"));
const glue = join(copy, "kvs_webrtc.mjs");
copyFileSync(join(folder, "kvs_webrtc.js"), glue);
const sdk = await import(pathToFileURL(glue).href);
rmSync(copy, { recursive: true });
sdk.initSync({ module: readFileSync(join(folder, "kvs_webrtc_bg.wasm")) });

export const { KinesisVideoClient } = sdk;
export const region = process.env.AWS_REGION;
export const credentials = {
  accessKeyId: process.env.AWS_ACCESS_KEY_ID,
  secretAccessKey: process.env.AWS_SECRET_ACCESS_KEY,
};
