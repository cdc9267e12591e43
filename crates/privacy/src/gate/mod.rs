//! The gate: what is to leave is read again from the very bytes that leave, and everything that was promised of it is
//! checked. Pure: rows come in, checks in both languages go out, and no check holds the value of a cell.
//!
//! Nothing here is shared with what makes a file: columns are those of the file, cells are looked at one by one, and
//! what was suppressed is worked out as somebody would who wants to know it.
//!
//! | module | holds |
//! | --- | --- |
//! | [`mod@suppression`] | small counts are not shown, and cannot be worked out |
//! | [`mod@project`] | a project's case allows it, and its key is there |

pub mod project;
pub mod suppression;

use std::sync::Arc;

use city::{GateCheck, GateWhat, Lang};

use crate::anonymity::verify::Verdict;
use crate::detect::column::{Place, Scan};
use crate::detect::guard::{self, Stop};
use crate::detect::{Day, Detector, Header, Kind};
use crate::pseudonym::{Failed, Source};

/// A column as it was promised.
#[derive(Clone, Debug)]
pub struct Promised {
    /// Its name in the file.
    pub name: String,
    /// Its other names, which say something of what it holds.
    pub others: Vec<String>,
    /// What it may hold, by the words of its manifest.
    pub accepted: Vec<Kind>,
    /// Its values were made up by a technique (a token, a keyed hash, a number of the same form), so that they may look
    /// like somebody's.
    pub is_made: bool,
}

/// What was promised of a file.
#[derive(Clone, Debug)]
pub struct Promise<'p> {
    /// Its columns, in order.
    pub columns: &'p [Promised],
    /// Rows that were written.
    pub rows: u64,
    /// SHA-256 of the bytes that were written.
    pub sha256: &'p str,
    /// SHA-256 of the bytes that are there.
    pub found_sha256: &'p str,
    /// The table of counts it is, if it is one.
    pub counted: Option<suppression::Counted>,
    /// The day it is.
    pub today: Day,
}

/// What was found in a file.
#[derive(Clone, Debug)]
pub struct Looked {
    /// Rows.
    pub rows: u64,
    /// Everything that was checked.
    pub checks: Vec<GateCheck>,
}

/// A check.
pub fn check(
    what: GateWhat,
    holds: bool,
    ko: impl Into<String>,
    en: impl Into<String>,
) -> GateCheck {
    GateCheck {
        what,
        holds,
        ko: ko.into(),
        en: en.into(),
    }
}

/// Looks at every cell of a file.
///
/// # Errors
/// The file cannot be read.
pub fn look(source: &mut dyn Source, promise: &Promise<'_>) -> Result<Looked, Failed> {
    let mut checks = vec![columns(source.header(), promise.columns), bytes(promise)];
    let file: Arc<str> = Arc::from("");
    let mut detector = Detector::of_numbers(promise.today);
    let mut scans: Vec<Scan> = promise.columns.iter().map(scan).collect();
    let mut grid = promise.counted.as_ref().map(suppression::Grid::new);
    let (mut row, mut rows) = (Vec::new(), 0_u64);
    while source.next(&mut row)? {
        rows += 1;
        let place = || Place {
            file: Arc::clone(&file),
            row: rows,
        };
        for (scan, cell) in scans.iter_mut().zip(&row) {
            guard::see(scan, &mut detector, cell, &place);
        }
        if let Some(grid) = &mut grid {
            grid.take(&row);
        }
    }
    checks.push(counted_rows(rows, promise.rows));
    checks.extend(personal(promise.columns, &scans, rows));
    if let Some(grid) = grid {
        checks.push(grid.check());
    }
    Ok(Looked { rows, checks })
}

fn scan(column: &Promised) -> Scan {
    let others = column.others.iter().map(String::as_str);
    Scan::of(Header::of(others.chain([column.name.as_str()])))
}

/// The columns are those that were promised, in that order, and no other.
fn columns(found: &[String], promised: &[Promised]) -> GateCheck {
    // The mark of UTF-8 belongs to the file and not to the first column.
    let names: Vec<&str> = found
        .iter()
        .map(|name| name.trim_start_matches('\u{feff}'))
        .collect();
    let wanted: Vec<&str> = promised.iter().map(|column| column.name.as_str()).collect();
    if names == wanted {
        let count = names.len();
        return check(
            GateWhat::Columns,
            true,
            format!("선언한 열 {count}개만 있습니다."),
            format!("there are the {count} columns that were declared and no other"),
        );
    }
    let extra = names.iter().filter(|name| !wanted.contains(name)).count();
    let missing = wanted.iter().filter(|name| !names.contains(name)).count();
    check(
        GateWhat::Columns,
        false,
        format!(
            "선언과 열이 다릅니다: 선언에 없는 열 {extra}개, 없는 열 {missing}개. 순서도 같아야 합니다."
        ),
        format!(
            "the columns are not those that were declared, in that order: {extra} others, {missing} missing"
        ),
    )
}

