//! What holds of the whole page: its modules, and its width on a telephone.

use std::fs;

use anyhow::{Result, ensure};
use kvs_e2e::{Camera, Page, SOON, Story, service::workspace};
use serde_json::json;

use crate::people::tales;

tales![every_module_is_preloaded_and_none_makes_html_of_text, a_telephone_shows_every_screen_whole];

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

async fn a_telephone_shows_every_screen_whole(story: &Story<'_>) -> Result<()> {
    let page = story.open("page", Camera::Missing, "").await?;
    let phone = json!({ "width": 320, "height": 640, "deviceScaleFactor": 1, "mobile": true });
    page.browser().cdp("Emulation.setDeviceMetricsOverride", phone).await?;
    let outcome = fits_everywhere(&page).await;
    // The browser goes to another story.
    page.browser().cdp("Emulation.clearDeviceMetricsOverride", json!({})).await?;
    outcome
}

async fn fits_everywhere(page: &Page) -> Result<()> {
    fits(page, "the first screen").await?;
    page.run("for (const fold of document.querySelectorAll('details')) fold.open = true;", vec![])
        .await?;
    fits(page, "the settings").await?;
    page.click("#try-button").await?;
    page.until_text("#waterfall-summary", "longest step", SOON).await?;
    fits(page, "a call").await?;
    page.click("#stop-viewer-button").await
}

async fn fits(page: &Page, screen: &str) -> Result<()> {
    let script = "const wide = [...document.querySelectorAll('body *')].filter((element) =>
                    element.checkVisibility() && !element.closest('.scroll, svg, .skip-link')
                    && element.getBoundingClientRect().right > 321);
                  return [document.documentElement.scrollWidth, wide.map((e) => e.id || e.className)];";
    let seen = page.run(script, vec![]).await?;
    ensure!(seen == json!([320, []]), "{screen} is too wide: {seen}");
    Ok(())
}
