//! Values that stand for nothing, columns that say one thing, texts of an odd form.

use arrow::array::Array as _;
use city::ColumnType;
use city::profile::{Finding, Stand, What};

use super::normal::normal;
use super::numbers::{is_apart, others};
use super::pattern::shape;
use super::roles::Role;
use super::table::{EXAMPLES, Table};
use super::tally::Tally;
use super::tops::Slot;

/// Words people write where they know nothing.
const UNKNOWN: [&str; 14] = [
    "미상",
    "불명",
    "모름",
    "미정",
    "확인중",
    "확인불가",
    "알수없음",
    "미확인",
    "미입력",
    "테스트",
    "unknown",
    "null",
    "test",
    "tbd",
];
/// Words that are an answer, but no name, address or telephone number.
const NOTHING: [&str; 5] = ["없음", "해당없음", "none", "na", "nan"];
/// Days people write where they know none.
const DAYS: [&str; 9] = [
    "0001-01-01",
    "1111-11-11",
    "1899-12-30",
    "1899-12-31",
    "1900-01-01",
    "1970-01-01",
    "2999-12-31",
    "9999-12-31",
    "1900-01",
];
/// Fewer rows say nothing about what is usual.
const LEAST: u64 = 20;
/// A value in so large a share of rows, where others have values of their own, stands for nothing.
const FREQUENT: f64 = 0.05;
/// A zero in more than one row of so many is a zero.
const OFTEN: u64 = 5;
/// A form of so large a share of texts is the usual one.
const USUAL: f64 = 0.98;

/// What is suspicious of a column's frequent values and forms.
pub(super) fn find(table: &Table<'_>, tally: &Tally) -> Vec<Finding> {
    let filled = tally.filled();
    let sorted = tally.tops.sorted();
    let mut found = Vec::new();
    if filled < LEAST || tally.column.column_type == ColumnType::Boolean {
        return found;
    }
    if let [only] = sorted.as_slice()
        && tally.tops.is_exact()
    {
        found.push(finding(table, tally, What::OneValue, &[only]));
        return found;
    }
    let known: Vec<&Slot> = sorted
        .iter()
        .copied()
        .filter(|slot| stands_for_nothing(table, tally, slot))
        .collect();
    if known.is_empty() {
        found.extend(frequent(table, tally, &sorted));
    } else {
        let what = What::Default {
            stand: Stand::Known,
        };
        found.push(finding(table, tally, what, &known));
    }
    found.extend(odd(table, tally));
    found
}

fn finding(table: &Table<'_>, tally: &Tally, what: What, slots: &[&Slot]) -> Finding {
    Finding {
        what,
        columns: vec![tally.name().to_owned()],
        count: slots.iter().map(|slot| slot.count).sum(),
        of: tally.filled(),
        examples: slots
            .iter()
            .take(EXAMPLES)
            .map(|slot| {
                let rows = rows_of(table, tally, &slot.text);
                let mut example = table.example(&[tally.name()], &rows);
                if tally.shows() {
                    example.values = vec![tally.written(slot)];
                }
                example
            })
            .collect(),
    }
}

/// The first rows with a value.
fn rows_of(table: &Table<'_>, tally: &Tally, text: &str) -> Vec<usize> {
    let Some(array) = table.array(tally.name()) else {
        return Vec::new();
    };
    if let Some(texts) = table.texts(tally.name()) {
        let is_own = |row: &usize| Table::text(texts, *row) == Some(text);
        return (0..texts.len()).filter(is_own).take(EXAMPLES).collect();
    }
    let is_own = |row: &usize| crate::unique::shown(array, *row).as_deref() == Some(text);
    (0..array.len()).filter(is_own).take(EXAMPLES).collect()
}

/// Whether a value is one that people write where they know nothing.
fn stands_for_nothing(table: &Table<'_>, tally: &Tally, slot: &Slot) -> bool {
    match tally.column.column_type {
        ColumnType::Text => unknown_text(tally, slot),
        ColumnType::Date | ColumnType::Month | ColumnType::Datetime => {
            DAYS.iter().any(|day| slot.text.starts_with(day))
        }
        ColumnType::Integer | ColumnType::Decimal | ColumnType::Number => {
            !matches!(tally.role, Role::Number) && unknown_number(table, tally, slot)
        }
        _ => false,
    }
}

