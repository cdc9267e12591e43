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
    /// Normalised texts with the weight of where they stand.
    texts: Vec<(f32, String)>,
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
                .flat_map(|(_, text)| pairs_of(text))
                .collect();
            for pair in own {
                pairs.entry(pair).or_default().push(at);
            }
        }
        Self { entries, pairs }
    }

    /// Datasets in which every word of `query` stands, best first. Filtering what a person may see is the caller's.
    pub fn find(&self, query: &str) -> Vec<(DatasetId, f32)> {
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
            .filter_map(|at| self.score(at, &words))
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
    fn score(&self, at: usize, words: &[String]) -> Option<(DatasetId, f32)> {
        let entry = self.entries.get(at)?;
        let mut sum = 0.0;
        for word in words {
            let best = entry.texts.iter().filter_map(|(weight, text)| {
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
    for column in &dataset.columns {
        texts.extend([
            (COLUMN, column.title.as_str()),
            (COLUMN, column.title_en.as_deref().unwrap_or_default()),
        ]);
    }
    let texts = texts
        .into_iter()
        .map(|(weight, text)| (weight, normal(text)))
        .filter(|(_, text)| !text.is_empty())
        .collect();
    Entry {
        id: dataset.id.clone(),
        texts,
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
                    (TITLE, normal(title)),
                    (TEXT, normal("도시가 운영하는 시설입니다")),
                ],
            })
            .collect();
        let mut pairs: BTreeMap<[char; 2], Vec<usize>> = BTreeMap::new();
        for (at, entry) in entries.iter().enumerate() {
            for pair in entry
                .texts
                .iter()
                .flat_map(|(_, text)| pairs_of(text))
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
