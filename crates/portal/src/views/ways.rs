//! How values are spread, and the way to a target, as charts.

use interop::picture::{Way, moment};
use measure::spread::Between;
use measure::{Progress, Series, Spread, format};

use super::{Drawing, TABLE};
use crate::charts::measure_title;
use crate::marks::{Columns, Goal, Marks};
use crate::pages::measure::change;
use crate::parts::{Cell, CellKind, Chart, Head, Table};
use crate::show;

impl Drawing<'_> {
    pub(super) fn spread(&self, by: Option<&str>, spread: &Spread) -> Chart {
        let count = |count: Option<u64>| {
            count
                .and_then(|count| u32::try_from(count).ok())
                .map_or(0.0, f64::from)
        };
        let most = spread
            .steps
            .iter()
            .max_by_key(|step| step.count.unwrap_or_default());
        let top = most.map_or(1.0, |step| count(step.count).max(1.0));
        let width = u32::try_from(spread.steps.len().max(1))
            .map_or(100.0, |steps| 100.0 / f64::from(steps));
        let columns = spread.steps.iter().zip(0_u32..).map(|(step, at)| {
            let from = f64::from(at) * width;
            let height = count(step.count) / top * 100.0;
            (
                format!("{from:.2}"),
                format!("{:.2}", width * 0.94),
                format!("{height:.2}"),
            )
        });
        let of = by.map_or_else(|| self.visit.t("chart.row"), |by| self.dimension(by));
        let marks = Marks {
            spread: Some(Columns {
                columns: columns.collect(),
                top: self.visit.say(
                    "chart.so_many",
                    &[("count", self.counted(most.and_then(|step| step.count)))],
                ),
                ends: [
                    spread
                        .steps
                        .first()
                        .map_or_else(String::new, |step| self.with_unit(step.from)),
                    spread
                        .steps
                        .last()
                        .map_or_else(String::new, |step| self.with_unit(step.to)),
                ],
            }),
            summary: Some(self.of_spread(&of, spread, most)),
            ..Marks::default()
        };
        let table = self.steps(&of, spread);
        self.chart(&of, marks, Vec::new(), table)
    }

    pub(super) fn way(&self, series: Option<&Series>, progress: &Progress) -> Option<Chart> {
        let way = Way::of(series, progress)?;
        let points = |points: &[(f64, f64)]| {
            let points = points.iter().map(|(x, y)| format!("{x:.2},{y:.2}"));
            points.collect::<Vec<_>>().join(" ")
        };
        let is_one = way.known.len() == 1;
        let known = points(&way.known);
        let marks = Marks {
            way: Some(Goal {
                known: if is_one {
                    format!("{known} {known}")
                } else {
                    known
                },
                is_one,
                needed: (!way.needed.is_empty()).then(|| points(&way.needed)),
                goal: format!("{:.2}", way.goal),
                top: self.with_unit(way.high),
                ends: [way.from.to_string(), way.to.to_string()],
            }),
            summary: Some(self.of_way(progress)),
            ..Marks::default()
        };
        let table = self.days(series, progress, &way);
        Some(self.chart(&self.visit.t("chart.time"), marks, Vec::new(), table))
    }

    fn counted(&self, count: Option<u64>) -> String {
        count.map_or_else(|| self.visit.t("figure.suppressed"), show::count_of)
    }

    fn bounds(&self, step: &Between) -> String {
        let values = [("from", self.full(step.from)), ("to", self.full(step.to))];
        self.visit.say("chart.between", &values)
    }

    fn of_spread(&self, of: &str, spread: &Spread, most: Option<&Between>) -> String {
        let values = [
            ("of", of.to_owned()),
            ("count", show::count_of(spread.known)),
            (
                "most",
                most.map_or_else(String::new, |step| self.bounds(step)),
            ),
            (
                "most_count",
                most.map_or_else(String::new, |step| self.counted(step.count)),
            ),
        ];
        let mut summary = self.visit.say("chart.spread_says", &values);
        for (key, count) in [
            ("chart.without", spread.unknown),
            ("chart.hidden", spread.suppressed),
        ] {
            if count > 0 {
                let count = [("count", show::count_of(count))];
                summary = format!("{summary} {}", self.visit.say(key, &count));
            }
        }
        summary
    }

    fn steps(&self, of: &str, spread: &Spread) -> Table {
        let rows = spread.steps.iter().map(|step| {
            vec![
                Cell::text(self.bounds(step)),
                Cell::number(self.counted(step.count)),
            ]
        });
        let title = measure_title(self.visit, self.measure);
        Table {
            caption: self
                .visit
                .say("chart.rows", &[("count", spread.steps.len().to_string())]),
            heads: vec![
                Head::text(format!(
                    "{title} ({})",
                    self.measure.unit_in(self.visit.lang)
                )),
                Head::number(self.visit.say("chart.number_of", &[("of", of.to_owned())])),
            ],
            rows: rows.collect(),
            plain: true,
        }
    }

    fn of_way(&self, progress: &Progress) -> String {
        let mut said = vec![
            self.visit.say(
                "chart.way_says",
                &[
                    (
                        "now",
                        progress.now.map_or_else(
                            || self.visit.t("figure.unknown"),
                            |now| self.with_unit(now),
                        ),
                    ),
                    ("target", self.with_unit(progress.target)),
                    (
                        "by",
                        progress
                            .by
                            .map_or_else(|| self.visit.t("chart.no_day"), |by| by.to_string()),
                    ),
                ],
            ),
        ];
        if progress.met == Some(true) {
            said.push(self.visit.t("chart.way_met"));
        }
        for (key, pace) in [
            ("chart.pace_needed", progress.pace_needed),
            ("chart.pace_so_far", progress.pace_so_far),
        ] {
            if let Some(pace) = pace {
                // A day is short: a figure in whole numbers moves by parts of one.
                let digits = self.measure.digits.saturating_add(2);
                let text = format::difference(
                    pace,
                    digits,
                    self.measure.unit_in(self.visit.lang),
                    self.visit.lang,
                );
                said.push(self.visit.say(key, &[("value", text)]));
            }
        }
        said.join(" ")
    }

    fn days(&self, series: Option<&Series>, progress: &Progress, way: &Way) -> Table {
        let mut rows: Vec<Vec<Cell>> = series
            .into_iter()
            .flat_map(|series| series.points.iter().rev())
            .take(TABLE.0)
            .filter_map(|point| {
                Some(vec![
                    Cell::of(CellKind::Moment, moment(self.measure, &point.at)),
                    Cell::number(self.full(point.value?)),
                ])
            })
            .collect();
        if rows.is_empty() {
            rows.push(vec![
                Cell::text(way.to.to_string()),
                Cell::number(
                    progress
                        .now
                        .map_or_else(|| self.visit.t("figure.unknown"), |now| self.full(now)),
                ),
            ]);
        }
        rows.extend(
            change::progress(self.visit, self.measure, progress)
                .into_iter()
                .map(|fact| vec![Cell::text(fact.label), Cell::number(fact.value)]),
        );
        Table {
            caption: self
                .visit
                .say("chart.rows", &[("count", rows.len().to_string())]),
            heads: vec![
                Head::text(self.visit.t("chart.time")),
                Head::number(format!(
                    "{} ({})",
                    measure_title(self.visit, self.measure),
                    self.measure.unit_in(self.visit.lang)
                )),
            ],
            rows,
            plain: true,
        }
    }
}
