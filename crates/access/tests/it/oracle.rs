//! Random questions of random people under random policies, against the same question on a copy from which everything
//! they may not see was taken away row by row. `POLICY_CASES=20000` asks more.
//!
//! What a policy means is said here a second time, by other means: value by value, with no plan and no Cedar.

use std::sync::Arc;

use access::{At, Filter, Person, Purpose, Reader, Rows, Sort};
use arrow::array::{ArrayRef, Date32Array, Float64Array, Int64Array, RecordBatch, StringArray};
use chrono::{Datelike, NaiveDate, TimeDelta};
use city::DatasetId;
use city::dataset::LoadMode::Snapshot;

use crate::dice::Dice;
use crate::questions::{Asked, question};
use crate::town::{Rules, Town, governed, kind, rows, table, told};

pub(crate) const COLUMNS: [&str; 7] = ["id", "dong", "name", "phone", "born", "age", "score"];

pub(crate) const PEOPLE: &str = r#"
roles = [{ id = "clerk", title = "담당" }, { id = "officer", title = "책임관" }]
purposes = [{ id = "complaint", title = "민원 처리" }]
departments = [{ id = "transport", attributes = { dong = ["가온동"] } }]
accounts = [
  { name = "clerk", roles = ["clerk"], department = "transport" },
  { name = "roamer", roles = ["clerk"], attributes = { dong = ["나래동", "가온동"] } },
  { name = "officer", roles = ["officer"] },
  { name = "both", roles = ["officer", "clerk"], attributes = { dong = ["다솜동"] } },
]
"#;

/// A value of a row.
#[derive(Clone, Debug, PartialEq)]
enum Value {
    None,
    Whole(i64),
    Number(f64),
    Text(String),
    Day(i32),
}

type Row = Vec<Value>;

/// Words of a mask, and what it leaves of a value.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Mask {
    Redact,
    Last(usize),
    First(usize),
    Year,
    Range(i64),
    Null,
}

impl Mask {
    fn words(self) -> String {
        match self {
            Self::Redact => "redact".to_owned(),
            Self::Last(count) => format!("last {count}"),
            Self::First(count) => format!("first {count}"),
            Self::Year => "year".to_owned(),
            Self::Range(width) => format!("range {width}"),
            Self::Null => "null".to_owned(),
        }
    }

    fn of(self, value: &Value) -> Value {
        match (self, value) {
            (Self::Redact, Value::Text(_)) => Value::Text("***".to_owned()),
            (Self::Last(count), Value::Text(text)) => {
                let letters: Vec<char> = text.chars().collect();
                let end = if letters.len() > count {
                    letters[letters.len() - count..].iter().collect()
                } else {
                    String::new()
                };
                Value::Text(format!("***{end}"))
            }
            (Self::First(count), Value::Text(text)) => {
                let letters: Vec<char> = text.chars().collect();
                let begin = if letters.len() > count {
                    letters[..count].iter().collect()
                } else {
                    String::new()
                };
                Value::Text(format!("{begin}***"))
            }
            (Self::Year, Value::Day(days)) => {
                let day = NaiveDate::default() + TimeDelta::days((*days).into());
                let first = NaiveDate::from_ymd_opt(day.year(), 1, 1).unwrap();
                let days = (first - NaiveDate::default()).num_days();
                Value::Day(i32::try_from(days).unwrap())
            }
            (Self::Year, Value::Text(text)) => {
                let year: String = text.chars().take(4).collect();
                let is_year = year.len() == 4 && year.chars().all(|sign| sign.is_ascii_digit());
                if is_year {
                    Value::Text(year)
                } else {
                    Value::None
                }
            }
            (Self::Range(width), Value::Whole(number)) => {
                Value::Whole(number.div_euclid(width) * width)
            }
            (Self::Range(width), Value::Number(number)) => {
                let width = f64::from(i32::try_from(width).unwrap());
                Value::Number((number / width).floor() * width)
            }
            _ => Value::None,
        }
    }
}

