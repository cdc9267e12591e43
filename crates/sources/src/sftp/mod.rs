//! Files that somebody puts on a server reached by SSH.
//!
//! Whoever delivers there may be at it right now. A file is taken when it looks the same twice, some time apart,
//! and a third time when it has been read; else it is left for the next load.
//!
//! | module | job |
//! | --- | --- |
//! | `server` | who the server is, and logging in |
//! | `list` | the files there |
//! | `read` | one file, gone on with where a connection broke |

mod list;
mod read;
mod server;

use std::collections::HashMap;

use city::Fault;
use city::dataset::{Format, SftpSource, Take};

use super::parcel::Parcels;
use super::patience::Patience;
use super::pattern::Wanted;
use super::{FetchContext, FetchError, Fetched, Progress};
use list::Look;
use read::Outcome;
use server::{Line, Server};

/// Times something is begun again.
const RETRIES: u32 = 4;
/// Between two looks, in waits before a second try: two seconds, where one is half of one.
const LOOKS_APART: u32 = 4;

pub(super) async fn fetch(
    source: &SftpSource,
    format: &Format,
    context: &FetchContext<'_>,
) -> Result<Vec<Fetched>, FetchError> {
    let server = Server::new(source, context).await?;
    let drop = Drop {
        line: Line::new(&server),
        server: &server,
    };
    drop.files(format).await.map_err(|error| match error {
        FetchError::Input(faults) => {
            let told = faults
                .into_iter()
                .map(|fault| server.secrets.hide_in(fault));
            FetchError::Input(told.collect())
        }
        FetchError::Machine(error) => FetchError::Machine(error),
    })
}

/// The place that files are put in.
struct Drop<'d> {
    server: &'d Server<'d>,
    line: Line<'d>,
}

impl Drop<'_> {
    /// All files of a load, or none.
    async fn files(mut self, format: &Format) -> Result<Vec<Fetched>, FetchError> {
        let source = self.server.source;
        let wanted = Wanted::new(&self.server.place, &source.path)?;
        let mut ready = self.ready(&wanted).await?;
        let bytes_in_all = ready.iter().map(|(_, look)| look.bytes).sum();
        let is_latest = source.take == Take::Latest;
        if is_latest {
            ready.reverse();
        }
        let bytes_in_all = (!is_latest).then_some(bytes_in_all);
        let mut parcels = Parcels::new(self.server.context, format, bytes_in_all);
        let mut is_any = false;
        for (name, look) in ready {
            let path = parcels.path(&name)?;
            if !self.whole(&name, look, &path, &mut parcels).await? {
                self.left(&name);
                continue;
            }
            is_any = true;
            parcels.add(format!("{}/{name}", self.server.place), path)?;
            if is_latest {
                break;
            }
        }
        self.line.hang_up().await;
        if is_any {
            Ok(parcels.done())
        } else {
            Err(self.unfinished(&wanted).into())
        }
    }

    /// The files that look the same twice.
    async fn ready(&mut self, wanted: &Wanted) -> Result<Vec<(String, Look)>, FetchError> {
        let first: HashMap<String, Look> = self.listed(wanted).await?.into_iter().collect();
        self.wait().await;
        let mut ready = Vec::new();
        for (name, look) in self.listed(wanted).await? {
            if first.get(&name) == Some(&look) {
                ready.push((name, look));
            } else {
                self.left(&name);
            }
        }
        Ok(ready)
    }

    async fn listed(&mut self, wanted: &Wanted) -> Result<Vec<(String, Look)>, FetchError> {
        let mut patience = Patience::new(self.server.context, RETRIES);
        loop {
            match list::matching(&mut self.line, wanted).await {
                Ok(found) => return Ok(found.in_order(&self.server.place, wanted)?),
                Err(failed) => {
                    self.line.drop();
                    patience.after(failed).await?;
                }
            }
        }
    }

    /// Brings a file and what belongs to it to `path`; whether it stayed the same meanwhile.
    async fn whole(
        &mut self,
        name: &str,
        look: Look,
        path: &std::path::Path,
        parcels: &mut Parcels<'_>,
    ) -> Result<bool, FetchError> {
        if !parcels.is_loose(name) {
            let outcome = read::download(&mut self.line, name, look, path, parcels).await?;
            return Ok(outcome == Outcome::Whole);
        }
        let before = self.beside(name).await?;
        self.wait().await;
        let outcome = read::download(&mut self.line, name, look, path, parcels).await?;
        if outcome != Outcome::Whole {
            return Ok(false);
        }
        for (companion, look) in &before {
            let Some(path) = Parcels::companion(name, path, companion) else {
                continue;
            };
            let outcome = read::download(&mut self.line, companion, *look, &path, parcels).await?;
            if outcome != Outcome::Whole {
                return Ok(false);
            }
        }
        Ok(self.beside(name).await? == before)
    }

    /// The files with the same name and another ending.
    async fn beside(&mut self, name: &str) -> Result<Vec<(String, Look)>, FetchError> {
        let stem = name.rsplit_once('.').map_or(name, |(stem, _)| stem);
        // Signs of a pattern in the file's own name are no pattern.
        let pattern = format!("{}.*", glob::Pattern::escape(stem));
        let wanted = Wanted::new(&self.server.place, &pattern)?;
        self.listed(&wanted).await
    }

    async fn wait(&self) {
        tokio::time::sleep(self.server.context.first_wait * LOOKS_APART).await;
    }

    /// Tells that a file is not taken, which nobody would see otherwise.
    fn left(&self, name: &str) {
        (self.server.context.progress)(Progress::Again {
            seconds: 0,
            why: format!("`{name}` is still being written: it is left for the next load"),
        });
    }

    fn unfinished(&self, wanted: &Wanted) -> Fault {
        let what = format!(
            "all files that match `{}` are still being written",
            wanted.text()
        );
        Fault::at(&self.server.place, what)
            .remedy("load again when whoever writes them has finished; the last version stays")
    }
}

#[cfg(test)]
mod tests;
