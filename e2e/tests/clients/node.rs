//! The AWS SDK for JavaScript, version 3, in Node.

use kvs_e2e::Service;

use crate::script::{Failure, Script, without_quotas};

async fn passes(script: &str) -> Result<(), Failure> {
    let service = Service::run(without_quotas()).await?;
    Ok(Script::node(&service, script, &[])?.finish().await?)
}

#[tokio::test(flavor = "multi_thread")]
async fn every_command_is_answered() -> Result<(), Failure> {
    passes("commands.mjs").await
}

#[tokio::test(flavor = "multi_thread")]
async fn a_wrong_clock_is_corrected() -> Result<(), Failure> {
    passes("clock.mjs").await
}