/// A condition on rows: its words, and whether it holds (nothing: not known).
#[derive(Clone, Debug)]
enum Condition {
    DongOfPerson,
    DongNotOfPerson,
    Older(i64),
    NoPhone,
    In(Vec<&'static str>),
    Not(Box<Self>),
    And(Box<Self>, Box<Self>),
    Or(Box<Self>, Box<Self>),
}

impl Condition {
    fn random(dice: &mut Dice, depth: u32) -> Self {
        match dice.below(if depth == 0 { 5 } else { 8 }) {
            0 => Self::DongOfPerson,
            1 => Self::DongNotOfPerson,
            2 => Self::Older(dice.between(20, 60)),
            3 => Self::NoPhone,
            4 => Self::In(vec!["가온동", "다솜동"]),
            5 => Self::Not(Box::new(Self::random(dice, depth - 1))),
            6 => {
                let left = Self::random(dice, depth - 1);
                Self::And(Box::new(left), Box::new(Self::random(dice, depth - 1)))
            }
            _ => {
                let left = Self::random(dice, depth - 1);
                Self::Or(Box::new(left), Box::new(Self::random(dice, depth - 1)))
            }
        }
    }

    fn words(&self) -> String {
        match self {
            Self::DongOfPerson => "dong == person.dong".to_owned(),
            Self::DongNotOfPerson => "dong != person.dong".to_owned(),
            Self::Older(age) => format!("age >= {age}"),
            Self::NoPhone => "phone is null".to_owned(),
            Self::In(dongs) => format!("dong in ['{}']", dongs.join("', '")),
            Self::Not(inner) => format!("not ({})", inner.words()),
            Self::And(left, right) => format!("({}) and ({})", left.words(), right.words()),
            Self::Or(left, right) => format!("({}) or ({})", left.words(), right.words()),
        }
    }

    fn holds(&self, row: &Row, dongs: &[&str]) -> Option<bool> {
        let dong = || match &row[1] {
            Value::Text(dong) => Some(dong.clone()),
            _ => None,
        };
        match self {
            Self::DongOfPerson | Self::DongNotOfPerson => {
                if dongs.is_empty() {
                    return None;
                }
                let is_own = dongs.contains(&dong()?.as_str());
                Some(is_own == matches!(self, Self::DongOfPerson))
            }
            Self::Older(age) => match row[5] {
                Value::Whole(own) => Some(own >= *age),
                _ => None,
            },
            Self::NoPhone => Some(row[3] == Value::None),
            Self::In(list) => Some(list.contains(&dong()?.as_str())),
            Self::Not(inner) => inner.holds(row, dongs).map(|held| !held),
            Self::And(left, right) => match (left.holds(row, dongs), right.holds(row, dongs)) {
                (Some(false), _) | (_, Some(false)) => Some(false),
                (Some(true), Some(true)) => Some(true),
                _ => None,
            },
            Self::Or(left, right) => match (left.holds(row, dongs), right.holds(row, dongs)) {
                (Some(true), _) | (_, Some(true)) => Some(true),
                (Some(false), Some(false)) => Some(false),
                _ => None,
            },
        }
    }
}

/// A policy.
#[derive(Clone, Debug)]
struct Policy {
    permits: bool,
    /// The role it is for; all where there is none.
    role: Option<&'static str>,
    /// The columns it is for; all where there are none.
    columns: Vec<usize>,
    /// Masks: of one column, or of all.
    masks: Vec<(Option<usize>, Mask)>,
    rows: Option<Condition>,
}

impl Policy {
    fn random(dice: &mut Dice) -> Self {
        let permits = dice.below(10) < 6;
        let role = *dice.pick(&[None, Some("clerk"), Some("officer")]);
        let columns = match dice.below(3) {
            0 => Vec::new(),
            _ => (0..COLUMNS.len()).filter(|_| dice.below(3) > 0).collect(),
        };
        let mut masks = Vec::new();
        if dice.below(2) == 0 {
            let mask = *dice.pick(&[
                Mask::Redact,
                Mask::Last(4),
                Mask::First(1),
                Mask::Year,
                Mask::Range(10),
                Mask::Null,
            ]);
            masks.push((None, mask));
        }
        if permits && dice.below(2) == 0 {
            let (column, mask) = *dice.pick(&[
                (3, Mask::Last(4)),
                (4, Mask::Year),
                (5, Mask::Range(7)),
                (2, Mask::First(1)),
                (6, Mask::Null),
            ]);
            masks.push((Some(column), mask));
        }
        let rows = (dice.below(2) == 0).then(|| Condition::random(dice, 2));
        Self {
            permits,
            role,
            columns,
            masks,
            rows,
        }
    }

