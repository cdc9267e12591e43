//! Forms a value can have, and a value beside its form.

use chrono::DateTime;
use serde_json::{Map, Value};

use super::check::{Finding, Rule};

/// A form.
pub(crate) enum Form {
    /// Text.
    Text,
    /// An address of mail.
    Mail,
    /// An address in the web.
    Address,
    /// A moment with its offset.
    Moment,
    /// A version such as `4.2`.
    Version,
    /// A number that is not below a limit.
    Number(f64),
    /// A whole number that is not below a limit.
    Whole(i64),
    /// True or false.
    Flag,
    /// One of some words.
    Word(&'static [&'static str]),
    /// A list of at least so many.
    List(usize, &'static Form),
    /// A list of which no item stands twice.
    Set(&'static Form),
    /// A table.
    Table(&'static Shape),
    /// A geometry of one of these kinds.
    Geometry(&'static [&'static str]),
}

/// A key of a table.
pub(crate) struct Key {
    pub(crate) name: &'static str,
    pub(crate) form: Form,
    pub(crate) is_needed: bool,
}

/// A key that must be there.
pub(crate) const fn must(name: &'static str, form: Form) -> Key {
    Key {
        name,
        form,
        is_needed: true,
    }
}

/// A key that may be there.
pub(crate) const fn may(name: &'static str, form: Form) -> Key {
    Key {
        name,
        form,
        is_needed: false,
    }
}

/// The keys of a table. Others may stand beside them: the standard allows what it does not know.
pub(crate) struct Shape {
    pub(crate) keys: &'static [Key],
    /// Of each pair at least one must be there.
    pub(crate) either: &'static [[&'static str; 2]],
    /// Where the first is, the second must be.
    pub(crate) with: &'static [(&'static str, &'static str)],
}

impl Shape {
    /// A table of keys and nothing more.
    pub(crate) const fn of(keys: &'static [Key]) -> Self {
        Self {
            keys,
            either: &[],
            with: &[],
        }
    }
}

/// Collects what is wrong.
pub(crate) struct Walk {
    pub(crate) findings: Vec<Finding>,
}

/// Most findings that are told: a feed that is another kind of file has as many as it has values.
const FINDINGS_MAX: usize = 200;

impl Walk {
    pub(crate) fn tell(&mut self, path: &str, what: String, expected: impl Into<String>) {
        self.tell_of(Rule::Form, path, what, expected);
    }

    pub(crate) fn tell_of(
        &mut self,
        rule: Rule,
        path: &str,
        what: String,
        expected: impl Into<String>,
    ) {
        if self.findings.len() < FINDINGS_MAX {
            self.findings.push(Finding {
                path: path.to_owned(),
                rule,
                what,
                expected: expected.into(),
            });
        }
    }

