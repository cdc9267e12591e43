//! The standard's checks in the dataset's words, so that a load of the dataset can be measured.

use city::check::{Check, Mentions, SumEquals, TableCheck, When};
use city::dataset::{Load, PlaceColumns};
use city::standard::{Standard, Standards};
use city::{ColumnType, Dataset};
use serde::Serialize;

use super::Resemblance;

/// A dataset with a standard's checks in place of its own.
#[derive(Clone, Debug, PartialEq)]
pub struct Contract {
    /// To be compiled by [`crate::Judge::new`] and judged over the dataset's rows.
    pub dataset: Dataset,
    /// Checks that cannot be judged there, so that none is left out in silence.
    pub unjudged: Vec<Unjudged>,
}

/// A check of the standard that the dataset cannot be judged by.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct Unjudged {
    /// The check's word.
    pub check: String,
    /// Official names of the columns it looks at.
    pub columns: Vec<String>,
}

/// The standard's checks over the columns of `dataset` that `resemblance` found. Checks of columns
/// that are missing, or of a type that the check cannot judge, are told apart.
pub fn contract(
    standards: &Standards,
    standard: &Standard,
    resemblance: &Resemblance,
    dataset: &Dataset,
) -> Contract {
    let mut own = dataset.clone();
    let mut unjudged = Vec::new();
    own.load = Load {
        key: Vec::new(),
        ..dataset.load.clone()
    };
    for column in &mut own.columns {
        column.checks.clear();
    }
    for asked in &standard.columns {
        let name = resemblance.column(&asked.name);
        let column = name.and_then(|name| own.columns.iter_mut().find(|own| own.name == name));
        let Some(column) = column else {
            if !asked.optional {
                unjudged.extend(asked.checks.iter().map(|check| Unjudged {
                    check: word(check).to_owned(),
                    columns: vec![asked.name.clone()],
                }));
            }
            continue;
        };
        for check in standards.checks(asked) {
            if can_judge(&check, column.column_type) {
                column.checks.push(check);
            } else {
                unjudged.push(Unjudged {
                    check: word(&check).to_owned(),
                    columns: vec![asked.name.clone()],
                });
            }
        }
    }
    own.place = place(standard, resemblance, dataset);
    own.checks.clear();
    let words = Words {
        resemblance,
        dataset,
    };
    for check in &standard.checks {
        match words.of(check, own.place.is_some()) {
            Some(check) => own.checks.push(check),
            None => unjudged.push(Unjudged {
                check: table_word(check).to_owned(),
                columns: names(check),
            }),
        }
    }
    Contract {
        dataset: own,
        unjudged,
    }
}

/// Where a row is: as the dataset says, or in columns that are longitude and latitude by name.
/// Others are not converted when the dataset is loaded: of them only the bounds can be judged.
fn place(
    standard: &Standard,
    resemblance: &Resemblance,
    dataset: &Dataset,
) -> Option<PlaceColumns> {
    if dataset.place.is_some() {
        return dataset.place.clone();
    }
    let place = standard.place.as_ref()?;
    let own = |name: &Option<String>, wanted: &str| {
        let name = resemblance.column(name.as_deref()?)?;
        let kind = dataset.column(name)?.column_type;
        (name == wanted && is_number(kind)).then(|| name.to_owned())
    };
    let (x, y) = (own(&place.x, "longitude")?, own(&place.y, "latitude")?);
    Some(PlaceColumns {
        x: Some(x),
        y: Some(y),
        crs: place.crs.clone(),
    })
}

fn is_number(kind: ColumnType) -> bool {
    matches!(
        kind,
        ColumnType::Integer | ColumnType::Decimal | ColumnType::Number | ColumnType::Year
    )
}

fn is_text(kind: ColumnType) -> bool {
    matches!(kind, ColumnType::Text | ColumnType::Code)
}

fn is_day(kind: ColumnType) -> bool {
    matches!(
        kind,
        ColumnType::Date | ColumnType::Month | ColumnType::Datetime
    )
}

/// Whether a check can judge values of a type.
fn can_judge(check: &Check, kind: ColumnType) -> bool {
    match check {
        Check::Required | Check::Unique | Check::RefersTo(_) => true,
        Check::In(_) | Check::Pattern(_) | Check::MaxLength(_) | Check::MaxBytes(_) => {
            is_text(kind)
        }
        Check::MultipleOf(_) => is_number(kind),
        Check::Range(range) => {
            use city::check::Bound;
            let bounds = [&range.min, &range.max];
            let mut bounds = bounds.into_iter().flatten();
            bounds.all(|bound| match bound {
                Bound::Number(_) => is_number(kind),
                Bound::Text(text) if text.contains(':') => {
                    matches!(kind, ColumnType::Time | ColumnType::Datetime)
                }
                Bound::Text(_) => is_day(kind),
            })
        }
    }
}

