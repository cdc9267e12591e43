//! Values of another dataset's column that `refers-to` looks up, with the days they hold.

use std::collections::HashMap;

use chrono::NaiveDate;

/// The days a value holds: the first and the last, where they have an end.
pub type Days = (Option<NaiveDate>, Option<NaiveDate>);

/// Values of one column. A value that came without days always holds.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Known {
    // Most tables have no days at all: an empty list takes no memory of its own.
    values: HashMap<String, Vec<Days>>,
}

impl Known {
    /// Adds a value that always holds.
    pub fn insert(&mut self, value: impl Into<String>) {
        self.values.entry(value.into()).or_default().clear();
    }

    /// Adds a value that holds from the first to the last of `days`, both included. A value may come
    /// several times, each time with other days.
    pub fn insert_dated(&mut self, value: impl Into<String>, days: Days) {
        let value = value.into();
        match self.values.get_mut(&value) {
            // It always holds already.
            Some(own) if own.is_empty() => {}
            Some(own) => {
                if !own.contains(&days) {
                    own.push(days);
                }
            }
            None if days == (None, None) => self.insert(value),
            None => {
                self.values.insert(value, vec![days]);
            }
        }
    }

    /// Whether the value stands there, whenever it holds.
    pub fn contains(&self, value: &str) -> bool {
        self.values.contains_key(value)
    }

    /// Whether the value holds on some day of `from..=to`.
    pub fn holds(&self, value: &str, from: NaiveDate, to: NaiveDate) -> bool {
        self.values.get(value).is_some_and(|own| {
            let meets = |(first, last): &Days| {
                first.is_none_or(|first| first <= to) && last.is_none_or(|last| last >= from)
            };
            own.is_empty() || own.iter().any(meets)
        })
    }
}

impl<T: Into<String>> FromIterator<T> for Known {
    fn from_iter<I: IntoIterator<Item = T>>(values: I) -> Self {
        let mut known = Self::default();
        for value in values {
            known.insert(value);
        }
        known
    }
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    fn day(number: u16) -> NaiveDate {
        NaiveDate::from_num_days_from_ce_opt(737_000 + i32::from(number)).unwrap()
    }

    proptest! {
        /// Told from outside, day by day.
        #[test]
        fn a_value_holds_on_the_days_it_came_with(
            spans in prop::collection::vec((prop::option::of(0_u16..20), prop::option::of(0_u16..20)), 1..5),
            from in 0_u16..20,
            days in 0_u16..5,
        ) {
            let mut known = Known::default();
            for (first, last) in &spans {
                known.insert_dated("a", (first.map(day), last.map(day)));
            }
            let holds = (from..=from + days).any(|on| {
                spans.iter().any(|(first, last)| {
                    first.is_none_or(|first| first <= on) && last.is_none_or(|last| on <= last)
                })
            });
            // Days that end before they begin hold on none of one day, and a span is asked day by day.
            let sound = spans.iter().all(|(first, last)| match (first, last) {
                (Some(first), Some(last)) => first <= last,
                _ => true,
            });
            prop_assume!(sound);
            prop_assert_eq!(known.holds("a", day(from), day(from + days)), holds);
            prop_assert!(known.contains("a") && !known.contains("b"));
        }
    }

    #[test]
    fn without_days_it_always_holds() {
        let mut known: Known = ["a"].into_iter().collect();
        known.insert_dated("a", (Some(day(3)), None));
        assert!(known.holds("a", day(1), day(1)));
    }
}