    /// A table, if the value is one.
    pub(crate) fn table<'v>(
        &mut self,
        value: &'v Value,
        path: &str,
    ) -> Option<&'v Map<String, Value>> {
        let table = value.as_object();
        if table.is_none() {
            self.tell(path, format!("found {}", kind(value)), "an object");
        }
        table
    }

    pub(crate) fn shape(&mut self, value: &Value, shape: &Shape, path: &str) {
        let Some(table) = self.table(value, path) else {
            return;
        };
        for key in shape.keys {
            match table.get(key.name) {
                Some(own) => self.form(own, &key.form, &format!("{path}.{}", key.name)),
                None if key.is_needed => {
                    self.tell(path, format!("`{}` is missing", key.name), key.form.name());
                }
                None => {}
            }
        }
        for [one, other] in shape.either {
            if !table.contains_key(*one) && !table.contains_key(*other) {
                let what = format!("`{one}` is missing");
                self.tell(
                    path,
                    what,
                    format!("`{one}`, or `{other}` of earlier versions"),
                );
            }
        }
        for (one, other) in shape.with {
            if table.contains_key(*one) && !table.contains_key(*other) {
                let what = format!("`{one}` stands without `{other}`");
                self.tell(path, what, "both of them, or neither");
            }
        }
    }

    pub(crate) fn form(&mut self, value: &Value, form: &Form, path: &str) {
        let is_right = match form {
            Form::Text => value.is_string(),
            Form::Mail => value.as_str().is_some_and(is_mail),
            Form::Address => value.as_str().is_some_and(is_address),
            Form::Moment => value
                .as_str()
                .is_some_and(|text| DateTime::parse_from_rfc3339(text).is_ok()),
            Form::Version => value.as_str().is_some_and(is_version),
            Form::Number(least) => value.as_f64().is_some_and(|number| number >= *least),
            Form::Whole(least) => whole(value).is_some_and(|number| number >= *least),
            Form::Flag => value.is_boolean(),
            Form::Word(words) => value.as_str().is_some_and(|word| words.contains(&word)),
            Form::List(least, of) => return self.list(value, *least, of, path),
            Form::Set(of) => return self.set(value, of, path),
            Form::Table(shape) => return self.shape(value, shape, path),
            Form::Geometry(kinds) => return self.geometry(value, kinds, path),
        };
        if !is_right {
            let what = match (form, value) {
                // It looks right and is none: a number has no last 0.
                (Form::Version, Value::Number(_)) => format!("found the number {}", shown(value)),
                _ => format!("found {}", shown(value)),
            };
            self.tell(path, what, form.name());
        }
    }

    fn list(&mut self, value: &Value, least: usize, of: &Form, path: &str) {
        let Some(items) = value.as_array() else {
            self.tell(path, format!("found {}", kind(value)), "a list");
            return;
        };
        if items.len() < least {
            let what = format!("the list has {} items", items.len());
            self.tell(path, what, format!("at least {least}"));
        }
        for (at, item) in items.iter().enumerate() {
            self.form(item, of, &format!("{path}[{at}]"));
        }
    }

    fn set(&mut self, value: &Value, of: &Form, path: &str) {
        self.list(value, 0, of, path);
        let items = value.as_array().map(Vec::as_slice).unwrap_or_default();
        for (at, item) in items.iter().enumerate() {
            if items.iter().take(at).any(|before| before == item) {
                let what = format!("{} stands twice", shown(item));
                self.tell(&format!("{path}[{at}]"), what, "each value once");
            }
        }
    }

    fn geometry(&mut self, value: &Value, kinds: &[&str], path: &str) {
        let Some(table) = self.table(value, path) else {
            return;
        };
        let own = table.get("type").and_then(Value::as_str).unwrap_or("none");
        if !kinds.contains(&own) {
            let what = format!("a geometry of type `{own}`");
            self.tell(&format!("{path}.type"), what, kinds.join(" or "));
            return;
        }
        let path = format!("{path}.coordinates");
        let Some(coordinates) = table.get("coordinates") else {
            self.tell(&path, "`coordinates` is missing".to_owned(), "positions");
            return;
        };
        if own == "Point" {
            self.position(coordinates, &path);
            return;
        }
        let least = if own == "LineString" { 2 } else { 0 };
        let Some(positions) = coordinates.as_array().filter(|all| all.len() >= least) else {
            let what = format!("found {}", shown(coordinates));
            self.tell(&path, what, format!("at least {least} positions"));
            return;
        };
        for (at, position) in positions.iter().enumerate() {
            self.position(position, &format!("{path}[{at}]"));
        }
    }

    /// Longitude and latitude, in this order.
    fn position(&mut self, value: &Value, path: &str) {
        let numbers = value.as_array().map(|all| {
            let numbers = all.iter().map(Value::as_f64);
            numbers.collect::<Option<Vec<f64>>>()
        });
        let is_right = matches!(numbers.flatten().as_deref(), Some([x, y, ..]) if x.abs() <= 180.0 && y.abs() <= 90.0);
        if !is_right {
            let what = format!("found {}", position(value));
            let expected = "longitude (-180 to 180) and latitude (-90 to 90), in this order";
            self.tell(path, what, expected);
        }
    }
}

