//! A city's addresses, looked up.

use std::collections::{BTreeMap, HashMap};

use serde::Serialize;
use strsim::osa_distance;

use super::keys::keys;
use super::words::{Words, words, words_behind_numbers, words_beside, words_whole};

/// Letters of a gram.
const GRAM: usize = 2;
/// Most names that are compared letter by letter.
const COMPARED: usize = 300;
/// A name is another one when more than this share of its keys differ.
const MOST_WRONG: f64 = 0.34;
/// What a syllable costs that is left out, doubled, or typed before the one it follows: less than its keys.
const SYLLABLE: f64 = 2.0;
/// What it costs that the sub number is another.
const OTHER_SUB: f64 = 0.6;
/// What it costs that nobody said a number.
const NO_NUMBER: f64 = 0.4;
/// What it costs that the name ends otherwise: of a road and a lane that are alike, the one that was said is meant.
const OTHER_END: f64 = 0.25;
/// What it costs that a number was perhaps none: letters stand close behind it.
const UNSURE: f64 = 1.0;
/// What it costs that a place beside it was said, or that a number is perhaps a part of a name after all.
const BESIDE: f64 = 0.1;
/// What it costs that there is no such number at the road: the nearest is meant.
const OTHER_NUMBER: f64 = 3.0;

/// An address of the city, or a place that people know by name.
#[derive(Clone, Debug, Default, PartialEq, Serialize)]
pub struct Record {
    /// What the place is called; an address has no name.
    pub name: Option<String>,
    /// The dataset that names it.
    pub dataset: Option<String>,
    /// Road address; a place by name may have none.
    pub road: Option<String>,
    /// Lot address.
    pub lot: Option<String>,
    /// Name of the building.
    pub building: Option<String>,
    /// Neighbourhood.
    pub dong: Option<String>,
    /// Longitude and latitude.
    pub at: [f64; 2],
}

impl Record {
    /// What it is called: by its name, or else by its address.
    pub fn title(&self) -> &str {
        let title = self.name.as_deref().or(self.road.as_deref());
        title.or(self.lot.as_deref()).unwrap_or_default()
    }

    /// The same as it is said aloud: an address with the name of its building behind.
    pub fn said(&self) -> String {
        match self.building.as_ref().filter(|_| self.name.is_none()) {
            Some(building) => format!("{} {building}", self.title()),
            None => self.title().to_owned(),
        }
    }

    /// What it is found by. A place is found by its name: by its address the address itself is meant.
    fn spellings(&self) -> impl Iterator<Item = &String> {
        let own = match &self.name {
            Some(name) => [Some(name), None, None],
            None => [
                self.road.as_ref(),
                self.lot.as_ref(),
                self.building.as_ref(),
            ],
        };
        own.into_iter().flatten()
    }
}

/// An address or a place that may be meant.
#[derive(Clone, Debug, PartialEq, Serialize)]
pub struct Hit<'i> {
    /// The address.
    pub record: &'i Record,
    /// How far what was said is from it: 0 is the very address.
    pub distance: f64,
    /// Whether it has the number that was said.
    pub number: Number,
}

/// Whether an address has the number that was said.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize)]
#[serde(rename_all = "kebab-case")]
pub enum Number {
    /// It has it; or none was said of something that has none.
    Same,
    /// There is no such number: this one is near.
    Other,
    /// Nobody said one.
    Unsaid,
}

/// Main and sub number, and the record that has them.
type Numbered = ((u32, u32), usize);

/// A name: a road, a neighbourhood with its lots, or a building.
#[derive(Debug)]
struct Name {
    /// Its syllables.
    letters: String,
    keys: String,
    length: usize,
    /// Numbers with the record of each, in order.
    numbers: Vec<Numbered>,
}

/// The addresses.
#[derive(Debug, Default)]
pub struct Index {
    records: Vec<Record>,
    names: Vec<Name>,
    /// Names in which a gram occurs.
    grams: HashMap<[char; GRAM], Vec<u32>>,
}

impl Index {
    /// An index of a city's addresses or places.
    pub fn new(records: Vec<Record>) -> Self {
        Self::of_city(records, "")
    }

