//! `madang privacy anonymise`: the cheapest generalisation that meets the models, out of all.

use std::path::PathBuf;
use std::process::ExitCode;
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};
use std::time::{Duration, Instant};

use clap::Args;
use privacy::anonymity::report::{self, Facts};
use privacy::anonymity::risk::{self, Assessment, Risk};
use privacy::anonymity::{Choice, Effort, Metric, Outcome, Progress, Wish, Written, search, write};
use records::Clock as _;
use serde_json::{Map, Value, json};

use super::table::{self, Table};
use super::verify;
use crate::cli::Shared;
use crate::exit::Failure;
use crate::out;

/// Words of `madang privacy anonymise`.
#[derive(Debug, Args)]
pub(crate) struct Words {
    #[command(flatten)]
    table: Table,
    /// The column nobody should learn of a person
    #[arg(long, value_name = "COLUMN")]
    sensitive: Option<String>,
    /// Release only the rows of this file, which are in --input too; k-map and delta-presence compare the two
    #[arg(long, value_name = "FILE")]
    subset: Option<PathBuf>,
    /// What must hold, may be given again: k=5, distinct-l=3, entropy-l=3, recursive-l=4,3, t=0.2, ordered-t=0.2,
    /// hierarchical-t=0.2, beta=2, basic-beta=2, delta-presence=0,0.2, k-map=5, risk=0.05, sample-uniqueness=0.01,
    /// prosecutor-risk=0.2
    #[arg(long, value_name = "MODEL", required = true)]
    model: Vec<String>,
    /// Share of the rows that may be suppressed, from 0 to 1
    #[arg(long, value_name = "SHARE", default_value = "0", value_parser = share)]
    suppression: f64,
    /// What is made as small as possible: `loss_mean`, `loss_geomean`, aecs, discernibility, `nonuniform_entropy`
    #[arg(long, value_name = "METRIC", default_value = "loss_mean", value_parser = metric)]
    metric: Metric,
    /// Write the released rows here; they are measured before the file gets its name
    #[arg(long, value_name = "FILE")]
    out: Option<PathBuf>,
    /// Write a page in Korean for a reviewer to sign here (Markdown)
    #[arg(long, value_name = "FILE")]
    report: Option<PathBuf>,
    /// End after so many seconds with the best found, when there are too many generalisations to try
    #[arg(long, value_name = "N")]
    seconds: Option<u64>,
    /// One JSON object
    #[arg(long)]
    json: bool,
}

/// What was found, and how long it took.
struct Release {
    outcome: Outcome,
    choice: Choice,
    assessment: Assessment,
    written: Option<Written>,
    read: Duration,
}

/// Searches, writes, tells.
pub(crate) async fn run(shared: &Shared, words: &Words) -> Result<ExitCode, Failure> {
    let wish = Wish {
        models: verify::models(&words.model)?,
        metric: words.metric,
        suppression: words.suppression,
    };
    let stop = Arc::new(AtomicBool::new(false));
    let listener = tokio::spawn(stopped(Arc::clone(&stop)));
    let release = released(shared, words, &wish, stop).await;
    listener.abort();
    let release = release?;
    if let Some(path) = &words.report {
        let page = page(words, &wish, &release);
        std::fs::write(path, page)
            .map_err(|error| Failure::Machine(format!("{}: {error}", path.display())))?;
    }
    if words.json {
        out::json(&object(&wish, &release))?;
    } else {
        tell(words, &release)?;
    }
    Ok(ExitCode::SUCCESS)
}

/// The first Ctrl-C ends the search with the best so far.
async fn stopped(stop: Arc<AtomicBool>) {
    if tokio::signal::ctrl_c().await.is_ok() {
        out::say("stopping: the best so far is told with its bound");
        stop.store(true, Ordering::Relaxed);
    }
}

async fn released(
    shared: &Shared,
    words: &Words,
    wish: &Wish,
    stop: Arc<AtomicBool>,
) -> Result<Release, Failure> {
    let ask = words
        .table
        .ask(words.sensitive.as_ref(), words.subset.as_ref());
    let (wish, out) = (wish.clone(), words.out.clone());
    let threads = table::threads(shared.threads);
    let limit = words.seconds.map(Duration::from_secs);
    table::work(move || {
        let started = Instant::now();
        let problem = ask.read(&wish.models).map_err(table::failure)?;
        let read = started.elapsed();
        let effort = Effort {
            threads,
            stop: &stop,
            limit,
            tell: Some(&progress),
        };
        let outcome = search(&problem, &wish, &effort);
        let Some(choice) = outcome.best.clone() else {
            return Err(Failure::Input(none(&outcome)));
        };
        let written = out
            .map(|out| write(&problem, &ask, &wish, &choice.levels, &out))
            .transpose()
            .map_err(table::failure)?;
        let assessment = risk::assess(&problem, &wish, &choice.levels);
        Ok(Release {
            outcome,
            choice,
            assessment,
            written,
            read,
        })
    })
    .await
}

