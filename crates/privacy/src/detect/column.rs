//! What a column holds: kinds, how many cells, how sure, where first.
//!
//! Bounded memory: counts, and the first places. No value is kept; of its form only the marks between its parts.

use std::collections::{BTreeMap, BTreeSet};
use std::hash::{DefaultHasher, Hash as _, Hasher as _};
use std::sync::Arc;

use city::PrivacyClass;

use super::kind::{Kind, Sign, Why};
use super::word::Word;
use super::{Detector, Finding, Header, email};

/// Places kept of each kind.
pub const PLACES: usize = 5;
/// Cells of one form from which chance is counted out.
const FORMS_MIN: u64 = 10;

/// Where a cell stands.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub struct Place {
    /// File, or dataset.
    pub file: Arc<str>,
    /// Row, from 1.
    pub row: u64,
}

/// Whether a place only may hold it; those that do come first.
type Doubt = bool;

/// What is counted of one kind.
#[derive(Clone, Debug, Default, PartialEq)]
pub(super) struct Tally {
    /// Cells that hold it.
    pub(super) cells: u64,
    /// Cells that surely hold it.
    pub(super) sure: u64,
    /// Cells where words say that it is that: before it, or the column's name.
    pub(super) said: u64,
    /// Cells that are nothing else.
    pub(super) whole: u64,
    /// Cells of it written as one run of digits, where other numbers look the same.
    pub(super) bare: u64,
    /// Addresses at providers where anybody has one.
    pub(super) own: u64,
    confidence: u64,
    best: u8,
    why: Why,
    form: String,
    /// The first places, those that surely hold it before the others.
    first: Vec<(Doubt, Place)>,
}

/// Names kept to find out how many differ.
const NAMES_KEPT: usize = 64;

/// Forms that numbers of several kinds have.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub(super) struct Forms {
    /// Runs of thirteen digits, wherever they stand.
    pub(super) thirteen: u64,
    /// Runs of ten or eleven digits.
    pub(super) eleven: u64,
    /// Cells that are six digits, a hyphen, seven digits.
    pub(super) six_seven: u64,
    /// Sixteen digits.
    pub(super) sixteen: u64,
    /// Four times four digits.
    pub(super) fours: u64,
    /// Two, two, six, two digits.
    pub(super) licence: u64,
}

/// Counts what the cells of a column hold.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct Scan {
    header: Header,
    /// Cells with something in them.
    pub filled: u64,
    pub(super) tallies: BTreeMap<Kind, Tally>,
    pub(super) forms: Forms,
    /// Hashes of the first names that differ.
    names: BTreeSet<u64>,
}

