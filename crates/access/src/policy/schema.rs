//! What policies can speak of, made from the manifests: the schema they are validated against and the entities they
//! are asked about.

use std::collections::{BTreeMap, BTreeSet};
use std::fmt::Write as _;

use cedar_policy::{EntityId, EntityTypeName, EntityUid};
use city::dataset::{Column, Dataset};
use city::{City, People};
use serde_json::{Value, json};

/// Words of an enumeration of the manifests.
const PRIVACY: [&str; 5] = ["none", "quasi", "sensitive", "identifier", "unique-id"];
const RELEASE: [&str; 3] = ["open", "on-request", "internal"];

/// The schema without the words that a city declares.
const SCHEMA: &str = r#"
entity Role;
entity Department;
entity Field;
entity Person in [Role, Department] {
  name: String,
  department?: Department,
};
entity Dataset in [Field, Department] {
  id: String,
  release: Release,
  field: Field,
  department: Department,
};
entity Column in [Dataset] {
  name: String,
  dataset: Dataset,
  privacy: Privacy,
  released: Bool,
};
action "read" appliesTo {
  principal: [Person],
  resource: [Column],
  context: {
    purpose: Purpose,
    hour: Long,
    weekday: Long,
    today: Long,
    working_day: Bool,
  },
};
action "count" appliesTo {
  principal: [Person],
  resource: [Column],
  context: {
    purpose: Purpose,
    hour: Long,
    weekday: Long,
    today: Long,
    working_day: Bool,
  },
};
"#;

/// What exists, by kind: to tell a name of a policy that is none.
pub(crate) type Known = BTreeMap<&'static str, BTreeSet<String>>;

/// The schema of a city, in Cedar's own words. Documentation and editors can use it too.
pub fn schema(people: &People) -> String {
    let mut text = String::new();
    let listed = |words: &mut dyn Iterator<Item = &str>| {
        let quoted: Vec<String> = words.map(|word| format!("{word:?}")).collect();
        quoted.join(", ")
    };
    let enums = [
        ("Privacy", listed(&mut PRIVACY.into_iter())),
        ("Release", listed(&mut RELEASE.into_iter())),
        ("Purpose", listed(&mut people.purpose_ids())),
    ];
    for (name, words) in enums {
        // Writing into a String cannot fail.
        let _: std::fmt::Result = writeln!(text, "entity {name} enum [{words}];");
    }
    text.push_str(SCHEMA);
    text
}

/// Every name a policy may use, by the kind of thing it names.
pub(crate) fn known(city: &City, people: &People) -> Known {
    let owned = |words: &mut dyn Iterator<Item = &str>| words.map(str::to_owned).collect();
    let columns = city.datasets.values().flat_map(|dataset| {
        let columns = dataset.columns.iter();
        columns.map(|column| column_id(dataset, &column.name))
    });
    let departments = city.manifest.departments.iter();
    let mut persons = people.accounts.iter().map(|account| account.name.as_str());
    BTreeMap::from([
        (
            "Dataset",
            owned(&mut city.datasets.keys().map(city::DatasetId::as_str)),
        ),
        ("Column", columns.collect()),
        ("Role", owned(&mut people.role_ids())),
        (
            "Department",
            owned(&mut departments.map(|department| department.id.as_str())),
        ),
        (
            "Field",
            owned(&mut city.manifest.fields.iter().map(|field| field.id.as_str())),
        ),
        ("Purpose", owned(&mut people.purpose_ids())),
        ("Privacy", owned(&mut PRIVACY.into_iter())),
        ("Release", owned(&mut RELEASE.into_iter())),
        ("Person", owned(&mut persons)),
    ])
}

/// The id of a column: `complaints.phone`.
pub(crate) fn column_id(dataset: &Dataset, column: &str) -> String {
    format!("{}.{column}", dataset.id)
}

/// Everything policies are asked about, but for the person who asks.
pub(crate) fn entities(city: &City, people: &People) -> Value {
    let bare = |kind: &str, id: &str| json!({"uid": uid(kind, id), "attrs": {}, "parents": []});
    let mut all: Vec<Value> = people.role_ids().map(|id| bare("Role", id)).collect();
    let departments = city.manifest.departments.iter();
    all.extend(departments.map(|department| bare("Department", &department.id)));
    all.extend(
        city.manifest
            .fields
            .iter()
            .map(|field| bare("Field", &field.id)),
    );
    for dataset in city.datasets.values() {
        all.push(of_dataset(dataset));
        let columns = dataset.columns.iter();
        all.extend(columns.map(|column| of_column(dataset, column)));
    }
    Value::Array(all)
}

fn of_dataset(dataset: &Dataset) -> Value {
    let field = uid("Field", &dataset.field);
    let department = uid("Department", &dataset.department);
    json!({
        "uid": uid("Dataset", &dataset.id),
        "attrs": {
            "id": dataset.id,
            "release": {"__entity": uid("Release", &word(&dataset.release))},
            "field": {"__entity": field},
            "department": {"__entity": department},
        },
        "parents": [field, department],
    })
}

fn of_column(dataset: &Dataset, column: &Column) -> Value {
    let own = uid("Dataset", &dataset.id);
    json!({
        "uid": uid("Column", &column_id(dataset, &column.name)),
        "attrs": {
            "name": column.name,
            "dataset": {"__entity": own},
            "privacy": {"__entity": uid("Privacy", &word(&column.privacy))},
            "released": column.release,
        },
        "parents": [own],
    })
}

fn uid(kind: &str, id: &str) -> Value {
    json!({"type": kind, "id": id})
}

/// The word manifests have for a value of an enumeration.
fn word(value: &impl serde::Serialize) -> String {
    let written = serde_json::to_value(value).ok();
    written
        .and_then(|value| value.as_str().map(str::to_owned))
        .unwrap_or_default()
}

/// A thing's name as Cedar knows it. `kind` is one of the schema's.
pub(crate) fn entity(kind: &str, id: &str) -> Option<EntityUid> {
    let kind: EntityTypeName = kind.parse().ok()?;
    Some(EntityUid::from_type_name_and_id(kind, EntityId::new(id)))
}
