//! Random questions of random people under random policies, against the same question on a copy from which everything
//! they may not see was taken away row by row. `POLICY_CASES=20000` asks more.
//!
//! What a policy means is said a second time in `ruled`: by value, for a purpose, at an hour; and the tables are those of
//! now or of before.

use std::sync::Arc;

use access::{At, Filter, Person, Purpose, Reader, Rows, Sort};
use arrow::array::{ArrayRef, Date32Array, Float64Array, Int64Array, RecordBatch, StringArray};
use chrono::{Datelike as _, TimeDelta, Timelike as _};
use city::DatasetId;
use city::dataset::LoadMode::Snapshot;

use crate::dice::Dice;
use crate::questions::{Asked, question};
use crate::ruled::{KEY, Moment, Policy, Row, Value, is_given, seen};
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

fn reader(town: &Town, name: &str, purpose: &str) -> Reader {
    let person = town.door.person(name).unwrap_or_else(Person::anyone);
    town.door.reader(person, Purpose::new(purpose))
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
    (dataset, at): (&str, &At),
) -> (Result<Vec<String>, &'static str>, u64) {
    match asked {
        Asked::Sql(sql) => (
            sorted(told(reader, &sql.replace("{t}", dataset), at.clone()).await),
            0,
        ),
        Asked::Rows {
            filter,
            sort,
            columns,
        } => {
            let question = Rows {
                dataset: DatasetId::from(dataset),
                at: at.clone(),
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

/// What somebody may ask of, and under what.
struct Case<'c> {
    policies: &'c [Policy],
    words: &'c str,
    purpose: &'static str,
    /// The rows, and in which state of the dataset they are.
    rows: &'c [Row],
    at: At,
}

/// Asks as somebody, and on the copy of what they see.
async fn ask_as(
    town: &Town,
    (name, roles, dongs): (&str, &[&str], &[&str]),
    case: &Case<'_>,
    (dice, tried): (&mut Dice, &mut Tried),
) {
    let Case {
        policies, words, ..
    } = case;
    let shown = (0..COLUMNS.len()).filter(|at| is_given(policies, roles, *at));
    let expected: Vec<&str> = shown.map(|at| COLUMNS[at]).collect();
    let reader = reader(town, name, case.purpose);
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
        let denied = sorted(told(&reader, "select 1 from residents", case.at.clone()).await);
        assert_eq!(denied, Err("denied"), "{name} under\n{words}");
        return;
    }
    let copy = copy_of(case.rows, policies, roles, dongs);
    tried.cut += u64::from(copy != case.rows);
    town.load_as("copy", Some(Snapshot), &batch(&copy), &[])
        .await;
    let operator = town.door.reader(Person::local(), Purpose::default());
    for _ in 0..20 {
        let asked = question(dice, &expected);
        let own = answers(&reader, &asked, ("residents", &case.at)).await;
        let right = answers(&operator, &asked, ("copy", &At::Latest)).await;
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
    town.door.set_key(KEY);
    let mut tried = Tried::default();
    let mut before: Option<(i64, Vec<Row>)> = None;
    while tried.cases < wanted && tried.wrong.is_empty() {
        town.clock
            .advance(TimeDelta::hours(dice.between(1, 60)) + TimeDelta::minutes(7));
        let all = people(&mut dice, 40);
        let loaded = town
            .load_as("residents", Some(Snapshot), &batch(&all), &[])
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
            let now = city::calendar::korean_time(town.now());
            let moment = Moment {
                purpose: dice.pick::<&str>(&["complaint", "other"]),
                hour: now.hour().into(),
                weekday: now.weekday().number_from_monday().into(),
            };
            let in_force = policies.iter().filter(|policy| policy.applies(moment));
            let in_force: Vec<Policy> = in_force.cloned().collect();
            // A third of the questions go back to the state before this one.
            let (rows, at) = match before.as_ref().filter(|_| dice.below(3) == 0) {
                Some((number, rows)) => (rows, At::Version(*number)),
                None => (&all, At::Latest),
            };
            let case = Case {
                policies: &in_force,
                words: &words,
                purpose: moment.purpose,
                rows,
                at,
            };
            ask_as(&town, somebody, &case, (&mut dice, &mut tried)).await;
        }
        before = Some((loaded.number, all));
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
