//! Where a load's files come from, in room `ingest`'s terms.

use std::path::PathBuf;

use city::Dataset;
use city::dataset::{Source, Take};

use crate::exit::Failure;
use crate::platform::Platform;

/// A file fetched.
pub(crate) struct Fetched {
    pub(crate) name: String,
    pub(crate) path: PathBuf,
}

/// Fetches the files of a dataset's source.
pub(crate) async fn fetch(platform: &Platform, dataset: &Dataset) -> Result<Vec<Fetched>, Failure> {
    let Source::File(source) = &dataset.source else {
        return Err(Failure::Input(format!("dataset `{}`: this source is not read yet", dataset.id)));
    };
    let inbox = &platform.inbox;
    let pattern = inbox.join(&source.path);
    let mut paths: Vec<PathBuf> = glob::glob(&pattern.to_string_lossy())
        .map_err(|error| Failure::Input(format!("dataset `{}`: {error}", dataset.id)))?
        .filter_map(Result::ok)
        .collect();
    paths.sort();
    if source.take == Take::Latest {
        paths = paths.pop().into_iter().collect();
    }
    if paths.is_empty() {
        return Err(Failure::Input(format!("dataset `{}`: no file matches {}", dataset.id, pattern.display())));
    }
    let name = |path: &PathBuf| path.strip_prefix(inbox).unwrap_or(path).to_string_lossy().into_owned();
    Ok(paths.into_iter().map(|path| Fetched { name: name(&path), path }).collect())
}
