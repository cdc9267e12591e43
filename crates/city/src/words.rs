//! What other catalogues call a licence or a cadence, in this city's terms. What cannot be said surely is not said.

use std::sync::LazyLock;

use regex::Regex;

use crate::dataset::{Cadence, Licence};

impl Licence {
    /// What it asks of whoever uses the data: to name the source, no commerce, no change, nothing outside.
    fn duties(self) -> [bool; 4] {
        let is = |those: &[Self]| those.contains(&self);
        [
            self != Self::Kogl0,
            is(&[Self::Kogl2, Self::Kogl4, Self::Internal]),
            is(&[Self::Kogl3, Self::Kogl4, Self::Internal]),
            self == Self::Internal,
        ]
    }

    /// Whether it asks something that `other` does not: then data under it must not be passed on under `other`.
    pub fn is_stricter_than(self, other: Self) -> bool {
        let mut duties = self.duties().into_iter().zip(other.duties());
        duties.any(|(own, other)| own && !other)
    }

    /// The licence that a catalogue's word, title or address of one means. None for those that ask what no mark of
    /// ours asks (share alike), and for words that say nothing (`notspecified`).
    pub fn meant(text: &str) -> Option<Self> {
        let word: String = text
            .chars()
            .filter(|sign| sign.is_alphanumeric())
            .flat_map(char::to_lowercase)
            .collect();
        let has = |words: &[&str]| words.iter().any(|part| word.contains(part));
        if has(&[
            "동일조건",
            "sharealike",
            "bysa",
            "byncsa",
            "odbl",
            "gpl",
            "gfdl",
        ]) {
            return None;
        }
        if let Some(kind) = korean_type(&word) {
            return Some(kind);
        }
        let no_commerce = has(&[
            "상업적",
            "비영리",
            "noncommercial",
            "bync",
            "ccnc",
            "othernc",
        ]);
        let no_change = has(&["변경금지", "noderiv", "bynd", "byncnd"]);
        let is_named = has(&[
            "출처표시",
            "저작자표시",
            "attribution",
            "ccby",
            "odcby",
            "licensesby",
            "otherat",
        ]);
        match (no_commerce, no_change) {
            (true, true) => Some(Self::Kogl4),
            (true, false) => Some(Self::Kogl2),
            (false, true) => Some(Self::Kogl3),
            (false, false) if is_named => Some(Self::Kogl1),
            (false, false)
                if has(&[
                    "제한없음",
                    "cc0",
                    "cczero",
                    "publicdomain",
                    "pddl",
                    "otherpd",
                ]) =>
            {
                Some(Self::Kogl0)
            }
            (false, false) if has(&["otherclosed"]) => Some(Self::Internal),
            (false, false) => None,
        }
    }
}

/// 공공누리 제1유형, KOGL Type 1, `kogl1`.
fn korean_type(word: &str) -> Option<Licence> {
    static TYPE: LazyLock<Option<Regex>> = LazyLock::new(|| {
        Regex::new(r"(?:공공누리|kogl|koreaopengovernmentlicen[cs]e)제?(?:type|유형)?([0-4])").ok()
    });
    let found = TYPE.as_ref()?.captures(word)?;
    match found.get(1)?.as_str() {
        "0" => Some(Licence::Kogl0),
        "1" => Some(Licence::Kogl1),
        "2" => Some(Licence::Kogl2),
        "3" => Some(Licence::Kogl3),
        _ => Some(Licence::Kogl4),
    }
}

