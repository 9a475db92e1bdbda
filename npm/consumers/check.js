// What every consumer does with the package, whichever way it came by it. `endpoint` is the
// emulator's. The result is the same everywhere: e2e/tests/package/ knows it.
export async function check(kvs, endpoint, ChannelName) {
  const { KinesisVideoClient, KvsError, Role, SigV4RequestSigner, VERSION, version } = kvs;
  const credentials = { accessKeyId: 'local', secretAccessKey: 'local' };
  const client = new KinesisVideoClient({ region: 'us-west-2', credentials, endpoint });
  const { ChannelARN } = await client.createSignalingChannel({ ChannelName });
  return {
    version: version() === VERSION,
    roles: { ...Role },
    channel: ChannelARN.split('/')[1],
    signature: await signature(SigV4RequestSigner),
    refusal: refusalOf(() => new KinesisVideoClient({ credentials }), KvsError),
  };
}

/** Of what is known: the same as the reference SDK's. */
async function signature(SigV4RequestSigner) {
  const signer = new SigV4RequestSigner('us-west-2', {
    accessKeyId: 'AKIDEXAMPLE', secretAccessKey: 'wJalrXUtnFEMI/K7MDENG+bPxRfiCYEXAMPLEKEY',
  });
  const channel = 'arn:aws:kinesisvideo:us-west-2:123456789012:channel/known/1580000000000';
  const query = { 'X-Amz-ChannelARN': channel, 'X-Amz-ClientId': 'viewer' };
  const endpoint = 'wss://v-1a2b3c4d.kinesisvideo.us-west-2.amazonaws.com';
  const url = await signer.getSignedURL(endpoint, query, new Date(Date.UTC(2026, 1, 3, 4, 5, 6)));
  return new URL(url).searchParams.get('X-Amz-Signature');
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
