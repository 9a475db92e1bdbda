// What every consumer does with the package, whichever way it came by it. `endpoint` is the
// emulator's. The result is the same everywhere: e2e/tests/package/ knows it.
export async function check(kvs, endpoint, ChannelName) {
  const { KinesisVideoClient, KvsError, Role, VERSION, version } = kvs;
  const credentials = { accessKeyId: 'local', secretAccessKey: 'local' };
  const client = new KinesisVideoClient({ region: 'us-west-2', credentials, endpoint });
  const { ChannelARN } = await client.createSignalingChannel({ ChannelName });
  return {
    version: version() === VERSION,
    roles: { ...Role },
    channel: ChannelARN.split('/')[1],
    refusal: refusalOf(() => new KinesisVideoClient({ credentials }), KvsError),
  };
}

/** The code that an action is refused with. */
export function refusalOf(action, KvsError) {
  try {
    action();
  } catch (error) {
    return error instanceof KvsError && error instanceof Error ? error.code : String(error);
  }
  return 'nothing';
}