    fn words(&self, number: usize) -> String {
        let mut text = format!("@id(\"p{number}\")\n");
        if !self.masks.is_empty() {
            let masks = self.masks.iter().map(|(column, mask)| match column {
                Some(column) => format!("{}: {}", COLUMNS[*column], mask.words()),
                None => mask.words(),
            });
            text += &format!("@mask(\"{}\")\n", masks.collect::<Vec<_>>().join(", "));
        }
        if let Some(rows) = &self.rows {
            text += &format!("@rows(\"{}\")\n", rows.words());
        }
        let role = self
            .role
            .map_or_else(String::new, |role| format!(" in Role::\"{role}\""));
        let effect = if self.permits { "permit" } else { "forbid" };
        text += &format!(
            "{effect} (principal{role}, action == Action::\"read\", resource in Dataset::\"residents\")"
        );
        if !self.columns.is_empty() {
            let names = self
                .columns
                .iter()
                .map(|column| format!("\"{}\"", COLUMNS[*column]));
            text += &format!(
                "\nwhen {{ [{}].contains(resource.name) }}",
                names.collect::<Vec<_>>().join(", ")
            );
        }
        text + ";\n"
    }

    fn decides(&self, roles: &[&str], column: usize) -> bool {
        self.role.is_none_or(|role| roles.contains(&role))
            && (self.columns.is_empty() || self.columns.contains(&column))
    }

    fn mask(&self, column: usize) -> Option<Mask> {
        let named = self.masks.iter().find(|(own, _)| *own == Some(column));
        let all = self.masks.iter().find(|(own, _)| own.is_none());
        named.or(all).map(|(_, mask)| *mask)
    }