    /// The same of a city with this title: its people leave it out of a name, and call 한빛시청 the 시청.
    pub fn of_city(records: Vec<Record>, city: &str) -> Self {
        let city = stem(city);
        let mut names: BTreeMap<String, (String, Vec<Numbered>)> = BTreeMap::new();
        for (at, record) in records.iter().enumerate() {
            for spelling in record.spellings() {
                let words = words(spelling);
                // The `7호` of a place called `해솔 돌봄터 7호` is no flat.
                let whole = words_whole(&words, spelling).filter(|_| record.name.is_some());
                let words = whole.unwrap_or(words);
                // Who asks leaves out the words before the road: the city, the neighbourhood.
                let all = (0..words.words.len()).map(|skip| words.letters(skip));
                let all: Vec<String> = all.collect();
                let without = all.first().and_then(|own| own.strip_prefix(city));
                let without = without.filter(|own| !city.is_empty() && is_name(own));
                for letters in all.iter().map(String::as_str).chain(without) {
                    let letters = letters.to_owned();
                    let own = names
                        .entry(keys(&letters))
                        .or_insert_with(|| (letters, Vec::new()));
                    own.1.push((words.number.unwrap_or_default(), at));
                }
            }
        }
        let names: Vec<Name> = names
            .into_iter()
            .map(|(keys, (letters, mut numbers))| {
                numbers.sort_unstable();
                numbers.dedup();
                Name {
                    length: keys.chars().count(),
                    letters,
                    keys,
                    numbers,
                }
            })
            .collect();
        let mut index = Self {
            records,
            grams: HashMap::new(),
            names,
        };
        for (at, name) in index.names.iter().enumerate() {
            let at = u32::try_from(at).unwrap_or(u32::MAX);
            for gram in grams(&name.keys) {
                let own = index.grams.entry(gram).or_default();
                if own.last() != Some(&at) {
                    own.push(at);
                }
            }
        }
        index
    }

    /// How many addresses it holds.
    pub fn len(&self) -> usize {
        self.records.len()
    }

    /// Whether it holds none.
    pub fn is_empty(&self) -> bool {
        self.records.is_empty()
    }

    /// The addresses that may be meant, the likeliest first, at most `most`.
    pub fn find(&self, text: &str, most: usize) -> Vec<Hit<'_>> {
        let (said, otherwise) = (words(text), words_behind_numbers(text));
        let mut found = self.found(&said, most);
        if said != otherwise {
            // A number with letters close behind it may be one all the same; whether it is, nobody can say.
            let unsure = self.found(&otherwise, most).into_iter().map(|hit| Hit {
                distance: hit.distance + UNSURE,
                number: Number::Other,
                ..hit
            });
            found = nearer(found, unsure, most);
        }
        if let Some(whole) = words_whole(&said, text) {
            let whole = self.found(&whole, most).into_iter().map(|hit| Hit {
                distance: hit.distance + BESIDE,
                ..hit
            });
            let whole = whole.filter(|hit| hit.number == Number::Same);
            found = nearer(found, whole, most);
        }
        if let Some(beside) = words_beside(&said) {
            let beside = self.found(&beside, most).into_iter().map(|hit| Hit {
                distance: hit.distance + BESIDE,
                ..hit
            });
            found = nearer(found, beside, most);
        }
        found
    }

    /// The address or place nearest to a longitude and a latitude, and how many metres away it is.
    pub fn nearest(&self, at: [f64; 2]) -> Option<(&Record, f64)> {
        let far = self
            .records
            .iter()
            .map(|record| (record, apart(record.at, at)));
        far.min_by(|(_, one), (_, other)| one.total_cmp(other))
    }

    fn found(&self, said: &Words, most: usize) -> Vec<Hit<'_>> {
        let mut best: HashMap<usize, (f64, Number)> = HashMap::new();
        // Words before the city are tried without: the province, a greeting.
        for skip in 0..said.words.len().min(3) {
            let penalty = if skip == 0 { 0.0 } else { 0.3 };
            for (name, wrong) in self.alike(&said.letters(skip)) {
                numbered(name, said, wrong + penalty, &mut best);
            }
        }
        let mut found: Vec<(usize, (f64, Number))> = best.into_iter().collect();
        found.sort_by(|(a, x), (b, y)| x.0.total_cmp(&y.0).then(a.cmp(b)));
        found
            .into_iter()
            .take(most)
            .filter_map(|(at, (distance, number))| {
                Some(Hit {
                    record: self.records.get(at)?,
                    distance,
                    number,
                })
            })
            .collect()
    }

    /// Names that are like these letters, with how many keys differ; two syllables in the wrong order are one slip, and not
    /// the many keys they are typed with.
    fn alike(&self, letters: &str) -> Vec<(&Name, f64)> {
        let said = &*keys(letters);
        let mut shared: HashMap<u32, u32> = HashMap::new();
        for gram in grams(said) {
            for name in self.grams.get(&gram).into_iter().flatten() {
                *shared.entry(*name).or_default() += 1;
            }
        }
        let length = said.chars().count();
        let mut candidates: Vec<(u32, usize, u32)> = shared
            .into_iter()
            .filter_map(|(at, count)| {
                let name = self.names.get(usize::try_from(at).ok()?)?;
                Some((count, name.length.abs_diff(length), at))
            })
            .collect();
        // Those that share most, and of these the ones as long as what was said.
        candidates
            .sort_unstable_by_key(|(count, apart, at)| (std::cmp::Reverse(*count), *apart, *at));
        candidates
            .into_iter()
            .take(COMPARED)
            .filter_map(|(_, apart, at)| {
                let name = self.names.get(usize::try_from(at).ok()?)?;
                let most = small(name.length.max(length)) * MOST_WRONG;
                if small(apart) > most {
                    return None;
                }
                let syllables = small(osa_distance(&name.letters, letters)) * SYLLABLE;
                let wrong = small(osa_distance(&name.keys, said)).min(syllables);
                let ends_alike = name.letters.chars().next_back() == letters.chars().next_back();
                let end = if ends_alike { 0.0 } else { OTHER_END };
                (wrong <= most).then_some((name, wrong + end))
            })
            .collect()
    }
}

