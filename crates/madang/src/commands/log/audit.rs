//! `madang log review` and `madang log subject`: what an officer does with the access log.

use std::io::Read as _;
use std::path::PathBuf;
use std::process::ExitCode;

use access::who_read::Asked;
use access::{AskError, Person};
use chrono::NaiveDate;
use city::Lang;
use city::calendar::korean_day;
use city::review::Cycle;
use clap::Args;
use interop::audit::papers::{self, act};
use interop::audit::{review, subject, words};
use records::log::review::Outlier;
use serde_json::json;

use crate::exit::Failure;
use crate::out;
use crate::platform::Platform;

/// The longest value that is read.
const VALUE_MOST: u64 = 1 << 10;

/// Words of `madang log review`.
#[derive(Debug, Args)]
pub(crate) struct ReviewWords {
    /// The month, as 2026-10; the periods that are due when absent. A month that is not over is shown and not kept
    #[arg(long, value_name = "MONTH")]
    month: Option<String>,
}

/// Words of `madang log subject`.
#[derive(Debug, Args)]
pub(crate) struct SubjectWords {
    /// What the value is: a kind that manifests declare in `subjects`
    kind: String,
    /// The value, in any spelling; read from standard input when absent, so that no list of programs shows it
    value: Option<String>,
    /// Write the answer as a paper
    #[arg(long, value_name = "FILE")]
    pdf: Option<PathBuf>,
}

/// Reviews the log.
pub(crate) async fn review(
    platform: &Platform,
    words: &ReviewWords,
    as_json: bool,
) -> Result<ExitCode, Failure> {
    let days = match &words.month {
        Some(month) => vec![month_of(month)?],
        None => review::due(&platform.city, &platform.records).await?,
    };
    let today = korean_day(platform.records.clock().now());
    for days in days {
        let is_over = days.1 <= today;
        let made = if is_over {
            review::make(&platform.city, &platform.records, days).await?
        } else {
            None
        };
        let known = match (made, is_over) {
            (None, true) => platform.records.reviews().of(days).await?,
            (made, _) => made.map(|made| made.id),
        };
        let Some(id) = known else {
            let (found, entries) =
                review::outliers(&platform.city, &platform.records, days).await?;
            head(days, None, entries, found.len(), as_json)?;
            for outlier in &found {
                told(platform, outlier, None, as_json)?;
            }
            continue;
        };
        let Some(reviewed) = platform.records.reviews().one(id).await? else {
            continue;
        };
        head(
            days,
            Some(id),
            reviewed.entries,
            reviewed.questions.len(),
            as_json,
        )?;
        for question in &reviewed.questions {
            let outcome = question.outcome.as_ref();
            let state = match (outcome, question.explained.is_empty()) {
                (Some((outcome, _)), _) => outcome.word(),
                (None, false) => "explained",
                (None, true) => "asked",
            };
            told(platform, &question.outlier, Some(state), as_json)?;
        }
    }
    Ok(ExitCode::SUCCESS)
}

fn month_of(text: &str) -> Result<review::Stretch, Failure> {
    let first: NaiveDate = format!("{text}-01").parse().map_err(|_unsaid| {
        Failure::Usage(format!("--month {text}: expected a month such as 2026-10"))
    })?;
    Ok(review::period(Cycle::Monthly, first))
}

fn head(
    days: review::Stretch,
    id: Option<i64>,
    entries: u64,
    questions: usize,
    as_json: bool,
) -> Result<(), Failure> {
    if as_json {
        return out::json(&json!({
            "since": days.0, "until": days.1, "review": id, "entries": entries, "questions": questions,
        }));
    }
    let kept = id.map_or_else(
        || "not over, or nothing to look at: not kept".to_owned(),
        |id| format!("review {id}"),
    );
    out::line(format!(
        "{} to {} ({kept}): {entries} entries, {questions} stand out",
        days.0,
        days.1.pred_opt().unwrap_or(days.1),
    ))
}

fn told(
    platform: &Platform,
    outlier: &Outlier,
    state: Option<&str>,
    as_json: bool,
) -> Result<(), Failure> {
    let rules = &platform.city.manifest.access_log.review;
    let sentence = words::sentence(&platform.city, rules, outlier, Lang::Ko);
    if as_json {
        return out::json(&json!({
            "who": outlier.who, "kind": outlier.kind, "of": outlier.of, "count": outlier.count,
            "usual": outlier.usual, "entries": outlier.entries, "state": state, "sentence": sentence,
        }));
    }
    let state = state.map(|state| format!(" [{state}]")).unwrap_or_default();
    out::line(format!("  {}: {sentence}{state}", outlier.who))
}

/// Tells who read the data of one person.
pub(crate) async fn subject(
    platform: &Platform,
    words: &SubjectWords,
    as_json: bool,
) -> Result<ExitCode, Failure> {
    let value = if let Some(value) = &words.value {
        value.clone()
    } else {
        let mut text = String::new();
        std::io::stdin()
            .take(VALUE_MOST)
            .read_to_string(&mut text)
            .map_err(|error| Failure::Input(format!("standard input: {error}")))?;
        text
    };
    if value.trim().is_empty() {
        return Err(Failure::Usage("there is no value to look by".to_owned()));
    }
    let asked = Asked {
        kind: words.kind.clone(),
        value,
    };
    let parts = (&*platform.city, &*platform.door, &*platform.records);
    let answer = match subject::answer(parts, &Person::local(), &asked).await {
        Ok(answer) => answer,
        Err(AskError::UnknownColumn { name, nearest }) => {
            return Err(Failure::Input(format!(
                "no dataset declares persons by `{name}`; there is {}",
                nearest.join(", ")
            )));
        }
        Err(error) => return Err(error.into()),
    };
    if let Some(path) = &words.pdf {
        let bytes = papers::subject(&platform.city, &answer)
            .map_err(|error| Failure::Machine(error.to_string()))?;
        std::fs::write(path, bytes).map_err(|error| {
            Failure::Machine(format!("failed to write {}: {error}", path.display()))
        })?;
    }
    if as_json {
        out::json(&answer)?;
        return Ok(ExitCode::SUCCESS);
    }
    out::line(format!("{}: {} entries", answer.pseudonym, answer.total))?;
    if answer.found_in.is_empty() {
        out::say(format!(
            "this value stands in none of the data looked through ({}): it may be misspelt",
            answer.datasets.join(", ")
        ));
    }
    for line in &answer.lines {
        let scope = if line.certain { "" } else { " (among many)" };
        out::line(format!(
            "{} {} {} {}: {}{scope}",
            line.at.to_rfc3339(),
            line.whom,
            act(line.act),
            line.datasets.join(", "),
            line.purpose,
        ))?;
    }
    Ok(ExitCode::SUCCESS)
}
