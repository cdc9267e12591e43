//! `madang quality`: errors among diagnosed values, as the national evaluation counts them.

use std::process::ExitCode;

use clap::{Args, ValueEnum};
use interop::quality::{By, Group, Rate, Scope, quality};

use crate::cli::Shared;
use crate::config::Config;
use crate::exit::Failure;
use crate::out;
use crate::platform::Platform;

/// What is put together.
#[derive(Clone, Copy, Debug, PartialEq, Eq, ValueEnum)]
enum Part {
    /// Subject areas
    Field,
    /// Departments
    Department,
    /// Each dataset for itself
    Dataset,
}

/// Words of `madang quality`.
#[derive(Debug, Args)]
pub(crate) struct Words {
    /// What is put together
    #[arg(long, value_enum, value_name = "PART", default_value = "field")]
    by: Part,
    /// One JSON object, with every rule and month
    #[arg(long)]
    json: bool,
}

/// Counts quality of the city and its parts.
pub(crate) async fn run(shared: &Shared, words: &Words) -> Result<ExitCode, Failure> {
    let config = Config::read(shared, None)?;
    let platform = Platform::open(&config).await?;
    let outcome = show(&platform, words);
    platform.close().await;
    outcome.map(|()| ExitCode::SUCCESS)
}

fn show(platform: &Platform, words: &Words) -> Result<(), Failure> {
    let by = match words.by {
        Part::Field => By::Field,
        Part::Department => By::Department,
        Part::Dataset => By::Dataset,
    };
    let reader = platform.reader(None, Some("quality"));
    let now = platform.records.clock().now();
    let counted = quality(&reader, &platform.city, by, &Scope::default(), now)?;
    if words.json {
        return out::json(&counted);
    }
    out::line(line(&counted.whole, "the city"))?;
    for group in &counted.groups {
        out::line(line(group, &group.id))?;
    }
    let months = counted.whole.months.iter();
    let known: Vec<String> = months
        .filter(|month| month.rate.diagnosed > 0)
        .map(|month| format!("{} {}", month.month, percent(month.rate)))
        .collect();
    if known.len() > 1 {
        out::line(format!("month by month: {}", known.join(", ")))?;
    }
    Ok(())
}

/// `traffic (교통): 0.42 % of 12345 values wrong (52); completeness 0.10 %, ...; 3 datasets never loaded`
fn line(group: &Group, name: &str) -> String {
    let dimensions: Vec<String> = group
        .dimensions
        .iter()
        .filter(|(_, rate)| rate.diagnosed > 0)
        .map(|(name, rate)| format!("{name} {}", percent(*rate)))
        .collect();
    let never = if group.never_loaded > 0 {
        format!(
            "; {} of {} datasets never loaded",
            group.never_loaded, group.datasets
        )
    } else {
        String::new()
    };
    format!(
        "{name} ({}): {} of {} values wrong ({}); {}{never}",
        group.title,
        percent(group.rate),
        group.rate.diagnosed,
        group.rate.errors,
        dimensions.join(", ")
    )
}

fn percent(rate: Rate) -> String {
    rate.share()
        .map_or_else(|| "–".to_owned(), |share| format!("{:.3} %", share * 100.0))
}
