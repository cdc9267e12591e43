//! The marks of each kind of chart.

use city::board::{TIME, View};
use measure::spread::Between;
use measure::{Cross, Part, Progress, Series, Shown, Spread, format};

use super::shades::{self, CLASSES, class_of, classes, shade};
use super::stacks::{self, stacks};
use super::{Subject, WIDTH, escaped, moment};

/// Bars drawn; the table has all.
const BARS: usize = 40;
/// Points drawn: a line of more is no finer.
const POINTS: usize = 1000;
/// Rows and columns of a table of shades.
pub(super) const SHADED: (usize, usize) = (40, 14);
/// Small lines.
const LINES: usize = 24;
const ROW: f64 = 28.0;
const LEFT: f64 = 240.0;
const RIGHT: f64 = 160.0;
const PLOT: f64 = 240.0;
const MARK: &str = "#0b50d0";
const GOAL: &str = "#17652c";
const QUIET: &str = "#555";

/// By what it is broken down, its marks, and how high it is.
pub(super) fn drawn(subject: &Subject<'_>, shown: &Shown, top: f64) -> (String, String, f64) {
    let time = || subject.dimension(TIME);
    match shown {
        Shown::Number { figure } => {
            let text = escaped(&value(subject, figure.value()));
            let body = format!(
                "<text x=\"16\" y=\"{:.1}\" font-size=\"44\" font-weight=\"bold\">{text}</text>",
                top + 48.0
            );
            (String::new(), body, top + 80.0)
        }
        Shown::History { series } | Shown::Trend { series, .. } => {
            let (body, height) = history(subject, series, top);
            (time(), body, height)
        }
        Shown::Parts { by, parts } => {
            let (body, height) = bars(subject, by, parts, top);
            (subject.dimension(by), body, height)
        }
        Shown::Spread { by, spread } => {
            let (body, height) = columns(subject, spread, top);
            let by = by
                .as_ref()
                .map_or_else(|| subject.word("값", "value"), |by| subject.dimension(by));
            (by, body, height)
        }
        Shown::Way { series, progress } => {
            let (body, height) = way(subject, series.as_ref(), progress, top);
            (time(), body, height)
        }
        Shown::Cross {
            view,
            by,
            across,
            table,
        } => {
            let (body, height) = match view {
                View::Multiples => lines(subject, by, table, top),
                View::Stacked => stacked(subject, (by, across), table, top),
                _ => shaded(subject, (by, across), table, top),
            };
            let both = [by, across].map(|name| subject.dimension(name));
            (both.join(" × "), body, height)
        }
    }
}

fn value(subject: &Subject<'_>, value: Option<f64>) -> String {
    value.map_or_else(
        || subject.unknown(),
        |value| {
            format::with_unit(
                value,
                subject.measure.digits,
                subject.measure.unit_in(subject.lang),
                subject.lang,
            )
        },
    )
}

fn text_at(x: f64, y: f64, anchor: &str, text: &str) -> String {
    let text = escaped(text);
    format!("<text x=\"{x:.1}\" y=\"{y:.1}\" text-anchor=\"{anchor}\">{text}</text>")
}

fn quiet_at(x: f64, y: f64, anchor: &str, text: &str) -> String {
    let text = escaped(text);
    format!(
        "<text x=\"{x:.1}\" y=\"{y:.1}\" text-anchor=\"{anchor}\" fill=\"{QUIET}\">{text}</text>"
    )
}

fn rect(x: f64, y: f64, width: f64, height: f64, color: &str) -> String {
    format!(
        "<rect x=\"{x:.1}\" y=\"{y:.1}\" width=\"{width:.1}\" height=\"{height:.1}\" fill=\"{color}\"/>"
    )
}

/// What the picture has no room for.
fn more(subject: &Subject<'_>, count: usize, y: f64) -> (String, f64) {
    if count == 0 {
        return (String::new(), y);
    }
    let text = subject.word(
        &format!("그 밖의 {count}가지는 표에 있습니다."),
        &format!("{count} more are in the table."),
    );
    (quiet_at(16.0, y + 18.0, "start", &text), y + ROW)
}

