//! Places counted in squares, over the city's areas: drawn like areas, with the same legend and table.

use access::{AskError, Reader, Rows};
use city::Dataset;
use interop::picture::shades::{CLASSES, class_of, classes, shade};
use interop::tiles::areas::ground as areas_below;
use interop::tiles::squares::{Square, Squares, squares as counted};

use crate::areas::{AreaView, AreasView, LegendView};
use crate::parts::{Cell, Head, Table};
use crate::show;
use crate::site::Visit;

/// Squares in the table; the rows themselves are a click away.
const ROWS: usize = 200;

/// The places of these rows in squares; nothing where there are none.
///
/// # Errors
/// When they may not be seen.
pub(crate) async fn squares(
    visit: &Visit,
    reader: &Reader,
    dataset: &Dataset,
    rows: &Rows,
    title: &str,
    way: &str,
) -> Result<Option<AreasView>, AskError> {
    let bounds = visit.city().manifest.bounds;
    let Some(found) = counted(reader, rows, bounds).await? else {
        return Ok(None);
    };
    if found.squares.is_empty() {
        return Ok(None);
    }
    let ends = ends(&found);
    let mut areas = ground(visit, reader).await;
    areas.extend(
        found
            .squares
            .iter()
            .map(|square| drawn(visit, square, &ends)),
    );
    let source = match rows.at {
        access::At::Version(number) => Some(visit.say(
            "chart.source",
            &[
                (
                    "title",
                    visit.title(&dataset.title, dataset.title_en.as_deref()),
                ),
                ("version", number.to_string()),
            ],
        )),
        _ => None,
    };
    let mut notes = Vec::new();
    if found.outside > 0 {
        notes.push(visit.say(
            "squares.outside",
            &[("count", show::count_of(found.outside))],
        ));
    }
    Ok(Some(AreasView {
        title: title.to_owned(),
        subtitle: visit.say("squares.by", &[("side", side(&found))]),
        summary: summary(visit, &found),
        width: found.width.to_string(),
        height: found.height.to_string(),
        areas,
        legend: legend(visit, &found, &ends),
        notes,
        table: table(visit, &found),
        receipt: way.to_owned(),
        source,
        files: Vec::new(),
        rows: None,
    }))
}

fn ends(found: &Squares) -> Vec<f64> {
    let values: Vec<f64> = found.squares.iter().map(value).collect();
    classes(&values, CLASSES)
}

fn value(square: &Square) -> f64 {
    u32::try_from(square.count).map_or(f64::MAX, f64::from)
}

/// The side of a square as people say it: `500 m`, `2 km`.
fn side(found: &Squares) -> String {
    if found.side >= 1_000.0 {
        format!(
            "{} km",
            measure::format::full(found.side / 1_000.0, 1).trim_end_matches(".0")
        )
    } else {
        format!("{} m", measure::format::full(found.side, 0))
    }
}

fn place(square: &Square) -> String {
    format!("{:.4}, {:.4}", square.middle.1, square.middle.0)
}

fn drawn(visit: &Visit, square: &Square, ends: &[f64]) -> AreaView {
    let count = visit.say("squares.count", &[("count", show::count_of(square.count))]);
    AreaView {
        path: square.path.clone(),
        class: shade(class_of(value(square), ends), ends.len()).to_string(),
        title: format!("{}: {count}", place(square)),
        name: None,
        x: "0".to_owned(),
        y: "0".to_owned(),
    }
}

/// The city's areas below the squares, where it has some and they may be seen.
async fn ground(visit: &Visit, reader: &Reader) -> Vec<AreaView> {
    let areas = areas_below(reader, visit.city()).await;
    let areas = areas.into_iter().map(|area| AreaView {
        path: area.path,
        class: "ground".to_owned(),
        title: area.name,
        name: None,
        x: "0".to_owned(),
        y: "0".to_owned(),
    });
    areas.collect()
}

fn legend(visit: &Visit, found: &Squares, ends: &[f64]) -> Vec<LegendView> {
    (0..ends.len())
        .filter_map(|class| {
            let of = |square: &&Square| class_of(value(square), ends) == class;
            let counts = || found.squares.iter().filter(of).map(|square| square.count);
            let (least, most) = (counts().min()?, counts().max()?);
            let range = if least == most {
                show::count_of(most)
            } else {
                format!("{} – {}", show::count_of(least), show::count_of(most))
            };
            Some(LegendView {
                class: shade(class, ends.len()).to_string(),
                text: visit.say("squares.count", &[("count", range)]),
            })
        })
        .collect()
}

fn summary(visit: &Visit, found: &Squares) -> String {
    let all: u64 = found.squares.iter().map(|square| square.count).sum();
    let most = found.squares.first();
    let values = [
        ("places", show::count_of(all)),
        (
            "squares",
            show::count_of(u64::try_from(found.squares.len()).unwrap_or_default()),
        ),
        (
            "most",
            most.map_or_else(String::new, |square| show::count_of(square.count)),
        ),
        ("at", most.map_or_else(String::new, place)),
    ];
    visit.say("squares.summary", &values)
}

fn table(visit: &Visit, found: &Squares) -> Table {
    let rows = found.squares.iter().take(ROWS).map(|square| {
        vec![
            Cell::text(place(square)),
            Cell::number(show::count_of(square.count)),
        ]
    });
    let counts = [
        ("count", found.squares.len().to_string()),
        ("shown", found.squares.len().min(ROWS).to_string()),
    ];
    Table {
        caption: visit.say("squares.caption", &counts),
        heads: vec![
            Head::text(visit.t("squares.middle")),
            Head::number(visit.t("squares.places")),
        ],
        rows: rows.collect(),
        plain: true,
    }
}
