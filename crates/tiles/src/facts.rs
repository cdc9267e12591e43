//! What is said of each place: column by column, each value once.

use std::collections::HashMap;

use ahash::RandomState;

/// A value a place has.
#[derive(Clone, Copy, Debug, PartialEq)]
pub enum Fact<'f> {
    /// None.
    Nothing,
    /// Text.
    Text(&'f str),
    /// A whole number.
    Whole(i64),
    /// A number.
    Number(f64),
    /// Yes or no.
    Flag(bool),
}

/// Longer texts end in "…": a map's popup is no place to read a page.
const LETTERS: usize = 200;
/// A column of more different values is not searched for equal ones.
const DIFFERENT: usize = 1 << 16;

#[derive(Clone, Copy, Debug)]
enum Stored {
    /// From, to; a column of more text than that is none.
    Text(u32, u32),
    Whole(i64),
    Number(f64),
    Flag(bool),
}

/// One column.
#[derive(Debug)]
pub(crate) struct Column {
    pub(crate) name: String,
    /// For each row, 0 or one more than the place of its value.
    codes: Vec<u32>,
    values: Vec<Stored>,
    text: String,
    known: HashMap<u64, u32, RandomState>,
}

impl Column {
    pub(crate) fn new(name: String) -> Self {
        Self {
            name,
            codes: Vec::new(),
            values: Vec::new(),
            text: String::new(),
            known: HashMap::with_hasher(hasher()),
        }
    }

    pub(crate) fn push(&mut self, fact: Fact<'_>) {
        let code = self.code(fact);
        self.codes.push(code);
    }

    fn code(&mut self, fact: Fact<'_>) -> u32 {
        let cut;
        let fact = match fact {
            Fact::Nothing => return 0,
            Fact::Text(text) if text.chars().nth(LETTERS).is_some() => {
                cut = text
                    .chars()
                    .take(LETTERS - 1)
                    .chain(['…'])
                    .collect::<String>();
                Fact::Text(&cut)
            }
            fact => fact,
        };
        let hash = hash(fact);
        let known = self.known.get(&hash).copied();
        if let Some(known) = known.filter(|code| self.value(*code) == fact) {
            return known;
        }
        let stored = match fact {
            Fact::Nothing => return 0,
            Fact::Text(text) => {
                let (from, to) = (self.text.len(), self.text.len() + text.len());
                let (Ok(from), Ok(to)) = (u32::try_from(from), u32::try_from(to)) else {
                    return 0;
                };
                self.text.push_str(text);
                Stored::Text(from, to)
            }
            Fact::Whole(number) => Stored::Whole(number),
            Fact::Number(number) => Stored::Number(number),
            Fact::Flag(flag) => Stored::Flag(flag),
        };
        self.values.push(stored);
        let code = u32::try_from(self.values.len()).unwrap_or_default();
        if self.known.len() < DIFFERENT {
            self.known.insert(hash, code);
        }
        code
    }

    fn value(&self, code: u32) -> Fact<'_> {
        let at = usize::try_from(code)
            .ok()
            .and_then(|code| code.checked_sub(1));
        match at.and_then(|at| self.values.get(at)) {
            None => Fact::Nothing,
            Some(Stored::Text(from, to)) => {
                let range = usize::try_from(*from).ok().zip(usize::try_from(*to).ok());
                let text = range.and_then(|(from, to)| self.text.get(from..to));
                text.map_or(Fact::Nothing, Fact::Text)
            }
            Some(Stored::Whole(number)) => Fact::Whole(*number),
            Some(Stored::Number(number)) => Fact::Number(*number),
            Some(Stored::Flag(flag)) => Fact::Flag(*flag),
        }
    }

    /// The value of a row, with a number that rows of the same value share.
    pub(crate) fn of_row(&self, row: u32) -> (u32, Fact<'_>) {
        let code = usize::try_from(row)
            .ok()
            .and_then(|row| self.codes.get(row));
        let code = code.copied().unwrap_or_default();
        (code, self.value(code))
    }

    /// Lets go what only adding needs.
    pub(crate) fn close(&mut self) {
        self.known = HashMap::with_hasher(hasher());
        self.codes.shrink_to_fit();
        self.values.shrink_to_fit();
        self.text.shrink_to_fit();
    }

    pub(crate) fn bytes(&self) -> usize {
        let known = self.known.capacity() * (size_of::<u64>() + size_of::<u32>() + 1);
        let values = self.values.capacity() * size_of::<Stored>();
        self.codes.capacity() * size_of::<u32>() + values + self.text.capacity() + known
    }
}

fn hasher() -> RandomState {
    RandomState::with_seeds(5, 6, 7, 8)
}

fn hash(fact: Fact<'_>) -> u64 {
    match fact {
        Fact::Nothing => 0,
        Fact::Text(text) => hasher().hash_one(text),
        Fact::Whole(number) => hasher().hash_one(number),
        Fact::Number(number) => hasher().hash_one(number.to_bits()),
        Fact::Flag(flag) => hasher().hash_one(flag),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn values_come_back_and_equal_ones_are_kept_once() {
        let mut column = Column::new("종류".to_owned());
        let facts = [
            Fact::Text("공영"),
            Fact::Nothing,
            Fact::Whole(-3),
            Fact::Number(2.5),
            Fact::Flag(false),
            Fact::Text("공영"),
        ];
        for fact in facts {
            column.push(fact);
        }
        column.close();
        let back: Vec<Fact<'_>> = (0..6).map(|row| column.of_row(row).1).collect();
        assert_eq!(back, facts);
        assert_eq!(column.of_row(0).0, column.of_row(5).0);
        assert_eq!(column.of_row(99), (0, Fact::Nothing));
        assert_eq!(column.values.len(), 4);
    }

    #[test]
    fn a_long_text_says_that_it_goes_on() {
        let mut column = Column::new(String::new());
        column.push(Fact::Text(&"긴".repeat(5000)));
        let (_, Fact::Text(text)) = column.of_row(0) else {
            panic!()
        };
        assert_eq!(text.chars().count(), LETTERS);
        assert!(text.ends_with('…'));
    }
}
