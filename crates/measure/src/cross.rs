//! A figure by two dimensions: what is stacked, what is a table of shades, and what is drawn once for each value.

use std::collections::{BTreeMap, BTreeSet, HashMap};

use access::suppress::suppress;
use access::{AskError, Reader};
use arrow::array::RecordBatch;
use city::Measure;
use city::board::TIME;
use city::measure::Compute;
use serde::Serialize;

use crate::answer::{label, real, texts, whole};
use crate::ask::{Asking, Below};
use crate::asked::{Asked, pins};
use crate::query::{Dimension, Side};

/// Cells of a table that are asked for at most: more are a dataset and no figure.
pub const CELLS_MAX: usize = 50_000;

/// A figure by two dimensions.
#[derive(Clone, Debug, Default, PartialEq, Serialize)]
pub struct Cross {
    /// Labels of the first dimension; nothing where the rows say none.
    pub rows: Vec<Option<String>>,
    /// Labels of the second.
    pub columns: Vec<Option<String>>,
    /// A row of cells for each label of the first.
    pub cells: Vec<Vec<Cell>>,
}

/// One cell.
#[derive(Clone, Copy, Debug, Default, PartialEq, Serialize)]
pub struct Cell {
    /// The figure of that part; nothing where it is unknown, hidden, or there are no rows.
    pub value: Option<f64>,
    /// Whether it is not told because so few are counted, there or beside it, that it would expose them.
    #[serde(skip_serializing_if = "std::ops::Not::not")]
    pub suppressed: bool,
    /// Whether there are no rows of that part.
    #[serde(skip_serializing_if = "std::ops::Not::not")]
    pub empty: bool,
}

impl Cross {
    /// Every value that is known.
    pub fn values(&self) -> impl Iterator<Item = f64> + '_ {
        self.cells.iter().flatten().filter_map(|cell| cell.value)
    }

    /// A cell by its place.
    pub fn cell(&self, row: usize, column: usize) -> Cell {
        let cell = self.cells.get(row).and_then(|cells| cells.get(column));
        cell.copied().unwrap_or_default()
    }
}

/// The figure by two of its dimensions, either of which may be [`TIME`]. Bands and moments stand in their own order;
/// other labels with the greatest first.
///
/// # Errors
/// When a dataset may not be read or is not loaded, the measure is not broken down by that or by what is asked for,
/// there are more than [`CELLS_MAX`] cells, or the machine fails.
pub async fn cross(
    reader: &Reader,
    measure: &Measure,
    axes: [&str; 2],
    asked: impl Into<Asked>,
) -> Result<Cross, AskError> {
    let asked = asked.into();
    let measures = asked.measures(reader);
    let pins = pins(reader, measure, measures, &asked)?;
    let asked = Asking::new(reader, measure, measures, &asked, &pins)
        .settled()
        .await?;
    Asking::new(reader, measure, measures, &asked, &pins)
        .cross(axes)
        .await
}

/// Labels of a cell.
type Key = [Option<String>; 2];

/// A cell as it was asked for, before any division.
struct Found {
    key: Key,
    value: Option<f64>,
    rows: u64,
    is_hidden: bool,
}

/// What cells are divided by.
enum Wholes {
    One(crate::ask::Whole),
    /// By the labels of the dimensions that what divides has too.
    Each([bool; 2], HashMap<Key, f64>),
}

