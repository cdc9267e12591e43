//! The texts of `cases.md`.

use super::TODAY;
use crate::detect::{Detector, Header};

/// A text, what must be found in it, and the name of its column.
fn read(case: &str) -> (String, Vec<(String, String)>, Option<&str>) {
    let (name, marked) = case
        .strip_prefix('{')
        .and_then(|rest| rest.split_once("} "))
        .map_or((None, case), |(name, text)| (Some(name), text));
    let (mut text, mut wanted) = (String::new(), Vec::new());
    let mut parts = marked.split('«');
    text.push_str(parts.next().unwrap());
    for part in parts {
        let (mark, rest) = part.split_once('»').unwrap();
        let (kind, value) = mark.split_once(' ').unwrap();
        wanted.push((kind.to_owned(), value.to_owned()));
        text.push_str(value);
        text.push_str(rest);
    }
    (text, wanted, name)
}

#[test]
fn cases_are_found_as_marked() {
    let mut detector = Detector::new(TODAY);
    let mut wrong = String::new();
    let mut count = 0;
    for case in include_str!("cases.md").lines() {
        let Some(case) = case.strip_prefix("- ") else {
            continue;
        };
        count += 1;
        let (text, wanted, name) = read(case);
        let found: Vec<(String, String)> = detector
            .find(&text, Header::of(name))
            .into_iter()
            .map(|finding| {
                let value: String = text
                    .chars()
                    .skip(finding.span.start)
                    .take(finding.span.len())
                    .collect();
                assert_eq!(text.get(finding.bytes), Some(value.as_str()));
                (finding.kind.word().to_owned(), value)
            })
            .collect();
        if found != wanted {
            wrong.push_str(&format!("{case}\n   found {found:?}\n"));
        }
    }
    assert!(count > 90, "{count} cases");
    assert!(wrong.is_empty(), "{wrong}");
}
