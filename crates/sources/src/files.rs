//! Files that departments put in the inbox.

use std::fs::File;
use std::io::{BufReader, BufWriter};
use std::path::{Component, Path, PathBuf};

use city::Fault;
use city::dataset::{FileSource, Format, FormatKind, Take};
use zip::CompressionMethod;
use zip::write::SimpleFileOptions;

use super::{FetchContext, FetchError, Fetched};

pub(super) fn fetch(
    source: &FileSource,
    format: &Format,
    context: &FetchContext<'_>,
) -> Result<Vec<Fetched>, FetchError> {
    let mut found = matching(&source.path, context.inbox)?;
    if source.take == Take::Latest {
        found = found.pop().into_iter().collect();
    }
    if found.is_empty() {
        let nearest = nearest(&source.path, context.inbox);
        let mut fault = Fault::at(
            &source.path,
            format!("no file in {} matches", context.inbox.display()),
        );
        if let Some(nearest) = nearest {
            fault = fault.expected(format!("something like `{nearest}`, which is there"));
        }
        return Err(fault.remedy("put the file there, or correct `path`").into());
    }
    let whole = |path: PathBuf| {
        let name = path
            .strip_prefix(context.inbox)
            .unwrap_or(&path)
            .to_string_lossy()
            .into_owned();
        let is_loose = format.kind == FormatKind::Shapefile
            && path
                .extension()
                .is_some_and(|ending| ending.eq_ignore_ascii_case("shp"));
        let path = if is_loose {
            gather(&path, context.staging)?
        } else {
            path
        };
        Ok(Fetched { name, path })
    };
    found.into_iter().map(whole).collect()
}

fn matching(pattern: &str, inbox: &Path) -> Result<Vec<PathBuf>, FetchError> {
    if Path::new(pattern)
        .components()
        .any(|part| !matches!(part, Component::Normal(_) | Component::CurDir))
    {
        return Err(Fault::at(pattern, "the path leads out of the inbox")
            .remedy("write it relative to the inbox, without `..`")
            .into());
    }
    let inside = glob::Pattern::escape(&inbox.to_string_lossy());
    let paths = glob::glob(&format!("{inside}/{pattern}"))
        .map_err(|error| Fault::at(pattern, format!("this is no pattern: {error}")))?;
    let mut found: Vec<PathBuf> = paths
        .filter_map(Result::ok)
        .filter(|path| path.is_file() && !is_part(path))
        .collect();
    found.sort();
    Ok(found)
}

/// A file that is still being written by whoever delivers it.
fn is_part(path: &Path) -> bool {
    path.extension().is_some_and(|ending| {
        matches!(
            ending.to_string_lossy().to_lowercase().as_str(),
            "part" | "tmp" | "crdownload"
        )
    })
}

/// The file of the same folder whose name is most like the pattern's.
fn nearest(pattern: &str, inbox: &Path) -> Option<String> {
    let folder = Path::new(pattern).parent()?;
    let names = std::fs::read_dir(inbox.join(folder))
        .ok()?
        .filter_map(Result::ok);
    let names: Vec<String> = names
        .map(|entry| {
            folder
                .join(entry.file_name())
                .to_string_lossy()
                .into_owned()
        })
        .collect();
    city::nearest::nearest(pattern, names.iter().map(String::as_str)).map(str::to_owned)
}

/// What a shapefile consists of.
pub(super) const SHAPEFILE_ENDINGS: [&str; 5] = ["shp", "dbf", "shx", "prj", "cpg"];

/// A loose shapefile and what belongs to it as one file, the same bytes for the same content.
pub(super) fn gather(shp: &Path, staging: &Path) -> Result<PathBuf, FetchError> {
    let stem = shp.file_stem().unwrap_or_default();
    let mut parts: Vec<PathBuf> = std::fs::read_dir(shp.parent().unwrap_or(Path::new(".")))?
        .filter_map(Result::ok)
        .map(|entry| entry.path())
        .filter(|path| {
            path.file_stem() == Some(stem)
                && SHAPEFILE_ENDINGS.iter().any(|ending| {
                    path.extension()
                        .is_some_and(|own| own.eq_ignore_ascii_case(ending))
                })
        })
        .collect();
    parts.sort();
    let target = staging.join(format!("{}.zip", stem.to_string_lossy()));
    let failed = |error: zip::result::ZipError| std::io::Error::other(error);
    let mut archive = zip::ZipWriter::new(BufWriter::new(File::create(&target)?));
    let options = SimpleFileOptions::default()
        .compression_method(CompressionMethod::Stored)
        .last_modified_time(zip::DateTime::default())
        .large_file(true);
    for part in parts {
        archive
            .start_file(
                part.file_name().unwrap_or_default().to_string_lossy(),
                options,
            )
            .map_err(failed)?;
        std::io::copy(&mut BufReader::new(File::open(&part)?), &mut archive)?;
    }
    archive.finish().map_err(failed)?;
    Ok(target)
}
