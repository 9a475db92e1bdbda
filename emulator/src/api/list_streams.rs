//! ListStreams.

use kvs_hub::{PageToken, StreamName};
use serde::{Deserialize, Serialize};

use super::{
    call::{About, Asked, Call},
    describe_stream::StreamInfo,
    input::{NameCondition, Object, page},
};
use crate::error::ApiError;

/// How many streams a page has unless asked for another number.
///
/// Source: ListStreams, MaxResults.
const DEFAULT_PAGE: usize = 10_000;

#[derive(Deserialize)]
#[serde(rename_all = "PascalCase")]
pub(super) struct Input {
    max_results: Option<i64>,
    next_token: Option<String>,
    stream_name_condition: Option<Object<NameCondition>>,
}

#[derive(Serialize)]
#[serde(rename_all = "PascalCase")]
pub(super) struct Output {
    #[serde(skip_serializing_if = "Option::is_none")]
    next_token: Option<String>,
    stream_info_list: Vec<StreamInfo>,
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
            self.stream_name_condition,
            DEFAULT_PAGE,
            StreamName::parse,
        )?;
        let region = &asked.app.region;
        asked.app.driver.ask(|hub| {
            let page = hub.account().list_streams(&request)?;
            Ok(Output {
                next_token: page.next.as_ref().map(PageToken::text),
                stream_info_list: page
                    .items
                    .into_iter()
                    .map(|stream| StreamInfo::of(stream, region))
                    .collect(),
            })
        })
    }
}
