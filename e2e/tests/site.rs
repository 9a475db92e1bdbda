//! What holds of the whole page: its modules and its policy.

use std::fs;

use anyhow::{Result, ensure};
use kvs_e2e::{Camera, SOON, Story, service::workspace, story::check};
use serde_json::json;

use crate::people::tales;

tales![every_module_is_preloaded_and_none_makes_html_of_text, what_the_policy_forbids_is_noticed];

async fn every_module_is_preloaded_and_none_makes_html_of_text(story: &Story<'_>) -> Result<()> {
    let page = story.open("page", Camera::Missing, "").await?;
    let html = fs::read_to_string(workspace().join("www/index.html"))?;
    let loaded =
        "performance.getEntriesByType('resource').map((entry) => new URL(entry.name).pathname)";
    let loaded = page.value(loaded).await?;
    for entry in fs::read_dir(workspace().join("www/js"))? {
        let path = entry?.path();
        if !path.is_file() {
            continue;
        }
        let name = path.file_name().unwrap_or_default().to_string_lossy().into_owned();
        let text = fs::read_to_string(&path)?;
        for way in ["innerHTML", "outerHTML", "insertAdjacentHTML", "document.write", "eval("] {
            ensure!(!text.contains(way), "{name} uses {way}");
        }
        if name == "main.js" {
            continue;
        }
        let link = format!("<link rel=\"modulepreload\" href=\"./js/{name}\">");
        ensure!(html.contains(&link), "{name} is not preloaded");
        let used = loaded.as_array().is_some_and(|all| all.contains(&json!(format!("/js/{name}"))));
        ensure!(used, "{name} is not loaded");
    }
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