impl Asking<'_> {
    async fn cross(&self, axes: [&str; 2]) -> Result<Cross, AskError> {
        if axes[0] == axes[1] {
            return Err(self.not_broken_down(axes[1]));
        }
        for name in axes {
            if name != TIME && !self.measure.dimensions.iter().any(|own| own == name) {
                return Err(self.not_broken_down(name));
            }
        }
        let side = self.sided(&axes).await?;
        let [one, other] = axes.map(|name| self.axis(&side, name));
        let (Some(one), Some(other)) = (one, other) else {
            let missing = if self.axis(&side, axes[0]).is_none() {
                axes[0]
            } else {
                axes[1]
            };
            return Err(self.not_broken_down(missing));
        };
        let found = self.found(side.cells(&one, &other)).await?;
        let wholes = self.wholes_of(axes).await?;
        Ok(self.table(&found, &wholes, [&one, &other]))
    }

    /// The rows that are asked for: all of the time where that is an axis.
    async fn sided(&self, axes: &[&str]) -> Result<Side<'_>, AskError> {
        if !axes.contains(&TIME) {
            return self.top().await;
        }
        let mut side = Side::of(self.reader.city(), self.measure);
        self.narrow(&mut side)?;
        side.timed();
        Ok(side)
    }

    fn axis(&self, side: &Side<'_>, name: &str) -> Option<Dimension> {
        if name == TIME {
            return side.time(self.measure.time.as_ref()?.step);
        }
        side.dimension(name)
    }

    async fn found(&self, sql: String) -> Result<Vec<Found>, AskError> {
        let (batches, hides) = self.ask(sql).await?;
        let mut found = read(&batches);
        if found.len() > CELLS_MAX {
            let limit = format!("{CELLS_MAX} cells");
            return Err(AskError::TooLarge { limit });
        }
        for cell in &mut found {
            cell.is_hidden = hides && cell.value.is_none();
        }
        if let Some(least) = self.measure.least_rows {
            hide(&mut found, u64::from(least));
        }
        Ok(found)
    }

    /// What each cell is divided by.
    async fn wholes_of(&self, axes: [&str; 2]) -> Result<Wholes, AskError> {
        let kept = self.measure.denominator.as_ref();
        let is_kept =
            |name: &str| kept.is_some_and(|below| below.whole.iter().any(|own| own == name));
        match self.below() {
            Below::Side(mut side, id) if self.pins.contains_key(id) => {
                // An index has one base for all its steps.
                let is_index = matches!(self.measure.compute, Some(Compute::Index { .. }));
                let has = axes.map(|name| {
                    let own = self.axis(&side, name);
                    own.filter(|_| !(is_kept(name) || is_index && name == TIME))
                });
                if axes.contains(&TIME) && !is_index {
                    side.timed();
                }
                self.each(&side, has).await
            }
            Below::Measure(other) if self.pins.contains_key(&other.dataset) => {
                let step = |measure: &Measure| measure.time.as_ref().map(|axis| axis.step);
                let has = axes.map(|name| {
                    let has = if name == TIME {
                        step(other).is_some() && step(other) == step(self.measure)
                    } else {
                        other.dimensions.iter().any(|own| own == name)
                    };
                    has && !is_kept(name)
                });
                Box::pin(self.each_of(other, axes, has)).await
            }
            _ => Ok(Wholes::One(self.whole().await?)),
        }
    }

    /// The denominators of a side, by those of its dimensions that are given.
    async fn each(&self, side: &Side<'_>, has: [Option<Dimension>; 2]) -> Result<Wholes, AskError> {
        let which = [has[0].is_some(), has[1].is_some()];
        let known =
            |label: Key, value: Option<f64>| Some((label, value.filter(|value| *value != 0.0)?));
        let found: HashMap<Key, f64> = match &has {
            [Some(one), Some(other)] => {
                let cells = self.found(side.cells(one, other)).await?;
                let shown = cells.into_iter().filter(|cell| !cell.is_hidden);
                shown
                    .filter_map(|cell| known(cell.key, cell.value))
                    .collect()
            }
            [Some(only), None] => {
                let groups = self.groups(side, only).await?.into_iter();
                groups
                    .filter_map(|group| known([group.label, None], group.value))
                    .collect()
            }
            [None, Some(only)] => {
                let groups = self.groups(side, only).await?.into_iter();
                groups
                    .filter_map(|group| known([None, group.label], group.value))
                    .collect()
            }
            [None, None] => return Ok(Wholes::One(self.whole().await?)),
        };
        Ok(Wholes::Each(which, found))
    }

    /// The same of another measure that divides this one.
    async fn each_of(
        &self,
        other: &Measure,
        axes: [&str; 2],
        has: [bool; 2],
    ) -> Result<Wholes, AskError> {
        let asked = self.asked_below();
        let deeper = Asking {
            asked: &asked,
            ..self.deeper(other)
        };
        let known = |value: Option<f64>| value.filter(|value| *value != 0.0);
        let one = async |name: &str, at: usize| -> Result<HashMap<Key, f64>, AskError> {
            let key = |label: Option<String>| {
                if at == 0 {
                    [label, None]
                } else {
                    [None, label]
                }
            };
            if name == TIME {
                let points = deeper.history().await?.into_iter();
                let points = points.flat_map(|series| series.points);
                return Ok(points
                    .filter_map(|point| Some((key(Some(point.at)), known(point.value)?)))
                    .collect());
            }
            let parts = deeper.parts(name).await?.into_iter();
            Ok(parts
                .filter_map(|part| Some((key(part.label), known(part.value)?)))
                .collect())
        };
        let found = match has {
            [true, true] => {
                let table = deeper.cross(axes).await?;
                let mut found = HashMap::new();
                for (row, cells) in table.rows.iter().zip(&table.cells) {
                    for (column, cell) in table.columns.iter().zip(cells) {
                        if let Some(value) = known(cell.value) {
                            found.insert([row.clone(), column.clone()], value);
                        }
                    }
                }
                found
            }
            [true, false] => one(axes[0], 0).await?,
            [false, true] => one(axes[1], 1).await?,
            [false, false] => return Ok(Wholes::One(self.whole().await?)),
        };
        Ok(Wholes::Each(has, found))
    }

    /// Cells, divided, as a table.
    fn table(&self, found: &[Found], wholes: &Wholes, axes: [&Dimension; 2]) -> Cross {
        let is_by_time = axes.iter().any(|axis| axis.is_time);
        let factor = self.factor(self.asked.period.filter(|_| !is_by_time));
        let divided = |cell: &Found| -> Option<f64> {
            let value = cell.value?;
            match wholes {
                Wholes::One(whole) => whole.divide(value, factor),
                Wholes::Each(has, found) => {
                    let of = |at: bool, label: &Option<String>| label.clone().filter(|_| at);
                    let key = [of(has[0], &cell.key[0]), of(has[1], &cell.key[1])];
                    Some(value / found.get(&key)? * factor)
                }
            }
        };
        let mut cells: BTreeMap<&Key, Cell> = BTreeMap::new();
        for cell in found {
            let value = divided(cell).filter(|value| value.is_finite() && !cell.is_hidden);
            let told = Cell {
                value,
                suppressed: cell.is_hidden,
                empty: false,
            };
            cells.insert(&cell.key, told);
        }
        let adds_up = self.measure.adds_up();
        let labels = |at: usize| -> Vec<Option<String>> {
            let mut all: BTreeMap<&Option<String>, (f64, f64)> = BTreeMap::new();
            for (key, cell) in &cells {
                let Some(label) = key.get(at) else { continue };
                let sum = all.entry(label).or_insert((0.0, 0.0));
                if let Some(value) = cell.value {
                    *sum = (sum.0 + value, sum.1 + 1.0);
                }
            }
            ordered(all, axes.get(at).copied(), adds_up)
        };
        let (rows, columns) = (labels(0), labels(1));
        let nothing = self.nothing();
        let row = |row: &Option<String>| {
            let cell = |column: &Option<String>| {
                let own = cells.get(&[row.clone(), column.clone()]);
                own.copied().unwrap_or(nothing)
            };
            columns.iter().map(cell).collect()
        };
        Cross {
            cells: rows.iter().map(row).collect(),
            rows,
            columns,
        }
    }

    /// The cell of a part without rows: of what is counted it is 0, and known.
    fn nothing(&self) -> Cell {
        let counts = matches!(self.measure.compute, Some(Compute::Count { .. }))
            && self.measure.denominator.is_none();
        Cell {
            value: counts.then_some(0.0),
            suppressed: false,
            empty: true,
        }
    }
}

