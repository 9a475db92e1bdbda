// Streams, and which channels are stored in them.

import { begin, finish } from "./busy.js";
import { say } from "./field-view.js";
import { problemOf, trimmed } from "./fields.js";
import { FOR_ACCOUNT, FOR_REQUESTS, readSettings } from "./form.js";
import { message, put } from "./i18n.js";
import { log } from "./log.js";
import { clientOf } from "./regional.js";
import { clearProblem, problemText, showProblem } from "./status.js";

/** Beyond that many channels nobody reads the list. */
const MOST_CHANNELS = 200;
const HOURS = { least: 0, most: 87_600 };

const result = document.getElementById("storage-result");
const streamName = document.getElementById("streamName");
const dialog = document.getElementById("create-stream-modal");
const newName = document.getElementById("create-stream-modal-stream-input");
const hours = document.getElementById("create-stream-modal-retention-input");

/** Listens to the buttons; `ready` is awaited before the fields are read. */
export function watchStorage(ready) {
  const on = (id, act, needs = FOR_REQUESTS) => {
    const button = document.getElementById(id);
    button.addEventListener("click", () => ask(button, ready, act, needs));
  };
  document.getElementById("create-stream-button").addEventListener("click", () => {
    newName.value = streamName.value;
    dialog.showModal();
  });
  document.getElementById("create-stream-modal-cancel-button").addEventListener("click", () => dialog.close());
  on("create-stream-modal-create-stream-button", createStream, FOR_ACCOUNT);
  on("update-media-storage-configuration-button", update);
  on("describe-media-storage-configuration-button", describe);
  on("listStorageChannels", list, FOR_ACCOUNT);
}

/** What a channel's storage is: `{ Status, StreamARN }`. */
export async function storageOf(client, channelName) {
  const { MediaStorageConfiguration } = await client.describeMediaStorageConfiguration({ ChannelName: channelName });
  return MediaStorageConfiguration ?? {};
}

/** The ARN of a channel. */
export async function arnOf(client, channelName) {
  const { ChannelInfo } = await client.describeSignalingChannel({ ChannelName: channelName });
  return ChannelInfo.ChannelARN;
}

async function ask(button, ready, act, needs) {
  if (!begin(button)) return;
  try {
    await ready;
    const settings = readSettings(needs);
    if (!settings) return dialog.close();
    clearProblem();
    const said = await act(await clientOf(settings), settings);
    if (said) put(result, said);
  } catch (error) {
    dialog.close();
    log.error(problemText(error));
    showProblem(error);
  } finally {
    finish(button);
  }
}

async function createStream(client) {
  const name = trimmed(newName.value);
  const kept = Number(hours.value);
  const wrongName = name === "" ? message("missing.streamName") : problemOf("streamName", name);
  const wrongHours = Number.isInteger(kept) && hours.value !== "" && kept >= HOURS.least && kept <= HOURS.most
    ? null
    : message("wrong.hours", HOURS);
  say(newName, wrongName, "error");
  say(hours, wrongHours, "error");
  if (wrongName ?? wrongHours) return null;
  let said = message("stream.created", { name });
  try {
    await client.createStream({ StreamName: name, DataRetentionInHours: kept });
  } catch (error) {
    if (error.service?.name !== "ResourceInUseException") throw error;
    said = message("stream.exists", { name });
  }
  dialog.close();
  streamName.value = name;
  return said;
}

async function update(client, { channelName }) {
  const name = trimmed(streamName.value);
  const wrong = problemOf("streamName", name);
  say(streamName, wrong, "error");
  if (wrong) return null;
  const ChannelARN = await arnOf(client, channelName);
  if (name === "") {
    await client.updateMediaStorageConfiguration({ ChannelARN, MediaStorageConfiguration: { Status: "DISABLED", StreamARN: null } });
    return message("storage.disabled", { channel: channelName });
  }
  const { StreamInfo } = await client.describeStream({ StreamName: name });
  const enabled = { Status: "ENABLED", StreamARN: StreamInfo.StreamARN };
  await client.updateMediaStorageConfiguration({ ChannelARN, MediaStorageConfiguration: enabled });
  return message("storage.enabled", { channel: channelName, stream: name });
}

async function describe(client, { channelName }) {
  const { Status, StreamARN } = await storageOf(client, channelName);
  return Status === "ENABLED"
    ? message("storage.enabled", { channel: channelName, stream: StreamARN.split("/")[1] ?? StreamARN })
    : message("storage.disabled", { channel: channelName });
}

async function list(client) {
  const names = [];
  let NextToken;
  let seen = 0;
  do {
    const page = await client.listSignalingChannels({ MaxResults: 50, NextToken });
    for (const { ChannelName } of page.ChannelInfoList ?? []) {
      seen += 1;
      if ((await storageOf(client, ChannelName)).Status === "ENABLED") names.push(ChannelName);
    }
    ({ NextToken } = page);
  } while (NextToken && seen < MOST_CHANNELS);
  const found = names.length === 0 ? message("storage.none") : message("storage.channels", { channels: names.join(", ") });
  return NextToken ? message("storage.notAll", { found, seen }) : found;
}
