//! What charts draw beside bars and lines, and what stands beside every chart of a measure.

use serde::Serialize;

use crate::parts::{FigureView, Link};

/// What charts draw beside bars and lines.
#[derive(Clone, Debug, Default, Serialize)]
pub struct Marks {
    /// The number over its history.
    pub figure: Option<FigureView>,
    /// Bars of pieces.
    pub stacks: Option<Stacked>,
    /// How values are spread.
    pub spread: Option<Columns>,
    /// A table of shades.
    pub heat: Option<Heat>,
    /// A way to a target.
    pub way: Option<Goal>,
    /// What the chart shows, in words.
    pub summary: Option<String>,
    /// The same to take along.
    pub files: Vec<Link>,
    /// The picture for paper.
    #[serde(skip)]
    pub picture: Option<String>,
}

/// Bars of pieces.
#[derive(Clone, Debug, Default, Serialize)]
pub struct Stacked {
    /// Colours by number, and what they stand for.
    pub legend: Vec<(usize, String)>,
    /// The bars.
    pub bars: Vec<StackView>,
}

/// One bar of pieces.
#[derive(Clone, Debug, Default, Serialize)]
pub struct StackView {
    /// What it stands for.
    pub label: String,
    /// What its pieces add up to.
    pub value: String,
    /// Colour, begin and length in percent of the longest bar.
    pub pieces: Vec<(usize, String, String)>,
}

/// How many values lie between which bounds.
#[derive(Clone, Debug, Default, Serialize)]
pub struct Columns {
    /// Begin, width and height of each, in a box of 100 by 100.
    pub columns: Vec<(String, String, String)>,
    /// The height of the highest.
    pub top: String,
    /// The least and the greatest bound.
    pub ends: [String; 2],
}

/// A table of shades.
#[derive(Clone, Debug, Default, Serialize)]
pub struct Heat {
    /// What rows and columns are of.
    pub corner: String,
    /// Columns.
    pub heads: Vec<String>,
    /// Rows: label, where it leads, cells.
    pub rows: Vec<HeatRow>,
    /// Its caption.
    pub caption: String,
}

/// A row of shades.
#[derive(Clone, Debug, Default, Serialize)]
pub struct HeatRow {
    /// Its label.
    pub label: String,
    /// Where it leads.
    pub path: Option<String>,
    /// Shade (`1` to `5`, `hidden`, `unknown`) and text of each cell.
    pub cells: Vec<(String, String)>,
}

/// A history on its way to a target, in a box of 100 by 100.
#[derive(Clone, Debug, Default, Serialize)]
pub struct Goal {
    /// What is known.
    pub known: String,
    /// One value only: it is drawn as a mark.
    pub is_one: bool,
    /// From where it is to where it should be.
    pub needed: Option<String>,
    /// The height of the target.
    pub goal: String,
    /// The value at the top.
    pub top: String,
    /// The first and the last day.
    pub ends: [String; 2],
}
