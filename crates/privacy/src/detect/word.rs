//! Words that tell what a number is: those before it in the text, and those of the column's name.

use super::fold::Folded;

/// What a word says.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Word {
    Resident,
    Foreigner,
    Corporation,
    Business,
    Passport,
    /// A driver's licence, and any licence.
    Driver,
    Licence,
    Card,
    Account,
    /// Money that goes to an account.
    Payment,
    Phone,
    Mail,
    Place,
    /// Somebody whom the row is about.
    Subject,
    /// Somebody who stands for a place or an office.
    Officer,
    /// The number of a thing: of a file, a facility, a book.
    Thing,
}

impl Word {
    /// Whether it is written so.
    pub(super) fn is_written(self, text: &str) -> bool {
        let Some(first) = text.chars().next() else {
            return false;
        };
        let written = (text, self);
        beginning_with(first).contains(&written)
    }

    fn bit(self) -> u16 {
        1 << (self as u16)
    }
}

/// How words are written, in lower case, by their first sign in its order.
const SPELLINGS: &[(char, &[(&str, Word)])] = &[
    ('a', &[("address", Word::Place)]),
    ('c', &[("card", Word::Card)]),
    ('f', &[("fax", Word::Phone)]),
    ('h', &[("h.p", Word::Phone), ("hp", Word::Phone)]),
    ('i', &[("isbn", Word::Thing)]),
    ('m', &[("mobile", Word::Phone), ("mail", Word::Mail)]),
    ('p', &[("passport", Word::Passport), ("phone", Word::Phone)]),
    ('r', &[("rrn", Word::Resident)]),
    ('t', &[("tel", Word::Phone)]),
    ('☎', &[("☎", Word::Phone)]),
    ('거', &[("거주지", Word::Place)]),
    ('계', &[("계좌", Word::Account)]),
    (
        '고',
        &[("고객명", Word::Subject), ("고지번호", Word::Thing)],
    ),
    ('관', &[("관장", Word::Officer), ("관리번호", Word::Thing)]),
    ('교', &[("교장", Word::Officer)]),
    ('국', &[("국내거소", Word::Foreigner)]),
    ('담', &[("담당자", Word::Officer)]),
    ('당', &[("당첨자", Word::Subject)]),
    (
        '대',
        &[("대상자", Word::Subject), ("대표자", Word::Officer)],
    ),
    ('도', &[("도서번호", Word::Thing)]),
    ('메', &[("메일", Word::Mail)]),
    ('면', &[("면허", Word::Licence)]),
    ('모', &[("모델", Word::Thing)]),
    ('문', &[("문서번호", Word::Thing)]),
    ('물', &[("물품번호", Word::Thing)]),
    ('민', &[("민원인", Word::Subject)]),
    (
        '법',
        &[
            ("법인등록", Word::Corporation),
            ("법인번호", Word::Corporation),
            ("법인 등록", Word::Corporation),
        ],
    ),
    ('보', &[("보호자", Word::Subject)]),
    ('사', &[("사업자", Word::Business)]),
    ('성', &[("성명", Word::Subject)]),
    ('세', &[("세대주", Word::Subject)]),
    ('센', &[("센터장", Word::Officer)]),
    (
        '소',
        &[
            ("소재지", Word::Place),
            ("소유자", Word::Officer),
            ("소장", Word::Officer),
        ],
    ),
    ('송', &[("송금", Word::Payment), ("송장", Word::Thing)]),
    (
        '수',
        &[("수강생", Word::Subject), ("수급자", Word::Subject)],
    ),
    (
        '시',
        &[("시설장", Word::Officer), ("시설번호", Word::Thing)],
    ),
    (
        '신',
        &[("신청인", Word::Subject), ("신청자", Word::Subject)],
    ),
    ('여', &[("여권", Word::Passport)]),
    ('연', &[("연락처", Word::Phone)]),
    ('예', &[("예약자", Word::Subject)]),
    (
        '외',
        &[
            ("외국인등록", Word::Foreigner),
            ("외국인번호", Word::Foreigner),
            ("외국인 등록", Word::Foreigner),
        ],
    ),
    ('운', &[("운전면허", Word::Driver), ("운송장", Word::Thing)]),
    ('원', &[("원장", Word::Officer)]),
    ('위', &[("위원장", Word::Officer)]),
    ('응', &[("응시자", Word::Subject)]),
    (
        '이',
        &[
            ("이체", Word::Payment),
            ("이용자명", Word::Subject),
            ("이장", Word::Officer),
        ],
    ),
    ('일', &[("일련번호", Word::Thing)]),
    ('입', &[("입금", Word::Payment)]),
    ('자', &[("자산번호", Word::Thing)]),
    ('장', &[("장비번호", Word::Thing)]),
    ('전', &[("전화", Word::Phone), ("전자우편", Word::Mail)]),
    ('점', &[("점주", Word::Officer)]),
    ('접', &[("접수번호", Word::Thing)]),
    ('제', &[("제품번호", Word::Thing)]),
    (
        '주',
        &[
            ("주민등록", Word::Resident),
            ("주민번호", Word::Resident),
            ("주민 등록", Word::Resident),
            ("주소", Word::Place),
        ],
    ),
    ('책', &[("책임자", Word::Officer)]),
    ('카', &[("카드", Word::Card)]),
    ('통', &[("통장", Word::Officer)]),
    ('팩', &[("팩스", Word::Phone)]),
    ('핸', &[("핸드폰", Word::Phone)]),
    ('환', &[("환자", Word::Subject)]),
    ('회', &[("회원명", Word::Subject)]),
    ('휴', &[("휴대폰", Word::Phone)]),
];

