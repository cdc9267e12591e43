//! Addresses: province, city, district, then a street or a lot with its number, then the flat.
//!
//! They are read backwards from the number: the word before it ends as streets and lots do, and the words before that
//! name districts up to the province. A number behind `로` alone is no address.

use super::Hit;
use super::fold::{Folded, is_hangul};
use super::group::{Join, Run};
use super::kind::{Kind, Sign, Why};

/// Provinces and metropolitan cities, old names too.
const PROVINCES: [&str; 54] = [
    "서울특별시",
    "부산광역시",
    "대구광역시",
    "인천광역시",
    "광주광역시",
    "대전광역시",
    "울산광역시",
    "세종특별자치시",
    "경기도",
    "강원특별자치도",
    "강원도",
    "충청북도",
    "충청남도",
    "전북특별자치도",
    "전라북도",
    "전라남도",
    "경상북도",
    "경상남도",
    "제주특별자치도",
    "제주도",
    "서울시",
    "부산시",
    "대구시",
    "인천시",
    "광주시",
    "대전시",
    "울산시",
    "세종시",
    "서울",
    "부산",
    "대구",
    "인천",
    "광주",
    "대전",
    "울산",
    "세종",
    "경기",
    "강원",
    "충북",
    "충남",
    "전북",
    "전남",
    "경북",
    "경남",
    "제주",
    "서울특별자치시",
    "전라북",
    "전라남",
    "경상북",
    "경상남",
    "충청북",
    "충청남",
    "강원특별자치",
    "제주특별자치",
];
/// Words that end like cities and districts and are none.
const NOT_DISTRICTS: [&str; 24] = [
    "출구",
    "입구",
    "도구",
    "기구",
    "복구",
    "친구",
    "연구",
    "요구",
    "즉시",
    "다시",
    "실시",
    "역시",
    "임시",
    "당시",
    "표시",
    "공시",
    "접수시",
    "신청시",
    "필요시",
    "창구",
    "지구",
    "상시",
    "수시",
    "도시",
];
/// What may follow the number directly.
const BEHIND: [&str; 16] = [
    "번지", "호", "에", "은", "는", "이", "가", "을", "를", "과", "와", "의", "입", "이며", "으",
    "앞",
];
/// Words before the number at most.
const WORDS_MAX: usize = 6;
/// Signs of a word at most.
const WORD_MAX: usize = 20;

/// The address whose number these runs are.
pub(super) fn find(run: &Run<'_>) -> Option<(Hit, usize)> {
    let text = run.text;
    if !text.has_letters() {
        return None;
    }
    let first = run.group(0)?;
    let tight = run.tight();
    let with_sub = tight == 2
        && run
            .group(1)
            .is_some_and(|sub| sub.len() <= 4 && sub.join == Join::Hyphen);
    if first.len() > 5 || first.join.is_tight() || (tight != 1 && !with_sub) {
        return None;
    }
    let mut before = first.range.start;
    if text.before(before, 1) == Some('-') || text.before(before, 1) == Some('.') {
        return None;
    }
    before = skip_back(text, before);
    // A lot in the hills: `산 12-3`.
    let hills =
        text.before(before, 1) == Some('산') && !text.before(before, 2).is_some_and(is_hangul);
    if hills {
        before = skip_back(text, before - 1);
    }
    let street = word_before(text, before)?;
    if !is_street(text, &street, hills) {
        return None;
    }
    let (from, confidence) = districts(text, street.start)?;
    let count = if with_sub { 2 } else { 1 };
    let end = run.range(count).end;
    if !may_follow(text, end) {
        return None;
    }
    let (end, used) = detail(run, end, count);
    let why = Why::of(&[Sign::Form, Sign::Places]);
    let hit = Hit::new(Kind::Address, from..end, confidence, why);
    Some((hit, used))
}

fn skip_back(text: &Folded, at: usize) -> usize {
    let spaces = (1..=2).take_while(|back| text.before(at, *back) == Some(' '));
    at - spaces.count()
}

type Word = std::ops::Range<usize>;

/// The word that ends here: Hangul and digits.
fn word_before(text: &Folded, end: usize) -> Option<Word> {
    let is_part = |sign: char| is_hangul(sign) || sign.is_ascii_digit() || sign == '·';
    let signs = (1..=WORD_MAX).take_while(|back| text.before(end, *back).is_some_and(is_part));
    let len = signs.count();
    (len > 0 && len < WORD_MAX).then(|| end - len..end)
}

