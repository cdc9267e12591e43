//! ZIP archives around any format: unpacked to a private folder, within limits, never outside it.

use std::fs::File;
use std::io::{BufReader, Read};
use std::path::{Component, Path, PathBuf};

use city::Fault;
use city::dataset::{Encoding, Format, FormatKind};
use zip::ZipArchive;

use super::{Row, Rows, fault};
use crate::origin::Input;
use crate::text::encoding;

/// An archive that unpacks to more than this is refused.
const UNPACKED_BYTES_MAX: u64 = 8 << 30;
/// A part that unpacks to more than so many times its size is a bomb, once it is large.
const RATIO_MAX: u64 = 250;
/// Sizes below this are harmless whatever their ratio.
const HARMLESS_BYTES: u64 = 64 << 20;
/// More entries than any delivery has.
const ENTRIES_MAX: usize = 10_000;

/// Whether a file begins like a ZIP archive.
pub fn is_zip(path: &Path) -> bool {
    let mut head = [0; 4];
    File::open(path)
        .and_then(|mut file| file.read_exact(&mut head))
        .is_ok()
        && head == *b"PK\x03\x04"
}

/// What was taken out of an archive; gone from the disk when dropped.
pub struct Unpacked {
    /// The file to read.
    pub input: Input,
    _folder: tempfile::TempDir,
}

/// Rows of a file inside an archive; keeps the unpacked files as long as they are read.
pub(super) struct Inner {
    pub(super) rows: Box<dyn Rows>,
    pub(super) _unpacked: Unpacked,
}

impl Rows for Inner {
    fn columns(&self) -> &[String] {
        self.rows.columns()
    }

    fn next(&mut self, limit: usize) -> Result<Option<Vec<Row>>, Vec<Fault>> {
        self.rows.next(limit)
    }

    fn crs(&self) -> Option<String> {
        self.rows.crs()
    }
}

/// Names of the files in an archive, in its order.
///
/// # Errors
/// When it is cut off, or holds a name that leads out of it.
pub fn names(input: &Input) -> Result<Vec<String>, Vec<Fault>> {
    let mut archive = archive(input)?;
    (0..archive.len())
        .map(|at| entry_name(input, &mut archive, at))
        .collect()
}

fn archive(input: &Input) -> Result<ZipArchive<BufReader<File>>, Vec<Fault>> {
    let file = File::open(&input.path)
        .map_err(|error| fault(input, format!("cannot be read: {error}")))?;
    let archive = ZipArchive::new(BufReader::new(file)).map_err(|error| {
        vec![
            Fault::at(&input.name, format!("is not a sound ZIP archive: {error}"))
                .remedy("it was probably cut off on its way: ask for it again"),
        ]
    })?;
    if archive.len() > ENTRIES_MAX {
        return Err(fault(
            input,
            format!(
                "the archive holds {} files, more than {ENTRIES_MAX}",
                archive.len()
            ),
        ));
    }
    Ok(archive)
}

/// An entry's name in UTF-8; one that leads out of the archive is refused.
fn entry_name(
    input: &Input,
    archive: &mut ZipArchive<BufReader<File>>,
    at: usize,
) -> Result<String, Vec<Fault>> {
    let entry = archive
        .by_index_raw(at)
        .map_err(|error| fault(input, format!("entry {}: {error}", at + 1)))?;
    let raw = entry.name_raw();
    let name = std::str::from_utf8(raw).map_or_else(
        |_| encoding::decode_lossy(raw, Encoding::Cp949),
        str::to_owned,
    );
    let path = Path::new(&name);
    let escapes = name.contains('\\') && name.split('\\').any(|part| part == "..");
    if escapes
        || path.is_absolute()
        || path
            .components()
            .any(|part| !matches!(part, Component::Normal(_) | Component::CurDir))
    {
        let fault =
            Fault::at(&input.name, "the archive holds a name that leads out of it").part(name);
        return Err(vec![fault.remedy(
            "nothing was unpacked; ask who made it for an ordinary archive",
        )]);
    }
    Ok(name)
}

