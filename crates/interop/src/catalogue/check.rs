//! Whether a published list tells the truth: what it says beside what is so.

use std::collections::{BTreeSet, HashMap};
use std::fmt;
use std::sync::Arc;

use access::{AskError, Door};
use chrono::NaiveDate;
use city::DatasetId;
use city::dataset::Release;
use serde::Serialize;

use super::field::{Field, tight};
use super::read::Entry;
use super::row::Form;
use super::truth::{Loaded, Truth, Truths};
use super::words::{self, cadences, count, date, grouped, is_phone, licence_of};

/// A list says what is not so.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct Contradiction {
    /// Line of the list.
    pub line: u64,
    /// The entry, as the list names it.
    pub entry: String,
    /// The dataset it is about, if it is one of the city's.
    pub dataset: Option<DatasetId>,
    /// The field, by its heading.
    pub field: &'static str,
    /// What the list says.
    pub says: String,
    /// What is so.
    pub is: String,
    /// Where that is known from: a version and its load, a manifest, another line.
    pub from: String,
}

impl fmt::Display for Contradiction {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let Self {
            line,
            entry,
            field,
            says,
            is,
            from,
            ..
        } = self;
        write!(
            f,
            "{line}: {entry}: {field}: the list says {says}; true is {is} ({from})"
        )
    }
}

/// Checks a list entry by entry; it remembers the keys it saw and the datasets it met.
pub struct Checker {
    today: NaiveDate,
    truths: Truths,
    keys: HashMap<String, u64>,
    met: BTreeSet<DatasetId>,
    strangers: u64,
}

impl Checker {
    /// What is true today.
    ///
    /// # Errors
    /// When the lake cannot be read.
    pub fn new(door: &Arc<Door>, today: NaiveDate) -> Result<Self, AskError> {
        Ok(Self {
            today,
            truths: Truths::new(door)?,
            keys: HashMap::new(),
            met: BTreeSet::new(),
            strangers: 0,
        })
    }

    /// Everything an entry says that is not so.
    pub fn entry(&mut self, entry: &Entry) -> Vec<Contradiction> {
        let by_key = self.truths.by_key(entry).cloned();
        let by_name = self.truths.by_name(entry).cloned();
        let dataset = by_key.clone().or_else(|| by_name.clone());
        let mut told = Told {
            entry,
            dataset: dataset.clone(),
            found: Vec::new(),
        };
        self.key(&mut told);
        let last = dataset
            .as_ref()
            .and_then(|id| self.truths.of(id)?.loaded.as_ref());
        by_itself(&mut told, self.today, last);
        if let (Some(by_key), Some(by_name)) = (&by_key, &by_name)
            && by_key != by_name
        {
            let is = format!("the key of {by_key}");
            told.tell(Field::Key, &is, "the manifests' [portal] keys");
        }
        if let Some(truth) = dataset.as_ref().and_then(|id| self.truths.of(id)) {
            beside(&mut told, truth);
        } else if self.truths.is_ours(entry) {
            self.strangers += 1;
        }
        let found = told.found;
        self.met.extend(dataset);
        found
    }

    /// A key names one entry of each kind; of a standard dataset it names one of each provider.
    fn key(&mut self, told: &mut Told<'_>) {
        let entry = told.entry;
        let Some(key) = entry.get(Field::Key) else {
            return;
        };
        if key.len() != 8 || !key.bytes().all(|byte| byte.is_ascii_digit()) {
            told.tell(Field::Key, "no key", "a 목록키 has eight digits");
        }
        let kind = entry.get(Field::Kind).unwrap_or_default();
        let provider = entry.get(Field::Provider).filter(|_| kind == "STD");
        let named = format!("{key}\n{kind}\n{}", provider.unwrap_or_default());
        if let Some(line) = self.keys.get(&named) {
            told.tell(
                Field::Key,
                "the key of another entry",
                &format!("line {line}"),
            );
        } else {
            self.keys.insert(named, entry.line);
        }
    }

    /// How many datasets of the city the list has.
    pub fn matched(&self) -> usize {
        self.met.len()
    }

    /// Entries of this provider that are no dataset of the city.
    pub fn strangers(&self) -> u64 {
        self.strangers
    }

    /// Open datasets with a version that the list has not.
    pub fn missing(&self) -> Vec<&DatasetId> {
        let open = self.truths.open();
        open.filter(|id| !self.met.contains(*id)).collect()
    }
}

/// What was found of one entry.
struct Told<'e> {
    entry: &'e Entry,
    dataset: Option<DatasetId>,
    found: Vec<Contradiction>,
}

impl Told<'_> {
    fn tell(&mut self, field: Field, is: &str, from: &str) {
        let says = self.entry.get(field).unwrap_or(words::NONE).to_owned();
        self.tell_of(field.heading(), says, is, from);
    }

    fn tell_of(&mut self, field: &'static str, says: String, is: &str, from: &str) {
        let mut names = [Field::Name, Field::FileName, Field::Key].into_iter();
        let name = names.find_map(|field| self.entry.get(field));
        self.found.push(Contradiction {
            line: self.entry.line,
            entry: name.unwrap_or(words::NONE).to_owned(),
            dataset: self.dataset.clone(),
            field,
            says,
            is: is.to_owned(),
            from: from.to_owned(),
        });
    }
}

