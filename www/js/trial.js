// Try it now: master and viewer in this page, with no key and no camera. Where the emulator serves the
// page they meet on its service, elsewhere in the page itself.

import { createChannel, deleteChannel } from "./channel.js";
import { keepsItsSecret } from "./emulator.js";
import { message } from "./i18n.js";
import { asPhase } from "./own-phases.js";
import { randomEnd } from "./random.js";
import { createRelay } from "./relay.js";
import { createTestPicture } from "./test-picture.js";

/** A call of both roles: what each is made with, what to say about it, and what ends it. */
export async function planTrial(about) {
  const picture = createTestPicture();
  try {
    const { shared, note, close } = about && !keepsItsSecret(about) ? await overEmulator(about) : inThisPage();
    return {
      note,
      master: { ...shared, stream: picture.stream, video: true },
      viewer: { ...shared, clientId: "viewer-of-this-page", dataChannel: true },
      close() {
        picture.stop();
        close();
      },
    };
  } catch (error) {
    picture.stop();
    throw error;
  }
}

async function overEmulator({ region, accessKeyId, secretAccessKey, stunUrl }) {
  // A channel of its own, so that a master in another window is not pushed out.
  const channelName = `try-${randomEnd()}`;
  const shared = { channelName, region, endpoint: location.origin, credentials: { accessKeyId, secretAccessKey }, stunUrl };
  await asPhase("createChannel", "master", () => createChannel(shared));
  return { shared, note: message("try.emulator"), close: () => deleteChannel(shared) };
}

function inThisPage() {
  return { shared: createRelay(), note: message("try.inPage"), close() {} };
}
