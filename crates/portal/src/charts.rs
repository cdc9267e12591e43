//! Measures as figures, bars and lines.

use access::{At, Reader};
use chrono::{Datelike as _, NaiveDate};
use city::calendar::korean_day;
use city::measure::{Step, TimeAxis};
use city::{Measure, Period};
use measure::figure::Needs;
use measure::{Figure, Part, Series, format};

use crate::facts::column_title;
use crate::parts::{Cell, CellKind, Chart, FigureView, Head, Table, bars, line_at};
use crate::show;
use crate::site::Visit;

/// Bars drawn; the table has all.
const BARS: usize = 12;
/// Points drawn; the table has all.
const POINTS: usize = 400;

/// A value of a measure with its unit, in the page's language.
pub(crate) fn with_unit(visit: &Visit, measure: &Measure, value: f64) -> String {
    let unit = measure.unit_in(visit.lang);
    format::with_unit(value, measure.digits, unit, visit.lang)
}

/// A value of a measure beside a mark, where the unit stands elsewhere.
fn short(visit: &Visit, measure: &Measure, value: f64) -> String {
    let unit = measure.unit_in(visit.lang);
    format::short(value, measure.digits, unit, visit.lang)
}

/// A measure's title in the page's language.
pub(crate) fn measure_title(visit: &Visit, measure: &Measure) -> String {
    visit.title(&measure.title, measure.title_en.as_deref())
}

fn dataset_title(visit: &Visit, id: &str) -> String {
    visit.city().datasets.get(id).map_or_else(
        || id.to_owned(),
        |dataset| visit.title(&dataset.title, dataset.title_en.as_deref()),
    )
}

/// A figure as people read it. Each kind of nothing is said by its name.
pub(crate) fn figure_view(
    visit: &Visit,
    reader: &Reader,
    measure: &Measure,
    figure: &Figure,
) -> FigureView {
    let label = measure_title(visit, measure);
    let path = Some(format!("/measures/{}", measure.id));
    let nothing = |key: &str, note: Option<String>| FigureView {
        label: label.clone(),
        path: path.clone(),
        nothing: Some(visit.t(key)),
        note,
        ..FigureView::default()
    };
    let title = |id: &city::DatasetId| vec![("title", dataset_title(visit, id.as_str()))];
    match figure {
        Figure::Known { value, .. } => FigureView {
            note: target(visit, measure),
            ..valued(visit, reader, measure, figure, *value)
        },
        Figure::Stale {
            value,
            age_days,
            limit_days,
            ..
        } => {
            let note = visit.say(
                "figure.stale_note",
                &[
                    ("age", age_days.to_string()),
                    ("limit", limit_days.to_string()),
                ],
            );
            FigureView {
                nothing: Some(visit.t("figure.stale")),
                note: Some(note),
                ..valued(visit, reader, measure, figure, *value)
            }
        }
        Figure::Unknown {
            needs: Needs::Load { dataset },
        } => nothing(
            "figure.none_yet",
            Some(visit.say("figure.needs_load", &title(dataset))),
        ),
        Figure::Unknown {
            needs: Needs::Rows { .. },
        } => nothing("figure.unknown", Some(visit.t("figure.needs_rows"))),
        Figure::Unknown {
            needs: Needs::Denominator { dataset },
        } => nothing(
            "figure.unknown",
            Some(visit.say("figure.needs_denominator", &title(dataset))),
        ),
        Figure::Unknown {
            needs: Needs::Zero { dataset },
        } => nothing(
            "figure.unknown",
            Some(visit.say("figure.needs_zero", &title(dataset))),
        ),
        Figure::Unknown {
            needs: Needs::Value { dataset },
        } => nothing(
            "figure.unknown",
            Some(visit.say("figure.needs_value", &title(dataset))),
        ),
        Figure::NotBrokenDown { .. } => nothing(
            "figure.not_broken_down",
            Some(visit.t("figure.not_broken_down_note")),
        ),
        Figure::Suppressed => nothing("figure.suppressed", Some(visit.t("figure.suppressed_note"))),
        Figure::Forbidden { .. } => {
            nothing("figure.forbidden", Some(visit.t("figure.forbidden_note")))
        }
    }
}

fn valued(
    visit: &Visit,
    reader: &Reader,
    measure: &Measure,
    figure: &Figure,
    value: f64,
) -> FigureView {
    let own = figure.versions().first();
    let at = own
        .and_then(|(id, number)| reader.version(id.as_str(), &At::Version(*number)).ok())
        .map(|version| version.committed_at);
    let unit = measure.unit_in(visit.lang);
    let (headline, unit) = format::read(value, measure.digits, unit, visit.lang);
    FigureView {
        span: None,
        trend: None,
        label: measure_title(visit, measure),
        path: Some(format!("/measures/{}", measure.id)),
        value: Some(headline),
        exact: value.to_string(),
        unit: unit.to_owned(),
        nothing: None,
        note: None,
        as_of: at.map(|at| show::age(at, visit.now(), visit.lang)),
        ways: Vec::new(),
    }
}

