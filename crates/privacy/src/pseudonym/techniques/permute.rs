//! 순열(치환): the values of a column change places among its rows.

use super::super::random::Stream;
use super::{Columns, Misfit, Whole};

/// Shuffles a column, within groups where there are some.
pub(super) struct Places<'t> {
    pub(super) by: Option<&'t str>,
    pub(super) stream: Stream,
}

impl Columns for Places<'_> {
    fn replace(&mut self, column: &mut Whole<'_>) -> Result<(), Vec<Misfit>> {
        for group in column.groups(self.by) {
            for left in (1..group.len()).rev() {
                let bound = u64::try_from(left + 1).unwrap_or(u64::MAX);
                let right = usize::try_from(self.stream.below(bound)).unwrap_or_default();
                if let (Some(left), Some(right)) = (group.get(left), group.get(right)) {
                    column.values.swap(*left, *right);
                }
            }
        }
        Ok(())
    }
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::super::testing::column;
    use super::*;

    proptest! {
        #[test]
        fn values_change_places_within_their_groups_alone(rows in prop::collection::vec((0_u8..3, 0_u8..20), 0..80), seed: u8) {
            let values: Vec<String> = rows.iter().map(|(_, value)| value.to_string()).collect();
            let groups: Vec<String> = rows.iter().map(|(group, _)| group.to_string()).collect();
            let (values, groups): (Vec<&str>, Vec<&str>) = (values.iter().map(String::as_str).collect(), groups.iter().map(String::as_str).collect());
            let shuffle = || {
                let mut places = Places { by: Some("dong"), stream: Stream::new(&[seed; 32]) };
                column(&mut places, &values, &[("dong", &groups)]).unwrap().0
            };
            let found = shuffle();
            prop_assert_eq!(&found, &shuffle(), "one seed gives one order");
            let sorted = |values: &mut dyn Iterator<Item = (String, String)>| {
                let mut pairs: Vec<_> = values.collect();
                pairs.sort();
                pairs
            };
            let pairs = |values: Vec<String>| groups.iter().map(|group| (*group).to_owned()).zip(values).collect::<Vec<_>>();
            let before = sorted(&mut pairs(values.iter().map(|value| (*value).to_owned()).collect()).into_iter());
            prop_assert_eq!(before, sorted(&mut pairs(found).into_iter()));
        }
    }

    #[test]
    fn every_order_is_as_likely() {
        let mut places = Places {
            by: None,
            stream: Stream::new(&[5; 32]),
        };
        let mut seen = std::collections::BTreeMap::new();
        for _ in 0..6_000 {
            let found = column(&mut places, &["a", "b", "c"], &[])
                .unwrap()
                .0
                .concat();
            *seen.entry(found).or_insert(0_i32) += 1;
        }
        assert_eq!(seen.len(), 6);
        assert!(
            seen.values().all(|count| (count - 1_000).abs() < 210),
            "{seen:?}"
        );
    }
}
