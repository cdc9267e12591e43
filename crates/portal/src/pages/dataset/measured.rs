//! The rows of a figure: the dataset's page as a measure sees it.

use access::{AskError, Reader};
use city::{Dataset, Measure, Period};
use interop::question::pairs;
use measure::{Asked, Listed};

use super::Preview;
use super::rows::{Asked as Page, LAST_PAGE, PAGE, captioned, shown};
use crate::charts::{dimension_title, measure_title};
use crate::parts::{Link, Table};
use crate::show;
use crate::site::{PageError, Visit};

/// Most dimensions that narrow one figure.
const PARTS: usize = 16;

/// The figure whose rows are asked for.
pub(super) struct OfMeasure<'v> {
    /// The measure.
    pub(super) measure: &'v Measure,
    /// What narrows it.
    pub(super) asked: Asked,
    /// Parameters of the address that say so.
    given: Vec<(String, String)>,
}

impl<'v> OfMeasure<'v> {
    /// Reads `measure=`, `period=` and `part=dimension=value`; nothing where no measure is named.
    ///
    /// # Errors
    /// When there is no such measure of this dataset, or the period is none.
    pub(super) fn read(
        visit: &'v Visit,
        dataset: &str,
        query: &str,
    ) -> Result<Option<Self>, PageError> {
        let given: Vec<(String, String)> = pairs(query)
            .into_iter()
            .filter(|(name, value)| {
                matches!(name.as_str(), "measure" | "period" | "part") && !value.is_empty()
            })
            .take(PARTS)
            .collect();
        let named = given.iter().find(|(name, _)| name == "measure");
        let Some((_, id)) = named else {
            return Ok(None);
        };
        let missing = |why: String| {
            let path = format!("/datasets/{dataset}#rows");
            PageError::Missing(why, vec![Link::new(visit.t("dataset.all_rows"), path)])
        };
        let measure = visit.city().measures.get(id.as_str());
        let measure = measure
            .filter(|measure| measure.dataset.as_str() == dataset)
            .ok_or_else(|| missing(visit.say("problem.no_measure", &[("id", id.clone())])))?;
        let mut asked = Asked::default();
        for (name, value) in &given {
            match name.as_str() {
                "period" => {
                    let period = Period::parse(value).ok_or_else(|| {
                        missing(visit.say("board.no_period", &[("period", value.clone())]))
                    })?;
                    asked.period = Some(period);
                }
                "part" => asked.equals.extend(
                    value
                        .split_once('=')
                        .map(|(name, value)| (name.to_owned(), value.to_owned())),
                ),
                _ => {}
            }
        }
        Ok(Some(Self {
            measure,
            asked,
            given,
        }))
    }

    /// The parameters of an address of the same rows.
    pub(super) fn parameters(&self) -> Vec<(&str, &str)> {
        let given = self.given.iter();
        given
            .map(|(name, value)| (name.as_str(), value.as_str()))
            .collect()
    }

    /// Which rows they are.
    pub(super) fn sentence(&self, visit: &Visit, count: u64) -> String {
        let parts = self.asked.equals.iter().map(|(dimension, value)| {
            format!(
                "{} {value}",
                dimension_title(visit, self.measure, dimension)
            )
        });
        let period = self.asked.period.map(|period| period.to_string());
        let conditions: Vec<String> = period.into_iter().chain(parts).collect();
        let key = if conditions.is_empty() {
            "dataset.of_measure"
        } else {
            "dataset.of_measure_narrowed"
        };
        let said = visit.say(
            key,
            &[
                ("title", measure_title(visit, self.measure)),
                ("count", show::count_of(count)),
                ("conditions", conditions.join(", ")),
            ],
        );
        if is_divided(self.measure) {
            format!("{said} {}", visit.t("dataset.of_measure_top"))
        } else {
            said
        }
    }
}

/// The rows a figure counts; nothing where there are none, or where they are not told, which the page then says.
///
/// # Errors
/// When the machine fails, or there is no column to sort by.
pub(super) async fn measured(
    visit: &Visit,
    reader: &Reader,
    dataset: &Dataset,
    (of, asked): (&OfMeasure<'_>, &Page<'_>),
    preview: &mut Preview,
) -> Result<Option<(Table, u64)>, AskError> {
    let sort = asked.sort();
    let page = measure::rows::Page {
        sort: sort.map(|sort| (sort.column, sort.descending)),
        offset: (asked.page.min(LAST_PAGE) - 1) * PAGE,
        limit: PAGE,
    };
    let why = match measure::rows(reader, of.measure, &of.asked, &page).await {
        Ok(Listed::Of {
            total,
            page: found,
            offset,
        }) => {
            preview.of = Some(of.sentence(visit, total));
            let Some(answer) = found else {
                return Ok(None);
            };
            let shown = shown(visit, dataset, asked, *answer).await?;
            let table = captioned(visit, dataset, asked, shown, total, offset);
            return Ok(Some((table, total)));
        }
        Ok(Listed::Hidden) => "dataset.of_measure_hidden",
        Err(AskError::Denied(_)) => "dataset.of_measure_denied",
        Err(AskError::NotBrokenDown { .. }) => "figure.not_broken_down_note",
        Err(error) => return Err(error),
    };
    preview.why = Some(visit.t(why));
    Ok(None)
}

/// Whether a figure is one number divided by another.
fn is_divided(measure: &Measure) -> bool {
    use city::measure::Compute;
    let is_share = matches!(
        measure.compute,
        Some(Compute::Share { .. } | Compute::Index { .. })
    );
    is_share || measure.denominator.is_some()
}