fn ends_in(text: &Folded, word: &Word, endings: &[char]) -> bool {
    word.len() >= 2
        && text
            .before(word.end, 1)
            .is_some_and(|sign| endings.contains(&sign))
}

fn is_street(text: &Folded, word: &Word, hills: bool) -> bool {
    let begins_as_word = text
        .at(word.start)
        .is_some_and(|sign| is_hangul(sign) || sign.is_ascii_digit());
    let lots = ends_in(text, word, &['동', '리', '가', '읍', '면']);
    begins_as_word && (lots || (!hills && ends_in(text, word, &['로', '길'])))
}

/// Where the address begins, and how sure it is: with a province surely, with a city or district likely.
fn districts(text: &Folded, street: usize) -> Option<(usize, u8)> {
    let (mut at, mut found, mut confidence) = (street, None, 0);
    for _ in 0..WORDS_MAX {
        let end = skip_back(text, at);
        if end == at {
            break;
        }
        let Some(word) = word_before(text, end) else {
            break;
        };
        if is_province(text, &word) {
            return Some((word.start, 96));
        }
        let district = ends_in(text, &word, &['시', '군', '구'])
            && !NOT_DISTRICTS
                .iter()
                .any(|other| text.reads_before(word.end, other));
        if district {
            found = Some(word.start);
            confidence = 85;
        } else if !ends_in(
            text,
            &word,
            &['읍', '면', '동', '리', '로', '길', '가', '도'],
        ) {
            break;
        }
        at = word.start;
    }
    found.map(|from| (from, confidence))
}

fn is_province(text: &Folded, word: &Word) -> bool {
    let begins = text
        .at(word.start)
        .is_some_and(|sign| "서부대인광울세경강충전제".contains(sign));
    begins
        && PROVINCES
            .iter()
            .any(|name| name.chars().count() == word.len() && text.reads(word.start, name))
}

fn may_follow(text: &Folded, end: usize) -> bool {
    match text.at(end) {
        Some(sign) if is_hangul(sign) => BEHIND.iter().any(|word| text.reads(end, word)),
        Some(sign) => !sign.is_ascii_alphanumeric() && sign != '_',
        None => true,
    }
}

/// Reads on: `번지`, `108동 1652호`, `3층`, `(한빛동)`. Answers the end and how many runs were used.
fn detail(run: &Run<'_>, end: usize, count: usize) -> (usize, usize) {
    const UNITS: [&str; 7] = ["호실", "호", "동", "층", "번지", "단지", "차"];
    let text = run.text;
    let (mut end, mut used) = (end, count);
    for word in ["번지"] {
        if text.reads(end, word) {
            end += word.chars().count();
        }
    }
    while let Some(group) = run.group(used) {
        let unit = UNITS.iter().find(|unit| text.reads(group.range.end, unit));
        let between = end..group.range.start;
        let (Some(unit), true) = (unit, is_between(text, &between)) else {
            break;
        };
        end = group.range.end + unit.chars().count();
        used += 1;
    }
    if let Some(bracket) = bracket(text, end) {
        end = bracket;
        while run.group(used).is_some_and(|group| group.range.start < end) {
            used += 1;
        }
    }
    (end, used)
}

/// What may stand between a number and that of the flat: a comma, spaces, the building's name.
fn is_between(text: &Folded, between: &Word) -> bool {
    const BUILDING_MAX: usize = 14;
    let mut signs = text
        .signs(between.clone())
        .filter(|sign| !matches!(sign, ',' | ' '));
    let name =
        between.len() <= BUILDING_MAX + 3 && signs.all(|sign| is_hangul(sign) || sign == '제');
    let spaced = matches!(text.at(between.start), Some(',' | ' ') | None);
    name && (spaced || between.is_empty())
}

/// The end of a bracket that names the dong, as written behind addresses of streets.
fn bracket(text: &Folded, end: usize) -> Option<usize> {
    const INSIDE_MAX: usize = 30;
    let open = end + usize::from(text.at(end) == Some(' '));
    if text.at(open) != Some('(') {
        return None;
    }
    let inside =
        (open + 1..open + INSIDE_MAX).take_while(|at| !matches!(text.at(*at), Some(')') | None));
    let close = open + 1 + inside.count();
    if text.at(close) != Some(')') {
        return None;
    }
    let first_ends = (open + 1..close)
        .find(|at| matches!(text.at(*at), Some(',' | ' ')))
        .unwrap_or(close);
    let word = open + 1..first_ends;
    ends_in(text, &word, &['동', '리', '가', '읍', '면']).then_some(close + 1)
}