fn target(visit: &Visit, measure: &Measure) -> Option<String> {
    let target = measure.target.as_ref()?;
    let value = measure::target::value(measure)?;
    let by = target.by.as_ref().map(|by| {
        let by = [("day", by.clone())];
        visit.say("figure.target_by", &by)
    });
    let value = with_unit(visit, measure, value);
    let said = visit.say("figure.target", &[("value", value)]);
    Some(format!("{said}{}", by.unwrap_or_default()))
}

pub(crate) fn source(visit: &Visit, reader: &Reader, measure: &Measure) -> Option<String> {
    let version = reader.version(measure.dataset.as_str(), &At::Latest).ok()?;
    Some(source_of(visit, measure, version.number))
}

/// Where a chart of a version comes from.
pub(crate) fn source_of(visit: &Visit, measure: &Measure, version: i64) -> String {
    visit.say(
        "chart.source",
        &[
            ("title", dataset_title(visit, measure.dataset.as_str())),
            ("version", version.to_string()),
        ],
    )
}

/// What a chart is called and where its parts come from.
pub(crate) struct Named<'n> {
    pub(crate) measure: &'n Measure,
    pub(crate) headline: String,
}

/// Parts of a figure as bars; nothing when there are none.
pub(crate) fn bar_chart(
    visit: &Visit,
    reader: &Reader,
    named: Named<'_>,
    dimension: &str,
    parts: &[Part],
) -> Option<Chart> {
    let measure = named.measure;
    let text = |part: &Part| part_text(visit, measure, part);
    // Beside a bar a number is read at a glance; the table has all its digits.
    let short = |value: f64| short(visit, measure, value);
    let values: Vec<(String, f64, String)> = parts
        .iter()
        .filter_map(|part| Some((label(visit, part), part.value?, short(part.value?))))
        .take(BARS)
        .collect();
    if values.is_empty() {
        return None;
    }
    let by = dimension_title(visit, measure, dimension);
    let mut subtitle = visit.say(
        "chart.by",
        &[
            ("measure", measure_title(visit, measure)),
            ("dimension", by.clone()),
            ("unit", measure.unit_in(visit.lang).to_owned()),
        ],
    );
    if parts.len() > values.len() {
        let counts = [
            ("count", parts.len().to_string()),
            ("shown", values.len().to_string()),
        ];
        subtitle = format!("{subtitle} {}", visit.say("chart.first", &counts));
    }
    let rows = parts
        .iter()
        .map(|part| vec![Cell::text(label(visit, part)), Cell::number(text(part))])
        .collect();
    Some(Chart {
        headline: named.headline,
        subtitle,
        name: measure.id.to_string(),
        bars: bars(&values, 0),
        line: None,
        small: Vec::new(),
        table: table(visit, measure, by, rows),
        marks: Box::default(),
        receipt: Some(format!("/measures/{}", measure.id)),
        source: source(visit, reader, measure),
    })
}

/// Parts of a figure as a table.
pub(crate) fn part_table(
    visit: &Visit,
    measure: &Measure,
    dimension: &str,
    parts: &[Part],
) -> Option<Table> {
    let text = |part: &Part| part_text(visit, measure, part);
    let rows: Vec<Vec<Cell>> = parts
        .iter()
        .map(|part| vec![Cell::text(label(visit, part)), Cell::number(text(part))])
        .collect();
    let by = dimension_title(visit, measure, dimension);
    (!rows.is_empty()).then(|| table(visit, measure, by, rows))
}

/// What a dimension is called.
pub(crate) fn dimension_title(visit: &Visit, measure: &Measure, dimension: &str) -> String {
    measure::explain::dimension_title(visit.city(), measure, dimension, visit.lang)
}

/// The figure of a part, or why there is none.
pub(crate) fn part_text(visit: &Visit, measure: &Measure, part: &Part) -> String {
    match part.value {
        Some(value) => format::full(value, measure.digits),
        None if part.suppressed => visit.t("figure.suppressed"),
        None => visit.t("figure.unknown"),
    }
}

pub(crate) fn label(visit: &Visit, part: &Part) -> String {
    part.label
        .clone()
        .filter(|label| !label.is_empty())
        .unwrap_or_else(|| visit.t("figure.unknown"))
}

