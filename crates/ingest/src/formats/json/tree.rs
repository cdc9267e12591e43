//! A JSON document of any size: read once to find its records, once for their names, once for the records
//! themselves. No pass holds more than a record.

use city::Fault;
use city::dataset::Format;
use serde::Deserializer;
use serde::de::{DeserializeSeed, IgnoredAny, MapAccess, SeqAccess, Visitor};
use serde_json::{Map, Value};

use super::{flat, not_json, text};
use crate::formats::document::Document;
use crate::formats::stream::Stream;
use crate::formats::{Row, Rows};
use crate::origin::Input;

/// Texts of JSON end with it.
const MARK: u8 = b'"';
/// Items of a list that are looked into for lists of their own: records repeat.
const LOOKED_INTO: usize = 4;
/// Keys named where a path leads nowhere.
const KEYS_NAMED: usize = 20;

/// A step towards the records.
#[derive(Clone, Debug, PartialEq)]
enum Step {
    Key(String),
    At(usize),
}

pub(in crate::formats) struct JsonRows {
    names: Vec<String>,
    rows: Stream,
}

pub(in crate::formats) fn open(input: &Input, format: &Format) -> Result<JsonRows, Vec<Fault>> {
    let document = Document::of(input, None)?;
    let survey = look(&document)?;
    let steps: Vec<Step> = match &format.rows {
        Some(path) => path
            .split('/')
            .filter(|step| !step.is_empty())
            .map(|step| Step::Key(step.to_owned()))
            .collect(),
        None => survey.best.map(|best| best.steps).unwrap_or_default(),
    };
    let is_found_by_looking = format.rows.is_none() && steps.is_empty() && !survey.is_list;
    if is_found_by_looking {
        // No list of records anywhere: a document of no rows.
        return Ok(JsonRows {
            names: Vec::new(),
            rows: Stream::of(input, |_| Ok(())),
        });
    }
    let mut names: Vec<String> = Vec::new();
    let mut seen = std::collections::HashSet::new();
    let found = records(&document, &steps, &mut |record| {
        for name in record.keys() {
            if seen.insert(name.clone()) {
                names.push(name.clone());
            }
        }
        true
    })?;
    if let (false, Some(path)) = (found, &format.rows) {
        return Err(vec![
            Fault::at(&input.name, format!("the document has nothing at `{path}`"))
                .expected(format!("one of the keys {}", survey.keys.join(", "))),
        ]);
    }
    let columns = names.clone();
    let rows = Stream::of(input, move |sender| {
        let mut number = 0;
        records(&document, &steps, &mut |record| {
            number += 1;
            let cells = columns
                .iter()
                .map(|name| record.get(name).and_then(text))
                .collect();
            sender.put(Row {
                number,
                cells,
                ..Row::default()
            })
        })
        .map(drop)
    });
    Ok(JsonRows { names, rows })
}

impl Rows for JsonRows {
    fn columns(&self) -> &[String] {
        &self.names
    }

    fn next(&mut self, limit: usize) -> Result<Option<Vec<Row>>, Vec<Fault>> {
        self.rows.next(limit)
    }
}

/// Where the records seem to be: the list with most objects, the outer one of equals.
#[derive(Debug)]
struct Best {
    objects: usize,
    steps: Vec<Step>,
}

/// What one look at a whole document shows.
#[derive(Debug, Default)]
struct Survey {
    best: Option<Best>,
    /// The document itself is a list.
    is_list: bool,
    /// Its first keys.
    keys: Vec<String>,
    /// Where the look is.
    here: Vec<Step>,
}

impl Survey {
    fn propose(&mut self, objects: usize) {
        let is_better = self.best.as_ref().is_none_or(|best| {
            (objects, std::cmp::Reverse(self.here.len()))
                > (best.objects, std::cmp::Reverse(best.steps.len()))
        });
        if objects > 0 && is_better {
            self.best = Some(Best {
                objects,
                steps: self.here.clone(),
            });
        }
    }
}

fn look(document: &Document) -> Result<Survey, Vec<Fault>> {
    let mut survey = Survey::default();
    let mut json = serde_json::Deserializer::from_reader(document.reader(MARK)?);
    Look(&mut survey)
        .deserialize(&mut json)
        .and_then(|_| json.end())
        .map_err(|error| broken(document, &error))?;
    Ok(survey)
}

fn broken(document: &Document, error: &serde_json::Error) -> Vec<Fault> {
    if error.is_io() {
        return crate::formats::fault(document.input(), error.to_string());
    }
    not_json(document.input(), error, 0)
}

