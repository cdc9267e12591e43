//! A measure's history and parts to take along: as a table and as a picture.

use access::{AskError, Purpose, Reader};
use axum::body::Body;
use axum::extract::{Path, RawQuery, State};
use axum::http::header;
use axum::response::Response;
use city::board::View;
use city::{DatasetId, Lang, Measure};
use measure::explain::dimension_title;
use measure::{Shown, Told};

use super::measures::{PURPOSE, Question, named, question};
use crate::caller::Caller;
use crate::downloads::csv::cell;
use crate::picture::{self, Subject, map};
use crate::problem::Problem;
use crate::question::pairs;
use crate::state::AppState;
use crate::tiles::areas::{self, Picture};

/// Parameters beside those of a figure.
const ALSO: [&str; 4] = ["lang", "view", "across", "order"];
/// Points of a picture to one of its units.
const FINE: f32 = 2.0;

async fn ask<'s>(
    state: &'s AppState,
    caller: &Caller,
    id: &str,
    query: &str,
) -> Result<(&'s Measure, Told), Problem> {
    let measure = named(state, id)?;
    let Question { asked, by } = question(query, &ALSO)?;
    let reader = caller.reader(state, Purpose::new(PURPOSE));
    let now = state.records.clock().now();
    let told = measure::told(&reader, measure, &asked, &by, now).await?;
    Ok((measure, told))
}

/// `GET /measures/{id}/figures.csv?by=`: the history and the parts, a row each, all digits.
///
/// # Errors
/// When there is no such measure or dimension, or the figure cannot be made.
pub async fn csv(
    State(state): State<AppState>,
    caller: Caller,
    Path(id): Path<String>,
    RawQuery(query): RawQuery,
) -> Result<Response, Problem> {
    let query = query.unwrap_or_default();
    let mut out = String::from('\u{feff}');
    if let Some(viewed) = viewed(&state, &caller, &id, &query).await?
        && tabled(&mut out, &state, &viewed)
    {
        return Ok(file(
            "text/csv; charset=utf-8",
            &format!("{id}.csv"),
            out.into_bytes(),
        ));
    }
    let (measure, told) = ask(&state, &caller, &id, &query).await?;
    line(
        &mut out,
        &["지표", "나눈 기준", "값의 이름", "값", "단위", "상태"],
    );
    let value = |value: Option<f64>| value.map(|value| value.to_string()).unwrap_or_default();
    let row = |out: &mut String, by: &str, label: &str, number: Option<f64>, state: &str| {
        let cells = [
            &measure.title,
            by,
            label,
            &value(number),
            &measure.unit,
            state,
        ];
        line(out, &cells);
    };
    let figure = &told.receipt.figure;
    let state_of = |number: Option<f64>| {
        if number.is_some() {
            ""
        } else {
            "알 수 없음"
        }
    };
    row(&mut out, "", "", figure.value(), state_of(figure.value()));
    for point in told.series.iter().flat_map(|series| &series.points) {
        row(
            &mut out,
            "때",
            &point.at,
            point.value,
            state_of(point.value),
        );
    }
    for (dimension, parts) in &told.parts {
        let by = dimension_title(&state.city, measure, dimension, Lang::Ko);
        for part in parts.iter().flatten() {
            let label = part.label.as_deref().unwrap_or("알 수 없음");
            let said = if part.suppressed {
                "가림"
            } else {
                state_of(part.value)
            };
            row(&mut out, &by, label, part.value, said);
        }
    }
    Ok(file(
        "text/csv; charset=utf-8",
        &format!("{id}.csv"),
        out.into_bytes(),
    ))
}

