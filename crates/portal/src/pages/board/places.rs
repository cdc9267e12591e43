//! Panels of a dataset's places: on the map, or counted in squares; narrowed by what the board is narrowed by.

use access::{AskError, At, Filter, Op, Reader, Rows};
use city::board::{Panel as Declared, View};
use city::{ColumnType, Dataset, Lang, Period};
use interop::tiles::PLACES_MAX;

use super::Panel;
use super::narrow::Narrow;
use crate::maps::{map, narrowed};
use crate::parts::{FigureView, Link};
use crate::query::address;
use crate::site::{PageError, Visit};
use crate::squares;

/// A panel of places; nothing where this person does not see the dataset, or nothing was ever loaded.
pub(super) async fn panel(
    visit: &Visit,
    reader: &Reader,
    panel: &Declared,
    narrow: &Narrow,
) -> Result<Option<Panel>, PageError> {
    let Some(id) = &panel.dataset else {
        return Ok(None);
    };
    let Ok(dataset) = reader.dataset(id.as_str()) else {
        return Ok(None);
    };
    let Ok(version) = reader.version(id.as_str(), &narrow.at(id)) else {
        return Ok(None);
    };
    if !reader.shows_place(id.as_str()) {
        return Ok(None);
    }
    let own = panel.title.as_deref().unwrap_or(&dataset.title);
    let english = panel.title_en.as_deref().or(dataset.title_en.as_deref());
    let title = visit.title(own, english);
    let nothing = |note: &str| Panel::Nothing {
        title: title.clone(),
        figure: FigureView {
            nothing: Some(visit.t("figure.not_broken_down")),
            note: Some(visit.t(note)),
            ..FigureView::default()
        },
    };
    // What cannot be narrowed is never shown as if it were.
    let Some(filters) = filters(visit, dataset, narrow) else {
        return Ok(Some(nothing("board.map_not_narrowed")));
    };
    let rows = Rows {
        dataset: id.clone(),
        at: At::Version(version.number),
        filters,
        ..Rows::default()
    };
    let table = rows_of(&rows);
    let is_grid = panel.view(visit.city()) == View::Grid;
    let count = if rows.filters.is_empty() {
        version.rows
    } else {
        match reader.count(&rows).await {
            Ok(count) => count,
            Err(AskError::Denied(_)) => return Ok(None),
            Err(error) => return Err(error.into()),
        }
    };
    // Tiles are of all places: many that are narrowed are counted in squares.
    if is_grid || (!rows.filters.is_empty() && count > PLACES_MAX) {
        let drawn = squares::squares(visit, reader, dataset, &rows, &title, &table).await;
        return match drawn {
            Ok(Some(mut areas)) => {
                areas.files = files(visit, dataset, &rows, &["squares.csv"]);
                Ok(Some(Panel::Areas { areas }))
            }
            Ok(None) => Ok(Some(nothing("board.no_places"))),
            Err(AskError::Denied(_) | AskError::NotLoaded(_)) => Ok(None),
            Err(error) => Err(error.into()),
        };
    }
    let drawn = map(visit, reader, dataset, &version, &table);
    let drawn = drawn.map(|map| {
        if rows.filters.is_empty() {
            map
        } else {
            narrowed(visit, map, &rows, count)
        }
    });
    let files = files(visit, dataset, &rows, &["csv", "geojson"]);
    Ok(drawn.map(|map| Panel::Map { title, map, files }))
}

