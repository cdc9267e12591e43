//! A board from measures.

use std::collections::BTreeSet;
use std::fmt::Write as _;
use std::sync::Arc;

use access::{AskError, At, Reader};
use axum::extract::{Path, RawQuery};
use axum::response::Response;
use city::board::{Panel as Declared, TIME, View, axes};
use city::{Board, DatasetId, Measure};
use futures::{StreamExt as _, TryStreamExt as _, stream};
use interop::packed::Seal;
use serde::{Serialize, Serializer};

use super::narrow::{Narrow, rows_label};
use super::{BoardPage, Panel, Ways, places};
use crate::areas;
use crate::charts::{Named, bar_chart, figure_view, line_chart, measure_title, part_table};
use crate::frame::{Crumb, Section};
use crate::pages::measure::{change, summary};
use crate::parts::FigureView;
use crate::show;
use crate::site::{Page, PageError, Visit};
use crate::template::View as Template;
use crate::views;
use measure::{Asked, Part, Shown};

/// Panels that are asked for at the same time.
const AT_ONCE: usize = 2;

/// `GET /boards/{id}`.
pub async fn page(Path(id): Path<String>, RawQuery(query): RawQuery, visit: Visit) -> Response {
    visit.show_again(fill(&visit, &id, query.as_deref().unwrap_or_default()).await)
}

/// A board by its id.
///
/// # Errors
/// When there is none.
pub(super) fn declared<'v>(visit: &'v Visit, id: &str) -> Result<&'v Board, PageError> {
    let board = visit.city().boards.get(id);
    board.ok_or_else(|| {
        PageError::Missing(
            visit.say("problem.no_board", &[("id", id.to_owned())]),
            Vec::new(),
        )
    })
}

/// What a board shows, asked through a reader.
///
/// # Errors
/// When the machine fails.
pub(super) async fn view(
    visit: &Visit,
    reader: &Reader,
    board: &Board,
    narrow: &Narrow,
) -> Result<BoardPage, PageError> {
    let drawn = board
        .panels
        .iter()
        .filter(|panel| panel.view(visit.city()) != View::Number)
        .map(|declared| panel(visit, reader, declared, board, narrow));
    let panels: Vec<Option<Panel>> = together(drawn).await?;
    Ok(BoardPage {
        title: visit.title(&board.title, board.title_en.as_deref()),
        description: visit.title(&board.description, board.description_en.as_deref()),
        ways: Ways {
            wall: narrow.way("/wall"),
            paper: narrow.way("/paper.pdf"),
            embed: board.embed.then(|| narrow.way("/embed")),
        },
        filters: narrow.filters(visit, reader, board).await?,
        here: format!("/boards/{}", board.id),
        whole: (!narrow.is_empty()).then(|| format!("/boards/{}", board.id)),
        numbers: narrowed(visit, reader, board, usize::MAX, &narrow.asked()).await?,
        panels: panels.into_iter().flatten().collect(),
        body: None,
    })
}

/// What is asked for, in its order, a few at a time: while one question is planned, another reads.
async fn together<T>(
    asked: impl Iterator<Item = impl Future<Output = Result<T, PageError>>>,
) -> Result<Vec<T>, PageError> {
    let asked: Vec<_> = asked.collect();
    stream::iter(asked).buffered(AT_ONCE).try_collect().await
}

/// Versions of the datasets a board shows, and their ages in words: as long as they are the same, so is the board.
pub(super) fn standing(visit: &Visit, reader: &Reader, board: &Board) -> String {
    let measures = &visit.city().measures;
    let shown = board.panels.iter().flat_map(|panel| {
        let measure = panel.measure.as_ref().and_then(|id| measures.get(id));
        let read = measure.map(|measure| measure::reads(measure, measures));
        read.into_iter().flatten().chain(panel.dataset.clone())
    });
    let shown: BTreeSet<DatasetId> = shown.collect();
    let mut text = String::new();
    for dataset in shown {
        let version = reader.version(dataset.as_str(), &At::Latest).ok();
        let stand = version.map_or_else(String::new, |version| {
            let age = show::age(version.committed_at, visit.now(), visit.lang);
            format!("{}@{age}", version.number)
        });
        let _always = write!(text, " {dataset} {stand}");
    }
    text
}

/// A board as it was drawn for all who see the same, under the seal of what it says.
#[derive(Debug)]
pub(super) struct Once {
    pub(super) page: BoardPage,
    seal: Seal,
}

