//! What a form asks of a measure: its fields, filled from the manifest as it stands.

use city::board::View;
use city::measure::{Compute, Direction, Step};
use city::{ColumnType, Dataset, Measure};
use interop::drafts::form::KEEP;
use interop::drafts::may;

use super::{Field, Group};
use crate::charts::measure_title;
use crate::site::Visit;

/// Kinds of what is computed.
const KINDS: [&str; 8] = [
    "count",
    "sum",
    "average",
    "percentile",
    "ratio",
    "rate",
    "share",
    "index",
];

/// The choice of a dataset: of those whose measures this person may draft.
pub(super) fn dataset(visit: &Visit, chosen: Option<&str>) -> Field {
    let reader = visit.reader();
    let all = visit.city().datasets.values();
    let own = all.filter(|dataset| {
        may(visit.caller(), dataset) && reader.dataset(dataset.id.as_str()).is_ok()
    });
    let mut choices: Vec<(String, String, bool)> = own
        .map(|dataset| {
            let title = visit.title(&dataset.title, dataset.title_en.as_deref());
            let id = dataset.id.to_string();
            let chosen = chosen == Some(id.as_str());
            (id, title, chosen)
        })
        .collect();
    choices.sort_by(|one, other| one.1.cmp(&other.1));
    Field {
        name: "dataset".to_owned(),
        label: visit.t("draft.dataset"),
        kind: "select",
        choices,
        ..Field::default()
    }
}

/// The fields of a measure of a dataset.
pub(super) struct Asking<'a> {
    pub(super) visit: &'a Visit,
    pub(super) dataset: &'a Dataset,
    /// The measure as far as its text can be read.
    pub(super) measure: Option<&'a Measure>,
    pub(super) is_new: bool,
    /// What else the address says: of what is shown, and of what cannot be read yet.
    pub(super) said: &'a [(String, String)],
}

