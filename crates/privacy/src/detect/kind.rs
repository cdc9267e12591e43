//! What can be found, and why it was taken for that.

use city::{Lang, PrivacyClass};
use serde::Serialize;

/// Kinds of identifiers.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize)]
#[serde(rename_all = "snake_case")]
pub enum Kind {
    /// Resident registration number (주민등록번호) with a check digit.
    Rrn,
    /// Resident registration number of somebody born since October 2020: its last digits are random.
    RrnRandom,
    /// Foreigner registration number (외국인등록번호) with a check digit.
    Frn,
    /// Foreigner registration number of somebody born since October 2020.
    FrnRandom,
    /// Passport number of the form before December 2021.
    PassportOld,
    /// Passport number of today's form.
    PassportNew,
    /// Driver's licence number.
    Driver,
    /// Number of a payment card.
    Card,
    /// Number of a bank account, with the bank's name where it stands before it.
    Account,
    /// Mobile phone.
    Mobile,
    /// Any other telephone.
    Landline,
    /// E-mail address.
    Email,
    /// Address of a building or a lot.
    Address,
    /// Name of a person, told by the words around it.
    Name,
    /// Business registration number (사업자등록번호).
    Brn,
    /// Corporation registration number (법인등록번호).
    Corp,
}

impl Kind {
    /// All of them.
    pub const ALL: [Self; 16] = [
        Self::Rrn,
        Self::RrnRandom,
        Self::Frn,
        Self::FrnRandom,
        Self::PassportOld,
        Self::PassportNew,
        Self::Driver,
        Self::Card,
        Self::Account,
        Self::Mobile,
        Self::Landline,
        Self::Email,
        Self::Address,
        Self::Name,
        Self::Brn,
        Self::Corp,
    ];

    /// The word for it in labels and JSON.
    pub fn word(self) -> &'static str {
        match self {
            Self::Rrn => "rrn",
            Self::RrnRandom => "rrn_random",
            Self::Frn => "frn",
            Self::FrnRandom => "frn_random",
            Self::PassportOld => "passport_old",
            Self::PassportNew => "passport_new",
            Self::Driver => "driver",
            Self::Card => "card",
            Self::Account => "account",
            Self::Mobile => "mobile",
            Self::Landline => "landline",
            Self::Email => "email",
            Self::Address => "address",
            Self::Name => "name",
            Self::Brn => "brn",
            Self::Corp => "corp",
        }
    }

    /// What people call it.
    pub fn title(self, lang: Lang) -> &'static str {
        let (ko, en) = match self {
            Self::Rrn | Self::RrnRandom => ("주민등록번호", "resident registration number"),
            Self::Frn | Self::FrnRandom => ("외국인등록번호", "foreigner registration number"),
            Self::PassportOld | Self::PassportNew => ("여권번호", "passport number"),
            Self::Driver => ("운전면허번호", "driver's licence number"),
            Self::Card => ("카드번호", "card number"),
            Self::Account => ("계좌번호", "account number"),
            Self::Mobile => ("휴대전화번호", "mobile phone number"),
            Self::Landline => ("전화번호", "telephone number"),
            Self::Email => ("전자우편 주소", "e-mail address"),
            Self::Address => ("주소", "address"),
            Self::Name => ("성명", "name of a person"),
            Self::Brn => ("사업자등록번호", "business registration number"),
            Self::Corp => ("법인등록번호", "corporation registration number"),
        };
        match lang {
            Lang::Ko => ko,
            Lang::En => en,
        }
    }

    /// The kind without the difference of old and new forms.
    #[must_use]
    pub fn family(self) -> Self {
        match self {
            Self::RrnRandom => Self::Rrn,
            Self::FrnRandom => Self::Frn,
            Self::PassportNew => Self::PassportOld,
            other => other,
        }
    }

    /// The word for the kind without the difference of old and new forms.
    pub fn family_word(self) -> &'static str {
        match self.family() {
            Self::PassportOld => "passport",
            other => other.word(),
        }
    }

    /// The privacy class a column of it has, if it is a person's.
    pub fn class(self) -> PrivacyClass {
        match self.family() {
            Self::Rrn | Self::Frn | Self::PassportOld | Self::Driver => PrivacyClass::UniqueId,
            Self::Brn | Self::Corp => PrivacyClass::None,
            _ => PrivacyClass::Identifier,
        }
    }
}

