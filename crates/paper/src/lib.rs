//! Data and a template → the bytes of a PDF that an archive keeps and a screen reader reads.
//!
//! Pure: no file system, no network, no clock. The template is one of the program's own; the data come from anywhere
//! and are only ever text in it, never markup. The same template, data and [`About`] give the same bytes.
//!
//! | module | holds |
//! | --- | --- |
//! | [`picture`] | drawings → points |
//! | [`letters`] | which letters the typeface has, and what stands for the others |
//! | [`world`] | all that a template can reach |

mod letters;
mod picture;
mod world;

pub use picture::png;

use chrono::NaiveDate;
use serde_json::Value;
use thiserror::Error;
use typst::diag::SourceDiagnostic;
use typst::ecow::EcoVec;
use typst_layout::PagedDocument;
use typst_pdf::{PdfOptions, PdfStandard, PdfStandards};

use crate::world::Desk;

/// What a paper says of itself.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct About {
    /// Its title.
    pub title: String,
    /// Who made it.
    pub author: String,
    /// The day it is of.
    pub date: NaiveDate,
}

/// Why there is no paper: the program is at fault, not who asked for it.
#[derive(Clone, Debug, PartialEq, Eq, Error)]
pub enum PaperError {
    /// The template does not fit its data, or the paper would break a standard.
    #[error("the template of \"{title}\" fails: {why}")]
    Template {
        /// The paper's title.
        title: String,
        /// What the typesetter says, with places in the template.
        why: String,
    },
    /// The typeface or the standards cannot be had.
    #[error("no paper can be set: {0}")]
    Press(String),
    /// A drawing cannot be made into points.
    #[error("the drawing cannot be made into points: {0}")]
    Picture(String),
}

/// The paper as PDF/A-2a and PDF/UA-1: A4, Korean, with the house's header and page numbers.
///
/// The template is Typst; it imports `/house.typ` for the house's tables and `/data.json` for its data. Letters that
/// the typeface does not have are written as their number (`U+6F22`), so that none is lost.
///
/// # Errors
/// When the template fails on the data.
pub fn pdf(template: &str, data: &Value, about: &About) -> Result<Vec<u8>, PaperError> {
    let set = set(template, data, about);
    // What the typesetter remembers of this paper is not kept: memory would grow with every one.
    typst::comemo::evict(0);
    set
}

fn set(template: &str, data: &Value, about: &About) -> Result<Vec<u8>, PaperError> {
    let desk = Desk::new(template, data, about)?;
    let failed = |found: EcoVec<SourceDiagnostic>| PaperError::Template {
        title: about.title.clone(),
        why: desk.told(&found),
    };
    let document: PagedDocument = typst::compile(&desk).output.map_err(failed)?;
    let standards = PdfStandards::new(&[PdfStandard::A_2a, PdfStandard::Ua_1])
        .map_err(|error| PaperError::Press(error.message().to_string()))?;
    let options = PdfOptions {
        standards,
        ..PdfOptions::default()
    };
    typst_pdf::pdf(&document, &options).map_err(failed)
}
