//! The periodic review of the access log: made when a period is over; whoever is asked is told, by mail where there is a
//! mail server. And once a day the whole log is proven.

use std::collections::BTreeMap;
use std::time::Duration;

use chrono::TimeDelta;
use city::DepartmentId;
use interop::audit::papers::last_day;
use interop::audit::{review, state};
use records::mails::Letter;
use records::reviews::Reviewed;
use tokio::sync::watch;

use crate::exit::Failure;
use crate::platform::Platform;

/// How often it is looked whether a period is over.
const LOOK_EVERY: Duration = Duration::from_hours(1);

/// Reviews and proves until `stop` is told.
pub(crate) async fn run(platform: Platform, sends_mail: bool, mut stop: watch::Receiver<bool>) {
    let mut ticks = tokio::time::interval(LOOK_EVERY);
    loop {
        tokio::select! {
            _ = ticks.tick() => {}
            _ = stop.changed() => return,
        }
        if let Err(failure) = make_due(&platform, sends_mail).await {
            tracing::error!("the access log was not reviewed: {}", failure.message());
        }
        if let Err(failure) = prove(&platform).await {
            tracing::error!("the access log was not proven: {}", failure.message());
        }
    }
}

/// Makes the reviews that are due; answers with them.
pub(crate) async fn make_due(
    platform: &Platform,
    sends_mail: bool,
) -> Result<Vec<Reviewed>, Failure> {
    let mut made = Vec::new();
    for days in review::due(&platform.city, &platform.records).await? {
        let Some(reviewed) = review::make(&platform.city, &platform.records, days).await? else {
            continue;
        };
        tracing::info!(
            since = %reviewed.since, questions = reviewed.questions.len(),
            "the access log was reviewed"
        );
        if sends_mail {
            ask(platform, &reviewed).await?;
        }
        made.push(reviewed);
    }
    Ok(made)
}

/// Proves the log, unless that was done within a day.
async fn prove(platform: &Platform) -> Result<(), Failure> {
    let last = state::last_verdict(&platform.records).await?;
    let now = platform.records.clock().now();
    if last.is_none_or(|last| now - last.at >= TimeDelta::days(1)) {
        state::verify(&platform.records, "system").await?;
    }
    Ok(())
}

/// Puts a letter to each department into the outbox whose people are asked.
pub(crate) async fn ask(platform: &Platform, reviewed: &Reviewed) -> Result<(), Failure> {
    let letters = letters(platform, reviewed);
    platform.records.mails().queue(&letters, None).await?;
    Ok(())
}

/// What departments are written. A letter names accounts and how many questions there are, and nothing of what was read.
fn letters(platform: &Platform, reviewed: &Reviewed) -> Vec<Letter> {
    let mut asked: BTreeMap<DepartmentId, BTreeMap<&str, usize>> = BTreeMap::new();
    for question in &reviewed.questions {
        let who = question.outlier.who.as_str();
        let account = platform.city.people.account(who);
        if let Some(department) = account.and_then(|own| own.department.clone()) {
            *asked.entry(department).or_default().entry(who).or_default() += 1;
        }
    }
    let address = platform
        .city
        .manifest
        .address
        .as_deref()
        .unwrap_or_default();
    let letter = |(id, people): (&DepartmentId, &BTreeMap<&str, usize>)| {
        let department = platform.city.department(id)?;
        let lines: Vec<String> = people
            .iter()
            .map(|(who, count)| format!("- {who}: {count}건"))
            .collect();
        let period = format!("{} ~ {}", reviewed.since, last_day(reviewed));
        let subject = format!("[접속기록 점검] 소명 요청 ({period})");
        let text = format!(
            "{}\n\n접속기록을 점검하면서 설명을 부탁드릴 것이 있습니다. 잘못을 뜻하지 않습니다.\n\n{}\n\n{}까지 로그인하여 ‘접속기록 소명’ 화면에 적어 주세요.\n{address}/explanations\n",
            department.title,
            lines.join("\n"),
            reviewed.answer_by,
        );
        Some(Letter {
            department: id.clone(),
            to: department.mail.clone()?,
            html: html(&text),
            subject,
            text,
            of: Vec::new(),
        })
    };
    asked.iter().filter_map(letter).collect()
}

/// The same text for readers of HTML.
fn html(text: &str) -> String {
    let escaped = text
        .replace('&', "&amp;")
        .replace('<', "&lt;")
        .replace('>', "&gt;");
    let lines: Vec<&str> = escaped.lines().collect();
    format!(
        "<!doctype html><html lang=\"ko\"><body><p>{}</p></body></html>",
        lines.join("<br>\n")
    )
}
