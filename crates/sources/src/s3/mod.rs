//! Files in a bucket of a storage that speaks S3.
//!
//! | module | job |
//! | --- | --- |
//! | `answer` | what a refusal means |
//! | `read` | one file: gone on with where a connection broke, begun again when it changed |

mod answer;
mod read;

use std::collections::BTreeMap;
use std::time::Duration;

use city::Fault;
use city::dataset::{Format, S3Source, Take};
use futures::StreamExt as _;
use object_store::aws::{AmazonS3, AmazonS3Builder};
use object_store::path::Path as Key;
use object_store::{ClientOptions, ObjectStore as _, RetryConfig};
use url::Url;

use super::address::{fill, missing, parse};
use super::parcel::Parcels;
use super::patience::{Failed, Patience};
use super::pattern::{Found, Wanted};
use super::secrets::Secrets;
use super::{FetchContext, FetchError, Fetched};
use read::Missed;

/// Times a listing or a download is begun again.
const RETRIES: u32 = 4;

pub(super) async fn fetch(
    source: &S3Source,
    format: &Format,
    context: &FetchContext<'_>,
) -> Result<Vec<Fetched>, FetchError> {
    let bucket = Bucket::new(source, context)?;
    bucket.files(format).await.map_err(|error| match error {
        FetchError::Input(faults) => {
            let told = faults
                .into_iter()
                .map(|fault| bucket.secrets.hide_in(fault));
            FetchError::Input(told.collect())
        }
        FetchError::Machine(error) => FetchError::Machine(error),
    })
}

/// A bucket that can be asked.
struct Bucket<'b> {
    source: &'b S3Source,
    context: &'b FetchContext<'b>,
    store: AmazonS3,
    secrets: Secrets,
    /// What faults name: `s3://bucket`.
    place: String,
}

impl<'b> Bucket<'b> {
    fn new(source: &'b S3Source, context: &'b FetchContext<'b>) -> Result<Self, FetchError> {
        let place = format!("s3://{}", source.bucket);
        let access = value(&place, source.access_key.as_deref(), context)?;
        let secret = value(&place, source.secret_key.as_deref(), context)?;
        let templates: Vec<&str> = source.endpoint.iter().map(String::as_str).collect();
        let mut secrets = Secrets::new(secret.as_deref(), context.values, &templates);
        if let Some(access) = &access {
            secrets = secrets.and(access);
        }
        let builder = AmazonS3Builder::new()
            .with_bucket_name(&source.bucket)
            .with_region(&source.region)
            .with_virtual_hosted_style_request(!source.path_style)
            // Trying again is ours: it is shown.
            .with_retry(RetryConfig {
                max_retries: 0,
                ..RetryConfig::default()
            });
        let builder = match (access, secret) {
            (Some(access), Some(secret)) => builder
                .with_access_key_id(access)
                .with_secret_access_key(secret),
            _ => builder.with_skip_signature(true),
        };
        // The client's own limit is one for the whole of an answer; ours is one between two bytes.
        let options = ClientOptions::new()
            .with_timeout_disabled()
            .with_connect_timeout(Duration::from_secs(source.timeout_s.max(1)));
        let builder = match endpoint(source, context.values)? {
            None => builder.with_client_options(options),
            Some(url) => builder
                .with_client_options(options.with_allow_http(url.scheme() == "http"))
                .with_endpoint(url.as_str().trim_end_matches('/')),
        };
        let store = builder
            .build()
            .map_err(|error| Fault::at(&place, format!("the storage cannot be asked: {error}")))?;
        Ok(Self {
            source,
            context,
            store,
            secrets,
            place,
        })
    }

    /// All files of a load, or none.
    async fn files(&self, format: &Format) -> Result<Vec<Fetched>, FetchError> {
        let wanted = Wanted::new(&self.place, &self.source.path)?;
        let mut names = match wanted.only() {
            Some(only) => vec![(only.to_owned(), None)],
            None => self.listed(&wanted).await?,
        };
        if self.source.take == Take::Latest {
            names.drain(..names.len().saturating_sub(1));
        }
        let bytes_in_all = names.iter().map(|(_, bytes)| *bytes).sum::<Option<u64>>();
        let mut parcels = Parcels::new(self.context, format, bytes_in_all);
        for (name, _) in names {
            let path = parcels.path(&name)?;
            match read::download(self, &name, &path, &mut parcels).await {
                Ok(()) => (),
                Err(Missed::Gone) => return Err(self.gone(&wanted).await),
                Err(Missed::Failed(failed)) => return Err(failed.into()),
            }
            if parcels.is_loose(&name) {
                self.companions(&name, &path, &mut parcels).await?;
            }
            parcels.add(format!("{}/{name}", self.place), path)?;
        }
        Ok(parcels.done())
    }

