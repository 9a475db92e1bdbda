//! Members that several operations have.

use std::{fmt, marker::PhantomData};

use kvs_hub::{ChannelArn, PageRequest, PageToken, ServiceError, StreamArn, Tags};
use serde::{
    Deserialize, Deserializer,
    de::{MapAccess, Visitor, value::MapAccessDeserializer},
};

use crate::routes::random_uuid;

/// How long a version is, as live ones are.
const VERSION_LENGTH: usize = 20;

/// An object, which has to be written as one: on its own `serde` takes a list of its members, too.
pub(super) struct Object<T>(pub(super) T);

impl<'de, T: Deserialize<'de>> Deserialize<'de> for Object<T> {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        struct Members<T>(PhantomData<T>);

        impl<'de, T: Deserialize<'de>> Visitor<'de> for Members<T> {
            type Value = T;

            fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
                f.write_str("an object")
            }

            fn visit_map<A: MapAccess<'de>>(self, members: A) -> Result<T, A::Error> {
                T::deserialize(MapAccessDeserializer::new(members))
            }
        }

        deserializer.deserialize_map(Members(PhantomData)).map(Self)
    }
}

/// One tag of a list. In maps they are `"key": "value"` instead.
#[derive(Deserialize)]
#[serde(rename_all = "PascalCase")]
pub(super) struct Tag {
    key: Option<String>,
    value: Option<String>,
}

/// Which of a list are wanted.
#[derive(Deserialize)]
#[serde(rename_all = "PascalCase")]
pub(super) struct NameCondition {
    comparison_operator: Option<String>,
    comparison_value: Option<String>,
}

impl NameCondition {
    fn begins_with<Name>(
        self,
        parse: impl Fn(&str) -> Result<Name, ServiceError>,
    ) -> Result<Option<Name>, ServiceError> {
        match self.comparison_operator.as_deref() {
            None | Some("BEGINS_WITH") => {}
            Some(_) => return Err(ServiceError::invalid("ComparisonOperator must be BEGINS_WITH")),
        }
        let value = self.comparison_value.as_deref().map(parse).transpose();
        value.map_err(|_| {
            ServiceError::invalid(
                "ComparisonValue must be 1 to 256 of the characters a-z A-Z 0-9 _ . -",
            )
        })
    }
}

/// Checks a list of tags.
pub(super) fn tags_of_list(list: Vec<Object<Tag>>) -> Result<Tags, ServiceError> {
    let pairs = list.into_iter().map(|Object(tag)| Some((tag.key?, tag.value?)));
    let pairs: Option<Vec<_>> = pairs.collect();
    let pairs = pairs.ok_or_else(|| ServiceError::invalid("Tags: each has a Key and a Value"))?;
    Tags::parse(pairs.into_iter())
}

/// A required channel.
pub(super) fn required_arn(text: Option<&str>) -> Result<ChannelArn, ServiceError> {
    ChannelArn::parse(required("ChannelARN", text)?)
}

/// A required stream.
pub(super) fn required_stream(text: Option<&str>) -> Result<StreamArn, ServiceError> {
    StreamArn::parse(required("StreamARN", text)?)
}

/// A required text.
pub(super) fn required<'a>(what: &str, text: Option<&'a str>) -> Result<&'a str, ServiceError> {
    text.ok_or_else(|| ServiceError::invalid(format!("{what} is missing")))
}

/// Which page is wanted of a list whose pages have `default` entries unless asked for others.
pub(super) fn page<Name>(
    max_results: Option<i64>,
    next_token: Option<&str>,
    condition: Option<Object<NameCondition>>,
    default: usize,
    parse: impl Fn(&str) -> Result<Name, ServiceError>,
) -> Result<PageRequest<Name>, ServiceError> {
    let begins_with = match condition {
        Some(Object(condition)) => condition.begins_with(parse)?,
        None => None,
    };
    Ok(PageRequest {
        begins_with,
        max_results: max_results.map_or(default, in_range),
        token: token(next_token)?,
    })
}

/// The token of the page before; an empty one is none.
pub(super) fn token(text: Option<&str>) -> Result<Option<PageToken>, ServiceError> {
    text.filter(|text| !text.is_empty()).map(PageToken::parse).transpose()
}

/// A number for a range that begins above 0: what is negative becomes 0, and is refused as that.
pub(super) fn in_range<T: TryFrom<i64> + Default>(number: i64) -> T {
    T::try_from(number).unwrap_or_default()
}

/// A new version of a channel or stream.
pub(super) fn version() -> String {
    random_uuid().simple().to_string().chars().take(VERSION_LENGTH).collect()
}
