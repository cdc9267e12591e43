//! Questions to the provider: with an end in time and in bytes, and never led on to another address.

use std::future::Future;
use std::pin::Pin;
use std::time::Duration;

use openidconnect::{AsyncHttpClient, HttpRequest, HttpResponse};
use url::Url;

use super::settings::is_private;

/// A person waits for it.
const CONNECT: Duration = Duration::from_secs(3);
/// From the question to the last byte.
const WHOLE: Duration = Duration::from_secs(8);
/// Bytes of an answer. Keys and tokens are a few thousand.
const MOST: usize = 1 << 19;

/// Why the provider gave no answer.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
pub(super) enum WireError {
    /// No answer, or none in time.
    #[error("it does not answer: {0}")]
    Silent(String),
    /// An answer without end.
    #[error("it answers with more than {MOST} bytes")]
    Endless,
    /// A question that cannot be put.
    #[error("it names an address that cannot be asked: {0}")]
    Address(String),
}

/// The line to the provider.
#[derive(Clone, Debug)]
pub(super) struct Wire {
    client: reqwest::Client,
}

impl Wire {
    /// A line; `authority` is a certificate (PEM) that vouches for the provider.
    pub(super) fn new(authority: Option<&[u8]>) -> Result<Self, String> {
        let told = |error: reqwest::Error| error.without_url().to_string();
        let mut builder = reqwest::Client::builder()
            .connect_timeout(CONNECT)
            .timeout(WHOLE)
            // A provider that leads on could lead to any machine inside the city's walls.
            .redirect(reqwest::redirect::Policy::none())
            .referer(false)
            .user_agent("madang");
        if let Some(pem) = authority {
            builder =
                builder.add_root_certificate(reqwest::Certificate::from_pem(pem).map_err(told)?);
        }
        Ok(Self {
            client: builder.build().map_err(told)?,
        })
    }

    async fn ask(&self, request: HttpRequest) -> Result<HttpResponse, WireError> {
        let (parts, body) = request.into_parts();
        let address = Url::parse(&parts.uri.to_string())
            .map_err(|error| WireError::Address(error.to_string()))?;
        if !is_private(&address) {
            return Err(WireError::Address("it is not https".to_owned()));
        }
        let silent = |error: reqwest::Error| WireError::Silent(why(&error.without_url()));
        let mut answer = self
            .client
            .request(parts.method, address)
            .headers(parts.headers)
            .body(body)
            .send()
            .await
            .map_err(silent)?;
        // What stands before a provider answers so when it is down.
        if answer.status().is_server_error() {
            return Err(WireError::Silent(format!("only {}", answer.status())));
        }
        let mut bytes = Vec::new();
        while let Some(chunk) = answer.chunk().await.map_err(silent)? {
            if bytes.len() + chunk.len() > MOST {
                return Err(WireError::Endless);
            }
            bytes.extend_from_slice(&chunk);
        }
        let mut response = HttpResponse::new(bytes);
        *response.status_mut() = answer.status();
        *response.headers_mut() = answer.headers().clone();
        Ok(response)
    }
}

/// The innermost cause: "error sending request" tells nobody anything.
fn why(error: &dyn std::error::Error) -> String {
    let mut cause = error;
    while let Some(inner) = cause.source() {
        cause = inner;
    }
    cause.to_string()
}

impl<'c> AsyncHttpClient<'c> for Wire {
    type Error = WireError;
    type Future = Pin<Box<dyn Future<Output = Result<HttpResponse, WireError>> + Send + 'c>>;

    fn call(&'c self, request: HttpRequest) -> Self::Future {
        Box::pin(self.ask(request))
    }
}
