//! Random policies, and what they mean, said a second time: value by value, with no plan and no Cedar.

use chrono::{Datelike, NaiveDate, TimeDelta};
use hmac::{Hmac, KeyInit as _, Mac as _};
use sha2::Sha256;

use crate::dice::Dice;
use crate::oracle::COLUMNS;

/// The key of hashed values.
pub(crate) const KEY: &[u8] = b"a key of this town";

/// A value of a row.
#[derive(Clone, Debug, PartialEq)]
pub(crate) enum Value {
    None,
    Whole(i64),
    Number(f64),
    Text(String),
    Day(i32),
}

pub(crate) type Row = Vec<Value>;

/// Words of a mask, and what it leaves of a value.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Mask {
    Redact,
    Last(usize),
    First(usize),
    Year,
    Range(i64),
    Hash,
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
            Self::Hash => "hash".to_owned(),
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
            (Self::Hash, Value::Text(text)) => {
                let mut hash = Hmac::<Sha256>::new_from_slice(KEY).unwrap();
                hash.update(text.as_bytes());
                let bytes = hash.finalize().into_bytes();
                // 96 bits.
                let letters = bytes.iter().take(12).map(|byte| format!("{byte:02x}"));
                Value::Text(letters.collect())
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

/// For what, and at which hour in Korea, something is asked.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Moment {
    /// The id of a purpose.
    pub(crate) purpose: &'static str,
    pub(crate) hour: u64,
    /// 1 is Monday.
    pub(crate) weekday: u64,
}

/// When a policy applies.
#[derive(Clone, Copy, Debug)]
enum When {
    For(&'static str),
    NotFor(&'static str),
    Before(u64),
    From(u64),
    Weekend,
}

impl When {
    fn words(self) -> String {
        match self {
            Self::For(purpose) => format!("context.purpose == Purpose::\"{purpose}\""),
            Self::NotFor(purpose) => format!("context.purpose != Purpose::\"{purpose}\""),
            Self::Before(hour) => format!("context.hour < {hour}"),
            Self::From(hour) => format!("context.hour >= {hour}"),
            Self::Weekend => "context.weekday > 5".to_owned(),
        }
    }

    fn is(self, moment: Moment) -> bool {
        match self {
            Self::For(purpose) => moment.purpose == purpose,
            Self::NotFor(purpose) => moment.purpose != purpose,
            Self::Before(hour) => moment.hour < hour,
            Self::From(hour) => moment.hour >= hour,
            Self::Weekend => moment.weekday > 5,
        }
    }
}

/// A policy.
#[derive(Clone, Debug)]
pub(crate) struct Policy {
    permits: bool,
    /// The role it is for; all where there is none.
    role: Option<&'static str>,
    /// The columns it is for; all where there are none.
    columns: Vec<usize>,
    /// Masks: of one column, or of all.
    masks: Vec<(Option<usize>, Mask)>,
    rows: Option<Condition>,
    /// Always where there is none.
    when: Option<When>,
}

impl Policy {
    /// Whether it counts for what is asked now.
    pub(crate) fn applies(&self, moment: Moment) -> bool {
        self.when.is_none_or(|when| when.is(moment))
    }

    pub(crate) fn random(dice: &mut Dice) -> Self {
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
                Mask::Hash,
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
                (3, Mask::Hash),
                (6, Mask::Null),
            ]);
            masks.push((Some(column), mask));
        }
        let rows = (dice.below(2) == 0).then(|| Condition::random(dice, 2));
        let hour = 6 + dice.below(12);
        let when = match dice.below(4) {
            0 => Some(*dice.pick(&[
                When::For("complaint"),
                When::NotFor("complaint"),
                When::Before(hour),
                When::From(hour),
                When::Weekend,
            ])),
            _ => None,
        };
        Self {
            permits,
            role,
            columns,
            masks,
            rows,
            when,
        }
    }

    pub(crate) fn words(&self, number: usize) -> String {
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
        let named = (!self.columns.is_empty()).then(|| {
            let names = self
                .columns
                .iter()
                .map(|column| format!("\"{}\"", COLUMNS[*column]));
            let names: Vec<String> = names.collect();
            format!("[{}].contains(resource.name)", names.join(", "))
        });
        let conditions: Vec<String> = named
            .into_iter()
            .chain(self.when.map(When::words))
            .collect();
        if !conditions.is_empty() {
            text += &format!("\nwhen {{ {} }}", conditions.join(" && "));
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
pub(crate) fn is_given(policies: &[Policy], roles: &[&str], column: usize) -> bool {
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
pub(crate) fn seen(
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
