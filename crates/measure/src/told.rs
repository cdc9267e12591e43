//! All that is told of a measure at once: the same for page, API and command line.

use std::collections::BTreeMap;

use access::{AskError, Reader};
use chrono::{DateTime, Utc};
use city::measure::Compute;
use city::{Lang, Measure};
use serde::Serialize;

use crate::asked::Asked;
use crate::compare::{Comparison, compare};
use crate::explain::explain;
use crate::figure::Figure;
use crate::format::moment;
use crate::parts::{Part, Series, breakdown, series};
use crate::receipt::{Receipt, receipt};
use crate::target::{Progress, progress};

/// A measure as it is told.
#[derive(Clone, Debug, PartialEq, Serialize)]
pub struct Told {
    /// The figure with all it stands on.
    pub receipt: Receipt,
    /// The sentence that explains it.
    pub explanation: Explanation,
    /// Its history; nothing where it has none or may not be read.
    pub series: Option<Series>,
    /// Its parts, by dimension; nothing where they may not be read.
    pub parts: BTreeMap<String, Option<Vec<Part>>>,
    /// Beside what its manifest says it is compared with.
    pub compare: Option<Comparison>,
    /// On its way to its target.
    pub progress: Option<Progress>,
}

/// A sentence in both languages.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct Explanation {
    /// Korean.
    pub ko: String,
    /// English.
    pub en: String,
}

impl Told {
    /// A figure of all days there are says from when to when they are; one that was asked of a period says that.
    fn of_all_days(&mut self, measure: &Measure, settled: &Asked) {
        let axis = measure.time.as_ref();
        let adds_up = axis.is_some_and(|axis| !axis.level);
        let is_told = matches!(
            self.receipt.figure,
            Figure::Known { .. } | Figure::Stale { .. }
        );
        let is_index = matches!(measure.compute, Some(Compute::Index { .. }));
        if settled.period.is_some() || !adds_up || !is_told || is_index {
            return;
        }
        let points = self.series.as_ref().map(|own| own.points.as_slice());
        let Some([first, .., last]) = points else {
            return;
        };
        let [first, last] = [first, last].map(|own| moment(measure, &own.at));
        let ko = format!(" {first}부터 {last}까지의 자료입니다.");
        self.explanation.ko.push_str(&ko);
        let en = format!(" The data are of {first} to {last}.");
        self.explanation.en.push_str(&en);
    }
}

/// Tells a measure by these dimensions.
///
/// # Errors
/// When it has no such dimension, or the machine fails; what cannot be known is told as such.
pub async fn told(
    reader: &Reader,
    measure: &Measure,
    asked: &Asked,
    by: &[String],
    now: DateTime<Utc>,
) -> Result<Told, AskError> {
    if let Some(dimension) = by.iter().find(|name| !measure.dimensions.contains(name)) {
        return Err(AskError::NotBrokenDown {
            of: measure.id.to_string(),
            dimension: dimension.clone(),
        });
    }
    let receipt = receipt(reader, measure, asked, now).await?;
    let settled = Asked {
        period: receipt.narrowed.period,
        ..asked.clone()
    };
    let sentence = |lang| explain(reader, measure, &settled, &receipt.figure, lang);
    let explanation = Explanation {
        ko: sentence(Lang::Ko),
        en: sentence(Lang::En),
    };
    let mut told = Told {
        explanation,
        series: None,
        parts: BTreeMap::new(),
        compare: None,
        progress: None,
        receipt,
    };
    // What is not broken down like that has no parts either.
    let is_asked = !matches!(told.receipt.figure, Figure::NotBrokenDown { .. });
    if is_asked {
        told.series = known(series(reader, measure, asked).await)?.flatten();
        told.of_all_days(measure, &settled);
        told.compare = compare(reader, measure, asked, now).await?;
        told.progress = progress(reader, measure, asked, now).await?;
    }
    for dimension in by {
        let parts = if is_asked {
            known(breakdown(reader, measure, dimension, asked).await)?
        } else {
            None
        };
        told.parts.insert(dimension.clone(), parts);
    }
    Ok(told)
}

/// What is not loaded or not allowed is nothing here: the figure says which.
fn known<T>(found: Result<T, AskError>) -> Result<Option<T>, AskError> {
    match found {
        Ok(found) => Ok(Some(found)),
        Err(AskError::NotLoaded(_) | AskError::Denied(_) | AskError::Computed(_)) => Ok(None),
        Err(error) => Err(error),
    }
}
