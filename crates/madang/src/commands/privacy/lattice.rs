//! `madang privacy lattice`: every generalisation, with its classes, the smallest of them and what must be suppressed.

use std::process::ExitCode;

use clap::Args;
use privacy::anonymity::lattice::{self, Node};
use serde_json::{Map, Value, json};

use super::table::{self, Table};
use crate::cli::Shared;
use crate::exit::Failure;
use crate::out;

/// Lines written at a time.
const LINES: usize = 1_000;

/// Words of `madang privacy lattice`.
#[derive(Debug, Args)]
pub(crate) struct Words {
    #[command(flatten)]
    table: Table,
    /// For each k: how many rows are in classes of fewer rows
    #[arg(long, value_name = "K,K", value_delimiter = ',', required = true,
        value_parser = clap::value_parser!(u32).range(1..))]
    k: Vec<u32>,
    /// One JSON object a generalisation
    #[arg(long)]
    json: bool,
}

/// Lists them.
pub(crate) async fn run(shared: &Shared, words: &Words) -> Result<ExitCode, Failure> {
    let ask = words.table.ask(None, None);
    let (ks, threads) = (words.k.clone(), table::threads(shared.threads));
    let nodes = table::work(move || {
        let problem = ask.read(&[]).map_err(table::failure)?;
        lattice::list(&problem, &ks, threads).map_err(table::failure)
    })
    .await?;
    if !words.json {
        let names: Vec<String> = words.k.iter().map(|k| format!("suppressed_k{k}")).collect();
        out::line(format!(
            "transformation,classes,minimum,{}",
            names.join(",")
        ))?;
    }
    for some in nodes.chunks(LINES) {
        let lines: Vec<String> = some
            .iter()
            .map(|node| {
                if words.json {
                    object(node, &words.k).to_string()
                } else {
                    line(node)
                }
            })
            .collect();
        out::line(lines.join("\n"))?;
    }
    Ok(ExitCode::SUCCESS)
}

fn object(node: &Node, ks: &[u32]) -> Value {
    let suppressed: Map<String, Value> = ks
        .iter()
        .zip(&node.suppressed)
        .map(|(k, &rows)| (k.to_string(), rows.into()))
        .collect();
    json!({
        "transformation": node.transformation(),
        "classes": node.classes,
        "minimum": node.min,
        "suppressed": suppressed,
    })
}

fn line(node: &Node) -> String {
    let suppressed: Vec<String> = node.suppressed.iter().map(ToString::to_string).collect();
    format!(
        "{},{},{},{}",
        node.transformation(),
        node.classes,
        node.min,
        suppressed.join(",")
    )
}
