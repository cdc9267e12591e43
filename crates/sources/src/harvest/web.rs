//! A site that is asked and downloaded from. It does not lead just anywhere: only to itself and to hosts the manifest
//! names, and its token is sent to nobody else.

use std::path::Path;
use std::time::Duration;

use city::Fault;
use reqwest::header::{AUTHORIZATION, CONTENT_TYPE, LOCATION};
use reqwest::{Method, Response, StatusCode};
use serde_json::Value;
use tokio::io::AsyncWriteExt as _;
use url::Url;

use super::check::{Seal, Sum};
use crate::address::{fill, missing, parse};
use crate::patience::{Failed, Patience, bad_status, cut_off, no_answer};
use crate::secrets::Secrets;
use crate::{FetchContext, FetchError, Progress};

/// An answer of an API is no larger: a catalogue's description, or a page of rows.
const ANSWER_MAX: usize = 64 << 20;
/// An answer that leads further than so many times leads nowhere.
const REDIRECTS_MAX: usize = 5;

/// How a site is reached.
#[derive(Clone, Copy)]
pub(super) struct Access<'a> {
    /// The address as the manifest says it.
    pub(super) url: &'a str,
    /// Name of the token's configuration value.
    pub(super) token: Option<&'a str>,
    /// Whether the token is sent as a bearer's; CKAN takes it as it is.
    pub(super) is_bearer: bool,
    /// Other hosts it may lead to.
    pub(super) hosts: &'a [String],
    pub(super) retries: u32,
    pub(super) timeout_s: u64,
}

/// What came of a question: the body of a refusal says more than its status.
pub(super) struct Answer {
    pub(super) status: StatusCode,
    pub(super) bytes: Vec<u8>,
}

/// What a download was.
pub(super) struct Downloaded {
    pub(super) sum: Sum,
    headers: reqwest::header::HeaderMap,
}

impl Downloaded {
    /// A header that is a number.
    pub(super) fn number<N: std::str::FromStr>(&self, name: &str) -> Option<N> {
        self.headers.get(name)?.to_str().ok()?.parse().ok()
    }
}

/// A site.
pub(super) struct Web<'w> {
    access: Access<'w>,
    context: &'w FetchContext<'w>,
    client: reqwest::Client,
    site: Url,
    token: Option<String>,
    pub(super) secrets: Secrets,
}

impl<'w> Web<'w> {
    pub(super) fn new(
        access: Access<'w>,
        context: &'w FetchContext<'w>,
    ) -> Result<Self, FetchError> {
        let mut site = parse(access.url, &fill(access.url, context.values)?)?;
        // What is joined to an address replaces its last part unless that ends with a slash.
        if !site.path().ends_with('/') {
            let path = format!("{}/", site.path());
            site.set_path(&path);
        }
        site.set_query(None);
        site.set_fragment(None);
        let token = match access.token {
            None => None,
            Some(name) => match context.values.get(name).map(|token| token.trim()) {
                Some(token) if !token.is_empty() => Some(token.to_owned()),
                _ => return Err(missing(access.url, name).into()),
            },
        };
        let patience = Duration::from_secs(access.timeout_s.max(1));
        let client = reqwest::Client::builder()
            .connect_timeout(patience)
            .read_timeout(patience)
            .redirect(reqwest::redirect::Policy::none())
            .referer(false)
            .user_agent("madang")
            .build()
            .map_err(|error| std::io::Error::other(error.without_url()))?;
        let secrets = Secrets::new(token.as_deref(), context.values, &[access.url]);
        Ok(Self {
            access,
            context,
            client,
            site,
            token,
            secrets,
        })
    }

