//! What several pages show. A builder fills these with words and formatted numbers in the page's
//! language; `layout/parts.html` draws them, and `/-/parts` shows each one.

use serde::Serialize;

use crate::marks::Marks;

pub use crate::table::{Cell, CellKind, Head, Table};

/// A link.
#[derive(Clone, Debug, Serialize)]
pub struct Link {
    /// What it says.
    pub title: String,
    /// Where it leads; pages without their language.
    pub path: String,
}

impl Link {
    /// A link.
    pub fn new(title: impl Into<String>, path: impl Into<String>) -> Self {
        Self {
            title: title.into(),
            path: path.into(),
        }
    }
}

/// A state in words.
#[derive(Clone, Debug, Serialize)]
pub struct Badge {
    /// The words.
    pub text: String,
    /// How it looks.
    pub tone: Tone,
}

impl Badge {
    /// A badge.
    pub fn new(text: impl Into<String>, tone: Tone) -> Self {
        Self {
            text: text.into(),
            tone,
        }
    }
}

/// How a state looks; never the only sign of it.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize)]
#[serde(rename_all = "kebab-case")]
pub enum Tone {
    /// As it should be.
    Good,
    /// Worth a look.
    Warning,
    /// At fault.
    Danger,
    /// Neither.
    Plain,
}

/// A label and its value.
#[derive(Clone, Debug, Serialize)]
pub struct Fact {
    /// The label.
    pub label: String,
    /// The value.
    pub value: String,
    /// Where the value leads.
    pub path: Option<String>,
}

impl Fact {
    /// A fact.
    pub fn new(label: impl Into<String>, value: impl Into<String>) -> Self {
        Self {
            label: label.into(),
            value: value.into(),
            path: None,
        }
    }

    /// The same, leading somewhere.
    #[must_use]
    pub fn leading_to(mut self, path: impl Into<String>) -> Self {
        self.path = Some(path.into());
        self
    }
}

/// A figure: label, value, small unit, one comparison in words.
#[derive(Clone, Debug, Default, Serialize)]
pub struct FigureView {
    /// What it is.
    pub label: String,
    /// Its receipt or its page.
    pub path: Option<String>,
    /// The value as a headline; `None` is one of the kinds of nothing, which `nothing` names.
    pub value: Option<String>,
    /// The exact value, for machines.
    pub exact: String,
    /// The unit.
    pub unit: String,
    /// The kind of nothing (알 수 없음, 가림, 열람 제한, 아직 없음) or of doubt (오래됨).
    pub nothing: Option<String>,
    /// The days its rows are of.
    pub span: Option<String>,
    /// What changed, in words.
    pub trend: Option<String>,
    /// A target, or what is missing.
    pub note: Option<String>,
    /// As of when.
    pub as_of: Option<String>,
    /// The same to take along, and the rows it is made of.
    pub ways: Vec<Link>,
}

/// A card of a dataset in a list.
#[derive(Clone, Debug, Serialize)]
pub struct DatasetCard {
    /// Its page.
    pub path: String,
    /// Its title.
    pub title: String,
    /// What a row is.
    pub description: String,
    /// States in words.
    pub badges: Vec<Badge>,
    /// Field, department, cadence, rows, age.
    pub meta: Vec<String>,
}

/// Pages of a long list.
#[derive(Clone, Debug, Serialize)]
pub struct Pager {
    /// The page before.
    pub previous: Option<String>,
    /// The page after.
    pub next: Option<String>,
    /// Numbered pages; `None` is a gap.
    pub pages: Vec<Option<PageLink>>,
}

/// One numbered page.
#[derive(Clone, Debug, Serialize)]
pub struct PageLink {
    /// Its number.
    pub number: u64,
    /// Where it is.
    pub path: String,
    /// It is the one shown.
    pub current: bool,
}