/// The view of a board that was drawn.
pub(super) struct Drawing(Arc<Once>);

impl Serialize for Drawing {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        self.0.page.serialize(serializer)
    }
}

impl Template for Drawing {
    const TEMPLATE: &'static str = BoardPage::TEMPLATE;
}

/// A board with its numbers and panels drawn: made once for all who see the same.
///
/// # Errors
/// When the machine fails.
pub(super) async fn drawn(
    visit: &Visit,
    reader: Reader,
    board: &Board,
    narrow: &Narrow,
) -> Result<Arc<Once>, PageError> {
    let key = format!(
        "board {} {:?} {}{}",
        narrow.way(""),
        visit.lang,
        visit.state().turn,
        standing(visit, &reader, board)
    );
    let figures = |_: &Once| u64::try_from(board.panels.len()).unwrap_or_default();
    let made = visit
        .state()
        .boards
        .get(reader, &key, figures, |reader| async move {
            let page = view(visit, &reader, board, narrow).await?;
            let speaker = visit.templates().speaker(visit.lang);
            let body = speaker.part("board_body.html", &page)?;
            let page = BoardPage {
                numbers: Vec::new(),
                panels: Vec::new(),
                body: Some(body),
                ..page
            };
            let text = serde_json::to_vec(&page);
            let text = text.map_err(|error| PageError::Broken(error.to_string()))?;
            let seal = Seal::of([text.as_slice()]);
            Ok::<Once, PageError>(Once { page, seal })
        });
    made.await
}

async fn fill(visit: &Visit, id: &str, query: &str) -> Result<(Page<Drawing>, Seal), PageError> {
    let board = declared(visit, id)?;
    let narrow = Narrow::read(visit, board, query)?;
    let once = drawn(visit, visit.reader(), board, &narrow).await?;
    let title = once.page.title.clone();
    let crumbs = vec![
        Crumb::to(visit.t("frame.boards"), "/boards"),
        Crumb::here(title.clone()),
    ];
    let seal = once.seal;
    let page = Page {
        title,
        section: Section::Boards,
        crumbs,
        data_url: None,
        view: Drawing(once),
    };
    Ok((page, seal))
}

fn measure_of<'v>(visit: &'v Visit, panel: &Declared) -> Option<&'v Measure> {
    visit.city().measures.get(panel.measure.as_ref()?)
}

/// The numbers of a board, at most `limit`.
pub(crate) async fn figures(
    visit: &Visit,
    reader: &Reader,
    board: &Board,
    limit: usize,
) -> Result<Vec<FigureView>, PageError> {
    narrowed(visit, reader, board, limit, &Asked::default()).await
}

async fn narrowed(
    visit: &Visit,
    reader: &Reader,
    board: &Board,
    limit: usize,
    asked: &Asked,
) -> Result<Vec<FigureView>, PageError> {
    let shown = board
        .panels
        .iter()
        .filter(|panel| panel.view(visit.city()) == View::Number)
        .take(limit)
        .filter_map(|panel| Some((panel, measure_of(visit, panel)?)));
    together(shown.map(|(panel, measure)| number(visit, reader, panel, measure, asked))).await
}

async fn number(
    visit: &Visit,
    reader: &Reader,
    panel: &Declared,
    measure: &Measure,
    asked: &Asked,
) -> Result<FigureView, PageError> {
    let figure = measure::figure(reader, measure, asked, visit.now()).await?;
    let mut view = figure_view(visit, reader, measure, &figure);
    if figure.value().is_some() {
        view.span = spanned(visit, reader, measure, asked).await?;
        let compare = measure::compare(reader, measure, asked, visit.now()).await?;
        view.trend = compare.and_then(|own| change::words(visit, measure, &own));
    }
    if let Some(title) = &panel.title {
        view.label = visit.title(title, panel.title_en.as_deref());
    }
    Ok(view)
}

/// The days a figure over time is made of: a sum of a year is not taken for one of a day.
async fn spanned(
    visit: &Visit,
    reader: &Reader,
    measure: &Measure,
    asked: &Asked,
) -> Result<Option<String>, AskError> {
    let span = match measure::span(reader, measure, asked).await {
        Ok(span) => span,
        Err(AskError::Denied(_) | AskError::NotLoaded(_) | AskError::NotBrokenDown { .. }) => None,
        Err(error) => return Err(error),
    };
    let Some((first, last)) = span else {
        return Ok(None);
    };
    let (first, last) = (first.to_string(), last.to_string());
    Ok(Some(if first == last {
        first
    } else {
        visit.say("figure.span", &[("first", first), ("last", last)])
    }))
}

