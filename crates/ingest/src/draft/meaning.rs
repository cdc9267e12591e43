//! What a column's name says: words of Korean headers, units in brackets, codes and numbers.

use std::collections::HashMap;
use std::sync::LazyLock;

/// Most characters of a physical name.
const NAME_MAX: usize = 62;
/// Units that stand in brackets behind a name.
const UNITS: [&str; 50] = [
    "명",
    "원",
    "천원",
    "백만원",
    "억원",
    "만원",
    "개",
    "개소",
    "대",
    "건",
    "면",
    "㎡",
    "m²",
    "m2",
    "㎥",
    "m³",
    "ha",
    "m",
    "km",
    "㎞",
    "㎝",
    "cm",
    "㎜",
    "mm",
    "%",
    "kg",
    "톤",
    "t",
    "ℓ",
    "L",
    "가구",
    "세대",
    "권",
    "시간",
    "분",
    "일",
    "천명",
    "회",
    "동",
    "호",
    "필지",
    "㎢",
    "km²",
    "마리",
    "점",
    "℃",
    "ppm",
    "㎍/㎥",
    "명/㎢",
    "kWh",
];

struct Word {
    part: &'static str,
    is_header: bool,
}

static WORDS: LazyLock<HashMap<&'static str, Word>> = LazyLock::new(|| {
    include_str!("words.tsv")
        .lines()
        .filter(|line| !line.starts_with('#'))
        .filter_map(|line| {
            let mut parts = line.split('\t');
            let (word, part) = (parts.next()?, parts.next()?);
            let is_header = parts.next() == Some("h");
            Some((word, Word { part, is_header }))
        })
        .collect()
});

/// Whether a cell is a word that names columns.
pub(super) fn is_header_word(cell: &str) -> bool {
    let plain = plain(cell);
    let ascii = plain.to_lowercase();
    WORDS.get(plain.as_str()).is_some_and(|word| word.is_header)
        || matches!(
            ascii.as_str(),
            "name"
                | "id"
                | "code"
                | "x"
                | "y"
                | "lat"
                | "lon"
                | "lng"
                | "latitude"
                | "longitude"
                | "address"
                | "date"
                | "no"
        )
}

/// A name without spaces, brackets and line breaks.
fn plain(name: &str) -> String {
    let bare = name.split(['(', '[', '（']).next().unwrap_or_default();
    bare.chars().filter(|sign| !sign.is_whitespace()).collect()
}

/// The unit that stands in brackets in a name: `면적(㎡)`.
pub(super) fn unit(name: &str) -> Option<&'static str> {
    name.split(['(', '[', '（'])
        .skip(1)
        .filter_map(|part| part.split([')', ']', '）']).next())
        .find_map(|inside| {
            let inside = inside
                .trim()
                .trim_start_matches("단위")
                .trim_start_matches([':', ' ']);
            UNITS.iter().find(|unit| **unit == inside).copied()
        })
}

/// A name without the unit in brackets that [`unit()`] finds in it.
pub(super) fn without_unit(name: &str) -> String {
    let Some(unit) = unit(name) else {
        return name.to_owned();
    };
    let mut from = 0;
    while let Some((begin, end)) = bracket(name, from) {
        let inside = name.get(begin..end).unwrap_or_default();
        if self::unit(inside) == Some(unit) {
            let before = name.get(..begin).unwrap_or_default().trim_end();
            let behind = name.get(end..).unwrap_or_default();
            let behind = if before.is_empty() {
                behind.trim_start_matches(['_', ' '])
            } else {
                behind
            };
            let bare = format!("{before}{behind}");
            let bare = bare.trim_matches(['_', ' ']);
            return if bare.is_empty() { name } else { bare }.to_owned();
        }
        from = end;
    }
    name.to_owned()
}

