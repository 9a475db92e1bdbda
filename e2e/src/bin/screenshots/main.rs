//! Takes pictures of the page's screens, `docs/screens/`; the README shows one.

mod screens;

use anyhow::{Result, bail};
use kvs_e2e::{Page, Stage, Story};

#[tokio::main]
async fn main() -> Result<()> {
    let stage = Stage::default();
    for look in screens::looks() {
        let story = Story::begin(&stage).await?;
        let outcome = screens::take(&story, look).await;
        end(story, outcome).await?;
    }
    Ok(())
}

async fn end(story: Story<'_>, outcome: Result<()>) -> Result<()> {
    if let Err(report) = story.end("screenshots", outcome).await {
        bail!(report);
    }
    Ok(())
}

/// A picture of exactly the window's width.
async fn hide_scrollbars(page: &Page) -> Result<()> {
    let hidden = serde_json::json!({ "hidden": true });
    page.browser().cdp("Emulation.setScrollbarsHidden", hidden).await.map(drop)
}
