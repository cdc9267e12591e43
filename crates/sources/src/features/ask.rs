//! One request: tried again, counted, its refusal read.

use std::collections::BTreeMap;

use city::Fault;
use reqwest::StatusCode;
use reqwest::header::{ACCEPT, HeaderMap};
use url::Url;

use super::said::{self, Said};
use crate::address::{fill, missing, parse};
use crate::patience::{Failed, Patience, bad_status, client, cut_off, no_answer};
use crate::secrets::{Secrets, plain_key};
use crate::{Call, FetchContext, FetchError};
use ingest::envelope::PAGE_BYTES_MAX;

/// Letters shown of what a stranger says.
const MESSAGE_MAX: usize = 200;

/// What a manifest says of a service.
pub(super) struct Manner<'m> {
    pub(super) url: &'m str,
    pub(super) parameters: &'m BTreeMap<String, String>,
    pub(super) key: Option<&'m str>,
    pub(super) key_parameter: &'m str,
    pub(super) daily_quota: Option<u32>,
    pub(super) retries: u32,
    pub(super) timeout_s: u64,
    /// What is asked for, in the words of HTTP.
    pub(super) accept: &'static str,
    /// The manifest's key for features a page.
    pub(super) rows_key: &'static str,
}

/// A service that can be asked.
pub(super) struct Service<'s> {
    pub(super) manner: Manner<'s>,
    pub(super) context: &'s FetchContext<'s>,
    pub(super) secrets: Secrets,
    /// The address, filled in.
    pub(super) address: Url,
    /// Parameters of every request, the key's among them.
    pub(super) parameters: Vec<(String, String)>,
    client: reqwest::Client,
}

/// What came.
pub(super) struct Answer {
    pub(super) bytes: Vec<u8>,
    pub(super) headers: HeaderMap,
    /// Calls made today.
    pub(super) calls: u64,
}

/// Why nothing came.
pub(super) enum Refused {
    /// The service says why.
    Said(Said, Failed),
    Failed(Failed),
}

impl From<Refused> for FetchError {
    fn from(refused: Refused) -> Self {
        match refused {
            Refused::Said(_, failed) | Refused::Failed(failed) => failed.into(),
        }
    }
}

impl From<Failed> for Refused {
    fn from(failed: Failed) -> Self {
        Self::Failed(failed)
    }
}

impl<'s> Service<'s> {
    pub(super) fn new(
        manner: Manner<'s>,
        context: &'s FetchContext<'s>,
    ) -> Result<Self, FetchError> {
        let key = match manner.key {
            None => None,
            Some(name) => match context.values.get(name).map(|key| plain_key(key)) {
                Some(key) if !key.is_empty() => Some(key),
                _ => return Err(missing(manner.url, name).into()),
            },
        };
        let templates: Vec<&str> = std::iter::once(manner.url)
            .chain(manner.parameters.values().map(String::as_str))
            .collect();
        let secrets = Secrets::new(key.as_deref(), context.values, &templates);
        let mut parameters = Vec::new();
        for (name, value) in manner.parameters {
            parameters.push((name.clone(), fill(value, context.values)?));
        }
        if let Some(key) = key {
            parameters.push((manner.key_parameter.to_owned(), key));
        }
        let address = parse(manner.url, &fill(manner.url, context.values)?)?;
        Ok(Self {
            client: client(manner.timeout_s)?,
            manner,
            context,
            secrets,
            address,
            parameters,
        })
    }

    /// Whether the manifest says one of these parameters itself, in whatever letters.
    pub(super) fn says(&self, names: &[&str]) -> bool {
        self.manner
            .parameters
            .keys()
            .any(|own| names.iter().any(|name| own.eq_ignore_ascii_case(name)))
    }

    /// The key's parameter.
    pub(super) fn key(&self) -> Option<&(String, String)> {
        let name = self.manner.key.map(|_| self.manner.key_parameter)?;
        self.parameters.iter().find(|(own, _)| own == name)
    }

    /// What is at an address, tried until it comes or patience ends.
    pub(super) async fn get(&self, url: &Url, part: &str) -> Result<Answer, Refused> {
        let mut patience = Patience::new(self.context, self.manner.retries);
        loop {
            let taken = self.context.quota.take(self.manner.daily_quota).await;
            let calls = match taken.map_err(|error| Failed::from(FetchError::from(error)))? {
                Call::Allowed(calls) => calls,
                Call::Exhausted(calls) => {
                    let fault = self.exhausted(calls).part(part);
                    return Err(Failed::ForGood(fault.into()).into());
                }
            };
            let told = |fault: Fault| self.secrets.hide_in(fault.part(part));
            match self.ask(url.clone(), calls).await {
                Ok(answer) => return Ok(answer),
                Err(Refused::Said(said, failed)) if !said.is_passing() => {
                    return Err(Refused::Said(said, failed.map(told)));
                }
                Err(Refused::Said(_, failed) | Refused::Failed(failed)) => {
                    patience.after(failed.map(told)).await?;
                }
            }
        }
    }

    async fn ask(&self, url: Url, calls: u64) -> Result<Answer, Refused> {
        let template = self.manner.url;
        let request = self.client.get(url).header(ACCEPT, self.manner.accept);
        let mut answer = request
            .send()
            .await
            .map_err(|error| no_answer(template, error))?;
        let (status, headers) = (answer.status(), answer.headers().clone());
        let mut bytes = Vec::new();
        while let Some(more) = answer
            .chunk()
            .await
            .map_err(|error| cut_off(template, error))?
        {
            if bytes.len() + more.len() > PAGE_BYTES_MAX {
                let what = format!("a page has more than {} MiB", PAGE_BYTES_MAX >> 20);
                let remedy = format!(
                    "ask for fewer features a page: `{}`; the last version stays",
                    self.manner.rows_key
                );
                return Err(Failed::TooMany(Fault::at(template, what).remedy(remedy)).into());
            }
            bytes.extend_from_slice(&more);
        }
        // A refusal can come with any status, and says more than it.
        if let Some(said) = said::of(&bytes, status.is_success()) {
            let failed = self.refusal(&said, status);
            return Err(Refused::Said(said, failed));
        }
        if !status.is_success() {
            return Err(bad_status(template, status).into());
        }
        Ok(Answer {
            bytes,
            headers,
            calls,
        })
    }

    fn refusal(&self, said: &Said, status: StatusCode) -> Failed {
        // Hidden before it is cut: half a key is a key.
        let text: String = self
            .secrets
            .hide(&said.to_string())
            .chars()
            .filter(|sign| !sign.is_control())
            .take(MESSAGE_MAX)
            .collect();
        let fault = Fault::at(
            self.manner.url,
            format!("the service answered with an error: {text}"),
        );
        if said.is_passing() || matches!(status.as_u16(), 408 | 429 | 502..=504) {
            return Failed::ForNow(fault.remedy("try again later; the last version stays"));
        }
        Failed::ForGood(
            fault
                .remedy("correct what it names in the manifest; when nothing is wrong there, ask the provider; the last version stays")
                .into(),
        )
    }

    fn exhausted(&self, calls: u64) -> Fault {
        let limit = self.manner.daily_quota.unwrap_or_default();
        Fault::at(self.manner.url, format!("today's calls are used up: {calls} of {limit}")).remedy(
            "it goes on tomorrow; ask the provider for a greater `daily-quota`; the last version stays",
        )
    }
}
