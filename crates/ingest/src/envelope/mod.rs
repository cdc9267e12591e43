//! What an Open API's answer says around its rows: a code, a message, how many rows there are and where.
//!
//! Dialects are told apart by what comes back, never by what was asked: errors come inside HTTP 200, as
//! XML where JSON was asked for, and without the envelope that the rows have.
//!
//! | module | holds |
//! | --- | --- |
//! | `dialects` | the closed set of envelopes, as data |
//! | `codes` | what each result code means, and what to do |
//! | `tree`, `tree_xml` | the skeleton of an answer |

mod codes;
mod dialects;
mod tree;
mod tree_xml;

use std::borrow::Cow;
use std::path::Path;

use city::Dataset;
use city::dataset::{Format, FormatKind, Source};

pub use codes::{Code, Meaning};
pub use dialects::Dialect;
use dialects::{DIALECTS, Shape};
use tree::Node;

use crate::origin::Input;

/// An answer is read whole to find what stands around its rows; a page larger than this is not an answer.
pub const PAGE_BYTES_MAX: usize = 64 * 1024 * 1024;

/// Why an answer has no envelope.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Unread {
    /// A web page: a proxy, a maintenance notice, a firewall.
    WebPage,
    /// It begins as JSON or XML and ends in the middle.
    Cut,
    /// It begins as JSON or XML and is not.
    Unsound,
    /// Nothing at all.
    Empty,
    /// Something else.
    Other,
}

/// What stands around the rows of one page.
#[derive(Clone, Debug, PartialEq)]
pub struct Envelope {
    /// Whose manner it is.
    pub dialect: Dialect,
    /// JSON or XML, as it came.
    pub kind: FormatKind,
    /// The result code, as it came.
    pub code: Option<String>,
    /// The result message, as it came.
    pub message: String,
    /// Rows in all pages, where it says so.
    pub total: Option<u64>,
    /// Path of the rows; none where they must be found by looking.
    pub rows: Option<String>,
    /// There are no rows.
    pub is_empty: bool,
    means: &'static Code,
}

impl Envelope {
    /// Reads JSON or XML, whichever it is. `rows` is where the manifest says that the rows are.
    ///
    /// # Errors
    /// When it is neither, or not whole.
    pub fn read(bytes: &[u8], rows: Option<&str>) -> Result<Self, Unread> {
        let text = crate::text::encoding::whole(bytes, None).ok_or(Unread::Other)?;
        let text = text.trim_start_matches('\u{feff}').trim();
        match text.chars().next() {
            None => Err(Unread::Empty),
            Some('{' | '[') => match tree::of_json(text) {
                Ok(node) => Ok(Self::of(&node, FormatKind::Json, rows)),
                Err(error) if error.is_eof() => Err(Unread::Cut),
                Err(_) => Err(Unread::Unsound),
            },
            Some('<') if is_web_page(text) => Err(Unread::WebPage),
            Some('<') => match tree_xml::of_xml(text) {
                Ok(node) => Ok(Self::of(&node, FormatKind::Xml, rows)),
                Err(tree_xml::Unsound::Cut) => Err(Unread::Cut),
                Err(tree_xml::Unsound::Wrong) => Err(Unread::Unsound),
            },
            Some(_) => Err(Unread::Other),
        }
    }

    fn of(node: &Node, kind: FormatKind, rows: Option<&str>) -> Self {
        let shape = DIALECTS
            .iter()
            .find(|shape| shape.signs.iter().any(|sign| node.has(sign)))
            .unwrap_or(&Shape::OTHER);
        let first = |paths: &[&str]| paths.iter().find_map(|path| node.text(path));
        let code = first(shape.codes).filter(|code| !code.is_empty());
        let message = first(shape.messages).unwrap_or_default();
        let total = first(shape.totals)
            .and_then(|text| text.replace(',', "").parse().ok())
            .filter(|total| *total > 0 || shape.is_zero_meant);
        let (rows, is_empty) = place_of_rows(node, shape, rows);
        Self {
            dialect: shape.dialect,
            kind,
            means: shape.family.of(code.unwrap_or("0"), message),
            code: code.map(str::to_owned),
            message: message.to_owned(),
            is_empty: is_empty || (total == Some(0) && rows.is_none()),
            total,
            rows,
        }
    }

    /// What its code means; an answer without a code is good.
    pub fn means(&self) -> &'static Code {
        self.means
    }
}

/// The format of a dataset's input: an Open API's envelope says where its rows are, where the manifest does not.
pub fn format_of<'d>(dataset: &'d Dataset, input: &Input) -> Cow<'d, Format> {
    let format = &dataset.format;
    if !matches!(dataset.source, Source::OpenApi(_)) || format.rows.is_some() {
        return Cow::Borrowed(format);
    }
    match rows_path(&input.path) {
        Some(rows) => Cow::Owned(Format {
            rows: Some(rows),
            ..format.clone()
        }),
        None => Cow::Borrowed(format),
    }
}

/// Where an answer kept as a file has its rows; none where they must be found by looking.
fn rows_path(page: &Path) -> Option<String> {
    let size = std::fs::metadata(page).ok()?.len();
    if size > PAGE_BYTES_MAX as u64 {
        return None;
    }
    let bytes = std::fs::read(page).ok()?;
    Envelope::read(&bytes, None).ok()?.rows
}

/// Where the rows are, and whether there are none.
fn place_of_rows(node: &Node, shape: &Shape, declared: Option<&str>) -> (Option<String>, bool) {
    if let Some(path) = declared.map(|path| path.trim_matches('/')) {
        let is_empty = node.declared(path).is_none_or(Node::is_empty);
        return (Some(path.to_owned()), is_empty);
    }
    let found = shape.rows.iter().find_map(|path| {
        // What is not named is only taken for rows when there are some.
        let (path, rows) = node.find(path, &|part| !path.ends_with('*') || !part.is_empty())?;
        Some((path, rows.is_empty()))
    });
    match found {
        Some((path, is_empty)) => (Some(path), is_empty),
        // A known envelope without its rows has none; an unknown one must be looked into.
        None => (None, shape.dialect != Dialect::Other),
    }
}

fn is_web_page(text: &str) -> bool {
    let head: String = text.chars().take(256).collect::<String>().to_lowercase();
    let head = match head.strip_prefix("<?xml") {
        Some(rest) => rest.split_once("?>").map_or("", |(_, rest)| rest),
        None => head.as_str(),
    };
    let mut head = head.trim_start();
    while let Some(rest) = head.strip_prefix("<!--") {
        head = rest
            .split_once("-->")
            .map_or("", |(_, rest)| rest)
            .trim_start();
    }
    ["<!doctype html", "<html", "<head", "<body", "<script"]
        .iter()
        .any(|sign| head.starts_with(sign))
}

#[cfg(test)]
mod recorded;
#[cfg(test)]
mod tests;
