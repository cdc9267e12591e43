//! Rows that stand twice, and one place under one name a few metres apart.

use std::collections::{BTreeMap, HashMap, HashSet};

use ahash::RandomState;
use arrow::array::Array as _;
use arrow::util::display::{ArrayFormatter, FormatOptions};
use city::ColumnType;
use city::profile::{Finding, PLACE, What};

use super::far::metres;
use super::normal::normal;
use super::roles::Role;
use super::table::{EXAMPLES, Table};
use super::tally::Tally;

/// Rows say too little with fewer columns.
const COLUMNS: usize = 3;
/// Rows of which more stand twice are meant to.
const MEANT: f64 = 0.2;
/// Rows of one name that are compared with one another.
const BLOCK: usize = 64;
/// One place.
const NEAR: f64 = 30.0;

/// Hashes of rows: as they stand, and as they are meant.
type Hashes = (u64, u64);

/// Rows that stand twice: those of one content first, then those of one name and place.
pub(super) fn find(table: &Table<'_>, tallies: &[Tally]) -> Vec<Finding> {
    let mut told = HashSet::new();
    let rows = rows(table, tallies, &mut told);
    let nearby = nearby(table, tallies, &told);
    [rows, nearby].into_iter().flatten().collect()
}

/// Rows that say the same as another; the later of them are told once.
fn rows<'t>(
    table: &'t Table<'_>,
    tallies: &'t [Tally],
    told: &mut HashSet<usize>,
) -> Option<Finding> {
    // A key of several columns says what a row is about; one of a single column often only numbers it.
    let key = match table.dataset.load.key.as_slice() {
        [only] => Some(only),
        _ => None,
    };
    let is_number = |tally: &Tally| {
        Some(&tally.column.name) == key || tally.role == Role::Number || numbers_rows(table, tally)
    };
    let (without, compared): (Vec<&Tally>, Vec<&Tally>) = tallies
        .iter()
        .filter(|tally| tally.column.column_type != ColumnType::Geometry)
        .partition(|tally| is_number(tally));
    let says = compared.iter().filter(|tally| tally.distinct().count > 1);
    if says.count() < COLUMNS {
        return None;
    }
    if is_chance(&compared, table.rows()) {
        return None;
    }
    let hashes = hashes(table, &compared)?;
    let mut first: HashMap<u64, (usize, u64)> = HashMap::with_capacity(hashes.len());
    let (mut again, mut is_nearly) = (Vec::new(), false);
    for (row, (exact, meant)) in hashes.iter().enumerate() {
        let Some(meant) = meant else { continue };
        match first.get(meant) {
            Some((before, own)) => {
                is_nearly |= own != exact;
                again.push((*before, row, own != exact));
            }
            None => {
                first.insert(*meant, (row, *exact));
            }
        }
    }
    if again.is_empty() || is_meant(again.len(), table.rows()) {
        return None;
    }
    told.extend(again.iter().map(|(_, row, _)| *row));
    // Rows that differ in marks say more of how it came about than rows that do not.
    again.sort_by_key(|(before, row, differs)| (!differs, *before, *row));
    let text = compared
        .iter()
        .find(|tally| tally.role == Role::Name)
        .or_else(|| compared.first())?;
    Some(Finding {
        what: What::SameRows {
            nearly: is_nearly,
            without: without
                .iter()
                .map(|tally| tally.name().to_owned())
                .collect(),
        },
        columns: compared
            .iter()
            .map(|tally| tally.name())
            .chain(places(table))
            .map(str::to_owned)
            .collect(),
        count: count(again.len()),
        of: table.count(),
        examples: again
            .iter()
            .take(EXAMPLES)
            .map(|(before, row, _)| table.pair(text.name(), &[*before, *row]))
            .collect(),
    })
}

/// Whether rows can be the same by chance: there are not many more combinations of values than pairs of rows.
fn is_chance(columns: &[&Tally], rows: usize) -> bool {
    #[expect(clippy::cast_precision_loss, reason = "logarithms of counts")]
    let ln = |count: u64| (count.max(1) as f64).ln();
    let combinations: f64 = columns.iter().map(|tally| ln(tally.distinct().count)).sum();
    let pairs = 2.0 * ln(u64::try_from(rows).unwrap_or(u64::MAX));
    combinations < pairs + ln(10)
}

fn is_meant(twice: usize, rows: usize) -> bool {
    #[expect(clippy::cast_precision_loss, reason = "counts as a share")]
    let share = twice as f64 / rows.max(1) as f64;
    share > MEANT
}

