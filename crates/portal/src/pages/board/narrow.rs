//! What a visitor has narrowed a board by. It lives in the address, so that a board can be sent as it is seen.

use std::collections::BTreeSet;

use access::{AskError, At, Reader};
use city::board::{TIME, View};
use city::{Board, Lang, Measure, Period};
use interop::question::pairs;
use measure::Asked;
use serde::Serialize;

use crate::charts::{dimension_title, measure_title};
use crate::parts::Link;
use crate::query::address;
use crate::site::{PageError, Visit};

/// The name of the filter by time.
const PERIOD: &str = "period";

/// A filter of a board.
#[derive(Clone, Debug, Serialize)]
pub struct Filter {
    /// Name of the parameter.
    pub name: String,
    /// Its label.
    pub label: String,
    /// Its choices: value, title, whether it is in force.
    pub choices: Vec<(String, String, bool)>,
}

/// What a board is narrowed by.
#[derive(Clone, Debug, Default, PartialEq)]
pub(super) struct Narrow {
    path: String,
    period: Option<(String, Period)>,
    equals: Vec<(String, String)>,
}

impl Narrow {
    /// Reads what a board declares to be narrowed by; other parameters of the address are somebody else's.
    ///
    /// # Errors
    /// When the period is none.
    pub(super) fn read(visit: &Visit, board: &Board, query: &str) -> Result<Self, PageError> {
        let mut narrow = Self {
            path: format!("/boards/{}", board.id),
            ..Self::default()
        };
        let given = pairs(query);
        for name in &board.filters {
            let value = given.iter().find(|(own, _)| own == name);
            let Some((_, value)) = value.filter(|(_, value)| !value.is_empty()) else {
                continue;
            };
            if name == PERIOD {
                let period = Period::parse(value).ok_or_else(|| {
                    let why = visit.say("board.no_period", &[("period", value.clone())]);
                    let title = visit.title(&board.title, board.title_en.as_deref());
                    PageError::Missing(why, vec![Link::new(title, narrow.path.clone())])
                })?;
                narrow.period = Some((value.clone(), period));
            } else {
                narrow.equals.push((name.clone(), value.clone()));
            }
        }
        Ok(narrow)
    }

    /// Whether nothing is narrowed.
    pub(super) fn is_empty(&self) -> bool {
        self.period.is_none() && self.equals.is_empty()
    }

    /// What is asked of each measure. One that cannot be narrowed so says so; it is never shown unnarrowed.
    pub(super) fn asked(&self) -> Asked {
        Asked {
            at: At::Latest,
            period: self.period.as_ref().map(|(_, period)| *period),
            equals: self.equals.clone(),
        }
    }

    /// The value of a dimension that is in force.
    fn value(&self, dimension: &str) -> Option<&str> {
        let own = self.equals.iter().find(|(name, _)| name == dimension);
        own.map(|(_, value)| value.as_str())
    }

    /// The address of the same board elsewhere (`""`, `/wall`, `/paper.pdf`), narrowed alike.
    pub(super) fn way(&self, to: &str) -> String {
        self.write(
            to,
            self.period.as_ref().map(|(text, _)| text.as_str()),
            &self.equals,
        )
    }

    /// The board with one more value of a dimension, or without the one that is in force.
    pub(super) fn turned(&self, dimension: &str, value: &str) -> String {
        let mut equals: Vec<(String, String)> = self.equals.clone();
        equals.retain(|(name, _)| name != dimension);
        if self.value(dimension) != Some(value) {
            equals.push((dimension.to_owned(), value.to_owned()));
        }
        let period = self.period.as_ref().map(|(text, _)| text.as_str());
        self.write("", period, &equals)
    }

    fn write(&self, to: &str, period: Option<&str>, equals: &[(String, String)]) -> String {
        let period = period.map(|period| (PERIOD, period));
        let equals = equals
            .iter()
            .map(|(name, value)| (name.as_str(), value.as_str()));
        let parameters: Vec<(&str, &str)> = period.into_iter().chain(equals).collect();
        address(&format!("{}{to}", self.path), &parameters)
    }

    /// The rows behind a measure, under the first condition that a column fulfils alone.
    pub(super) fn rows(&self, measure: &Measure) -> String {
        let plain = self.equals.iter().find(|(name, _)| {
            measure.dimensions.contains(name) && !measure.breakdowns.contains_key(name)
        });
        let path = format!("/datasets/{}", measure.dataset);
        let found = match plain {
            Some((name, value)) => {
                address(&path, &[("where", name), ("is", "eq"), ("value", value)])
            }
            None => path,
        };
        format!("{found}#rows")
    }

