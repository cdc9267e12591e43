//! The pack as a paper: what a reviewer reads, with the whole lists left to the workbook.

use std::collections::BTreeMap;

use paper::{About, PaperError};
use serde_json::{Value, json};

use super::definition::Words;
use super::pack::{Document, Indicator, Load, Pack, State};
use super::show;

const TEMPLATE: &str = include_str!("evidence.typ");
/// Datasets listed; a paper of more is not read, and the workbook has them all.
const LISTED_MAX: usize = 1000;

/// The paper. It takes seconds: not for a thread that answers others.
///
/// # Errors
/// When it cannot be set.
pub fn pdf(pack: &Pack) -> Result<Vec<u8>, PaperError> {
    let about = About {
        title: title(pack),
        author: pack.provider.clone(),
        date: pack.until,
    };
    paper::pdf(TEMPLATE, &data(pack), &about)
}

/// `2026년 데이터 품질관리 증빙 자료`, of whom.
pub(super) fn title(pack: &Pack) -> String {
    format!("{}년 데이터 품질관리 증빙 자료 ({})", pack.year, whom(pack))
}

/// The department, or the body.
pub(super) fn whom(pack: &Pack) -> &str {
    let own = pack.department.as_ref();
    own.map_or(&pack.provider, |own| &own.ko)
}

fn data(pack: &Pack) -> Value {
    let loads = show::count(u64::try_from(pack.loads.len()).unwrap_or_default());
    json!({
        "year": pack.year,
        "whom": whom(pack),
        "facts": [
            ["기관", pack.provider],
            ["대상", pack.department.as_ref().map_or("기관 전체", |own| own.ko.as_str())],
            ["기간", format!("{}-01-01 ~ {}", pack.year, pack.until)],
            ["데이터셋", format!("{}개", show::count(size(pack.datasets.len())))],
            ["적재 기록", format!("{loads}건")],
        ],
        "sha256": pack.sha256,
        "command": pack.department.as_ref().map_or_else(
            || pack.year.to_string(),
            |own| format!("{} --department {}", pack.year, own.id),
        ),
        "areas": areas(pack),
        "indicators": pack.indicators.iter().map(|own| section(pack, own)).collect::<Vec<_>>(),
        "months": pack.months.iter().map(|own| json!([
            own.until.format("%Y-%m").to_string(),
            own.until.to_string(),
            show::count(own.datasets),
            show::count(own.errors),
            show::count(own.diagnosed),
            Some(show::percent(own.errors, own.diagnosed, true)).filter(|own| !own.is_empty()).unwrap_or_else(|| "–".to_owned()),
        ])).collect::<Vec<_>>(),
        "rules": rules(pack),
        "documents": pack.datasets.iter().take(LISTED_MAX).map(|own| document(pack, own)).collect::<Vec<_>>(),
        "unlisted": pack.datasets.len().saturating_sub(LISTED_MAX),
    })
}

fn size(count: usize) -> u64 {
    u64::try_from(count).unwrap_or(u64::MAX)
}

/// The summary: indicators below the evaluation they belong to.
fn areas(pack: &Pack) -> Vec<Value> {
    let mut all: Vec<(Words, Vec<Value>)> = Vec::new();
    for own in &pack.indicators {
        let title = own.area.title();
        let row = json!({
            "item": own.item.ko,
            "title": own.title.ko,
            "numerator": own.numerator.map(show::count),
            "denominator": own.denominator.map(show::count),
            "figure": show::figure(own),
            "is_counted": own.state == State::Counted,
        });
        match all.last_mut() {
            Some((last, rows)) if *last == title => rows.push(row),
            _ => all.push((title, vec![row])),
        }
    }
    all.into_iter()
        .map(|(title, rows)| json!({"title": title.ko, "rows": rows}))
        .collect()
}

/// One indicator: what was divided by what, and of whom.
fn section(pack: &Pack, of: &Indicator) -> Value {
    let row = |name: &str, numerator: u64, denominator: u64| {
        json!([
            name,
            show::count(numerator),
            show::count(denominator),
            show::percent(numerator, denominator, of.is_fault),
        ])
    };
    let mut rows: Vec<Value> = if pack.department.is_some() {
        let title = |part: &super::pack::Part| {
            let own = pack.document_of(&part.dataset);
            own.map_or_else(|| part.dataset.to_string(), |own| own.title.clone())
        };
        of.parts
            .iter()
            .map(|part| row(&title(part), part.numerator, part.denominator))
            .collect()
    } else {
        pack.by_department(of)
            .into_iter()
            .map(|(own, numerator, denominator)| row(&own.ko, numerator, denominator))
            .collect()
    };
    if let (Some(numerator), Some(denominator)) = (of.numerator, of.denominator) {
        rows.push(row("계", numerator, denominator));
    }
    json!({
        "item": of.item.ko,
        "title": of.title.ko,
        "figure": show::figure(of),
        "is_counted": of.state == State::Counted,
        "numerator_is": of.numerator_is.ko,
        "denominator_is": of.denominator_is.ko,
        "how": of.how.ko,
        "add": of.add.ko,
        "unit": of.unit.ko,
        "whose": if pack.department.is_some() { "데이터셋" } else { "부서" },
        "rows": rows,
    })
}

/// Errors and values diagnosed by rule.
fn rules(pack: &Pack) -> Vec<Value> {
    let mut all: BTreeMap<(&str, &str), (u64, u64, u64)> = BTreeMap::new();
    for own in &pack.checks {
        let sum = all
            .entry((show::dimension(&own.check), show::check(&own.check)))
            .or_default();
        *sum = (sum.0 + 1, sum.1 + own.errors, sum.2 + own.diagnosed);
    }
    let row = |(dimension, name): (&str, &str), (uses, errors, diagnosed): (u64, u64, u64)| {
        json!([
            dimension,
            name,
            show::count(uses),
            show::count(errors),
            show::count(diagnosed),
            show::percent(errors, diagnosed, true),
        ])
    };
    let total = all.values().fold((0, 0, 0), |sum, own| {
        (sum.0 + own.0, sum.1 + own.1, sum.2 + own.2)
    });
    let mut rows: Vec<Value> = all.iter().map(|(name, own)| row(*name, *own)).collect();
    if !rows.is_empty() {
        rows.push(row(("계", ""), total));
    }
    rows
}

fn document(pack: &Pack, of: &Document) -> Value {
    let department = pack.department_of(&of.department);
    json!({
        "title": of.title,
        "manifest": of.manifest,
        "department": department.map(|own| own.ko.as_str()).unwrap_or_default(),
        "standard": of.standard,
        "loads": show::count(size(of.loads)),
        "newest": of.newest.as_ref().map(newest),
    })
}

fn newest(load: &Load) -> Value {
    let file = load.files.first();
    json!({
        "version": load.version,
        "day": Pack::day(load).to_string(),
        "load": load.load_id,
        "read": show::count(load.read),
        "accepted": show::count(load.accepted),
        "quarantined": show::count(load.quarantined),
        "file": file.map(|own| own.name.as_str()),
        "sha256": file.map(|own| own.sha256.as_str()),
        "others": load.files.len().saturating_sub(1),
        "inputs": load.inputs.iter().map(|(id, version)| format!("{id} {version}판")).collect::<Vec<_>>().join(", "),
    })
}
