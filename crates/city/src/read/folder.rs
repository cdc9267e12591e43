//! A whole folder: every manifest, and what they say of each other.

use std::collections::{BTreeMap, BTreeSet};
use std::path::{Path, PathBuf};

use super::links::{self, Known};
use super::mend::UNKNOWN;
use super::subjects;
use super::{
    Text, boards, calendar, listing, map, meaning, measures, mended_manifest, people, promises,
    recipes, releases, sign_in, situation, sorted, standards,
};
use crate::fault::Fault;
use crate::nearest::nearest;
use crate::{
    Board, City, CityManifest, Dataset, Measure, Promise, Recipe, ReleasePlan, Standard, schema,
};

/// A manifest read, with the text it came from.
pub(crate) struct Read<T> {
    pub(crate) file: PathBuf,
    pub(crate) text: String,
    pub(crate) value: T,
}

/// Files of one kind: those that could be read, and the names of those that could not.
pub(super) struct All<T> {
    pub(super) read: Vec<Read<T>>,
    pub(super) unread: Vec<String>,
}

/// Reads `city.toml` and everything it stands beside.
pub(crate) fn read(folder: &Path) -> (Option<City>, Vec<Fault>) {
    read_with(folder, None)
}

/// The same, with another text of a measure than the one that lies there, or of one that does not lie there yet.
pub(crate) fn read_with(
    folder: &Path,
    drafted: Option<(&Path, &str)>,
) -> (Option<City>, Vec<Fault>) {
    let mut faults = Vec::new();
    let manifest = manifest(folder, &mut faults);
    let datasets: All<Dataset> = all(folder, "datasets", 2, &mut faults);
    let figures: All<Measure> = all_with(folder, ("measures", 1), drafted, &mut faults);
    let all_boards: All<Board> = all(folder, "boards", 1, &mut faults);
    let projects: All<Recipe> = all(folder, recipes::FOLDER, 1, &mut faults);
    let leaving: All<ReleasePlan> = all(folder, releases::FOLDER, 1, &mut faults);
    let announced: All<Promise> = all(folder, promises::FOLDER, 1, &mut faults);
    let standards = standards::read(folder, &mut faults);
    let calendar = calendar::read(folder, &mut faults);
    let departments = manifest.as_ref().map(|read| department_ids(&read.value));
    let people = people::read(folder, departments.as_deref(), &mut faults);
    let policies = people::policies(folder, &mut faults);
    names_match(&datasets.read, |dataset| &dataset.id, &mut faults);
    names_match(&figures.read, |measure| &measure.id, &mut faults);
    names_match(&all_boards.read, |board| &board.id, &mut faults);
    names_match(&projects.read, |recipe| &recipe.id, &mut faults);
    names_match(&leaving.read, |plan| &plan.id, &mut faults);
    names_match(&announced.read, |promise| &promise.id, &mut faults);
    let known_datasets = known(&datasets, |dataset| dataset.id.as_str());
    let known_measures = known(&figures, |measure| measure.id.as_str());
    let known_standards = known(&standards.all, |standard| standard.id.as_str());
    if let Some(manifest) = &manifest {
        of_manifest(folder, manifest, &datasets.read, &mut faults);
        map::ground(manifest, &known_datasets, &mut faults);
    }
    of_each_other(
        &datasets.read,
        &standards.all.read,
        (&known_datasets, &known_standards),
        &mut faults,
    );
    let shown = (&known_measures, &known_datasets);
    measures::all(&figures.read, shown, &mut faults);
    boards::all(&all_boards.read, shown, departments.as_deref(), &mut faults);
    let ground = manifest.as_ref().and_then(|read| read.value.map.as_ref());
    map::panels(&all_boards.read, ground, shown, &mut faults);
    recipes::all(folder, &projects, &known_datasets, &mut faults);
    recipes::apart(&projects, &people, &mut faults);
    let known_projects = known(&projects, |recipe| recipe.id.as_str());
    let small_cells = manifest.as_ref().map(|read| read.value.privacy.small_cells);
    releases::all(
        &leaving,
        &known_datasets,
        &known_projects,
        small_cells,
        &mut faults,
    );
    let known_promises = known(&announced, |promise| promise.id.as_str());
    let named = promises::Named {
        promises: &known_promises,
        measures: &known_measures,
        departments: departments.as_deref(),
    };
    promises::all(&announced, &named, &mut faults);
    let situation = situation::read(folder, &known_datasets, departments.as_deref(), &mut faults);
    drop((
        departments,
        known_promises,
        known_datasets,
        known_measures,
        known_standards,
        known_projects,
    ));
    let faults = sorted(faults);
    let city = manifest.filter(|_| faults.is_empty()).map(|manifest| City {
        folder: folder.to_owned(),
        manifest: manifest.value,
        datasets: by_id(datasets.read, |dataset| &dataset.id),
        measures: by_id(figures.read, |measure| &measure.id),
        boards: by_id(all_boards.read, |board| &board.id),
        standards: standards.into_standards(),
        calendar,
        people,
        policies,
        releases: by_id(leaving.read, |plan| &plan.id),
        promises: by_id(announced.read, |promise| &promise.id),
        situation,
    });
    (city, faults)
}

