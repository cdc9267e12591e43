//! What a manifest says must make sense: names it uses exist, options fit their kind.

use std::collections::{BTreeMap, BTreeSet};

use super::Text;
use super::folder::{Read, unknown};
use crate::check::{Bound, Check, TableCheck};
use crate::dataset::{FormatKind, Licence, LoadMode, Release, Source};
use crate::fault::Fault;
use crate::{Board, CityManifest, Column, ColumnType, Dataset, DatasetId, Measure, crs};

/// `city.toml` by itself.
pub(crate) fn manifest(city: &CityManifest, text: &Text<'_>, faults: &mut Vec<Fault>) {
    known_crs(&city.crs, &["crs"], text, faults);
    let [west, south, east, north] = city.bounds;
    if !(west < east
        && south < north
        && (-180.0..=180.0).contains(&west)
        && (-90.0..=90.0).contains(&south)
        && east <= 180.0
        && north <= 90.0)
    {
        faults.push(
            text.fault_at(
                &["bounds"],
                "the bounds are not west, south, east, north in degrees",
            )
            .expected("like [126.9, 36.9, 127.2, 37.2]"),
        );
    }
    for (key, ids) in [
        (
            "fields",
            city.fields
                .iter()
                .map(|field| field.id.as_str())
                .collect::<Vec<_>>(),
        ),
        (
            "departments",
            city.departments
                .iter()
                .map(|department| department.id.as_str())
                .collect(),
        ),
    ] {
        let mut seen = BTreeSet::new();
        for (at, id) in ids.into_iter().enumerate() {
            if !seen.insert(id) {
                faults.push(text.fault_at(
                    &[key, &at.to_string(), "id"],
                    format!("the id `{id}` stands twice in {key}"),
                ));
            }
        }
    }
}

/// A dataset by itself.
pub(crate) fn dataset(dataset: &Dataset, text: &Text<'_>, faults: &mut Vec<Fault>) {
    columns(dataset, text, faults);
    named_columns(dataset, text, faults);
    format_options(dataset, text, faults);
    if let Some(crs) = dataset.place.as_ref().and_then(|place| place.crs.as_ref()) {
        known_crs(crs, &["place", "crs"], text, faults);
    }
    if let Some(place) = &dataset.place
        && place.x.is_some() != place.y.is_some()
    {
        faults.push(text.fault_at(&["place"], "a place needs both `x` and `y`"));
    }
    if dataset.load.mode == LoadMode::Upsert && dataset.load.key.is_empty() {
        faults.push(
            text.fault_at(&["load"], "the mode `upsert` needs a `key`")
                .remedy("name the columns that tell rows apart: key = [\"...\"]"),
        );
    }
    if !(0.0..=1.0).contains(&dataset.load.quarantine_limit) {
        faults.push(
            text.fault_at(&["load", "quarantine-limit"], "the limit is a share")
                .expected("0 to 1"),
        );
    }
    if dataset.release == Release::Open && dataset.licence == Licence::Internal {
        faults.push(
            text.fault_at(
                &["licence"],
                "an open dataset cannot have the licence `internal`",
            )
            .expected("kogl0 to kogl4"),
        );
    }
    if let Source::File(file) = &dataset.source
        && (file.path.starts_with('/') || file.path.split('/').any(|part| part == ".."))
    {
        faults.push(
            text.fault_at(&["source", "path"], "the path leaves the inbox")
                .expected("a path below the inbox, without `..`"),
        );
    }
    if let Some(long) = &dataset.long {
        pattern(&long.columns, &["long", "columns"], text, faults);
    }
}

fn known_crs(name: &str, path: &[&str], text: &Text<'_>, faults: &mut Vec<Fault>) {
    if crs::code(name).is_none() {
        let names = crs::names();
        let names: Vec<&str> = names.iter().map(String::as_str).collect();
        faults.push(unknown(
            text.fault_at(path, format!("the coordinate system `{name}` is not known")),
            name,
            &names,
        ));
    }
}

