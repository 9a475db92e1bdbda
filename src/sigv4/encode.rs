//! Percent-encoding, and the query that is both signed and sent.

/// A query in canonical form: parameters encoded, and sorted by name and value.
#[derive(Debug, Default)]
pub(super) struct Query(Vec<(String, String)>);

impl Query {
    /// Adds a parameter that is not encoded yet.
    pub(super) fn add(&mut self, name: &str, value: &str) {
        // Kept in order as it grows: a dozen parameters need no sorting algorithm in the wasm.
        let parameter = (percent_encode(name), percent_encode(value));
        let at = self.0.partition_point(|known| *known <= parameter);
        self.0.insert(at, parameter);
    }

    /// The query without its question mark, as it is signed.
    pub(super) fn into_canonical(self) -> String {
        let mut text = String::new();
        for (name, value) in &self.0 {
            if !text.is_empty() {
                text.push('&');
            }
            text.push_str(name);
            text.push('=');
            text.push_str(value);
        }
        text
    }
}

/// Encodes every byte of the UTF-8 text but the unreserved characters, with upper-case digits.
/// JavaScript's `encodeURIComponent` leaves `!'()*` as they are, which AWS does not.
///
/// Source: RFC 3986 sections 2.1 and 2.3.
fn percent_encode(text: &str) -> String {
    let mut encoded = Vec::with_capacity(text.len() + text.len() / 2);
    for &byte in text.as_bytes() {
        if is_unreserved(byte) {
            encoded.push(byte);
        } else {
            let [high, low] = digits(byte, UPPER);
            encoded.extend_from_slice(&[b'%', high, low]);
        }
    }
    ascii(encoded)
}

#[inline(always)]
fn is_unreserved(byte: u8) -> bool {
    byte.is_ascii_alphanumeric() || matches!(byte, b'-' | b'.' | b'_' | b'~')
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

    #[test]
    fn only_unreserved_characters_stay() {
        assert_eq!(percent_encode("AZaz09-._~"), "AZaz09-._~");
        assert_eq!(percent_encode("!'()*"), "%21%27%28%29%2A");
        assert_eq!(percent_encode(" +/:=&%"), "%20%2B%2F%3A%3D%26%25");
        assert_eq!(percent_encode("ü€"), "%C3%BC%E2%82%AC");
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
