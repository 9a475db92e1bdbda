//! A device is qualified: what the page tells is what the browser measured.

use std::iter;

use anyhow::{Context, Result, bail, ensure};
use kvs_e2e::{Camera, Page, SOON, Story};
use serde_json::{Value, json};

use crate::people::{call, master, tales};

tales![the_averages_are_what_the_browser_counted, the_times_and_ends_are_those_of_this_call,];

/// What the browser itself counted, ten times a second; and what the page said and showed with each of its samples, and
/// when: how many values it told, and how many points its curve of the frame rate had.
const WATCH: &str = "
    globalThis.counted = [];
    globalThis.samples = [];
    const summary = document.getElementById('dqp-summary');
    const show = () => [document.querySelectorAll('#dqp-values dd').length,
      document.querySelector('#dqp-chart polyline')?.points.length ?? 0];
    new MutationObserver(() => samples.push([performance.now(), summary.textContent, ...show()]))
      .observe(summary, { childList: true, characterData: true, subtree: true });
    const count = async () => {
      const connection = globalThis.kvs.viewer?.peerConnection;
      const seen = connection ? [...(await connection.getStats()).values()] : [];
      const of = (kind) => seen.find((entry) => entry.type === 'inbound-rtp' && entry.kind === kind);
      const [video, audio] = [of('video'), of('audio')];
      if (video && audio) counted.push({ at: performance.now(), video: video.bytesReceived, audio: audio.bytesReceived,
        frames: video.framesDecoded, videoJitter: video.jitter * 1000, audioJitter: audio.jitter * 1000 });
      if (!samples.some(([, said]) => said.startsWith('Done'))) setTimeout(count, 100);
      else globalThis.isCounted = true;
    };
    count();
    // Whoever else looks at the session's own rates ends the interval that they are of.
    const spoil = setInterval(() => {
      const { viewer } = globalThis.kvs;
      if (!viewer) return;
      clearInterval(spoil);
      const { getStats } = viewer;
      viewer.getStats = async function () {
        const stats = await getStats.call(this);
        for (const track of stats?.tracks ?? []) track.bitrate = 1;
        return stats;
      };
    }, 5);";

/// Pairs of what the page told and what was counted in the same ten seconds.
const COMPARE: &str = "
    const told = (name) => Number.parseFloat([...document.querySelectorAll('#dqp-values dt')]
      .find((dt) => dt.textContent === name)?.nextElementSibling.textContent);
    const first = samples.find(([, said]) => said.startsWith('Measuring: 1 '))[0] - 1000;
    const last = samples.find(([, said]) => said.startsWith('Done'))[0];
    const at = (time) => counted.reduce((best, entry) => Math.abs(entry.at - time) < Math.abs(best.at - time) ? entry : best);
    const [from, to] = [at(first), at(last)];
    const rate = (name, unit) => (to[name] - from[name]) * unit / (to.at - from.at);
    const within = counted.filter((entry) => entry.at >= from.at && entry.at <= to.at);
    const mean = (name) => within.reduce((sum, entry) => sum + entry[name], 0) / within.length;
    return [
      ['video kbit/s', told('Video bit rate, average'), rate('video', 8)],
      ['audio kbit/s', told('Audio bit rate, average'), rate('audio', 8)],
      ['fps', told('Frame rate, average'), rate('frames', 1000)],
      ['video jitter', told('Video jitter, average'), mean('videoJitter')],
      ['audio jitter', told('Audio jitter, average'), mean('audioJitter')],
    ];";