fn none(outcome: &Outcome) -> String {
    let remedy =
        "ask less of the models, allow more suppression, or give the hierarchies a coarser level";
    if outcome.is_proven {
        format!("no generalisation meets the models; {remedy}")
    } else {
        format!(
            "no generalisation that meets the models was found before the search ended; {remedy}"
        )
    }
}

fn progress(progress: Progress) {
    let best = progress
        .score
        .map_or_else(|| "none yet".to_owned(), |score| format!("{score:.6}"));
    out::say(format!(
        "{} generalisations looked at, best {best}, none below {:.6}",
        progress.checked, progress.bound
    ));
}

fn share(word: &str) -> Result<f64, String> {
    match word.parse() {
        Ok(share) if (0.0..=1.0).contains(&share) => Ok(share),
        _ => Err("give a share between 0 and 1, for example 0.04".to_owned()),
    }
}

fn metric(word: &str) -> Result<Metric, String> {
    Metric::parse(word).ok_or_else(|| {
        let names: Vec<String> = Metric::ALL.iter().map(ToString::to_string).collect();
        format!("give one of {}", names.join(", "))
    })
}

/// The answer for programs.
fn object(wish: &Wish, release: &Release) -> Value {
    let models: Vec<String> = wish.models.iter().map(ToString::to_string).collect();
    let (choice, outcome) = (&release.choice, &release.outcome);
    let assessment = &release.assessment;
    let columns: Vec<Value> = assessment
        .columns
        .iter()
        .map(|column| {
            json!({
                "column": column.column,
                "level": column.level,
                "top": column.top,
                "values_before": column.values_before,
                "values_after": column.values_after,
                "loss": column.loss,
            })
        })
        .collect();
    let metrics: Map<String, Value> = assessment
        .metrics
        .iter()
        .map(|(metric, score)| (metric.to_string(), (*score).into()))
        .collect();
    let written = release.written.as_ref().map(|written| {
        json!({
            "rows": written.rows,
            "emptied": written.emptied,
            "left_out": written.left_out,
            "verified": verify::object(&written.verdict),
        })
    });
    json!({
        "model": models.join("+"),
        "suppression": wish.suppression,
        "metric": wish.metric.to_string(),
        "transformation": choice.transformation(),
        "score": choice.score,
        "suppressed": choice.suppressed,
        "classes": choice.classes,
        "min_class": choice.min_class,
        "proven": outcome.is_proven,
        "bound": outcome.bound,
        "nodes": outcome.nodes,
        "checked": outcome.checked,
        "read_ms": milliseconds(release.read),
        "search_ms": milliseconds(outcome.took),
        "risk": {"before": chances(&assessment.before), "after": chances(&assessment.after)},
        "utility": {"metrics": metrics, "columns": columns},
        "written": written,
    })
}

fn chances(risk: &Risk) -> Value {
    json!({
        "prosecutor_max": risk.prosecutor_max,
        "prosecutor_mean": risk.prosecutor_mean,
        "journalist_max": risk.journalist_max,
        "journalist_mean": risk.journalist_mean,
        "marketer": risk.marketer,
        "at_risk": risk.at_risk,
        "alone": risk.alone,
        "rows": risk.rows,
        "classes": risk.classes,
    })
}

fn milliseconds(time: Duration) -> f64 {
    (time.as_secs_f64() * 1e6).round() / 1e3
}

/// The answer for people.
fn tell(words: &Words, release: &Release) -> Result<(), Failure> {
    let (choice, outcome) = (&release.choice, &release.outcome);
    let proof = if outcome.is_proven {
        "nothing is cheaper".to_owned()
    } else {
        format!("not proven: nothing is below {}", outcome.bound)
    };
    out::line(format!(
        "{}: {} {} ({proof})",
        choice.transformation(),
        words.metric,
        choice.score
    ))?;
    out::line(format!(
        "{} rows suppressed; {} classes stay, the smallest of {}",
        choice.suppressed, choice.classes, choice.min_class
    ))?;
    let (before, after) = (&release.assessment.before, &release.assessment.after);
    out::line(format!(
        "greatest risk of being found {:.4} -> {:.4}, on average {:.4} -> {:.4}",
        before.prosecutor_max, after.prosecutor_max, before.prosecutor_mean, after.prosecutor_mean
    ))?;
    for column in &release.assessment.columns {
        out::line(format!(
            "  {}: level {} of {}, {} -> {} values, loss {:.4}",
            column.column,
            column.level,
            column.top,
            column.values_before,
            column.values_after,
            column.loss
        ))?;
    }
    if let Some(written) = &release.written {
        out::line(format!(
            "{} rows written and measured; {} of them emptied, {} left out",
            written.rows, written.emptied, written.left_out
        ))?;
    }
    Ok(())
}

fn page(words: &Words, wish: &Wish, release: &Release) -> String {
    let day = city::calendar::korean_day(records::SystemClock.now()).to_string();
    let input = words.table.input.display().to_string();
    let file = words.out.as_ref().map(|path| path.display().to_string());
    report::page(&Facts {
        input: &input,
        sensitive: words.sensitive.as_deref(),
        day: &day,
        wish,
        outcome: &release.outcome,
        choice: &release.choice,
        assessment: &release.assessment,
        written: file.as_deref().zip(release.written.as_ref()),
    })
}
