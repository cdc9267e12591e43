//! Which encoding bytes are in, and from it to UTF-8.

use std::borrow::Cow;

use city::dataset::Encoding;
use encoding_rs::{EUC_KR, UTF_16BE, UTF_16LE};

/// What was found at the beginning of a file.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Found {
    /// The encoding.
    pub encoding: Encoding,
    /// Bytes of the byte-order mark.
    pub mark: usize,
    /// UTF-16 in big-endian order.
    pub big_endian: bool,
}

/// Looks at the first bytes of a file (as many as the caller cares to read). A `declared` encoding
/// wins over what the bytes look like, except that a byte-order mark is always honoured.
pub fn detect(bytes: &[u8], declared: Option<Encoding>) -> Found {
    let found = |encoding, mark, big_endian| Found {
        encoding,
        mark,
        big_endian,
    };
    if bytes.starts_with(&[0xef, 0xbb, 0xbf]) {
        return found(Encoding::Utf8, 3, false);
    }
    if bytes.starts_with(&[0xff, 0xfe]) {
        return found(Encoding::Utf16, 2, false);
    }
    if bytes.starts_with(&[0xfe, 0xff]) {
        return found(Encoding::Utf16, 2, true);
    }
    if let Some(encoding) = declared {
        return found(encoding, 0, false);
    }
    // Korean text without a mark never has many NUL bytes, UTF-16 of markup and digits does.
    let zeros = bytes.iter().take(4096).filter(|byte| **byte == 0).count();
    if zeros * 4 > bytes.len().min(4096) {
        let even = bytes
            .iter()
            .take(4096)
            .step_by(2)
            .filter(|byte| **byte == 0)
            .count();
        return found(Encoding::Utf16, 0, even * 2 > zeros);
    }
    match std::str::from_utf8(bytes) {
        Ok(_) => found(Encoding::Utf8, 0, false),
        // A character cut at the end of what was read is no fault.
        Err(error) if error.error_len().is_none() => found(Encoding::Utf8, 0, false),
        // One bad line in a UTF-8 file must not turn the rest into nonsense: count which encoding
        // understands more of the lines that are not ASCII.
        Err(_) => {
            let (mut utf8, mut cp949) = (0_u32, 0_u32);
            for line in bytes
                .split(|byte| *byte == b'\n')
                .filter(|line| !line.is_ascii())
                .take(2000)
            {
                utf8 += u32::from(std::str::from_utf8(line).is_ok());
                cp949 += u32::from(
                    EUC_KR
                        .decode_without_bom_handling_and_without_replacement(line)
                        .is_some(),
                );
            }
            found(
                if utf8 > cp949 {
                    Encoding::Utf8
                } else {
                    Encoding::Cp949
                },
                0,
                false,
            )
        }
    }
}

/// Name of an encoding for people.
pub fn name(encoding: Encoding) -> &'static str {
    match encoding {
        Encoding::Utf8 => "UTF-8",
        Encoding::Cp949 => "CP949",
        Encoding::Utf16 => "UTF-16",
    }
}

/// Bytes as text, or nothing if the encoding cannot mean them.
pub fn decode(bytes: &[u8], encoding: Encoding) -> Option<Cow<'_, str>> {
    match encoding {
        Encoding::Utf8 => std::str::from_utf8(bytes).ok().map(Cow::Borrowed),
        Encoding::Cp949 => EUC_KR.decode_without_bom_handling_and_without_replacement(bytes),
        Encoding::Utf16 => UTF_16LE.decode_without_bom_handling_and_without_replacement(bytes),
    }
}

/// Bytes as text, with U+FFFD where the encoding cannot mean them.
pub fn decode_lossy(bytes: &[u8], encoding: Encoding) -> String {
    match encoding {
        Encoding::Utf8 => String::from_utf8_lossy(bytes).into_owned(),
        Encoding::Cp949 => EUC_KR.decode_without_bom_handling(bytes).0.into_owned(),
        Encoding::Utf16 => UTF_16LE.decode_without_bom_handling(bytes).0.into_owned(),
    }
}

/// A whole file's bytes as text, for formats that are small trees.
pub fn whole(bytes: &[u8], declared: Option<Encoding>) -> Option<Cow<'_, str>> {
    let found = detect(bytes, declared);
    let body = bytes.get(found.mark..).unwrap_or_default();
    if found.encoding == Encoding::Utf16 && found.big_endian {
        return UTF_16BE.decode_without_bom_handling_and_without_replacement(body);
    }
    decode(body, found.encoding)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn encodings_are_told_apart() {
        let (cp949, _, _) = EUC_KR.encode("이름,주소\n똠방각하,펲시");
        assert_eq!(detect(&cp949, None).encoding, Encoding::Cp949);
        assert_eq!(
            detect("이름,주소".as_bytes(), None).encoding,
            Encoding::Utf8
        );
        assert_eq!(detect(b"\xef\xbb\xbfa", None).mark, 3);
        assert_eq!(detect(b"\xff\xfea\0", None).encoding, Encoding::Utf16);
        assert_eq!(detect("a,b\n1,2".as_bytes(), None).encoding, Encoding::Utf8);
    }

    #[test]
    fn one_bad_line_does_not_change_the_encoding_of_the_file() {
        let mut bytes = "이름\n가온\n누리\n다솜\n".as_bytes().to_vec();
        bytes.extend_from_slice(&EUC_KR.encode("라온\n").0);
        assert_eq!(detect(&bytes, None).encoding, Encoding::Utf8);
    }
}
