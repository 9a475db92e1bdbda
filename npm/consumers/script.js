// A page of plain scripts, after kvs-webrtc.global.js.
(async () => {
  const { check, refusalOf } = await import('./check.js');
  const { tell } = await import('./tell.js');
  tell(async (endpoint, name) => {
    const { KinesisVideoClient, KvsError, init } = KVSWebRTC;
    const early = refusalOf(() => new KinesisVideoClient({}), KvsError);
    await init();
    return { early, ...await check(KVSWebRTC, endpoint, name) };
  });
})();
