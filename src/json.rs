//! JSON as the service and the peers write it: read without trust, written by hand.
//!
//! `hifijson` reads; its numbers stay text, which keeps the tables that make floating-point
//! numbers of text out of the wasm.

use std::borrow::Cow;

use hifijson::SliceLexer;
use hifijson::token::Lex;
use hifijson::value::{Value, parse_bounded};

/// How deep a value may nest: the service's own are at most five deep.
const MAX_DEPTH: usize = 32;

/// A value that was read.
pub(crate) type Json<'a> = Value<&'a str, Cow<'a, str>>;

/// Reads a text that is one value, with nothing but white space around it.
pub(crate) fn parse(text: &str) -> Option<Json<'_>> {
    let mut lexer = SliceLexer::new(text.as_bytes());
    let first = lexer.ws_peek()?;
    let value = parse_bounded(MAX_DEPTH, first, &mut lexer).ok()?;
    lexer.ws_peek().is_none().then_some(value)
}

/// Looks into a value.
pub(crate) trait Read {
    /// A member of an object, the last of that name; what is `null` counts as not there.
    fn get(&self, name: &str) -> Option<&Self>;
    /// A string.
    fn text(&self) -> Option<&str>;
    /// A number as it is written.
    fn number(&self) -> Option<&str>;
    /// `true` or `false`.
    fn flag(&self) -> Option<bool>;
    /// An array.
    fn items(&self) -> Option<&[Self]>
    where
        Self: Sized;
    /// How many members an object has, those of one name each counted; 0 where it is none.
    fn length(&self) -> usize;

    /// A member that is a string.
    ///
    /// # Errors
    /// It is there, and is no string.
    fn optional_text(&self, name: &str) -> Result<Option<&str>, WrongType> {
        self.get(name).map(|value| value.text().ok_or(WrongType)).transpose()
    }

    /// A member that is a whole number from 0.
    ///
    /// # Errors
    /// It is there, and is no such number, or too large.
    fn optional_whole<T: TryFrom<u64>>(&self, name: &str) -> Result<Option<T>, WrongType> {
        let whole = |value: &Self| {
            let number: u64 = value.number()?.parse().ok()?;
            T::try_from(number).ok()
        };
        self.get(name).map(|value| whole(value).ok_or(WrongType)).transpose()
    }
}

/// A member has another type than the protocol gives it.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) struct WrongType;

impl Read for Json<'_> {
    fn get(&self, name: &str) -> Option<&Self> {
        let Value::Object(members) = self else { return None };
        let (_, value) = members.iter().rev().find(|(key, _)| key == name)?;
        (!matches!(value, Value::Null)).then_some(value)
    }

    fn text(&self) -> Option<&str> {
        match self {
            Value::String(text) => Some(text),
            _ => None,
        }
    }

    fn number(&self) -> Option<&str> {
        match self {
            Value::Number((text, _)) => Some(text),
            _ => None,
        }
    }

    fn flag(&self) -> Option<bool> {
        match self {
            Value::Bool(flag) => Some(*flag),
            _ => None,
        }
    }

    fn items(&self) -> Option<&[Self]> {
        match self {
            Value::Array(items) => Some(items),
            _ => None,
        }
    }

    fn length(&self) -> usize {
        match self {
            Value::Object(members) => members.len(),
            _ => 0,
        }
    }
}

/// Writes one object.
#[derive(Debug)]
pub(crate) struct Object(String);

impl Object {
    pub(crate) fn new() -> Self {
        Self(String::from("{"))
    }

    /// Adds a member that is a string.
    pub(crate) fn text(mut self, name: &str, value: &str) -> Self {
        self.name(name);
        quote(&mut self.0, value);
        self
    }

    /// Adds a member that is a string, where it is there.
    pub(crate) fn optional(self, name: &str, value: Option<&str>) -> Self {
        match value {
            Some(value) => self.text(name, value),
            None => self,
        }
    }

    /// Adds a member whose value is JSON already.
    pub(crate) fn raw(mut self, name: &str, value: &str) -> Self {
        self.name(name);
        self.0.push_str(value);
        self
    }

    /// Bytes so far.
    pub(crate) const fn length(&self) -> usize {
        self.0.len()
    }

    /// The object's text.
    pub(crate) fn end(mut self) -> String {
        self.0.push('}');
        self.0
    }

    fn name(&mut self, name: &str) {
        if self.0.len() > 1 {
            self.0.push(',');
        }
        quote(&mut self.0, name);
        self.0.push(':');
    }
}

/// Appends a string literal, as `JSON.stringify` writes it.
///
/// Source: ECMA-262, `QuoteJSONString`.
pub(crate) fn quote(out: &mut String, text: &str) {
    const HEX: [char; 16] =
        ['0', '1', '2', '3', '4', '5', '6', '7', '8', '9', 'a', 'b', 'c', 'd', 'e', 'f'];
    out.push('"');
    for c in text.chars() {
        let short = match c {
            '"' => '"',
            '\\' => '\\',
            '\n' => 'n',
            '\r' => 'r',
            '\t' => 't',
            '\u{8}' => 'b',
            '\u{c}' => 'f',
            '\0'..='\u{1f}' => {
                let code = c as usize;
                out.push_str("\\u00");
                out.extend([code >> 4, code & 15].iter().filter_map(|digit| HEX.get(*digit)));
                continue;
            }
            _ => {
                out.push(c);
                continue;
            }
        };
        out.push('\\');
        out.push(short);
    }
    out.push('"');
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn members_are_found_and_null_is_nothing() {
        let value = parse(r#" {"a":"x","b":[1,true],"n":null,"a":"y"} "#).unwrap();
        assert_eq!(value.get("a").and_then(Read::text), Some("y"));
        assert!(value.get("n").is_none() && value.get("z").is_none());
        let items = value.get("b").and_then(Read::items).unwrap();
        assert_eq!((items[0].number(), items[1].flag()), (Some("1"), Some(true)));
        assert!(items[0].get("a").is_none());
    }

    #[test]
    fn members_of_another_type_are_told_from_missing_ones() {
        let value =
            parse(r#"{"t":7,"n":"x","big":70000,"part":1.5,"less":-1,"ok":65535}"#).unwrap();
        assert_eq!(value.optional_text("t"), Err(WrongType));
        assert_eq!(value.optional_text("none"), Ok(None));
        assert_eq!(value.optional_whole::<u16>("ok"), Ok(Some(65535)));
        for name in ["n", "big", "part", "less"] {
            assert_eq!(value.optional_whole::<u16>(name), Err(WrongType), "{name}");
        }
    }

    #[test]
    fn what_is_not_one_value_is_nothing() {
        let deep = "[".repeat(100_000);
        let nested = ["[".repeat(40), "]".repeat(40)].concat();
        for text in ["", " ", "nul", "{", "{}x", "[1,]", r#"{"a"}"#, r#""\ud800""#, &deep, &nested]
        {
            assert!(parse(text).is_none(), "{:.20}", text);
        }
    }

    #[cfg(not(target_arch = "wasm32"))]
    proptest::proptest! {
        #[test]
        fn what_is_written_is_what_serde_json_writes_and_reads(name: String, text: String) {
            let written = Object::new().text(&name, &text).end();
            let expected = serde_json::json!({ name.as_str(): text.as_str() }).to_string();
            proptest::prop_assert_eq!(&written, &expected);
            let read = parse(&written).unwrap();
            proptest::prop_assert_eq!(read.get(&name).and_then(Read::text), Some(text.as_str()));
        }
    }
}