    /// A name that is not there, with the names that are.
    async fn gone(&self, wanted: &Wanted) -> FetchError {
        match self.listed(wanted).await {
            Err(error) => error,
            // It has come in between, or may be listed and not be read.
            Ok(_) => wanted.nothing(&self.place, &[]).into(),
        }
    }

    /// The files that match, in order of name, with their sizes.
    async fn listed(&self, wanted: &Wanted) -> Result<Vec<(String, Option<u64>)>, FetchError> {
        let mut patience = Patience::new(self.context, RETRIES);
        loop {
            let mut found = Found::new(self.source.take);
            let add = |name, bytes| found.add(wanted, name, Some(bytes));
            match self.list(wanted.base(), add).await {
                Ok(()) => return Ok(found.in_order(&self.place, wanted)?),
                Err(failed) => patience.after(failed).await?,
            }
        }
    }

    /// Tells `add` each file below a folder.
    async fn list(&self, folder: &str, mut add: impl FnMut(String, u64)) -> Result<(), Failed> {
        // Read as it is: made of a text, a key would have all but plain letters encoded.
        let folder = Key::parse(folder).map_err(|error| {
            let what = format!("`{folder}` is no name of a folder: {error}");
            Failed::ForGood(Fault::at(&self.place, what).remedy("correct `path`").into())
        })?;
        let folder = (!folder.as_ref().is_empty()).then_some(folder);
        let mut listing = self.store.list(folder.as_ref());
        while let Some(file) = self.in_time(listing.next()).await? {
            let file = file.map_err(|error| self.failed(&error))?;
            add(file.location.to_string(), file.size);
        }
        Ok(())
    }

    /// What belongs to a loose shapefile.
    async fn companions(
        &self,
        shp: &str,
        path: &std::path::Path,
        parcels: &mut Parcels<'_>,
    ) -> Result<(), FetchError> {
        let folder = shp.rsplit_once('/').map_or("", |(folder, _)| folder);
        let mut patience = Patience::new(self.context, RETRIES);
        let names = loop {
            let mut names = Vec::new();
            let add = |name: String, _| {
                if let Some(path) = Parcels::companion(shp, path, &name) {
                    names.push((name, path));
                }
            };
            match self.list(folder, add).await {
                Ok(()) => break names,
                Err(failed) => patience.after(failed).await?,
            }
        };
        for (name, path) in names {
            match read::download(self, &name, &path, parcels).await {
                Ok(()) => (),
                Err(Missed::Failed(failed)) => return Err(failed.into()),
                Err(Missed::Gone) => {
                    let fault = Fault::at(
                        format!("{}/{name}", self.place),
                        "the file was there and is gone",
                    );
                    return Err(fault
                        .remedy("load again when whoever writes it has finished; the last version stays")
                        .into());
                }
            }
        }
        Ok(())
    }

    /// What comes before patience ends.
    async fn in_time<T>(&self, coming: impl Future<Output = T>) -> Result<T, Failed> {
        let seconds = self.source.timeout_s.max(1);
        let Ok(came) = tokio::time::timeout(Duration::from_secs(seconds), coming).await else {
            let what = format!("nothing came for {seconds} s");
            return Err(Failed::ForNow(
                Fault::at(&self.place, what).remedy("load again later; the last version stays"),
            ));
        };
        Ok(came)
    }
}

/// A configuration value that the manifest names.
fn value(
    place: &str,
    name: Option<&str>,
    context: &FetchContext<'_>,
) -> Result<Option<String>, Fault> {
    let Some(name) = name else { return Ok(None) };
    match context.values.get(name).map(|value| value.trim()) {
        Some(value) if !value.is_empty() => Ok(Some(value.to_owned())),
        _ => Err(missing(place, name)),
    }
}

/// The storage's address; with the bucket before the host's name where it belongs there.
fn endpoint(source: &S3Source, values: &BTreeMap<String, String>) -> Result<Option<Url>, Fault> {
    let Some(template) = &source.endpoint else {
        return Ok(None);
    };
    let mut url = parse(template, &fill(template, values)?)?;
    if !source.path_style
        && let Some(host) = url.host_str()
    {
        let host = format!("{}.{host}", source.bucket);
        url.set_host(Some(&host)).map_err(|error| {
            Fault::at(
                template,
                format!("the bucket does not fit before the host: {error}"),
            )
            .remedy("say path-style = true")
        })?;
    }
    Ok(Some(url))
}

#[cfg(test)]
mod tests;
