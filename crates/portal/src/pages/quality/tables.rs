//! Charts and tables of quality.

use city::dimension::DIMENSIONS;
use interop::quality::{By, Group, Quality, Rate, Rule};

use super::fill::{percent, word};
use crate::parts::{Cell, CellKind, Chart, Head, Table, bars, line};
use crate::query::address;
use crate::show;
use crate::site::Visit;

fn number(value: u64) -> Cell {
    Cell::number(show::count_of(value))
}

fn counted(number: usize) -> String {
    show::count_of(u64::try_from(number).unwrap_or_default())
}

fn group_title(visit: &Visit, group: &Group) -> String {
    visit.title(&group.title, group.title_en.as_deref())
}

/// Error rates month by month; nothing while there is one month.
pub(super) fn trend(visit: &Visit, whole: &Group) -> Option<Chart> {
    let known: Vec<(&str, Rate)> = whole
        .months
        .iter()
        .map(|month| (month.month.as_str(), month.rate))
        .filter(|(_, rate)| rate.diagnosed > 0)
        .collect();
    let values: Vec<(String, f64, String)> = known
        .iter()
        .map(|(month, rate)| {
            let share = rate.share().unwrap_or_default();
            ((*month).to_owned(), share, percent(*rate))
        })
        .collect();
    let line = line(&values)?;
    let row = |(month, rate): &(&str, Rate)| {
        vec![
            Cell::of(CellKind::Moment, *month),
            Cell::number(percent(*rate)),
            number(rate.errors),
            number(rate.diagnosed),
        ]
    };
    let subtitle = visit.say("quality.trend_subtitle", &[("count", counted(known.len()))]);
    Some(Chart {
        headline: headline(visit, &known),
        subtitle: subtitle.clone(),
        name: "quality-by-month".to_owned(),
        bars: Vec::new(),
        line: Some(line),
        small: Vec::new(),
        table: Table {
            caption: subtitle,
            heads: heads(visit, "quality.month"),
            rows: known.iter().rev().map(row).collect(),
            plain: true,
        },
        marks: Box::default(),
        receipt: None,
        source: None,
    })
}

/// Whether it became better or worse since the month before.
fn headline(visit: &Visit, known: &[(&str, Rate)]) -> String {
    let [.., (_, before), (_, now)] = known else {
        return visit.t("quality.trend");
    };
    let (before_share, now_share) = (before.share(), now.share());
    let key = match now_share.partial_cmp(&before_share) {
        Some(std::cmp::Ordering::Less) => "quality.trend_better",
        Some(std::cmp::Ordering::Greater) => "quality.trend_worse",
        _ => "quality.trend_same",
    };
    visit.say(key, &[("before", percent(*before)), ("now", percent(*now))])
}

fn heads(visit: &Visit, first: &str) -> Vec<Head> {
    let mut heads = vec![Head::text(visit.t(first))];
    let numbers = ["quality.rate", "quality.errors", "quality.diagnosed"];
    heads.extend(numbers.map(|key| Head::number(visit.t(key))));
    heads
}

/// The dimensions, the greatest error rate first; nothing where nothing was diagnosed.
pub(super) fn dimensions(visit: &Visit, whole: &Group) -> Option<Chart> {
    let mut known: Vec<(&str, Rate)> = whole
        .dimensions
        .iter()
        .copied()
        .filter(|(_, rate)| rate.diagnosed > 0)
        .collect();
    let share = |rate: &Rate| rate.share().unwrap_or_default();
    known.sort_by(|(_, a), (_, b)| share(b).total_cmp(&share(a)));
    let title = |name: &str| visit.t(&format!("dimension.{name}"));
    let (worst, rate) = known.first()?;
    let values: Vec<(String, f64, String)> = known
        .iter()
        .map(|(name, rate)| (title(name), share(rate), percent(*rate)))
        .collect();
    let headline = if rate.errors == 0 {
        visit.t("dataset.quality_all_good")
    } else {
        let named = [("dimension", title(worst)), ("rate", percent(*rate))];
        visit.say("quality.worst", &named)
    };
    let row = |(name, rate): &(&str, Rate)| {
        vec![
            Cell::text(title(name)),
            Cell::number(percent(*rate)),
            number(rate.errors),
            number(rate.diagnosed),
        ]
    };
    let subtitle = visit.t("quality.dimensions_subtitle");
    Some(Chart {
        headline,
        subtitle: subtitle.clone(),
        name: "quality-by-dimension".to_owned(),
        bars: bars(&values, if rate.errors == 0 { usize::MAX } else { 0 }),
        line: None,
        small: Vec::new(),
        table: Table {
            caption: subtitle,
            heads: heads(visit, "dataset.dimension"),
            rows: known.iter().map(row).collect(),
            plain: true,
        },
        marks: Box::default(),
        receipt: None,
        source: None,
    })
}

