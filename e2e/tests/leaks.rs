//! A page that calls and hangs up all day: nothing is left of any call.

use anyhow::{Context, Result, ensure};
use kvs_e2e::{
    Camera, Holds, Page, SOON, Service, Story,
    service::{ACCESS_KEY_ID, SECRET},
};
use kvs_emulator::{Behaviour, Config};
use serde_json::json;

use crate::people::{has_let_go, make_channel, tales};

tales![of_fifty_calls_nothing_is_left];

/// Calls that may leave something behind that is made once: pools, caches, the wasm's first pages.
const FIRST: usize = 10;
/// All calls.
const CALLS: usize = 50;
/// Pages of 64 KB.
const WASM_PAGE: u64 = 65_536;
/// What the memory of the wasm may still grow by after the first calls, in pages.
const WASM_GROWTH: u64 = 2;
/// What the objects of the page may still grow by, in bytes: less than 10 KB a call.
const HEAP_GROWTH: f64 = 400_000.0;

/// Makes `call` start and stop a master and its viewer. Each pair of objects is started twice. Once
/// a call is over, nothing here refers to what was made for it.
const PREPARE: &str = "
    const [options] = arguments;
    const pending = new Set();
    const { setTimeout, clearTimeout } = globalThis;
    globalThis.setTimeout = (act, ...rest) => {
      const id = setTimeout((...args) => { pending.delete(id); act(...args); }, ...rest);
      pending.add(id);
      return id;
    };
    globalThis.clearTimeout = (id) => { pending.delete(id); clearTimeout(id); };
    const weak = [];
    let pair;
    const make = () => ({
      master: new sdk.Master({ ...options, video: { width: 320, height: 180 } }),
      viewer: new sdk.Viewer({ ...options, dataChannel: true }),
      calls: 0,
    });
    globalThis.leaks = {
      async call() {
        if (!pair || pair.calls === 2) pair = make();
        pair.calls += 1;
        const { master, viewer } = pair;
        await master.start();
        const open = new Promise((resolve) => { const off = viewer.on('channelopen', () => { off(); resolve(); }); });
        await viewer.start();
        await open;
        if (!viewer.remoteStream.active) throw new Error('no picture came');
        viewer.stop();
        master.stop();
      },
      // What goes on that no call needs any more.
      live: () => ({
        tracks: probe.connections.flatMap((it) => it.getReceivers())
          .filter(({ track }) => track.readyState !== 'ended').length,
        timers: pending.size,
      }),
      made: () => ['connections', 'sockets', 'tracks'].map((kind) => probe[kind].length),
      forget() {
        weak.push(...probe.sockets.splice(0).map((it) => new WeakRef(it)));
        probe.connections.length = 0;
        probe.tracks.length = 0;
        if (pair.calls === 2) weak.push(new WeakRef(pair.master), new WeakRef(pair.viewer));
      },
      // What is not collected, and what the package refers to.
      kept() {
        const table = wasm.__wbindgen_externrefs;
        const held = Array.from({ length: table.length }, (_, at) => table.get(at));
        const ours = held.filter((it) => it instanceof EventTarget && it !== window);
        return [...weak.map((it) => it.deref()), ...ours].flatMap((it) => it ? [it.constructor.name || String(it)] : []);
      },
      end() { pair = null; },
    };";

async fn of_fifty_calls_nothing_is_left(story: &Story<'_>) -> Result<()> {
    let behaviour = Behaviour { quotas: false, ..Behaviour::default() };
    let service = Service::run(Config { behaviour, ..Service::plain() }).await?;
    let page = story.open_url("page", Camera::Granted, &service.page_url("")).await?;
    page.until("the page is ready", SOON, "document.title === 'Ready'").await?;
    make_channel(&page, service.endpoint(), "again").await?;
    let options = json!({
        "channelName": "again",
        "region": "us-west-2",
        "endpoint": service.endpoint(),
        "credentials": { "accessKeyId": ACCESS_KEY_ID, "secretAccessKey": SECRET },
        "natTraversal": "disabled",
    });
    page.run(PREPARE, vec![options]).await?;
    calls(&page, FIRST).await?;
    let first = Held::now(&page).await?;
    calls(&page, CALLS - FIRST).await?;
    page.run("leaks.end()", Vec::new()).await?;
    is_collected(&page).await?;
    let last = Held::now(&page).await?;
    let pages = last.wasm.saturating_sub(first.wasm) / WASM_PAGE;
    ensure!(pages <= WASM_GROWTH, "the wasm's memory has grown by {pages} pages");
    ensure!(
        last.holds.heap - first.holds.heap < HEAP_GROWTH,
        "the page has grown: {first:?}, then {last:?}"
    );
    ensure!(
        last.holds.listeners <= first.holds.listeners,
        "listeners are left: {first:?}, then {last:?}"
    );
    Ok(())
}

/// So many calls, of each of which nothing goes on when it is over.
async fn calls(page: &Page, count: usize) -> Result<()> {
    for _ in 0..count {
        page.run("await leaks.call()", Vec::new()).await?;
        has_let_go(page).await?;
        let made = page.value("leaks.made()").await?;
        ensure!(made == json!([2, 2, 1]), "connections, sockets, tracks of a call: {made}");
        let live = page.value("leaks.live()").await?;
        ensure!(live == json!({ "tracks": 0, "timers": 0 }), "after a call: {live}");
        page.run("leaks.forget()", Vec::new()).await?;
        page.browser().collect_garbage().await?;
    }
    Ok(())
}

/// What no call needs any more is garbage, some of it once other garbage is collected. Connections
/// and tracks are looked for in what the package refers to: Chromium itself keeps a connection for
/// ever that is closed while a change of its state is to be told.
async fn is_collected(page: &Page) -> Result<()> {
    let collected = page.until_some("all garbage is collected", SOON, || async {
        page.browser().collect_garbage().await?;
        Ok((page.value("leaks.kept()").await? == json!([])).then_some(()))
    });
    if let Err(error) = collected.await {
        let kept = page.value("leaks.kept()").await?;
        return Err(error.context(format!("it holds {kept}")));
    }
    Ok(())
}

/// What the page holds once all garbage is collected.
#[derive(Debug)]
struct Held {
    /// Bytes of the wasm's memory.
    wasm: u64,
    holds: Holds,
}

impl Held {
    async fn now(page: &Page) -> Result<Self> {
        page.browser().collect_garbage().await?;
        let wasm = page.value("wasm.memory.buffer.byteLength").await?;
        let holds = page.browser().holds().await?;
        Ok(Self { wasm: wasm.as_u64().context("no wasm memory")?, holds })
    }
}