fn pattern(pattern: &str, path: &[&str], text: &Text<'_>, faults: &mut Vec<Fault>) {
    if let Err(error) = regex::Regex::new(pattern) {
        let why = error.to_string();
        let why = why.lines().last().unwrap_or_default().trim().to_owned();
        faults.push(text.fault_at(
            path,
            format!("the regular expression does not compile: {why}"),
        ));
    }
}

/// Columns by themselves: names once, options that fit the type.
fn columns(dataset: &Dataset, text: &Text<'_>, faults: &mut Vec<Fault>) {
    let (mut names, mut sources) = (BTreeSet::new(), BTreeSet::new());
    for (at, column) in dataset.columns.iter().enumerate() {
        let at = at.to_string();
        let path = |key: &'static str| ["columns".to_owned(), at.clone(), key.to_owned()];
        let mut tell = |key: &'static str, what: String, expected: Option<&str>| {
            let path = path(key);
            let path: Vec<&str> = path.iter().map(String::as_str).collect();
            let fault = text.fault_at(&path, what);
            faults.push(match expected {
                Some(expected) => fault.expected(expected),
                None => fault,
            });
        };
        if !names.insert(column.name.as_str()) {
            tell(
                "name",
                format!("the column `{}` stands twice", column.name),
                None,
            );
        }
        if !sources.insert(column.source_name()) {
            tell(
                "source",
                format!(
                    "two columns take the source column `{}`",
                    column.source_name()
                ),
                None,
            );
        }
        if column.scale.is_some() && column.column_type != ColumnType::Decimal {
            tell("scale", "only a `decimal` has a scale".into(), None);
        }
        if column.scale.is_some_and(|scale| scale > 18) {
            tell("scale", "the scale is too large".into(), Some("0 to 18"));
        }
        if !column.forms.is_empty() && !is_moment(column.column_type) {
            tell("forms", "only dates and times have forms".into(), None);
        }
        if column.spellings.is_some() && column.column_type != ColumnType::Boolean {
            tell(
                "spellings",
                "only a `boolean` has spellings of yes and no".into(),
                None,
            );
        }
        if column.korean_units && !is_number(column.column_type) {
            tell(
                "korean-units",
                "only numbers have Korean units".into(),
                None,
            );
        }
        column_checks(column, &at, text, faults);
    }
    if dataset.columns.is_empty() {
        faults.push(text.fault_at(&["columns"], "a dataset has at least one column"));
    }
}

fn column_checks(column: &Column, at: &str, text: &Text<'_>, faults: &mut Vec<Fault>) {
    for (number, check) in column.checks.iter().enumerate() {
        let number = number.to_string();
        let path = ["columns", at, "checks", &number];
        match check {
            Check::Pattern(regex) => pattern(regex, &path, text, faults),
            Check::Range(range) => {
                let wrong =
                    [&range.min, &range.max]
                        .into_iter()
                        .flatten()
                        .any(|bound| match bound {
                            Bound::Number(_) => !is_number(column.column_type),
                            Bound::Text(_) => !is_moment(column.column_type),
                        });
                if wrong {
                    let expected = if is_number(column.column_type) {
                        "numbers"
                    } else {
                        "dates or times in quotation marks, on a date or time column"
                    };
                    faults.push(
                        text.fault_at(
                            &path,
                            format!("the bounds do not fit the type of `{}`", column.name),
                        )
                        .expected(expected),
                    );
                }
                if let (Some(Bound::Number(min)), Some(Bound::Number(max))) =
                    (&range.min, &range.max)
                    && min > max
                {
                    faults.push(text.fault_at(&path, "`min` is greater than `max`"));
                }
            }
            Check::In(words) if words.is_empty() => {
                faults.push(text.fault_at(&path, "the list is empty, so no value would pass"));
            }
            Check::In(_) | Check::MaxLength(_)
                if !matches!(column.column_type, ColumnType::Text | ColumnType::Code) =>
            {
                faults.push(
                    text.fault_at(
                        &path,
                        format!("this check needs text, and `{}` is not", column.name),
                    )
                    .remedy("make it `text` or `code`, or use `range`"),
                );
            }
            _ => {}
        }
    }
}

