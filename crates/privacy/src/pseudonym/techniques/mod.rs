//! One file a technique, or a few that belong together.

mod category;
mod coding;
mod controlled;
mod delete;
mod form;
mod generalise;
mod keyed;
mod mask;
mod noise;
mod part_totals;
mod permute;
mod resident;
mod round;
mod sample;
mod token;
mod total;

use std::cell::RefCell;
use std::collections::HashMap;

use city::recipe::Technique;

use super::failed::Unfit;
use super::keys::Key;
use super::vault::Vault;

pub use form::Form;
pub use generalise::Ladder;
pub(super) use sample::Chooser;

/// A technique that needs to see one value at a time.
pub(super) trait Cells {
    /// What takes the value's place.
    ///
    /// # Errors
    /// The technique cannot be applied to this value.
    fn replace(&mut self, value: &str) -> Result<String, Unfit>;
}

/// A technique that needs to see a whole column.
pub(super) trait Columns {
    /// Replaces the values. A row whose place in the answer says so goes.
    ///
    /// # Errors
    /// The technique cannot be applied to some values: which, and why.
    fn replace(&mut self, column: &mut Whole<'_>) -> Result<(), Vec<Misfit>>;
}

/// A value of a whole column that does not fit: its place, if it is one value's fault, and why.
pub(super) type Misfit = (Option<usize>, Unfit);

/// A whole column, and what stands beside it.
pub(super) struct Whole<'c> {
    /// The values, of the rows that are still there.
    pub(super) values: &'c mut Vec<String>,
    /// Rows that go.
    pub(super) going: &'c mut Vec<bool>,
    /// Other columns of the same rows, as they came.
    pub(super) others: &'c HashMap<String, Vec<String>>,
}

impl Whole<'_> {
    /// Places of filled values, by what another column says; all together without one.
    fn groups(&self, by: Option<&str>) -> Vec<Vec<usize>> {
        let other = by.and_then(|name| self.others.get(name));
        let mut places: HashMap<&str, usize> = HashMap::new();
        let mut groups: Vec<Vec<usize>> = Vec::new();
        for (at, value) in self.values.iter().enumerate() {
            if value.is_empty() {
                continue;
            }
            let group = other
                .and_then(|other| other.get(at))
                .map_or("", String::as_str);
            let place = *places.entry(group).or_insert(groups.len());
            if place == groups.len() {
                groups.push(Vec::new());
            }
            if let Some(group) = groups.get_mut(place) {
                group.push(at);
            }
        }
        groups
    }

    /// How many rows share each filled value.
    fn shares(&self) -> HashMap<&str, u32> {
        let mut shares: HashMap<&str, u32> = HashMap::new();
        for value in self.values.iter().filter(|value| !value.is_empty()) {
            let count = shares.entry(value).or_default();
            *count = count.saturating_add(1);
        }
        shares
    }

    fn set(&mut self, at: usize, value: String) {
        if let Some(place) = self.values.get_mut(at) {
            *place = value;
        }
    }
}

/// A technique ready to work.
pub(super) enum Operator<'t> {
    /// Value by value.
    Cells(Box<dyn Cells + 't>),
    /// Column by column.
    Columns(Box<dyn Columns + 't>),
}

impl std::fmt::Debug for Operator<'_> {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str(match self {
            Self::Cells(_) => "Cells",
            Self::Columns(_) => "Columns",
        })
    }
}

/// What techniques work with.
pub(super) struct Tools<'t> {
    /// The project's key.
    pub(super) key: &'t Key,
    /// The vault, where tokens are made.
    pub(super) vault: Option<&'t RefCell<dyn Vault>>,
    /// Hierarchies by the name that the recipe gives them.
    pub(super) ladders: &'t HashMap<String, Ladder>,
}