/// What `city.toml` says, and what datasets say of it.
fn of_manifest(
    folder: &Path,
    manifest: &Read<CityManifest>,
    datasets: &[Read<Dataset>],
    faults: &mut Vec<Fault>,
) {
    let text = Text::new(&manifest.file, &manifest.text);
    sign_in::breached(folder, &manifest.value, &text, faults);
    for read in datasets {
        in_city(read, manifest, faults);
    }
}

/// What datasets and standards say of each other.
fn of_each_other(
    datasets: &[Read<Dataset>],
    standards: &[Read<Standard>],
    (known_datasets, known_standards): (&Known<'_, Dataset>, &Known<'_, Standard>),
    faults: &mut Vec<Fault>,
) {
    for read in datasets {
        meaning::dataset(&read.value, &Text::new(&read.file, &read.text), faults);
    }
    listing::keys_once(datasets, faults);
    subjects::together(datasets, faults);
    for read in datasets {
        links::references(read, known_datasets, faults);
        standards::named_by(read, known_standards, faults);
    }
    for read in standards {
        links::references_of_standard(read, known_datasets, faults);
    }
    links::circles(datasets, faults);
}

/// Manifests by their ids.
fn by_id<T, I: Clone + Ord>(reads: Vec<Read<T>>, id: impl Fn(&T) -> &I) -> BTreeMap<I, T> {
    let values = reads.into_iter().map(|read| read.value);
    values.map(|value| (id(&value).clone(), value)).collect()
}

/// What can be named: by its id, and by its file's name where the text is mended or unread.
fn known<'r, T>(all: &'r All<T>, id: impl Fn(&'r T) -> &'r str) -> Known<'r, T> {
    let unread = all.unread.iter().map(|stem| (stem.clone(), None));
    let mended = all.read.iter().map(|read| (stem(&read.file), None));
    let read = all
        .read
        .iter()
        .map(|read| (id(&read.value).to_owned(), Some(&read.value)))
        .filter(|(id, _)| id != UNKNOWN);
    unread.chain(mended).chain(read).collect()
}

fn stem(file: &Path) -> String {
    file.file_stem()
        .map(|stem| stem.to_string_lossy().into_owned())
        .unwrap_or_default()
}

fn manifest(folder: &Path, faults: &mut Vec<Fault>) -> Option<Read<CityManifest>> {
    let file = Path::new("city.toml");
    if !folder.join(file).exists() {
        let fault = Fault::at(folder.join(file), "there is no such file");
        faults
            .push(fault.remedy("a city is a folder with a city.toml; `madang init DIR` makes one"));
        return None;
    }
    let text = text_of(folder, file)
        .map_err(|fault| faults.push(fault))
        .ok()?;
    let (value, found) = mended_manifest(&Text::new(file, &text));
    faults.extend(found);
    value.map(|value| Read {
        file: file.to_owned(),
        text,
        value,
    })
}

/// A manifest's text; where it is not UTF-8, the first byte that is not.
pub(super) fn text_of(folder: &Path, file: &Path) -> Result<String, Fault> {
    let bytes = std::fs::read(folder.join(file))
        .map_err(|error| Fault::at(file, format!("cannot be read: {error}")))?;
    String::from_utf8(bytes).map_err(|error| {
        let end = error.utf8_error().valid_up_to();
        let before = String::from_utf8_lossy(error.as_bytes().get(..end).unwrap_or_default());
        Text::new(file, &before)
            .fault(end..end, "the file is not UTF-8 from here on")
            .expected("text saved as UTF-8")
            .remedy("save the file anew with the encoding UTF-8")
    })
}

/// Reads every `.toml` below `folder/part`, `depth` levels deep.
pub(super) fn all<T: serde::de::DeserializeOwned + schemars::JsonSchema>(
    folder: &Path,
    part: &str,
    depth: usize,
    faults: &mut Vec<Fault>,
) -> All<T> {
    all_with(folder, (part, depth), None, faults)
}

