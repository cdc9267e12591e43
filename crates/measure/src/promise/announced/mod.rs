//! A table of announcements becomes promises: one a row, with what its words and its note say of the others.
//!
//! Only what a row says is written; what it does not say is left open for a person, and nothing is concluded from it.

mod note;
mod relate;

use std::collections::BTreeSet;
use std::path::Path;

use city::promise::{
    Kind, NamedPart, Origin, Promise, PromisedFigure, Reach, Span, Tense, Unchecked, Unstated,
};
use city::{Fault, PromiseId, When};

use note::{Clause, clauses};

/// One row of a table of announcements. No text means that it was not said.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Announcement {
    /// Line of the table's file, from 1.
    pub line: u64,
    /// Id.
    pub id: String,
    /// Who announced it.
    pub body: String,
    /// What it is about.
    pub topic: String,
    /// The sentence.
    pub statement: String,
    /// The figure.
    pub quantity: String,
    /// Its unit.
    pub unit: String,
    /// The years it covers: `2013-2022`, `2023`, `-2022`, `2030-`.
    pub period: String,
    /// When it is due.
    pub due: String,
    /// The word by which the source called its state.
    pub said: String,
    /// Whatever else: a part of what, what is not stated.
    pub note: String,
}

/// A promise drafted from a row, with what of the note became no key of it.
#[derive(Clone, Debug, PartialEq)]
pub struct Drafted {
    /// The promise.
    pub promise: Promise,
    /// Words of the note that a person may want to read.
    pub notes: Vec<String>,
    /// Line of the table's file.
    pub line: u64,
}

/// A row on its way: its promise, and the clauses of its note that speak of other rows.
struct Draft {
    promise: Promise,
    clauses: Vec<Clause>,
    line: u64,
}

/// Promises drafted from all rows, and everything that is wrong with the rows.
pub fn draft(file: &Path, rows: &[Announcement]) -> (Vec<Drafted>, Vec<Fault>) {
    let mut faults = Vec::new();
    let mut seen = BTreeSet::new();
    let mut drafts = Vec::new();
    for row in rows {
        if !seen.insert(row.id.as_str()) {
            let what = format!("the id `{}` stands twice", row.id);
            faults.push(Fault::at(file, what).line(row.line));
        }
        drafts.push(alone(file, row, &mut faults));
    }
    relate::all(file, &mut drafts, &mut faults);
    let drafted = drafts.into_iter().map(|draft| Drafted {
        notes: draft.clauses.iter().filter_map(Clause::left).collect(),
        promise: draft.promise,
        line: draft.line,
    });
    (drafted.collect(), faults)
}

/// What a row says by itself.
fn alone(file: &Path, row: &Announcement, faults: &mut Vec<Fault>) -> Draft {
    let mut wrong = |what: String, expected: &str| {
        let fault = Fault::at(file, what).line(row.line);
        faults.push(fault.expected(expected));
    };
    if row.statement.is_empty() {
        wrong("the row has no statement".to_owned(), "what was announced");
    }
    let value = number(&row.quantity);
    if value.is_none() && !row.quantity.is_empty() {
        let what = format!("`{}` is no number", row.quantity);
        wrong(what, "a number, or nothing where it was not said");
    }
    if value.is_some() && row.unit.is_empty() {
        let what = format!("`{}` has no unit", row.quantity);
        wrong(what, "a unit, as it was published");
    }
    let period = span(&row.period).unwrap_or_else(|| {
        let what = format!("`{}` is no period", row.period);
        wrong(what, "2013-2022, 2023, -2022 or 2030-");
        Span::default()
    });
    let due = (!row.due.is_empty()).then(|| When::read(&row.due));
    if matches!(due, Some(None)) {
        let what = format!("`{}` is no date", row.due);
        wrong(what, "a year, a month or a day: 2026, 2026-12, 2026-12-31");
    }
    let tense = tense(&row.said);
    let mut unchecked = vec![
        Unchecked::Department,
        Unchecked::Source,
        Unchecked::Evidence,
    ];
    if tense.is_none() {
        unchecked.push(Unchecked::Tense);
    }
    let clauses = clauses(&row.note);
    let mut promise = Promise {
        tense: tense.unwrap_or(Tense::Standing),
        kind: kind(&row.statement, &row.unit),
        figure: (!row.unit.is_empty()).then(|| PromisedFigure {
            value,
            unit: row.unit.clone(),
            unit_en: None,
            reach: Reach::AtLeast,
            start: None,
        }),
        period,
        due: due.flatten(),
        unchecked,
        ..blank(row)
    };
    for clause in &clauses {
        of_itself(clause, &mut promise);
    }
    Draft {
        promise,
        clauses,
        line: row.line,
    }
}

