//! Properties that hold of any text.

use proptest::prelude::*;

use super::TODAY;
use crate::detect::check::{Digits, business, foreigner, luhn, resident};
use crate::detect::{Detector, Finding, Header, Kind};

fn find(text: &str) -> Vec<Finding> {
    Detector::new(TODAY).find(text, Header::default())
}

/// Numbers that city files are full of and that are no identifiers.
fn harmless() -> impl Strategy<Value = String> {
    let date = (1990..2027, 1..13, 1..29);
    prop_oneof![
        // Land lots: region, hills or not, main and sub number.
        "(11|26|41|50|52)[0-9]{8}[12][0-9]{8}",
        "(11|26|41|50|52)[0-9]{3}10[1-9]00",
        // Milliseconds since 1970, of months that are no months of a birth.
        "1(6[2-9]|7[2-9])[2-9][0-9]{9}",
        (1_i64..9_999_999_999).prop_map(|won| {
            let text = won.to_string();
            let mut parts: Vec<String> = Vec::new();
            let mut rest = text.as_str();
            while rest.len() > 3 {
                let (head, tail) = rest.split_at(rest.len() - 3);
                parts.push(tail.to_owned());
                rest = head;
            }
            parts.push(rest.to_owned());
            parts.reverse();
            format!("{}원", parts.join(","))
        }),
        "3[3-8]\\.[0-9]{4,8}, 12[4-9]\\.[0-9]{4,8}",
        "1AA-2[0-9]{3}-[0-9]{7}",
        "(굴착|점용|정보통신과)-20[0-9]{2}-[0-9]{6}",
        "978-89-[0-9]{4}-[0-9]{3}-[0-9]",
        "97[89]11[0-9]{9}",
        date.clone()
            .prop_map(|(year, month, day)| format!("{year}-{month:02}-{day:02} 23:41")),
        date.prop_map(|(year, month, day)| format!("과-{year}{month:02}(2026.{month}.{day}.)")),
        "우편번호 [0-9]{5}",
        "[0-9]{3}-[0-9]번 버스",
        "1[568][0-9]{2}-[0-9]{4}",
        "[0-9]{1,2}:[0-9]{2}~[0-9]{1,2}:[0-9]{2}",
        "192\\.168\\.[0-9]{1,3}\\.[0-9]{1,3}",
        // Months that do not exist.
        "[0-9]{2}(00|1[3-9]|[2-9][0-9])[0-9]{2}-[1-8][0-9]{6}",
        // No card begins with a zero, a one, a seven or an eight.
        "[0178][0-9]{3}(-[0-9]{4}){3}",
    ]
}

fn around() -> impl Strategy<Value = (String, String)> {
    let before = prop::sample::select(vec![
        "",
        "비고 ",
        "민원내용: ",
        "[첨부] ",
        "등록: ",
        "(",
        "1. ",
        "값=",
    ]);
    let behind = prop::sample::select(vec![
        "",
        ".",
        " 입니다.",
        " 확인 바랍니다.",
        " (내부용)",
        " 외 1건",
        ")",
        ", 끝",
        "을",
    ]);
    (before, behind).prop_map(|(before, behind)| (before.to_owned(), behind.to_owned()))
}

