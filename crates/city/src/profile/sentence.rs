//! Findings as plain sentences.

use super::{Finding, Method, PLACE, Stand, What};
use crate::lang::Lang;

impl Finding {
    /// What was found, as a sentence; `title` gives a column's title.
    pub fn sentence(&self, lang: Lang, title: &dyn Fn(&str) -> String) -> String {
        let quote = match lang {
            Lang::Ko => ["‘", "’"],
            Lang::En => ["'", "'"],
        };
        // A place needs no name.
        let named = |names: &[String]| {
            names
                .iter()
                .filter(|name| !PLACE.contains(&name.as_str()))
                .map(|name| format!("{}{}{}", quote[0], title(name), quote[1]))
                .collect::<Vec<_>>()
                .join(", ")
        };
        let said = Said {
            columns: named(&self.columns),
            count: grouped(self.count),
            share: percent(self.share()),
        };
        match (lang, &self.what) {
            (Lang::Ko, What::SameRows { nearly, without }) => {
                let left = if without.is_empty() {
                    String::new()
                } else {
                    format!(" ({} 열은 빼고 견주었습니다)", named(without))
                };
                let how = if *nearly {
                    "띄어쓰기나 문장부호만 다르고 내용은 같은 행"
                } else {
                    "내용이 똑같은 행"
                };
                format!("{how}이 {}개 더 있습니다{left}.", said.count)
            }
            (Lang::En, What::SameRows { nearly, without }) => {
                let left = if without.is_empty() {
                    String::new()
                } else {
                    format!(" ({} not compared)", named(without))
                };
                let how = if *nearly {
                    "The same as another row but for spaces, case or punctuation"
                } else {
                    "Exactly the same as another row"
                };
                format!("{how}: {}{left}.", said.rows())
            }
            (Lang::Ko, what) => said.korean(what),
            (Lang::En, what) => said.english(what),
        }
    }
}

/// The parts most sentences are made of.
struct Said {
    columns: String,
    count: String,
    share: String,
}

impl Said {
    fn korean(&self, what: &What) -> String {
        let Self {
            columns,
            count,
            share,
        } = self;
        match what {
            What::OneValue => format!("{columns} 열은 모든 행의 값이 같습니다."),
            What::Default {
                stand: Stand::Known,
            } => format!(
                "{columns} 열에서 {count}행({share})의 값은 ‘모름’을 대신해 적은 값으로 보입니다."
            ),
            What::Default {
                stand: Stand::Frequent,
            } => format!(
                "{columns} 열은 값이 거의 다 다른데, {count}행({share})에는 한 값이 되풀이됩니다."
            ),
            What::CopiedDown { longest } => format!(
                "{columns} 열에 같은 값이 {}행 내리 이어집니다. 칸을 끌어 복사한 것일 수 있습니다.",
                grouped(*longest)
            ),
            What::CountingUp { longest } => format!(
                "{columns} 열의 숫자가 {}행 내리 1씩 커집니다. 자동 채우기로 잘못 채운 것일 수 있습니다.",
                grouped(*longest)
            ),
            What::Outliers { method, low, high } => format!(
                "{columns} 열에서 {count}개 값이 다른 값들과 동떨어져 있습니다{}. {}",
                range_korean(*low, *high),
                match method {
                    Method::Mad => "중앙값에서 떨어진 정도(MAD)로 가려냈습니다.",
                    Method::LogTukey =>
                        "작은 값이 많고 큰 값이 드물어 로그로 바꾼 사분위 범위(Tukey)로 가려냈습니다.",
                }
            ),
            What::OddPattern { usual } => format!(
                "{columns} 열의 값은 거의 모두 {}{count}개는 모양이 다릅니다.",
                if usual.is_empty() {
                    "같은 모양인데 ".to_owned()
                } else {
                    format!("‘{usual}’ 모양인데 ")
                }
            ),
            What::SameNameNearby { metres } => format!(
                "이름({columns})이 같고 {metres} m 안에 있는 행이 {count}개 더 있습니다. 같은 곳을 두 번 적은 것일 수 있습니다."
            ),
            What::Spellings => format!(
                "{columns} 열에 띄어쓰기·대소문자·문장부호만 다른 표기가 있습니다: {count}행."
            ),
            What::Misspelt => format!(
                "{columns} 열에서 {count}행의 값은 자주 쓰인 값과 한 글자만 다릅니다. 오타일 수 있습니다."
            ),
            _ => self.korean_place(what),
        }
    }