/// Places to take along: as files of these kinds, and where they are points as a picture that counts them in squares.
fn files(visit: &Visit, dataset: &Dataset, rows: &Rows, kinds: &[&str]) -> Vec<Link> {
    let filters: Vec<String> = rows.filters.iter().map(Filter::write).collect();
    let version = match rows.at {
        At::Version(number) => number.to_string(),
        _ => String::new(),
    };
    let mut parameters = vec![("version", version.as_str())];
    parameters.extend(filters.iter().map(|filter| ("filter", filter.as_str())));
    let link = |kind: &str| {
        let mut parameters = parameters.clone();
        let is_picture = kind.ends_with("svg") || kind.ends_with("png");
        if is_picture && visit.lang == Lang::En {
            parameters.push(("lang", "en"));
        }
        let (sign, key) = match kind.strip_prefix("squares.") {
            Some(kind) => ('/', kind),
            None => ('.', kind),
        };
        let path = format!("/datasets/{}{sign}{kind}", dataset.id);
        let title = visit.t(&format!("measure.{key}"));
        Link::new(title, address(&path, &parameters))
    };
    let pictures = ["squares.svg", "squares.png"];
    let pictures = pictures.iter().filter(|_| dataset.place.is_some());
    kinds
        .iter()
        .chain(pictures)
        .map(|kind| link(kind))
        .collect()
}

/// The places a panel shows, and how many they are; nothing where it shows none.
///
/// # Errors
/// When the machine fails.
pub(super) async fn counted(
    visit: &Visit,
    reader: &Reader,
    panel: &Declared,
    narrow: &Narrow,
) -> Result<Option<(Rows, u64)>, AskError> {
    let dataset = panel.dataset.as_ref();
    let dataset = dataset.and_then(|id| reader.dataset(id.as_str()).ok());
    let Some(dataset) = dataset.filter(|dataset| reader.shows_place(dataset.id.as_str())) else {
        return Ok(None);
    };
    let Some(filters) = filters(visit, dataset, narrow) else {
        return Ok(None);
    };
    let version = match reader.version(dataset.id.as_str(), &narrow.at(&dataset.id)) {
        Ok(version) => version.number,
        Err(AskError::NotLoaded(_) | AskError::Denied(_)) => return Ok(None),
        Err(error) => return Err(error),
    };
    let rows = Rows {
        dataset: dataset.id.clone(),
        at: At::Version(version),
        filters,
        ..Rows::default()
    };
    match reader.count(&rows).await {
        Ok(count) => Ok(Some((rows, count))),
        Err(AskError::Denied(_)) => Ok(None),
        Err(error) => Err(error),
    }
}

/// The same rows as a table, under the first condition.
fn rows_of(rows: &Rows) -> String {
    let path = format!("/datasets/{}", rows.dataset);
    let found = match rows.filters.first() {
        Some(filter) => address(
            &path,
            &[
                ("where", &filter.column),
                ("is", filter.op.word()),
                ("value", &filter.value),
            ],
        ),
        None => path,
    };
    format!("{found}#rows")
}

/// What narrows a dataset's places; nothing where it lacks what the board is narrowed by.
fn filters(visit: &Visit, dataset: &Dataset, narrow: &Narrow) -> Option<Vec<Filter>> {
    let filter = |column: &str, op: Op, value: String| Filter {
        column: column.to_owned(),
        op,
        value,
    };
    let mut filters = Vec::new();
    for (name, value) in narrow.equals() {
        dataset.column(name)?;
        filters.push(filter(name, Op::Eq, value.clone()));
    }
    if let Some(period) = narrow.period() {
        filters.extend(within(period, time_of(visit, dataset)?, filter)?);
    }
    Some(filters)
}

/// The column that says when: that of a measure of the dataset. A date alone says many things: when a road was paved is
/// not when it is there.
fn time_of<'d>(visit: &Visit, dataset: &'d Dataset) -> Option<&'d city::Column> {
    let measures = visit.city().measures.values();
    let mut of = measures.filter(|own| own.dataset == dataset.id && own.query.is_none());
    let axis = of.find_map(|own| own.time.as_ref())?;
    dataset.column(&axis.column)
}

fn within(
    period: Period,
    column: &city::Column,
    filter: impl Fn(&str, Op, String) -> Filter,
) -> Option<[Filter; 2]> {
    let end = period.end()?;
    let text = |day: chrono::NaiveDate| match column.column_type {
        ColumnType::Date => Some(day.to_string()),
        ColumnType::Datetime => Some(format!("{day}T00:00:00")),
        _ => None,
    };
    Some([
        filter(&column.name, Op::Ge, text(period.from)?),
        filter(&column.name, Op::Lt, text(end)?),
    ])
}
