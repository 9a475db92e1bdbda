// A client whose clock is wrong finds out by itself: from the answer's `Date`.
import { control, equal, refused, settings } from "./kvs.mjs";

const MINUTE = 60_000;

const now = Date.now;
const describe = () => new control.DescribeSignalingChannelCommand({ ChannelName: "front-door" });

for (const [what, minutes] of [["behind", -60], ["ahead", 60]]) {
  Date.now = () => now() + minutes * MINUTE;
  const once = new control.KinesisVideoClient(settings);
  const error = "InvalidSignatureException";
  await refused(`an hour ${what}`, 403, error, once, describe());
  const client = new control.KinesisVideoClient({ ...settings, maxAttempts: 2 });
  await refused(
    `an hour ${what}, tried again`, 404, control.ResourceNotFoundException, client, describe(),
  );
  const wrong = client.config.systemClockOffset + minutes * MINUTE;
  equal(`an hour ${what}: the client knows`, Math.abs(wrong) < MINUTE, true);
}
