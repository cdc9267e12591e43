//! Pages that many are given as they are: compressed once, and not for each of them.

use std::collections::HashMap;
use std::io::Write as _;
use std::sync::{Mutex, PoisonError};

use axum::http::{HeaderMap, header};
use bytes::Bytes;
use flate2::Compression;
use flate2::write::GzEncoder;
use sha2::{Digest as _, Sha256};

/// Most pages kept: when there are more, all are made anew.
const MOST: usize = 256;

/// What a page is made of, as a hash: the same for the same page.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub struct Seal([u8; 32]);

impl Seal {
    /// The seal of texts in their order.
    pub fn of<'t>(parts: impl IntoIterator<Item = &'t [u8]>) -> Self {
        let mut hash = Sha256::new();
        for part in parts {
            // Where one ends is a part of it.
            hash.update(u64::try_from(part.len()).unwrap_or(u64::MAX).to_le_bytes());
            hash.update(part);
        }
        Self(hash.finalize().into())
    }

    /// The seal's bytes.
    pub fn bytes(&self) -> &[u8] {
        &self.0
    }
}

/// The pages, in gzip.
#[derive(Debug, Default)]
pub struct Packed {
    held: Mutex<HashMap<Seal, Bytes>>,
}

impl Packed {
    /// A page that was packed before.
    pub fn get(&self, seal: &Seal) -> Option<Bytes> {
        let held = self.held.lock().unwrap_or_else(PoisonError::into_inner);
        held.get(seal).cloned()
    }

    /// Packs a page for all that come.
    ///
    /// # Errors
    /// When it cannot be packed.
    pub fn keep(&self, seal: Seal, page: &[u8]) -> std::io::Result<Bytes> {
        let mut packing = GzEncoder::new(Vec::new(), Compression::default());
        packing.write_all(page)?;
        let packed = Bytes::from(packing.finish()?);
        let mut held = self.held.lock().unwrap_or_else(PoisonError::into_inner);
        if held.len() >= MOST && !held.contains_key(&seal) {
            held.clear();
        }
        held.insert(seal, packed.clone());
        Ok(packed)
    }
}

/// Whether an answer may be packed with gzip (RFC 9110, 12.5.3).
pub fn takes_gzip(headers: &HeaderMap) -> bool {
    let all = headers.get_all(header::ACCEPT_ENCODING).iter();
    let mut ways = all
        .filter_map(|value| value.to_str().ok())
        .flat_map(|text| text.split(','));
    ways.any(|way| {
        let mut parts = way.split(';').map(str::trim);
        let is_gzip = parts
            .next()
            .is_some_and(|name| name.eq_ignore_ascii_case("gzip"));
        let weight = parts.find_map(|part| part.strip_prefix("q=")?.parse::<f32>().ok());
        is_gzip && weight.is_none_or(|weight| weight > 0.0)
    })
}

#[cfg(test)]
mod tests {
    use std::io::Read as _;

    use super::*;

    fn asked(text: &str) -> HeaderMap {
        [(header::ACCEPT_ENCODING, text.parse().unwrap())]
            .into_iter()
            .collect()
    }

    #[test]
    fn only_who_takes_gzip_is_given_it() {
        for text in ["gzip", "br, GZIP;q=0.5", "deflate,gzip ; q=1"] {
            assert!(takes_gzip(&asked(text)), "{text}");
        }
        for text in ["", "br", "gzip;q=0", "identity, gzip; q=0.0", "xgzip"] {
            assert!(!takes_gzip(&asked(text)), "{text}");
        }
        assert!(!takes_gzip(&HeaderMap::new()));
    }

    #[test]
    fn a_page_is_found_under_its_seal_alone() {
        let packed = Packed::default();
        let seal = Seal::of([b"frame".as_slice(), b"board"]);
        assert_ne!(seal, Seal::of([b"frameb".as_slice(), b"oard"]));
        assert!(packed.get(&seal).is_none());
        let page = "<p>가온시</p>".repeat(100);
        let kept = packed.keep(seal, page.as_bytes()).unwrap();
        assert_eq!(packed.get(&seal), Some(kept.clone()));
        let mut text = String::new();
        flate2::read::GzDecoder::new(&kept[..])
            .read_to_string(&mut text)
            .unwrap();
        assert_eq!(text, page);
        for number in 0..=MOST {
            packed
                .keep(Seal::of([&number.to_le_bytes()[..]]), b"x")
                .unwrap();
        }
        assert!(packed.held.lock().unwrap().len() <= MOST);
    }
}
