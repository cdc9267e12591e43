//! Common standard terms and words, and what they say of a column's name.

use std::collections::BTreeMap;

use crate::nearest;

/// Longest name that is judged, in characters: a column's name, not an essay.
const LONGEST: usize = 120;
/// Longest abbreviation of a term.
const LONGEST_ABBREVIATION: usize = 30;

/// A common standard term.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Term {
    /// 공통표준용어명.
    pub name: String,
    /// 공통표준용어영문약어명.
    pub abbreviation: String,
    /// 공통표준도메인명.
    pub domain: Option<String>,
    /// 용어 이음동의어 목록.
    pub synonyms: Vec<String>,
    /// 행정표준코드명.
    pub code: Option<String>,
    /// Withdrawn (폐기).
    pub is_withdrawn: bool,
}

/// A common standard word.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Word {
    /// 공통표준단어명.
    pub name: String,
    /// 공통표준단어영문약어명.
    pub abbreviation: String,
    /// 형식단어여부: it may end a term and fixes the domain's class.
    pub is_form: bool,
    /// 공통표준도메인분류명.
    pub class: Option<String>,
    /// 이음동의어 목록.
    pub synonyms: Vec<String>,
    /// 금칙어 목록: what must not be written instead.
    pub banned: Vec<String>,
}

/// Terms and words, to be looked up by name.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Terms {
    terms: Vec<Term>,
    words: Vec<Word>,
    /// Normal names and synonyms of terms.
    by_name: BTreeMap<String, usize>,
    by_synonym: BTreeMap<String, usize>,
    /// Normal names and synonyms of words; banned ones apart.
    by_word: BTreeMap<String, usize>,
    by_banned: BTreeMap<String, usize>,
    /// Characters of the longest word.
    longest: usize,
}

/// What the common standard says of a name.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Verdict {
    /// The name as it was looked up.
    pub name: String,
    /// Banned words in it, each with the word to write instead.
    pub banned: Vec<(String, String)>,
    /// What it was found to be.
    pub found: Found,
}

/// What a name was found to be.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Found {
    /// A term.
    Term(Term),
    /// A term that is withdrawn.
    Withdrawn(Term),
    /// Another name of a term.
    Synonym(Term),
    /// No term yet, but made of standard words, the last of them a form word.
    Composed {
        /// The words in order.
        words: Vec<String>,
        /// Their abbreviations, joined; none where that is too long.
        abbreviation: Option<String>,
        /// The domain's class.
        class: String,
    },
    /// Neither.
    Nonstandard {
        /// The words it is made of, where it is made of words; its last is no form word.
        words: Vec<String>,
        /// Terms of a similar name, the nearest first.
        nearest: Vec<String>,
    },
}

/// A name as it is compared: composed Hangul, no spaces, marks or brackets, letters in lower case.
pub fn normal(name: &str) -> String {
    let kept = name.chars().filter(|letter| {
        !letter.is_whitespace() && !"_-·‧・.,()[]{}<>/\"'\u{feff}\u{200b}".contains(*letter)
    });
    composed(kept).to_lowercase()
}

/// Hangul letters that stand apart (as some systems write them) as syllables.
fn composed(letters: impl Iterator<Item = char>) -> String {
    let mut out = String::new();
    for letter in letters {
        let (code, last) = (u32::from(letter), out.chars().last().map_or(0, u32::from));
        let joined = match (last, code) {
            (0x1100..=0x1112, 0x1161..=0x1175) => {
                Some(0xac00 + ((last - 0x1100) * 21 + (code - 0x1161)) * 28)
            }
            (0xac00..=0xd7a3, 0x11a8..=0x11c2) if (last - 0xac00) % 28 == 0 => {
                Some(last + (code - 0x11a7))
            }
            _ => None,
        };
        match joined.and_then(char::from_u32) {
            Some(syllable) => {
                out.pop();
                out.push(syllable);
            }
            None => out.push(letter),
        }
    }
    out
}

impl Terms {
    /// Terms and words, indexed. Of two that share a name the first stands, but one in force stands
    /// before a withdrawn one.
    pub fn new(terms: Vec<Term>, words: Vec<Word>) -> Self {
        let mut own = Self::default();
        let in_force = |withdrawn: bool| {
            let terms = terms.iter().enumerate();
            terms.filter(move |(_, term)| term.is_withdrawn == withdrawn)
        };
        for (at, term) in in_force(false).chain(in_force(true)) {
            own.by_name.entry(normal(&term.name)).or_insert(at);
            for synonym in term.synonyms.iter().filter(|_| !term.is_withdrawn) {
                own.by_synonym.entry(normal(synonym)).or_insert(at);
            }
        }
        for (at, word) in words.iter().enumerate() {
            own.by_word.entry(normal(&word.name)).or_insert(at);
        }
        for (at, word) in words.iter().enumerate() {
            for synonym in &word.synonyms {
                own.by_word.entry(normal(synonym)).or_insert(at);
            }
            for banned in &word.banned {
                own.by_banned.entry(normal(banned)).or_insert(at);
            }
        }
        // A word of its own is not banned because another must not be written so.
        own.by_banned
            .retain(|banned, _| !own.by_word.contains_key(banned) && !banned.is_empty());
        own.by_word.remove("");
        let names = own.by_word.keys().chain(own.by_banned.keys());
        own.longest = names.map(|name| name.chars().count()).max().unwrap_or(0);
        own.terms = terms;
        own.words = words;
        own
    }

    /// Whether there is nothing to look up.
    pub fn is_empty(&self) -> bool {
        self.terms.is_empty() && self.words.is_empty()
    }

