//! Which forms of dates and times fit a column.

use std::collections::HashMap;

use city::ColumnType;

use super::profile::Misfits;
use crate::types::moment::{Forms, Read};

/// Forms met in Korean files, by type. Where several fit, the first wins.
const FORMS: [(ColumnType, &str); 42] = [
    (ColumnType::Date, "%Y-%m-%d"),
    (ColumnType::Date, "%Y.%m.%d"),
    (ColumnType::Date, "%Y.%m.%d."),
    (ColumnType::Date, "%Y. %m. %d"),
    (ColumnType::Date, "%Y. %m. %d."),
    (ColumnType::Date, "%Y/%m/%d"),
    (ColumnType::Date, "%Y%m%d"),
    (ColumnType::Date, "%Y년 %m월 %d일"),
    (ColumnType::Date, "%y-%m-%d"),
    (ColumnType::Date, "%y.%m.%d"),
    (ColumnType::Date, "%y.%m.%d."),
    (ColumnType::Date, "%y/%m/%d"),
    (ColumnType::Date, "%m/%d/%Y"),
    (ColumnType::Date, "%d-%b-%y"),
    (ColumnType::Date, "excel"),
    (ColumnType::Month, "%Y-%m"),
    (ColumnType::Month, "%Y.%m"),
    (ColumnType::Month, "%Y.%m."),
    (ColumnType::Month, "%Y/%m"),
    (ColumnType::Month, "%Y년 %m월"),
    (ColumnType::Month, "%Y%m"),
    (ColumnType::Month, "%b-%y"),
    (ColumnType::Month, "%y-%b"),
    (ColumnType::Time, "%H:%M"),
    (ColumnType::Time, "%H:%M:%S"),
    (ColumnType::Time, "%p %I:%M"),
    (ColumnType::Time, "%p %I:%M:%S"),
    (ColumnType::Time, "%p %I시 %M분"),
    (ColumnType::Time, "%H시 %M분"),
    (ColumnType::Datetime, "%Y-%m-%d %H:%M:%S"),
    (ColumnType::Datetime, "%Y-%m-%d %H:%M"),
    (ColumnType::Datetime, "%Y-%m-%dT%H:%M:%S"),
    (ColumnType::Datetime, "%Y-%m-%dT%H:%M"),
    (ColumnType::Datetime, "%Y.%m.%d %H:%M:%S"),
    (ColumnType::Datetime, "%Y.%m.%d %H:%M"),
    (ColumnType::Datetime, "%Y/%m/%d %H:%M:%S"),
    (ColumnType::Datetime, "%Y/%m/%d %H:%M"),
    (ColumnType::Datetime, "%Y%m%d%H%M%S"),
    (ColumnType::Datetime, "%Y-%m-%d %p %I:%M:%S"),
    (ColumnType::Datetime, "%Y-%m-%d %p %I:%M"),
    (ColumnType::Datetime, "%Y. %m. %d. %p %I:%M:%S"),
    (ColumnType::Datetime, "%Y. %m. %d. %p %I:%M"),
];
/// The types that have forms.
const TYPES: [ColumnType; 4] = [
    ColumnType::Date,
    ColumnType::Datetime,
    ColumnType::Month,
    ColumnType::Time,
];
/// Forms a column may mix before it is no longer one kind of thing.
const MIXED_MAX: usize = 4;
/// Longer texts are no moments.
const LONGEST: usize = 40;

/// How a column's values fit the forms.
#[derive(Clone, Debug)]
pub(super) struct Fits {
    compiled: Vec<Forms>,
    /// Forms that only count where the column's name speaks of a date.
    named: bool,
    /// How often each set of fitting forms was met.
    sets: HashMap<u64, u64>,
    /// Values that fit no form of a type.
    misfits: [Misfits; 4],
}

/// Forms that say nothing by themselves: plain digits.
fn needs_name(form: &str) -> bool {
    matches!(form, "excel" | "%Y%m")
}

