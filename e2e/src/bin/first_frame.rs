//! Measures the time from the click on *Start viewer* to the master's first picture, inside the
//! viewer's page. The page comes from the emulator, the master runs already, and every run begins
//! with the page loaded anew.
//!
//! The first run of a fresh browser is told apart: it also pays for what the browser does once.

use std::{fmt::Write as _, time::Duration};

use anyhow::{Context, Result, bail};
use clap::Parser;
use kvs_e2e::{Camera, Page, SOON, Stage, Story};
use tokio::time::timeout;

/// Runs the measurement and prints it.
#[derive(Parser)]
#[command(about = "Time from the click on Start viewer to the master's first picture")]
struct Arguments {
    /// How many warm runs are measured after the cold one.
    #[arg(long, default_value_t = 10, value_parser = clap::value_parser!(u16).range(1..=1000))]
    runs: u16,
}

/// A run that takes longer has failed.
const RUN_LIMIT: Duration = Duration::from_secs(30);

/// Clicks, and resolves with the milliseconds until the first frame is shown. The video comes
/// into being after the click.
const MEASURE: &str = "
    const clicked = performance.now();
    document.getElementById('viewer-button').click();
    return new Promise((resolve) => {
      const look = () => {
        const video = document.querySelector('#viewer .remote-view');
        if (!video) return requestAnimationFrame(look);
        video.requestVideoFrameCallback(() => resolve(performance.now() - clicked));
      };
      look();
    });";

#[tokio::main]
async fn main() -> Result<()> {
    let arguments = Arguments::parse();
    let stage = Stage::default();
    let story = Story::begin(&stage).await?;
    let mut times = Vec::new();
    let outcome = measure(&story, arguments.runs, &mut times).await;
    if let Err(report) = story.end("first-frame", outcome).await {
        bail!(report);
    }
    println!("{}", table(&times)?);
    Ok(())
}

async fn measure(story: &Story<'_>, runs: u16, times: &mut Vec<f64>) -> Result<()> {
    let master = story.open("master", Camera::Granted, "").await?;
    master.click("#master-button").await?;
    master.until_text("#status", "Waiting for viewers", SOON).await?;
    let viewer = story.open("viewer", Camera::Granted, "sendVideo=false").await?;
    for run in 0..=runs {
        let measured = timeout(RUN_LIMIT, viewer.run(MEASURE, Vec::new())).await;
        let time = measured.with_context(|| format!("run {run} saw no picture"))??;
        times.push(time.as_f64().context("the page gave no time")?);
        viewer.click("#stop-viewer-button").await?;
        master.until_text("#status", "Waiting for viewers", SOON).await?;
        reload(&viewer).await?;
    }
    Ok(())
}

async fn reload(page: &Page) -> Result<()> {
    page.reload().await?;
    page.until_text("#status", "Ready", SOON).await?;
    Ok(())
}

/// The cold run, each warm one, and what they come to.
fn table(times: &[f64]) -> Result<String> {
    let (cold, warm) = times.split_first().context("nothing was measured")?;
    let mut out = String::from("click on Start viewer to first picture, ms\n");
    writeln!(out, "{:>6} {cold:8.0}", "cold")?;
    for (run, time) in warm.iter().enumerate() {
        writeln!(out, "{:>6} {time:8.0}", run + 1)?;
    }
    let mut sorted = warm.to_vec();
    sorted.sort_by(f64::total_cmp);
    let (Some(min), Some(max)) = (sorted.first(), sorted.last()) else {
        bail!("there was no warm run");
    };
    writeln!(out, "{:>6} {:8.0}", "median", median(&sorted).context("there was no warm run")?)?;
    writeln!(out, "{:>6} {min:8.0}", "min")?;
    write!(out, "{:>6} {max:8.0}", "max")?;
    Ok(out)
}

/// The middle of sorted numbers, or between the two in the middle.
fn median(sorted: &[f64]) -> Option<f64> {
    let upper = sorted.get(sorted.len() / 2)?;
    let lower = sorted.get(sorted.len().checked_sub(1)? / 2)?;
    Some(f64::midpoint(*lower, *upper))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_median_lies_in_the_middle() {
        assert_eq!(median(&[]), None);
        assert_eq!(median(&[3.0]), Some(3.0));
        assert_eq!(median(&[1.0, 2.0]), Some(1.5));
        assert_eq!(median(&[1.0, 2.0, 9.0]), Some(2.0));
    }

    #[test]
    fn the_cold_run_is_not_among_the_figures() {
        let table = table(&[900.0, 300.0, 100.0, 200.0]).unwrap();
        for line in ["  cold      900", "median      200", "   min      100", "   max      300"] {
            assert!(table.lines().any(|shown| shown == line), "{line:?} is not in\n{table}");
        }
    }
}
