// Creating the signaling channel.

import { begin, finish } from "./busy.js";
import { say } from "./field-view.js";
import { message } from "./i18n.js";
import { FOR_REQUESTS, readSettings } from "./form.js";
import { log } from "./log.js";
import { asPhase } from "./own-phases.js";
import { clientOf } from "./regional.js";
import { clearProblem, problemText, showProblem } from "./status.js";

const button = document.getElementById("create-channel-button");
const input = document.getElementById("channelName");

/** Listens to the button; `ready` is awaited before the fields are read. */
export function watchCreateChannel(ready) {
  button.addEventListener("click", async () => {
    if (!begin(button)) return;
    try {
      await ready;
      const settings = readSettings(FOR_REQUESTS);
      if (!settings) return;
      clearProblem();
      say(input, message((await createChannel(settings)) ? "channel.created" : "channel.exists"));
    } catch (error) {
      log.error(problemText(error));
      showProblem(error);
    } finally {
      finish(button);
    }
  });
}

/** Creates the channel where it is missing; for the emulator, where that costs nobody anything. */
export async function ensureChannel(settings) {
  const client = await clientOf(settings);
  try {
    await client.describeSignalingChannel({ ChannelName: settings.channelName });
  } catch (error) {
    if (error.code !== "service.channelNotFound") throw error;
    await asPhase("createChannel", "master", () => createChannel(settings));
  }
}

/** Deletes the channel, which was made for one call alone. */
export async function deleteChannel(settings) {
  try {
    const client = await clientOf(settings);
    const { ChannelInfo } = await client.describeSignalingChannel({ ChannelName: settings.channelName });
    await client.deleteSignalingChannel({ ChannelARN: ChannelInfo.ChannelARN });
  } catch (error) {
    log.debug(`Channel ${settings.channelName} is not deleted: ${problemText(error)}`);
  }
}

/** Creates the channel; says whether it is new. */
export async function createChannel(settings) {
  const client = await clientOf(settings);
  try {
    await client.createSignalingChannel({ ChannelName: settings.channelName });
  } catch (error) {
    if (error.code !== "service.channelExists") throw error;
    log.info(`Channel ${settings.channelName} exists already and is used`);
    return false;
  }
  log.info(`Channel ${settings.channelName} created`);
  return true;
}
