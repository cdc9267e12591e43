//! Walks a TOML text beside the schema of its kind and collects every mistake with its place.
//!
//! Knows just the constructs that schemars emits for the types of this crate.

use std::ops::Range;

use serde_json::Value;
use toml::Spanned;
use toml::de::{DeTable, DeValue};

use crate::nearest::nearest;

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
pub(crate) fn walk(table: &Spanned<DeTable<'_>>, schema: &Value) -> Vec<Slip> {
    let mut walker = Walker {
        root: schema,
        slips: Vec::new(),
    };
    walker.table(table.get_ref(), table.span(), schema, None);
    walker.slips
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

    /// Follows `$ref` and takes the non-null branch of an optional value.
    fn resolve(&self, schema: &'s Value) -> &'s Value {
        if let Some(name) = schema["$ref"]
            .as_str()
            .and_then(|path| path.strip_prefix("#/$defs/"))
        {
            // A tagged variant has a `$ref` beside its own properties: the caller handles it.
            if schema.get("properties").is_none() {
                return self.resolve(&self.root["$defs"][name]);
            }
        }
        if let Some(branches) = schema["anyOf"].as_array() {
            let mut some = branches.iter().filter(|branch| branch["type"] != "null");
            if let (Some(only), None) = (some.next(), some.next()) {
                return self.resolve(only);
            }
        }
        schema
    }

    fn value(&mut self, value: &Spanned<DeValue<'_>>, schema: &'s Value) {
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
                self.table(table, value.span(), schema, None);
            }
            DeValue::Array(array) if expects(schema, "array") => self.array(array.iter(), schema),
            DeValue::String(text) if expects(schema, "string") => {
                self.text(text, value.span(), schema);
            }
            DeValue::Integer(number) if expects(schema, "integer") || expects(schema, "number") => {
                let value_of = i64::from_str_radix(number.as_str(), number.radix()).ok();
                let low = schema["minimum"].as_i64().unwrap_or(i64::MIN);
                let high = schema["maximum"].as_i64().unwrap_or(i64::MAX);
                if value_of.is_none_or(|number| number < low || number > high) {
                    self.slip(
                        value.span(),
                        "the number is out of bounds".into(),
                        Some(format!("{low} to {high}")),
                        None,
                    );
                }
            }
            DeValue::Float(_) if expects(schema, "number") => {}
            DeValue::Boolean(_) if expects(schema, "boolean") => {}
            other => self.slip(
                value.span(),
                format!("found {}", name_of(other)),
                Some(names_of(schema)),
                None,
            ),
        }
    }

    fn array<'v, 'i: 'v>(
        &mut self,
        items: impl ExactSizeIterator<Item = &'v Spanned<DeValue<'i>>>,
        schema: &'s Value,
    ) {
        let fixed = schema["prefixItems"].as_array();
        for (at, item) in items.enumerate() {
            let of_item = fixed
                .and_then(|list| list.get(at))
                .unwrap_or(&schema["items"]);
            self.value(item, of_item);
        }
    }

    fn text(&mut self, text: &str, span: Range<usize>, schema: &Value) {
        let Some(pattern) = schema["pattern"].as_str() else {
            return;
        };
        if regex::Regex::new(pattern).is_ok_and(|regex| !regex.is_match(text)) {
            let what = format!("`{text}` has not the form of a name");
            self.slip(
                span,
                what,
                Some("a lower-case letter, then lower-case letters, digits or `_`".into()),
                None,
            );
        }
    }

    /// An enum: words, `{ word = ... }` or tables with a `kind`.
    fn one_of(&mut self, value: &Spanned<DeValue<'_>>, branches: &'s [Value]) {
        let words: Vec<&str> = branches.iter().flat_map(constants).collect();
        let keyed: Vec<(&str, &'s Value)> = branches.iter().filter_map(keyed).collect();
        match value.get_ref() {
            DeValue::String(_) if !words.is_empty() => {
                let all: Vec<&str> = words
                    .iter()
                    .copied()
                    .chain(keyed.iter().map(|(key, _)| *key))
                    .collect();
                if let DeValue::String(text) = value.get_ref()
                    && let Some((key, _)) = keyed.iter().find(|(key, _)| *key == text.as_ref())
                {
                    let what = format!("`{key}` needs a value");
                    return self.slip(value.span(), what, Some(format!("{{ {key} = ... }}")), None);
                }
                self.known_word(value, &words, &all);
            }
            DeValue::Table(table) if !keyed.is_empty() => {
                self.keyed(table, value.span(), &keyed, &words);
            }
            DeValue::Table(table) if branches.iter().any(|branch| tag(branch).is_some()) => {
                self.tagged(table, value.span(), branches);
            }
            DeValue::Integer(_) | DeValue::Float(_)
                if branches.iter().any(|branch| expects(branch, "number")) => {}
            DeValue::String(_) if branches.iter().any(|branch| expects(branch, "string")) => {}
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
                    Some(wanted.join(", ")),
                    None,
                );
            }
        }
    }

    fn keyed(
        &mut self,
        table: &DeTable<'_>,
        span: Range<usize>,
        keyed: &[(&str, &'s Value)],
        words: &[&str],
    ) {
        if table.len() != 1 {
            let wanted = keyed
                .iter()
                .map(|(key, _)| format!("{{ {key} = ... }}"))
                .collect::<Vec<_>>()
                .join(", ");
            return self.slip(
                span,
                format!("found a table with {} keys", table.len()),
                Some(format!("one of {wanted}")),
                None,
            );
        }
        for (key, value) in table {
            let word = key.get_ref().as_ref();
            if let Some((_, schema)) = keyed.iter().find(|(name, _)| *name == word) {
                self.value(value, schema);
            } else {
                let all: Vec<&str> = keyed
                    .iter()
                    .map(|(name, _)| *name)
                    .chain(words.iter().copied())
                    .collect();
                self.unknown(word, key.span(), &all, "unknown word");
            }
        }
    }

    fn tagged(&mut self, table: &DeTable<'_>, span: Range<usize>, branches: &'s [Value]) {
        let kinds: Vec<&str> = branches.iter().filter_map(tag).collect();
        let Some((_, kind)) = table.iter().find(|(key, _)| key.get_ref() == "kind") else {
            return self.slip(
                span,
                "the key `kind` is missing".into(),
                Some(kinds.join(", ")),
                None,
            );
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
                self.table(table, span, schema, Some("kind"));
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
    ) {
        let Some(properties) = schema["properties"].as_object() else {
            let of_value = &schema["additionalProperties"];
            if of_value.is_object() {
                for value in table.values() {
                    self.value(value, of_value);
                }
            }
            return;
        };
        for (key, value) in table {
            let word = key.get_ref().as_ref();
            if Some(word) == tag {
                continue;
            }
            if let Some(schema) = properties.get(word) {
                self.value(value, schema);
            } else {
                let all: Vec<&str> = properties.keys().map(String::as_str).collect();
                self.unknown(word, key.span(), &all, "unknown key");
            }
        }
        for word in schema["required"]
            .as_array()
            .into_iter()
            .flatten()
            .filter_map(Value::as_str)
        {
            if !table.iter().any(|(key, _)| key.get_ref() == word) {
                let remedy = (word == "privacy").then(|| {
                    "a column without a privacy class does not load: none, quasi, sensitive, identifier or unique-id".to_owned()
                });
                let expected = names_of(self.resolve(&properties[word]));
                self.slip(
                    span.clone(),
                    format!("the key `{word}` is missing"),
                    Some(expected),
                    remedy,
                );
            }
        }
    }

    fn word(&mut self, value: &Spanned<DeValue<'_>>, words: &[&str]) {
        self.known_word(value, words, words);
    }

    fn known_word(&mut self, value: &Spanned<DeValue<'_>>, words: &[&str], all: &[&str]) {
        match value.get_ref().as_str() {
            Some(text) if words.contains(&text) => {}
            Some(text) => self.unknown(text, value.span(), all, "unknown word"),
            None => self.slip(
                value.span(),
                format!("found {}", name_of(value.get_ref())),
                Some(words.join(", ")),
                None,
            ),
        }
    }

    fn unknown(&mut self, word: &str, span: Range<usize>, all: &[&str], what: &str) {
        let remedy =
            nearest(word, all.iter().copied()).map(|near| format!("did you mean `{near}`?"));
        self.slip(
            span,
            format!("{what} `{word}`"),
            Some(format!("one of {}", all.join(", "))),
            remedy,
        );
    }
}

/// Words a branch stands for.
fn constants(branch: &Value) -> Vec<&str> {
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

fn expects(schema: &Value, name: &str) -> bool {
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
