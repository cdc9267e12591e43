//! What the pages of a fetch add up to: rows, names, and whether the API turns its pages.

use std::collections::{HashMap, HashSet};
use std::path::PathBuf;

use city::dataset::{Format, OpenApiSource};
use city::nearest::nearest;
use city::{Column, ColumnType, Fault};
use sha2::{Digest as _, Sha256};

use super::paging::Cursor;
use crate::FetchError;
use ingest::Input;
use ingest::formats;

/// Rows held at a time.
const BLOCK_ROWS: usize = 1024;
/// Names that are kept: more than any API's rows have.
const NAMES_MAX: usize = 4096;
/// Names that are shown.
const NAMES_SHOWN: usize = 20;

/// The rows of one page, read as a load will read them.
pub(super) struct Content {
    pub(super) rows: u64,
    names: Vec<String>,
    hash: [u8; 32],
}

/// Reads the rows of a page.
pub(super) fn content(name: &str, path: PathBuf, format: &Format) -> Result<Content, FetchError> {
    let input = Input {
        name: name.to_owned(),
        path,
    };
    let mut source = formats::open(&input, format).map_err(FetchError::Input)?;
    let names = source.columns().to_vec();
    let (mut count, mut hash) = (0, Sha256::new());
    for name in &names {
        put(&mut hash, Some(name));
    }
    while let Some(rows) = source.next(BLOCK_ROWS).map_err(FetchError::Input)? {
        for row in rows {
            count += 1;
            for cell in &row.cells {
                put(&mut hash, cell.as_deref());
            }
        }
    }
    Ok(Content {
        rows: count,
        names,
        hash: hash.finalize().into(),
    })
}

/// With its length: two cells must not look like one.
fn put(hash: &mut Sha256, cell: Option<&str>) {
    let length = cell.map_or(u64::MAX, |text| text.len() as u64);
    hash.update(length.to_le_bytes());
    hash.update(cell.unwrap_or_default());
}

/// The pages so far.
#[derive(Default)]
pub(super) struct Tally {
    pub(super) rows: u64,
    /// Rows in all, as the API last said.
    pub(super) announced: Option<u64>,
    seen: HashMap<[u8; 32], Cursor>,
    names: Vec<String>,
    known: HashSet<String>,
}

impl Tally {
    /// Takes a page in. A page that came before is a fault: the API does not turn its pages.
    pub(super) fn add(
        &mut self,
        source: &OpenApiSource,
        cursor: Cursor,
        content: Content,
    ) -> Result<(), Fault> {
        if let Some(before) = self.seen.insert(content.hash, cursor) {
            let what = format!("the API gives the same rows as for {}", before.name());
            return Err(Fault::at(&source.url, what).part(cursor.name()).remedy(
                "check `paging`, the names of its parameters and `first-page` (0 or 1); where the API has no pages say paging = \"none\"; the last version stays",
            ));
        }
        self.rows += content.rows;
        for name in content.names {
            if self.names.len() < NAMES_MAX && self.known.insert(name.clone()) {
                self.names.push(name);
            }
        }
        Ok(())
    }

    /// Whether there is anything, all that was announced, and under the names the manifest says.
    pub(super) fn whole(
        &self,
        source: &OpenApiSource,
        columns: &[Column],
    ) -> Result<(), FetchError> {
        if self.rows == 0 {
            // Rows that were announced and did not come are another matter than none.
            if self.announced.is_none_or(|total| total == 0) {
                return Err(Fault::at(&source.url, "the API has no rows now")
                    .remedy("check the parameters; the last version stays")
                    .into());
            }
        }
        if let Some(total) = self.announced.filter(|total| *total > self.rows) {
            let what = format!("the API announced {total} rows and gave {}", self.rows);
            return Err(Fault::at(&source.url, what)
                .remedy("load again later; when it stays so, check `first-page` (0 or 1), then ask the provider; the last version stays")
                .into());
        }
        let faults = self.drift(source, columns);
        if faults.is_empty() {
            Ok(())
        } else {
            Err(FetchError::Input(faults))
        }
    }

    /// Names that the manifest says and that no row has: an API changes them without a word.
    fn drift(&self, source: &OpenApiSource, columns: &[Column]) -> Vec<Fault> {
        let found: HashSet<String> = self.names.iter().map(|name| plain(name)).collect();
        let declared: HashSet<String> = columns
            .iter()
            .map(|column| plain(column.source_name()))
            .collect();
        let new: Vec<&str> = self
            .names
            .iter()
            .filter(|name| !declared.contains(&plain(name)))
            .map(String::as_str)
            .collect();
        columns
            .iter()
            .filter(|column| column.column_type != ColumnType::Geometry)
            .map(Column::source_name)
            .filter(|name| !found.contains(&plain(name)))
            .map(|name| gone(&source.url, name, &new, self.rows))
            .collect()
    }
}

fn gone(url: &str, name: &str, new: &[&str], rows: u64) -> Fault {
    let fault = Fault::at(url, format!("no row of {rows} has the key `{name}`"));
    if new.is_empty() {
        return fault.remedy(format!(
            "the API has no key in its place: ask the provider what became of `{name}`; the last version stays"
        ));
    }
    let shown = new
        .iter()
        .take(NAMES_SHOWN)
        .map(|name| format!("`{name}`"))
        .collect::<Vec<_>>()
        .join(", ");
    let more = new.len().saturating_sub(NAMES_SHOWN);
    let more = if more == 0 {
        String::new()
    } else {
        format!(" and {more} more")
    };
    let meant = match nearest(name, new.iter().copied()) {
        Some(near) => format!("did it become `{near}`? "),
        None => String::new(),
    };
    fault.remedy(format!(
        "{meant}keys that the manifest does not name: {shown}{more}; correct `source` of the column when the meaning is the same; the last version stays"
    ))
}

/// A name as columns are found by: spaces and letter case do not tell names apart.
fn plain(name: &str) -> String {
    name.chars()
        .filter(|sign| !sign.is_whitespace())
        .flat_map(char::to_lowercase)
        .collect()
}
