//! Which privacy class a column is suspected of, and why.
//!
//! Unique identifiers are those of the Personal Information Protection Act's Enforcement Decree,
//! article 19; a suspicion is for the privacy officer to confirm.

use city::PrivacyClass;

use super::profile::Profile;

/// Names of unique identifiers.
const UNIQUE: [&str; 5] = [
    "주민등록번호",
    "주민번호",
    "외국인등록번호",
    "여권번호",
    "운전면허",
];
/// Names that make a table one of persons.
const SUBJECTS: [&str; 11] = [
    "성명",
    "신청인",
    "신청자",
    "민원인",
    "회원명",
    "고객명",
    "수강생",
    "대상자명",
    "이용자명",
    "세대주",
    "환자",
];
/// Names of persons who stand for a place or an office.
const OFFICERS: [&str; 13] = [
    "대표자",
    "시설장",
    "담당자",
    "원장",
    "센터장",
    "관장",
    "소유자",
    "점주",
    "위원장",
    "책임자",
    "감독",
    "소장",
    "교장",
];
/// Words of sensitive facts (article 23 of the Act).
const SENSITIVE: [&str; 10] = [
    "질환",
    "질병",
    "병명",
    "장애유형",
    "장애등급",
    "종교",
    "진단",
    "범죄",
    "노조",
    "유전",
];

/// A class and the reason for it.
pub(super) struct Suspicion {
    pub(super) class: PrivacyClass,
    /// Why; empty where nothing is suspected.
    pub(super) why: String,
}

fn suspicion(class: PrivacyClass, why: impl Into<String>) -> Suspicion {
    Suspicion {
        class,
        why: why.into(),
    }
}

/// At least `percent` of the filled cells.
fn share(count: u64, profile: &Profile, percent: u64) -> bool {
    profile.filled() > 0 && count * 100 >= profile.filled() * percent
}

/// Whether the rows are persons.
pub(super) fn is_about_persons(profiles: &[Profile]) -> bool {
    profiles.iter().any(|profile| {
        UNIQUE
            .iter()
            .chain(&SUBJECTS)
            .any(|word| profile.name.contains(word))
            || share(profile.traits.resident, profile, 50)
            || share(profile.traits.mobile, profile, 50)
    })
}

/// The class a column is suspected of; `persons`: the rows are persons.
pub(super) fn suspect(profile: &Profile, persons: bool) -> Suspicion {
    let name = profile.name.as_str();
    let has = |words: &[&str]| words.iter().any(|word| name.contains(word));
    let traits = &profile.traits;
    let looks_like_names = share(traits.name, profile, 80) && traits.place * 2 < traits.name;
    if has(&UNIQUE) || share(traits.resident, profile, 20) {
        return suspicion(
            PrivacyClass::UniqueId,
            "registration, passport or licence numbers of persons",
        );
    }
    if share(traits.mobile, profile, 20) {
        return suspicion(
            PrivacyClass::Identifier,
            format!("{} mobile phone numbers", traits.mobile),
        );
    }
    if share(traits.email, profile, 20) {
        return suspicion(
            PrivacyClass::Identifier,
            format!("{} e-mail addresses", traits.email),
        );
    }
    if share(traits.plate, profile, 50) {
        return suspicion(
            PrivacyClass::Identifier,
            format!("{} number plates of cars", traits.plate),
        );
    }
    if name.contains("계좌") || name.contains("카드번호") {
        return suspicion(PrivacyClass::Identifier, "numbers of accounts or cards");
    }
    if (has(&SUBJECTS) || has(&OFFICERS)) && share(traits.name, profile, 50)
        || (looks_like_names && (persons || distinct(profile) >= 20) && !name.contains('동'))
    {
        return suspicion(PrivacyClass::Identifier, "names of persons");
    }
    if has(&SUBJECTS) && profile.filled() > 0 && !name.contains('수') {
        return suspicion(
            PrivacyClass::Identifier,
            "names of persons, by the column's name",
        );
    }
    if persons {
        return about_person(profile);
    }
    if traits.mobile > 0 || traits.resident > 0 || traits.email > 0 {
        let what = [
            (traits.mobile, "mobile phone numbers"),
            (traits.email, "e-mail addresses"),
            (
                traits.resident,
                "numbers like resident registration numbers",
            ),
        ];
        let said: Vec<String> = what
            .iter()
            .filter(|(count, _)| *count > 0)
            .map(|(count, what)| format!("{count} {what}"))
            .collect();
        return suspicion(
            PrivacyClass::Identifier,
            format!("{} among other values", said.join(", ")),
        );
    }
    suspicion(PrivacyClass::None, String::new())
}

