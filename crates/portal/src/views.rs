//! What a view shows of a measure, as a chart.

mod ways;

use access::Reader;
use city::Measure;
use city::board::{TIME, View};
use interop::picture::shades::{CLASSES, class_of, classes, shade};
use interop::picture::stacks::{PIECES, stacks};
use interop::picture::{Subject, bare, moment};
use measure::cross::Cell as Part;
use measure::{Cross, Shown, format};

use crate::charts::{Named, dimension_title, figure_view, line_chart, measure_title, source};
use crate::marks::{Heat, HeatRow, Marks, StackView, Stacked};
use crate::pages::measure::summary;
use crate::parts::{Cell, CellKind, Chart, Head, Small, Table, small};
use crate::site::Visit;

/// Rows and columns of a table of shades; all of them are in its file.
const SHADED: (usize, usize) = (40, 14);
/// Small lines.
const LINES: usize = 24;
/// Rows and columns of the table below a chart.
const TABLE: (usize, usize) = (400, 24);

/// A chart of two dimensions, of how values are spread, of the way to a target, or of a number over its history;
/// nothing where there is nothing to draw, or the view is one of those that draw themselves.
pub(crate) fn chart(
    visit: &Visit,
    reader: &Reader,
    named: Named<'_>,
    shown: &Shown,
) -> Option<Chart> {
    let view = Drawing {
        visit,
        measure: named.measure,
    };
    let mut chart = match shown {
        Shown::Cross {
            view: kind,
            by,
            across,
            table,
        } if !table.rows.is_empty() => view.cross(*kind, (by, across), table),
        Shown::Spread { by, spread } if !spread.steps.is_empty() => {
            view.spread(by.as_deref(), spread)
        }
        Shown::Way { series, progress } => view.way(series.as_ref(), progress)?,
        Shown::Trend { figure, series } => {
            let of_series = summary::of_series(visit, named.measure, series);
            let own = figure_view(visit, reader, named.measure, figure);
            let mut chart = line_chart(visit, reader, named, series)?;
            chart.marks.summary = Some(of_series);
            chart.marks.figure = Some(own);
            return Some(chart);
        }
        _ => return None,
    };
    chart.headline = named.headline;
    chart.source = source(visit, reader, view.measure);
    let sentence = chart.marks.summary.clone().unwrap_or_default();
    let subject = Subject {
        city: visit.city(),
        measure: view.measure,
        sentence: &sentence,
        source: "",
        lang: visit.lang,
    };
    chart.marks.picture = Some(bare(&subject, shown));
    Some(chart)
}

struct Drawing<'d> {
    visit: &'d Visit,
    measure: &'d Measure,
}