/// Tells `emit` of each record at `steps`, until it answers false; whether there is anything.
fn records(
    document: &Document,
    steps: &[Step],
    emit: &mut dyn FnMut(Map<String, Value>) -> bool,
) -> Result<bool, Vec<Fault>> {
    let mut json = serde_json::Deserializer::from_reader(document.reader(MARK)?);
    let (mut found, mut is_stopped) = (false, false);
    let take = Take {
        steps,
        found: &mut found,
        is_stopped: &mut is_stopped,
        emit,
    };
    match take.deserialize(&mut json) {
        Err(error) if !is_stopped => Err(broken(document, &error)),
        _ => Ok(found),
    }
}

/// Goes through everything and holds nothing; answers whether it is an object.
struct Look<'s>(&'s mut Survey);

impl<'de> DeserializeSeed<'de> for Look<'_> {
    type Value = bool;

    fn deserialize<D: Deserializer<'de>>(self, json: D) -> Result<bool, D::Error> {
        json.deserialize_any(self)
    }
}

/// What is no object and no list.
macro_rules! scalars {
    ($answer:expr) => {
        scalars! { $answer, visit_bool: bool, visit_i64: i64, visit_u64: u64, visit_f64: f64, visit_str: &str }

        fn visit_unit<E: serde::de::Error>(self) -> Result<Self::Value, E> {
            Ok($answer(self))
        }
    };
    ($answer:expr, $($visit:ident: $kind:ty),+) => {
        $(fn $visit<E: serde::de::Error>(self, _: $kind) -> Result<Self::Value, E> {
            Ok($answer(self))
        })+
    };
}

impl<'de> Visitor<'de> for Look<'_> {
    type Value = bool;

    fn expecting(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str("JSON")
    }

    scalars!(|_| false);

    fn visit_map<A: MapAccess<'de>>(self, mut map: A) -> Result<bool, A::Error> {
        let survey = self.0;
        while let Some(key) = map.next_key::<String>()? {
            if survey.here.is_empty() && survey.keys.len() < KEYS_NAMED {
                survey.keys.push(key.clone());
            }
            // An Open API gives one row as an object.
            let is_item = key == "item";
            survey.here.push(Step::Key(key));
            let is_object = map.next_value_seed(Look(survey))?;
            if is_item && is_object {
                survey.propose(1);
            }
            survey.here.pop();
        }
        Ok(true)
    }

    fn visit_seq<A: SeqAccess<'de>>(self, mut list: A) -> Result<bool, A::Error> {
        let survey = self.0;
        survey.is_list |= survey.here.is_empty();
        let (mut objects, mut at) = (0, 0);
        loop {
            let is_object = if at < LOOKED_INTO {
                survey.here.push(Step::At(at));
                let item = list.next_element_seed(Look(survey))?;
                survey.here.pop();
                item
            } else {
                list.next_element::<IsObject>()?.map(|item| item.0)
            };
            let Some(is_object) = is_object else { break };
            objects += usize::from(is_object);
            at += 1;
        }
        survey.propose(objects);
        Ok(false)
    }
}

/// Whether a value is an object; what is in it is passed over.
struct IsObject(bool);

impl<'de> serde::Deserialize<'de> for IsObject {
    fn deserialize<D: Deserializer<'de>>(json: D) -> Result<Self, D::Error> {
        struct Kind;
        impl<'de> Visitor<'de> for Kind {
            type Value = bool;

            fn expecting(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
                f.write_str("JSON")
            }

            scalars!(|_| false);

            fn visit_map<A: MapAccess<'de>>(self, mut map: A) -> Result<bool, A::Error> {
                while map.next_entry::<IgnoredAny, IgnoredAny>()?.is_some() {}
                Ok(true)
            }

            fn visit_seq<A: SeqAccess<'de>>(self, mut list: A) -> Result<bool, A::Error> {
                while list.next_element::<IgnoredAny>()?.is_some() {}
                Ok(false)
            }
        }
        json.deserialize_any(Kind).map(Self)
    }
}

/// Goes down the steps and hands out the records it finds there.
struct Take<'t> {
    steps: &'t [Step],
    found: &'t mut bool,
    is_stopped: &'t mut bool,
    emit: &'t mut dyn FnMut(Map<String, Value>) -> bool,
}

impl Take<'_> {
    fn down<'t>(&'t mut self, steps: &'t [Step]) -> Take<'t> {
        Take {
            steps,
            found: self.found,
            is_stopped: self.is_stopped,
            emit: self.emit,
        }
    }

    fn hand_out<E: serde::de::Error>(&mut self, record: &Map<String, Value>) -> Result<(), E> {
        if (self.emit)(flat(record)) {
            Ok(())
        } else {
            *self.is_stopped = true;
            Err(E::custom("nobody takes rows any more"))
        }
    }

    fn scalar(self) {
        *self.found |= self.steps.is_empty();
    }
}

impl<'de> DeserializeSeed<'de> for Take<'_> {
    type Value = ();

    fn deserialize<D: Deserializer<'de>>(self, json: D) -> Result<(), D::Error> {
        json.deserialize_any(self)
    }
}

