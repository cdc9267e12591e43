//! Full-text search over the catalogue: an index of pairs of letters.
//!
//! Korean is written without spaces between a noun and what follows it, so words cannot be cut at
//! spaces: 주차장 must find 공영주차장. Pairs of letters need no dictionary (see decision 0004).

use std::collections::{BTreeMap, BTreeSet};

use city::{City, Dataset, DatasetId};

/// Weights of where a word stands.
const TITLE: f32 = 8.0;
const KEYWORD: f32 = 5.0;
const COLUMN: f32 = 2.0;
const TEXT: f32 = 1.0;

/// The index. Built once from the manifests.
#[derive(Debug)]
pub struct Index {
    entries: Vec<Entry>,
    /// Entries in which a pair of letters stands.
    pairs: BTreeMap<[char; 2], Vec<usize>>,
}

#[derive(Debug)]
struct Entry {
    id: DatasetId,
    texts: Vec<Placed>,
}

/// A normalised text and where it stands.
#[derive(Debug)]
struct Placed {
    weight: f32,
    text: String,
    /// A column of an open dataset that is not open itself: the public cannot find by it.
    is_hidden: bool,
}

impl Index {
    /// Indexes titles, descriptions, keywords, columns, fields and departments in both languages.
    pub fn new(city: &City) -> Self {
        let entries: Vec<Entry> = city
            .datasets
            .values()
            .map(|dataset| entry(city, dataset))
            .collect();
        let mut pairs: BTreeMap<[char; 2], Vec<usize>> = BTreeMap::new();
        for (at, entry) in entries.iter().enumerate() {
            let own: BTreeSet<[char; 2]> = entry
                .texts
                .iter()
                .flat_map(|placed| pairs_of(&placed.text))
                .collect();
            for pair in own {
                pairs.entry(pair).or_default().push(at);
            }
        }
        Self { entries, pairs }
    }

    /// Datasets in which every word of `query` stands, best first, not counting columns of open datasets that are
    /// not open. Filtering what datasets a person may see is the caller's.
    pub fn find(&self, query: &str) -> Vec<(DatasetId, f32)> {
        self.search(query, false)
    }

    /// The same with every column counted: for whoever runs the city.
    pub fn find_in_all(&self, query: &str) -> Vec<(DatasetId, f32)> {
        self.search(query, true)
    }

    fn search(&self, query: &str, with_hidden: bool) -> Vec<(DatasetId, f32)> {
        let words: Vec<String> = query
            .split_whitespace()
            .map(normal)
            .filter(|word| !word.is_empty())
            .collect();
        if words.is_empty() {
            return Vec::new();
        }
        let mut found: Vec<(DatasetId, f32)> = self
            .candidates(&words)
            .into_iter()
            .filter_map(|at| self.score(at, &words, with_hidden))
            .collect();
        found.sort_by(|a, b| b.1.total_cmp(&a.1).then_with(|| a.0.cmp(&b.0)));
        found
    }

    /// Entries that hold every pair of every word; a word of one letter has no pair and leaves all.
    fn candidates(&self, words: &[String]) -> BTreeSet<usize> {
        let mut left: BTreeSet<usize> = (0..self.entries.len()).collect();
        for pair in words.iter().flat_map(|word| pairs_of(word)) {
            let with: BTreeSet<usize> = self
                .pairs
                .get(&pair)
                .into_iter()
                .flatten()
                .copied()
                .collect();
            left = left.intersection(&with).copied().collect();
        }
        left
    }

    /// The best place of each word, summed; a title that is the word, or begins with it, ranks higher.
    fn score(&self, at: usize, words: &[String], with_hidden: bool) -> Option<(DatasetId, f32)> {
        let entry = self.entries.get(at)?;
        let mut sum = 0.0;
        for word in words {
            let seen = entry
                .texts
                .iter()
                .filter(|placed| with_hidden || !placed.is_hidden);
            let best = seen.filter_map(|Placed { weight, text, .. }| {
                let begin = text.find(word.as_str())?;
                let whole = if text == word { 2.0 } else { 1.0 };
                Some(weight * whole + if begin == 0 { weight * 0.25 } else { 0.0 })
            });
            sum += best.reduce(f32::max)?;
        }
        Some((entry.id.clone(), sum))
    }
}

