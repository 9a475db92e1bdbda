//! The SDK breaks a promise to itself: all is closed, and the next object works.

use anyhow::{Result, ensure};
use kvs_e2e::{
    Camera, SOON, Service, Story,
    service::{ACCESS_KEY_ID, SECRET, workspace},
};
use kvs_emulator::Config;
use serde_json::json;

use crate::people::{has_let_go, start_master, tales};

tales![a_panic_ends_its_instance_and_another_one_works];

/// The channel of the signaling clients; the page's master has its own.
const CHANNEL: &str = "endings";

/// Makes objects of each kind that the package has, of the page's own instance.
const PREPARE: &str = "
    globalThis.sdk = await import(new URL('pkg/kvs_webrtc.js', document.baseURI));
    const [accessKeyId, secretAccessKey, ChannelName] = arguments;
    const credentials = { accessKeyId, secretAccessKey };
    const [region, endpoint] = ['us-west-2', location.origin];
    globalThis.makeService = () => new sdk.KinesisVideoClient({ region, endpoint, credentials });
    globalThis.makeViewer = (clientId) =>
      new sdk.Viewer({ region, endpoint, credentials, clientId, channelName: ChannelName });
    const service = makeService();
    const { ChannelARN } = await service.createSignalingChannel({ ChannelName });
    const { ResourceEndpointList } = await service.getSignalingChannelEndpoint({
      ChannelARN, SingleMasterChannelEndpointConfiguration: { Protocols: ['WSS'], Role: 'VIEWER' },
    });
    // Resolves once it is open; what it tells afterwards is kept.
    globalThis.openSignaling = (clientId) => new Promise((resolve, reject) => {
      const client = new sdk.SignalingClient({
        channelARN: ChannelARN, channelEndpoint: ResourceEndpointList[0].ResourceEndpoint,
        role: 'VIEWER', region, clientId, credentials,
      });
      client.told = [];
      client.on('open', () => resolve(client));
      client.on('error', (error) => { client.told.push(error.code); reject(error); });
      client.on('close', ({ expected }) => client.told.push(expected));
      client.open();
    });
    globalThis.signaling = await openSignaling('before');
";

/// Panics inside the page's own instance; tells what was thrown, and what its objects say then.
const PANIC: &str = "
    const thrown = (act) => { try { act(); } catch (error) { return error; } };
    // The second one is sent without the wasm, which must not be so afterwards.
    const send = () => signaling.sendIceCandidate({ candidate: '' });
    send();
    send();
    const panicked = thrown(sdk.panicOnPurpose);
    const { master } = kvs;
    const said = [
      thrown(send), thrown(() => master.state), thrown(() => master.localStream),
      thrown(() => signaling.open()),
    ];
    master.stop();
    signaling.close();
    return [panicked, ...said].map((error) => [error?.name, error?.code]);
";

/// Uses a fresh object of each kind; tells what each has come to.
const AFTERWARDS: &str = "
    const ChannelName = arguments[0];
    const { ChannelInfo } = await makeService().describeSignalingChannel({ ChannelName });
    const viewer = makeViewer('after');
    const waiting = new Promise((resolve) => viewer.on('state', ({ state }) => {
      if (state === 'waiting') resolve(state);
    }));
    viewer.start().catch(() => {});
    const client = await openSignaling('after-too');
    const told = [ChannelInfo.ChannelStatus, await waiting, probe.open().sockets];
    viewer.stop();
    client.close();
    return told;
";

async fn a_panic_ends_its_instance_and_another_one_works(story: &Story<'_>) -> Result<()> {
    let pkg = workspace().join("target/pkg-dev");
    ensure!(pkg.is_dir(), "`cargo xtask build --dev --out target/pkg-dev` makes what is tested");
    let service = Service::run(Config { pkg: Some(pkg), ..Service::config() }).await?;
    let page = story.open_url("master", Camera::Granted, &service.page_url("")).await?;
    start_master(&page).await?;
    page.until("the camera is open", SOON, "probe.open().tracks === 1").await?;
    page.run(PREPARE, [ACCESS_KEY_ID, SECRET, CHANNEL].map(|text| json!(text)).to_vec()).await?;
    ensure!(page.value("probe.open().sockets").await? == json!(2), "one of each is open");
    let told = page.run(PANIC, Vec::new()).await?;
    let ended = json!(["KvsError", "internal.instanceEnded"]);
    let expected = json!([["KvsError", "internal.unexpected"], ended, ended, ended, ended]);
    ensure!(told == expected, "{told}");
    let heard = page.value("signaling.told").await?;
    ensure!(heard == json!(["internal.unexpected", false]), "the signaling client told {heard}");
    has_let_go(&page).await?;
    let told = page.run(AFTERWARDS, vec![json!(CHANNEL)]).await?;
    ensure!(told == json!(["ACTIVE", "waiting", 2]), "afterwards: {told}");
    has_let_go(&page).await?;
    page.run("location.reload()", Vec::new()).await?;
    start_master(&page).await
}
