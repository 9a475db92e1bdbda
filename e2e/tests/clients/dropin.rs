//! The same scripts on the service's JavaScript SDK and on ours, in Node: what is kept is the same,
//! frame by frame and event by event, and what is mended differs as it is written down.

use anyhow::{Context as _, Result, ensure};
use kvs_e2e::{Service, service::package_is_built};
use kvs_emulator::{Config, FaultSpec, Tls, UnknownRecipient};

use crate::script::{Failure, Script, without_quotas};

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
