//! A board from measures.

use std::collections::BTreeSet;
use std::fmt::Write as _;

use access::{AskError, At, Reader};
use axum::extract::Path;
use axum::response::Response;
use city::board::{Panel as Declared, View};
use city::{Board, Dataset, DatasetId, Measure};

use super::{BoardPage, Panel, Ways};
use crate::charts::{self, Named, bar_chart, figure_view, line_chart, measure_title, part_table};
use crate::frame::{Crumb, Section};
use crate::pages::dataset::map;
use crate::parts::FigureView;
use crate::show;
use crate::site::{Page, PageError, Visit};

/// `GET /boards/{id}`.
pub async fn page(Path(id): Path<String>, visit: Visit) -> Response {
    visit.show(fill(&visit, &id).await)
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
) -> Result<BoardPage, PageError> {
    let mut panels = Vec::new();
    for declared in board
        .panels
        .iter()
        .filter(|panel| panel.view != View::Number)
    {
        panels.extend(panel(visit, reader, declared).await?);
    }
    let at = |way: &str| format!("/boards/{}{way}", board.id);
    Ok(BoardPage {
        title: visit.title(&board.title, board.title_en.as_deref()),
        description: visit.title(&board.description, board.description_en.as_deref()),
        ways: Ways {
            wall: at("/wall"),
            paper: at("/paper.pdf"),
            embed: board.embed.then(|| at("/embed")),
        },
        numbers: figures(visit, reader, board, usize::MAX).await?,
        panels,
        body: None,
    })
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

/// A board with its numbers and panels drawn: made once for all who see the same.
///
/// # Errors
/// When the machine fails.
pub(super) async fn drawn(
    visit: &Visit,
    reader: Reader,
    board: &Board,
) -> Result<BoardPage, PageError> {
    let key = format!(
        "board {} {:?}{}",
        board.id,
        visit.lang,
        standing(visit, &reader, board)
    );
    let figures = |_: &BoardPage| u64::try_from(board.panels.len()).unwrap_or_default();
    let made = visit
        .state()
        .boards
        .get(reader, &key, figures, |reader| async move {
            let page = view(visit, &reader, board).await?;
            let speaker = visit.templates().speaker(visit.lang);
            let body = speaker.part("board_body.html", &page)?;
            Ok::<BoardPage, PageError>(BoardPage {
                numbers: Vec::new(),
                panels: Vec::new(),
                body: Some(body),
                ..page
            })
        });
    Ok((*made.await?).clone())
}

async fn fill(visit: &Visit, id: &str) -> Result<Page<BoardPage>, PageError> {
    let board = declared(visit, id)?;
    let view = drawn(visit, visit.reader(), board).await?;
    let title = view.title.clone();
    let crumbs = vec![
        Crumb::to(visit.t("frame.boards"), "/boards"),
        Crumb::here(title.clone()),
    ];
    Ok(Page {
        title,
        section: Section::Boards,
        crumbs,
        data_url: None,
        view,
    })
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
    let mut figures = Vec::new();
    for panel in board
        .panels
        .iter()
        .filter(|panel| panel.view == View::Number)
        .take(limit)
    {
        let Some(measure) = measure_of(visit, panel) else {
            continue;
        };
        let figure = charts::ask(visit, reader, measure).await?;
        let mut view = figure_view(visit, reader, measure, &figure);
        if let Some(title) = &panel.title {
            view.label = visit.title(title, panel.title_en.as_deref());
        }
        figures.push(view);
    }
    Ok(figures)
}

async fn panel(
    visit: &Visit,
    reader: &Reader,
    panel: &Declared,
) -> Result<Option<Panel>, PageError> {
    if panel.view == View::Map {
        return Ok(map_panel(visit, reader, panel));
    }
    let Some(measure) = measure_of(visit, panel) else {
        return Ok(None);
    };
    let headline = panel.title.as_deref().map_or_else(
        || measure_title(visit, measure),
        |title| visit.title(title, panel.title_en.as_deref()),
    );
    let drawn = draw(visit, reader, panel, measure, &headline).await;
    match drawn {
        Ok(Some(panel)) => Ok(Some(panel)),
        // What cannot be drawn is said: not loaded, not allowed, or nothing there.
        Ok(None) | Err(AskError::NotLoaded(_) | AskError::Denied(_)) => {
            let figure = charts::ask(visit, reader, measure).await?;
            Ok(Some(Panel::Nothing {
                title: headline,
                figure: figure_view(visit, reader, measure, &figure),
            }))
        }
        Err(error) => Err(error.into()),
    }
}

async fn draw(
    visit: &Visit,
    reader: &Reader,
    panel: &Declared,
    measure: &Measure,
    headline: &str,
) -> Result<Option<Panel>, AskError> {
    let named = Named {
        measure,
        headline: headline.to_owned(),
    };
    if panel.view == View::Line {
        let series = measure::series(reader, measure, &At::Latest).await?;
        return Ok(series
            .and_then(|series| line_chart(visit, reader, named, &series))
            .map(|chart| Panel::Chart { chart }));
    }
    let Some(dimension) = panel.by.as_ref().or(measure.dimensions.first()) else {
        return Ok(None);
    };
    let parts = measure::breakdown(reader, measure, dimension, &At::Latest).await?;
    Ok(match panel.view {
        View::Bar => {
            bar_chart(visit, reader, named, dimension, &parts).map(|chart| Panel::Chart { chart })
        }
        _ => part_table(visit, measure, dimension, &parts).map(|table| Panel::Table {
            title: headline.to_owned(),
            table,
            receipt: format!("/measures/{}", measure.id),
        }),
    })
}

fn map_panel(visit: &Visit, reader: &Reader, panel: &Declared) -> Option<Panel> {
    let dataset: &Dataset = reader.dataset(panel.dataset.as_ref()?.as_str()).ok()?;
    let version = reader.version(dataset.id.as_str(), &At::Latest).ok()?;
    let map = map(
        visit,
        reader,
        dataset,
        &version,
        &format!("/datasets/{}#rows", dataset.id),
    )?;
    let title = panel.title.as_deref().unwrap_or(&dataset.title);
    Some(Panel::Map {
        title: visit.title(
            title,
            panel.title_en.as_deref().or(dataset.title_en.as_deref()),
        ),
        map,
    })
}