impl Pager {
    /// Links to the first, the last and the pages round `current`; nothing when there is one page.
    pub fn new(current: u64, last: u64, path: impl Fn(u64) -> String) -> Option<Self> {
        if last <= 1 {
            return None;
        }
        let mut pages = Vec::new();
        let mut gap = false;
        for number in 1..=last.min(current + 2) {
            if number == 1 || number + 2 >= current {
                pages.push(Some(PageLink {
                    number,
                    path: path(number),
                    current: number == current,
                }));
                gap = false;
            } else if !gap {
                pages.push(None);
                gap = true;
            }
        }
        if current + 2 < last {
            if current + 3 < last {
                pages.push(None);
            }
            pages.push(Some(PageLink {
                number: last,
                path: path(last),
                current: false,
            }));
        }
        Some(Self {
            previous: (current > 1).then(|| path(current - 1)),
            next: (current < last).then(|| path(current + 1)),
            pages,
        })
    }
}

/// A chart: a headline, what is measured, the marks, and the same as a table.
#[derive(Clone, Debug, Serialize)]
pub struct Chart {
    /// The message.
    pub headline: String,
    /// Measure, area, period, unit.
    pub subtitle: String,
    /// A name for the saved picture.
    pub name: String,
    /// Bars, when it is a bar chart.
    pub bars: Vec<Bar>,
    /// The line, when it is a line chart.
    pub line: Option<Line>,
    /// Small lines on one scale, when it compares several histories.
    pub small: Vec<Small>,
    /// What other charts draw.
    pub marks: Box<Marks>,
    /// The same values as a table.
    pub table: Table,
    /// The receipt of the figures.
    pub receipt: Option<String>,
    /// Source and version.
    pub source: Option<String>,
}

/// One bar.
#[derive(Clone, Debug, Serialize)]
pub struct Bar {
    /// What it stands for.
    pub label: String,
    /// Its value as text.
    pub value: String,
    /// Where it begins, in percent of the width: at zero, or left of it where it is below zero.
    pub from: String,
    /// Its length, in percent of the width.
    pub percent: String,
    /// Whether its value is below zero.
    pub below: bool,
    /// The one the headline is about.
    pub strong: bool,
}

/// A line over time.
#[derive(Clone, Debug, Serialize)]
pub struct Line {
    /// `x,y` pairs in a box of 100 by 100, y downwards: one line, or several with something missing between them.
    pub pieces: Vec<String>,
    /// The greatest value on the scale.
    pub top: String,
    /// Where some lie below zero: how far down zero lies, and the least value.
    pub below: Option<(String, String)>,
    /// The first moment and its value.
    pub first: String,
    /// The last moment and its value.
    pub last: String,
}

/// Bars from values, on one scale with zero in it; values below zero go to the left of it. The one at `strong` is emphasised.
pub fn bars(values: &[(String, f64, String)], strong: usize) -> Vec<Bar> {
    let all = values.iter().map(|(_, value, _)| *value);
    let most = all.clone().fold(0.0_f64, f64::max);
    let least = all.fold(0.0_f64, f64::min);
    let share = |value: f64| {
        if most > least {
            value / (most - least) * 100.0
        } else {
            0.0
        }
    };
    values
        .iter()
        .enumerate()
        .map(|(at, (label, value, text))| Bar {
            label: label.clone(),
            value: text.clone(),
            from: format!("{:.2}", share(value.min(0.0) - least)),
            percent: format!("{:.2}", share(value.abs())),
            below: *value < 0.0,
            strong: at == strong,
        })
        .collect()
}

/// A line from values in order, each as far from the next; scale from zero unless values are negative.
pub fn line(values: &[(String, f64, String)]) -> Option<Line> {
    let places: Vec<i64> = (0_i64..).take(values.len()).collect();
    line_at(values, &places, i64::MAX)
}

