//! One file, gone on with where a connection broke.

use std::io::SeekFrom;
use std::path::Path;

use city::Fault;
use russh_sftp::client::error::Error;
use russh_sftp::protocol::StatusCode;
use tokio::io::{AsyncReadExt as _, AsyncSeekExt as _};

use super::RETRIES;
use super::list::Look;
use super::server::Line;
use crate::FetchError;
use crate::parcel::{Parcels, Part};
use crate::patience::{Failed, Patience};

/// Bytes read at a time.
const BUFFER: usize = 256 << 10;

/// How it ended.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Outcome {
    /// It is here, and looked the same before and behind.
    Whole,
    /// Somebody is writing it, or took it away.
    Changed,
}

/// Brings a file that looked so to `path`.
pub(super) async fn download(
    line: &mut Line<'_>,
    name: &str,
    look: Look,
    path: &Path,
    parcels: &mut Parcels<'_>,
) -> Result<Outcome, FetchError> {
    let context = line.server.context;
    let mut part = Part::create(path).await?;
    let mut patience = Patience::new(context, RETRIES);
    loop {
        let before = part.bytes();
        match more(line, name, look, &mut part, parcels).await {
            Ok(Outcome::Whole) => {
                part.finish().await?;
                return Ok(Outcome::Whole);
            }
            Ok(Outcome::Changed) => {
                parcels.lost(part.bytes());
                return Ok(Outcome::Changed);
            }
            Err(failed) => {
                line.drop();
                // What goes on is not given up.
                if part.bytes() > before {
                    patience = Patience::new(context, RETRIES);
                }
                patience.after(failed).await?;
            }
        }
    }
}

async fn more(
    line: &mut Line<'_>,
    name: &str,
    look: Look,
    part: &mut Part,
    parcels: &mut Parcels<'_>,
) -> Result<Outcome, Failed> {
    let server = line.server;
    let files = &line.session().await?.files;
    let broke = |error: &dyn std::error::Error| {
        let what = format!("the connection broke in the middle of `{name}`: {error}");
        Failed::ForNow(
            Fault::at(&server.place, what).remedy("load again later; the last version stays"),
        )
    };
    let mut file = match files.open(name).await {
        Ok(file) => file,
        Err(Error::Status(status)) if status.status_code == StatusCode::NoSuchFile => {
            return Ok(Outcome::Changed);
        }
        Err(Error::Status(status)) => {
            let what = format!("`{name}` is not given: {}", status.status_code);
            let fault = Fault::at(&server.place, what).remedy(format!(
                "ask whoever runs the server to let `{}` read it; the last version stays",
                server.user
            ));
            return Err(Failed::ForGood(fault.into()));
        }
        Err(error) => return Err(broke(&error)),
    };
    let now = file.metadata().await.map_err(|error| broke(&error))?;
    if Look::of(&now) != look {
        return Ok(Outcome::Changed);
    }
    file.seek(SeekFrom::Start(part.bytes()))
        .await
        .map_err(|error| broke(&error))?;
    let mut buffer = vec![0; BUFFER];
    loop {
        let read = server.in_time(file.read(&mut buffer)).await?;
        let bytes = read.map_err(|error| broke(&error))?;
        let Some(bytes) = buffer.get(..bytes).filter(|bytes| !bytes.is_empty()) else {
            break;
        };
        part.write(bytes).await.map_err(FetchError::from)?;
        parcels.came(bytes.len() as u64);
        if part.bytes() > look.bytes {
            return Ok(Outcome::Changed);
        }
    }
    // By its name: a writer may have put another in its place.
    let behind = files.metadata(name).await.map_err(|error| broke(&error))?;
    if Look::of(&behind) != look || part.bytes() != look.bytes {
        return Ok(Outcome::Changed);
    }
    Ok(Outcome::Whole)
}