proptest! {
    #![proptest_config(ProptestConfig { cases: 2000, ..ProptestConfig::default() })]

    /// The numbers of city files are taken for nothing.
    #[test]
    fn harmless_numbers_are_not_found(number in harmless(), (before, behind) in around()) {
        let text = format!("{before}{number}{behind}");
        let found: Vec<Kind> = find(&text)
            .into_iter()
            .filter(|finding| finding.confidence >= 60)
            .map(|finding| finding.kind)
            // Six digits, hyphen, seven digits can be a corporation's; chance makes one in ten of them one.
            .filter(|kind| *kind != Kind::Corp)
            .collect();
        prop_assert!(found.is_empty(), "{text}: {found:?}");
    }

    /// A wrong check digit is no business and no card, whatever stands around.
    #[test]
    fn wrong_check_digits_are_not_found(
        head in "[1-9][0-9]{2}-[0-9]{2}-[0-9]{4}", card in "[4569][0-9]{14}", last in 0..10_u8, (before, behind) in around()
    ) {
        let number = format!("{head}{last}");
        let digits = Digits::of(number.chars()).unwrap();
        if !business(&digits) {
            let text = format!("{before}{number}{behind}");
            prop_assert!(find(&text).iter().all(|finding| finding.kind != Kind::Brn), "{text}");
        }
        let number = format!("{card}{last}");
        let digits = Digits::of(number.chars()).unwrap();
        if !luhn(digits.all()) {
            let text = format!("{before}{number}{behind}");
            prop_assert!(find(&text).iter().all(|finding| finding.kind != Kind::Card), "{text}");
        }
    }

    /// Registration numbers with a right check digit are found with their exact span, in every spelling.
    #[test]
    fn registration_numbers_are_found_whole(
        (year, month, day) in (0..100_u32, 1..13_u32, 1..29_u32),
        sex in 1..9_u32, serial in "9[7-9][0-9]{3}", hyphen in prop::sample::select(vec!["-", "–", "－", "\u{2011}", " - "]),
        wide in any::<bool>(), (before, behind) in around()
    ) {
        let year = if matches!(sex, 3 | 4 | 7 | 8) { year % 20 } else { year };
        let foreign = (5..=8).contains(&sex);
        let twelve = format!("{year:02}{month:02}{day:02}{sex}{serial}");
        let number = (0..10).map(|last| format!("{twelve}{last}")).find(|number| {
            let digits = Digits::of(number.chars()).unwrap();
            if foreign { foreigner(&digits) } else { resident(&digits) }
        });
        let number = number.unwrap();
        let (front, back) = number.split_at(6);
        let written = format!("{front}{hyphen}{back}");
        let written: String = if wide {
            written.chars().map(|sign| match sign.to_digit(10) {
                Some(digit) => char::from_u32(0xff10 + digit).unwrap(),
                None => sign,
            }).collect()
        } else { written };
        let text = format!("{before}{written}{behind}");
        let found = find(&text);
        let registry = matches!(front.get(..2), Some("11" | "12" | "13" | "14" | "15" | "16" | "17" | "18" | "19" | "20" | "21" | "22" | "23" | "24"));
        let [finding] = found.as_slice() else {
            return Err(TestCaseError::fail(format!("{text}: {found:?}")));
        };
        prop_assert_eq!(text.get(finding.bytes.clone()), Some(written.as_str()));
        let wanted = if foreign { Kind::Frn } else { Kind::Rrn };
        prop_assert!(finding.kind == wanted || (registry && finding.kind == Kind::Corp), "{}: {:?}", text, finding);
    }

    /// Any text: spans are in order, apart, on boundaries of characters, and the same in bytes and characters.
    #[test]
    fn spans_are_sound(text in "(?s)[ -~가-힣０-９\u{ad}\u{200b}‐–－@.\n]{0,80}|.{0,60}") {
        let mut last = 0;
        for finding in find(&text) {
            prop_assert!(finding.span.start < finding.span.end);
            prop_assert!(finding.bytes.start >= last);
            last = finding.bytes.end;
            let value = text.get(finding.bytes.clone());
            let by_characters: String =
                text.chars().skip(finding.span.start).take(finding.span.len()).collect();
            prop_assert_eq!(value, Some(by_characters.as_str()));
        }
    }

    /// A text longer than a piece is found as a short one is, wherever the cut falls.
    #[test]
    fn long_texts_are_found_whole(pad in 63_000..66_500_usize, wide in any::<bool>()) {
        let sign = if wide { "가" } else { "." };
        let size = if wide { pad / 3 } else { pad };
        let text = format!("{} 010-1234-5678 {}hong@example.com ", sign.repeat(size), sign.repeat(40_000));
        let found: Vec<(Kind, String)> = find(&text).into_iter().map(|finding| {
            let by_characters: String =
                text.chars().skip(finding.span.start).take(finding.span.len()).collect();
            assert_eq!(text.get(finding.bytes), Some(by_characters.as_str()));
            (finding.kind, by_characters)
        }).collect();
        let wanted = [(Kind::Mobile, "010-1234-5678".to_owned()), (Kind::Email, "hong@example.com".to_owned())];
        if wide {
            prop_assert_eq!(found, wanted);
        } else {
            // A row of points before the name is no part of it.
            prop_assert_eq!(found.len(), 2);
        }
    }
}
