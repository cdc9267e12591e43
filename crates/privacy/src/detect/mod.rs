//! Identifiers of persons in columns and in free text.
//!
//! Found by general rules, never by lists of values: the form of a number, its check digit and dates, the words around
//! it and the name of its column. Every finding has its exact span, a confidence, and the reasons in both languages.
//!
//! | module | holds |
//! | --- | --- |
//! | [`kind`] | kinds of identifiers, reasons |
//! | `fold` | odd forms of signs made plain, with their places |
//! | `group`, `check`, `word` | runs of digits; check digits and dates; words around |
//! | `registration`, `number`, `phone`, `account`, `email`, `address`, `name` | the rules, one kind of form each |
//! | [`mod@column`] | what a column holds |
//! | [`guard`] | whether a load may store what it holds |
//! | [`label`] | lines of text with labels |

mod account;
mod address;
mod check;
pub mod column;
mod email;
mod fold;
mod group;
pub mod guard;
pub mod kind;
pub mod label;
mod name;
mod number;
mod phone;
mod registration;
#[cfg(test)]
mod tests;
mod word;

use std::ops::Range;

use serde::Serialize;

pub use check::Day;
pub use kind::{Kind, Why};
pub use word::Header;

use fold::Folded;
use group::{Group, Run};
use word::{Around, Ends};

/// Bytes of a text that are looked at in one go, and how far two looks overlap.
const PIECE: usize = 64 * 1024;
const OVERLAP: usize = 1024;
/// From this confidence on a finding is sure enough to act on.
const SURE: u8 = 85;
/// Digits of the shortest identifier that has no letters.
const DIGITS_MIN: usize = 7;

/// Whether a confidence is enough to act on.
pub(crate) fn sure(confidence: u8) -> bool {
    confidence >= SURE
}

/// An identifier in a text.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct Finding {
    /// What it is.
    pub kind: Kind,
    /// Where: characters (Unicode scalar values) from the beginning of the text, the end excluded.
    pub span: Range<usize>,
    /// The same in bytes of UTF-8.
    #[serde(skip)]
    pub bytes: Range<usize>,
    /// How sure it is, in percent.
    pub confidence: u8,
    /// Why.
    #[serde(skip)]
    pub why: Why,
}

impl Finding {
    /// Whether it is sure enough to act on.
    pub fn is_sure(&self) -> bool {
        sure(self.confidence)
    }
}

/// A finding in the plain form of a text.
#[derive(Clone, Debug)]
struct Hit {
    kind: Kind,
    range: Range<usize>,
    confidence: u8,
    why: Why,
}

impl Hit {
    fn new(kind: Kind, range: Range<usize>, confidence: u8, why: Why) -> Self {
        Self {
            kind,
            range,
            confidence,
            why,
        }
    }
}

/// Finds identifiers. Keeps its memory from text to text; one a thread.
#[derive(Clone, Debug)]
pub struct Detector {
    today: Day,
    /// Names and addresses are looked for as well.
    words: bool,
    text: Folded,
    groups: Vec<Group>,
    words_end: Ends,
    hits: Vec<Hit>,
}

impl Detector {
    /// A detector on a day: nobody is born later.
    pub fn new(today: Day) -> Self {
        Self {
            today,
            words: true,
            text: Folded::default(),
            groups: Vec::new(),
            words_end: Ends::new(),
            hits: Vec::new(),
        }
    }

    /// A detector of what stops a load: names and addresses in free text never do, and are not looked for.
    pub fn of_numbers(today: Day) -> Self {
        Self {
            words: false,
            ..Self::new(today)
        }
    }

    /// All identifiers of a text, in the order they stand in, none within another.
    pub fn find(&mut self, text: &str, header: Header) -> Vec<Finding> {
        let mut found = Vec::new();
        self.each(text, header, &mut |finding| found.push(finding));
        found
    }

