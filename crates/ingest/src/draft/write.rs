//! The draft as a manifest's text, with comments where a person must decide.

use std::fmt::Write as _;

use city::check::{Area, TableCheck};
use city::dataset::{Cadence, Encoding, Format, Long, PlaceColumns};
use city::{Check, Column, PrivacyClass};

use super::{About, column, kind};

/// What a manifest is made of.
pub(super) struct Parts {
    pub(super) id: String,
    pub(super) title: String,
    pub(super) field: String,
    pub(super) department: String,
    pub(super) path: String,
    pub(super) format: Format,
    pub(super) key: Vec<String>,
    pub(super) long: Option<Long>,
    pub(super) place: Option<PlaceColumns>,
    pub(super) area: Option<Area>,
    pub(super) columns: Vec<Column>,
    /// What was unsure: each a comment at the top.
    pub(super) unsure: Vec<String>,
}

/// A line for a comment: no control characters, which TOML forbids.
fn plain(line: &str) -> String {
    line.chars()
        .map(|sign| if sign.is_control() { ' ' } else { sign })
        .collect()
}

/// A word as it stands in manifests.
fn word<T: serde::Serialize>(value: &T) -> String {
    serde_json::to_value(value)
        .ok()
        .and_then(|value| value.as_str().map(str::to_owned))
        .unwrap_or_default()
}

/// Text in quotation marks. A JSON string without control characters is a TOML basic string.
fn quoted(text: &str) -> String {
    let clean: String = text.chars().filter(|sign| *sign != '\u{7f}').collect();
    serde_json::Value::String(clean).to_string()
}

fn list(texts: &[String]) -> String {
    let texts: Vec<String> = texts.iter().map(|text| quoted(text)).collect();
    format!("[{}]", texts.join(", "))
}

/// Writes the manifest.
pub(super) fn text(parts: &Parts, about: &About) -> String {
    let mut out = String::from(
        "# Drafted by `madang draft` from a file. Read it through before you trust it.\n",
    );
    for line in about.notes.iter().chain(&parts.unsure) {
        out += &format!("#   unsure: {}\n", plain(line));
    }
    let described = about.description.clone();
    let described = described.unwrap_or_else(|| format!("{} 자료입니다.", parts.title));
    out += &format!(
        "id = {}\ntitle = {}\ndescription = {}\nfield = {}\ndepartment = {}\n",
        quoted(&parts.id),
        quoted(&parts.title),
        quoted(&described),
        quoted(&parts.field),
        quoted(&parts.department)
    );
    let cadence = word(&about.cadence.unwrap_or(Cadence::Irregular));
    out += &format!(
        "# How often the source changes: hourly, daily, weekly, monthly, quarterly, half-yearly, yearly, irregular, once.\ncadence = {}\n",
        quoted(&cadence)
    );
    if let Some(licence) = &about.licence {
        out += &format!("licence = {}\n", quoted(&word(licence)));
    }
    if !about.keywords.is_empty() {
        out += &format!("keywords = {}\n", list(&about.keywords));
    }
    out += "# Who may have it: internal, on-request, open. Open it when the privacy classes below are confirmed.\nrelease = \"internal\"\n";
    out += &match &about.source {
        Some(source) => format!("source = {source}\n"),
        None => format!(
            "source = {{ kind = \"file\", path = {} }}\n",
            quoted(&parts.path)
        ),
    };
    out += &format!("format = {{ {} }}\n", format(&parts.format));
    if parts.key.is_empty() {
        out += "load = { mode = \"snapshot\" }\n";
    } else {
        out += &format!(
            "load = {{ mode = \"snapshot\", key = {} }}\n",
            list(&parts.key)
        );
    }
    if let Some(long) = &parts.long {
        out += &format!(
            "long = {{ columns = {}, value = {} }}\n",
            quoted(&long.columns),
            quoted(&long.value)
        );
    }
    if let Some(place) = &parts.place {
        let words: Vec<String> = [("x", &place.x), ("y", &place.y), ("crs", &place.crs)]
            .iter()
            .filter_map(|(key, value)| {
                value
                    .as_ref()
                    .map(|value| format!("{key} = {}", quoted(value)))
            })
            .collect();
        out += &format!("place = {{ {} }}\n", words.join(", "));
    }
    if let Some(area) = parts.area {
        let check = TableCheck::Inside(area);
        let word = if check == TableCheck::Inside(Area::City) {
            "city"
        } else {
            "korea"
        };
        out += &format!("checks = [{{ inside = \"{word}\" }}]\n");
    }
    for column in &parts.columns {
        out += &one(column);
    }
    out
}

