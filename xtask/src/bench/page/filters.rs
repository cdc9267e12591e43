//! What people filter by: the same conditions as addresses of Madang and of Datasette.

use serde_json::Value;

/// A way to compare: its word in Madang's API, in Madang's form, and in Datasette.
type Way = [&'static str; 3];
const EQUALS: Way = ["eq", "equals", "exact"];
const AT_LEAST: Way = ["ge", "at-least", "gte"];
const AT_MOST: Way = ["le", "at-most", "lte"];
const CONTAINS: Way = ["contains", "contains", "contains"];

/// A condition.
#[derive(Clone, Debug)]
pub(super) struct Filter {
    column: &'static str,
    way: Way,
    value: String,
}

/// Columns with a Datasette index: whatever a condition of the list names.
pub(super) fn indexed(kind: &str) -> &'static [&'static str] {
    if kind == "living" {
        &["day", "hour", "dong_code"]
    } else {
        &[
            "receipt_no",
            "received_on",
            "dong_code",
            "dong",
            "category",
            "status",
            "channel",
            "priority",
        ]
    }
}

/// How many conditions of each sort: what the dataset's own page offers and a person would pick.
fn mix(kind: &str) -> &'static [(&'static str, Way, usize)] {
    if kind == "living" {
        &[
            ("day", EQUALS, 80),
            ("dong_code", EQUALS, 80),
            ("hour", EQUALS, 24),
            ("day", AT_LEAST, 20),
            ("day", AT_MOST, 20),
        ]
    } else {
        &[
            ("received_on", EQUALS, 60),
            ("receipt_no", EQUALS, 50),
            ("dong_code", EQUALS, 25),
            ("dong", EQUALS, 25),
            ("category", EQUALS, 5),
            ("channel", EQUALS, 4),
            ("status", EQUALS, 3),
            ("priority", EQUALS, 3),
            ("received_on", AT_LEAST, 25),
            ("received_on", AT_MOST, 25),
        ]
    }
}

/// Equality and ranges, mixed evenly; `values` has values of each column as they stand in the rows.
pub(super) fn list(kind: &str, values: &Value) -> Vec<Filter> {
    let mut placed = Vec::new();
    for (column, way, count) in mix(kind) {
        let known = values[column].as_array().map_or(&[][..], Vec::as_slice);
        // Each sort spread over the whole list, so that every stretch of it has some of each.
        placed.extend(known.iter().take(*count).enumerate().map(|(at, value)| {
            let value = value
                .as_str()
                .map_or_else(|| value.to_string(), str::to_owned);
            let filter = Filter {
                column,
                way: *way,
                value,
            };
            ((2 * at + 1) * 1000 / count.min(&known.len()), filter)
        }));
    }
    placed.sort_by_key(|(place, _)| *place);
    placed.into_iter().map(|(_, filter)| filter).collect()
}

/// Parts of texts: no index of a database helps with these.
pub(super) fn parts(kind: &str) -> Vec<Filter> {
    let (column, values): (_, &[&str]) = if kind == "living" {
        ("dong_code", &["4895100", "48951", "1200", "02"])
    } else {
        ("title", &["쓰레기", "주차", "보도블록", "깨져"])
    };
    let filter = |value: &&str| Filter {
        column,
        way: CONTAINS,
        value: (*value).to_owned(),
    };
    values.iter().map(filter).collect()
}

impl Filter {
    /// The path of Madang's rows for programs.
    pub(super) fn madang_json(&self, kind: &str) -> String {
        let condition = encoded(&format!("{}:{}:{}", self.column, self.way[0], self.value));
        format!("/api/datasets/{kind}/rows?filter={condition}&limit=20")
    }

    /// The path of Madang's page for people.
    pub(super) fn madang_page(&self, kind: &str) -> String {
        let value = encoded(&self.value);
        format!(
            "/datasets/{kind}?where={}&is={}&value={value}",
            self.column, self.way[1]
        )
    }

    /// The path of Datasette's rows for programs.
    pub(super) fn datasette_json(&self, _kind: &str) -> String {
        format!("/bench/data.json?{}", self.datasette())
    }

    /// The path of Datasette's page for people.
    pub(super) fn datasette_page(&self, _kind: &str) -> String {
        format!("/bench/data?{}", self.datasette())
    }

    fn datasette(&self) -> String {
        let value = encoded(&self.value);
        format!("{}__{}={value}&_size=20", self.column, self.way[2])
    }
}

impl std::fmt::Display for Filter {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        write!(f, "{} {} {}", self.column, self.way[1], self.value)
    }
}

fn encoded(text: &str) -> String {
    text.bytes()
        .map(|byte| {
            if byte.is_ascii_alphanumeric() || b"-_.".contains(&byte) {
                char::from(byte).to_string()
            } else {
                format!("%{byte:02X}")
            }
        })
        .collect()
}
