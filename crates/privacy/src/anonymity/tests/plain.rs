//! The plainest code that can be: rows as texts, every generalisation tried, formulas as their authors wrote them.

use std::collections::BTreeMap;
use std::path::Path;
use std::sync::atomic::AtomicBool;

use proptest::prelude::*;

use crate::anonymity::hierarchy::Hierarchy;
use crate::anonymity::input::{Column, Rows};
use crate::anonymity::model::Ground;
use crate::anonymity::{Effort, Metric, Model, Outcome, Problem, Wish, search};

/// Trees of the three columns: each line from leaf to root.
pub(super) const TREES: [&[&[&str]]; 3] = [
    &[
        &["1", "1-2", "1-4", "*"],
        &["2", "1-2", "1-4", "*"],
        &["3", "3-4", "1-4", "*"],
        &["4", "3-4", "1-4", "*"],
        &["5", "5-6", "5-6", "*"],
        &["6", "5-6", "5-6", "*"],
    ],
    &[
        &["x", "xy", "*"],
        &["y", "xy", "*"],
        &["z", "z", "*"],
        &["", "z", "*"],
    ],
    &[&["m", "*"], &["f", "*"]],
];
/// The tree of sensitive values.
pub(super) const ILLS: &[&[&str]] = &[
    &["cold", "lung", "*"],
    &["flu", "lung", "*"],
    &["ulcer", "belly", "*"],
    &["", "?", "*"],
];
pub(super) const NAMES: [&str; 3] = ["a", "b", "c"];

/// One row: three quasi-identifiers and the sensitive value, as places in the trees; whether it is in the subset.
pub(super) type Row = ([usize; 3], usize, bool);

pub(super) fn row() -> impl Strategy<Value = Row> {
    let cells = (0..6_usize, 0..4_usize, 0..2_usize).prop_map(|(a, b, c)| [a, b, c]);
    (cells, 0..4_usize, any::<bool>())
}

pub(super) fn model() -> impl Strategy<Value = Model> {
    let grounds = prop::sample::select(vec![Ground::Equal, Ground::Ordered, Ground::Hierarchical]);
    prop_oneof![
        (1..6_u32).prop_map(Model::K),
        (1..4_u32).prop_map(Model::DistinctL),
        (1.0..3.0).prop_map(Model::EntropyL),
        (0.5..4.0, 1..4_u32).prop_map(|(c, l)| Model::RecursiveL { c, l }),
        (grounds, 0.0..0.7).prop_map(|(ground, t)| Model::T { ground, t }),
        (any::<bool>(), 0.1..3.0).prop_map(|(is_enhanced, beta)| Model::Beta { is_enhanced, beta }),
        (0.0..1.0).prop_map(Model::AverageRisk),
        (0.0..1.0).prop_map(Model::Uniqueness),
    ]
}

pub(super) fn about_subsets() -> impl Strategy<Value = Model> {
    prop_oneof![
        (1..6_u32).prop_map(Model::KMap),
        (0.0..0.5, 0.5..1.0).prop_map(|(min, max)| Model::DeltaPresence { min, max }),
    ]
}

fn tree(lines: &[&[&str]]) -> Hierarchy {
    let levels = lines[0].len();
    let mut names: Vec<Vec<String>> = vec![Vec::new(); levels];
    let mut up: Vec<Vec<u32>> = vec![Vec::new(); levels];
    for line in lines {
        for (level, &name) in line.iter().enumerate() {
            let place = names[level]
                .iter()
                .position(|own| own == name)
                .unwrap_or_else(|| {
                    names[level].push(name.to_owned());
                    names[level].len() - 1
                });
            up[level].push(u32::try_from(place).unwrap());
        }
    }
    Hierarchy {
        file: "tree".into(),
        names,
        up,
    }
}

