//! A dataset for tests.

use std::collections::BTreeMap;
use std::path::Path;

use city::{City, Dataset};

/// A car-park dataset with a place, an open release and one personal column.
pub(crate) fn dataset(id: &str) -> Dataset {
    let text = format!(
        r#"
id = "{id}"
title = "공영주차장"
description = "시험용"
field = "traffic"
department = "transport"
cadence = "monthly"
release = "open"
source = {{ kind = "file", path = "a.csv" }}
format = {{ kind = "csv" }}
place = {{ x = "x", y = "y", crs = "EPSG:4326" }}
columns = [
  {{ name = "name", title = "주차장명", type = "text", privacy = "none" }},
  {{ name = "spaces", title = "주차면수", type = "integer", privacy = "none" }},
  {{ name = "opened_on", title = "개장일", type = "date", privacy = "none" }},
  {{ name = "x", title = "경도", type = "number", privacy = "none" }},
  {{ name = "y", title = "위도", type = "number", privacy = "none" }},
  {{ name = "manager", title = "담당자", type = "text", privacy = "identifier" }},
]
"#
    );
    let (dataset, faults) = city::read::dataset_text(Path::new("test.toml"), &text);
    dataset.unwrap_or_else(|| panic!("{faults:?}"))
}

/// A city of one dataset.
pub(crate) fn city_of(dataset: &Dataset) -> City {
    let text = r#"
name = "가람시"
name-en = "Garam-si"
code = "4800000000"
bounds = [126.9, 37.2, 127.2, 37.4]
fields = [{ id = "traffic", title = "교통", title-en = "Traffic" }]
departments = [{ id = "transport", title = "교통과", title-en = "Transport" }]
"#;
    let (manifest, faults) = city::read::manifest_text(Path::new("city.toml"), text);
    City {
        folder: Path::new("city").to_owned(),
        manifest: manifest.unwrap_or_else(|| panic!("{faults:?}")),
        datasets: BTreeMap::from([(dataset.id.clone(), dataset.clone())]),
        measures: BTreeMap::new(),
        boards: BTreeMap::new(),
        standards: city::Standards::default(),
        calendar: city::Calendar::default(),
        people: city::People::default(),
        policies: Vec::new(),
        releases: BTreeMap::new(),
        promises: BTreeMap::new(),
        situation: city::Situation::default(),
    }
}