fn bars(subject: &Subject<'_>, by: &str, parts: &[Part], top: f64) -> (String, f64) {
    let known = || parts.iter().take(BARS).filter_map(|part| part.value);
    let (least, most) = (known().fold(0.0, f64::min), known().fold(0.0, f64::max));
    let scale = if most > least {
        (WIDTH - LEFT - RIGHT) / (most - least)
    } else {
        0.0
    };
    // What is less than nothing lies on the other side of it.
    let zero = LEFT - least * scale;
    let mut body = String::new();
    let mut y = top;
    for part in parts.iter().take(BARS) {
        let (width, text) = match part.value {
            Some(value) => (value * scale, subject.short(value)),
            None if part.suppressed => (0.0, subject.hidden()),
            None => (0.0, subject.unknown()),
        };
        let middle = y + ROW * 0.65;
        body.push_str(&text_at(
            LEFT - 8.0,
            middle,
            "end",
            &subject.label(by, part.label.as_deref()),
        ));
        let (from, to) = (zero + width.min(0.0), zero + width.max(0.0));
        body.push_str(&rect(from, y, to - from, ROW - 8.0, MARK));
        body.push_str(&text_at(to + 8.0, middle, "start", &text));
        y += ROW;
    }
    let (rest, y) = more(subject, parts.len().saturating_sub(BARS), y);
    (body + &rest, y + 16.0)
}

#[expect(clippy::cast_precision_loss, reason = "what is drawn are few")]
fn number(count: usize) -> f64 {
    count as f64
}

fn history(subject: &Subject<'_>, series: &Series, top: f64) -> (String, f64) {
    let known: Vec<(&str, f64)> = series
        .points
        .iter()
        .filter_map(|point| Some((point.at.as_str(), point.value?)))
        .collect();
    let shown = known
        .get(known.len().saturating_sub(POINTS)..)
        .unwrap_or_default();
    let low = shown
        .iter()
        .fold(0.0_f64, |low, (_, value)| low.min(*value));
    let high = shown
        .iter()
        .fold(0.0_f64, |high, (_, value)| high.max(*value));
    let height = if high > low { high - low } else { 1.0 };
    let steps = number(shown.len().saturating_sub(1).max(1));
    let line: Vec<String> = shown
        .iter()
        .enumerate()
        .map(|(at, (_, value))| {
            let x = 16.0 + number(at) / steps * (WIDTH - 32.0);
            format!("{x:.1},{:.1}", top + PLOT - (value - low) / height * PLOT)
        })
        .collect();
    let end = |found: Option<&(&str, f64)>| {
        found.map_or_else(String::new, |(at, _)| moment(subject.measure, at))
    };
    let below = top + PLOT + 20.0;
    let body = format!(
        "<polyline points=\"{}\" fill=\"none\" stroke=\"{MARK}\" stroke-width=\"2\"/>{}{}{}",
        line.join(" "),
        text_at(16.0, below, "start", &end(shown.first())),
        text_at(WIDTH - 16.0, below, "end", &end(shown.last())),
        quiet_at(WIDTH - 16.0, top, "end", &subject.short(high)),
    );
    (body, below + 16.0)
}