    fn korean_place(&self, what: &What) -> String {
        let Self {
            columns,
            count,
            share,
        } = self;
        match what {
            What::OnePoint => format!("{count}행({share})의 위치가 모두 같은 한 점입니다."),
            What::Centre => format!(
                "{count}행이 도시 한가운데의 한 점에 있습니다. 위치를 몰라 가운데를 적은 것일 수 있습니다."
            ),
            What::Zero => format!("{count}행의 좌표가 0입니다."),
            What::Swapped => format!("{count}행은 경도와 위도가 서로 바뀌었습니다."),
            What::Outside => format!("{count}행({share})의 위치가 도시 범위 밖입니다."),
            What::Rounded { digits, metres } => format!(
                "{count}행({share})의 좌표는 소수점 아래 {digits}자리까지만 있어 {metres} m쯤 어긋날 수 있습니다."
            ),
            What::AddressRegion => {
                format!("{columns}: {count}행에서 주소에 적힌 지역과 지역 열의 값이 서로 다릅니다.")
            }
            What::AddressFar { km } => format!(
                "{count}행의 위치가 주소({columns})에 적힌 길이나 동네의 다른 행들과 멀리 떨어져 있습니다(최대 {km:.1} km)."
            ),
            What::AddressArea => format!(
                "{count}행의 위치가 주소({columns})에 적힌 동네의 경계 밖, 다른 동네에 있습니다."
            ),
            _ => String::new(),
        }
    }

    /// `1 row`, `25 rows`.
    fn rows(&self) -> String {
        let ending = if self.count == "1" { "" } else { "s" };
        format!("{} row{ending}", self.count)
    }

    fn english(&self, what: &What) -> String {
        let Self {
            columns,
            count,
            share,
        } = self;
        let rows = self.rows();
        match what {
            What::OneValue => format!("{columns} has the same value in every row."),
            What::Default {
                stand: Stand::Known,
            } => format!(
                "In {columns}, {rows} ({share}) with a value that people write where they know none."
            ),
            What::Default {
                stand: Stand::Frequent,
            } => format!(
                "The values of {columns} are almost all different, but one stands in {rows} ({share})."
            ),
            What::CopiedDown { longest } => format!(
                "{columns} has the same value in {} rows one after the other: it may have been copied down.",
                grouped(*longest)
            ),
            What::CountingUp { longest } => format!(
                "The numbers of {columns} grow by one in {} rows one after the other: a spreadsheet may have filled them.",
                grouped(*longest)
            ),
            What::Outliers { method, low, high } => format!(
                "Far from all other values of {columns}{}: {rows}. {}",
                range_english(*low, *high),
                match method {
                    Method::Mad => "Told by the distance from the median (MAD).",
                    Method::LogTukey =>
                        "Small values are many and large ones few, so it was told by the quartiles of logarithms (Tukey).",
                }
            ),
            What::OddPattern { usual } => format!(
                "Almost all values of {columns} have one form{}; another form: {count}.",
                if usual.is_empty() {
                    String::new()
                } else {
                    format!(", '{usual}'")
                }
            ),
            What::SameNameNearby { metres } => format!(
                "The same name ({columns}) as another row within {metres} m: {rows}. One place may stand twice."
            ),
            What::Spellings => format!(
                "{columns} has spellings that differ only in spaces, case or punctuation: {rows}."
            ),
            What::Misspelt => format!(
                "In {columns}, one letter away from a frequent value and perhaps mistyped: {rows}."
            ),
            _ => self.english_place(what),
        }
    }

    fn english_place(&self, what: &What) -> String {
        let Self { columns, share, .. } = self;
        let rows = self.rows();
        match what {
            What::OnePoint => format!("At one and the same point: {rows} ({share})."),
            What::Centre => format!(
                "At one point in the very middle of the city: {rows}. Perhaps their place was not known."
            ),
            What::Zero => format!("Coordinates of 0: {rows}."),
            What::Swapped => format!("Longitude and latitude changed places: {rows}."),
            What::Outside => format!("Outside the city: {rows} ({share})."),
            What::Rounded { digits, metres } => format!(
                "Coordinates of {digits} digits after the point, which can be wrong by about {metres} m: {rows} ({share})."
            ),
            What::AddressRegion => format!(
                "The address names another area than the column of the area ({columns}): {rows}."
            ),
            What::AddressFar { km } => format!(
                "Far from the other rows whose address ({columns}) names the same street or neighbourhood (up to {km:.1} km): {rows}."
            ),
            What::AddressArea => format!(
                "Outside the area that the address ({columns}) names, in another one: {rows}."
            ),
            _ => String::new(),
        }
    }
}

