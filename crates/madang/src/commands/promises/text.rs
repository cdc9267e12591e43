//! A drafted promise as the text of its manifest, with the places marked that a person fills.

use std::fmt::Write as _;

use city::promise::{CountedAt, Kind, NamedPart, Promise, Span, Tense, Unchecked, Unstated};
use city::{PromiseId, When};
use measure::promise::announced::Drafted;
use toml_edit::Value;

/// The text.
pub(super) fn manifest(draft: &Drafted, table: &str) -> String {
    let promise = &draft.promise;
    let mut out = Lines(String::new());
    out.line(&format!("# {table} {}행에서 만든 초안입니다.", draft.line));
    for note in &draft.notes {
        out.line(&format!("# 비고: {}", note.replace(['\n', '\r'], " ")));
    }
    out.text("id", Some(promise.id.as_str()));
    out.text("title", Some(&promise.title));
    out.text("sentence", Some(&promise.sentence));
    out.text("topic", promise.topic.as_deref());
    out.text("body", promise.body.as_deref());
    out.text("department", promise.department.as_deref());
    source(&mut out, promise);
    out.text("tense", Some(tense(promise.tense)));
    out.text("said", promise.said.as_deref());
    if promise.kind != Kind::Amount {
        out.text("kind", Some(kind(promise.kind)));
    }
    figure(&mut out, promise);
    span(&mut out, &promise.period);
    out.text("due", promise.due.as_ref().map(When::as_str));
    relations(&mut out, promise);
    absences(&mut out, promise);
    out.0
}

struct Lines(String);

impl Lines {
    fn line(&mut self, line: &str) {
        self.0.push_str(line);
        self.0.push('\n');
    }

    fn raw(&mut self, key: &str, value: &str) {
        self.line(&format!("{key} = {value}"));
    }

    fn text(&mut self, key: &str, value: Option<&str>) {
        if let Some(value) = value {
            self.raw(key, &quoted(value));
        }
    }
}

fn quoted(text: &str) -> String {
    Value::from(text).to_string()
}

/// Whole numbers without a point, as people write them; those too long for a whole number of TOML with one.
fn number(value: f64) -> String {
    const LONGEST: f64 = 1e15;
    if value.abs() < LONGEST {
        value.to_string()
    } else {
        format!("{value:?}")
    }
}

fn ids(ids: &[PromiseId]) -> String {
    let all: Vec<String> = ids.iter().map(|id| quoted(id)).collect();
    format!("[{}]", all.join(", "))
}

fn pairs(pairs: &[(&str, Option<&str>)]) -> Option<String> {
    let said: Vec<String> = pairs
        .iter()
        .filter_map(|(key, value)| Some(format!("{key} = {}", quoted((*value)?))))
        .collect();
    (!said.is_empty()).then(|| format!("{{ {} }}", said.join(", ")))
}

fn source(out: &mut Lines, promise: &Promise) {
    let source = &promise.source;
    let said = pairs(&[
        ("document", source.document.as_deref()),
        ("date", source.date.as_ref().map(When::as_str)),
    ]);
    if let Some(said) = said {
        out.raw("source", &said);
    }
}

fn figure(out: &mut Lines, promise: &Promise) {
    let Some(figure) = &promise.figure else {
        return;
    };
    let unit = quoted(&figure.unit);
    let value = figure
        .value
        .map(|value| format!("value = {}, ", number(value)));
    out.raw(
        "figure",
        &format!("{{ {}unit = {unit} }}", value.unwrap_or_default()),
    );
}

fn span(out: &mut Lines, span: &Span) {
    let said = pairs(&[
        ("from", span.from.as_ref().map(When::as_str)),
        ("to", span.to.as_ref().map(When::as_str)),
    ]);
    if let Some(said) = said {
        out.raw("period", &said);
    }
}

