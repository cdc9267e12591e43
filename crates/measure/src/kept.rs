//! Receipts that last: under the hash of what a figure is made of, and giving it back to the digit.

use access::{AskError, Reader};
use chrono::{DateTime, Utc};
use city::{DatasetId, Measure};
use serde::{Deserialize, Serialize};
use sha2::{Digest as _, Sha256};

use crate::asked::{Asked, DEPTH_MAX, Measures, Narrowed, Pins};
use crate::receipt::{Receipt, of_pins};

/// Version of the form.
const FORM: u32 = 1;

/// What a figure is made of: all that decides its value, and nothing else.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct Kept {
    /// Version of this form.
    pub form: u32,
    /// The measure as it was declared.
    pub measure: Measure,
    /// The measures that divide it, as they were declared.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub divided_by: Vec<Measure>,
    /// The versions read.
    pub versions: Pins,
    /// What narrowed it.
    #[serde(flatten)]
    pub narrowed: Narrowed,
    /// What its reader saw: all who see the same share the name.
    pub sight: String,
    /// The query of its numerator.
    pub query: String,
    /// The query of its denominator.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub denominator_query: Option<String>,
}

/// A kept receipt asked again.
#[derive(Clone, Debug, PartialEq, Serialize)]
pub struct Reproduced {
    /// The receipt of the same versions now.
    pub receipt: Receipt,
    /// Whether it is the same figure.
    #[serde(flatten)]
    pub outcome: Outcome,
}

/// What came of asking again.
#[derive(Clone, Debug, PartialEq, Serialize)]
#[serde(tag = "outcome", rename_all = "kebab-case")]
pub enum Outcome {
    /// The same, to the last digit.
    Same,
    /// Another value: the figure cannot be relied on.
    Differs {
        /// The value it had.
        was: Option<f64>,
    },
    /// This reader sees something else than the one it was made for; the two need not be the same.
    OtherSight,
    /// It is not told to this reader, for the reason the figure gives.
    NotShown,
    /// A version it was made of is not kept any more.
    Gone {
        /// The dataset.
        dataset: DatasetId,
    },
}

impl Kept {
    /// What a receipt keeps; nothing where there is no value to come back to.
    pub fn of(reader: &Reader, receipt: &Receipt) -> Option<Self> {
        receipt.figure.value()?;
        let measures = &reader.city().measures;
        let mut divided_by = Vec::new();
        let mut here = &receipt.measure;
        for _ in 0..DEPTH_MAX {
            let below = here.denominator.as_ref();
            let Some(next) = below.and_then(|below| measures.get(below.measure.as_ref()?)) else {
                break;
            };
            divided_by.push(next.clone());
            here = next;
        }
        Some(Self {
            form: FORM,
            measure: receipt.measure.clone(),
            divided_by,
            versions: receipt.figure.versions().iter().cloned().collect(),
            narrowed: receipt.narrowed.clone(),
            sight: reader.policy().name().to_owned(),
            query: receipt.query.clone(),
            denominator_query: receipt.denominator_query.clone(),
        })
    }

    /// Its text: the same for the same figure.
    ///
    /// # Errors
    /// When it cannot be written as JSON.
    pub fn body(&self) -> Result<String, serde_json::Error> {
        serde_json::to_string(self)
    }

    /// The hash of its text: its address.
    pub fn id(body: &str) -> String {
        let hash = Sha256::digest(body.as_bytes());
        hash.iter().fold(String::new(), |mut text, byte| {
            use std::fmt::Write as _;
            // Writing to a text never fails.
            let _ = write!(text, "{byte:02x}");
            text
        })
    }

    /// Asks again, of the same versions. `was` is the value as it was told, digit by digit.
    ///
    /// # Errors
    /// When the machine fails.
    pub async fn again(
        &self,
        reader: &Reader,
        was: Option<&str>,
        now: DateTime<Utc>,
    ) -> Result<Reproduced, AskError> {
        let asked = Asked {
            period: self.narrowed.period,
            equals: self.narrowed.equals.clone(),
            ..Asked::default()
        };
        let measures: Measures = self
            .divided_by
            .iter()
            .map(|measure| (measure.id.clone(), measure.clone()))
            .collect();
        let pins = Ok(self.versions.clone());
        let found = of_pins(reader, &self.measure, &measures, &asked, pins, now).await;
        let (receipt, gone) = match found {
            Err(AskError::NoVersion { dataset, .. }) => {
                let none = Err(AskError::NotLoaded(dataset.clone()));
                let none = of_pins(reader, &self.measure, &measures, &asked, none, now).await?;
                (none, Some(dataset))
            }
            found => (found?, None),
        };
        let was = was.and_then(|was| was.parse::<f64>().ok());
        let is_same = |value: f64| Some(value.to_bits()) == was.map(f64::to_bits);
        let outcome = match (gone, receipt.figure.value()) {
            (Some(dataset), _) => Outcome::Gone { dataset },
            (None, Some(value)) if is_same(value) => Outcome::Same,
            (None, Some(_)) if reader.policy().name() == self.sight => Outcome::Differs { was },
            (None, Some(_)) => Outcome::OtherSight,
            // What may not be read now is not told from what was kept either.
            (None, None) => Outcome::NotShown,
        };
        Ok(Reproduced { receipt, outcome })
    }
}