impl Drawing<'_> {
    fn chart(&self, by: &str, marks: Marks, small: Vec<Small>, table: Table) -> Chart {
        let values = [
            ("measure", measure_title(self.visit, self.measure)),
            ("dimension", by.to_owned()),
            ("unit", self.measure.unit_in(self.visit.lang).to_owned()),
        ];
        Chart {
            headline: String::new(),
            subtitle: self.visit.say("chart.by", &values),
            name: self.measure.id.to_string(),
            bars: Vec::new(),
            line: None,
            small,
            marks: Box::new(marks),
            table,
            receipt: Some(format!("/measures/{}", self.measure.id)),
            source: None,
        }
    }

    fn dimension(&self, name: &str) -> String {
        if name == TIME {
            return self.visit.t("chart.time");
        }
        dimension_title(self.visit, self.measure, name)
    }

    fn label(&self, dimension: &str, label: Option<&str>) -> String {
        match label.filter(|label| !label.is_empty()) {
            None => self.visit.t("figure.unknown"),
            Some(label) if dimension == TIME => moment(self.measure, label),
            Some(label) => label.to_owned(),
        }
    }

    fn full(&self, value: f64) -> String {
        format::full(value, self.measure.digits)
    }

    /// As it stands beside a mark.
    fn short(&self, value: f64) -> String {
        format::short(
            value,
            self.measure.digits,
            self.measure.unit_in(self.visit.lang),
            self.visit.lang,
        )
    }

    fn with_unit(&self, value: f64) -> String {
        format::with_unit(
            value,
            self.measure.digits,
            self.measure.unit_in(self.visit.lang),
            self.visit.lang,
        )
    }

    fn text(&self, cell: Part) -> String {
        match cell.value {
            Some(value) => self.full(value),
            None if cell.suppressed => self.visit.t("figure.suppressed"),
            None if cell.empty => "–".to_owned(),
            None => self.visit.t("figure.unknown"),
        }
    }

    fn cross(&self, kind: View, (by, across): (&str, &str), table: &Cross) -> Chart {
        let mut marks = Marks {
            summary: Some(self.of_cross((by, across), table)),
            ..Marks::default()
        };
        let mut lines = Vec::new();
        let below = match kind {
            View::Multiples => {
                lines = self.lines(by, table);
                self.table((across, by), &turned(table))
            }
            View::Stacked => {
                marks.stacks = Some(self.stacks((by, across), table));
                self.table((by, across), table)
            }
            _ => {
                marks.heat = Some(self.heat((by, across), table));
                Table::default()
            }
        };
        let both = [by, across].map(|name| self.dimension(name)).join(" × ");
        let left_out = match kind {
            View::Multiples => table.rows.len().saturating_sub(LINES),
            _ => 0,
        };
        let mut chart = self.chart(&both, marks, lines, below);
        if left_out > 0 {
            let counts = [
                ("count", table.rows.len().to_string()),
                ("shown", LINES.to_string()),
            ];
            chart.subtitle = format!(
                "{} {}",
                chart.subtitle,
                self.visit.say("chart.first", &counts)
            );
        }
        chart
    }

    fn lines(&self, by: &str, table: &Cross) -> Vec<Small> {
        let low = table.values().fold(0.0_f64, f64::min);
        let high = table.values().fold(low, f64::max);
        let histories: Vec<(String, Vec<Option<f64>>, String)> = table
            .rows
            .iter()
            .zip(&table.cells)
            .take(LINES)
            .map(|(label, cells)| {
                let values: Vec<Option<f64>> = cells.iter().map(|cell| cell.value).collect();
                let newest = values.iter().rev().find_map(|value| *value);
                let text = newest
                    .map_or_else(|| self.visit.t("figure.unknown"), |value| self.short(value));
                (self.label(by, label.as_deref()), values, text)
            })
            .collect();
        small(&histories, low, high)
    }

    fn stacks(&self, (by, across): (&str, &str), table: &Cross) -> Stacked {
        let drawn = stacks(table, by);
        let mut legend: Vec<(usize, String)> = drawn
            .pieces
            .iter()
            .enumerate()
            .map(|(color, column)| {
                let label = table.columns.get(*column).and_then(Option::as_deref);
                (color, self.label(across, label))
            })
            .collect();
        if drawn.rest > 0 {
            let count = [("count", drawn.rest.to_string())];
            legend.push((PIECES, self.visit.say("chart.rest", &count)));
        }
        let percent = |value: f64| {
            let share = if drawn.longest > 0.0 {
                value / drawn.longest
            } else {
                0.0
            };
            format!("{:.2}", share * 100.0)
        };
        let bars = drawn.bars.iter().map(|bar| StackView {
            label: self.label(by, table.rows.get(bar.row).and_then(Option::as_deref)),
            value: if bar.is_part {
                self.visit
                    .say("chart.part", &[("value", self.short(bar.sum))])
            } else {
                self.short(bar.sum)
            },
            pieces: bar
                .pieces
                .iter()
                .map(|(color, from, length)| (*color, percent(*from), percent(*length)))
                .collect(),
        });
        Stacked {
            bars: bars.collect(),
            legend,
        }
    }

    fn heat(&self, (by, across): (&str, &str), table: &Cross) -> Heat {
        let values: Vec<f64> = table.values().collect();
        let ends = classes(&values, CLASSES);
        let columns = columns(across, table, SHADED.1);
        let cell = |cell: Part| {
            let class = match cell.value {
                Some(value) => shade(class_of(value, &ends), ends.len()).to_string(),
                None if cell.suppressed => "hidden".to_owned(),
                None => "unknown".to_owned(),
            };
            (class, self.text(cell))
        };
        let rows = table
            .rows
            .iter()
            .enumerate()
            .take(SHADED.0)
            .map(|(row, label)| HeatRow {
                label: self.label(by, label.as_deref()),
                path: None,
                cells: columns
                    .clone()
                    .map(|column| cell(table.cell(row, column)))
                    .collect(),
            });
        Heat {
            corner: format!("{} / {}", self.dimension(by), self.dimension(across)),
            rows: rows.collect(),
            caption: self.caption(table, (table.rows.len().min(SHADED.0), columns.len())),
            heads: columns
                .map(|column| {
                    self.label(across, table.columns.get(column).and_then(Option::as_deref))
                })
                .collect(),
        }
    }

    /// How much of a table is shown; where that is not all, the file has it.
    fn caption(&self, table: &Cross, shown: (usize, usize)) -> String {
        let is_all = shown == (table.rows.len(), table.columns.len());
        let key = if is_all {
            "chart.cells"
        } else {
            "chart.cells_of"
        };
        let values = [
            ("rows", table.rows.len().to_string()),
            ("columns", table.columns.len().to_string()),
            ("shown_rows", shown.0.to_string()),
            ("shown_columns", shown.1.to_string()),
        ];
        self.visit.say(key, &values)
    }

    fn table(&self, (by, across): (&str, &str), table: &Cross) -> Table {
        let columns = columns(across, table, TABLE.1);
        let mut heads = vec![Head::text(self.dimension(by))];
        heads.extend(columns.clone().map(|column| {
            Head::number(self.label(across, table.columns.get(column).and_then(Option::as_deref)))
        }));
        // Of moments the newest first.
        let mut order: Vec<usize> = (0..table.rows.len()).collect();
        if by == TIME {
            order.reverse();
        }
        let rows = order.into_iter().take(TABLE.0).map(|row| {
            let label = self.label(by, table.rows.get(row).and_then(Option::as_deref));
            let first = if by == TIME {
                Cell::of(CellKind::Moment, label)
            } else {
                Cell::text(label)
            };
            let cells = columns
                .clone()
                .map(|column| Cell::number(self.text(table.cell(row, column))));
            std::iter::once(first).chain(cells).collect()
        });
        Table {
            caption: self.caption(table, (table.rows.len().min(TABLE.0), columns.len())),
            heads,
            rows: rows.collect(),
            plain: true,
        }
    }

    fn of_cross(&self, (by, across): (&str, &str), table: &Cross) -> String {
        let mut known: Vec<(usize, usize, f64)> = Vec::new();
        for row in 0..table.rows.len() {
            for column in 0..table.columns.len() {
                known.extend(
                    table
                        .cell(row, column)
                        .value
                        .map(|value| (row, column, value)),
                );
            }
        }
        let most = known.iter().max_by(|one, other| one.2.total_cmp(&other.2));
        let least = known.iter().min_by(|one, other| one.2.total_cmp(&other.2));
        let (Some(most), Some(least)) = (most, least) else {
            return self.visit.t("measure.nothing_known");
        };
        let place = |(row, column, _): &(usize, usize, f64)| {
            let one = self.label(by, table.rows.get(*row).and_then(Option::as_deref));
            let other = self.label(
                across,
                table.columns.get(*column).and_then(Option::as_deref),
            );
            format!("{one} · {other}")
        };
        let mut said = self.visit.say(
            "chart.cross_says",
            &[
                ("most", place(most)),
                ("most_value", self.with_unit(most.2)),
                ("least", place(least)),
                ("least_value", self.with_unit(least.2)),
            ],
        );
        let hidden = table
            .cells
            .iter()
            .flatten()
            .filter(|cell| cell.suppressed)
            .count();
        if hidden > 0 {
            let count = [("count", hidden.to_string())];
            said = format!("{said} {}", self.visit.say("chart.hidden", &count));
        }
        said
    }
}

