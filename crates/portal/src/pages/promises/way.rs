//! The way of a figure to its due day: what is known, the even way there, and the same as a table.

use chrono::NaiveDate;
use city::When;
use city::promise::Promise;
use interop::promises::Books;
use measure::promise::Point;
use measure::promise::sentence::amount;

use super::WayView;
use crate::parts::{Cell, CellKind, Head, Link, Table};
use crate::show;
use crate::site::Visit;

/// Values that are drawn and listed; a longer history is on the measure's page.
const MOST: usize = 400;

/// The way; nothing where no figure was promised for a day, or nothing is known of it.
pub(super) fn way(visit: &Visit, books: &Books, promise: &Promise) -> Option<WayView> {
    let target = promise.value()?;
    let unit = promise.unit_in(visit.lang)?;
    let points = books.ledger().points_of(promise);
    let points = points.get(points.len().saturating_sub(MOST)..)?;
    let due = promise.due.as_ref().and_then(When::last_day);
    let begin = begin(promise, points);
    let newest = points.last()?;
    let even = begin.zip(due).filter(|(begin, due)| begin.on < *due);
    let frame = Frame::new(points, (target, due), begin, books.today())?;
    let says = |value: f64| amount(value, unit, visit.lang);
    let values = [
        ("on", newest.on.to_string()),
        ("value", says(newest.value)),
        ("target", says(target)),
        (
            "due",
            promise
                .due
                .as_ref()
                .map_or_else(|| visit.t("promises.not_said"), ToString::to_string),
        ),
    ];
    let known: Vec<String> = points.iter().map(|point| frame.at(*point)).collect();
    let to = even.and_then(|(_, due)| Point::new(due, target));
    Some(WayView {
        headline: visit.say("promises.way", &values),
        subtitle: visit.t(if even.is_some() {
            "promises.way_even"
        } else {
            "promises.way_level"
        }),
        measure: measure(visit, promise),
        is_one: known.len() == 1,
        known: match known.as_slice() {
            // A line from a place to the same place is drawn as a mark.
            [only] => Some(format!("{only} {only}")),
            [] => None,
            all => Some(all.join(" ")),
        },
        even: even
            .zip(to)
            .map(|((begin, _), to)| format!("{} {}", frame.at(begin), frame.at(to))),
        target: frame.height(target),
        today: (points.len() > 1 || due.is_some()).then(|| frame.side(books.today())),
        top: says(frame.high),
        ends: [frame.from.to_string(), frame.to.to_string()],
        table: table(visit, points, (target, even), says),
    })
}

/// Where the even way begins: as it was announced, else at the first value.
fn begin(promise: &Promise, points: &[Point]) -> Option<Point> {
    let figure = promise.figure.as_ref()?;
    let from = promise.period.from.as_ref();
    let from = from.or(promise.source.date.as_ref());
    let announced = from
        .and_then(When::first_day)
        .zip(figure.start)
        .and_then(|(on, value)| Point::new(on, value));
    announced.or_else(|| points.first().copied())
}

fn measure(visit: &Visit, promise: &Promise) -> Option<Link> {
    let own = visit.city().measures.get(&promise.measure.as_ref()?.id)?;
    let title = visit.title(&own.title, own.title_en.as_deref());
    Some(Link::new(title, format!("/measures/{}", own.id)))
}

/// The box that is drawn in.
struct Frame {
    from: NaiveDate,
    to: NaiveDate,
    low: f64,
    high: f64,
}

impl Frame {
    fn new(
        points: &[Point],
        (target, due): (f64, Option<NaiveDate>),
        begin: Option<Point>,
        today: NaiveDate,
    ) -> Option<Self> {
        let all = || points.iter().chain(begin.as_ref());
        let from = all().map(|point| point.on).min()?;
        let to = [Some(today), due, points.last().map(|point| point.on)];
        let values = || all().map(|point| point.value).chain([target]);
        let low = values().fold(0.0_f64, f64::min);
        let high = values().fold(low, f64::max);
        Some(Self {
            from,
            to: to.into_iter().flatten().max()?,
            low,
            high: if high > low { high } else { low + 1.0 },
        })
    }

    fn side(&self, day: NaiveDate) -> String {
        let days = |from: NaiveDate, to: NaiveDate| {
            i32::try_from((to - from).num_days()).map_or(0.0, f64::from)
        };
        let all = days(self.from, self.to).max(1.0);
        format!(
            "{:.2}",
            (days(self.from, day) / all * 100.0).clamp(0.0, 100.0)
        )
    }

    fn height(&self, value: f64) -> String {
        format!(
            "{:.2}",
            (self.high - value) / (self.high - self.low) * 100.0
        )
    }

    fn at(&self, point: Point) -> String {
        format!("{},{}", self.side(point.on), self.height(point.value))
    }
}

/// The value of the even way on a day.
fn even_at(begin: Point, (target, due): (f64, NaiveDate), on: NaiveDate) -> Option<f64> {
    let days = |from: NaiveDate, to: NaiveDate| i32::try_from((to - from).num_days()).ok();
    let all = days(begin.on, due).filter(|all| *all > 0)?;
    let passed = days(begin.on, on)?.clamp(0, all);
    Some(begin.value + (target - begin.value) * f64::from(passed) / f64::from(all))
}

fn table(
    visit: &Visit,
    points: &[Point],
    (target, even): (f64, Option<(Point, NaiveDate)>),
    says: impl Fn(f64) -> String,
) -> Table {
    let row = |point: &Point| {
        let even = even.and_then(|(begin, due)| even_at(begin, (target, due), point.on));
        vec![
            Cell::of(CellKind::Moment, point.on.to_string()),
            Cell::number(says(point.value)),
            even.map_or_else(
                || Cell::of(CellKind::Nothing, visit.t("promises.not_said")),
                |even| Cell::number(says(even)),
            ),
        ]
    };
    let count = show::count_of(u64::try_from(points.len()).unwrap_or_default());
    Table {
        caption: visit.say("promises.values_caption", &[("count", count)]),
        heads: vec![
            Head::text(visit.t("promises.day")),
            Head::number(visit.t("promises.value")),
            Head::number(visit.t("promises.even")),
        ],
        // Newest first: what a reader of the table looks for.
        rows: points.iter().rev().map(row).collect(),
        plain: true,
    }
}
