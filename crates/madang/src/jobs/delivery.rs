//! What a source delivered: landed, or landing while it is decoded.

use std::fs::File;
use std::io::{Read, Result};

use city::Dataset;
use lake::{Arriving, Lake, Landed};
use sources::Fetched;
use tempfile::TempDir;

use crate::exit::Failure;

/// Smaller files land before they are decoded: there is nothing to win.
const ARRIVES_FROM_BYTES: u64 = 1 << 20;

/// The bytes of a load.
pub(crate) enum Delivery {
    /// On disk under their hash.
    Landed(Vec<Landed>),
    /// Being copied and hashed; can be decoded meanwhile.
    Arriving(Arrival),
}

/// One file that is landing.
pub(crate) struct Arrival {
    pub(crate) name: String,
    /// Length when it was found.
    pub(crate) size: u64,
    pub(crate) bytes: Coming,
    /// Fetched bytes lie here until they have landed.
    _staging: TempDir,
}

/// Bytes that are landing, in room `ingest`'s terms.
pub(crate) struct Coming(Arriving);

impl Coming {
    /// Waits until all are on disk.
    pub(crate) fn landed(self) -> std::result::Result<Landed, lake::LakeError> {
        self.0.landed()
    }
}

impl ingest::Bytes for Coming {
    fn reader(&self, from: u64) -> Result<Box<dyn Read + Send>> {
        Ok(Box::new(self.0.reader(from)?))
    }

    fn size(&self) -> Result<u64> {
        self.0.size()
    }
}

/// Lets the files land. Blocks until they have, unless it is one new file that can be decoded meanwhile.
pub(crate) fn deliver(
    lake: &Lake,
    dataset: &Dataset,
    fetched: &[Fetched],
    staging: TempDir,
) -> std::result::Result<Delivery, Failure> {
    // A file as long as one that was loaded may be the same: that is found out before anything is copied.
    let known: Vec<u64> = lake
        .loads(&dataset.id)?
        .iter()
        .flat_map(|load| &load.sources)
        .map(|source| source.bytes)
        .collect();
    let open = |file: &Fetched| {
        let opened = File::open(&file.path).and_then(|bytes| Ok((bytes.metadata()?.len(), bytes)));
        opened.map_err(|error| {
            Failure::Machine(format!("failed to read {}: {error}", file.path.display()))
        })
    };
    if let [file] = fetched {
        let (size, bytes) = open(file)?;
        if size >= ARRIVES_FROM_BYTES
            && !known.contains(&size)
            && ingest::can_arrive(dataset, &file.path)
        {
            return Ok(Delivery::Arriving(Arrival {
                name: file.name.clone(),
                size,
                bytes: Coming(lake.landing().arrive(&file.name, bytes)?),
                _staging: staging,
            }));
        }
    }
    let landed = fetched.iter().map(|file| {
        let (size, bytes) = open(file)?;
        let before = known
            .contains(&size)
            .then(|| lake.landing().known(&file.name, &file.path))
            .transpose()?
            .flatten();
        match before {
            Some(landed) => Ok(landed),
            None => Ok(lake.landing().receive(&file.name, bytes)?),
        }
    });
    Ok(Delivery::Landed(
        landed.collect::<std::result::Result<_, Failure>>()?,
    ))
}