/// The columns that are shown: of moments the newest, of others the first.
fn columns(across: &str, table: &Cross, most: usize) -> std::ops::Range<usize> {
    let all = table.columns.len();
    if across == TIME {
        all.saturating_sub(most)..all
    } else {
        0..all.min(most)
    }
}

/// Rows as columns.
fn turned(table: &Cross) -> Cross {
    let cells = (0..table.columns.len()).map(|column| {
        (0..table.rows.len())
            .map(|row| table.cell(row, column))
            .collect()
    });
    Cross {
        cells: cells.collect(),
        rows: table.columns.clone(),
        columns: table.rows.clone(),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn of_moments_the_newest_columns_are_shown() {
        let table = Cross {
            columns: vec![None; 30],
            ..Cross::default()
        };
        assert_eq!(columns(TIME, &table, 14), 16..30);
        assert_eq!(columns("dong", &table, 14), 0..14);
        assert_eq!(columns("dong", &table, 40), 0..30);
    }

    #[test]
    fn a_turned_table_has_the_same_cells() {
        let cell = |value: f64| Part {
            value: Some(value),
            ..Part::default()
        };
        let table = Cross {
            rows: vec![None, None],
            columns: vec![None, None, None],
            cells: vec![
                vec![cell(1.0), cell(2.0), cell(3.0)],
                vec![cell(4.0), cell(5.0), cell(6.0)],
            ],
        };
        let other = turned(&table);
        assert_eq!(other.cell(2, 1), table.cell(1, 2));
        assert_eq!(turned(&other), table);
    }
}