/// One reason to take a text for an identifier, or to doubt it.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Sign {
    /// It has the form.
    Form,
    /// The date of birth exists and is not in the future.
    Date,
    /// The check digit is right.
    Check,
    /// Born since October 2020: the digits are random, there is no check digit.
    Random,
    /// The check digit is wrong.
    CheckFailed,
    /// The registry office and the kind of corporation exist.
    Registry,
    /// Issued since 2025, without a check digit.
    NoCheckSince2025,
    /// The first digits are those of a card network.
    Network,
    /// A word before it says so.
    Word,
    /// The name of the column says so.
    Header,
    /// A bank's name or the word account stands before it.
    Bank,
    /// The area code exists.
    AreaCode,
    /// The domain is well formed.
    Domain,
    /// Names of province, city or district stand before the street.
    Places,
    /// A surname and syllables that given names are made of.
    Syllables,
    /// A title of respect stands behind it.
    Honorific,
    /// It could be another kind of number as well.
    Ambiguous,
}

impl Sign {
    const ALL: [Self; 17] = [
        Self::Form,
        Self::Date,
        Self::Check,
        Self::Random,
        Self::CheckFailed,
        Self::Registry,
        Self::NoCheckSince2025,
        Self::Network,
        Self::Word,
        Self::Header,
        Self::Bank,
        Self::AreaCode,
        Self::Domain,
        Self::Places,
        Self::Syllables,
        Self::Honorific,
        Self::Ambiguous,
    ];

    fn bit(self) -> u32 {
        1 << (self as u32)
    }

    fn said(self, lang: Lang) -> &'static str {
        let (ko, en) = match self {
            Self::Form => ("형식이 맞음", "it has the form"),
            Self::Date => ("생년월일이 실제 날짜임", "the date of birth exists"),
            Self::Check => ("검증번호가 맞음", "the check digit is right"),
            Self::Random => (
                "2020년 10월 이후 번호라 검증번호가 없음",
                "issued since October 2020, so without a check digit",
            ),
            Self::CheckFailed => (
                "검증번호는 맞지 않음(변경된 번호이거나 오기)",
                "the check digit is wrong (a changed number, or a slip)",
            ),
            Self::Registry => (
                "등기관서와 법인 종류 번호가 있음",
                "the registry office and the kind of corporation exist",
            ),
            Self::NoCheckSince2025 => (
                "2025년 이후 번호는 검증번호가 없음",
                "numbers issued since 2025 have no check digit",
            ),
            Self::Network => ("카드사 번호로 시작함", "it begins as cards do"),
            Self::Word => ("앞의 낱말이 그렇게 말함", "a word before it says so"),
            Self::Header => ("열 이름이 그렇게 말함", "the column's name says so"),
            Self::Bank => (
                "은행 이름이나 계좌라는 낱말이 앞에 있음",
                "a bank or the word account stands before it",
            ),
            Self::AreaCode => ("있는 국번임", "the area code exists"),
            Self::Domain => ("도메인 형식이 맞음", "the domain is well formed"),
            Self::Places => (
                "시도·시군구 이름이 앞에 있음",
                "names of province, city or district stand before it",
            ),
            Self::Syllables => (
                "성씨와 이름에 쓰는 글자임",
                "a surname, and syllables that given names are made of",
            ),
            Self::Honorific => ("뒤에 존칭이 있음", "a title of respect stands behind it"),
            Self::Ambiguous => (
                "다른 종류의 번호일 수도 있음",
                "it could be another kind of number as well",
            ),
        };
        match lang {
            Lang::Ko => ko,
            Lang::En => en,
        }
    }
}

/// Why something was found: a set of reasons.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct Why(u32);

impl Why {
    pub(super) fn of(signs: &[Sign]) -> Self {
        Self(signs.iter().fold(0, |bits, sign| bits | sign.bit()))
    }

    #[must_use]
    pub(super) fn and(self, sign: Sign) -> Self {
        Self(self.0 | sign.bit())
    }

    pub(super) fn has(self, sign: Sign) -> bool {
        self.0 & sign.bit() != 0
    }

    /// The reasons in one line.
    pub fn said(self, lang: Lang) -> String {
        let signs = Sign::ALL.iter().filter(|sign| self.has(**sign));
        let said: Vec<&str> = signs.map(|sign| sign.said(lang)).collect();
        said.join("; ")
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn words_are_those_of_labels() {
        for kind in Kind::ALL {
            let word = serde_json::to_value(kind).unwrap();
            assert_eq!(word, kind.word());
            assert!(!kind.title(Lang::Ko).is_empty());
        }
    }

    #[test]
    fn reasons_are_said_in_both_languages() {
        let why = Why::of(&[Sign::Form, Sign::Check]);
        assert_eq!(why.said(Lang::Ko), "형식이 맞음; 검증번호가 맞음");
        assert_eq!(
            why.said(Lang::En),
            "it has the form; the check digit is right"
        );
        let bits: std::collections::BTreeSet<u32> =
            Sign::ALL.iter().map(|sign| sign.bit()).collect();
        assert_eq!(bits.len(), Sign::ALL.len());
    }
}
