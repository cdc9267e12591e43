//! What a manifest says must make sense: names it uses exist, options fit their kind.

use std::collections::BTreeSet;

use super::folder::unknown;
use super::{
    Text, accepts, access_log, api, checks, database, derived, drift, due, harvest, listing,
    messages, remote, sign_in, subjects,
};
use crate::check::TableCheck;
use crate::dataset::{
    Format, FormatKind, Licence, LoadMode, PlaceColumns, Release, Repair, Source,
};
use crate::fault::Fault;
use crate::{Check, CityManifest, Column, ColumnType, Dataset, crs};

/// `city.toml` by itself.
pub(crate) fn manifest(city: &CityManifest, text: &Text<'_>, faults: &mut Vec<Fault>) {
    known_crs(&city.crs, &["crs"], text, faults);
    listing::of_city(city, text, faults);
    access_log::of_city(city, text, faults);
    sign_in::of_city(city, text, faults);
    due::mails(city, text, faults);
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
    of_table(dataset, text, faults);
    format_options(dataset, text, faults);
    if let Some(crs) = dataset.place.as_ref().and_then(|place| place.crs.as_ref()) {
        known_crs(crs, &["place", "crs"], text, faults);
    }
    if let Some(place) = &dataset.place
        && text.has(&["place", "x"]) != text.has(&["place", "y"])
        && (place.x.is_some() || place.y.is_some())
    {
        faults.push(text.fault_at(&["place"], "a place needs both `x` and `y`"));
    }
    if dataset.load.mode == LoadMode::Upsert
        && dataset.load.key.is_empty()
        && (!text.has(&["load", "key"]) || text.length(&["load", "key"]) == Some(0))
    {
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
    subjects::of_dataset(dataset, text, faults);
    if let Some(portal) = &dataset.portal {
        listing::of_dataset(portal, text, faults);
    }
    if let Some(due) = &dataset.due {
        due::of_dataset(due, dataset, text, faults);
    }
    if let Some(drift) = &dataset.load.drift {
        drift::limits(drift, dataset, text, faults);
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
    match &dataset.source {
        Source::OpenApi(source) => api::source(source, dataset, text, faults),
        Source::Mqtt(source) => messages::source(source, dataset, text, faults),
        Source::S3(source) => remote::s3(source, text, faults),
        Source::Sftp(source) => remote::sftp(source, text, faults),
        Source::Wfs(source) => remote::wfs(source, dataset, text, faults),
        Source::OgcFeatures(source) => remote::ogc(source, dataset, text, faults),
        Source::Madang(source) => harvest::madang(source, dataset, text, faults),
        Source::Ckan(source) => harvest::ckan(source, text, faults),
        Source::Postgres(source) => database::postgres(source, dataset, text, faults),
        Source::Mariadb(source) => database::mariadb(source, dataset, text, faults),
        Source::Derived(source) => derived::source(source, dataset, text, faults),
        Source::Platform(_) => platform(dataset, text, faults),
        _ => (),
    }
    if let Some(long) = &dataset.long {
        pattern(&long.columns, &["long", "columns"], text, faults);
    }
}

pub(super) fn known_crs(name: &str, path: &[&str], text: &Text<'_>, faults: &mut Vec<Fault>) {
    if crs::code(name).is_none() {
        let names = crs::names();
        let names: Vec<&str> = names.iter().map(String::as_str).collect();
        let fault = text.fault_at(path, format!("the coordinate system `{name}` is not known"));
        let Some(mut fault) = unknown(fault, name, &names) else {
            return;
        };
        if let Some(meant) = crs::meant(name) {
            fault = fault.remedy(format!("did you mean `{meant}`?"));
        }
        faults.push(fault);
    }
}

pub(super) fn pattern(pattern: &str, path: &[&str], text: &Text<'_>, faults: &mut Vec<Fault>) {
    // As a check compiles it: a comment at its end (`(?x)`) would swallow the bracket.
    let whole = format!("^(?:{pattern})$");
    if let Err(error) = regex::Regex::new(pattern).and_then(|_| regex::Regex::new(&whole)) {
        let why = error.to_string();
        let why = why.lines().last().unwrap_or_default().trim();
        let why = why.strip_prefix("error: ").unwrap_or(why);
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
        accepts::of_column(column, &at, text, faults);
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
        let kind = declared(column, &at, text);
        if kind.is_none() {
            // Its type is a mistake that is told already: nothing can be said of what fits it.
            checks::of_column((&column.name, None), &column.checks, &at, text, faults);
            continue;
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
        checks::of_column((&column.name, kind), &column.checks, &at, text, faults);
    }
    if dataset.columns.is_empty() {
        faults.push(
            text.fault_at(&["columns"], "a dataset has no column")
                .expected("at least one [[columns]]"),
        );
    }
}

/// The type of a column, if the text says it.
fn declared(column: &Column, at: &str, text: &Text<'_>) -> Option<ColumnType> {
    text.says(&["columns", at, "type"], &word(&column.column_type))
        .then_some(column.column_type)
}

/// Checks over several columns, and dates of validity.
fn of_table(dataset: &Dataset, text: &Text<'_>, faults: &mut Vec<Fault>) {
    let columns = dataset.columns.iter().enumerate();
    let columns: Vec<(&str, Option<ColumnType>, &[Check])> = columns
        .map(|(at, column)| {
            let kind = declared(column, &at.to_string(), text);
            (column.name.as_str(), kind, column.checks.as_slice())
        })
        .collect();
    let table = checks::Table {
        columns: columns
            .iter()
            .map(|(name, kind, _)| (*name, *kind))
            .collect(),
        checks: &dataset.checks,
    };
    checks::of_table(&table, text, faults);
    checks::as_of(&columns, text, faults);
    let Some(valid) = &dataset.valid else { return };
    for (key, name) in [("from", &valid.from), ("to", &valid.to)] {
        let found = columns.iter().find(|(own, ..)| own == name);
        if let Some((_, Some(kind), _)) = found
            && *kind != ColumnType::Date
        {
            let what = format!("`{name}` is `{}` and no day", word(kind));
            faults.push(
                text.fault_at(&["valid", key], what)
                    .expected("a column of type `date`"),
            );
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
            faults.extend(unknown(
                text.fault_at(path, format!("there is no column `{name}`")),
                name,
                &known,
            ));
        }
    };
    for (at, name) in dataset.load.key.iter().enumerate() {
        need(name, &["load", "key", &at.to_string()]);
    }
    if let Some(valid) = &dataset.valid {
        need(&valid.from, &["valid", "from"]);
        need(&valid.to, &["valid", "to"]);
    }
    named_in(
        dataset.place.as_ref(),
        &dataset.checks,
        &known,
        text,
        faults,
    );
}

/// Columns that a place and checks of the table name are among `known`.
pub(super) fn named_in(
    place: Option<&PlaceColumns>,
    table_checks: &[TableCheck],
    known: &[&str],
    text: &Text<'_>,
    faults: &mut Vec<Fault>,
) {
    let mut need = |name: &str, path: &[&str]| {
        if !known.contains(&name) {
            faults.extend(unknown(
                text.fault_at(path, format!("there is no column `{name}`")),
                name,
                known,
            ));
        }
    };
    if let Some(place) = place {
        for (key, name) in [("x", &place.x), ("y", &place.y)] {
            if let Some(name) = name {
                need(name, &["place", key]);
            }
        }
    }
    for (at, check) in table_checks.iter().enumerate() {
        let at = at.to_string();
        for (name, path) in checks::names_in(check) {
            let path: Vec<&str> = ["checks", &at]
                .into_iter()
                .chain(path.iter().map(String::as_str))
                .collect();
            need(name, &path);
        }
    }
}

/// Whether files of a kind can have a damage.
fn can_have(kind: FormatKind, damage: Repair) -> bool {
    match damage {
        Repair::DoubledQuotes => matches!(kind, FormatKind::Csv | FormatKind::Json),
        Repair::QuotedCells => matches!(kind, FormatKind::Xlsx | FormatKind::Xls | FormatKind::Ods),
    }
}

/// Repairs of a damage that the kind of file cannot have.
fn repairs(format: &Format, text: &Text<'_>, faults: &mut Vec<Fault>) {
    let kind = format.kind;
    for (at, repair) in format.repair.iter().enumerate() {
        let path = ["format", "repair", &at.to_string()];
        if !can_have(kind, *repair) && text.says(&path, &word(repair)) {
            let what = format!(
                "a file of kind `{}` has no damage `{}`",
                word(&kind),
                word(repair)
            );
            faults.push(text.fault_at(&path, what).remedy("leave it out"));
        }
    }
}

/// Options that the kind of format does not use would be silently ignored: they are faults.
fn format_options(dataset: &Dataset, text: &Text<'_>, faults: &mut Vec<Fault>) {
    let format = &dataset.format;
    let kind = format.kind;
    if !text.says(&["format", "kind"], &word(&kind)) {
        return;
    }
    repairs(format, text, faults);
    let workbook = matches!(kind, FormatKind::Xlsx | FormatKind::Xls | FormatKind::Ods);
    let sheet = workbook || kind == FormatKind::Hwpx;
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
        ("sheet", format.sheet.is_some() && !workbook),
        ("table", format.table.is_some() && !sheet),
        ("rows", format.rows.is_some() && !tree),
        // What is inside a ZIP is not mended.
        ("inner", format.inner.is_some() && !format.repair.is_empty()),
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

pub(super) fn is_number(kind: ColumnType) -> bool {
    matches!(
        kind,
        ColumnType::Integer | ColumnType::Decimal | ColumnType::Number | ColumnType::Year
    )
}

pub(super) fn is_moment(kind: ColumnType) -> bool {
    matches!(
        kind,
        ColumnType::Date | ColumnType::Time | ColumnType::Datetime | ColumnType::Month
    )
}

/// A word as it stands in manifests.
pub(super) fn word<T: serde::Serialize>(value: &T) -> String {
    serde_json::to_value(value)
        .ok()
        .and_then(|value| value.as_str().map(str::to_owned))
        .unwrap_or_default()
}

/// The platform writes its tables as JSON, whole.
fn platform(dataset: &Dataset, text: &Text<'_>, faults: &mut Vec<Fault>) {
    if dataset.format.kind != FormatKind::Json {
        let fault = text.fault_at(&["format", "kind"], "the platform's own tables are JSON");
        faults.push(fault.expected("json"));
    }
    if dataset.load.mode != LoadMode::Snapshot {
        let fault = text.fault_at(&["load", "mode"], "the platform's own tables come whole");
        faults.push(fault.expected("snapshot"));
    }
}