/// A city's title without the word for what it is: 한빛 of 한빛시.
fn stem(city: &str) -> &str {
    let kinds = [
        "특별자치시",
        "특별자치도",
        "특별시",
        "광역시",
        "특례시",
        "시",
        "군",
        "구",
    ];
    let stem = kinds.iter().find_map(|kind| city.strip_suffix(kind));
    stem.unwrap_or(city)
}

/// One syllable names nothing.
fn is_name(letters: &str) -> bool {
    letters.chars().count() > 1
}

/// Each record once, as near as any reading of what was said has it.
fn nearer<'i>(
    mut found: Vec<Hit<'i>>,
    more: impl Iterator<Item = Hit<'i>>,
    most: usize,
) -> Vec<Hit<'i>> {
    for hit in more {
        match found.iter_mut().find(|own| own.record == hit.record) {
            Some(own) if own.distance <= hit.distance => {}
            Some(own) => *own = hit,
            None => found.push(hit),
        }
    }
    found.sort_by(|a, b| a.distance.total_cmp(&b.distance));
    found.truncate(most);
    found
}

/// Metres of a degree of latitude.
const DEGREE: f64 = 111_320.0;

/// Metres between two places of one city.
fn apart([x, y]: [f64; 2], [other_x, other_y]: [f64; 2]) -> f64 {
    let east = (x - other_x) * DEGREE * y.to_radians().cos();
    let north = (y - other_y) * DEGREE;
    east.hypot(north)
}

/// The records of a name whose number is meant.
fn numbered(name: &Name, said: &Words, wrong: f64, best: &mut HashMap<usize, (f64, Number)>) {
    let mut keep = |record: usize, distance: f64, number: Number| {
        let own = best.entry(record).or_insert((distance, number));
        if distance < own.0 {
            *own = (distance, number);
        }
    };
    let Some((main, sub)) = said.number else {
        for (number, record) in name.numbers.iter().take(20) {
            let is_whole = *number == (0, 0);
            let (penalty, own) = if is_whole {
                (0.0, Number::Same)
            } else {
                (NO_NUMBER, Number::Unsaid)
            };
            keep(*record, wrong + penalty, own);
        }
        return;
    };
    let from = name.numbers.partition_point(|(own, _)| *own < (main, 0));
    let same = name.numbers.get(from..).unwrap_or_default().iter();
    let mut same = same.take_while(|((own, _), _)| *own == main).peekable();
    if same.peek().is_some() {
        for ((_, own), record) in same {
            let (penalty, own) = if *own == sub {
                (0.0, Number::Same)
            } else {
                (OTHER_SUB, Number::Other)
            };
            keep(*record, wrong + penalty, own);
        }
        return;
    }
    let nearest = name
        .numbers
        .iter()
        .filter(|((own, _), _)| *own > 0)
        .min_by_key(|((own, _), _)| own.abs_diff(main));
    if let Some((_, record)) = nearest {
        keep(*record, wrong + OTHER_NUMBER, Number::Other);
    }
}

fn small(count: usize) -> f64 {
    f64::from(u32::try_from(count).unwrap_or(u32::MAX))
}

/// Neighbouring keys, with a mark before the first and behind the last.
fn grams(keys: &str) -> Vec<[char; GRAM]> {
    let marked: Vec<char> = std::iter::once('^')
        .chain(keys.chars())
        .chain(std::iter::once('$'))
        .collect();
    marked
        .windows(GRAM)
        .filter_map(|window| window.try_into().ok())
        .collect()
}