/// A history as a line; nothing when it has fewer than two points.
pub(crate) fn line_chart(
    visit: &Visit,
    reader: &Reader,
    named: Named<'_>,
    series: &Series,
) -> Option<Chart> {
    let measure = named.measure;
    let dataset = visit.city().datasets.get(&measure.dataset)?;
    let axis = measure.time.as_ref()?;
    let known = series.points.iter().filter_map(|point| {
        let value = point.value?;
        let said = short(visit, measure, value);
        let place = place(&point.at, axis.step)?;
        Some(((step_title(visit, axis, &point.at), value, said), place))
    });
    let (all, places): (Vec<_>, Vec<i64>) = known.unzip();
    let from = all.len().saturating_sub(POINTS);
    let (drawn, places) = all.get(from..).zip(places.get(from..))?;
    let line = line_at(drawn, places, gap(axis.step))?;
    let by = column_title(visit, dataset, &axis.column);
    let values = [
        ("measure", measure_title(visit, measure)),
        ("dimension", visit.t(step_key(axis.step))),
        ("unit", measure.unit_in(visit.lang).to_owned()),
    ];
    // Newest first: what a reader of the table looks for.
    let rows = series
        .points
        .iter()
        .rev()
        .map(|point| {
            vec![
                Cell::of(CellKind::Moment, step_title(visit, axis, &point.at)),
                point.value.map_or_else(
                    || Cell::of(CellKind::Nothing, visit.t("figure.unknown")),
                    |value| Cell::number(format::full(value, measure.digits)),
                ),
            ]
        })
        .collect();
    Some(Chart {
        headline: named.headline,
        subtitle: visit.say("chart.by", &values),
        name: measure.id.to_string(),
        bars: Vec::new(),
        line: Some(line),
        small: Vec::new(),
        table: table(visit, measure, by, rows),
        marks: Box::default(),
        receipt: Some(format!("/measures/{}", measure.id)),
        source: source(visit, reader, measure),
    })
}

fn table(visit: &Visit, measure: &Measure, by: String, rows: Vec<Vec<Cell>>) -> Table {
    let count = show::count_of(u64::try_from(rows.len()).unwrap_or_default());
    Table {
        caption: visit.say("chart.rows", &[("count", count)]),
        heads: vec![
            Head::text(by),
            Head::number(format!(
                "{} ({})",
                measure_title(visit, measure),
                measure.unit_in(visit.lang)
            )),
        ],
        rows,
        plain: true,
    }
}

/// A step as it is called; one that is not over says so, since more is to come.
fn step_title(visit: &Visit, axis: &TimeAxis, at: &str) -> String {
    let title = moment(at, axis.step);
    let day: Option<NaiveDate> = at.get(..10).and_then(|day| day.parse().ok());
    let ends = day.map(|day| Period::of(day, axis.step).to);
    let is_hour = matches!(axis.step, Step::Hour);
    if axis.level || is_hour || ends.is_none_or(|ends| ends < korean_day(visit.now())) {
        return title;
    }
    visit.say("chart.running", &[("step", title)])
}

/// Where a step lies among all of its kind: its number.
fn place(at: &str, step: Step) -> Option<i64> {
    let day: NaiveDate = at.get(..10)?.parse().ok()?;
    let days = i64::from(day.num_days_from_ce());
    Some(match step {
        Step::Hour => days * 24 + at.get(11..13)?.parse::<i64>().ok()?,
        Step::Day => days,
        Step::Month => i64::from(day.year()) * 12 + i64::from(day.month0()),
        Step::Year => i64::from(day.year()),
    })
}

/// How far apart two steps may be with a line between them: offices that count are closed at night and on holidays, and no
/// month is left out.
fn gap(step: Step) -> i64 {
    match step {
        Step::Hour => 16,
        Step::Day => 4,
        Step::Month | Step::Year => 1,
    }
}

fn step_key(step: Step) -> &'static str {
    match step {
        Step::Hour => "cadence.hourly",
        Step::Day => "cadence.daily",
        Step::Month => "cadence.monthly",
        Step::Year => "cadence.yearly",
    }
}

/// The begin of a step as people write it: `2026-11`, `2026-11-05`, `11-05 09:00`.
pub(crate) fn moment(text: &str, step: Step) -> String {
    let text = text.replace('T', " ");
    let cut = match step {
        Step::Year => 4,
        Step::Month => 7,
        Step::Day => 10,
        Step::Hour => 16,
    };
    text.get(..cut).unwrap_or(&text).to_owned()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_moment_is_as_long_as_its_step() {
        assert_eq!(moment("2026-11-05T09:00:00", Step::Month), "2026-11");
        assert_eq!(
            moment("2026-11-05T09:00:00", Step::Hour),
            "2026-11-05 09:00"
        );
    }
}
