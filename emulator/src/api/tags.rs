//! TagResource, UntagResource and ListTagsForResource. What goes in as a list comes out as a map.

use std::collections::BTreeMap;

use kvs_hub::{ResourceArn, ServiceError, TagKeys};
use serde::{Deserialize, Serialize};

use super::{
    call::{About, Asked, Call, Nothing},
    input::{self, Object, required, tags_of_list, token},
};
use crate::error::ApiError;

#[derive(Deserialize)]
#[serde(rename_all = "PascalCase")]
pub(super) struct Tag {
    #[serde(rename = "ResourceARN")]
    resource_arn: Option<String>,
    tags: Option<Vec<Object<input::Tag>>>,
}

impl Call for Tag {
    type Output = Nothing;

    fn about(&self) -> About<'_> {
        About::Resource { arn: self.resource_arn.as_deref() }
    }

    async fn run(self, asked: &Asked<'_>) -> Result<Nothing, ApiError> {
        let resource = resource(self.resource_arn.as_deref())?;
        let tags = self.tags.filter(|tags| !tags.is_empty());
        let tags = tags.ok_or_else(|| ServiceError::invalid("Tags must be a list of 1 to 50"))?;
        let tags = tags_of_list(tags)?;
        asked.app.driver.ask(|hub| hub.account_mut().tag(&resource, tags))?;
        Ok(Nothing {})
    }
}

#[derive(Deserialize)]
#[serde(rename_all = "PascalCase")]
pub(super) struct Untag {
    #[serde(rename = "ResourceARN")]
    resource_arn: Option<String>,
    tag_key_list: Option<Vec<String>>,
}

impl Call for Untag {
    type Output = Nothing;

    fn about(&self) -> About<'_> {
        About::Resource { arn: self.resource_arn.as_deref() }
    }

    async fn run(self, asked: &Asked<'_>) -> Result<Nothing, ApiError> {
        let resource = resource(self.resource_arn.as_deref())?;
        let keys = TagKeys::parse(self.tag_key_list.unwrap_or_default())?;
        asked.app.driver.ask(|hub| hub.account_mut().untag(&resource, &keys))?;
        Ok(Nothing {})
    }
}

#[derive(Deserialize)]
#[serde(rename_all = "PascalCase")]
pub(super) struct List {
    next_token: Option<String>,
    #[serde(rename = "ResourceARN")]
    resource_arn: Option<String>,
}

#[derive(Serialize)]
#[serde(rename_all = "PascalCase")]
pub(super) struct Listed {
    tags: BTreeMap<String, String>,
}

impl Call for List {
    type Output = Listed;

    fn about(&self) -> About<'_> {
        About::Resource { arn: self.resource_arn.as_deref() }
    }

    async fn run(self, asked: &Asked<'_>) -> Result<Listed, ApiError> {
        let resource = resource(self.resource_arn.as_deref())?;
        if token(self.next_token.as_deref())?.is_some() {
            // All tags of a resource fit on one page: no page was ever the second.
            return Err(ServiceError::invalid("NextToken is another list's").into());
        }
        let tags = asked.app.driver.ask(|hub| {
            let tags = hub.account().tags(&resource)?;
            let owned = tags.iter().map(|(key, value)| (key.to_owned(), value.to_owned()));
            Ok::<_, ServiceError>(owned.collect())
        })?;
        Ok(Listed { tags })
    }
}

fn resource(arn: Option<&str>) -> Result<ResourceArn, ServiceError> {
    ResourceArn::parse(required("ResourceARN", arn)?)
}
