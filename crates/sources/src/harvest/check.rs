//! Whether what came is what the catalogue says: its size and its hash.

use md5::Md5;
use sha1::Sha1;
use sha2::{Digest as _, Sha256};

/// What a catalogue says of a file's bytes.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub(super) struct Seal {
    /// Size in bytes.
    pub(super) bytes: Option<u64>,
    /// Hash in hexadecimal.
    pub(super) hash: Option<Hash>,
    /// Whether the site itself keeps the file: then it knows. Of a file elsewhere it only repeats what somebody once
    /// wrote.
    pub(super) is_own: bool,
}

/// A hash of a kind that its length tells.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) struct Hash {
    kind: Kind,
    hex: String,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Kind {
    Md5,
    Sha1,
    Sha256,
}

impl Hash {
    /// Reads `d41d8cd9...`, `md5:d41d8cd9...`, `sha256=...`; nothing where it is of no known kind.
    pub(super) fn read(text: &str) -> Option<Self> {
        let hex = text.trim().rsplit([':', '=']).next()?.to_lowercase();
        if hex.is_empty() || !hex.bytes().all(|byte| byte.is_ascii_hexdigit()) {
            return None;
        }
        let kind = match hex.len() {
            32 => Kind::Md5,
            40 => Kind::Sha1,
            64 => Kind::Sha256,
            _ => return None,
        };
        Some(Self { kind, hex })
    }
}

/// The size and the hash of what came.
pub(super) struct Sum {
    pub(super) bytes: u64,
    hash: Running,
}

enum Running {
    None,
    Md5(Md5),
    Sha1(Sha1),
    Sha256(Sha256),
}

impl Sum {
    pub(super) fn new(seal: &Seal) -> Self {
        let hash = match seal.hash.as_ref().map(|hash| hash.kind) {
            None => Running::None,
            Some(Kind::Md5) => Running::Md5(Md5::new()),
            Some(Kind::Sha1) => Running::Sha1(Sha1::new()),
            Some(Kind::Sha256) => Running::Sha256(Sha256::new()),
        };
        Self { bytes: 0, hash }
    }

    pub(super) fn add(&mut self, bytes: &[u8]) {
        self.bytes += u64::try_from(bytes.len()).unwrap_or_default();
        match &mut self.hash {
            Running::None => {}
            Running::Md5(hash) => hash.update(bytes),
            Running::Sha1(hash) => hash.update(bytes),
            Running::Sha256(hash) => hash.update(bytes),
        }
    }

    fn hex(&self) -> Option<String> {
        Some(match &self.hash {
            Running::None => return None,
            Running::Md5(hash) => hex(&hash.clone().finalize()),
            Running::Sha1(hash) => hex(&hash.clone().finalize()),
            Running::Sha256(hash) => hex(&hash.clone().finalize()),
        })
    }
}

fn hex(bytes: &[u8]) -> String {
    bytes.iter().map(|byte| format!("{byte:02x}")).collect()
}

impl Seal {
    /// What does not agree and must: the file did not come as the site keeps it.
    pub(super) fn broken(&self, sum: &Sum) -> Option<String> {
        self.is_own.then(|| self.differs(sum)).flatten()
    }

    /// What does not agree.
    pub(super) fn differs(&self, sum: &Sum) -> Option<String> {
        if let Some(bytes) = self.bytes.filter(|bytes| *bytes != sum.bytes) {
            return Some(format!(
                "the catalogue says {bytes} bytes, and {} came",
                sum.bytes
            ));
        }
        let said = self.hash.as_ref()?;
        let found = sum.hex().filter(|found| *found != said.hex)?;
        Some(format!(
            "the catalogue says the hash {}, and the file's is {found}",
            said.hex
        ))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn sum(seal: &Seal, bytes: &[u8]) -> Sum {
        let mut sum = Sum::new(seal);
        for byte in bytes {
            sum.add(&[*byte]);
        }
        sum
    }

    #[test]
    fn each_kind_of_hash_is_told_by_its_length() {
        for text in [
            "900150983cd24fb0d6963f7d28e17f72",
            "md5:900150983CD24FB0D6963F7D28E17F72",
            "a9993e364706816aba3e25717850c26c9cd0d89d",
            "sha256=ba7816bf8f01cfea414140de5dae2223b00361a396177a9cb410ff61f20015ad",
        ] {
            let seal = Seal {
                hash: Some(Hash::read(text).unwrap()),
                is_own: true,
                bytes: Some(3),
            };
            assert_eq!(seal.broken(&sum(&seal, b"abc")), None, "{text}");
            assert!(seal.broken(&sum(&seal, b"abd")).unwrap().contains("hash"));
            assert_eq!(
                seal.broken(&sum(&seal, b"ab")).unwrap(),
                "the catalogue says 3 bytes, and 2 came"
            );
        }
        assert_eq!(Hash::read("unknown"), None);
        assert_eq!(Hash::read(""), None);
    }

    #[test]
    fn of_a_file_elsewhere_it_is_only_told() {
        let seal = Seal {
            bytes: Some(4),
            hash: None,
            is_own: false,
        };
        assert_eq!(seal.broken(&sum(&seal, b"abc")), None);
        assert!(seal.differs(&sum(&seal, b"abc")).is_some());
    }
}