fn column(name: &str, cells: &[&str]) -> Column {
    let mut column = Column {
        name: name.to_owned(),
        ..Column::default()
    };
    for (at, &cell) in cells.iter().enumerate() {
        let place = column
            .values
            .iter()
            .position(|own| own == cell)
            .unwrap_or_else(|| {
                column.values.push(cell.to_owned());
                column.first.push(u32::try_from(at).unwrap());
                column.values.len() - 1
            });
        column.codes.push(u32::try_from(place).unwrap());
    }
    column
}

/// The rows as a problem.
pub(super) fn problem(rows: &[Row], models: &[Model], with_subset: bool) -> Problem {
    let cell = |column: usize, row: &Row| TREES[column][row.0[column]][0];
    let mut columns: Vec<Column> = (0..3)
        .map(|at| {
            let cells: Vec<&str> = rows.iter().map(|row| cell(at, row)).collect();
            column(NAMES[at], &cells)
        })
        .collect();
    if models.iter().any(|model| model.needs_sensitive()) {
        let cells: Vec<&str> = rows.iter().map(|row| ILLS[row.1][0]).collect();
        columns.push(column("ill", &cells));
    }
    let rows_read = Rows {
        file: "rows".into(),
        names: Vec::new(),
        columns,
        count: rows.len(),
    };
    let subset = if with_subset {
        rows.iter().map(|row| row.2).collect()
    } else {
        Vec::new()
    };
    Problem::new(
        rows_read,
        TREES.map(tree).to_vec(),
        Some(tree(ILLS)),
        subset,
    )
    .unwrap()
}

/// What the search under test says.
pub(super) fn searched(problem: &Problem, wish: &Wish, threads: usize) -> Outcome {
    let stop = AtomicBool::new(false);
    let effort = Effort {
        threads,
        stop: &stop,
        limit: None,
        tell: None,
    };
    search(problem, wish, &effort)
}

/// A class by hand.
#[derive(Clone, Debug, Default)]
pub(super) struct Class {
    pub(super) key: Vec<String>,
    pub(super) rows: Vec<usize>,
    pub(super) all: usize,
}

/// All levels there are.
pub(super) fn all_levels() -> Vec<[usize; 3]> {
    let mut all = Vec::new();
    for a in 0..4 {
        for b in 0..3 {
            for c in 0..2 {
                all.push([a, b, c]);
            }
        }
    }
    all
}

/// Released rows that are alike at some levels; classes of the others too, without rows.
pub(super) fn classes(rows: &[Row], levels: [usize; 3], with_subset: bool) -> Vec<Class> {
    let mut classes: BTreeMap<Vec<String>, Class> = BTreeMap::new();
    for (at, row) in rows.iter().enumerate() {
        let key: Vec<String> = (0..3)
            .map(|c| TREES[c][row.0[c]][levels[c]].to_owned())
            .collect();
        let class = classes.entry(key.clone()).or_default();
        class.key = key;
        class.all += 1;
        if !with_subset || row.2 {
            class.rows.push(at);
        }
    }
    classes.into_values().collect()
}

fn spread(rows: &[Row], own: &[usize]) -> BTreeMap<usize, f64> {
    let mut spread = BTreeMap::new();
    for &at in own {
        *spread.entry(rows[at].1).or_insert(0.0) += 1.0 / own.len() as f64;
    }
    spread
}