fn entry(city: &City, dataset: &Dataset) -> Entry {
    let mut texts = vec![
        (TITLE, dataset.title.as_str()),
        (TITLE, dataset.title_en.as_deref().unwrap_or_default()),
        (KEYWORD, dataset.id.as_str()),
    ];
    texts.extend(dataset.keywords.iter().map(|word| (KEYWORD, word.as_str())));
    if let Some(field) = city.field(&dataset.field) {
        texts.extend([
            (KEYWORD, field.title.as_str()),
            (KEYWORD, field.title_en.as_str()),
        ]);
    }
    if let Some(department) = city.department(&dataset.department) {
        texts.extend([
            (COLUMN, department.title.as_str()),
            (COLUMN, department.title_en.as_str()),
        ]);
    }
    texts.extend([
        (TEXT, dataset.description.as_str()),
        (TEXT, dataset.description_en.as_deref().unwrap_or_default()),
    ]);
    let mut texts: Vec<Placed> = texts
        .into_iter()
        .map(|(weight, text)| placed(weight, text, false))
        .collect();
    let is_open = dataset
        .columns
        .iter()
        .any(|column| access::is_released(dataset, column));
    for column in &dataset.columns {
        let is_hidden = is_open && !access::is_released(dataset, column);
        texts.push(placed(COLUMN, &column.title, is_hidden));
        let title_en = column.title_en.as_deref().unwrap_or_default();
        texts.push(placed(COLUMN, title_en, is_hidden));
    }
    texts.retain(|placed| !placed.text.is_empty());
    Entry {
        id: dataset.id.clone(),
        texts,
    }
}

fn placed(weight: f32, text: &str, is_hidden: bool) -> Placed {
    Placed {
        weight,
        text: normal(text),
        is_hidden,
    }
}

/// Small letters, composed syllables, nothing but letters and digits.
fn normal(text: &str) -> String {
    use unicode_normalization::UnicodeNormalization as _;
    text.nfkc()
        .flat_map(char::to_lowercase)
        .filter(|letter| letter.is_alphanumeric())
        .collect()
}

fn pairs_of(text: &str) -> impl Iterator<Item = [char; 2]> + '_ {
    text.chars()
        .zip(text.chars().skip(1))
        .map(|(first, second)| [first, second])
}

#[cfg(test)]
mod tests {
    use super::*;

    fn index(texts: &[(&str, &str)]) -> Index {
        let entries: Vec<Entry> = texts
            .iter()
            .map(|(id, title)| Entry {
                id: DatasetId::from(*id),
                texts: vec![
                    placed(TITLE, title, false),
                    placed(TEXT, "도시가 운영하는 시설입니다", false),
                ],
            })
            .collect();
        let mut pairs: BTreeMap<[char; 2], Vec<usize>> = BTreeMap::new();
        for (at, entry) in entries.iter().enumerate() {
            for pair in entry
                .texts
                .iter()
                .flat_map(|placed| pairs_of(&placed.text))
                .collect::<BTreeSet<_>>()
            {
                pairs.entry(pair).or_default().push(at);
            }
        }
        Index { entries, pairs }
    }

    fn found(query: &str) -> Vec<String> {
        let index = index(&[
            ("parking", "공영주차장"),
            ("bike", "자전거 주차장 현황"),
            ("toilet", "공중화장실"),
            ("wifi", "공공 와이파이 (Wi-Fi)"),
        ]);
        index
            .find(query)
            .into_iter()
            .map(|(id, _)| id.to_string())
            .collect()
    }

    #[test]
    fn part_of_a_word_finds_it() {
        assert_eq!(found("주차장"), ["bike", "parking"]);
        assert_eq!(found("공영 주차"), ["parking"]);
        assert_eq!(found("자전거주차장"), ["bike"], "spaces do not count");
        assert_eq!(found("WI-FI"), ["wifi"]);
        assert_eq!(
            found("공"),
            ["parking", "toilet", "wifi"].map(str::to_owned).to_vec()
        );
        assert_eq!(found("시설"), ["bike", "parking", "toilet", "wifi"]);
        assert!(found("버스").is_empty());
        assert!(found("   ").is_empty());
    }

    #[test]
    fn decomposed_letters_are_the_same_letters() {
        use unicode_normalization::UnicodeNormalization as _;
        let decomposed: String = "주차장".nfd().collect();
        assert_eq!(found(&decomposed), ["bike", "parking"]);
    }
}