    /// The address as the manifest says it: what faults name.
    pub(super) fn shown(&self) -> &'w str {
        self.access.url
    }

    /// An address of the site, for a person to open.
    pub(super) fn page(&self, parts: &[&str]) -> Option<String> {
        let mut url = self.at(parts)?;
        url.set_username("").ok()?;
        url.set_password(None).ok()?;
        Some(url.into())
    }

    /// An address below the site's own.
    pub(super) fn at(&self, parts: &[&str]) -> Option<Url> {
        let mut url = self.site.clone();
        url.path_segments_mut().ok()?.pop_if_empty().extend(parts);
        Some(url)
    }

    /// An address as a catalogue writes it: whole, or relative to the site.
    pub(super) fn link(&self, link: &str) -> Result<Url, Fault> {
        let url = self
            .site
            .join(link.trim())
            .map_err(|error| Fault::at(self.shown(), format!("`{link}` is no address: {error}")))?;
        parse(self.shown(), url.as_str())
    }

    /// One question, tried until it is answered or patience ends. `judge` says whether the answer is one.
    pub(super) async fn ask<T>(
        &self,
        url: &Url,
        body: Option<&Value>,
        judge: impl Fn(Answer) -> Result<T, Failed>,
    ) -> Result<T, FetchError> {
        let mut patience = Patience::new(self.context, self.access.retries);
        loop {
            let failed = match self.once(url, body).await.and_then(&judge) {
                Ok(answer) => return Ok(answer),
                Err(failed) => failed,
            };
            patience.after(self.told(failed)).await?;
        }
    }

    /// Whether an address of the site answers with JSON that has this member.
    pub(super) async fn answers(
        &self,
        parts: &[&str],
        query: Option<&str>,
        member: &str,
    ) -> Result<bool, FetchError> {
        let Some(mut url) = self.at(parts) else {
            return Ok(false);
        };
        url.set_query(query);
        let is_there = |answer: Answer| {
            // A server that fails says nothing of what it is.
            if answer.status.is_server_error() {
                return Err(bad_status(self.shown(), answer.status));
            }
            let value = serde_json::from_slice::<Value>(&answer.bytes);
            Ok(value.is_ok_and(|value| value.get(member).is_some()))
        };
        self.ask(&url, None, is_there).await
    }

    async fn once(&self, url: &Url, body: Option<&Value>) -> Result<Answer, Failed> {
        let mut answer = self.send(url.clone(), body).await?;
        let status = answer.status();
        let mut bytes = Vec::new();
        while let Some(more) = answer
            .chunk()
            .await
            .map_err(|error| cut_off(self.shown(), error))?
        {
            if bytes.len() + more.len() > ANSWER_MAX {
                let what = format!("an answer has more than {} MiB", ANSWER_MAX >> 20);
                return Err(Failed::ForGood(Fault::at(self.shown(), what).into()));
            }
            bytes.extend_from_slice(&more);
        }
        Ok(Answer { status, bytes })
    }

    /// Downloads a file, tried until it comes whole or patience ends. `name` is what faults call it.
    pub(super) async fn download(
        &self,
        url: &Url,
        name: &str,
        path: &Path,
        seal: &Seal,
    ) -> Result<Downloaded, FetchError> {
        let mut patience = Patience::new(self.context, self.access.retries);
        loop {
            let failed = match self.file(url, path, seal).await {
                Ok(file) => return Ok(file),
                Err(failed) => failed.map(|fault| fault.part(name)),
            };
            patience.after(self.told(failed)).await?;
        }
    }

    async fn file(&self, url: &Url, path: &Path, seal: &Seal) -> Result<Downloaded, Failed> {
        let mut answer = self.send(url.clone(), None).await?;
        if !answer.status().is_success() {
            return Err(bad_status(self.shown(), answer.status()));
        }
        if is_web_page(&answer) {
            let fault = Fault::at(self.shown(), "a web page came in the file's place")
                .remedy("a login, a notice or a page about the file: open its link in a browser; the last version stays");
            return Err(Failed::ForGood(fault.into()));
        }
        let all = answer.content_length();
        let headers = answer.headers().clone();
        let mut file = tokio::fs::File::create(path)
            .await
            .map_err(FetchError::from)?;
        let mut sum = Sum::new(seal);
        while let Some(bytes) = answer
            .chunk()
            .await
            .map_err(|error| cut_off(self.shown(), error))?
        {
            file.write_all(&bytes).await.map_err(FetchError::from)?;
            sum.add(&bytes);
            (self.context.progress)(Progress::Bytes(sum.bytes, all));
        }
        file.flush().await.map_err(FetchError::from)?;
        if let Some(what) = seal.broken(&sum) {
            let fault = Fault::at(self.shown(), what).remedy(
                "load again later; when it stays so, tell the portal; the last version stays",
            );
            return Err(Failed::ForNow(fault));
        }
        Ok(Downloaded { sum, headers })
    }

    /// Sends a request and follows where it leads, as far as that is allowed.
    async fn send(&self, mut url: Url, body: Option<&Value>) -> Result<Response, Failed> {
        for _ in 0..=REDIRECTS_MAX {
            self.may_ask(&url).map_err(FetchError::from)?;
            let method = if body.is_some() {
                Method::POST
            } else {
                Method::GET
            };
            let mut request = self.client.request(method, url.clone());
            if let Some(body) = body {
                request = request
                    .header(CONTENT_TYPE, "application/json")
                    .body(body.to_string());
            }
            if let Some(token) = self.token.as_ref().filter(|_| self.is_own(&url)) {
                let scheme = if self.access.is_bearer { "Bearer " } else { "" };
                request = request.header(AUTHORIZATION, format!("{scheme}{token}"));
            }
            let answer = request
                .send()
                .await
                .map_err(|error| no_answer(self.shown(), error))?;
            let Some(next) = leads_to(&answer, &url) else {
                return Ok(answer);
            };
            if url.scheme() == "https" && next.scheme() != "https" {
                let fault = Fault::at(self.shown(), "the server leads from https to http");
                return Err(Failed::ForGood(fault.into()));
            }
            url = next;
        }
        let fault = Fault::at(self.shown(), "the server leads on and on");
        Err(Failed::ForGood(fault.into()))
    }

    fn is_own(&self, url: &Url) -> bool {
        url.origin() == self.site.origin()
    }

    /// A catalogue's link can be anybody's: an inner server must not be read by way of it.
    fn may_ask(&self, url: &Url) -> Result<(), Fault> {
        let host = url.host_str().unwrap_or_default();
        let is_named = self
            .access
            .hosts
            .iter()
            .any(|known| known.eq_ignore_ascii_case(host));
        if matches!(url.scheme(), "http" | "https")
            && (is_named || self.site.host_str() == Some(host))
        {
            return Ok(());
        }
        let what = format!("the site leads to another host: `{host}`");
        Err(Fault::at(self.shown(), what).remedy(format!(
            "when that host is the right one, name it in the manifest: hosts = [\"{host}\"]; the last version stays"
        )))
    }

    /// Without secrets, whoever wrote it.
    fn told(&self, failed: Failed) -> Failed {
        failed.map(|fault| self.secrets.hide_in(fault))
    }
}

fn leads_to(answer: &Response, from: &Url) -> Option<Url> {
    if !answer.status().is_redirection() {
        return None;
    }
    // Servers write Korean names into it as they are.
    let location = std::str::from_utf8(answer.headers().get(LOCATION)?.as_bytes()).ok()?;
    from.join(location).ok()
}

fn is_web_page(answer: &Response) -> bool {
    let kind = answer.headers().get(CONTENT_TYPE);
    kind.and_then(|kind| kind.to_str().ok())
        .is_some_and(|kind| kind.to_ascii_lowercase().starts_with("text/html"))
}
