//! Walks a TOML text beside the schema of its kind and collects every mistake with its place.
//!
//! Knows just the constructs that schemars emits for the types of this crate. What it hands back
//! beside the mistakes is the manifest without them: unknown keys left out, missing or wrong values
//! filled by [`mend::stand_in`], so that what the rest of the text says can still be judged.

use std::ops::Range;

use serde_json::{Map, Value};
use toml::Spanned;
use toml::de::{DeTable, DeValue};

use super::mend;
use crate::alert::TIME_PATTERN;
use crate::nearest::nearest;
use crate::promise::WEB_PATTERN;
use crate::when::WHEN_PATTERN;

/// A mistake at a span of the text.
#[derive(Clone, Debug, PartialEq)]
pub(crate) struct Slip {
    /// Where in the text, in bytes.
    pub(crate) span: Range<usize>,
    /// What is wrong.
    pub(crate) what: String,
    /// What was expected.
    pub(crate) expected: Option<String>,
    /// What to do.
    pub(crate) remedy: Option<String>,
}

/// Walks `table` beside `schema` (the root schema).
pub(crate) fn walk(table: &Spanned<DeTable<'_>>, schema: &Value) -> (Value, Vec<Slip>) {
    let mut walker = Walker {
        root: schema,
        slips: Vec::new(),
    };
    let mended = walker.table(table.get_ref(), table.span(), schema, None);
    (mended, walker.slips)
}

struct Walker<'s> {
    root: &'s Value,
    slips: Vec<Slip>,
}

impl<'s> Walker<'s> {
    fn slip(
        &mut self,
        span: Range<usize>,
        what: String,
        expected: Option<String>,
        remedy: Option<String>,
    ) {
        self.slips.push(Slip {
            span,
            what,
            expected,
            remedy,
        });
    }

    fn resolve(&self, schema: &'s Value) -> &'s Value {
        mend::resolve(self.root, schema)
    }

    fn stand_in(&self, schema: &Value) -> Value {
        mend::stand_in(self.root, schema)
    }

    /// The value, if it is what the schema says; otherwise a slip was told.
    fn value(&mut self, value: &Spanned<DeValue<'_>>, schema: &'s Value) -> Option<Value> {
        let schema = self.resolve(schema);
        if let Some(branches) = schema["oneOf"]
            .as_array()
            .or_else(|| schema["anyOf"].as_array())
        {
            return self.one_of(value, branches);
        }
        if let Some(words) = schema["enum"].as_array() {
            let words: Vec<&str> = words.iter().filter_map(Value::as_str).collect();
            return self.word(value, &words);
        }
        match value.get_ref() {
            DeValue::Table(table) if expects(schema, "object") => {
                Some(self.table(table, value.span(), schema, None))
            }
            DeValue::Array(array) if expects(schema, "array") => {
                self.array(array.iter(), value.span(), schema)
            }
            DeValue::String(text) if expects(schema, "string") => {
                self.text(text, value.span(), schema)
            }
            DeValue::Integer(number) if expects(schema, "integer") || expects(schema, "number") => {
                let found = i64::from_str_radix(number.as_str(), number.radix()).ok();
                self.whole(found, value.span(), schema)
            }
            DeValue::Float(number) if expects(schema, "number") => {
                let found = number.as_str().parse::<f64>().ok();
                self.finite(found, value.span())
            }
            DeValue::Boolean(is) if expects(schema, "boolean") => Some(Value::Bool(*is)),
            other => {
                let what = format!("found {}", name_of(other));
                self.slip(value.span(), what, Some(names_of(schema)), None);
                None
            }
        }
    }

    /// A number that can be computed with: TOML also writes `nan` and `inf`.
    fn finite(&mut self, found: Option<f64>, span: Range<usize>) -> Option<Value> {
        let fitting = found.filter(|number| number.is_finite());
        if fitting.is_none() {
            let what = "this is no number that can be computed with".to_owned();
            self.slip(span, what, Some("a number such as 12 or 0.5".into()), None);
        }
        fitting.map(Value::from)
    }

    fn whole(&mut self, found: Option<i64>, span: Range<usize>, schema: &Value) -> Option<Value> {
        let low = schema["minimum"].as_i64();
        // The schema leaves the greatest `u32` to its format.
        let high = schema["maximum"]
            .as_i64()
            .or_else(|| (schema["format"] == "uint32").then_some(i64::from(u32::MAX)));
        let fits = |number: &i64| {
            low.is_none_or(|low| *number >= low) && high.is_none_or(|high| *number <= high)
        };
        let fitting = found.filter(fits);
        if fitting.is_none() {
            let expected = match (low, high) {
                (Some(low), Some(high)) => format!("{low} to {high}"),
                (Some(low), None) => format!("{low} or more"),
                (None, _) => names_of(schema),
            };
            let what = "the number is out of bounds".to_owned();
            self.slip(span, what, Some(expected), None);
        }
        fitting.map(Value::from)
    }

    fn array<'v, 'i: 'v>(
        &mut self,
        items: impl ExactSizeIterator<Item = &'v Spanned<DeValue<'i>>>,
        span: Range<usize>,
        schema: &'s Value,
    ) -> Option<Value> {
        let of_item = &schema["items"];
        let fixed = schema["maxItems"].as_u64();
        if let Some(wanted) = fixed
            && u64::try_from(items.len()).ok() != Some(wanted)
        {
            let what = format!("found a list of {}", items.len());
            self.slip(span, what, Some(format!("a list of {wanted}")), None);
            return None;
        }
        let mended: Vec<Option<Value>> = items.map(|item| self.value(item, of_item)).collect();
        if fixed.is_some() {
            return mended
                .into_iter()
                .collect::<Option<Vec<_>>>()
                .map(Value::Array);
        }
        // An item left out would move those behind it, and their places with them.
        let whole = |item: Option<Value>| item.unwrap_or_else(|| self.stand_in(of_item));
        Some(mended.into_iter().map(whole).collect())
    }

