//! `madang check`: every mistake of the folder at once.

use std::process::ExitCode;

use city::calendar::korean_day;
use clap::Args;
use records::{Clock as _, SystemClock};
use serde_json::json;

use crate::cli::Shared;
use crate::config::Config;
use crate::exit::Failure;
use crate::out;

/// Words of `madang check`.
#[derive(Debug, Args)]
pub(crate) struct Words {
    /// One JSON object a mistake
    #[arg(long)]
    json: bool,
}

/// Validates the city's folder.
pub(crate) fn run(shared: &Shared, words: &Words) -> Result<ExitCode, Failure> {
    let config = Config::read(shared, None)?;
    let folder = &config.city.value;
    if !folder.is_dir() {
        crate::platform::read_city(folder)?;
    }
    let (mut city, mut faults) = crate::platform::read_folder(folder);
    let unplanned = match &city {
        Some(city) => crate::platform::unplanned(city)?,
        None => Vec::new(),
    };
    if !unplanned.is_empty() {
        city = None;
        faults.extend(unplanned);
    }
    for fault in &faults {
        if words.json {
            out::json(fault)?;
        } else {
            out::line(fault.to_string())?;
        }
    }
    let Some(city) = city else {
        out::say(format!("{} mistakes", faults.len()));
        return Ok(ExitCode::from(1));
    };
    let today = korean_day(SystemClock.now());
    for warning in city.calendar.warnings(today) {
        out::say(format!("warning: {warning}"));
    }
    if words.json {
        out::json(
            &json!({"city": city.manifest.name, "datasets": city.datasets.len(), "measures": city.measures.len(), "boards": city.boards.len(), "promises": city.promises.len()}),
        )?;
    } else {
        let (datasets, measures, boards) =
            (city.datasets.len(), city.measures.len(), city.boards.len());
        out::say(format!(
            "{}: {datasets} datasets, {measures} measures, {boards} boards; no mistake",
            city.manifest.name
        ));
    }
    Ok(if faults.is_empty() {
        ExitCode::SUCCESS
    } else {
        ExitCode::from(1)
    })
}
