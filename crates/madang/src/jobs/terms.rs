//! What the common standard says of the names of a dataset's columns.

use city::Dataset;
use city::standard::{Found, Terms, Verdict};
use serde_json::{Value, json};

/// Each column by its Korean title, with what its name was found to be; nothing where the city has no terms.
pub(crate) fn names(terms: &Terms, dataset: &Dataset) -> Vec<(String, Verdict)> {
    if terms.is_empty() {
        return Vec::new();
    }
    let columns = dataset.columns.iter();
    columns
        .map(|column| (column.title.clone(), terms.judge(&column.title)))
        .collect()
}

/// One line: the name, and what it is; nothing where the standard as the city has it does not say.
pub(crate) fn sentence(name: &str, verdict: &Verdict) -> Option<String> {
    let domain = |domain: &Option<String>| {
        let domain = domain.as_deref().unwrap_or_default();
        format!(" {domain}").trim_end().to_owned()
    };
    let found = match &verdict.found {
        Found::Term(term) => format!("term {}{}", term.abbreviation, domain(&term.domain)),
        Found::Withdrawn(term) => format!("term {} was withdrawn", term.name),
        Found::Synonym(term) => {
            let domain = domain(&term.domain);
            format!("write {} (term {}{domain})", term.name, term.abbreviation)
        }
        Found::Composed {
            words,
            abbreviation,
            class,
        } => format!(
            "made of standard words {} ({}, domain class {class})",
            words.join(" + "),
            abbreviation
                .as_deref()
                .unwrap_or("too long for an abbreviation")
        ),
        Found::Nonstandard { .. } if verdict.banned.is_empty() => return None,
        Found::Nonstandard { .. } => "no term".to_owned(),
    };
    let banned: Vec<String> = verdict
        .banned
        .iter()
        .map(|(banned, word)| format!("; not {banned} but {word}"))
        .collect();
    Some(format!("{name}: {found}{}", banned.concat()))
}

/// The same for programs.
pub(crate) fn value(name: &str, verdict: &Verdict) -> Value {
    let (word, term) = match &verdict.found {
        Found::Term(term) => ("term", Some(term)),
        Found::Withdrawn(term) => ("withdrawn", Some(term)),
        Found::Synonym(term) => ("synonym", Some(term)),
        Found::Composed { .. } => ("composed", None),
        Found::Nonstandard { .. } => ("nonstandard", None),
    };
    let banned: Vec<Value> = verdict
        .banned
        .iter()
        .map(|(banned, word)| json!({"banned": banned, "write": word}))
        .collect();
    json!({
        "column": name, "found": word, "term": term.map(|term| &term.name),
        "abbreviation": term.map(|term| &term.abbreviation), "domain": term.and_then(|term| term.domain.as_ref()), "banned": banned,
    })
}

#[cfg(test)]
mod tests {
    use city::standard::{Term, Word};

    use super::*;

    #[test]
    fn each_kind_of_name_is_told() {
        let word = |name: &str, abbreviation: &str, class: Option<&str>| Word {
            name: name.to_owned(),
            abbreviation: abbreviation.to_owned(),
            is_form: class.is_some(),
            class: class.map(str::to_owned),
            banned: if name == "이메일" {
                vec!["메일".to_owned()]
            } else {
                Vec::new()
            },
            ..Word::default()
        };
        let terms = Terms::new(
            vec![Term {
                name: "시설번호".to_owned(),
                abbreviation: "FCLT_NO".to_owned(),
                domain: Some("번호V20".to_owned()),
                ..Term::default()
            }],
            vec![
                word("주차", "PRK", None),
                word("이메일", "EML", None),
                word("번호", "NO", Some("번호")),
            ],
        );
        let told = |name: &str| sentence(name, &terms.judge(name));
        assert_eq!(told("시설번호").unwrap(), "시설번호: term FCLT_NO 번호V20");
        assert_eq!(
            told("주차번호").unwrap(),
            "주차번호: made of standard words 주차 + 번호 (PRK_NO, domain class 번호)"
        );
        assert_eq!(told("메일").unwrap(), "메일: no term; not 메일 but 이메일");
        assert_eq!(told("아무말"), None);
        assert_eq!(value("메일", &terms.judge("메일"))["found"], "nonstandard");
    }
}
