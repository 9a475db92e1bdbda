//! A page whose log gets 10,000 lines.

use anyhow::{Context, Result};
use kvs_e2e::{Driver, Page, Service};

use crate::{
    explained, open,
    table::{FRAME, Row, row, rows},
    watch_script,
};

/// As fast as the log takes them; gives how long that took.
const FILL: &str = "
    const { log } = await import('./js/log.js');
    const begun = performance.now();
    for (let line = 0; line < 10000; line += 1) {
      log.info(`Viewer viewer-${line % 10}: line ${line} of what a session has to tell, which is a sentence`);
    }
    const took = performance.now() - begun;
    await new Promise((resolve) => setTimeout(resolve, 1000));
    return took;";

/// 200 a second for five seconds.
const FOLLOW: &str = "
    const { log } = await import('./js/log.js');
    const begun = performance.now();
    for (let line = 0; line < 1000; line += 1) {
      log.info(`Viewer viewer-${line % 10}: line ${line} of what a session has to tell, which is a sentence`);
      while (performance.now() - begun < line * 5) await new Promise((resolve) => setTimeout(resolve, 5));
    }";

/// From the end to the beginning and back; gives how many frames came too late to be one.
const SCROLL: &str = "
    const list = document.getElementById('logs');
    const frame = () => new Promise((resolve) => requestAnimationFrame(resolve));
    let before = await frame();
    let dropped = 0;
    for (let step = 0; step < 301; step += 1) {
      list.scrollTop = (list.scrollHeight - list.clientHeight) * Math.abs(1 - step / 150);
      const now = await frame();
      dropped += Math.max(0, Math.round((now - before) * 60 / 1000) - 1);
      before = now;
    }
    return dropped;";

/// Steps of [`SCROLL`], and how many of their frames may be missing.
const STEPS: u64 = 301;
const MOST_DROPPED: u64 = STEPS / 100;

pub(crate) async fn measure(service: &Service, driver: &Driver) -> Result<Vec<Row>> {
    let page = open(service, driver, "").await?;
    explained(&page, watched(&page).await).await
}

async fn watched(page: &Page) -> Result<Vec<Row>> {
    let (work, took) = watch_script(page, FILL).await?;
    let took = took.as_f64().context("no time")?;
    let mut out = rows("10,000 lines at once", &work, FRAME);
    out.push(row("10,000 lines at once: taken by the log", format!("{took:.0} ms"), "", None));
    let (work, _) = watch_script(page, FOLLOW).await?;
    out.extend(rows("200 lines a second", &work, FRAME));
    let (work, dropped) = watch_script(page, SCROLL).await?;
    let dropped = dropped.as_u64().context("no number of frames")?;
    out.extend(rows("scrolled through", &work, FRAME));
    out.push(row(
        "scrolled through: frames dropped",
        format!("{dropped} of {STEPS}"),
        &format!("≤ {MOST_DROPPED}"),
        Some(dropped <= MOST_DROPPED),
    ));
    Ok(out)
}
