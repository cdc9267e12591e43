//! 문자데이터 범주화: text gives way to the category it belongs to.

use std::collections::HashMap;

use city::recipe::{Categories, Identity};
use city::spelling::normal;

use super::super::failed::Unfit;
use super::Cells;

/// Sorts text into categories.
pub(super) struct Sorted<'t> {
    rule: &'t Categories,
    whole: HashMap<String, usize>,
    words: Vec<(String, usize)>,
}

impl<'t> Sorted<'t> {
    pub(super) fn new(rule: &'t Categories) -> Self {
        let mut sorted = Self {
            rule,
            whole: HashMap::new(),
            words: Vec::new(),
        };
        for (at, category) in rule.categories.iter().enumerate() {
            for value in &category.of {
                let value = normal(Identity::Text, value);
                sorted.whole.entry(value).or_insert(at);
            }
            let words = category.with.iter();
            sorted
                .words
                .extend(words.map(|word| (normal(Identity::Text, word), at)));
        }
        sorted
    }
}

impl Cells for Sorted<'_> {
    fn replace(&mut self, value: &str) -> Result<String, Unfit> {
        let value = normal(Identity::Text, value);
        let by_word = self
            .words
            .iter()
            .find(|(word, _)| value.contains(word))
            .map(|(_, at)| *at);
        let whole = self.whole.get(&value).copied();
        // The first category that holds it counts.
        let at = by_word.into_iter().chain(whole).min();
        let category = at.and_then(|at| self.rule.categories.get(at));
        let name = category.map_or(&self.rule.other, |category| &category.name);
        Ok(name.clone())
    }
}

#[cfg(test)]
mod tests {
    use city::recipe::Category;

    use super::*;

    #[test]
    fn the_first_category_that_holds_a_value_counts() {
        let category = |name: &str, of: &[&str], with: &[&str]| Category {
            name: name.into(),
            of: of.iter().map(|value| (*value).to_owned()).collect(),
            with: with.iter().map(|value| (*value).to_owned()).collect(),
        };
        let rule = Categories {
            categories: vec![
                category("의료", &["약국"], &["병원", "의원"]),
                category("교육", &["가온병원학교"], &["학교"]),
            ],
            other: "기타".into(),
        };
        let mut sorted = Sorted::new(&rule);
        let mut told = |value: &str| sorted.replace(value).unwrap();
        assert_eq!(told("한빛 가온의원"), "의료");
        assert_eq!(told(" 약국 "), "의료");
        assert_eq!(told("가온약국"), "기타");
        assert_eq!(told("누리학교"), "교육");
        assert_eq!(told("가온병원학교"), "의료");
    }
}
