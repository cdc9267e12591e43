//! Recorded answers, one of each kind that is known, and what is not known.

use proptest::prelude::*;

use super::recorded::{ALL, bytes};
use super::*;

fn read(text: &str) -> Result<Envelope, Unread> {
    Envelope::read(text.as_bytes(), None)
}

/// What is told of a recorded answer, in one line.
fn told(name: &str) -> String {
    let envelope = match Envelope::read(bytes(name), None) {
        Ok(envelope) => envelope,
        Err(unread) => return format!("{unread:?}"),
    };
    let total = envelope
        .total
        .map_or_else(|| "-".to_owned(), |total| total.to_string());
    let rows = match (&envelope.rows, envelope.is_empty) {
        (_, true) => "none",
        (Some(path), false) => path,
        (None, false) => "looked for",
    };
    format!(
        "{:?} {:?} {} {:?} total {total} rows {rows}",
        envelope.dialect,
        envelope.kind,
        envelope.code.as_deref().unwrap_or("-"),
        envelope.means().meaning,
    )
}

/// Each recorded answer, and what is told of it.
const EXPECTED: &[(&str, &str)] = &[
    ("files-key.json", "Files Json -401 Bad total - rows none"),
    ("files.json", "Files Json - Good total 2 rows data"),
    ("gateway.json", "Gateway Json 10 Bad total - rows none"),
    (
        "head-and-row-one.xml",
        "HeadAndRow Xml INFO-000 Good total 1 rows Clothbin/row",
    ),
    (
        "head-and-row-quota.json",
        "Result Json ERROR-337 Exhausted total - rows none",
    ),
    (
        "head-and-row.json",
        "HeadAndRow Json INFO-000 Good total 2 rows Clothbin/row",
    ),
    (
        "national-array.json",
        "National Json 00 Good total 3 rows response/body/items",
    ),
    (
        "national-list.json",
        "National Json 0000 Good total 2 rows response/body/items/item",
    ),
    (
        "national-list.xml",
        "National Xml 000 Good total 2 rows response/body/items/item",
    ),
    (
        "national-no-data.json",
        "National Json 03 Nothing total - rows none",
    ),
    (
        "national-none.json",
        "National Json 00 Good total 0 rows none",
    ),
    (
        "national-none.xml",
        "National Xml 00 Good total 0 rows none",
    ),
    (
        "national-one.json",
        "National Json 00 Good total 1 rows response/body/items/item",
    ),
    (
        "national-one.xml",
        "National Xml 00 Good total 1 rows response/body/items/item",
    ),
    ("proxy.html", "WebPage"),
    ("refusal-key.xml", "Refusal Xml 30 Bad total - rows none"),
    (
        "refusal-quota.json",
        "Refusal Json 22 Exhausted total - rows none",
    ),
    (
        "result-key.xml",
        "Result Xml INFO-100 Bad total - rows none",
    ),
    (
        "result-none.json",
        "Result Json INFO-200 Nothing total - rows none",
    ),
    (
        "result-one.xml",
        "Result Xml INFO-000 Good total 1 rows bikeRack/row",
    ),
    (
        "result.json",
        "Result Json INFO-000 Good total 2 rows bikeRack/row",
    ),
    ("transport-key.xml", "Transport Xml 7 Bad total - rows none"),
    (
        "transport-none.json",
        "Transport Json 4 Nothing total - rows none",
    ),
    (
        "transport.json",
        "Transport Json 0 Good total - rows msgBody/itemList",
    ),
    (
        "transport.xml",
        "Transport Xml 0 Good total - rows ServiceResult/msgBody/itemList",
    ),
];

#[test]
fn every_recorded_answer_is_told_apart_by_what_it_is() {
    let all: Vec<&str> = ALL.iter().map(|(name, _)| *name).collect();
    let named: Vec<&str> = EXPECTED.iter().map(|(name, _)| *name).collect();
    assert_eq!(named, all, "each recorded answer is told of, in order");
    for (name, line) in EXPECTED {
        assert_eq!(told(name), *line, "{name}");
    }
}

