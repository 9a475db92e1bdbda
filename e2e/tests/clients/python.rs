//! boto3, botocore and a WebSocket library.

use kvs_e2e::Service;

use crate::script::{Failure, Script};

async fn passes(script: &str) -> Result<(), Failure> {
    let service = Service::start().await?;
    Ok(Script::python(&service, script, &[])?.finish().await?)
}

#[tokio::test(flavor = "multi_thread")]
async fn boto3_manages_channels() -> Result<(), Failure> {
    passes("channels.py").await
}

#[tokio::test(flavor = "multi_thread")]
async fn boto3_manages_tags_streams_and_storage() -> Result<(), Failure> {
    passes("resources.py").await
}

#[tokio::test(flavor = "multi_thread")]
async fn peers_talk_over_websockets_that_botocore_signed() -> Result<(), Failure> {
    passes("signaling.py").await
}

#[tokio::test(flavor = "multi_thread")]
async fn what_botocore_signed_is_accepted_and_what_was_changed_is_refused() -> Result<(), Failure> {
    passes("presigned.py").await
}