impl Cadence {
    /// The cadence that a catalogue's word means: an ISO 8601 duration (`R/P1M`), a word of the European or the Dublin
    /// Core vocabulary or an address ending in one, or the national portal's word.
    pub fn meant(text: &str) -> Option<Self> {
        let last = text.trim().trim_end_matches('/');
        let last = last
            .rsplit(['/', '#', ':'])
            .next()
            .unwrap_or_default()
            .to_lowercase();
        let word: String = last
            .chars()
            .filter(|sign| !sign.is_whitespace() && *sign != '-')
            .collect();
        Some(match word.as_str() {
            "pt1h" | "hourly" | "update_cont" | "cont" | "continuous" | "continual" | "실시간"
            | "매시간" => Self::Hourly,
            "p1d" | "daily" | "일간" | "매일" | "일" => Self::Daily,
            "p1w" | "p7d" | "weekly" | "주간" | "매주" | "주" => Self::Weekly,
            "p1m" | "monthly" | "월간" | "매월" | "월" => Self::Monthly,
            "p3m" | "quarterly" | "분기" => Self::Quarterly,
            "p6m" | "annual_2" | "semiannual" | "biannually" | "halfyearly" | "반기" => {
                Self::HalfYearly
            }
            "p1y" | "p12m" | "annual" | "annually" | "yearly" | "연간" | "년간" | "매년" | "연"
            | "년" => Self::Yearly,
            "irreg" | "irregular" | "asneeded" | "수시" => Self::Irregular,
            "never" | "notplanned" | "1회성" | "1회성데이터" => Self::Once,
            _ => return None,
        })
    }
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    #[test]
    fn licences_by_any_name() {
        for (text, meant) in [
            ("공공저작물_출처표시", Some(Licence::Kogl1)),
            (
                "공공저작물_출처표시 + 상업적 이용금지",
                Some(Licence::Kogl2),
            ),
            ("공공저작물_출처표시 + 변경금지", Some(Licence::Kogl3)),
            (
                "공공저작물_출처표시 + 상업적 이용금지 + 변경금지",
                Some(Licence::Kogl4),
            ),
            ("이용허락범위 제한 없음", Some(Licence::Kogl0)),
            ("공공누리 제2유형", Some(Licence::Kogl2)),
            ("KOGL Type 4", Some(Licence::Kogl4)),
            ("kogl0", Some(Licence::Kogl0)),
            (
                "http://www.opendefinition.org/licenses/cc-by",
                Some(Licence::Kogl1),
            ),
            ("CC-BY-4.0", Some(Licence::Kogl1)),
            (
                "https://creativecommons.org/licenses/by-nc-nd/4.0/",
                Some(Licence::Kogl4),
            ),
            (
                "https://creativecommons.org/licenses/by-nd/4.0/",
                Some(Licence::Kogl3),
            ),
            ("cc-nc", Some(Licence::Kogl2)),
            ("cc-zero", Some(Licence::Kogl0)),
            ("odc-pddl", Some(Licence::Kogl0)),
            ("other-closed", Some(Licence::Internal)),
            ("cc-by-sa", None),
            ("저작자표시-동일조건변경허락", None),
            ("odc-odbl", None),
            ("notspecified", None),
            ("other-open", None),
            ("", None),
        ] {
            assert_eq!(Licence::meant(text), meant, "{text}");
        }
    }

    #[test]
    fn stricter_is_what_asks_for_more() {
        assert!(Licence::Kogl2.is_stricter_than(Licence::Kogl1));
        assert!(Licence::Kogl2.is_stricter_than(Licence::Kogl3));
        assert!(Licence::Internal.is_stricter_than(Licence::Kogl4));
        assert!(!Licence::Kogl0.is_stricter_than(Licence::Kogl1));
        assert!(!Licence::Kogl1.is_stricter_than(Licence::Kogl4));
        assert!(!Licence::Kogl4.is_stricter_than(Licence::Kogl4));
    }

    #[test]
    fn cadences_by_any_name() {
        for (text, meant) in [
            ("R/P1M", Some(Cadence::Monthly)),
            (
                "http://publications.europa.eu/resource/authority/frequency/ANNUAL_2",
                Some(Cadence::HalfYearly),
            ),
            ("http://purl.org/cld/freq/daily", Some(Cadence::Daily)),
            ("freq:quarterly", Some(Cadence::Quarterly)),
            ("연간", Some(Cadence::Yearly)),
            ("수시 (1회성 데이터)", None),
            ("as needed", Some(Cadence::Irregular)),
            ("every full moon", None),
            ("", None),
        ] {
            assert_eq!(Cadence::meant(text), meant, "{text}");
        }
    }

    proptest! {
        /// Whatever a stranger writes, there is an answer.
        #[test]
        fn any_word_is_answered(text in "\\PC{0,40}") {
            let licence = Licence::meant(&text);
            prop_assert!(licence.is_none_or(|licence| !licence.is_stricter_than(Licence::Internal)));
            let _none = Cadence::meant(&text);
        }
    }
}
