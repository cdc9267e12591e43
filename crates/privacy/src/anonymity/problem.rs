//! What is asked: rows as codes, quasi-identifiers with their trees, the sensitive value, the subset.

use std::path::Path;

use city::Fault;
use hashbrown::HashMap;

use super::grouped::{Entry, Finder, Grouped};
use super::hierarchy::Hierarchy;
use super::input::{Column, Rows};
use super::key::{self, Field, Key};
use super::sensitive::Sensitive;
use super::trouble::Trouble;

/// Levels a hierarchy may have: they are written as one digit each.
const LEVELS_MAX: usize = 36;

/// Rows and how they may be made coarser.
#[derive(Clone, Debug)]
pub struct Problem {
    /// The quasi-identifiers in the order asked for.
    pub(super) quasi: Vec<Quasi>,
    /// The sensitive value, if a model needs it.
    pub(super) sensitive: Option<Sensitive>,
    /// Rows that are released: all, or the subset's.
    pub(super) rows: u64,
    /// All rows of the file.
    pub(super) population: u64,
    /// Which rows are the subset; empty when all are.
    pub(super) subset: Vec<bool>,
    /// Where the sensitive value lies in a key.
    pub(super) sensitive_field: Field,
    /// Where membership lies in a key.
    pub(super) subset_field: Field,
    /// Bits below the quasi-identifiers.
    pub(super) extra_bits: u32,
    /// All bits.
    pub(super) bits: u32,
}

/// One quasi-identifier.
#[derive(Clone, Debug)]
pub(super) struct Quasi {
    pub(super) name: String,
    pub(super) tree: Hierarchy,
    pub(super) field: Field,
    /// One a row: its leaf.
    pub(super) codes: Vec<u32>,
    /// From level, to level: values to values.
    lifts: Vec<Vec<Vec<u32>>>,
    /// Level by level: leaves below a value ÷ all leaves.
    pub(super) shares: Vec<Vec<f64>>,
    /// Level by level: released rows of a value.
    pub(super) counts: Vec<Vec<u64>>,
}

impl Quasi {
    #[inline]
    pub(super) fn lift(&self, from: u8, to: u8) -> &[u32] {
        self.lifts
            .get(usize::from(from))
            .and_then(|lifts| lifts.get(usize::from(to)))
            .map_or(&[], Vec::as_slice)
    }

    /// How many levels.
    pub(super) fn levels(&self) -> u8 {
        u8::try_from(self.tree.levels()).unwrap_or(u8::MAX)
    }

    /// The coarsest level.
    pub(super) fn top(&self) -> u8 {
        self.levels().saturating_sub(1)
    }

    #[inline]
    pub(super) fn share(&self, level: u8, value: u32) -> f64 {
        self.shares
            .get(usize::from(level))
            .and_then(|shares| shares.get(value as usize))
            .copied()
            .unwrap_or(1.0)
    }
}

impl Problem {
    /// Puts rows, trees and wishes together. The columns of `rows` are the quasi-identifiers in the order of `trees`, then
    /// perhaps the sensitive one.
    ///
    /// # Errors
    /// A value is missing in its tree, a tree is too high, there are no rows, or too many values for a key.
    pub fn new(
        rows: Rows,
        trees: Vec<Hierarchy>,
        sensitive_tree: Option<Hierarchy>,
        subset: Vec<bool>,
    ) -> Result<Self, Trouble> {
        let file = rows.file;
        if rows.count == 0 {
            let fault = Fault::at(&file, "there are no rows").remedy("give a file with rows");
            return Err(Trouble::fault(fault));
        }
        let mut columns = rows.columns.into_iter();
        let mut faults = Vec::new();
        let mut quasi = Vec::new();
        for (tree, column) in trees.into_iter().zip(columns.by_ref()) {
            match Quasi::new(&file, column, tree, &subset) {
                Ok(one) => quasi.push(one),
                Err(mut told) => faults.append(&mut told),
            }
        }
        if !faults.is_empty() {
            return Err(Trouble::Input(faults));
        }
        let sensitive = columns
            .next()
            .map(|column| Sensitive::new(column, sensitive_tree, &subset))
            .transpose()?;
        let in_subset = subset.iter().filter(|&&is_in| is_in).count();
        let mut problem = Self {
            quasi,
            sensitive,
            rows: if subset.is_empty() {
                rows.count as u64
            } else {
                in_subset as u64
            },
            population: rows.count as u64,
            subset,
            sensitive_field: Field::default(),
            subset_field: Field::default(),
            extra_bits: 0,
            bits: 0,
        };
        problem.lay(&file)?;
        Ok(problem)
    }

    /// Gives every number its place in a key; what is no quasi-identifier lies lowest.
    fn lay(&mut self, file: &Path) -> Result<(), Trouble> {
        let values = self.sensitive.as_ref().map_or(1, |own| own.names.len());
        let sizes = [u32::from(!self.subset.is_empty()), key::bits(values)];
        let own = self
            .quasi
            .iter()
            .map(|quasi| key::bits(quasi.tree.leaves()));
        let (fields, bits) = key::lay(sizes.into_iter().chain(own));
        let mut fields = fields.into_iter();
        self.subset_field = fields.next().unwrap_or_default();
        self.sensitive_field = fields.next().unwrap_or_default();
        self.extra_bits = sizes.iter().sum();
        for (quasi, field) in self.quasi.iter_mut().zip(fields) {
            quasi.field = field;
        }
        self.bits = bits;
        if bits <= key::BITS_MAX {
            return Ok(());
        }
        Err(Trouble::fault(
            Fault::at(
                file,
                format!("the quasi-identifiers need {bits} bits a row"),
            )
            .expected(format!("at most {}", key::BITS_MAX))
            .remedy("name fewer columns in --quasi, or make their values coarser first"),
        ))
    }