impl Fits {
    pub(super) fn new(name: &str) -> Self {
        let named = [
            "일자",
            "일시",
            "날짜",
            "년월",
            "연월",
            "기준일",
            "등록일",
            "date",
            "DATE",
        ]
        .iter()
        .any(|word| name.contains(word))
            || name.ends_with('일');
        Self {
            compiled: FORMS
                .iter()
                .map(|(_, form)| Forms::new(&[(*form).to_owned()], &[]))
                .collect(),
            named,
            sets: HashMap::new(),
            misfits: Default::default(),
        }
    }

    pub(super) fn add(&mut self, text: &str, row: u64) {
        if self.misfits.iter().all(|misfits| misfits.many) {
            return;
        }
        let set = if text.len() <= LONGEST && text.bytes().any(|sign| sign.is_ascii_digit()) {
            self.fitting(text)
        } else {
            0
        };
        if set != 0 {
            *self.sets.entry(set).or_default() += 1;
        }
        for (at, kind) in TYPES.iter().enumerate() {
            if set & mask(*kind) == 0
                && let Some(misfits) = self.misfits.get_mut(at)
            {
                misfits.add(text, row);
            }
        }
    }

    /// The forms a text fits, one bit each.
    fn fitting(&self, text: &str) -> u64 {
        let mut set = 0;
        for (at, ((kind, form), compiled)) in FORMS.iter().zip(&self.compiled).enumerate() {
            if needs_name(form) && !self.named {
                continue;
            }
            let fits = match kind {
                ColumnType::Date | ColumnType::Month => match compiled.date(text) {
                    Read::Moment(date) => (1850..=2200).contains(&chrono::Datelike::year(&date)),
                    _ => false,
                },
                ColumnType::Time => matches!(compiled.time(text), Read::Moment(_)),
                _ => matches!(compiled.datetime(text), Read::Moment(_)),
            };
            let digits = text.len() == 8 && text.bytes().all(|sign| sign.is_ascii_digit());
            let possible = match *form {
                "%Y%m%d" => digits,
                // Serial numbers of the years 1954 to 2064.
                "excel" => text
                    .parse::<f64>()
                    .is_ok_and(|day| (20_000.0..60_000.0).contains(&day)),
                "%Y%m" => text.len() == 6,
                _ => true,
            };
            set |= u64::from(fits && possible) << at;
        }
        set
    }

    /// The type all values fit, with the fewest forms that cover them, once `tokens` mean "no value".
    pub(super) fn choose(&self, tokens: &[String]) -> Option<(ColumnType, Vec<String>)> {
        TYPES.iter().zip(&self.misfits).find_map(|(kind, misfits)| {
            let fits: u64 = self
                .sets
                .iter()
                .filter(|(set, _)| **set & mask(*kind) != 0)
                .map(|(_, count)| count)
                .sum();
            if fits == 0 || !misfits.only(tokens) {
                return None;
            }
            let forms = cover(&self.sets, mask(*kind))?;
            (forms.len() <= MIXED_MAX).then_some((*kind, forms))
        })
    }

    /// The type that nearly all values fit: how many, and those that do not.
    pub(super) fn nearest(&self, filled: u64) -> Option<(ColumnType, &Misfits)> {
        TYPES
            .iter()
            .zip(&self.misfits)
            .filter(|(_, misfits)| {
                !misfits.many && misfits.count * 20 <= filled && misfits.count > 0
            })
            .min_by_key(|(_, misfits)| misfits.count)
            .map(|(kind, misfits)| (*kind, misfits))
    }