    /// All terms.
    pub fn terms(&self) -> &[Term] {
        &self.terms
    }

    /// All words.
    pub fn words(&self) -> &[Word] {
        &self.words
    }

    /// What the common standard says of a column's name: a term, another name of one, made of
    /// standard words (banned ones replaced), or none of these.
    pub fn judge(&self, name: &str) -> Verdict {
        let name = normal(name);
        let mut verdict = Verdict {
            found: self.whole(&name).unwrap_or(Found::Nonstandard {
                words: Vec::new(),
                nearest: Vec::new(),
            }),
            banned: Vec::new(),
            name,
        };
        if !matches!(verdict.found, Found::Nonstandard { .. }) {
            return verdict;
        }
        let letters: Vec<char> = verdict.name.chars().collect();
        let pieces = if letters.len() > LONGEST {
            None
        } else {
            self.pieces(&letters)
        };
        let words: Vec<&Word> = pieces
            .iter()
            .flatten()
            .filter_map(|piece| self.words.get(piece.word))
            .collect();
        for piece in pieces.iter().flatten().filter(|piece| piece.is_banned) {
            if let Some(word) = self.words.get(piece.word) {
                verdict.banned.push((piece.text.clone(), word.name.clone()));
            }
        }
        let names: Vec<String> = words.iter().map(|word| word.name.clone()).collect();
        let mended = normal(&names.concat());
        verdict.found = match self.whole(&mended).filter(|_| !verdict.banned.is_empty()) {
            Some(found) => found,
            None => self.composed_of(&words, names, &letters),
        };
        verdict
    }

    /// The term in force of exactly this name, however it is spaced.
    pub fn term(&self, name: &str) -> Option<&Term> {
        let at = self.by_name.get(&normal(name))?;
        self.terms.get(*at).filter(|term| !term.is_withdrawn)
    }

    /// A name that stands in the list of terms as a whole.
    fn whole(&self, name: &str) -> Option<Found> {
        let term = |at: &usize| self.terms.get(*at).cloned();
        if let Some(term) = self.by_name.get(name).and_then(term) {
            if !term.is_withdrawn {
                return Some(Found::Term(term));
            }
            let other = self.by_synonym.get(name).and_then(|at| self.terms.get(*at));
            return Some(other.map_or(Found::Withdrawn(term), |other| {
                Found::Synonym(other.clone())
            }));
        }
        self.by_synonym.get(name).and_then(term).map(Found::Synonym)
    }

    fn composed_of(&self, words: &[&Word], names: Vec<String>, letters: &[char]) -> Found {
        if let Some(last) = words.last()
            && last.is_form
            && let Some(class) = &last.class
        {
            let parts: Vec<&str> = words
                .iter()
                .map(|word| word.abbreviation.as_str())
                .collect();
            let joined = parts.join("_");
            let fits = joined.len() <= LONGEST_ABBREVIATION && !parts.contains(&"");
            return Found::Composed {
                words: names,
                abbreviation: fits.then_some(joined),
                class: class.clone(),
            };
        }
        Found::Nonstandard {
            words: names,
            nearest: self.near(letters),
        }
    }

    /// The name cut into words: the fewest that do, and of those the ones whose first is longest.
    fn pieces(&self, letters: &[char]) -> Option<Vec<Piece>> {
        // From the end: the best way to cut what stands behind each place.
        let mut best: Vec<Option<(usize, Piece)>> = vec![None; letters.len() + 1];
        for start in (0..letters.len()).rev() {
            let longest = self.longest.min(letters.len() - start);
            for length in (1..=longest).rev() {
                let end = start + length;
                let behind = match best.get(end) {
                    _ if end == letters.len() => 0,
                    Some(Some((count, _))) => *count,
                    _ => continue,
                };
                let is_better = match best.get(start) {
                    Some(Some((count, _))) => behind + 1 < *count,
                    _ => true,
                };
                let text: String = letters.iter().skip(start).take(length).collect();
                let Some(piece) = self.piece(text).filter(|_| is_better) else {
                    continue;
                };
                if let Some(slot) = best.get_mut(start) {
                    *slot = Some((behind + 1, piece));
                }
            }
        }
        let (mut start, mut pieces) = (0, Vec::new());
        while start < letters.len() {
            let (_, piece) = best.get(start)?.as_ref()?;
            start += piece.text.chars().count();
            pieces.push(piece.clone());
        }
        (!pieces.is_empty()).then_some(pieces)
    }

    fn piece(&self, text: String) -> Option<Piece> {
        let word = self.by_word.get(&text).map(|at| (*at, false));
        let banned = || self.by_banned.get(&text).map(|at| (*at, true));
        let (word, is_banned) = word.or_else(banned)?;
        Some(Piece {
            text,
            word,
            is_banned,
        })
    }

    /// Terms in force of a similar name, at most three.
    fn near(&self, letters: &[char]) -> Vec<String> {
        if letters.is_empty() || letters.len() > LONGEST {
            return Vec::new();
        }
        let name: String = letters.iter().collect();
        let mut near: Vec<(usize, &str)> = self
            .terms
            .iter()
            .filter(|term| !term.is_withdrawn)
            .filter_map(|term| {
                let steps = nearest::steps(&name, &normal(&term.name))?;
                Some((steps, term.name.as_str()))
            })
            .collect();
        near.sort_unstable();
        near.dedup();
        near.into_iter()
            .take(3)
            .map(|(_, name)| name.to_owned())
            .collect()
    }
}

/// A part of a name that is a word.
#[derive(Clone, Debug)]
struct Piece {
    text: String,
    word: usize,
    is_banned: bool,
}

#[cfg(test)]
#[path = "term_tests.rs"]
mod tests;