async fn panel(
    visit: &Visit,
    reader: &Reader,
    panel: &Declared,
    board: &Board,
    narrow: &Narrow,
) -> Result<Option<Panel>, PageError> {
    if panel.measure.is_none() {
        return places::panel(visit, reader, panel, narrow).await;
    }
    let Some(measure) = measure_of(visit, panel) else {
        return Ok(None);
    };
    let headline = panel.title.as_deref().map_or_else(
        || measure_title(visit, measure),
        |title| visit.title(title, panel.title_en.as_deref()),
    );
    let asked = &narrow.asked();
    let drawn = draw(visit, reader, panel, measure, &headline, asked).await;
    let drawn = drawn.map(|drawn| {
        drawn.map(|(drawn, parts)| linked(visit, drawn, panel, measure, board, narrow, &parts))
    });
    match drawn {
        Ok(Some(panel)) => Ok(Some(panel)),
        // What cannot be drawn is said: not loaded, not allowed, or nothing there.
        Ok(None)
        | Err(
            AskError::NotLoaded(_)
            | AskError::Denied(_)
            | AskError::NotBrokenDown { .. }
            | AskError::Computed(_)
            | AskError::TooLarge { .. },
        ) => {
            let figure = measure::figure(reader, measure, asked, visit.now()).await?;
            Ok(Some(Panel::Nothing {
                title: headline,
                figure: figure_view(visit, reader, measure, &figure),
            }))
        }
        Err(error) => Err(error.into()),
    }
}

/// A panel, and the parts its table stands for.
type Drawn = (Panel, Vec<Part>);

async fn draw(
    visit: &Visit,
    reader: &Reader,
    panel: &Declared,
    measure: &Measure,
    headline: &str,
    asked: &Asked,
) -> Result<Option<Drawn>, AskError> {
    let named = Named {
        measure,
        headline: headline.to_owned(),
    };
    let view = panel.view(visit.city());
    let asks = (view, panel.by.as_deref(), panel.across.as_deref());
    let shown = measure::shown(reader, measure, asks, asked, visit.now()).await?;
    let Some(shown) = shown else {
        return Ok(None);
    };
    let chart = |chart| Panel::Chart { chart, rows: None };
    Ok(match shown {
        Shown::Parts { by, parts } if view == View::Areas => {
            let areas = areas::areas(visit, reader, named, &by, &parts).await?;
            areas.map(|areas| (Panel::Areas { areas }, parts))
        }
        Shown::Parts { by, parts } if view == View::Table => {
            let table = part_table(visit, measure, &by, &parts);
            let table = table.map(|table| Panel::Table {
                title: headline.to_owned(),
                table,
                receipt: format!("/measures/{}", measure.id),
            });
            table.map(|table| (table, parts))
        }
        Shown::Parts { by, parts } => {
            let drawn = bar_chart(visit, reader, named, &by, &parts);
            let drawn = drawn.map(|mut drawn| {
                drawn.marks.summary = Some(summary::of_parts(visit, measure, &parts));
                chart(drawn)
            });
            drawn.map(|drawn| (drawn, parts))
        }
        Shown::History { series } => {
            let drawn = line_chart(visit, reader, named, &series);
            drawn.map(|mut drawn| {
                drawn.marks.summary = Some(summary::of_series(visit, measure, &series));
                (chart(drawn), Vec::new())
            })
        }
        other => {
            let parts = labels(&other);
            views::chart(visit, reader, named, &other).map(|drawn| (chart(drawn), parts))
        }
    })
}

/// The labels of a table of two dimensions, where each row stands for one.
fn labels(shown: &Shown) -> Vec<Part> {
    match shown {
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
fn linked(
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
    let table = match &mut drawn {
        Panel::Chart { chart, rows } => {
            *rows = Some((narrow.rows(measure), rows_label(visit, measure, narrow)));
            chart.marks.files = narrow.files(visit, measure, view, (by, across));
            if let Some(heat) = &mut chart.marks.heat {
                for (row, part) in heat.rows.iter_mut().zip(parts) {
                    row.path = to(part);
                }
            }
            &mut chart.table
        }
        Panel::Table { table, .. } => table,
        _ => return drawn,
    };
    for (row, part) in table.rows.iter_mut().zip(parts) {
        if let Some(cell) = row.first_mut() {
            cell.path = to(part);
        }
    }
    drawn
}
