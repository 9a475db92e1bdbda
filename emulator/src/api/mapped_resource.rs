//! DescribeMappedResourceConfiguration.

use kvs_hub::ServiceError;
use serde::{Deserialize, Serialize};

use super::{
    call::{About, Asked, Call},
    describe_stream::Which,
    input::token,
};
use crate::error::ApiError;

/// What a stream can be mapped to. The service's own name for it is not public.
const CHANNEL: &str = "SIGNALING_CHANNEL";

#[derive(Deserialize)]
#[serde(rename_all = "PascalCase")]
pub(super) struct Input {
    max_results: Option<i64>,
    next_token: Option<String>,
    #[serde(flatten)]
    which: Which,
}

#[derive(Serialize)]
#[serde(rename_all = "PascalCase")]
pub(super) struct Output {
    mapped_resource_configuration_list: Vec<Mapped>,
}

#[derive(Serialize)]
#[serde(rename_all = "PascalCase")]
struct Mapped {
    #[serde(rename = "ARN")]
    arn: String,
    r#type: &'static str,
}

impl Call for Input {
    type Output = Output;

    fn about(&self) -> About<'_> {
        self.which.about()
    }

    async fn run(self, asked: &Asked<'_>) -> Result<Output, ApiError> {
        if self.max_results.is_some_and(|max| max != 1) {
            return Err(ServiceError::invalid("MaxResults must be 1").into());
        }
        if token(self.next_token.as_deref())?.is_some() {
            // A stream is mapped to one channel at most: no page was ever the second.
            return Err(ServiceError::invalid("NextToken is another list's").into());
        }
        let mapped = asked.app.driver.ask(|hub| {
            let stream = self.which.stream(hub.account())?;
            let channel = hub.account().channel_mapped_to(stream.arn());
            Ok::<_, ServiceError>(channel.map(|channel| channel.arn().to_string()))
        })?;
        let mapped = mapped.map(|arn| Mapped { arn, r#type: CHANNEL });
        Ok(Output { mapped_resource_configuration_list: mapped.into_iter().collect() })
    }
}
