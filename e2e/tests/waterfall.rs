//! People see where the time went.

use anyhow::{Result, bail, ensure};
use kvs_e2e::{Camera, Page, SOON, Story};
use serde_json::{Value, json};

use crate::people::{master, tales, viewer};

tales![
    both_roles_are_shown_with_the_run_before,
    a_call_that_is_held_up_shows_where,
    the_path_is_what_the_picture_waited_for,
    a_viewer_shows_what_its_master_tells,
    what_the_master_never_ends_is_drawn_until_the_picture,
    it_counts_from_the_click_with_what_the_page_asks,
    it_is_saved_as_json_and_as_a_picture,
    it_looks_less_often_while_nothing_happens,
];

async fn both_roles_are_shown_with_the_run_before(story: &Story<'_>) -> Result<()> {
    let page = story.open("page", Camera::Missing, "").await?;
    try_it(&page).await?;
    page.click("#waterfall summary").await?;
    let table = page.text("#waterfall-table").await?;
    for row in
        ["Viewer: offer to answer", "Master: make the answer", "Viewer: click to first frame"]
    {
        ensure!(table.contains(row), "{row} is not in {table}");
    }
    ensure!(page.value(CRITICAL).await?.as_u64() > Some(1), "no path is marked: {table}");
    ensure!(page.value(BEFORE).await? == json!(0), "there was no run before: {table}");
    let bars = "document.querySelectorAll('#waterfall-chart svg rect').length";
    ensure!(page.value(bars).await?.as_u64() > Some(10), "the chart is empty");
    page.click("#stop-viewer-button").await?;
    // A run that is over can still be read.
    page.until_text("#waterfall-summary", "longest step", SOON).await?;
    try_it(&page).await?;
    page.until_text("#waterfall-summary", "the time before", SOON).await?;
    ensure!(page.value(BEFORE).await?.as_u64() > Some(10), "the run before is not beside it");
    Ok(())
}

/// A viewer does not take the answer before `letGo()`, and so has nobody to look for a path to.
const HOLD: &str = "
    const go = new Promise((go) => { globalThis.letGo = go; });
    const { setRemoteDescription } = RTCPeerConnection.prototype;
    RTCPeerConnection.prototype.setRemoteDescription = async function (answer) {
      await go;
      return setRemoteDescription.call(this, answer);
    };";

async fn a_call_that_is_held_up_shows_where(story: &Story<'_>) -> Result<()> {
    let master = story.open("master", Camera::Granted, "").await?;
    master.click("#create-channel-button").await?;
    let viewer = story.open("viewer", Camera::Missing, "sendVideo=false").await?;
    viewer.run(HOLD, vec![]).await?;
    master.until_text("#channelName-message", "created", SOON).await?;

    viewer.click("#viewer-button").await?;
    viewer.until_text("#status", "Waiting for the master", SOON).await?;
    let waiting = ["ms", GOES_ON, GOES_ON, "", "", GOES_ON];
    shows(&viewer, &VIEWERS, "Under way", "done now next next", &waiting).await?;
    let total = "(await import('./js/waterfall.js')).shownRuns().run.total";
    let before = viewer.value(total).await?;
    viewer.until("the bars grow", SOON, &format!("{total} > {before}")).await?;

    master.click("#master-button").await?;
    viewer.until_text("#status", "finding a path", SOON).await?;
    let connecting = ["ms", "ms", "ms", GOES_ON, "", GOES_ON];
    shows(&viewer, &VIEWERS, "Under way", "done done now next", &connecting).await?;
    master.until_text("#status", "finding a path", SOON).await?;
    shows(&master, &MASTERS, "", "done done now", &["ms", "ms", GOES_ON]).await?;

    viewer.run("letGo();", vec![]).await?;
    let over = "The picture was here";
    shows(&viewer, &VIEWERS, over, "done done done done", &["ms"; 6]).await?;
    shows(&master, &MASTERS, "", "done done done", &["ms"; 3]).await
}

/// Phases that follow each other, and the whole of them.
const VIEWERS: [&str; 6] = [
    "connect",
    "waitForMaster",
    "offerToAnswer",
    "peerConnection",
    "firstFrameAfterConnection",
    "clickToFirstFrame",
];
const MASTERS: [&str; 3] = ["waitForViewer", "answer", "peerConnection"];

