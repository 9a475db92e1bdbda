//! The log: as many lines as there are, as few elements as can be seen, and no secret.

use anyhow::{Context, Result, bail, ensure};
use kvs_e2e::{Camera, Page, SOON, Story};
use serde_json::{Value, json};

use crate::people::{call, speak, tales, whole_log};

tales![
    ten_thousand_lines_take_few_elements_and_are_all_there,
    the_end_is_followed_until_one_scrolls_away,
    a_level_and_a_viewer_are_chosen,
    a_call_tells_which_viewer_a_line_is_about,
    old_lines_and_the_rest_of_long_ones_go,
    signed_urls_and_keys_are_masked,
];

/// What there is room for, and what is ready around it, of a list that holds thousands.
const MOST_ELEMENTS: u64 = 2500;

/// The texts of the lines that one sees in the list.
const SEEN: &str = "(() => {
    const list = document.getElementById('logs');
    const { top, bottom } = list.getBoundingClientRect();
    return [...list.querySelectorAll('p')]
      .filter((line) => {
        const box = line.getBoundingClientRect();
        return box.bottom > top && box.top < bottom;
      })
      .map((line) => line.textContent);
  })()";

async fn ten_thousand_lines_take_few_elements_and_are_all_there(story: &Story<'_>) -> Result<()> {
    let page = story.open("page", Camera::Missing, "").await?;
    write_lines(&page, 10_000).await?;
    page.until_text("#logs", "line 9999 ", SOON).await?;
    // To the beginning and back to the end, as by the keyboard, and to the middle.
    let list = "document.getElementById('logs')";
    for (place, line) in [("0", 20), ("list.scrollHeight", 9990), ("list.scrollHeight / 2", 5000)] {
        page.run(&format!("const list = {list}; list.scrollTop = {place};"), vec![]).await?;
        let what = format!("lines near {line} are seen");
        let near = page.until_some(&what, SOON, || async {
            let numbers = numbers(&page).await?;
            let near = numbers.iter().all(|number| number.abs_diff(line) < 500);
            Ok((near && numbers.len() > 1).then_some(()))
        });
        if let Err(error) = near.await {
            bail!("{error:#}: {:?}", numbers(&page).await?);
        }
        let numbers = numbers(&page).await?;
        ensure!(numbers.is_sorted(), "they are in no order: {numbers:?}");
        ensure!(
            numbers.iter().zip(numbers.iter().skip(1)).all(|(one, next)| *next == one + 1),
            "some are missing: {numbers:?}"
        );
        let elements = page.value(&format!("{list}.querySelectorAll('*').length")).await?;
        let elements = elements.as_u64().context("no number")?;
        ensure!(elements < MOST_ELEMENTS, "{elements} elements at {place}");
    }
    let copied = whole_log(&page).await?;
    for line in [0, 4321, 9999] {
        ensure!(copied.contains(&format!(" line {line} ")), "line {line} is not copied");
    }
    ensure!(copied.lines().count() >= 10_000, "{} lines are copied", copied.lines().count());
    page.click("#clear-logs").await?;
    page.until("it is empty", SOON, &format!("!{list}.textContent")).await
}

async fn the_end_is_followed_until_one_scrolls_away(story: &Story<'_>) -> Result<()> {
    let page = story.open("page", Camera::Missing, "").await?;
    write_lines(&page, 500).await?;
    page.until("the end is seen", SOON, &sees("line 499 ")).await?;
    page.run("document.getElementById('logs').scrollTop = 2000;", vec![]).await?;
    // Lines have their own height only when they are seen, which may show others.
    let rest = format!(
        "(() => {{
            const [now, before] = [JSON.stringify({SEEN}), globalThis.seen];
            globalThis.seen = now;
            return now === before && now.length > 2 && !now.includes('line 499 ');
          }})()"
    );
    page.until("other lines are seen, and stay", SOON, &rest).await?;
    let before = page.value(SEEN).await?;
    write_text(&page, "one more", Some("viewer")).await?;
    page.until("it has come", SOON, "!document.getElementById('log-viewer-field').hidden").await?;
    ensure!(page.value(SEEN).await? == before, "what is read moves away");
    page.run(
        "const list = document.getElementById('logs'); list.scrollTop = list.scrollHeight;",
        vec![],
    )
    .await?;
    page.until("the end is seen", SOON, &sees("one more")).await?;
    write_text(&page, "the last one", None).await?;
    page.until("it is followed", SOON, &sees("the last one")).await?;
    // A list of another height is at its end too.
    page.run("document.getElementById('logs').scrollTop = 0;", vec![]).await?;
    page.click("#more-logs").await?;
    page.until("the end is seen", SOON, &sees("the last one")).await
}

