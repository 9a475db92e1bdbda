//! Measures our package beside the service's JavaScript SDK: on one page, in one run, by turns.
//!
//! The first load of each is not counted: it also pays for what the browser does once.

mod figures;
mod site;
mod table;

use std::path::PathBuf;

use anyhow::{Context, Result, bail};
use clap::Parser;
use kvs_e2e::{Browser, Camera, Driver, Page, SOON, story::check};
use serde::Deserialize;
use serde_json::{Value, json};

use self::{
    figures::{Rates, Times},
    site::Site,
    table::{Load, Rate, Report},
};

/// Runs the measurement and prints it.
#[derive(Parser)]
#[command(about = "Our package and the JavaScript SDK side by side in one browser")]
struct Arguments {
    /// The folder of our package, as it is published.
    #[arg(long)]
    package: PathBuf,
    /// The folder of `reference.js`, which is the JavaScript SDK as a module.
    #[arg(long)]
    reference: PathBuf,
    /// Fewer and shorter rounds: seconds instead of minutes, and figures that vary more.
    #[arg(long)]
    short: bool,
}

/// How much is measured.
struct Plan {
    rounds: u16,
    milliseconds: u16,
    loads: u16,
}

const LONG: Plan = Plan { rounds: 10, milliseconds: 400, loads: 40 };
const SHORT: Plan = Plan { rounds: 5, milliseconds: 100, loads: 8 };

/// What is measured by rounds: what it is called, the page's function for it, and how many times
/// as fast as the reference it has to be.
const RATES: [(&str, &str, Option<f64>); 7] = [
    ("URLs signed", "urls", Some(8.0)),
    ("URLs signed, with a session token", "urlsWithToken", Some(8.0)),
    ("URLs signed, 16 at once", "urlsAtOnce", None),
    ("offers sent", "offersSent", Some(1.0)),
    ("candidates sent", "candidatesSent", Some(1.0)),
    ("answers received", "answersReceived", Some(1.0)),
    ("candidates received", "candidatesReceived", Some(1.0)),
];

/// The sides, as the page names them.
const SIDES: [&str; 2] = ["ours", "reference"];

#[tokio::main]
async fn main() -> Result<()> {
    let arguments = Arguments::parse();
    let plan = if arguments.short { &SHORT } else { &LONG };
    let site = Site::serve(&arguments.package, &arguments.reference).await?;
    let driver = Driver::start().await?;
    let browser = Browser::start(&driver, Camera::Missing).await?;
    println!("{}", measure(&browser, &site, plan).await?);
    Ok(())
}

async fn measure(browser: &Browser, site: &Site, plan: &Plan) -> Result<String> {
    let page = browser.open("bench", &site.url("index.html")).await?;
    page.until("both packages are loaded", SOON, "globalThis.bench || probe.errors.length").await?;
    check(&page).await?;
    let about = About::deserialize(page.value("bench.about()").await?)?;
    let mut rates = Vec::new();
    for (what, function, least) in RATES {
        let measured = by_turns(&page, function, plan).await;
        rates.push(Rate { what, least, rates: measured.with_context(|| what)? });
    }
    check(&page).await?;
    let framed = framed(&page, plan.loads).await?;
    let fresh = fresh(browser, site, plan.loads).await?;
    let loads = vec![
        Load { what: "import to ready, in a new frame", times: framed },
        Load { what: "import to ready, in a new tab", times: fresh },
    ];
    Ok(Report { rates, loads, notes: about.notes(plan) }.render())
}

async fn by_turns(page: &Page, function: &str, plan: &Plan) -> Result<Rates> {
    let script = "return bench[arguments[0]](arguments[1]);";
    let rounds = json!({ "rounds": plan.rounds, "milliseconds": plan.milliseconds });
    Ok(Rates::deserialize(page.run(script, vec![json!(function), rounds]).await?)?)
}

/// Times in frames of the open page.
async fn framed(page: &Page, loads: u16) -> Result<Times> {
    let times = page.run("return bench.loads(arguments[0]);", vec![json!(loads)]).await?;
    Ok(Times::deserialize(times)?)
}

/// Times in tabs that know the files from the browser's cache only.
async fn fresh(browser: &Browser, site: &Site, loads: u16) -> Result<Times> {
    let mut times = Times::default();
    for run in 0..=loads {
        let [ours, reference] = [loaded(browser, site, SIDES[0]), loaded(browser, site, SIDES[1])];
        let (ours, reference) = (ours.await?, reference.await?);
        if run > 0 {
            times.ours.push(ours);
            times.reference.push(reference);
        }
    }
    Ok(times)
}

async fn loaded(browser: &Browser, site: &Site, side: &str) -> Result<f64> {
    // The making of a window takes longer than the load, and would be part of what is timed.
    browser.close_tab().await?;
    let page = browser.open(side, &site.url(&format!("load.html?side={side}"))).await?;
    let told = "document.documentElement.dataset.milliseconds";
    page.until("it is loaded", SOON, &format!("{told} || probe.errors.length")).await?;
    check(&page).await?;
    let Value::String(told) = page.value(told).await? else { bail!("{side} gave no time") };
    told.parse().with_context(|| format!("{side} gave {told:?}"))
}

/// What the page knows of itself.
#[derive(Deserialize)]
struct About {
    browser: Vec<String>,
    offer: usize,
    answer: usize,
    candidate: usize,
}

impl About {
    fn notes(&self, plan: &Plan) -> Vec<String> {
        let Self { browser, offer, answer, candidate } = self;
        let Plan { rounds, milliseconds, loads } = plan;
        vec![
            format!("{rounds} rounds of {milliseconds} ms a side, by turns; {loads} loads a side"),
            format!("an offer of {offer} bytes, an answer of {answer}, candidates of {candidate}"),
            browser.join(", "),
        ]
    }
}