    fn text(&mut self, text: &str, span: Range<usize>, schema: &Value) -> Option<Value> {
        if schema["maxLength"] == 1 && text.chars().count() != 1 {
            let what = format!("`{text}` is not one character");
            self.slip(span, what, Some("one character".into()), None);
            return None;
        }
        if let Some(pattern) = schema["pattern"].as_str()
            && regex::Regex::new(pattern).is_ok_and(|regex| !regex.is_match(text))
        {
            let (what, expected) = misformed(text, pattern);
            self.slip(span, what, Some(expected), None);
            return None;
        }
        Some(Value::from(text))
    }

    /// An enum: words, `{ word = ... }` or tables with a `kind`.
    fn one_of(&mut self, value: &Spanned<DeValue<'_>>, branches: &'s [Value]) -> Option<Value> {
        let words: Vec<&str> = branches.iter().flat_map(constants).collect();
        let keyed: Vec<(&str, &'s Value)> = branches.iter().filter_map(keyed).collect();
        match value.get_ref() {
            DeValue::String(text) if !words.is_empty() => {
                let all: Vec<&str> = words
                    .iter()
                    .copied()
                    .chain(keyed.iter().map(|(key, _)| *key))
                    .collect();
                if let Some((key, _)) = keyed.iter().find(|(key, _)| *key == text.as_ref()) {
                    let what = format!("`{key}` needs a value");
                    self.slip(value.span(), what, Some(format!("{{ {key} = ... }}")), None);
                    return None;
                }
                self.known_word(value, &words, &all)
            }
            DeValue::Table(table) if !keyed.is_empty() => {
                self.keyed(table, value.span(), &keyed, &words)
            }
            DeValue::Table(table) if branches.iter().any(|branch| tag(branch).is_some()) => {
                self.tagged(table, value.span(), branches)
            }
            DeValue::Integer(_) | DeValue::Float(_) | DeValue::String(_)
                if let Some(branch) = branches.iter().find(|branch| {
                    expects(branch, "number") != value.get_ref().is_str()
                        && (expects(branch, "number") || expects(branch, "string"))
                }) =>
            {
                self.value(value, branch)
            }
            other => {
                let mut wanted: Vec<String> =
                    words.iter().map(|word| format!("\"{word}\"")).collect();
                wanted.extend(keyed.iter().map(|(key, _)| format!("{{ {key} = ... }}")));
                if wanted.is_empty() {
                    wanted = branches.iter().map(names_of).collect();
                }
                self.slip(
                    value.span(),
                    format!("found {}", name_of(other)),
                    Some(wanted.join(" or ")),
                    None,
                );
                None
            }
        }
    }

    fn keyed(
        &mut self,
        table: &DeTable<'_>,
        span: Range<usize>,
        keyed: &[(&str, &'s Value)],
        words: &[&str],
    ) -> Option<Value> {
        if table.len() != 1 {
            let wanted = keyed
                .iter()
                .map(|(key, _)| format!("{{ {key} = ... }}"))
                .collect::<Vec<_>>()
                .join(", ");
            let what = format!("found a table with {} keys", table.len());
            self.slip(span, what, Some(format!("one of {wanted}")), None);
            return None;
        }
        let mut mended = Map::new();
        for (key, value) in table {
            let word = key.get_ref().as_ref();
            if let Some((_, schema)) = keyed.iter().find(|(name, _)| *name == word) {
                let inner = self.value(value, schema);
                let inner = inner.unwrap_or_else(|| self.stand_in(schema));
                mended.insert(word.to_owned(), inner);
            } else {
                let all: Vec<&str> = keyed
                    .iter()
                    .map(|(name, _)| *name)
                    .chain(words.iter().copied())
                    .collect();
                self.unknown(word, key.span(), &all, "unknown word");
            }
        }
        (!mended.is_empty()).then_some(Value::Object(mended))
    }

    fn tagged(
        &mut self,
        table: &DeTable<'_>,
        span: Range<usize>,
        branches: &'s [Value],
    ) -> Option<Value> {
        let kinds: Vec<&str> = branches.iter().filter_map(tag).collect();
        let Some((_, kind)) = table.iter().find(|(key, _)| key.get_ref() == "kind") else {
            let what = "the key `kind` is missing".to_owned();
            self.slip(span, what, Some(kinds.join(", ")), None);
            return None;
        };
        let Some(text) = kind.get_ref().as_str() else {
            return self.word(kind, &kinds);
        };
        match branches.iter().find(|branch| tag(branch) == Some(text)) {
            Some(branch) => {
                let name = branch["$ref"]
                    .as_str()
                    .and_then(|path| path.strip_prefix("#/$defs/"));
                let schema = name.map_or(branch, |name| &self.root["$defs"][name]);
                Some(self.table(table, span, schema, Some("kind")))
            }
            None => self.word(kind, &kinds),
        }
    }

    fn table(
        &mut self,
        table: &DeTable<'_>,
        span: Range<usize>,
        schema: &'s Value,
        tag: Option<&str>,
    ) -> Value {
        let mut mended = Map::new();
        let Some(properties) = schema["properties"].as_object() else {
            let of_value = &schema["additionalProperties"];
            if of_value.is_object() {
                for (key, value) in table {
                    let word = key.get_ref().as_ref().to_owned();
                    mended.extend(self.value(value, of_value).map(|value| (word, value)));
                }
            }
            return Value::Object(mended);
        };
        let mut meant = Vec::new();
        for (key, value) in table {
            let word = key.get_ref().as_ref();
            if Some(word) == tag {
                mended.extend(
                    value
                        .get_ref()
                        .as_str()
                        .map(|kind| (word.to_owned(), kind.into())),
                );
            } else if let Some(schema) = properties.get(word) {
                mended.extend(
                    self.value(value, schema)
                        .map(|value| (word.to_owned(), value)),
                );
            } else {
                let all: Vec<&str> = properties.keys().map(String::as_str).collect();
                meant.extend(self.unknown(word, key.span(), &all, "unknown key"));
            }
        }
        for word in schema["required"]
            .as_array()
            .into_iter()
            .flatten()
            .filter_map(Value::as_str)
        {
            // A key that is only misspelt is one mistake, not two.
            let stands =
                meant.contains(&word) || table.iter().any(|(key, _)| key.get_ref() == word);
            if !stands {
                let remedy = (word == "privacy")
                    .then(|| "a column without a privacy class does not load".to_owned());
                let expected = names_of(self.resolve(&properties[word]));
                let what = format!("the key `{word}` is missing");
                self.slip(span.clone(), what, Some(expected), remedy);
            }
            if !mended.contains_key(word) {
                mended.insert(word.to_owned(), self.stand_in(&properties[word]));
            }
        }
        Value::Object(mended)
    }

    fn word(&mut self, value: &Spanned<DeValue<'_>>, words: &[&str]) -> Option<Value> {
        self.known_word(value, words, words)
    }

    fn known_word(
        &mut self,
        value: &Spanned<DeValue<'_>>,
        words: &[&str],
        all: &[&str],
    ) -> Option<Value> {
        match value.get_ref().as_str() {
            Some(text) if words.contains(&text) => return Some(text.into()),
            Some(text) => {
                self.unknown(text, value.span(), all, "unknown word");
            }
            None => self.slip(
                value.span(),
                format!("found {}", name_of(value.get_ref())),
                Some(words.join(", ")),
                None,
            ),
        }
        None
    }

    /// Tells of a word that is not one of `all`; answers the one that was meant.
    fn unknown<'w>(
        &mut self,
        word: &str,
        span: Range<usize>,
        all: &[&'w str],
        what: &str,
    ) -> Option<&'w str> {
        let near = nearest(word, all.iter().copied());
        let remedy = near.map(|near| format!("did you mean `{near}`?"));
        self.slip(
            span,
            format!("{what} `{word}`"),
            Some(format!("one of {}", all.join(", "))),
            remedy,
        );
        near
    }
}

/// Words a branch stands for.
pub(super) fn constants(branch: &Value) -> Vec<&str> {
    match (branch["const"].as_str(), branch["enum"].as_array()) {
        (Some(word), _) => vec![word],
        (None, Some(words)) => words.iter().filter_map(Value::as_str).collect(),
        (None, None) => Vec::new(),
    }
}

/// The key and value of a branch `{ key = value }`.
fn keyed(branch: &Value) -> Option<(&str, &Value)> {
    let properties = branch["properties"].as_object()?;
    let (key, schema) = properties.iter().next()?;
    (properties.len() == 1
        && branch["additionalProperties"] == false
        && schema.get("const").is_none())
    .then_some((key.as_str(), schema))
}

/// The word of a branch's `kind`.
fn tag(branch: &Value) -> Option<&str> {
    branch["properties"]["kind"]["const"].as_str()
}

pub(super) fn expects(schema: &Value, name: &str) -> bool {
    match &schema["type"] {
        Value::String(word) => word == name,
        Value::Array(words) => words.iter().any(|word| word == name),
        _ => false,
    }
}

fn name_of(value: &DeValue<'_>) -> &'static str {
    match value {
        DeValue::String(_) => "text",
        DeValue::Integer(_) => "a whole number",
        DeValue::Float(_) => "a number",
        DeValue::Boolean(_) => "true or false",
        DeValue::Datetime(_) => "a date without quotation marks",
        DeValue::Array(_) => "a list",
        DeValue::Table(_) => "a table",
    }
}

fn names_of(schema: &Value) -> String {
    let name = |word: &str| match word {
        "string" => "text in quotation marks",
        "integer" => "a whole number",
        "number" => "a number",
        "boolean" => "true or false",
        "array" => "a list",
        "object" => "a table",
        _ => "",
    };
    let words: Vec<&str> = schema["oneOf"]
        .as_array()
        .into_iter()
        .flatten()
        .flat_map(|branch| constants(branch).into_iter().chain(tag(branch)))
        .collect();
    if !words.is_empty() {
        return words.join(", ");
    }
    match &schema["type"] {
        Value::String(word) => name(word).to_owned(),
        Value::Array(words) => words
            .iter()
            .filter_map(Value::as_str)
            .map(name)
            .filter(|word| !word.is_empty())
            .collect::<Vec<_>>()
            .join(" or "),
        _ => "a table".to_owned(),
    }
}

/// What is wrong with a text that has not the form it should have, and what form that is.
fn misformed(text: &str, pattern: &str) -> (String, String) {
    match pattern {
        WHEN_PATTERN => (
            format!("`{text}` is no date"),
            "a year, a month or a day: 2026, 2026-12, 2026-12-31".to_owned(),
        ),
        TIME_PATTERN => (
            format!("`{text}` is no time of day"),
            "hours and minutes, `00:00` to `23:59`".to_owned(),
        ),
        WEB_PATTERN => (
            format!("`{text}` is no address of the web"),
            "https://...".to_owned(),
        ),
        _ => {
            let marks = if pattern.contains("_-") {
                ", `_` or `-`"
            } else {
                " or `_`"
            };
            (
                format!("`{text}` has not the form of a name"),
                format!("a lower-case letter, then lower-case letters, digits{marks}, 64 at most"),
            )
        }
    }
}