async fn a_level_and_a_viewer_are_chosen(story: &Story<'_>) -> Result<()> {
    let page = story.open("page", Camera::Missing, "").await?;
    let hidden = "document.getElementById('log-viewer-field').hidden";
    ensure!(page.value(hidden).await? == json!(true), "there is no viewer to choose");
    let write = "const { log } = await import('./js/log.js');
                 for (const viewer of ['constructor', '<b>bold</b>', null]) {
                   for (const level of ['debug', 'info', 'warn', 'error']) {
                     log[level](`${level} about ${viewer}`, viewer);
                   }
                 }";
    page.run(write, vec![]).await?;
    page.until("viewers can be chosen", SOON, &format!("!{hidden}")).await?;
    page.click("#warn-button").await?;
    let text = page.until_text("#logs", "warn about null", SOON).await?;
    ensure!(!text.contains("info about") && text.contains("error about"), "{text}");
    choose(&page, "<b>bold</b>").await?;
    page.until(
        "the others are gone",
        SOON,
        "!document.getElementById('logs').innerText.includes('constructor')",
    )
    .await?;
    page.click("#debug-button").await?;
    let text = page.until_text("#logs", "debug about <b>", SOON).await?;
    ensure!(lines_of(&text).count() == 4, "{text}");
    ensure!(whole_log(&page).await?.lines().count() == 4, "what is seen is copied");
    // A viewer that is chosen stays so while others come, and in another language.
    speak(&page, "ko").await?;
    let write = "const { log } = await import('./js/log.js');
                 log.info('another', 'another');
                 log.info('the same', '<b>bold</b>');";
    page.run(write, vec![]).await?;
    let text = page.until_text("#logs", "the same", SOON).await?;
    ensure!(!text.contains("another"), "{text}");
    choose(&page, "").await?;
    page.until_text("#logs", "another", SOON).await?;
    // Of very many those that were heard last.
    let write = "const { log } = await import('./js/log.js');
                 for (let viewer = 0; viewer < 60; viewer += 1) log.info('it came', `viewer-${viewer}`);";
    page.run(write, vec![]).await?;
    let options =
        "[...document.querySelectorAll('#log-viewer option')].map((option) => option.value)";
    page.until("the last is there", SOON, &format!("{options}.includes('viewer-59')")).await?;
    let few = format!("{options}.length === 51 && !{options}.includes('constructor')");
    ensure!(page.value(&few).await? == json!(true), "{}", page.value(options).await?);
    page.click("#clear-logs").await?;
    page.until("there is no viewer to choose", SOON, hidden).await
}

async fn a_call_tells_which_viewer_a_line_is_about(story: &Story<'_>) -> Result<()> {
    let (master, viewer) = call(story, "").await?;
    let Value::String(id) = viewer.value("kvs.viewer.clientId").await? else {
        bail!("the viewer has no id");
    };
    choose(&master, &id).await?;
    let text = master.until_text("#logs", &format!("{id}: connected"), SOON).await?;
    ensure!(!text.contains("Starting the master"), "{text}");
    ensure!(lines_of(&text).all(|line| line.contains(&id)), "{text}");
    Ok(())
}

