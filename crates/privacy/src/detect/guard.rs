//! Whether a load may store what its columns hold.
//!
//! A column that its manifest calls harmless (`none`, `quasi`) must not hold identifiers of persons. A city's open data
//! hold telephones of offices, addresses and names of facilities, numbers of businesses: none of these stops a load.
//! What does, and from when on:
//!
//! | kind | stops |
//! | --- | --- |
//! | resident and foreigner numbers | one that is sure: its date exists and its check digit is right, or it is of a recent birth in the usual form; thirteen digits in a run where half of such runs pass |
//! | passports, licences | one that a word names; licences also where they are half of the column |
//! | cards | one in the groups cards are printed with; bare ones where nine of ten numbers pass the check |
//! | accounts | one behind a bank and the word account |
//! | mobile phones | one |
//! | e-mail | one at a provider where anybody has one |
//! | names | where the column's name says that they are of those the rows are about, eight of ten cells are names, and they differ |
//!
//! Numbers that pass by chance, because the column is full of others of the same form, stop nothing.

use city::PrivacyClass;

use super::column::{Place, Scan, Tally};
use super::kind::{Kind, Why};
use super::word::Word;
use super::{DIGITS_MIN, Detector, Header};

/// Cells from which a share of a column says something.
const CELLS_MIN: u64 = 3;

/// Why a load must not go on.
#[derive(Clone, Debug, PartialEq)]
pub struct Stop {
    /// What was found, old and new forms together.
    pub kind: Kind,
    /// Cells that hold it.
    pub cells: u64,
    /// Cells with something in them.
    pub filled: u64,
    /// Why it was taken for that.
    pub why: Why,
    /// The first places.
    pub first: Vec<Place>,
}

impl Stop {
    /// The class the column must have.
    pub fn class(&self) -> PrivacyClass {
        self.kind.class()
    }
}

/// Whether a class promises that a column holds no identifier.
pub fn promises_none(class: PrivacyClass) -> bool {
    matches!(class, PrivacyClass::None | PrivacyClass::Quasi)
}

/// Counts one column of a load, cell by cell; [`Scan::merge`] adds up what threads counted.
pub fn see(scan: &mut Scan, detector: &mut Detector, cell: &str, place: &dyn Fn() -> Place) {
    let header = scan.header();
    if !may_stop(cell, header) {
        scan.filled += u64::from(!cell.is_empty());
        return;
    }
    scan.see(detector, cell, place, &mut |_| ());
}

/// Whether a cell can hold what stops a load: most cannot, and are done with here.
fn may_stop(cell: &str, header: Header) -> bool {
    let digits = cell.bytes().filter(u8::is_ascii_digit).count();
    digits >= DIGITS_MIN
        || cell.bytes().any(|byte| matches!(byte, b'@' | 0xef))
        || header.says(Word::Subject)
}

/// What a column holds that it must not, however it is accepted by the manifest.
pub fn stops(scan: &Scan) -> Vec<Stop> {
    scan.tallies
        .iter()
        .filter_map(|(kind, tally)| {
            let cells = stopping(scan, *kind, tally)?;
            Some(Stop {
                kind: *kind,
                cells,
                filled: scan.filled,
                why: tally.why(),
                first: tally.places(),
            })
        })
        .collect()
}

/// How many cells stop the load; nothing where none does.
fn stopping(scan: &Scan, kind: Kind, tally: &Tally) -> Option<u64> {
    if scan.is_chance(kind, tally) {
        return None;
    }
    let most = |cells: u64, of: u64, tenths: u64| of >= CELLS_MIN && cells * 10 >= of * tenths;
    let bare = tally.bare > 0 && tally.bare * 2 >= scan.forms.thirteen;
    let stops = match kind {
        Kind::Rrn | Kind::Frn => tally.sure > 0 || bare,
        Kind::Account | Kind::Mobile => tally.sure > 0,
        Kind::PassportOld => tally.said > 0,
        Kind::Driver => tally.said > 0 || most(tally.cells, scan.filled, 5),
        Kind::Card => {
            let grouped = tally.sure > 0 && tally.whole * 2 >= scan.forms.fours;
            tally.said > 0 || grouped || most(tally.bare, scan.forms.sixteen, 9)
        }
        Kind::Email => tally.own > 0,
        Kind::Name => {
            let subjects = scan.header().says(Word::Subject);
            subjects && most(tally.cells, scan.filled, 8) && scan.names_differ(tally.cells)
        }
        _ => false,
    };
    stops.then_some(match kind {
        Kind::Email => tally.own,
        Kind::Rrn | Kind::Frn => tally.sure.max(tally.bare),
        Kind::Account | Kind::Mobile => tally.sure,
        _ => tally.cells,
    })
}
