//! A page that calls and hangs up all day: nothing is left of any call.

use anyhow::{Context, Result, ensure};
use kvs_e2e::{
    Camera, Holds, Page, SOON, Service, Story,
    service::{ACCESS_KEY_ID, SECRET},
};
use kvs_emulator::{Behaviour, Config};
use serde_json::{Value, json};

use crate::people::{has_let_go, make_channel, tales};

tales![of_fifty_calls_nothing_is_left, a_session_is_collected_with_what_listens_to_it];

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

/// What is not collected of `weak`, and what the package refers to.
const KEPT: &str = "
    globalThis.kept = (weak) => {
      const table = wasm.__wbindgen_externrefs;
      const held = Array.from({ length: table.length }, (_, at) => table.get(at));
      const ours = held.filter((it) => it instanceof EventTarget && it !== window);
      return [...weak.map((it) => it.deref()), ...ours].flatMap((it) => it ? [it.constructor.name || String(it)] : []);
    };";

/// Makes `call` start and stop a master and its viewer. Each pair of objects is started twice, and what
/// listens to them refers to them. Once a call is over, nothing else here refers to what was made for it.
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
    const closed = [];
    let pair;
    const make = () => {
      const master = new sdk.Master({ ...options, video: { width: 320, height: 180 } });
      const viewer = new sdk.Viewer({ ...options, dataChannel: true });
      master.on('close', () => closed.push(['master', master.state]));
      viewer.addEventListener('close', () => closed.push(['viewer', viewer.state]));
      return { master, viewer, calls: 0 };
    };
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
      closed: () => closed.splice(0),
      made: () => ['connections', 'sockets', 'tracks'].map((kind) => probe[kind].length),
      forget() {
        weak.push(...probe.sockets.splice(0).map((it) => new WeakRef(it)));
        probe.connections.length = 0;
        probe.tracks.length = 0;
        if (pair.calls === 2) weak.push(new WeakRef(pair.master), new WeakRef(pair.viewer));
      },
      kept: () => kept(weak),
      end() { pair = null; },
    };";

/// Sessions that do not run, each of which something listens to that refers to it; and one that runs, of
/// which nothing but the package knows: `heard` is what it tells.
const SESSIONS: &str = "
    const [options] = arguments;
    const weak = [];
    const heard = [];
    const listen = (session) => {
      session.on('state', () => session.state);
      session.addEventListener('error', () => session.state);
      session.addEventListener('close', { handleEvent() { session.stop(); } });
      weak.push(new WeakRef(session));
      return session;
    };
    const ways = {
      idle: async () => {
        listen(new sdk.Master(options));
        listen(new sdk.Viewer(options));
      },
      prepared: () => listen(new sdk.Viewer(options)).prepare(),
      failed: async () => {
        const start = listen(new sdk.Viewer({ ...options, channelName: 'nowhere' })).start();
        const code = await start.then(() => 'none', (error) => error.code);
        if (code !== 'service.channelNotFound') throw new Error(code);
      },
      stopped: async () => {
        const master = listen(new sdk.Master(options));
        await master.start();
        master.stop();
      },
    };
    for (const way of Object.values(ways)) await way();
    globalThis.sessions = {
      async run() {
        const master = new sdk.Master(options);
        master.on('close', ({ reason }) => heard.push(reason));
        weak.push(new WeakRef(master));
        await master.start();
      },
      kept: () => weak.flatMap((it) => it.deref()?.constructor.name ?? []),
      left: () => kept(weak),
      heard,
    };";

async fn of_fifty_calls_nothing_is_left(story: &Story<'_>) -> Result<()> {
    let (service, page) = ready(story).await?;
    page.run(PREPARE, vec![options(&service)]).await?;
    calls(&page, FIRST).await?;
    let first = Held::now(&page).await?;
    calls(&page, CALLS - FIRST).await?;
    page.run("leaks.end()", Vec::new()).await?;
    is_collected(&page, "leaks.kept()").await?;
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

async fn a_session_is_collected_with_what_listens_to_it(story: &Story<'_>) -> Result<()> {
    let (service, page) = ready(story).await?;
    page.run(SESSIONS, vec![options(&service)]).await?;
    is_collected(&page, "sessions.left()").await?;
    // Whoever listens to one that runs need not keep it.
    page.run("await sessions.run()", Vec::new()).await?;
    is_collected(&page, "sessions.kept()").await?;
    page.run("dispatchEvent(new Event('pagehide'))", Vec::new()).await?;
    let heard = page.value("sessions.heard").await?;
    ensure!(heard == json!(["stopped"]), "the session has told {heard}");
    is_collected(&page, "sessions.left()").await
}

/// A page with the SDK, and a channel in a service without quotas.
async fn ready(story: &Story<'_>) -> Result<(Service, Page)> {
    let behaviour = Behaviour { quotas: false, ..Behaviour::default() };
    let service = Service::run(Config { behaviour, ..Service::plain() }).await?;
    let page = story.open_url("page", Camera::Granted, &service.page_url("")).await?;
    page.until("the page is ready", SOON, "document.title === 'Ready'").await?;
    make_channel(&page, service.endpoint(), "again").await?;
    page.run(KEPT, Vec::new()).await?;
    Ok((service, page))
}

fn options(service: &Service) -> Value {
    json!({
        "channelName": "again",
        "region": "us-west-2",
        "endpoint": service.endpoint(),
        "credentials": { "accessKeyId": ACCESS_KEY_ID, "secretAccessKey": SECRET },
        "natTraversal": "disabled",
    })
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
        let closed = page.value("leaks.closed()").await?;
        ensure!(closed == json!([["viewer", "closed"], ["master", "closed"]]), "told: {closed}");
        page.run("leaks.forget()", Vec::new()).await?;
        page.browser().collect_garbage().await?;
    }
    Ok(())
}

/// What no call needs any more is garbage, some of it once other garbage is collected. Connections
/// and tracks are looked for in what the package refers to: Chromium itself keeps a connection for
/// ever that is closed while a change of its state is to be told.
async fn is_collected(page: &Page, kept: &str) -> Result<()> {
    let collected = page.until_some("all garbage is collected", SOON, || async {
        page.browser().collect_garbage().await?;
        Ok((page.value(kept).await? == json!([])).then_some(()))
    });
    if let Err(error) = collected.await {
        let kept = page.value(kept).await?;
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
