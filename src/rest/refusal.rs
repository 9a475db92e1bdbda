//! The body of an answer that is no success: JSON of the service, XML of its gateway, or anything
//! at all of what stands between.

use super::{MAX_BODY_BYTES, Response};
use crate::json::{self, Read};

/// Characters of the service's text that a person gets to see.
const MAX_TEXT_LENGTH: usize = 300;
const MAX_NAME_LENGTH: usize = 100;

/// What the service called the error, and what it said about it.
#[derive(Debug, Default, PartialEq, Eq)]
pub(super) struct Refusal {
    /// E.g. `ResourceNotFoundException`: letters, digits, `_` and `.` only.
    pub(super) name: Option<String>,
    /// As it came: to be searched, not shown.
    pub(super) text: Option<String>,
}

impl Refusal {
    /// Reads the header and the body. The header's name goes first.
    pub(super) fn read(response: &Response) -> Self {
        let body = response.body.trim();
        let mut refusal = if body.len() > MAX_BODY_BYTES {
            Self::default()
        } else if body.starts_with('<') {
            Self::from_xml(body).unwrap_or_default()
        } else {
            Self::from_json(body).unwrap_or_default()
        };
        if let Some(name) = response.error_type.as_deref().and_then(bare_name) {
            refusal.name = Some(name);
        }
        refusal
    }

    /// Whether the text contains these words.
    pub(super) fn says(&self, words: &str) -> bool {
        self.text.as_deref().is_some_and(|text| text.contains(words))
    }

    /// The text as it may be shown: bounded, without control characters, and `None` where it
    /// repeats parts of a signed request.
    pub(super) fn printable_text(&self) -> Option<String> {
        let text = self.text.as_deref().filter(|text| {
            let signed = ["AWS4-HMAC-SHA256", "Signature=", "X-Amz-", "x-amz-"];
            !signed.iter().any(|mark| text.contains(mark))
        })?;
        let mut characters = text.trim().chars().filter(|c| !c.is_control());
        let mut shown: String = characters.by_ref().take(MAX_TEXT_LENGTH).collect();
        if characters.next().is_some() {
            shown.push('…');
        }
        (!shown.is_empty()).then_some(shown)
    }

    fn from_json(body: &str) -> Option<Self> {
        let body = json::parse(body)?;
        let text = |name| body.get(name).and_then(Read::text);
        Some(Self {
            name: text("code").or(text("__type")).and_then(bare_name),
            text: text("Message").or(text("message")).map(str::to_owned),
        })
    }

    /// The gateway's XML, of which two things are wanted: the name of the root element and the
    /// text of the first `Message` element.
    fn from_xml(body: &str) -> Option<Self> {
        let body = match body.strip_prefix("<?") {
            Some(declaration) => declaration.split_once("?>")?.1.trim_start(),
            None => body,
        };
        let (tag, content) = body.strip_prefix('<')?.split_once('>')?;
        let root = tag.split(|c: char| c.is_ascii_whitespace()).next()?;
        if root.eq_ignore_ascii_case("html") {
            return None;
        }
        let text = content
            .split_once("<Message>")
            .and_then(|(_, rest)| rest.split_once("</Message>"))
            .map(|(text, _)| unescape_xml(text));
        Some(Self { name: Some(bare_name(root)?), text })
    }
}

/// The name without the namespace before it and the URL behind it; `None` where the rest is no
/// name.
///
/// Source: "Operation error serialization", AWS restJson1 protocol, Smithy.
fn bare_name(text: &str) -> Option<String> {
    let name = text.split(',').next()?.split(':').next()?;
    let name = name.split_once('#').map_or(name, |(_, name)| name).trim();
    let is_name = (1..=MAX_NAME_LENGTH).contains(&name.len())
        && name.bytes().all(|b| b.is_ascii_alphanumeric() || matches!(b, b'_' | b'.'));
    is_name.then(|| name.to_owned())
}

