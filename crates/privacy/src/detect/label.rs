//! Lines of text with labels: `{"id": 7, "text": "..."}` in, `{"id": 7, "labels": [...]}` out.
//!
//! `start` and `end` count characters (Unicode scalar values) of the text, the end excluded.

use serde::{Deserialize, Serialize};
use serde_json::value::RawValue;

use super::{Detector, Finding, Header};

/// Findings of less confidence are no labels.
const LABELLED: u8 = 60;

#[derive(Deserialize)]
struct Line<'l> {
    #[serde(borrow)]
    id: &'l RawValue,
    text: String,
}

#[derive(Serialize)]
struct Labelled<'l> {
    id: &'l RawValue,
    labels: Vec<Label>,
}

/// One label of a line.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Label {
    /// The kind's word.
    #[serde(rename = "type")]
    pub kind: String,
    /// First character.
    pub start: usize,
    /// The one behind the last.
    pub end: usize,
}

/// The labels of a text.
pub fn labels(detector: &mut Detector, text: &str) -> Vec<Label> {
    let found = detector.find(text, Header::default());
    let sure = found
        .into_iter()
        .filter(|found| found.confidence >= LABELLED);
    sure.map(|Finding { kind, span, .. }| Label {
        kind: kind.word().to_owned(),
        start: span.start,
        end: span.end,
    })
    .collect()
}

/// A line with its labels instead of its text; the line's id stays as it was written.
///
/// # Errors
/// When the line is no JSON object with `id` and `text`; the message tells where, never what stands there.
pub fn line(detector: &mut Detector, line: &str) -> Result<String, String> {
    let said = |error: serde_json::Error| {
        let what = match error.classify() {
            serde_json::error::Category::Eof => "the object is not closed",
            serde_json::error::Category::Data => "it has no `id`, or its `text` is no text",
            _ => "it is no JSON",
        };
        format!("column {}: {what}", error.column())
    };
    let read: Line<'_> = serde_json::from_str(line).map_err(said)?;
    let labels = labels(detector, &read.text);
    serde_json::to_string(&Labelled {
        id: read.id,
        labels,
    })
    .map_err(|error| error.to_string())
}