/// Labels in their order: the dimension's own, or the greatest first; what has none comes last.
fn ordered(
    all: BTreeMap<&Option<String>, (f64, f64)>,
    dimension: Option<&Dimension>,
    adds_up: bool,
) -> Vec<Option<String>> {
    let of = |(sum, count): (f64, f64)| {
        if adds_up || count == 0.0 {
            sum
        } else {
            sum / count
        }
    };
    let mut labels: Vec<(&Option<String>, f64)> = all
        .into_iter()
        .map(|(label, sum)| (label, of(sum)))
        .collect();
    let order = dimension
        .map(|own| own.order.as_slice())
        .unwrap_or_default();
    let place = |label: &Option<String>| {
        let label = label.as_ref()?;
        order.iter().position(|own| own == label)
    };
    if dimension.is_some_and(|own| own.is_time) {
        labels.sort_by(|one, other| one.0.cmp(other.0));
    } else if order.is_empty() {
        labels.sort_by(|one, other| other.1.total_cmp(&one.1).then_with(|| one.0.cmp(other.0)));
    } else {
        labels.sort_by_key(|(label, _)| place(label).unwrap_or(usize::MAX));
    }
    labels.sort_by_key(|(label, _)| label.is_none());
    labels.into_iter().map(|(label, _)| label.clone()).collect()
}

/// Hides cells of few rows, and others from which they could be worked out.
fn hide(found: &mut [Found], least: u64) {
    let place = |at: usize| -> BTreeMap<Option<String>, usize> {
        let labels: BTreeSet<Option<String>> = found
            .iter()
            .filter_map(|cell| cell.key.get(at).cloned())
            .collect();
        labels.into_iter().zip(0..).collect()
    };
    let (rows, columns) = (place(0), place(1));
    let mut counts = vec![vec![0_u64; columns.len()]; rows.len()];
    let at = |cell: &Found| {
        let [row, column] = &cell.key;
        Some((*rows.get(row)?, *columns.get(column)?))
    };
    for cell in found.iter() {
        if let Some((row, column)) = at(cell)
            && let Some(count) = counts.get_mut(row).and_then(|row| row.get_mut(column))
        {
            *count = cell.rows;
        }
    }
    let hidden = suppress(&counts, least);
    for cell in found.iter_mut() {
        if at(cell).is_some_and(|at| hidden.cells.contains(&at)) {
            cell.is_hidden = true;
        }
    }
}

/// Labels, value, rows.
fn read(batches: &[RecordBatch]) -> Vec<Found> {
    let mut found = Vec::new();
    for batch in batches {
        let [Some(one), Some(other)] = [0, 1].map(|at| batch.columns().get(at)) else {
            continue;
        };
        let (one, other) = (texts(one), texts(other));
        for row in 0..batch.num_rows() {
            found.push(Found {
                key: [label(&one, row), label(&other, row)],
                value: real(batch, 2, row),
                rows: whole(batch, 3, row).unwrap_or_default(),
                is_hidden: false,
            });
        }
    }
    found
}