const GOES_ON: &str = "goes on";

/// The summary, the steps, how long each phase took, and whether all that goes on is drawn up to the end.
const SHOWN: &str = "
    const [role, phases] = arguments;
    const steps = [...document.querySelectorAll('#wire li')].map(({ dataset }) => dataset.step);
    const rows = [...document.querySelectorAll('#waterfall-table tbody tr')];
    const took = (row) => row?.cells[2].textContent.replace(/^\\d+ /, '') ?? '';
    const find = (phase) => rows.find(({ dataset }) => dataset.role === role && dataset.phase === phase);
    const [, ...bars] = document.querySelectorAll('#waterfall-chart rect');
    const ends = bars.map(({ x, width }) => x.baseVal.value + width.baseVal.value);
    const drawn = rows.every((row, at) => took(row) !== 'goes on' || ends[at] > Math.max(...ends) - 1);
    return [document.getElementById('waterfall-summary').textContent, steps.join(' '),
            phases.map((phase) => took(find(phase))), drawn];";

async fn shows(
    page: &Page,
    phases: &[&str],
    summary: &str,
    steps: &str,
    took: &[&str],
) -> Result<()> {
    let look = || async {
        let seen = page.run(SHOWN, vec![json!(page.name()), json!(phases)]).await?;
        let said = seen.get(0).and_then(Value::as_str).unwrap_or_default();
        let rest = json!([said, steps, took, true]);
        ensure!(said.starts_with(summary) && seen == rest, "{seen}");
        Ok(Some(()))
    };
    page.until_some(&format!("it shows {steps}, {took:?}"), SOON, look).await
}

async fn the_path_is_what_the_picture_waited_for(story: &Story<'_>) -> Result<()> {
    let page = story.open("page", Camera::Missing, "").await?;
    let script = "return import('./js/waterfall-data.js').then(({ runOf, longestOf }) => {
        const entry = (name, start, end, role = 'viewer') => ({ name, role, start: 5000 + start, end });
        const entries = [
          entry('signaling', 0, 5060), entry('describeChannel', 0, 5030), entry('getIceConfig', 30, 5045),
          entry('connect', 30, 5060), entry('offerToAnswer', 60, 5100), entry('answer', 70, 5095, 'master'),
          entry('iceGathering', 60, 5119), entry('peerConnection', 100, 5120),
          entry('firstFrameAfterConnection', 120, 5300), entry('clickToFirstFrame', 0, 5300),
        ];
        const run = runOf(entries, 9000);
        const open = runOf([entry('connect', 0, null)], 5070);
        return [run.rows.filter((row) => row.critical).map((row) => row.name), run.picture,
                longestOf(run).name, open.picture, open.rows[0].end, open.total];
      });";
    let seen = page.run(script, vec![]).await?;
    let path = [
        "describeChannel",
        "connect",
        "offerToAnswer",
        "peerConnection",
        "firstFrameAfterConnection",
    ];
    let longest = "firstFrameAfterConnection";
    ensure!(seen == json!([path, 300, longest, null, null, 70]), "{seen}");
    Ok(())
}

async fn a_viewer_shows_what_its_master_tells(story: &Story<'_>) -> Result<()> {
    let master = master(story, "enableProfileTimeline=true").await?;
    master.click("#waterfall summary").await?;
    master.until_text("#waterfall-summary", "Under way", SOON).await?;
    let viewer = viewer(story, "viewer", "enableProfileTimeline=true").await?;
    // A master waits for no picture, and not for what was over before a viewer came.
    let said = master.until_text("#waterfall-summary", "From the offer to", SOON).await?;
    ensure!(!said.contains("camera") && !said.contains("socket"), "{said}");
    viewer.click("#waterfall summary").await?;
    let told =
        ["Master: make the answer", "Master: get the ICE servers", "data channel, there and back"];
    for row in told {
        viewer.until_text("#waterfall-table", row, SOON).await?;
    }
    Ok(())
}

