// A client whose clock is wrong finds out by itself: from the answer's `Date`.
import { control, equal, refused, settings } from "./kvs.mjs";

const MINUTE = 60_000;

class InvalidSignatureException extends control.KinesisVideoServiceException {
  static [Symbol.hasInstance](error) {
    return error instanceof control.KinesisVideoServiceException && error.name === this.name;
  }
}

const describe = new control.DescribeSignalingChannelCommand({ ChannelName: "front-door" });
for (const [what, minutes] of [["behind", -60], ["ahead", 60]]) {
  const systemClockOffset = minutes * MINUTE;
  const once = new control.KinesisVideoClient({ ...settings, systemClockOffset });
  await refused(`an hour ${what}`, 403, InvalidSignatureException, once, describe);
  const client = new control.KinesisVideoClient({ ...settings, systemClockOffset, maxAttempts: 2 });
  await refused(
    `an hour ${what}, tried again`, 404, control.ResourceNotFoundException, client, describe,
  );
  const error = Math.abs(client.config.systemClockOffset);
  equal(`an hour ${what}: the clock is right now`, error < MINUTE, true);
}
