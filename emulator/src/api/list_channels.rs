//! ListSignalingChannels.

use kvs_hub::{ChannelName, PageToken};
use serde::{Deserialize, Serialize};

use super::{
    call::{About, Asked, Call},
    describe_channel::ChannelInfo,
    input::{NameCondition, Object, page},
};
use crate::error::ApiError;

/// How many channels a page has unless asked for another number.
///
/// Source: ListSignalingChannels, MaxResults.
const DEFAULT_PAGE: usize = 500;

#[derive(Deserialize)]
#[serde(rename_all = "PascalCase")]
pub(super) struct Input {
    channel_name_condition: Option<Object<NameCondition>>,
    max_results: Option<i64>,
    next_token: Option<String>,
}

#[derive(Serialize)]
#[serde(rename_all = "PascalCase")]
pub(super) struct Output {
    channel_info_list: Vec<ChannelInfo>,
    #[serde(skip_serializing_if = "Option::is_none")]
    next_token: Option<String>,
}

impl Call for Input {
    type Output = Output;

    fn about(&self) -> About<'_> {
        About::All
    }

    async fn run(self, asked: &Asked<'_>) -> Result<Output, ApiError> {
        let request = page(
            self.max_results,
            self.next_token.as_deref(),
            self.channel_name_condition,
            DEFAULT_PAGE,
            ChannelName::parse,
        )?;
        asked.app.driver.ask(|hub| {
            let page = hub.account().list_channels(&request)?;
            Ok(Output {
                channel_info_list: page.items.into_iter().map(ChannelInfo::of).collect(),
                next_token: page.next.as_ref().map(PageToken::text),
            })
        })
    }
}
