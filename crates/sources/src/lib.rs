//! Where a dataset's bytes come from: fetched to files on disk, as they came.
//!
//! The only room that speaks to the outside. A fetch gives every file of a load or none. Nothing of an address
//! beyond what the manifest says is ever in an error: keys stand in addresses.
//!
//! | module | source |
//! | --- | --- |
//! | `files` | the city's inbox |
//! | `http` | one file over HTTP |
//! | `database` | a table of PostgreSQL or MariaDB, in one snapshot |
//! | `open_api` | an Open API, page by page |
//! | `s3` | files in a bucket of a storage that speaks S3 |
//! | `sftp` | files that somebody puts on a server reached by SSH |
//! | `features` | WFS and OGC API Features of another body |
//! | [`mqtt`] | what devices say to a broker: listened to, kept on disk, given out by the minute |
//! | [`harvest`] | a CKAN site, another Madang: with what they say of a dataset |

mod address;
mod database;
mod features;
mod files;
pub mod harvest;
mod http;
pub mod mqtt;
mod open_api;
mod parcel;
mod patience;
mod pattern;
mod s3;
mod secrets;
mod sftp;

use std::collections::BTreeMap;
use std::path::{Path, PathBuf};
use std::time::Duration;

use async_trait::async_trait;
use city::dataset::{Format, Load, Source};
use city::{Column, DatasetId, Fault, Provenance};

/// A file fetched.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Fetched {
    /// Name as the person knows it: relative to the inbox, the address, or the page of the API.
    pub name: String,
    /// The bytes: in the inbox or in the staging folder.
    pub path: PathBuf,
}

/// What a fetch gives, whole.
#[derive(Debug, Default)]
pub struct Delivered {
    /// The files of the load, in order. None at all: nothing has changed since the mark the fetch was given,
    /// unless there are `keys`.
    pub files: Vec<Fetched>,
    /// How far a source that gives only what is new has been read: kept with the version that this delivery
    /// makes, word for word, and given to the next fetch as [`FetchContext::after`]. Also there when there
    /// are no files; it need not be kept then.
    pub mark: Option<String>,
    /// A CSV of all keys that still exist at the source, with the source names of the columns of `load.key`:
    /// rows with other keys are gone. Absent where none is gone since the mark the fetch was given.
    pub keys: Option<PathBuf>,
    /// What the catalogue it came from says of it: kept with the version's record.
    pub provenance: Option<Box<Provenance>>,
}

impl From<Vec<Fetched>> for Delivered {
    fn from(files: Vec<Fetched>) -> Self {
        Self {
            files,
            ..Self::default()
        }
    }
}

/// Why a fetch gave nothing.
#[derive(Debug, thiserror::Error)]
pub enum FetchError {
    /// The source is at fault, or the manifest or the configuration.
    #[error("the source gave nothing")]
    Input(Vec<Fault>),
    /// The machine is at fault.
    #[error("fetching failed")]
    Machine(#[from] std::io::Error),
}

impl From<Fault> for FetchError {
    fn from(fault: Fault) -> Self {
        Self::Input(vec![fault])
    }
}

/// What became of a wish to make one more call.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Call {
    /// It may be made; so many have been made today, this one included.
    Allowed(u64),
    /// Today's calls are used up.
    Exhausted(u64),
}

/// Counts the calls made to sources, for good.
#[async_trait]
pub trait Quota: Send + Sync {
    /// Takes one of `limit` calls of today.
    ///
    /// # Errors
    /// When it cannot be counted; then no call is made.
    async fn take(&self, limit: Option<u32>) -> std::io::Result<Call>;
}

/// How far a fetch is.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Progress {
    /// Bytes of a file: done, and all where the server says so.
    Bytes(u64, Option<u64>),
    /// Rows of a table so far.
    Rows(u64),
    /// A page of an API has come.
    Page {
        /// Pages so far.
        page: u64,
        /// Pages in all where the API says so.
        pages: Option<u64>,
        /// Calls made today.
        calls: u64,
        /// Calls allowed in a day.
        limit: Option<u32>,
    },
    /// Waiting before the same is tried again.
    Again {
        /// Seconds to wait, rounded up.
        seconds: u64,
        /// Why the last try failed.
        why: String,
    },
}

/// What a fetch works with.
pub struct FetchContext<'f> {
    /// The dataset, for names.
    pub dataset: &'f DatasetId,
    /// Columns that an API's rows must have by their source names; empty when the rows' names are not theirs.
    pub columns: &'f [Column],
    /// How a load changes the table, and what its key is.
    pub load: &'f Load,
    /// The mark of the version in force, if it has one. Absent: everything is read.
    pub after: Option<&'f str>,
    /// Folder that departments deliver to.
    pub inbox: &'f Path,
    /// Configuration values by name; may be secrets.
    pub values: &'f BTreeMap<String, String>,
    /// An empty folder to put files in.
    pub staging: &'f Path,
    /// Counts calls.
    pub quota: &'f dyn Quota,
    /// Wait before the second try; doubled each time.
    pub first_wait: Duration,
    /// Told how far it is.
    pub progress: &'f (dyn Fn(Progress) + Sync),
}

/// Fetches all files of a source.
///
/// # Errors
/// When a file is not there, the source answers with an error or not at all, the day's calls are used
/// up, or the disk fails. Then nothing has been given, and the staging folder can be thrown away.
pub async fn fetch(
    source: &Source,
    format: &Format,
    context: &FetchContext<'_>,
) -> Result<Delivered, FetchError> {
    match source {
        Source::File(source) => Ok(files::fetch(source, format, context)?.into()),
        Source::Http(source) => Ok(vec![http::fetch(source, context).await?].into()),
        Source::OpenApi(source) => Ok(open_api::fetch(source, format, context).await?.into()),
        Source::S3(source) => Ok(s3::fetch(source, format, context).await?.into()),
        Source::Sftp(source) => Ok(sftp::fetch(source, format, context).await?.into()),
        Source::Wfs(source) => Ok(features::wfs(source, context).await?.into()),
        Source::OgcFeatures(source) => Ok(features::ogc(source, context).await?.into()),
        Source::Ckan(source) => harvest::fetch_ckan(source, format, context).await,
        Source::Madang(source) => harvest::fetch_madang(source, format, context).await,
        Source::Mqtt(_) => Err(Fault::at(
            context.dataset.to_string(),
            "messages are not fetched: a listener keeps them as they come",
        )
        .into()),
        Source::Postgres(source) => database::postgres(source, context).await,
        Source::Mariadb(source) => database::mariadb(source, context).await,
        Source::Derived(_) => Err(Fault::at(
            context.dataset.to_string(),
            "a derived dataset has no source to fetch: it is asked of the city's other datasets",
        )
        .into()),
        Source::Platform(_) => Err(Fault::at(
            context.dataset.to_string(),
            "the platform's own tables are not fetched: it writes them itself",
        )
        .into()),
    }
}

#[cfg(test)]
mod ground;
#[cfg(test)]
mod recorded;
#[cfg(test)]
mod tests;