/// A line from values at their places, in order. Between two that are further apart than `gap` there is no line: nothing is
/// known there.
pub fn line_at(values: &[(String, f64, String)], places: &[i64], gap: i64) -> Option<Line> {
    let (first, last) = (values.first()?, values.last()?);
    let least = values.iter().min_by(|a, b| a.1.total_cmp(&b.1))?;
    let top = values.iter().max_by(|a, b| a.1.total_cmp(&b.1))?;
    let (low, high) = (least.1.min(0.0), top.1.max(0.0));
    let height = if high > low { high - low } else { 1.0 };
    let down = |value: f64| format!("{:.2}", (high - value) / height * 100.0);
    let (begin, end) = (*places.first()?, *places.last()?);
    let width = distance(begin, end).filter(|width| *width > 0.0)?;
    let mut pieces: Vec<Vec<String>> = Vec::new();
    let mut before: Option<i64> = None;
    for ((_, value, _), place) in values.iter().zip(places) {
        let is_apart = before.is_none_or(|before| place.saturating_sub(before) > gap);
        before = Some(*place);
        if is_apart {
            pieces.push(Vec::new());
        }
        let x = distance(begin, *place)? / width * 100.0;
        if let Some(piece) = pieces.last_mut() {
            piece.push(format!("{x:.2},{}", down(*value)));
        }
    }
    Some(Line {
        pieces: pieces.iter().map(|points| points.join(" ")).collect(),
        top: top.2.clone(),
        below: (low < 0.0).then(|| (down(0.0), least.2.clone())),
        first: format!("{} {}", first.0, first.2),
        last: format!("{} {}", last.0, last.2),
    })
}

fn distance(from: i64, to: i64) -> Option<f64> {
    u32::try_from(to.checked_sub(from)?).ok().map(f64::from)
}

/// One of several histories drawn small, one above the other, on the same scale.
#[derive(Clone, Debug, Serialize)]
pub struct Small {
    /// What it is the history of.
    pub label: String,
    /// Its newest value as text.
    pub value: String,
    /// `x,y` pairs in a box of 100 by 100, y downwards.
    pub points: String,
}

/// Small lines from histories of equal length, oldest first, on a scale from `low` to `high`. A moment
/// without a value has no point; a history with fewer than two points is no line and is left out.
pub fn small(histories: &[(String, Vec<Option<f64>>, String)], low: f64, high: f64) -> Vec<Small> {
    let height = if high > low { high - low } else { 1.0 };
    let points = |values: &[Option<f64>]| -> Option<String> {
        let steps = u32::try_from(values.len().checked_sub(1)?).ok()?;
        let points: Vec<String> = (0_u32..)
            .zip(values)
            .filter_map(|(at, value)| {
                let x = f64::from(at) / f64::from(steps.max(1)) * 100.0;
                Some(format!("{x:.2},{:.2}", (high - (*value)?) / height * 100.0))
            })
            .collect();
        (points.len() > 1).then(|| points.join(" "))
    };
    histories
        .iter()
        .filter_map(|(label, values, value)| {
            Some(Small {
                label: label.clone(),
                value: value.clone(),
                points: points(values)?,
            })
        })
        .collect()
}

/// A map of places.
#[derive(Clone, Debug, Serialize)]
pub struct MapView {
    /// The places, as GeoJSON, where they are few.
    pub places: Option<String>,
    /// What describes their tiles, where they are many.
    pub tiles: Option<String>,
    /// What it is drawn upon, as a list in JSON.
    pub ground: String,
    /// The map from outside below it, as JSON.
    pub outside: Option<String>,
    /// West, south, east, north.
    pub bounds: String,
    /// What it shows, for who cannot see it.
    pub label: String,
    /// How many places, and how many rows have none.
    pub note: String,
    /// Where the same rows are as a table; empty where there are none.
    pub table: String,
    /// Lines that are coloured by how it flows on them, as GeoJSON.
    pub lines: Option<String>,
    /// The moment what lies over the ground is of, where it is shown anew as that changes.
    pub as_of: Option<String>,
    /// A page about a place: a click, or the button for the middle of the map, leads there.
    pub pick: Option<String>,
}

