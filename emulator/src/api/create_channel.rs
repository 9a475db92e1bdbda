//! CreateSignalingChannel.

use kvs_hub::{ChannelName, CreateChannel, ErrorKind, ServiceError};
use serde::{Deserialize, Serialize};
use uuid::Uuid;

use crate::{app::App, error::ApiError, routes::random_uuid};

const MAX_TAGS: usize = 50;
const MAX_TAG_KEY: usize = 128;
const MAX_TAG_VALUE: usize = 256;
/// How long a channel's version is, as live ones are.
const VERSION_LENGTH: usize = 20;

#[derive(Deserialize)]
#[serde(rename_all = "PascalCase")]
pub(super) struct Input {
    channel_name: Option<String>,
    channel_type: Option<String>,
    single_master_configuration: Option<SingleMaster>,
    tags: Option<Vec<Tag>>,
}

#[derive(Deserialize)]
#[serde(rename_all = "PascalCase")]
struct SingleMaster {
    message_ttl_seconds: Option<u64>,
}

#[derive(Deserialize)]
#[serde(rename_all = "PascalCase")]
struct Tag {
    key: String,
    value: String,
}

#[derive(Serialize)]
pub(super) struct Output {
    #[serde(rename = "ChannelARN")]
    channel_arn: String,
}

pub(super) fn run(app: &App, input: Input) -> Result<Output, ApiError> {
    let name = input.channel_name.ok_or_else(|| ServiceError::invalid("ChannelName is missing"))?;
    let name = ChannelName::parse(&name)?;
    match input.channel_type.as_deref() {
        None | Some("SINGLE_MASTER") => {}
        Some(_) => return Err(ServiceError::invalid("ChannelType must be SINGLE_MASTER").into()),
    }
    check_tags(&input.tags.unwrap_or_default())?;
    let request = CreateChannel {
        name,
        message_ttl_seconds: input.single_master_configuration.and_then(|c| c.message_ttl_seconds),
        version: version(random_uuid()),
    };
    let channel_arn = app.driver.ask(|hub| {
        hub.account_mut()
            .create_channel(request, app.clock.unix())
            .map(|arn| arn.as_str().to_owned())
    })?;
    Ok(Output { channel_arn })
}

/// Tags are checked and not kept: no operation here gives them back.
fn check_tags(tags: &[Tag]) -> Result<(), ServiceError> {
    if tags.len() > MAX_TAGS {
        return Err(ServiceError::new(
            ErrorKind::TagsPerResourceExceededLimit,
            format!("more than {MAX_TAGS} tags"),
        ));
    }
    let allowed = |text: &str| {
        text.chars().all(|c| c.is_alphanumeric() || c.is_whitespace() || "_.:/=+-@".contains(c))
    };
    let good = |tag: &Tag| {
        (1..=MAX_TAG_KEY).contains(&tag.key.chars().count())
            && tag.value.chars().count() <= MAX_TAG_VALUE
            && !tag.key.starts_with("aws:")
            && allowed(&tag.key)
            && allowed(&tag.value)
    };
    if tags.iter().all(good) {
        return Ok(());
    }
    Err(ServiceError::invalid(
        "Tags: a key is 1 to 128 and a value up to 256 letters, digits, spaces or _.:/=+-@, and no \
         key begins with aws:",
    ))
}

fn version(random: Uuid) -> String {
    random.simple().to_string().chars().take(VERSION_LENGTH).collect()
}
