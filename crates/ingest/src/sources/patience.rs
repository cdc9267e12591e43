//! Trying again, with longer and longer waits.

use std::time::Duration;

use city::Fault;

use super::{FetchContext, FetchError, Progress};

/// No wait is longer.
const WAIT_MAX: Duration = Duration::from_mins(1);

/// Why one try failed.
pub(super) enum Failed {
    /// It may go better the next time.
    ForNow(Fault),
    /// It will not.
    ForGood(FetchError),
}

impl From<FetchError> for Failed {
    fn from(error: FetchError) -> Self {
        Self::ForGood(error)
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

    /// Waits when the same can be tried again; else gives the error.
    pub(super) async fn after(&mut self, failed: Failed) -> Result<(), FetchError> {
        let fault = match failed {
            Failed::ForGood(error) => return Err(error),
            Failed::ForNow(fault) => fault,
        };
        let Some(left) = self.left.checked_sub(1) else {
            return Err(fault.into());
        };
        self.left = left;
        let seconds = self.wait.as_secs() + u64::from(self.wait.subsec_nanos() > 0);
        (self.context.progress)(Progress::Again {
            seconds,
            why: fault.what,
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
        .redirect(reqwest::redirect::Policy::limited(5))
        .user_agent("madang");
    builder
        .build()
        .map_err(|error| FetchError::Machine(std::io::Error::other(error.without_url())))
}

/// A request that got no answer. The address is left out: it can hold a key.
pub(super) fn no_answer(template: &str, error: reqwest::Error) -> Failed {
    let what = if error.is_timeout() {
        "there was no answer in time".to_owned()
    } else {
        format!("there was no answer: {}", chain(&error.without_url()))
    };
    Failed::ForNow(
        Fault::at(template, what)
            .remedy("check the address and the network; the last version stays"),
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
    if status.is_server_error()
        || status == reqwest::StatusCode::TOO_MANY_REQUESTS
        || status == reqwest::StatusCode::REQUEST_TIMEOUT
    {
        return Failed::ForNow(fault.remedy("try again later; the last version stays"));
    }
    Failed::ForGood(
        fault
            .remedy("check the address and the key; the last version stays")
            .into(),
    )
}
