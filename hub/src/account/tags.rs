//! Tags: what people hang on channels and streams.

use std::collections::BTreeMap;

use unicode_properties::{GeneralCategoryGroup, UnicodeGeneralCategory as _};

use crate::{ErrorKind, ServiceError};

/// How many tags a resource has at most.
///
/// Source: TagResource.
const MAX_TAGS: usize = 50;
/// Longest key, in characters.
const MAX_KEY: usize = 128;
/// Longest value, in characters.
const MAX_VALUE: usize = 256;
/// What keys of the service's own begin with, in any case.
const RESERVED: &str = "aws:";

/// A resource's tags: at most 50, each a key of 1 to 128 and a value of up to 256 letters,
/// digits, separators or `_ . : / = + - @`; no key begins with `aws:`.
///
/// Source: CreateSignalingChannel, Tag.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Tags(BTreeMap<String, String>);

impl Tags {
    /// Checks tags. Of several with the same key, the last counts.
    ///
    /// # Errors
    /// `TagsPerResourceExceededLimit` where there are more than 50, `InvalidArgument` where one
    /// is malformed.
    pub fn parse(
        tags: impl ExactSizeIterator<Item = (String, String)>,
    ) -> Result<Self, ServiceError> {
        if tags.len() > MAX_TAGS {
            return Err(too_many());
        }
        let mut parsed = BTreeMap::new();
        for (key, value) in tags {
            check_key(&key)?;
            if key.get(..RESERVED.len()).is_some_and(|start| start.eq_ignore_ascii_case(RESERVED)) {
                return Err(ServiceError::invalid("Tags: no key may begin with aws:"));
            }
            if !is_text(&value, 0, MAX_VALUE) {
                return Err(ServiceError::invalid(
                    "Tags: a value is up to 256 letters, digits, separators or _.:/=+-@",
                ));
            }
            parsed.insert(key, value);
        }
        Ok(Self(parsed))
    }

    /// The keys and their values, by key.
    pub fn iter(&self) -> impl ExactSizeIterator<Item = (&str, &str)> {
        self.0.iter().map(|(key, value)| (key.as_str(), value.as_str()))
    }

    /// Adds tags, over those of the same key. All or none.
    pub(super) fn add(&mut self, more: Self) -> Result<(), ServiceError> {
        let new = more.0.keys().filter(|key| !self.0.contains_key(*key)).count();
        if self.0.len().saturating_add(new) > MAX_TAGS {
            return Err(too_many());
        }
        self.0.extend(more.0);
        Ok(())
    }

    /// Takes tags away; one that is not there is no error.
    pub(super) fn remove(&mut self, keys: &TagKeys) {
        for key in &keys.0 {
            self.0.remove(key);
        }
    }
}

/// Keys of tags to take away: 1 to 50.
///
/// Source: UntagResource, TagKeyList.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct TagKeys(Vec<String>);

impl TagKeys {
    /// Checks keys.
    ///
    /// # Errors
    /// `InvalidArgument` where there are none or more than 50, or one is malformed.
    pub fn parse(keys: Vec<String>) -> Result<Self, ServiceError> {
        if keys.is_empty() || keys.len() > MAX_TAGS {
            return Err(ServiceError::invalid("TagKeyList must be a list of 1 to 50"));
        }
        keys.iter().try_for_each(|key| check_key(key))?;
        Ok(Self(keys))
    }
}

fn check_key(key: &str) -> Result<(), ServiceError> {
    if is_text(key, 1, MAX_KEY) {
        return Ok(());
    }
    Err(ServiceError::invalid("Tags: a key is 1 to 128 letters, digits, separators or _.:/=+-@"))
}

/// Source: the pattern `[\p{L}\p{Z}\p{N}_.:/=+\-@]*` of TagKey and TagValue.
fn is_text(text: &str, min: usize, max: usize) -> bool {
    let allowed = |c: char| {
        "_.:/=+-@".contains(c)
            || matches!(
                c.general_category_group(),
                GeneralCategoryGroup::Letter
                    | GeneralCategoryGroup::Separator
                    | GeneralCategoryGroup::Number
            )
    };
    (min..=max).contains(&text.chars().count()) && text.chars().all(allowed)
}

fn too_many() -> ServiceError {
    ServiceError::new(
        ErrorKind::TagsPerResourceExceededLimit,
        format!("a resource has at most {MAX_TAGS} tags"),
    )
}

#[cfg(test)]
mod tests {
    use super::*;

    fn parse(key: &str, value: &str) -> Result<Tags, ServiceError> {
        Tags::parse([(key.to_owned(), value.to_owned())].into_iter())
    }

    #[test]
    fn tags_take_the_services_characters_and_lengths_only() {
        let (key, value) = ("k".repeat(128), "é".repeat(256));
        for (key, value) in
            [("team", ""), (&key, &value), ("a_.:/=+-@ 7", "vidéo 日本 Ⅷ"), ("AWS", "aws:x")]
        {
            assert!(parse(key, value).is_ok(), "{key:?} {value:?}");
        }
        let (long_key, long_value) = ("k".repeat(129), "v".repeat(257));
        for (key, value) in [
            ("", ""),
            (&long_key, ""),
            ("k", &long_value),
            ("a;b", ""),
            ("k", "a\tb"),
            ("k", "e\u{301}"),
            ("aws:x", ""),
            ("AwS:x", ""),
        ] {
            let error = parse(key, value).unwrap_err();
            assert_eq!(error.kind(), ErrorKind::InvalidArgument, "{key:?} {value:?}");
        }
    }
}
