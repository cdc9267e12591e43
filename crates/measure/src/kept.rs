//! Receipts that last: under the hash of what a figure is made of, and giving it back to the digit.

use access::{AskError, Reader};
use chrono::{DateTime, Utc};
use city::board::View;
use city::{BoardId, DatasetId, Measure};
use serde::{Deserialize, Serialize};
use sha2::{Digest as _, Sha256};

use crate::asked::{Asked, DEPTH_MAX, Given, Measures, Narrowed, Pins};
use crate::receipt::{Receipt, of_pins};
use crate::view::{Shown, shown};

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
    /// How it was shown, where that is more than one number.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub shows: Option<Shows>,
}

/// How a measure was shown.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Shows {
    /// The view.
    pub view: View,
    /// What it was broken down by, where that was said.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub by: Option<String>,
    /// The second dimension.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub across: Option<String>,
}

impl Shows {
    /// As [`shown()`] takes it.
    pub fn axes(&self) -> (View, Option<&str>, Option<&str>) {
        (self.view, self.by.as_deref(), self.across.as_deref())
    }
}

/// What a board showed when it was printed: the receipts of its figures.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Print {
    /// Version of this form.
    pub form: u32,
    /// The board.
    pub board: BoardId,
    /// What narrowed it, as its address says.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub narrowed: Vec<(String, String)>,
    /// Its panels, in the order of the page.
    pub panels: Vec<Printed>,
}

/// One panel of a printed board.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(tag = "of", rename_all = "kebab-case")]
pub enum Printed {
    /// Figures, by their receipt.
    Measure {
        /// Its address.
        receipt: String,
    },
    /// Places.
    Places {
        /// The dataset.
        dataset: DatasetId,
        /// Its version.
        version: i64,
        /// What narrowed them.
        #[serde(default, skip_serializing_if = "Vec::is_empty")]
        filters: Vec<String>,
        /// How many there were.
        count: u64,
    },
}

impl Print {
    /// What a board of this id showed.
    pub fn new(board: BoardId, narrowed: Vec<(String, String)>, panels: Vec<Printed>) -> Self {
        Self {
            form: FORM,
            board,
            narrowed,
            panels,
        }
    }
}

/// A kept receipt asked again.
#[derive(Clone, Debug, PartialEq, Serialize)]
pub struct Reproduced {
    /// The receipt of the same versions now.
    pub receipt: Receipt,
    /// What the view shows of the same versions now.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub shown: Option<Shown>,
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
        let versions = receipt.figure.versions().iter().cloned().collect();
        Some(Self::made(reader, receipt, versions))
    }

    /// What the receipt of what a view showed keeps; nothing where it showed no value. `asked` is what was asked of the
    /// view, and `versions` are those it was shown of.
    pub fn showing(
        reader: &Reader,
        receipt: &Receipt,
        (shows, shown): (Shows, &Shown),
        asked: &Asked,
        versions: Pins,
    ) -> Option<Self> {
        shown.has_value().then(|| Self {
            shows: Some(shows),
            narrowed: Narrowed {
                period: asked.period,
                equals: asked.equals.clone(),
            },
            ..Self::made(reader, receipt, versions)
        })
    }

    fn made(reader: &Reader, receipt: &Receipt, versions: Pins) -> Self {
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
        Self {
            form: FORM,
            measure: receipt.measure.clone(),
            divided_by,
            versions,
            narrowed: receipt.narrowed.clone(),
            sight: reader.policy().name().to_owned(),
            query: receipt.query.clone(),
            denominator_query: receipt.denominator_query.clone(),
            shows: None,
        }
    }

    /// The value it is kept with: that of its figure, or the hash of all that its view shows.
    pub fn value(receipt: &Receipt, shown: Option<&Shown>) -> Option<String> {
        match shown {
            Some(shown) => Some(hash(&shown.digits())),
            None => receipt.figure.value().map(|value| value.to_string()),
        }
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
        hash(body)
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
        let measures: Measures = self
            .divided_by
            .iter()
            .map(|measure| (measure.id.clone(), measure.clone()))
            .collect();
        let asked = Asked {
            period: self.narrowed.period,
            equals: self.narrowed.equals.clone(),
            given: Given {
                versions: self.versions.clone(),
                measures: measures.clone(),
            },
            ..Asked::default()
        };
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
        if let Some(dataset) = gone {
            return Ok(Reproduced {
                receipt,
                shown: None,
                outcome: Outcome::Gone { dataset },
            });
        }
        match &self.shows {
            Some(shows) => {
                self.shown_again(reader, (shows, was), &asked, receipt, now)
                    .await
            }
            None => Ok(self.figure_again(reader, was, receipt)),
        }
    }

    fn figure_again(&self, reader: &Reader, was: Option<&str>, receipt: Receipt) -> Reproduced {
        let was = was.and_then(|was| was.parse::<f64>().ok());
        let is_same = |value: f64| Some(value.to_bits()) == was.map(f64::to_bits);
        let outcome = match receipt.figure.value() {
            Some(value) => self.outcome(reader, is_same(value), was),
            // What may not be read now is not told from what was kept either.
            None => Outcome::NotShown,
        };
        Reproduced {
            receipt,
            shown: None,
            outcome,
        }
    }

    async fn shown_again(
        &self,
        reader: &Reader,
        (shows, was): (&Shows, Option<&str>),
        asked: &Asked,
        receipt: Receipt,
        now: DateTime<Utc>,
    ) -> Result<Reproduced, AskError> {
        let shown = match shown(reader, &self.measure, shows.axes(), asked, now).await {
            Ok(shown) => shown.filter(Shown::has_value),
            Err(
                AskError::NotLoaded(_)
                | AskError::Denied(_)
                | AskError::NotBrokenDown { .. }
                | AskError::Computed(_)
                | AskError::TooLarge { .. },
            ) => None,
            Err(AskError::NoVersion { dataset, .. }) => {
                return Ok(Reproduced {
                    receipt,
                    shown: None,
                    outcome: Outcome::Gone { dataset },
                });
            }
            Err(error) => return Err(error),
        };
        let outcome = match &shown {
            Some(shown) => {
                let is_same = was == Some(hash(&shown.digits()).as_str());
                self.outcome(reader, is_same, None)
            }
            None => Outcome::NotShown,
        };
        Ok(Reproduced {
            receipt,
            shown,
            outcome,
        })
    }

    fn outcome(&self, reader: &Reader, is_same: bool, was: Option<f64>) -> Outcome {
        if is_same {
            Outcome::Same
        } else if reader.policy().name() == self.sight {
            Outcome::Differs { was }
        } else {
            Outcome::OtherSight
        }
    }
}

/// The SHA-256 of a text.
fn hash(text: &str) -> String {
    let hash = Sha256::digest(text.as_bytes());
    hash.iter().fold(String::new(), |mut text, byte| {
        use std::fmt::Write as _;
        // Writing to a text never fails.
        let _ = write!(text, "{byte:02x}");
        text
    })
}
