//! The same scripts on the service's JavaScript SDK and on ours, in Node, Chromium and Firefox: what
//! is kept is the same, frame by frame and event by event, and what is mended differs as it is
//! written down.

use std::fs;

use anyhow::{Context as _, Result, ensure};
use kvs_e2e::{
    Browser, Camera, Driver, SOON, Service,
    service::{package_is_built, workspace},
};
use kvs_emulator::{Config, FaultSpec, Tls, UnknownRecipient};
use serde_json::Value;
use tempfile::TempDir;

use crate::script::{Failure, Script, named_by, without_quotas};

/// The groups that the contract names, with ten cases each at the least.
const GROUPS: [&str; 6] = [
    "constructor-errors",
    "send-errors",
    "event-order",
    "candidate-buffering",
    "open-close-races",
    "hostile-frames",
];

#[tokio::test(flavor = "multi_thread")]
async fn the_same_scripts_have_the_same_traces() -> Result<(), Failure> {
    package_is_built()?;
    let service = Service::run(without_quotas()).await?;
    let mut script = Script::dropin(&service, "run.mjs", &[])?;
    let mut all = 0;
    for group in GROUPS {
        let counted = script.until_line(&format!("group {group}: ")).await?;
        let cases = number(&counted)?;
        println!("{group}: {counted}");
        check(cases >= 10, group, cases)?;
        all += cases;
    }
    check(all >= 60, "all together", all)?;
    Ok(script.finish().await?)
}

fn number(counted: &str) -> Result<u32> {
    let words = counted.split(' ').next().unwrap_or_default();
    words.parse().with_context(|| format!("{counted:?} does not begin with a number"))
}

fn check(enough: bool, what: &str, cases: u32) -> Result<()> {
    ensure!(enough, "{what} has only {cases} cases");
    Ok(())
}

#[tokio::test(flavor = "multi_thread")]
async fn they_have_them_in_chromium() -> Result<(), Failure> {
    let driver = Driver::start().await?;
    let browser = Browser::start(&driver, Camera::Missing).await?;
    Ok(all_are_as_in_node(&browser).await?)
}

#[tokio::test(flavor = "multi_thread")]
async fn they_have_them_in_firefox() -> Result<(), Failure> {
    let driver = Driver::start_firefox().await?;
    let browser = Browser::start(&driver, Camera::Missing).await?;
    Ok(all_are_as_in_node(&browser).await?)
}

/// Runs the cases in a page of this browser.
async fn all_are_as_in_node(browser: &Browser) -> Result<()> {
    let site = site()?;
    let config = Config { site: Some(site.path().into()), ..Service::config() };
    let service = Service::run(config).await?;
    let page = browser.open("cases", &service.page_url("")).await?;
    let result = "document.documentElement.dataset.result";
    page.until("all cases were run", SOON, result).await?;
    let told = page.value(result).await?;
    let told: Value = serde_json::from_str(told.as_str().unwrap_or_default())?;
    let failures = told.get("failures").and_then(Value::as_array).context("it tells nothing")?;
    ensure!(failures.is_empty(), "{failures:#?}");
    let cases = told.get("cases").and_then(Value::as_u64).unwrap_or_default();
    ensure!(cases >= 200, "there are only {cases} cases");
    Ok(())
}

/// The cases, and the reference as its package has it for browsers.
fn site() -> Result<TempDir> {
    let site = TempDir::with_prefix("kvs-dropin-")?;
    let cases = fs::read_dir(workspace().join("e2e/clients/dropin"))?;
    let cases = cases.map(|entry| Ok(entry?.path())).collect::<Result<Vec<_>>>()?;
    let bundle = "amazon-kinesis-video-streams-webrtc/dist/kvs-webrtc.min.js";
    let bundle = named_by("KVS_NODE_MODULES")?.join(bundle);
    for from in cases.into_iter().chain([bundle]) {
        let name = from.file_name().context("it has no name")?;
        let copied = fs::copy(&from, site.path().join(name));
        copied.with_context(|| format!("{} cannot be copied", from.display()))?;
    }
    Ok(site)
}

/// Over TLS, without which the reference signs nothing.
#[tokio::test(flavor = "multi_thread")]
async fn the_same_calls_are_made_through_the_emulator() -> Result<(), Failure> {
    package_is_built()?;
    let service = Service::run(faulty()?).await?;
    let mut channel = Script::node(&service, "channel.mjs", &["front-door"])?;
    let settings = channel.until_line("channel ").await?;
    channel.finish().await?;
    Ok(Script::dropin(&service, "emulator.mjs", &[&settings])?.finish().await?)
}

/// What the service does to the clients of these names.
fn faulty() -> Result<Config> {
    let mut config = without_quotas();
    config.network.tls = Tls::Made;
    config.behaviour.unknown_recipient = UnknownRecipient::AtOnce;
    for fault in
        ["throttle,message=SDP_OFFER,clientId=throttled", "refuse-upgrade,clientId=refused"]
    {
        let fault = FaultSpec::parse(fault).map_err(anyhow::Error::msg)?;
        config.behaviour.faults.push(fault);
    }
    Ok(config)
}