impl Scan {
    /// A column that goes by these names.
    pub fn new<'n>(names: impl IntoIterator<Item = &'n str>) -> Self {
        Self::of(Header::of(names))
    }

    /// A column whose names were read before.
    pub fn of(header: Header) -> Self {
        Self {
            header,
            ..Self::default()
        }
    }

    /// What its names say.
    pub fn header(&self) -> Header {
        self.header
    }

    /// Looks at a cell, wherever it stands; tells each finding in it.
    pub fn see(
        &mut self,
        detector: &mut Detector,
        cell: &str,
        place: &dyn Fn() -> Place,
        tell: &mut dyn FnMut(&Finding),
    ) {
        if cell.trim().is_empty() {
            return;
        }
        self.filled += 1;
        let mut found = detector.find(cell, self.header);
        let persons = self.header.says(Word::Subject) || self.header.says(Word::Officer);
        if persons && found.is_empty() && detector.is_name(cell.trim()) {
            found.push(name_of_cell(cell));
        }
        self.count(cell, &found, place);
        self.forms.thirteen += detector.runs_of(13);
        self.forms.eleven += detector.runs_of(11) + detector.runs_of(10);
        self.forms.see(cell);
        for finding in &found {
            tell(finding);
        }
    }

    /// Counts what was found in a cell that was counted as filled already.
    pub(super) fn count(&mut self, cell: &str, found: &[Finding], place: &dyn Fn() -> Place) {
        let mut seen: Vec<Kind> = Vec::new();
        for finding in found {
            let kind = finding.kind.family();
            let is_first = !seen.contains(&kind);
            if is_first {
                seen.push(kind);
            }
            if kind == Kind::Name && self.names.len() < NAMES_KEPT {
                let value = cell.get(finding.bytes.clone()).unwrap_or_default();
                self.names.insert(hash(value));
            }
            let tally = self.tallies.entry(kind).or_default();
            tally.see(cell, finding, is_first, place);
        }
    }

    /// Adds what another scan of the same column counted.
    pub fn merge(&mut self, other: Self) {
        self.filled += other.filled;
        self.forms.merge(other.forms);
        self.names.extend(other.names);
        while self.names.len() > NAMES_KEPT {
            self.names.pop_last();
        }
        for (kind, tally) in other.tallies {
            self.tallies.entry(kind).or_default().merge(tally);
        }
    }

    /// What the column holds, the most frequent first.
    pub fn held(&self) -> Vec<Held> {
        let mut held: Vec<Held> = self
            .tallies
            .iter()
            .map(|(kind, tally)| Held {
                kind: *kind,
                cells: tally.cells,
                sure: tally.sure,
                filled: self.filled,
                confidence: self.confidence(*kind, tally),
                by_chance: self.is_chance(*kind, tally),
                why: tally.why,
                class: kind.class(),
                form: tally.form.clone(),
                first: tally.places(),
            })
            .collect();
        held.sort_by(|a, b| b.cells.cmp(&a.cells).then(a.kind.cmp(&b.kind)));
        held
    }

    /// How sure it is that cells of the kind are it: their mean; more where nearly the whole column is.
    fn confidence(&self, kind: Kind, tally: &Tally) -> u8 {
        if self.is_chance(kind, tally) {
            return 10;
        }
        let mean = tally.confidence / tally.cells.max(1);
        let mean = u8::try_from(mean).unwrap_or(100);
        let nearly_all = self.filled >= FORMS_MIN && tally.whole * 10 >= self.filled * 9;
        if nearly_all { mean.max(97) } else { mean }
    }

    /// Whether names differ as those of persons do: kinds of persons (노인, 장애인) come again and again.
    pub(super) fn names_differ(&self, cells: u64) -> bool {
        let differ = u64::try_from(self.names.len()).unwrap_or(u64::MAX);
        let kept = u64::try_from(NAMES_KEPT).unwrap_or(u64::MAX);
        differ >= kept || (differ >= 3 && differ * 2 >= cells)
    }

    /// Whether other numbers of the same form fill the column, so that some of them pass by chance.
    pub(super) fn is_chance(&self, kind: Kind, tally: &Tally) -> bool {
        let cells = |kinds: &[Kind]| -> u64 {
            let tallies = kinds.iter().filter_map(|kind| self.tallies.get(kind));
            tallies.map(|tally| tally.cells).sum()
        };
        let (alike, of_the_kind) = match kind {
            Kind::Rrn | Kind::Frn => (
                self.forms.thirteen + self.forms.six_seven,
                cells(&[Kind::Rrn, Kind::Frn]),
            ),
            Kind::Card => (self.forms.sixteen + self.forms.fours, tally.whole),
            Kind::Driver => (self.forms.licence, tally.whole),
            Kind::Mobile => (self.forms.eleven, tally.cells),
            _ => return false,
        };
        tally.said == 0 && alike >= FORMS_MIN && of_the_kind * 2 < alike
    }
}

fn hash(value: &str) -> u64 {
    let mut hasher = DefaultHasher::new();
    value.hash(&mut hasher);
    hasher.finish()
}

impl Tally {
    pub(super) fn why(&self) -> Why {
        self.why
    }

    /// The first places.
    pub(super) fn places(&self) -> Vec<Place> {
        self.first.iter().map(|(_, place)| place.clone()).collect()
    }

    fn see(&mut self, cell: &str, finding: &Finding, is_first: bool, place: &dyn Fn() -> Place) {
        let value = cell.get(finding.bytes.clone()).unwrap_or_default();
        if finding.confidence > self.best {
            self.best = finding.confidence;
            self.why = finding.why;
            self.form = form(value);
        }
        if !is_first {
            return;
        }
        self.cells += 1;
        self.confidence += u64::from(finding.confidence);
        self.sure += u64::from(finding.is_sure());
        self.said += u64::from(finding.why.has(Sign::Word) || finding.why.has(Sign::Header));
        self.whole += u64::from(value.len() == cell.trim().len());
        self.bare += u64::from(value.bytes().all(|byte| byte.is_ascii_digit()));
        self.own += u64::from(finding.kind == Kind::Email && email::is_of_a_person(value));
        let sure = match finding.kind {
            Kind::Email => email::is_of_a_person(value),
            _ => finding.is_sure(),
        };
        if self.first.len() < PLACES || (sure && self.first.iter().any(|(doubt, _)| *doubt)) {
            self.first.push((!sure, place()));
            self.keep_first();
        }
    }

    fn merge(&mut self, other: Self) {
        if other.best > self.best {
            self.best = other.best;
            self.why = other.why;
            self.form = other.form;
        }
        self.cells += other.cells;
        self.confidence += other.confidence;
        self.sure += other.sure;
        self.said += other.said;
        self.whole += other.whole;
        self.bare += other.bare;
        self.own += other.own;
        self.first.extend(other.first);
        self.keep_first();
    }

    fn keep_first(&mut self) {
        self.first.sort();
        self.first.truncate(PLACES);
    }
}