    /// How many different entries there can be at certain levels.
    pub(super) fn room(&self, levels: &[u8]) -> usize {
        let values = self.sensitive.as_ref().map_or(1, |own| own.names.len());
        let start = values.saturating_mul(if self.subset.is_empty() { 1 } else { 2 });
        self.quasi
            .iter()
            .zip(levels)
            .fold(start, |room, (quasi, &level)| {
                let names = quasi.tree.names.get(usize::from(level));
                room.saturating_mul(names.map_or(1, Vec::len))
            })
    }

    /// All rows at the leaves.
    pub(super) fn grouped<K: Key>(&self, finder: &mut Finder) -> Grouped<K> {
        let count = usize::try_from(self.population).unwrap_or(usize::MAX);
        let leaves = vec![0; self.quasi.len()];
        finder.clear(self.room(&leaves).min(count));
        let mut grouped = Grouped::empty(self.quasi.len());
        let mut block = [K::default(); 1 << 10];
        let mut start = 0;
        while start < count {
            let len = block.len().min(count - start);
            let keys = block.get_mut(..len).unwrap_or_default();
            self.fill(keys, start);
            for (at, &key) in keys.iter().enumerate() {
                let first = u32::try_from(start + at).unwrap_or(u32::MAX);
                let rows = 1;
                grouped.add(finder, Entry { key, rows, first });
            }
            start += len;
        }
        grouped
    }

    /// The keys of some rows, column by column.
    fn fill<K: Key>(&self, keys: &mut [K], start: usize) {
        keys.fill(K::default());
        let mut put = |field: Field, codes: &[u32]| {
            let codes = codes.get(start..).unwrap_or_default();
            for (key, &code) in keys.iter_mut().zip(codes) {
                *key = key.with(field, code);
            }
        };
        for quasi in &self.quasi {
            put(quasi.field, &quasi.codes);
        }
        if let Some(sensitive) = &self.sensitive {
            put(self.sensitive_field, &sensitive.codes);
        }
        let members = self.subset.get(start..).unwrap_or_default();
        for (key, &is_in) in keys.iter_mut().zip(members) {
            *key = key.with(self.subset_field, u32::from(is_in));
        }
    }
}

impl Quasi {
    fn new(
        file: &Path,
        column: Column,
        tree: Hierarchy,
        subset: &[bool],
    ) -> Result<Self, Vec<Fault>> {
        if tree.levels() > LEVELS_MAX {
            let what = format!("the hierarchy has {} levels", tree.levels());
            let fault = Fault::at(&tree.file, what)
                .expected(format!("at most {LEVELS_MAX}"))
                .remedy("leave out levels that differ little");
            return Err(vec![fault]);
        }
        let leaves = to_leaves(file, &column, &tree)?;
        let codes: Vec<u32> = column
            .codes
            .into_iter()
            .map(|code| leaves.get(code as usize).copied().unwrap_or(0))
            .collect();
        let mut at_leaves = vec![0_u64; tree.leaves()];
        let mut members = subset.iter();
        for &code in &codes {
            let is_in = members.next().is_none_or(|&is_in| is_in);
            if let Some(count) = at_leaves.get_mut(code as usize) {
                *count += u64::from(is_in);
            }
        }
        let levels = tree.levels();
        let share = |below: u32| f64::from(below) / whole(tree.leaves() as u64);
        Ok(Self {
            name: column.name,
            field: Field::default(),
            codes,
            lifts: (0..levels)
                .map(|from| (0..levels).map(|to| tree.lift(from, to)).collect())
                .collect(),
            shares: (0..levels)
                .map(|level| tree.below(level).into_iter().map(share).collect())
                .collect(),
            counts: (0..levels)
                .map(|level| {
                    let mut counts = vec![0; tree.names.get(level).map_or(0, Vec::len)];
                    for (&up, rows) in tree.up.get(level).into_iter().flatten().zip(&at_leaves) {
                        if let Some(count) = counts.get_mut(up as usize) {
                            *count += rows;
                        }
                    }
                    counts
                })
                .collect(),
            tree,
        })
    }
}

/// The leaf of each value of a column.
pub(super) fn to_leaves(
    file: &Path,
    column: &Column,
    tree: &Hierarchy,
) -> Result<Vec<u32>, Vec<Fault>> {
    let names = tree.names.first().map_or(&[][..], Vec::as_slice);
    let places: HashMap<&str, u32> = names
        .iter()
        .enumerate()
        .filter_map(|(at, name)| Some((name.as_str(), u32::try_from(at).ok()?)))
        .collect();
    let mut faults = Vec::new();
    let mut leaves = Vec::with_capacity(column.values.len());
    for (value, &first) in column.values.iter().zip(&column.first) {
        match places.get(value.as_str()) {
            Some(&place) => leaves.push(place),
            None => faults.push(
                Fault::at(
                    &tree.file,
                    format!(
                        "no leaf for a value of column `{}` that first stands in row {} of {}",
                        column.name,
                        u64::from(first) + 1,
                        file.display()
                    ),
                )
                .expected(if value.is_empty() {
                    "a line for the empty value: a missing value is a value of its own".to_owned()
                } else {
                    "one line for each value of the column".to_owned()
                })
                .remedy("add the line, or correct the row"),
            ),
        }
    }
    if faults.is_empty() {
        Ok(leaves)
    } else {
        Err(faults)
    }
}

/// A count as a fraction's part.
#[expect(
    clippy::cast_precision_loss,
    reason = "counts of rows lie far below 2^53"
)]
pub(super) fn whole(count: u64) -> f64 {
    count as f64
}