/// Whether a class is good; near a threshold, where rounding decides, `None`.
pub(super) fn is_good(
    model: Model,
    rows: &[Row],
    released: &[usize],
    class: &Class,
) -> Option<bool> {
    let own = spread(rows, &class.rows);
    let all = spread(rows, released);
    let known: Vec<usize> = class
        .rows
        .iter()
        .copied()
        .filter(|&at| !ILLS[rows[at].1][0].is_empty())
        .collect();
    let mut counts: Vec<usize> = spread(rows, &known)
        .values()
        .map(|share| (share * known.len() as f64).round() as usize)
        .collect();
    counts.sort_unstable();
    counts.reverse();
    let clearly = |value: f64, most: f64| ((value - most).abs() > 1e-9).then_some(value <= most);
    match model {
        Model::K(k) => Some(class.rows.len() >= k as usize),
        Model::DistinctL(l) => Some(counts.len() >= l as usize),
        Model::EntropyL(l) => {
            if known.is_empty() {
                return Some(false);
            }
            let entropy: f64 = spread(rows, &known).values().map(|p| -p * p.ln()).sum();
            clearly(l.ln(), entropy)
        }
        Model::RecursiveL { c, l } => {
            if counts.len() < l as usize {
                return Some(false);
            }
            let rest: usize = counts[l as usize - 1..].iter().sum();
            Some((counts[0] as f64) < c * rest as f64)
        }
        Model::T { ground, t } => clearly(distance(ground, &own, &all), t),
        Model::Beta { is_enhanced, beta } => {
            let mut good = Some(true);
            for (value, q) in &own {
                let p = all[value];
                let most = if is_enhanced { beta.min(-p.ln()) } else { beta };
                match clearly((q - p) / p, most) {
                    None => return None,
                    Some(false) => good = Some(false),
                    Some(true) => {}
                }
            }
            good
        }
        Model::DeltaPresence { min, max } => {
            let share = class.rows.len() as f64 / class.all as f64;
            Some(min <= share && share <= max)
        }
        Model::KMap(k) => Some(class.all >= k as usize),
        Model::AverageRisk(_) | Model::Uniqueness(_) => Some(true),
    }
}

fn distance(ground: Ground, own: &BTreeMap<usize, f64>, all: &BTreeMap<usize, f64>) -> f64 {
    let gap = |value: usize| own.get(&value).unwrap_or(&0.0) - all.get(&value).unwrap_or(&0.0);
    // The values that occur, in the order of the tree.
    let values: Vec<usize> = (0..ILLS.len())
        .filter(|value| all.contains_key(value))
        .collect();
    match ground {
        Ground::Equal => values.iter().map(|&value| gap(value).abs()).sum::<f64>() / 2.0,
        Ground::Ordered => {
            let mut work = 0.0;
            for end in 1..=values.len() {
                work += values[..end]
                    .iter()
                    .map(|&value| gap(value))
                    .sum::<f64>()
                    .abs();
            }
            work / (values.len() as f64 - 1.0).max(1.0)
        }
        Ground::Hierarchical => {
            // Lung first within itself: half a step; what is left over goes through the root.
            let lung = gap(0) + gap(1);
            let inside = if gap(0) * gap(1) < 0.0 {
                gap(0).abs().min(gap(1).abs())
            } else {
                0.0
            };
            let others = [lung, gap(2), gap(3)];
            inside / 2.0 + others.iter().filter(|&&extra| extra > 0.0).sum::<f64>()
        }
    }
}

/// What a generalisation costs, or `None` when too much must be suppressed; `Err` when rounding decides.
pub(super) fn cost(
    rows: &[Row],
    levels: [usize; 3],
    wish: &Wish,
    with_subset: bool,
) -> Result<Option<f64>, ()> {
    let released: Vec<usize> = (0..rows.len())
        .filter(|&at| !with_subset || rows[at].2)
        .collect();
    let mut kept = Vec::new();
    let mut gone = Vec::new();
    for class in classes(rows, levels, with_subset) {
        let mut good = true;
        for &model in &wish.models {
            good &= is_good(model, rows, &released, &class).ok_or(())?;
        }
        if class.rows.is_empty() {
            let presence = wish.models.iter().all(|&model| {
                !matches!(model, Model::DeltaPresence { .. })
                    || is_good(model, rows, &released, &class) == Some(true)
            });
            if !presence {
                return Ok(None);
            }
        } else if good {
            kept.push(class);
        } else {
            gone.push(class);
        }
    }
    let share = |column: usize, value: &str| {
        let lines = TREES[column];
        let below = lines
            .iter()
            .filter(|line| line[levels[column]] == value)
            .count();
        below as f64 / lines.len() as f64
    };
    for &model in &wish.models {
        thin(model, wish.metric, &mut kept, &mut gone, &share)?;
    }
    let suppressed: usize = gone.iter().map(|class| class.rows.len()).sum();
    if suppressed > (released.len() as f64 * wish.suppression + 1e-9) as usize {
        return Ok(None);
    }
    let n = released.len() as f64;
    let loss = |column: usize| {
        let d = TREES[column].len() as f64;
        let stays: f64 = kept
            .iter()
            .map(|class| class.rows.len() as f64 * share(column, &class.key[column]))
            .sum();
        (stays + suppressed as f64 - n / d) / (n - n / d)
    };
    let square = |class: &Class| (class.rows.len() * class.rows.len()) as f64;
    Ok(Some(match wish.metric {
        Metric::LossMean => (0..3).map(loss).sum::<f64>() / 3.0,
        Metric::LossGeomean => {
            (0..3)
                .map(|column| 1.0 + loss(column))
                .product::<f64>()
                .powf(1.0 / 3.0)
                - 1.0
        }
        Metric::Aecs => n / (kept.len() + usize::from(suppressed > 0)).max(1) as f64,
        Metric::Discernibility => kept.iter().map(square).sum::<f64>() + suppressed as f64 * n,
        Metric::NonuniformEntropy => (0..3)
            .map(|column| bits(rows, &released, levels[column], column, &gone))
            .sum(),
    }))
}

