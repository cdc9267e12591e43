//! `madang promises import`: a table of announcements becomes promise manifests.

use std::fs;
use std::io::Write as _;
use std::path::{Path, PathBuf};
use std::process::ExitCode;

use city::promise::Unchecked;
use city::{Fault, When};
use clap::Args;
use csv::{ReaderBuilder, StringRecord};
use ingest::text::encoding;
use measure::promise::announced::{Announcement, Drafted, draft};
use serde_json::json;

use super::text;
use crate::exit::Failure;
use crate::out;

/// Larger tables of announcements are none.
const BYTES_MAX: u64 = 16 << 20;

/// The columns, by the names they may have.
const COLUMNS: [(&str, &[&str], bool); 10] = [
    ("id", &["아이디", "식별자", "번호"], true),
    ("city", &["body", "기관", "시", "도시", "지자체"], false),
    ("topic", &["주제", "사업", "분야"], false),
    ("statement", &["문장", "내용", "약속", "공약"], true),
    ("quantity", &["수량", "값", "목표"], true),
    ("unit", &["단위"], true),
    ("period", &["기간"], false),
    ("due", &["기한", "완료"], false),
    ("status_word", &["상태", "추진상태"], false),
    ("note", &["비고", "메모"], false),
];

/// A table of announcements, and where its promises go.
#[derive(Debug, Args)]
pub(super) struct Words {
    /// The table: id, statement, quantity, unit, and where it has them city, topic, period, due, `status_word`, note
    table: PathBuf,
    /// The folder of the manifests: promises/ of a city's folder; never over another file
    #[arg(long, value_name = "DIR")]
    out: PathBuf,
    /// Only what this body announced
    #[arg(long, value_name = "NAME")]
    body: Option<String>,
    /// The department that answers for all of them, by id
    #[arg(long, value_name = "ID")]
    department: Option<String>,
    /// The document in which all of them were published
    #[arg(long, value_name = "TITLE")]
    document: Option<String>,
    /// When it was published: 2024, 2024-01 or 2024-01-15
    #[arg(long, value_name = "DATE")]
    date: Option<String>,
}

/// Writes the manifests: all of them, or none and what is wrong with the table.
pub(super) fn run(words: &Words, as_json: bool) -> Result<ExitCode, Failure> {
    let (rows, mut faults) = read(&words.table)?;
    let (mut drafted, found) = draft(&words.table, &rows);
    faults.extend(found);
    if let Some(body) = &words.body {
        drafted.retain(|draft| draft.promise.body.as_deref() == Some(body));
        if drafted.is_empty() && faults.is_empty() {
            return Err(Failure::Input(format!(
                "{}: nothing in it was announced by `{body}`",
                words.table.display()
            )));
        }
    }
    for draft in &mut drafted {
        told(words, draft)?;
    }
    let table = words.table.file_name();
    let table = table.map_or_else(String::new, |name| name.to_string_lossy().into_owned());
    let mut files = Vec::new();
    for draft in &drafted {
        let path = words.out.join(format!("{}.toml", draft.promise.id));
        let text = text::manifest(draft, &table);
        if path.exists() {
            let fault = Fault::at(&path, "there is such a file already");
            faults.push(fault.remedy("take it away, or name another folder"));
        }
        // What is wrong with the manifest is wrong with the row.
        let (_, found) = city::read::promise_text(&path, &text);
        faults.extend(found.into_iter().map(|fault| {
            let at = Fault::at(&words.table, fault.what).line(draft.line);
            match fault.expected {
                Some(expected) => at.expected(expected),
                None => at,
            }
        }));
        files.push((path, text));
    }
    if !faults.is_empty() {
        return Err(Failure::faults(&faults));
    }
    write(&words.out, &files)?;
    for (draft, (path, _)) in drafted.iter().zip(&files) {
        if as_json {
            out::json(
                &json!({"file": path, "id": draft.promise.id, "unchecked": draft.promise.unchecked}),
            )?;
        } else {
            out::line(path.display().to_string())?;
        }
    }
    out::say(format!(
        "{} promises are drafted; look for `적을 곳` in them, then: madang check",
        drafted.len()
    ));
    Ok(ExitCode::SUCCESS)
}

