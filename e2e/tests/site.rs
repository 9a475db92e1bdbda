//! What holds of the whole page: its modules and its policy.

use std::{
    collections::{BTreeMap, BTreeSet},
    fs,
};

use anyhow::{Context, Result, ensure};
use kvs_e2e::{Camera, Page, SOON, Story, service::workspace, story::check};
use serde_json::{Value, json};

use crate::people::tales;

tales![
    every_module_is_preloaded_or_waits_for_its_panel,
    no_module_makes_html_of_text,
    a_page_that_comes_in_part_says_so,
    a_door_that_is_clicked_early_opens,
    the_policy_allows_what_it_says_and_no_more,
    what_the_policy_forbids_is_noticed,
];

/// What the page's policy is, in any order.
const POLICY: &[&str] = &[
    "default-src 'none'",
    "script-src 'self' 'wasm-unsafe-eval'",
    "style-src 'self'",
    "img-src 'self' data: blob:",
    "media-src 'self' blob:",
    "font-src 'self'",
    CONNECT,
    "base-uri 'none'",
    "form-action 'none'",
    "require-trusted-types-for 'script'",
];
const CONNECT: &str = "connect-src 'self' https: wss: http://localhost:* ws://localhost:* \
                       http://127.0.0.1:* ws://127.0.0.1:*";
/// What only a header can say.
const FRAMES: &str = "frame-ancestors 'none'";

async fn every_module_is_preloaded_or_waits_for_its_panel(story: &Story<'_>) -> Result<()> {
    let page = story.open("page", Camera::Missing, "").await?;
    let html = fs::read_to_string(workspace().join("www/index.html"))?;
    let (first, rest) = html.split_once("<template id=\"rest\">").context("there is no rest")?;
    let modules = modules()?;
    let first_screen = needed_by("main.js", &modules);
    ensure!(preloaded(first) == first_screen, "{:?} for {first_screen:?}", preloaded(first));
    let mut page_itself = needed_by("page.js", &modules);
    page_itself.insert("page.js".to_owned());
    let page_itself: BTreeSet<_> = page_itself.difference(&first_screen).cloned().collect();
    ensure!(preloaded(rest) == page_itself, "{:?} for {page_itself:?}", preloaded(rest));

    let mut all = first_screen;
    all.insert("main.js".to_owned());
    all.extend(page_itself);
    ensure!(loaded(&page).await? == all, "loaded: {:?}", loaded(&page).await?);
    page.click("#report-button").await?;
    page.until_text("#report-text", "settings", SOON).await?;
    let all = modules.into_keys().collect();
    page.until_some("all panels are there", SOON, || async {
        Ok((loaded(&page).await? == all).then_some(()))
    })
    .await
}

async fn no_module_makes_html_of_text(_: &Story<'_>) -> Result<()> {
    for (name, text) in modules()? {
        for way in ["innerHTML", "outerHTML", "insertAdjacentHTML", "document.write", "eval("] {
            ensure!(!text.contains(way), "{name} uses {way}");
        }
    }
    Ok(())
}

async fn a_page_that_comes_in_part_says_so(story: &Story<'_>) -> Result<()> {
    let page = story.open("page", Camera::Missing, "").await?;
    page.browser().block(&["/js/qr-code.js"]).await?;
    page.run("document.getElementById('share').open = true;", vec![]).await?;
    let told = page.until_text("#problem", "Part of the page did not load", SOON).await;
    page.browser().block(&["/js/page.js"]).await?;
    page.run("location.reload();", vec![]).await?;
    let said = page.until_text("#status", "Part of the page did not load", SOON).await;
    let errors = page.value("probe.errors.length").await;
    // The browser goes to another story.
    page.browser().block(&[]).await?;
    page.run("probe.errors.length = 0;", vec![]).await?;
    told?;
    said?;
    ensure!(errors? == json!(1), "the console does not say why");
    Ok(())
}

async fn a_door_that_is_clicked_early_opens(story: &Story<'_>) -> Result<()> {
    let page = story.open("page", Camera::Missing, "").await?;
    page.run("sessionStorage.setItem('probe.early', 'try-button');", vec![]).await?;
    page.reload().await?;
    page.until_text("#status", "Connected", SOON).await?;
    let early = page.value("probe.early").await?;
    let wanted = json!({ "loaded": false, "busy": "try-button", "status": "Loading…" });
    ensure!(early == wanted, "{early}");
    page.run("sessionStorage.clear();", vec![]).await.map(drop)
}

