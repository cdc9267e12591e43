//! Reminders: on working days, from an hour on, each department gets one letter of what it owes. What is reminded
//! of is kept with the letter, so nothing is told twice; a letter that cannot go out is tried again.

mod letter;
mod post;

use std::time::Duration;

use chrono::{DateTime, NaiveDate, Timelike, Utc};
use city::calendar::{korean_day, korean_time};
use interop::freshness::{Clocks, list};
use records::mails::{Letter, Mail, MailState, Reminded};
use tokio::sync::watch;

pub(crate) use letter::escaped;
pub(crate) use post::Post;

use crate::config::mail;
use crate::exit::Failure;
use crate::platform::Platform;

/// How often it is looked whether something is to be sent.
const LOOK_EVERY: Duration = Duration::from_mins(1);
/// Times two who write at once look again.
const LOOKS: usize = 5;

/// Reminds departments until `stop` is told.
pub(crate) async fn run(platform: Platform, mail: mail::Mail, mut stop: watch::Receiver<bool>) {
    let post = match Post::new(&mail) {
        Ok(post) => post,
        Err(failure) => {
            tracing::error!("no reminder can be sent: {}", failure.message());
            return;
        }
    };
    let mut ticks = tokio::time::interval(LOOK_EVERY);
    loop {
        tokio::select! {
            _ = ticks.tick() => {}
            _ = stop.changed() => return,
        }
        let now = platform.records.clock().now();
        let outcome = async {
            if is_time(&platform, mail.hour.value, now).await? {
                write(&platform, Some(korean_day(now))).await?;
            }
            deliver(&platform, &post).await
        };
        if let Err(failure) = outcome.await {
            tracing::error!("reminding failed: {}", failure.message());
        }
    }
}

/// Whether today's letters are still to be written.
async fn is_time(platform: &Platform, hour: u32, now: DateTime<Utc>) -> Result<bool, Failure> {
    let today = korean_day(now);
    Ok(korean_time(now).hour() >= hour
        && platform.city.calendar.is_working_day(today)
        && platform.records.mails().day().await? != Some(today))
}

/// Writes the letters of what has not been reminded of and puts them in the outbox; answers with them.
pub(crate) async fn write(
    platform: &Platform,
    day: Option<NaiveDate>,
) -> Result<Vec<Letter>, Failure> {
    for _ in 0..LOOKS {
        let letters = letters(platform).await?;
        if letters.is_empty() && day.is_none() {
            return Ok(letters);
        }
        if platform.records.mails().queue(&letters, day).await? {
            return Ok(letters);
        }
        // Another process reminded of the same meanwhile.
    }
    Err(Failure::Machine(
        "another process writes reminders at the same time; try again".to_owned(),
    ))
}

/// One letter a department, of the steps it has not been reminded of.
pub(crate) async fn letters(platform: &Platform) -> Result<Vec<Letter>, Failure> {
    let reader = platform.own_reader("remind");
    let clocks = Clocks::read(&platform.records).await?;
    let entries = list(&reader, &clocks, &platform.city, None)?;
    let first = entries
        .iter()
        .filter_map(|(_, clock)| clock.freshness.due_on)
        .min();
    let known = platform.records.mails();
    let known = known.reminded(first.unwrap_or_default()).await?;
    let mut letters = Vec::new();
    for department in &platform.city.manifest.departments {
        let Some(to) = &department.mail else {
            continue;
        };
        let steps = entries.iter().filter_map(|(dataset, clock)| {
            let reminded = Reminded {
                dataset: dataset.id.clone(),
                due_on: clock.freshness.due_on?,
                step: clock.freshness.step()?.to_string(),
            };
            let is_new = dataset.department == department.id && !known.contains(&reminded);
            is_new.then_some((*dataset, clock, reminded))
        });
        let (shown, of): (Vec<_>, Vec<_>) = steps
            .map(|(dataset, clock, reminded)| ((&**dataset, clock), reminded))
            .unzip();
        if of.is_empty() {
            continue;
        }
        let written = letter::write(&platform.city, department, &shown);
        letters.push(Letter {
            department: department.id.clone(),
            to: to.clone(),
            subject: written.subject,
            text: written.text,
            html: written.html,
            of,
        });
    }
    Ok(letters)
}

/// Sends what waits and whose time has come; answers with each and how it stands now.
pub(crate) async fn deliver(platform: &Platform, post: &Post) -> Result<(), Failure> {
    while let Some((mail, state, error)) = send_next(platform, post).await? {
        let department = &mail.department;
        match (state, error) {
            (MailState::Sent, _) => {
                tracing::info!(department.id = %department, "reminded `{department}`");
            }
            (MailState::Queued, error) => tracing::warn!(
                department.id = %department, mail.id = %mail.id,
                "a reminder to `{department}` waits for another try: {}", error.unwrap_or_default()
            ),
            (MailState::Failed, error) => tracing::error!(
                department.id = %department, mail.id = %mail.id,
                "a reminder to `{department}` was given up: {}", error.unwrap_or_default()
            ),
        }
    }
    Ok(())
}

/// Sends the next mail whose time has come: the mail, how it stands now, and why it did not go out.
pub(crate) async fn send_next(
    platform: &Platform,
    post: &Post,
) -> Result<Option<(Mail, MailState, Option<String>)>, Failure> {
    let mails = platform.records.mails();
    let Some(mail) = mails.take().await? else {
        return Ok(None);
    };
    let now = platform.records.clock().now();
    Ok(Some(match post.send(&mail, now).await {
        Ok(()) => {
            mails.sent(&mail).await?;
            (mail, MailState::Sent, None)
        }
        Err(refusal) => {
            let state = mails.failed(&mail, &refusal.why, refusal.is_final).await?;
            (mail, state, Some(refusal.why))
        }
    }))
}

#[cfg(test)]
pub(crate) mod tests;