/// Whether a column counts rows: whole numbers each of which is one more than the one before.
fn numbers_rows(table: &Table<'_>, tally: &Tally) -> bool {
    if tally.column.column_type != ColumnType::Integer || tally.distinct().count < tally.filled() {
        return false;
    }
    let Some(numbers) = table.numbers(tally.name()) else {
        return false;
    };
    let steps = numbers.windows(2).filter(|pair| match pair {
        [Some(a), Some(b)] => (b - a - 1.0).abs() < 0.5,
        _ => false,
    });
    let steps = steps.count();
    steps * 10 >= numbers.len() * 9 && steps > 0
}

/// Two hashes of each row; the second is nothing where the row says too little.
fn hashes<'t>(table: &'t Table<'_>, columns: &[&'t Tally]) -> Option<Vec<(u64, Option<u64>)>> {
    let state = RandomState::with_seeds(13, 14, 15, 16);
    let mut rows: Vec<(Hashes, usize)> = vec![((0, 0), 0); table.rows()];
    let mut mix = |row: usize, exact: u64, meant: u64| {
        if let Some((hashes, filled)) = rows.get_mut(row) {
            hashes.0 = hashes.0.rotate_left(5).wrapping_mul(0x9e37_79b9_7f4a_7c15) ^ exact;
            hashes.1 = hashes.1.rotate_left(5).wrapping_mul(0x9e37_79b9_7f4a_7c15) ^ meant;
            *filled += usize::from(exact != 0);
        }
    };
    let names = columns.iter().map(|tally| tally.name());
    for name in names.chain(places(table)) {
        let Some(array) = table.array(name) else {
            continue;
        };
        if let Some(texts) = table.texts(name) {
            for (row, text) in texts.iter().enumerate() {
                let exact = text.map_or(0, |text| state.hash_one(text));
                let meant = text.map_or(0, |text| state.hash_one(said(text)));
                mix(row, exact, meant);
            }
            continue;
        }
        let options = FormatOptions::default();
        let formatter = ArrayFormatter::try_new(array, &options).ok()?;
        for row in 0..array.len() {
            let hash = if array.is_valid(row) {
                state.hash_one(formatter.value(row).to_string())
            } else {
                0
            };
            mix(row, hash, hash);
        }
    }
    let rows = rows.into_iter();
    Some(
        rows.map(|((exact, meant), filled)| (exact, (filled >= COLUMNS).then_some(meant)))
            .collect(),
    )
}

/// Longitude and latitude that no column of the dataset holds: those of shapes.
fn places<'t>(table: &'t Table<'_>) -> impl Iterator<Item = &'t str> {
    PLACE
        .into_iter()
        .filter(|name| !table.places().is_empty() && table.dataset.column(name).is_none())
}

/// A text without its marks; numbers stay apart, since 1-23 is not 12-3.
fn said(text: &str) -> String {
    let mut out = normal(text);
    let numbers = text.split(|letter: char| !letter.is_ascii_digit());
    for number in numbers.filter(|number| !number.is_empty()) {
        out.push('\u{1f}');
        out.push_str(number);
    }
    out
}

/// Rows of one name within a few metres, in a table where almost every row has a name of its own.
fn nearby(table: &Table<'_>, tallies: &[Tally], told: &HashSet<usize>) -> Option<Finding> {
    let name = tallies.iter().find(|tally| {
        let own = tally.distinct().count * 5 >= tally.filled() * 4;
        tally.role == Role::Name && tally.column.column_type == ColumnType::Text && own
    })?;
    let texts = table.texts(name.name())?;
    let mut groups: BTreeMap<String, Vec<usize>> = BTreeMap::new();
    for row in (0..table.places().len()).filter(|row| !told.contains(row)) {
        if let (Some(text), Some(_)) = (Table::text(texts, row), table.place(row)) {
            let key = normal(text);
            // Names such as 화장실 name no place.
            if key.chars().count() >= 4 {
                groups.entry(key).or_default().push(row);
            }
        }
    }
    let mut again = Vec::new();
    for group in groups.values().filter(|group| group.len() > 1) {
        for (at, row) in group.iter().take(BLOCK).enumerate() {
            let near = group.iter().take(at).find(|before| {
                let (a, b) = (table.place(**before), table.place(*row));
                a.zip(b).is_some_and(|(a, b)| metres(a, b) <= NEAR)
            });
            again.extend(near.map(|before| (*before, *row)));
        }
    }
    (!again.is_empty() && !is_meant(again.len(), table.rows())).then(|| Finding {
        what: What::SameNameNearby { metres: 30 },
        columns: [name.name(), PLACE[0], PLACE[1]].map(str::to_owned).into(),
        count: count(again.len()),
        of: count(texts.len() - texts.null_count()),
        examples: again
            .iter()
            .take(EXAMPLES)
            .map(|(before, row)| table.pair(name.name(), &[*before, *row]))
            .collect(),
    })
}

fn count(rows: usize) -> u64 {
    u64::try_from(rows).unwrap_or_default()
}