/// Begin and end of the next pair of brackets.
fn bracket(name: &str, from: usize) -> Option<(usize, usize)> {
    let begin = from + name.get(from..)?.find(['(', '[', '（'])?;
    let rest = name.get(begin..)?;
    let end = rest.find([')', ']', '）'])?;
    let sign = rest.get(end..)?.chars().next()?;
    Some((begin, begin + end + sign.len_utf8()))
}

/// The units that a line above a table says: `(단위: 천원)`, `[단위 : 개소, 명]`.
pub(super) fn units_said(line: &str) -> Option<Vec<String>> {
    let (_, said) = line.split_once("단위")?;
    let said = said.trim_start().strip_prefix([':', '：'])?;
    let said = said
        .split([')', ']', '）', '】'])
        .next()
        .unwrap_or_default();
    let units: Vec<String> = said
        .split([',', '、', '·'])
        .map(|unit| unit.trim().to_owned())
        .filter(|unit| !unit.is_empty() && unit.chars().count() <= 8)
        .collect();
    (!units.is_empty()).then_some(units)
}

/// Whether a header cell is nothing but a unit in brackets.
pub(super) fn is_bare_unit(cell: &str) -> bool {
    let cell = cell.trim();
    bracket(cell, 0) == Some((0, cell.len())) && unit(cell).is_some()
}

/// Whether numbers of this name can have the unit of the whole table: not those that count nothing of it.
pub(super) fn takes_unit(name: &str) -> bool {
    let plain = plain(name);
    let last = plain.rsplit('_').next().unwrap_or_default();
    let is_share = ["율", "률", "구성비", "비중", "%"]
        .iter()
        .any(|end| last.ends_with(end));
    let is_other = [
        "연령", "나이", "순위", "연도", "년도", "년", "월", "일", "차수", "층", "위도", "경도",
    ]
    .iter()
    .any(|word| last == *word || last.ends_with("연도") || last.ends_with("년도"));
    let is_name = last.ends_with("번호") || is_running(name) || is_code(name) || is_year(name);
    !is_share && !is_other && !is_name
}

/// Whether this stands behind numbers as a unit.
pub(super) fn is_unit(text: &str) -> bool {
    text == "년" || UNITS.contains(&text)
}

/// Whether a name speaks of a code or a number by which something is known.
pub(super) fn is_code(name: &str) -> bool {
    let plain = plain(name);
    let lower = plain.to_lowercase();
    !is_running(name)
        && (plain.ends_with("코드")
            || plain.ends_with("번호")
            || lower.ends_with("code")
            || lower == "id"
            || lower.ends_with("_id")
            || plain.ends_with("ID")
            || lower.ends_with("_cd"))
}

/// Whether a name speaks of a running number that means nothing outside the file.
pub(super) fn is_running(name: &str) -> bool {
    let plain = plain(name).to_lowercase();
    matches!(
        plain.as_str(),
        "연번" | "순번" | "일련번호" | "번호" | "no" | "no." | "seq" | "순서" | "idx" | "index"
    )
}

/// Whether a name speaks of a calendar year.
pub(super) fn is_year(name: &str) -> bool {
    let plain = plain(name).to_lowercase();
    plain.ends_with("년도") || plain.ends_with("연도") || plain == "년" || plain.ends_with("year")
}

/// Physical names given so far, so that none is given twice.
#[derive(Default)]
pub(super) struct Names {
    given: HashMap<String, u32>,
}

impl Names {
    /// A physical name for a source column: its words in English, or its sounds in Latin letters.
    pub(super) fn give(&mut self, source: &str) -> String {
        let base = physical(source);
        let times = self.given.entry(base.clone()).or_default();
        *times += 1;
        if *times == 1 {
            return base;
        }
        let name = format!("{base}_{times}");
        self.given.insert(name.clone(), 1);
        name
    }

    /// Keeps a name for something else.
    pub(super) fn reserve(&mut self, name: &str) {
        self.given.insert(name.to_owned(), 1);
    }
}