    /// What a chart shows to take along, narrowed alike.
    pub(super) fn files(
        &self,
        visit: &Visit,
        measure: &Measure,
        view: View,
        (by, across): (Option<&str>, Option<&str>),
    ) -> Vec<Link> {
        let wheres: Vec<String> = self
            .equals
            .iter()
            .map(|(name, value)| format!("{name}={value}"))
            .collect();
        let mut parameters = vec![("view", view.word())];
        // The time axis of a line goes without saying.
        parameters.extend(
            by.filter(|by| *by != TIME || across.is_some())
                .map(|by| ("by", by)),
        );
        parameters.extend(across.map(|across| ("across", across)));
        parameters.extend(
            self.period
                .as_ref()
                .map(|(text, _)| ("period", text.as_str())),
        );
        parameters.extend(wheres.iter().map(|pair| ("where", pair.as_str())));
        if visit.lang == Lang::En {
            parameters.push(("lang", "en"));
        }
        let link = |kind: &str| {
            let path = format!("/measures/{}/figures.{kind}", measure.id);
            Link::new(
                visit.t(&format!("measure.{kind}")),
                address(&path, &parameters),
            )
        };
        ["csv", "svg", "png"].map(link).into()
    }

    /// The period that is in force.
    pub(super) fn period(&self) -> Option<Period> {
        self.period.as_ref().map(|(_, period)| *period)
    }

    /// Dimensions and their values that are in force.
    pub(super) fn equals(&self) -> &[(String, String)] {
        &self.equals
    }

    /// The filters of a board with their choices.
    ///
    /// # Errors
    /// When the machine fails; what cannot be asked has only the choice that is in force.
    pub(super) async fn filters(
        &self,
        visit: &Visit,
        reader: &Reader,
        board: &Board,
    ) -> Result<Vec<Filter>, AskError> {
        let mut filters = Vec::new();
        for name in &board.filters {
            filters.push(if name == PERIOD {
                self.periods(visit)
            } else {
                self.values(visit, reader, board, name).await?
            });
        }
        Ok(filters)
    }

    fn periods(&self, visit: &Visit) -> Filter {
        let today = city::calendar::korean_day(visit.now());
        let month = |text: &str| -> Option<String> {
            let before = Period::parse(text)?.before()?;
            Some(before.from.format("%Y-%m").to_string())
        };
        let this = today.format("%Y-%m").to_string();
        let last = month(&this).unwrap_or_default();
        let third = month(&last).unwrap_or_default();
        let year = today.format("%Y").to_string();
        let named = [
            ("board.this_month", this.clone()),
            ("board.last_month", last),
            ("board.three_months", format!("{third}..{this}")),
            ("board.this_year", year),
        ];
        let own = self.period.as_ref().map(|(text, _)| text.as_str());
        let mut choices: Vec<(String, String, bool)> = named
            .into_iter()
            .map(|(key, value)| {
                let selected = own == Some(value.as_str());
                (value, visit.t(key), selected)
            })
            .collect();
        if let Some(own) = own
            && !choices.iter().any(|(.., selected)| *selected)
        {
            choices.push((own.to_owned(), own.to_owned(), true));
        }
        Filter {
            name: PERIOD.to_owned(),
            label: visit.t("board.period"),
            choices,
        }
    }

    async fn values(
        &self,
        visit: &Visit,
        reader: &Reader,
        board: &Board,
        dimension: &str,
    ) -> Result<Filter, AskError> {
        let measures = &visit.city().measures;
        let shown = board
            .panels
            .iter()
            .filter_map(|panel| panel.measure.as_ref());
        let mut with = shown
            .filter_map(|id| measures.get(id))
            .filter(|measure| measure.dimensions.iter().any(|own| own == dimension));
        let mut values = BTreeSet::new();
        let mut label = dimension.to_owned();
        if let Some(measure) = with.next() {
            label = dimension_title(visit, measure, dimension);
            match measure::breakdown(reader, measure, dimension, At::Latest).await {
                Ok(parts) => values.extend(parts.into_iter().filter_map(|part| part.label)),
                Err(AskError::Denied(_) | AskError::NotLoaded(_)) => {}
                Err(error) => return Err(error),
            }
        }
        values.extend(self.value(dimension).map(str::to_owned));
        values.remove("");
        Ok(Filter {
            name: dimension.to_owned(),
            label,
            choices: values
                .into_iter()
                .map(|value| {
                    let selected = self.value(dimension) == Some(value.as_str());
                    (value.clone(), value, selected)
                })
                .collect(),
        })
    }
}

/// Which rows a measure's link leads to: just its own, or those of its dataset, where the page of rows does not know what else
/// narrows them.
pub(super) fn rows_label(visit: &Visit, measure: &Measure, narrow: &Narrow) -> String {
    let plain = narrow.equals.iter().filter(|(name, _)| {
        measure.dimensions.contains(name) && !measure.breakdowns.contains_key(name)
    });
    let is_whole = measure.filter.is_none()
        && measure.query.is_none()
        && narrow.period.is_none()
        && narrow.equals.len() <= 1
        && plain.count() == narrow.equals.len();
    let key = if is_whole {
        "board.rows_of"
    } else {
        "board.rows_around"
    };
    visit.say(key, &[("title", measure_title(visit, measure))])
}