/// Bars of how many values lie in each step.
fn columns(subject: &Subject<'_>, spread: &Spread, top: f64) -> (String, f64) {
    let count = |step: &Between| {
        step.count
            .and_then(|count| u32::try_from(count).ok())
            .map_or(0.0, f64::from)
    };
    let most = spread.steps.iter().map(count).fold(1.0, f64::max);
    let width = (WIDTH - 32.0) / number(spread.steps.len().max(1));
    let bound = |value: f64| subject.short(value);
    let mut body = String::new();
    let below = top + 24.0 + PLOT;
    for (at, step) in spread.steps.iter().enumerate() {
        let x = 16.0 + number(at) * width;
        let height = count(step) / most * PLOT;
        body.push_str(&rect(
            x + 1.0,
            below - height,
            (width - 2.0).max(1.0),
            height,
            MARK,
        ));
        let told = step.count.map_or_else(|| subject.hidden(), format::count);
        body.push_str(&quiet_at(
            x + width / 2.0,
            below - height - 4.0,
            "middle",
            &told,
        ));
        if spread.steps.len() <= 14 || at % 4 == 0 {
            body.push_str(&text_at(x, below + 18.0, "start", &bound(step.from)));
        }
    }
    if let Some(last) = spread.steps.last() {
        body.push_str(&text_at(
            WIDTH - 16.0,
            below + 36.0,
            "end",
            &format!("< {}", bound(last.to)),
        ));
    }
    (body, below + 52.0)
}

/// Bars of pieces, with their legend.
fn stacked(
    subject: &Subject<'_>,
    (by, across): (&str, &str),
    table: &Cross,
    top: f64,
) -> (String, f64) {
    let drawn = stacks(table, by);
    let mut body = String::new();
    let (mut x, mut y) = (16.0, top);
    for (color, name) in legend(subject, across, table, &drawn) {
        let wide = 34.0 + number(name.chars().count()) * 13.0;
        if x + wide > WIDTH {
            (x, y) = (16.0, y + 22.0);
        }
        body.push_str(&rect(x, y, 14.0, 14.0, color));
        body.push_str(&text_at(x + 20.0, y + 12.0, "start", &name));
        x += wide;
    }
    y += 30.0;
    let scale = if drawn.longest > 0.0 {
        (WIDTH - LEFT - RIGHT) / drawn.longest
    } else {
        0.0
    };
    for bar in &drawn.bars {
        let middle = y + ROW * 0.65;
        let label = table.rows.get(bar.row).and_then(Option::as_deref);
        body.push_str(&text_at(
            LEFT - 8.0,
            middle,
            "end",
            &subject.label(by, label),
        ));
        for (color, from, length) in &bar.pieces {
            let color = stacks::COLORS.get(*color).copied().unwrap_or(MARK);
            body.push_str(&rect(
                LEFT + from * scale,
                y,
                length * scale,
                ROW - 8.0,
                color,
            ));
        }
        let text = subject.short(bar.sum);
        body.push_str(&text_at(
            LEFT + bar.sum * scale + 8.0,
            middle,
            "start",
            &text,
        ));
        y += ROW;
    }
    let (rest, y) = more(subject, table.rows.len() - drawn.bars.len(), y);
    (body + &rest, y + 16.0)
}

/// Colours and what they stand for.
fn legend<'c>(
    subject: &Subject<'_>,
    across: &str,
    table: &Cross,
    drawn: &stacks::Stacks,
) -> Vec<(&'c str, String)> {
    let own = drawn
        .pieces
        .iter()
        .zip(stacks::COLORS)
        .map(|(column, color)| {
            let label = table.columns.get(*column).and_then(Option::as_deref);
            (color, subject.label(across, label))
        });
    let rest = (drawn.rest > 0).then(|| {
        let color = stacks::COLORS.last().copied().unwrap_or(MARK);
        let text = subject.word(
            &format!("그 밖 {}가지", drawn.rest),
            &format!("{} others", drawn.rest),
        );
        (color, text)
    });
    own.chain(rest).collect()
}

