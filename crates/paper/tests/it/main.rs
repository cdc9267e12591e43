//! Papers set and read back.
#![expect(
    clippy::unwrap_used,
    clippy::panic,
    reason = "helpers of tests fail the test"
)]

mod read;

use chrono::NaiveDate;
use paper::{About, PaperError, pdf};
use serde_json::{Value, json};

use crate::read::{packed, pages};

const TABLE: &str = r#"#import "/house.typ": *
#let data = json("/data.json")
#title(data.title)
= 표
#sheet((1fr, auto), ("이름", "면수"), data.rows, numbers: (1,))
#facts((("해시", breakable(data.hash)), ("비고", data.note)))
"#;

fn about() -> About {
    About {
        title: "품질 증빙 자료".to_owned(),
        author: "가온시".to_owned(),
        date: NaiveDate::from_ymd_opt(2026, 11, 26).unwrap(),
    }
}

fn data(rows: usize, note: &str) -> Value {
    let rows: Vec<Value> = (0..rows)
        .map(|at| json!([format!("주차장{at}"), format!("{at}면")]))
        .collect();
    json!({"title": "주차장 목록", "rows": rows, "hash": "9f86d081884c7d65".repeat(4), "note": note})
}

#[test]
fn a_table_over_pages_repeats_its_head_and_loses_no_row() {
    let bytes = pdf(TABLE, &data(120, "없음"), &about()).unwrap();
    let pages = pages(&bytes);
    assert!(pages.len() > 2, "{} pages", pages.len());
    let last = pages.len() - 1;
    for (at, page) in pages.iter().enumerate() {
        assert!(page.contains("이름면수") || at == last, "page {at}: {page}");
        assert!(
            page.contains(&format!("{}/{}", at + 1, pages.len())),
            "page {at}: {page}"
        );
    }
    let all = pages.concat();
    for at in 0..120 {
        assert!(all.contains(&format!("주차장{at}{at}면")), "row {at}");
    }
    assert!(
        all.contains(&"9f86d081884c7d65".repeat(4)),
        "the hash is whole: {all}"
    );
}

#[test]
fn it_says_that_it_is_for_archives_and_for_everybody_in_korean() {
    let bytes = pdf(TABLE, &data(2, "없음"), &about()).unwrap();
    let text = String::from_utf8_lossy(&bytes);
    for said in [
        "%PDF-1.7",
        "<pdfaid:part>2</pdfaid:part>",
        "<pdfaid:conformance>A</pdfaid:conformance>",
        "<pdfuaid:part>1</pdfuaid:part>",
        "/Lang(ko-KR)",
        "품질 증빙 자료",
        "2026-11-26",
    ] {
        assert!(text.contains(said), "{said}");
    }
}

#[test]
fn the_same_paper_has_the_same_bytes() {
    let first = pdf(TABLE, &data(3, "가"), &about()).unwrap();
    assert_eq!(first, pdf(TABLE, &data(3, "가"), &about()).unwrap());
    assert_ne!(first, pdf(TABLE, &data(3, "나"), &about()).unwrap());
}

#[test]
fn data_are_text_and_never_markup() {
    let note = "#panic() *굵게* $x$ \\ <a> @b [c] `d` // e";
    let bytes = pdf(TABLE, &data(1, note), &about()).unwrap();
    let all = pages(&bytes).concat();
    assert!(all.contains(&packed(note)), "{all}");
}

#[test]
fn no_letter_is_lost_and_none_is_a_box() {
    let note =
        "\u{20000}\u{e000} 漢字 👍 −1 ㎡ ① 가\u{1112}\u{1161}\u{11ab} \u{0}\u{202e}\u{feff}나\t다";
    let bytes = pdf(TABLE, &data(1, note), &about()).unwrap();
    let all = pages(&bytes).concat();
    for said in [
        "U+20000U+E000",
        "漢字",
        "U+1F44D",
        "−1",
        "㎡",
        "①",
        "가한",
        "나다",
    ] {
        assert!(all.contains(said), "{said}: {all}");
    }
}

#[test]
fn a_template_that_fails_says_where_and_reaches_nothing_outside() {
    let told = |template: &str| match pdf(template, &json!({}), &about()) {
        Err(PaperError::Template { why, .. }) => why,
        other => panic!("{other:?}"),
    };
    assert!(
        told("가\n#json(\"/data.json\").none").starts_with("paper.typ:2:"),
        "{}",
        told("가\n#json(\"/data.json\").none")
    );
    for outside in [
        "#read(\"/etc/passwd\")",
        "#read(\"../../Cargo.toml\")",
        "#import \"@preview/cetz:0.3.4\": canvas",
        "#datetime.today().display()",
    ] {
        assert!(!told(outside).is_empty(), "{outside}");
    }
}