#[cfg(test)]
mod tests {
    use super::*;

    fn numbers(current: u64, last: u64) -> String {
        let pager = Pager::new(current, last, |number| number.to_string());
        pager.map_or_else(String::new, |pager| {
            pager
                .pages
                .iter()
                .map(|page| {
                    page.as_ref()
                        .map_or("…".to_owned(), |page| page.number.to_string())
                })
                .collect::<Vec<_>>()
                .join(" ")
        })
    }

    #[test]
    fn a_pager_shows_the_ends_and_the_neighbours() {
        assert_eq!(numbers(1, 1), "");
        assert_eq!(numbers(1, 3), "1 2 3");
        assert_eq!(numbers(1, 9), "1 2 3 … 9");
        assert_eq!(numbers(5, 9), "1 … 3 4 5 6 7 … 9");
        assert_eq!(numbers(9, 9), "1 … 7 8 9");
        assert_eq!(numbers(6, 9), "1 … 4 5 6 7 8 9");
    }

    #[test]
    fn bars_start_at_zero_and_the_longest_is_full() {
        let values = [
            ("a".to_owned(), 4.0, "4".to_owned()),
            ("b".to_owned(), 1.0, "1".to_owned()),
        ];
        let drawn = bars(&values, 0);
        assert_eq!(
            (drawn[0].percent.as_str(), drawn[1].percent.as_str()),
            ("100.00", "25.00")
        );
        assert!(drawn[0].strong && !drawn[1].strong);
        assert_eq!(drawn[0].from, "0.00");
    }

    #[test]
    fn bars_below_zero_go_to_the_left_of_it() {
        let values = [
            ("a".to_owned(), 3.0, "3".to_owned()),
            ("b".to_owned(), -1.0, "-1".to_owned()),
        ];
        let drawn = bars(&values, 0);
        let places: Vec<_> = drawn
            .iter()
            .map(|bar| (bar.from.as_str(), bar.percent.as_str(), bar.below))
            .collect();
        assert_eq!(places, [("25.00", "75.00", false), ("0.00", "25.00", true)]);
    }

    #[test]
    fn a_line_runs_from_left_to_right_in_its_box() {
        let values = [
            ("1".to_owned(), 0.0, "0".to_owned()),
            ("2".to_owned(), 5.0, "5".to_owned()),
            ("3".to_owned(), 10.0, "10".to_owned()),
        ];
        let drawn = line(&values).unwrap();
        assert_eq!(drawn.pieces, ["0.00,100.00 50.00,50.00 100.00,0.00"]);
        assert_eq!(drawn.below, None);
        assert!(line(&values[..1]).is_none());
    }

    #[test]
    fn a_line_is_broken_where_nothing_is_known_and_shows_where_zero_is() {
        let of = |value: f64| (value.to_string(), value, value.to_string());
        let values = [of(30.0), of(-10.0), of(10.0)];
        let drawn = line_at(&values, &[0, 1, 4], 1).unwrap();
        assert_eq!(drawn.pieces, ["0.00,0.00 25.00,100.00", "100.00,50.00"]);
        assert_eq!(drawn.below, Some(("75.00".to_owned(), "-10".to_owned())));
    }

    #[test]
    fn small_lines_share_a_scale_and_a_moment_without_value_has_no_point() {
        let history = |values: &[Option<f64>]| ("a".to_owned(), values.to_vec(), "9".to_owned());
        let drawn = small(
            &[
                history(&[Some(90.0), None, Some(100.0)]),
                history(&[None, None, Some(95.0)]),
            ],
            90.0,
            100.0,
        );
        assert_eq!(drawn.len(), 1, "one point is no line");
        assert_eq!(drawn[0].points, "0.00,100.00 100.00,0.00");
    }
}