/// Columns of a table whose rows are persons.
fn about_person(profile: &Profile) -> Suspicion {
    let name = profile.name.as_str();
    let has = |words: &[&str]| words.iter().any(|word| name.contains(word));
    let traits = &profile.traits;
    if has(&SENSITIVE) {
        suspicion(PrivacyClass::Sensitive, "a sensitive fact about a person")
    } else if is_address(profile) {
        suspicion(PrivacyClass::Identifier, "addresses of persons")
    } else if share(traits.phone, profile, 50) {
        suspicion(PrivacyClass::Identifier, "telephone numbers of persons")
    } else if has(&["성별", "연령", "나이", "생년", "직업", "국적", "학교"]) {
        suspicion(
            PrivacyClass::Quasi,
            "tells persons apart together with other columns",
        )
    } else {
        suspicion(PrivacyClass::None, String::new())
    }
}

/// Whether a column holds addresses.
pub(super) fn is_address(profile: &Profile) -> bool {
    share(profile.traits.address, profile, 60)
        || (profile.name.contains("주소")
            && !profile.name.contains("홈페이지")
            && share(profile.traits.address, profile, 10))
}

/// Whether a column holds telephones of offices.
pub(super) fn is_phone(profile: &Profile) -> bool {
    share(profile.traits.phone + profile.traits.mobile, profile, 50)
        || ["전화", "연락처", "팩스"]
            .iter()
            .any(|word| profile.name.contains(word))
}

fn distinct(profile: &Profile) -> usize {
    profile
        .distinct
        .as_ref()
        .map_or(usize::MAX, std::collections::BTreeMap::len)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn profile(name: &str, values: &[&str]) -> Profile {
        let mut profile = Profile::new(name);
        for value in values {
            profile.add(value, 1);
        }
        profile
    }

    #[test]
    fn classes_come_from_values_and_names() {
        for (name, values, class) in [
            (
                "주민등록번호",
                &["900101-1******"][..],
                PrivacyClass::UniqueId,
            ),
            ("값", &["900101-1234567"], PrivacyClass::UniqueId),
            ("연락처", &["010-1234-5678"], PrivacyClass::Identifier),
            ("연락처", &["051-245-7389"], PrivacyClass::None),
            ("시설장", &["김종진", "이희배"], PrivacyClass::Identifier),
            ("역명", &["서울", "시청"], PrivacyClass::None),
            ("읍면동", &["신교동", "이촌동"], PrivacyClass::None),
        ] {
            assert_eq!(
                suspect(&profile(name, values), false).class,
                class,
                "{name} {values:?}"
            );
        }
        let sex = profile("성별", &["남", "여"]);
        assert_eq!(suspect(&sex, true).class, PrivacyClass::Quasi);
        assert_eq!(suspect(&sex, false).class, PrivacyClass::None);
        // A few names tell of persons only where the rows are persons.
        let names = profile("이름", &["김종진", "이희배"]);
        assert_eq!(suspect(&names, true).class, PrivacyClass::Identifier);
        assert_eq!(suspect(&names, false).class, PrivacyClass::None);
    }
}