#[test]
fn rows_by_another_name_are_found_and_a_row_is_no_envelope() {
    let other = read(r#"{"response":{"header":{"resultCode":"00"},"body":{"pageNo":1,"totalCount":"1,205","list":[{"a":1}]}}}"#).unwrap();
    assert_eq!(
        (other.rows.as_deref(), other.total),
        (Some("response/body/list"), Some(1205))
    );
    let bare = read(r#"[{"resultCode":"99","a":1}]"#).unwrap();
    assert_eq!(
        (bare.dialect, bare.means().meaning, bare.is_empty),
        (Dialect::Other, Meaning::Good, false)
    );
    let declared = Envelope::read(br#"{"S":[{"h":1},{"x":[{"a":1}]}]}"#, Some("/S/x")).unwrap();
    assert_eq!(
        (declared.rows.as_deref(), declared.is_empty),
        (Some("S/x"), false)
    );
    assert!(
        Envelope::read(br#"{"S":{"x":[]}}"#, Some("S/x"))
            .unwrap()
            .is_empty
    );
}

#[test]
fn what_is_no_envelope_is_told_by_kind() {
    for (text, unread) in [
        ("", Unread::Empty),
        (" \n", Unread::Empty),
        (r#"{"response":{"header":{"res"#, Unread::Cut),
        ("<response><body><items><item><a>1</a>", Unread::Cut),
        ("<response><body><ite", Unread::Cut),
        (r#"{"a":}"#, Unread::Unsound),
        ("<a><b></a></b>", Unread::Unsound),
        ("점검 중", Unread::Other),
        (
            "<?xml version=\"1.0\"?><!-- x --><html><p>",
            Unread::WebPage,
        ),
    ] {
        assert_eq!(read(text), Err(unread), "{text}");
    }
    let (cp949, ..) = encoding_rs::EUC_KR.encode(
        "<?xml version=\"1.0\" encoding=\"EUC-KR\"?><response><header><resultCode>99</resultCode><resultMsg>오류</resultMsg></header></response>",
    );
    assert_eq!(Envelope::read(&cp949, None).unwrap().message, "오류");
}

#[test]
fn a_bomb_stays_small() {
    let deep = format!("{}{}", "[".repeat(100_000), "]".repeat(100_000));
    assert_eq!(read(&deep), Err(Unread::Unsound));
    let deep = "<a>".repeat(100_000);
    assert!(read(&deep).is_err());
    let many: String = (0..300_000).map(|at| format!("\"k{at}\":1,")).collect();
    let envelope = read(&format!(
        r#"{{"body":{{{many}"z":1}},"header":{{"resultCode":"00"}}}}"#
    ))
    .unwrap();
    // What stands behind more than can be held is not seen; it is no reason to fall.
    assert!(envelope.code.is_none());
}

proptest! {
    /// Whatever arrives, cut where it may be: told or refused, never a panic.
    #[test]
    fn nothing_that_arrives_is_a_panic(
        which in 0..ALL.len(), cut in 0_usize..2000, at in 0_usize..2000, byte in any::<u8>(),
    ) {
        let mut bytes = ALL[which].1.to_vec();
        let length = bytes.len();
        bytes[at % length] = byte;
        bytes.truncate(cut % (length + 1));
        let _told = Envelope::read(&bytes, None);
    }

    /// A good answer that is cut off is never taken for whole.
    #[test]
    fn a_cut_answer_is_never_whole(which in 0..ALL.len(), cut in 0_usize..2000) {
        let text = std::str::from_utf8(ALL[which].1).unwrap().trim_end();
        let mut cut = cut % text.len();
        while !text.is_char_boundary(cut) {
            cut -= 1;
        }
        prop_assert!(Envelope::read(&text.as_bytes()[..cut], None).is_err());
    }
}
