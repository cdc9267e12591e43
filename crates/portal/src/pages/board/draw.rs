//! What a view shows of a measure, as a panel, and where its parts lead.

use access::{AskError, Reader};
use city::board::{Panel as Declared, TIME, View, axes};
use city::{Board, Measure};
use measure::asked::Pins;
use measure::{Asked, Part, Shown};

use super::Panel;
use super::narrow::{FILES, Narrow};
use crate::areas;
use crate::charts::{Named, bar_chart, line_chart, part_table, source_of};
use crate::pages::measure::summary;
use crate::site::Visit;
use crate::views;

/// A panel, and the parts its table stands for.
pub(crate) type Drawn = (Panel, Vec<Part>);

/// A panel of a measure as a board declares it; nothing where there is nothing to draw.
///
/// # Errors
/// When it may not be seen, is not loaded, is not broken down like that, or the machine fails.
pub(super) async fn draw(
    visit: &Visit,
    reader: &Reader,
    panel: &Declared,
    measure: &Measure,
    headline: &str,
    asked: &Asked,
) -> Result<Option<Drawn>, AskError> {
    let view = panel.view(visit.city());
    let asks = (view, panel.by.as_deref(), panel.across.as_deref());
    let shown = measure::shown(reader, measure, asks, asked, visit.now()).await?;
    let Some(mut shown) = shown else {
        return Ok(None);
    };
    if panel.worst_first {
        shown = shown.worst_first(measure);
    }
    let named = Named {
        measure,
        headline: headline.to_owned(),
    };
    of_shown(visit, reader, named, view, shown).await
}

/// What a view shows, drawn.
///
/// # Errors
/// As for [`draw`].
pub(crate) async fn of_shown(
    visit: &Visit,
    reader: &Reader,
    named: Named<'_>,
    view: View,
    shown: Shown,
) -> Result<Option<Drawn>, AskError> {
    let measure = named.measure;
    let chart = |chart| Panel::Chart { chart, rows: None };
    // What parts lead to are their codes; what they are called is drawn.
    let codes = labels(&shown);
    let drawn = match shown.worded(visit.city(), measure, visit.lang) {
        Shown::Parts { by, parts } if view == View::Areas => {
            let areas = areas::areas(visit, reader, named, &by, &parts).await?;
            areas.map(|areas| Panel::Areas { areas })
        }
        Shown::Parts { by, parts } if view == View::Table => {
            let table = part_table(visit, measure, &by, &parts);
            table.map(|table| Panel::Table {
                title: named.headline,
                table,
                summary: summary::of_parts(visit, measure, &parts),
                receipt: format!("/measures/{}", measure.id),
                files: Vec::new(),
                rows: None,
            })
        }
        Shown::Parts { by, parts } => {
            let drawn = bar_chart(visit, reader, named, &by, &parts);
            drawn.map(|mut drawn| {
                drawn.marks.summary = Some(summary::of_parts(visit, measure, &parts));
                chart(drawn)
            })
        }
        Shown::History { series } => {
            let drawn = line_chart(visit, reader, named, &series);
            drawn.map(|mut drawn| {
                drawn.marks.summary = Some(summary::of_series(visit, measure, &series));
                chart(drawn)
            })
        }
        other => views::chart(visit, reader, named, &other).map(chart),
    };
    Ok(drawn.map(|drawn| (drawn, codes)))
}

/// A panel that says of which version it is, whatever came since.
pub(crate) fn of_version(
    visit: &Visit,
    mut panel: Panel,
    measure: &Measure,
    versions: &Pins,
) -> Panel {
    let version = versions.get(&measure.dataset);
    let source = version.map(|version| source_of(visit, measure, *version));
    match &mut panel {
        Panel::Chart { chart, .. } => chart.source = source,
        Panel::Areas { areas } => areas.source = source,
        _ => {}
    }
    panel
}

/// What each row of a panel's table stands for: parts, or the labels of the first of two dimensions.
fn labels(shown: &Shown) -> Vec<Part> {
    match shown {
        Shown::Parts { parts, .. } => parts.clone(),
        Shown::Cross {
            view, by, table, ..
        } if by != TIME && *view != View::Multiples => {
            let parts = table.rows.iter().map(|label| Part {
                label: label.clone(),
                value: None,
                suppressed: false,
            });
            parts.collect()
        }
        _ => Vec::new(),
    }
}

/// The panel with its ways on: to the rows behind it, and from each part to the board narrowed by it.
pub(super) fn linked(
    visit: &Visit,
    mut drawn: Panel,
    panel: &Declared,
    measure: &Measure,
    board: &Board,
    narrow: &Narrow,
    parts: &[Part],
) -> Panel {
    let view = panel.view(visit.city());
    let (by, across) = axes(measure, view, panel.by.as_deref(), panel.across.as_deref());
    let dimension = by.filter(|by| board.filters.iter().any(|own| own == by));
    let to = |part: &Part| {
        let label = part.label.as_ref().filter(|label| !label.is_empty())?;
        Some(narrow.turned(dimension?, label))
    };
    let behind = Some(narrow.rows(visit, measure));
    let taken = |kinds: &[&str]| {
        let order = panel.worst_first;
        narrow.files(visit, measure, (view, by, across), (kinds, order))
    };
    let table = match &mut drawn {
        Panel::Chart { chart, rows } => {
            *rows = behind;
            chart.marks.files = taken(&FILES);
            if let Some(heat) = &mut chart.marks.heat {
                for (row, part) in heat.rows.iter_mut().zip(parts) {
                    row.path = to(part);
                }
            }
            &mut chart.table
        }
        Panel::Areas { areas } => {
            areas.rows = behind;
            areas.files = taken(&FILES);
            &mut areas.table
        }
        Panel::Table {
            table, files, rows, ..
        } => {
            *rows = behind;
            // A table is no picture.
            *files = taken(&["csv"]);
            table
        }
        _ => return drawn,
    };
    for (row, part) in table.rows.iter_mut().zip(parts) {
        if let Some(cell) = row.first_mut() {
            cell.path = to(part);
        }
    }
    drawn
}
