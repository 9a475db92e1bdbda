//! Measures what the page does on its main thread while nothing but time goes by: as a master with
//! ten viewers, and with a long log. Chromium's own trace tells it.

mod log;
mod table;
mod tiles;
mod trace;

use std::time::Duration;

use anyhow::{Result, bail};
use clap::{Parser, ValueEnum};
use kvs_e2e::{Browser, Camera, Driver, Page, Service, story::describe};
use tokio::time::sleep;

use self::{table::render, trace::Work};

/// Runs the measurement and prints it.
#[derive(Parser)]
#[command(about = "What the page does in each frame: with ten viewers, and with a long log")]
struct Arguments {
    /// What to measure; all where none is named.
    #[arg(value_enum)]
    parts: Vec<Part>,
    /// How long the ten tiles are watched, in seconds.
    #[arg(long, default_value_t = 20, value_parser = clap::value_parser!(u64).range(1..=600))]
    seconds: u64,
}

#[derive(Clone, Copy, PartialEq, Eq, ValueEnum)]
enum Part {
    /// A master's page that shows ten viewers' pictures
    Tiles,
    /// A log of 10,000 lines
    Log,
}

#[tokio::main]
async fn main() -> Result<()> {
    let arguments = Arguments::parse();
    let wanted = |part| arguments.parts.is_empty() || arguments.parts.contains(&part);
    let service = Service::start().await?;
    let driver = Driver::start().await?;
    let before = load();
    let mut rows = Vec::new();
    if wanted(Part::Tiles) {
        let seconds = Duration::from_secs(arguments.seconds);
        rows.extend(tiles::measure(&service, &driver, seconds).await?);
    }
    if wanted(Part::Log) {
        rows.extend(log::measure(&service, &driver).await?);
    }
    println!("{}", render(&rows));
    println!(
        "- a page's own work: script, garbage collection, style, layout, painting on the main thread,"
    );
    println!("  by the clock; of it the thread's time is what it had of a processor");
    println!("- frames at 60 Hz, also those in which nothing is done");
    println!("- load of the machine: {before} at first, {} at last", load());
    Ok(())
}

/// How many programs wanted to run in the last minute, where the machine tells.
fn load() -> String {
    let told = std::fs::read_to_string("/proc/loadavg").unwrap_or_default();
    told.split(' ').next().filter(|load| !load.is_empty()).unwrap_or("unknown").to_owned()
}

/// A page that is watched, in a window that shows all of it.
async fn open(service: &Service, driver: &Driver, query: &str) -> Result<Page> {
    let browser = Browser::start_traced(driver, Camera::Missing, trace::CATEGORIES).await?;
    browser.resize(1280, 3600).await?;
    let page = browser.open("page", &service.page_url(query)).await?;
    page.until_text("#status", "Ready", kvs_e2e::SOON).await?;
    Ok(page)
}

/// What the main thread of a page does for so long.
async fn watch(page: &Page, within: Duration) -> Result<Work> {
    page.browser().trace().await?;
    page.value(&mark(trace::BEGIN)).await?;
    sleep(within).await;
    page.value(&mark(trace::END)).await?;
    Work::of(page.browser().trace().await?)
}

/// What the main thread of a page does while a script runs, and what that gives.
async fn watch_script(page: &Page, script: &str) -> Result<(Work, serde_json::Value)> {
    page.browser().trace().await?;
    let [begin, end] = [trace::BEGIN, trace::END].map(mark);
    // The driver's own share stays outside: the script is asked for when the marks are set.
    let run = format!(
        "return new Promise((resolve, reject) => setTimeout(async () => {{
           try {{
             {begin};
             const given = await (async () => {{ {script} }})();
             {end};
             setTimeout(() => resolve(given), 100);
           }} catch (error) {{
             reject(error);
           }}
         }}, 100));"
    );
    let given = page.run(&run, Vec::new()).await?;
    Ok((Work::of(page.browser().trace().await?)?, given))
}

fn mark(name: &str) -> String {
    format!("performance.mark('{name}')")
}

/// What went wrong, with what the page shows.
async fn explained<T>(page: &Page, outcome: Result<T>) -> Result<T> {
    match outcome {
        Ok(value) => Ok(value),
        Err(error) => bail!("{error:#}\n{}", describe("bench-frames", page).await),
    }
}
