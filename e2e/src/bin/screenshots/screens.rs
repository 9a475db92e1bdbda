//! The page's screens, small enough for a repository: each language on each device, each scheme on
//! each device, each scheme in each language.

use std::fs;

use anyhow::{Context, Result, bail, ensure};
use kvs_e2e::{Camera, Page, SOON, Story, service::workspace};
use serde_json::{Value, json};

use crate::hide_scrollbars;

/// What a picture may weigh, and the qualities that are tried for it.
const MOST_BYTES: usize = 60_000;
const QUALITIES: [u8; 4] = [80, 65, 50, 35];

/// A font without a letter draws the same box for each.
const HAS_LETTERS: &str = "
    const drawn = (letter) => {
      const canvas = document.createElement('canvas');
      const context = canvas.getContext('2d');
      context.font = '32px sans-serif';
      context.fillText(letter, 10, 50);
      return canvas.toDataURL();
    };
    return drawn('한') !== drawn('글');";
const NO_FONT: &str = "no font on this machine has Korean letters; Debian's fonts-nanum does";

/// In which way a screen is looked at.
#[derive(Clone, Copy)]
pub(crate) struct Look {
    language: &'static str,
    scheme: &'static str,
    device: &'static str,
    width: u32,
    height: u32,
}

impl Look {
    const fn desktop(language: &'static str, scheme: &'static str) -> Self {
        Self { language, scheme, device: "desktop", width: 1280, height: 900 }
    }

    const fn phone(language: &'static str, scheme: &'static str) -> Self {
        Self { language, scheme, device: "phone", width: 390, height: 844 }
    }
}

pub(crate) const LOOKS: [Look; 4] = [
    Look::desktop("en", "light"),
    Look::phone("en", "dark"),
    Look::desktop("ko", "dark"),
    Look::phone("ko", "light"),
];

/// Goes through the page and takes a picture of each screen.
pub(crate) async fn take(story: &Story<'_>, look: Look) -> Result<()> {
    let page = story.open(look.device, Camera::Granted, "").await?;
    page.browser().prefers(look.scheme).await?;
    page.browser().resize(look.width, look.height).await?;
    hide_scrollbars(&page).await?;
    let speak = "const select = document.getElementById('language');
                 select.value = arguments[0];
                 select.dispatchEvent(new Event('change', { bubbles: true }));";
    page.run(speak, vec![json!(look.language)]).await?;
    let spoken = format!("document.documentElement.lang === '{}'", look.language);
    page.until("the language has changed", SOON, &spoken).await?;
    ensure!(page.run(HAS_LETTERS, vec![]).await? == json!(true), "{}", NO_FONT);
    shoot(&page, look, "first", "body").await?;
    page.click("#media-fold > summary").await?;
    shoot(&page, look, "settings", "#settings").await?;
    page.click("#create-channel-button").await?;
    let made = "document.getElementById('channelName-message').textContent !== ''";
    page.until("there is a channel", SOON, made).await?;
    page.click("#connection-test-button").await?;
    let done = "!document.getElementById('connection-test-report').hidden";
    page.until("the test is done", SOON, done).await?;
    shoot(&page, look, "connection-test", "#connection-test").await?;
    page.click("#try-button").await?;
    page.until("there is a badge", SOON, "document.querySelector('.quality[data-score]')").await?;
    page.until(
        "a curve is drawn",
        SOON,
        "document.querySelector('.sparks polyline')?.points.length > 5",
    )
    .await?;
    shoot(&page, look, "trial", "body").await?;
    shoot(&page, look, "waterfall", "#waterfall").await
}

/// The window, with what the selector finds at its top.
async fn shoot(page: &Page, look: Look, screen: &str, selector: &str) -> Result<()> {
    let scroll = "document.activeElement.blur();
                  const { top } = document.querySelector(arguments[0]).getBoundingClientRect();
                  scrollBy({ top: top - 16, behavior: 'instant' });";
    page.run(scroll, vec![json!(selector)]).await?;
    let folder = workspace().join("docs/screens");
    fs::create_dir_all(&folder)?;
    let name = format!("{screen}-{}-{}-{}.webp", look.language, look.scheme, look.device);
    let path = folder.join(name);
    for quality in QUALITIES {
        let how = json!({ "format": "webp", "quality": quality });
        let picture = page.browser().cdp("Page.captureScreenshot", how).await?;
        let data = picture.get("data").and_then(Value::as_str).context("no screenshot")?;
        let decode = "return [...atob(arguments[0])].map((letter) => letter.charCodeAt(0));";
        let bytes: Vec<u8> = serde_json::from_value(page.run(decode, vec![json!(data)]).await?)?;
        if bytes.len() <= MOST_BYTES {
            fs::write(&path, bytes).with_context(|| format!("{}", path.display()))?;
            println!("{}", path.display());
            return Ok(());
        }
    }
    bail!("{} is too large", path.display())
}