/// The parts with their error rates by dimension.
pub(super) fn groups(visit: &Visit, quality: &Quality) -> Table {
    let by = visit.t(&format!("quality.by_{}", word(quality.by)));
    let mut heads = heads(visit, &format!("quality.by_{}", word(quality.by)));
    heads.extend(DIMENSIONS.map(|name| Head::number(visit.t(&format!("dimension.{name}")))));
    if quality.by != By::Dataset {
        heads.push(Head::number(visit.t("home.datasets")));
    }
    let row = |group: &Group| {
        // The one dataset that is looked at leads to its page.
        let path = match (quality.by, quality.groups.len()) {
            (By::Dataset, 1) => format!("/datasets/{}", group.id),
            _ => address("/quality", &[(word(quality.by), &group.id)]),
        };
        let mut cells = vec![
            Cell {
                path: Some(path),
                ..Cell::text(group_title(visit, group))
            },
            Cell::number(percent(group.rate)),
            number(group.rate.errors),
            number(group.rate.diagnosed),
        ];
        cells.extend(
            group
                .dimensions
                .iter()
                .map(|(_, rate)| Cell::number(percent(*rate))),
        );
        if quality.by != By::Dataset {
            cells.push(Cell::number(counted(group.datasets)));
        }
        cells
    };
    let values = [("by", by), ("count", counted(quality.groups.len()))];
    Table {
        caption: visit.say("quality.groups_caption", &values),
        heads,
        rows: quality.groups.iter().map(row).collect(),
        plain: false,
    }
}

/// The rules, the most errors first; of one dataset with their columns.
pub(super) fn rules(visit: &Visit, quality: &Quality) -> Option<Table> {
    let one = match quality.groups.as_slice() {
        [only] if quality.by == By::Dataset => Some(only),
        _ => None,
    };
    let rules: &[Rule] = one.map_or(&quality.whole.rules, |only| &only.rules);
    if rules.is_empty() {
        return None;
    }
    let dataset = one.and_then(|only| visit.city().datasets.get(only.id.as_str()));
    let column = |rule: &Rule| {
        let name = rule.column.as_deref()?;
        let own = dataset?.column(name)?;
        Some(visit.title(&own.title, own.title_en.as_deref()))
    };
    let row = |rule: &Rule| {
        let mut cells = vec![
            Cell::text(rule_title(visit, &rule.check)),
            Cell::text(visit.t(&format!("dimension.{}", rule.dimension))),
        ];
        if one.is_some() {
            cells.insert(1, Cell::text(column(rule).unwrap_or_default()));
        }
        cells.extend([
            Cell::number(percent(rule.rate)),
            number(rule.rate.errors),
            number(rule.rate.diagnosed),
        ]);
        cells
    };
    let mut heads = heads(visit, "quality.rule");
    heads.insert(1, Head::text(visit.t("dataset.dimension")));
    if one.is_some() {
        heads.insert(1, Head::text(visit.t("dataset.column_title")));
    }
    let count = [("count", counted(rules.len()))];
    Some(Table {
        caption: visit.say("quality.rules_caption", &count),
        heads,
        rows: rules.iter().map(row).collect(),
        plain: true,
    })
}

/// What a rule asks, or its word where the interface has none.
fn rule_title(visit: &Visit, check: &str) -> String {
    let known = [
        "required",
        "unique",
        "range",
        "pattern",
        "in",
        "max-length",
        "max-bytes",
        "multiple-of",
        "refers-to",
        "inside",
        "date-order",
        "number-order",
        "sum-equals",
        "any-of",
        "both-or-none",
        "when",
        "mentions",
        "fresh-within",
        "type",
        "record",
        "place",
    ];
    if known.contains(&check) {
        visit.t(&format!("rule.{check}"))
    } else {
        visit.t("rule.other")
    }
}
