//! The page fits windows of any width and fingers of any size, and keeps still.

use anyhow::{Result, ensure};
use kvs_e2e::{Camera, Page, SOON, Story};
use serde_json::{Value, json};

use crate::people::{LANGUAGES, speak, tales};

tales![
    every_screen_fits_narrow_windows_and_fingers,
    a_tiles_title_keeps_its_line_on_a_telephone,
    nothing_moves_when_the_picture_comes,
];

/// A small telephone's; a laptop's at 200 %; a laptop's.
const WIDTHS: [u32; 3] = [320, 640, 1280];
const HEIGHT: u32 = 800;

/// What is too wide for the window, and what is too small for a finger: a box counts with its label.
const MISFITS: &str = "
    const root = document.documentElement;
    const named = (element) => `${element.localName}#${element.id}.${element.className}`;
    const wide = [...document.querySelectorAll('body *')]
      .filter((element) => element.checkVisibility() && !element.closest('.scroll, svg, .skip-link')
        && element.getBoundingClientRect().right > root.clientWidth + 1)
      .map((element) => `${named(element)} ends at ${element.getBoundingClientRect().right}`);
    const small = [...document.querySelectorAll('button, input, select, textarea, summary')]
      .filter((element) => element.checkVisibility())
      .map((element) => [element, (element.closest('label.tick') ?? element).getBoundingClientRect()])
      .filter(([, { width, height }]) => width < 44 || height < 44)
      .map(([element, { width, height }]) => `${named(element)} is ${width} by ${height}`);
    return [...(root.scrollWidth > root.clientWidth ? [`${root.scrollWidth} wide`] : []), ...wide, ...small];";

async fn every_screen_fits_narrow_windows_and_fingers(story: &Story<'_>) -> Result<()> {
    let page = story.open("page", Camera::Granted, "sendAudio=true").await?;
    fits(&page, "first screen").await?;
    let unfold = "for (const fold of document.querySelectorAll('details')) fold.open = true;";
    page.run(unfold, vec![]).await?;
    page.until_text("#faults", "Drop the socket", SOON).await?;
    page.until("the code is drawn", SOON, "document.querySelector('#share-code svg path')").await?;
    page.click("#preview-button").await?;
    page.until("there is a preview", SOON, "document.getElementById('preview-video').videoWidth")
        .await?;
    fits(&page, "all settings").await?;
    page.click("#preview-button").await?;
    for (open, close) in [
        ("#create-stream-button", "#create-stream-modal-cancel-button"),
        ("#report-button", "#report-close"),
        ("#shortcuts-button", "#shortcuts > button"),
    ] {
        page.click(open).await?;
        page.until("the dialog is open", SOON, "document.querySelector('dialog[open]')").await?;
        fits(&page, "dialog").await?;
        page.click(close).await?;
    }
    page.fill("#secretAccessKey", "not-the-secret").await?;
    page.click("#connection-test-button").await?;
    page.until("there is a verdict", SOON, "document.querySelector('[data-check=devices]')")
        .await?;
    fits(&page, "connection test").await?;
    page.click("#try-button").await?;
    page.until_text("#waterfall-summary", "longest step", SOON).await?;
    page.until("a curve is drawn", SOON, "document.querySelector('.sparks polyline')").await?;
    fits(&page, "trial").await
}

async fn fits(page: &Page, screen: &str) -> Result<()> {
    for (language, width) in LANGUAGES.into_iter().flat_map(|it| WIDTHS.map(|width| (it, width))) {
        speak(page, language).await?;
        page.browser().resize(width, HEIGHT).await?;
        page.until("it is so wide", SOON, &format!("innerWidth === {width}")).await?;
        // Charts are drawn anew in the frame after.
        let drawn = "return new Promise((then) => requestAnimationFrame(() => requestAnimationFrame(() => then())));";
        page.run(drawn, vec![]).await?;
        let misfits = page.run(MISFITS, vec![]).await?;
        ensure!(misfits == json!([]), "{screen}, {language}, {width} wide: {misfits:#}");
    }
    speak(page, "en").await?;
    Ok(())
}

async fn a_tiles_title_keeps_its_line_on_a_telephone(story: &Story<'_>) -> Result<()> {
    let page = story.open("page", Camera::Missing, "").await?;
    page.click("#try-button").await?;
    let badge = "document.querySelector('#viewer .quality[data-score]')";
    page.until("there is a badge", SOON, badge).await?;
    let lines = "return [...document.querySelectorAll('.tile h3')].filter((title) => title.checkVisibility())
        .map((title) => title.getBoundingClientRect().height / parseFloat(getComputedStyle(title).lineHeight))
        .filter((lines) => lines > 1.5).length;";
    let together = "const [title, badge] = ['h3', '.quality-bars'].map((part) =>
          document.querySelector(`#viewer .tile ${part}`).getBoundingClientRect());
        return badge.top < title.bottom && badge.left >= title.right;";
    for language in LANGUAGES {
        speak(&page, language).await?;
        for width in [320, 390] {
            page.browser().resize(width, HEIGHT).await?;
            page.until("it is so wide", SOON, &format!("innerWidth === {width}")).await?;
            let broken = page.run(lines, vec![]).await?;
            ensure!(broken == json!(0), "{language}, {width} wide: {broken} titles are broken");
        }
        let together = page.run(together, vec![]).await?;
        ensure!(together == json!(true), "{language}: the badge is not beside the title");
    }
    speak(&page, "en").await
}

