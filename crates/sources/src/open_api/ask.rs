//! One page: asked for, tried again, judged.

use city::Fault;
use city::dataset::{Format, FormatKind, OpenApiSource};
use reqwest::StatusCode;
use url::Url;

use super::paging::{Addresses, Cursor};
use crate::patience::{Failed, Patience, bad_status, client, cut_off, no_answer};
use crate::secrets::Secrets;
use crate::{Call, FetchContext, FetchError};
use ingest::envelope::{Dialect, Envelope, Meaning, PAGE_BYTES_MAX, Unread};

/// Letters shown of what a stranger says.
const MESSAGE_MAX: usize = 120;

/// A page that came and is good.
pub(super) struct Page {
    pub(super) bytes: Vec<u8>,
    pub(super) envelope: Envelope,
    /// Calls made today.
    pub(super) calls: u64,
}

/// An API that can be asked.
pub(super) struct Api<'a> {
    source: &'a OpenApiSource,
    format: &'a Format,
    context: &'a FetchContext<'a>,
    addresses: Addresses,
    pub(super) secrets: Secrets,
    client: reqwest::Client,
}

impl<'a> Api<'a> {
    pub(super) fn new(
        source: &'a OpenApiSource,
        format: &'a Format,
        context: &'a FetchContext<'a>,
    ) -> Result<Self, FetchError> {
        let (addresses, secrets) = Addresses::new(source, context.values)?;
        Ok(Self {
            source,
            format,
            context,
            addresses,
            secrets,
            client: client(source.timeout_s)?,
        })
    }

    /// One page, tried until it comes or patience ends.
    pub(super) async fn page(&self, cursor: Cursor) -> Result<Page, Failed> {
        let url = self.addresses.of(cursor).map_err(FetchError::from)?;
        let mut patience = Patience::new(self.context, self.source.retries);
        loop {
            let taken = self.context.quota.take(self.source.daily_quota).await;
            let calls = match taken.map_err(FetchError::from)? {
                Call::Allowed(calls) => calls,
                Call::Exhausted(calls) => {
                    return Err(Failed::ForGood(
                        self.exhausted(calls).part(cursor.name()).into(),
                    ));
                }
            };
            match self.ask(url.clone()).await {
                Ok((bytes, envelope)) => {
                    return Ok(Page {
                        bytes,
                        envelope,
                        calls,
                    });
                }
                Err(failed) => {
                    let told = |fault: Fault| self.secrets.hide_in(fault.part(cursor.name()));
                    patience.after(failed.map(told)).await?;
                }
            }
        }
    }

    fn exhausted(&self, calls: u64) -> Fault {
        let limit = self.source.daily_quota.unwrap_or_default();
        Fault::at(&self.source.url, format!("today's calls are used up: {calls} of {limit}")).remedy(
            "it goes on tomorrow; ask the provider for a greater `daily-quota`; the last version stays",
        )
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
            .map_err(|error| cut_off(template, error))?
        {
            if bytes.len() + more.len() > PAGE_BYTES_MAX {
                let what = format!("a page has more than {} MiB", PAGE_BYTES_MAX >> 20);
                let remedy = "ask for fewer rows a page: `page-rows`; the last version stays";
                return Err(Failed::TooMany(Fault::at(template, what).remedy(remedy)));
            }
            bytes.extend_from_slice(&more);
        }
        // The body of a refusal says more than its status.
        match Envelope::read(&bytes, self.format.rows.as_deref()) {
            Ok(envelope) => self.judge(status, bytes, envelope),
            Err(_) if !status.is_success() => Err(bad_status(template, status)),
            Err(unread) => Err(self.unread(unread)),
        }
    }

    fn judge(
        &self,
        status: StatusCode,
        bytes: Vec<u8>,
        mut envelope: Envelope,
    ) -> Result<(Vec<u8>, Envelope), Failed> {
        let meaning = envelope.means().meaning;
        match meaning {
            Meaning::Good if !status.is_success() => Err(bad_status(&self.source.url, status)),
            // The gateway's refusal has no rows, whatever number stands in it.
            Meaning::Good if envelope.dialect == Dialect::Refusal => {
                Err(Failed::ForGood(self.said(&envelope).into()))
            }
            Meaning::Good => match self.wrong_kind(&envelope) {
                Some(fault) => Err(Failed::ForGood(fault.into())),
                None => Ok((bytes, envelope)),
            },
            Meaning::Nothing => {
                envelope.is_empty = true;
                Ok((bytes, envelope))
            }
            Meaning::Passing if envelope.means().name == "SERVICETIMEOUT_ERROR" => {
                Err(Failed::ForSize(self.said(&envelope)))
            }
            Meaning::Passing => Err(Failed::ForNow(self.said(&envelope))),
            Meaning::TooMany => Err(Failed::TooMany(self.said(&envelope))),
            Meaning::Exhausted | Meaning::Bad => Err(Failed::ForGood(self.said(&envelope).into())),
        }
    }

    /// What the API said, what that means, and what to do.
    fn said(&self, envelope: &Envelope) -> Fault {
        let code = envelope.code.as_deref().unwrap_or_default();
        let means = envelope.means();
        // Hidden before it is cut: half a key is a key.
        let message: String = self
            .secrets
            .hide(&envelope.message)
            .chars()
            .filter(|sign| !sign.is_control())
            .take(MESSAGE_MAX)
            .collect();
        let message = if message.is_empty() {
            means.name.to_owned()
        } else {
            message
        };
        let what = format!("the API answered with error {code} {message}");
        Fault::at(
            &self.source.url,
            format!("{}: {}", what.trim_end(), means.what),
        )
        .remedy(format!("{}; the last version stays", means.remedy))
    }

    /// Rows in another form than the manifest says could not be read later.
    fn wrong_kind(&self, envelope: &Envelope) -> Option<Fault> {
        if envelope.kind == self.format.kind || envelope.is_empty {
            return None;
        }
        let (came, word) = match envelope.kind {
            FormatKind::Xml => ("XML", "xml"),
            _ => ("JSON", "json"),
        };
        Some(
            Fault::at(&self.source.url, format!("the answer is {came}, and the manifest says another format")).remedy(format!(
                "say format = {{ kind = \"{word}\" }}, or ask for the other with the parameter the provider's guide names (`type`, `_type`, `resultType`, `dataType`); the last version stays"
            )),
        )
    }

    fn unread(&self, unread: Unread) -> Failed {
        let (what, remedy) = match unread {
            Unread::WebPage => (
                "the answer is a web page, not data",
                "a proxy, a firewall or a notice answers in the API's place: open the address in a browser",
            ),
            Unread::Cut => (
                "the answer ends in the middle",
                "load again later; when it stays so, ask for fewer rows a page: `page-rows`",
            ),
            Unread::Unsound => (
                "the answer begins as JSON or XML and is not sound",
                "load again later; when it stays so, tell the provider",
            ),
            Unread::Empty => (
                "the answer is empty",
                "load again later; when it stays so, check the address",
            ),
            Unread::Other => (
                "the answer is neither JSON nor XML",
                "open the address in a browser",
            ),
        };
        let fault =
            Fault::at(&self.source.url, what).remedy(format!("{remedy}; the last version stays"));
        match unread {
            Unread::Cut => Failed::ForSize(fault),
            _ => Failed::ForNow(fault),
        }
    }
}
