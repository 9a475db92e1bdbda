//! What a tile tells of its connection, here of one that is made up.

use anyhow::{Result, ensure};
use kvs_e2e::{Camera, Page, SOON, Story};
use serde_json::json;

use crate::people::tales;

tales![
    figures_of_ten_tiles_change_in_place_and_together,
    a_tile_tells_what_is_and_no_longer_what_was
];

/// Tiles whose measurements are in `stats`, which a story changes.
const TILES: &str = "
    const { createTile } = await import('./js/media-tile.js');
    globalThis.stats = {
      tracks: [{
        direction: 'inbound', kind: 'video', codec: 'video/VP8',
        width: 160, height: 120, framesPerSecond: 30, bitrate: 250_000, lossRatio: 0,
      }],
      connection: { local: { type: 'host', protocol: 'udp' }, remote: { type: 'srflx' }, relayed: false, roundTripTime: 42 },
    };
    globalThis.tiles = Array.from({ length: arguments[0] }, (_, index) => {
      const tile = createTile({ title: `viewer-${index}`, kind: 'remote', empty: 'nothing' });
      document.getElementById('main').prepend(tile.element);
      tile.watch(async () => stats);
      return tile;
    });";

async fn figures_of_ten_tiles_change_in_place_and_together(story: &Story<'_>) -> Result<()> {
    let page = story.open("page", Camera::Missing, "").await?;
    page.run(TILES, vec![json!(10)]).await?;
    until_all(&page, ".sparks", "250 kbit/s").await?;
    let watch = "globalThis.kept = [...document.querySelectorAll('.facts *, .sparks *')];
                 globalThis.changes = [];
                 new MutationObserver((records) => {
                   const tiles = records.map(({ target }) => (target.closest ? target : target.parentElement).closest('.tile'));
                   changes.push({ at: performance.now(), tiles: new Set(tiles).size });
                 }).observe(document.getElementById('main'), { subtree: true, childList: true, attributes: true });";
    page.run(watch, vec![]).await?;
    for bitrate in [300, 350, 400] {
        page.run("stats.tracks[0].bitrate = arguments[0] * 1000;", vec![json!(bitrate)]).await?;
        until_all(&page, ".sparks", &format!("{bitrate} kbit/s")).await?;
    }
    let kept = "kept.every((element) => element.isConnected)";
    ensure!(page.value(kept).await? == json!(true), "elements are made anew");
    // All ten in a frame or, where their clocks differ, in two of each second; each by itself were ten.
    let often = "changes.length / (1 + (changes.at(-1).at - changes[0].at) / 1000) <= 2.5";
    let changes = page.value("changes").await?;
    ensure!(page.value(often).await? == json!(true), "{changes}");
    // Where nothing changes but the time, only the curves do.
    let points = "document.querySelector('.sparks polyline').points.length";
    let before = page.value(points).await?;
    page.until("the curve goes on", SOON, &format!("{points} > {before}")).await?;
    // What is taken away tells nothing more.
    page.run(
        "const [tile] = tiles; tile.remove(); globalThis.gone = tile.element.textContent;",
        vec![],
    )
    .await?;
    page.run("stats.tracks[0].bitrate = 999_000;", vec![]).await?;
    page.until(
        "the others have changed",
        SOON,
        "tiles[1].element.textContent.includes('999 kbit/s')",
    )
    .await?;
    ensure!(page.value("tiles[0].element.textContent === gone").await? == json!(true));
    Ok(())
}

async fn a_tile_tells_what_is_and_no_longer_what_was(story: &Story<'_>) -> Result<()> {
    let page = story.open("page", Camera::Missing, "").await?;
    page.run(TILES, vec![json!(1)]).await?;
    let facts = page.until_text(".facts", "direct, host to srflx over udp", SOON).await?;
    for fact in ["160×120, 30 fps", "video/VP8"] {
        ensure!(facts.contains(fact), "{fact} is not in {facts}");
    }
    ensure!(!facts.contains("Held back"), "{facts}");
    for (figure, value) in [("Bit rate", "250 kbit/s"), ("Loss", "0 %"), ("Round trip", "42 ms")] {
        page.until_text(".sparks", figure, SOON).await?;
        page.until_text(".sparks", value, SOON).await?;
    }
    let sends =
        "stats.tracks = [{ direction: 'outbound', kind: 'video', qualityLimitationReason: 'cpu' }];
                 stats.connection.roundTripTime = null;";
    page.run(sends, vec![]).await?;
    let facts = page.until_text(".facts", "Held back", SOON).await?;
    ensure!(!facts.contains("Receiving"), "{facts}");
    page.until(
        "no round trip",
        SOON,
        "[...document.querySelectorAll('.sparks dd')].at(-1).innerText === '–'",
    )
    .await?;
    page.run("stats.tracks[0].qualityLimitationReason = 'none';", vec![]).await?;
    page.until(
        "it is no longer",
        SOON,
        "!document.querySelector('.facts').innerText.includes('Held back')",
    )
    .await?;
    let judge = "tiles[0].setQuality({ score: 3, reasons: arguments[0] });";
    page.run(judge, vec![json!(["loss"])]).await?;
    page.until_text(".quality", "lost packets", SOON).await?;
    page.run(judge, vec![json!(["jitter", "freezes"])]).await?;
    let told = page.until_text(".quality", "jitter", SOON).await?;
    ensure!(!told.contains("lost"), "{told}");
    page.run("tiles[0].setQuality(null);", vec![]).await?;
    page.until("it is not known", SOON, "document.querySelector('.quality').hidden").await
}

async fn until_all(page: &Page, selector: &str, text: &str) -> Result<()> {
    let all = format!(
        "[...document.querySelectorAll('{selector}')].every((shown) => shown.textContent.includes('{text}'))"
    );
    page.until(&format!("each {selector} says {text}"), SOON, &all).await
}
