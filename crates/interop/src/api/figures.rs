//! A measure's history and parts to take along: as a table and as a picture.

use access::Purpose;
use axum::body::Body;
use axum::extract::{Path, RawQuery, State};
use axum::http::header;
use axum::response::Response;
use city::{Lang, Measure};
use measure::explain::dimension_title;
use measure::{Part, Told, format};

use super::measures::{PURPOSE, Question, named, question};
use crate::caller::Caller;
use crate::downloads::csv::cell;
use crate::problem::Problem;
use crate::state::AppState;

/// Bars drawn; the table has all.
const BARS: usize = 40;
/// Points drawn: a line of more is no finer.
const POINTS: usize = 1000;
const WIDTH: f64 = 960.0;
const ROW: f64 = 28.0;
const LEFT: f64 = 240.0;
const RIGHT: f64 = 160.0;
const HEAD: f64 = 72.0;
const PLOT: f64 = 240.0;

async fn ask<'s>(
    state: &'s AppState,
    caller: &Caller,
    id: &str,
    query: Option<&str>,
) -> Result<(&'s Measure, Told), Problem> {
    let measure = named(state, id)?;
    let Question { asked, by } = question(query.unwrap_or_default(), &["lang"])?;
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
    let (measure, told) = ask(&state, &caller, &id, query.as_deref()).await?;
    let mut out = String::from('\u{feff}');
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

fn line(out: &mut String, cells: &[&str]) {
    for (at, text) in cells.iter().enumerate() {
        if at > 0 {
            out.push(',');
        }
        let is_number = text.parse::<f64>().is_ok();
        cell(out, text, !is_number);
    }
    out.push_str("\r\n");
}

/// `GET /measures/{id}/figures.svg?by=`: the parts of one dimension as bars, or the history as a line.
///
/// # Errors
/// As for [`csv`].
pub async fn svg(
    State(state): State<AppState>,
    caller: Caller,
    Path(id): Path<String>,
    RawQuery(query): RawQuery,
) -> Result<Response, Problem> {
    let (measure, told) = ask(&state, &caller, &id, query.as_deref()).await?;
    let parts = told
        .parts
        .iter()
        .find_map(|(by, parts)| Some((by, parts.as_ref()?)));
    let drawn = match parts {
        Some((by, parts)) => {
            let by = dimension_title(&state.city, measure, by, Lang::Ko);
            bars(measure, &by, parts, &told.explanation.ko)
        }
        None => history(measure, &told),
    };
    Ok(file(
        "image/svg+xml",
        &format!("{id}.svg"),
        drawn.into_bytes(),
    ))
}

fn file(kind: &'static str, name: &str, bytes: Vec<u8>) -> Response {
    let mut response = Response::new(Body::from(bytes));
    let headers = response.headers_mut();
    headers.insert(header::CONTENT_TYPE, header::HeaderValue::from_static(kind));
    // Ids are ASCII: a name of one always stands in a header.
    if let Ok(value) = header::HeaderValue::from_str(&format!("attachment; filename=\"{name}\"")) {
        headers.insert(header::CONTENT_DISPOSITION, value);
    }
    response
}

fn escaped(text: &str) -> String {
    let mut out = String::with_capacity(text.len());
    for letter in text.chars() {
        match letter {
            '&' => out.push_str("&amp;"),
            '<' => out.push_str("&lt;"),
            '>' => out.push_str("&gt;"),
            '"' => out.push_str("&quot;"),
            letter if letter.is_control() => out.push(' '),
            letter => out.push(letter),
        }
    }
    out
}

/// The frame of a picture: its title, what is measured, and the sentence for whoever cannot see it.
fn framed(measure: &Measure, by: &str, height: f64, sentence: &str, body: &str) -> String {
    let title = escaped(&measure.title);
    let subtitle = escaped(&format!("{by} 기준, 단위: {}", measure.unit));
    let sentence = escaped(sentence);
    format!(
        "<svg xmlns=\"http://www.w3.org/2000/svg\" width=\"{WIDTH}\" height=\"{height}\" viewBox=\"0 0 {WIDTH} {height}\" role=\"img\" font-family=\"sans-serif\" font-size=\"14\"><title>{title}</title><desc>{sentence}</desc><rect width=\"100%\" height=\"100%\" fill=\"#fff\"/><text x=\"16\" y=\"28\" font-size=\"18\" font-weight=\"bold\">{title}</text><text x=\"16\" y=\"50\" fill=\"#555\">{subtitle}</text>{body}</svg>"
    )
}

fn bars(measure: &Measure, by: &str, parts: &[Part], sentence: &str) -> String {
    let known = parts.iter().filter_map(|part| part.value);
    let longest = known.fold(0.0_f64, |longest, value| longest.max(value.abs()));
    let mut body = String::new();
    let mut y = HEAD;
    for part in parts.iter().take(BARS) {
        let label = escaped(part.label.as_deref().unwrap_or("알 수 없음"));
        let (width, text) = match part.value {
            Some(value) if longest > 0.0 => (
                value.max(0.0) / longest * (WIDTH - LEFT - RIGHT),
                format::full(value, measure.digits),
            ),
            Some(value) => (0.0, format::full(value, measure.digits)),
            None if part.suppressed => (0.0, "가림".to_owned()),
            None => (0.0, "알 수 없음".to_owned()),
        };
        let middle = y + ROW * 0.65;
        body.push_str(&format!(
            "<text x=\"{}\" y=\"{middle:.1}\" text-anchor=\"end\">{label}</text><rect x=\"{LEFT}\" y=\"{y:.1}\" width=\"{width:.1}\" height=\"{:.1}\" fill=\"#256ef4\"/><text x=\"{:.1}\" y=\"{middle:.1}\">{text}</text>",
            LEFT - 8.0,
            ROW - 8.0,
            LEFT + width + 8.0,
        ));
        y += ROW;
    }
    if let Some(more) = parts.len().checked_sub(BARS).filter(|more| *more > 0) {
        let text = format!("그 밖의 {more}가지는 표에 있습니다.");
        body.push_str(&format!(
            "<text x=\"16\" y=\"{:.1}\" fill=\"#555\">{text}</text>",
            y + 18.0
        ));
        y += ROW;
    }
    framed(measure, by, y + 16.0, sentence, &body)
}

#[expect(
    clippy::cast_precision_loss,
    reason = "at most a thousand points are drawn"
)]
fn history(measure: &Measure, told: &Told) -> String {
    let points = told.series.iter().flat_map(|series| &series.points);
    let known: Vec<(&str, f64)> = points
        .filter_map(|point| Some((point.at.as_str(), point.value?)))
        .collect();
    let shown = known
        .get(known.len().saturating_sub(POINTS)..)
        .unwrap_or_default();
    let low = shown
        .iter()
        .fold(0.0_f64, |low, (_, value)| low.min(*value));
    let top = shown
        .iter()
        .fold(0.0_f64, |top, (_, value)| top.max(*value));
    let height = if top > low { top - low } else { 1.0 };
    let steps = shown.len().saturating_sub(1).max(1) as f64;
    let width = WIDTH - 32.0;
    let line: Vec<String> = shown
        .iter()
        .enumerate()
        .map(|(at, (_, value))| {
            let x = 16.0 + at as f64 / steps * width;
            format!("{x:.1},{:.1}", HEAD + PLOT - (value - low) / height * PLOT)
        })
        .collect();
    let end = |at: &str| escaped(at.get(..10).unwrap_or(at));
    let (first, last) = (
        shown.first().map(|(at, _)| end(at)).unwrap_or_default(),
        shown.last().map(|(at, _)| end(at)).unwrap_or_default(),
    );
    let below = HEAD + PLOT + 20.0;
    let body = format!(
        "<polyline points=\"{}\" fill=\"none\" stroke=\"#256ef4\" stroke-width=\"2\"/><text x=\"16\" y=\"{below}\">{first}</text><text x=\"{}\" y=\"{below}\" text-anchor=\"end\">{last}</text><text x=\"{}\" y=\"{HEAD}\" text-anchor=\"end\" fill=\"#555\">{}</text>",
        line.join(" "),
        WIDTH - 16.0,
        WIDTH - 16.0,
        format::full(top, measure.digits),
    );
    framed(measure, "때", below + 16.0, &told.explanation.ko, &body)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn measure() -> Measure {
        let text = "id = \"m\"\ntitle = \"면수 <&>\"\nquestion = \"?\"\ndataset = \"d\"\ncompute = { kind = \"count\" }\nunit = \"면\"\n";
        city::read::measure_text(std::path::Path::new("m.toml"), text)
            .0
            .unwrap()
    }

    #[test]
    fn a_picture_holds_no_markup_of_its_labels_and_says_what_is_unknown() {
        let part = |label: &str, value| Part {
            label: Some(label.to_owned()),
            value,
            suppressed: false,
        };
        let parts = [part("<script>", Some(2.0)), part("나", None)];
        let drawn = bars(&measure(), "동", &parts, "문장 \"하나\"");
        assert!(!drawn.contains("<script>"), "{drawn}");
        assert!(drawn.contains("&lt;script&gt;") && drawn.contains("알 수 없음"));
        assert!(drawn.contains("<title>면수 &lt;&amp;&gt;</title>"));
    }

    #[test]
    fn a_row_is_one_that_a_spreadsheet_does_not_run() {
        let mut out = String::new();
        line(&mut out, &["=1+1", "-3.5", "가,나"]);
        assert_eq!(out, "'=1+1,-3.5,\"가,나\"\r\n");
    }
}