/// Keeps in `shifts` what moves, and in `since` when the call was first shown. What Firefox does
/// not tell of itself is looked for in each of its frames.
const WATCH: &str = "
    globalThis.shifts = [];
    new MutationObserver(() => requestAnimationFrame(() => { globalThis.since ??= performance.now(); }))
      .observe(document.body, { attributeFilter: ['data-running'] });
    const nameOf = (node) => `${node?.localName}#${node?.id}.${node?.className}`;
    if (PerformanceObserver.supportedEntryTypes.includes('layout-shift')) {
      new PerformanceObserver((list) => shifts.push(...list.getEntries().map(({ startTime, value, sources }) =>
        ({ startTime, value, moved: sources.map(({ node }) => nameOf(node)) })))).observe({ type: 'layout-shift' });
      return;
    }
    const boxes = () => new Map([...document.querySelectorAll('body :not(svg *)')]
      .filter((element) => element.checkVisibility())
      .map((element) => [element, element.getBoundingClientRect()])
      .filter(([, { width, height, top, bottom }]) => width && height && bottom > 0 && top < innerHeight));
    // How much of the window boxes cover, in hundredths of its sides.
    const cover = (all) => {
      const cells = new Set();
      const ends = (from, to, side) => [Math.max(0, from / side), Math.min(1, to / side)].map((at) => Math.round(at * 100));
      for (const { left, right, top, bottom } of all) {
        const [[x, width], [from, height]] = [ends(left, right, innerWidth), ends(top, bottom, innerHeight)];
        for (let column = x; column < width; column += 1) {
          for (let row = from; row < height; row += 1) cells.add(column * 100 + row);
        }
      }
      return cells.size / 10_000;
    };
    let [before, scrolled] = [boxes(), scrollY];
    const look = (startTime) => {
      const after = boxes();
      const by = ([element, { x, y }]) =>
        Math.max(Math.abs(x - before.get(element).x), Math.abs(y + scrollY - before.get(element).y - scrolled));
      const moved = [...after].filter((entry) => before.has(entry[0]) && by(entry) >= 3);
      if (moved.length > 0) {
        const impact = cover(moved.flatMap(([element, box]) => [box, before.get(element)]));
        const distance = Math.max(...moved.map(by)) / Math.max(innerWidth, innerHeight);
        shifts.push({ startTime, value: impact * distance, moved: moved.map(([element]) => nameOf(element)) });
      }
      [before, scrolled] = [after, scrollY];
      requestAnimationFrame(look);
    };
    requestAnimationFrame(look);";

async fn nothing_moves_when_the_picture_comes(story: &Story<'_>) -> Result<()> {
    let page = story.open("page", Camera::Missing, "").await?;
    page.run(WATCH, vec![]).await?;
    page.click("#try-button").await?;
    page.until_text("#waterfall-summary", "longest step", SOON).await?;
    page.until("a curve is drawn", SOON, "document.querySelector('.sparks polyline')").await?;
    page.until("there is a badge", SOON, "document.querySelector('.quality[data-score]')").await?;
    ensure!(page.value("since > 0").await? == json!(true), "no call was shown");
    // What the click itself moves, the form that makes room for the call, is what was asked for.
    let (sum, shifts) = moved(&page, "since + 20").await?;
    ensure!(sum <= 0.02, "{sum} of the window has moved: {shifts:#}");
    // The frame that shows it may have begun before, by its own time.
    let push = "const block = document.createElement('div');
                block.style.height = '200px';
                scrollTo(0, 0);
                document.body.prepend(block);
                shifts.length = 0;";
    page.run(push, vec![]).await?;
    page.until_some("what moves is noticed", SOON, || async {
        Ok((moved(&page, "0").await?.0 > 0.02).then_some(()))
    })
    .await
}

/// How much of the window has moved after a time, and what.
async fn moved(page: &Page, since: &str) -> Result<(f64, Value)> {
    let shifts = format!("shifts.filter(({{ startTime }}) => startTime > {since})");
    let shifts = page.value(&shifts).await?;
    let values = shifts.as_array().into_iter().flatten();
    Ok((values.filter_map(|shift| shift.get("value")?.as_f64()).sum(), shifts))
}
