//! A dataset for tests.

use city::Dataset;

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
    let (dataset, faults) = city::read::dataset_text(std::path::Path::new("test.toml"), &text);
    dataset.unwrap_or_else(|| panic!("{faults:?}"))
}
