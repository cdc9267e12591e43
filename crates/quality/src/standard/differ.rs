//! What differs between a standard's column and the dataset's column that is it.

use city::Why;
use city::standard::{StandardColumn, Standards};

use super::fit::{Kinship, Wanted, kinship};
use super::{Difference, How, Seen};

/// Values shown of those that are wrong.
const EXAMPLES: usize = 3;

/// Tells everything that differs in one column.
pub(super) fn column(
    standards: &Standards,
    column: &StandardColumn,
    matched: Option<(&Seen, &How)>,
    differences: &mut Vec<Difference>,
) {
    let Some((seen, how)) = matched else {
        if !column.optional {
            differences.push(Difference::Missing {
                column: column.name.clone(),
                is_required: column.is_required(),
            });
        }
        return;
    };
    if let How::Synonym { written } | How::Content { written, .. } = how {
        differences.push(Difference::Renamed {
            column: column.name.clone(),
            written: written.clone(),
        });
    }
    if column.is_required() && seen.filled < seen.rows {
        differences.push(Difference::Empty {
            column: column.name.clone(),
            count: seen.rows - seen.filled,
            of: seen.rows,
        });
    }
    let wanted = Wanted::new(standards, column);
    let kin = wanted
        .kind
        .map_or(Kinship::Same, |kind| kinship(kind, seen.column_type));
    if let (Kinship::Other, Some(expected)) = (kin, wanted.kind) {
        differences.push(Difference::Type {
            column: column.name.clone(),
            expected,
            domain: column.domain.clone(),
            found: seen.column_type,
        });
    } else {
        values(column, seen, &wanted, kin, differences);
    }
}

/// Values of the right type, or text: each that is not allowed, by what it fails first.
fn values(
    column: &StandardColumn,
    seen: &Seen,
    wanted: &Wanted,
    kin: Kinship,
    differences: &mut Vec<Difference>,
) {
    let (mut mistyped, mut failing) = (Vec::new(), vec![Vec::new(); wanted.rules.len()]);
    for value in &seen.values {
        if kin == Kinship::Written && !wanted.is_typed(&value.0) {
            mistyped.push(value);
            continue;
        }
        for (rule, own) in wanted.rules.iter().zip(&mut failing) {
            if !rule.passes(&value.0) {
                own.push(value);
            }
        }
    }
    let mut tell = |why: Why, mut wrong: Vec<&(String, u64)>| {
        if wrong.is_empty() {
            return;
        }
        wrong.sort_by(|left, right| right.1.cmp(&left.1).then_with(|| left.0.cmp(&right.0)));
        let shown = wrong
            .iter()
            .take(if seen.is_personal { 0 } else { EXAMPLES });
        differences.push(Difference::Values {
            column: column.name.clone(),
            why,
            count: wrong.iter().map(|(_, count)| count).sum(),
            of: seen.sampled(),
            is_sample: seen.sampled() < seen.filled,
            examples: shown.map(|(text, _)| text.clone()).collect(),
        });
    };
    tell(wanted.why_type(), mistyped);
    for (rule, wrong) in wanted.rules.iter().zip(failing) {
        tell(rule.why(), wrong);
    }
}

/// Tells of columns the standard lacks.
pub(super) fn extra(columns: &[&Seen], differences: &mut Vec<Difference>) {
    let columns = columns.iter().map(|own| Difference::Extra {
        column: own.source.clone(),
    });
    differences.extend(columns);
}
