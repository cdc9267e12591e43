//! A paged Open API in the manner of data.go.kr: each page is kept as it came.

use city::Fault;
use city::dataset::{Format, OpenApiSource};
use url::Url;

use super::address::{fill, missing, parse, plain_key};
use super::envelope::{Envelope, Meaning};
use super::patience::{Failed, Patience, bad_status, client, no_answer};
use super::{Call, FetchContext, FetchError, Fetched, Progress};

/// A page is no larger.
const PAGE_BYTES_MAX: usize = 256 << 20;
/// More pages than any dataset has: an API that never ends is stopped.
const PAGES_MAX: u64 = 100_000;

pub(super) async fn fetch(
    source: &OpenApiSource,
    format: &Format,
    context: &FetchContext<'_>,
) -> Result<Vec<Fetched>, FetchError> {
    let pages = Pages {
        source,
        format,
        context,
        template: fill(&source.url, context.values)?,
        key: key(source, context)?,
        client: client(source.timeout_s)?,
    };
    let mut fetched: Vec<Fetched> = Vec::new();
    let (mut rows, mut announced) = (0, None);
    for number in 0..PAGES_MAX {
        let (bytes, envelope, calls) = pages.page(number).await?;
        announced = envelope.total.or(announced);
        if envelope.rows == 0 {
            break;
        }
        rows += envelope.rows;
        let name = format!("{}/page-{:05}", context.dataset, number + 1);
        let path = context.staging.join(format!("page-{:05}", number + 1));
        tokio::fs::write(&path, &bytes).await?;
        fetched.push(Fetched { name, path });
        let all = envelope
            .total
            .map(|total| total.div_ceil(u64::from(source.page_rows).max(1)));
        (context.progress)(Progress::Page {
            page: number + 1,
            pages: all,
            calls,
            limit: source.daily_quota,
        });
        let is_last = envelope
            .total
            .map_or(envelope.rows < u64::from(source.page_rows), |total| {
                rows >= total
            });
        if is_last {
            return Ok(fetched);
        }
    }
    if fetched.is_empty() {
        return Err(Fault::at(&source.url, "the API has no rows now")
            .remedy("check the parameters; the last version stays")
            .into());
    }
    // A page that came back empty too early must not pass for the end: rows would be gone unnoticed.
    if let Some(total) = announced.filter(|total| *total > rows) {
        return Err(Fault::at(
            &source.url,
            format!("the API announced {total} rows and gave {rows}"),
        )
        .remedy("load again later; when it stays so, ask the provider; the last version stays")
        .into());
    }
    Ok(fetched)
}

fn key(source: &OpenApiSource, context: &FetchContext<'_>) -> Result<Option<String>, Fault> {
    let Some(name) = &source.key else {
        return Ok(None);
    };
    match context.values.get(name) {
        Some(key) => Ok(Some(plain_key(key))),
        None => Err(missing(&source.url, name)),
    }
}

struct Pages<'p> {
    source: &'p OpenApiSource,
    format: &'p Format,
    context: &'p FetchContext<'p>,
    template: String,
    key: Option<String>,
    client: reqwest::Client,
}