async fn old_lines_and_the_rest_of_long_ones_go(story: &Story<'_>) -> Result<()> {
    let page = story.open("page", Camera::Missing, "").await?;
    write_lines(&page, 21_500).await?;
    page.until_text("#logs", "line 21499 ", SOON).await?;
    let lines = whole_log(&page).await?;
    ensure!((20_000..21_000).contains(&lines.lines().count()), "{}", lines.lines().count());
    ensure!(!lines.contains(" line 0 ") && lines.contains(" line 21499 "), "the newest are kept");
    let list = "document.getElementById('logs')";
    page.run(&format!("{list}.scrollTop = 0;"), vec![]).await?;
    let first = lines.lines().next().and_then(number).context("no line")?;
    page.until("the oldest is the first", SOON, &sees(&format!("line {first} "))).await?;
    let write = "const { log } = await import('./js/log.js'); log.warn('x'.repeat(1e6));";
    page.run(write, vec![]).await?;
    page.click("#warn-button").await?;
    let text = page.until_text("#logs", "(1000000 characters)", SOON).await?;
    ensure!(text.len() < 5000, "{} characters of it are shown", text.len());
    Ok(())
}

async fn signed_urls_and_keys_are_masked(story: &Story<'_>) -> Result<()> {
    let page = story.open("page", Camera::Granted, "").await?;
    page.until_text("#log-masked", "Keys are masked", SOON).await?;
    let write = "const { log, hideInLog } = await import('./js/log.js');
                 hideInLog('secretAccessKey', 'wJalrXUtnFEMI');
                 log.info('wss://v/?X-Amz-Credential=AKID%2F&X-Amz-Security-Token=tok%2B&X-Amz-Signature=0badcafe&X-Amz-Expires=299');
                 log.info('the key wJalrXUtnFEMI was there');
                 hideInLog('secretAccessKey', 'another-secret');";
    page.run(write, vec![]).await?;
    let log = page.until_text("#logs", "the key [redacted] was there", SOON).await?;
    for text in [&log, &whole_log(&page).await?] {
        for secret in ["AKID", "tok%2B", "0badcafe", "wJalrXUtnFEMI"] {
            ensure!(!text.contains(secret), "{secret} is in the log: {text}");
        }
        ensure!(text.contains("X-Amz-Expires=299"), "what is no secret stays: {text}");
    }
    page.until_text("#log-masked", "in 4 places", SOON).await.map(drop)
}

/// Writes lines that tell their number, and are as long as others are.
async fn write_lines(page: &Page, count: u64) -> Result<()> {
    let write = "const { log } = await import('./js/log.js');
                 for (let line = 0; line < arguments[0]; line += 1) {
                   log.info(`line ${line} ${'tells something '.repeat(line % 20)}`);
                 }";
    page.run(write, vec![json!(count)]).await.map(drop)
}

async fn write_text(page: &Page, text: &str, viewer: Option<&str>) -> Result<()> {
    let write = "const { log } = await import('./js/log.js'); log.info(...arguments);";
    page.run(write, vec![json!(text), json!(viewer)]).await.map(drop)
}

/// The numbers of the lines that one sees.
async fn numbers(page: &Page) -> Result<Vec<u64>> {
    let seen = page.value(SEEN).await?;
    let seen = seen.as_array().context("no lines")?;
    Ok(seen.iter().filter_map(Value::as_str).filter_map(number).collect())
}

/// That of a line, of those that have one.
fn number(line: &str) -> Option<u64> {
    let (_, rest) = line.split_once(" line ")?;
    rest.split(' ').next()?.parse().ok()
}

/// The lines of a text, between which browsers leave room.
fn lines_of(text: &str) -> impl Iterator<Item = &str> {
    text.lines().filter(|line| !line.is_empty())
}

/// Whether a line with that text is seen, in the page.
fn sees(text: &str) -> String {
    format!("{SEEN}.some((line) => line.includes('{text}'))")
}

async fn choose(page: &Page, viewer: &str) -> Result<()> {
    let choose = "const select = document.getElementById('log-viewer');
                  select.value = arguments[0];
                  select.dispatchEvent(new Event('change', { bubbles: true }));
                  return select.value;";
    let chosen = page.run(choose, vec![json!(viewer)]).await?;
    ensure!(chosen == json!(viewer), "{viewer:?} cannot be chosen, but {chosen}");
    Ok(())
}
