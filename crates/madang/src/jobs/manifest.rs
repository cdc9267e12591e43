//! What of a manifest decides its rows.

use city::Dataset;
use city::dataset::Source;
use lake::Manifest;
use privacy::detect::guard::promises_none;
use serde_json::json;
use sha2::{Digest, Sha256};

use crate::exit::Failure;
use crate::platform::Platform;

/// Keeps the manifest a version is made by, so that a changed one can be held against it later.
pub(crate) fn keep(platform: &Platform, dataset: &Dataset, sha256: &str) -> Result<(), Failure> {
    let city = &platform.city.manifest;
    let manifest = Manifest {
        dataset: dataset.clone(),
        crs: city.crs.clone(),
        bounds: city.bounds,
    };
    Ok(platform.lake.keep_manifest(sha256, &manifest)?)
}

/// SHA-256 over the parts of a manifest that decide what a load makes of the same bytes. Titles,
/// descriptions, cadence and release are not among them: to change those needs no new version. Which columns hold
/// persons' data is: a column that is called harmless now has not been looked at.
pub(crate) fn fingerprint(dataset: &Dataset, city_crs: &str, bounds: [f64; 4]) -> String {
    let columns: Vec<_> = dataset
        .columns
        .iter()
        .map(|column| {
            json!([
                column.name,
                column.source_name(),
                column.column_type,
                column.scale,
                column.null_tokens,
                column.spellings,
                column.forms,
                column.korean_units,
                column.unit,
                column.checks,
            ])
        })
        .collect();
    let mut parts = json!([
        dataset.format,
        dataset.load,
        dataset.long,
        dataset.place,
        dataset.checks,
        columns,
        city_crs,
        bounds
    ]);
    // What a derived dataset, or a database, is asked decides its rows as much as what the answer is read by. Where the
    // database stands does not.
    let question = match &dataset.source {
        Source::Derived(source) => Some(json!(source.sql)),
        Source::Postgres(source) | Source::Mariadb(source) => {
            Some(json!([source.table, source.sql]))
        }
        _ => None,
    };
    if let (Some(question), Some(parts)) = (question, parts.as_array_mut()) {
        parts.push(question);
    }
    let persons: Vec<&str> = dataset
        .columns
        .iter()
        .filter(|column| !promises_none(column.privacy))
        .map(|column| column.name.as_str())
        .collect();
    if let (false, Some(parts)) = (persons.is_empty(), parts.as_array_mut()) {
        parts.push(json!({ "persons": persons }));
    }
    let mut text = String::new();
    for byte in Sha256::digest(parts.to_string().as_bytes()) {
        text.push_str(&format!("{byte:02x}"));
    }
    text
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_new_title_is_no_new_version_and_a_new_check_is() {
        let text = include_str!("../../template/parking.toml");
        let (dataset, faults) = city::read::dataset_text("parking.toml".as_ref(), text);
        assert_eq!(faults, []);
        let dataset = dataset.unwrap();
        let of = |dataset: &Dataset| fingerprint(dataset, "EPSG:5186", [126.0, 37.0, 127.0, 38.0]);
        let mut titled = dataset.clone();
        titled.title = "다른 이름".to_owned();
        assert_eq!(of(&dataset), of(&titled));
        let mut stricter = dataset.clone();
        stricter.columns[0].checks.push(city::Check::MaxLength(3));
        assert_ne!(of(&dataset), of(&stricter));
    }

    #[test]
    fn another_question_is_a_new_version_and_another_server_is_none() {
        let text = include_str!("../../template/parking.toml");
        let (dataset, _) = city::read::dataset_text("parking.toml".as_ref(), text);
        let of = |source: serde_json::Value| {
            let dataset = Dataset {
                source: serde_json::from_value(source).unwrap(),
                ..dataset.clone().unwrap()
            };
            fingerprint(&dataset, "EPSG:5186", [126.0, 37.0, 127.0, 38.0])
        };
        let lots = of(json!({"kind": "postgres", "url": "postgres://a/b", "table": "lots"}));
        let moved = of(json!({"kind": "postgres", "url": "postgres://c/b", "table": "lots"}));
        let other = of(json!({"kind": "postgres", "url": "postgres://a/b", "table": "lots_all"}));
        assert_eq!(lots, moved);
        assert_ne!(lots, other);
    }
}