fn format(format: &Format) -> String {
    let mut words = vec![format!("kind = \"{}\"", kind::word(format.kind))];
    if let Some(encoding) = format.encoding {
        let name = match encoding {
            Encoding::Utf8 => "utf-8",
            Encoding::Cp949 => "cp949",
            Encoding::Utf16 => "utf-16",
        };
        words.push(format!("encoding = \"{name}\""));
    }
    if let Some(delimiter) = format.delimiter {
        words.push(format!("delimiter = {}", quoted(&delimiter.to_string())));
    }
    for (key, count, usual) in [
        ("skip-rows", format.skip_rows, 0),
        ("header-rows", format.header_rows, 1),
        ("footer-rows", format.footer_rows, 0),
    ] {
        if count != usual {
            words.push(format!("{key} = {count}"));
        }
    }
    for (key, text) in [
        ("sheet", &format.sheet),
        ("table", &format.table),
        ("rows", &format.rows),
        ("inner", &format.inner),
    ] {
        if let Some(text) = text {
            words.push(format!("{key} = {}", quoted(text)));
        }
    }
    for (key, texts) in [
        ("skip-rows-starting", &format.skip_rows_starting),
        ("notes-starting", &format.notes_starting),
        ("fill-down", &format.fill_down),
    ] {
        if !texts.is_empty() {
            words.push(format!("{key} = {}", list(texts)));
        }
    }
    words.join(", ")
}

fn one(column: &Column) -> String {
    let mut out = String::new();
    let mut put = |key: &str, value: String| {
        // Writing to a string cannot fail.
        let _always = writeln!(out, "{key} = {value}");
    };
    put("\n[[columns]]\nname", quoted(&column.name));
    if column.source_name() != column.title {
        put("source", quoted(column.source_name()));
    }
    put("title", quoted(&column.title));
    for (key, text) in [
        ("title-en", &column.title_en),
        ("description", &column.description),
    ] {
        if let Some(text) = text {
            put(key, quoted(text));
        }
    }
    put(
        "type",
        format!("\"{}\"", column::type_word(column.column_type)),
    );
    put(
        "privacy",
        format!("\"{}\"", column::class_word(column.privacy)),
    );
    if let Some(unit) = &column.unit {
        put("unit", quoted(unit));
    }
    if let Some(unit) = &column.unit_en {
        put("unit-en", quoted(unit));
    }
    if let Some(scale) = column.scale {
        put("scale", scale.to_string());
    }
    if !column.null_tokens.is_empty() {
        put("null-tokens", list(&column.null_tokens));
    }
    if let Some(spellings) = &column.spellings {
        put(
            "spellings",
            format!(
                "{{ yes = {}, no = {} }}",
                list(&spellings.yes),
                list(&spellings.no)
            ),
        );
    }
    if !column.forms.is_empty() {
        put("forms", list(&column.forms));
    }
    if column.korean_units {
        put("korean-units", "true".to_owned());
    }
    if column.privacy != PrivacyClass::None {
        put("release", "false".to_owned());
    }
    let checks: Vec<String> = column.checks.iter().filter_map(check).collect();
    if !checks.is_empty() {
        put("checks", format!("[{}]", checks.join(", ")));
    }
    out
}

/// The checks a draft proposes.
fn check(check: &Check) -> Option<String> {
    match check {
        Check::Required => Some("\"required\"".to_owned()),
        Check::Unique => Some("\"unique\"".to_owned()),
        Check::In(words) => Some(format!("{{ in = {} }}", list(words))),
        _ => None,
    }
}
