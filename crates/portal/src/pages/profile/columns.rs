//! Columns in figures.

use city::profile::{Bin, ColumnProfile, Counted, Numbers, Profile};
use city::{Dataset, PrivacyClass};
use interop::api::profile::title;
use measure::format;

use super::ColumnView;
use crate::parts::{Cell, CellKind, Chart, Fact, Head, Table, bars};
use crate::show;
use crate::site::Visit;

/// Digits after the point of a number that is not whole.
const DIGITS: u8 = 2;

/// A profile's columns.
pub(super) fn views(visit: &Visit, dataset: &Dataset, profile: &Profile) -> Vec<ColumnView> {
    profile
        .columns
        .iter()
        .filter(|column| dataset.column(&column.name).is_some())
        .map(|column| view(visit, dataset, column))
        .collect()
}

fn view(visit: &Visit, dataset: &Dataset, column: &ColumnProfile) -> ColumnView {
    let mut facts = vec![
        Fact::new(
            visit.t("profile.values"),
            show::count_of(column.rows - column.nulls),
        ),
        Fact::new(visit.t("profile.distinct"), distinct(visit, column)),
        Fact::new(visit.t("profile.nulls"), nulls(column)),
    ];
    if let Some(lengths) = &column.lengths {
        let values = [
            ("min", show::count_of(lengths.min)),
            ("mean", number(lengths.mean)),
            ("max", show::count_of(lengths.max)),
        ];
        let said = if lengths.min == lengths.max {
            let count = [("count", show::count_of(lengths.min))];
            visit.say("profile.lengths_same", &count)
        } else {
            visit.say("profile.lengths_of", &values)
        };
        facts.push(Fact::new(visit.t("profile.lengths"), said));
    }
    if let Some(numbers) = &column.numbers {
        facts.extend(of_numbers(visit, numbers));
    }
    let is_hidden = dataset
        .column(&column.name)
        .is_some_and(|own| own.privacy != PrivacyClass::None);
    if is_hidden {
        facts.push(Fact::new(
            visit.t("profile.hidden_label"),
            visit.t("profile.hidden"),
        ));
    }
    let own = title(dataset, &column.name, visit.lang);
    let tables = [
        ("profile.top", "profile.value", &column.top),
        ("profile.patterns", "profile.pattern", &column.patterns),
    ];
    ColumnView {
        chart: chart(visit, &own, column),
        tables: tables
            .into_iter()
            .filter(|(_, _, counted)| !counted.is_empty())
            .map(|(caption, head, counted)| table(visit, (caption, head), counted))
            .collect(),
        title: own,
        facts,
    }
}

/// `88`, or `약 12,300 (±1.6%)`.
fn distinct(visit: &Visit, column: &ColumnProfile) -> String {
    let count = show::count_of(column.distinct.count);
    match column.distinct.error {
        None => count,
        Some(error) => {
            let values = [("count", count), ("error", format!("{:.1}", error * 100.0))];
            visit.say("profile.about", &values)
        }
    }
}

fn nulls(column: &ColumnProfile) -> String {
    if column.nulls == 0 {
        "0".to_owned()
    } else {
        format!(
            "{} ({})",
            show::count_of(column.nulls),
            show::percent(column.nulls, column.rows)
        )
    }
}

fn of_numbers(visit: &Visit, numbers: &Numbers) -> Vec<Fact> {
    let [_, _, first, median, third, _, _] = numbers.quantiles;
    let range = |low: f64, high: f64| {
        let values = [("low", number(low)), ("high", number(high))];
        visit.say("profile.from_to", &values)
    };
    vec![
        Fact::new(visit.t("profile.range"), range(numbers.min, numbers.max)),
        Fact::new(visit.t("profile.middle"), range(first, third)),
        Fact::new(visit.t("profile.median"), number(median)),
        Fact::new(visit.t("profile.mean"), number(numbers.mean)),
    ]
}

/// A number as people read it: no digits after the point where there are none to tell.
fn number(value: f64) -> String {
    let digits = if value.fract() == 0.0 || value.abs() >= 1e6 {
        0
    } else if value.abs() < 1.0 {
        DIGITS * 2
    } else {
        DIGITS
    };
    format::full(value, digits)
}

fn chart(visit: &Visit, own: &str, column: &ColumnProfile) -> Option<Chart> {
    let (key, counted): (&str, Vec<Counted>) = if let Some(numbers) = &column.numbers {
        ("profile.by_step", numbers.bins.iter().map(step).collect())
    } else {
        ("profile.by_time", column.times.clone())
    };
    if counted.len() < 2 {
        return None;
    }
    #[expect(clippy::cast_precision_loss, reason = "drawn as a bar")]
    let values: Vec<(String, f64, String)> = counted
        .iter()
        .map(|one| {
            (
                one.value.clone(),
                one.count as f64,
                show::count_of(one.count),
            )
        })
        .collect();
    let subtitle = visit.say(key, &[("column", own.to_owned())]);
    let rows = counted.iter().map(cells).collect();
    Some(Chart {
        headline: visit.t("profile.distribution"),
        subtitle: subtitle.clone(),
        name: format!("profile-{}", column.name),
        bars: bars(&values, usize::MAX),
        line: None,
        small: Vec::new(),
        table: Table {
            caption: subtitle,
            heads: vec![
                Head::text(visit.t("profile.step")),
                Head::number(visit.t("profile.rows")),
            ],
            rows,
            plain: true,
        },
        marks: Box::default(),
        receipt: None,
        source: None,
    })
}

fn step(bin: &Bin) -> Counted {
    Counted {
        value: format!("{} ~ {}", number(bin.from), number(bin.to)),
        count: bin.count,
    }
}

fn cells(counted: &Counted) -> Vec<Cell> {
    vec![
        Cell::of(CellKind::Moment, counted.value.clone()),
        Cell::number(show::count_of(counted.count)),
    ]
}

fn table(visit: &Visit, (caption, head): (&str, &str), counted: &[Counted]) -> Table {
    let count = show::count_of(u64::try_from(counted.len()).unwrap_or_default());
    let row = |one: &Counted| {
        vec![
            Cell::text(one.value.clone()),
            Cell::number(show::count_of(one.count)),
        ]
    };
    Table {
        caption: visit.say(caption, &[("count", count)]),
        heads: vec![
            Head::text(visit.t(head)),
            Head::number(visit.t("profile.rows")),
        ],
        rows: counted.iter().map(row).collect(),
        plain: true,
    }
}
