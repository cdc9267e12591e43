//! One file of a bucket: gone on with where a connection broke, begun again when it changed.

use std::path::Path;

use city::Fault;
use futures::StreamExt as _;
use object_store::path::Path as Key;
use object_store::{Error, GetOptions, GetRange, ObjectMeta, ObjectStore as _};

use super::{Bucket, RETRIES};
use crate::FetchError;
use crate::parcel::{Parcels, Part};
use crate::patience::{Failed, Patience};

/// Why a file did not come.
pub(super) enum Missed {
    /// There is none of this name.
    Gone,
    /// It may be there.
    Failed(Failed),
}

impl From<Failed> for Missed {
    fn from(failed: Failed) -> Self {
        Self::Failed(failed)
    }
}

impl From<std::io::Error> for Missed {
    fn from(error: std::io::Error) -> Self {
        Self::Failed(FetchError::from(error).into())
    }
}

/// What tells one state of a file from another.
#[derive(Clone, Debug, PartialEq)]
struct Stamp {
    mark: Option<String>,
    modified: i64,
    bytes: u64,
}

impl Stamp {
    fn of(file: &ObjectMeta) -> Self {
        Self {
            mark: file.e_tag.clone(),
            modified: file.last_modified.timestamp_millis(),
            bytes: file.size,
        }
    }

    /// Its mark where the storage compares it: one that begins so only says that the content means the same.
    fn strong(&self) -> Option<String> {
        self.mark.clone().filter(|mark| !mark.starts_with("W/"))
    }
}

/// How one try ended.
enum Try {
    Whole,
    Changed,
    Gone,
    Failed(Failed),
}

/// Brings a file to `path`, whole.
pub(super) async fn download(
    bucket: &Bucket<'_>,
    name: &str,
    path: &Path,
    parcels: &mut Parcels<'_>,
) -> Result<(), Missed> {
    let key = Key::parse(name).map_err(|error| {
        let fault = Fault::at(
            &bucket.place,
            format!("`{name}` is no name of a file: {error}"),
        );
        Failed::from(FetchError::from(fault))
    })?;
    let mut part = Part::create(path).await?;
    let mut stamp = None;
    let mut patience = Patience::new(bucket.context, RETRIES);
    let mut changes = Patience::new(bucket.context, RETRIES);
    loop {
        let before = part.bytes();
        match more(bucket, &key, &mut stamp, &mut part, parcels).await {
            Try::Whole => return Ok(part.finish().await?),
            Try::Gone => return Err(Missed::Gone),
            Try::Failed(failed) => {
                // What goes on is not given up.
                if part.bytes() > before {
                    patience = Patience::new(bucket.context, RETRIES);
                }
                patience.after(failed).await?;
            }
            Try::Changed => {
                parcels.lost(part.restart().await?);
                stamp = None;
                let what = "the file changed while it was read";
                let fault = Fault::at(format!("{}/{name}", bucket.place), what).remedy(
                    "load again when whoever writes it has finished; the last version stays",
                );
                changes.after(Failed::ForNow(fault)).await?;
            }
        }
    }
}

/// Goes on with a file from where it is.
async fn more(
    bucket: &Bucket<'_>,
    key: &Key,
    stamp: &mut Option<Stamp>,
    part: &mut Part,
    parcels: &mut Parcels<'_>,
) -> Try {
    if part.bytes() > 0
        && stamp
            .as_ref()
            .is_some_and(|stamp| stamp.bytes == part.bytes())
    {
        return Try::Whole;
    }
    let options = GetOptions {
        if_match: stamp.as_ref().and_then(Stamp::strong),
        range: (part.bytes() > 0).then(|| GetRange::Offset(part.bytes())),
        ..GetOptions::default()
    };
    let answer = match bucket.in_time(bucket.store.get_opts(key, options)).await {
        Err(failed) => return Try::Failed(failed),
        Ok(Err(error)) => return refused(bucket, stamp.is_some(), &error),
        Ok(Ok(answer)) => answer,
    };
    let now = Stamp::of(&answer.meta);
    if answer.range.start != part.bytes() || stamp.as_ref().is_some_and(|stamp| *stamp != now) {
        return Try::Changed;
    }
    let all = now.bytes;
    *stamp = Some(now);
    let mut stream = answer.into_stream();
    loop {
        let bytes = match bucket.in_time(stream.next()).await {
            Err(failed) => return Try::Failed(failed),
            Ok(None) => break,
            Ok(Some(Err(error))) => return Try::Failed(bucket.broke(&error)),
            Ok(Some(Ok(bytes))) => bytes,
        };
        if let Err(error) = part.write(&bytes).await {
            return Try::Failed(FetchError::from(error).into());
        }
        parcels.came(bytes.len() as u64);
    }
    match part.bytes().cmp(&all) {
        std::cmp::Ordering::Equal => Try::Whole,
        std::cmp::Ordering::Greater => Try::Changed,
        std::cmp::Ordering::Less => {
            let what = format!("{} of {all} bytes came", part.bytes());
            let fault = Fault::at(format!("{}/{key}", bucket.place), what);
            Try::Failed(Failed::ForNow(
                fault.remedy("load again later; the last version stays"),
            ))
        }
    }
}

fn refused(bucket: &Bucket<'_>, is_begun: bool, error: &Error) -> Try {
    match error {
        Error::Precondition { .. } => Try::Changed,
        // What was there a moment ago is written anew.
        Error::NotFound { .. } if is_begun => Try::Changed,
        Error::NotFound { .. } if !Bucket::is_of_bucket(error) => Try::Gone,
        error => Try::Failed(bucket.failed(error)),
    }
}