/// What a clause of the note says of its own row.
fn of_itself(clause: &Clause, promise: &mut Promise) {
    match clause {
        Clause::NotStated(what) => {
            let is_said = match what {
                Unstated::Figure => promise.value().is_some(),
                Unstated::Due => promise.due.is_some(),
                Unstated::Denominator | Unstated::Method => false,
            };
            if !is_said && !promise.not_stated.contains(what) {
                promise.not_stated.push(*what);
            }
        }
        Clause::Parts(parts) if promise.figure.is_some() => {
            promise.parts = parts
                .iter()
                .map(|(title, value)| NamedPart {
                    title: title.clone(),
                    value: *value,
                })
                .collect();
        }
        Clause::NoEvidence(_) => promise
            .unchecked
            .retain(|what| *what != Unchecked::Evidence),
        _ => (),
    }
}

/// A promise that says no more than its words.
fn blank(row: &Announcement) -> Promise {
    let some = |text: &str| (!text.is_empty()).then(|| text.to_owned());
    Promise {
        id: PromiseId::new(&row.id),
        title: row.statement.clone(),
        title_en: None,
        sentence: row.statement.clone(),
        sentence_en: None,
        topic: some(&row.topic),
        body: some(&row.body),
        department: None,
        release: city::dataset::Release::Internal,
        source: Origin::default(),
        tense: Tense::Standing,
        said: some(&row.said),
        kind: Kind::Amount,
        figure: None,
        period: Span::default(),
        due: None,
        measure: None,
        part_of: None,
        adds_to: None,
        per: Vec::new(),
        parts: Vec::new(),
        counted_at: None,
        method: None,
        denominator: None,
        pace: None,
        saving: None,
        maybe_in: None,
        not_stated: Vec::new(),
        unchecked: Vec::new(),
        evidence: Vec::new(),
        history: Vec::new(),
    }
}

/// A number with or without commas; nothing where it is none.
fn number(text: &str) -> Option<f64> {
    let digits: String = text
        .chars()
        .filter(|sign| !matches!(sign, ',' | ' '))
        .collect();
    let value: f64 = digits.parse().ok()?;
    value.is_finite().then_some(value)
}

/// `2013-2022`, `2023`, `-2022`, `2030-`; a month stands for a year where it says one.
fn span(text: &str) -> Option<Span> {
    let text = text.trim().replace(['~', '–'], "-");
    let day = |text: &str| When::read(text.trim());
    if text.is_empty() {
        return Some(Span::default());
    }
    if let Some(to) = text.strip_prefix('-') {
        return Some(Span {
            from: None,
            to: Some(day(to)?),
        });
    }
    if let Some(from) = text.strip_suffix('-') {
        return Some(Span {
            from: Some(day(from)?),
            to: None,
        });
    }
    // What is one date is not cut in two: 2023-12 is a month.
    if let Some(one) = day(&text) {
        return Some(Span {
            from: Some(one.clone()),
            to: Some(one),
        });
    }
    let middle = text.len() / 2;
    let (from, to) = text.split_at_checked(middle)?;
    Some(Span {
        from: Some(day(from)?),
        to: Some(day(to.strip_prefix('-')?)?),
    })
}

/// What the words for states in Korean announcements tell of; nothing of a word that is not known.
fn tense(said: &str) -> Option<Tense> {
    const PLANNED: [&str; 8] = [
        "예정", "계획", "전망", "추진", "목표", "검토", "준비", "착수",
    ];
    const DONE: [&str; 22] = [
        "완료", "제공", "확보", "구축", "보급", "체결", "개소", "전환", "수립", "확대", "상향",
        "절감", "설치", "달성", "개통", "준공", "지급", "이전", "도입", "개선", "시행", "선정",
    ];
    const STANDING: [&str; 8] = ["대상", "현황", "운영", "이용", "우수", "유지", "보유", "중"];
    let is = |words: &[&str]| words.contains(&said);
    if is(&PLANNED) {
        Some(Tense::Planned)
    } else if is(&DONE) {
        Some(Tense::Done)
    } else if is(&STANDING) || is_rank(said) {
        Some(Tense::Standing)
    } else {
        None
    }
}

/// `1위`, `3등`.
fn is_rank(said: &str) -> bool {
    let digits = said.strip_suffix(['위', '등']);
    digits.is_some_and(|digits| {
        !digits.is_empty() && digits.bytes().all(|sign| sign.is_ascii_digit())
    })
}

/// Whether a unit is money.
fn is_money(unit: &str) -> bool {
    let unit = unit.split('/').next().unwrap_or_default();
    unit.ends_with('원')
}

/// What kind of figure the words tell of.
fn kind(statement: &str, unit: &str) -> Kind {
    let says = |words: &[&str]| words.iter().any(|word| statement.contains(word));
    if matches!(unit, "%" | "‰") {
        Kind::Share
    } else if is_money(unit) && says(&["절감", "절약", "아끼"]) {
        Kind::Saving
    } else if is_money(unit) && says(&["사업비", "투자", "공사비", "구축비", "총비용"])
    {
        Kind::Cost
    } else {
        Kind::Amount
    }
}

#[cfg(test)]
mod tests;