    fn holds(&self, row: &Row, dongs: &[&str]) -> bool {
        self.rows
            .as_ref()
            .is_none_or(|rows| rows.holds(row, dongs) == Some(true))
    }
}

/// Whether a column can be seen by anybody of these roles at all.
fn is_given(policies: &[Policy], roles: &[&str], column: usize) -> bool {
    let mut own = policies
        .iter()
        .filter(|policy| policy.decides(roles, column));
    let is_limit = |policy: &Policy| !policy.masks.is_empty() || policy.rows.is_some();
    let forbidden = own
        .clone()
        .any(|policy| !policy.permits && !is_limit(policy));
    !forbidden && own.any(|policy| policy.permits)
}

/// What somebody sees of a value: nothing at all, or the value that is left.
fn seen(
    policies: &[Policy],
    roles: &[&str],
    dongs: &[&str],
    row: &Row,
    column: usize,
) -> Option<Value> {
    if !is_given(policies, roles, column) {
        return None;
    }
    let own = || {
        policies
            .iter()
            .filter(|policy| policy.decides(roles, column))
    };
    let limits: Vec<&Policy> = own().filter(|policy| !policy.permits).collect();
    if !limits.iter().all(|limit| limit.holds(row, dongs)) {
        return None;
    }
    let mut given: Vec<Option<Mask>> = Vec::new();
    for grant in own().filter(|policy| policy.permits && policy.holds(row, dongs)) {
        let masks = limits
            .iter()
            .filter_map(|limit| limit.mask(column))
            .chain(grant.mask(column));
        let both = |left: Mask, right: Mask| if left == right { left } else { Mask::Null };
        given.push(masks.reduce(both));
    }
    let best = given.iter().find(|mask| mask.is_none()).or(given.first())?;
    Some(match best {
        None => row[column].clone(),
        Some(mask) => mask.of(&row[column]),
    })
}

fn people(dice: &mut Dice, count: usize) -> Vec<Row> {
    let mut rows = Vec::new();
    for id in 0..count {
        let missing = |dice: &mut Dice| dice.below(8) == 0;
        let text = |text: &str| Value::Text(text.to_owned());
        let dong = *dice.pick(&["가온동", "나래동", "다솜동"]);
        let name = *dice.pick(&["김민지", "이서준", "박", "Han So-ri", "남궁민수"]);
        let phone = format!("010-{:04}-{:04}", dice.below(10_000), dice.below(10_000));
        rows.push(vec![
            Value::Whole(i64::try_from(id).unwrap()),
            if missing(dice) {
                Value::None
            } else {
                text(dong)
            },
            text(name),
            if missing(dice) {
                Value::None
            } else {
                text(&phone)
            },
            if missing(dice) {
                Value::None
            } else {
                Value::Day(i32::try_from(dice.between(-9000, 15_000)).unwrap())
            },
            if missing(dice) {
                Value::None
            } else {
                Value::Whole(dice.between(0, 99))
            },
            Value::Number(f64::from(i32::try_from(dice.between(-20, 200)).unwrap()) / 2.0),
        ]);
    }
    rows
}

fn batch(rows: &[Row]) -> RecordBatch {
    let column = |at: usize| rows.iter().map(move |row| &row[at]);
    let texts = |at: usize| -> ArrayRef {
        let texts = column(at).map(|value| match value {
            Value::Text(text) => Some(text.clone()),
            _ => None,
        });
        Arc::new(texts.collect::<StringArray>())
    };
    let wholes = |at: usize| -> ArrayRef {
        let wholes = column(at).map(|value| match value {
            Value::Whole(number) => Some(*number),
            _ => None,
        });
        Arc::new(wholes.collect::<Int64Array>())
    };
    let days = column(4).map(|value| match value {
        Value::Day(day) => Some(*day),
        _ => None,
    });
    let numbers = column(6).map(|value| match value {
        Value::Number(number) => Some(*number),
        _ => None,
    });
    let days: ArrayRef = Arc::new(days.collect::<Date32Array>());
    let numbers: ArrayRef = Arc::new(numbers.collect::<Float64Array>());
    table(&[
        ("id", wholes(0)),
        ("dong", texts(1)),
        ("name", texts(2)),
        ("phone", texts(3)),
        ("born", days),
        ("age", wholes(5)),
        ("score", numbers),
    ])
}

/// Somebody: an account, the roles the policies know, what is known of them.
const SOMEBODY: [(&str, &[&str], &[&str]); 5] = [
    ("clerk", &["clerk", "public"], &["가온동"]),
    ("roamer", &["clerk", "public"], &["나래동", "가온동"]),
    ("officer", &["officer", "public"], &[]),
    ("both", &["officer", "clerk", "public"], &["다솜동"]),
    ("public", &["public"], &[]),
];

fn reader(town: &Town, name: &str) -> Reader {
    let person = town.door.person(name).unwrap_or_else(Person::anyone);
    town.door.reader(person, Purpose::default())
}

fn sorted(found: Result<Vec<String>, access::AskError>) -> Result<Vec<String>, &'static str> {
    match found {
        Ok(lines) => {
            // A column without a name of its own is called after the table.
            let lines = lines.into_iter();
            let mut lines: Vec<String> = lines
                .map(|line| line.replace("copy.", "residents."))
                .collect();
            lines.sort();
            Ok(lines)
        }
        Err(error) => Err(kind(&error)),
    }
}

async fn answers(
    reader: &Reader,
    asked: &Asked,
    dataset: &str,
) -> (Result<Vec<String>, &'static str>, u64) {
    match asked {
        Asked::Sql(sql) => (
            sorted(told(reader, &sql.replace("{t}", dataset), At::Latest).await),
            0,
        ),
        Asked::Rows {
            filter,
            sort,
            columns,
        } => {
            let question = Rows {
                dataset: DatasetId::from(dataset),
                filters: filter
                    .iter()
                    .filter_map(|text| Filter::read(text))
                    .collect(),
                sort: sort
                    .iter()
                    .map(|column| Sort {
                        column: column.clone(),
                        descending: true,
                    })
                    .collect(),
                columns: columns.clone(),
                ..Rows::default()
            };
            let count = reader.count(&question).await.unwrap_or(u64::MAX);
            (sorted(rows(reader, &question).await), count)
        }
    }
}

