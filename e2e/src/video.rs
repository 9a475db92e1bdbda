//! What a video on a page shows.

use std::time::Duration;

use anyhow::{Context, Result, ensure};
use serde_json::{Value, json};

use crate::page::{Page, SOON};

/// The frames that a live video shows within [`FRAMES_WITHIN_MS`], once it runs: where other
/// programs have the processors too, the first seconds of a call may bring fewer.
const FRAMES: u64 = 6;
const FRAMES_WITHIN_MS: u64 = 1000;

/// How long a picture may be of one colour: that of Firefox changes with each frame, by little.
const COLOURS_WITHIN_MS: u64 = 10_000;

/// The pixels of a picture.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Size {
    /// Pixels in a row.
    pub width: u64,
    /// Rows.
    pub height: u64,
}

/// A video on a page: the `index`-th that the selector finds.
#[derive(Clone, Copy, Debug)]
pub struct Video<'a> {
    page: &'a Page,
    selector: &'a str,
    index: usize,
}

impl<'a> Video<'a> {
    /// Names a video; it need not be there yet.
    pub const fn new(page: &'a Page, selector: &'a str, index: usize) -> Self {
        Self { page, selector, index }
    }

    /// Waits until it is a live picture: with the camera's aspect ratio of 16:9, six new frames
    /// within a second, and pixels that are not all alike or do not stay so. It may still be small:
    /// a picture grows with the browser's estimate of the bandwidth.
    ///
    /// # Errors
    /// Where it is not; says which of these it lacks.
    pub async fn is_live(&self) -> Result<()> {
        let size = self.grows_to(1, SOON).await?;
        // The height is a whole number of pixels, and often of pairs of them.
        ensure!((size.width * 9).abs_diff(size.height * 16) <= 32, "{self}: {size:?} is not 16:9");
        let script = format!("probe.frames(video, {FRAMES}, {FRAMES_WITHIN_MS})");
        let runs = format!("{self} shows {FRAMES} new frames in a second");
        let look = || async {
            let frames = self.ask(&script).await?;
            ensure!(frames == json!(FRAMES), "{self}: {frames} new frames in a second");
            Ok(Some(()))
        };
        self.page.until_some(&runs, SOON, look).await?;
        let colours = self.ask(&format!("probe.colours(video, {COLOURS_WITHIN_MS})")).await?;
        let colours = colours.as_u64().unwrap_or_default();
        ensure!(colours > 1, "{self}: all pixels are alike, and stay so");
        Ok(())
    }

    /// Waits until its picture is at least `width` pixels wide.
    ///
    /// # Errors
    /// Where it is not within the time; says how wide it was.
    pub async fn grows_to(&self, width: u64, within: Duration) -> Result<Size> {
        let what = format!("{self} is {width} wide");
        let outcome = self.page.until_some(&what, within, || async {
            let size = self.size().await?;
            Ok((size.width >= width).then_some(size))
        });
        match outcome.await {
            Ok(size) => Ok(size),
            Err(error) => match self.size().await {
                Ok(size) => Err(error.context(format!("it is {} × {}", size.width, size.height))),
                Err(_) => Err(error),
            },
        }
    }

    /// How large its picture is now, 0 × 0 where there is none.
    ///
    /// # Errors
    /// Where there is no such video on the page.
    pub async fn size(&self) -> Result<Size> {
        let size = self.ask("[video.videoWidth, video.videoHeight]").await?;
        let side = |index: usize| size.get(index).and_then(Value::as_u64);
        Ok(Size { width: side(0).context("no width")?, height: side(1).context("no height")? })
    }

    async fn ask(&self, expression: &str) -> Result<Value> {
        let script = format!(
            "const video = document.querySelectorAll(arguments[0])[arguments[1]];
             if (!video) throw new Error('there is no such video');
             return {expression};"
        );
        self.page.run(&script, vec![json!(self.selector), json!(self.index)]).await
    }
}

impl std::fmt::Display for Video<'_> {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        write!(f, "{}: video {} of {}", self.page.name(), self.index, self.selector)
    }
}