async fn what_the_master_never_ends_is_drawn_until_the_picture(story: &Story<'_>) -> Result<()> {
    let master = master(story, "").await?;
    // As masters on the C SDK, which say with a 0 that something goes on.
    let tell = "kvs.master.on('message', ({ data, clientId }) => {
        const probe = JSON.parse(data);
        const name = ['firstMessageFromMasterTs', 'secondMessageFromMasterTs'].find((name) => probe[name] === '');
        const report = { candidateGatheringStartTime: Date.now() - 300, candidateGatheringEndTime: 0 };
        if (name) probe[name] = String(Date.now());
        kvs.master.send(JSON.stringify(name ? probe : report), clientId);
      });";
    master.run(tell, vec![]).await?;
    let viewer = viewer(story, "viewer", "enableProfileTimeline=true").await?;
    viewer.until_text("#waterfall-summary", "longest step", SOON).await?;
    viewer.click("#waterfall summary").await?;
    viewer.until_text("#waterfall-table", "end not told", SOON).await?;
    let script = "return import('./js/waterfall-data.js').then(({ runOf }) => {
        const entry = (name, role, start, end, told) => ({ name, role, start, end, told });
        const entries = [entry('clickToFirstFrame', 'viewer', 0, 300, false),
          entry('iceGathering', 'master', 100, null, true), entry('answer', 'master', 350, null, true),
          entry('iceGathering', 'viewer', 100, null, false)];
        const until = (entries) => runOf(entries, 9000).rows.map((row) => [row.until, row.untold]);
        return [until(entries.slice(0, 3)), until(entries.slice(1, 3)), until(entries.slice(3))];
      });";
    let seen = viewer.run(script, vec![]).await?;
    let picture = json!([[300, false], [300, true], [350, true]]);
    // Without a picture yet, and of one's own, it may still end.
    let open = json!([[8900, false], [8900, false]]);
    ensure!(seen == json!([picture, open, [[8900, false]]]), "{seen}");
    Ok(())
}

async fn it_counts_from_the_click_with_what_the_page_asks(story: &Story<'_>) -> Result<()> {
    let master = master(story, "").await?;
    master.click("#waterfall summary").await?;
    let create = master.until_text("#waterfall-table", "Master: create the channel", SOON).await?;
    ensure!(!create.contains("describe media storage"), "nobody asked that: {create}");
    let query = "sendVideo=false&openDataChannel=false&ingest-media=true&enableDQPmetrics=true";
    let viewer = story.open("viewer", Camera::Missing, query).await?;
    // What is asked before the session starts takes its time.
    let slow = "const { fetch } = globalThis;
                globalThis.fetch = async (request, ...rest) => {
                  const { url } = new Request(request, ...rest);
                  if (url.endsWith('/describeMediaStorageConfiguration')) await new Promise((done) => setTimeout(done, 1500));
                  return fetch(request, ...rest);
                };
                document.getElementById('viewer-button').addEventListener('click', () => {
                  globalThis.clicked = Date.now();
                  const picture = setInterval(() => {
                    const shown = document.querySelector('#viewer .remote-view')?.videoWidth;
                    if (!shown) return;
                    clearInterval(picture);
                    globalThis.shown = Date.now();
                  }, 10);
                });";
    viewer.run(slow, vec![]).await?;
    viewer.click("#viewer-button").await?;
    viewer.until_text("#dqp-values", "Click to first frame", SOON).await?;
    viewer.click("#waterfall summary").await?;
    viewer.until_text("#waterfall-table", "Viewer: describe media storage", SOON).await?;
    let figures = "const ms = (text) => Number(/^(\\d+) ms$/.exec(text)[1]);
        const told = (name) => ms([...document.querySelectorAll('#dqp-values dt')]
          .find((dt) => dt.textContent === name).nextElementSibling.textContent);
        const row = (name) => ms(document.querySelector(`#waterfall-table tr[data-phase=${name}]`).cells[2].textContent);
        return [told('Click to signaling ready'), told('Click to first frame'), row('clickToFirstFrame'),
                row('describeMediaStorage'), shown - clicked];";
    let seen = viewer.run(figures, vec![]).await?;
    let figures: Vec<_> = seen.as_array().into_iter().flatten().filter_map(Value::as_u64).collect();
    let [signaling, told, row, asked, shown] = figures[..] else { bail!("figures: {seen}") };
    ensure!(asked >= 1500 && signaling >= asked && told > signaling, "one after the other: {seen}");
    ensure!(row == told && told.abs_diff(shown) < 1000, "as somebody sees it who clicks: {seen}");
    Ok(())
}