/// A position as it stands, if it is a list of a few values; it is told where it may be swapped.
fn position(value: &Value) -> String {
    let Some(numbers) = value.as_array().filter(|all| (1..=3).contains(&all.len())) else {
        return shown(value);
    };
    let is_swapped = match numbers.as_slice() {
        [one, other, ..] => {
            let (one, other) = (one.as_f64(), other.as_f64());
            one.is_some_and(|own| own.abs() <= 90.0)
                && other.is_some_and(|own| (90.0..=180.0).contains(&own.abs()))
        }
        _ => false,
    };
    let numbers: Vec<String> = numbers.iter().map(shown_bare).collect();
    let hint = if is_swapped {
        ", which may be swapped"
    } else {
        ""
    };
    format!("`[{}]`{hint}", numbers.join(", "))
}

/// A short value without the marks around it.
fn shown_bare(value: &Value) -> String {
    shown(value).trim_matches('`').to_owned()
}

impl Form {
    /// What is expected, in words.
    pub(crate) fn name(&self) -> String {
        match self {
            Self::Text => "text".to_owned(),
            Self::Mail => "an e-mail address".to_owned(),
            Self::Address => "an address with its scheme, such as https://…".to_owned(),
            Self::Moment => "a moment such as 2026-11-05T00:00:00Z".to_owned(),
            Self::Version => "a version as text, such as \"4.2\"".to_owned(),
            Self::Number(least) if *least > f64::MIN => format!("a number, {least} or more"),
            Self::Number(_) => "a number".to_owned(),
            Self::Whole(least) => format!("a whole number, {least} or more"),
            Self::Flag => "true or false".to_owned(),
            Self::Word(words) => format!("one of {}", words.join(", ")),
            Self::List(..) | Self::Set(_) => "a list".to_owned(),
            Self::Table(_) => "an object".to_owned(),
            Self::Geometry(kinds) => format!("a geometry: {}", kinds.join(" or ")),
        }
    }
}

/// A whole number, also where it is written as `1.0`.
pub(crate) fn whole(value: &Value) -> Option<i64> {
    let number = value.as_f64()?;
    #[expect(
        clippy::cast_possible_truncation,
        reason = "only numbers without a fraction, within what a double holds exactly"
    )]
    let whole = (number.fract() == 0.0 && number.abs() < 9e15).then_some(number as i64);
    value.as_i64().or(whole)
}

fn is_version(text: &str) -> bool {
    let part = |part: &str| {
        let digits = part.chars().all(|letter| letter.is_ascii_digit());
        digits && !part.is_empty() && (part == "0" || !part.starts_with('0'))
    };
    text.split_once('.')
        .is_some_and(|(major, minor)| part(major) && part(minor))
}

fn is_mail(text: &str) -> bool {
    let no_space = !text.contains(char::is_whitespace);
    no_space
        && text.rsplit_once('@').is_some_and(|(name, host)| {
            !name.is_empty() && !host.is_empty() && !host.starts_with('.')
        })
}

fn is_address(text: &str) -> bool {
    let no_space = !text.contains(char::is_whitespace);
    no_space
        && text.split_once(':').is_some_and(|(scheme, rest)| {
            let letters = scheme
                .chars()
                .all(|letter| letter.is_ascii_alphanumeric() || "+-.".contains(letter));
            letters
                && scheme.starts_with(|first: char| first.is_ascii_alphabetic())
                && !rest.is_empty()
        })
}

fn kind(value: &Value) -> &'static str {
    match value {
        Value::Null => "nothing (null)",
        Value::Bool(_) => "true or false",
        Value::Number(_) => "a number",
        Value::String(_) => "text",
        Value::Array(_) => "a list",
        Value::Object(_) => "an object",
    }
}

/// A value as it stands, short.
fn shown(value: &Value) -> String {
    match value {
        Value::Array(_) | Value::Object(_) | Value::Null => kind(value).to_owned(),
        short => {
            let text = short.to_string();
            let start: String = text.chars().take(60).collect();
            if start.len() < text.len() {
                format!("`{start}…`")
            } else {
                format!("`{start}`")
            }
        }
    }
}
