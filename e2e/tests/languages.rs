//! The page speaks the person's language.

use std::{
    collections::{BTreeMap, BTreeSet},
    fs,
};

use anyhow::{Context, Result, ensure};
use kvs_e2e::{Camera, Page, SOON, Story, service::workspace};
use serde_json::json;

use crate::people::{call, speak, tales};

tales![
    every_language_has_every_word_and_every_word_is_used,
    what_comes_with_the_panels_is_said_by_them_alone,
    what_the_page_says_in_several_places_is_the_same,
    a_language_is_chosen_and_kept,
    errors_are_told_in_the_language_of_the_page,
    a_call_changes_its_language_and_may_be_right_to_left,
];

/// The tables, without the English one.
const OTHERS: [&str; 1] = ["ko"];

async fn every_language_has_every_word_and_every_word_is_used(story: &Story<'_>) -> Result<()> {
    let page = story.open("page", Camera::Missing, "").await?;
    let html = fs::read_to_string(workspace().join("www/index.html"))?;
    let in_page: BTreeSet<_> = in_page(&html).map(str::to_owned).collect();
    let english = [in_page, table(&page, "en").await?, table(&page, "en-panels").await?];
    let twice: Vec<_> = english.iter().flatten().collect();
    let english: BTreeSet<_> = english.iter().flatten().cloned().collect();
    ensure!(twice.len() == english.len(), "some words are there twice: {twice:?}");
    for tag in OTHERS {
        let panels = table(&page, &format!("{tag}-panels")).await?;
        ensure!(panels == table(&page, "en-panels").await?, "{tag}-panels has {panels:?}");
        let other = &table(&page, tag).await? | &panels;
        let missing: Vec<_> = english.symmetric_difference(&other).collect();
        ensure!(missing.is_empty(), "in one of en and {tag} alone: {missing:?}");
    }
    let sources: Vec<_> = sources()?.into_values().collect();
    let unused: Vec<_> = english.iter().filter(|key| !is_used(key, &sources)).collect();
    ensure!(unused.is_empty(), "nothing says {unused:?}");
    let unknown: Vec<_> = used(&sources).into_iter().filter(|key| !english.contains(key)).collect();
    ensure!(unknown.is_empty(), "not in the tables: {unknown:?}");
    Ok(())
}

async fn what_comes_with_the_panels_is_said_by_them_alone(story: &Story<'_>) -> Result<()> {
    let page = story.open("page", Camera::Missing, "").await?;
    let html = fs::read_to_string(workspace().join("www/index.html"))?;
    let mut sources = sources()?;
    // What is preloaded is there without them.
    sources.retain(|name, _| html.contains(&format!("/{name}\"")) || name == "index.html");
    ensure!(sources.len() > 30, "only {:?} are preloaded", sources.keys());
    let sources: Vec<_> = sources.into_values().collect();
    let panels = table(&page, "en-panels").await?;
    let early: Vec<_> = panels.iter().filter(|key| is_used(key, &sources)).collect();
    ensure!(early.is_empty(), "said before its words are there: {early:?}");
    Ok(())
}

async fn what_the_page_says_in_several_places_is_the_same(_: &Story<'_>) -> Result<()> {
    let html = fs::read_to_string(workspace().join("www/index.html"))?;
    let mut words: BTreeMap<&str, &str> = BTreeMap::new();
    for part in html.split("data-i18n=\"").skip(1) {
        let (key, rest) = part.split_once('"').context("an attribute without an end")?;
        let text = rest.split_once('>').and_then(|(_, rest)| rest.split_once('<'));
        let text = text.context("an element without an end")?.0;
        let before = words.insert(key, text);
        ensure!(before.is_none_or(|before| before == text), "{key}: {text:?} and {before:?}");
    }
    ensure!(words.len() > 50, "only {} texts are in the page", words.len());
    Ok(())
}

async fn a_language_is_chosen_and_kept(story: &Story<'_>) -> Result<()> {
    let page = story.open("page", Camera::Missing, "").await?;
    speak(&page, "ko").await?;
    page.until_text("#status", "준비됨", SOON).await?;
    page.until_text("#start", "뷰어 시작", SOON).await?;
    page.fill("#channelName", "my channel").await?;
    page.click("#region").await?;
    page.until_text("#channelName-message", "공백", SOON).await?;
    page.reload().await?;
    page.until_text("#status", "준비됨", SOON).await?;
    let root = "[document.documentElement.lang, document.getElementById('language').value]";
    ensure!(page.value(root).await? == json!(["ko", "ko"]));
    speak(&page, "en").await?;
    page.until_text("#status", "Ready", SOON).await?;
    page.run("localStorage.clear()", vec![]).await?;
    Ok(())
}