async fn it_is_saved_as_json_and_as_a_picture(story: &Story<'_>) -> Result<()> {
    let page = story.open("page", Camera::Missing, "").await?;
    let keep = "globalThis.saved = [];
                const make = URL.createObjectURL;
                URL.createObjectURL = (blob) => { saved.push(blob); return make.call(URL, blob); };
                HTMLAnchorElement.prototype.click = function () { saved.name = this.download; };";
    page.run(keep, vec![]).await?;
    try_it(&page).await?;
    page.click("#waterfall-json").await?;
    page.until("it is saved", SOON, "saved.name === 'kvs-webrtc-timeline.json'").await?;
    let script = "return saved.at(-1).text();";
    let json = page.run(script, vec![]).await?;
    let json = json.as_str().unwrap_or_default();
    for part in [
        "\"schema\": 1",
        "\"name\": \"offerToAnswer\"",
        "\"clickToFirstFrameMs\"",
        "\"critical\": true",
    ] {
        ensure!(json.contains(part), "{part} is not in {json}");
    }
    ensure!(!json.contains("viewer-of-this-page"), "a client id is in {json}");
    page.click("#waterfall-png").await?;
    page.until("the picture is made", SOON, "saved.name === 'kvs-webrtc-timeline.png'").await?;
    let size =
        "return createImageBitmap(saved.at(-1)).then(({ width, height }) => [width, height]);";
    let size = page.run(size, vec![]).await?;
    let side = |at: usize| size.get(at).and_then(Value::as_u64).unwrap_or_default();
    ensure!(side(0) > 600 && side(1) > 400, "the picture is {size}");
    Ok(())
}

const CRITICAL: &str = "[...document.querySelectorAll('#waterfall-table tbody tr')]
    .filter((row) => row.cells[3].textContent !== '').length";
const BEFORE: &str = "[...document.querySelectorAll('#waterfall-table tbody tr')]
    .filter((row) => row.cells[4].textContent !== '').length";

async fn try_it(page: &Page) -> Result<()> {
    page.click("#try-button").await?;
    page.until_text("#waterfall-summary", "longest step", SOON).await.map(drop)
}

async fn it_looks_less_often_while_nothing_happens(story: &Story<'_>) -> Result<()> {
    let page = story.open("page", Camera::Missing, "").await?;
    let follow = "const { followStart } = await import('./js/waterfall.js');
                  globalThis.pauses = [];
                  const { setTimeout } = globalThis;
                  globalThis.setTimeout = (act, pause, ...rest) => {
                    if (act.name === 'follow') pauses.push(pause);
                    return setTimeout(act, pause, ...rest);
                  };
                  globalThis.entries = [{ name: 'connect', role: 'master', start: 0, end: 5 }];
                  const timeline = () => entries;
                  globalThis.followed = followStart([{ name: 'master', session: { timeline } }]);";
    page.run(follow, vec![]).await?;
    page.until("it rests", SOON, "pauses.at(-1) === 1000").await?;
    let rested = page.value("pauses.indexOf(1000)").await?;
    ensure!(rested == json!(10), "it rests after {rested} looks");
    // A phase under way is looked at often again.
    let phase = "entries.push({ name: 'peerConnection', role: 'master', start: 9, end: null });";
    page.run(phase, vec![]).await?;
    let shown = "document.querySelector('#waterfall-table [data-phase=peerConnection]')";
    page.until("the phase is shown", SOON, shown).await?;
    ensure!(page.value("pauses.at(-1)").await? == json!(150), "it rests");
    // It has lasted since 1970: its chart is no wider, and has no more lines.
    let lines = page.value("document.querySelectorAll('#waterfall-chart line').length").await?;
    ensure!((2..20).contains(&lines.as_u64().unwrap_or_default()), "the grid has {lines} lines");
    page.run("followed.stop();", vec![]).await.map(drop)
}