/// A number from the environment.
fn number(name: &str) -> Option<u64> {
    std::env::var_os(name)?.to_str()?.parse().ok()
}

/// What was tried.
#[derive(Default)]
struct Tried {
    cases: u64,
    /// People from whom something was hidden.
    cut: u64,
    wrong: Vec<String>,
}

/// What of some rows somebody sees, row by row.
fn copy_of(all: &[Row], policies: &[Policy], roles: &[&str], dongs: &[&str]) -> Vec<Row> {
    let copied = all.iter().filter_map(|row| {
        let cells: Vec<Option<Value>> = (0..COLUMNS.len())
            .map(|at| seen(policies, roles, dongs, row, at))
            .collect();
        let is_seen = cells.iter().any(Option::is_some);
        is_seen.then(|| {
            let cells = cells.into_iter();
            cells.map(|cell| cell.unwrap_or(Value::None)).collect()
        })
    });
    copied.collect()
}

/// Asks as somebody, and on the copy of what they see.
async fn ask_as(
    town: &Town,
    (name, roles, dongs): (&str, &[&str], &[&str]),
    (policies, words): (&[Policy], &str),
    all: &[Row],
    (dice, tried): (&mut Dice, &mut Tried),
) {
    let shown = (0..COLUMNS.len()).filter(|at| is_given(policies, roles, *at));
    let expected: Vec<&str> = shown.map(|at| COLUMNS[at]).collect();
    let reader = reader(town, name);
    let found: Vec<&str> = reader
        .dataset("residents")
        .map(|own| {
            own.columns
                .iter()
                .map(|column| column.name.as_str())
                .collect()
        })
        .unwrap_or_default();
    assert_eq!(found, expected, "{name} under\n{words}");
    if expected.is_empty() {
        let denied = sorted(told(&reader, "select 1 from residents", At::Latest).await);
        assert_eq!(denied, Err("denied"), "{name} under\n{words}");
        return;
    }
    let copy = copy_of(all, policies, roles, dongs);
    tried.cut += u64::from(copy != all);
    town.load_as("copy", Some(Snapshot), &batch(&copy), &[])
        .await;
    let operator = town.door.reader(Person::local(), Purpose::default());
    for _ in 0..20 {
        let asked = question(dice, &expected);
        let own = answers(&reader, &asked, "residents").await;
        let right = answers(&operator, &asked, "copy").await;
        if own != right {
            tried.wrong.push(format!(
                "{name}: {asked:?}\nunder\n{words}\n{own:#?}\nis not\n{right:#?}"
            ));
        }
        tried.cases += 1;
    }
}

#[tokio::test]
async fn random_questions_are_answered_as_on_a_copy_without_what_is_hidden() {
    let wanted = number("POLICY_CASES").unwrap_or(2_000);
    let mut dice = Dice::new(number("POLICY_SEED").unwrap_or(20_261_126));
    let town = governed(Rules {
        people: PEOPLE,
        policies: "",
    })
    .await;
    let mut tried = Tried::default();
    while tried.cases < wanted && tried.wrong.is_empty() {
        let all = people(&mut dice, 40);
        town.load_as("residents", Some(Snapshot), &batch(&all), &[])
            .await;
        let count = dice.between(1, 5);
        let policies: Vec<Policy> = (0..count).map(|_| Policy::random(&mut dice)).collect();
        let numbered = policies.iter().enumerate();
        let words: String = numbered.map(|(at, policy)| policy.words(at)).collect();
        let rules = Rules {
            people: PEOPLE,
            policies: &words,
        };
        let by = Person::local();
        if let Err(faults) = town.door.renew(&by, rules.people(), &rules.texts()).await {
            panic!("{faults:#?}\n{words}");
        }
        for somebody in SOMEBODY {
            let under = (policies.as_slice(), words.as_str());
            ask_as(&town, somebody, under, &all, (&mut dice, &mut tried)).await;
        }
    }
    let Tried { cases, cut, wrong } = tried;
    assert!(
        wrong.is_empty(),
        "{} wrong of {cases}\n{}",
        wrong.len(),
        wrong.first().unwrap()
    );
    assert!(cut > cases / 200, "policies that hide something: {cut}");
}