/// A table of two dimensions, or of how values are spread; false where the view has no table of its own.
fn tabled(out: &mut String, state: &AppState, viewed: &Viewed<'_>) -> bool {
    let measure = viewed.measure;
    let subject = subject(state, measure, ("", ""), Lang::Ko);
    match &viewed.shown {
        Shown::Cross {
            by, across, table, ..
        } => {
            let [one, other] = [by, across].map(|name| subject.dimension(name));
            line(out, &["지표", &one, &other, "값", "단위", "상태"]);
            for (row, label) in table.rows.iter().enumerate() {
                let label = subject.label(by, label.as_deref());
                for (column, second) in table.columns.iter().enumerate() {
                    let cell = table.cell(row, column);
                    let said = match cell.value {
                        Some(_) => "",
                        None if cell.suppressed => "가림",
                        None if cell.empty => "행 없음",
                        None => "알 수 없음",
                    };
                    let second = subject.label(across, second.as_deref());
                    let value = cell
                        .value
                        .map(|value| value.to_string())
                        .unwrap_or_default();
                    line(
                        out,
                        &[&measure.title, &label, &second, &value, &measure.unit, said],
                    );
                }
            }
            true
        }
        Shown::Spread { spread, .. } => {
            line(out, &["지표", "이상", "미만", "개수", "단위", "상태"]);
            for step in &spread.steps {
                let count = step.count.map(|count| count.to_string());
                let said = if count.is_some() { "" } else { "가림" };
                let bounds = [step.from, step.to].map(|bound| bound.to_string());
                let [from, to] = &bounds;
                line(
                    out,
                    &[
                        &measure.title,
                        from,
                        to,
                        &count.unwrap_or_default(),
                        &measure.unit,
                        said,
                    ],
                );
            }
            true
        }
        _ => false,
    }
}

pub(super) fn line(out: &mut String, cells: &[&str]) {
    for (at, text) in cells.iter().enumerate() {
        if at > 0 {
            out.push(',');
        }
        let is_number = text.parse::<f64>().is_ok();
        cell(out, text, !is_number);
    }
    out.push_str("\r\n");
}

/// `GET /measures/{id}/figures.svg?by=&view=&across=`: what a view shows; without one, the parts of one dimension as
/// bars, or the history as a line.
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
    Ok(file(
        "image/svg+xml",
        &format!("{id}.svg"),
        drawn.into_bytes(),
    ))
}

/// `GET /measures/{id}/figures.png?by=&view=&across=`: the same as points, for whatever takes no drawings.
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
    Ok(file(
        "image/png",
        &format!("{id}.png"),
        as_png(drawn).await?,
    ))
}

/// A picture as points.
pub(super) async fn as_png(drawn: String) -> Result<Vec<u8>, Problem> {
    let drawing = tokio::task::spawn_blocking(move || paper::png(&drawn, FINE));
    let bytes = drawing.await.map_err(|error| Problem::broken(&error))?;
    bytes.map_err(|error| Problem::broken(&error))
}

async fn drawn(
    state: &AppState,
    caller: &Caller,
    id: &str,
    query: Option<&str>,
) -> Result<String, Problem> {
    let query = query.unwrap_or_default();
    let lang = lang(query);
    if let Some(viewed) = viewed(state, caller, id, query).await? {
        let sentence = viewed.sentence(lang);
        let source = picture::source_of(&state.city, &viewed.versions, lang);
        let subject = subject(state, viewed.measure, (&sentence, &source), lang);
        let shown = viewed.shown.worded(&state.city, viewed.measure, lang);
        return Ok(match (&shown, &viewed.areas) {
            (Shown::Parts { by, parts }, Some(areas)) => map::areas(&subject, by, parts, areas),
            (shown, _) => picture::svg(&subject, shown),
        });
    }
    let (measure, told) = ask(state, caller, id, query).await?;
    let source = picture::source_of(&state.city, told.receipt.figure.versions(), lang);
    let parts = told
        .parts
        .into_iter()
        .find_map(|(by, parts)| Some((by, parts?)));
    let shown = match (parts, told.series) {
        (Some((by, parts)), _) => Shown::Parts { by, parts },
        (None, Some(series)) => Shown::History { series },
        (None, None) => Shown::Number {
            figure: told.receipt.figure,
        },
    };
    let sentence = match lang {
        Lang::Ko => &told.explanation.ko,
        Lang::En => &told.explanation.en,
    };
    Ok(picture::svg(
        &subject(state, measure, (sentence, &source), lang),
        &shown,
    ))
}

fn subject<'s>(
    state: &'s AppState,
    measure: &'s Measure,
    (sentence, source): (&'s str, &'s str),
    lang: Lang,
) -> Subject<'s> {
    Subject {
        city: &state.city,
        measure,
        sentence,
        source,
        lang,
    }
}

pub(super) fn lang(query: &str) -> Lang {
    let is_english = pairs(query)
        .iter()
        .any(|(name, value)| name == "lang" && value == "en");
    if is_english { Lang::En } else { Lang::Ko }
}

