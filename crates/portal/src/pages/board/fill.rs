//! A board from measures.

use access::{AskError, At, Reader};
use axum::extract::Path;
use axum::response::Response;
use city::board::{Panel as Declared, View};
use city::{Board, Dataset, Measure};

use super::{BoardPage, Panel};
use crate::areas;
use crate::charts::{self, Named, bar_chart, figure_view, line_chart, measure_title, part_table};
use crate::frame::{Crumb, Section};
use crate::maps::map;
use crate::parts::FigureView;
use crate::site::{Page, PageError, Visit};

/// `GET /boards/{id}`.
pub async fn page(Path(id): Path<String>, visit: Visit) -> Response {
    visit.show(fill(&visit, &id).await)
}

async fn fill(visit: &Visit, id: &str) -> Result<Page<BoardPage>, PageError> {
    let board = visit
        .city()
        .boards
        .values()
        .find(|board| board.id.as_str() == id);
    let board = board.ok_or_else(|| {
        PageError::Missing(
            visit.say("problem.no_board", &[("id", id.to_owned())]),
            Vec::new(),
        )
    })?;
    let reader = visit.reader();
    let title = visit.title(&board.title, board.title_en.as_deref());
    let mut panels = Vec::new();
    for declared in board
        .panels
        .iter()
        .filter(|panel| panel.view != View::Number)
    {
        panels.extend(panel(visit, &reader, declared).await?);
    }
    let view = BoardPage {
        title: title.clone(),
        description: visit.title(&board.description, board.description_en.as_deref()),
        numbers: figures(visit, &reader, board, usize::MAX).await?,
        panels,
    };
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
    if panel.view == View::Areas {
        let areas = areas::areas(visit, reader, named, dimension, &parts).await?;
        return Ok(areas.map(|areas| Panel::Areas { areas }));
    }
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
