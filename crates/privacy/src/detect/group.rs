//! Runs of digits, and what stands between them.

use std::ops::Range;

use super::check::Digits;
use super::fold::Folded;

/// What stands between a run of digits and the run before it.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Join {
    /// Something that ends a number.
    Apart,
    /// `-`
    Hyphen,
    /// `.`
    Dot,
    /// `)`, with or without a space behind it.
    Bracket,
    /// A space.
    Space,
    /// A hyphen with spaces around it.
    Wide,
}

impl Join {
    /// Whether two runs so joined are surely parts of one number.
    pub(super) fn is_tight(self) -> bool {
        matches!(self, Self::Hyphen | Self::Dot)
    }
}

/// A run of digits.
#[derive(Clone, Debug)]
pub(super) struct Group {
    pub(super) range: Range<usize>,
    pub(super) join: Join,
}

impl Group {
    pub(super) fn len(&self) -> usize {
        self.range.len()
    }
}

/// All runs of digits of a text.
pub(super) fn read(text: &Folded, groups: &mut Vec<Group>) {
    groups.clear();
    let mut start = None;
    for at in 0..=text.len() {
        let digit = text.at(at).is_some_and(|sign| sign.is_ascii_digit());
        match (digit, start) {
            (true, None) => start = Some(at),
            (false, Some(from)) => {
                let before = groups.last().map(|group| group.range.end);
                let join = before.map_or(Join::Apart, |end| join(text, end..from));
                let range = from..at;
                groups.push(Group { range, join });
                start = None;
            }
            _ => (),
        }
    }
}

fn join(text: &Folded, between: Range<usize>) -> Join {
    let at = |place: usize| text.at(between.start + place);
    match (between.len(), at(0), at(1), at(2)) {
        (1, Some('-'), ..) => Join::Hyphen,
        (1, Some('.'), ..) => Join::Dot,
        (1, Some(' '), ..) => Join::Space,
        (1, Some(')'), ..) | (2, Some(')'), Some(' ' | '-'), _) => Join::Bracket,
        (2, Some('-'), Some(' '), _)
        | (2, Some(' '), Some('-'), _)
        | (3, Some(' '), Some('-'), Some(' ')) => Join::Wide,
        _ => Join::Apart,
    }
}

/// Runs of digits from one on, as far as they may be one number.
#[derive(Clone, Copy)]
pub(super) struct Run<'t> {
    pub(super) text: &'t Folded,
    groups: &'t [Group],
    first: usize,
}

impl<'t> Run<'t> {
    pub(super) fn new(text: &'t Folded, groups: &'t [Group], first: usize) -> Self {
        Self {
            text,
            groups,
            first,
        }
    }

    pub(super) fn group(&self, at: usize) -> Option<&'t Group> {
        self.groups.get(self.first + at)
    }

    pub(super) fn start(&self) -> usize {
        self.group(0).map_or(0, |group| group.range.start)
    }

    /// Whether the next runs are so long, each joined with the one before it.
    pub(super) fn is(&self, lens: &[usize]) -> bool {
        lens.iter().enumerate().all(|(at, len)| {
            self.group(at)
                .is_some_and(|group| group.len() == *len && (at == 0 || group.join != Join::Apart))
        })
    }

    /// The widest of the joins within the next `count` runs: a hyphen where all are hyphens.
    pub(super) fn joins(&self, count: usize) -> impl Iterator<Item = Join> {
        let groups = self.groups.iter().skip(self.first + 1);
        groups.take(count.saturating_sub(1)).map(|group| group.join)
    }

    pub(super) fn all_hyphens(&self, count: usize) -> bool {
        self.joins(count).all(|join| join == Join::Hyphen)
    }

    pub(super) fn has_space(&self, count: usize) -> bool {
        self.joins(count)
            .any(|join| matches!(join, Join::Space | Join::Wide))
    }

    /// How many runs from this one on are tightly joined.
    pub(super) fn tight(&self) -> usize {
        let rest = self.groups.iter().skip(self.first + 1);
        1 + rest.take_while(|group| group.join.is_tight()).count()
    }

    pub(super) fn range(&self, count: usize) -> Range<usize> {
        let last = self.group(count.saturating_sub(1));
        self.start()..last.map_or(self.start(), |group| group.range.end)
    }

    /// The digits of the next `count` runs.
    pub(super) fn digits(&self, count: usize) -> Option<Digits> {
        Digits::of(self.text.signs(self.range(count)))
    }

    /// Whether a number that is the next `count` runs neither begins nor ends within something longer.
    pub(super) fn stands_alone(&self, count: usize) -> bool {
        self.begins() && self.ends(count)
    }

    /// Whether a number can begin here.
    pub(super) fn begins(&self) -> bool {
        let start = self.start();
        let joined = self.group(0).is_some_and(|group| group.join.is_tight());
        let before = self.text.before(start, 1);
        let beyond = self.text.before(start, 2);
        let within = is_mark(before) && is_glue(beyond);
        !(joined || within || is_glue(before))
    }

    /// Whether a number can end with the next `count` runs.
    pub(super) fn ends(&self, count: usize) -> bool {
        let end = self.range(count).end;
        let joined = self.group(count).is_some_and(|group| group.join.is_tight());
        let (behind, beyond) = (self.text.at(end), self.text.at(end + 1));
        let goes_on = behind == Some('-') && is_glue(beyond);
        !joined && !is_glue(behind) && !goes_on
    }
}

/// Whether a sign beside digits makes them part of a longer word.
fn is_glue(sign: Option<char>) -> bool {
    sign.is_some_and(|sign| sign.is_ascii_alphanumeric() || matches!(sign, '_' | '*'))
}

fn is_mark(sign: Option<char>) -> bool {
    matches!(sign, Some('-' | '.'))
}

#[cfg(test)]
mod tests {
    use super::*;

    fn with(text: &str, check: impl Fn(&Folded, &[Group])) {
        let mut folded = Folded::default();
        folded.read(text);
        let mut groups = Vec::new();
        read(&folded, &mut groups);
        check(&folded, &groups);
    }

    #[test]
    fn runs_know_what_joins_them() {
        with("a12-3.4 5)6) 7 - 8, 9", |_, groups| {
            let joins: Vec<Join> = groups.iter().map(|group| group.join).collect();
            assert_eq!(
                joins,
                [
                    Join::Apart,
                    Join::Hyphen,
                    Join::Dot,
                    Join::Space,
                    Join::Bracket,
                    Join::Bracket,
                    Join::Wide,
                    Join::Apart
                ]
            );
        });
    }

    #[test]
    fn numbers_within_longer_ones_do_not_stand_alone() {
        for (text, first, alone) in [
            ("123456-1234567", 0, true),
            ("1-123456-1234567", 1, false),
            ("123456-1234567-1", 0, false),
            ("AA-123456-1234567", 0, false),
            ("123456-1234567kg", 0, false),
            ("123456-1234567. 끝", 0, true),
            ("번호는123456-1234567입니다", 0, true),
            ("1 123456-1234567 1", 1, true),
        ] {
            with(text, |folded, groups| {
                let run = Run::new(folded, groups, first);
                assert!(run.is(&[6, 7]), "{text}");
                assert_eq!(run.stands_alone(2), alone, "{text}");
            });
        }
    }
}