/// What cannot be so whatever the data are.
fn by_itself(told: &mut Told<'_>, today: NaiveDate, last: Option<&Loaded>) {
    let entry = told.entry;
    if let Some(phone) = entry.get(Field::Phone)
        && !is_phone(phone)
    {
        told.tell(Field::Phone, "no telephone number", "its form");
    }
    if let Some(address) = entry.get(Field::Address)
        && !has_scheme(address)
    {
        told.tell(Field::Address, "no address: it has no scheme", "its form");
    }
    let mut day = |field: Field| {
        let text = entry.get(field)?;
        let day = date(text);
        if day.is_none() {
            told.tell(field, "no day", "its form");
        }
        day
    };
    let (issued, modified) = (day(Field::Issued), day(Field::Modified));
    let due = day(Field::NextDue);
    if let (Some(issued), Some(modified)) = (issued, modified)
        && issued > modified
    {
        let is = format!("after the day of change, {modified}");
        told.tell(Field::Issued, &is, Field::Modified.heading());
    }
    if due.is_some_and(|due| due < today) {
        let from = last.map_or("the calendar", |last| last.from.as_str());
        let is = match last {
            Some(last) => format!(
                "overdue: today is {today}, the newest is of {}",
                last.modified
            ),
            None => format!("overdue: today is {today}"),
        };
        told.tell(Field::NextDue, &is, from);
    }
}

fn has_scheme(address: &str) -> bool {
    let lower = address.to_ascii_lowercase();
    let rest = lower
        .strip_prefix("https://")
        .or_else(|| lower.strip_prefix("http://"));
    rest.is_some_and(|rest| !rest.is_empty() && !rest.starts_with('/'))
}

/// What is otherwise in the city.
fn beside(told: &mut Told<'_>, truth: &Truth) {
    if truth.release != Release::Open {
        let is = match truth.release {
            Release::OnRequest => "given on request only",
            _ => "not given outside",
        };
        told.tell(Field::Kind, is, &truth.manifest);
        return;
    }
    declared(told, truth);
    let Some(loaded) = &truth.loaded else {
        for field in [Field::Rows, Field::Modified] {
            if told.entry.get(field).is_some() {
                told.tell(field, "unknown: nothing is loaded", &truth.manifest);
            }
        }
        return;
    };
    if let Some(rows) = told.entry.get(Field::Rows)
        && count(rows) != Some(loaded.rows)
    {
        told.tell(Field::Rows, &grouped(loaded.rows), &loaded.from);
    }
    if let Some(day) = told.entry.get(Field::Modified).and_then(date)
        && day != loaded.modified
    {
        told.tell(Field::Modified, &loaded.modified.to_string(), &loaded.from);
    }
    formats(told, truth, loaded);
    columns(told, truth, loaded);
}

/// Cadence and licence, where the list uses words that are known.
fn declared(told: &mut Told<'_>, truth: &Truth) {
    let meant = told.entry.get(Field::Cadence).map_or(&[][..], cadences);
    if !meant.is_empty() && !meant.contains(&truth.cadence) {
        told.tell(
            Field::Cadence,
            words::cadence(truth.cadence),
            &truth.manifest,
        );
    }
    let meant = told.entry.get(Field::Licence).and_then(licence_of);
    if meant.is_some_and(|meant| meant != truth.licence) {
        let is = words::licence(truth.licence).unwrap_or("not given outside");
        told.tell(Field::Licence, is, &truth.manifest);
    }
}

fn formats(told: &mut Told<'_>, truth: &Truth, loaded: &Loaded) {
    let Some(text) = told.entry.get(Field::Format) else {
        return;
    };
    let form = match told.entry.get(Field::Kind) {
        Some("API") => Form::Api,
        _ => Form::File,
    };
    let given = truth.formats(form);
    let said = text.to_uppercase();
    let said = said
        .split(['+', ',', '/', ';', ' '])
        .map(|one| one.trim_matches('.'));
    let all_are = said
        .filter(|one| !one.is_empty())
        .all(|one| given.contains(one));
    if !all_are {
        let is = given.into_iter().collect::<Vec<_>>().join("+");
        told.tell(Field::Format, &is, &loaded.from);
    }
}

fn columns(told: &mut Told<'_>, truth: &Truth, loaded: &Loaded) {
    let Some(text) = told.entry.columns() else {
        return;
    };
    let listed: BTreeSet<String> = text
        .split([',', ';', '|', '\n'])
        .map(tight)
        .filter(|one| !one.is_empty())
        .collect();
    let is_place = |one: &str| truth.has_places && matches!(one, "경도" | "위도");
    let is_known = |one: &str| is_place(one) || truth.columns.iter().any(|own| own.is_called(one));
    let unknown: Vec<&str> = listed
        .iter()
        .map(String::as_str)
        .filter(|one| !is_known(one))
        .collect();
    if !unknown.is_empty() {
        told.tell_of(
            "컬럼",
            unknown.join(", "),
            "no column of the file",
            &loaded.from,
        );
    }
    let left_out: Vec<&str> = truth
        .columns
        .iter()
        .filter(|own| !listed.iter().any(|one| own.is_called(one)))
        .map(|own| own.title.as_str())
        .collect();
    if !left_out.is_empty() {
        let is = format!("also {}", left_out.join(", "));
        let says = format!("{} columns", listed.len());
        told.tell_of("컬럼", says, &is, &loaded.from);
    }
}
