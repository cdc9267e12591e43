//! A board for paper: all panels of the same versions, and the receipts of what is printed.

use access::{At, Filter, Person, Reader};
use city::Board;
use city::board::{Panel as Declared, View};
use interop::api::receipts::{keep_print, keep_shown};
use measure::asked::Pins;
use measure::{Print, Printed, Shows};

use super::fill::{measure_of, narrowed, panels};
use super::narrow::Narrow;
use super::{Panel, places};
use crate::pages::problem_of;
use crate::parts::FigureView;
use crate::site::{PageError, Visit};

/// What is printed, with the receipt of each part where it has one.
pub(super) struct Sheet {
    /// Title of the board.
    pub(super) title: String,
    /// What it is for.
    pub(super) description: String,
    /// Its numbers.
    pub(super) numbers: Vec<(FigureView, Option<String>)>,
    /// Its panels.
    pub(super) panels: Vec<(Panel, Option<String>)>,
    /// The receipt of all of them.
    pub(super) receipt: Option<String>,
}

/// A board for paper. Receipts are kept for those who work for the city, and for anybody of what the board itself offers: not of
/// whatever is written into its address.
///
/// # Errors
/// When the machine fails.
pub(super) async fn printed(
    visit: &Visit,
    board: &Board,
    narrow: &Narrow,
) -> Result<Sheet, PageError> {
    let reader = &visit.reader();
    let narrow = &narrow.of_versions(newest(visit, reader, board, narrow));
    let filters = narrow.filters(visit, reader, board).await?;
    let keeping = Keeping {
        visit,
        reader,
        narrow,
        keeps: !matches!(reader.person(), Person::Public { .. })
            || filters.iter().all(|filter| filter.is_offered),
    };
    let mut kept: Vec<Printed> = Vec::new();
    let mut numbers = Vec::new();
    let declared = board
        .panels
        .iter()
        .filter(|panel| panel.view(visit.city()) == View::Number)
        .filter(|panel| measure_of(visit, panel).is_some());
    let figures = narrowed(visit, reader, board, usize::MAX, narrow).await?;
    for (panel, figure) in declared.zip(figures) {
        let own = keeping.receipt(panel, true).await?;
        kept.extend(own.clone());
        numbers.push((figure, address(own)));
    }
    let mut drawn = Vec::new();
    for (declared, panel) in panels(visit, reader, board, narrow).await? {
        let own = match panel {
            Panel::Nothing { .. } => None,
            _ => keeping.receipt(declared, false).await?,
        };
        kept.extend(own.clone());
        drawn.push((panel, address(own)));
    }
    let receipt = if kept.is_empty() {
        None
    } else {
        let print = Print::new(board.id.clone(), narrow.pairs(), kept);
        let id = keep_print(visit.state(), &print).await;
        Some(id.map_err(problem_of)?)
    };
    Ok(Sheet {
        title: visit.title(&board.title, board.title_en.as_deref()),
        description: visit.title(&board.description, board.description_en.as_deref()),
        numbers,
        panels: drawn,
        receipt,
    })
}

/// The newest versions of all a board shows: each panel is of the same, whatever is loaded meanwhile.
fn newest(visit: &Visit, reader: &Reader, board: &Board, narrow: &Narrow) -> Pins {
    let mut versions = Pins::new();
    for panel in &board.panels {
        if let Some(measure) = measure_of(visit, panel) {
            // What cannot be read says so in its panel.
            let own = measure::newest(reader, measure, &narrow.asked()).unwrap_or_default();
            versions.extend(own);
        }
        let places = panel.dataset.as_ref();
        versions.extend(places.and_then(|id| {
            let version = reader.version(id.as_str(), &At::Latest).ok()?;
            Some((id.clone(), version.number))
        }));
    }
    versions
}

fn address(printed: Option<Printed>) -> Option<String> {
    match printed? {
        Printed::Measure { receipt } => Some(receipt),
        Printed::Places { .. } => None,
    }
}

struct Keeping<'k> {
    visit: &'k Visit,
    reader: &'k Reader,
    narrow: &'k Narrow,
    keeps: bool,
}

impl Keeping<'_> {
    /// Keeps the receipt of a panel.
    async fn receipt(
        &self,
        panel: &Declared,
        is_number: bool,
    ) -> Result<Option<Printed>, PageError> {
        if !self.keeps {
            return Ok(None);
        }
        let Some(measure) = measure_of(self.visit, panel) else {
            let counted = places::counted(self.visit, self.reader, panel, self.narrow).await?;
            return Ok(counted.and_then(|(rows, count)| {
                let At::Version(version) = rows.at else {
                    return None;
                };
                Some(Printed::Places {
                    dataset: rows.dataset,
                    version,
                    filters: rows.filters.iter().map(Filter::write).collect(),
                    count,
                })
            }));
        };
        let shows = (!is_number).then(|| Shows {
            view: panel.view(self.visit.city()),
            by: panel.by.clone(),
            across: panel.across.clone(),
        });
        let asked = self.narrow.asked();
        let kept = keep_shown(self.visit.state(), self.reader, measure, shows, &asked).await;
        let kept = kept.map_err(problem_of)?;
        Ok(kept.map(|receipt| Printed::Measure { receipt }))
    }
}