/// The name in lower-case ASCII: `^[a-z][a-z0-9_]*$`, at most 62 characters.
pub(super) fn physical(source: &str) -> String {
    let mut source = source.to_owned();
    for unit in UNITS {
        source = source.replace(&format!("({unit})"), "");
    }
    let compact: String = source
        .chars()
        .filter(|sign| !sign.is_whitespace())
        .collect();
    let spaced_out = source
        .split_whitespace()
        .all(|part| part.chars().count() == 1);
    if spaced_out {
        source.clone_from(&compact);
    }
    let whole = WORDS.get(compact.as_str()).map(|word| word.part.to_owned());
    let text = whole.unwrap_or_else(|| {
        source
            .split(|sign: char| !sign.is_alphanumeric())
            .filter(|part| !part.is_empty())
            .map(words)
            .collect::<Vec<_>>()
            .join("_")
    });
    let mut name = String::new();
    for sign in text.chars() {
        let sign = sign.to_ascii_lowercase();
        if sign.is_ascii_alphanumeric() {
            name.push(sign);
        } else if !name.is_empty() && !name.ends_with('_') {
            name.push('_');
        }
    }
    let name = name.trim_matches('_');
    let name: String = if name.starts_with(|sign: char| sign.is_ascii_lowercase()) {
        name.to_owned()
    } else {
        format!("c_{name}")
    };
    let cut: String = name.chars().take(NAME_MAX - 4).collect();
    cut.trim_end_matches('_').to_owned()
}

/// One part of a name: known words from the left, the longest first; what is not known by its sound.
fn words(part: &str) -> String {
    let signs: Vec<char> = part.chars().collect();
    let mut found: Vec<String> = Vec::new();
    let mut unknown = String::new();
    let mut at = 0;
    while at < signs.len() {
        let known = (at + 1..=signs.len()).rev().find_map(|end| {
            let word: String = signs.get(at..end)?.iter().collect();
            // One syllable means something only at the end of a name.
            (end - at > 1 || end == signs.len())
                .then(|| WORDS.get(word.as_str()).map(|word| (end, word.part)))?
        });
        if let Some((end, word)) = known {
            push_sound(&mut found, &mut unknown);
            found.push(word.to_owned());
            at = end;
        } else {
            unknown.extend(signs.get(at));
            at += 1;
        }
    }
    push_sound(&mut found, &mut unknown);
    found.join("_")
}

fn push_sound(found: &mut Vec<String>, unknown: &mut String) {
    if !unknown.is_empty() {
        found.push(deunicode::deunicode(unknown).replace(' ', ""));
        unknown.clear();
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn names_are_english_where_the_words_are_known() {
        for (source, name) in [
            ("위도", "latitude"),
            ("소재지도로명주소", "road_address"),
            ("CCTV설치여부", "cctv_installed"),
            ("총계_업소수(개)", "total_businesses"),
            ("시 장 명", "market_name"),
            ("WGS84위도", "wgs84_latitude"),
            ("BUSSTOPID", "busstopid"),
            ("1일주차권요금", "c_1iljucagweon_fee"),
        ] {
            assert_eq!(physical(source), name, "{source}");
        }
        let mut names = Names::default();
        assert_eq!(
            [names.give("위도"), names.give("위도")],
            ["latitude", "latitude_2"]
        );
    }

    #[test]
    fn units_and_kinds_of_names() {
        assert_eq!(unit("대지면적(㎡)"), Some("㎡"));
        assert_eq!(unit("시가인구(명)_하수처리지역(분류식)"), Some("명"));
        assert_eq!(unit("자료수(도서)"), None);
        assert!(is_code("관리번호") && !is_code("연번") && is_running("일련번호"));
        assert!(is_year("설치년도") && !is_year("설치일자"));
        assert!(is_header_word("시설명") && is_header_word("위도") && !is_header_word("강남구"));
    }
}
