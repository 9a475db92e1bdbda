//! Lists in pages.

use std::{
    collections::BTreeMap,
    ops::Bound::{Excluded, Included, Unbounded},
};

use base64::{Engine as _, prelude::BASE64_STANDARD};

use crate::ServiceError;

/// Most that one page may hold.
const MAX_PAGE: usize = 10_000;
/// Longest token that is read, in characters.
const MAX_TOKEN: usize = 1024;
/// What every token begins with before it is encoded; another version's means nothing here.
const TOKEN_START: &str = "1/";

/// Which part of a list is wanted.
#[derive(Clone, Debug)]
pub struct PageRequest<Name> {
    /// Only what has a name that begins like this.
    pub begins_with: Option<Name>,
    /// How many at most, 1 to 10,000.
    pub max_results: usize,
    /// Where the page before this one ended; the first page has none.
    pub token: Option<PageToken>,
}

/// A part of a list, by name.
#[derive(Clone, Debug)]
pub struct Page<'a, T> {
    /// What there is.
    pub items: Vec<&'a T>,
    /// Asks for the next page; `None` where this was the last.
    pub next: Option<PageToken>,
}

/// Where a page ended: opaque to clients. It stays good when what it names is deleted.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct PageToken {
    last: String,
}

impl PageToken {
    /// Reads a token that was given out before.
    ///
    /// # Errors
    /// [`ServiceError`] of kind `InvalidArgument` where it was not.
    pub fn parse(text: &str) -> Result<Self, ServiceError> {
        let read = || {
            let bytes = BASE64_STANDARD.decode(text).ok()?;
            let text = String::from_utf8(bytes).ok()?;
            text.strip_prefix(TOKEN_START).map(|last| Self { last: last.to_owned() })
        };
        let token = if text.len() <= MAX_TOKEN { read() } else { None };
        token.ok_or_else(|| ServiceError::invalid("NextToken is not one that was given out"))
    }

    /// The token as text, of `a-z A-Z 0-9 + / =`.
    pub fn text(&self) -> String {
        BASE64_STANDARD.encode(format!("{TOKEN_START}{}", self.last))
    }
}

/// A name that lists are ordered by.
pub(super) trait Name: Ord + Clone {
    fn parse(text: &str) -> Result<Self, ServiceError>;
    fn as_str(&self) -> &str;
}

/// One page of `all`. What comes before it costs nothing.
pub(super) fn page<'a, N: Name, T>(
    all: &'a BTreeMap<N, T>,
    request: &PageRequest<N>,
) -> Result<Page<'a, T>, ServiceError> {
    if !(1..=MAX_PAGE).contains(&request.max_results) {
        return Err(ServiceError::invalid("MaxResults must be 1 to 10000"));
    }
    let last = match &request.token {
        Some(token) => Some(
            N::parse(&token.last)
                .map_err(|_| ServiceError::invalid("NextToken is another list's"))?,
        ),
        None => None,
    };
    let prefix = request.begins_with.as_ref();
    let start = match (last.as_ref(), prefix) {
        // A token of a list with another condition may come before all that this one has.
        (Some(last), Some(prefix)) if last < prefix => Included(prefix),
        (Some(last), _) => Excluded(last),
        (None, Some(prefix)) => Included(prefix),
        (None, None) => Unbounded,
    };
    let wanted = |name: &N| prefix.is_none_or(|p| name.as_str().starts_with(p.as_str()));
    let mut rest = all.range::<N, _>((start, Unbounded)).take_while(|(name, _)| wanted(name));
    let mut items = Vec::new();
    let mut end = None;
    for (name, item) in rest.by_ref().take(request.max_results) {
        items.push(item);
        end = Some(name);
    }
    let next = match (end, rest.next()) {
        (Some(end), Some(_)) => Some(PageToken { last: end.as_str().to_owned() }),
        _ => None,
    };
    Ok(Page { items, next })
}

impl Name for crate::ChannelName {
    fn parse(text: &str) -> Result<Self, ServiceError> {
        Self::parse(text)
    }

    fn as_str(&self) -> &str {
        self.as_str()
    }
}

impl Name for crate::StreamName {
    fn parse(text: &str) -> Result<Self, ServiceError> {
        Self::parse(text)
    }

    fn as_str(&self) -> &str {
        self.as_str()
    }
}