/// A table of shades, values in it.
fn shaded(
    subject: &Subject<'_>,
    (by, across): (&str, &str),
    table: &Cross,
    top: f64,
) -> (String, f64) {
    let (rows, columns) = (
        table.rows.len().min(SHADED.0),
        table.columns.len().min(SHADED.1),
    );
    let from = if across == TIME {
        table.columns.len() - columns
    } else {
        0
    };
    let values: Vec<f64> = table.values().collect();
    let ends = classes(&values, CLASSES);
    let left = 160.0;
    let width = (WIDTH - left - 16.0) / number(columns.max(1));
    let mut body = String::new();
    for column in 0..columns {
        let label = table.columns.get(from + column).and_then(Option::as_deref);
        let x = left + (number(column) + 0.5) * width;
        body.push_str(&format!(
            "<g font-size=\"0.8em\">{}</g>",
            text_at(x, top + 14.0, "middle", &subject.label(across, label))
        ));
    }
    let mut y = top + 22.0;
    for row in 0..rows {
        let label = table.rows.get(row).and_then(Option::as_deref);
        body.push_str(&text_at(
            left - 8.0,
            y + ROW * 0.65,
            "end",
            &subject.label(by, label),
        ));
        for column in 0..columns {
            let cell = table.cell(row, from + column);
            let x = left + number(column) * width;
            let (color, ink, text) = match cell.value {
                Some(value) => {
                    let shade = shade(class_of(value, &ends), ends.len()).saturating_sub(1);
                    let of =
                        |list: [&'static str; CLASSES]| list.get(shade).copied().unwrap_or("#fff");
                    (of(shades::COLORS), of(shades::INKS), subject.short(value))
                }
                None if cell.suppressed => ("#e6e8ea", "#1e2124", subject.hidden()),
                None if cell.empty => ("#ffffff", "#1e2124", "–".to_owned()),
                None => ("#ffffff", "#1e2124", subject.unknown()),
            };
            body.push_str(&rect(x + 1.0, y, width - 2.0, ROW - 2.0, color));
            body.push_str(&format!(
                "<text x=\"{:.1}\" y=\"{:.1}\" text-anchor=\"middle\" font-size=\"0.86em\" fill=\"{ink}\">{}</text>",
                x + width / 2.0,
                y + ROW * 0.6,
                escaped(&text)
            ));
        }
        y += ROW;
    }
    let left_out = (table.rows.len() - rows) + (table.columns.len() - columns);
    let (rest, y) = more(subject, left_out, y);
    (body + &rest, y + 16.0)
}

/// A small line for each row of a table over time, all on one scale.
fn lines(subject: &Subject<'_>, by: &str, table: &Cross, top: f64) -> (String, f64) {
    let low = table.values().fold(0.0_f64, f64::min);
    let high = table.values().fold(low, f64::max);
    let height = if high > low { high - low } else { 1.0 };
    let steps = number(table.columns.len().saturating_sub(1).max(1));
    let (mut body, mut y) = (String::new(), top);
    let tall = 48.0;
    for (row, cells) in table.cells.iter().enumerate().take(LINES) {
        let label = table.rows.get(row).and_then(Option::as_deref);
        body.push_str(&text_at(
            LEFT - 8.0,
            y + tall * 0.6,
            "end",
            &subject.label(by, label),
        ));
        let points: Vec<String> = cells
            .iter()
            .enumerate()
            .filter_map(|(at, cell)| {
                let x = LEFT + number(at) / steps * (WIDTH - LEFT - RIGHT);
                Some(format!(
                    "{x:.1},{:.1}",
                    y + (high - cell.value?) / height * tall
                ))
            })
            .collect();
        body.push_str(&format!(
            "<polyline points=\"{}\" fill=\"none\" stroke=\"{MARK}\" stroke-width=\"2\"/>",
            points.join(" ")
        ));
        let newest = cells.iter().rev().find_map(|cell| cell.value);
        let text = newest.map_or_else(|| subject.unknown(), |value| subject.short(value));
        body.push_str(&text_at(
            WIDTH - RIGHT + 12.0,
            y + tall * 0.6,
            "start",
            &text,
        ));
        y += tall + 14.0;
    }
    let (rest, y) = more(subject, table.cells.len().saturating_sub(LINES), y);
    (body + &rest, y + 16.0)
}

/// A history on its way to its target.
fn way(
    subject: &Subject<'_>,
    series: Option<&Series>,
    progress: &Progress,
    top: f64,
) -> (String, f64) {
    let Some(frame) = Way::of(series, progress) else {
        let text = value(subject, progress.now);
        return (text_at(16.0, top + 30.0, "start", &text), top + 48.0);
    };
    let at = |(x, y): (f64, f64)| {
        format!(
            "{:.1},{:.1}",
            16.0 + x / 100.0 * (WIDTH - 32.0),
            top + y / 100.0 * PLOT
        )
    };
    let path = |points: &[(f64, f64)]| {
        points
            .iter()
            .map(|point| at(*point))
            .collect::<Vec<_>>()
            .join(" ")
    };
    let goal = path(&[(0.0, frame.goal), (100.0, frame.goal)]);
    let below = top + PLOT + 20.0;
    let target = value(subject, Some(progress.target));
    let body = format!(
        "<polyline points=\"{goal}\" fill=\"none\" stroke=\"{GOAL}\" stroke-width=\"1.5\"/><polyline points=\"{}\" fill=\"none\" stroke=\"{QUIET}\" stroke-width=\"1.5\" stroke-dasharray=\"6 4\"/><polyline points=\"{}\" fill=\"none\" stroke=\"{MARK}\" stroke-width=\"2\"/>{}{}{}",
        path(&frame.needed),
        path(&frame.known),
        text_at(16.0, below, "start", &frame.from.to_string()),
        text_at(WIDTH - 16.0, below, "end", &frame.to.to_string()),
        quiet_at(
            WIDTH - 16.0,
            top + frame.goal / 100.0 * PLOT - 6.0,
            "end",
            &format!("{} {target}", subject.word("목표", "Target"))
        ),
    );
    (body, below + 16.0)
}

/// Where a history, its target and the way that is needed stand in a box of 100 by 100.
#[derive(Clone, Debug, PartialEq)]
pub struct Way {
    /// The first day.
    pub from: chrono::NaiveDate,
    /// The last.
    pub to: chrono::NaiveDate,
    /// What is known.
    pub known: Vec<(f64, f64)>,
    /// From where it is to where it should be on the due day; empty where no day is said.
    pub needed: Vec<(f64, f64)>,
    /// The height of the target.
    pub goal: f64,
    /// The greatest value.
    pub high: f64,
}

impl Way {
    /// The way; nothing where no day is known.
    pub fn of(series: Option<&Series>, progress: &Progress) -> Option<Self> {
        let points = series.into_iter().flat_map(|series| &series.points);
        let mut known: Vec<(chrono::NaiveDate, f64)> = points
            .filter_map(|point| Some((point.at.get(..10)?.parse().ok()?, point.value?)))
            .collect();
        // Without a history, where it began and where it is.
        if known.is_empty() {
            known.extend(progress.start.map(|start| (start.day, start.value)));
            known.extend(progress.at.zip(progress.now));
        }
        let last = *known.last()?;
        let due = progress.by.filter(|by| *by > last.0);
        let from = known.first()?.0;
        let to = due.unwrap_or(last.0);
        let low = known
            .iter()
            .map(|(_, value)| *value)
            .fold(progress.target.min(0.0), f64::min);
        let high = known
            .iter()
            .map(|(_, value)| *value)
            .fold(progress.target, f64::max);
        let height = if high > low { high - low } else { 1.0 };
        let days =
            |to: chrono::NaiveDate| i32::try_from((to - from).num_days()).map_or(0.0, f64::from);
        let all = days(to).max(1.0);
        let place = |(day, value): (chrono::NaiveDate, f64)| {
            (days(day) / all * 100.0, (high - value) / height * 100.0)
        };
        Some(Self {
            from,
            to,
            needed: due.map_or_else(Vec::new, |due| {
                vec![place(last), place((due, progress.target))]
            }),
            known: known.into_iter().map(place).collect(),
            goal: (high - progress.target) / height * 100.0,
            high,
        })
    }
}
