//! XML with a repeated element.

use std::path::{Path, PathBuf};

use super::{Form, whole};
use crate::DemoError;
use crate::dirt::Plant;

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
            text: "<?xml version=\"1.0\" encoding=\"UTF-8\"?>\n<records>\n".to_owned(),
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
        self.text.push_str("  <row>");
        for (head, cell) in self.heads.iter().zip(cells) {
            self.text
                .push_str(&format!("<{head}>{}</{head}>", escaped(cell)));
        }
        self.text.push_str("</row>\n");
        self.rows += 1;
        Ok(self.rows)
    }

    fn finish(mut self: Box<Self>) -> Result<(), DemoError> {
        self.text.push_str("</records>\n");
        Ok(whole(&self.path, self.text.as_bytes())?)
    }
}
