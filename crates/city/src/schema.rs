//! JSON Schemas of the manifest kinds: for editors, and for [`crate::read`].

use schemars::{JsonSchema, SchemaGenerator};
use serde_json::Value;

use crate::calendar::CalendarManifest;
use crate::people::People;
use crate::situation::Situation;
use crate::standard::Domains;
use crate::{Board, CityManifest, Dataset, Measure, Promise, Recipe, ReleasePlan, Standard};

/// File names and texts of the published schemas.
pub fn files() -> Vec<(&'static str, String)> {
    [
        ("city", of::<CityManifest>()),
        ("dataset", of::<Dataset>()),
        ("measure", of::<Measure>()),
        ("board", of::<Board>()),
        ("standard", of::<Standard>()),
        ("domains", of::<Domains>()),
        ("calendar", of::<CalendarManifest>()),
        ("project", of::<Recipe>()),
        ("people", of::<People>()),
        ("release", of::<ReleasePlan>()),
        ("promise", of::<Promise>()),
        ("situation", of::<Situation>()),
    ]
    .into_iter()
    .map(|(kind, schema)| {
        let name = match kind {
            "city" => "city.schema.json",
            "dataset" => "dataset.schema.json",
            "measure" => "measure.schema.json",
            "standard" => "standard.schema.json",
            "domains" => "domains.schema.json",
            "calendar" => "calendar.schema.json",
            "project" => "project.schema.json",
            "people" => "people.schema.json",
            "release" => "release.schema.json",
            "promise" => "promise.schema.json",
            "situation" => "situation.schema.json",
            _ => "board.schema.json",
        };
        (name, format!("{schema:#}\n"))
    })
    .collect()
}

/// The schema of a manifest type.
pub fn of<T: JsonSchema>() -> Value {
    SchemaGenerator::default()
        .into_root_schema_for::<T>()
        .to_value()
}

#[cfg(test)]
mod tests {
    #[test]
    fn published_schemas_are_current() {
        // Asked when it runs: checkouts that share a target folder share this test.
        let room = std::env::var_os("CARGO_MANIFEST_DIR").unwrap();
        let folder = std::path::Path::new(&room).join("../../schemas");
        for (name, text) in super::files() {
            let published = std::fs::read_to_string(folder.join(name)).unwrap_or_default();
            assert!(
                published == text,
                "schemas/{name} is not current: run `cargo xtask bless`"
            );
        }
    }
}
