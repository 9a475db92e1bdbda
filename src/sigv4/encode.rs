//! Percent-encoding, and the query that is both signed and sent.

use std::cmp::Ordering;

/// A query in canonical form: parameters encoded, and sorted by name and value.
#[derive(Debug, Default)]
pub(super) struct Query<'a>(Vec<(&'a str, &'a str)>);

impl<'a> Query<'a> {
    /// Adds a parameter that is not encoded yet.
    pub(super) fn add(&mut self, name: &'a str, value: &'a str) {
        // Kept in order as it grows: a dozen parameters need no sorting algorithm in the wasm, and
        // those that come in order are next to their place.
        let follows = |&(other, other_value): &(&str, &str)| {
            compare(other, name).then_with(|| compare(other_value, value)).is_le()
        };
        let at = self.0.iter().rposition(follows).map_or(0, |last| last + 1);
        self.0.insert(at, (name, value));
    }

    /// The query without its question mark, as it is signed.
    pub(super) fn into_canonical(self) -> String {
        let length: usize = self.0.iter().map(|(name, value)| name.len() + value.len() + 2).sum();
        // Of the few characters that become three there is one in ten.
        let mut text = Vec::with_capacity(length + length / 4);
        for (name, value) in self.0 {
            if !text.is_empty() {
                text.push(b'&');
            }
            percent_encode(name, &mut text);
            text.push(b'=');
            percent_encode(value, &mut text);
        }
        ascii(text)
    }
}

/// The order of two texts when they are encoded: what begins with a percent sign comes first.
fn compare(one: &str, other: &str) -> Ordering {
    let encoded = |byte: &u8| (is_unreserved(*byte), *byte);
    one.as_bytes().iter().map(encoded).cmp(other.as_bytes().iter().map(encoded))
}

/// Encodes every byte of the UTF-8 text but the unreserved characters, with upper-case digits.
/// JavaScript's `encodeURIComponent` leaves `!'()*` as they are, which AWS does not.
///
/// Source: RFC 3986 sections 2.1 and 2.3.
fn percent_encode(text: &str, encoded: &mut Vec<u8>) {
    for &byte in text.as_bytes() {
        if is_unreserved(byte) {
            encoded.push(byte);
        } else {
            let [high, low] = digits(byte, UPPER);
            encoded.extend_from_slice(&[b'%', high, low]);
        }
    }
}

/// The unreserved characters among the first and the second 64, a bit each.
const UNRESERVED: [u64; 2] = [0x03FF_6000_0000_0000, 0x47FF_FFFE_87FF_FFFE];

#[inline(always)]
fn is_unreserved(byte: u8) -> bool {
    let [low, high] = UNRESERVED;
    let half = if byte < 64 { low } else { high };
    byte.is_ascii() && half >> (byte & 63) & 1 == 1
}

/// Lower-case hexadecimal digits.
pub(super) fn hex(bytes: &[u8]) -> String {
    let mut text = Vec::with_capacity(2 * bytes.len());
    for byte in bytes {
        text.extend_from_slice(&digits(*byte, LOWER));
    }
    ascii(text)
}

/// What is put together of bytes, which takes a tenth of the time that characters take.
fn ascii(bytes: Vec<u8>) -> String {
    String::from_utf8(bytes).unwrap_or_default()
}

/// What a letter among the digits is more than ten.
const LOWER: u8 = b'a' - 10;
const UPPER: u8 = b'A' - 10;

#[inline(always)]
fn digits(byte: u8, letters: u8) -> [u8; 2] {
    let digit = |nibble: u8| nibble + if nibble < 10 { b'0' } else { letters };
    [digit(byte >> 4), digit(byte & 0xF)]
}

#[cfg(test)]
mod tests {
    use super::*;

    fn encoded(text: &str) -> String {
        let mut encoded = Vec::new();
        percent_encode(text, &mut encoded);
        String::from_utf8(encoded).unwrap()
    }

    #[test]
    fn only_unreserved_characters_stay() {
        assert_eq!(encoded("AZaz09-._~"), "AZaz09-._~");
        assert_eq!(encoded("!'()*"), "%21%27%28%29%2A");
        assert_eq!(encoded(" +/:=&%"), "%20%2B%2F%3A%3D%26%25");
        assert_eq!(encoded("ü€"), "%C3%BC%E2%82%AC");
        for byte in 0..=u8::MAX {
            let stays = byte.is_ascii_alphanumeric() || b"-._~".contains(&byte);
            assert_eq!(is_unreserved(byte), stays, "{byte}");
        }
    }

    #[test]
    fn texts_are_in_the_order_of_what_they_are_encoded_to() {
        let all: Vec<String> = ('\0'..'\u{180}').map(String::from).collect();
        for one in &all {
            for other in all.iter().map(String::as_str).chain(["", "a", "a~", "~é"]) {
                assert_eq!(compare(one, other), encoded(one).cmp(&encoded(other)), "{one} {other}");
                assert_eq!(compare(other, one), encoded(other).cmp(&encoded(one)), "{other} {one}");
            }
        }
    }

    #[test]
    fn hexadecimal_digits_are_lower_case() {
        assert_eq!(hex(&[0x00, 0x9a, 0xff]), "009aff");
    }

    #[test]
    fn parameters_are_sorted_after_they_are_encoded() {
        let mut query = Query::default();
        // Unencoded, '~' would come last and 'é' after it.
        for (name, value) in [("b", "~"), ("b", "é"), ("a", ""), ("B", "1")] {
            query.add(name, value);
        }
        assert_eq!(query.into_canonical(), "B=1&a=&b=%C3%A9&b=~");
    }
}