impl<'de> Visitor<'de> for Take<'_> {
    type Value = ();

    fn expecting(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str("JSON")
    }

    scalars!(Self::scalar);

    fn visit_map<A: MapAccess<'de>>(mut self, mut map: A) -> Result<(), A::Error> {
        let Some((step, rest)) = self.steps.split_first() else {
            *self.found = true;
            let mut record = Map::new();
            while let Some((key, value)) = map.next_entry()? {
                record.insert(key, value);
            }
            return self.hand_out(&record);
        };
        while let Some(key) = map.next_key::<String>()? {
            if !*self.found && matches!(step, Step::Key(wanted) if *wanted == key) {
                map.next_value_seed(self.down(rest))?;
            } else {
                map.next_value::<IgnoredAny>()?;
            }
        }
        Ok(())
    }

    fn visit_seq<A: SeqAccess<'de>>(mut self, mut list: A) -> Result<(), A::Error> {
        let Some((step, rest)) = self.steps.split_first() else {
            *self.found = true;
            while let Some(item) = list.next_element::<Value>()? {
                if let Value::Object(record) = item {
                    self.hand_out(&record)?;
                }
            }
            return Ok(());
        };
        for at in 0_usize.. {
            // A key stands in the first item that has it.
            let (is_here, steps) = match step {
                Step::At(wanted) => (*wanted == at, rest),
                Step::Key(_) => (!*self.found, self.steps),
            };
            let item = if is_here {
                list.next_element_seed(self.down(steps))?
            } else {
                list.next_element::<IgnoredAny>()?.map(drop)
            };
            if item.is_none() {
                break;
            }
        }
        Ok(())
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn opened(text: &str, rows: Option<&str>) -> Result<(Vec<String>, Vec<String>), String> {
        let folder = tempfile::tempdir().unwrap();
        let input = Input {
            name: "x.json".to_owned(),
            path: folder.path().join("x.json"),
        };
        std::fs::write(&input.path, text).unwrap();
        let format: Format =
            serde_json::from_value(serde_json::json!({"kind": "json", "rows": rows})).unwrap();
        let told = |faults: Vec<Fault>| faults[0].to_string();
        let mut found = open(&input, &format).map_err(told)?;
        let mut cells = Vec::new();
        while let Some(rows) = found.next(2).map_err(told)? {
            cells.extend(rows.into_iter().map(|row| {
                let cells = row.cells.into_iter().map(Option::unwrap_or_default);
                format!("{}:{}", row.number, cells.collect::<Vec<_>>().join("|"))
            }));
        }
        Ok((found.names, cells))
    }

    #[test]
    fn records_are_found_wherever_they_are() {
        for (text, rows, names, cells) in [
            (r#"[{"a":1},{"b":null,"a":"x"}]"#, None, "a b", "1:1| 2:x|"),
            (
                r#"{"r":{"items":[{"a":1,"t":[{"z":1},{"z":2}]},{"a":2}],"total":2}}"#,
                None,
                "a t",
                r#"1:1|[{"z":1},{"z":2}] 2:2|"#,
            ),
            (r#"{"body":{"items":{"item":{"a":1}}}}"#, None, "a", "1:1"),
            (r#"{"body":{"items":""}}"#, None, "", ""),
            (
                r#"{"S":[{"head":[{"n":2},{"r":{"c":0}}]},{"row":[{"a":1},{"a":2},{"a":3}]}]}"#,
                None,
                "a",
                "1:1 2:2 3:3",
            ),
            (
                r#"{"S":[{"head":[{"n":2}]},{"row":[{"a":{"b":1}},7,{"a":{"b":2}}]}]}"#,
                Some("S/row"),
                "a/b",
                "1:1 2:2",
            ),
            (r#"{"one":{"a":true}}"#, Some("one"), "a", "1:TRUE"),
            ("[]", None, "", ""),
        ] {
            let (found, rows) = opened(text, rows).unwrap();
            assert_eq!(
                (found.join(" ").as_str(), rows.join(" ").as_str()),
                (names, cells),
                "{text}"
            );
        }
    }

    #[test]
    fn what_is_wrong_is_told_with_its_place_before_any_row() {
        let told = opened("[{\"a\":1},\n{\"a\":}]", None).unwrap_err();
        assert!(told.starts_with("x.json:2:6: is not JSON"), "{told}");
        let told = opened(r#"{"a":[{"b":1}],"c":2}"#, Some("d")).unwrap_err();
        assert_eq!(
            told,
            "x.json: the document has nothing at `d`; expected one of the keys a, c"
        );
        let told = opened(r#"[{"a":1}] [{"a":2}]"#, None).unwrap_err();
        assert!(told.contains("trailing characters"), "{told}");
    }
}
