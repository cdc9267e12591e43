//! A table of a CKAN site's own database (the datastore), page by page, as one CSV.
//!
//! The pages are asked for as CSV, which the site's database writes itself: numbers keep their digits, and an empty text
//! is told from no value.

use std::path::Path;

use city::Fault;
use city::dataset::{Encoding, Format, FormatKind};
use serde_json::{Value, json};
use tokio::io::AsyncWriteExt as _;

use super::ckan::Ckan;
use super::resource::Resource;
use super::said;
use crate::{FetchError, Progress};

/// Rows asked for at a time; a site may give fewer.
const PAGE_ROWS: u64 = 10_000;
/// The column that the site numbers rows by: it is not the table's own.
const NUMBER: &str = "_id";

/// What a table is like.
struct Shape {
    fields: Vec<String>,
    total: u64,
}

/// Fetches all rows.
pub(super) async fn fetch(
    ckan: &Ckan<'_>,
    resource: &Resource,
    format: &Format,
    path: &Path,
) -> Result<(), FetchError> {
    let part = said::message(&resource.name);
    let told = |fault: Fault| FetchError::from(fault.part(part.clone()));
    fits(ckan.web.shown(), format).map_err(told)?;
    let shape = shape(ckan, resource).await?;
    if shape.fields.is_empty() {
        return Err(told(
            Fault::at(ckan.web.shown(), "the site's table has no column")
                .remedy("tell the portal; the last version stays"),
        ));
    }
    let mut file = tokio::fs::File::create(path).await?;
    let head: Vec<String> = shape.fields.iter().map(|name| quoted(name)).collect();
    file.write_all(format!("{}\n", head.join(",")).as_bytes())
        .await?;
    let mut done = 0;
    while done < shape.total {
        let page = page(ckan, resource, &shape, done).await?;
        let rows = records(&page);
        if rows == 0 {
            let what = format!(
                "the site's table has {} rows, and it gave {done}",
                shape.total
            );
            return Err(told(
                Fault::at(ckan.web.shown(), what)
                    .remedy("load again later; the last version stays"),
            ));
        }
        file.write_all(page.as_bytes()).await?;
        if !page.ends_with('\n') {
            file.write_all(b"\n").await?;
        }
        done += rows;
        (ckan.context.progress)(Progress::Rows(done));
    }
    file.flush().await?;
    let now = self::shape(ckan, resource).await?;
    if now.total != shape.total || done != shape.total || now.fields != shape.fields {
        return Err(told(
            Fault::at(
                ckan.web.shown(),
                "the site's table changed while it was read",
            )
            .remedy("load again; the last version stays"),
        ));
    }
    Ok(())
}

/// A table comes as plain CSV and no other way.
fn fits(site: &str, format: &Format) -> Result<(), Fault> {
    let is_plain = format.kind == FormatKind::Csv
        && matches!(format.encoding, None | Some(Encoding::Utf8))
        && matches!(format.delimiter, None | Some(','))
        && format.skip_rows == 0
        && format.header_rows == 1
        && format.inner.is_none();
    if is_plain {
        return Ok(());
    }
    Err(Fault::at(
        site,
        "the resource is a table of the site's database, which comes as CSV",
    )
    .remedy("say format = { kind = \"csv\" } and nothing more; the last version stays"))
}

async fn shape(ckan: &Ckan<'_>, resource: &Resource) -> Result<Shape, FetchError> {
    let words = json!({"resource_id": resource.id, "limit": 0, "include_total": true});
    let answer = ckan.post("datastore_search", &words).await?;
    let fields = said::list(&answer, "fields")
        .filter_map(|field| field.get("id")?.as_str())
        .filter(|name| *name != NUMBER)
        .map(str::to_owned)
        .collect();
    let total = said::count(&answer, "total").ok_or_else(|| {
        Fault::at(
            ckan.web.shown(),
            "the site does not say how many rows its table has",
        )
        .part(said::message(&resource.name))
    })?;
    Ok(Shape { fields, total })
}

async fn page(
    ckan: &Ckan<'_>,
    resource: &Resource,
    shape: &Shape,
    offset: u64,
) -> Result<String, FetchError> {
    let words = json!({
        "resource_id": resource.id, "fields": shape.fields, "sort": NUMBER,
        "offset": offset, "limit": PAGE_ROWS, "records_format": "csv", "include_total": false,
    });
    let mut answer = ckan.post("datastore_search", &words).await?;
    match answer.get_mut("records").map(Value::take) {
        Some(Value::String(records)) => Ok(records),
        _ => Err(Fault::at(ckan.web.shown(), "the site does not give its table as CSV")
            .part(said::message(&resource.name))
            .remedy("it is older than CKAN 2.8: load its file instead, if there is one; the last version stays")
            .into()),
    }
}

/// Records of a CSV text: lines that do not stand within quotation marks.
fn records(text: &str) -> u64 {
    let (mut count, mut is_inside, mut is_open) = (0, false, false);
    for byte in text.bytes() {
        match byte {
            b'"' => {
                is_inside = !is_inside;
                is_open = true;
            }
            b'\n' if !is_inside => {
                count += 1;
                is_open = false;
            }
            _ => is_open = true,
        }
    }
    count + u64::from(is_open)
}

fn quoted(name: &str) -> String {
    if name.contains([',', '"', '\n', '\r']) {
        format!("\"{}\"", name.replace('"', "\"\""))
    } else {
        name.to_owned()
    }
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    #[test]
    fn lines_within_quotation_marks_are_no_records() {
        assert_eq!(records(""), 0);
        assert_eq!(records("a,b\n"), 1);
        assert_eq!(records("a,b\nc,d"), 2);
        assert_eq!(records("\"a\nb\",c\n\"d\"\"\n\",e\n"), 2);
    }

    proptest! {
        /// Whatever stands in the cells, written as a database writes CSV, the records are counted.
        #[test]
        fn records_are_counted(rows in proptest::collection::vec(proptest::collection::vec("[a\",\n가]{1,6}", 1..4), 0..20)) {
            let text: String = rows
                .iter()
                .map(|row| row.iter().map(|cell| quoted(cell)).collect::<Vec<_>>().join(",") + "\n")
                .collect();
            prop_assert_eq!(records(&text), rows.len() as u64);
        }
    }
}