    /// The same one by one, however long the text is.
    pub fn each(&mut self, text: &str, header: Header, tell: &mut dyn FnMut(Finding)) {
        self.groups.clear();
        if !may_hold(text) {
            return;
        }
        if text.len() <= PIECE {
            self.piece(text, header, (0, 0), &(0..text.len()), tell);
            return;
        }
        // What begins in the middle of the overlap is told by the piece that has all of it.
        let (mut from, mut characters, mut told) = (0, 0, 0);
        loop {
            let to = boundary(text, from + PIECE);
            let until = if to == text.len() {
                to
            } else {
                boundary(text, to - OVERLAP / 2)
            };
            let piece = text.get(from..to).unwrap_or_default();
            self.piece(piece, header, (from, characters), &(told..until), tell);
            if to == text.len() {
                break;
            }
            told = until;
            let next = boundary(text, until - OVERLAP / 2);
            characters += text.get(from..next).unwrap_or_default().chars().count();
            from = next;
        }
        self.text.forget();
    }

    /// What begins within `told` of the whole text, of which `piece` begins at `from` (bytes, characters).
    fn piece(
        &mut self,
        piece: &str,
        header: Header,
        (byte, character): (usize, usize),
        told: &Range<usize>,
        tell: &mut dyn FnMut(Finding),
    ) {
        self.text.read(piece);
        self.look(header);
        for hit in &self.hits {
            let (bytes, span) = self.text.places(&hit.range);
            let bytes = bytes.start + byte..bytes.end + byte;
            if told.contains(&bytes.start) {
                tell(Finding {
                    kind: hit.kind,
                    span: span.start + character..span.end + character,
                    bytes,
                    confidence: hit.confidence,
                    why: hit.why,
                });
            }
        }
    }

    fn look(&mut self, header: Header) {
        let text = &self.text;
        self.hits.clear();
        group::read(text, &mut self.groups);
        if !self.groups.is_empty() {
            word::read(text, &mut self.words_end);
        }
        let around = Around {
            text,
            ends: &self.words_end,
            header,
        };
        let mut at = 0;
        while at < self.groups.len() {
            let run = Run::new(text, &self.groups, at);
            let found = number(&run, &around, self.today)
                .or_else(|| address::find(&run).filter(|_| self.words));
            match found {
                Some((hit, count)) => {
                    self.hits.push(hit);
                    at += count.max(1);
                }
                None => at += 1,
            }
        }
        email::find(text, &mut self.hits);
        if self.words {
            name::find(text, &mut self.hits);
        }
        keep_best(&mut self.hits);
    }

    /// How many runs of so many digits the last text had.
    fn runs_of(&self, len: usize) -> u64 {
        let runs = self.groups.iter().filter(|group| group.len() == len);
        u64::try_from(runs.count()).unwrap_or(u64::MAX)
    }

    /// Whether a whole cell looks like a person's name.
    fn is_name(&mut self, cell: &str) -> bool {
        const NAME_BYTES: usize = 12;
        if cell.len() > NAME_BYTES {
            return false;
        }
        self.text.read(cell);
        name::is_cell(&self.text)
    }
}

/// The identifier that begins with these runs, and how many runs it has.
fn number(run: &Run<'_>, around: &Around<'_>, today: Day) -> Option<(Hit, usize)> {
    if account::is_said(run, around)
        && let Some(found) = account::find(run, around)
    {
        return Some(found);
    }
    number::passport(run, around)
        .or_else(|| registration::find(run, around, today))
        .or_else(|| phone::find(run, around))
        .or_else(|| number::business_number(run, around))
        .or_else(|| number::card(run, around))
        .or_else(|| number::driver(run, around))
        .or_else(|| account::find(run, around))
}

/// Of findings that overlap the surest stays; the others are only parts of it.
fn keep_best(hits: &mut Vec<Hit>) {
    hits.sort_by(|a, b| {
        let order = a.range.start.cmp(&b.range.start);
        order.then(b.range.end.cmp(&a.range.end))
    });
    let mut kept: Vec<Hit> = Vec::with_capacity(hits.len());
    for hit in hits.drain(..) {
        match kept.last_mut() {
            Some(last) if hit.range.start < last.range.end => {
                if hit.confidence > last.confidence {
                    *last = hit;
                }
            }
            _ => kept.push(hit),
        }
    }
    *hits = kept;
}

/// Whether a text can hold an identifier at all: most cells cannot, and are done with here.
fn may_hold(text: &str) -> bool {
    let digits = text.bytes().filter(u8::is_ascii_digit).count();
    digits >= DIGITS_MIN || text.contains('@') || !text.is_ascii()
}

/// The boundary of characters at a byte or before it.
fn boundary(text: &str, byte: usize) -> usize {
    text.floor_char_boundary(byte.min(text.len()))
}
