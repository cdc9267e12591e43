//! `madang privacy verify`: what a file that is to leave holds, measured on its bytes.

use std::path::PathBuf;
use std::process::ExitCode;

use clap::Args;
use privacy::anonymity::verify::{self, Ask, Verdict};
use privacy::anonymity::{Model, hierarchy};
use serde_json::{Value, json};

use super::table;
use crate::cli::Shared;
use crate::exit::Failure;
use crate::out;

/// Words of `madang privacy verify`.
#[derive(Debug, Args)]
pub(crate) struct Words {
    /// The file
    file: PathBuf,
    /// The sign between cells; `tab` for a tabulator
    #[arg(long, value_name = "C", default_value = ",", value_parser = table::delimiter)]
    delimiter: u8,
    /// The quasi-identifiers, separated by commas
    #[arg(long, value_name = "COLUMNS", value_delimiter = ',', required = true)]
    quasi: Vec<String>,
    /// The sensitive column
    #[arg(long, value_name = "COLUMN")]
    sensitive: Option<String>,
    /// What must hold: k=5, distinct-l=3, t=0.2 and the others; may be given again
    #[arg(long, value_name = "MODEL", required = true)]
    model: Vec<String>,
    /// The file it was made from, for how sensitive values are spread over all rows; the file itself when absent
    #[arg(long, value_name = "FILE")]
    original: Option<PathBuf>,
    /// The whole file that it is a subset of, generalised alike, for k-map and delta-presence
    #[arg(long, value_name = "FILE")]
    population: Option<PathBuf>,
    /// The folder with the sensitive column's hierarchy, for hierarchical-t and ordered-t
    #[arg(long, value_name = "DIR")]
    hierarchies: Option<PathBuf>,
    /// One JSON object
    #[arg(long)]
    json: bool,
}

/// Measures; ends with 1 when a model does not hold.
pub(crate) async fn run(_: &Shared, words: &Words) -> Result<ExitCode, Failure> {
    let models = models(&words.model)?;
    let tree = match (&words.hierarchies, &words.sensitive) {
        (Some(folder), Some(column)) => {
            Some(hierarchy::find(folder, column).map_err(table::failure)?)
        }
        _ => None,
    };
    let (file, quasi, sensitive) = (
        words.file.clone(),
        words.quasi.clone(),
        words.sensitive.clone(),
    );
    let (original, population) = (words.original.clone(), words.population.clone());
    let delimiter = words.delimiter;
    let verdict = table::work(move || {
        let ask = Ask {
            file: &file,
            delimiter,
            quasi: &quasi,
            sensitive: sensitive.as_deref(),
            models: &models,
            original: original.as_deref(),
            population: population.as_deref(),
            tree: tree.as_deref(),
        };
        verify::verify(&ask).map_err(table::failure)
    })
    .await?;
    if words.json {
        let mut object = object(&verdict);
        object["file"] = words.file.display().to_string().into();
        out::json(&object)?;
    } else {
        tell(&verdict)?;
    }
    Ok(if verdict.holds() {
        ExitCode::SUCCESS
    } else {
        ExitCode::from(1)
    })
}

/// Models as the command line names them.
pub(super) fn models(words: &[String]) -> Result<Vec<Model>, Failure> {
    let mut models = Vec::new();
    for word in words {
        models.extend(Model::parse(word).map_err(Failure::Usage)?);
    }
    Ok(models)
}

/// What was measured, for programs.
pub(super) fn object(verdict: &Verdict) -> Value {
    let models: Vec<Value> = verdict
        .models
        .iter()
        .map(|measured| {
            json!({
                "model": measured.model.to_string(),
                "holds": measured.holds,
                "worst": measured.worst,
                "row": measured.row,
            })
        })
        .collect();
    json!({
        "holds": verdict.holds(),
        "rows": verdict.rows,
        "classes": verdict.classes,
        "min_class": verdict.min_class,
        "models": models,
    })
}

fn tell(verdict: &Verdict) -> Result<(), Failure> {
    out::line(format!(
        "{} rows in {} classes, the smallest of {}",
        verdict.rows, verdict.classes, verdict.min_class
    ))?;
    if verdict.rows == 0 {
        return out::line("there are no rows: nothing to release");
    }
    for measured in &verdict.models {
        let word = if measured.holds {
            "holds"
        } else {
            "does not hold"
        };
        let place = measured
            .row
            .filter(|_| !measured.holds)
            .map_or_else(String::new, |row| {
                format!(", first in the class of row {row}")
            });
        out::line(format!(
            "{} {word}: at worst {}{place}",
            measured.model, measured.worst
        ))?;
    }
    Ok(())
}