fn range_korean(low: Option<f64>, high: Option<f64>) -> String {
    match (low, high) {
        (Some(low), Some(high)) => {
            format!("(나머지는 {}에서 {} 사이)", number(low), number(high))
        }
        _ => String::new(),
    }
}

fn range_english(low: Option<f64>, high: Option<f64>) -> String {
    match (low, high) {
        (Some(low), Some(high)) => {
            format!(" (the others between {} and {})", number(low), number(high))
        }
        _ => String::new(),
    }
}

fn percent(share: f64) -> String {
    let percent = share * 100.0;
    if percent > 0.0 && percent < 0.1 {
        "< 0.1 %".to_owned()
    } else {
        format!("{percent:.1} %")
    }
}

/// A number with commas between its thousands.
fn grouped(count: u64) -> String {
    let digits = count.to_string();
    let mut out = String::new();
    for (at, digit) in digits.chars().enumerate() {
        if at > 0 && (digits.len() - at).is_multiple_of(3) {
            out.push(',');
        }
        out.push(digit);
    }
    out
}

/// A bound as people read it: as few digits as it needs.
fn number(value: f64) -> String {
    let size = value.abs();
    let digits = if size >= 100.0 || value.fract() == 0.0 {
        0
    } else {
        2
    };
    let text = format!("{size:.digits$}");
    let (whole, part) = text.split_once('.').unwrap_or((&text, ""));
    let sign = if value < 0.0 { "\u{2212}" } else { "" };
    let point = if part.is_empty() { "" } else { "." };
    match whole.parse::<u64>() {
        Ok(whole) => format!("{sign}{}{point}{part}", grouped(whole)),
        Err(_) => format!("{value:e}"),
    }
}

#[cfg(test)]
mod tests {
    use super::super::Example;
    use super::*;

    fn finding(what: What) -> Finding {
        Finding {
            what,
            columns: vec!["phone".to_owned()],
            count: 1_234,
            of: 5_000,
            examples: vec![Example::default()],
        }
    }

    #[test]
    fn every_kind_has_a_sentence_in_both_languages() {
        let kinds = [
            What::OneValue,
            What::Default {
                stand: Stand::Known,
            },
            What::Default {
                stand: Stand::Frequent,
            },
            What::CopiedDown { longest: 9 },
            What::CountingUp { longest: 9 },
            What::Outliers {
                method: Method::Mad,
                low: Some(-1.5),
                high: Some(1200.0),
            },
            What::OddPattern {
                usual: "999-9999".to_owned(),
            },
            What::SameRows {
                nearly: true,
                without: vec!["id".to_owned()],
            },
            What::SameNameNearby { metres: 30 },
            What::Spellings,
            What::Misspelt,
            What::OnePoint,
            What::Centre,
            What::Zero,
            What::Swapped,
            What::Outside,
            What::Rounded {
                digits: 2,
                metres: 1000,
            },
            What::AddressRegion,
            What::AddressFar { km: 12.0 },
            What::AddressArea,
        ];
        let title = |name: &str| format!("<{name}>");
        for kind in kinds {
            let word = kind.word();
            let finding = finding(kind);
            let value = serde_json::to_value(&finding).unwrap();
            assert_eq!(value["what"], word);
            let back: Finding = serde_json::from_value(value).unwrap();
            assert_eq!(back, finding);
            for lang in [Lang::Ko, Lang::En] {
                let sentence = finding.sentence(lang, &title);
                assert!(sentence.ends_with('.'), "{word}: {sentence}");
            }
        }
    }

    #[test]
    fn a_sentence_names_the_column_the_rows_and_their_share() {
        let said = finding(What::Default {
            stand: Stand::Known,
        })
        .sentence(Lang::Ko, &|_| "전화번호".to_owned());
        assert_eq!(
            said,
            "‘전화번호’ 열에서 1,234행(24.7 %)의 값은 ‘모름’을 대신해 적은 값으로 보입니다."
        );
        assert_eq!(number(-1234.5), "\u{2212}1,234");
        assert_eq!(percent(0.0001), "< 0.1 %");
    }
}
