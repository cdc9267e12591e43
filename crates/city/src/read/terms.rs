//! `standards/terms.csv` and `standards/words.csv`: the common standard as it is published.
//!
//! The names of the columns differ from round to round by spaces; a dash means nothing; what is
//! withdrawn is marked 폐기.

use std::path::{Path, PathBuf};

use super::folder;
use super::standards::FOLDER;
use crate::fault::Fault;
use crate::nearest::nearest;
use crate::standard::{Term, Terms, Word, normal};

/// Largest file: the eighth round has 13,159 terms in some 6 MiB.
const LARGEST: u64 = 64 << 20;

/// Reads both files, where they are there.
pub(super) fn read(folder: &Path, faults: &mut Vec<Fault>) -> Terms {
    let terms = table(folder, "terms.csv", faults).map(|table| terms(&table, faults));
    let words = table(folder, "words.csv", faults).map(|table| words(&table, faults));
    Terms::new(terms.unwrap_or_default(), words.unwrap_or_default())
}

fn table(folder: &Path, name: &str, faults: &mut Vec<Fault>) -> Option<Table> {
    let file = Path::new(FOLDER).join(name);
    let size = std::fs::metadata(folder.join(&file)).ok()?.len();
    if size > LARGEST {
        let what = format!("the file has {size} bytes");
        faults.push(Fault::at(&file, what).expected(format!("{LARGEST} bytes at most")));
        return None;
    }
    let text = folder::text_of(folder, &file);
    let text = text.map_err(|fault| faults.push(fault)).ok()?;
    Table::new(file, &text)
        .map_err(|fault| faults.push(fault))
        .ok()
}

/// A file with a header.
struct Table {
    file: PathBuf,
    /// Names without their spaces.
    header: Vec<String>,
    /// Each with the line it begins on.
    rows: Vec<(u64, Vec<String>)>,
}

impl Table {
    fn new(file: PathBuf, text: &str) -> Result<Self, Fault> {
        let mut rows = records(text.trim_start_matches('\u{feff}')).map_err(|line| {
            Fault::at(&file, "a quotation mark opens here and never closes")
                .line(line)
                .remedy("write a quotation mark inside quotation marks twice")
        })?;
        if rows.is_empty() {
            return Err(Fault::at(&file, "the file has no header"));
        }
        let (_, header) = rows.remove(0);
        Ok(Self {
            header: header.iter().map(|name| normal(name)).collect(),
            file,
            rows,
        })
    }

    /// Where the column is whose name begins with `name`: its end differs from round to round.
    fn column(&self, name: &str) -> Option<usize> {
        let wanted = normal(name);
        let exact = self.header.iter().position(|own| *own == wanted);
        exact.or_else(|| self.header.iter().position(|own| own.starts_with(&wanted)))
    }

    /// The same, where the file is of no use without it.
    fn needed(&self, name: &str, faults: &mut Vec<Fault>) -> Option<usize> {
        let found = self.column(name);
        if found.is_none() {
            let fault = Fault::at(&self.file, format!("there is no column `{name}`")).line(1);
            let fault = fault.expected(format!("one of {}", self.header.join(", ")));
            faults.push(
                match nearest(name, self.header.iter().map(String::as_str)) {
                    Some(near) => fault.remedy(format!("did you mean `{near}`?")),
                    None => fault.remedy("keep the header of the published file"),
                },
            );
        }
        found
    }

    /// Rows that have as many fields as the header; the others are told.
    fn sound(&self, faults: &mut Vec<Fault>) -> Vec<&(u64, Vec<String>)> {
        let mut sound = Vec::new();
        for row in &self.rows {
            if row.1.len() == self.header.len() {
                sound.push(row);
            } else {
                let what = format!("the row has {} fields", row.1.len());
                let fault = Fault::at(&self.file, what).line(row.0);
                let expected = format!("{}, as the header has", self.header.len());
                faults.push(fault.expected(expected));
            }
        }
        sound
    }