fn all_with<T: serde::de::DeserializeOwned + schemars::JsonSchema>(
    folder: &Path,
    (part, depth): (&str, usize),
    drafted: Option<(&Path, &str)>,
    faults: &mut Vec<Fault>,
) -> All<T> {
    let mut files = Vec::new();
    list(folder, Path::new(part), depth, &mut files, faults);
    files.retain(|file| *file != Path::new(standards::FOLDER).join(standards::DOMAINS));
    if let Some((file, _)) = drafted
        && !files.iter().any(|own| own == file)
    {
        files.push(file.to_owned());
    }
    files.sort();
    let mut all = All {
        read: Vec::new(),
        unread: Vec::new(),
    };
    let schema = schema::of::<T>();
    for file in files {
        let text = match drafted.filter(|(own, _)| *own == file) {
            Some((_, text)) => Ok(text.to_owned()),
            None => text_of(folder, &file),
        };
        let (text, value) = match text {
            Ok(text) => {
                let (value, found) = Text::new(&file, &text).parse_as(&schema);
                faults.extend(found);
                (text, value)
            }
            Err(fault) => {
                faults.push(fault);
                (String::new(), None)
            }
        };
        match value {
            Some(value) => all.read.push(Read { file, text, value }),
            None => all.unread.push(stem(&file)),
        }
    }
    all
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
        let is_link = entry.file_type().is_ok_and(|kind| kind.is_symlink());
        let is_hidden = entry.file_name().to_string_lossy().starts_with('.');
        if is_hidden {
            // Editors and version control keep their own things there.
        } else if entry.path().is_dir() {
            // Deeper than manifests lie a link could lead around in a circle.
            if depth > 1 || !is_link {
                list(folder, &path, depth.saturating_sub(1), files, faults);
            }
        } else if path.extension().is_some_and(|ending| ending == "toml") {
            let top = path.iter().next().unwrap_or_default().to_string_lossy();
            if depth != 1 {
                let place = match top.as_ref() {
                    "datasets" => "datasets/<field>/".to_owned(),
                    other => format!("{other}/"),
                };
                faults.push(
                    Fault::at(&path, "the manifest does not lie where it is read")
                        .expected(format!("a file in {place}"))
                        .remedy("move it there"),
                );
            }
            files.push(path);
        }
    }
}

/// Ids equal file names, and no id stands twice.
pub(super) fn names_match<T, I>(reads: &[Read<T>], id: impl Fn(&T) -> &I, faults: &mut Vec<Fault>)
where
    I: AsRef<str> + ?Sized,
{
    let mut first: BTreeMap<&str, &Path> = BTreeMap::new();
    for read in reads {
        let id = id(&read.value).as_ref();
        let text = Text::new(&read.file, &read.text);
        let stem = stem(&read.file);
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

pub(super) fn department_ids(city: &CityManifest) -> Vec<&str> {
    let departments = city.departments.iter();
    departments
        .map(|department| department.id.as_str())
        .collect()
}

/// Field and department are the city's.
fn in_city(read: &Read<Dataset>, manifest: &Read<CityManifest>, faults: &mut Vec<Fault>) {
    let (dataset, city) = (&read.value, &manifest.value);
    let text = Text::new(&read.file, &read.text);
    let folder = read
        .file
        .parent()
        .and_then(Path::file_name)
        .map(|name| name.to_string_lossy().into_owned())
        .unwrap_or_default();
    // Elsewhere than in a field's folder: told when the files were listed.
    let is_in_field = read.file.components().count() == 3;
    if dataset.field.as_str() != folder && is_in_field {
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
        let what = format!("city.toml declares no field `{}`", dataset.field);
        faults.extend(unknown(
            text.fault_at(&["field"], what),
            &dataset.field,
            &fields,
        ));
    }
    let departments = department_ids(city);
    if !departments.contains(&dataset.department.as_str()) {
        let fault = text.fault_at(
            &["department"],
            format!("city.toml declares no department `{}`", dataset.department),
        );
        faults.extend(unknown(fault, &dataset.department, &departments));
    }
}

/// Adds what there is, and the nearest of it. No fault where one of those could not be read: it
/// may be the very word, and that mistake is told already.
pub(crate) fn unknown(fault: Fault, word: &str, known: &[&str]) -> Option<Fault> {
    if known.contains(&UNKNOWN) {
        return None;
    }
    let fault = match nearest(word, known.iter().copied()) {
        Some(near) => fault.remedy(format!("did you mean `{near}`?")),
        None => fault,
    };
    let mut seen = BTreeSet::new();
    let known: Vec<&str> = known
        .iter()
        .copied()
        .filter(|word| seen.insert(*word))
        .collect();
    // A long list helps nobody: the nearest word and a few are enough.
    let shown = known
        .iter()
        .take(12)
        .copied()
        .collect::<Vec<_>>()
        .join(", ");
    let more = known.len().saturating_sub(12);
    Some(match (shown.is_empty(), more) {
        (true, _) => fault,
        (false, 0) => fault.expected(format!("one of {shown}")),
        (false, more) => fault.expected(format!("one of {shown} and {more} more")),
    })
}