/// The check's word in manifests.
fn word(check: &Check) -> &'static str {
    match check {
        Check::Required => "required",
        Check::Unique => "unique",
        Check::Range(_) => "range",
        Check::Pattern(_) => "pattern",
        Check::In(_) => "in",
        Check::MaxLength(_) => "max-length",
        Check::MaxBytes(_) => "max-bytes",
        Check::MultipleOf(_) => "multiple-of",
        Check::RefersTo(_) => "refers-to",
    }
}

fn table_word(check: &TableCheck) -> &'static str {
    match check {
        TableCheck::Inside(_) => "inside",
        TableCheck::DateOrder(_) => "date-order",
        TableCheck::SumEquals(_) => "sum-equals",
        TableCheck::NumberOrder(_) => "number-order",
        TableCheck::AnyOf(_) => "any-of",
        TableCheck::BothOrNone(_) => "both-or-none",
        TableCheck::When(_) => "when",
        TableCheck::Mentions(_) => "mentions",
        TableCheck::UniqueTogether(_) => "unique-together",
        TableCheck::FreshWithin(_) => "fresh-within",
    }
}

/// Official names of the columns a check looks at.
fn names(check: &TableCheck) -> Vec<String> {
    let with = |first: &String, rest: &[String]| [std::slice::from_ref(first), rest].concat();
    match check {
        TableCheck::Inside(_) => Vec::new(),
        TableCheck::DateOrder(names)
        | TableCheck::NumberOrder(names)
        | TableCheck::AnyOf(names)
        | TableCheck::BothOrNone(names)
        | TableCheck::UniqueTogether(names) => names.clone(),
        TableCheck::SumEquals(sum) => with(&sum.total, &sum.parts),
        TableCheck::When(when) => with(&when.column, &when.columns),
        TableCheck::Mentions(mentions) => with(&mentions.value, &mentions.columns),
        TableCheck::FreshWithin(fresh) => vec![fresh.column.clone()],
    }
}

/// Official names as the dataset's.
struct Words<'w> {
    resemblance: &'w Resemblance,
    dataset: &'w Dataset,
}

impl Words<'_> {
    /// A column of a type that will do.
    fn own(&self, name: &str, will_do: impl Fn(ColumnType) -> bool) -> Option<String> {
        let name = self.resemblance.column(name)?;
        let kind = self.dataset.column(name)?.column_type;
        will_do(kind).then(|| name.to_owned())
    }

    fn all(&self, names: &[String], will_do: impl Fn(ColumnType) -> bool) -> Option<Vec<String>> {
        names.iter().map(|name| self.own(name, &will_do)).collect()
    }

    /// Those of several that are there: a check that holds of each by itself loses nothing.
    fn some(&self, names: &[String], will_do: impl Fn(ColumnType) -> bool) -> Option<Vec<String>> {
        let found: Vec<String> = names
            .iter()
            .filter_map(|name| self.own(name, &will_do))
            .collect();
        (!found.is_empty()).then_some(found)
    }

    fn of(&self, check: &TableCheck, has_place: bool) -> Option<TableCheck> {
        let any = |_: ColumnType| true;
        Some(match check {
            TableCheck::Inside(area) if has_place => TableCheck::Inside(*area),
            TableCheck::Inside(_) => return None,
            TableCheck::DateOrder(names) => {
                let days = self.all(names, is_day);
                let times = || self.all(names, |kind| kind == ColumnType::Time);
                TableCheck::DateOrder(days.or_else(times)?)
            }
            TableCheck::NumberOrder(names) => TableCheck::NumberOrder(self.all(names, is_number)?),
            TableCheck::AnyOf(names) => TableCheck::AnyOf(self.some(names, any)?),
            TableCheck::BothOrNone(names) => TableCheck::BothOrNone(self.all(names, any)?),
            TableCheck::UniqueTogether(names) => TableCheck::UniqueTogether(self.all(names, any)?),
            TableCheck::SumEquals(sum) => TableCheck::SumEquals(SumEquals {
                total: self.own(&sum.total, is_number)?,
                parts: self.all(&sum.parts, is_number)?,
            }),
            TableCheck::When(when) => TableCheck::When(self.when(when)?),
            TableCheck::Mentions(mentions) => TableCheck::Mentions(Mentions {
                columns: self.some(&mentions.columns, is_text)?,
                value: self.own(&mentions.value, is_text)?,
            }),
            TableCheck::FreshWithin(fresh) => {
                let mut fresh = fresh.clone();
                fresh.column = self.own(&fresh.column, is_day)?;
                TableCheck::FreshWithin(fresh)
            }
        })
    }

    fn when(&self, when: &When) -> Option<When> {
        let decides =
            |kind| is_text(kind) || matches!(kind, ColumnType::Boolean | ColumnType::Integer);
        let fits = |kind| !when.must.is_of_numbers() || is_number(kind);
        // Any one of them being greater than 0 is enough: without all of them nothing can be said.
        let columns = if when.must == city::check::Must::AnyPositive {
            self.all(&when.columns, fits)
        } else {
            self.some(&when.columns, fits)
        };
        Some(When {
            column: self.own(&when.column, decides)?,
            columns: columns?,
            ..when.clone()
        })
    }
}