async fn errors_are_told_in_the_language_of_the_page(story: &Story<'_>) -> Result<()> {
    let page = story.open("page", Camera::Missing, "").await?;
    for tag in OTHERS {
        let told = table(&page, &format!("errors-{tag}")).await?;
        let list = fs::read_to_string(workspace().join("docs/ERRORS.md"))?;
        let codes = list.lines().filter_map(|line| line.strip_prefix("| `")?.split_once('`'));
        let codes: BTreeSet<_> = codes.map(|(code, _)| code.to_owned()).collect();
        let differ: Vec<_> = codes.symmetric_difference(&told).collect();
        ensure!(codes.len() > 40 && differ.is_empty(), "in one of the two alone: {differ:?}");
    }
    speak(&page, "ko").await?;
    page.tick("#sendVideo", false).await?;
    page.click("#viewer-button").await?;
    let said = page.until_text("#problem", "그런 채널이 없습니다", SOON).await?;
    ensure!(said.contains("DescribeSignalingChannel"), "its own words are not in {said}");
    page.run("localStorage.clear()", vec![]).await.map(drop)
}

async fn a_call_changes_its_language_and_may_be_right_to_left(story: &Story<'_>) -> Result<()> {
    let (master, viewer) = call(story, "").await?;
    speak(&master, "ko").await?;
    speak(&viewer, "ko").await?;
    master.until_text("#status", "뷰어 1명과 연결됨", SOON).await?;
    viewer.until_text("#viewer", "마스터의 영상", SOON).await?;
    viewer.until_text(".facts", "받는 중", SOON).await?;
    for page in [&master, &viewer] {
        page.run("document.documentElement.dir = 'rtl'; localStorage.clear();", vec![]).await?;
        let overflow =
            "document.documentElement.scrollWidth - document.documentElement.clientWidth";
        let overflow = page.value(overflow).await?;
        ensure!(overflow == json!(0), "{}: {overflow} pixels too wide", page.name());
    }
    Ok(())
}

/// The keys of a table of words.
async fn table(page: &Page, name: &str) -> Result<BTreeSet<String>> {
    let import = format!("return import('./js/strings/{name}.js').then((m) => m.default);");
    let table = page.run(&import, vec![]).await?;
    Ok(table.as_object().context("no table")?.keys().cloned().collect())
}

/// The keys of what the page says itself, as text or as attribute.
fn in_page(html: &str) -> impl Iterator<Item = &str> {
    let starts = ["data-i18n=\"", "data-i18n-aria-label=\"", "data-i18n-placeholder=\""];
    let parts = starts.into_iter().flat_map(|start| html.split(start).skip(1));
    parts.filter_map(|rest| Some(rest.split_once('"')?.0))
}

/// The texts of the page and its modules by name, without the tables.
fn sources() -> Result<BTreeMap<String, String>> {
    let site = workspace().join("www");
    let mut files = vec![site.join("index.html")];
    for entry in fs::read_dir(site.join("js"))? {
        files.push(entry?.path());
    }
    let files = files.into_iter().filter(|path| path.is_file());
    let named = files.map(|path| {
        let name = path.file_name().unwrap_or_default().to_string_lossy().into_owned();
        Ok((name, fs::read_to_string(&path)?))
    });
    named.collect()
}

/// Named whole, or by its first part with the rest put in when the page runs.
fn is_used(key: &str, sources: &[String]) -> bool {
    let start = key.split_once('.').map_or(key, |(start, _)| start);
    let (whole, made) = (format!("\"{key}\""), format!("`{start}.${{"));
    sources.iter().any(|text| text.contains(&whole) || text.contains(&made))
}

/// The keys that are named whole where a message is made or the page is marked.
fn used(sources: &[String]) -> BTreeSet<String> {
    let starts = [
        "message(\"",
        " t(\"",
        "data-i18n=\"",
        "data-i18n-aria-label=\"",
        "data-i18n-placeholder=\"",
    ];
    let mut keys = BTreeSet::new();
    for (text, start) in sources.iter().flat_map(|text| starts.map(|start| (text, start))) {
        let found = text.split(start).skip(1).filter_map(|rest| rest.split_once('"'));
        keys.extend(found.map(|(key, _)| key.to_owned()));
    }
    keys
}