async fn the_averages_are_what_the_browser_counted(story: &Story<'_>) -> Result<()> {
    let _master = master(story, "sendAudio=true").await?;
    let query = "enableDQPmetrics=true&sendVideo=false";
    let viewer = story.open("viewer", Camera::Missing, query).await?;
    viewer.run(WATCH, vec![]).await?;
    viewer.click("#viewer-button").await?;
    viewer.until_text("#dqp-summary", "Done", SOON + SOON).await?;
    viewer.until("the browser's counters are there", SOON, "globalThis.isCounted").await?;
    goes_on_from_the_wait_to_the_end(&viewer).await?;
    let seen = viewer.run(COMPARE, vec![]).await?;
    for pair in seen.as_array().into_iter().flatten() {
        let figure = |at: usize| pair.get(at).and_then(Value::as_f64);
        let (Some(told), Some(counted)) = (figure(1), figure(2)) else {
            bail!("a figure is not told: {pair} of {seen}")
        };
        // Jitter changes between two looks, and what is shown is rounded to a tenth.
        let tolerance = match pair.to_string().contains("jitter") {
            true => counted * 0.5 + 1.0,
            false => counted * 0.15 + 0.1,
        };
        ensure!((told - counted).abs() <= tolerance, "{pair} is far apart, of {seen}");
    }
    for name in ["Round trip, average", "Dropped frames, average"] {
        let shown = viewer.text("#dqp-values").await?;
        ensure!(shown.contains(name), "{name} is not in {shown}");
    }
    Ok(())
}

/// With each second of the ten there is more to see, and the averages are not kept until the end.
async fn goes_on_from_the_wait_to_the_end(viewer: &Page) -> Result<()> {
    let until_done =
        "samples.slice(0, samples.findIndex(([, said]) => said.startsWith('Done')) + 1)
        .map(([, said, told, points]) => [said, told >= 10, points])";
    let seen = viewer.value(until_done).await?;
    let measuring =
        (1..10).map(|second| json!([format!("Measuring: {second} of 10 s."), true, second]));
    let waiting = json!(["Waiting for the picture.", false, 0]);
    let done = json!(["Done: the averages are those of ten seconds.", true, 10]);
    let steps: Value = iter::once(waiting).chain(measuring).chain([done]).collect();
    ensure!(seen == steps, "{seen}");
    Ok(())
}

/// What the page tells of the connection, and what the browser does.
const FACTS: &str = "
    const told = (name) => [...document.querySelectorAll('#dqp-values dt')]
      .find((dt) => dt.textContent === name)?.nextElementSibling.textContent;
    const ends = await probe.selected(kvs.viewer.peerConnection);
    const [local, remote] = ends.map(({ candidateType, address, port, protocol }) =>
      [candidateType, address, port, protocol].filter(Boolean).join(' '));
    const { videoWidth, videoHeight } = document.querySelector('#viewer .remote-view');
    return [
      ['client id', told('Client id'), kvs.viewer.clientId],
      ['resolution', told('Resolution'), `${videoWidth}×${videoHeight}`],
      ['local', told('Local candidate'), local],
      ['remote', told('Remote candidate'), remote],
    ];";

async fn the_times_and_ends_are_those_of_this_call(story: &Story<'_>) -> Result<()> {
    let (_master, viewer) = call(story, "enableDQPmetrics=true&sendAudio=true").await?;
    viewer.until_text("#dqp-values", "Audio jitter", SOON).await?;
    // What is told is of the last second, in which the picture may have grown, and the path changed.
    let look = || async {
        let seen = viewer.run(FACTS, vec![]).await?;
        let is_told =
            |fact: &Value| fact.get(1).is_some_and(Value::is_string) && fact.get(1) == fact.get(2);
        let facts = seen.as_array().context("no facts")?;
        ensure!(facts.iter().all(is_told), "told, and as it is: {seen}");
        Ok(Some(()))
    };
    viewer.until_some("it is told as it is", SOON, look).await?;
    let values = viewer.text("#dqp-values").await?;
    for time in ["Click to signaling ready", "Media set-up", "Offer to first frame"] {
        ensure!(values.contains(time), "{time} is not in {values}");
    }
    let chart = viewer.until_text("#dqp-chart", "Dropped", SOON).await?;
    for part in ["Frame rate", "Bit rate", "Sound", "0 s", "30 s", "60 s"] {
        ensure!(chart.contains(part), "{part} is not in {chart}");
    }
    let moved = "return import('./js/sparkline.js').then(({ createSparklines }) => {
        const { element, add, draw } = createSparklines({ everySeconds: 1 });
        for (let at = 0; at < 75; at += 1) add({ 'figure.frames': at });
        draw();
        return [...element.querySelectorAll('.axis span')].map((mark) => mark.textContent);
      });";
    let seen = viewer.run(moved, vec![]).await?;
    ensure!(seen == json!(["15 s", "45 s", "75 s"]), "the axis goes on: {seen}");
    Ok(())
}