fn bytes(promise: &Promise<'_>) -> GateCheck {
    let short = |text: &str| text.chars().take(12).collect::<String>();
    if promise.sha256 == promise.found_sha256 && !promise.sha256.is_empty() {
        let hash = short(promise.sha256);
        return check(
            GateWhat::Bytes,
            true,
            format!("쓴 바이트와 다시 읽은 바이트의 SHA-256이 같습니다 ({hash}…)."),
            format!("the bytes that were read again have the SHA-256 of those written ({hash}…)"),
        );
    }
    check(
        GateWhat::Bytes,
        false,
        "다시 읽은 파일이 쓴 파일과 다릅니다. 다시 만드십시오.",
        "the file that was read again is not the one that was written; make it again",
    )
}

fn counted_rows(found: u64, written: u64) -> GateCheck {
    let holds = found == written && found > 0;
    let (ko, en) = if holds {
        (
            format!("행 {found}개를 모두 다시 읽었습니다."),
            format!("all {found} rows were read again"),
        )
    } else if found == 0 {
        (
            "행이 없습니다. 내보낼 것이 없습니다.".to_owned(),
            "there is no row: nothing to release".to_owned(),
        )
    } else {
        (
            format!("행 {written}개를 썼는데 {found}개를 읽었습니다. 다시 만드십시오."),
            format!("{written} rows were written and {found} were read; make it again"),
        )
    };
    check(GateWhat::Rows, holds, ko, en)
}

/// What the cells hold: one check for each kind and column that must not be there, or one that nothing is.
fn personal(columns: &[Promised], scans: &[Scan], rows: u64) -> Vec<GateCheck> {
    let mut found = Vec::new();
    for (column, scan) in columns.iter().zip(scans) {
        if column.is_made {
            continue;
        }
        let stops = guard::stops(scan).into_iter();
        let stops = stops.filter(|stop| !column.accepted.contains(&stop.kind));
        found.extend(stops.map(|stop| told(column, &stop)));
    }
    if found.is_empty() {
        let made = columns.iter().filter(|column| column.is_made).count();
        let cells = rows.saturating_mul(u64::try_from(columns.len()).unwrap_or(u64::MAX));
        let (but_ko, but_en) = if made == 0 {
            (String::new(), String::new())
        } else {
            (
                format!(" 가명처리 기법이 만든 열 {made}개는 형태가 닮을 수 있어 뺐습니다."),
                format!(
                    "; {made} columns whose values a technique made up may look alike and were left out"
                ),
            )
        };
        found.push(check(
            GateWhat::PersonalData,
            true,
            format!("칸 {cells}개를 모두 보았고 개인을 알아볼 수 있는 번호·연락처를 찾지 못했습니다.{but_ko}"),
            format!("all {cells} cells were looked at and hold no identifier of a person{but_en}"),
        ));
    }
    found
}

fn told(column: &Promised, stop: &Stop) -> GateCheck {
    let first = stop.first.first().map_or(0, |place| place.row);
    check(
        GateWhat::PersonalData,
        false,
        format!(
            "‘{}’ 열의 채워진 칸 {}개 가운데 {}개에 개인을 알아볼 수 있는 값({})이 있습니다. 처음은 {first}번째 행입니다. 열을 빼거나, 원본에서 가리거나, 가명처리 기법을 정하십시오.",
            column.name,
            stop.filled,
            stop.cells,
            stop.kind.title(Lang::Ko),
        ),
        format!(
            "the column `{}` holds a {} in {} of {} filled cells, first in row {first}; leave the column out, mask it at the source, or choose a technique",
            column.name,
            stop.kind.title(Lang::En),
            stop.cells,
            stop.filled,
        ),
    )
}

/// What a separate measurement of the file says of its models.
pub fn models(verdict: &Verdict) -> Vec<GateCheck> {
    let one = |measured: &crate::anonymity::verify::Measured| {
        let model = measured.model.to_string();
        let (classes, least) = (verdict.classes, verdict.min_class);
        if measured.holds && verdict.rows > 0 {
            return check(
                GateWhat::Model,
                true,
                format!(
                    "보호 모델 {model}: 따로 재어 충족함을 확인했습니다. 동질 집합 {classes}개, 가장 작은 집합 {least}행."
                ),
                format!(
                    "{model} holds, measured on the file by separate code: {classes} classes, the smallest of {least} rows"
                ),
            );
        }
        let row = measured.row.unwrap_or(1);
        check(
            GateWhat::Model,
            false,
            format!(
                "보호 모델 {model}: 충족하지 않습니다. 가장 나쁜 값은 {}이고, {row}번째 행의 동질 집합에서 처음 나왔습니다.",
                measured.worst
            ),
            format!(
                "{model} does not hold: at worst {}, first in the class of row {row}",
                measured.worst
            ),
        )
    };
    verdict.models.iter().map(one).collect()
}

#[cfg(test)]
mod tests;
