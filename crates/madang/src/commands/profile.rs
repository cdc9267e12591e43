//! `madang profile`: what a dataset's newest version holds in figures, and what looks wrong in it.

use std::process::ExitCode;

use city::profile::{ColumnProfile, Example, Finding, Profile, Weight};
use city::{Dataset, Lang};
use clap::Args;
use interop::api::profile::{document, title};

use crate::cli::Shared;
use crate::config::Config;
use crate::exit::Failure;
use crate::jobs::profile::Maker;
use crate::out;
use crate::platform::Platform;

/// Frequent values and patterns shown of a column.
const SHOWN: usize = 3;

/// Words of `madang profile`.
#[derive(Debug, Args)]
pub(crate) struct Words {
    /// Dataset by id or Korean title
    dataset: String,
    /// One JSON object
    #[arg(long)]
    json: bool,
}

/// Makes a profile and shows it.
pub(crate) async fn run(shared: &Shared, words: &Words) -> Result<ExitCode, Failure> {
    let config = Config::read(shared, None)?;
    let platform = Platform::open(&config).await?;
    let outcome = show(&platform, words).await;
    platform.close().await;
    outcome.map(|()| ExitCode::SUCCESS)
}

async fn show(platform: &Platform, words: &Words) -> Result<(), Failure> {
    let dataset = platform.dataset(&words.dataset)?;
    let reader = platform.reader(None, Some("profile"));
    let profile = Maker::default()
        .make(platform, &reader, &dataset.id)
        .await?;
    if words.json {
        return out::json(&document(dataset, &profile));
    }
    out::line(headline(dataset, &profile))?;
    for column in &profile.columns {
        out::line(line(dataset, column))?;
    }
    if profile.findings.is_empty() {
        return out::line("nothing looks wrong");
    }
    for finding in &profile.findings {
        out::line(told(dataset, finding))?;
        for example in &finding.examples {
            out::line(format!("    {}", place(example)))?;
        }
    }
    Ok(())
}

/// `parking version 3: 1200 rows, of which 1024 were compared with one another (a sample)`
fn headline(dataset: &Dataset, profile: &Profile) -> String {
    let sample = profile.sample.map_or_else(String::new, |rows| {
        format!(", of which {rows} were compared with one another (a sample)")
    });
    format!(
        "{} version {}: {} rows{sample}",
        dataset.id, profile.version, profile.rows
    )
}

/// `  spaces (주차구획수): 1200 values, 88 different, 0 empty, 1 .. 980, often 10 (120), 12 (98)`
fn line(dataset: &Dataset, column: &ColumnProfile) -> String {
    let about = if column.distinct.error.is_some() {
        "about "
    } else {
        ""
    };
    let mut parts = vec![
        format!("{} values", column.rows - column.nulls),
        format!("{about}{} different", column.distinct.count),
        format!("{} empty", column.nulls),
    ];
    if let Some(numbers) = &column.numbers {
        parts.push(format!("{} .. {}", numbers.min, numbers.max));
    }
    if let (Some(first), Some(last)) = (column.times.first(), column.times.last()) {
        parts.push(format!("{} .. {}", first.value, last.value));
    }
    for (word, counted) in [("often", &column.top), ("form", &column.patterns)] {
        let shown: Vec<String> = counted
            .iter()
            .take(SHOWN)
            .map(|counted| format!("{} ({})", counted.value, counted.count))
            .collect();
        if !shown.is_empty() {
            parts.push(format!("{word} {}", shown.join(", ")));
        }
    }
    format!(
        "  {} ({}): {}",
        column.name,
        title(dataset, &column.name, Lang::Ko),
        parts.join(", ")
    )
}

fn told(dataset: &Dataset, finding: &Finding) -> String {
    let mark = match finding.what.weight() {
        Weight::Doubt => "!",
        Weight::Note => "?",
    };
    let name = |name: &str| {
        let own = title(dataset, name, Lang::Ko);
        if own == name {
            own
        } else {
            format!("{name} ({own})")
        }
    };
    format!("{mark} {}", finding.sentence(Lang::En, &name))
}

/// `a | b (wifi.csv row 12, 57)`
fn place(example: &Example) -> String {
    let mut text = example.values.join(" | ");
    let rows: Vec<String> = example.rows.iter().map(|row| row.row.to_string()).collect();
    if let Some(first) = example.rows.first() {
        text.push_str(&format!(" ({} row {})", first.file, rows.join(", ")));
    }
    text.trim_start().to_owned()
}
