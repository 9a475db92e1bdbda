//! boto3, botocore and a WebSocket library.

use std::{fs, io::Write as _};

use anyhow::Context as _;
use kvs_e2e::{
    Service,
    service::{ACCESS_KEY_ID, SECRET, workspace},
};
use kvs_emulator::{Config, Hosts, Keys, Tls};
use tempfile::NamedTempFile;

use crate::script::{Failure, Script, without_quotas};

async fn passes(config: Config, script: &str, arguments: &[&str]) -> Result<(), Failure> {
    let service = Service::run(config).await?;
    Ok(Script::python(&service, script, arguments)?.finish().await?)
}

#[tokio::test(flavor = "multi_thread")]
async fn boto3_manages_channels() -> Result<(), Failure> {
    passes(without_quotas(), "channels.py", &[]).await
}

#[tokio::test(flavor = "multi_thread")]
async fn boto3_manages_tags_streams_and_storage() -> Result<(), Failure> {
    passes(without_quotas(), "resources.py", &[]).await
}

#[tokio::test(flavor = "multi_thread")]
async fn boto3_knows_every_error() -> Result<(), Failure> {
    passes(without_quotas(), "errors.py", &[]).await
}

#[tokio::test(flavor = "multi_thread")]
async fn peers_talk_over_websockets_that_botocore_signed() -> Result<(), Failure> {
    passes(without_quotas(), "signaling.py", &[]).await
}

#[tokio::test(flavor = "multi_thread")]
async fn peers_talk_over_tls_with_each_part_at_an_address_of_its_own() -> Result<(), Failure> {
    let mut config = without_quotas();
    config.network.tls = Tls::Made;
    config.network.hosts = Hosts::Addresses;
    passes(config, "signaling.py", &[]).await
}

#[tokio::test(flavor = "multi_thread")]
async fn what_botocore_signed_is_accepted_and_what_was_changed_is_refused() -> Result<(), Failure> {
    passes(without_quotas(), "presigned.py", &[]).await
}

/// Keys with limits, as a person would write them into the file.
const KEYS: &str = r#"{ "keys": [
    { "accessKeyId": "AKIDGUEST", "secretAccessKey": "guest",
      "actions": ["Describe*"], "channels": ["front-*"] },
    { "accessKeyId": "AKIDEXPIRED", "secretAccessKey": "expired",
      "expiration": "2020-01-01T00:00:00Z" },
    { "accessKeyId": "ASIATEMPORARY", "secretAccessKey": "temporary", "sessionToken": "token" }
] }"#;

#[tokio::test(flavor = "multi_thread")]
async fn keys_open_what_they_may_open() -> Result<(), Failure> {
    let mut file = NamedTempFile::new().context("no temporary file")?;
    file.write_all(KEYS.as_bytes()).context("the keys cannot be written")?;
    let keys = Keys::default().with_file(file.path()).context("the keys cannot be read")?;
    let mut config = without_quotas();
    config.keys = keys.with_access_key(ACCESS_KEY_ID.to_owned(), SECRET.into());
    let limited = ["AKIDGUEST,guest", "AKIDEXPIRED,expired", "ASIATEMPORARY,temporary,token"];
    passes(config, "access.py", &limited).await
}

/// With nothing changed but the port.
#[tokio::test(flavor = "multi_thread")]
async fn the_lines_of_the_readme_make_a_channel() -> Result<(), Failure> {
    let readme =
        fs::read_to_string(workspace().join("emulator/README.md")).context("there is no README")?;
    let block = readme.split("```python\n").nth(1).and_then(|rest| rest.split("```").next());
    let block = block.context("the README has no Python")?;
    let service = Service::run(Service::config()).await?;
    let mut file = NamedTempFile::with_suffix(".py").context("no file for it")?;
    let lines = block.replace("http://localhost:8080", service.endpoint());
    assert_ne!(lines, block, "the README's emulator is at the usual port");
    file.write_all(lines.as_bytes()).context("no file for it")?;
    let mut script = Script::python(&service, &file.path().to_string_lossy(), &[])?;
    let rest = script.until_line("arn:aws:kinesisvideo:us-west-2:").await?;
    assert!(rest.contains(":channel/demo-channel/"), "{rest}");
    Ok(script.finish().await?)
}
