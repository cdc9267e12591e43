//! Names of persons: told by the words around them, since every name is also made of common syllables.

use super::Hit;
use super::fold::{Folded, is_hangul};
use super::kind::{Kind, Sign, Why};
use super::word::Word;

/// Surnames of one syllable: nearly all people have one of them.
const SURNAMES: &str = "김이박최정강조윤장임한오서신권황안송전홍유고문양손배백허남심노하곽성차주우구민진지엄채원천방공현함변염여추도소석선설마길연위표명기반라왕금옥육인맹제모탁국어은편용예경봉사부가복태목형피두감음빈동온호범좌팽승간상시갈";
/// Surnames of two.
const LONG_SURNAMES: [&str; 8] = [
    "남궁", "황보", "제갈", "사공", "선우", "독고", "서문", "동방",
];
/// Syllables that given names are made of.
const GIVEN: &str = "가강건겸경고곤관광교구국권규균근금기길나남노누다단달담대덕도동두득라란람래련령로록률리린림마만말명모목무묵문미민배백범병보복봉빈사산상새서석선설섭성세소손솔송수숙순승시신심아안애양어언여연열영예오옥온완왕요용우욱운울웅원월위유윤율은을음의이익인일임자장재전정제조종주준중지진찬창채천철청초춘치태택표필하학한해향헌혁현형혜호홍화환회효후훈휘희늘름바별슬봄빛샘결든롬빈디돌벼햇숲들잎";
/// Words behind a name that show where it ends.
const BEHIND: [&str; 18] = [
    "님",
    "씨",
    "은",
    "는",
    "이",
    "가",
    "을",
    "를",
    "의",
    "께",
    "과",
    "와",
    "도",
    "에게",
    "입니다",
    "이며",
    "외",
    "귀하",
];
/// Titles that only follow names.
const TITLES: [&str; 3] = ["님", "씨", "귀하"];
/// Words that say a name follows; only behind a colon or a space.
const SAYING: [&str; 12] = [
    "성명",
    "이름",
    "신청인",
    "신청자",
    "민원인",
    "대표자",
    "담당자",
    "보호자",
    "세대주",
    "예약자",
    "환자명",
    "회원명",
];

/// All names of a text that something around them tells.
pub(super) fn find(text: &Folded, hits: &mut Vec<Hit>) {
    if !text.has_letters() {
        return;
    }
    let mut at = 0;
    while at < text.len() {
        let Some(sign) = text.at(at) else { break };
        if !is_hangul(sign) {
            at += 1;
            continue;
        }
        let hit = after_word(text, at).or_else(|| before_title(text, at));
        at = match hit {
            Some(hit) => {
                let end = hit.range.end;
                hits.push(hit);
                end
            }
            None => at + 1,
        };
    }
}

/// `성명: 홍길동`, `신청인 홍길동은`
fn after_word(text: &Folded, at: usize) -> Option<Hit> {
    let first = text.at(at)?;
    if !matches!(
        first,
        '성' | '이' | '신' | '민' | '대' | '담' | '보' | '세' | '예' | '환' | '회'
    ) {
        return None;
    }
    let word = SAYING.iter().find(|word| text.reads(at, word))?;
    let mut start = at + word.chars().count();
    let mut colon = false;
    for _ in 0..3 {
        match text.at(start) {
            Some(':' | '=' | '(' | '[') => colon = true,
            Some(' ') => (),
            _ => break,
        }
        start += 1;
    }
    if start == at + word.chars().count() {
        return None;
    }
    let (len, behind) = name_at(text, start)?;
    let plain = matches!(*word, "성명" | "이름" | "회원명" | "환자명");
    let confidence = match (colon || plain, len) {
        (true, 3 | 4) => 90,
        (true, _) => 75,
        (false, 3 | 4) => 80,
        // Two syllables are more often a word than a name.
        _ if behind => 60,
        _ => return None,
    };
    let why = Why::of(&[Sign::Syllables, Sign::Word]);
    Some(Hit::new(Kind::Name, start..start + len, confidence, why))
}