    fn empty(&self, name: &str, line: u64) -> Fault {
        Fault::at(&self.file, format!("there is no `{name}` in this row"))
            .line(line)
            .remedy("write it, or take the row out")
    }
}

/// A field; a dash means nothing.
fn field(row: &[String], at: Option<usize>) -> Option<&str> {
    let text = row.get(at?)?.trim();
    (!text.is_empty() && text != "-").then_some(text)
}

fn owned(row: &[String], at: Option<usize>) -> Option<String> {
    field(row, at).map(str::to_owned)
}

/// A list, its items between commas.
fn items(row: &[String], at: Option<usize>) -> Vec<String> {
    let items = field(row, at).unwrap_or_default().split([',', ';', '\n']);
    let items = items
        .map(str::trim)
        .filter(|item| !item.is_empty() && *item != "-");
    items.map(str::to_owned).collect()
}

fn terms(table: &Table, faults: &mut Vec<Fault>) -> Vec<Term> {
    let name = table.needed("공통표준용어명", faults);
    let abbreviation = table.needed("공통표준용어영문약어명", faults);
    let domain = table.needed("공통표준도메인명", faults);
    let synonyms = table.column("용어이음동의어목록");
    let code = table.column("행정표준코드명");
    let change = table.column("개정구분명");
    let mut terms = Vec::new();
    if name.is_none() {
        return terms;
    }
    for (line, row) in table.sound(faults) {
        let Some(own) = owned(row, name) else {
            faults.push(table.empty("공통표준용어명", *line));
            continue;
        };
        terms.push(Term {
            name: own,
            abbreviation: owned(row, abbreviation).unwrap_or_default(),
            domain: owned(row, domain),
            synonyms: items(row, synonyms),
            code: owned(row, code),
            is_withdrawn: field(row, change).is_some_and(|change| change.contains("폐기")),
        });
    }
    terms
}

fn words(table: &Table, faults: &mut Vec<Fault>) -> Vec<Word> {
    let name = table.needed("공통표준단어명", faults);
    let abbreviation = table.needed("공통표준단어영문약어명", faults);
    let form = table.needed("형식단어여부", faults);
    let class = table.needed("공통표준도메인분류명", faults);
    let synonyms = table.column("이음동의어목록");
    let banned = table.column("금칙어목록");
    let change = table.column("개정구분명");
    let mut words = Vec::new();
    if name.is_none() {
        return words;
    }
    for (line, row) in table.sound(faults) {
        let Some(own) = owned(row, name) else {
            faults.push(table.empty("공통표준단어명", *line));
            continue;
        };
        if field(row, change).is_some_and(|change| change.contains("폐기")) {
            continue;
        }
        words.push(Word {
            name: own,
            abbreviation: owned(row, abbreviation).unwrap_or_default(),
            is_form: field(row, form).is_some_and(|is| is.eq_ignore_ascii_case("y")),
            class: owned(row, class),
            synonyms: items(row, synonyms),
            banned: items(row, banned),
        });
    }
    words
}

/// The records of a text between commas, each with its first line; the line of a quotation mark
/// that never closes. Empty lines are passed over.
fn records(text: &str) -> Result<Vec<(u64, Vec<String>)>, u64> {
    let (mut records, mut fields, mut own) = (Vec::new(), Vec::new(), String::new());
    let (mut line, mut first, mut opened) = (1_u64, 1_u64, None);
    let mut letters = text.chars().peekable();
    while let Some(letter) = letters.next() {
        line += u64::from(letter == '\n');
        match (letter, opened) {
            ('"', Some(_)) if letters.peek() == Some(&'"') => {
                letters.next();
                own.push('"');
            }
            ('"', Some(_)) => opened = None,
            ('"', None) if own.is_empty() => opened = Some(line),
            (',', None) => fields.push(std::mem::take(&mut own)),
            ('\r', None) if letters.peek() == Some(&'\n') => {}
            ('\n', None) => {
                end(&mut records, first, &mut fields, &mut own);
                first = line;
            }
            (letter, _) => own.push(letter),
        }
    }
    if let Some(line) = opened {
        return Err(line);
    }
    end(&mut records, first, &mut fields, &mut own);
    Ok(records)
}