/// Columns that keys, places and checks name exist.
fn named_columns(dataset: &Dataset, text: &Text<'_>, faults: &mut Vec<Fault>) {
    let known: Vec<&str> = dataset
        .columns
        .iter()
        .map(|column| column.name.as_str())
        .collect();
    let mut need = |name: &str, path: &[&str]| {
        if !known.contains(&name) {
            faults.push(unknown(
                text.fault_at(path, format!("there is no column `{name}`")),
                name,
                &known,
            ));
        }
    };
    for (at, name) in dataset.load.key.iter().enumerate() {
        need(name, &["load", "key", &at.to_string()]);
    }
    if let Some(place) = &dataset.place {
        for (key, name) in [("x", &place.x), ("y", &place.y)] {
            if let Some(name) = name {
                need(name, &["place", key]);
            }
        }
    }
    for (at, check) in dataset.checks.iter().enumerate() {
        for name in names_in(check) {
            need(name, &["checks", &at.to_string()]);
        }
    }
}

fn names_in(check: &TableCheck) -> Vec<&str> {
    match check {
        TableCheck::Inside(_) => Vec::new(),
        TableCheck::DateOrder(names)
        | TableCheck::AnyOf(names)
        | TableCheck::UniqueTogether(names) => names.iter().map(String::as_str).collect(),
        TableCheck::SumEquals(sum) => sum
            .parts
            .iter()
            .chain([&sum.total])
            .map(String::as_str)
            .collect(),
        TableCheck::FreshWithin(fresh) => vec![&fresh.column],
    }
}

/// Options that the kind of format does not use would be silently ignored: they are faults.
fn format_options(dataset: &Dataset, text: &Text<'_>, faults: &mut Vec<Fault>) {
    let format = &dataset.format;
    let kind = format.kind;
    let sheet = matches!(kind, FormatKind::Xlsx | FormatKind::Xls);
    let text_kind = matches!(
        kind,
        FormatKind::Csv | FormatKind::Shapefile | FormatKind::Xml
    );
    let tree = matches!(kind, FormatKind::Json | FormatKind::Xml);
    let wrong = [
        ("encoding", format.encoding.is_some() && !text_kind),
        (
            "delimiter",
            format.delimiter.is_some() && kind != FormatKind::Csv,
        ),
        (
            "skip-rows",
            format.skip_rows != 0 && kind != FormatKind::Csv && !sheet,
        ),
        (
            "header-rows",
            format.header_rows != 1 && kind != FormatKind::Csv && !sheet,
        ),
        (
            "footer-rows",
            format.footer_rows != 0 && kind != FormatKind::Csv && !sheet,
        ),
        ("sheet", format.sheet.is_some() && !sheet),
        ("rows", format.rows.is_some() && !tree),
    ];
    for (key, is_wrong) in wrong {
        if is_wrong {
            faults.push(
                text.fault_at(
                    &["format", key],
                    format!("the format `{}` has no `{key}`", word(&kind)),
                )
                .remedy("leave it out"),
            );
        }
    }
    let geometry = dataset
        .columns
        .iter()
        .position(|column| column.column_type == ColumnType::Geometry);
    if let Some(at) = geometry
        && !matches!(kind, FormatKind::Shapefile | FormatKind::Geojson)
    {
        let at = at.to_string();
        faults.push(text.fault_at(
            &["columns", &at, "type"],
            "only a shapefile or GeoJSON gives a `geometry`",
        ));
    }
}

/// What a dataset says of others.
pub(crate) fn references(
    read: &Read<Dataset>,
    datasets: &BTreeMap<DatasetId, &Dataset>,
    faults: &mut Vec<Fault>,
) {
    let text = Text::new(&read.file, &read.text);
    for (at, column) in read.value.columns.iter().enumerate() {
        for (number, check) in column.checks.iter().enumerate() {
            let Check::RefersTo(target) = check else {
                continue;
            };
            let (at, number) = (at.to_string(), number.to_string());
            let path = ["columns", &at, "checks", &number, "refers-to"];
            has_column(
                &target.dataset,
                &target.column,
                datasets,
                &text,
                &path,
                faults,
            );
        }
    }
}

