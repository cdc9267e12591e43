//! What was found, said without its values.

use city::{Lang, PrivacyClass};
use privacy::detect::column::{Held, Place, Scan};
use privacy::detect::{Finding, Why};
use serde_json::{Value, json};

use super::Found;
use crate::exit::Failure;
use crate::out;

/// Tells of all columns: one JSON object for each kind in each, or lines for people.
pub(super) fn tell(found: &Found, json: bool, each: bool) -> Result<(), Failure> {
    let mut count = 0;
    for (name, scan) in &found.columns {
        for held in scan.held() {
            count += 1;
            if json {
                if !each {
                    out::json(&held_object(name, &held))?;
                }
            } else {
                for line in held_lines(name, scan, &held) {
                    out::line(line)?;
                }
            }
        }
    }
    let (name, rows, columns) = (&found.name, found.rows, found.columns.len());
    if count == 0 && !json {
        out::line(format!("{name}: no identifier found"))?;
    }
    out::say(format!("{name}: {rows} rows, {columns} columns looked at"));
    Ok(())
}

fn held_object(name: &str, held: &Held) -> Value {
    json!({
        "column": name,
        "type": held.kind.family_word(),
        "title": {"ko": held.kind.title(Lang::Ko), "en": held.kind.title(Lang::En)},
        "cells": held.cells,
        "sure": held.sure,
        "filled": held.filled,
        "share": share(held.cells, held.filled),
        "confidence": f64::from(held.confidence) / 100.0,
        "by_chance": held.by_chance,
        "class": held.class,
        "form": held.form,
        "why": why(held.why),
        "first": held.first.iter().map(place).collect::<Vec<_>>(),
    })
}

fn why(why: Why) -> Value {
    json!({"ko": why.said(Lang::Ko), "en": why.said(Lang::En)})
}

fn place(place: &Place) -> Value {
    json!({"file": place.file.as_ref(), "row": place.row})
}

fn held_lines(name: &str, scan: &Scan, held: &Held) -> [String; 2] {
    let rows: Vec<String> = held
        .first
        .iter()
        .map(|place| place.row.to_string())
        .collect();
    let file = held.first.first().map(|place| place.file.as_ref());
    let chance = if held.by_chance {
        ", likely by chance: the column is full of other numbers of that form"
    } else {
        ""
    };
    let what = format!(
        "{name}: {} ({}, {}) in {} of {} filled cells ({:.1} %), {} of them surely; confidence {} %{chance}",
        held.kind.title(Lang::Ko),
        held.kind.family_word(),
        held.kind.title(Lang::En),
        held.cells,
        scan.filled,
        share(held.cells, held.filled) * 100.0,
        held.sure,
        held.confidence,
    );
    let where_and_why = format!(
        "    class {}; form {}; first in {} row {}; {} ({})",
        class_word(held.class),
        held.form,
        file.unwrap_or_default(),
        rows.join(", "),
        held.why.said(Lang::Ko),
        held.why.said(Lang::En),
    );
    [what, where_and_why]
}

/// The word of a class, as manifests write it.
fn class_word(class: PrivacyClass) -> String {
    let value = serde_json::to_value(class).unwrap_or_default();
    value.as_str().unwrap_or_default().to_owned()
}

/// One finding as a JSON object.
pub(super) fn finding(at: &Place, column: &str, finding: &Finding) -> Value {
    json!({
        "file": at.file.as_ref(),
        "row": at.row,
        "column": column,
        "type": finding.kind.word(),
        "start": finding.span.start,
        "end": finding.span.end,
        "confidence": f64::from(finding.confidence) / 100.0,
        "why": why(finding.why),
    })
}

/// One finding for people: `a.csv:12 비고[4..17] 휴대전화번호, 96 %: ...`
pub(super) fn finding_line(at: &Place, column: &str, finding: &Finding) -> String {
    format!(
        "{}:{} {column}[{}..{}] {} ({}), {} %: {} ({})",
        at.file,
        at.row,
        finding.span.start,
        finding.span.end,
        finding.kind.title(Lang::Ko),
        finding.kind.word(),
        finding.confidence,
        finding.why.said(Lang::Ko),
        finding.why.said(Lang::En),
    )
}

#[expect(
    clippy::cast_precision_loss,
    reason = "a share of cells, shown with few digits"
)]
fn share(part: u64, whole: u64) -> f64 {
    if whole == 0 {
        0.0
    } else {
        (part as f64 / whole as f64 * 10_000.0).round() / 10_000.0
    }
}
