//! XML with a repeated element.

use std::path::{Path, PathBuf};

use super::{Form, whole};
use crate::DemoError;
use crate::dirt::Plant;

const BEGIN: &str = "<?xml version=\"1.0\" encoding=\"UTF-8\"?>\n<records>\n";
const END: &str = "</records>\n";

/// A whole document of rows.
pub fn document(heads: &[&str], rows: &[Vec<String>]) -> String {
    let mut text = BEGIN.to_owned();
    for cells in rows {
        record(&mut text, heads, cells);
    }
    text.push_str(END);
    text
}

fn record(text: &mut String, heads: &[&str], cells: &[String]) {
    text.push_str("  <row>");
    for (head, cell) in heads.iter().zip(cells) {
        text.push_str(&format!("<{head}>{}</{head}>", escaped(cell)));
    }
    text.push_str("</row>\n");
}

/// A document of `<row>` elements.
pub struct Xml {
    path: PathBuf,
    heads: Vec<String>,
    text: String,
    rows: u64,
}

impl Xml {
    /// A document.
    pub fn new(path: &Path, heads: &[&str]) -> Self {
        Self {
            path: path.to_owned(),
            heads: heads.iter().map(|head| (*head).to_owned()).collect(),
            text: BEGIN.to_owned(),
            rows: 0,
        }
    }
}

/// Text for between tags.
pub fn escaped(text: &str) -> String {
    text.replace('&', "&amp;")
        .replace('<', "&lt;")
        .replace('>', "&gt;")
}

impl Form for Xml {
    fn row(&mut self, cells: &[String], _plant: Option<&Plant>) -> Result<u64, DemoError> {
        let heads: Vec<&str> = self.heads.iter().map(String::as_str).collect();
        record(&mut self.text, &heads, cells);
        self.rows += 1;
        Ok(self.rows)
    }

    fn finish(mut self: Box<Self>) -> Result<(), DemoError> {
        self.text.push_str(END);
        Ok(whole(&self.path, self.text.as_bytes())?)
    }
}
