//! `madang remind`: writes and sends the reminders that are due, whatever the hour.

use std::process::ExitCode;

use clap::Args;
use records::MailState;
use serde_json::json;

use crate::cli::Shared;
use crate::config::Config;
use crate::exit::Failure;
use crate::jobs::remind::{self, Post};
use crate::out;
use crate::platform::Platform;

/// Words of `madang remind`.
#[derive(Debug, Args)]
pub(crate) struct Words {
    /// Print the letters; send and keep nothing
    #[arg(long)]
    dry_run: bool,
    /// One JSON object a letter
    #[arg(long)]
    json: bool,
}

/// Reminds departments of what they have not been reminded of.
pub(crate) async fn run(shared: &Shared, words: &Words) -> Result<ExitCode, Failure> {
    let config = Config::read(shared, None)?;
    let platform = Platform::open(&config).await?;
    let outcome = if words.dry_run {
        print(&platform, words).await
    } else {
        send(&platform, &config, words).await
    };
    platform.close().await;
    outcome
}

async fn print(platform: &Platform, words: &Words) -> Result<ExitCode, Failure> {
    let letters = remind::letters(platform).await?;
    for letter in &letters {
        if words.json {
            out::json(
                &json!({"department": letter.department, "to": letter.to, "subject": letter.subject, "text": letter.text, "of": letter.of}),
            )?;
        } else {
            out::line(format!(
                "To: {}\nSubject: {}\n\n{}",
                letter.to, letter.subject, letter.text
            ))?;
        }
    }
    if letters.is_empty() {
        out::say("no department has to be reminded");
    }
    Ok(ExitCode::SUCCESS)
}

async fn send(platform: &Platform, config: &Config, words: &Words) -> Result<ExitCode, Failure> {
    let Some(mail) = &config.mail else {
        return Err(Failure::Input(
            "no mail server is configured: set [mail] host and from in madang.toml (or MADANG_MAIL_HOST and MADANG_MAIL_FROM); --dry-run prints the letters".to_owned(),
        ));
    };
    let post = Post::new(mail)?;
    remind::write(platform, None).await?;
    let (mut sent, mut kept) = (0, 0);
    while let Some((mail, state, error)) = remind::send_next(platform, &post).await? {
        if state == MailState::Sent {
            sent += 1;
        } else {
            kept += 1;
        }
        if words.json {
            out::json(
                &json!({"department": mail.department, "to": mail.to, "subject": mail.subject, "state": state, "error": error}),
            )?;
        } else {
            let why = error.map(|why| format!(": {why}")).unwrap_or_default();
            out::line(format!("{:<8} {}{why}", state.word(), mail.to))?;
        }
    }
    if kept > 0 {
        return Err(Failure::Machine(format!(
            "{kept} of {} letters did not go out; those that wait are tried again by `madang serve` and by the next `madang remind`",
            sent + kept
        )));
    }
    if sent == 0 {
        out::say("no department has to be reminded");
    }
    Ok(ExitCode::SUCCESS)
}