impl Pages<'_> {
    /// One page, tried until it comes or patience ends.
    async fn page(&self, number: u64) -> Result<(Vec<u8>, Envelope, u64), FetchError> {
        let url = self.url(number)?;
        let mut patience = Patience::new(self.context, self.source.retries);
        loop {
            let calls = match self.context.quota.take(self.source.daily_quota).await? {
                Call::Allowed(calls) => calls,
                Call::Exhausted(calls) => return Err(self.exhausted(Some(calls))),
            };
            match self.ask(url.clone()).await {
                Ok((bytes, envelope)) => return Ok((bytes, envelope, calls)),
                Err(failed) => patience.after(failed).await?,
            }
        }
    }

    fn url(&self, number: u64) -> Result<Url, FetchError> {
        let rows = u64::from(self.source.page_rows);
        let page = u64::from(self.source.first_page) + number;
        let values = [
            ("{page}", page),
            ("{rows}", rows),
            ("{start}", number * rows + 1),
            ("{end}", (number + 1) * rows),
        ];
        let says = |names: [&str; 2]| names.iter().any(|name| self.template.contains(name));
        let address = values
            .iter()
            .fold(self.template.clone(), |address, (name, value)| {
                address.replace(name, &value.to_string())
            });
        let mut url = parse(&self.source.url, &address)?;
        {
            let mut query = url.query_pairs_mut();
            if !says(["{page}", "{start}"]) {
                query.append_pair(&self.source.page_parameter, &page.to_string());
            }
            if !says(["{rows}", "{end}"]) {
                query.append_pair(&self.source.rows_parameter, &rows.to_string());
            }
            for (name, value) in &self.source.parameters {
                query.append_pair(name, &fill(value, self.context.values)?);
            }
            if let Some(key) = &self.key {
                query.append_pair(&self.source.key_parameter, key);
            }
        }
        Ok(url)
    }

    async fn ask(&self, url: Url) -> Result<(Vec<u8>, Envelope), Failed> {
        let template = self.source.url.as_str();
        let mut answer = self
            .client
            .get(url)
            .send()
            .await
            .map_err(|error| no_answer(template, error))?;
        let status = answer.status();
        let mut bytes = Vec::new();
        while let Some(more) = answer
            .chunk()
            .await
            .map_err(|error| no_answer(template, error))?
        {
            bytes.extend_from_slice(&more);
            if bytes.len() > PAGE_BYTES_MAX {
                let fault = Fault::at(
                    template,
                    format!("a page has more than {} MiB", PAGE_BYTES_MAX >> 20),
                );
                return Err(Failed::ForGood(
                    fault
                        .remedy("ask for fewer rows a page (`page-rows`)")
                        .into(),
                ));
            }
        }
        // The body of a refusal says more than its status.
        let envelope = Envelope::read(&bytes, self.format.rows.as_deref());
        match envelope {
            Some(envelope) if envelope.code.is_some() => self.judge(bytes, envelope),
            _ if !status.is_success() => Err(bad_status(template, status)),
            Some(envelope) => Ok((bytes, envelope)),
            None => {
                let fault = Fault::at(template, "the answer is neither JSON nor XML")
                    .remedy("open the address in a browser; the last version stays");
                Err(Failed::ForNow(fault))
            }
        }
    }

    fn judge(&self, bytes: Vec<u8>, envelope: Envelope) -> Result<(Vec<u8>, Envelope), Failed> {
        let said = || {
            let code = envelope.code.as_deref().unwrap_or_default();
            let message = envelope.message.as_deref().unwrap_or_default();
            // What a stranger says is shown in part, and never with our key in it.
            let message: String = message
                .chars()
                .filter(|sign| !sign.is_control())
                .take(120)
                .collect();
            let message = self.key.as_ref().map_or_else(
                || message.clone(),
                |key| message.replace(key.as_str(), "***"),
            );
            Fault::at(
                &self.source.url,
                format!("the API answered with error {code} {message}").trim_end(),
            )
        };
        match envelope.meaning() {
            Meaning::Good => Ok((bytes, envelope)),
            Meaning::Nothing => Ok((
                bytes,
                Envelope {
                    rows: 0,
                    ..envelope
                },
            )),
            Meaning::Passing => Err(Failed::ForNow(
                said().remedy("try again later; the last version stays"),
            )),
            Meaning::Exhausted => Err(Failed::ForGood(self.exhausted(None))),
            Meaning::Bad => Err(Failed::ForGood(
                said()
                    .remedy("check the key and the parameters; the last version stays")
                    .into(),
            )),
        }
    }

    fn exhausted(&self, calls: Option<u64>) -> FetchError {
        let what = match (calls, self.source.daily_quota) {
            (Some(calls), Some(limit)) => format!("today's calls are used up: {calls} of {limit}"),
            _ => "the API says that today's calls are used up".to_owned(),
        };
        Fault::at(&self.source.url, what).remedy("it goes on tomorrow; ask the provider for a greater `daily-quota`; the last version stays").into()
    }
}
