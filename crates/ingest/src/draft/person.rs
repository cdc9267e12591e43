//! Values that look like a person's: counted by shape, never kept.

use std::sync::LazyLock;

use regex::Regex;

/// The most frequent surnames: nine of ten Koreans have one of them.
const SURNAMES: &str = "김이박최정강조윤장임한오서신권황안송전홍유고문양손배백허남심노하곽성차주우구민진지엄채원천방공현함변염여추도소석선설마길연위표명기반라왕금옥육인맹제모";

struct Shapes {
    resident: Regex,
    mobile: Regex,
    phone: Regex,
    email: Regex,
    plate: Regex,
    address: Regex,
    name: Regex,
    place: Regex,
}

static SHAPES: LazyLock<Option<Shapes>> = LazyLock::new(|| {
    Some(Shapes {
        resident: Regex::new(r"^\d{6}-?[1-8][\d*]{6}$").ok()?,
        mobile: Regex::new(r"^01[016789][-. ]?[\d*]{3,4}[-. ]?[\d*]{4}$").ok()?,
        phone: Regex::new(r"^\(?0\d{1,3}\)?[-. ]?\d{3,4}[-. ]?\d{4}$").ok()?,
        email: Regex::new(r"^[^@\s]+@[^@\s]+\.[A-Za-z]{2,}$").ok()?,
        plate: Regex::new(r"^\d{2,3}[가-힣] ?\d{4}$").ok()?,
        address: Regex::new(
            r"(^| )(\S+(시|군|구|읍|면|동|리|로|길|가)) ?(산? ?\d+|\S*(로|길) ?\d+)",
        )
        .ok()?,
        name: Regex::new(r"^[가-힣]([가-힣*○O]{1,3})$").ok()?,
        place: Regex::new(r"(시|군|구|동|읍|면|리|역|로|길|도|점|관|교|원)$").ok()?,
    })
});

/// How many values have which shape.
#[derive(Clone, Debug, Default)]
pub(super) struct Traits {
    /// Resident or foreigner registration numbers, masked ones too.
    pub(super) resident: u64,
    /// Mobile phones.
    pub(super) mobile: u64,
    /// Other telephones.
    pub(super) phone: u64,
    /// E-mail addresses.
    pub(super) email: u64,
    /// Number plates.
    pub(super) plate: u64,
    /// Addresses.
    pub(super) address: u64,
    /// Two to four syllables, the first a surname.
    pub(super) name: u64,
    /// The same, ending as places and institutions do.
    pub(super) place: u64,
}

impl Traits {
    pub(super) fn add(&mut self, text: &str) {
        let Some(shapes) = SHAPES.as_ref() else {
            return;
        };
        let digit = text.bytes().any(|sign| sign.is_ascii_digit());
        if digit && text.len() <= 16 {
            self.resident += u64::from(shapes.resident.is_match(text));
            let mobile = shapes.mobile.is_match(text);
            self.mobile += u64::from(mobile);
            self.phone += u64::from(!mobile && shapes.phone.is_match(text));
            self.plate += u64::from(shapes.plate.is_match(text));
        }
        if text.contains('@') {
            self.email += u64::from(shapes.email.is_match(text));
        }
        if digit && text.len() >= 9 && text.contains(' ') {
            self.address += u64::from(shapes.address.is_match(text));
        }
        if !digit
            && text.len() <= 12
            && text
                .chars()
                .next()
                .is_some_and(|first| SURNAMES.contains(first))
            && shapes.name.is_match(text)
        {
            self.name += 1;
            self.place += u64::from(shapes.place.is_match(text));
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn shapes_are_counted() {
        let mut traits = Traits::default();
        for value in [
            "900101-1234567",
            "010-1234-5678",
            "051-245-7389",
            "a.b@hanbit.kr",
            "12가3456",
            "부산광역시 중구 중앙대로 115",
            "경기도 안산시 단원구 고잔동 515",
            "김종진",
            "고잔동",
        ] {
            traits.add(value);
        }
        assert_eq!(
            [
                traits.resident,
                traits.mobile,
                traits.phone,
                traits.email,
                traits.plate,
                traits.address,
                traits.name,
                traits.place
            ],
            [1, 1, 1, 1, 1, 2, 2, 1]
        );
    }
}