/// Remainders of the first signs: most signs are none, and are told so at once.
const FIRST_SIGNS: [u64; 4] = {
    let mut bits = [0_u64; 4];
    let mut rest = SPELLINGS;
    while let [(first, _), more @ ..] = rest {
        let place = *first as u32 % 256;
        let (left, right) = ((place / 64) as usize, place % 64);
        if let Some((_, [word, ..])) = bits.split_at_mut_checked(left) {
            *word |= 1 << right;
        }
        rest = more;
    }
    bits
};

/// The spellings that begin with a sign.
fn beginning_with(sign: char) -> &'static [(&'static str, Word)] {
    let sign = sign.to_ascii_lowercase();
    let place = u32::from(sign) % 256;
    let word = FIRST_SIGNS.get(place as usize / 64);
    if word.is_none_or(|word| word >> (place % 64) & 1 == 0) {
        return &[];
    }
    let found = SPELLINGS.binary_search_by_key(&sign, |(first, _)| *first);
    let row = found.ok().and_then(|at| SPELLINGS.get(at));
    row.map_or(&[], |(_, spellings)| spellings)
}

/// How many signs before a number its words may stand.
const BEFORE: usize = 24;
/// How many digits may stand between them: `주민등록번호(13자리)`.
const DIGITS_BETWEEN: usize = 4;

/// Persons whom a column can be named after, with `이름` behind it or alone.
const PERSONS: [&str; 24] = [
    "가입자",
    "고객",
    "교사",
    "당첨자",
    "대상자",
    "민원인",
    "보호자",
    "봉사자",
    "부모",
    "수강생",
    "신청인",
    "신청자",
    "아동",
    "어르신",
    "예약자",
    "이용자",
    "입소자",
    "자녀",
    "주민",
    "직원",
    "참가자",
    "참여자",
    "학생",
    "회원",
];

/// Whether a column's whole name says that it holds names of persons: `이름`, `학생이름`, `이용자`; not `시설이름`.
fn is_of_persons(name: &str) -> bool {
    let plain = ["이름", "성함"];
    let rest = plain.iter().find_map(|word| name.strip_suffix(word));
    rest.is_some_and(str::is_empty) || PERSONS.contains(&rest.unwrap_or(name))
}

/// What the column's name says of all its cells.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Header(u16);

impl Header {
    /// Reads the names a column goes by.
    pub fn of<'n>(names: impl IntoIterator<Item = &'n str>) -> Self {
        let mut bits = 0;
        for name in names {
            let name: String = name.to_lowercase().split_whitespace().collect();
            let rows = SPELLINGS.iter().flat_map(|(_, spellings)| *spellings);
            for (spelling, word) in rows {
                if name.contains(spelling) {
                    bits |= word.bit();
                }
            }
            if is_of_persons(&name) {
                bits |= Word::Subject.bit();
            }
        }
        Self(bits)
    }

    pub(super) fn says(self, word: Word) -> bool {
        self.0 & word.bit() != 0
    }
}

/// Where words of a text end.
pub(super) type Ends = Vec<(usize, Word)>;

/// Finds all words of a text.
pub(super) fn read(text: &Folded, ends: &mut Ends) {
    ends.clear();
    if !text.has_letters() {
        return;
    }
    for (at, sign) in text.all() {
        for (spelling, word) in beginning_with(sign) {
            if stands(text, at, spelling) {
                ends.push((at + spelling.chars().count(), *word));
            }
        }
    }
    ends.sort_unstable_by_key(|(end, _)| *end);
}

