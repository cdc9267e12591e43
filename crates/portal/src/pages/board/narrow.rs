//! What a visitor has narrowed a board by. It lives in the address, so that a board can be sent as it is seen.

use std::collections::BTreeSet;

use access::{AskError, At, Reader};
use city::board::{TIME, View};
use city::{Board, DatasetId, Lang, Measure, Period};
use interop::question::pairs;
use measure::Asked;
use measure::asked::{Given, Pins};
use measure::codes::word_of;
use serde::Serialize;

use crate::charts::{dimension_title, measure_title};
use crate::parts::Link;
use crate::query::address;
use crate::site::{PageError, Visit};

/// The kinds of files of a view that is drawn.
pub(super) const FILES: [&str; 3] = ["csv", "svg", "png"];
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
    /// Whether what is in force is among the choices that are offered.
    pub is_offered: bool,
    /// What is to be said of what is in force: that there is nothing of that name.
    pub other: Option<String>,
}

/// What a board is narrowed by.
#[derive(Clone, Debug, Default, PartialEq)]
pub(super) struct Narrow {
    path: String,
    period: Option<(String, Period)>,
    equals: Vec<(String, String)>,
    /// What the newest versions are taken to be, where they must be the same for all panels.
    versions: Pins,
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
            given: Given {
                versions: self.versions.clone(),
                ..Given::default()
            },
        }
    }

    /// The same of just these versions.
    pub(super) fn of_versions(&self, versions: Pins) -> Self {
        Self {
            versions,
            ..self.clone()
        }
    }

    /// The version of a dataset that is shown.
    pub(super) fn at(&self, dataset: &DatasetId) -> At {
        let version = self.versions.get(dataset);
        version.map_or(At::Latest, |version| At::Version(*version))
    }

    /// Parameters of the address and their values.
    pub(super) fn pairs(&self) -> Vec<(String, String)> {
        let period = self.period.as_ref();
        let period = period.map(|(text, _)| (PERIOD.to_owned(), text.clone()));
        period.into_iter().chain(self.equals.clone()).collect()
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

    /// The rows that a measure's figure counts, narrowed alike.
    pub(super) fn rows(&self, visit: &Visit, measure: &Measure) -> Link {
        let parts = self.written();
        let mut parameters = vec![("measure", measure.id.as_str())];
        parameters.extend(
            self.period
                .as_ref()
                .map(|(text, _)| (PERIOD, text.as_str())),
        );
        parameters.extend(parts.iter().map(|pair| ("part", pair.as_str())));
        let path = address(&format!("/datasets/{}", measure.dataset), &parameters);
        let title = [("title", measure_title(visit, measure))];
        Link::new(visit.say("board.rows_of", &title), format!("{path}#rows"))
    }

    /// Dimensions and their values, as addresses have them.
    fn written(&self) -> Vec<String> {
        let pair = |(name, value): &(String, String)| format!("{name}={value}");
        self.equals.iter().map(pair).collect()
    }

    /// What a view shows to take along, narrowed alike.
    pub(super) fn files(
        &self,
        visit: &Visit,
        measure: &Measure,
        (view, by, across): (View, Option<&str>, Option<&str>),
        (kinds, worst_first): (&[&str], bool),
    ) -> Vec<Link> {
        let wheres = self.written();
        let mut parameters = vec![("view", view.word())];
        parameters.extend(worst_first.then_some(("order", "worst")));
        // The time axis of a line goes without saying.
        parameters.extend(
            by.filter(|by| *by != TIME || across.is_some())
                .map(|by| ("by", by)),
        );
        parameters.extend(across.map(|across| ("across", across)));
        parameters.extend(
            self.period
                .as_ref()
                .map(|(text, _)| (PERIOD, text.as_str())),
        );
        parameters.extend(wheres.iter().map(|pair| ("where", pair.as_str())));
        if visit.lang == Lang::En {
            parameters.push(("lang", "en"));
        }
        let link = |kind: &&str| {
            let path = format!("/measures/{}/figures.{kind}", measure.id);
            Link::new(
                visit.t(&format!("measure.{kind}")),
                address(&path, &parameters),
            )
        };
        kinds.iter().map(link).collect()
    }

    /// What a number is to take along, and the rows it counts.
    pub(super) fn ways(&self, visit: &Visit, measure: &Measure) -> Vec<Link> {
        let mut ways = self.files(visit, measure, (View::Number, None, None), (&FILES, false));
        ways.push(self.rows(visit, measure));
        ways
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
        // A period of one's own may be asked for in the address.
        let other = own.filter(|_| !choices.iter().any(|(.., selected)| *selected));
        choices.extend(other.map(|own| (own.to_owned(), own.to_owned(), true)));
        Filter {
            name: PERIOD.to_owned(),
            label: visit.t("board.period"),
            choices,
            other: None,
            is_offered: other.is_none(),
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
        let mut with: Vec<&Measure> = shown
            .filter_map(|id| measures.get(id))
            .filter(|measure| measure.dimensions.iter().any(|own| own == dimension))
            .collect();
        let first = with.first().copied();
        let label = first.map_or_else(
            || dimension.to_owned(),
            |measure| dimension_title(visit, measure, dimension),
        );
        // A measure of all rows of a dataset has every value that one of some of them has.
        let whole: BTreeSet<&DatasetId> = with
            .iter()
            .filter(|measure| is_of_all(measure))
            .map(|measure| &measure.dataset)
            .collect();
        let mut asked = BTreeSet::new();
        with.retain(|measure| {
            let is_needed = is_of_all(measure) || !whole.contains(&measure.dataset);
            let query = measure.query.as_ref().map(|query| &query.sql);
            is_needed && asked.insert((&measure.dataset, &measure.filter, query))
        });
        let mut values = BTreeSet::new();
        let mut is_known = false;
        // What one panel has no rows of, another may have.
        for measure in with {
            let all = Asked {
                equals: Vec::new(),
                period: None,
                ..self.asked()
            };
            match measure::breakdown(reader, measure, dimension, all).await {
                Ok(parts) => {
                    is_known = true;
                    values.extend(parts.into_iter().filter_map(|part| part.label));
                }
                Err(
                    AskError::Denied(_)
                    | AskError::NotLoaded(_)
                    | AskError::NotBrokenDown { .. }
                    | AskError::Computed(_),
                ) => {}
                Err(error) => return Err(error),
            }
        }
        values.remove("");
        let own = self.value(dimension);
        let is_offered = own.is_none_or(|own| values.contains(own));
        let other = own.filter(|_| is_known && !is_offered).map(|own| {
            let said = [("value", own.to_owned()), ("label", label.clone())];
            visit.say("board.no_such_value", &said)
        });
        values.extend(own.map(str::to_owned));
        Ok(Filter {
            name: dimension.to_owned(),
            label,
            choices: values
                .into_iter()
                .map(|value| {
                    let selected = own == Some(value.as_str());
                    let word = first.and_then(|measure| {
                        word_of(visit.city(), measure, dimension, &value, visit.lang)
                    });
                    let title = word.map_or_else(|| value.clone(), str::to_owned);
                    (value, title, selected)
                })
                .collect(),
            is_offered,
            other,
        })
    }
}

/// Whether a measure takes every row of its dataset.
fn is_of_all(measure: &Measure) -> bool {
    let is_level = measure.time.as_ref().is_some_and(|axis| axis.level);
    measure.filter.is_none() && measure.query.is_none() && !is_level
}