/// What a view shows, and the figure it stands beside.
struct Viewed<'s> {
    measure: &'s Measure,
    shown: Shown,
    /// The areas it is drawn upon, where it is drawn upon some.
    areas: Option<Picture>,
    sentences: [String; 2],
    /// What it is made of.
    versions: Vec<(DatasetId, i64)>,
}

impl Viewed<'_> {
    fn sentence(&self, lang: Lang) -> String {
        let [ko, en] = &self.sentences;
        match lang {
            Lang::Ko => ko.clone(),
            Lang::En => en.clone(),
        }
    }
}

/// What the view of an address shows; nothing where it names none.
async fn viewed<'s>(
    state: &'s AppState,
    caller: &Caller,
    id: &str,
    query: &str,
) -> Result<Option<Viewed<'s>>, Problem> {
    let measure = named(state, id)?;
    let given = pairs(query);
    let find = |key: &str| given.iter().find(|(name, _)| name == key);
    let Some((_, word)) = find("view") else {
        return Ok(None);
    };
    let view = View::of_word(word)
        .filter(|view| !view.is_of_places())
        .ok_or_else(|| {
            let all: Vec<&str> = View::ALL
                .into_iter()
                .filter(|view| !view.is_of_places())
                .map(View::word)
                .collect();
            Problem::question(format!("view={word}: expected one of {}", all.join(", ")))
        })?;
    let Question { asked, by } = question(query, &ALSO)?;
    let by = by.first().map(String::as_str);
    let across = find("across").map(|(_, across)| across.as_str());
    let reader = caller.reader(state, Purpose::new(PURPOSE));
    let now = state.records.clock().now();
    let shown = measure::shown(&reader, measure, (view, by, across), &asked, now).await?;
    let mut shown = shown
        .ok_or_else(|| Problem::question(format!("'{id}' has nothing that {word} could show")))?;
    match find("order").map(|(_, order)| order.as_str()) {
        None => {}
        Some("worst") => shown = shown.worst_first(measure),
        Some(other) => {
            let what = format!("order={other}: expected worst, or no `order` for greatest first");
            return Err(Problem::question(what));
        }
    }
    let figure = measure::figure(&reader, measure, &asked, now).await?;
    let sentences =
        [Lang::Ko, Lang::En].map(|lang| measure::explain(&reader, measure, &asked, &figure, lang));
    Ok(Some(Viewed {
        areas: match &shown {
            Shown::Parts { by, .. } if view == View::Areas => {
                areas_of(&reader, state, measure, by).await?
            }
            _ => None,
        },
        measure,
        shown,
        sentences,
        versions: figure.versions().to_vec(),
    }))
}

/// The areas that a dimension names; nothing where it names none, or they may not be seen.
async fn areas_of(
    reader: &Reader,
    state: &AppState,
    measure: &Measure,
    by: &str,
) -> Result<Option<Picture>, Problem> {
    let city = &state.city;
    let dataset = city.datasets.get(&measure.dataset);
    let column = dataset.and_then(|dataset| dataset.column(by));
    let map = city.manifest.map.as_ref();
    let of = column.and_then(|own| city::map::areas_of(own, map, |id| city.datasets.get(id)));
    let Some(of) = of else {
        return Ok(None);
    };
    match areas::picture(reader, &of, city.manifest.bounds).await {
        Err(AskError::Denied(_) | AskError::NotLoaded(_)) => Ok(None),
        found => Ok(found?.filter(|found| !found.areas.is_empty())),
    }
}

pub(super) fn file(kind: &'static str, name: &str, bytes: Vec<u8>) -> Response {
    let mut response = Response::new(Body::from(bytes));
    let headers = response.headers_mut();
    headers.insert(header::CONTENT_TYPE, header::HeaderValue::from_static(kind));
    // Ids are ASCII: a name of one always stands in a header.
    if let Ok(value) = header::HeaderValue::from_str(&format!("attachment; filename=\"{name}\"")) {
        headers.insert(header::CONTENT_DISPOSITION, value);
    }
    response
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_row_is_one_that_a_spreadsheet_does_not_run() {
        let mut out = String::new();
        line(&mut out, &["=1+1", "-3.5", "가,나"]);
        assert_eq!(out, "'=1+1,-3.5,\"가,나\"\r\n");
    }
}