/// Makes a technique ready for a column; `place` tells it from others that need chance of their own.
///
/// # Errors
/// It is not offered, or lacks what it works with.
pub(super) fn operator<'t>(
    technique: &'t Technique,
    place: &str,
    tools: &Tools<'t>,
) -> Result<Operator<'t>, Unfit> {
    let stream = || tools.key.stream(place);
    Ok(match technique {
        Technique::Delete => Operator::Cells(Box::new(delete::All)),
        Technique::DeletePart(part) => Operator::Cells(Box::new(delete::Parts(part))),
        Technique::DeleteRows(rule) => Operator::Columns(Box::new(delete::Rows(rule))),
        Technique::DeleteLocal(rule) if rule.fewer_than.is_none() => {
            Operator::Cells(Box::new(delete::Local(rule)))
        }
        Technique::DeleteLocal(rule) => Operator::Columns(Box::new(delete::Local(rule))),
        Technique::Mask(mask) => Operator::Cells(Box::new(mask::Masked(mask))),
        Technique::Total(total) => Operator::Columns(Box::new(total::Totals(total))),
        Technique::PartTotals(part) => Operator::Columns(Box::new(part_totals::Parts(part))),
        Technique::Round(round) => Operator::Cells(Box::new(round::Nearest::new(round.to)?)),
        Technique::RoundRandom(round) => {
            Operator::Cells(Box::new(round::Chance::new(round.to, stream())?))
        }
        Technique::RoundControlled(round) => {
            Operator::Columns(Box::new(controlled::Controlled::new(round, stream())?))
        }
        Technique::TopBottom(coding) => Operator::Cells(Box::new(coding::Bounds::new(coding)?)),
        Technique::Range(ranges) => Operator::Cells(Box::new(coding::Intervals::new(ranges)?)),
        Technique::Generalise(rule) => {
            let ladder = ladder(tools, &rule.hierarchy)?;
            Operator::Cells(Box::new(generalise::Steps::new(ladder, rule)?))
        }
        Technique::GeneraliseLocal(rule) => Operator::Columns(Box::new(generalise::Local {
            ladder: ladder(tools, &rule.hierarchy)?,
            fewer_than: rule.fewer_than,
        })),
        Technique::Categorise(rule) => Operator::Cells(Box::new(category::Sorted::new(rule))),
        Technique::KeyedOneWay(rule) => {
            Operator::Cells(Box::new(keyed::OneWay::new(rule, tools.key)))
        }
        Technique::FormatPreserving(rule) => Operator::Cells(Box::new(Form::new(rule, tools.key))),
        Technique::Token(rule) => {
            let vault = tools
                .vault
                .ok_or_else(|| Unfit::new("there is no vault for tokens", "a folder for one"))?;
            Operator::Cells(Box::new(token::Tokens::new(rule, tools.key, vault)))
        }
        Technique::RandomNumber(rule) => Operator::Cells(Box::new(noise::Numbers {
            digits: rule.digits,
            stream: stream(),
        })),
        Technique::Noise(rule) => Operator::Cells(Box::new(noise::Noisy {
            rule,
            stream: stream(),
        })),
        Technique::Permute(by) => Operator::Columns(Box::new(permute::Places {
            by: by.by.as_deref(),
            stream: stream(),
        })),
        Technique::Keep => Operator::Cells(Box::new(delete::Nothing)),
        other => {
            let (word, korean) = other.names();
            let instead = other.not_offered().unwrap_or_default();
            let what = format!("the technique `{word}` ({korean}) is not offered");
            return Err(Unfit::new(what, "a technique that is").remedy(instead));
        }
    })
}

fn ladder<'t>(tools: &Tools<'t>, name: &str) -> Result<&'t Ladder, Unfit> {
    tools
        .ladders
        .get(name)
        .ok_or_else(|| Unfit::new(format!("the hierarchy `{name}` was not read"), "a file"))
}

/// Full-width digits and hyphens as plain ones; everything else stays.
fn even_digits(value: &str) -> String {
    value
        .chars()
        .map(|sign| match sign {
            '０'..='９' => char::from_u32(u32::from(sign) - u32::from('０') + u32::from('0')),
            '－' | '‐' | '‑' | '–' => Some('-'),
            '＋' => Some('+'),
            other => Some(other),
        })
        .map(Option::unwrap_or_default)
        .collect()
}

#[cfg(test)]
mod testing {
    use super::*;

    /// A whole column under a technique: its values, and which rows go.
    pub(super) fn column(
        technique: &mut dyn Columns,
        values: &[&str],
        others: &[(&str, &[&str])],
    ) -> Result<(Vec<String>, Vec<bool>), Vec<Misfit>> {
        let owned = |values: &[&str]| values.iter().map(|value| (*value).to_owned()).collect();
        let others = others
            .iter()
            .map(|(name, values)| ((*name).to_owned(), owned(values)))
            .collect();
        let mut values: Vec<String> = owned(values);
        let mut going = vec![false; values.len()];
        technique.replace(&mut Whole {
            values: &mut values,
            going: &mut going,
            others: &others,
        })?;
        Ok((values, going))
    }
}
