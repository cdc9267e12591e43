//! What a storage's refusal means, and what to do.

use std::error::Error as _;

use city::Fault;
use object_store::Error;

use super::Bucket;
use crate::patience::Failed;

/// Letters shown of what a stranger says.
const MESSAGE_MAX: usize = 120;

impl Bucket<'_> {
    /// Whether the bucket itself is not there.
    pub(super) fn is_of_bucket(error: &Error) -> bool {
        element(&error.to_string(), "Code").is_some_and(|code| code == "NoSuchBucket")
    }

    /// An answer that came in part.
    pub(super) fn broke(&self, error: &Error) -> Failed {
        let what = format!(
            "the connection broke in the middle of a file: {}",
            self.shown(&root(error))
        );
        Failed::ForNow(
            Fault::at(&self.place, what).remedy("load again later; the last version stays"),
        )
    }

    /// A request that was refused, or that got no answer.
    pub(super) fn failed(&self, error: &Error) -> Failed {
        if let Error::InvalidPath { source } = error {
            let what = format!("a name in the bucket cannot be read: {source}");
            return good(Fault::at(&self.place, what).remedy(
                "have the file renamed (no `//`, no `.` or `..` as a folder), or begin `path` with another folder; the last version stays",
            ));
        }
        let text = error.to_string();
        let status = status(&text);
        match (element(&text, "Code"), status) {
            (Some(code), _) => self.refusal(&code, status, &text),
            (None, Some(status)) => self.by_status(status),
            (None, None) => {
                let why = self.shown(&root(error));
                let what = format!("there was no answer: {why}");
                Failed::ForNow(
                    Fault::at(&self.place, what)
                        .remedy("check `endpoint` and the network; the last version stays"),
                )
            }
        }
    }

    fn refusal(&self, code: &str, status: Option<u16>, text: &str) -> Failed {
        let (what, remedy) = match code {
            "NoSuchBucket" => (
                format!("there is no bucket `{}`", self.source.bucket),
                "correct `bucket`, or `endpoint`",
            ),
            "InvalidAccessKeyId" => (
                "the storage does not know the access key".to_owned(),
                "copy the access key into the configuration once more",
            ),
            "SignatureDoesNotMatch" => (
                "the secret key does not fit the access key".to_owned(),
                "copy the secret key into the configuration once more; check `region`",
            ),
            "AccessDenied" | "AllAccessDisabled" => (
                "the key may not read this".to_owned(),
                "ask whoever keeps the bucket to let the key list it (s3:ListBucket) and read it (s3:GetObject)",
            ),
            "RequestTimeTooSkewed" => (
                "the clock of this machine and that of the storage differ too much".to_owned(),
                "set the clock of this machine",
            ),
            "AuthorizationHeaderMalformed"
            | "PermanentRedirect"
            | "IllegalLocationConstraintException" => (
                match element(text, "Region") {
                    Some(region) => {
                        format!("the bucket is in the region `{}`", self.shown(&region))
                    }
                    None => format!("the bucket is not in the region `{}`", self.source.region),
                },
                "correct `region`, or `endpoint`",
            ),
            _ => {
                let message = element(text, "Message").unwrap_or_default();
                let what = format!("the storage answered with error {code}: {message}");
                let fault = Fault::at(&self.place, self.shown(&what));
                return if is_passing(code, status) {
                    Failed::ForNow(fault.remedy("try again later; the last version stays"))
                } else {
                    good(fault.remedy("ask whoever keeps the storage; the last version stays"))
                };
            }
        };
        good(Fault::at(&self.place, what).remedy(format!("{remedy}; the last version stays")))
    }

    fn by_status(&self, status: u16) -> Failed {
        let fault = Fault::at(
            &self.place,
            format!("the storage answered with status {status}"),
        );
        if is_passing("", Some(status)) {
            return Failed::ForNow(fault.remedy("try again later; the last version stays"));
        }
        good(fault.remedy("check `endpoint`, `bucket` and the keys; the last version stays"))
    }

    /// What a stranger says, without secrets and not too much of it.
    fn shown(&self, text: &str) -> String {
        // Hidden before it is cut: half a key is a key.
        self.secrets
            .hide(text)
            .chars()
            .filter(|sign| !sign.is_control())
            .take(MESSAGE_MAX)
            .collect()
    }
}

fn good(fault: Fault) -> Failed {
    Failed::ForGood(fault.into())
}

fn is_passing(code: &str, status: Option<u16>) -> bool {
    matches!(
        code,
        "SlowDown" | "RequestTimeout" | "InternalError" | "ServiceUnavailable" | "Busy"
    ) || matches!(status, Some(408 | 429 | 500..))
}

/// The text of an element of a refusal, wherever it stands.
fn element(text: &str, name: &str) -> Option<String> {
    let (_, behind) = text.split_once(&format!("<{name}>"))?;
    let (text, _) = behind.split_once(&format!("</{name}>"))?;
    let text = text.trim();
    (!text.is_empty()).then(|| text.to_owned())
}

/// The status that the client's words name.
fn status(text: &str) -> Option<u16> {
    let (_, behind) = text.split_once("status code: ")?;
    let digits: String = behind.chars().take_while(char::is_ascii_digit).collect();
    digits.parse().ok()
}

/// The innermost reason: those around it name addresses.
fn root(error: &Error) -> String {
    let mut text = String::new();
    let mut source = error.source();
    while let Some(cause) = source {
        text = cause.to_string();
        source = cause.source();
    }
    text
}