/// Suppresses the smallest classes until a model over all classes holds.
fn thin(
    model: Model,
    metric: Metric,
    kept: &mut Vec<Class>,
    gone: &mut Vec<Class>,
    share: &dyn Fn(usize, &str) -> f64,
) -> Result<(), ()> {
    let is_loss = matches!(metric, Metric::LossMean | Metric::LossGeomean);
    let place = |class: &Class| {
        let loss: f64 = (0..3).map(|column| share(column, &class.key[column])).sum();
        (
            class.rows.len(),
            if is_loss {
                (loss * 1e9).round() as u64
            } else {
                0
            },
            class.rows[0],
        )
    };
    kept.sort_by_key(|class| std::cmp::Reverse(place(class)));
    loop {
        let rows: usize = kept.iter().map(|class| class.rows.len()).sum();
        let (value, most) = match model {
            Model::AverageRisk(most) => (kept.len(), most),
            Model::Uniqueness(most) => (
                kept.iter().filter(|class| class.rows.len() == 1).count(),
                most,
            ),
            _ => return Ok(()),
        };
        let value = value as f64 / rows as f64;
        if rows == 0 || value <= most {
            return Ok(());
        }
        if (value - most).abs() < 1e-9 {
            return Err(());
        }
        gone.extend(kept.pop());
    }
}

fn bits(rows: &[Row], released: &[usize], level: usize, column: usize, gone: &[Class]) -> f64 {
    let value = |at: usize, level: usize| TREES[column][rows[at].0[column]][level];
    let count = |of: &[usize], level: usize, text: &str| {
        of.iter().filter(|&&at| value(at, level) == text).count() as f64
    };
    let mut bits = 0.0;
    for &at in released {
        let (fine, coarse) = (value(at, 0), value(at, level));
        bits -= (count(released, 0, fine) / count(released, level, coarse)).log2();
    }
    let suppressed: Vec<usize> = gone.iter().flat_map(|class| class.rows.clone()).collect();
    for &at in &suppressed {
        bits -= (count(&suppressed, level, value(at, level)) / suppressed.len() as f64).log2();
    }
    bits
}

/// Lines as a hierarchy file.
pub(super) fn lines(lines: &[&[&str]]) -> String {
    lines.iter().map(|line| line.join(";") + "\n").collect()
}

/// Rows as a file, their values at some levels.
pub(super) fn file(path: &Path, rows: &[&Row], levels: [usize; 3]) {
    let mut text = String::from("a;b;c;ill\n");
    for row in rows {
        for c in 0..3 {
            text.push_str(TREES[c][row.0[c]][levels[c]]);
            text.push(';');
        }
        text.push_str(ILLS[row.1][0]);
        text.push('\n');
    }
    std::fs::write(path, text).unwrap();
}
