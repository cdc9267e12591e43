//! Encodings, lines, headers.

pub mod csv;
pub mod encoding;
pub mod header;

/// Text without the spaces around it: ASCII, no-break (U+00A0) and ideographic (U+3000) ones, and
/// byte-order marks that spreadsheets leave inside.
pub fn trim(text: &str) -> &str {
    let bytes = text.as_bytes();
    match (bytes.first(), bytes.last()) {
        // Most cells begin and end with a printing ASCII character or a Hangul syllable.
        (Some(first), Some(last))
            if is_plain(*first) && (is_plain(*last) || *last >= 0x80) && !ends_wide(bytes) =>
        {
            text
        }
        _ => text.trim_matches(|sign: char| {
            sign.is_whitespace()
                || matches!(sign, '\u{a0}' | '\u{3000}' | '\u{feff}' | '\u{200b}' | '\0')
        }),
    }
}

/// A printing ASCII byte or the first byte of a Hangul syllable.
fn is_plain(byte: u8) -> bool {
    (0x21..=0x7e).contains(&byte) || (0xea..=0xed).contains(&byte)
}

/// Ends with U+3000, U+00A0, U+FEFF or U+200B.
fn ends_wide(bytes: &[u8]) -> bool {
    bytes.ends_with(&[0xe3, 0x80, 0x80])
        || bytes.ends_with(&[0xc2, 0xa0])
        || bytes.ends_with(&[0xef, 0xbb, 0xbf])
        || bytes.ends_with(&[0xe2, 0x80, 0x8b])
}

#[cfg(test)]
mod tests {
    #[test]
    fn every_kind_of_space_goes_and_nothing_else() {
        assert_eq!(super::trim(" 가나\u{3000}"), "가나");
        assert_eq!(super::trim("가 나\u{a0}"), "가 나");
        assert_eq!(super::trim("\u{feff}이름"), "이름");
        assert_eq!(super::trim("a b"), "a b");
        assert_eq!(super::trim("   "), "");
    }
}