fn end(
    records: &mut Vec<(u64, Vec<String>)>,
    line: u64,
    fields: &mut Vec<String>,
    own: &mut String,
) {
    if !fields.is_empty() || !own.is_empty() {
        fields.push(std::mem::take(own));
        records.push((line, std::mem::take(fields)));
    }
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    #[test]
    fn quotation_marks_hold_commas_and_line_ends() {
        let text = "a,b\r\n\"x, \"\"y\"\"\",\"1\n2\"\n\n,\n";
        let found = records(text).unwrap();
        let own = |fields: &[&str]| {
            fields
                .iter()
                .map(|own| (*own).to_owned())
                .collect::<Vec<_>>()
        };
        assert_eq!(
            found,
            [
                (1, own(&["a", "b"])),
                (2, own(&["x, \"y\"", "1\n2"])),
                (5, own(&["", ""])),
            ]
        );
        assert_eq!(records("a,b\n\"c"), Err(2));
    }

    #[test]
    fn headers_of_any_round_and_withdrawn_rows_are_read() {
        let text = "번호,공통표준 용어명,공통표준용어 영문약어명,공통표준도메인명,용어 이음동의어 목록,개정구분명(폐기 또는 변경)\n\
            1,시설번호,FCLT_NO,번호V20,\"시설물번호, 시설 고유번호\",-\n\
            2,옛이름,OLD_NM,-,-,폐기\n3,짧다\n4,-,X,-,-,-\n";
        let table = Table::new("standards/terms.csv".into(), text).unwrap();
        let mut faults = Vec::new();
        let found = terms(&table, &mut faults);
        assert_eq!(found.len(), 2);
        assert_eq!(found[0].synonyms, ["시설물번호", "시설 고유번호"]);
        assert_eq!(found[0].domain.as_deref(), Some("번호V20"));
        assert!(!found[0].is_withdrawn && found[1].is_withdrawn);
        assert_eq!(found[1].domain, None);
        let told: Vec<String> = faults.iter().map(ToString::to_string).collect();
        assert_eq!(
            told,
            [
                "standards/terms.csv:4: the row has 2 fields; expected 6, as the header has",
                "standards/terms.csv:5: there is no `공통표준용어명` in this row; write it, or take the row out",
            ]
        );
    }

    #[test]
    fn a_file_of_another_kind_is_told_by_its_header() {
        let table = Table::new("standards/words.csv".into(), "이름,값\n가,1\n").unwrap();
        let mut faults = Vec::new();
        assert!(words(&table, &mut faults).is_empty());
        assert_eq!(faults.len(), 4);
    }

    proptest! {
        #[test]
        fn what_is_written_between_quotation_marks_is_read_again(
            rows in prop::collection::vec(prop::collection::vec("[a가,\"\n ]{0,5}", 2..4), 1..5),
        ) {
            let quoted = |own: &String| format!("\"{}\"", own.replace('"', "\"\""));
            let text: String = rows
                .iter()
                .map(|row| row.iter().map(quoted).collect::<Vec<_>>().join(",") + "\n")
                .collect();
            let found: Vec<Vec<String>> = records(&text).unwrap().into_iter().map(|(_, row)| row).collect();
            prop_assert_eq!(found, rows);
        }

        #[test]
        fn any_text_is_read_to_its_end(text in "[a,\"\r\n]{0,40}") {
            if let Ok(records) = records(&text) {
                let lines = u64::try_from(text.matches('\n').count()).unwrap() + 1;
                prop_assert!(records.iter().all(|(line, _)| (1..=lines).contains(line)));
            }
        }
    }
}
