//! Places counted in squares, to take along: as a table and as a picture.

use std::sync::Arc;

use access::{At, Purpose};
use axum::extract::{Path, RawQuery, State};
use axum::response::Response;
use city::{Dataset, Lang};
use measure::format;

use super::figures::{as_png, file, lang, line};
use crate::caller::Caller;
use crate::picture::map;
use crate::problem::Problem;
use crate::question;
use crate::state::AppState;
use crate::tiles::areas::ground;
use crate::tiles::squares::{Squares, squares};

/// What is read, in the access log.
const PURPOSE: &str = "download";

/// `GET /datasets/{id}/squares.csv?filter=&version=`: the middle of each square and how many places lie in it.
///
/// # Errors
/// When the dataset's places may not be seen, there are none, or they cannot be counted.
pub async fn csv(
    State(state): State<AppState>,
    caller: Caller,
    Path(id): Path<String>,
    RawQuery(query): RawQuery,
) -> Result<Response, Problem> {
    let asked = ask(&state, &caller, &id, query.as_deref().unwrap_or_default()).await?;
    let mut out = String::from('\u{feff}');
    let side = format!("칸의 한 변 (m): {}", asked.found.side);
    line(&mut out, &["위도", "경도", "개수", &side]);
    for square in &asked.found.squares {
        let (longitude, latitude) = square.middle;
        let cells = [
            format!("{latitude:.6}"),
            format!("{longitude:.6}"),
            square.count.to_string(),
        ];
        line(&mut out, &cells.each_ref().map(String::as_str));
    }
    let name = format!("{id}-squares.csv");
    Ok(file("text/csv; charset=utf-8", &name, out.into_bytes()))
}

/// `GET /datasets/{id}/squares.svg?filter=&version=&lang=`: the squares over the city's areas.
///
/// # Errors
/// As for [`csv`].
pub async fn svg(
    State(state): State<AppState>,
    caller: Caller,
    Path(id): Path<String>,
    RawQuery(query): RawQuery,
) -> Result<Response, Problem> {
    let drawn = drawn(&state, &caller, &id, query.as_deref()).await?;
    let name = format!("{id}-squares.svg");
    Ok(file("image/svg+xml", &name, drawn.into_bytes()))
}

/// `GET /datasets/{id}/squares.png?filter=&version=&lang=`: the same as points.
///
/// # Errors
/// As for [`csv`].
pub async fn png(
    State(state): State<AppState>,
    caller: Caller,
    Path(id): Path<String>,
    RawQuery(query): RawQuery,
) -> Result<Response, Problem> {
    let drawn = drawn(&state, &caller, &id, query.as_deref()).await?;
    let name = format!("{id}-squares.png");
    Ok(file("image/png", &name, as_png(drawn).await?))
}

struct Counted {
    dataset: Arc<Dataset>,
    version: i64,
    found: Squares,
    reader: access::Reader,
}

async fn ask(state: &AppState, caller: &Caller, id: &str, query: &str) -> Result<Counted, Problem> {
    let mut rows = question::rows(id, query, &["lang"])?;
    let reader = caller.reader(state, Purpose::new(PURPOSE));
    let version = reader.version(id, &rows.at)?.number;
    let dataset = Arc::clone(reader.asked(id)?);
    let none = || {
        Problem::question(format!(
            "dataset '{id}' has no places that could be counted"
        ))
    };
    if dataset.place.is_none() || !reader.shows_place(id) {
        return Err(none());
    }
    rows.at = At::Version(version);
    let found = squares(&reader, &rows, state.city.manifest.bounds).await?;
    let found = found.filter(|found| !found.squares.is_empty());
    Ok(Counted {
        found: found.ok_or_else(none)?,
        dataset,
        version,
        reader,
    })
}

async fn drawn(
    state: &AppState,
    caller: &Caller,
    id: &str,
    query: Option<&str>,
) -> Result<String, Problem> {
    let query = query.unwrap_or_default();
    let lang = lang(query);
    let asked = ask(state, caller, id, query).await?;
    let found = &asked.found;
    let ground = ground(&asked.reader, &state.city).await;
    let (version, side) = (asked.version, found.side);
    let all: u64 = found.squares.iter().map(|square| square.count).sum();
    let all = format::count(all);
    let words = |ko: String, en: String| match lang {
        Lang::Ko => ko,
        Lang::En => en,
    };
    let title = match (&asked.dataset.title_en, lang) {
        (Some(title), Lang::En) => title,
        _ => &asked.dataset.title,
    };
    let subtitle = words(
        format!("한 변 {side} m인 칸마다 센 곳의 수, {version}판"),
        format!("Places counted in squares of {side} m, version {version}"),
    );
    let sentence = words(
        format!("{all}곳을 {}칸에 나누어 세었습니다.", found.squares.len()),
        format!("{all} places in {} squares.", found.squares.len()),
    );
    let made_of = [(asked.dataset.id.clone(), version)];
    let source = crate::picture::source_of(&state.city, &made_of, lang);
    Ok(map::squares(
        (title, &subtitle, &sentence, &source),
        found,
        &ground,
        |count| words(format!("{count}곳"), format!("{count} places")),
    ))
}