fn relations(out: &mut Lines, promise: &Promise) {
    out.text("part-of", promise.part_of.as_deref());
    out.text("adds-to", promise.adds_to.as_deref());
    if !promise.per.is_empty() {
        out.raw("per", &ids(&promise.per));
    }
    if !promise.parts.is_empty() {
        let part = |part: &NamedPart| {
            let title = quoted(&part.title);
            format!("{{ title = {title}, value = {} }}", number(part.value))
        };
        let parts: Vec<String> = promise.parts.iter().map(part).collect();
        out.raw("parts", &format!("[{}]", parts.join(", ")));
    }
    if let Some(CountedAt { of, not_of }) = &promise.counted_at {
        out.raw(
            "counted-at",
            &format!("{{ of = {}, not-of = {} }}", ids(of), ids(not_of)),
        );
    }
    if let Some(saving) = &promise.saving {
        out.raw(
            "saving",
            &format!("{{ investment = {} }}", quoted(&saving.investment)),
        );
    }
    out.text("maybe-in", promise.maybe_in.as_deref());
}

fn absences(out: &mut Lines, promise: &Promise) {
    if !promise.not_stated.is_empty() {
        let all: Vec<String> = promise
            .not_stated
            .iter()
            .map(|what| quoted(unstated(*what)))
            .collect();
        out.raw("not-stated", &format!("[{}]", all.join(", ")));
    }
    if promise.unchecked.is_empty() {
        return;
    }
    let mut hints = String::new();
    for what in &promise.unchecked {
        let hint = match what {
            Unchecked::Department => "department = \"담당 부서 id\"",
            Unchecked::Source => {
                "source = { document = \"문서 이름\", page = \"쪽\", address = \"https://...\", date = \"알린 날\" }"
            }
            Unchecked::Evidence => "evidence = [{ on = \"날짜\", title = \"무엇\" }]",
            Unchecked::Tense => "tense = \"done\", \"planned\", \"standing\" 가운데 하나",
            Unchecked::Figure => "figure의 value",
        };
        // Writing to a string cannot fail.
        let _always = writeln!(
            hints,
            "# 적을 곳: {hint}  (적은 뒤 아래에서 \"{}\"을 지우십시오)",
            what.word()
        );
    }
    out.0.push_str(&hints);
    let all: Vec<String> = promise
        .unchecked
        .iter()
        .map(|what| quoted(what.word()))
        .collect();
    out.raw("unchecked", &format!("[{}]", all.join(", ")));
}

fn tense(tense: Tense) -> &'static str {
    match tense {
        Tense::Done => "done",
        Tense::Planned => "planned",
        Tense::Standing => "standing",
    }
}

fn kind(kind: Kind) -> &'static str {
    match kind {
        Kind::Amount => "amount",
        Kind::Share => "share",
        Kind::Cost => "cost",
        Kind::Saving => "saving",
    }
}

fn unstated(what: Unstated) -> &'static str {
    match what {
        Unstated::Figure => "figure",
        Unstated::Denominator => "denominator",
        Unstated::Method => "method",
        Unstated::Due => "due",
    }
}

#[cfg(test)]
mod tests {
    use std::path::Path;

    use measure::promise::announced::{Announcement, draft};

    use super::*;

    #[test]
    fn what_is_written_is_read_again_as_it_was() {
        let row =
            |id: &str, statement: &str, quantity: &str, unit: &str, note: &str| Announcement {
                line: 2,
                id: id.to_owned(),
                body: "나루시".to_owned(),
                topic: "망 \"가\"".to_owned(),
                statement: statement.to_owned(),
                quantity: quantity.to_owned(),
                unit: unit.to_owned(),
                period: "2026-2030".to_owned(),
                due: "2030-12".to_owned(),
                said: "예정".to_owned(),
                note: note.to_owned(),
            };
        let rows = [
            row(
                "cost",
                "사업비",
                "11500000000",
                "원",
                "이름이 적힌 것은 6곳",
            ),
            row(
                "save",
                "한 해 절감액",
                "2000000000.5",
                "원/년",
                "산식 미기재",
            ),
            row(
                "joint",
                "함께 써서 절감",
                "18",
                "원",
                "사업비에 이미 반영되었는지 미기재; 따로 볼 것",
            ),
            row("part", "첫 구간", "0.25", "원", "cost의 부분"),
        ];
        let (drafted, faults) = draft(Path::new("t.csv"), &rows);
        assert!(faults.is_empty(), "{faults:?}");
        for draft in drafted {
            let text = manifest(&draft, "t.csv");
            let (read, faults) = city::read::promise_text(Path::new("p.toml"), &text);
            assert!(faults.is_empty(), "{faults:?}\n{text}");
            assert_eq!(read.unwrap(), draft.promise, "{text}");
            assert!(text.contains("적을 곳: department"), "{text}");
        }
    }
}