/// `홍길동 님`, `홍길동씨`
fn before_title(text: &Folded, at: usize) -> Option<Hit> {
    if text
        .before(at, 1)
        .is_some_and(|sign| is_hangul(sign) || sign.is_ascii_alphanumeric())
    {
        return None;
    }
    let run = run_len(text, at);
    let title = |from: usize| {
        TITLES.iter().any(|title| {
            let len = title.chars().count();
            let behind = from + len;
            let ends = !text.at(behind).is_some_and(is_hangul)
                || BEHIND.iter().any(|word| text.reads(behind, word));
            text.reads(from, title) && ends
        })
    };
    let glued = run > 3 && title(at + 3);
    let apart = run == 3 && text.at(at + 3) == Some(' ') && title(at + 4);
    if !(glued || apart) || !is_name(text, at, 3) {
        return None;
    }
    let why = Why::of(&[Sign::Syllables, Sign::Honorific]);
    Some(Hit::new(Kind::Name, at..at + 3, 80, why))
}

fn run_len(text: &Folded, at: usize) -> usize {
    (0..12)
        .take_while(|on| text.at(at + on).is_some_and(is_hangul))
        .count()
}

/// How long the name is that begins here, and whether a word behind it shows its end.
fn name_at(text: &Folded, at: usize) -> Option<(usize, bool)> {
    let run = run_len(text, at);
    for len in [3, 2, 4] {
        if len > run || !is_name(text, at, len) {
            continue;
        }
        let glued = text
            .at(at + len)
            .is_some_and(|sign| sign.is_ascii_alphanumeric());
        if len == run && !glued {
            return Some((len, false));
        }
        let behind = BEHIND.iter().any(|word| {
            let count = word.chars().count();
            text.reads(at + len, word) && run == len + count
        });
        if behind {
            return Some((len, true));
        }
    }
    None
}

fn is_name(text: &Folded, at: usize, len: usize) -> bool {
    let long = LONG_SURNAMES.iter().any(|name| text.reads(at, name));
    let surname = match len {
        4 if long => 2,
        2 | 3 => 1,
        _ => return false,
    };
    let first = text.at(at).is_some_and(|sign| SURNAMES.contains(sign));
    let mut given = text.signs(at + surname..at + len);
    (long || first) && given.all(|sign| GIVEN.contains(sign)) && !is_word(text, at, len)
}

/// Words of three syllables that look like names.
fn is_word(text: &Folded, at: usize, len: usize) -> bool {
    const WORDS: &[&str] = &[
        "주민등",
        "도시가",
        "유아원",
        "고지서",
        "이용자",
        "신청서",
        "전산실",
        "여성",
        "남성",
        "이상",
        "미상",
        "지원",
        "사용",
        "이용",
        "신규",
        "현장",
        "전국",
        "공원",
        "우선",
        "주소",
        "성명",
        "이름",
        "경기도",
        "강원도",
        "임산부",
        "임신부",
        "고령자",
        "장애인",
        "노인",
        "유아",
        "영유아",
        "주민",
        "이주민",
        "이재민",
        "유공자",
        "노숙인",
        "전문가",
        "사용자",
        "종사자",
        "주부",
        "신혼",
        "성인",
        "고교생",
        "원아",
        "모자",
        "조손",
        "한부모",
        "여성인",
        "인사",
        "기사",
        "가구",
        "전체",
        "기타",
        "소상공",
        "구민",
        "도민",
        "국민",
        "시민",
        "사업자",
        "방문자",
        "정보",
        "안내",
        "기관",
        "단체",
    ];
    let word: String = text.signs(at..at + len).collect();
    WORDS.contains(&word.as_str())
        || Word::Subject.is_written(&word)
        || Word::Officer.is_written(&word)
}

/// Whether a whole cell looks like a name.
pub(super) fn is_cell(text: &Folded) -> bool {
    let len = text.len();
    (2..=4).contains(&len) && is_name(text, 0, len)
}