fn has_column(
    dataset: &DatasetId,
    column: &str,
    datasets: &BTreeMap<DatasetId, &Dataset>,
    text: &Text<'_>,
    path: &[&str],
    faults: &mut Vec<Fault>,
) {
    if let Some(other) = has_dataset(dataset, datasets, text, path, faults)
        && other.column(column).is_none()
    {
        let known: Vec<&str> = other
            .columns
            .iter()
            .map(|column| column.name.as_str())
            .collect();
        faults.push(unknown(
            text.fault_at(
                path,
                format!("the dataset `{dataset}` has no column `{column}`"),
            ),
            column,
            &known,
        ));
    }
}

fn has_dataset<'d>(
    id: &DatasetId,
    datasets: &BTreeMap<DatasetId, &'d Dataset>,
    text: &Text<'_>,
    path: &[&str],
    faults: &mut Vec<Fault>,
) -> Option<&'d Dataset> {
    let found = datasets.get(id).copied();
    if found.is_none() {
        let known: Vec<&str> = datasets.keys().map(DatasetId::as_str).collect();
        faults.push(unknown(
            text.fault_at(path, format!("there is no dataset `{id}`")),
            id,
            &known,
        ));
    }
    found
}

/// A measure beside the datasets.
pub(crate) fn measure(
    read: &Read<Measure>,
    datasets: &BTreeMap<DatasetId, &Dataset>,
    faults: &mut Vec<Fault>,
) {
    let (measure, text) = (&read.value, Text::new(&read.file, &read.text));
    if has_dataset(&measure.dataset, datasets, &text, &["dataset"], faults).is_some() {
        for (at, name) in measure.dimensions.iter().enumerate() {
            has_column(
                &measure.dataset,
                name,
                datasets,
                &text,
                &["dimensions", &at.to_string()],
                faults,
            );
        }
        if let Some(time) = &measure.time {
            has_column(
                &measure.dataset,
                &time.column,
                datasets,
                &text,
                &["time", "column"],
                faults,
            );
        }
    }
    if let Some(denominator) = &measure.denominator {
        has_dataset(
            &denominator.dataset,
            datasets,
            &text,
            &["denominator", "dataset"],
            faults,
        );
    }
}

/// A board beside the measures and datasets.
pub(crate) fn board(
    read: &Read<Board>,
    measures: &[Read<Measure>],
    ids: &[&str],
    datasets: &BTreeMap<DatasetId, &Dataset>,
    faults: &mut Vec<Fault>,
) {
    let text = Text::new(&read.file, &read.text);
    for (at, panel) in read.value.panels.iter().enumerate() {
        let at = at.to_string();
        if panel.measure.is_none() && panel.dataset.is_none() {
            faults.push(text.fault_at(
                &["panels", &at],
                "a panel shows a `measure`, or a `dataset` on a map",
            ));
        }
        if let Some(id) = &panel.dataset {
            has_dataset(id, datasets, &text, &["panels", &at, "dataset"], faults);
        }
        let Some(id) = &panel.measure else { continue };
        let Some(measure) = measures.iter().find(|measure| &measure.value.id == id) else {
            faults.push(unknown(
                text.fault_at(
                    &["panels", &at, "measure"],
                    format!("there is no measure `{id}`"),
                ),
                id,
                ids,
            ));
            continue;
        };
        if let Some(by) = &panel.by
            && !measure.value.dimensions.contains(by)
        {
            let known: Vec<&str> = measure
                .value
                .dimensions
                .iter()
                .map(String::as_str)
                .collect();
            faults.push(unknown(
                text.fault_at(
                    &["panels", &at, "by"],
                    format!("the measure `{id}` is not broken down by `{by}`"),
                ),
                by,
                &known,
            ));
        }
    }
}

fn is_number(kind: ColumnType) -> bool {
    matches!(
        kind,
        ColumnType::Integer | ColumnType::Decimal | ColumnType::Number | ColumnType::Year
    )
}

fn is_moment(kind: ColumnType) -> bool {
    matches!(
        kind,
        ColumnType::Date | ColumnType::Time | ColumnType::Datetime | ColumnType::Month
    )
}

/// A word as it stands in manifests.
fn word<T: serde::Serialize>(value: &T) -> String {
    serde_json::to_value(value)
        .ok()
        .and_then(|value| value.as_str().map(str::to_owned))
        .unwrap_or_default()
}
