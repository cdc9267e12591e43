//! Standards as data: what a national standard dataset looks like, and the common domains and terms.
//!
//! | file of a city's folder | holds |
//! | --- | --- |
//! | `standards/<id>.toml` | a standard dataset: its columns, their types, its checks: [`Standard`] |
//! | `standards/domains.toml` | common standard domains: what `수N10` or `여부C1` means: [`Domains`] |
//! | `standards/terms.csv`, `standards/words.csv` | common standard terms and words as they are published: [`Terms`] |

mod domain;
mod term;

use std::collections::BTreeMap;

use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

pub use domain::{Domain, DomainClass, Domains, Letter};
pub use term::{Found, Term, Terms, Verdict, Word, normal};

use crate::check::{Check, TableCheck};
use crate::dataset::{ColumnType, PlaceColumns};
use crate::id::StandardId;

/// A standard dataset: what every body that publishes it should publish.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields, rename_all = "kebab-case")]
pub struct Standard {
    /// Id; the same as the file's name without `.toml`.
    pub id: StandardId,
    /// Korean title.
    pub title: String,
    /// English title.
    pub title_en: String,
    /// Who says so, and of when that is.
    pub source: Origin,
    /// Which columns say where a row is.
    #[serde(default)]
    pub place: Option<PlaceColumns>,
    /// Checks that look at more than one column; columns by their official names.
    #[serde(default)]
    pub checks: Vec<TableCheck>,
    /// Its columns, in the order they are published.
    pub columns: Vec<StandardColumn>,
}

impl Standard {
    /// The column with this official name.
    pub fn column(&self, name: &str) -> Option<&StandardColumn> {
        self.columns.iter().find(|column| column.name == name)
    }
}

/// Where something is laid down.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields, rename_all = "kebab-case")]
pub struct Origin {
    /// The document or body.
    pub title: String,
    /// Its address.
    #[serde(default)]
    pub url: Option<String>,
    /// Its date: `2024-11-30` or `2024-11`.
    pub dated: String,
}

/// One column of a standard.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields, rename_all = "kebab-case")]
pub struct StandardColumn {
    /// Official Korean name.
    pub name: String,
    /// English title.
    #[serde(default)]
    pub title_en: Option<String>,
    /// Name in the Open API, misspellings included: `prkplceNo`.
    #[serde(default)]
    pub key: Option<String>,
    /// Other and older spellings: `설치년월` for `설치연월`.
    #[serde(default)]
    pub synonyms: Vec<String>,
    /// Common standard domain: `수N10`, `명V100`, `여부C1`.
    #[serde(default)]
    pub domain: Option<String>,
    /// Type of the values, where the domain does not say it or another is published.
    #[serde(default, rename = "type")]
    pub column_type: Option<ColumnType>,
    /// The column itself may be missing.
    #[serde(default)]
    pub optional: bool,
    /// What each value must satisfy, beside the domain.
    #[serde(default)]
    pub checks: Vec<Check>,
}

impl StandardColumn {
    /// Whether each row must have a value.
    pub fn is_required(&self) -> bool {
        self.checks.contains(&Check::Required)
    }
}

/// All standards of a city.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct Standards {
    /// `standards/<id>.toml`.
    pub standards: BTreeMap<StandardId, Standard>,
    /// `standards/domains.toml`.
    pub domains: Domains,
    /// `standards/terms.csv` and `standards/words.csv`.
    pub terms: Terms,
}

impl Standards {
    /// A standard column's domain, if it names one that is known.
    pub fn domain(&self, column: &StandardColumn) -> Option<Domain> {
        self.domains.resolve(column.domain.as_deref()?)
    }

    /// The type of a standard column: its own word, or its domain's.
    pub fn column_type(&self, column: &StandardColumn) -> Option<ColumnType> {
        let own = column.column_type;
        own.or_else(|| Some(self.domain(column)?.column_type))
    }

    /// What each value of a standard column must satisfy: its own checks, and those its domain implies.
    pub fn checks(&self, column: &StandardColumn) -> Vec<Check> {
        let mut checks = column.checks.clone();
        let is_text = matches!(
            self.column_type(column),
            Some(ColumnType::Text | ColumnType::Code)
        );
        let Some(domain) = self.domain(column).filter(|_| is_text) else {
            return checks;
        };
        let says = |own: &dyn Fn(&Check) -> bool| checks.iter().any(own);
        let mut implied = Vec::new();
        if !domain.allowed.is_empty() && !says(&|check| matches!(check, Check::In(_))) {
            implied.push(Check::In(domain.allowed));
        }
        if let Some(pattern) = domain.pattern
            && !says(&|check| matches!(check, Check::Pattern(_)))
        {
            implied.push(Check::Pattern(pattern));
        }
        if let Some(width) = domain.width
            && !says(&|check| matches!(check, Check::MaxLength(_) | Check::MaxBytes(_)))
        {
            implied.push(Check::MaxLength(width));
        }
        checks.extend(implied);
        checks
    }
}
