//! CreateSignalingChannel.

use kvs_hub::{ChannelName, CreateChannel, ServiceError};
use serde::{Deserialize, Serialize};

use super::{
    call::{About, Asked, Call},
    input::{Object, Tag, in_range, required, tags_of_list, version},
};
use crate::error::ApiError;

#[derive(Deserialize)]
#[serde(rename_all = "PascalCase")]
pub(super) struct Input {
    channel_name: Option<String>,
    channel_type: Option<String>,
    single_master_configuration: Option<Object<SingleMaster>>,
    tags: Option<Vec<Object<Tag>>>,
}

#[derive(Deserialize)]
#[serde(rename_all = "PascalCase")]
pub(super) struct SingleMaster {
    message_ttl_seconds: Option<i64>,
}

#[derive(Serialize)]
pub(super) struct Output {
    #[serde(rename = "ChannelARN")]
    channel_arn: String,
}

impl Call for Input {
    type Output = Output;

    fn about(&self) -> About<'_> {
        About::Channel { arn: None, name: self.channel_name.as_deref() }
    }

    async fn run(self, asked: &Asked<'_>) -> Result<Output, ApiError> {
        let app = asked.app;
        let name = ChannelName::parse(required("ChannelName", self.channel_name.as_deref())?)?;
        match self.channel_type.as_deref() {
            None | Some("SINGLE_MASTER") => {}
            Some(_) => {
                return Err(ServiceError::invalid("ChannelType must be SINGLE_MASTER").into());
            }
        }
        let request = CreateChannel {
            name,
            message_ttl_seconds: SingleMaster::ttl(self.single_master_configuration),
            version: version(),
            tags: tags_of_list(self.tags.unwrap_or_default())?,
        };
        let channel_arn = app.driver.ask(|hub| {
            let created = hub.account_mut().create_channel(request, app.clock.unix());
            created.map(ToString::to_string)
        })?;
        Ok(Output { channel_arn })
    }
}

impl SingleMaster {
    /// The time to live that it says, if any.
    pub(super) fn ttl(configuration: Option<Object<Self>>) -> Option<u64> {
        configuration.and_then(|Object(c)| c.message_ttl_seconds).map(in_range)
    }
}
