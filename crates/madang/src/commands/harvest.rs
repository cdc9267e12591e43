//! `madang harvest`: what another body's catalogue offers, and a manifest drafted for each dataset of it.

use std::path::{Path, PathBuf};
use std::process::ExitCode;
use std::time::Duration;

use city::provenance::Provenance;
use clap::Args;
use glob::Pattern;
use indicatif::ProgressBar;
use serde_json::json;
use sources::harvest::{Offer, Site};

use crate::cli::Shared;
use crate::commands::draft::{around, tell, write};
use crate::config::Config;
use crate::exit::Failure;
use crate::offers::Drafter;
use crate::out;

/// Words of `madang harvest`.
#[derive(Debug, Args)]
pub(crate) struct Words {
    /// Address of a CKAN site or of another Madang, or of one dataset's page there
    url: String,
    /// Draft a manifest for each dataset into this folder; only list them when absent
    #[arg(long, value_name = "FOLDER")]
    out: Option<PathBuf>,
    /// Only datasets whose name or title is like this (`*` stands for anything)
    #[arg(long, value_name = "GLOB")]
    only: Option<String>,
    /// The field they go into; the city's first when absent
    #[arg(long)]
    field: Option<String>,
    /// The department that answers for them here; the city's first when absent
    #[arg(long)]
    department: Option<String>,
    /// Name of the configuration value below [sources] that holds the site's token
    #[arg(long, value_name = "NAME")]
    token: Option<String>,
    /// One JSON object a dataset
    #[arg(long)]
    json: bool,
}

/// Lists what is offered, or drafts it.
pub(crate) async fn run(shared: &Shared, words: &Words) -> Result<ExitCode, Failure> {
    let config = Config::read(shared, None)?;
    let around = around(&config.city.value)?;
    let only = match &words.only {
        None => None,
        Some(glob) => Some(Pattern::new(glob).map_err(|error| {
            Failure::Input(format!("--only {glob}: this is no pattern: {error}"))
        })?),
    };
    let mut site = Site::read(&words.url);
    site.token.clone_from(&words.token);
    let spinner = ProgressBar::new_spinner();
    spinner.enable_steady_tick(Duration::from_millis(200));
    let drafter = Drafter::new(
        &config,
        around,
        words.field.clone(),
        words.department.clone(),
        spinner,
    );
    let mut offers = drafter.offers(&site).await?;
    let all = offers.len();
    offers.retain(|offer| {
        let said = &offer.provenance;
        let is_like = |glob: &Pattern| {
            glob.matches(&said.dataset)
                || said
                    .title
                    .as_deref()
                    .is_some_and(|title| glob.matches(title))
        };
        only.as_ref().is_none_or(is_like)
    });
    if offers.is_empty() {
        return Err(Failure::Input(format!(
            "{}: none of its {all} datasets is like that",
            words.url
        )));
    }
    match &words.out {
        None => {
            for offer in &offers {
                list(offer, words.json)?;
            }
            out::say(format!("{} of {all} datasets", offers.len()));
            Ok(ExitCode::SUCCESS)
        }
        Some(folder) => drafts(&drafter, &site, &offers, folder, words.json).await,
    }
}

fn list(offer: &Offer, as_json: bool) -> Result<(), Failure> {
    let said = &offer.provenance;
    if as_json {
        return out::json(&about(said, offer));
    }
    let formats: Vec<&str> = offer
        .parts
        .iter()
        .filter_map(|part| part.format.as_deref())
        .collect();
    let words = [
        Some(said.dataset.as_str()),
        said.title.as_deref(),
        said.publisher.as_deref(),
        said.licence.as_deref(),
        said.modified.as_deref(),
    ];
    let mut line: Vec<&str> = words.into_iter().flatten().collect();
    let formats = formats.join(", ");
    if !formats.is_empty() {
        line.push(&formats);
    }
    out::line(line.join(" | "))
}

fn about(said: &Provenance, offer: &Offer) -> serde_json::Value {
    let files: Vec<_> = offer
        .parts
        .iter()
        .map(|part| json!({"id": part.id, "name": part.name, "format": part.format, "reads": part.kind.is_some()}))
        .collect();
    json!({"dataset": said.dataset, "about": said, "files": files})
}

/// Drafts one after the other; one that fails does not stop the others.
async fn drafts(
    drafter: &Drafter,
    site: &Site,
    offers: &[Offer],
    folder: &Path,
    as_json: bool,
) -> Result<ExitCode, Failure> {
    std::fs::create_dir_all(folder).map_err(|error| {
        Failure::Machine(format!("failed to make {}: {error}", folder.display()))
    })?;
    let mut failed = 0;
    for offer in offers {
        let name = &offer.provenance.dataset;
        let drafted = match drafter.drafts(site, offer).await {
            Ok(drafted) => drafted,
            Err(Failure::Machine(why)) => return Err(Failure::Machine(why)),
            Err(failure) => vec![Err(failure)],
        };
        for draft in drafted {
            let path = match &draft {
                Ok(draft) => folder.join(format!("{}.toml", draft.id)),
                Err(_) => PathBuf::new(),
            };
            match draft.and_then(|draft| write(&path, &draft.manifest).map(|()| draft)) {
                Ok(draft) => {
                    if as_json {
                        out::json(
                            &json!({"dataset": name, "outcome": "drafted", "file": path.display().to_string(), "unsure": draft.unsure}),
                        )?;
                    } else {
                        out::line(path.display().to_string())?;
                        tell(&draft, &[]);
                    }
                }
                Err(Failure::Machine(why)) => return Err(Failure::Machine(why)),
                Err(failure) => {
                    failed += 1;
                    let why = failure.message().to_owned();
                    if as_json {
                        out::json(&json!({"dataset": name, "outcome": "failed", "message": why}))?;
                    } else {
                        out::say(format!("{name}: {why}"));
                    }
                }
            }
        }
    }
    Ok(if failed == 0 {
        ExitCode::SUCCESS
    } else {
        ExitCode::from(1)
    })
}
