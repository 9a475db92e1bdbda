//! A page whose log gets 10,000 lines.

use anyhow::Result;
use kvs_e2e::{Driver, Service};

use crate::{
    explained, open,
    table::{Row, rows},
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
    for (let line = 0; line < 1000; line += 1) {
      log.info(`Viewer viewer-${line % 10}: line ${line} of what a session has to tell, which is a sentence`);
      await new Promise((resolve) => setTimeout(resolve, 5));
    }";

/// From the end to the beginning and back; gives how many frames came too late to be one.
const SCROLL: &str = "
    const list = document.getElementById('logs');
    const frame = () => new Promise((resolve) => requestAnimationFrame(resolve));
    let before = await frame();
    let dropped = 0;
    for (let step = 0; step <= 300; step += 1) {
      list.scrollTop = (list.scrollHeight - list.clientHeight) * Math.abs(1 - step / 150);
      const now = await frame();
      dropped += Math.max(0, Math.round((now - before) * 60 / 1000) - 1);
      before = now;
    }
    return dropped;";

pub(crate) async fn measure(service: &Service, driver: &Driver) -> Result<Vec<Row>> {
    let page = open(service, driver, "").await?;
    let outcome = async {
        let (fill, took) = watch_script(&page, FILL).await?;
        let mut out = rows(&format!("10,000 lines at once ({took} ms)"), &fill);
        let (follow, _) = watch_script(&page, FOLLOW).await?;
        out.extend(rows("200 lines a second", &follow));
        let (scroll, dropped) = watch_script(&page, SCROLL).await?;
        out.extend(rows(&format!("scrolled through, {dropped} dropped"), &scroll));
        Ok(out)
    };
    explained(&page, outcome.await).await
}
