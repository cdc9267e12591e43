//! One file over HTTP or HTTPS.

use std::path::Path;

use city::dataset::HttpSource;
use tokio::io::AsyncWriteExt as _;

use super::address::{fill, parse};
use super::patience::{Failed, Patience, bad_status, client, cut_off, no_answer};
use super::{FetchContext, FetchError, Fetched, Progress};

/// Times a download is begun again.
const RETRIES: u32 = 4;

pub(super) async fn fetch(
    source: &HttpSource,
    context: &FetchContext<'_>,
) -> Result<Fetched, FetchError> {
    let url = parse(&source.url, &fill(&source.url, context.values)?)?;
    let client = client(source.timeout_s)?;
    let ending = Path::new(url.path()).extension().map_or_else(
        || "download".to_owned(),
        |ending| ending.to_string_lossy().into_owned(),
    );
    let path = context
        .staging
        .join(format!("{}.{ending}", context.dataset));
    let mut patience = Patience::new(context, RETRIES);
    loop {
        match download(&client, &source.url, url.clone(), &path, context).await {
            // The name is the manifest's: the address itself can hold a key.
            Ok(()) => {
                return Ok(Fetched {
                    name: source.url.clone(),
                    path,
                });
            }
            Err(failed) => patience.after(failed).await?,
        }
    }
}

async fn download(
    client: &reqwest::Client,
    template: &str,
    url: url::Url,
    path: &Path,
    context: &FetchContext<'_>,
) -> Result<(), Failed> {
    let mut answer = client
        .get(url)
        .send()
        .await
        .map_err(|error| no_answer(template, error))?;
    if !answer.status().is_success() {
        return Err(bad_status(template, answer.status()));
    }
    let all = answer.content_length();
    let mut file = tokio::fs::File::create(path)
        .await
        .map_err(FetchError::from)?;
    let mut done = 0;
    while let Some(bytes) = answer
        .chunk()
        .await
        .map_err(|error| cut_off(template, error))?
    {
        file.write_all(&bytes).await.map_err(FetchError::from)?;
        done += u64::try_from(bytes.len()).unwrap_or_default();
        (context.progress)(Progress::Bytes(done, all));
    }
    file.flush().await.map_err(FetchError::from)?;
    Ok(())
}
