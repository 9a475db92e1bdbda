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
    let mut encoded = String::with_capacity(text.len() + text.len() / 2);
    for byte in text.bytes() {
        if byte.is_ascii_alphanumeric() || matches!(byte, b'-' | b'.' | b'_' | b'~') {
            encoded.push(char::from(byte));
        } else {
            encoded.push('%');
            encoded.extend(digits(byte).map(|digit| digit.to_ascii_uppercase()));
        }
    }
    encoded
}

/// Lower-case hexadecimal digits.
pub(super) fn hex(bytes: &[u8]) -> String {
    bytes.iter().flat_map(|&byte| digits(byte)).collect()
}

fn digits(byte: u8) -> [char; 2] {
    [byte >> 4, byte & 0xF].map(|nibble| char::from_digit(nibble.into(), 16).unwrap_or_default())
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
