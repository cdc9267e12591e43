//! A board from measures.

use std::collections::BTreeSet;
use std::fmt::Write as _;
use std::sync::Arc;

use access::{AskError, At, Reader};
use axum::extract::{Path, RawQuery};
use axum::response::Response;
use city::board::{Panel as Declared, View};
use city::{Board, DatasetId, Measure};
use futures::{StreamExt as _, TryStreamExt as _, stream};
use interop::packed::Seal;
use serde::{Serialize, Serializer};

use super::draw::{draw, linked};
use super::narrow::Narrow;
use super::{BoardPage, Panel, Ways, places};
use crate::charts::{figure_view, measure_title};
use crate::frame::{Crumb, Section};
use crate::pages::measure::change;
use crate::parts::FigureView;
use crate::show;
use crate::site::{Page, PageError, Visit};
use crate::template::View as Template;
use measure::Asked;

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
async fn view(
    visit: &Visit,
    reader: &Reader,
    board: &Board,
    narrow: &Narrow,
) -> Result<BoardPage, PageError> {
    let panels = panels(visit, reader, board, narrow).await?;
    let panels = panels.into_iter().map(|(_, panel)| panel).collect();
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
        numbers: narrowed(visit, reader, board, usize::MAX, narrow).await?,
        panels,
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

pub(super) fn measure_of<'v>(visit: &'v Visit, panel: &Declared) -> Option<&'v Measure> {
    visit.city().measures.get(panel.measure.as_ref()?)
}

/// The numbers of a board, at most `limit`.
pub(crate) async fn figures(
    visit: &Visit,
    reader: &Reader,
    board: &Board,
    limit: usize,
) -> Result<Vec<FigureView>, PageError> {
    let narrow = Narrow::default();
    let mut figures = narrowed(visit, reader, board, limit, &narrow).await?;
    // Beside other things there is room for the number alone; its page has the rest.
    for figure in &mut figures {
        figure.ways.clear();
    }
    Ok(figures)
}

pub(super) async fn narrowed(
    visit: &Visit,
    reader: &Reader,
    board: &Board,
    limit: usize,
    narrow: &Narrow,
) -> Result<Vec<FigureView>, PageError> {
    let shown = board
        .panels
        .iter()
        .filter(|panel| panel.view(visit.city()) == View::Number)
        .take(limit)
        .filter_map(|panel| Some((panel, measure_of(visit, panel)?)));
    together(shown.map(|(panel, measure)| number(visit, reader, panel, measure, narrow))).await
}

async fn number(
    visit: &Visit,
    reader: &Reader,
    panel: &Declared,
    measure: &Measure,
    narrow: &Narrow,
) -> Result<FigureView, PageError> {
    let asked = &narrow.asked();
    let figure = measure::figure(reader, measure, asked, visit.now()).await?;
    let mut view = figure_view(visit, reader, measure, &figure);
    if figure.value().is_some() {
        view.ways = narrow.ways(visit, measure);
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

/// The panels of a board that are no numbers, with what is declared of each.
///
/// # Errors
/// When the machine fails.
pub(super) async fn panels<'b>(
    visit: &Visit,
    reader: &Reader,
    board: &'b Board,
    narrow: &Narrow,
) -> Result<Vec<(&'b Declared, Panel)>, PageError> {
    let shown = board
        .panels
        .iter()
        .filter(|panel| panel.view(visit.city()) != View::Number);
    let shown: Vec<&Declared> = shown.collect();
    let drawn = shown
        .iter()
        .map(|declared| panel(visit, reader, declared, board, narrow));
    let drawn = together(drawn).await?;
    let both = shown.into_iter().zip(drawn);
    Ok(both
        .filter_map(|(declared, drawn)| Some((declared, drawn?)))
        .collect())
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