impl Forms {
    /// Looks at a cell that is digits and hyphens only.
    pub(super) fn see(&mut self, cell: &str) {
        const LONGEST: usize = 19;
        let cell = cell.trim();
        if cell.len() < 13
            || cell.len() > LONGEST
            || !cell
                .bytes()
                .all(|byte| byte == b'-' || byte.is_ascii_digit())
        {
            return;
        }
        let mut lens = [0_usize; 4];
        for (at, part) in cell.split('-').enumerate() {
            let Some(len) = lens.get_mut(at) else { return };
            *len = part.len();
        }
        match lens {
            [6, 7, 0, 0] => self.six_seven += 1,
            [16, 0, 0, 0] => self.sixteen += 1,
            [4, 4, 4, 4] => self.fours += 1,
            [2, 2, 6, 2] => self.licence += 1,
            _ => (),
        }
    }

    fn merge(&mut self, other: Self) {
        self.thirteen += other.thirteen;
        self.eleven += other.eleven;
        self.six_seven += other.six_seven;
        self.sixteen += other.sixteen;
        self.fours += other.fours;
        self.licence += other.licence;
    }
}

fn name_of_cell(cell: &str) -> Finding {
    Finding {
        kind: Kind::Name,
        span: 0..cell.chars().count(),
        bytes: 0..cell.len(),
        confidence: 85,
        why: Why::of(&[Sign::Syllables, Sign::Header]),
    }
}

/// What a column holds of one kind.
#[derive(Clone, Debug, PartialEq)]
pub struct Held {
    /// Kind, old and new forms together.
    pub kind: Kind,
    /// Cells that hold it.
    pub cells: u64,
    /// Cells that surely hold it.
    pub sure: u64,
    /// Cells with something in them.
    pub filled: u64,
    /// In percent.
    pub confidence: u8,
    /// Other numbers of the same form fill the column: some pass the rules by chance.
    pub by_chance: bool,
    /// Why, of the surest cell.
    pub why: Why,
    /// The class such a column has, if it is a person's.
    pub class: PrivacyClass,
    /// The form of the surest one, without its signs: `***-****-****`.
    pub form: String,
    /// The first places.
    pub first: Vec<Place>,
}

/// A value without what it says: letters and digits become `*`, marks stay.
pub fn form(value: &str) -> String {
    const LONGEST: usize = 40;
    let mask = |sign: char| if sign.is_alphanumeric() { '*' } else { sign };
    value.chars().take(LONGEST).map(mask).collect()
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::detect::tests::TODAY;

    fn scan(name: &str, cells: &[&str]) -> Scan {
        let mut scan = Scan::new([name]);
        let mut detector = Detector::new(TODAY);
        for (row, cell) in (1..).zip(cells) {
            let place = || Place {
                file: "a.csv".into(),
                row,
            };
            scan.see(&mut detector, cell, &place, &mut |_| ());
        }
        scan
    }

    #[test]
    fn kinds_are_counted_by_cell_and_never_shown() {
        let scan = scan(
            "비고",
            &["010-1234-5678, 010-1234-5679", "", "없음", "02-123-4567"],
        );
        let held = scan.held();
        let [mobile, landline] = held.as_slice() else {
            panic!("{held:?}");
        };
        assert_eq!(
            (mobile.kind, mobile.cells, mobile.filled),
            (Kind::Mobile, 1, 3)
        );
        assert_eq!(mobile.form, "***-****-****");
        assert_eq!(
            (landline.kind, landline.first.first().map(|place| place.row)),
            (Kind::Landline, Some(4))
        );
    }

    #[test]
    fn scans_of_parts_are_the_scan_of_the_whole() {
        let cells = ["010-1234-5678", "a@naver.com", "02-123-4567", "x"];
        let (left, right) = cells.split_at(2);
        let mut merged = scan("비고", left);
        merged.merge(scan("비고", right));
        let whole = scan("비고", &cells);
        assert_eq!(merged.filled, whole.filled);
        let counts = |scan: &Scan| -> Vec<(Kind, u64, u8)> {
            scan.held()
                .iter()
                .map(|held| (held.kind, held.cells, held.confidence))
                .collect()
        };
        assert_eq!(counts(&merged), counts(&whole));
    }

    #[test]
    fn names_are_names_where_the_column_says_so() {
        let names = ["김하늘", "이바다", "박구름"];
        assert_eq!(
            scan("신청인 성명", &names)
                .held()
                .first()
                .map(|held| (held.kind, held.cells)),
            Some((Kind::Name, 3))
        );
        assert!(scan("공원명", &names).held().is_empty());
    }

    #[test]
    fn forms_hide_what_they_are_forms_of() {
        assert_eq!(form("홍길동 010-1"), "*** ***-*");
    }
}