/// The modules of the page, by name, without tables of words.
fn modules() -> Result<BTreeMap<String, String>> {
    let mut found = BTreeMap::new();
    for entry in fs::read_dir(workspace().join("www/js"))? {
        let path = entry?.path();
        if path.is_file() {
            let name = path.file_name().unwrap_or_default().to_string_lossy().into_owned();
            found.insert(name, fs::read_to_string(&path)?);
        }
    }
    Ok(found)
}

/// What a module imports, and what that imports.
fn needed_by(name: &str, modules: &BTreeMap<String, String>) -> BTreeSet<String> {
    let (mut found, mut ahead) = (BTreeSet::new(), vec![name.to_owned()]);
    while let Some(text) = ahead.pop().and_then(|name| modules.get(&name)) {
        for part in text.split(" from \"./").skip(1) {
            let name = part.split_once('"').map_or(part, |(name, _)| name).to_owned();
            if found.insert(name.clone()) {
                ahead.push(name);
            }
        }
    }
    found
}

/// What a part of the page preloads of its own modules.
fn preloaded(html: &str) -> BTreeSet<String> {
    let links = html.split("<link rel=\"modulepreload\" href=\"./js/").skip(1);
    links.filter_map(|rest| Some(rest.split_once('"')?.0.to_owned())).collect()
}

/// The modules that a page has loaded.
async fn loaded(page: &Page) -> Result<BTreeSet<String>> {
    let names = "performance.getEntriesByType('resource').map((it) => new URL(it.name).pathname)";
    let names = page.value(names).await?;
    let names = names.as_array().into_iter().flatten().filter_map(Value::as_str);
    let names = names.filter_map(|name| name.strip_prefix("/js/"));
    Ok(names.filter(|name| !name.contains('/')).map(str::to_owned).collect())
}

async fn the_policy_allows_what_it_says_and_no_more(story: &Story<'_>) -> Result<()> {
    let page = story.open("page", Camera::Missing, "").await?;
    let script = "const meta = document.querySelector('meta[http-equiv=Content-Security-Policy]');
        return fetch('./').then(({ headers }) =>
          [meta.content, headers.get('Content-Security-Policy')]
            .map((policy) => policy.split(';').map((part) => part.trim())));";
    let told = page.run(script, vec![]).await?;
    let parts = |at: usize| -> Result<BTreeSet<String>> {
        let parts = told.get(at).and_then(Value::as_array).context("there is no policy")?;
        Ok(parts.iter().filter_map(Value::as_str).map(str::to_owned).collect())
    };
    let expected: BTreeSet<_> = POLICY.iter().map(|part| (*part).to_owned()).collect();
    ensure!(parts(0)? == expected, "in the page: {told}");
    // An emulator may be allowed more addresses to connect to: its own.
    let mut header = parts(1)?;
    let connect = header.iter().find(|part| part.starts_with(CONNECT)).cloned();
    ensure!(connect.is_some_and(|connect| header.remove(&connect)), "in the header: {told}");
    ensure!(header.remove(FRAMES), "in the header: {told}");
    header.insert(CONNECT.to_owned());
    ensure!(header == expected, "in the header: {told}");
    Ok(())
}

async fn what_the_policy_forbids_is_noticed(story: &Story<'_>) -> Result<()> {
    let page = story.open("page", Camera::Missing, "").await?;
    for (directive, act) in [
        ("img-src", "new Image().src = 'https://example.com/x.png'"),
        ("connect-src", "fetch('http://example.com/').catch(() => {})"),
        ("style-src", "document.body.setAttribute('style', 'color: red')"),
        (
            "frame-src",
            "document.body.append(Object.assign(document.createElement('iframe'), { src: '/' }))",
        ),
        ("require-trusted-types-for", "document.body.innerHTML = '<b>'"),
    ] {
        page.run(&format!("try {{ {act}; }} catch {{}}"), vec![]).await?;
        page.until(directive, SOON, &format!("probe.violations[0]?.startsWith('{directive}')"))
            .await?;
        let told = check(&page).await.err().map(|error| error.to_string()).unwrap_or_default();
        ensure!(told.contains(directive), "{directive}: {told:?}");
        ensure!(page.reload().await.is_err(), "{directive} is forgotten");
        page.run("probe.violations.length = 0", vec![]).await?;
    }
    Ok(())
}
