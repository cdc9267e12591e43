//! Addresses with questions in them: read with what is missing left empty, written in one form.

use std::fmt::Write as _;

/// `path?name=value&…`; parameters without a value are left out.
pub(crate) fn address(path: &str, parameters: &[(&str, &str)]) -> String {
    let mut out = path.to_owned();
    let mut sign = '?';
    for (name, value) in parameters.iter().filter(|(_, value)| !value.is_empty()) {
        // Writing to a string cannot fail.
        let _always = write!(out, "{sign}{name}={}", encoded(value));
        sign = '&';
    }
    out
}

/// Percent-encodes what is not a letter, a digit or a sign without meaning in an address. Hangul is encoded too.
pub(crate) fn encoded(text: &str) -> String {
    let mut out = String::with_capacity(text.len());
    for byte in text.bytes() {
        match byte {
            b'a'..=b'z' | b'A'..=b'Z' | b'0'..=b'9' | b'-' | b'_' | b'.' | b'~' => {
                out.push(char::from(byte));
            }
            _ => {
                let _always = write!(out, "%{byte:02X}");
            }
        }
    }
    out
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_address_is_written_in_one_form() {
        assert_eq!(
            address(
                "/datasets",
                &[("q", "주차 장"), ("field", ""), ("page", "2")]
            ),
            "/datasets?q=%EC%A3%BC%EC%B0%A8%20%EC%9E%A5&page=2"
        );
        assert_eq!(address("/datasets", &[]), "/datasets");
    }
}