fn stands(text: &Folded, from: usize, spelling: &str) -> bool {
    spelling.chars().enumerate().all(|(at, sign)| {
        text.at(from + at)
            .is_some_and(|stands| stands.to_ascii_lowercase() == sign)
    })
}

/// A number's surroundings.
pub(super) struct Around<'t> {
    pub(super) text: &'t Folded,
    pub(super) ends: &'t [(usize, Word)],
    pub(super) header: Header,
}

impl Around<'_> {
    /// How many signs before a place a word ends; nothing when it does not stand in its line near by.
    fn distance(&self, place: usize, word: Word) -> Option<usize> {
        let near = self.ends.partition_point(|(end, _)| *end <= place);
        let before = self.ends.get(..near)?.iter().rev();
        let (end, _) = before
            .take_while(|(end, _)| place - end < BEFORE)
            .find(|(_, of)| *of == word)?;
        let mut digits = 0;
        // Words of another line, or before another number, speak of that one.
        for sign in self.text.signs(*end..place) {
            digits += usize::from(sign.is_ascii_digit());
            if matches!(sign, '\n' | '\r') || digits > DIGITS_BETWEEN {
                return None;
            }
        }
        Some(place - end)
    }

    /// Whether a word stands before a place, or the column's name says it.
    pub(super) fn says(&self, place: usize, word: Word) -> Option<Said> {
        if self.distance(place, word).is_some() {
            Some(Said::Before)
        } else {
            self.header.says(word).then_some(Said::Header)
        }
    }

    /// The word that stands nearest before a place; otherwise the one of the column's name.
    pub(super) fn nearest(&self, place: usize, words: &[Word]) -> Option<(Word, Said)> {
        let near = words
            .iter()
            .filter_map(|word| Some((self.distance(place, *word)?, *word)))
            .min_by_key(|(distance, _)| *distance);
        if let Some((_, word)) = near {
            return Some((word, Said::Before));
        }
        let header = words.iter().find(|word| self.header.says(**word));
        header.map(|word| (*word, Said::Header))
    }
}

/// Where a word stands.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Said {
    Before,
    Header,
}

#[cfg(test)]
mod tests {
    use super::*;

    fn around(text: &str, check: impl Fn(&Around<'_>, usize)) {
        let mut folded = Folded::default();
        folded.read(text);
        let mut ends = Ends::new();
        read(&folded, &mut ends);
        let around = Around {
            text: &folded,
            ends: &ends,
            header: Header::of(["법인 등록번호"]),
        };
        check(&around, folded.len());
    }

    #[test]
    fn a_column_named_after_persons_holds_their_names_and_one_of_things_does_not() {
        for name in ["이름", "학생 이름", "이용자", "보호자성함", "성명"] {
            assert!(Header::of([name]).says(Word::Subject), "{name}");
        }
        for name in ["시설이름", "주차장 이름", "도서관이름", "이용자수", "name"]
        {
            assert!(!Header::of([name]).says(Word::Subject), "{name}");
        }
    }

    #[test]
    fn the_nearest_word_counts() {
        let both = [Word::Resident, Word::Corporation];
        around("주민번호 또는 법인번호: ", |around, end| {
            assert_eq!(
                around.nearest(end, &both),
                Some((Word::Corporation, Said::Before))
            );
        });
        around("법인번호 또는 주민번호: ", |around, end| {
            assert_eq!(
                around.nearest(end, &both),
                Some((Word::Resident, Said::Before))
            );
        });
        around("값: ", |around, end| {
            assert_eq!(
                around.nearest(end, &both),
                Some((Word::Corporation, Said::Header))
            );
        });
    }

    #[test]
    fn every_spelling_is_found_by_its_first_sign() {
        assert!(SPELLINGS.is_sorted_by_key(|(first, _)| *first));
        for (first, spellings) in SPELLINGS {
            assert_eq!(beginning_with(*first), *spellings);
            for (spelling, word) in *spellings {
                assert_eq!(spelling.chars().next(), Some(*first));
                assert!(word.is_written(spelling));
                // Names of columns are compared without their spaces.
                let header = Header::of([*spelling]);
                assert!(header.says(*word) || spelling.contains(' '), "{spelling}");
            }
        }
        assert!(beginning_with('힣').is_empty());
    }

    #[test]
    fn words_of_another_line_say_nothing() {
        around("여권\n번호 ", |around, end| {
            assert_eq!(around.says(end, Word::Passport), None);
        });
        around("PASSPORT ", |around, end| {
            assert_eq!(around.says(end, Word::Passport), Some(Said::Before));
        });
    }
}