impl Asking<'_> {
    pub(super) fn groups(&self) -> Vec<Group> {
        let group = |key: &str, fields: Vec<Field>| Group {
            title: self.visit.t(&format!("draft.{key}")),
            fields,
        };
        vec![
            group("named", self.named()),
            group("computed", self.computed()),
            group("broken_down", self.broken_down()),
            group("reached", self.reached()),
            group("seen", self.seen()),
        ]
    }

    fn field(&self, name: &str, value: Option<String>) -> Field {
        let key = format!("draft.{}", name.replace('-', "_"));
        let hint = format!("{key}_hint");
        let told = self.visit.t(&hint);
        let said = self.said.iter().find(|(own, _)| own == name);
        Field {
            name: name.to_owned(),
            label: self.visit.t(&key),
            kind: "text",
            value: value
                .or_else(|| said.map(|(_, value)| value.clone()))
                .unwrap_or_default(),
            choices: Vec::new(),
            hint: (told != hint).then_some(told),
        }
    }

    fn select(&self, name: &str, chosen: &str, choices: Vec<(String, String)>) -> Field {
        // What cannot be read yet stays as it was chosen.
        let said = self.said.iter().find(|(own, _)| own == name);
        let said = said.filter(|_| self.measure.is_none());
        let chosen = said.map_or(chosen, |(_, value)| value.as_str());
        let choices = choices.into_iter().map(|(value, title)| {
            let is_chosen = value == chosen;
            (value, title, is_chosen)
        });
        Field {
            kind: "select",
            choices: choices.collect(),
            ..self.field(name, None)
        }
    }

    fn column_title(&self, name: &str) -> String {
        crate::facts::column_title(self.visit, self.dataset, name)
    }

    fn columns(&self, none: &str, of: impl Fn(&ColumnType) -> bool) -> Vec<(String, String)> {
        let own = self
            .dataset
            .columns
            .iter()
            .filter(|column| of(&column.column_type));
        let own = own.map(|column| (column.name.clone(), self.column_title(&column.name)));
        std::iter::once((String::new(), self.visit.t(none)))
            .chain(own)
            .collect()
    }

    fn named(&self) -> Vec<Field> {
        let of =
            |told: fn(&Measure) -> Option<&str>| self.measure.and_then(told).map(str::to_owned);
        let mut fields = Vec::new();
        if self.is_new {
            fields.push(self.field("id", of(|own| Some(own.id.as_str()))));
        }
        fields.extend([
            self.field("title", of(|own| Some(&own.title))),
            self.field("title-en", of(|own| own.title_en.as_deref())),
            self.field("question", of(|own| Some(&own.question))),
            self.field("question-en", of(|own| own.question_en.as_deref())),
        ]);
        fields
    }

    fn computed(&self) -> Vec<Field> {
        let compute = self.measure.and_then(|own| own.compute.as_ref());
        let is_other = self.measure.is_some() && compute.is_none();
        let kind = compute.map_or(if is_other { KEEP } else { "count" }, kind_of);
        let mut kinds: Vec<(String, String)> = KINDS
            .map(|kind| (kind.to_owned(), self.visit.t(&format!("draft.kind_{kind}"))))
            .into();
        if is_other {
            kinds.push((KEEP.to_owned(), self.visit.t("draft.as_it_stands")));
        }
        let column = compute.and_then(Compute::column).unwrap_or_default();
        let number = |own: Option<f64>| own.map(|own| own.to_string());
        let (percent, per, part, base) = match compute {
            Some(Compute::Percentile { percent, .. }) => (Some(*percent), None, None, None),
            Some(Compute::Rate { per, .. }) => (None, Some(*per), None, None),
            Some(Compute::Share { part, .. }) => (None, None, Some(part.clone()), None),
            Some(Compute::Index { base, .. }) => (None, None, None, Some(base.clone())),
            _ => (None, None, None, None),
        };
        vec![
            self.select("kind", kind, kinds),
            self.select("column", column, self.columns("draft.rows", |_| true)),
            self.field("percent", number(percent)),
            self.field("per", number(per)),
            self.field("part", part),
            self.field("base", base),
            self.denominator(),
            self.field("filter", self.measure.and_then(|own| own.filter.clone())),
            self.field("unit", self.measure.map(|own| own.unit.clone())),
            self.field("unit-en", self.measure.and_then(|own| own.unit_en.clone())),
            self.field("digits", self.measure.map(|own| own.digits.to_string())),
        ]
    }

    fn denominator(&self) -> Field {
        let below = self.measure.and_then(|own| own.denominator.as_ref());
        let of_measure = below.and_then(|below| below.measure.as_ref());
        // More than a measure's name is written in the manifest itself.
        let is_other = below.is_some_and(|below| {
            below.measure.is_none() || !below.whole.is_empty() || below.filter.is_some()
        });
        let mut choices = vec![(String::new(), self.visit.t("draft.nothing"))];
        if is_other {
            choices.push((KEEP.to_owned(), self.visit.t("draft.as_it_stands")));
        }
        let own = self.measure.map(|own| &own.id);
        let others = self
            .visit
            .city()
            .measures
            .values()
            .filter(|other| Some(&other.id) != own);
        choices
            .extend(others.map(|other| (other.id.to_string(), measure_title(self.visit, other))));
        let chosen = if is_other {
            KEEP
        } else {
            of_measure.map_or("", |id| id.as_str())
        };
        self.select("denominator", chosen, choices)
    }

    fn broken_down(&self) -> Vec<Field> {
        let chosen = |name: &str| {
            if let Some(own) = self.measure {
                return own.dimensions.iter().any(|own| own == name);
            }
            let mut said = self.said.iter();
            said.any(|(own, value)| own == "dimension" && value == name)
        };
        let columns = self.dataset.columns.iter().filter(|column| {
            // What tells rows apart breaks nothing down.
            !matches!(
                column.column_type,
                ColumnType::Geometry | ColumnType::Number | ColumnType::Decimal
            )
        });
        let mut names: Vec<(String, String)> = columns
            .map(|column| (column.name.clone(), self.column_title(&column.name)))
            .collect();
        // What the manifest names beside columns stays to be chosen: it would be lost otherwise.
        if let Some(own) = self.measure {
            for name in own.breakdowns.keys().chain(&own.dimensions) {
                let title = crate::charts::dimension_title(self.visit, own, name);
                match names.iter_mut().find(|(known, _)| known == name) {
                    Some((_, known)) => *known = title,
                    None => names.push((name.clone(), title)),
                }
            }
        }
        let names = names.into_iter().map(|(name, title)| {
            let is_chosen = chosen(&name);
            (name, title, is_chosen)
        });
        let axis = self.measure.and_then(|own| own.time.as_ref());
        let is_time = |kind: &ColumnType| {
            matches!(
                kind,
                ColumnType::Date | ColumnType::Datetime | ColumnType::Month | ColumnType::Year
            )
        };
        let steps = [Step::Hour, Step::Day, Step::Month, Step::Year];
        let steps = steps.map(|step| {
            (
                step.word().to_owned(),
                self.visit.t(&format!("draft.step_{}", step.word())),
            )
        });
        vec![
            Field {
                kind: "checks",
                choices: names.collect(),
                ..self.field("dimension", None)
            },
            self.select(
                "time-column",
                axis.map_or("", |axis| &axis.column),
                self.columns("draft.no_time", is_time),
            ),
            self.select(
                "time-step",
                axis.map_or("month", |axis| axis.step.word()),
                steps.into(),
            ),
        ]
    }

    fn reached(&self) -> Vec<Field> {
        let direction = match self.measure.map(|own| own.direction) {
            Some(Direction::Up) => "up",
            Some(Direction::Down) => "down",
            Some(Direction::Neutral) | None => "neutral",
        };
        let ways = ["neutral", "up", "down"]
            .map(|way| (way.to_owned(), self.visit.t(&format!("measure.{way}"))));
        let target = self.measure.and_then(|own| own.target.as_ref());
        let whole = |told: fn(&Measure) -> Option<u32>| {
            self.measure.and_then(told).map(|number| number.to_string())
        };
        vec![
            self.select("direction", direction, ways.into()),
            self.field("target-value", target.map(|own| own.value.to_string())),
            self.field("target-unit", target.map(|own| own.unit.clone())),
            self.field("target-by", target.and_then(|own| own.by.clone())),
            self.field("fresh-days", whole(|own| own.fresh_days)),
            self.field("least-rows", whole(|own| own.least_rows)),
        ]
    }

    /// How it is looked at here; nothing of that is saved.
    fn seen(&self) -> Vec<Field> {
        let said = |name: &str| {
            let found = self.said.iter().find(|(own, _)| own == name);
            found.map_or("", |(_, value)| value.as_str())
        };
        let views = View::ALL.into_iter().filter(|view| !view.is_of_places());
        let views = views.map(|view| {
            (
                view.word().to_owned(),
                self.visit.t(&format!("draft.view_{}", view.word())),
            )
        });
        let fitting = (String::new(), self.visit.t("draft.fitting"));
        let dimensions = self.measure.into_iter().flat_map(|own| {
            let titles = own.dimensions.iter();
            titles.map(move |name| {
                (
                    name.clone(),
                    crate::charts::dimension_title(self.visit, own, name),
                )
            })
        });
        let first = (String::new(), self.visit.t("draft.fitting"));
        vec![
            self.select(
                "view",
                said("view"),
                std::iter::once(fitting).chain(views).collect(),
            ),
            self.select(
                "by",
                said("by"),
                std::iter::once(first).chain(dimensions).collect(),
            ),
        ]
    }
}

fn kind_of(compute: &Compute) -> &'static str {
    match compute {
        Compute::Count { .. } => "count",
        Compute::Sum { .. } => "sum",
        Compute::Average { .. } => "average",
        Compute::Percentile { .. } => "percentile",
        Compute::Ratio { .. } => "ratio",
        Compute::Rate { .. } => "rate",
        Compute::Share { .. } => "share",
        Compute::Index { .. } => "index",
    }
}
