//! A whole folder: every manifest, and what they say of each other.

use std::collections::BTreeMap;
use std::path::{Path, PathBuf};

use super::{Text, manifest_text, meaning, sorted};
use crate::fault::Fault;
use crate::nearest::nearest;
use crate::{Board, City, Dataset, DatasetId, Measure};

/// A manifest read, with the text it came from.
pub(crate) struct Read<T> {
    pub(crate) file: PathBuf,
    pub(crate) text: String,
    pub(crate) value: T,
}

/// Reads `city.toml` and everything it stands beside.
pub(crate) fn read(folder: &Path) -> (Option<City>, Vec<Fault>) {
    let mut faults = Vec::new();
    let manifest_file = Path::new("city.toml");
    let manifest = match std::fs::read_to_string(folder.join(manifest_file)) {
        Ok(text) => {
            let (manifest, found) = manifest_text(manifest_file, &text);
            faults.extend(found);
            manifest.map(|value| Read {
                file: manifest_file.to_owned(),
                text,
                value,
            })
        }
        Err(error) => {
            let fault = Fault::at(
                folder.join(manifest_file),
                format!("cannot be read: {error}"),
            );
            faults.push(
                fault.remedy("a city is a folder with a city.toml; `madang init DIR` makes one"),
            );
            None
        }
    };
    let datasets: Vec<Read<Dataset>> = all(folder, "datasets", 2, &mut faults);
    let measures: Vec<Read<Measure>> = all(folder, "measures", 1, &mut faults);
    let boards: Vec<Read<Board>> = all(folder, "boards", 1, &mut faults);
    for read in &datasets {
        meaning::dataset(&read.value, &Text::new(&read.file, &read.text), &mut faults);
    }
    names_match(&datasets, |dataset| &dataset.id, &mut faults);
    names_match(&measures, |measure| &measure.id, &mut faults);
    names_match(&boards, |board| &board.id, &mut faults);
    let by_id: BTreeMap<DatasetId, &Dataset> = datasets
        .iter()
        .map(|read| (read.value.id.clone(), &read.value))
        .collect();
    if let Some(manifest) = &manifest {
        for read in &datasets {
            in_city(read, manifest, &mut faults);
        }
        base_map(manifest, &by_id, &mut faults);
    }
    for read in &datasets {
        meaning::references(read, &by_id, &mut faults);
    }
    let measure_ids: Vec<&str> = measures.iter().map(|read| read.value.id.as_str()).collect();
    for read in &measures {
        meaning::measure(read, &by_id, &mut faults);
    }
    for read in &boards {
        meaning::board(read, &measures, &measure_ids, &by_id, &mut faults);
    }
    let faults = sorted(faults);
    let city = manifest.filter(|_| faults.is_empty()).map(|manifest| City {
        folder: folder.to_owned(),
        manifest: manifest.value,
        datasets: datasets
            .into_iter()
            .map(|read| (read.value.id.clone(), read.value))
            .collect(),
        measures: measures
            .into_iter()
            .map(|read| (read.value.id.clone(), read.value))
            .collect(),
        boards: boards
            .into_iter()
            .map(|read| (read.value.id.clone(), read.value))
            .collect(),
    });
    (city, faults)
}

/// Reads every `.toml` below `folder/part`, `depth` levels deep.
fn all<T: serde::de::DeserializeOwned + schemars::JsonSchema>(
    folder: &Path,
    part: &str,
    depth: usize,
    faults: &mut Vec<Fault>,
) -> Vec<Read<T>> {
    let mut files = Vec::new();
    list(folder, Path::new(part), depth, &mut files, faults);
    files.sort();
    let mut values = Vec::new();
    for file in files {
        match std::fs::read_to_string(folder.join(&file)) {
            Ok(text) => {
                let (value, found) = Text::new(&file, &text).parse();
                faults.extend(found);
                values.extend(value.map(|value| Read { file, text, value }));
            }
            Err(error) => faults.push(
                Fault::at(&file, format!("cannot be read: {error}"))
                    .remedy("save it as UTF-8 text"),
            ),
        }
    }
    values
}

fn list(
    folder: &Path,
    part: &Path,
    depth: usize,
    files: &mut Vec<PathBuf>,
    faults: &mut Vec<Fault>,
) {
    let Ok(entries) = std::fs::read_dir(folder.join(part)) else {
        return;
    };
    for entry in entries.filter_map(Result::ok) {
        let path = part.join(entry.file_name());
        if entry.path().is_dir() {
            if depth > 1 {
                list(folder, &path, depth - 1, files, faults);
            }
        } else if path.extension().is_some_and(|ending| ending == "toml") {
            if depth > 1 {
                faults.push(
                    Fault::at(
                        &path,
                        "a dataset's manifest lies in the folder of its field",
                    )
                    .remedy("move it to datasets/<field>/"),
                );
            }
            files.push(path);
        }
    }
}

