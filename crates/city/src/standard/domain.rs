//! Common standard domains: class + letter + length → type, width, forms, allowed values.

use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

use super::Origin;
use crate::dataset::ColumnType;

/// `standards/domains.toml`.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields, rename_all = "kebab-case")]
pub struct Domains {
    /// Who says so, and of when that is.
    #[serde(default)]
    pub source: Option<Origin>,
    /// The domains, those of one class and letter together.
    pub domains: Vec<DomainClass>,
}

/// Domains of one class and letter: `수` with `N` and the lengths 2, 3, 4 are 수N2, 수N3, 수N4.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields, rename_all = "kebab-case")]
pub struct DomainClass {
    /// Class: `수`, `명`, `연월일`.
    pub class: String,
    /// Kind of storage.
    pub letter: Letter,
    /// Lengths in use: `"10"`, digits and decimals `"13,10"`; none for a moment.
    #[serde(default)]
    pub lengths: Vec<String>,
    /// Type of the values; by the letter when absent.
    #[serde(default, rename = "type")]
    pub column_type: Option<ColumnType>,
    /// How it is stored: `YYYYMMDD`.
    #[serde(default)]
    pub stored: Option<String>,
    /// How it is shown: `YYYY-MM-DD`.
    #[serde(default)]
    pub shown: Option<String>,
    /// Values allowed; any when absent.
    #[serde(default)]
    pub allowed: Vec<String>,
    /// Regular expression that text of this domain matches whole.
    #[serde(default)]
    pub pattern: Option<String>,
}

/// Kinds of storage of the common standard.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, Serialize, Deserialize, JsonSchema)]
pub enum Letter {
    /// Text of a fixed length.
    C,
    /// Text of at most a length.
    V,
    /// Number of so many digits.
    N,
    /// Moment.
    D,
}

impl Letter {
    /// The letter itself.
    pub fn as_str(self) -> &'static str {
        match self {
            Self::C => "C",
            Self::V => "V",
            Self::N => "N",
            Self::D => "D",
        }
    }
}

/// One domain, resolved from its name.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Domain {
    /// Its name: `수N10`.
    pub name: String,
    /// Type of the values.
    pub column_type: ColumnType,
    /// Characters, or digits of a number.
    pub width: Option<u32>,
    /// Digits after the point.
    pub scale: u32,
    /// How it is stored.
    pub stored: Option<String>,
    /// How it is shown.
    pub shown: Option<String>,
    /// Values allowed; any when empty.
    pub allowed: Vec<String>,
    /// Regular expression that text matches whole.
    pub pattern: Option<String>,
}

impl Domains {
    /// The domain of this name.
    pub fn resolve(&self, name: &str) -> Option<Domain> {
        let own = |class: &&DomainClass| class.length_in(name).is_some();
        let class = self.domains.iter().find(own)?;
        let length = class.length_in(name)?;
        let (width, scale) = match length.split_once(',') {
            Some((width, scale)) => (width.parse().ok(), scale.parse().unwrap_or_default()),
            None => (length.parse().ok(), 0),
        };
        let by_letter = match (class.letter, scale) {
            (Letter::C, _) => ColumnType::Code,
            (Letter::V, _) => ColumnType::Text,
            (Letter::N, 0) => ColumnType::Integer,
            (Letter::N, _) => ColumnType::Decimal,
            (Letter::D, _) => ColumnType::Datetime,
        };
        // A moment as text is longer than it is stored: `2024-05-10` for `20240510`.
        let is_as_stored = class.shown.is_none();
        Some(Domain {
            name: name.to_owned(),
            column_type: class.column_type.unwrap_or(by_letter),
            width: width.filter(|_| is_as_stored),
            scale,
            stored: class.stored.clone(),
            shown: class.shown.clone(),
            allowed: class.allowed.clone(),
            pattern: class.pattern.clone(),
        })
    }

    /// The names of all domains.
    pub fn names(&self) -> Vec<String> {
        let names = |class: &DomainClass| {
            let stem = format!("{}{}", class.class, class.letter.as_str());
            match class.lengths.as_slice() {
                [] => vec![stem],
                lengths => lengths.iter().map(|own| format!("{stem}{own}")).collect(),
            }
        };
        self.domains.iter().flat_map(names).collect()
    }
}

impl DomainClass {
    /// The length at the end of `name`, if it is a domain of this class.
    fn length_in<'n>(&self, name: &'n str) -> Option<&'n str> {
        let length = name
            .strip_prefix(self.class.as_str())?
            .strip_prefix(self.letter.as_str())?;
        let is_own = match self.lengths.as_slice() {
            [] => length.is_empty(),
            lengths => lengths.iter().any(|own| own == length),
        };
        is_own.then_some(length)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn domains() -> Domains {
        let text = r#"
            [[domains]]
            class = "수"
            letter = "N"
            lengths = ["3", "10", "10,5"]

            [[domains]]
            class = "연월일"
            letter = "C"
            lengths = ["8"]
            type = "date"
            stored = "YYYYMMDD"
            shown = "YYYY-MM-DD"

            [[domains]]
            class = "연월일시분초"
            letter = "D"
        "#;
        toml::from_str(text).unwrap()
    }

    #[test]
    fn a_name_says_type_and_width() {
        let domains = domains();
        let resolved = |name: &str| {
            let domain = domains.resolve(name)?;
            Some((domain.column_type, domain.width, domain.scale))
        };
        assert_eq!(resolved("수N10"), Some((ColumnType::Integer, Some(10), 0)));
        assert_eq!(
            resolved("수N10,5"),
            Some((ColumnType::Decimal, Some(10), 5))
        );
        assert_eq!(resolved("연월일C8"), Some((ColumnType::Date, None, 0)));
        assert_eq!(
            resolved("연월일시분초D"),
            Some((ColumnType::Datetime, None, 0))
        );
        assert_eq!(resolved("수N11"), None);
        assert_eq!(resolved("수V10"), None);
        assert_eq!(resolved("횟수N10"), None);
    }

    #[test]
    fn every_name_resolves() {
        let domains = domains();
        assert_eq!(domains.names().len(), 5);
        for name in domains.names() {
            assert_eq!(domains.resolve(&name).map(|own| own.name), Some(name));
        }
    }
}