fn unknown_text(tally: &Tally, slot: &Slot) -> bool {
    let text = normal(&slot.text);
    // Marks alone say nothing; one of a few marks is a code.
    if text.is_empty() {
        return tally.distinct().count > 10;
    }
    let is_named = matches!(tally.role, Role::Name | Role::Address | Role::Phone);
    if UNKNOWN.contains(&text.as_str()) || is_named && NOTHING.contains(&text.as_str()) {
        // Among a few words it is an answer.
        return tally.distinct().count > 10;
    }
    let digits = text.bytes().all(|byte| byte.is_ascii_digit());
    let first = text.chars().next();
    let is_one_digit = digits && text.chars().all(|letter| Some(letter) == first);
    let is_dialled = tally.role == Role::Phone || slot.text.matches('-').count() == 2;
    is_one_digit && text.len() >= 7 && is_dialled
        || tally.role == Role::Phone && digits && is_dummy_phone(&slot.text)
}

/// `010-0000-0000`, `02-000-0000`, `0`: no number that rings.
fn is_dummy_phone(text: &str) -> bool {
    let parts: Vec<&str> = text
        .split(['-', ' ', ')'])
        .filter(|part| !part.is_empty())
        .collect();
    match parts.as_slice() {
        [only] => only.bytes().all(|byte| byte == b'0'),
        [_, rest @ ..] => rest
            .iter()
            .all(|part| part.bytes().all(|byte| byte == b'0')),
        [] => false,
    }
}

/// 0, -1 or 9999 apart from all other numbers, in more than one row.
fn unknown_number(table: &Table<'_>, tally: &Tally, slot: &Slot) -> bool {
    let text = slot.text.trim_end_matches(".0").trim_start_matches('-');
    let is_nines = text.len() >= 3 && text.bytes().all(|byte| byte == b'9');
    let is_minus = slot.text.starts_with('-') && (text == "1" || is_nines);
    let is_zero = text.bytes().all(|byte| byte == b'0' || byte == b'.') && !text.is_empty();
    if !(is_nines || is_minus || is_zero) || slot.count < 2 {
        return false;
    }
    // Where every fifth value is 0, there is often nothing.
    if is_zero && slot.count * OFTEN > tally.filled() {
        return false;
    }
    let Ok(value) = slot.text.parse::<f64>() else {
        return false;
    };
    let Some(others) = others(table, tally.name(), value) else {
        return false;
    };
    others.len() >= 20 && tally.distinct().count > 5 && is_apart(&others, value)
}

/// One value in many rows of a column whose other values are almost all different.
fn frequent(table: &Table<'_>, tally: &Tally, sorted: &[&Slot]) -> Option<Finding> {
    let is_text = matches!(
        tally.column.column_type,
        ColumnType::Text | ColumnType::Code
    );
    let (first, second) = (sorted.first()?, sorted.get(1)?);
    let (filled, distinct) = (tally.filled(), tally.distinct().count);
    let rest = filled.saturating_sub(first.count);
    #[expect(clippy::cast_precision_loss, reason = "counts as shares")]
    let (share, own) = (
        first.count as f64 / filled as f64,
        distinct as f64 / rest.max(1) as f64,
    );
    let is_frequent = share >= FREQUENT && first.count >= 10 && second.count * 5 <= first.count;
    (is_text && is_frequent && rest >= LEAST && own >= 0.7).then(|| {
        let what = What::Default {
            stand: Stand::Frequent,
        };
        finding(table, tally, what, &[first])
    })
}

/// Texts of another form than almost all.
fn odd(table: &Table<'_>, tally: &Tally) -> Option<Finding> {
    let shapes = tally.patterns().shapes();
    let counted: u64 = shapes.iter().map(|(_, count)| count).sum();
    let (usual, many) = shapes.first()?;
    #[expect(clippy::cast_precision_loss, reason = "counts as a share")]
    let share = *many as f64 / counted.max(1) as f64;
    // One word or number after the other has no form to speak of.
    let has_form = usual
        .chars()
        .any(|letter| !letter.is_alphanumeric() || letter == '9');
    if counted < 100 || share < USUAL || *many == counted || !has_form {
        return None;
    }
    let texts = table.texts(tally.name())?;
    let is_odd = |row: &usize| {
        Table::text(texts, *row).is_some_and(|text| {
            // Lengths of parts and the order of letters aside.
            shape(&super::pattern::pattern(text)) != *usual
        })
    };
    let rows: Vec<usize> = (0..texts.len()).filter(is_odd).take(EXAMPLES).collect();
    (!rows.is_empty()).then(|| Finding {
        what: What::OddPattern {
            usual: if tally.shows() {
                usual.clone()
            } else {
                String::new()
            },
        },
        columns: vec![tally.name().to_owned()],
        count: counted - many,
        of: counted,
        examples: rows
            .iter()
            .map(|row| table.example(&[tally.name()], &[*row]))
            .collect(),
    })
}