/// Takes the file that `format` asks for out of the archive, with the files that belong to it.
///
/// # Errors
/// When the archive is cut off, a bomb, hostile, or holds no such file.
pub fn unpack(input: &Input, format: &Format) -> Result<Unpacked, Vec<Fault>> {
    let names = names(input)?;
    let wanted = pick(input, format, &names)?;
    let stem = |name: &str| {
        Path::new(name)
            .with_extension("")
            .to_string_lossy()
            .to_lowercase()
    };
    let mut archive = archive(input)?;
    let folder =
        tempfile::tempdir().map_err(|error| fault(input, format!("no room to unpack: {error}")))?;
    let mut all = 0;
    let mut path = PathBuf::new();
    for (at, name) in names.iter().enumerate() {
        let belongs = format.kind == FormatKind::Shapefile && stem(name) == stem(&wanted);
        if *name != wanted && !belongs {
            continue;
        }
        // A name of our own: nothing of the archive's reaches the file system.
        let ending = Path::new(name)
            .extension()
            .map(|ending| ending.to_string_lossy().to_lowercase())
            .unwrap_or_default();
        let target = folder.path().join(format!("file.{ending}"));
        all += copy(input, &mut archive, at, name, &target, all)?;
        if *name == wanted {
            path = target;
        }
    }
    // A loose shapefile was gathered on its way here: its name says it all.
    let name = if input.name.ends_with(&wanted) {
        wanted
    } else {
        format!("{}[{wanted}]", input.name)
    };
    Ok(Unpacked {
        input: Input { name, path },
        _folder: folder,
    })
}

fn copy(
    input: &Input,
    archive: &mut ZipArchive<BufReader<File>>,
    at: usize,
    name: &str,
    target: &Path,
    before: u64,
) -> Result<u64, Vec<Fault>> {
    let broken = |error: &dyn std::fmt::Display| {
        vec![
            Fault::at(&input.name, format!("cannot be unpacked: {error}"))
                .part(name)
                .remedy("it was probably cut off on its way: ask for it again"),
        ]
    };
    let entry = archive.by_index(at).map_err(|error| broken(&error))?;
    let packed = entry.compressed_size().max(1);
    let mut out = File::create(target)
        .map_err(|error| fault(input, format!("no room to unpack: {error}")))?;
    let mut size = 0;
    let mut entry = entry.take(UNPACKED_BYTES_MAX);
    loop {
        let step = std::io::copy(&mut entry.by_ref().take(8 << 20), &mut out)
            .map_err(|error| broken(&error))?;
        size += step;
        if before + size >= UNPACKED_BYTES_MAX
            || (size > HARMLESS_BYTES && size / packed > RATIO_MAX)
        {
            let what = format!(
                "unpacks to more than it may ({} MiB so far, {} times its size)",
                size >> 20,
                size / packed
            );
            return Err(vec![
                Fault::at(&input.name, what)
                    .part(name)
                    .remedy("this is no ordinary archive"),
            ]);
        }
        if step == 0 {
            return Ok(size);
        }
    }
}

/// The entry to read: the one the glob names, or the only one of the format's kind.
fn pick(input: &Input, format: &Format, names: &[String]) -> Result<String, Vec<Fault>> {
    let endings: &[&str] = match format.kind {
        FormatKind::Csv => &["csv", "tsv", "txt"],
        FormatKind::Xlsx => &["xlsx"],
        FormatKind::Xls => &["xls"],
        FormatKind::Ods => &["ods"],
        FormatKind::Hwpx => &["hwpx"],
        FormatKind::Json => &["json"],
        FormatKind::Ndjson => &["ndjson", "jsonl"],
        FormatKind::Xml => &["xml"],
        FormatKind::Geojson => &["geojson", "json"],
        FormatKind::Shapefile => &["shp"],
        FormatKind::Parquet => &["parquet"],
    };
    let has_ending = |name: &&String| {
        let ending = Path::new(name.as_str())
            .extension()
            .map(|ending| ending.to_string_lossy().to_lowercase())
            .unwrap_or_default();
        endings.contains(&ending.as_str())
    };
    let found: Vec<&String> = match &format.inner {
        Some(glob) => {
            let pattern = glob::Pattern::new(glob)
                .map_err(|error| fault(input, format!("`inner` is no pattern: {error}")))?;
            names
                .iter()
                .filter(|name| pattern.matches(name))
                .filter(|name| format.kind != FormatKind::Shapefile || has_ending(name))
                .collect()
        }
        None => names.iter().filter(has_ending).collect(),
    };
    match found.as_slice() {
        [only] => Ok((*only).clone()),
        [] => Err(vec![
            Fault::at(&input.name, "the archive holds no such file")
                .expected(format!("one of {}", names.join(", "))),
        ]),
        many => {
            let list = many
                .iter()
                .map(|name| name.as_str())
                .collect::<Vec<_>>()
                .join(", ");
            Err(vec![
                Fault::at(
                    &input.name,
                    format!("{} files in the archive fit", many.len()),
                )
                .expected(list)
                .remedy("name one with `inner`"),
            ])
        }
    }
}
