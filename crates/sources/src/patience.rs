//! Trying again, with longer and longer waits.

use std::time::Duration;

use city::Fault;

use super::{FetchContext, FetchError, Progress};

/// No wait is longer.
const WAIT_MAX: Duration = Duration::from_mins(1);
/// An answer that leads further than so many times leads nowhere.
const REDIRECTS_MAX: usize = 5;

/// Why one try failed.
pub(super) enum Failed {
    /// It may go better the next time.
    ForNow(Fault),
    /// It may go better the next time, and rather with less asked for at once.
    ForSize(Fault),
    /// It can only go better with less asked for at once.
    TooMany(Fault),
    /// It will not.
    ForGood(FetchError),
}

impl Failed {
    /// The same with its fault changed.
    pub(super) fn map(self, change: impl Fn(Fault) -> Fault) -> Self {
        match self {
            Self::ForNow(fault) => Self::ForNow(change(fault)),
            Self::ForSize(fault) => Self::ForSize(change(fault)),
            Self::TooMany(fault) => Self::TooMany(change(fault)),
            Self::ForGood(FetchError::Input(faults)) => {
                Self::ForGood(FetchError::Input(faults.into_iter().map(change).collect()))
            }
            Self::ForGood(error) => Self::ForGood(error),
        }
    }
}

impl From<FetchError> for Failed {
    fn from(error: FetchError) -> Self {
        Self::ForGood(error)
    }
}

impl From<Failed> for FetchError {
    fn from(failed: Failed) -> Self {
        match failed {
            Failed::ForNow(fault) | Failed::ForSize(fault) | Failed::TooMany(fault) => fault.into(),
            Failed::ForGood(error) => error,
        }
    }
}

/// Counts the tries of one request.
pub(super) struct Patience<'p> {
    context: &'p FetchContext<'p>,
    left: u32,
    wait: Duration,
}

impl<'p> Patience<'p> {
    pub(super) fn new(context: &'p FetchContext<'p>, retries: u32) -> Self {
        Self {
            context,
            left: retries,
            wait: context.first_wait,
        }
    }

    /// Waits when the same can be tried again; else gives back why the last try failed.
    pub(super) async fn after(&mut self, failed: Failed) -> Result<(), Failed> {
        let fault = match failed {
            Failed::ForGood(_) | Failed::TooMany(_) => return Err(failed),
            Failed::ForNow(ref fault) | Failed::ForSize(ref fault) => fault,
        };
        let Some(left) = self.left.checked_sub(1) else {
            return Err(failed);
        };
        self.left = left;
        let seconds = self.wait.as_secs() + u64::from(self.wait.subsec_nanos() > 0);
        (self.context.progress)(Progress::Again {
            seconds,
            why: fault.what.clone(),
        });
        tokio::time::sleep(self.wait).await;
        self.wait = (self.wait * 2).min(WAIT_MAX);
        Ok(())
    }
}

/// A client with this patience between two bytes.
pub(super) fn client(timeout_s: u64) -> Result<reqwest::Client, FetchError> {
    let patience = Duration::from_secs(timeout_s.max(1));
    let builder = reqwest::Client::builder()
        .connect_timeout(patience)
        .read_timeout(patience)
        .redirect(reqwest::redirect::Policy::custom(follow))
        // The address that led away can hold a key.
        .referer(false)
        .user_agent("madang");
    builder
        .build()
        .map_err(|error| FetchError::Machine(std::io::Error::other(error.without_url())))
}

/// From http to https is usual; the way back would show the key to everybody on the line.
fn follow(attempt: reqwest::redirect::Attempt<'_>) -> reqwest::redirect::Action {
    let was_safe = attempt
        .previous()
        .last()
        .is_some_and(|url| url.scheme() == "https");
    if was_safe && attempt.url().scheme() != "https" {
        return attempt.error("the server leads from https to http");
    }
    if attempt.previous().len() > REDIRECTS_MAX {
        return attempt.error("the server leads on and on");
    }
    attempt.follow()
}

/// A request that got no answer. The address is left out: it can hold a key.
pub(super) fn no_answer(template: &str, error: reqwest::Error) -> Failed {
    let what = if error.is_timeout() {
        "there was no answer in time".to_owned()
    } else {
        format!("there was no answer: {}", chain(&error.without_url()))
    };
    Failed::ForSize(
        Fault::at(template, what)
            .remedy("check the address and the network; the last version stays"),
    )
}

/// An answer that came in part.
pub(super) fn cut_off(template: &str, error: reqwest::Error) -> Failed {
    let what = if error.is_timeout() {
        "the answer stopped in the middle and did not go on in time".to_owned()
    } else {
        let why = chain(&error.without_url());
        format!("the connection broke in the middle of the answer: {why}")
    };
    Failed::ForSize(
        Fault::at(template, what).remedy(
            "load again later; when it stays so, tell the provider; the last version stays",
        ),
    )
}

fn chain(error: &dyn std::error::Error) -> String {
    let mut text = error.to_string();
    let mut source = error.source();
    while let Some(cause) = source {
        text.push_str(": ");
        text.push_str(&cause.to_string());
        source = cause.source();
    }
    text
}

/// A status that is no success.
pub(super) fn bad_status(template: &str, status: reqwest::StatusCode) -> Failed {
    let fault = Fault::at(
        template,
        format!("the server answered with status {}", status.as_u16()),
    );
    match status.as_u16() {
        502 | 504 => Failed::ForSize(fault.remedy(
            "try again later; where pages are large, ask for fewer rows; the last version stays",
        )),
        408 | 429 | 500.. => {
            Failed::ForNow(fault.remedy("try again later; the last version stays"))
        }
        _ => Failed::ForGood(
            fault
                .remedy("check the address and the key; the last version stays")
                .into(),
        ),
    }
}