/// What the words of the command say of every promise.
fn told(words: &Words, draft: &mut Drafted) -> Result<(), Failure> {
    let promise = &mut draft.promise;
    let mut checked = |what: Unchecked| promise.unchecked.retain(|own| *own != what);
    if let Some(id) = &words.department {
        checked(Unchecked::Department);
        promise.department = Some(id.as_str().into());
    }
    let date = words.date.as_deref().map(|date| {
        When::read(date).ok_or_else(|| {
            Failure::Usage(format!(
                "--date {date}: expected a year, a month or a day: 2024, 2024-01, 2024-01-15"
            ))
        })
    });
    promise.source.date = date.transpose()?;
    if words.document.is_some() {
        promise.unchecked.retain(|own| *own != Unchecked::Source);
        promise.source.document.clone_from(&words.document);
    }
    Ok(())
}

/// The rows of the table, in whichever encoding it is.
fn read(path: &Path) -> Result<(Vec<Announcement>, Vec<Fault>), Failure> {
    let failed = |error: std::io::Error| match error.kind() {
        std::io::ErrorKind::NotFound => {
            Failure::Input(format!("{}: there is no such file", path.display()))
        }
        _ => Failure::Machine(format!("{}: {error}", path.display())),
    };
    let size = fs::metadata(path).map_err(failed)?.len();
    if size > BYTES_MAX {
        return Err(Failure::Input(format!(
            "{}: {size} bytes are more than a table of announcements has; at most {BYTES_MAX}",
            path.display()
        )));
    }
    let bytes = fs::read(path).map_err(failed)?;
    let text = encoding::whole(&bytes, None).ok_or_else(|| {
        let fault = Fault::at(path, "the letters are in no encoding that is known");
        Failure::faults(&[fault.expected("UTF-8 or CP949")])
    })?;
    let mut reader = ReaderBuilder::new()
        .flexible(true)
        .from_reader(text.trim_start_matches('\u{feff}').as_bytes());
    let heads = reader.headers().cloned();
    let heads = heads.map_err(|error| Failure::Input(format!("{}: {error}", path.display())))?;
    let places = places(path, &heads)?;
    let (mut rows, mut faults) = (Vec::new(), Vec::new());
    for record in reader.records() {
        let record =
            record.map_err(|error| Failure::Input(format!("{}: {error}", path.display())))?;
        let line = record.position().map_or(0, csv::Position::line);
        if record.len() != heads.len() {
            let what = format!("the row has {} cells", record.len());
            let fault = Fault::at(path, what).line(line);
            faults.push(fault.expected(format!("{}, as the first line has", heads.len())));
            continue;
        }
        rows.push(row(&record, &places, line));
    }
    Ok((rows, faults))
}

/// Where each column stands; nothing of one that the table does not have.
fn places(path: &Path, heads: &StringRecord) -> Result<Vec<Option<usize>>, Failure> {
    let mut faults = Vec::new();
    let mut places = Vec::new();
    for (name, others, is_needed) in COLUMNS {
        let place = heads.iter().position(|head| {
            let head = head.trim().to_lowercase();
            head == name || others.contains(&head.as_str())
        });
        if place.is_none() && is_needed {
            let fault = Fault::at(path, format!("the table has no column `{name}`")).line(1);
            faults.push(fault.expected(format!("`{name}`, or one of {}", others.join(", "))));
        }
        places.push(place);
    }
    if faults.is_empty() {
        Ok(places)
    } else {
        Err(Failure::faults(&faults))
    }
}

fn row(record: &StringRecord, places: &[Option<usize>], line: u64) -> Announcement {
    let cell = |at: usize| {
        let place = places.get(at).copied().flatten();
        let text = place.and_then(|place| record.get(place));
        text.unwrap_or_default().trim().to_owned()
    };
    Announcement {
        line,
        id: cell(0),
        body: cell(1),
        topic: cell(2),
        statement: cell(3),
        quantity: cell(4),
        unit: cell(5),
        period: cell(6),
        due: cell(7),
        said: cell(8),
        note: cell(9),
    }
}

/// All files, or none.
fn write(folder: &Path, files: &[(PathBuf, String)]) -> Result<(), Failure> {
    fs::create_dir_all(folder)?;
    let mut written: Vec<&Path> = Vec::new();
    for (path, text) in files {
        let new = fs::File::create_new(path).and_then(|mut file| {
            written.push(path);
            file.write_all(text.as_bytes())?;
            file.sync_all()
        });
        if let Err(error) = new {
            for path in written {
                // What cannot be taken back is named below.
                let _left = fs::remove_file(path);
            }
            return Err(Failure::Machine(format!("{}: {error}", path.display())));
        }
    }
    Ok(())
}