/// Ids equal file names, and no id stands twice.
fn names_match<T, I>(reads: &[Read<T>], id: impl Fn(&T) -> &I, faults: &mut Vec<Fault>)
where
    I: AsRef<str> + ?Sized,
{
    let mut first: BTreeMap<&str, &Path> = BTreeMap::new();
    for read in reads {
        let id = id(&read.value).as_ref();
        let text = Text::new(&read.file, &read.text);
        let stem = read
            .file
            .file_stem()
            .map(|stem| stem.to_string_lossy().into_owned())
            .unwrap_or_default();
        if stem != id {
            faults.push(
                text.fault_at(&["id"], format!("the id `{id}` is not the file's name"))
                    .expected(format!("`{stem}`")),
            );
        }
        if let Some(other) = first.insert(id, &read.file) {
            faults.push(
                text.fault_at(&["id"], format!("the id `{id}` stands twice"))
                    .remedy(format!("the other is {}", other.display())),
            );
        }
    }
}

/// Field and department are the city's.
fn in_city(read: &Read<Dataset>, manifest: &Read<crate::CityManifest>, faults: &mut Vec<Fault>) {
    let (dataset, city) = (&read.value, &manifest.value);
    let text = Text::new(&read.file, &read.text);
    let folder = read
        .file
        .parent()
        .and_then(Path::file_name)
        .map(|name| name.to_string_lossy().into_owned())
        .unwrap_or_default();
    if dataset.field.as_str() != folder {
        faults.push(
            text.fault_at(
                &["field"],
                format!("the field `{}` is not the folder's name", dataset.field),
            )
            .expected(format!("`{folder}`")),
        );
    }
    let fields: Vec<&str> = city.fields.iter().map(|field| field.id.as_str()).collect();
    if !fields.contains(&dataset.field.as_str()) {
        faults.push(unknown(
            text.fault_at(
                &["field"],
                format!("city.toml declares no field `{}`", dataset.field),
            ),
            &dataset.field,
            &fields,
        ));
    }
    let departments: Vec<&str> = city
        .departments
        .iter()
        .map(|department| department.id.as_str())
        .collect();
    if !departments.contains(&dataset.department.as_str()) {
        let fault = text.fault_at(
            &["department"],
            format!("city.toml declares no department `{}`", dataset.department),
        );
        faults.push(unknown(fault, &dataset.department, &departments));
    }
}

/// Datasets of the base map exist and have shapes.
fn base_map(
    manifest: &Read<crate::CityManifest>,
    datasets: &BTreeMap<DatasetId, &Dataset>,
    faults: &mut Vec<Fault>,
) {
    let Some(base) = &manifest.value.base_map else {
        return;
    };
    let text = Text::new(&manifest.file, &manifest.text);
    let ids: Vec<&str> = datasets.keys().map(DatasetId::as_str).collect();
    for (key, id) in [("areas", &base.areas), ("roads", &base.roads)] {
        let Some(id) = id else { continue };
        match datasets.get(id) {
            None => faults.push(unknown(
                text.fault_at(&["base-map", key], format!("there is no dataset `{id}`")),
                id,
                &ids,
            )),
            Some(dataset)
                if !dataset
                    .columns
                    .iter()
                    .any(|column| column.column_type == crate::ColumnType::Geometry) =>
            {
                faults.push(text.fault_at(
                    &["base-map", key],
                    format!("`{id}` has no column of type `geometry`"),
                ));
            }
            Some(_) => {}
        }
    }
}

/// Adds what there is, and the nearest of it.
pub(crate) fn unknown(fault: Fault, word: &str, known: &[&str]) -> Fault {
    let fault = match nearest(word, known.iter().copied()) {
        Some(near) => fault.remedy(format!("did you mean `{near}`?")),
        None => fault,
    };
    // A long list helps nobody: the nearest word and a few are enough.
    let shown = known
        .iter()
        .take(12)
        .copied()
        .collect::<Vec<_>>()
        .join(", ");
    let more = known.len().saturating_sub(12);
    fault.expected(if more == 0 {
        format!("one of {shown}")
    } else {
        format!("one of {shown} and {more} more")
    })
}
