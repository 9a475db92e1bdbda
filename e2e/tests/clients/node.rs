//! The AWS SDK for JavaScript, version 3, and this package's client, in Node.

use anyhow::Context;
use kvs_e2e::{Service, service::workspace};

use crate::script::{Failure, Script, without_quotas};

async fn passes(script: &str) -> Result<(), Failure> {
    let service = Service::run(without_quotas()).await?;
    Ok(Script::node(&service, script, &[])?.finish().await?)
}

/// Runs a script that loads the package as it is built for browsers.
async fn package_passes(script: &str) -> Result<(), Failure> {
    let service = Service::run(without_quotas()).await?;
    let pkg = workspace().join("pkg");
    let pkg = pkg.to_str().context("the workspace has a path that is no text")?;
    Ok(Script::node(&service, script, &[pkg])?.finish().await?)
}

#[tokio::test(flavor = "multi_thread")]
async fn the_package_gives_what_the_aws_sdk_gives_for_the_same_wire_bodies() -> Result<(), Failure>
{
    package_passes("outputs.mjs").await
}

#[tokio::test(flavor = "multi_thread")]
async fn the_packages_calls_are_patient_and_checked() -> Result<(), Failure> {
    package_passes("behaviour.mjs").await
}

#[tokio::test(flavor = "multi_thread")]
async fn the_package_makes_every_call_to_the_emulator() -> Result<(), Failure> {
    package_passes("rest.mjs").await
}

#[tokio::test(flavor = "multi_thread")]
async fn every_command_is_answered() -> Result<(), Failure> {
    passes("commands.mjs").await
}

#[tokio::test(flavor = "multi_thread")]
async fn a_wrong_clock_is_corrected() -> Result<(), Failure> {
    passes("clock.mjs").await
}