/// Source: XML 1.0 section 4.6.
fn unescape_xml(text: &str) -> String {
    // The ampersand last, or `&amp;lt;` would become `<`.
    [("&lt;", "<"), ("&gt;", ">"), ("&quot;", "\""), ("&apos;", "'"), ("&amp;", "&")]
        .into_iter()
        .fold(text.to_owned(), |text, (entity, character)| text.replace(entity, character))
}

#[cfg(test)]
mod tests {
    use super::*;

    fn read(error_type: Option<&str>, body: &str) -> Refusal {
        Refusal::read(&Response {
            status: 400,
            error_type: error_type.map(str::to_owned),
            body: body.to_owned(),
            date: None,
        })
    }

    fn refusal(name: Option<&str>, text: Option<&str>) -> Refusal {
        Refusal { name: name.map(str::to_owned), text: text.map(str::to_owned) }
    }

    #[test]
    fn names_are_stripped_of_what_surrounds_them() {
        for text in [
            "FooError",
            "FooError:http://internal.amazon.com/coral/com.amazon.coral.service/",
            "aws.protocoltests.restjson#FooError",
            "aws.protocoltests.restjson#FooError:http://internal.amazon.com/",
            "FooError,BarError",
        ] {
            assert_eq!(bare_name(text).as_deref(), Some("FooError"), "{text}");
        }
        for text in ["", ":", "#", "a b", "<b>", "Ü", &"x".repeat(101)] {
            assert_eq!(bare_name(text), None, "{text}");
        }
    }

    #[test]
    fn both_spellings_of_the_message_are_read() {
        for body in [r#"{"Message":"m"}"#, r#"{"message":"m"}"#, r#"{"message":"m","x":[{}]}"#] {
            assert_eq!(read(None, body), refusal(None, Some("m")));
        }
        assert_eq!(read(Some("A"), "{}"), refusal(Some("A"), None));
    }

    #[test]
    fn the_header_goes_before_the_body_and_code_before_type() {
        let body = r#"{"code":"B","__type":"C"}"#;
        assert_eq!(read(Some("A"), body), refusal(Some("A"), None));
        assert_eq!(read(Some("not a name"), body), refusal(Some("B"), None));
        assert_eq!(read(None, r#"{"__type":"C"}"#), refusal(Some("C"), None));
    }

    #[test]
    fn xml_gives_its_root_and_message() {
        for body in [
            "<Foo><Message>a &lt;b&gt; &amp;lt; &quot;c&apos;</Message></Foo>",
            "<?xml version=\"1.0\"?>\n<Foo xmlns=\"x\">\n<Message>a &lt;b&gt; &amp;lt; &quot;c&apos;</Message>",
        ] {
            assert_eq!(read(None, body), refusal(Some("Foo"), Some("a <b> &lt; \"c'")));
        }
        assert_eq!(read(None, "<Foo>"), refusal(Some("Foo"), None));
        assert_eq!(read(None, "<Foo><Message>cut"), refusal(Some("Foo"), None));
    }

    #[test]
    fn anything_else_is_nothing() {
        for body in [
            "",
            "{",
            "null",
            "7",
            "[]",
            "text",
            "<",
            "<>",
            "<!DOCTYPE html><html></html>",
            "<html><Message>x</Message></html>",
            "<HTML lang=en>",
            "<?xml",
            "{\"message\":7}",
        ] {
            assert_eq!(read(None, body), Refusal::default(), "{body}");
        }
        let long = format!(r#"{{"message":"{}"}}"#, "x".repeat(MAX_BODY_BYTES));
        assert_eq!(read(None, &long), Refusal::default());
    }

    #[test]
    fn shown_text_is_bounded_and_clean() {
        let text = |text: &str| refusal(None, Some(text)).printable_text();
        assert_eq!(text(" a\u{1b}[31m\nb\u{0} ").as_deref(), Some("a[31mb"));
        assert_eq!(text(" \n"), None);
        assert_eq!(text(&"ü".repeat(300)), Some("ü".repeat(300)));
        assert_eq!(text(&"ü".repeat(301)), Some("ü".repeat(300) + "…"));
        assert_eq!(text("wss://h/?X-Amz-Security-Token=hunter2"), None);
    }
}
