//! The fields of the list of open data (목록개방현황), in the order the national portal publishes them.

use unicode_normalization::UnicodeNormalization as _;

macro_rules! fields {
    ($($name:ident $heading:literal)+) => {
        /// A field of the list.
        #[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
        pub enum Field {
            $(#[doc = concat!("`", $heading, "`")] $name,)+
        }

        impl Field {
            /// All of them, in order.
            pub const ALL: &'static [Self] = &[$(Self::$name),+];

            /// Its heading, spelt as the portal spells it.
            pub fn heading(self) -> &'static str {
                match self {
                    $(Self::$name => $heading,)+
                }
            }
        }
    };
}

fields! {
    Key "목록키"
    Kind "목록유형"
    Name "목록명"
    FileName "파일데이터명"
    Classification "분류체계"
    ProviderCode "제공기관코드"
    Provider "제공기관"
    Department "관리 부서명"
    Phone "관리부서 전화번호"
    LegalBasis "보유근거"
    Collection "수집방법"
    Cadence "업데이트 주기"
    NextDue "차기 등록 예정일"
    Media "매체유형"
    Rows "전체행"
    Format "확장자(데이터포맷)"
    Keywords "키워드"
    Uses "다운로드_활용신청건수"
    Views "조회수"
    Issued "등록일"
    Modified "수정일"
    Limits "데이터 한계"
    Provision "제공형태"
    Description "설명"
    Notes "기타 유의사항"
    Area "공간범위"
    Period "시간범위"
    Charged "비용부과유무"
    Fee "비용부과기준 및 단위"
    Licence "이용허락범위"
    ApiKind "API 유형"
    Traffic "신청가능 트래픽"
    Review "심의 유형"
    Address "목록 URL"
    NationalCore "국가중점여부"
    Standard "표준데이터여부"
}

/// Spellings of a heading met in the wild, without their spaces.
const ALSO: [(&str, Field); 3] = [
    ("확장자", Field::Format),
    ("데이터포맷", Field::Format),
    ("상세페이지URL", Field::Address),
];

impl Field {
    /// The field a heading means, however it is spaced and composed.
    pub fn of(heading: &str) -> Option<Self> {
        let heading = tight(heading);
        let exact = |field: &Self| tight(field.heading()) == heading;
        let also = || ALSO.iter().find(|(spelling, _)| *spelling == heading);
        Self::ALL
            .iter()
            .copied()
            .find(exact)
            .or_else(|| also().map(|(_, field)| *field))
    }
}

/// Whether a heading lists the columns of the data. The portal's own list has none; lists that a body keeps may.
pub(super) fn lists_columns(heading: &str) -> bool {
    matches!(
        tight(heading).as_str(),
        "컬럼" | "컬럼명" | "컬럼목록" | "항목" | "항목명" | "항목목록" | "데이터항목" | "제공항목"
    )
}

/// A text without spaces and marks of byte order, with its letters composed: what two spellings have in common.
pub(super) fn tight(text: &str) -> String {
    text.nfc()
        .filter(|letter| !letter.is_whitespace() && !matches!(letter, '\u{feff}' | '\u{200b}'))
        .collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_heading_is_found_however_it_is_spaced_and_composed() {
        for field in Field::ALL {
            assert_eq!(Field::of(field.heading()), Some(*field));
            let apart: String = field.heading().nfd().collect();
            assert_eq!(Field::of(&apart.replace(' ', "")), Some(*field));
        }
        assert_eq!(Field::of("\u{feff}목록 키"), Some(Field::Key));
        assert_eq!(Field::of("전체 행"), Some(Field::Rows));
        assert_eq!(Field::of("확장자"), Some(Field::Format));
        assert_eq!(Field::of("비고"), None);
        assert!(lists_columns("컬럼 목록") && !lists_columns("설명"));
    }

    #[test]
    fn no_field_stands_twice() {
        let mut headings: Vec<String> = Field::ALL
            .iter()
            .map(|field| tight(field.heading()))
            .collect();
        headings.sort();
        headings.dedup();
        assert_eq!(headings.len(), 36);
    }
}