    /// What to say of a column whose name speaks of a date and whose values are of several kinds.
    pub(super) fn mixed(&self, filled: u64) -> Option<String> {
        let fits: u64 = self.sets.values().sum();
        if !self.named || fits * 10 < filled * 3 {
            return None;
        }
        let said: Vec<String> = TYPES
            .iter()
            .filter_map(|kind| {
                let part: HashMap<u64, u64> = self
                    .sets
                    .iter()
                    .filter(|(set, _)| **set & mask(*kind) != 0)
                    .map(|(set, count)| (*set, *count))
                    .collect();
                let count: u64 = part.values().sum();
                let forms = cover(&part, mask(*kind)).unwrap_or_default().join(" ");
                (count > 0)
                    .then(|| format!("{count} as {} ({forms})", super::column::type_word(*kind)))
            })
            .collect();
        Some(format!(
            "{filled} values come in several kinds, so it stays text: {}, {} in no form of a date",
            said.join(", "),
            filled - fits.min(filled)
        ))
    }

    /// Values that fit no form of any type, for a look at what stands in the way.
    pub(super) fn tokens(&self) -> impl Iterator<Item = &String> {
        self.misfits
            .iter()
            .filter(|misfits| !misfits.many)
            .flat_map(|misfits| misfits.values.keys())
    }
}

/// The bits of a type's forms.
fn mask(kind: ColumnType) -> u64 {
    FORMS
        .iter()
        .enumerate()
        .filter(|(_, (of, _))| *of == kind)
        .map(|(at, _)| 1 << at)
        .sum()
}

/// Few forms that cover all the sets: always the one that covers most of what is left.
fn cover(sets: &HashMap<u64, u64>, mask: u64) -> Option<Vec<String>> {
    let mut left: Vec<(u64, u64)> = sets
        .iter()
        .map(|(set, count)| (set & mask, *count))
        .filter(|(set, _)| *set != 0)
        .collect();
    let mut chosen = Vec::new();
    while !left.is_empty() {
        let covers = |at: usize| -> u64 {
            left.iter()
                .filter(|(set, _)| set >> at & 1 == 1)
                .map(|(_, count)| count)
                .sum()
        };
        let best = (0..FORMS.len()).max_by_key(|at| (covers(*at), FORMS.len() - at))?;
        left.retain(|(set, _)| set >> best & 1 == 0);
        chosen.push((*FORMS.get(best).map(|(_, form)| form)?).to_owned());
    }
    Some(chosen)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn chosen(name: &str, values: &[&str]) -> Option<(ColumnType, Vec<String>)> {
        let mut fits = Fits::new(name);
        for value in values {
            fits.add(value, 1);
        }
        fits.choose(&["-".to_owned()])
    }

    #[test]
    fn every_form_of_the_real_files_is_found() {
        for (name, values, kind, forms) in [
            (
                "일자",
                &["2024-01-02", "2024-1-3"][..],
                ColumnType::Date,
                &["%Y-%m-%d"][..],
            ),
            (
                "일자",
                &["2024.1.2", "1972.2.15."],
                ColumnType::Date,
                &["%Y.%m.%d", "%Y.%m.%d."],
            ),
            ("일자", &["20240102", "-"], ColumnType::Date, &["%Y%m%d"]),
            ("일자", &["24/01/02"], ColumnType::Date, &["%y/%m/%d"]),
            (
                "기준일자",
                &["45293", "45294"],
                ColumnType::Date,
                &["excel"],
            ),
            (
                "시각",
                &["오후 1:30", "오전 9:05"],
                ColumnType::Time,
                &["%p %I:%M"],
            ),
            (
                "일시",
                &["2024-01-02 오후 1:30"],
                ColumnType::Datetime,
                &["%Y-%m-%d %p %I:%M"],
            ),
            ("년월", &["202401", "202402"], ColumnType::Month, &["%Y%m"]),
        ] {
            let forms: Vec<String> = forms.iter().map(|form| (*form).to_owned()).collect();
            assert_eq!(chosen(name, values), Some((kind, forms)), "{values:?}");
        }
    }

    #[test]
    fn one_day_that_is_none_spoils_the_type() {
        assert_eq!(chosen("일자", &["2024-01-02", "2024-02-30"]), None);
        assert_eq!(chosen("인원", &["45293"]), None);
    }
}
